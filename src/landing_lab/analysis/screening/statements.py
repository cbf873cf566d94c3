"""The sentences of a screening, each with the rows it rests on; plain words, no finding beyond its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.observation import ValgusObservation
from landing_lab.analysis.reliability.measurement_error import Z90
from landing_lab.analysis.screening.chains import NOT_SEPARABLE, NOTHING_TO_ASK, Ranking
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.gate import FORCE_CANNOT_SEE, NO_INJURY, NO_OBSERVATION, NOT_A_DIAGNOSIS, Statement
from landing_lab.analysis.screening.indicators import CHAIN_LABELS, LIMBS, Limb
from landing_lab.analysis.screening.numbers import quantity
from landing_lab.analysis.screening.references import HEALTHY_ADULTS
from landing_lab.io.visible import visible

PRIOR_INJURY_EVIDENCE = "prior-acl-krosshaug-2016"
GATE_EVIDENCE = "vgrf-valgus-dari-null"
NO_PREDICTION_EVIDENCE = ("valgus-acl-cronstrom-2020", "stiffness-knee-pedley-2025")
ADULT_YEARS = 18.0
SIDES = {"left": "Left leg: ", "right": "Right leg: ", "total": "", "left_right": ""}


def reservations(found: Sequence[Finding], doubt: str) -> tuple[Statement, ...]:
    """One sentence where most numbers of landings carry a reservation; doubt: the commonest reason, or ""."""
    used = [one for one in found if one.kind == "metric" and one.value is not None]
    flagged = sum(one.flagged for one in used)
    if 2 * flagged <= len(used):
        return ()
    lead = f"Take most numbers with care: {flagged} of {len(used)} numbers of your landings carry a reservation"
    if doubt:
        text = f"{lead}. The commonest: {visible(doubt).rstrip('.')}. Details mark each of them with !."
    else:
        text = f"{lead}; the report of the session says which. Details mark each of them with !."
    return (Statement(text=text, about="limit"),)


def standing_out(found: Sequence[Finding], uneven: tuple[Statement, ...] = ()) -> tuple[Statement, ...]:
    """One sentence per indicator that is clearly outside and may count; one for all where none is.

    uneven: what stands out between the legs, though neither is outside.
    """
    outside = [one for one in found if one.state == "outside" and not one.struck]
    if outside:
        said: dict[str, Statement] = {}
        for one in outside:
            twice = one.kind == "finding" and sum(other.id == one.id for other in outside) == len(LIMBS)
            text = _outside(one, found, "Both legs: " if twice else SIDES[one.side])
            said[text] = Statement(text=text, about="athlete", evidence=one.evidence)
        return (*said.values(), *uneven)
    return (*uneven, _nothing_outside(found, between_legs=bool(uneven)))


def _nothing_outside(found: Sequence[Finding], *, between_legs: bool) -> Statement:
    """What can be said where no indicator is outside, and of which numbers."""
    within = [one for one in found if one.state == "within" and not one.struck]
    others = sum(one.state == "within" and one.struck for one in found)
    unclear = [one for one in found if one.state == "indeterminate" and not one.struck]
    if not within and others:
        text = (
            f"None of the numbers that count could be compared yet, so none can stand out; of those that do not count, "
            f"{others} {'is' if others == 1 else 'are'} in the usual range."
        )
        return Statement(text=text, about="athlete")
    if not within:
        nothing = "No number could be compared with others yet" if between_legs else "Nothing could be compared yet"
        return Statement(text=f"{nothing}, so {'none' if between_legs else 'nothing'} can stand out.", about="athlete")
    rest = f"; {len(unclear)} could not be told" if unclear else ""
    landed = any(one.kind == "metric" for one in (*within, *unclear))
    rest += "" if landed else "; no number of your landings could be compared yet"
    lead = "Each number by itself" if between_legs else "Nothing stands out"
    text = f"{lead}: {_compared(within, unclear)} are in the usual range{rest}."
    return Statement(text=text, about="athlete")


def _compared(within: Sequence[Finding], unclear: Sequence[Finding]) -> str:
    """How many numbers are usual, of landings and of what was entered: "3 of 4 numbers of your landings that count"."""
    told: list[str] = []
    for of, landing in (("your landings", True), ("field tests", False)):
        usual = sum((one.kind == "metric") is landing for one in within)
        n = usual + sum((one.kind == "metric") is landing for one in unclear)
        told += [f"{usual} of {n} numbers of {of}{'' if told else ' that count'}"] if usual else []
    return " and ".join(told)


def _outside(one: Finding, found: Sequence[Finding], leg: str) -> str:
    """Left leg: your ankle bends less than usual (5.1 cm; usual is 7.4 cm or more)."""
    lead = _from(leg, one.meaning)
    if one.value is None or one.kind == "finding":
        return f"{lead}."
    value = quantity(one.value, one.decimals, one.unit)
    if one.side == "left_right":
        weaker = _weaker(found)
        return f"{lead}{f', the {weaker} takes less' if weaker else ''} ({value} of the other; {_usual(one)})."
    return f"{lead} ({value}; {_usual(one)})."


def _usual(one: Finding) -> str:
    limits = [quantity(limit, one.decimals, one.unit) for limit in one.limits]
    if one.reference is None:
        return f"{limits[0]} or more is common in healthy people"
    usual = f"usual in {one.reference.group} is" if one.reference.kind == "published" else "usual is"
    if len(limits) == 2:
        return f"{usual} {limits[0]} to {limits[1]}"
    return f"{usual} {limits[0]} or {'more' if one.unfavourable == 'lower' else 'less'}"


def _weaker(found: Sequence[Finding]) -> Limb | None:
    """The leg with the clearly smaller peak force; None where that cannot be told."""
    peaks = {one.side: one for one in found if one.id == "peak_force" and one.value is not None}
    if len(peaks) < 2:
        return None
    left, right = peaks["left"], peaks["right"]
    difference = (left.value or 0.0) - (right.value or 0.0)
    if left.standard_error is None or right.standard_error is None:
        return None
    if abs(difference) < Z90 * (left.standard_error**2 + right.standard_error**2) ** 0.5:
        return None
    return "right" if difference > 0 else "left"


def not_counted(found: Sequence[Finding]) -> tuple[Statement, ...]:
    """What is outside, but whose row is graded D or X or points both ways: shown, never scored."""
    return tuple(
        Statement(
            text=f"{_outside(one, found, SIDES[one.side])} Shown, not counted: "
            f"{'nobody has shown what it means' if one.grade == 'X' else 'studies do not agree on what it means'}.",
            about="athlete",
            evidence=one.evidence,
        )
        for one in found
        if one.state == "outside" and one.struck
    )


def _from(lead: str, text: str) -> str:
    """A sentence that begins with the leg, or with a capital."""
    return f"{lead}{text}" if lead else text[:1].upper() + text[1:]


def changes(found: Sequence[Finding]) -> tuple[Statement, ...]:
    """Changes since the session before that are beyond the detectable change; one sentence where none is."""
    judged = [one for one in found if not one.struck and one.change is not None and one.change.real is not None]
    real = [
        Statement(
            text=f"{_from(SIDES[one.side], one.label)}: {one.change.sentence}.", about="athlete", evidence=one.evidence
        )
        for one in judged
        if one.change is not None and one.change.real
    ]
    if real:
        return (*real, *([by_chance(len(judged))] if len(judged) > 1 else []))
    if judged:
        compared = f"{len(judged)} number{'' if len(judged) == 1 else 's'} compared"
        text = f"Nothing changed beyond what this measurement can detect ({compared})."
        return (Statement(text=text, about="athlete"),)
    if any(one.change is not None for one in found):
        text = (
            "Whether anything changed since the session before cannot be told: we do not know yet how much you vary "
            "from day to day."
        )
        return (Statement(text=text, about="athlete"),)
    return ()


def by_chance(n: int) -> Statement:
    """What looking at so many numbers costs."""
    text = f"{n} numbers were compared; about one in twenty differs that much by chance alone."
    return Statement(text=text, about="limit")


def pattern(observation: ValgusObservation | None) -> tuple[Statement, ...]:
    """What was seen of the knee, in the words of who entered it; the gate's sentence where nobody did."""
    if observation is None:
        return (Statement(text=NO_OBSERVATION, about="limit", evidence=(GATE_EVIDENCE,)),)
    said = []
    for reason in dict.fromkeys(one.reason for one in observation.entries):
        own = [one for one in observation.entries if one.reason == reason]
        leg = "Both legs: " if {"left", "right"} <= {one.side for one in own} else SIDES.get(own[0].side, "")
        source = "" if "rater" in reason or "video" in reason else f" ({own[0].source})"
        ids = tuple(dict.fromkeys(one.evidence_id for one in own if one.evidence_id))
        said.append(Statement(text=f"{_from(leg, reason)}{source}.", about="athlete", evidence=ids))
    if observation.disagree:
        text = "The observations do not agree with each other; one that shows the knee going inwards is taken as seen."
        said.append(Statement(text=text, about="athlete"))
    return tuple(said)


