"""A board's clock laid over that of the computer while it is heard: by the least delayed of its arrivals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from landing_lab.model.blocks import FrameBlock

WINDOW_S: Final = 1.0
"""The least delayed arrival of this stretch and of the one before holds: clocks drift apart by up to 5 ms in a second
(hardware.md: ceramic resonators), and computers are busy for less (choice)."""

RESTARTED_S: Final = 1.0
"""A clock that goes back by more than this began anew; readings of one board may be out of order by less."""


class BoardClock:
    """offset_s: what makes of the board's time that of the computer; inf before the first arrival.

    restarts: how often the board's clock began anew.
    """

    def __init__(self) -> None:
        self.restarts = 0
        self._last_s = float("-inf")
        self._begin()

    def _begin(self) -> None:
        self._begun_s = float("-inf")
        self._before_s = self._now_s = float("inf")

    @property
    def offset_s(self) -> float:
        """The smallest difference of the last one to two windows."""
        return min(self._before_s, self._now_s)

    def began_anew(self, board_s: float) -> bool:
        """Whether the board's clock cannot be the one that was heard before."""
        return board_s < self._last_s - RESTARTED_S

    def heard(self, board_s: float, arrived_s: float) -> None:
        """Something of the board's time board_s arrived at arrived_s."""
        if self.began_anew(board_s):
            self.restarts += 1
            self._begin()
        self._last_s = board_s
        if arrived_s - self._begun_s >= WINDOW_S:
            self._begun_s, self._before_s, self._now_s = arrived_s, self._now_s, float("inf")
        self._now_s = min(self._now_s, arrived_s - board_s)


def of_one_clock(frames: FrameBlock) -> Iterator[FrameBlock]:
    """The frames of one arrival, cut where the board's clock began anew."""
    ticks_us = frames.ticks_us
    if ticks_us[-1] >= ticks_us[0]:  # what begins anew begins near 0
        yield frames
        return
    back = np.flatnonzero(np.diff(ticks_us) < -RESTARTED_S * 1e6) + 1
    for first, stop in pairwise((0, *back.tolist(), len(frames))):
        yield frames.rows(slice(first, stop))
