"""How load is shared between the sides and the parts of the foot, by its insole: medial against lateral, heel, delays.

Shares are taken while the foot is loaded: over the whole contact, over the first 0.3 s of a landing.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.metrics._pressure import (
    CHANGE_SD,
    INDEX_SD,
    OURS,
    BySize,
    contrast,
    contrast_sd,
    course_of,
    frames_in,
    impulse,
    insole_metric,
    sampling_sd,
    share,
    window_of,
)
from landing_lab.metrics._registry import Estimate, RefusedError
from landing_lab.metrics.pressure_course import COP_CELLS, FootCourse, Where
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import Part, Region

FOOTSCAN: Final = "RSscan footscan 9 manual, p. 112 (which zones; impulses of forces over their sum are ours)"

SHARE_CELLS: Final = 4
"""Least number of cells from which a share of the heel is told (pressure.md)."""

HALF_CHANGE_SD: Final[BySize] = {size: sd / math.sqrt(2.0) for size, sd in CHANGE_SD.items()}
"""Of CHANGE_SD, what either instant adds."""

ONSET: Final = 0.10
"""Of its own peak, where a part of the foot counts as loaded: a share needs no calibration (choice)."""

ONSET_RANGE: Final = (0.05, 0.20)
"""Other choices of ONSET: what they change is part of the SD, as of a uniform distribution between them."""

STAYED_OFF: Final = 0.05
"""A part whose peak is less than this of the foot's peak did not touch down (choice)."""

EARLY_MS: Final = 100.0


