"""The kernels of centre of pressure against their twins and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.naive import Path, common_cop, cop_path
from landing_lab.kernels.cop import gated_path, gather


def run(force: np.ndarray, cop: np.ndarray, *, step: float = 1.0, half: int = 0) -> Path | int:
    out = np.full(10, np.nan)
    loaded = gated_path(force, np.ascontiguousarray(cop), 0, len(force), 0.2, 50.0, step, half, out)
    if loaded < 0:
        return -loaded
    length, first, second, in_first, in_second, peak, gate, noise, added, sensitivity = out.tolist()
    return Path(length, (first, second), (in_first, in_second), peak, gate, noise, added, sensitivity, loaded)


def length_of(force: np.ndarray, cop: np.ndarray, *, step: float = 1.0, half: int = 0) -> float:
    path = run(force, cop, step=step, half=half)
    assert isinstance(path, Path)
    return path.length


@pytest.mark.parametrize("seed", range(60))
def test_kernel_equals_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 120))
    force = np.repeat(rng.choice([0.0, 40.0, 100.0, 900.0, 2000.0], n), rng.integers(1, 12, n))[:n]
    cop = np.cumsum(rng.normal(0, 1e-3, (n, 2)), axis=0) + rng.choice([0.0, 1e-3]) * rng.normal(size=(n, 2))
    step = float(rng.choice([1.0, 2.0, 4.5, 10.0, 20.0]))
    half = int((step - 1) / 2)
    cop[force <= max(0.2 * force.max(), 50)] = rng.choice([np.nan, 1e6, np.inf])
    if seed % 10 == 0:
        force[rng.integers(n)] = np.nan
    if seed % 10 == 1:
        cop[rng.integers(n)] = np.nan
    found, expected = run(force, cop, step=step, half=half), cop_path(force, cop, 0.2, 50.0, step, half)
    if isinstance(expected, int) or isinstance(found, int):
        assert found == expected
        return
    for name in ("length", "extent", "inner", "peak", "gate", "noise", "added", "sensitivity", "loaded"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-9, abs=1e-12), name


def test_a_circle_is_as_long_as_its_chords() -> None:
    angle = np.linspace(0, 2 * math.pi, 1001)
    path = run(np.full(1001, 800.0), 0.05 * np.column_stack([np.cos(angle), np.sin(angle)]), step=10.0)
    assert isinstance(path, Path)
    assert path.length == pytest.approx(100 * 2 * 0.05 * math.sin(math.pi / 100), rel=1e-12)
    assert path.length == pytest.approx(2 * math.pi * 0.05, rel=1e-3)
    assert path.extent == pytest.approx((0.1, 0.1), rel=1e-3)
    assert path.added < 1e-6


def test_garbage_below_the_gate_changes_nothing() -> None:
    force = np.concatenate([np.full(20, 30.0), np.full(50, 1000.0), np.full(20, 190.0)])
    cop = np.column_stack([np.linspace(0, 0.1, 90), np.zeros(90)])
    wild = cop.copy()
    wild[force < 200] = [[1e9, np.nan]]
    assert length_of(force, wild) == length_of(force, cop) == pytest.approx(0.1 * 49 / 89)


def test_no_path_leads_from_one_loaded_stretch_to_the_next() -> None:
    force = np.array([900.0] * 10 + [0.0] * 3 + [900.0] * 10)
    cop = np.zeros((23, 2))
    cop[13:, 0] = 0.3
    path = run(force, cop)
    assert isinstance(path, Path)
    assert path.length == 0.0
    assert path.extent == (0.3, 0.0)


def test_white_noise_is_measured_and_what_it_adds_is_about_the_whole_path() -> None:
    rng = np.random.default_rng(3)
    path = run(np.full(5000, 800.0), rng.normal(0, 0.5e-3, (5000, 2)), step=10.0, half=4)
    assert isinstance(path, Path)
    assert path.noise == pytest.approx(0.5e-3 / 3, rel=0.05)
    assert 0.5 * path.length < path.added <= path.length


@given(st.floats(-10, 10), st.floats(-10, 10), st.integers(0, 1000), st.sampled_from([1.0, 4.5, 10.0]))
def test_where_the_plate_lies_does_not_matter(x: float, y: float, seed: int, step: float) -> None:
    rng = np.random.default_rng(seed)
    force, cop = rng.uniform(0, 2000, 80), np.cumsum(rng.normal(0, 1e-3, (80, 2)), axis=0)
    here = length_of(force, cop, step=step, half=int((step - 1) / 2))
    assert length_of(force, cop + np.array([x, y]), step=step, half=int((step - 1) / 2)) == pytest.approx(
        here, abs=1e-9
    )
    assert length_of(force, -cop[:, ::-1], step=step, half=int((step - 1) / 2)) == pytest.approx(here, abs=1e-9)


@given(st.integers(2, 60), st.integers(1, 20), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))
def test_refining_the_samples_of_a_straight_line_keeps_its_length(n: int, finer: int, x: float, y: float) -> None:
    count = (n - 1) * finer + 1
    line = np.linspace(0, 1, count)[:, None] * [x, y]
    length = length_of(np.full(count, 700.0), line, step=float(finer), half=int((finer - 1) / 2))
    assert length == pytest.approx(math.hypot(x, y), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_common_centre_equals_its_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = np.column_stack([rng.choice([0.0, 9.0, 500.0, 900.0, np.nan], (50, 2)), rng.normal(size=(50, 4))])
    offset = np.array([2.0, -3.0])
    samples[:, 2:4][~(samples[:, 0] - offset[0] > 10)] = np.nan
    out = np.empty((3, 50, 2))
    gather(samples, np.array([0, 1]), offset, np.array([2, 4]), np.array([3, 5]), True, 10.0, out)
    np.testing.assert_array_equal(out[0], samples[:, 2:4])
    np.testing.assert_array_equal(out[1], samples[:, 4:6])
    expected = common_cop((samples[:, :2] - offset).T, np.stack([samples[:, 2:4], samples[:, 4:6]]), 10.0)
    np.testing.assert_allclose(out[2], expected, rtol=1e-12)
