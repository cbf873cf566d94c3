"""The peak force of each foot in its last landing, some hundred milliseconds after it.

Only where plate and insole are calibrated: a nominal insole needs the whole recording before anything can be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from landing_lab.app.live.load import side_of_cell
from landing_lab.calibrate.convert import ToNewton, counts_to_newton, foreign
from landing_lab.calibrate.steady_zero import SteadyZero
from landing_lab.detect.live_peak import LivePeak, PeakFollower
from landing_lab.fuse.live import LiveFoot
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FloatArray
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration
from landing_lab.model.channels import Side
from landing_lab.model.device import Arrival, DeviceInfo

SETTLE_S: Final = 1.5
"""Boards are heard for so long before their clocks are laid over each other by the least delayed arrival (choice)."""

UNLIKE: Final = (
    "the {side} insole and the plate differ by more than any wear of its calibration; check that both feet stand on "
    "their own plates and calibrate the insole again"
)


@dataclass(slots=True)
class _Board:
    """One board's counts on its way to newton and to the common clock."""

    to_newton: ToNewton
    sides: tuple[Side, ...]
    cell: tuple[int, ...]
    zero: SteadyZero
    offset_s: float = float("inf")
    first_s: float | None = None
    waiting: list[Arrival] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether the board was heard long enough."""
        return bool(self.waiting) and self.first_s is not None and self._newest_s() - self.first_s >= SETTLE_S

    def _newest_s(self) -> float:
        return float(self.waiting[-1].frames.ticks_us[-1]) * 1e-6


class _Foot(NamedTuple):
    """One foot's fusion, what follows its force, and what is in doubt about its boards."""

    foot: LiveFoot
    follower: PeakFollower
    doubt: str

    def last(self, side: Side) -> LivePeak | None:
        """The last landing, with its doubt."""
        peak = self.follower.last
        apart = "" if self.foot.is_like_plate else UNLIKE.format(side=side)
        return peak and peak._replace(doubt="; ".join(filter(None, (self.doubt, apart))) or None)


class LivePeaks:
    """Follows insoles and plate of a trial; `last` holds the newest landing of each foot."""

    def __init__(self) -> None:
        self._boards: dict[str, _Board] = {}
        self._calibrations: dict[str, tuple[DeviceInfo, Calibration]] = {}
        self._doubts: dict[str, str] = {}
        self._feet: dict[Side, _Foot] = {}

    @property
    def sides(self) -> tuple[Side, ...]:
        """The feet whose peaks can be told."""
        return tuple(self._feet)

    @property
    def last(self) -> Mapping[Side, LivePeak]:
        """Foot -> its last landing."""
        told = {side: one.last(side) for side, one in self._feet.items()}
        return {side: peak for side, peak in told.items() if peak is not None}

    def follow(self, name: str, info: DeviceInfo, calibration: Calibration | None, *, doubt: str | None = None) -> None:
        """Prepare for one board; one without a calibration of its own is not followed.

        doubt: the sentence why its calibration may not hold.
        """
        if calibration is None or foreign(info, calibration) is not None:
            return
        if isinstance(calibration, InsoleCalibration) and calibration.method != "on plate":
            return
        self._calibrations[name] = (info, calibration)
        self._doubts[info.device_id] = doubt or ""
        plate = next((one for one in self._calibrations.values() if isinstance(one[1], PlateCalibration)), None)
        insoles = [one for one in self._calibrations.values() if isinstance(one[1], InsoleCalibration)]
        self._boards = {name: _board(*one) for name, one in self._calibrations.items()} if plate and insoles else {}
        self._feet = {}
        for insole, _ in insoles if plate else ():
            assert plate is not None
            made = plate[1]
            assert isinstance(made, PlateCalibration)
            cells = sum(side == insole.placement for side in _board(*plate).sides)
            if cells:
                doubts = (self._doubts[plate[0].device_id], self._doubts[insole.device_id])
                step_s = 1.0 / insole.sample_rate_hz
                foot = LiveFoot(step_s=step_s, n_cells=cells, plate=made)
                self._feet[insole.placement] = _Foot(
                    foot,
                    PeakFollower(step_s, scale_sd_fraction=made.relative_sd),
                    "; ".join(dict.fromkeys(filter(None, doubts))),
                )

    def feed(self, name: str, arrival: Arrival) -> None:
        """Take new frames of a board in."""
        board = self._boards.get(name)
        if board is None or not len(arrival.frames):
            return
        ticks_s = arrival.frames.ticks_us * 1e-6
        board.first_s = float(ticks_s[0]) if board.first_s is None else board.first_s
        board.waiting.append(arrival)
        if not all(one.is_settled or one.offset_s < float("inf") for one in self._boards.values()):
            return
        for one in self._boards.values():
            if one.offset_s == float("inf"):
                one.offset_s = min(a.time_s - float(a.frames.ticks_us[-1]) * 1e-6 for a in one.waiting)
            for waiting in one.waiting:
                self._pass_on(one, waiting)
            one.waiting.clear()
        for one_foot in self._feet.values():
            one_foot.follower.take(one_foot.foot.take())

    def _pass_on(self, board: _Board, arrival: Arrival) -> None:
        frames = arrival.frames
        times_s = np.asarray(frames.ticks_us * 1e-6 + board.offset_s, dtype=np.float64)
        force = board.to_newton(frames.counts)
        if frames.channel is None:
            side = board.sides[0]
            if side in self._feet:
                shape = np.maximum(board.zero.of_rows(times_s, force), 0.0)
                self._feet[side].foot.feed_scans(times_s, np.nan_to_num(shape).sum(axis=1))
            return
        good = np.flatnonzero((frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0)
        channel = frames.channel[good]
        reading: FloatArray = board.zero.of_readings(times_s[good], force[good, channel], channel)
        for side, one_foot in self._feet.items():
            mine = np.flatnonzero([board.sides[one] == side for one in channel.tolist()])
            cells = np.array([board.cell[one] for one in channel[mine].tolist()], dtype=np.float64)
            one_foot.foot.feed_readings(times_s[good][mine], reading[mine], cells)


def _board(info: DeviceInfo, calibration: Calibration) -> _Board:
    sides = tuple(side_of_cell(info, calibration, cell) for cell in range(info.n_channels))
    cell = tuple(sides[:number].count(side) for number, side in enumerate(sides))
    return _Board(counts_to_newton(info, calibration), sides, cell, SteadyZero(info.n_channels))