def observed_limbs(observation: ValgusObservation | None) -> dict[Limb, bool]:
    """Limbs on which the knee was seen going inwards; an observation of no named side holds for both."""
    if observation is None:
        return {}
    either = any(one.side == "unknown" for one in observation.showing)
    return {limb: either or any(one.side == limb for one in observation.showing) for limb in LIMBS}


def contributing(ranked: Sequence[Ranking], observed: dict[Limb, bool]) -> Iterator[Statement]:
    """The chain that may be named for each limb with an observation, or that none can; why stands in the rankings."""
    seen = [one for one in ranked if observed.get(one.limb)]
    same = len({(one.named, one.named is None and not one.chains[0].p_first) for one in seen}) == 1 and len(seen) == 2
    for one in seen[:1] if same else seen:
        lead = "Both legs: " if same else SIDES[one.limb]
        if one.named is not None:
            best = one.chains[0]
            text = (
                f"{lead}what was measured points to the {CHAIN_LABELS[one.named]} first. It is a lead to work on, not "
                f"a proven cause."
            )
            yield Statement(text=text, about="athlete", evidence=best.evidence)
        elif not one.chains[0].p_first:
            yield Statement(text=f"{lead}{NOTHING_TO_ASK}.", about="athlete")
        else:
            yield Statement(text=f"{lead}{NOT_SEPARABLE}.", about="athlete")


