"""What the cells under one foot say over one contact: force per part, centre of pressure, and its medial shift."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.detect.params import TaskParams, at_least_one_sample
from landing_lab.kernels.pressure import COP_AP, COP_ML, FIXED, FORCE, LOADED, MLI, SHIFT, STATE_DTYPE, advance
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.events import Phases
from landing_lab.model.insole_layout import PARTS, InsoleLayout, Part
from landing_lab.model.pressure import GATE_SHARE, FootPressure, gate_n, kpa_of
from landing_lab.model.result import ForceSignals

Where: TypeAlias = Literal["contact", "landing"]

REFERENCE_MS: Final = 20.0
"""The medial shift counts from so long after the touchdown (pressure.md, decision 2): before, few cells are loaded."""

SHIFT_MS: Final = 100.0
"""The second instant at which the shift is told, after the touchdown (pressure.md, decision 2)."""

VIEW_S: Final = TaskParams().landing_view_s
"""How much of a landing belongs to its course."""

SHIFT_SDS: Final = math.sqrt(2.0)
"""SD of a shift in SDs of a centre of pressure: as if its two places erred independently.

A real walk told by calibrated FSR cells erred by 0.6 to 1.9 SDs from 20 ms after touchdown to 20-200 ms later, about
1.1 on average; 8 cells that nobody calibrated by 0.2 to 0.5, 16 by up to 1.7 (tests/metrics/test_shift_on_a_walk.py).
"""

COP_CELLS: Final = 8
"""Least number of cells from which a centre of pressure is told (pressure.md)."""

PHASES: Final[dict[Where, tuple[str, ...]]] = {
    "contact": ("braking", "propulsion"),
    "landing": ("loading", "attenuation", "stabilising"),
}
"""Phases of detect.phases in which the shift is told, in order."""

NO_INSOLE: Final = "no insole of known layout was recorded under the {side} foot; record with both insoles"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FootCourse:
    """One foot from a touchdown on, n frames; everything that is not told is NaN.

    times_s: (n,) on the time base of the signals. force_n: (n,) force of the foot that the gate is judged by: that of
    the plate or the fused one, the sum of the cells where there is neither (then by_cells is set). gate_n: the gate.
    loaded: (n,) whether force exceeds it. cells_n: (n, c); sole: what shares pressures out, as in FootPressure.
    cop_mm: (n, 2) medial and anterior from the middle of the heel edge. mli: (n,) medial-lateral index. parts: those
    that the layout has, from behind; part_n: (n, parts) their force. shift_mm: (n,) medial centre of pressure minus
    that at frame `reference` (the first told one from touchdown + 20 ms on, None where there is none); shift_sd_mm:
    (n,) its SD. peak: frame of the highest force. noise_mm: SD of the medial centre of pressure from frame to frame.
    calibrated False: numbers are relative to each other. note: the sentence that flags what rests on this insole,
    None where nothing is in doubt; place_doubt: the one that flags where its force acts. turn_sd_deg: SD of the foot's
    direction, by which travel along the foot passes for a shift.
    """

    side: Side
    layout: InsoleLayout
    times_s: FloatArray
    force_n: FloatArray
    by_cells: bool
    gate_n: float
    sole: FloatArray | None
    loaded: NDArray[np.bool_]
    cells_n: FloatArray
    cop_mm: FloatArray
    mli: FloatArray
    parts: tuple[Part, ...]
    part_n: FloatArray
    shift_mm: FloatArray
    shift_sd_mm: FloatArray
    reference: int | None
    peak: int
    sample_rate_hz: float
    cut_off: bool
    noise_mm: float
    cop_sd_mm: tuple[float, float]
    turn_sd_deg: float
    force_sd_fraction: float
    calibrated: bool
    at_limit: NDArray[np.bool_] | None
    note: str | None
    place_doubt: str | None

    def until(self, stop: int) -> FootCourse:
        """The same without its frames from `stop` on; gate, reference and peak stay those of the whole course."""
        return replace(
            self,
            times_s=self.times_s[:stop], force_n=self.force_n[:stop], loaded=self.loaded[:stop],
            cells_n=self.cells_n[:stop], cop_mm=self.cop_mm[:stop], mli=self.mli[:stop], part_n=self.part_n[:stop],
            shift_mm=self.shift_mm[:stop], shift_sd_mm=self.shift_sd_mm[:stop],
            at_limit=None if self.at_limit is None else self.at_limit[:stop],
        )  # fmt: skip

    @property
    def cells_kpa(self) -> FloatArray:
        """Mean pressure under the part of the sole that each cell stands for, (n, c)."""
        return kpa_of(self.cells_n, self.sole, self.layout.area_mm2)

    @property
    def sole_n(self) -> FloatArray:
        """Force of each cell's part of the sole by what the cell reads, (n, c): for one side against the other."""
        return np.asarray(self.cells_kpa * self.layout.area_mm2 / 1000.0)

    def part(self, name: Part) -> FloatArray | None:
        """Force of one part of the foot, (n,) newton; None where the layout has no such part."""
        return self.part_n[:, self.parts.index(name)] if name in self.parts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseShift:
    """How far the centre of pressure moved medially within one phase: last told frame minus first, mm, with its SD."""

    name: str
    start_s: float
    stop_s: float
    shift_mm: float
    sd_mm: float


