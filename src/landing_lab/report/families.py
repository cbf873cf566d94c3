"""Metrics in families, as a reader looks for them: numbers first, what was refused folded together at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landing_lab.report.names import FAMILY_LABELS, family_label, one_line
from landing_lab.report.rows import MetricLine

OTHER = "other"
OWN = "own"
"""Metrics that were declared at run time, by a notebook or another package."""
FOOT_SIDES = ("left", "right", "plate 1", "plate 2")
"""Sides of a line, as printed, that speak of one foot."""
WORSE = ("ok", "flagged", "refused")


@dataclass(frozen=True, slots=True)
class RefusedLines:
    """Metrics of one family that were refused for the same reason."""

    reason: str
    labels: str
    lines: tuple[MetricLine, ...]


@dataclass(frozen=True, slots=True)
class SidesLine:
    """One metric with its sides beside each other; cells are the values of the page's columns, "–" where none is.

    reasons: the reasons of its sides, each with the side it belongs to where the sides differ, else "".
    """

    label: str
    name: str
    cells: tuple[str, ...]
    note: str
    unit: str
    status: str
    status_word: str
    reasons: tuple[tuple[str, str], ...]
    method: str


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """One family of a trial's table: lines with a value in the order of the table, then refused ones by reason.

    merged: the same lines with the sides of a metric beside each other.
    """

    title: str
    lines: tuple[MetricLine, ...]
    merged: tuple[SidesLine, ...]
    refused: tuple[RefusedLines, ...]


def family_of(name: str) -> str:
    """The family of a metric: its module in metrics/ without "_metrics", "own", or "other" for an undeclared name."""
    from landing_lab.metrics import all_metrics
    from landing_lab.metrics.own import is_own

    declared = all_metrics().get(name)
    if declared is None:
        return OTHER
    if is_own(name):
        return OWN
    return declared.compute.__module__.rpartition(".")[2].removesuffix("_metrics")


def foot_columns(lines: Sequence[MetricLine]) -> tuple[str, ...]:
    """The columns that the feet (or plates) need beside the one of the whole person."""
    return tuple(side for side in FOOT_SIDES if any(line.side == side for line in lines))


def grouped_reasons(lines: Sequence[MetricLine]) -> dict[str, int]:
    """Reason -> its number, in order of first appearance; equal reasons share a number."""
    reasons = dict.fromkeys(one_line(line.reason) for line in lines if line.reason)
    return {reason: number for number, reason in enumerate(reasons, start=1)}


def footnotes(lines: Sequence[MetricLine]) -> dict[str, int]:
    """Reason -> number of the lines with a value, in the order in which the families print them."""
    return grouped_reasons([line for group in grouped_lines(lines) for line in group.lines])


def grouped_lines(lines: Sequence[MetricLine]) -> list[MetricGroup]:
    """The lines of a table in families, in the order of FAMILY_LABELS; families it does not know come after."""
    feet = foot_columns(lines)
    families: dict[str, list[MetricLine]] = {}
    for line in lines:
        families.setdefault(family_of(line.name), []).append(line)
    known = [family for family in FAMILY_LABELS if family in families and family != OTHER]
    rest = [family for family in families if family not in known and family != OTHER]
    order = [*known, *rest, *([OTHER] if OTHER in families else [])]
    return [_group(family, families[family], feet) for family in order]


def _group(family: str, lines: Sequence[MetricLine], feet: tuple[str, ...]) -> MetricGroup:
    reasons: dict[str, list[MetricLine]] = {}
    for line in lines:
        if line.status == "refused":
            reasons.setdefault(line.reason, []).append(line)
    return MetricGroup(
        title=family_label(family),
        lines=tuple(line for line in lines if line.status != "refused"),
        merged=_merged([line for line in lines if line.status != "refused"], feet),
        refused=tuple(
            RefusedLines(reason=reason, labels=_labels(found), lines=tuple(found)) for reason, found in reasons.items()
        ),
    )


def _merged(lines: Sequence[MetricLine], feet: tuple[str, ...]) -> tuple[SidesLine, ...]:
    """One line per metric, the whole person's value first, then one cell per foot."""
    sides: dict[str, list[MetricLine]] = {}
    for line in lines:
        sides.setdefault(line.name, []).append(line)
    merged = []
    for name, found in sides.items():
        first = found[0]
        whole = next((line for line in found if line.side not in FOOT_SIDES), None)
        values = {line.side: line.value for line in found}
        worst = max(found, key=lambda line: WORSE.index(line.status))
        told = dict.fromkeys(line.reason for line in found)
        reasons = {(line.side if len(told) > 1 else "", one_line(line.reason)): None for line in found if line.reason}
        merged.append(
            SidesLine(
                label=first.label,
                name=name,
                cells=(whole.value if whole is not None else "–", *(values.get(side, "–") for side in feet)),
                note=whole.side.partition(", ")[2] if whole is not None else "",
                unit=first.unit,
                status=worst.status,
                status_word=worst.status_word,
                reasons=tuple(reasons),
                method=first.method,
            )
        )
    return tuple(merged)


def _labels(lines: Sequence[MetricLine]) -> str:
    """Labels with their sides in brackets where it is not all of them: "peak force (left, right), depth"."""
    sides: dict[str, list[str]] = {}
    for line in lines:
        sides.setdefault(line.label, []).append(line.side)
    whole = {label for label, found in sides.items() if len(found) > 2 or not set(found) & set(FOOT_SIDES)}
    return ", ".join(label if label in whole else f"{label} ({', '.join(found)})" for label, found in sides.items())
