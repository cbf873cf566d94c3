"""Centre of pressure under the foot, and how far it moves medially: positive is medial on both feet.

The reference of every shift is the centre of pressure 20 ms after the foot's touchdown; before, few cells carry load.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.detect.phases import phases_of
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.metrics._pressure import OURS, course_of, frames_in, insole_metric, sampling_sd
from landing_lab.metrics._registry import Estimate, RefusedError
from landing_lab.metrics.pressure_course import (
    COP_CELLS,
    PHASES,
    REFERENCE_MS,
    SHIFT_MS,
    FootCourse,
    Where,
    phase_shifts,
)
from landing_lab.model.channels import Side
from landing_lab.model.events import Phases

LATE_MS: Final = 10.0
"""A reference this much later than 20 ms after the touchdown (load came late) flags the shift (choice)."""

LEAST_S: Final = 0.010
"""A peak nearer than this to the reference leaves no time for a shift (choice: two readings at 200 Hz)."""

TASK: Final = TaskParams()


@insole_metric(
    unit="mm", min_rate_hz=50.0, least_cells=COP_CELLS, source=OURS,
    formula="sum F_i x_i / sum F_i at max F; x medial from the middle of the insole",
    typical="-10 to 10 (not checked)",
)  # fmt: skip
def cop_ml_mm(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medio-lateral centre of pressure at the foot's peak force, from the insole's middle, positive = medial.

    Needs 8 cells; before a calibration on a plate it is relative (5-13 mm off in layouts read from a real walk).
    """
    return _place(trial, side, where, 0, 1.0)


