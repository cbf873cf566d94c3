"""The course of a foot on a real walk, told by FSR cells that were calibrated on its first half: shift and its SD."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from calibrate.pedar_walk import HALF_S, Foot, SensedWalk, sensed
from calibrate.walk_judgement import fit_of
from landing_lab.metrics.pressure_course import FootCourse, foot_course
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import ForceSignals
from reference import require_reference_data

LATER = (20, 40, 60, 80, 100, 150)
"""Samples at 1 kHz from the reference on."""


def courses(walk: SensedWalk, side: Foot) -> list[tuple[FootCourse, np.ndarray]]:
    """Each step of the second half as the analysis would see it, with the true medial centre of pressure."""
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
            found.append((course, walk.walk.cop_mm[first:stop, 0]))
    return found


@pytest.mark.parametrize("side", get_args(Foot))
@pytest.mark.parametrize("layout", ["infotronic_8", "fsr402_8", "fsr402_16"])
def test_shifts_err_about_as_much_as_they_say(layout: str, side: Foot) -> None:
    require_reference_data()
    off = []
    for seed in (0, 1):
        for course, true in courses(sensed(side, layout, seed), side):
            assert course.reference is not None
            at = course.reference + np.array(LATER)
            off.append((course.shift_mm[at] - (true[at] - true[course.reference])) / course.shift_sd_mm[at])
    errors = np.array(off)
    assert len(errors) >= 6
    assert 0.1 < float(np.sqrt(np.mean(errors**2))) < 1.3
    assert float(np.mean(np.abs(errors) < 2.0)) > 0.9
