"""What was done: every task, alone and mixed, and what is none of them and must not be called one."""

from __future__ import annotations

import numpy as np
import pytest

import landing_lab as ll
from jumps import GRAVITY, Standing, drop_landing, landing, on_feet, quiet, step_off, step_on
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import Result
from traces import assert_honest, on_plates, value_of

FEET: tuple[Side, Side] = ("left", "right")
DROP_JUMP = np.array(ll.simulate_drop_jump(3, drop_height_m=0.3, mass_kg=70.0).recording.streams["force"].samples)
WEIGHT_N = float(DROP_JUMP[-1000:].sum(axis=1).mean())
CMJ = Standing(weight_n=WEIGHT_N)
SQUAT = Standing(weight_n=WEIGHT_N, dip=0.0, push=0.9, push_s=0.35)


def look(force: FloatArray, *, share: float = 0.5, sides: tuple[Side, ...] = FEET, **how: object) -> Result:
    """force: (n,) is shared between the plates, (n, c) is taken as it is; 1 N of noise is added."""
    columns = on_feet(force, left_share=share) if force.ndim == 1 and len(sides) == 2 else force.reshape(len(force), -1)
    noisy = columns + np.random.default_rng(5).normal(0, 1, columns.shape)
    result = ll.analyse(on_plates(noisy, sides=sides), **how)  # type: ignore[arg-type]
    assert_honest(result)
    return result


def tasks_of(result: Result) -> list[str]:
    return [trial.task for trial in result.trials]


def joined(*parts: FloatArray) -> FloatArray:
    return np.concatenate([part.sum(axis=1) if part.ndim == 2 else part for part in parts])


ONE = {
    "drop_jump": joined(DROP_JUMP),
    "countermovement_jump": CMJ.total_n(),
    "squat_jump": SQUAT.total_n(),
    "drop_landing": drop_landing(WEIGHT_N),
}


@pytest.mark.parametrize("sides", [FEET, ("plate_1", "plate_2"), ("total",)])
@pytest.mark.parametrize("task", ONE)
def test_each_task_alone(task: str, sides: tuple[Side, ...]) -> None:
    result = look(ONE[task], sides=sides)
    assert (tasks_of(result), result.status) == ([task], "ok")


@pytest.mark.parametrize("around", ["before", "after", "both"])
@pytest.mark.parametrize("task", ONE)
def test_stepping_on_and_off_is_no_trial(task: str, around: str) -> None:
    falls = task in ("drop_jump", "drop_landing")
    before = [step_on(WEIGHT_N), *([step_off(WEIGHT_N)] if falls else [])]
    parts = [*(before if around != "after" else []), ONE[task], *([step_off(WEIGHT_N)] if around != "before" else [])]
    assert tasks_of(look(joined(*parts))) == [task]


def test_a_file_of_every_task_in_any_order() -> None:
    rng = np.random.default_rng(0)
    for _ in range(6):
        order = [str(task) for task in rng.permutation(list(ONE))]
        parts = [quiet(1)]
        for task in order:
            if task.endswith(("t_jump", "countermovement_jump")):
                parts.append(step_on(WEIGHT_N))
            parts += [ONE[task], step_off(WEIGHT_N)]
        result = look(joined(*parts))
        assert tasks_of(result) == order
        assert [trial.status for trial in result.trials] == ["ok"] * 4


def test_jumps_one_after_another_share_their_standing() -> None:
    result = look(joined(CMJ.total_n(), CMJ.total_n()[1500:], SQUAT.total_n()[1000:]))
    assert tasks_of(result) == ["countermovement_jump", "countermovement_jump", "squat_jump"]
    heights = [trial.table.get("jump_height_flight_time_m") for trial in result.trials]
    assert [row is not None and row.value == pytest.approx(row.value) for row in heights] == [True] * 3
    assert heights[0] is not None
    assert heights[0].value == pytest.approx(CMJ.velocity**2 / (2 * GRAVITY), rel=0.02)


