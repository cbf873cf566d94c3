"""The walk that layouts and calibrations are judged on is the one that was measured."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.pedar_walk import dense_walk, sampled_walk


@pytest.mark.parametrize(("side", "most_n"), [("left", 850.0), ("right", 987.8)])
def test_force_is_that_of_the_file(side: str, most_n: float) -> None:
    walk = dense_walk(side)
    assert walk.force_n.max() == pytest.approx(most_n, rel=0.001)
    loaded = walk.force_n > 0.2 * most_n
    medial, along = np.nanpercentile(walk.cop_mm[loaded], [1, 99], axis=0).T
    assert -20.0 < medial[0] < medial[1] < 20.0
    assert along[1] - along[0] > 120.0, "the foot rolls from heel to toe"


@pytest.mark.parametrize(("layout", "least", "most"), [("infotronic_8", 0.04, 0.08), ("moticon_16", 0.08, 0.15)])
@pytest.mark.parametrize("side", ["left", "right"])
def test_cells_see_a_small_part_of_the_force(side: str, layout: str, least: float, most: float) -> None:
    walk = sampled_walk(side, layout)
    loaded = walk.force_n > 0.2 * walk.force_n.max()
    assert least < np.median(walk.cells_n[loaded].sum(axis=1) / walk.force_n[loaded]) < most
    assert walk.counts.shape == walk.cells_n.shape
    assert 100 < walk.counts[loaded].max() < 1023


def test_drift_changes_the_second_half_only() -> None:
    steady, drifting = sampled_walk("left", seed=3), sampled_walk("left", seed=3, drift_sd=0.15)
    half = len(steady.counts) // 2 - 1  # the last scan before is on its way to the next
    assert np.array_equal(steady.counts[:half], drifting.counts[:half])
    assert not np.array_equal(steady.counts[half:], drifting.counts[half:])
    assert np.array_equal(steady.cop_mm, drifting.cop_mm, equal_nan=True)
