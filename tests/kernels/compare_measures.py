"""Kernels that measure a contact and standing against their twins; also run as a program by compare_twins."""

from __future__ import annotations

import math

import numpy as np

from kernels import naive
from landing_lab.kernels.impact import IMPACT_DTYPE, SPAN_DTYPE, measure_impact, measure_span
from landing_lab.kernels.motion import MOTION_DTYPE, move, net_impulse
from landing_lab.kernels.stance import first_rest, mean_square_off_weight, quietest_window

DT, GRAVITY = 0.001, 9.80665


def _same(found: np.void, expected: dict[str, float], scale: float, what: object) -> None:
    """Every field of a row equals the twin's; a field the twin does not name is NaN."""
    assert found.dtype.names is not None
    for name in found.dtype.names:
        value, wanted = float(found[name]), float(expected.get(name, math.nan))
        same = np.isclose(value, wanted, rtol=1e-9, atol=1e-9 * max(1.0, scale), equal_nan=True)
        assert same, (name, value, wanted, what)
    assert set(expected) <= set(found.dtype.names)


def _scale(force: np.ndarray) -> float:
    return float(np.abs(force[np.isfinite(force)]).sum()) if np.isfinite(force).any() else 0.0


def compare_impact(force: np.ndarray, how: naive.ImpactSettings) -> None:
    """AssertionError where one contact is measured differently."""
    out = np.zeros(1, IMPACT_DTYPE)
    with np.errstate(invalid="ignore"):
        measure_impact(
            force,
            how.start,
            how.stop,
            how.edge_n,
            how.blur_n,
            how.blur_fraction,
            how.prominence_n,
            how.first_peak,
            how.slope,
            how.short,
            how.long,
            out,
        )
        _same(out[0], naive.impact(force, how), _scale(force), (force.tolist(), how))


def compare_span(force: np.ndarray, start: float, stop: float, start_n: float) -> None:
    """AssertionError where a stretch is measured differently."""
    out = np.zeros(1, SPAN_DTYPE)
    with np.errstate(invalid="ignore"):
        measure_span(force, start, stop, start_n, out)
        _same(out[0], naive.span(force, start, stop, start_n), _scale(force), (force.tolist(), start, stop, start_n))


def compare_moves(force: np.ndarray, edge: float, settings: np.ndarray, *, from_slowest: bool) -> None:
    """AssertionError where any of the perturbed motions differs."""
    out = np.zeros(len(settings), MOTION_DTYPE)
    move(force, edge, DT, GRAVITY, from_slowest, settings, out)
    for row, (lead, tail, weight, velocity, factor) in zip(out, settings.tolist(), strict=True):
        expected = naive.describe_motion(
            force * factor, lead, tail, edge, DT, weight, GRAVITY, velocity, from_slowest=from_slowest
        )
        found = row.copy()
        if not np.ptp(force) > 1e-6:  # rounding decides whether constant force varies at all
            found["spring_r"] = expected["spring_r"] = math.nan
        for name in ("slowest", "slowest_velocity"):  # of equal velocities rounding chooses
            if name == "slowest" and "slowest" in expected and found[name] != expected[name]:
                assert math.isclose(found["slowest_velocity"], expected["slowest_velocity"], abs_tol=1e-9)
                found[name] = expected[name]
        _same(found, expected, 10.0, (force.tolist(), edge, lead, tail, weight, velocity, factor, from_slowest))


def compare_net_impulse(force: np.ndarray, start: float, stop: int, weight: float, edge: float) -> None:
    """AssertionError where the net impulse differs."""
    found = net_impulse(force, start, stop, weight, edge, DT)
    expected = naive.net_impulse(force, start, stop, weight, edge, DT)
    assert np.isclose(found, expected, rtol=1e-9, atol=1e-9 * max(1.0, _scale(force)), equal_nan=True), (
        found,
        expected,
    )


def compare_quietest(force: np.ndarray, width: int, least_n: float) -> None:
    """AssertionError where another window is quieter than the one found, or its mean and SD are wrong."""
    out = np.full(2, math.nan)
    start = quietest_window(force, width, least_n, out)
    # Running sums lose digits: a window at the very limit of least_n, or as quiet but for rounding, is either's choice.
    blur = 1e-6 * max(1.0, float(np.nanmax(np.abs(np.where(np.isfinite(force), force, 0.0)), initial=0.0)))
    windows = naive.windows_of_standing(force, width, least_n - blur)
    clear = {at: window for at, window in windows.items() if window[0] > least_n + blur}
    if start < 0:
        assert not clear, (force.tolist(), width)
        return
    assert start in windows, (force.tolist(), width, start)
    mean, sd = windows[start]
    assert np.allclose(out, (mean, sd), rtol=1e-9, atol=blur), (out, mean, sd)
    assert all(sd / mean <= other_sd / other + blur / mean for other, other_sd in clear.values())


