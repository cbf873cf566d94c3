"""Load-cell plate: one HX711 per cell, each on its own clock, one CELL frame per reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, CountArray, FrameBlock, IntArray
from landing_lab.model.device import DeviceInfo, LinkStats
from landing_lab.model.nominal import HX711_HIGHEST_COUNT, HX711_LOWEST_COUNT
from landing_lab.model.recording import SensorKind
from landing_lab_drivers.blocks import empty_block, join_blocks, take_rows
from landing_lab_drivers.counters import CounterUnwrapper
from landing_lab_drivers.devices._protocol import BlockDecoder
from landing_lab_drivers.wire import CELL, Frame, encode_frames

MAX_CELLS = 16
_BODY_BYTES = 4
_FLAGS = FLAG_SATURATED | FLAG_SUSPECT | FLAG_NOT_READY
_GAIN_CODES = {128: 0, 32: 1, 64: 2}
# A read that a late clock pulse spoiled delays the next conversion: found 194 of 194 such readings on the bench.
_SUSPECT_PERIODS = 1.5


class _CellDecoder:
    """CELL frames to rows of one reading each.

    A reading is suspect where the next one of its cell comes more than 1.5 nominal periods later although no frame
    was lost in between. So a row waits until that is known, 1.5 periods at most, and all later rows with it.
    """

    def __init__(self, info: DeviceInfo, stats: LinkStats) -> None:
        self._n_cells = info.n_channels
        self._limit_us = round(_SUSPECT_PERIODS * 1e6 / info.sample_rate_hz)
        self._stats = stats
        self._counters = CounterUnwrapper(stats)
        self._waiting = empty_block(self._n_cells, free_running=True)

    @property
    def held(self) -> int:
        """Rows that wait for the next reading of their cell."""
        return len(self._waiting)

    def decode(self, frames: Sequence[Frame]) -> FrameBlock:
        """Rows that can be judged now."""
        cells = range(CELL, CELL + self._n_cells)
        readings = [frame for frame in frames if frame.type in cells and len(frame.body) == _BODY_BYTES]
        self._stats.bad_frames += len(frames) - len(readings)
        if not readings:
            return empty_block(self._n_cells, free_running=True)
        rows = join_blocks([self._waiting, self._rows(readings)])
        suspect, known = _judge(rows, self._limit_us)
        n_ready = len(rows) if known.all() else int(known.argmin())
        self._waiting = take_rows(rows, n_ready, len(rows))
        ready = take_rows(rows, 0, n_ready)
        return self._given(replace(ready, flags=ready.flags | np.where(suspect[:n_ready], FLAG_SUSPECT, 0)))

    def flush(self) -> FrameBlock:
        """Rows that wait, as the board flagged them."""
        rows, self._waiting = self._waiting, empty_block(self._n_cells, free_running=True)
        return self._given(rows)

    def resume(self) -> None:
        """Frames missing until now were not lost."""
        self._counters.resume()

    def _given(self, rows: FrameBlock) -> FrameBlock:
        self._stats.suspect_readings += int(np.count_nonzero(rows.flags & FLAG_SUSPECT))
        return rows

    def _rows(self, readings: Sequence[Frame]) -> FrameBlock:
        types, raw_sequence, raw_ticks, bodies = zip(*readings, strict=True)
        sequence, ticks_us = self._counters.unwrap(np.array(raw_sequence, np.int64), np.array(raw_ticks, np.int64))
        body = np.frombuffer(b"".join(bodies), np.uint8).reshape(-1, _BODY_BYTES)
        values = _signed_24(body)
        channel = np.array(types, np.int64) - CELL
        counts = np.zeros((len(readings), self._n_cells), np.int32)
        counts[np.arange(len(readings)), channel] = values
        at_end = (values <= HX711_LOWEST_COUNT) | (values >= HX711_HIGHEST_COUNT)
        flags = (body[:, 3] & _FLAGS).astype(np.int64) | np.where(at_end, FLAG_SATURATED, 0)
        return FrameBlock(sequence, ticks_us, counts, channel, flags)


def _signed_24(body: NDArray[np.uint8]) -> CountArray:
    """Little-endian 24-bit numbers (n,) from bytes (n, 4); the fourth byte is not used."""
    wide = np.zeros((len(body), 4), np.uint8)
    wide[:, 1:] = body[:, :3]
    values: CountArray = wide.view("<i4").ravel() >> 8
    return values


def _judge(rows: FrameBlock, limit_us: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(suspect, known), both (n,): whether a reading is suspect, and whether that can be told yet."""
    count = len(rows)
    assert rows.channel is not None
    measured = rows.flags & FLAG_NOT_READY == 0
    too_late: IntArray = np.searchsorted(rows.ticks_us, rows.ticks_us + limit_us, side="right").astype(np.int64)
    following = np.full(count, count)
    for cell in np.unique(rows.channel):
        own = np.flatnonzero((rows.channel == cell) & measured)
        following[own[:-1]] = own[1:]
    known = ~measured | (too_late < count) | (following < count)
    late = measured & (too_late < count) & (following >= too_late)
    # After a loss nobody knows whether the missing frame was the reading in time.
    end = np.minimum(too_late, count - 1)
    complete = rows.sequence[end] - rows.sequence == end - np.arange(count)
    return late & complete, known


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
