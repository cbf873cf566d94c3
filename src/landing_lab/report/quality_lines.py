"""What was checked on the signal of a trial, as text for pages and terminals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from landing_lab.model.channels import WHOLE
from landing_lab.model.quality import Quality, QualityItem
from landing_lab.report.names import VERDICT_ICONS, one_line, quality_label, side_label
from landing_lab.report.rounding import MINUS, unit_text

COUNTS = {"", "1", "samples", "count", "sides"}
"""Units of a whole number of things."""


@dataclass(frozen=True, slots=True)
class QualityLine:
    """One check as it is printed; figure is the verdict where there is none."""

    label: str
    figure: str
    verdict: str
    icon: str
    text: str


def quality_figure(item: QualityItem) -> str:
    """The figure of a check with its unit, three significant digits; a whole number stays whole."""
    if item.value is None or not math.isfinite(item.value):
        return item.verdict
    if item.unit in COUNTS and float(item.value).is_integer():
        text = f"{item.value:.0f}"
    elif item.value == 0:
        text = "0"
    else:
        places = min(max(0, 2 - math.floor(math.log10(abs(item.value)))), 6)
        text = f"{item.value:.{places}f}".replace("-", MINUS)
        text = text.rstrip("0").rstrip(".") if "." in text else text
    unit = unit_text(item.unit)
    return f"{text} {unit}" if unit not in {"", "1", "count"} else text


def quality_lines(quality: Quality) -> list[QualityLine]:
    """Every check as text, flagged ones first, those that could not be made last."""
    order = ("flagged", "ok", "not checked")
    return [
        QualityLine(
            label=f"{quality_label(item.name)}{f' ({side_label(item.side)})' if item.side not in WHOLE else ''}",
            figure=quality_figure(item),
            verdict=item.verdict,
            icon=VERDICT_ICONS.get(item.verdict, "?"),
            text=item.text,
        )
        for item in sorted(quality, key=lambda item: order.index(item.verdict))
    ]


def quality_sentence(quality: Quality) -> str:
    """How many checks there were and how they ended: "12 checks ok, 2 not made, 1 flagged"."""
    counts = [sum(item.verdict == verdict for item in quality) for verdict in ("ok", "not checked", "flagged")]
    words = ("ok", "not made", "flagged")
    said = [f"{count} {word}" for count, word in zip(counts, words, strict=True) if count]
    if not said:
        return "not checked"
    head, *rest = said
    first = head.split(" ", 1)
    noun = "check" if first[0] == "1" else "checks"
    return ", ".join([f"{first[0]} {noun} {first[1]}", *rest])


def quality_terminal_line(quality: Quality) -> str:
    """One line for a terminal: counts, then what is flagged; "" where nothing was looked at."""
    if not len(quality):
        return ""
    flagged: Sequence[QualityLine] = [line for line in quality_lines(quality) if line.verdict == "flagged"]
    told = "; ".join(
        f"{line.label} {line.figure}" if line.figure != line.verdict else f"{line.label}: {line.text}"
        for line in flagged
    )
    return one_line(f"signal: {quality_sentence(quality)}{': ' + told if told else ''}")