@pytest.mark.parametrize("lag_ms", [10, 60])
def test_one_foot_leaves_and_lands_first(lag_ms: int) -> None:
    total = CMJ.total_n()
    left, right = 0.5 * total, 0.5 * total
    cut = round(1000 * CMJ.cut_s)
    left[cut - lag_ms : cut], right[cut - lag_ms : cut] = 0.0, total[cut - lag_ms : cut]
    result = look(np.column_stack([left, right]))
    assert tasks_of(result) == ["countermovement_jump"]
    first, last = (result.events.get("take_off", side) for side in FEET)
    assert first is not None
    assert last is not None
    assert last.time_s - first.time_s == pytest.approx(lag_ms / 1000, abs=0.002)


def test_a_single_leg_landing_on_two_plates() -> None:
    alone = look(ONE["drop_landing"], share=1.0)
    assert (tasks_of(alone), alone.status) == (["drop_landing"], "flagged")
    assert "landing on one leg" in str(alone.reason)
    known = look(ONE["drop_landing"], share=1.0, mass_kg=WEIGHT_N / GRAVITY)
    assert (tasks_of(known), known.status) == (["drop_landing"], "ok")
    assert look(ONE["drop_landing"], sides=("total",)).status == "ok"


def walking_step(length_ms: int) -> FloatArray:
    """A step of walking: two humps above body weight and 0.75 between."""
    return WEIGHT_N * np.interp(np.arange(length_ms) / length_ms, [0, 0.2, 0.5, 0.8, 1], [0, 1.15, 0.75, 1.15, 0])


def run_step() -> FloatArray:
    return 2.3 * WEIGHT_N * np.sin(np.pi * np.arange(230) / 230)


def bounce(count: int, *, contact_ms: int = 200, flight_ms: int = 300) -> FloatArray:
    """Hops that repeat themselves, from the first touchdown on."""
    peak = np.pi / 2 * (contact_ms + flight_ms) / contact_ms
    hop = [WEIGHT_N * peak * np.sin(np.pi * np.arange(contact_ms) / contact_ms), np.zeros(flight_ms)]
    return np.concatenate(hop * count)


def walked_over() -> FloatArray:
    feet = np.zeros((4000, 2))
    feet[1000:1700, 0], feet[1600:2300, 1] = walking_step(700), walking_step(700)
    return feet