@insole_metric(
    unit="ratio", min_rate_hz=50.0, least_cells=COP_CELLS, source=OURS,
    formula="(P_med - P_lat) / (P_med + P_lat) at max F, P = force / area on either side of the heel-second-toe axis",
    typical="walking -0.1 to 0.1 (one walk)",
)  # fmt: skip
def medial_lateral_index(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Medial-lateral index at the foot's peak force: mean pressure medial against lateral of heel-to-second-toe axis.

    Weighted by area, never by the number of cells: uniform pressure gives 0 on any layout. Positive = medial.
    """
    course = course_of(trial, side, where)
    value = float(course.mli[course.peak])
    if math.isnan(value):
        raise RefusedError("the insole's reading is missing at the peak, or its cells lie on one side of the foot only")
    by_time = sampling_sd(trial, course, course.mli, course.peak)
    return Estimate(value=value, sd=math.hypot(contrast_sd(course, value, INDEX_SD), by_time))


@insole_metric(
    unit="ratio", min_rate_hz=100.0, least_cells=COP_CELLS, source=OURS,
    formula="MLI(t2) - MLI(t1), t1 = touchdown + 20 ms, t2 = instant of max F", typical="not known for landings",
)  # fmt: skip
def medial_lateral_index_shift(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Change of the medial-lateral index from 20 ms after touchdown to the foot's peak force."""
    course = course_of(trial, side, where)
    begin, end = course.reference, course.peak
    if begin is None or begin >= end:
        raise RefusedError(
            "force peaks before the reference at 20 ms after the touchdown, so there is no change to tell"
        )
    one, other = float(course.mli[begin]), float(course.mli[end])
    if math.isnan(one) or math.isnan(other):
        raise RefusedError("the insole's reading is missing at one of the two instants; check its cable or its link")
    ends = [sampling_sd(trial, course, course.mli, frame) for frame in (begin, end)]
    return Estimate(
        value=other - one, sd=math.hypot(math.sqrt(2.0) * contrast_sd(course, other, HALF_CHANGE_SD), *ends)
    )


@insole_metric(
    unit="ratio", min_rate_hz=50.0, least_cells=COP_CELLS, source=FOOTSCAN,
    formula="((M1 + M2) - (M3 + M4 + M5)) / (M1 + ... + M5), impulses while loaded", typical="not known for landings",
)  # fmt: skip
def pronation_index_forefoot(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Forefoot pronation index: impulse under metatarsal heads 1 and 2 against 3 to 5, over their sum.

    Needs cells under all five: with two or three it was 0.4 to 0.6 off on a real walk.
    """
    return _regions(trial, side, where, ("m1", "m2"), ("m3", "m4", "m5"))


@insole_metric(
    unit="ratio", min_rate_hz=50.0, least_cells=COP_CELLS, source=FOOTSCAN,
    formula="(HM - HL) / (HM + HL), impulses while loaded", typical="not known for landings",
)  # fmt: skip
def pronation_index_rearfoot(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Rearfoot pronation index: impulse under the medial heel against the lateral heel, over their sum."""
    return _regions(trial, side, where, ("heel_medial",), ("heel_lateral",))


@insole_metric(
    unit="ratio", min_rate_hz=50.0, least_cells=COP_CELLS,
    source=FOOTSCAN,
    formula="((M1 + M2 + HM) - (M3 + M4 + M5 + HL)) / (all seven), impulses while loaded",
    typical="not known for landings",
)  # fmt: skip
def foot_balance(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Foot balance, variant with M3 on the lateral side: medial minus lateral impulse over their sum, + = pronation.

    As footscan groups its zones; others leave M3 out, and the two do not compare.
    """
    return _regions(trial, side, where, ("m1", "m2", "heel_medial"), ("m3", "m4", "m5", "heel_lateral"))


@insole_metric(
    unit="ratio", min_rate_hz=50.0, least_cells=SHARE_CELLS, zones_do=True, source=OURS,
    formula="impulse of the heel / impulse of the foot, while loaded",
    typical="0.05-0.5 (not checked); walking 0.3-0.5 (one walk)",
)  # fmt: skip
def heel_share(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Share of the heel in the insole's impulse while the foot is loaded."""
    course, frames = window_of(trial, side, where)
    counted = course.loaded[frames]
    heel = impulse(trial, _part(course, "heel")[frames], counted)
    value, sd = share(course, heel, impulse(trial, course.cells_n.sum(axis=1)[frames], counted))
    return Estimate(value=value, sd=sd, doubt=_few_cells(course))


@insole_metric(
    unit="s", min_rate_hz=100.0, least_cells=SHARE_CELLS, zones_do=True, source=OURS,
    formula="t(heel = 10 % of its peak) - t(forefoot = 10 % of its peak)",
    typical="0.01-0.06 in forefoot landings (not checked)",
)  # fmt: skip
def forefoot_to_heel_delay_s(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Onset of the heel minus onset of the forefoot: positive where the forefoot lands first."""
    course, frames = window_of(trial, side, where)
    whole_n = float(np.nanmax(course.cells_n.sum(axis=1)[frames], initial=0.0))
    found = []
    for name in ("heel", "forefoot"):
        part = _part(course, name)[frames]
        if float(np.nanmax(part, initial=0.0)) < STAYED_OFF * whole_n:
            raise RefusedError(f"the {name} stayed off the ground: its load never reached 5 % of the foot's peak")
        times = [_onset(part, level) / trial.sample_rate_hz for level in (ONSET, *ONSET_RANGE)]
        found.append((times[0], (times[2] - times[1]) / math.sqrt(12.0)))
    (heel_s, heel_sd_s), (fore_s, fore_sd_s) = found
    by_sampling = math.sqrt(2.0) * SAMPLING_SD / course.sample_rate_hz
    return Estimate(value=heel_s - fore_s, sd=math.hypot(heel_sd_s, fore_sd_s, by_sampling))


ENOUGH_CELLS: Final = 16
"""Fewer cells misplace load in landings: 12 simulated drop jumps on 8 cells, heel and midfoot off in the same direction
11 and 12 times."""

EARLY_TYPICAL: Final[dict[Part, tuple[str, str]]] = {
    "heel": ("the heel", "0-40 (not checked)"),
    "midfoot": ("the midfoot", "5-35 (not checked)"),
    "forefoot": ("the forefoot", "25-75 (not checked)"),
    "toes": ("hallux and toes", "5-35 (not checked)"),
}
"""Each part's name in words, and the typical share of the impulse of the first 100 ms."""


def _register_early(part: Part, words: str, typical: str) -> None:
    """Register the share of one part in the first 100 ms."""

    def compute(trial: LandingTrial, side: Side, where: Where) -> Estimate:
        return _early_share(trial, side, where, part)

    compute.__name__ = f"{part}_impulse_0_100ms_pct"
    compute.__doc__ = f"Share of {words} in the insole's impulse in the first 100 ms after the foot's touchdown."
    insole_metric(
        unit="%", min_rate_hz=100.0, least_cells=SHARE_CELLS, zones_do=True, source=OURS, typical=typical,
        formula=f"100 integral of F_{part} / integral of F, over 100 ms from touchdown",
    )(compute)  # fmt: skip


for _one, (_words, _typical) in EARLY_TYPICAL.items():
    _register_early(_one, _words, _typical)


def _early_share(trial: LandingTrial, side: Side, where: Where, part: Part) -> Estimate:
    course = course_of(trial, side, where)
    stop = frames_in(trial, EARLY_MS)
    if stop > len(course.force_n):
        raise RefusedError("the contact is shorter than 100 ms, or the recording ends in it")
    whole = course.cells_n[:stop].sum(axis=1)
    if not np.isfinite(whole).all():
        raise RefusedError("readings of the insole are missing in the first 100 ms; check its cable or its link")
    value, sd = share(course, impulse(trial, _part(course, part)[:stop]), impulse(trial, whole))
    return Estimate(value=100.0 * value, sd=100.0 * sd, doubt=_few_cells(course))


def _few_cells(course: FootCourse) -> str | None:
    """The sentence that a handful of cells puts load where it is not; None for insoles with more, and for zones."""
    if not COP_CELLS <= len(course.layout) < ENOUGH_CELLS:
        return None
    return (
        f"{len(course.layout)} cells tell parts of the foot poorly: in simulated landings they gave the heel 14 points "
        "too little and the midfoot 16 too much; compare within one foot and insole only, or use an insole of 16 cells"
    )


def _part(course: FootCourse, name: Part) -> FloatArray:
    part = course.part(name)
    if part is None:
        raise RefusedError(f"{course.layout.name} has no cell under the {name}")
    return part


def _regions(
    trial: LandingTrial, side: Side, where: Where, medial: tuple[Region, ...], lateral: tuple[Region, ...]
) -> Estimate:
    """One group of regions against the other, impulses while loaded."""
    course, frames = window_of(trial, side, where)
    there = {cell.region for cell in course.layout.cells}
    if absent := [region for region in (*medial, *lateral) if region not in there]:
        raise RefusedError(f"{course.layout.name} has no cell under {', '.join(absent)}, which this index is made of")
    sums = []
    for group in (medial, lateral):
        cells = [index for index, cell in enumerate(course.layout.cells) if cell.region in group]
        sums.append(impulse(trial, course.sole_n[frames][:, cells].sum(axis=1), course.loaded[frames]))
    value, sd = contrast(course, sums[0], sums[1])
    return Estimate(value=value, sd=sd)


def _onset(part: FloatArray, level: float) -> float:
    """Position at which a part of the foot first exceeds a share of its own peak, in frames, between two of them."""
    wanted = level * float(np.nanmax(part))
    at = int(np.argmax(part > wanted))  # NaN compares false
    if at == 0 or not math.isfinite(part[at - 1]):
        return float(at)
    return at - float((part[at] - wanted) / (part[at] - part[at - 1]))