@insole_metric(
    unit="% of width", min_rate_hz=50.0, least_cells=COP_CELLS, source=OURS,
    formula="100 cop_ml_mm / width of the insole", typical="-11 to 11 (not checked)",
)  # fmt: skip
def cop_ml_pct_width(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medio-lateral centre of pressure at the foot's peak force, percent of the insole's width."""
    return _place(trial, side, where, 0, 100.0 / course_of(trial, side, where).layout.width_mm)


@insole_metric(
    unit="% of length", min_rate_hz=50.0, least_cells=COP_CELLS, source=OURS,
    formula="100 (sum F_i y_i / sum F_i) / length of the insole, at max F; y from the heel edge",
    typical="35-75 (not checked)",
)  # fmt: skip
def cop_ap_pct_length(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Antero-posterior centre of pressure at the foot's peak force, percent of the insole's length from the heel."""
    return _place(trial, side, where, 1, 100.0 / course_of(trial, side, where).layout.length_mm)


@insole_metric(
    unit="mm", min_rate_hz=100.0, least_cells=COP_CELLS, source=OURS,
    formula="x(t2) - x(t1), t1 = touchdown + 20 ms, t2 = instant of max F", typical="not known for landings",
)  # fmt: skip
def medial_shift_mm(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medial pressure shift: medio-lateral centre of pressure at peak force minus that 20 ms after touchdown.

    Where the foot is not yet loaded beyond the gate by then, the first loaded reading after it is the reference.
    Exploratory until a laboratory has reliability data of its own.
    """
    return _shift(trial, side, where, course_of(trial, side, where).peak, 1.0)


@insole_metric(
    unit="% of width", min_rate_hz=100.0, least_cells=COP_CELLS, source=OURS,
    formula="100 medial_shift_mm / width of the insole", typical="not known for landings",
)  # fmt: skip
def medial_shift_pct_width(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medial pressure shift from 20 ms after touchdown to peak force, percent of the insole's width."""
    course = course_of(trial, side, where)
    return _shift(trial, side, where, course.peak, 100.0 / course.layout.width_mm)


@insole_metric(
    unit="mm/s", min_rate_hz=100.0, least_cells=COP_CELLS, source=OURS, formula="medial_shift_mm / (t2 - t1)",
    typical="not known for landings",
)  # fmt: skip
def medial_shift_velocity_mm_per_s(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medial pressure shift from 20 ms after touchdown to peak force, divided by the time between the two."""
    course = course_of(trial, side, where)
    shift = _shift(trial, side, where, course.peak, 1.0)
    assert course.reference is not None
    time_s = (course.peak - course.reference) / trial.sample_rate_hz
    time_sd_s = math.sqrt(2.0) * SAMPLING_SD / course.sample_rate_hz
    speed = shift.value / time_s
    return Estimate(
        value=speed,
        sd=math.hypot(shift.sd / time_s, speed * time_sd_s / time_s),
        doubt=shift.doubt,
        detail=shift.detail,
    )


@insole_metric(
    unit="mm", min_rate_hz=100.0, least_cells=COP_CELLS, source=OURS,
    formula="x(touchdown + 100 ms) - x(touchdown + 20 ms)", typical="not known for landings",
)  # fmt: skip
def medial_shift_100ms_mm(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medial pressure shift from 20 to 100 ms after touchdown."""
    course = course_of(trial, side, where)
    frame = frames_in(trial, SHIFT_MS) - 1
    if frame >= len(course.force_n):
        raise RefusedError("the contact is shorter than 100 ms, or the recording ends in it")
    return _shift(trial, side, where, frame, 1.0)


SPANS: Final = {
    "braking": "from the first reading above the gate to the lowest point of the body",
    "propulsion": "from the lowest point to the last reading above the gate",
    "loading": "from the first reading above the gate to the foot's peak force",
    "attenuation": "from the foot's peak force to the first valley after it",
    "stabilising": "from the valley (or peak) until the body comes to rest",
}
"""From where to where each of PHASES leads, in words."""


def _register_phase(name: str, place: Where) -> None:
    """Register the shift within one phase."""

    def compute(trial: LandingTrial, side: Side, where: Where) -> Estimate:
        return _in_phase(trial, side, where, name)

    compute.__name__ = f"medial_shift_{name}_mm"
    compute.__doc__ = f"Medial pressure shift within {name}: {SPANS[name]}."
    insole_metric(
        unit="mm", min_rate_hz=100.0, least_cells=COP_CELLS, source=OURS, places=(place,), typical="not known",
        needs=("motion",) if place == "contact" else (),
        formula=f"x(end of {name}) - x(its begin), both above the gate",
    )(compute)  # fmt: skip


for _place_of, _names in PHASES.items():
    for _name in _names:
        _register_phase(_name, _place_of)


def _in_phase(trial: LandingTrial, side: Side, where: Where, name: str) -> Estimate:
    course = course_of(trial, side, where)
    if ("phases",) not in trial.shared:
        trial.shared["phases",] = phases_of(trial, TASK)
    phases = trial.shared["phases",]
    assert isinstance(phases, Phases)
    found = next((one for one in phase_shifts(course, phases, where) if one.name == name), None)
    if found is None:
        raise RefusedError(
            f"{name} has no two readings of the insole above the gate of {course.gate_n:.0f} N, or is not in the first "
            f"{course.times_s[-1] - course.times_s[0]:.1f} s of this contact"
        )
    frames = np.searchsorted(course.times_s, (found.start_s, found.stop_s)).tolist()
    ends = [sampling_sd(trial, course, course.cop_mm[:, 0], frame) for frame in frames]
    sd = math.hypot(found.sd_mm, *ends)
    return Estimate(value=found.shift_mm, sd=sd, doubt=course.place_doubt, detail=f"in {name}")


def _place(trial: LandingTrial, side: Side, where: Where, axis: int, per_mm: float) -> Estimate:
    course = course_of(trial, side, where)
    values = course.cop_mm[:, axis]
    value = float(values[course.peak])
    if math.isnan(value):
        raise RefusedError(_missing_at(course, course.peak))
    by_time = sampling_sd(trial, course, values, course.peak)
    sd = math.hypot(course.cop_sd_mm[axis], course.noise_mm, by_time)
    return Estimate(value=per_mm * value, sd=per_mm * sd, doubt=course.place_doubt)


def _shift(trial: LandingTrial, side: Side, where: Where, frame: int, per_mm: float) -> Estimate:
    course = course_of(trial, side, where)
    begin = course.reference
    if begin is None:
        raise RefusedError("no reading of the insole above the gate follows 20 ms after the touchdown")
    after_s = (frame - begin) / trial.sample_rate_hz
    if after_s < LEAST_S:
        raise RefusedError(
            f"force peaks {1000.0 * frame / trial.sample_rate_hz:.0f} ms after the touchdown, too near to the "
            "reference at 20 ms for a shift; read the shift to 100 ms"
        )
    value = float(course.shift_mm[frame])
    if math.isnan(value):
        raise RefusedError(_missing_at(course, frame))
    ends = [sampling_sd(trial, course, course.cop_mm[:, 0], one) for one in (begin, frame)]
    sd = math.hypot(float(course.shift_sd_mm[frame]), *ends)
    begin_ms = 1000.0 * begin / trial.sample_rate_hz
    late = f"the foot was loaded late: the shift counts from {begin_ms:.0f} ms after touchdown"
    doubts = (late if begin_ms > REFERENCE_MS + LATE_MS else None, course.place_doubt)
    return Estimate(
        value=per_mm * value,
        sd=per_mm * sd,
        doubt="; ".join(filter(None, doubts)) or None,
        detail=f"from {begin_ms:.0f} to {1000.0 * frame / trial.sample_rate_hz:.0f} ms",
    )


def _missing_at(course: FootCourse, frame: int) -> str:
    if not course.loaded[frame]:
        return f"the foot carries less than the gate of {course.gate_n:.0f} N at this instant"
    return "the insole's reading is missing at this instant; check its cable or its link"
