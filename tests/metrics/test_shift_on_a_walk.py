"""The course of a foot on a real walk, told by FSR cells that were calibrated on its first half: shift and its SD."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from calibrate.pedar_walk import Foot, sensed
from metrics.unseen_on_a_walk import FIGURES, LAYOUTS, courses, errors
from reference import require_reference_data

pytestmark = pytest.mark.long

LATER = (20, 40, 60, 80, 100, 150)
"""Samples at 1 kHz from the reference on."""


def root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def test_shifts_err_about_as_much_as_they_say() -> None:
    """Pooled over layouts and feet; a single one may be luckier, none much worse."""
    require_reference_data()
    off: dict[tuple[str, Foot], list[np.ndarray]] = {}
    for layout in LAYOUTS:
        for side in get_args(Foot):
            for seed in (0, 1):
                walk = sensed(side, layout, seed)
                for course, frames in courses(walk, side):
                    true = walk.walk.cop_mm[frames, 0]
                    assert course.reference is not None
                    at = course.reference + np.array(LATER)
                    error = course.shift_mm[at] - (true[at] - true[course.reference])
                    off.setdefault((layout, side), []).append(error / course.shift_sd_mm[at])
    each = {case: root_mean_square(np.array(errors_)) for case, errors_ in off.items()}
    together = np.concatenate([np.ravel(errors_) for errors_ in off.values()])
    assert 0.4 < root_mean_square(together) < 1.5
    assert max(each.values()) < 1.5, each
    assert float(np.mean(np.abs(together) < 2.0)) > 0.9


@pytest.mark.parametrize("layouts", [LAYOUTS[:2], LAYOUTS[2:]], ids=["8 cells", "16 cells"])
def test_indices_shares_and_peaks_err_about_as_much_as_they_say(layouts: tuple[str, ...]) -> None:
    """Beside the same of all 99 cells: every constant of metrics/_pressure, pooled over layouts and feet."""
    require_reference_data()
    found = [errors(layout, (0, 1)) for layout in layouts]
    for name in FIGURES:
        ratio = root_mean_square(np.concatenate([one[name] for one in found]))
        assert 0.4 < ratio < 1.5, name