def trial_course(signals: ForceSignals, side: Side, span_s: tuple[float, float], where: Where) -> FootCourse | str:
    """One foot from its touchdown to its take-off, the first 1.5 s of a landing: the window of metrics and pictures.

    Gives the sentence why there is no such course as foot_course does.
    """
    slack_s = 1e-3 / signals.sample_rate_hz  # times of samples are rounded
    first = int(np.searchsorted(signals.times_s, span_s[0] - slack_s))
    stop = int(np.searchsorted(signals.times_s, span_s[1] + slack_s, side="right"))
    if where == "landing":
        stop = min(stop, first + at_least_one_sample(1000.0 * VIEW_S, signals.sample_rate_hz))
    return foot_course(signals, side, first, stop)


def foot_course(signals: ForceSignals, side: Side, first: int, stop: int) -> FootCourse | str:
    """The frames [first, stop) of one foot, first being its touchdown; or the sentence why there is no such course."""
    foot = signals.pressure.get(side)
    if foot is None:
        return NO_INSOLE.format(side=side.replace("_", " "))
    first, stop = max(first, 0), min(stop, len(signals.times_s))
    if stop - first < 2:
        return "the contact is shorter than two frames of the insole"
    cells = np.array(foot.cells_n[first:stop], dtype=np.float64, order="C")  # a read-only block is compiled anew
    by_cells = side not in signals.force_n
    force = cells.sum(axis=1) if by_cells else np.array(signals.force_n[side][first:stop], dtype=np.float64)
    if not np.isfinite(force).any():
        return "samples of force are missing in the whole contact; check the cable and repeat the trial"
    known = foot.calibrated or not (by_cells or signals.force_refusal)  # nominal newton are not held against 50 N
    gate = gate_n(float(np.nanmax(force))) if known else GATE_SHARE * float(np.nanmax(force))
    parts = tuple(part for part in PARTS if any(cell.part == part for cell in foot.layout.cells))
    out, state = _frames(foot, cells, force, gate, signals.sample_rate_hz, parts)
    loaded = out[:, LOADED] > 0.0
    if not np.isfinite(out[loaded, FORCE]).any():
        return _nothing_told(foot, cells, side, gate, loaded=bool(loaded.any()))
    reference, noise = int(state["reference"][0]), scatter(out[:, COP_ML])
    return FootCourse(
        side=side, layout=foot.layout, times_s=signals.times_s[first:stop], force_n=force, by_cells=by_cells,
        gate_n=gate, sole=foot.sole, loaded=loaded, cells_n=cells, cop_mm=out[:, COP_ML : COP_AP + 1],
        mli=out[:, MLI], parts=parts,
        part_n=out[:, FIXED:], shift_mm=out[:, SHIFT],
        shift_sd_mm=_shift_sd(foot, noise, out, reference), reference=None if reference < 0 else reference,
        peak=int(np.nanargmax(force)), sample_rate_hz=foot.sample_rate_hz or signals.sample_rate_hz,
        cut_off=stop == len(signals.times_s), noise_mm=noise, cop_sd_mm=foot.cop_sd_mm, turn_sd_deg=foot.turn_sd_deg,
        force_sd_fraction=foot.force_sd_fraction, calibrated=foot.calibrated,
        at_limit=None if foot.at_limit is None else foot.at_limit[first:stop], note=foot.note,
        place_doubt=foot.place_doubt,
    )  # fmt: skip


