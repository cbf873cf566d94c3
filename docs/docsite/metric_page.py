"""Every metric as a section of its own: the table of docs/metrics.md is too wide for a page."""

from __future__ import annotations

from typing import Any

from docsite.commands import escaped

OPENING = """# Every metric

Made from the declarations of this version; `landing-lab analyse --explain NAME` says the same. How events, body weight and uncertainty come about: [](definitions.md). *From* is the least sample rate (and the least bandwidth of sensor and filters, where it matters); below it the metric is refused with that reason. *Typical* is the range seen in healthy adults.

"""  # noqa: E501


def metrics_page() -> str:
    """metrics.md of the site, in the order of reports."""
    from landing_lab.report.explain import explanations_by_family

    told = explanations_by_family()
    parts = [OPENING + f"{sum(map(len, told.values()))} metrics.\n"]
    for family, metrics in told.items():
        parts.append(f"## {family}\n")
        parts += map(_section, metrics)
    return "\n".join(parts)


def _section(one: dict[str, Any]) -> str:
    from landing_lab.report.explain import SIDE_WORDS, tasks_in_words

    bandwidth = one["min_bandwidth_hz"]
    facts = {
        "unit": one["unit"],
        "sides": SIDE_WORDS.get(str(one["sides"]), str(one["sides"])),
        "from": f"{one['min_rate_hz']:g} Hz" + (f"; bandwidth {bandwidth:g} Hz" if bandwidth else ""),
        "typical": one["typical"] or "not known",
        "tasks": tasks_in_words([str(task) for task in one["tasks"]]),
        "needs": "; ".join(str(need) for need in one["needs_in_words"]) or "nothing but a trial",
        "source": one["source"],
    }
    rows = "\n".join(f"| {name} | {_cell(value)} |" for name, value in facts.items())
    formula = f"\n\n`{' '.join(str(one['formula']).split())}`" if one["formula"] else ""
    return f"### `{one['name']}`\n\n{_cell(one['definition'])}{formula}\n\n| | |\n|---|---|\n{rows}\n"


def _cell(value: object) -> str:
    return escaped(" ".join(str(value).split()))
