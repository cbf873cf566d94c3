"""Any numbers at all: an analysis never raises and never says more than it knows."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import landing_lab as ll
from jumps import Standing, drop_landing, on_feet
from landing_lab.model.blocks import FloatArray
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


ANY_RATE = st.sampled_from([10.0, 66.7, 80.0, 100.0, 199.0, 200.0, 450.0, 1000.0, 2000.0, 20_000.0])
ANY_TASK = st.sampled_from(["auto", "drop_jump", "drop_landing", "countermovement_jump", "squat_jump"])
ANY_MASS = st.sampled_from([None, 15.0, 70.0, 300.0])
ANY_BOX = st.sampled_from([None, 0.02, 0.3, 1.5])
EXTREME = st.sampled_from([0.0, -0.0, 5e-324, 1e-300, 1e300, -1e300, 1.7e308, math.inf, -math.inf, math.nan, 11_000.0])
JUMPS = {
    "drop jump": np.array(ll.simulate_drop_jump(3).recording.streams["force"].samples),
    "countermovement jump": on_feet(Standing().total_n(), noise_n=1.0),
    "squat jump": on_feet(Standing(dip=0.0, push=0.9, push_s=0.35).total_n(), noise_n=1.0),
    "drop landing": on_feet(drop_landing(), noise_n=1.0),
}


@settings(deadline=None, max_examples=100)
@given(st.data(), st.integers(1, 8), ANY_RATE, ANY_MASS, ANY_BOX, ANY_TASK)
def test_one_to_eight_columns_of_extremes(
    data: st.DataObject, columns: int, rate: float, mass_kg: float | None, box_m: float | None, task: str
) -> None:
    names: list[Side] = ["left", "right", "plate_1", "plate_2", "total"]
    sides = tuple(data.draw(st.lists(st.sampled_from(names), min_size=columns, max_size=columns)))
    n = data.draw(st.sampled_from([0, 1, 2, 3, 50, 700]))
    force = np.tile(data.draw(st.lists(EXTREME, min_size=columns, max_size=columns)), (n, 1)).reshape(n, columns)
    for row, column, value in data.draw(
        st.lists(st.tuples(st.integers(0, 699), st.integers(0, 7), EXTREME), max_size=5)
    ):
        if n:
            force[row % n :, column % columns] = value
    recording = on_plates(force, sample_rate_hz=rate, sides=sides)
    assert_honest(ll.analyse(recording, mass_kg=mass_kg, box_height_m=box_m, task=task))


WOUND = st.tuples(st.integers(0, 7000), st.integers(1, 400), st.one_of(EXTREME, LEVEL), st.integers(0, 1))


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(JUMPS)),
    st.lists(WOUND, max_size=5),
    st.tuples(st.integers(0, 4000), st.integers(1, 8000)),
    st.sampled_from([1, 1, 1, 5, 10, 12, 100]),
    st.sampled_from([1.0, 1.0, -1.0, 0.01, 1e6]),
    ANY_MASS,
    ANY_BOX,
    ANY_TASK,
)
def test_any_jump_cut_thinned_scaled_and_wounded(
    name: str,
    wounds: list[tuple[int, int, float, int]],
    cut: tuple[int, int],
    every: int,
    factor: float,
    mass_kg: float | None,
    box_m: float | None,
    task: str,
) -> None:
    force = factor * JUMPS[name]
    for start, length, value, column in wounds:
        force[start : start + length, column] = value
    force = force[cut[0] : cut[0] + cut[1] : every]
    recording = on_plates(force, sample_rate_hz=1000.0 / every, sides=("left", "right"))
    assert_honest(ll.analyse(recording, mass_kg=mass_kg, box_height_m=box_m, task=task))


def untrustworthy() -> dict[str, FloatArray]:
    rng = np.random.default_rng(1)
    spike = np.zeros((3000, 2))
    spike[1500] = 11_000.0
    spikes = np.zeros((3000, 2))
    spikes[::300] = 11_000.0
    return {
        "noise of 5 N": rng.normal(0, 5, (4000, 2)),
        "noise of 300 N": rng.normal(0, 300, (4000, 2)),
        "noise around a person": rng.normal(350, 200, (4000, 2)),
        "uniform noise up to 2 kN": rng.uniform(0, 2000, (4000, 2)),
        "a random walk": np.cumsum(rng.normal(0, 30, (4000, 2)), axis=0),
        "a constant": np.full((3000, 2), 350.0),
        "a small constant": np.full((3000, 2), 12.0),
        "one spike": spike,
        "ten spikes": spikes,
        "mains hum": 200 * np.sin(2 * np.pi * 50 * np.arange(3000) / 1000)[:, None] * np.ones(2),
        "a slow sine": 400 * np.sin(2 * np.pi * 1.3 * np.arange(6000) / 1000)[:, None] * np.ones(2),
        "a square wave": 400.0 * ((np.arange(6000) // 300) % 2)[:, None] * np.ones(2),
        "a ramp": np.linspace(0, 2000, 5000)[:, None] * np.ones(2),
        "telegraph noise": np.where(rng.random((5000, 1)) < 0.002, 1.0, 0.0).cumsum(axis=0) % 2 * [350.0, 350.0],
        "denormals": np.full((3000, 2), 5e-324),
        "one column of nothing": np.column_stack([np.full(3000, np.nan), rng.normal(0, 1, 3000)]),
    }


@pytest.mark.parametrize("mass_kg", [None, 70.0])
@pytest.mark.parametrize("task", ["auto", "drop_jump", "countermovement_jump", "squat_jump", "drop_landing"])
@pytest.mark.parametrize("name", untrustworthy())
def test_nothing_to_trust_is_never_ok(name: str, task: str, mass_kg: float | None) -> None:
    result = ll.analyse(on_plates(untrustworthy()[name], sides=("left", "right")), task=task, mass_kg=mass_kg)
    assert_honest(result)
    assert all(trial.status != "ok" for trial in result.trials), result


@pytest.mark.parametrize("low", [True, False])
@pytest.mark.parametrize("name", sorted(JUMPS))
def test_mass_and_box_at_their_limits(name: str, low: bool) -> None:
    mass_kg, box_m = (15.0, 0.02) if low else (300.0, 1.5)
    recording = on_plates(JUMPS[name], sides=("left", "right"))
    result = ll.analyse(recording, mass_kg=mass_kg, box_height_m=box_m)
    assert_honest(result)
    assert result.status == "flagged"  # nobody here weighs that


WRONG = [
    {"mass_kg": "70"},
    {"mass_kg": True},
    {"mass_kg": 14.9},
    {"box_height_m": 0.0},
    {"box_height_m": math.nan},
    {"task": "hop"},
    {"task": "unknown"},
    {"task": ""},
]


@pytest.mark.parametrize("how", WRONG, ids=str)
def test_wrong_arguments_are_said_and_nothing_else_is_raised(how: dict[str, object]) -> None:
    recording = on_plates(JUMPS["drop jump"], sides=("left", "right"))
    with pytest.raises(ll.LandingLabError, match=next(iter(how))):
        ll.analyse(recording, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("what", [None, "file.txt", np.zeros((5, 2)), 3])
def test_what_is_no_recording_is_said(what: object) -> None:
    with pytest.raises(ll.LandingLabError, match="Recording"):
        ll.analyse(what)  # type: ignore[arg-type]


TIMES = {
    "reversed": lambda t: t[::-1],
    "one time twice": lambda t: np.where(np.arange(len(t)) == 2500, t[2499], t),
    "all the same": np.zeros_like,
    "a jump forward of a second": lambda t: t + (np.arange(len(t)) > 2500),
    "a jump backward of a second": lambda t: t - (np.arange(len(t)) > 2500),
    "a missing time": lambda t: np.where(np.arange(len(t)) == 2500, np.nan, t),
    "milliseconds": lambda t: 1000 * t,
    "jitter": lambda t: t + np.random.default_rng(0).uniform(-4e-4, 4e-4, len(t)),
    "huge": lambda t: t + 1e12,
}


@pytest.mark.parametrize("name", TIMES)
def test_any_time_column_is_analysed_honestly_or_refused_in_words(name: str, tmp_path: Path) -> None:
    force = JUMPS["drop jump"]
    times = TIMES[name](np.arange(len(force)) / 1000.0)
    file = tmp_path / "jump.csv"
    rows = [f"{at!r},{left:.2f},{right:.2f}" for at, (left, right) in zip(times.tolist(), force.tolist(), strict=True)]
    file.write_text("\n".join(["Time (s),Left (N),Right (N)", *rows]))
    said = ""
    try:
        result = ll.analyse(ll.read(file))
    except ll.LandingLabError as error:
        said = str(error)
    if said:
        assert len(said) > 20
        return
    assert_honest(result)
    if name not in ("jitter", "milliseconds", "huge"):
        assert result.status != "ok" or result.first.notes, name


TWO_HOURS = """
import resource, sys, time
import numpy as np
import landing_lab as ll
from traces import assert_honest, on_plates

jump = np.array(ll.simulate_drop_jump(3).recording.streams["force"].samples)
assert_honest(ll.analyse(on_plates(jump, sides=("left", "right"))))
force = np.zeros((7_200_000, 2))
for at in (1_000_000, 3_600_000, 7_000_000):
    force[at : at + len(jump)] = jump
recording = on_plates(force, sides=("left", "right"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.process_time()
result = ll.analyse(recording)
assert_honest(result)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seconds, copies = time.process_time() - begin, (peak - before) * 1024 / force.nbytes
print([trial.task for trial in result.trials] == ["drop_jump"] * 3, seconds, copies)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is a Unix module")
def test_two_hours_at_1000_hz_take_seconds_and_a_few_copies() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TWO_HOURS],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found, seconds, copies = done.stdout.split()
    assert found == "True"
    assert float(seconds) < 15  # 0.8 s measured
    assert float(copies) < 5  # 2.5 measured
