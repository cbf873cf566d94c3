"""Centre of pressure and medial shift of one foot while it happens: the kernel of the analysis, with a fixed gate."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from landing_lab.detect.params import samples_in
from landing_lab.errors import ParameterError
from landing_lab.kernels.pressure import COP_AP, COP_ML, FIXED, FORCE, LOADED, MLI, SHIFT, STATE_DTYPE, advance
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import PARTS, InsoleLayout, Part
from landing_lab.model.pressure import GATE_N

TOUCH_N: Final = 20.0
"""Force of a foot at which its contact begins, live: the detector's threshold (detect/params.py)."""

REFERENCE_MS: Final = 20.0
"""The medial shift counts from so long after the touchdown, as in the analysis (pressure.md)."""


class LiveFrames:
    """What a block of frames says: views of one array, n frames, NaN where not told.

    force_n, mli, shift_mm: (n,). cop_mm: (n, 2) medial and anterior. loaded: (n,) 0 or 1. part_n: (n, parts)
    in the order of LivePressure.parts.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: FloatArray) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def force_n(self) -> FloatArray:
        """Sum of the cells."""
        return self._rows[:, FORCE]

    @property
    def cop_mm(self) -> FloatArray:
        """Centre of pressure above the gate."""
        return self._rows[:, COP_ML : COP_AP + 1]

    @property
    def mli(self) -> FloatArray:
        """Medial-lateral index above the gate."""
        return self._rows[:, MLI]

    @property
    def shift_mm(self) -> FloatArray:
        """Medial shift since 20 ms after the touchdown."""
        return self._rows[:, SHIFT]

    @property
    def loaded(self) -> FloatArray:
        """Whether force exceeds the gate."""
        return self._rows[:, LOADED]

    @property
    def part_n(self) -> FloatArray:
        """Force of each part of the foot."""
        return self._rows[:, FIXED:]


class LivePressure:
    """Feed it frames of one foot's cells, block after block; it tells each frame at once.

    layout: where the cells are. arms_mm: (c, 2) where a calibration found their force to act, the layout's places
    where not given. sole: (c,) as in FootPressure, None where force is pressure times area. touch_n, gate_n: of the
    sum of the cells, newton; uncalibrated cells need smaller ones; 20 % of a peak to come cannot be known.
    The kernel is compiled here, before the first live frame.
    """

    def __init__(
        self,
        layout: InsoleLayout,
        *,
        sample_rate_hz: float,
        arms_mm: FloatArray | None = None,
        sole: FloatArray | None = None,
        touch_n: float = TOUCH_N,
        gate_n: float = GATE_N,
    ) -> None:
        if not (math.isfinite(touch_n) and math.isfinite(gate_n) and 0.0 <= touch_n <= gate_n):
            raise ParameterError(
                f"touch_n and gate_n must be 0 or more, touch_n the smaller; got {touch_n} and {gate_n}; "
                f"the defaults are {TOUCH_N:g} and {GATE_N:g} N"
            )
        arms = np.array(layout.place_mm if arms_mm is None else arms_mm, dtype=np.float64, order="C")
        if arms.shape != (len(layout), 2) or not np.isfinite(arms).all():
            raise ParameterError(
                f"arms_mm of layout {layout.name} needs shape ({len(layout)}, 2); got {arms.shape}; leave it out for "
                "the layout's own places"
            )
        self.layout = layout
        self.parts: tuple[Part, ...] = tuple(part for part in PARTS if any(cell.part == part for cell in layout.cells))
        shared = np.ones(len(layout)) if sole is None else np.array(sole, dtype=np.float64)
        if shared.shape != (len(layout),) or not (np.isfinite(shared) & (shared >= 0.0)).all():
            raise ParameterError(f"sole of layout {layout.name} needs {len(layout)} numbers of 0 or more; got {sole}")
        numbers = np.array([self.parts.index(cell.part) for cell in layout.cells], dtype=np.int64)
        self._sole = (arms, layout.area_mm2, layout.medial_share, shared, numbers)
        self._own = np.zeros(0)  # the cells themselves are what the gate looks at
        self._gate = (float(touch_n), float(gate_n))
        self._reference = samples_in(REFERENCE_MS, sample_rate_hz, name="REFERENCE_MS")
        self._columns = FIXED + len(self.parts)
        self.restart()
        self.feed(np.zeros((1, len(layout))))
        self.restart()

    def restart(self) -> None:
        """Forget the contact that goes on, as after a pause."""
        self._state = np.zeros(1, STATE_DTYPE)
        self._state["reference_mm"], self._state["reference"] = math.nan, -1

    @property
    def in_contact(self) -> bool:
        """Whether the foot is on the ground."""
        return bool(self._state["since"][0] > 0)

    @property
    def peak_n(self) -> float:
        """Highest force of the contact that goes on, 0 without one."""
        return float(self._state["peak_n"][0])

    def feed(self, cells_n: FloatArray) -> LiveFrames:
        """What each of n frames (n, c) says, newton, not finite = missing.

        Raises ParameterError where c is not that of the layout.
        """
        # One memory layout and type, so that the kernel is never compiled a second time in a live session.
        block = np.array(cells_n, dtype=np.float64, order="C", copy=None)
        if block.ndim != 2 or block.shape[1] != len(self.layout):
            raise ParameterError(
                f"layout {self.layout.name} has {len(self.layout)} cells; got a block of shape {np.shape(cells_n)}; "
                "give one column per cell"
            )
        if not block.flags.writeable:
            block = block.copy()
        out = np.empty((len(block), self._columns))
        advance(block, *self._sole, self._own, *self._gate, self._reference, self._state, out)
        return LiveFrames(out)
