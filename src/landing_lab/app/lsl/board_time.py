"""When each frame was measured, while it is still arriving: the board's clock under the least delayed arrivals."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

from landing_lab.calibrate.clock import WINDOW_S, ClockFit, fit_clock
from landing_lab.model.blocks import FloatArray, IntArray

OVER_S: Final = 30.0
"""So much of the past tells the time: enough for a slope, short enough for a resonator that warms up."""
FIT_EVERY_S: Final = 1.0
FIRST_FITS_S: Final = 0.1
"""Before the first slope the least delay so far counts, and it is looked at so often."""
ANEW_S: Final = 0.5
"""A frame that came so much earlier than the clock allows is of a clock that began anew."""


class BoardTime:
    """Host times of one board's frames, causal: each is known when its frame has arrived.

    The same line as in `fit_clock`, through what came so far. As there, the least one-way delay (1-16 ms at a real
    port) stays in the times: no arrival tells it. In the first second, before the board's rate is known, the times may
    be off by 5 ms more. Times never go back and never lie after the arrival.
    """

    def __init__(self) -> None:
        self._least: deque[tuple[int, float]] = deque()
        self._fit: ClockFit | None = None
        self._due_s = 0.0
        self._last_s = float("-inf")

    def stamps(self, ticks_us: IntArray, arrival_s: float) -> FloatArray:
        """Host time of each frame of one arrival, (n,) seconds; ticks_us: (n,), their board's clock."""
        newest_us = int(ticks_us[-1])
        expected_s = arrival_s if self._fit is None else float(self._fit.to_host(np.array([newest_us]))[0])
        back = bool(self._least) and newest_us < self._least[-1][0] - OVER_S * 1e6
        if back or expected_s - arrival_s > ANEW_S:
            self._least.clear()
            self._fit = None
        self._remember(newest_us, arrival_s)
        if self._fit is None or arrival_s >= self._due_s:
            pairs = np.array(self._least)
            self._fit = fit_clock(pairs[:, 0].astype(np.int64), pairs[:, 1])
            enough = pairs[-1, 0] - pairs[0, 0] > 1e6
            self._due_s = arrival_s + (FIT_EVERY_S if enough else FIRST_FITS_S)
        host_s = np.minimum(self._fit.to_host(ticks_us), arrival_s)
        host_s = np.maximum.accumulate(np.maximum(host_s, self._last_s))
        self._last_s = float(host_s[-1])
        return host_s

    def _remember(self, ticks_us: int, arrival_s: float) -> None:
        """Keep the least delayed arrival of each window."""
        window = int(ticks_us * 1e-6 / WINDOW_S)
        if self._least and int(self._least[-1][0] * 1e-6 / WINDOW_S) == window:
            if arrival_s - ticks_us * 1e-6 < self._least[-1][1] - self._least[-1][0] * 1e-6:
                self._least[-1] = (ticks_us, arrival_s)
            return
        self._least.append((ticks_us, arrival_s))
        while self._least[-1][0] - self._least[0][0] > OVER_S * 1e6:
            self._least.popleft()