def history(inputs: FieldInputs | None, *, training: str = "the training below") -> tuple[Statement, ...]:
    """What an injury before means, as far as it is known; training: how the advice that stands with it is called."""
    if inputs is None or inputs.prior_injury == "none":
        return ()
    what = "An ACL injury" if inputs.prior_injury == "acl" else "A knee injury"
    text = (
        f"{what} before was entered. Of everything studied, an earlier injury goes with a later one most clearly; it "
        f"is a reason for {training}, not a forecast."
    )
    return (Statement(text=text, about="athlete", evidence=(PRIOR_INJURY_EVIDENCE,)),)


def limits(found: Sequence[Finding], age_years: float | None) -> tuple[Statement, ...]:
    """What no screening of this kind can know, and what this one does not know yet."""
    more = []
    if any(one.lacks_days for one in found):
        text = "We do not know yet how much you vary from day to day; on another day some of this may look different."
        more.append(Statement(text=text, about="limit"))
    adults = [one for one in found if one.reference is not None and one.reference.group == HEALTHY_ADULTS]
    if adults and age_years is not None and age_years < ADULT_YEARS:
        ids = tuple(dict.fromkeys(one.reference.evidence_id or "" for one in adults if one.reference is not None))
        what = ", ".join(dict.fromkeys(one.label for one in adults))
        text = f"Compared with a norm of healthy adults, and you are younger: {what}."
        more.append(Statement(text=text, about="limit", evidence=ids))
    return (
        Statement(text=f"{NOT_A_DIAGNOSIS} {FORCE_CANNOT_SEE}", about="limit", evidence=(GATE_EVIDENCE,)),
        Statement(text=NO_INJURY, about="limit", evidence=NO_PREDICTION_EVIDENCE),
        *more,
    )
