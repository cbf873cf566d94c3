"""What the metrics of insoles share: one foot's course over a contact, its gates, and both names of each metric."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.detect.force_doubts import NO_TAKE_OFF
from landing_lab.detect.params import ImpactParams, at_least_one_sample
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.metrics._registry import DROP_JUMP, LANDINGS, Compute, Estimate, Need, RefusedError, Sides, metric
from landing_lab.metrics.pressure_course import NO_INSOLE, FootCourse, Where, trial_course
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.pressure import MAX_AT_LIMIT

OURS: Final = "landing-lab, docs/insole_indices.md"
"""Source of a definition of insoles that is the project's own."""

LANDING_MS: Final = ImpactParams().landing_ms
"""Shares and doses of a landing are taken over its first 0.3 s, as the symmetry of a landing is: later people stand."""

MOST_MISSING: Final = 0.2
"""Share of loaded frames without readings above which a share or a dose is refused (choice)."""

MISSING_DOUBT: Final = 0.02
"""Share of loaded frames without readings above which a number is flagged (choice)."""

SHARE_FLOOR: Final = 0.005
"""SD of a share of nothing: half a percent is the resolution of an FSR cell's share (choice)."""

BySize: TypeAlias = dict[int, float]
"""A figure of layouts whose cells read a small part of the sole: number of cells from which on it holds -> figure."""

INDEX_SD: Final[BySize] = {0: 0.17, 16: 0.14}
CHANGE_SD: Final[BySize] = {0: 0.25, 16: 0.08}
CONTRAST_SD: Final[BySize] = {0: 0.45, 16: 0.11}
SHARE_SD: Final[BySize] = {0: 0.09, 16: 0.035}
RAW_SHARE_SD: Final[BySize] = {0: 0.17, 16: 0.035}
PEAK_SD: Final[BySize] = {0: 0.25, 16: 0.13}
"""What cells that read a part of the sole miss beside all 99 of a real walk: the medial-lateral index and its change,
one group of regions against another, shares of the parts (calibrated on a plate, and not), and, relatively, the peak
pressure. Root mean squares over layouts of 8 and 16 FSR cells, both feet, four seeds, as
tests/metrics/unseen_on_a_walk.py prints them; cells that cover the sole miss nothing of this.
"""

Window: TypeAlias = tuple[FootCourse, slice]
"""A course and the frames of it that a share or a dose is taken over."""

FootCompute: TypeAlias = Callable[[LandingTrial, Side, Where], Estimate]


def insole_metric(
    *,
    unit: str,
    source: str,
    formula: str,
    min_rate_hz: float,
    typical: str = "",
    sides: Sides = "insoles",
    least_cells: int = 1,
    zones_do: bool = False,
    calibrated: bool = False,
    needs: tuple[Need, ...] = (),
    places: tuple[Where, ...] = ("contact", "landing"),
) -> Callable[[FootCompute], FootCompute]:
    """Register a function of (trial, side, where) twice: by its name for the contact, as landing_... for the landing.

    Beside what `metric` checks: the insole's own rate (it may be slower than the signals), least_cells (zones_do:
    cells that cover the sole count whatever their number), and calibrated: refused before a calibration on a plate.
    Relative insoles, and cells at their limit, flag what is left.
    """
    limits = _Limits(min_rate_hz=min_rate_hz, least_cells=least_cells, zones_do=zones_do, calibrated=calibrated)
    of_insole: tuple[Need, ...] = ("pressure", "pressure_calibrated") if calibrated else ("pressure",)

    def register(function: FootCompute) -> FootCompute:
        for where in places:
            metric(
                unit=unit,
                sides=sides,
                needs=(where, *needs, *of_insole),
                tasks=LANDINGS if where == "landing" else DROP_JUMP,
                min_rate_hz=min_rate_hz,
                source=source,
                formula=f"{formula}; in the landing" if where == "landing" else formula,
                typical=typical,
            )(_gated(function, where, limits))
        return function

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """What an insole must be for a metric."""

    min_rate_hz: float
    least_cells: int
    zones_do: bool
    calibrated: bool

    def check(self, course: FootCourse) -> None:
        """RefusedError where an insole is not that."""
        layout = course.layout
        if course.sample_rate_hz < 0.99 * self.min_rate_hz:
            raise RefusedError(f"needs at least {self.min_rate_hz:g} Hz; this insole has {course.sample_rate_hz:g} Hz")
        if len(layout) < self.least_cells and not (self.zones_do and layout.sensing_area_mm2 is None):
            raise RefusedError(f"needs an insole of at least {self.least_cells} cells; {layout.name} has {len(layout)}")
        if self.calibrated and not course.calibrated:
            raise RefusedError(
                f"the {course.side} insole is not calibrated on a plate: its newtons and kilopascals mean nothing"
            )


