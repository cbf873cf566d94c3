"""Kernels of tare, spectrum and quality against their twins, on seeded force with holes, steps and spikes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kernels import naive
from landing_lab.kernels import quality, spectrum, tare


def rows_of(seed: int, columns: int = 2, n: int = 900) -> np.ndarray:
    """Empty, loaded, empty, loaded: (columns, n) N with noise, offsets, steps and a few missing samples."""
    rng = np.random.default_rng(seed)
    load = np.zeros(n)
    edges = np.sort(rng.integers(50, n - 50, 3))
    load[edges[0] : edges[1]] = rng.uniform(200, 2000)
    load[edges[2] :] = 350.0
    rows = load + rng.normal(0, 15, (columns, 1)) + rng.normal(0, rng.choice([0.0, 0.5, 6.0]), (columns, n))
    if rng.random() < 0.5:
        rows = np.round(rows / 2.8) * 2.8
    rows[:, rng.integers(0, n, 5)] += rng.choice([0.0, 900.0, -400.0], (columns, 5))
    rows[:, rng.integers(0, n, int(rng.integers(0, 6)))] = np.nan
    return np.ascontiguousarray(rows)


@pytest.mark.parametrize("seed", range(12))
def test_sums_and_steps(seed: int) -> None:
    samples = np.ascontiguousarray(rows_of(seed, 4).T)
    row_of = np.array([1, 0, -1, 1])
    out = np.full((2, len(samples)), 7.0)
    dropped = tare.add_columns(samples, row_of, 1500.0, out)
    expected, count = naive.side_sums(samples, row_of.tolist(), 1500.0, 2)
    np.testing.assert_allclose(out, expected)
    assert dropped == count
    for row in out:
        assert tare.smallest_step(row, 1e-6) == pytest.approx(naive.least_step(row.tolist(), 1e-6))


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("seed", range(8))
def test_unloaded_blocks_offset_and_noise(seed: int, columns: int) -> None:
    rows, width, limits = rows_of(seed, columns), 25, (50.0, 40.0, 10.0)
    mean, variance = np.empty((columns, 36)), np.empty((columns + 1, 36))
    tare.measure_blocks(rows, width, mean, variance)
    chosen = tare.choose_unloaded(mean, variance, *limits)
    expected = naive.unloaded_blocks(rows.tolist(), width, limits)
    assert len(chosen) == len(expected)
    if not expected:
        return
    # Of blocks that are equally calm but for rounding, either may be left out.
    np.testing.assert_allclose(variance[-1][chosen], variance[-1][expected], atol=1e-9)
    offset, noise = np.empty(columns), np.empty(columns + 1)
    wander = tare.pool_unloaded(mean, variance, chosen, width, offset, noise)
    found = naive.tare_of(rows.tolist(), width, chosen.tolist())
    np.testing.assert_allclose(offset, found[0], atol=1e-9)
    np.testing.assert_allclose(noise, found[1], atol=1e-9)
    assert wander == pytest.approx(found[2], abs=1e-9)
    zeroed = np.empty((columns + 1, rows.shape[1]))
    tare.re_zero(rows, offset, zeroed)
    np.testing.assert_allclose(zeroed[1:], rows - offset[:, None])
    np.testing.assert_allclose(zeroed[0], (rows - offset[:, None]).sum(axis=0))


@pytest.mark.parametrize("seed", range(12))
def test_calmest_windows_and_their_levels(seed: int) -> None:
    total, width = rows_of(seed, 1)[0], 32
    out = np.zeros((4, width))
    count = spectrum.calmest_windows(total, width, 100.0, 10.0, np.ones(width), out)
    starts = naive.window_starts(total.tolist(), width, 100.0, 10.0, 4)
    energy = [sum(np.diff(total[at : at + width + 2], 2) ** 2) for at in starts]
    np.testing.assert_allclose((out[:count] ** 2).sum(axis=1), energy)
    if count:
        transform = np.fft.rfft(out[:count])
        scale, edges = np.linspace(1.0, 2.0, width // 2), np.array([2, 4, 8, 16])
        level = np.empty(3)
        spectrum.band_levels(transform, scale, edges, level)
        for b in range(3):
            part = slice(edges[b], edges[b + 1])
            assert level[b] == pytest.approx(np.log10(np.mean(scale[part] * np.abs(transform[:, part]) ** 2)))


@pytest.mark.parametrize("seed", range(6))
def test_misfit_of_a_low_pass(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log_f = np.linspace(0.9, 2.3, 9)
    level = 2.0 - 5.0 * (log_f - 0.9) + rng.normal(0, 0.4, 9)
    cutoffs = np.log10(np.geomspace(5, 400, 12))
    grids = (np.array([4.0, 8.0]), np.linspace(-4.5, -0.5, 5), np.array([2.0, 4.0, 6.0]), np.array([-2.6, 0.7, 0.35]))
    cost = np.empty(12)
    spectrum.fit_low_pass(log_f, level, -9.0, cutoffs, grids[0], grids[1], grids[2], grids[3], 30.0, cost)
    expected = [
        naive.low_pass_misfit(log_f.tolist(), level.tolist(), -9.0, c, tuple(g.tolist() for g in grids))
        for c in cutoffs.tolist()
    ]
    least = min(expected)
    for found, true in zip(cost.tolist(), expected, strict=True):
        assert found == pytest.approx(true) if true < least + 30.0 else found >= least + 30.0


@pytest.mark.parametrize("seed", range(12))
def test_what_is_looked_for_in_a_trial(seed: int) -> None:
    rows = rows_of(seed)
    rows[0, 300:320] = rows[0, 300]
    rows[1, 500:507] = np.nan
    total = rows.sum(axis=0)
    first, stop = 100, 800
    for row in (*rows, total, np.full(900, np.nan), np.zeros(900)):
        values = row.tolist()
        out = np.empty(7)
        quality.survey(row, 5.0, out)
        np.testing.assert_allclose(out, naive.survey_of(values, 5.0))
        assert quality.longest_hole(row, first, stop) == naive.hole_in(values, first, stop)
        repeats = np.empty(3)
        quality.longest_repeats(row, first, stop, 60.0, repeats)
        assert tuple(repeats[:2]) == naive.repeats_in(values, first, stop, 60.0)
        assert math.isnan(repeats[2]) == (repeats[1] == 0)
        assert quality.lone_readings(row, first, stop, 300.0, 2.0) == naive.lone_in(values, first, stop, 300.0, 2.0)
        count = quality.samples_absent(row, total, first, stop, 60.0, 0.2, 0.02)
        places = np.column_stack([np.where(total > 900.0, np.nan, row), row])
        mean = quality.mean_place_loaded(total, places, first, stop, 60.0)
        assert mean == pytest.approx(naive.mean_place(total.tolist(), places.tolist(), first, stop, 60.0), nan_ok=True)
        assert count == naive.absent_in(values, total.tolist(), (first, stop), (60.0, 0.2, 0.02))
