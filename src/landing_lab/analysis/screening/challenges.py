"""How this athlete's landing answered a challenge of the session: heel lift, arch support, fatigue, a cue, toes in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from landing_lab.analysis.condition_pairs import KNOWN_PAIRS, ConditionPair, canonical
from landing_lab.analysis.contrasts import AthleteContrast, compare_conditions
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.error_for import error_for
from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.indicators import INDICATORS
from landing_lab.analysis.screening.numbers import decimals_of, quantity
from landing_lab.analysis.screening.statements import by_chance
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.io.visible import visible

TOLD: Final[dict[str, str]] = {
    "heel_lift": "With raised heels, against flat feet",
    "arch_support": "With arch support, against without",
    "post_fatigue": "Tired, against fresh",
    "cued": "With the instruction, against without",
    "toe_in": "With the toes turned in, against straight",
    "toe_out": "With the toes turned out, against straight",
}
"""A known pair for the athlete, by its challenge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One metric of one side in two conditions of the session and one task; second minus first.

    first, second: the conditions as they were recorded; pair: as they are known. counted: its row
    may count. error_source: what it is judged by;
    error_borrowed: from elsewhere, with its row error_evidence.
    """

    pair: ConditionPair
    task: str
    first: str
    second: str
    label: str
    name: str
    side: str
    unit: str
    found: AthleteContrast
    counted: bool = True
    error_source: str = ""
    error_borrowed: bool = False
    error_evidence: str | None = None

    @property
    def what(self) -> tuple[ConditionPair, str, str, str]:
        """What is told in one sentence."""
        return self.pair, self.task, self.first, self.second


def answers(
    table: TrialTable, participant: str, session: str, errors: ErrorFile | None, counted: frozenset[str] | None = None
) -> tuple[Answer, ...]:
    """Every indicator of landings in every known pair of conditions that the session has, task by task.

    counted: ids of indicators whose rows may count; None is all.

    A pair whose conditions share no task is passed over: tasks are not mixed.
    """
    rows = table.rows
    rows = rows[(rows["participant"] == participant) & (rows["session"].astype(str) == session)]
    done = sorted(set(zip(rows["task"].astype(str), rows["condition"].astype(str), strict=True)))
    own = TrialTable(rows, table.participants)
    return tuple(
        answer
        for pair in KNOWN_PAIRS
        for task, first in done
        for other, second in done
        if task == other and (canonical(first), canonical(second)) == (pair.first, pair.second)
        for answer in _of_pair(own, participant, (pair, task, first, second), errors, counted)
    )


def _of_pair(
    table: TrialTable, participant: str, what: tuple[ConditionPair, str, str, str], errors: ErrorFile | None,
    counted: frozenset[str] | None,
) -> Iterator[Answer]:  # fmt: skip
    pair, task, first, second = what
    names = set(table.rows.loc[table.rows["task"] == task, "name"])
    for indicator in INDICATORS:
        name = next((one for one in indicator.variables if one in names), None)
        if indicator.kind != "metric" or name is None:
            continue
        for side in indicator.sides:
            error = error_for(errors, name, side, unit=indicator.unit, task=task)
            contrast = compare_conditions(
                table, name, side, first, second, participant=participant, error=error, task=task
            )
            found = contrast.of(participant)
            if found is not None and contrast.status != "refused":
                yield Answer(
                    pair=pair, task=task, first=first, second=second, label=indicator.label, name=name, side=side,
                    unit=contrast.unit, found=found, error_source="" if error is None else error.source,
                    counted=counted is None or indicator.id in counted,
                    error_borrowed=error is not None and error.borrowed,
                    error_evidence=None if error is None else error.evidence_id,
                )  # fmt: skip


def challenge_statements(found: tuple[Answer, ...], sides: dict[str, str]) -> Iterator[Statement]:
    """One sentence per pair and task: what changed beyond the error of trials, or that nothing did, and its limits.

    Where something did, one more says how many of so many comparisons differ by chance. What can never count (grade D
    and X) is in the answers and told to nobody.
    """
    found = tuple(one for one in found if one.counted)
    everything = tuple(dict.fromkeys(one.what for one in found))
    for what in everything:
        several = sum(other[0] == what[0] for other in everything) > 1
        yield _of_one(what, [one for one in found if one.what == what], sides, named=several)
    judged = [one for one in found if one.found.judgement != "not_judged"]
    if len(judged) > 1 and any(one.found.judgement == "real" for one in judged):
        yield by_chance(len(judged))


def _of_one(
    what: tuple[ConditionPair, str, str, str], own: list[Answer], sides: dict[str, str], *, named: bool
) -> Statement:
    pair, task, first, second = what
    real = [one for one in own if one.found.judgement == "real"]
    judged = [one for one in own if one.found.judgement != "not_judged"]
    borrowed = any(one.error_borrowed for one in judged)
    if real:
        said = "; ".join(f"{sides[one.side].lower()}{one.label} {_by(one)}" for one in real)
    elif judged:
        numbers = f"{len(judged)} number{'' if len(judged) == 1 else 's'} compared"
        said = f"nothing changed beyond {'errors that are partly borrowed' if borrowed else 'the error of the trials'}"
        said += f" ({numbers})"
    else:
        said = f"not judged, because {own[0].found.reason.partition(';')[0]}"
    where = f" ({visible(task.replace('_', ' '))}, {visible(first)} to {visible(second)})" if named else ""
    ids = dict.fromkeys(one.error_evidence for one in judged if one.error_evidence)
    text = f"{TOLD.get(pair.second, pair.title)}{where}: {said}. {pair.limits}"
    return Statement(text=text, about="athlete", evidence=(*pair.evidence_ids, *ids))


def _by(one: Answer) -> str:
    """Difference ± the least that is more than error."""
    digits = decimals_of(one.found.detectable, 2)
    amount = quantity(one.found.difference, digits, one.unit)
    margin = f" ± {quantity(one.found.detectable, digits, '')}" if one.found.detectable is not None else ""
    number, _, unit = amount.partition(" ")
    by = ", beyond a borrowed, published error" if one.error_borrowed else ""
    return f"{'+' if one.found.difference > 0 else ''}{number}{margin}{f' {unit}' if unit else ''}{by}"
