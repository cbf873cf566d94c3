"""Load-cell plate: one HX711 per cell, each on its own clock, one CELL frame per reading."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, FrameBlock
from landing_lab.model.device import DeviceInfo, LinkStats
from landing_lab.model.nominal import HX711_HIGHEST_COUNT, HX711_LOWEST_COUNT
from landing_lab.model.recording import SensorKind
from landing_lab_drivers.blocks import empty_block
from landing_lab_drivers.counters import CounterUnwrapper
from landing_lab_drivers.devices._protocol import BlockDecoder
from landing_lab_drivers.wire import CELL, Frame, encode_frames

MAX_CELLS = 16
_BODY_BYTES = 4
_FLAGS = FLAG_SATURATED | FLAG_SUSPECT | FLAG_NOT_READY
_GAIN_CODES = {128: 0, 32: 1, 64: 2}
# A read that a late clock pulse spoiled delays the next conversion: found 194 of 194 such readings on the bench.
_SUSPECT_PERIODS = 1.5


class _Reading(NamedTuple):
    """One row to be: sequence and ticks_us unwrapped, place counts the readings of this link."""

    place: int
    sequence: int
    ticks_us: int
    cell: int
    counts: int
    flags: int


class _CellDecoder:
    """CELL frames to rows of one reading each.

    A reading is suspect where the next one of its cell comes more than 1.5 nominal periods later although no frame
    was lost in between. So a row waits until that is known, 1.5 periods at most, and all later rows with it.
    """

    def __init__(self, info: DeviceInfo, stats: LinkStats) -> None:
        self.counters = CounterUnwrapper(stats)
        self._stats = stats
        self._n_cells = info.n_channels
        self._limit_us = round(_SUSPECT_PERIODS * 1e6 / info.sample_rate_hz)
        self._taken = 0
        self._waiting: deque[_Reading] = deque()
        # The last reading of each cell while nobody knows whether the next is late, oldest first.
        self._open: dict[int, _Reading] = {}
        self._suspect: set[int] = set()

    @property
    def held(self) -> int:
        """Rows that wait for the next reading of their cell."""
        return len(self._waiting)

    def decode(self, frames: Sequence[Frame]) -> FrameBlock:
        """Rows that can be judged now."""
        cells = range(CELL, CELL + self._n_cells)
        readings = [frame for frame in frames if frame.type in cells and len(frame.body) == _BODY_BYTES]
        self._stats.bad_frames += len(frames) - len(readings)
        if readings:
            _, raw_sequence, raw_ticks, _ = zip(*readings, strict=True)
            sequence, ticks_us = self.counters.unwrap(raw_sequence, raw_ticks)
            for frame, number, clock_us in zip(readings, sequence.tolist(), ticks_us.tolist(), strict=True):
                self._take(_read(frame, self._taken, number, clock_us))
                self._taken += 1
        oldest = next(iter(self._open.values())).place if self._open else self._taken
        return self._given(oldest)

    def flush(self) -> FrameBlock:
        """Rows that wait, as the board flagged them."""
        self._open.clear()
        return self._given(self._taken)

    def _take(self, reading: _Reading) -> None:
        """Queue a reading and judge those that it is the first to tell something about."""
        self._waiting.append(reading)
        while self._open:
            oldest = next(iter(self._open.values()))
            if reading.ticks_us <= oldest.ticks_us + self._limit_us:
                break
            del self._open[oldest.cell]
            # After a loss nobody knows whether the missing frame was the reading in time.
            if reading.sequence - oldest.sequence == reading.place - oldest.place:
                self._suspect.add(oldest.place)
        if not reading.flags & FLAG_NOT_READY:
            self._open.pop(reading.cell, None)
            self._open[reading.cell] = reading

    def _given(self, until: int) -> FrameBlock:
        """The rows that wait up to a place."""
        rows: list[_Reading] = []
        while self._waiting and self._waiting[0].place < until:
            rows.append(self._waiting.popleft())
        if not rows:
            return empty_block(self._n_cells, free_running=True)
        places, sequence, ticks_us, cell, values, flags = zip(*rows, strict=True)
        if self._suspect:
            flags = tuple(f | FLAG_SUSPECT if i in self._suspect else f for i, f in zip(places, flags, strict=True))
            self._suspect.difference_update(places)
        self._stats.suspect_readings += sum(1 for flag in flags if flag & FLAG_SUSPECT)
        channel = np.array(cell, np.int64)
        counts = np.zeros((len(rows), self._n_cells), np.int32)
        counts[np.arange(len(rows)), channel] = values
        return FrameBlock(
            np.array(sequence, np.int64), np.array(ticks_us, np.int64), counts, channel, np.array(flags, np.int64)
        )


def _read(frame: Frame, place: int, sequence: int, ticks_us: int) -> _Reading:
    """What one CELL frame says; body is counts i24 and flags."""
    value = int.from_bytes(frame.body[:3], "little", signed=True)
    flags = frame.body[3] & _FLAGS
    if not HX711_LOWEST_COUNT < value < HX711_HIGHEST_COUNT:
        flags |= FLAG_SATURATED
    return _Reading(place, sequence, ticks_us, frame.type - CELL, value, flags)


@dataclass(frozen=True, slots=True)
class PlateHx711:
    """HX711 plate, 1-16 cells."""

    kind: str = "plate-hx711"
    kind_code: int = 2
    sensor_kind: SensorKind = "hx711_plate"
    title: str = "Load-cell plate with one HX711 per cell"

    def decoder(self, info: DeviceInfo, stats: LinkStats) -> BlockDecoder:
        """A fresh decoder for one link; info.sample_rate_hz is the nominal rate of one cell."""
        return _CellDecoder(info, stats)

    def encode(self, info: DeviceInfo, frames: FrameBlock) -> list[bytes]:
        """One CELL frame per row, with its flags and the gain of `info`.

        Raises ParameterError for rows without `channel`, counts beyond 24 bits or more than 16 cells.
        """
        channel = frames.channel
        n_cells = frames.counts.shape[1]
        if channel is None or n_cells != info.n_channels or n_cells > MAX_CELLS:
            raise ParameterError(
                f"a plate of {info.n_channels} cells sends one reading per frame and has at most {MAX_CELLS} cells; "
                f"got frames of shape {frames.counts.shape}; give `channel` and one column per cell"
            )
        values = frames.counts[np.arange(len(frames)), channel]
        if values.size and (values.min() < HX711_LOWEST_COUNT or values.max() > HX711_HIGHEST_COUNT):
            raise ParameterError(
                f"HX711 counts must fit 24 bits; got {values.min()} to {values.max()}; check the simulated sensor"
            )
        bodies = values.astype("<i4").view(np.uint8).reshape(len(frames), _BODY_BYTES).copy()
        bodies[:, 3] = (frames.flags & _FLAGS) | _GAIN_CODES.get(info.gain, 0) << 4
        return encode_frames((CELL + channel).astype(np.uint8), frames.sequence, frames.ticks_us, bodies)


DEVICE = PlateHx711()
