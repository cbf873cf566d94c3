"""A screening as Markdown, for an e-mail or a wiki: what an athlete reads, and the numbers in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.screening import Screening
from landing_lab.report.names import one_line
from landing_lab.report.screening_rows import (
    FLAG,
    FLAG_LEGEND,
    GRADE_LEGEND,
    badges,
    finding_line,
    lab_lines,
    level_words,
    missing_words,
    model_sentence,
    reference_words,
    shown_findings,
)

COLUMNS = ("what", "leg", "value ± standard error", "usual", "")


def screening_markdown(result: Screening) -> str:
    """The text; it ends with a line end."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Screening) -> Iterator[str]:
    if result.referral.advised:
        yield f"**{result.referral.sentence}**\n"
    if result.simulated:
        yield "*Simulated athlete: no person was measured.*\n"
    of = f" ({one_line(result.landing)})" if result.landing else ""
    yield f"{result.n_trials} landings{of} in session {one_line(result.session)}. {result.cannot_know[0].text}\n"
    yield from (f"{one_line(one.text)}\n" for one in result.reservations)
    yield from _said(result, "What stands out", (*result.standing_out, *result.not_counted))
    yield from _said(result, "What was seen of the knees", (*result.pattern, *result.contributing))
    yield from _said(result, "What changed", (*result.changes, *result.challenges))
    yield from _said(result, "Good to know", result.history)
    yield "## What to do next\n"
    yield f"- {result.referral.sentence}{_marks(result, result.referral.evidence)}"
    yield from (f"- {one.text}{_marks(result, one.evidence)}" for one in result.advice)
    yield ""
    yield from _said(result, "What this cannot know", result.cannot_know[1:])
    if result.model is not None:
        yield f"{one_line(model_sentence(result))}\n"
    yield "## The numbers\n"
    yield from _table(result)
    yield f"Landings are compared with {reference_words(result)}. {level_words(result)}\n"
    lab = lab_lines(result)
    if lab:
        yield "## For the laboratory\n"
        yield from (f"- {one_line(line)}" for line in lab)
        yield ""
    yield f"Grades: {'; '.join(GRADE_LEGEND)}. {result.evidence_stamp.capitalize()}."


def _said(result: Screening, title: str, statements: Sequence[Statement]) -> Iterator[str]:
    if statements:
        yield f"## {title}\n"
        yield from (f"- {one_line(one.text)}{_marks(result, one.evidence)}" for one in statements)
        yield ""


def _marks(result: Screening, ids: Sequence[str]) -> str:
    marks = (f"{one.grade} `{one.claim}`{' unverified' if one.unverified else ''}" for one in badges(result, ids))
    return "".join(f" [{mark}]" for mark in marks)


def _table(result: Screening) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---|---|--:|---|---|"
    for one in shown_findings(result):
        line = finding_line(result, one)
        struck = "~~" if one.struck else ""
        word = ", ".join(one for one in (line["word"], "not counted" if one.struck else "") if one)
        value = f"{line['value']}{f' {FLAG}' if line['flagged'] else ''}"
        yield f"| {struck}{line['label']}{struck} | {line['side']} | {value} | {line['usual']} | {word} |"
    missing = missing_words(result)
    if any(one.flagged for one in result.findings):
        yield f"\n{FLAG_LEGEND}."
    yield f"\nNot measured or not entered: {'; '.join(missing) or 'nothing'}.\n"
