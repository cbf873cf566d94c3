"""What a metric is, in words: from its declaration and nothing else."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from landing_lab.errors import ParameterError
from landing_lab.report.families import family_of
from landing_lab.report.names import FAMILY_LABELS, family_label, metric_label, sentence, task_label
from landing_lab.report.rounding import unit_text

if TYPE_CHECKING:
    from landing_lab.metrics._registry import Metric

WIDTH: Final = 88
INDENT: Final = 17

NEED_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "timing": (
        "a sensor fast enough to time a contact",
        "the sensor is too slow to time a contact, as an HX711 plate alone is",
    ),
    "force": ("force without lag", "the sensor is too slow to follow an impact, as an HX711 plate alone is"),
    "body_weight": (
        "body weight: a second of quiet standing on the plates, or the typed mass",
        "nobody stood still on the plates for a second, and no mass was given",
    ),
    "contact": (
        "a contact before the flight, from its touchdown on",
        "the recording begins after the touchdown, or holds no contact",
    ),
    "flight": ("a whole flight", "take-off or landing lies outside the recording"),
    "landing": ("the landing after the flight", "the recording ends before the landing"),
    "motion": (
        "the velocity of the body in contact: body weight, flight and a contact without gaps",
        "body weight or flight is missing, samples are missing in the contact, or force and flight time do not fit",
    ),
    "feet": ("the force of each foot", "the recording holds one signal, not one per foot"),
    "cop": (
        "the centre of pressure, or all six channels of the plates; of an extent also a calibrated insole",
        "the recording holds vertical force only",
    ),
    "pressure": (
        "an insole whose cells have a known place",
        "the foot carries no insole, or nobody knows where its cells lie",
    ),
    "pressure_calibrated": (
        "an insole calibrated on a plate, or by its vendor",
        "the insole's newtons are nominal: it was never calibrated on a plate",
    ),
}
"""Need of a metric -> what it needs, and what its refusal usually means; both continue a sentence."""

SIDE_WORDS: Final[Mapping[str, str]] = {
    "total": "total of both feet",
    "feet": "each foot",
    "total and feet": "total of both feet, and each foot",
    "between feet": "one foot against the other",
    "insoles": "each foot with an insole",
}


def explain(name: str) -> str:
    """What a metric is: definition, formula, needs, source, and what its refusal means, as text of 88 columns.

    Raises ParameterError for a name that no metric has, with the nearest names.
    """
    return explanation_text(explanation(name))


def find_metric(name: str) -> Metric:
    """The declared metric of this name. Raises ParameterError for another name, with the nearest ones."""
    from landing_lab.metrics import all_metrics

    declared = all_metrics()
    name = str(name).strip()
    found = declared.get(name.lower())
    if found is None:
        near = nearest_names(name, list(declared))
        hint = f"did you mean {' or '.join(near)}?" if near else "--explain all lists every metric"
        raise ParameterError(f"there is no metric {name!r}; {hint}", metric=name, nearest=tuple(near))
    return found


def nearest_names(name: str, known: Sequence[str], *, most: int = 3) -> list[str]:
    """The known names nearest to one that is not known: those that hold its words first, then similar spelling."""
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    words = [word for word in wanted.split("_") if word]
    holding = [one for one in known if words and all(word in f"{one} {metric_label(one)}".lower() for word in words)]
    similar = difflib.get_close_matches(wanted, known, n=most, cutoff=0.6)
    return list(dict.fromkeys([*sorted(holding, key=len), *similar]))[:most]


def explanation(name: str) -> dict[str, object]:
    """Everything the declaration of a metric says, as plain values for programs."""
    metric = find_metric(name)
    return {
        "name": metric.name,
        "label": metric_label(metric.name),
        "family": family_label(family_of(metric.name)),
        "definition": metric.definition,
        "formula": metric.formula or None,
        "unit": metric.unit,
        "sides": metric.sides,
        "tasks": list(metric.tasks),
        "needs": list(metric.needs),
        "needs_in_words": [need_words(need)[0] for need in metric.needs],
        "min_rate_hz": metric.min_rate_hz,
        "min_bandwidth_hz": metric.min_bandwidth_hz or None,
        "source": metric.source,
        "typical": metric.typical or None,
        "refused_when": refusals(metric),
    }


def need_words(need: str) -> tuple[str, str]:
    """What a need asks for and what its absence means, in words; its own name where those are missing."""
    plain = need.replace("_", " ")
    return NEED_WORDS.get(need, (plain, f"this trial has no {plain}"))


def tasks_in_words(tasks: Sequence[str]) -> str:
    """Tasks as a list in words."""
    return ", ".join("a jump that is not recognised" if task == "unknown" else task_label(task) for task in tasks)


def refusals(metric: Metric) -> list[str]:
    """What a refusal of this metric usually means, likeliest last."""
    found = [need_words(need)[1] for need in metric.needs]
    found.append(f"the recording has fewer than {metric.min_rate_hz:g} samples a second")
    if metric.min_bandwidth_hz:
        found.append(f"sensor or filter pass less than {metric.min_bandwidth_hz:g} Hz")
    return found


def explanations_by_family() -> dict[str, list[dict[str, object]]]:
    """Every declared metric, by family in the order of reports; families that no report names come last."""
    from landing_lab.metrics import all_metrics

    told = [explanation(name) for name in all_metrics()]
    order = list(FAMILY_LABELS.values())
    families = sorted(
        dict.fromkeys(str(one["family"]) for one in told),
        key=lambda family: order.index(family) if family in order else len(order),
    )
    return {family: [one for one in told if one["family"] == family] for family in families}


def explanation_text(told: Mapping[str, object]) -> str:
    """An explanation as text, one fact per line, wrapped to 88 columns."""
    unit = unit_text(str(told["unit"])) or "none (a ratio)"
    needs = _listed(told["needs_in_words"])
    tasks = tasks_in_words(_listed(told["tasks"]))
    bandwidth = told["min_bandwidth_hz"]
    facts = [
        ("formula", told["formula"] or "see the definition"),
        ("unit", unit),
        ("side", SIDE_WORDS.get(str(told["sides"]), str(told["sides"]))),
        ("tasks", tasks),
        ("needs", "; ".join(needs) or "nothing but a trial"),
        ("least rate", f"{told['min_rate_hz']:g} Hz"),
        ("least bandwidth", f"{bandwidth:g} Hz" if isinstance(bandwidth, float | int) else "not limited"),
        ("typical", told["typical"] or "not stated"),
        ("source", told["source"]),
        ("refused when", "; ".join(_listed(told["refused_when"]))),
    ]
    definition = " ".join(str(told["definition"]).split())
    heading = f"{told['name']}  ({told['label']})"
    body = textwrap.wrap(sentence(definition), WIDTH, break_on_hyphens=False, break_long_words=False)
    return "\n".join([heading, *body, *(_fact(name, str(text)) for name, text in facts)])


def _listed(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def _fact(name: str, text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), WIDTH, initial_indent=f"  {name:<{INDENT - 2}}  ", subsequent_indent=" " * (INDENT + 2),
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
