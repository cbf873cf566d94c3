"""From a device's clock to the host's: one straight line per device and recording, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.model.blocks import FloatArray, IntArray

WINDOW_S = 0.2
"""Length of the windows whose earliest arrival counts: long enough to hold one packet that was not delayed."""

ONE_WAY_SD_S = 0.0005
"""What one-way delay may differ between two ports; it cannot be seen from arrivals alone (USB frame, 1 ms)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFit:
    """host_s = offset_s + rate * device_s, with the SD of a converted instant."""

    offset_s: float
    rate: float
    sd_s: float

    @property
    def drift_ppm(self) -> float:
        """How much slow (+) the device's clock runs, parts per million."""
        return (self.rate - 1.0) * 1e6

    def to_host(self, ticks_us: IntArray) -> FloatArray:
        """Host times, (n,) seconds, of device clock readings, (n,) microseconds."""
        return np.asarray(self.offset_s + self.rate * 1e-6 * ticks_us, dtype=np.float64)


def fit_clock(ticks_us: IntArray, arrival_s: FloatArray) -> ClockFit:
    """Line through the least delayed arrivals.

    ticks_us: (n,) device clock. arrival_s: (n,) host clock when the frame was read; it is late by 1-16 ms of
    buffering, never early, so in each window only the earliest arrival (relative to the device) tells the
    time. A line through these by least squares, outliers beyond 3 robust SD dropped once.
    """
    device = ticks_us * 1e-6
    if len(device) == 0:
        return ClockFit(offset_s=0.0, rate=1.0, sd_s=float("inf"))
    lag = arrival_s - device
    window = ((device - device[0]) / WINDOW_S).astype(np.int64)
    starts = np.flatnonzero(np.diff(window, prepend=-1))
    earliest = np.array(
        [start + int(np.argmin(part)) for start, part in zip(starts, np.split(lag, starts[1:]), strict=True)]
    )
    x, y = device[earliest], lag[earliest]
    if len(x) < 5:  # too short for a slope: crystals and resonators are within 0.5 %, which is 5 ms in a second
        return ClockFit(offset_s=float(y.min()), rate=1.0, sd_s=0.005)
    keep = np.ones(len(x), dtype=bool)
    slope = intercept = 0.0
    for _ in range(2):
        slope, intercept = np.polyfit(x[keep] - x[0], y[keep], 1)
        residual = y - intercept - slope * (x - x[0])
        spread = 1.4826 * float(np.median(np.abs(residual[keep] - np.median(residual[keep]))))
        keep = np.abs(residual) <= 3.0 * max(spread, 1e-6)
    scatter = float(np.sqrt(np.mean((y[keep] - intercept - slope * (x[keep] - x[0])) ** 2)))
    return ClockFit(
        offset_s=float(intercept - slope * x[0]),
        rate=float(1.0 + slope),
        sd_s=float(np.hypot(2.0 * scatter / np.sqrt(keep.sum()), ONE_WAY_SD_S)),
    )
