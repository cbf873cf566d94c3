"""Traces that break analyses: each gives a result or a stated reason (definitions.md, cautionary traces)."""

from __future__ import annotations

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import Result
from traces import assert_honest, on_plates, value_of

FEET: tuple[Side, Side] = ("left", "right")
TRIAL = ll.simulate_drop_jump(3, drop_height_m=0.3, mass_kg=70.0, take_off_delay_ms=8.0)
JUMP: FloatArray = np.array(TRIAL.recording.streams["force"].samples)
AT = {name: round(1000 * TRIAL.truth.events[name, "total"]) for name in ("touchdown", "take_off", "landing")}
RNG = np.random.default_rng(0)


def look(force: FloatArray, *, rate: float = 1000.0, sides: tuple[Side, ...] = FEET, **how: object) -> Result:
    result = ll.analyse(on_plates(force, sample_rate_hz=rate, sides=sides), **how)  # type: ignore[arg-type]
    assert_honest(result)
    return result


def changed(rows: slice | int, value: float, column: slice | int = slice(None)) -> FloatArray:
    force = JUMP.copy()
    force[rows, column] = value
    return force


def walking_on(seconds: float, *, rate: float = 1000.0) -> FloatArray:
    """Somebody steps onto the plates with one foot after the other, stands, and steps off again."""
    n = round(seconds * rate)
    ramp = np.clip(np.arange(n) / (0.25 * rate), 0, 1)
    left = 350.0 * np.minimum(ramp, ramp[::-1])
    right = 350.0 * np.minimum(np.roll(ramp, round(0.2 * rate)) * (np.arange(n) > 0.2 * rate), ramp[::-1] * 1.0)
    return np.column_stack([left, right]) + RNG.normal(0, 1, (n, 2))


EMPTY = RNG.normal(0, 1, (1500, 2))

