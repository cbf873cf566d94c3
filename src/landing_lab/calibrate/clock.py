"""From a device's clock to the host's: one straight line per device and recording, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.model.blocks import FloatArray, IntArray

WINDOW_S = 0.2
"""Length of the windows whose earliest arrival counts: long enough to hold one packet that was not delayed."""

ONE_WAY_SD_S = 0.0005
"""What one-way delay may differ between two ports; it cannot be seen from arrivals alone (USB frame, 1 ms)."""


MIN_WINDOWS = 5
"""Windows that a slope needs."""

LATE_S = 0.003
"""An arrival later than this above the line was held back by a busy computer and does not tell the time."""

MAX_DRIFT = 0.006
"""Largest relative error of a board's clock: ceramic resonators are within 0.5 %, crystals within 0.02 %."""

MIN_ON_TIME = 0.2
"""Share of windows that must lie on the line; with fewer, board and computer disagree on how fast time passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFit:
    """host_s = offset_s + rate * device_s, with the SD of a converted instant.

    credible: False where the arrivals do not fit any clock that a board can have.
    """

    offset_s: float
    rate: float
    sd_s: float
    credible: bool

    @property
    def drift_ppm(self) -> float:
        """How much slow (+) the device's clock runs, parts per million."""
        return (self.rate - 1.0) * 1e6

    def to_host(self, ticks_us: IntArray) -> FloatArray:
        """Host times, (n,) seconds, of device clock readings, (n,) microseconds."""
        return np.asarray(self.offset_s + self.rate * 1e-6 * ticks_us, dtype=np.float64)


def fit_clock(ticks_us: IntArray, arrival_s: FloatArray) -> ClockFit:
    """Line under the arrivals, touching the least delayed ones.

    ticks_us: (n,) device clock. arrival_s: (n,) host clock when the frame was read; it is late by 1-16 ms of
    buffering, by seconds where the computer was busy, never early. So the line may not lie above any arrival,
    and among the lines that do not, the one closest to all arrivals on average is an edge of their lower hull
    (Moon, Skelly and Towsley 1999, citation not checked). Its neighbours within LATE_S refine it by least squares.

    A slope beyond MAX_DRIFT is no property of a crystal: the board's own time is then taken as it is.
    """
    device: FloatArray = ticks_us.astype(np.float64) * 1e-6
    if len(device) == 0:
        return ClockFit(offset_s=0.0, rate=1.0, sd_s=float("inf"), credible=False)
    x, lag = _earliest(device, arrival_s - device)
    if len(x) < MIN_WINDOWS:  # too short for a slope: resonators are within 0.5 %, which is 5 ms in a second
        return ClockFit(offset_s=float(lag.min()), rate=1.0, sd_s=0.005, credible=True)
    slope = _hull_slope(x, lag)
    if abs(slope) > MAX_DRIFT:
        return ClockFit(offset_s=float(lag.min()), rate=1.0, sd_s=0.005, credible=False)
    above = lag - slope * x
    near = above - above.min() <= LATE_S
    if near.sum() >= MIN_WINDOWS and np.ptp(x[near]) > 0.5 * np.ptp(x):
        refined = float(np.polyfit(x[near] - x[0], lag[near], 1)[0])
        slope = refined if abs(refined) <= MAX_DRIFT else slope
    above = lag - slope * x
    near = above - above.min() <= LATE_S
    scatter = float(np.std(above[near]))
    return ClockFit(
        offset_s=float(np.mean(above[near])),
        rate=1.0 + slope,
        sd_s=float(np.hypot(2.0 * scatter / np.sqrt(near.sum()), ONE_WAY_SD_S)),
        credible=bool(near.mean() >= MIN_ON_TIME),
    )


def _earliest(device: FloatArray, lag: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Device time and lag of the least delayed arrival of each window of WINDOW_S."""
    window = ((device - device[0]) / WINDOW_S).astype(np.int64)
    starts = np.flatnonzero(np.diff(window, prepend=-1))
    earliest = np.array(
        [start + int(np.argmin(part)) for start, part in zip(starts, np.split(lag, starts[1:]), strict=True)]
    )
    return device[earliest], lag[earliest]


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
