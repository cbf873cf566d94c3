"""The course of a foot on a real walk, told by FSR cells that were calibrated on its first half: shift and its SD."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from calibrate.pedar_walk import HALF_S, Foot, SensedWalk, sensed
from calibrate.walk_judgement import fit_of
from landing_lab.metrics._pressure import INDEX_SD, SHARE_SD, unseen
from landing_lab.metrics.pressure_course import FootCourse, foot_course
from landing_lab.model.insole_layout import PARTS, shipped_layouts
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import ForceSignals
from reference import require_reference_data

LATER = (20, 40, 60, 80, 100, 150)
"""Samples at 1 kHz from the reference on."""


def courses(walk: SensedWalk, side: Foot) -> list[tuple[FootCourse, slice]]:
    """Each step of the second half as the analysis would see it, with its frames in the walk."""
    fit = fit_of(walk)
    assert fit.arms_mm is not None
    assert fit.cop_sd_mm is not None
    foot = FootPressure(
        layout=walk.layout,
        cells_n=np.maximum(fit.law.force_n(walk.above) * fit.weight, 0.0),
        arms_mm=fit.arms_mm,
        calibrated=True,
        force_sd_fraction=0.1,
        cop_sd_mm=fit.cop_sd_mm,
        source="a walk",
        sole=walk.layout.area_mm2 / (walk.layout.sensing_area_mm2 or 1.0) / fit.weight,
    )
    signals = ForceSignals(
        times_s=walk.walk.times_s,
        force_n={"total": walk.walk.force_n, side: walk.walk.force_n},
        sample_rate_hz=1.0 / float(np.median(np.diff(walk.walk.times_s))),
        offset_n={},
        noise_n={},
        resolution_n=0.0,
        sensor_kind="insole_plate",
        source="a walk",
        pressure={side: foot},
    )
    found = []
    for start_s, stop_s in walk.walk.steps_s:
        if start_s >= HALF_S:
            first, stop = np.searchsorted(walk.walk.times_s, (start_s, stop_s)).tolist()
            course = foot_course(signals, side, first, stop)
            assert not isinstance(course, str), course
            found.append((course, slice(first, stop)))
    return found


@pytest.mark.parametrize("side", get_args(Foot))
@pytest.mark.parametrize("layout", ["infotronic_8", "fsr402_8", "fsr402_16"])
def test_shifts_err_about_as_much_as_they_say(layout: str, side: Foot) -> None:
    require_reference_data()
    off = []
    for seed in (0, 1):
        walk = sensed(side, layout, seed)
        for course, frames in courses(walk, side):
            true = walk.walk.cop_mm[frames, 0]
            assert course.reference is not None
            at = course.reference + np.array(LATER)
            off.append((course.shift_mm[at] - (true[at] - true[course.reference])) / course.shift_sd_mm[at])
    errors = np.array(off)
    assert len(errors) >= 6
    assert 0.1 < float(np.sqrt(np.mean(errors**2))) < 1.3
    assert float(np.mean(np.abs(errors) < 2.0)) > 0.9


@pytest.mark.parametrize("side", get_args(Foot))
@pytest.mark.parametrize("layout", ["infotronic_8", "fsr402_8", "fsr402_16"])
def test_indices_and_shares_err_about_as_much_as_they_say(layout: str, side: Foot) -> None:
    """Beside the same of all 99 cells: the medial-lateral index at peak force, and each part's share of the impulse."""
    require_reference_data()
    dense = shipped_layouts()["pedar_99"]
    index, shares = [], []
    for seed in (0, 1):
        walk = sensed(side, layout, seed)
        for course, frames in courses(walk, side):
            true = walk.walk.pressure_kpa[frames] * dense.area_mm2 / 1000.0
            loaded = course.loaded & np.isfinite(course.cop_mm[:, 0])
            p, q = (
                true[course.peak] @ one / (dense.area_mm2 @ one) for one in (dense.medial_share, 1 - dense.medial_share)
            )
            index.append((course.mli[course.peak] - (p - q) / (p + q)) / unseen(course, INDEX_SD))
            told = [course.part_n[loaded, course.parts.index(part)].sum() for part in PARTS]
            known = [true[loaded][:, [cell.part == part for cell in dense.cells]].sum() for part in PARTS]
            shares.append((np.array(told) / sum(told) - np.array(known) / sum(known)) / unseen(course, SHARE_SD))
    assert 0.1 < float(np.sqrt(np.mean(np.square(index)))) < 1.5
    assert 0.1 < float(np.sqrt(np.mean(np.square(shares)))) < 1.5
