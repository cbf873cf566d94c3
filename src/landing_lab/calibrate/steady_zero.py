"""What calibrated channels read without load right now: the level of the last calm moment near their zero."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray, IntArray

NEAR_N: Final = 60.0
"""Sum of a board's channels within which it can be empty: load cells and preloaded cells wander by some newton, and
nobody who stands weighs so little (choice)."""

CALM_N: Final = 6.0
CALM_S: Final = 0.25
"""Range of the sum, and for how long, that no person keeps: sway is some 10 N, HX711 noise 1 N (hardware.md); how long
is a choice."""

FORGET: Final = 0.2
"""Weight of a new level in the zero: one calm moment more or less is noise (choice)."""


class SteadyZero:
    """Zero of every channel of one board, followed as the board is heard."""

    def __init__(self, n_channels: int) -> None:
        self._zero = np.zeros(n_channels)
        self._newest = np.zeros(n_channels)
        self._known = False
        self._since_s: float | None = None
        self._low = self._high = 0.0

    @property
    def level_n(self) -> FloatArray:
        """What each channel reads without load, (n_channels,); zeros before the first calm moment."""
        return self._zero

    def of_rows(self, times_s: FloatArray, force_n: FloatArray) -> FloatArray:
        """Force (k, channels) above zero, whole scans at times_s."""
        if len(force_n):
            self._newest = np.nan_to_num(np.median(force_n, axis=0))
            self._judge(float(times_s[-1]))
        return np.asarray(force_n - self._zero)

    def of_readings(self, times_s: FloatArray, force_n: FloatArray, channel: IntArray) -> FloatArray:
        """Force (k,) above zero, single readings of channels."""
        for time_s, force, one in zip(times_s.tolist(), force_n.tolist(), channel.tolist(), strict=True):
            self._newest[one] = force
            self._judge(time_s)
        return np.asarray(force_n - self._zero[channel])

    def _judge(self, time_s: float) -> None:
        total = float(self._newest.sum())
        if abs(total) > NEAR_N:
            self._since_s = None
            return
        if self._since_s is None:
            self._since_s, self._low, self._high = time_s, total, total
        self._low, self._high = min(self._low, total), max(self._high, total)
        if self._high - self._low > CALM_N:
            self._since_s = None
        elif time_s - self._since_s >= CALM_S:
            share = FORGET if self._known else 1.0
            self._zero = (1.0 - share) * self._zero + share * self._newest
            self._known, self._since_s = True, None
