"""From a column of time, or a stated rate, to evenly spaced samples; missing rows become gaps."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.force_table import ForceTable, seconds_per
from landing_lab.io.visible import snippet
from landing_lab.model.blocks import FloatArray, Gap, IntArray

_RATE_TOLERANCE: Final = 0.01
_UNEVEN: Final = 0.02
_MISSING: Final = 0.5
_SLOWEST_STEP_S: Final = 0.2
_MAX_FILL: Final = 20
"""More than this many missing rows per row that is there is a broken time column, not a gap."""

_LONGEST_GAP: Final = 1e9
"""Rows; what is longer is refused all the same, and fits an integer."""
SLOWEST_HZ: Final = 1.0
FASTEST_HZ: Final = 100_000.0


@dataclass(frozen=True, slots=True, eq=False)
class TimeBase:
    """times_s (n,) evenly spaced; row_of (n,) row of the table behind each sample, -1 where it is missing."""

    times_s: FloatArray
    row_of: IntArray
    sample_rate_hz: float
    clock: str
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


def check_rate(sample_rate_hz: float | None) -> float | None:
    """A rate given by the person. Raises ParameterError unless it is a number that a force plate can have."""
    if sample_rate_hz is None:
        return None
    try:
        rate = math.nan if isinstance(sample_rate_hz, (bool, np.bool_)) else float(sample_rate_hz)
    except (TypeError, ValueError, OverflowError):
        rate = math.nan
    if not SLOWEST_HZ <= rate <= FASTEST_HZ:
        raise ParameterError(
            f"the sample rate must be a number of hertz from {SLOWEST_HZ:g} to {FASTEST_HZ:.0f}; "
            f"got {snippet(str(sample_rate_hz))}; give --rate-hz 1000"
        )
    return rate


def time_base(table: ForceTable, file_name: str, n_rows: int, column: int | None, given_hz: float | None) -> TimeBase:
    """The time base of the first n_rows rows of a table.

    column: index of the column of time, None where there is none. Raises ParameterError where no rate is known
    or two contradict each other, FileFormatError where time does not increase.
    """
    if column is not None:
        base = _from_column(table, file_name, n_rows, column)
        _check_found(file_name, "the time column", base.sample_rate_hz, table.without_time)
        _check_agreement(file_name, "the time column", base.sample_rate_hz, given_hz)
        return base
    if table.sample_rate_hz is not None:
        _check_found(file_name, "the file header", table.sample_rate_hz, table.without_time)
        _check_agreement(file_name, "the file header", table.sample_rate_hz, given_hz)
        return _even(n_rows, table.sample_rate_hz, "sample rate stated in the file")
    if given_hz is None:
        raise ParameterError(
            f"{file_name} does not say its sample rate: it has no column of time; "
            f"state it in hertz with --rate-hz (in Python: sample_rate_hz=)",
            file=file_name,
        )
    base = _even(n_rows, given_hz, "sample rate given by the user")
    told = f"The sample rate of {given_hz:g} Hz was given by hand; the file has nothing to compare it with."
    return replace(base, notes=(told,))


def _even(n_rows: int, rate: float, clock: str) -> TimeBase:
    return TimeBase(np.arange(n_rows) / rate, np.arange(n_rows), rate, clock)


def _check_found(file_name: str, source: str, found_hz: float, without_time: str) -> None:
    if not SLOWEST_HZ <= found_hz <= FASTEST_HZ:
        raise FileFormatError(
            f"{file_name}: {source} says {found_hz:.6g} Hz, and no force plate samples slower than {SLOWEST_HZ:g} or "
            f"faster than {FASTEST_HZ:.0f} Hz; export the file again{without_time}"
        )


def _check_agreement(file_name: str, source: str, found_hz: float, given_hz: float | None) -> None:
    if given_hz is not None and abs(given_hz - found_hz) > _RATE_TOLERANCE * found_hz:
        raise ParameterError(
            f"{file_name}: a rate of {given_hz:g} Hz was given, but {source} says {found_hz:.6g} Hz; "
            f"leave the rate out, or correct it",
            file=file_name,
        )


def _from_column(table: ForceTable, file_name: str, n_rows: int, column: int) -> TimeBase:
    """Sample rate, missing rows and unevenness from the column of time."""
    rows = np.flatnonzero(~np.isnan(table.values[:n_rows, column]))
    if len(rows) < 2:
        raise FileFormatError(
            f'{file_name}: the column of time "{table.names[column]}" holds {len(rows)} value(s); '
            f"at least two rows need a time; export the file again"
        )
    times, notes = _seconds(table, rows, column)
    if len(rows) < n_rows:
        notes += (f"{n_rows - len(rows)} rows have no time and were left out.",)
    steps = np.diff(times)
    if (steps <= 0).any():
        row = int(np.argmax(steps <= 0))
        raise FileFormatError(
            f"{file_name}: time does not increase at {table.line(int(rows[row + 1]))}: {times[row + 1]:.9g} s after "
            f"{times[row]:.9g} s; export the file with more decimals{table.without_time}",
            line=None if table.lines is None else int(table.lines[rows[row + 1]]),
        )
    clock = f'column of time "{table.names[column]}"'
    if (rate := _rate_if_none_missing(times)) is not None:
        notes += _unevenness(times, rate)
        return TimeBase(times[0] + np.arange(len(times)) / rate, rows, rate, clock, (), notes)
    base = _with_gaps(table, file_name, times, rows, clock=clock)
    return replace(base, notes=notes + base.notes)


def _seconds(table: ForceTable, rows: IntArray, column: int) -> tuple[FloatArray, tuple[str, ...]]:
    """The column of time in seconds; without a stated unit a step that no plate is slow enough for means ms."""
    raw = table.values[rows, column]
    scale = seconds_per(table.units[column])
    if scale is not None:
        return raw * scale, ()
    if float(np.median(np.diff(raw))) >= _SLOWEST_STEP_S:
        return raw * 1e-3, (f'No unit is stated for "{table.names[column]}": milliseconds were assumed from its step.',)
    return raw, ()


def _rate_if_none_missing(times: FloatArray) -> float | None:
    """The mean rate, if the times lie on an even grid but for jitter or rounding; None where rows are missing."""
    duration = float(times[-1] - times[0])
    step = duration / (len(times) - 1)
    quantum = _quantum(times)
    residual = np.abs(times - (times[0] + step * np.arange(len(times)))).max()
    steps = np.diff(times)
    even = steps.max() <= (1 + _MISSING) * np.median(steps) and residual <= 0.45 * step
    if not (even or (quantum is not None and _is_rounding(steps / quantum))):
        return None
    return _rounded(1 / step, max(1e-6, (quantum or 0.0) / duration))


def _is_rounding(steps: FloatArray) -> bool:
    """Whether steps, in units of the last decimal, are one constant step rounded: k and k + 1 in even alternation.

    A missing row makes a step of about 2 k, which is another number than k + 1 unless k is 1; there only the
    even spacing of the long steps tells 960 Hz in milliseconds from 1000 Hz with losses.
    """
    whole = np.rint(steps).astype(np.int64)
    shortest = int(whole.min())
    if whole.max() > shortest + 1:
        return False
    long_ones = np.flatnonzero(whole > shortest)
    return shortest > 1 or (len(long_ones) >= 3 and int(np.ptp(np.diff(long_ones))) <= 2)


def _rounded(rate: float, relative_uncertainty: float) -> float:
    """The whole number of hertz, where the decimals of the column of time cannot tell it from `rate`."""
    whole = float(round(rate))
    return whole if whole > 0 and abs(rate - whole) <= relative_uncertainty * rate else rate


def _quantum(times: FloatArray) -> float | None:
    """Smallest decimal step that the column is written in, None if finer than a microsecond."""
    for decimals in range(7):
        if (np.abs(times - np.round(times, decimals)) < 1e-9).all():
            return float(10.0**-decimals)
    return None


def _unevenness(times: FloatArray, rate: float) -> tuple[str, ...]:
    worst = float(np.abs(np.diff(times) * rate - 1).max())
    if worst <= _UNEVEN:
        return ()
    text = f"Steps of the column of time differ by up to {100 * worst:.0f} % from the mean of {1000 / rate:.4g} ms"
    return (f"{text}; samples were taken as evenly spaced.",)


def _with_gaps(table: ForceTable, file_name: str, times: FloatArray, rows: IntArray, *, clock: str) -> TimeBase:
    """Insert the rows that are missing between rows further apart than one step and a half."""
    steps = np.diff(times)
    step = float(np.median(steps))
    counts = np.clip(np.rint(steps / step), 1, _LONGEST_GAP).astype(np.int64)
    off = np.abs(steps / step - counts) > _MISSING * 0.9
    if off.mean() > 0.05 or counts.sum() > _MAX_FILL * len(times):
        row = int(np.argmax(steps))
        raise FileFormatError(
            f"{file_name}: time is not evenly spaced: steps of {steps.min():.4g} to {steps.max():.4g} s "
            f"around a median of {step:.4g} s (the largest at {table.line(int(rows[row + 1]))}); "
            f"export the file at a constant rate{table.without_time}"
        )
    position = np.concatenate(([0], np.cumsum(counts)))
    rate = _rounded(float(position[-1]) / float(times[-1] - times[0]), 1e-4)
    row_of = np.full(int(position[-1]) + 1, -1, dtype=np.int64)
    row_of[position] = rows
    gaps = tuple(
        Gap(sample=int(position[i + 1]), n_samples=int(counts[i]) - 1, reason="rows missing in the file")
        for i in np.flatnonzero(counts > 1)
    )
    if not gaps:
        return TimeBase(times[0] + np.arange(len(row_of)) / rate, row_of, rate, clock, (), _unevenness(times, rate))
    missing = sum(gap.n_samples for gap in gaps)
    notes = (f"{missing} rows are missing in {len(gaps)} place(s) of the file; they were filled as missing samples.",)
    return TimeBase(times[0] + np.arange(len(row_of)) / rate, row_of, rate, clock, gaps, notes)
