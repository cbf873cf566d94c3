"""A board's 16-bit frame numbers and 32-bit microseconds as numbers that never wrap and never go back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from landing_lab.model.blocks import IntArray
from landing_lab.model.device import LinkStats

_SEQUENCE_WRAP = 1 << 16
_TICKS_WRAP = 1 << 32
# A link is given up after seconds of silence, so a minute between two frames is no pause but a clock that went back.
_LONGEST_STEP_US = 60_000_000
# Fewer frames than this are quicker one by one (measured: equal at about 50).
_FEW = 32
# A control frame may leave the board shortly after frames that were numbered later; more than this is a restart.
_LATE_FRAMES = 64
_LATE_US = 1_000_000
# How well the host knows the length of a pause.
_NEAR_US = 50_000


class _Pause(NamedTuple):
    """How long the host waited for the next frame, where it knows, and whether against its will."""

    away_us: int | None
    lost: bool


class CounterUnwrapper:
    """Unwraps sequence and ticks of one device, frame after frame, and counts frames and losses into `stats`.

    The first frame keeps its numbers. A board that started anew (its sequence or its clock went back) counts as one
    resync; from there numbers go on upwards: ticks by the time since the restart, as far as the board or the host
    tells it, and sequence by as many frames as that time would have held, at least two, so that the loss is visible.
    """

    def __init__(self, stats: LinkStats) -> None:
        self.stats = stats
        self._raw: tuple[int, int] | None = None
        self._sequence = 0
        self._ticks_us = 0
        # Of every step between two frames without a break: cells that run free come in bunches, so that a part of a
        # chunk alone says little about how long a frame lasts.
        self._timed_frames = self._timed_us = 0
        self._pause: _Pause | None = None
        self._restarts: list[int] = []

    @property
    def ticks_us(self) -> int:
        """Unwrapped clock of the newest frame."""
        return self._ticks_us

    def resume(self, away_s: float | None = None, *, lost: bool = False) -> None:
        """The board was started after a pause of away_s (host clock): the next frame follows on that.

        The sequence then advances by the frames that the pause would have held, at least one. lost: the pause was no
        wish of ours, so these frames count as lost.
        """
        if self._raw is not None:
            self._pause = _Pause(None if away_s is None else round(away_s * 1e6), lost)

    def take_restarts(self) -> list[int]:
        """Unwrapped number of each frame that was the first of a restarted board, since the last call."""
        restarts, self._restarts = self._restarts, []
        return restarts

    def place(self, sequence: int, ticks_us: int) -> int | None:
        """Unwrapped ticks of something a board told beside its frames, with the number of its next frame.

        None where the board seems to have restarted since its last frame, and from a pause until its next one, which
        tells how often the clock wrapped meanwhile. Before the first frame: as sent.
        """
        if self._raw is None:
            return ticks_us
        if self._pause is not None:
            return None
        ahead = (sequence - self._raw[0] + _SEQUENCE_WRAP // 2) % _SEQUENCE_WRAP - _SEQUENCE_WRAP // 2
        later_us = (ticks_us - self._raw[1] + _TICKS_WRAP // 2) % _TICKS_WRAP - _TICKS_WRAP // 2
        if ahead < -_LATE_FRAMES or later_us < -_LATE_US:
            return None
        return self._ticks_us + later_us

    def unwrap(
        self, raw_sequence: Sequence[int] | IntArray, raw_ticks_us: Sequence[int] | IntArray
    ) -> tuple[IntArray, IntArray]:
        """Unwrapped (sequence, ticks_us), both (n,), of consecutive frames as sent, both (n,)."""
        count = len(raw_sequence)
        few = self._unwrap_few(raw_sequence, raw_ticks_us) if 0 < count <= _FEW else None
        if few is not None:
            return np.array(few[0], np.int64), np.array(few[1], np.int64)
        sequence, ticks_us = np.array(raw_sequence, np.int64), np.array(raw_ticks_us, np.int64)
        if not count:
            return sequence, ticks_us
        last_sequence, last_ticks = self._raw or (0, 0)
        sequence_steps = np.diff(sequence, prepend=last_sequence) % _SEQUENCE_WRAP
        ticks_steps = np.diff(ticks_us, prepend=last_ticks) % _TICKS_WRAP
        broken = (sequence_steps == 0) | (sequence_steps >= _SEQUENCE_WRAP // 2) | (ticks_steps >= _LONGEST_STEP_US)
        broken[0] &= self._raw is not None and self._pause is None
        self.stats.frames += count
        breaks = np.flatnonzero(broken).tolist()
        starts = breaks if breaks and breaks[0] == 0 else [0, *breaks]
        new_sequence, new_ticks = np.empty(count, np.int64), np.empty(count, np.int64)
        for start, stop in pairwise([*starts, count]):
            if broken[start]:
                self._restart(start, ticks_us, sequence_steps, ticks_steps)
            elif start == 0 and self._pause is not None:
                self._continue(self._pause, ticks_us, sequence_steps, ticks_steps)
            elif start == 0 and self._raw is not None:
                self.stats.lost_frames += int(sequence_steps[0]) - 1
            self.stats.lost_frames += int(sequence_steps[start + 1 : stop].sum()) - (stop - start - 1)
            new_sequence[start:stop] = self._sequence + np.cumsum(sequence_steps[start:stop])
            new_ticks[start:stop] = self._ticks_us + np.cumsum(ticks_steps[start:stop])
            follows = start == 0 and not broken[0] and self._raw is not None and self._pause is None
            self._advance(new_sequence[start:stop], new_ticks[start:stop], follows=follows)
        self._raw = int(sequence[-1]), int(ticks_us[-1])
        self._pause = None
        return new_sequence, new_ticks

    def _unwrap_few(
        self, sequence: Sequence[int] | IntArray, ticks_us: Sequence[int] | IntArray
    ) -> tuple[list[int], list[int]] | None:
        """Unwrap without arrays, whose set-up costs more than a few frames; None where anything but a loss happened."""
        if self._raw is None or self._pause is not None:
            return None
        last_sequence, last_ticks = self._raw
        number, clock_us = self._sequence, self._ticks_us
        numbers: list[int] = []
        clocks_us: list[int] = []
        for raw_number, raw_us in zip(sequence, ticks_us, strict=True):
            step, step_us = (int(raw_number) - last_sequence) % _SEQUENCE_WRAP, (int(raw_us) - last_ticks) % _TICKS_WRAP
            if step == 0 or step >= _SEQUENCE_WRAP // 2 or step_us >= _LONGEST_STEP_US:
                return None
            number += step
            clock_us += step_us
            numbers.append(number)
            clocks_us.append(clock_us)
            last_sequence, last_ticks = int(raw_number), int(raw_us)
        self.stats.frames += len(numbers)
        self.stats.lost_frames += number - self._sequence - len(numbers)
        self._raw = last_sequence, last_ticks
        self._timed_frames += number - self._sequence
        self._timed_us += clock_us - self._ticks_us
        self._sequence, self._ticks_us = number, clock_us
        return numbers, clocks_us

    def _advance(self, sequence: IntArray, ticks_us: IntArray, *, follows: bool) -> None:
        """Remember where a stretch without a break ended, and how long it lasted; follows: on the frame before it."""
        last, last_us = int(sequence[-1]), int(ticks_us[-1])
        self._timed_frames += last - (self._sequence if follows else int(sequence[0]))
        self._timed_us += last_us - (self._ticks_us if follows else int(ticks_us[0]))
        self._sequence, self._ticks_us = last, last_us

    def _frames_in(self, duration_us: int) -> int:
        return round(duration_us * self._timed_frames / self._timed_us) if self._timed_us else 1

    def _restart(self, index: int, ticks_us: IntArray, sequence_steps: IntArray, ticks_steps: IntArray) -> None:
        """Replace the steps to a frame that a restarted board sent."""
        since_restart_us = int(ticks_us[index])
        ticks_steps[index] = since_restart_us if since_restart_us < _LONGEST_STEP_US else 1
        sequence_steps[index] = max(2, self._frames_in(int(ticks_steps[index])))
        self.stats.resyncs += 1
        self.stats.lost_frames += int(sequence_steps[index]) - 1
        self._restarts.append(self._sequence + int(sequence_steps[index]))

    def _continue(self, pause: _Pause, ticks_us: IntArray, sequence_steps: IntArray, ticks_steps: IntArray) -> None:
        """Replace the steps to the first frame after a pause."""
        away_us = pause.away_us
        step_us = int(ticks_steps[0])
        if away_us is None:
            restarted = step_us >= _TICKS_WRAP // 2
        else:
            # The host's clock knows how often the board's clock wrapped meanwhile.
            step_us += _TICKS_WRAP * round((away_us - step_us) / _TICKS_WRAP)
            # A clock that shows less than the pause was set to zero in it, unless it wrapped just then.
            young = int(ticks_us[0]) < away_us + _NEAR_US and abs(step_us - away_us) > _NEAR_US + away_us // 100
            restarted = step_us < 0 or young
        if restarted:
            self.stats.resyncs += 1
            step_us = min(int(ticks_us[0]), _LONGEST_STEP_US) if away_us is None else max(1, away_us)
        ticks_steps[0] = step_us
        sequence_steps[0] = max(1 + pause.lost, self._frames_in(step_us))
        if pause.lost:
            self.stats.lost_frames += int(sequence_steps[0]) - 1
        if restarted:
            self._restarts.append(self._sequence + int(sequence_steps[0]))
