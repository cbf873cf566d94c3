"""A threshold sensitivity as text: the rules in use, one line each, with what they make of the trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from landing_lab.model.sensitivity import ThresholdRow, ThresholdSensitivity
from landing_lab.report.names import metric_label, status_label
from landing_lab.report.rounding import MINUS, unit_text

SHOWN: Final = (
    "contact_time_s",
    "flight_time_s",
    "jump_height_flight_time_m",
    "rsi_flight_time_m_per_s",
    "landing_loading_time_s",
    "time_to_peak_force_s",
)
"""Columns, as many as there is room for."""
MOST_COLUMNS: Final = 4
SHORT: Final = {
    "contact_time_s": "contact",
    "flight_time_s": "flight",
    "jump_height_flight_time_m": "jump height",
    "rsi_flight_time_m_per_s": "reactive strength",
    "time_to_peak_force_s": "to peak force",
    "landing_loading_time_s": "landing loading",
}


@dataclass(frozen=True, slots=True)
class SensitivityCell:
    """A value at one threshold and its change against the default, both as text."""

    value: str
    change: str


@dataclass(frozen=True, slots=True)
class SensitivityLine:
    """One rule: its name, newton, cells, status and reason; no field is empty but reason and source."""

    rule: str
    threshold: str
    cells: tuple[SensitivityCell, ...]
    status: str
    status_word: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class SensitivityTable:
    """Headings (name, unit) of the metrics and one line per rule, the default first, then by rising threshold."""

    headings: tuple[tuple[str, str], ...]
    lines: tuple[SensitivityLine, ...]


def sensitivity_table(sensitivity: ThresholdSensitivity) -> SensitivityTable:
    """The rules of a threshold sensitivity as text; no lines where there is no trial."""
    default = sensitivity.default
    names = [name for name in SHOWN if name in sensitivity.units][:MOST_COLUMNS]
    headings = tuple(
        (SHORT.get(name, metric_label(name)), unit_text(sensitivity.units[name]) or "ratio") for name in names
    )
    if default is None:
        return SensitivityTable(headings, ())
    rules = sorted(sensitivity.rules, key=lambda row: (row.threshold_n is None, row.threshold_n or 0.0))
    return SensitivityTable(headings, tuple(_line(row, default, names) for row in (default, *rules)))


def _line(row: ThresholdRow, default: ThresholdRow, names: list[str]) -> SensitivityLine:
    return SensitivityLine(
        rule="default" if row.kind == "default" else row.rule,
        threshold="–" if row.threshold_n is None else f"{row.threshold_n:.1f}",
        cells=tuple(_cell(row.values.get(name), default.values.get(name), row.kind == "default") for name in names),
        status=row.status,
        status_word=status_label(row.status),
        reason=row.reason or "",
        source=row.source or "",
    )


def _cell(value: float | None, default: float | None, is_default: bool) -> SensitivityCell:
    if value is None:
        return SensitivityCell("–", "–")
    if is_default or not default:
        return SensitivityCell(f"{value:.4f}", "–")
    change = f"{100.0 * (value / default - 1.0):+.1f} %".replace("-", MINUS)
    return SensitivityCell(f"{value:.4f}", "0.0 %" if change[1:] == "0.0 %" else change)