def _gated(function: FootCompute, where: Where, limits: _Limits) -> Compute:
    """The function for one place, with its name there, behind the gates of its insoles."""

    @functools.wraps(function)
    def compute(trial: LandingTrial, side: Side) -> Estimate:
        feet: tuple[Side, ...] = ("left", "right") if side == "left_right" else (side,)
        courses = [course_of(trial, foot, where) for foot in feet]
        for course in courses:
            limits.check(course)
        return _judged(function(trial, side, where), courses)

    if where == "landing":
        compute.__name__ = f"landing_{function.__name__}"
        told = (function.__doc__ or "").strip()
        compute.__doc__ = f"Landing: {told[:1].lower()}{told[1:]}"
    return compute


def course_of(trial: LandingTrial, side: Side, where: Where) -> FootCourse:
    """The course of one foot's contact or landing, measured once for all metrics; RefusedError where there is none."""
    key = ("course", side, where)
    if key not in trial.shared:
        trial.shared[key] = _course(trial, side, where)
    course = trial.shared[key]
    if not isinstance(course, FootCourse):
        raise RefusedError(str(course))
    return course


def _course(trial: LandingTrial, side: Side, where: Where) -> FootCourse | str:
    signals = trial.signals
    if side not in signals.pressure:
        return NO_INSOLE.format(side=side)
    judged: Side = side if side in signals.force_n else "total"  # a plate for both feet knows no foot's own touchdown
    contact = trial.contact_of(judged) if where == "contact" else trial.landing_of(judged)
    if contact is None:
        return f"the {side} foot did not touch the plate here"
    if contact.start.open:
        return "the contact began before the recording; start it earlier"
    if where == "contact" and contact.stop.open and trial.landing is not None:
        return NO_TAKE_OFF
    span_s = trial.time_s(contact.start.position), trial.time_s(contact.stop.position)
    course = trial_course(signals, side, span_s, where)
    if not isinstance(course, str) and contact.stop.open and course.peak >= len(course.force_n) - 5:
        return "the recording ends while force still rises; record two seconds longer"
    return course


def _judged(found: Estimate, courses: list[FootCourse]) -> Estimate:
    """The estimate with what is in doubt about its insoles, and how its numbers came about."""
    about = [doubt for course in courses for doubt in (course.note, _limit_doubt(course), _missing_doubt(course))]
    doubts = dict.fromkeys([*about, found.doubt])
    found.doubt = "; ".join(filter(None, doubts)) or None
    gates = " and ".join(f"{course.gate_n:.0f}" for course in courses)
    layouts = " and ".join(dict.fromkeys(course.layout.name for course in courses))
    relative = None if all(course.calibrated for course in courses) else "relative"
    found.detail = "; ".join(filter(None, (found.detail, layouts, f"gate {gates} N", relative)))
    return found


def _limit_doubt(course: FootCourse) -> str | None:
    if course.at_limit is None or not course.at_limit[course.peak].any():
        return None
    cells = course.cells_n[course.peak]
    share = float(np.nansum(cells[course.at_limit[course.peak]]) / max(float(np.nansum(cells)), 1e-9))
    if share <= MAX_AT_LIMIT:
        return None
    return (
        f"{100.0 * share:.0f} % of the {course.side} foot's force at its peak lies on cells that cannot tell more: "
        "there the load is larger"
    )


