"""The screening as one self-contained page: one page for the athlete first, everything behind it below."""

from __future__ import annotations

from pathlib import Path

import landing_lab
from landing_lab.analysis.screening.indicators import CHAIN_LABELS
from landing_lab.analysis.screening.screening import SCHEMA, Screening
from landing_lab.io.write import write_whole
from landing_lab.report.names import one_line, sentence
from landing_lab.report.screening_figure import WIDTH, figure_rows
from landing_lab.report.screening_rows import (
    FLAG,
    FLAG_LEGEND,
    GRADE_LEGEND,
    badges,
    chain_lines,
    claim_lines,
    finding_line,
    lab_lines,
    landings_words,
    level_words,
    missing_words,
    model_sentence,
    reference_words,
    said,
    shown_findings,
    unclear_words,
)
from landing_lab.report.templates_of import template


def write_screening(result: Screening, path: str | Path) -> Path:
    """Write the page of a screening. Raises RecordingError where the file cannot be written."""
    return write_whole(path, screening_page(result).encode("utf-8", errors="replace"))


def screening_page(result: Screening) -> str:
    """The page as text; equal input gives equal text."""
    parts = {
        name: said(result, getattr(result, name))
        for name in (
            "reservations", "standing_out", "not_counted", "pattern", "contributing", "changes", "challenges",
            "history", "cannot_know",
        )
    }  # fmt: skip
    return template("screening.html.j2").render(
        title=f"Landing screening: {one_line(result.participant)}",
        result=result,
        parts=parts,
        figure=figure_rows(result),
        figure_width=WIDTH,
        advice=[
            {"text": one.text, "kind": one.strategy, "badges": badges(result, one.evidence)} for one in result.advice
        ],
        referral_badges=badges(result, result.referral.evidence),
        level=level_words(result),
        measured=landings_words(result),
        lines=[finding_line(result, one) for one in shown_findings(result)],
        missing=missing_words(result),
        unclear=unclear_words(result),
        model=one_line(model_sentence(result)),
        lab=[one_line(line) for line in lab_lines(result)],
        flag=FLAG,
        flag_legend=FLAG_LEGEND if any(one.flagged for one in result.findings) else "",
        rankings=[
            (one.limb, chain_lines(one), one.named and CHAIN_LABELS[one.named], one.why_not) for one in result.rankings
        ],
        claims=claim_lines(result),
        grades=GRADE_LEGEND,
        reference=reference_words(result),
        notes=[one_line(note) for note in result.notes],
        sentence=sentence,
        version=landing_lab.__version__,
        schema=SCHEMA,
    )
