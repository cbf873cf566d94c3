"""Kernels against their twins on seeded noise around the threshold; also run as a program in other processes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kernels.compare_fusion import compare_fusion
from kernels.compare_measures import compare_all
from kernels.compare_permutation import compare_permutations
from kernels.compare_pressure import compare_pressure
from kernels.naive import Settings, crossings, motion_from_end
from landing_lab.kernels.contact import STATE_DTYPE, advance
from landing_lab.kernels.motion import integrate_from_end
from landing_lab.model.events import EVENT_DTYPE

FIELDS = ("kind", "signal", "sample", "fraction", "slope", "bridged", "decided", "confirmed")


def run_kernel(
    force: np.ndarray, offset: np.ndarray, settings: Settings, cuts: Sequence[int]
) -> list[tuple[float, ...]]:
    """Crossings that the kernel confirms, block after block, as tuples of FIELDS in order of decision."""
    state = np.zeros(len(settings.threshold), STATE_DTYPE)
    state["contact"] = -1
    rows: list[tuple[float, ...]] = []
    shortest = min(settings.hold_on, settings.hold_off)
    for start, stop in zip([0, *cuts], [*cuts, len(force)], strict=True):
        block = np.ascontiguousarray(force[start:stop])
        out = np.zeros(len(state) * (len(block) // shortest + 2), EVENT_DTYPE)
        with np.errstate(invalid="ignore"):  # infinity minus infinity is missing; only uncompiled code warns of it
            written = advance(
                block,
                offset,
                np.array(settings.threshold),
                settings.band,
                settings.hold_on,
                settings.hold_off,
                settings.interpolate,
                state,
                out,
            )
        found = [tuple(row[name].item() for name in FIELDS) for row in out[:written]]
        # The kernel gives them signal by signal; the detector and the twin in the order of decision.
        rows += sorted(found, key=lambda row: (row[FIELDS.index("decided")], row[FIELDS.index("signal")]))
    assert (state["n"] == len(force)).all()
    return sorted(rows, key=lambda row: (row[FIELDS.index("decided")], row[FIELDS.index("signal")]))


def run_naive(force: np.ndarray, offset: np.ndarray, settings: Settings) -> list[tuple[float, ...]]:
    """The same from the twin."""
    return [tuple(row[name] for name in FIELDS) for row in crossings(force, offset, settings) if row["confirmed"]]


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, Settings, list[int]]:
    """Force that lingers around the threshold, with holes, spikes and infinities."""
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(1, 4))
    levels = np.array([0.0, 14.0, 15.0, 16.0, 19.999, 20.0, 24.999, 25.0, 30.0, 900.0, -30.0, np.nan, np.inf, -np.inf])
    force = np.empty((0, columns))
    for _ in range(int(rng.integers(1, 25))):
        force = np.concatenate([force, np.tile(rng.choice(levels, columns), (int(rng.integers(1, 25)), 1))])
    force = np.where(rng.random(force.shape) < 0.1, rng.choice(levels, force.shape), force)
    force = force + np.where(rng.random() < 0.5, rng.normal(0, 2, force.shape), 0.0)
    settings = Settings(
        threshold=tuple(rng.uniform(15, 40, 1 if columns == 1 else columns + 1).tolist()),
        band=float(rng.choice([0.0, 5.0, 10.0])),
        hold_on=int(rng.integers(1, 20)),
        hold_off=int(rng.integers(1, 20)),
        interpolate=bool(rng.random() < 0.7),
    )
    cuts = sorted(rng.integers(0, len(force) + 1, int(rng.integers(0, 6))).tolist())
    return np.ascontiguousarray(force), rng.normal(0, 5, columns), settings, cuts


def compare_contacts(seed: int) -> int:
    """Number of crossings on which kernel and twin agree in every field; AssertionError where they do not."""
    force, offset, settings, cuts = random_case(seed)
    found, expected = run_kernel(force, offset, settings, cuts), run_naive(force, offset, settings)
    assert found == expected, (seed, found, expected)
    return len(found)


def compare_motion(seed: int) -> None:
    """AssertionError where the integral differs from its twin by more than rounding."""
    rng = np.random.default_rng(seed)
    force = rng.uniform(0, 4000, int(rng.integers(1, 60)))
    lead, tail = float(rng.uniform(0, 1)), float(rng.uniform(0, 1))
    velocity, position = np.empty(len(force)), np.empty(len(force))
    settings = (lead, tail, 20.0, 0.001, float(rng.uniform(400, 1000)), 9.80665)
    start = integrate_from_end(force, *settings, 2.0, velocity, position)
    expected = motion_from_end(force, *settings, 2.0)
    np.testing.assert_allclose(start, expected[0], rtol=0, atol=1e-9)
    np.testing.assert_allclose(velocity, expected[1], rtol=0, atol=1e-9)
    np.testing.assert_allclose(position, expected[2], rtol=0, atol=1e-9)


if __name__ == "__main__":
    agreed = sum(compare_contacts(seed) for seed in range(150))
    for number in range(30):
        compare_motion(number)
    for number in range(150):
        compare_all(number)
        compare_pressure(number)
    for number in range(6):
        compare_fusion(number)
    for number in range(10):
        compare_permutations(number)
    print(f"{agreed} crossings agree")
