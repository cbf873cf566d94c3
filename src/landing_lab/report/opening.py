"""The first page of a session's report: what its athlete wants to know, in plain words; details stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from landing_lab.io.session_file import TrialEntry
from landing_lab.model.channels import WHOLE
from landing_lab.model.result import MetricValue, TrialResult
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.contrasts import NO_CONDITION, mean_text
from landing_lab.report.names import one_line, sentence, task_label
from landing_lab.report.one_page import fitted
from landing_lab.report.rounding import format_value, unit_text
from landing_lab.report.rows import find_summary, foot_summary_columns, has_value, summary_columns
from landing_lab.report.screening_rows import GRADE_LEGEND, Badge, badges, claim_lines, level_words, said
from landing_lab.report.session_facts import stops_of

if TYPE_CHECKING:
    from landing_lab.analysis.screening.asymmetry import AsymmetryVerdict
    from landing_lab.analysis.screening.entered_alone import EnteredAlone
    from landing_lab.analysis.screening.gate import Statement
    from landing_lab.analysis.screening.screening import Screening

MOST_SAID: Final = 4
"""Sentences of a screening on the first page; all of them stand on its own page."""
PLAIN: Final[dict[str, str]] = {
    "jump height": "how high you rose, from the time in the air",
    "contact time": "from touching the ground to leaving it",
    "reactive strength index": "jump height divided by contact time",
    "peak vertical force": "the largest push of the ground, in body weights or newton",
    "landing peak force": "the largest push of the ground when landing",
    "limb symmetry": "the smaller leg's force as a share of the larger one's, first 100 ms; 100 % is equal",
    "medial pressure shift, left": "how far the pressure moved to the inner edge under the left foot",
    "medial pressure shift, right": "how far the pressure moved to the inner edge under the right foot",
}
KNEE: Final = (
    "Force and pressure under the feet cannot see the knee. Nothing here says how the knees move, and nothing says "
    "whether somebody will be hurt."
)
SHIFT: Final = (
    "The medial shift says where the pressure under a foot goes, not how foot, shin or knee move. It is exploratory: "
    "compare it within one foot, one session and one pair of insoles"
)
UNSETTLED: Final = "no calibration of the plate settled its converters' filter, and the likeliest was taken"
IN_PLAIN_WORDS: Final = {
    UNSETTLED: "the calibration of the plate leaves open how far it smooths a fast push, and the likeliest was taken"
}
"""Reservations as the analysis words them -> as an athlete reads them."""
NOT_SCREENED: Final = (
    "Not screened: nothing was entered of history, field tests, what was seen of the knees, and symptoms. The "
    "laboratory can enter it on the lab page or with landing-lab inputs."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What only the session knows. entries: every trial with its verdict; n_left: planned ones not done yet.

    asymmetry: condition in words -> verdict. screening: None where nothing was entered, or it could not be made
    (why_not says so), and then alone is what the entries say by themselves; entered: who entered it and when.
    """

    entries: tuple[TrialEntry, ...]
    n_left: int = 0
    left_out: tuple[int, ...] = ()
    asymmetry: Mapping[str, AsymmetryVerdict] = field(default_factory=dict)
    screening: Screening | None = None
    alone: EnteredAlone | None = None
    why_not: str = ""
    entered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One quantity: a cell per condition, how well one trial knows it, and what to know; flagged: has a reservation."""

    title: str
    plain: str
    unit: str
    cells: tuple[str, ...]
    error: str
    known: bool
    flagged: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence with the rows of the evidence table that it rests on."""

    text: str
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first page, all of it text. more: what it has no room for, which stands behind it."""

    done: str
    conditions: tuple[str, ...]
    numbers: tuple[Number, ...]
    reservations: tuple[str, ...]
    used: str
    rejected: tuple[str, ...]
    symmetry: tuple[str, ...]
    shift: str
    screening: tuple[Sentence, ...]
    screening_head: str
    evidence_stamp: str
    next: tuple[Sentence, ...]
    claims: tuple[Mapping[str, str], ...] = ()
    grades: tuple[str, ...] = GRADE_LEGEND
    knee: str = KNEE
    more: tuple[Sentence, ...] = ()


def opening_of(trials: Sequence[TrialResult], labels: Sequence[TrialLabel | None], account: Account) -> Opening:
    """The first page of the accepted trials of a session; labels: one of each trial."""
    groups = _groups(trials, labels)
    columns = [(title, names, WHOLE) for title, names in summary_columns(trials)]
    columns += [(title, names, (side,)) for title, names, side in foot_summary_columns(trials)]
    numbers = tuple(_number(title, names, sides, groups) for title, names, sides in columns)
    with_doubt = sum(trial.status != "ok" for trial in trials)
    shown = account.screening or account.alone
    page = Opening(
        done=_done(trials, account),
        conditions=tuple(groups) if len(groups) > 1 else ("mean ± SD between trials" if len(trials) > 1 else "value",),
        numbers=numbers,
        reservations=(*_reservations(numbers, with_doubt, len(trials)), *_against_a_stop(labels)),
        used=_runs(one.run for one in account.entries if one.verdict == "accepted"),
        rejected=_rejected(account.entries),
        symmetry=tuple(
            f"{sentence(condition)}: {verdict.sentence}" if condition and len(groups) > 1 else verdict.sentence
            for condition, verdict in account.asymmetry.items()
        ),
        shift=f"{SHIFT}." if any(title.startswith("medial") for title, *_ in columns) else "",
        screening=_screened(account),
        screening_head=" ".join(filter(None, (account.why_not, account.entered))) or NOT_SCREENED,
        evidence_stamp="" if shown is None else shown.evidence_stamp,
        next=_next(account, with_doubt),
        claims=() if shown is None else _claims(shown, account, with_doubt),
    )
    return fitted(page)


def _groups(trials: Sequence[TrialResult], labels: Sequence[TrialLabel | None]) -> dict[str, list[TrialResult]]:
    """Trials by condition, in the order in which they were first recorded."""
    found: dict[str, list[TrialResult]] = {}
    for trial, label in zip(trials, labels, strict=True):
        words = label.condition_words if label is not None else ""
        found.setdefault(one_line(words) or NO_CONDITION, []).append(trial)
    return found


def _number(
    title: str, names: tuple[str, ...], sides: tuple[str, ...], groups: Mapping[str, Sequence[TrialResult]]
) -> Number:
    """Trials without reservation count; where a quantity has none of those, the flagged ones do, and it says so."""
    rows = {
        condition: [(trial, _in_cm(row)) for trial in own if (row := find_summary(trial, names, sides)) is not None]
        for condition, own in groups.items()
    }
    everything = [row for own in rows.values() for _, row in own]
    valued = [row for row in everything if has_value(row)]
    if not valued:
        why = next((row.reason for row in everything if row.reason), "it was not measured")
        return Number(
            title=title, plain=PLAIN.get(title, ""), unit="", cells=("not known",), error="", known=False,
            flagged=False, note=one_line(sentence(why)),
        )  # fmt: skip
    name = max(dict.fromkeys(row.name for row in valued), key=lambda one: sum(row.name == one for row in valued))
    counted: dict[str, list[MetricValue]] = {
        condition: [row for trial, row in own if trial.status == "ok" and row.name == name and has_value(row)]
        for condition, own in rows.items()
    }
    if not any(counted.values()):
        counted = {k: [row for _, row in own if row.name == name and has_value(row)] for k, own in rows.items()}
    used = [row for own in counted.values() for row in own]
    sds = [row.sd for row in used if row.sd is not None]
    reasons = dict.fromkeys(one_line(row.reason) for row in used if row.reason)
    return Number(
        title=title,
        plain=PLAIN.get(title, ""),
        unit=unit_text(used[0].unit),
        cells=tuple(mean_text(own).replace("± < ", "± under ") for own in counted.values()),
        error=f"± {format_value(max(sds), max(sds))}" if sds else "not known",
        known=True,
        flagged=any(row.status == "flagged" for row in used),
        note=next(iter(reasons), ""),
    )


def _in_cm(row: MetricValue) -> MetricValue:
    """A length in metres as an athlete reads it; the uncertainty, which gives the digits, goes with it."""
    if row.unit != "m" or row.value is None:
        return row
    return row._replace(value=100 * row.value, sd=None if row.sd is None else 100 * row.sd, unit="cm")


def _runs(numbers: Iterable[int]) -> str:
    """Trials by the numbers of their files: "run 01, 02"; "none"."""
    told = ", ".join(f"{number:02d}" for number in numbers)
    return f"run {told}" if told else "none"


def _against_a_stop(labels: Sequence[TrialLabel | None]) -> tuple[str, ...]:
    runs = dict.fromkeys(label.run for label in labels if label is not None and stops_of(label))
    return (f"Accepted against a STOP: {_runs(runs)}; the pages behind say why.",) if runs else ()


def _done(trials: Sequence[TrialResult], account: Account) -> str:
    tasks = [task_label(trial.task) for trial in trials]
    counted = [f"{tasks.count(task)} × {task}" for task in dict.fromkeys(tasks)]
    rejected = sum(one.verdict == "rejected" for one in account.entries)
    told = f"{', '.join(counted)} counted"
    return f"{told}; {rejected} recorded and rejected" if rejected else told


def _rejected(entries: Sequence[TrialEntry]) -> tuple[str, ...]:
    return tuple(f"run {one.run:02d} ({_why(one)})" for one in entries if one.verdict != "accepted")


def _why(entry: TrialEntry) -> str:
    return one_line(entry.reason or "no reason given", 90) if entry.verdict == "rejected" else "no verdict"


def _reservations(numbers: Sequence[Number], with_doubt: int, n: int) -> tuple[str, ...]:
    """Each reason once, with the numbers it is about."""
    told: dict[str, list[str]] = {}
    for one in numbers:
        if one.flagged and one.note:
            told.setdefault(_first_reason(one.note), []).append(one.title)
    lines = [f"{sentence(', '.join(titles))}: {reason}" for reason, titles in told.items()]
    if with_doubt:
        lines.append(f"{with_doubt} of {n} trials carry a reservation as a whole; the pages behind say which.")
    return tuple(lines)


def _first_reason(note: str) -> str:
    """The first of several reasons that a metric joins with semicolons; all of them stand in the details."""
    first, more, _ = note.partition("; ")
    for words, plain in IN_PLAIN_WORDS.items():
        first = first.replace(words, plain)
    return f"{first}{' (and more, see the details)' if more else ''}."


def _screened(account: Account) -> tuple[Sentence, ...]:
    """An earlier injury, what stands out, what was seen of the knees, the level: the gate's own sentences, as they are.

    The first and the last of them never leave the page. Where there is no screening, only what was entered is said.
    """
    result = account.screening
    if result is None:
        return () if account.alone is None else _sentences(account.alone, account.alone.history)
    chosen = [
        *result.history, *result.reservations[:1], *result.standing_out[:MOST_SAID], *result.pattern[:2],
        *result.cannot_know[:1],
    ]  # fmt: skip
    return (*_sentences(result, chosen), Sentence(text=level_words(result)))


def _sentences(result: Screening | EnteredAlone, statements: Sequence[Statement]) -> tuple[Sentence, ...]:
    return tuple(Sentence(text=one["text"], badges=one["badges"]) for one in said(result, statements))


def _claims(result: Screening | EnteredAlone, account: Account, with_doubt: int) -> tuple[Mapping[str, str], ...]:
    """The rows of evidence that a sentence of the first page rests on."""
    named = {badge.claim for one in (*_screened(account), *_next(account, with_doubt)) for badge in one.badges}
    return tuple(line for line in claim_lines(result) if line["id"] in named)


def _next(account: Account, with_doubt: int) -> tuple[Sentence, ...]:
    steps = []
    result, shown = account.screening, account.screening or account.alone
    if shown is not None and shown.referral.advised:
        steps.append(_referral(shown))
    if account.n_left:
        steps.append(Sentence(text=f"{account.n_left} of the planned trials are still to be recorded."))
    if with_doubt:
        steps.append(Sentence(text="Repeat the trials that carry a reservation, once its cause is away."))
    if shown is not None:
        steps += [] if shown.referral.advised else [_referral(shown)]
    if result is not None:
        steps += [Sentence(text=one.text, badges=badges(result, one.evidence)) for one in result.advice[:2]]
    if not steps:
        steps.append(Sentence(text="Come again: one session says how you landed today, several say what changes."))
    return tuple(steps)


def _referral(result: Screening | EnteredAlone) -> Sentence:
    return Sentence(text=result.referral.sentence, badges=badges(result, result.referral.evidence))
