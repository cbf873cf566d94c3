"""Where the pressure of a foot is right now: the cells of its insole and the centre of pressure under it.

By the same numbers as the analysis of the file: arms and weights of the calibration, areas of the layout
(fuse/foot_pressure.py); only the gate is fixed, because the peak of a contact is not known before it is over.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.app.live.insole import ForceTable
from landing_lab.calibrate.convert import cell_limits_n
from landing_lab.calibrate.steady_zero import SteadyZero
from landing_lab.detect.live_pressure import TOUCH_N, LivePressure
from landing_lab.fuse.foot_pressure import newton_per_unit, shared_by_weight
from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.calibration import Calibration, InsoleCalibration
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout, default_layout
from landing_lab.model.pressure import GATE_N, HELD, kpa_of

NOBODY_TOUCH_N, NOBODY_GATE_N = 48.0, 96.0
"""Touchdown and gate where nobody calibrated the cells: what they say stands for the foot within a third (pressure.md,
decision 4), and their noise is the larger for it; the live contact of app/live/insole.py begins at the same."""

TRAIL_EVERY_S: Final = 0.01
TRAIL_POINTS: Final = 100
"""The last second of the path of the centre of pressure."""


class LiveSole:
    """Follows one insole; `feed` gives the sum of the cells above nothing but their calibration.

    calibration: None where it has none that holds for this board and layout. calibrated: on a plate, with arms; the
    cells then sum to the force of the foot (tells_force), all others compare within the foot only. layout: None where
    nobody knows where the cells lie. kpa: (c,) pressure now; held: (c,) cells beyond what they can tell. trail_mm:
    (k, 2) medial and anterior, the newest last, empty in the air. zero_n: of the sum. highest_kpa: of any cell so far.
    """

    def __init__(self, info: DeviceInfo, calibration: Calibration | None, layout: InsoleLayout | None) -> None:
        self.side, self.info = info.placement, info
        self.layout = layout or default_layout(info.n_channels)
        made = calibration if isinstance(calibration, InsoleCalibration) else None
        self.tells_force = made is not None and made.method == "on plate"
        self.calibrated = self.tells_force and made is not None and made.cop_sd_mm is not None
        self._table = ForceTable.of(info, made)
        # The sum of cells that nobody calibrated is so small that somebody who stands passes for an empty shoe.
        self._zero = SteadyZero(info.n_channels) if self.tells_force else None
        limits = cell_limits_n(info, made)
        self._limits_n = np.array([np.inf if one is None else one * (1.0 - HELD) for one in limits])
        self._trail_step = max(1, round(TRAIL_EVERY_S * info.sample_rate_hz))
        self._pressure = None if self.layout is None else self._follow(self.layout, made)
        self.kpa: FloatArray = np.zeros(info.n_channels)
        self.held = np.zeros(info.n_channels, dtype=np.bool_)
        self.trail_mm: FloatArray = np.empty((0, 2))
        self.shift_mm, self.in_contact, self.zero_n, self.highest_kpa = float("nan"), False, 0.0, 0.0

    def _follow(self, layout: InsoleLayout, made: InsoleCalibration | None) -> LivePressure:
        self._area_mm2 = layout.area_mm2
        self._per_unit = newton_per_unit(layout, whole_foot=self.tells_force, pressure=False)
        weights = made.weight_n if made is not None and self.tells_force else ()
        self._shared = shared_by_weight(weights, layout)
        arms = None if made is None or made.arms_mm is None or not self.tells_force else np.array(made.arms_mm)
        touch_n, gate_n = (TOUCH_N, GATE_N) if self.tells_force else (NOBODY_TOUCH_N, NOBODY_GATE_N)
        return LivePressure(
            layout,
            sample_rate_hz=self.info.sample_rate_hz,
            arms_mm=arms,
            sole=self._shared,
            touch_n=touch_n,
            gate_n=gate_n,
        )

    def feed(self, frames: FrameBlock) -> FloatArray:
        """Take scans in; the sum of the cells of each, (n,) newton, from which zero_n is still to be taken."""
        own = self._table.cells_n(frames.counts)
        above = own
        if self._zero is not None:
            above = self._zero.of_rows(np.asarray(frames.ticks_us * 1e-6), own)
            self.zero_n = float(self._zero.level_n.sum())
        self.held = np.greater_equal(own[-1], self._limits_n)
        if self._pressure is not None and self.layout is not None:
            cells = np.maximum(above * self._per_unit, 0.0)
            told = self._pressure.feed(cells)
            self.kpa = kpa_of(cells[-1:], self._shared, self._area_mm2)[0]
            self.highest_kpa = max(self.highest_kpa, float(self.kpa.max()))
            self.in_contact, self.shift_mm = self._pressure.in_contact, float(told.shift_mm[-1])
            self._follow_path(frames, told.cop_mm)
        return np.asarray(np.add.reduce(own, axis=1))

    def _follow_path(self, frames: FrameBlock, cop_mm: FloatArray) -> None:
        """Keep every tenth millisecond of the path, by the number of the scan, so that no cutting changes it."""
        if not self.in_contact:
            self.trail_mm = self.trail_mm[:0]
            return
        due = np.flatnonzero(frames.sequence % self._trail_step == 0)
        if len(due):
            kept = cop_mm[due]
            kept = kept[np.isfinite(kept[:, 0])]
            self.trail_mm = np.concatenate([self.trail_mm, kept])[-TRAIL_POINTS:]