STAND = WEIGHT_N * np.ones(3000)
SHIFT = 0.4 * WEIGHT_N * np.sin(np.arange(8000) / 800.0)
NONE = {
    "walking over two plates": (walked_over(), {}),
    "walking over two plates, mass known": (walked_over(), {"mass_kg": 70.0}),
    "one step on one plate": (joined(quiet(1), walking_step(700), quiet(2)), {}),
    "standing": (STAND, {}),
    "shifting weight": (np.column_stack([0.5 * WEIGHT_N + SHIFT, 0.5 * WEIGHT_N - SHIFT]), {}),
    "a squat without a jump": (
        joined(STAND, WEIGHT_N * (1 - 0.4 * np.sin(2 * np.pi * np.arange(1000) / 1000)), STAND),
        {},
    ),
    "a jump off the plates": (joined(CMJ.total_n()[: round(1000 * CMJ.cut_s)], quiet(3)), {}),
    "a jump off the plates and a walk back": (
        joined(CMJ.total_n()[: round(1000 * CMJ.cut_s)], quiet(3), step_on(WEIGHT_N)),
        {},
    ),
    "one person jumps while another stands": (
        np.column_stack([CMJ.total_n(), np.full(len(CMJ.total_n()), 550.0)]),
        {},
    ),
    "a knock on empty plates": (joined(quiet(1), np.full(60, 90.0), quiet(0.3), np.full(60, 90.0), quiet(2)), {}),
    "40 N of drift back and forth": (np.repeat([0.0, 40.0, 0.0, 40.0, 0.0], [1000, 400, 300, 900, 1000]), {}),
    "stepping on and off twice": (joined(step_on(WEIGHT_N), step_off(WEIGHT_N), step_on(WEIGHT_N)), {}),
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_trial_is_refused_with_a_reason(name: str) -> None:
    force, how = NONE[name]
    result = look(force, **how)
    assert (tasks_of(result), result.status) == (["unknown"], "refused")
    assert len(str(result.reason)) > 20


def test_two_walking_steps_on_one_plate_are_no_drop_jump() -> None:
    steps = joined(quiet(1), walking_step(700), quiet(0.4), walking_step(700), quiet(2))
    result = look(steps, sides=("total",), mass_kg=WEIGHT_N / GRAVITY)
    assert tasks_of(result) == ["unknown"]
    assert "walked over" in str(result.reason)
    blind = look(steps, sides=("total",))  # nothing to compare force with: doubted, not believed
    assert blind.status == "flagged"
    assert "two steps of a walk or a run" in str(blind.reason)


@pytest.mark.parametrize("how", [{}, {"mass_kg": 70.0}])
def test_two_running_steps_are_never_ok(how: dict[str, float]) -> None:
    result = look(joined(quiet(1), run_step(), quiet(0.22), run_step(), quiet(2)), sides=("total",), **how)
    assert result.status == "flagged"
    assert "two steps of a walk or a run" in str(result.reason)


@pytest.mark.parametrize("begins", ["empty", "standing"])
def test_hopping_on_the_spot_is_one_doubted_trial(begins: str) -> None:
    start = quiet(1) if begins == "empty" else CMJ.total_n()[: round(1000 * CMJ.landing_s)]
    stand = WEIGHT_N * landing(np.arange(3000) / 1000, 2.5)
    result = look(joined(start, bounce(8), stand))
    assert tasks_of(result) == ["drop_jump" if begins == "empty" else "countermovement_jump"]
    assert result.status == "flagged"
    assert "hopping" in str(result.reason)


@pytest.mark.parametrize("peak_n", [400.0, 1500.0])
def test_a_box_put_on_the_plates_is_doubted(peak_n: float) -> None:
    box = joined(quiet(1), np.interp(np.arange(300), [0, 20, 60, 300], [0, peak_n, 150, 200]), np.full(3000, 200.0))
    result = look(box)
    assert result.status == "flagged"
    assert "thing put on the plates" in str(result.reason)
    assert look(box, mass_kg=70.0).status == "flagged"
    child = look(box, mass_kg=200.0 / GRAVITY)
    assert (tasks_of(child), child.status) == (["drop_landing"], "ok")


def test_two_people_one_after_the_other_are_weighed_each() -> None:
    heavy, light = Standing(weight_n=800.0), Standing(weight_n=550.0)
    parts = (step_on(800.0), heavy.total_n(), step_off(800.0), step_on(550.0), light.total_n(), step_off(550.0))
    result = look(joined(*parts))
    assert tasks_of(result) == ["countermovement_jump"] * 2
    weights = [trial.table.get("body_weight_n") for trial in result.trials]
    assert [
        row is not None and row.value == pytest.approx(n, rel=0.005) for row, n in zip(weights, (800, 550), strict=True)
    ] == [True, True]
    assert sorted(trial.status for trial in result.trials) == ["flagged", "ok"]
    assert any("another person" in str(trial.reason) for trial in result.trials)
    for trial in result.trials:
        row = trial.table.get("landing_peak_force_bw")
        assert row is not None
        assert row.value == pytest.approx(3.0, abs=0.03)


def test_a_drop_landing_after_which_somebody_jumps_off_is_a_drop_landing() -> None:
    force = joined(drop_landing(WEIGHT_N), CMJ.total_n()[: round(1000 * CMJ.cut_s)], quiet(3))
    result = look(force)
    assert tasks_of(result) == ["drop_landing"]
    assert value_of(result, "landing_peak_force_bw") == pytest.approx(3.5, abs=0.03)


def test_a_recording_that_begins_in_the_countermovement_is_not_called_a_squat_jump() -> None:
    for into_ms in (100, 150, 250):
        result = look(CMJ.total_n()[round(1000 * CMJ.onset_s) + into_ms :])
        assert result.task != "squat_jump"
        assert result.status == "flagged"