def _missing_share(course: FootCourse, stop: int) -> float:
    """Share of the loaded frames before `stop` without a whole reading of the insole."""
    loaded = np.count_nonzero(course.loaded[:stop])
    told = np.count_nonzero(np.isfinite(course.cop_mm[:stop, 0]))  # nothing is told of a frame that is not loaded
    return 1.0 - told / loaded if loaded else 1.0


def _missing_doubt(course: FootCourse) -> str | None:
    missing = _missing_share(course, len(course.loaded))
    if missing <= MISSING_DOUBT:
        return None
    return f"{100.0 * missing:.0f} % of the {course.side} insole's readings are missing while it is loaded"


def window_of(trial: LandingTrial, side: Side, where: Where) -> Window:
    """The frames that shares and doses are taken over: the whole contact, the first 0.3 s of a landing.

    Raises RefusedError where the recording ends before, or too many loaded frames are missing.
    """
    course = course_of(trial, side, where)
    stop = len(course.force_n)
    if where == "landing":
        stop = frames_in(trial, LANDING_MS)
        if stop > len(course.force_n) and course.cut_off:
            raise RefusedError("the recording ends within 0.3 s of this landing; record two seconds longer")
        stop = min(stop, len(course.force_n))
    missing = _missing_share(course, stop)
    if missing > MOST_MISSING:
        raise RefusedError(
            f"{100.0 * missing:.0f} % of the {side} insole's readings are missing while it is loaded; check its cable "
            "or its link"
        )
    return course, slice(0, stop)


def frames_in(trial: LandingTrial, duration_ms: float) -> int:
    """Frames of the signals from a touchdown to so long after it, that of the end included."""
    return at_least_one_sample(duration_ms, trial.sample_rate_hz) + 1


def impulse(trial: LandingTrial, values: FloatArray, counted: NDArray[np.bool_] | None = None) -> float:
    """Sum of values (n,) over time, in their unit times seconds, only where counted; missing ones are bridged."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        raise RefusedError("readings of these cells are missing in the whole contact; check the insole's wires")
    bridged = np.interp(np.arange(len(values)), known, values[known])
    return float((bridged if counted is None else bridged[counted]).sum()) / trial.sample_rate_hz


def sampling_sd(trial: LandingTrial, course: FootCourse, values: FloatArray, frame: int) -> float:
    """What not knowing an instant to better than one reading of the insole does to a value that moves, in its unit."""
    periods = trial.sample_rate_hz / course.sample_rate_hz
    reach = max(1, round(periods))
    around = values[max(0, frame - reach) : frame + reach + 1]
    around = around[np.isfinite(around)]
    slope = float(np.ptp(around)) / max(1, len(around) - 1) if len(around) > 1 else 0.0
    return slope * periods * SAMPLING_SD


def unseen(course: FootCourse, by_size: BySize) -> float:
    """The figure for this course's layout; 0 where its cells cover the sole."""
    if course.layout.sensing_area_mm2 is None:
        return 0.0
    return by_size[max(size for size in by_size if size <= len(course.layout))]


def contrast(course: FootCourse, one: float, other: float) -> tuple[float, float]:
    """(one - other) / (one + other) and its SD."""
    if not one + other > 0.0:
        raise RefusedError("neither side of this index was loaded")
    value = (one - other) / (one + other)
    return value, contrast_sd(course, value, CONTRAST_SD)


def contrast_sd(course: FootCourse, value: float, by_size: BySize) -> float:
    """SD of (one - other) / (one + other), each as well known as the insole's force, and what is unseen."""
    by_gain = (1.0 - value**2) / math.sqrt(2.0) * course.force_sd_fraction
    return math.hypot(by_gain, unseen(course, by_size), SHARE_FLOOR)


def share(course: FootCourse, part: float, whole: float) -> tuple[float, float]:
    """Part / whole and its SD, part and rest each known as well as the insole's force, and what is unseen."""
    if not whole > 0.0:
        raise RefusedError("the insole shows no force here")
    value = part / whole
    by_gain = math.sqrt(2.0) * value * (1.0 - value) * course.force_sd_fraction
    by_cells = unseen(course, SHARE_SD if course.calibrated else RAW_SHARE_SD)
    return value, math.hypot(by_gain, by_cells, SHARE_FLOOR)
