"""Counts to newton is the inverse of the nominal law of the sensors."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.calibrate.counts import fsr_force_n, load_cell_force_n
from landing_lab.model import nominal
from landing_lab.sim import fsr


def test_ideal_fsr_cells_read_their_force() -> None:
    force = np.tile(np.concatenate([np.zeros(5), np.geomspace(0.5, 80, 200)])[:, None], (1, 8))
    counts = fsr.read_cells(force, fsr.ideal_parts(), rng=np.random.default_rng(0))
    found = fsr_force_n(counts)
    assert found[0].tolist() == [0.0] * 8
    one_count = np.abs(fsr_force_n(np.minimum(counts + 1, 1023)) - found)
    step = np.abs(np.diff(force, axis=0, append=force[-1:]))  # the channels of a scan are read one after the other
    assert (np.abs(found - force) <= 0.6 * one_count + 0.4 * step + 1e-9).all()


def test_fsr_law_by_hand() -> None:
    # 10 kOhm at 1 N above a resistor of 1 kOhm: 1/11 of the supply.
    assert fsr_force_n(np.array([1024 / 11])) == pytest.approx(1.0, rel=1e-9)
    # 2 N conduct 2^0.78 times as much.
    ratio = 2**0.78 / 10
    assert fsr_force_n(np.array([1024 * ratio / (1 + ratio)])) == pytest.approx(2.0, rel=1e-9)


def test_every_count_is_a_finite_force() -> None:
    force = fsr_force_n(np.arange(-5, 1030, dtype=np.int32))
    assert np.isfinite(force).all()
    assert (np.diff(force) >= 0).all()
    assert force[0] == 0.0


def test_load_cell_scale() -> None:
    counts = np.array([0, 21386, -21386, nominal.HX711_HIGHEST_COUNT], dtype=np.int32)
    np.testing.assert_allclose(load_cell_force_n(counts), [0, 10, -10, (2**23 - 1) / 2138.6])
