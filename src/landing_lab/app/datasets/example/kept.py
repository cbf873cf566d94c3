"""What the example keeps of a trial whose raw file it leaves out: the time around the contact, and fewer digits."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Stream
from landing_lab.model.result import ForceSignals, MetricsTable, MetricValue, Result, TrialResult

BEFORE_S: Final = 0.10
AFTER_S: Final = 0.20
"""Kept before the first touchdown and after the second landing."""

TIME_DIGITS: Final = 5
FORCE_DIGITS: Final = 1
CELL_DIGITS: Final = 2
"""Decimals of seconds, of newton under a foot, of newton on a cell: each far below what the sensors can tell."""

VALUE_DIGITS: Final = 6
SD_DIGITS: Final = 3
"""Significant digits in metrics.csv."""

INSOLES: Final = ("insole_left", "insole_right")
CUT: Final = (
    f"These files are a cutting of the example dataset: from {1000 * BEFORE_S:.0f} ms before touchdown to "
    f"{1000 * AFTER_S:.0f} ms after the second landing, times to 0.01 ms, forces to 0.1 N, cells to 0.01 N; its "
    f"numbers were computed from the whole recording."
)


def kept(result: Result, *, insoles: bool) -> Result:
    """The cutting of a result with one trial: force, insoles where they are wanted, of its metrics the body weight.

    The other metrics are in metrics.csv.
    """
    trial = result.trials[0]
    window_s = _window_s(trial)
    names = INSOLES if insoles else ()
    streams = {name: _cut_stream(result.recording.streams[name], window_s) for name in names}
    provenance = {**result.recording.provenance, "notes": (*result.recording.notes, CUT)}
    recording = dataclasses.replace(result.recording, streams=streams, provenance=provenance)
    weight = tuple(row for row in trial.table if row.name == "body_weight_n")
    signals = None if trial.signals is None else _cut_signals(trial.signals, window_s)
    return Result(recording, (dataclasses.replace(trial, table=MetricsTable(weight), signals=signals),))


def shortened(trial: TrialResult) -> TrialResult:
    """The trial with fewer digits, and no method beside each number (docs/metrics.md has them)."""
    rows = tuple(_short(row) for row in trial.table)
    return dataclasses.replace(trial, table=MetricsTable(rows))


def significant(value: float | None, digits: int) -> float | None:
    """The value with so many significant digits."""
    return None if value is None else float(f"{value:.{digits}g}")


def _short(row: MetricValue) -> MetricValue:
    return row._replace(value=significant(row.value, VALUE_DIGITS), sd=significant(row.sd, SD_DIGITS), method="")


def _window_s(trial: TrialResult) -> tuple[float, float]:
    """From before the touchdown to after the landing, or all where one of them was not found."""
    at = {event.name: event.time_s for event in trial.events if event.side == "total"}
    return at.get("touchdown", -np.inf) - BEFORE_S, at.get("landing", np.inf) + AFTER_S


def _cut_stream(stream: Stream, window_s: tuple[float, float]) -> Stream:
    rows = _rows(stream.times_s, window_s)
    return dataclasses.replace(
        stream, samples=np.round(stream.samples[rows], CELL_DIGITS), times_s=np.round(stream.times_s[rows], TIME_DIGITS)
    )


def _cut_signals(signals: ForceSignals, window_s: tuple[float, float]) -> ForceSignals:
    rows = _rows(signals.times_s, window_s)
    return dataclasses.replace(
        signals, times_s=np.round(signals.times_s[rows], TIME_DIGITS),
        force_n={side: np.round(force_n[rows], FORCE_DIGITS) for side, force_n in signals.force_n.items()},
        cop_m={side: position_m[rows] for side, position_m in signals.cop_m.items()},
        sd_n={side: sd_n[rows] for side, sd_n in signals.sd_n.items()}, pressure={},
    )  # fmt: skip


def _rows(times_s: FloatArray, window_s: tuple[float, float]) -> slice:
    first, last = np.searchsorted(times_s, window_s)
    return slice(int(first), int(last))
