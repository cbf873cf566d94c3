"""From a device's clock to the host's: one straight line under the arrivals, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import FloatArray, IntArray

WINDOW_S = 0.2
"""Length of the windows whose earliest arrival counts: long enough to hold one packet that was not delayed."""

ONE_WAY_SD_S = 0.0005
"""What one-way delay may differ between two ports; it cannot be seen from arrivals alone (USB frame, 1 ms)."""

SLIDE_SD_S = 0.00035
"""How far the least delay may slide from one end of a recording to the other: a board that scans at nearly the rate of
USB frames drifts through one of them (1 ms, 0.29 ms as SD; 0.35 covers 9 of 10 in simulation at every drift)."""

MIN_WINDOWS = 5
"""Windows that a slope needs."""

LATE_S = 0.003
"""An arrival later than this above the line was held back by a busy computer and does not tell the time."""

MAX_DRIFT = 0.006
"""Largest relative error of a board's clock: ceramic resonators are within 0.5 %, crystals within 0.02 %."""

MIN_ON_TIME = 0.2
"""Share of windows that must lie on the line; with fewer, board and computer disagree on how fast time passes."""

SHORT_SD_S = 0.005
"""SD of an instant within the second or less that is too short for a slope of its own."""

MOMENT_SD_S = 0.008
"""SD where there is less than one window: all of it may have waited in a buffer of 16 ms."""

UNKNOWN_DRIFT_PPM = 3000.0
"""SD of a drift that was not measured."""

LONGEST_STALL_S = 10.0
"""No computer that still records is busy for longer."""

BATCHES = 8
"""Parts of a recording whose residuals are compared: errors within a part may depend on each other (a 16 ms buffer
that beats with the scans, a clock that warms up)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch without a restart, from a tick on: host_s = offset_s + rate * device_s.

    away_s: time without the board before it, 0 for the first; reason: why, in words for a gap.
    """

    first_tick_us: int
    offset_s: float
    sd_s: float
    away_s: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFit:
    """host_s = offset_s + rate * device_s, with the SD of a converted instant anywhere in the recording.

    credible: False where the arrivals do not fit any clock that a board can have. source: how it was obtained, in
    words. segments: of a board that was restarted, in order, each with its own offset; empty where there is only
    one. In a set of aligned clocks sd_s is such that hypot of two is the SD of their difference; doubt: the sentence
    that two ways to tell the time contradict each other.
    """

    offset_s: float
    rate: float
    sd_s: float
    credible: bool
    drift_sd_ppm: float = UNKNOWN_DRIFT_PPM
    source: str = "least delayed arrivals"
    segments: tuple[Segment, ...] = ()
    doubt: str | None = None

    @property
    def drift_ppm(self) -> float:
        """How much slow (+) the device's clock runs, parts per million."""
        return (self.rate - 1.0) * 1e6

    def facts(self) -> dict[str, object]:
        """How the clock was obtained and how well it is known, plain values for JSON."""
        return {
            "source": self.source,
            "drift_ppm": self.drift_ppm,
            "drift_sd_ppm": self.drift_sd_ppm,
            "offset_sd_s": self.sd_s,
            "restarts": len(self.segments[1:]),
        }

    def to_host(self, ticks_us: IntArray | FloatArray) -> FloatArray:
        """Host times, (n,) seconds, of device clock readings, (n,) microseconds."""
        elapsed_s = self.rate * 1e-6 * np.asarray(ticks_us, dtype=np.float64)
        if not self.segments:
            return np.asarray(self.offset_s + elapsed_s)
        return np.asarray(np.array([part.offset_s for part in self.segments])[self.segment_of(ticks_us)] + elapsed_s)

    def segment_of(self, ticks_us: IntArray | FloatArray) -> IntArray:
        """Index of the segment, (n,), that holds each device clock reading, (n,) microseconds."""
        later = [part.first_tick_us for part in self.segments[1:]]
        return np.searchsorted(later, ticks_us, side="right").astype(np.int64)