def _nothing_told(foot: FootPressure, cells: FloatArray, side: Side, gate_n: float, *, loaded: bool) -> str:
    if not loaded:
        return f"the {side} foot never carries more than the gate of {gate_n:.0f} N in this contact"
    silent = np.flatnonzero(np.isnan(cells).all(axis=0)).tolist()
    if 0 < len(silent) < cells.shape[1]:
        names = ", ".join(foot.layout.cells[cell].name for cell in silent)
        return (
            f"the {side} insole's {names} never read anything, and without it force and centre of pressure are wrong; "
            "check its wires"
        )
    return f"readings of the {side} insole are missing while its foot is loaded; check its cable or its link"


def phase_shifts(course: FootCourse, phases: Phases, where: Where) -> tuple[PhaseShift, ...]:
    """The medial shift within each phase of a contact or a landing, in order; phases without two told frames are none.

    phases: of the trial; the foot's own where it has one of that name, else that of the total.
    """
    found = []
    for name in PHASES[where]:
        phase = phases.get(name, course.side) or phases.get(name)
        if phase is None:
            continue
        inside = (course.times_s >= phase.start_s) & (course.times_s < phase.stop_s)
        told = np.flatnonzero(inside & np.isfinite(course.cop_mm[:, 0]))
        if len(told) < 2:
            continue
        begin, end = int(told[0]), int(told[-1])
        found.append(
            PhaseShift(
                name=name,
                start_s=float(course.times_s[begin]),
                stop_s=float(course.times_s[end]),
                shift_mm=float(course.cop_mm[end, 0] - course.cop_mm[begin, 0]),
                sd_mm=math.hypot(
                    SHIFT_SDS * math.hypot(course.cop_sd_mm[0], course.noise_mm),
                    math.radians(course.turn_sd_deg) * float(course.cop_mm[end, 1] - course.cop_mm[begin, 1]),
                ),
            )
        )
    return tuple(found)


def scatter(values: FloatArray) -> float:
    """SD of white noise in a series (n,), from third differences of told frames; 0 where there are none.

    Of a normal variable with SD s the third difference has SD s sqrt(20); its median magnitude is 0.6745 of that.
    """
    third = np.diff(values, 3)
    third = third[np.isfinite(third)]
    return float(np.median(np.abs(third))) / (0.6745 * math.sqrt(20.0)) if len(third) else 0.0


def _shift_sd(foot: FootPressure, noise_mm: float, out: FloatArray, reference: int) -> FloatArray:
    """SD (n,) of the shift since the reference: of both places, and of the direction times the way along the foot."""
    along = out[:, COP_AP] - (out[reference, COP_AP] if reference >= 0 else math.nan)
    turned = math.radians(foot.turn_sd_deg) * along
    sd = np.hypot(SHIFT_SDS * math.hypot(foot.cop_sd_mm[0], noise_mm), turned)
    return np.where(np.isfinite(out[:, SHIFT]), sd, np.nan)


def _frames(
    foot: FootPressure, cells: FloatArray, force: FloatArray, gate_n: float, rate_hz: float, parts: tuple[Part, ...]
) -> tuple[FloatArray, NDArray[np.void]]:
    """One row per frame, and the state after the last, as kernels.pressure writes them; the first is the touchdown."""
    layout = foot.layout
    state = np.zeros(1, STATE_DTYPE)
    state["reference_mm"], state["reference"] = math.nan, -1
    out = np.empty((len(cells), FIXED + len(parts)))
    advance(
        cells,
        np.array(foot.arms_mm, dtype=np.float64, order="C"),
        layout.area_mm2,
        layout.medial_share,
        np.ones(len(layout)) if foot.sole is None else np.array(foot.sole, dtype=np.float64),
        np.array([parts.index(cell.part) for cell in layout.cells], dtype=np.int64),
        force,
        -math.inf,  # the touchdown is known: every frame belongs to this contact
        gate_n,
        at_least_one_sample(REFERENCE_MS, rate_hz),
        state,
        out,
    )
    return out, state