def compare_rest(force: np.ndarray, start: int, weight: float, tolerance: float, hold: int) -> None:
    """AssertionError where rest begins elsewhere."""
    found = first_rest(force, start, weight, tolerance, hold)
    assert found == naive.first_rest(force, start, weight, tolerance, hold), (force.tolist(), start, weight, hold)


def compare_mean_square(force: np.ndarray, start: int, stop: int, weight: float) -> None:
    """AssertionError where the mean square differs."""
    with np.errstate(invalid="ignore"):
        found = mean_square_off_weight(force, start, stop, weight)
    expected = naive.mean_square_off_weight(force, start, stop, weight)
    assert np.isclose(found, expected, rtol=1e-9, equal_nan=True), (found, expected)


def random_force(rng: np.random.Generator, *, holes: bool) -> np.ndarray:
    """Plateaus, ties, noise, spikes and missing samples; 1 to 80 of them."""
    n = int(rng.integers(1, 81))
    levels = np.array([0.0, 20.0, 20.0, 350.0, 699.0, 700.0, 701.0, 700.0, 1400.0, 2100.0, 11_000.0])
    force = np.repeat(rng.choice(levels, n), rng.integers(1, 9, n))[:n]
    if rng.random() < 0.5:
        force = force + rng.normal(0, float(rng.choice([0.1, 30.0])), n)
    if rng.random() < 0.3:
        force = force[0] + 1500 * np.sin(np.linspace(0, 3, n)) ** 2
    if holes and rng.random() < 0.4:
        force[rng.random(n) < 0.1] = rng.choice([math.nan, math.inf, -math.inf])
    return np.ascontiguousarray(force)


def random_impact(rng: np.random.Generator, n: int) -> naive.ImpactSettings:
    """A contact anywhere in an array of n samples, its ends at samples or between them."""
    start, stop = np.sort(rng.choice([0.0, n - 1.0, *rng.uniform(0, n - 1, 6), *rng.integers(0, n, 3)], 2))
    return naive.ImpactSettings(
        start=float(start),
        stop=float(stop),
        edge_n=float(rng.choice([20.0, 0.0, 700.0, 5000.0])),
        blur_n=float(rng.choice([0.0, 3.0, 100.0])),
        blur_fraction=float(rng.choice([0.0, 0.05])),
        prominence_n=float(rng.choice([70.0, 1.0, 1000.0, math.nan])),
        first_peak=float(rng.choice([0.5, 6.0, 60.0])),
        slope=int(rng.choice([1, 2, 5, 100])),
        short=float(rng.choice([0.4, 4.0, 5.5, 50.0])),
        long=float(rng.choice([0.8, 8.0, 10.3, 100.0])),
    )


@np.errstate(invalid="ignore")  # infinity minus infinity is missing; only uncompiled code warns of it
def compare_all(seed: int) -> None:
    """AssertionError where any kernel of this file differs from its twin on what the seed makes."""
    rng = np.random.default_rng(seed)
    force, whole = random_force(rng, holes=True), random_force(rng, holes=False)
    n = len(force)
    compare_impact(force, random_impact(rng, n))
    start, stop = sorted(rng.uniform(-2.0, n + 1.0, 2).tolist())
    compare_span(force, start, stop, float(rng.choice([math.nan, 20.0])))
    first, last = sorted(rng.integers(0, n, 2).tolist())
    compare_span(force, first, last, math.nan)
    compare_net_impulse(force, max(0.0, first - float(rng.choice([0.0, 0.25, 0.999]))), last, 700.0, 20.0)
    settings = np.array(
        [
            (rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(500, 900), rng.uniform(-0.2, 3), rng.uniform(0.98, 1.02))
            for _ in range(3)
        ]
    )
    compare_moves(whole, 20.0, settings, from_slowest=bool(rng.random() < 0.5))
    compare_quietest(force, int(rng.integers(0, 20)), float(rng.choice([100.0, 1.0, 699.5])))
    compare_rest(
        force, int(rng.integers(0, n + 1)), 700.0, float(rng.choice([0.05, 0.0, 0.5])), int(rng.integers(1, 9))
    )
    compare_mean_square(force, first, last + 1, 700.0)