def fit_clock(ticks_us: IntArray, arrival_s: FloatArray) -> ClockFit:
    """Line under the arrivals, touching the least delayed ones.

    ticks_us: (n,) device clock. arrival_s: (n,) host clock when the frame was read; it is late by 1-16 ms of
    buffering, by seconds where the computer was busy, never early. So the line may not lie above any arrival,
    and among the lines that do not, the one closest to all arrivals on average is an edge of their lower hull
    (Moon, Skelly and Towsley 1999, citation not checked). Its neighbours within LATE_S refine it by least squares.
    A robust regression of the window minima is as good while the computer keeps up and wrong by milliseconds to
    seconds where it stalls (tests/calibrate/test_clock_methods.py has both).

    A slope beyond MAX_DRIFT is no property of a crystal: the board's own time is then taken as it is.
    """
    device: FloatArray = ticks_us.astype(np.float64) * 1e-6
    if len(device) == 0:
        return ClockFit(offset_s=0.0, rate=1.0, sd_s=float("inf"), credible=False)
    x, lag = earliest(device, arrival_s - device)
    if len(x) < MIN_WINDOWS:  # too short for a slope: resonators are within 0.5 %, which is 5 ms in a second
        return ClockFit(offset_s=float(lag.min()), rate=1.0, sd_s=short_sd_s(device), credible=True)
    slope = _hull_slope(x, lag)
    if abs(slope) > MAX_DRIFT:
        return ClockFit(offset_s=float(lag.min()), rate=1.0, sd_s=SHORT_SD_S, credible=False)
    near = on_time(lag - slope * x)
    if near.sum() >= MIN_WINDOWS and np.ptp(x[near]) > 0.5 * np.ptp(x):
        refined = float(np.polyfit(x[near] - x[0], lag[near], 1)[0])
        slope = refined if abs(refined) <= MAX_DRIFT else slope
    above = lag - slope * x
    near = on_time(above)
    noise_s, slope_sd = scatter(x[near], above[near])
    half_s = 0.5 * float(np.ptp(x))
    return ClockFit(
        offset_s=float(np.mean(above[near])),
        rate=1.0 + slope,
        sd_s=float(np.hypot(np.hypot(noise_s, slope_sd * half_s), np.hypot(ONE_WAY_SD_S, _bend_s(x, above)))),
        drift_sd_ppm=1e6 * float(np.hypot(slope_sd, SLIDE_SD_S / (2.0 * half_s))),
        credible=bool(near.mean() >= MIN_ON_TIME),
    )


def short_sd_s(device_s: FloatArray) -> float:
    """SD of instants of a stretch that is too short for a fit, (n,) device seconds."""
    return SHORT_SD_S if float(np.ptp(device_s)) >= WINDOW_S else MOMENT_SD_S


def on_time(above_s: FloatArray) -> NDArray[np.bool_]:
    """Which heights above a line, (n,), belong to arrivals that were not held back."""
    return np.asarray(above_s - above_s.min() <= LATE_S)


def scatter(x: FloatArray, above_s: FloatArray) -> tuple[float, float]:
    """(SD of the height of a line through these residuals at any place, SD of its slope), by batch means."""
    count = min(BATCHES, len(x) // 2)
    if count < 2 or np.ptp(x) == 0.0:
        return MOMENT_SD_S, UNKNOWN_DRIFT_PPM * 1e-6
    means = np.array([part.mean() for part in np.array_split(above_s, count)])
    places = np.array([part.mean() for part in np.array_split(x, count)])
    batch_sd = max(float(np.std(means, ddof=1)), float(np.std(above_s)) / np.sqrt(len(x) / count))
    return batch_sd, batch_sd / (float(np.std(places)) * np.sqrt(count))


def _bend_s(x: FloatArray, above_s: FloatArray) -> float:
    """SD of an instant because the clock is no straight line: it warmed up while a long recording was made.

    Half of what the least delayed arrivals of BATCHES parts differ by, where no part can have been a busy computer.
    """
    if np.ptp(x) < BATCHES * LONGEST_STALL_S:
        return 0.0
    return 0.5 * float(np.ptp([part.min() for part in np.array_split(above_s, BATCHES)]))


def earliest(device_s: FloatArray, lag_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Device time and lag of the least delayed arrival of each window of WINDOW_S."""
    window = ((device_s - device_s[0]) / WINDOW_S).astype(np.int64)
    starts = np.flatnonzero(np.diff(window, prepend=-1))
    lowest = np.repeat(np.minimum.reduceat(lag_s, starts), np.diff(starts, append=len(lag_s)))
    at = np.flatnonzero(lag_s == lowest)
    least = at[np.diff(window[at], prepend=-1) > 0]  # the first of equals
    return device_s[least], lag_s[least]


def _hull_slope(x: FloatArray, y: FloatArray) -> float:
    """Slope of the lower convex hull's edge above the mean of x."""
    hull: list[int] = []
    for point in range(len(x)):
        while len(hull) >= 2:
            a, b = hull[-2], hull[-1]
            if (y[b] - y[a]) * (x[point] - x[a]) < (y[point] - y[a]) * (x[b] - x[a]):
                break
            hull.pop()
        hull.append(point)
    middle = float(np.mean(x))
    right = next(index for index in range(1, len(hull)) if x[hull[index]] >= middle or index == len(hull) - 1)
    a, b = hull[right - 1], hull[right]
    return float((y[b] - y[a]) / (x[b] - x[a]))
