"""Any numbers at all: an analysis never raises and never says more than it knows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import landing_lab as ll
from landing_lab.model.channels import Side
from traces import assert_honest, on_plates

SIDES: list[tuple[Side, ...]] = [("total",), ("left", "right"), ("plate_1", "plate_2"), ("left",)]
RATES = st.sampled_from([10.0, 66.7, 80.0, 100.0, 199.0, 200.0, 1000.0, 20_000.0])
MASSES = st.sampled_from([None, 15.0, 70.0])
TASKS = st.sampled_from(["auto", "drop_jump", "squat_jump", "drop_landing"])


@settings(deadline=None, max_examples=120)
@given(st.data(), RATES, MASSES, TASKS)
def test_any_floats(data: st.DataObject, rate: float, mass_kg: float | None, task: str) -> None:
    sides = data.draw(st.sampled_from(SIDES))
    shape = (data.draw(st.integers(0, 150)), len(sides))
    force = data.draw(arrays.arrays(np.float64, shape, elements=st.floats(), fill=st.floats()))
    assert_honest(ll.analyse(on_plates(force, sample_rate_hz=rate, sides=sides), mass_kg=mass_kg, task=task))


LEVEL = st.sampled_from(
    [0.0, 0.0, 0.0, 3.0, 19.0, 21.0, 60.0, 350.0, 351.0, 700.0, 1500.0, 9000.0, -40.0, np.nan, np.inf]
)
RUN = st.tuples(LEVEL, LEVEL, st.integers(1, 120), st.booleans())


@settings(deadline=None, max_examples=250)
@given(st.lists(RUN, max_size=14), st.sampled_from(SIDES), RATES, MASSES, st.floats(0, 8), TASKS)
def test_anything_that_looks_like_contacts(
    runs: list[tuple[float, float, int, bool]],
    sides: tuple[Side, ...],
    rate: float,
    mass_kg: float | None,
    noise: float,
    task: str,
) -> None:
    parts = [np.zeros((0, 2))]
    for left, right, length, ramp in runs:
        rows = max(1, round(length * rate / 100))
        part = np.tile([left, right], (rows, 1))
        if ramp and np.isfinite([left, right]).all():
            part = part * np.linspace(0, 1, rows)[:, None]
        parts.append(part)
    force = np.concatenate(parts)[:40_000, : len(sides)]
    force = force + np.random.default_rng(1).normal(0, noise, force.shape)
    assert_honest(ll.analyse(on_plates(force, sample_rate_hz=rate, sides=sides), mass_kg=mass_kg, task=task))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 9), st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 300), LEVEL), max_size=6), MASSES)
def test_a_drop_jump_with_anything_done_to_it(
    seed: int, wounds: list[tuple[int, int, float]], mass_kg: float | None
) -> None:
    force = np.array(ll.simulate_drop_jump(seed).recording.streams["force"].samples)
    for number, (start, length, value) in enumerate(wounds):
        force[start : start + length, number % 2] = value
    assert_honest(ll.analyse(on_plates(force, sides=("left", "right")), mass_kg=mass_kg))
