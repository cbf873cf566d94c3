"""A screening for a terminal: the same sentences as the page, wrapped to its width."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.screening import Screening
from landing_lab.io.visible import visible
from landing_lab.report.screening_rows import (
    FLAG,
    FLAG_LEGEND,
    GRADE_LEGEND,
    STATE_WORDS,
    badges,
    finding_line,
    lab_lines,
    level_words,
    missing_words,
    model_sentence,
    reference_words,
    shown_findings,
)

WIDEST: Final = 110
NARROWEST: Final = 60


def screening_text(result: Screening) -> str:
    """The whole screening as text that ends with a line end."""
    width = min(max(shutil.get_terminal_size((100, 24)).columns, NARROWEST), WIDEST)
    return "\n".join(_lines(result, width)) + "\n"


def _lines(result: Screening, width: int) -> Iterator[str]:
    of = f" ({visible(result.landing)})" if result.landing else ""
    who = f"{visible(result.participant)}, session {visible(result.session)}, {result.n_trials} landings{of}"
    yield f"Landing screening of {who}"
    if result.referral.advised:
        yield from _wrapped(result.referral.sentence, width, "")
    if result.simulated:
        yield "Simulated athlete: no person was measured."
    for one in result.reservations:
        yield from _wrapped(one.text, width, "")
    yield ""
    yield from _said(result, "What stands out", result.standing_out, width)
    yield from _said(result, "What was seen of the knees", (*result.pattern, *result.contributing), width)
    if result.model is not None:
        yield "What this laboratory's model says"
        yield from _wrapped(f"- {visible(model_sentence(result))}", width)
        yield ""
    yield from _said(result, "What changed", (*result.changes, *result.challenges), width)
    yield from _said(result, "Good to know", result.history, width)
    yield from _next(result, width)
    yield from _said(result, "What this cannot know", result.cannot_know, width)
    yield from _table(result, width)
    yield from _said(result, "Shown, not counted", result.not_counted, width)
    yield from _wrapped(f"Landings are compared with {reference_words(result)}. {level_words(result)}", width, "")
    yield ""
    yield "For the laboratory"
    for line in lab_lines(result):
        yield from _wrapped(f"- {visible(line)}", width)
    yield from _wrapped(f"Grades: {'; '.join(GRADE_LEGEND)}.", width, "")
    yield f"{result.evidence_stamp}; print a row: landing-lab screen --evidence ID"
    for note in result.notes:
        yield from _wrapped(f"Note: {visible(note)}", width, "")


def _said(result: Screening, title: str, statements: Sequence[Statement], width: int) -> Iterator[str]:
    if not statements:
        return
    yield title
    for one in statements:
        yield from _wrapped(f"- {visible(one.text)}{_marks(result, one.evidence)}", width)
    yield ""


def _next(result: Screening, width: int) -> Iterator[str]:
    yield "What to do next"
    yield from _wrapped(f"- {result.referral.sentence}", width)
    for one in result.advice:
        yield from _wrapped(f"- {one.text}{_marks(result, one.evidence)}", width)
    yield ""


def _marks(result: Screening, ids: Iterable[str]) -> str:
    marks = [f"{one.grade} {one.claim}{' unverified' if one.unverified else ''}" for one in badges(result, list(ids))]
    return f" [{', '.join(marks)}]" if marks else ""


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _table(result: Screening, width: int) -> Iterator[str]:
    """What was measured, one line each; what was not is named in one sentence."""
    measured = [_marked(finding_line(result, one)) for one in shown_findings(result)]
    if measured:
        yield "What was measured: value ± standard error, what is usual, state (×: shown, never counted)"
    wide = [max((len(str(line[key])) for line in measured), default=0) for key in ("side", "value", "usual", "word")]
    for line in measured:
        cells = [str(line[key]).ljust(size) for key, size in zip(("side", "value", "usual", "word"), wide, strict=True)]
        mark = "×" if line["struck"] else " "
        yield from _wrapped(f"{mark} {'  '.join(cells)}  {line['label']}", max(width, 80), " " * (sum(wide) + 10))
    if any(line["flagged"] for line in measured):
        yield from _wrapped(f"{FLAG_LEGEND}.", width)
    missing = missing_words(result)
    if missing:
        yield from _wrapped(f"{STATE_WORDS['not_measured'].capitalize()}: {'; '.join(missing)}.", width)
    yield ""


def _marked(line: dict[str, Any]) -> dict[str, Any]:
    """A row whose value says that it carries a reservation."""
    return {**line, "value": f"{line['value']} {FLAG}"} if line["flagged"] else line