REFUSED = {
    "nothing at all": (np.zeros((0, 2)), "missing"),
    "one sample": (np.zeros((1, 2)), "nobody stood"),
    "one loaded sample": (np.full((1, 2), 350.0), "no flight"),
    "empty plates": (np.zeros((5000, 2)), "nobody stood"),
    "empty noisy plates": (np.tile(EMPTY, (3, 1)), "nobody stood"),
    "standing": (np.full((5000, 2), 350.0), "stands on the plates"),
    "all missing": (np.full((5000, 2), np.nan), "missing"),
    "all infinite": (np.full((5000, 2), np.inf), "missing"),
    "infinities of both signs": (np.where(RNG.random((5000, 2)) > 0.5, np.inf, -np.inf), "missing"),
    "beyond any plate": (np.full((5000, 2), 1e300), "missing"),
    "overflowing": (np.where(RNG.random((5000, 2)) > 0.5, 1.7e308, -1.7e308), "missing"),
    "upside down": (-JUMP, "nobody stood"),
    "one dead plate, no numbers": (changed(slice(None), np.nan, 0), "missing"),
    "ends in flight": (JUMP[: AT["landing"] - 50], "no flight"),  # nobody stood still: no weight to know a push by
    "ends at take-off": (JUMP[: AT["take_off"] + 10], "no flight"),
    "steps on and off": (np.concatenate([EMPTY, walking_on(3.0), EMPTY]), "no flight"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name: str) -> None:
    force, reason = REFUSED[name]
    result = look(force)
    assert (result.status, result.task) == ("refused", "unknown")
    assert reason in str(result.reason)


def test_a_recording_that_begins_in_contact_is_no_squat_jump() -> None:
    result = look(JUMP[AT["touchdown"] + 60 :])
    assert (result.task, result.status) == ("unknown", "flagged")
    assert "a drop jump cut short" in str(result.reason)
    assert value_of(result, "flight_time_s") == pytest.approx(TRIAL.truth.metrics["flight_time_s", "total"], abs=0.002)


DROP_JUMPS = {
    "as it is": JUMP,
    "25 N of offset": JUMP + 25.0,
    "-25 N of offset": JUMP - 25.0,
    "offsets of different size": JUMP + np.array([25.0, -12.0]),
    "11 kN in flight of one sample": changed(AT["take_off"] + 200, 11_000.0, 0),
    "11 kN on the empty plates": changed(100, 11_000.0),
    "an infinite sample in contact": changed(AT["touchdown"] + 50, np.inf, 1),
    "a missing sample in contact": changed(AT["touchdown"] + 50, np.nan, 1),
    "30 ms missing in contact": changed(slice(AT["touchdown"] + 50, AT["touchdown"] + 80), np.nan),
    "30 ms missing on one plate in flight": changed(slice(AT["take_off"] + 50, AT["take_off"] + 80), np.nan, 0),
    "touchdown missing": changed(slice(AT["touchdown"] - 10, AT["touchdown"] + 10), np.nan),
    "one dead plate, zeros": changed(slice(None), 0.0, 0),
    "one dead plate, stuck": changed(slice(None), 13.0, 0),
    "ends 0.1 s after landing": JUMP[: AT["landing"] + 100],
    "2.8 N steps": np.round(JUMP / 2.8) * 2.8,
    "5 N of noise": JUMP + RNG.normal(0, 5, JUMP.shape),
    "half the force": 0.5 * JUMP,
}


@pytest.mark.parametrize("name", DROP_JUMPS)
def test_still_a_drop_jump(name: str) -> None:
    result = look(DROP_JUMPS[name])
    assert [trial.task for trial in result.trials] == ["drop_jump"]
    if "dead" not in name:
        tolerance = 0.015 if "touchdown missing" in name else 0.006
        assert value_of(result, "contact_time_s") == pytest.approx(
            TRIAL.truth.metrics["contact_time_s", "total"], abs=tolerance
        )
        assert value_of(result, "flight_time_s") == pytest.approx(
            TRIAL.truth.metrics["flight_time_s", "total"], abs=0.006
        )


def test_offset_is_found_and_removed() -> None:
    plain, offset = look(JUMP), look(JUMP + np.array([25.0, -12.0]))
    for row, other in zip(plain.first.table, offset.first.table, strict=True):
        assert row.value == (None if other.value is None else pytest.approx(other.value, rel=1e-6)), row.name
    left, right = offset.first.settings["offset_left_n"], offset.first.settings["offset_right_n"]
    assert (left, right) == (pytest.approx(25.0, abs=0.5), pytest.approx(-12.0, abs=0.5))


def test_a_lone_spike_flags_the_peak_and_all_that_rests_on_it() -> None:
    result = look(changed(AT["touchdown"] + 150, 11_000.0, 0))
    for name in ("peak_force_n", "peak_force_bw", "time_to_peak_force_s", "loading_rate_20_80_bw_per_s"):
        row = result.first.table.get(name)
        assert row is not None
        assert row.status == "flagged"
        assert "above its neighbours" in str(row.reason)
    row = result.first.table.get("limb_symmetry_peak_contact_pct", "left_right")
    assert row is not None
    assert row.status == "flagged"


def test_a_hole_at_the_peak_flags_the_peak() -> None:
    top = AT["touchdown"] + int(np.argmax(JUMP.sum(axis=1)[AT["touchdown"] : AT["take_off"]]))
    result = look(changed(slice(top - 3, top + 4), np.nan))
    row = result.first.table.get("peak_force_n")
    assert row is not None
    assert row.status == "flagged"
    assert "the true peak may be higher" in str(row.reason)


def test_a_hole_while_standing_does_not() -> None:
    row = look(changed(slice(-500, -480), np.nan)).first.table.get("landing_peak_force_n")
    assert row is not None
    assert row.status == "ok"


def test_a_long_hole_in_contact_refuses_motion() -> None:
    result = look(changed(slice(AT["touchdown"] + 50, AT["touchdown"] + 80), np.nan))
    row = result.first.table.get("com_depth_m")
    assert row is not None
    assert row.value is None
    assert "missing for more than 10 ms" in str(row.reason)


def test_missing_touchdown_widens_its_sd() -> None:
    event = look(changed(slice(AT["touchdown"] - 10, AT["touchdown"] + 10), np.nan)).events.get("touchdown")
    assert event is not None
    assert event.sd_s > 0.004
    assert abs(event.time_s - TRIAL.truth.events["touchdown", "total"]) < 3 * event.sd_s


def test_dead_plate_refuses_what_needs_two_feet() -> None:
    result = look(changed(slice(None), 0.0, 0))
    for name, side in (("contact_delay_left_right_s", "left_right"), ("limb_symmetry_peak_contact_pct", "left_right")):
        row = result.first.table.get(name, side)  # type: ignore[arg-type]
        assert row is not None
        assert row.value is None


def test_recording_cut_after_landing_has_no_weight_but_times() -> None:
    result = look(JUMP[: AT["landing"] + 100])
    row = result.first.table.get("body_weight_n")
    assert row is not None
    assert row.value is None
    assert "give the mass" in str(row.reason)
    assert value_of(look(JUMP[: AT["landing"] + 100], mass_kg=70.0), "drop_height_flight_anchored_m") == pytest.approx(
        0.3, abs=0.04
    )


def test_flight_of_a_tenth_of_a_second() -> None:
    trial = ll.simulate_drop_jump(5, drop_height_m=0.2, jump_height_m=0.03, landing_depth_m=0.15)
    flight = trial.truth.metrics["flight_time_s", "total"]
    assert flight < 0.25
    force = trial.recording.streams["force"].samples
    take_off = round(1000 * trial.truth.events["take_off", "total"])
    short = np.delete(force, slice(take_off + 20, take_off + 20 + round(1000 * (flight - 0.1))), axis=0)
    result = look(short)
    assert result.task == "drop_jump"
    assert value_of(result, "flight_time_s") == pytest.approx(0.1, abs=0.002)


def test_two_drop_jumps_are_two_trials() -> None:
    result = look(np.concatenate([JUMP, JUMP]))
    assert [(trial.index, trial.task, trial.status) for trial in result.trials] == [
        (0, "drop_jump", "ok"),
        (1, "drop_jump", "ok"),
    ]
    first, second = (trial.table.get("contact_time_s") for trial in result.trials)
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx(second.value, abs=1e-3)


def test_a_rebound_in_the_landing_starts_no_new_trial() -> None:
    rebound = np.concatenate([JUMP[: AT["landing"] + 150], np.zeros((150, 2)), JUMP[AT["landing"] :]])
    result = look(rebound)
    assert [trial.task for trial in result.trials] == ["drop_jump"]
    assert value_of(result, "flight_time_s") == pytest.approx(TRIAL.truth.metrics["flight_time_s", "total"], abs=0.002)


@pytest.mark.parametrize("order", ["before", "after", "both"])
def test_stepping_on_and_off_around_a_drop_jump(order: str) -> None:
    step = [EMPTY, walking_on(3.0), EMPTY]
    parts = [*(step if order != "after" else []), JUMP, *(step if order != "before" else [])]
    result = look(np.concatenate(parts))
    assert [trial.task for trial in result.trials] == ["drop_jump"]
    assert value_of(result, "contact_time_s") == pytest.approx(
        TRIAL.truth.metrics["contact_time_s", "total"], abs=0.002
    )


def test_landing_without_a_jump_is_a_drop_landing() -> None:
    # The second landing alone: the person comes from the air onto empty plates and stays.
    force = np.concatenate([np.zeros((1000, 2)), JUMP[AT["landing"] - 100 :]])
    result = look(force)
    assert result.task == "drop_landing"
    assert value_of(result, "landing_peak_force_n") > 1000


def test_last_foot_off_and_first_foot_on() -> None:
    result = look(JUMP)
    total, left, right = (result.events.get("take_off", side) for side in ("total", "left", "right"))
    assert total is not None
    assert left is not None
    assert right is not None
    assert abs(total.time_s - max(left.time_s, right.time_s)) < 0.003
    for event in (total, left, right):
        assert abs(event.time_s - TRIAL.truth.events["take_off", event.side]) < 0.002
    assert left.time_s - right.time_s > 0.01


@pytest.mark.parametrize(("every", "task"), [(100, "unknown"), (20, "unknown"), (12, "drop_jump"), (4, "drop_jump")])
def test_slow_recordings(every: int, task: str) -> None:
    result = look(JUMP[::every], rate=1000.0 / every)
    assert result.task == task
    if task == "unknown":
        assert "too slow" in str(result.reason)
    else:
        assert value_of(result, "contact_time_s") == pytest.approx(
            TRIAL.truth.metrics["contact_time_s", "total"], abs=every / 1000
        )


def test_twenty_kilohertz() -> None:
    times = np.arange(0, len(JUMP) - 1, 0.05)
    fast = np.column_stack([np.interp(times, np.arange(len(JUMP)), column) for column in JUMP.T])
    result = look(fast, rate=20_000.0)
    assert result.task == "drop_jump"
    assert value_of(result, "contact_time_s") == pytest.approx(TRIAL.truth.metrics["contact_time_s", "total"], abs=1e-3)


@pytest.mark.parametrize(
    "sides", [("total", "total"), ("left", "left"), ("right", "left"), ("plate_1", "plate_2"), ("left", "total")]
)
def test_whatever_the_columns_are_called(sides: tuple[Side, ...]) -> None:
    look(JUMP, sides=sides)


@pytest.mark.parametrize("task", ["drop_jump", "countermovement_jump", "squat_jump", "drop_landing"])
@pytest.mark.parametrize("name", ["as it is", "ends 0.1 s after landing", "one dead plate, zeros"])
def test_a_task_on_request(task: str, name: str) -> None:
    result = look(DROP_JUMPS[name], task=task)
    assert result.task == ("drop_jump" if task == "drop_landing" else task)
    assert ("on request" in str(result.reason)) == (task not in ("drop_jump", "drop_landing"))


@pytest.mark.parametrize("mass_kg", [-1.0, 0.0, 5.0, 1000.0, float("nan"), float("inf")])
def test_a_mass_of_nobody_is_refused(mass_kg: float) -> None:
    with pytest.raises(ll.LandingLabError, match="mass_kg"):
        look(JUMP, mass_kg=mass_kg)
