"""A board's 16-bit frame numbers and 32-bit microseconds as numbers that never wrap and never go back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from landing_lab.model.blocks import IntArray
from landing_lab.model.device import LinkStats

_SEQUENCE_WRAP = 1 << 16
_TICKS_WRAP = 1 << 32
# A link is given up after seconds of silence, so a minute between two frames is no pause but a clock that went back.
_LONGEST_STEP_US = 60_000_000


class CounterUnwrapper:
    """Unwraps sequence and ticks of one device, frame after frame, and counts frames and losses into `stats`.

    The first frame keeps its numbers. A board that started anew (its sequence or its clock went back) counts as one
    resync; from there numbers go on upwards: ticks by the time since the restart, as far as the board tells it, and
    sequence by as many frames as that time would have held, at least two, so that the loss is visible.
    """

    def __init__(self, stats: LinkStats) -> None:
        self.stats = stats
        self._raw: tuple[int, int] | None = None
        self._sequence = 0
        self._ticks_us = 0
        self._period_us = 0.0
        self._paused = False

    def resume(self) -> None:
        """The board was asked to pause: frames missing before the next one were not lost.

        The sequence then advances by the frames that the pause would have held, at least one.
        """
        self._paused = self._raw is not None

    def unwrap(self, sequence: IntArray, ticks_us: IntArray) -> tuple[IntArray, IntArray]:
        """Unwrapped (sequence, ticks_us), both (n,), of consecutive frames as sent, both (n,)."""
        count = len(sequence)
        if not count:
            return sequence, ticks_us
        last_sequence, last_ticks = self._raw or (0, 0)
        sequence_steps = np.diff(sequence, prepend=last_sequence) % _SEQUENCE_WRAP
        ticks_steps = np.diff(ticks_us, prepend=last_ticks) % _TICKS_WRAP
        broken = (sequence_steps == 0) | (sequence_steps >= _SEQUENCE_WRAP // 2) | (ticks_steps >= _LONGEST_STEP_US)
        broken[0] &= self._raw is not None and not self._paused
        self.stats.frames += count
        breaks = np.flatnonzero(broken).tolist()
        starts = breaks if breaks and breaks[0] == 0 else [0, *breaks]
        new_sequence, new_ticks = np.empty(count, np.int64), np.empty(count, np.int64)
        for start, stop in pairwise([*starts, count]):
            if broken[start]:
                self._restart(start, ticks_us, sequence_steps, ticks_steps)
            elif start == 0 and self._paused:
                self._continue(ticks_us, sequence_steps, ticks_steps)
            elif start == 0 and self._raw is not None:
                self.stats.lost_frames += int(sequence_steps[0]) - 1
            self.stats.lost_frames += int(sequence_steps[start + 1 : stop].sum()) - (stop - start - 1)
            new_sequence[start:stop] = self._sequence + np.cumsum(sequence_steps[start:stop])
            new_ticks[start:stop] = self._ticks_us + np.cumsum(ticks_steps[start:stop])
            self._advance(new_sequence[start:stop], new_ticks[start:stop])
        self._raw = int(sequence[-1]), int(ticks_us[-1])
        self._paused = False
        return new_sequence, new_ticks

    def _advance(self, sequence: IntArray, ticks_us: IntArray) -> None:
        """Remember where a stretch without a break ended, and how long a frame lasts in it."""
        frames = int(sequence[-1] - sequence[0])
        if frames:
            self._period_us = float(ticks_us[-1] - ticks_us[0]) / frames
        self._sequence, self._ticks_us = int(sequence[-1]), int(ticks_us[-1])

    def _frames_in(self, duration_us: int) -> int:
        return round(duration_us / self._period_us) if self._period_us else 1

    def _restart(self, index: int, ticks_us: IntArray, sequence_steps: IntArray, ticks_steps: IntArray) -> None:
        """Replace the steps to a frame that a restarted board sent."""
        since_restart_us = int(ticks_us[index])
        ticks_steps[index] = since_restart_us if since_restart_us < _LONGEST_STEP_US else 1
        sequence_steps[index] = max(2, self._frames_in(int(ticks_steps[index])))
        self.stats.resyncs += 1
        self.stats.lost_frames += int(sequence_steps[index]) - 1

    def _continue(self, ticks_us: IntArray, sequence_steps: IntArray, ticks_steps: IntArray) -> None:
        """Replace the steps to the first frame after a pause, which may have lasted up to 35 minutes."""
        if ticks_steps[0] >= _TICKS_WRAP // 2:
            self.stats.resyncs += 1
            ticks_steps[0] = min(int(ticks_us[0]), _LONGEST_STEP_US)
        sequence_steps[0] = max(1, self._frames_in(int(ticks_steps[0])))
