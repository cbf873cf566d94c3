"""The banded kernels of the fusion against dense matrices; also run as a program by compare_twins."""

from __future__ import annotations

import numpy as np

from kernels.naive_fusion import Answer, Case, solve
from landing_lab.fuse.gain_model import Wander, prior_band
from landing_lab.kernels.fusion import add_readings, back_substitute, eliminate, scaled_shape, selected_inverse

PARTS = (Wander(0.2, 0.3), Wander(0.12, 0.02))


def dense(band: np.ndarray) -> np.ndarray:
    """The symmetric matrix of a band."""
    n, width = band.shape
    out = np.zeros((n, n))
    for k in range(n):
        for j in range(min(width, n - k)):
            out[k + j, k] = out[k, k + j] = band[k, j]
    return out


def random_case(seed: int) -> tuple[Case, np.ndarray, float]:
    """A short recording of one foot: a bump of force, free-running cells, holes; with its prior as a band."""
    rng = np.random.default_rng(seed)
    per_knot, n_cells, parts = int(rng.integers(1, 7)), int(rng.integers(1, 5)), int(rng.integers(1, 3))
    period = rng.uniform(0.004, 0.008, n_cells)
    n = int(rng.integers(60, 140))
    first_s, step_s = float(rng.uniform(-1.0, 1.0)), 0.001
    shape = np.maximum(500.0 * np.sin(np.arange(n) / rng.uniform(8.0, 40.0)) + rng.normal(0.0, 20.0, n), 0.0)
    if seed % 3 == 0:
        start = int(rng.integers(0, n))
        shape[start : start + int(rng.integers(1, 8))] = np.nan
    times = [first_s + np.arange(rng.random() * one, n * step_s + 0.01, one) for one in period]
    cell = np.repeat(np.arange(n_cells), [len(one) for one in times])
    read_s = np.concatenate(times) + rng.uniform(0.0, 0.001, len(cell))
    n_knots = (n - 1) // per_knot + 2
    shares = rng.uniform(0.1, 1.0, (n_knots, n_cells))
    response = np.convolve(np.ones(8), np.convolve(np.ones(8), np.ones(8))) / 512.0
    width = int(np.ceil(3.0 * period.max() / (per_knot * step_s))) + 3
    band, log_det = prior_band(n_knots, width, PARTS[:parts], per_knot * step_s)
    case = Case(
        read_s=read_s,
        read_n=rng.uniform(0.0, 300.0, len(cell)),
        read_sd_n=rng.uniform(0.5, 20.0, len(cell)),
        cell=cell,
        period_s=period,
        response=np.concatenate([[0.0], response, [0.0]]),
        per_period=8,
        delay_s=float(rng.uniform(-0.002, 0.004)),
        shape=shape,
        first_s=first_s,
        step_s=step_s,
        shares=shares / shares.sum(axis=1, keepdims=True),
        per_knot=per_knot,
        prior_mean=float(rng.integers(0, 2)),
        prior=dense(band),
        parts=parts,
    )
    return case, band, log_det


def run(case: Case, band: np.ndarray, log_det: float, *, cut: int | None = None) -> tuple[Answer, np.ndarray]:
    """The same from the kernels, eliminated in one go or in two; and the band of the inverse."""
    size = len(band)
    band, right, seen, cost = band.copy(), np.zeros(size), np.empty(len(case.read_s)), np.zeros(2)
    used = add_readings(
        case.read_s,
        case.read_n,
        case.read_sd_n,
        case.cell,
        case.period_s,
        case.response,
        case.per_period,
        case.delay_s,
        case.shape,
        case.first_s,
        case.step_s,
        case.shares,
        case.per_knot,
        case.prior_mean,
        band,
        right,
        seen,
        cost,
    )
    middle = size if cut is None else cut
    log_root = eliminate(band, right, 0, middle) + eliminate(band, right, middle, size)
    gain, inverse, out = np.empty(size), np.zeros_like(band), np.empty((2, len(case.shape)))
    misfit = 0.5 * (float(cost.sum()) - float(right @ right) + log_det) + log_root
    back_substitute(band, right, 0, size, gain)
    selected_inverse(band, 0, size, inverse)
    scaled_shape(case.shape, case.per_knot, case.prior_mean, case.parts, gain, inverse, out)
    return Answer(used, seen, gain, np.empty(0), out[0], out[1], misfit), inverse


def compare_fusion(seed: int) -> int:
    """Number of readings on which kernel and twin agree; AssertionError where they do not."""
    case, band, log_det = random_case(seed)
    expected = solve(case)
    for cut in (None, len(band) // 3):
        found, inverse = run(case, band, log_det, cut=cut)
        assert found.used == expected.used, seed
        for name in ("seen", "gain", "force", "sd", "misfit"):
            wanted = getattr(expected, name)
            np.testing.assert_allclose(getattr(found, name), wanted, rtol=1e-6, atol=1e-6, err_msg=f"{name} {seed}")
        for k in range(len(inverse)):
            for j in range(min(inverse.shape[1], len(inverse) - k)):
                assert abs(inverse[k, j] - expected.covariance[k + j, k]) < 1e-8, (seed, k, j)
    return expected.used
