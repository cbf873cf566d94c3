"""Events and phases of every task, in total and per foot: half open, in order, without gaps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import landing_lab as ll
from jumps import Standing, drop_landing, on_feet
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.events import Phase
from landing_lab.model.result import Result
from traces import assert_honest, on_plates

FEET: tuple[Side, Side] = ("left", "right")
DROP = ll.simulate_drop_jump(3, drop_height_m=0.3, mass_kg=70.0, delay_ms=8.0, take_off_delay_ms=8.0)
DROP_JUMP: FloatArray = np.array(DROP.recording.streams["force"].samples)
MADE = {
    "drop_jump": DROP_JUMP,
    "countermovement_jump": on_feet(Standing().total_n(), noise_n=0.5),
    "squat_jump": on_feet(Standing(dip=0.0, push=0.9, push_s=0.35).total_n(), noise_n=0.5),
    "drop_landing": on_feet(drop_landing(), left_share=0.55, noise_n=0.5),
}
IN_CONTACT = {
    "drop_jump": ["braking", "propulsion"],
    "countermovement_jump": ["unweighting", "braking", "propulsion"],
    "squat_jump": ["propulsion"],
    "drop_landing": [],
}


def look(force: FloatArray, *, rate: float = 1000.0, sides: tuple[Side, ...] = FEET) -> Result:
    result = ll.analyse(on_plates(force, sample_rate_hz=rate, sides=sides))
    assert_honest(result)
    return result


def phases_of(result: Result, side: Side = "total") -> dict[str, Phase]:
    return {phase.name: phase for phase in result.phases if phase.side == side}


def at(result: Result, name: str, side: Side = "total") -> float:
    event = result.events.get(name, side)
    assert event is not None, (name, side)
    return event.time_s


@pytest.mark.parametrize("task", MADE)
def test_phases_of_the_task_tile_the_contact_the_flight_and_the_landing(task: str) -> None:
    result = look(MADE[task])
    assert (result.task, result.status) == (task, "ok")
    phases = phases_of(result)
    in_contact = [*IN_CONTACT[task], *([] if task == "drop_landing" else ["flight"])]
    assert [
        name for name in phases if name in ("unweighting", "contact", "braking", "propulsion", "flight")
    ] == in_contact
    chain = [phases[name] for name in [*in_contact, "loading", "attenuation", "stabilising"] if name in phases]
    for one, following in itertools.pairwise(chain):
        assert one.stop_s == following.start_s, (one, following)
    assert all(phase.start_s < phase.stop_s for phase in result.phases)


@pytest.mark.parametrize("task", MADE)
def test_loading_ends_at_the_peak_and_attenuation_at_the_valley(task: str) -> None:
    result = look(MADE[task])
    for side in ("total", *FEET):
        phases = phases_of(result, side)
        assert phases["loading"].start_s == at(result, "landing", side)
        assert phases["loading"].stop_s == at(result, "landing_peak_force", side)
        if "attenuation" in phases:
            assert phases["attenuation"].start_s == phases["loading"].stop_s
    signals = result.first.signals
    assert signals is not None
    phases = phases_of(result)
    assert "attenuation" in phases
    after = signals.force_n["total"][signals.times_s >= phases["attenuation"].start_s]
    valley = round(1000 * (phases["attenuation"].stop_s - phases["attenuation"].start_s))
    assert after[valley] == after[: valley + 20].min()


@pytest.mark.parametrize("task", ["drop_jump", "countermovement_jump", "squat_jump"])
def test_every_foot_has_a_flight_between_its_own_edges(task: str) -> None:
    result = look(MADE[task])
    for side in FEET:
        flight = phases_of(result, side)["flight"]
        assert (flight.start_s, flight.stop_s) == (at(result, "take_off", side), at(result, "landing", side))
    total = phases_of(result)["flight"]
    assert total.start_s >= max(phases_of(result, side)["flight"].start_s for side in FEET) - 0.003
    assert total.stop_s <= min(phases_of(result, side)["flight"].stop_s for side in FEET) + 0.003


def test_only_a_drop_jump_has_touchdowns_and_contacts_of_its_feet() -> None:
    for task, force in MADE.items():
        result = look(force)
        for side in ("total", *FEET):
            assert (result.events.get("touchdown", side) is not None) == (task == "drop_jump")
        for side in FEET:
            assert ("contact" in phases_of(result, side)) == (task == "drop_jump")
    result = look(DROP_JUMP)
    for side in FEET:
        contact = phases_of(result, side)["contact"]
        assert (contact.start_s, contact.stop_s) == (at(result, "touchdown", side), at(result, "take_off", side))


def test_the_delays_of_the_feet_are_in_their_events() -> None:
    result = look(DROP_JUMP)
    for name in ("touchdown", "take_off"):
        for side in ("total", *FEET):
            assert at(result, name, side) == pytest.approx(DROP.truth.events[name, side], abs=0.002)


def test_onset_and_first_peak_belong_to_their_tasks() -> None:
    for task, force in MADE.items():
        result = look(force)
        standing = task in ("countermovement_jump", "squat_jump")
        assert (result.events.get("movement_onset") is not None) == standing
        if standing:  # the force of standing is no impact
            assert result.events.get("first_peak") is None


def test_unweighting_begins_at_the_onset_and_braking_at_the_greatest_downward_speed() -> None:
    jump = Standing()
    result = look(MADE["countermovement_jump"])
    phases = phases_of(result)
    assert phases["unweighting"].start_s == at(result, "movement_onset")
    assert phases["unweighting"].stop_s == pytest.approx(jump.turn_s, abs=0.006)
    assert phases["propulsion"].start_s == at(result, "lowest_point")
    assert phases["propulsion"].stop_s == at(result, "take_off") == pytest.approx(jump.cut_s, abs=0.002)


def test_a_single_leg_landing_on_two_plates_has_phases_of_that_leg_only() -> None:
    force = on_feet(drop_landing(), left_share=1.0, noise_n=0.5)
    result = look(force)
    assert result.task == "drop_landing"
    assert {phase.side for phase in result.phases} == {"total", "left"}
    assert {event.side for event in result.events} == {"total", "left"}
    assert phases_of(result, "left")["loading"] == Phase(
        "loading", at(result, "landing", "left"), at(result, "landing_peak_force", "left"), "left"
    )


def test_a_landing_on_one_plate_has_phases_of_the_total_only() -> None:
    result = look(drop_landing() + np.random.default_rng(0).normal(0, 0.5, 5000), sides=("total",))
    assert result.task == "drop_landing"
    assert [phase.name for phase in result.phases] == ["landing", "loading", "attenuation", "stabilising"]


@pytest.mark.parametrize("rate", [80.0, 100.0, 199.0, 200.0, 500.0, 1000.0])
@pytest.mark.parametrize("task", ["drop_jump", "countermovement_jump"])
def test_times_between_samples_are_stated_from_200_hz_on_only(task: str, rate: float) -> None:
    total = Standing().total_n(rate) if task == "countermovement_jump" else None
    if total is None:
        at_s = np.arange(0, (len(DROP_JUMP) - 1) / 1000.0, 1 / rate)
        force = np.column_stack([np.interp(1000 * at_s, np.arange(len(DROP_JUMP)), column) for column in DROP_JUMP.T])
    else:
        force = on_feet(total, noise_n=0.5)
    result = look(force, rate=rate)
    assert result.task == task
    edges = ("touchdown", "take_off", "landing")
    between = []
    for event in result.events:
        steps = event.time_s * rate * (2 if event.name in edges else 1)
        if event.name != "movement_onset":  # 30 ms before a sample, by definition
            between.append(abs(steps - round(steps)) > 1e-6)
    assert any(between) == (rate >= 200.0)


def test_the_landing_ends_before_the_next_push_off() -> None:
    soft, strong = Standing(land=1.8, after_s=1.0), Standing()
    result = look(on_feet(np.concatenate([soft.total_n(), strong.total_n()]), noise_n=0.5))
    assert [trial.task for trial in result.trials] == ["countermovement_jump"] * 2
    first = phases_of(result)
    assert first["loading"].stop_s - first["loading"].start_s == pytest.approx(0.05, abs=0.003)
    row = result.first.table.get("landing_peak_force_bw")
    assert row is not None
    assert row.value == pytest.approx(1.8, abs=0.02)


def test_braking_impulse_of_a_countermovement_is_counted_from_the_greatest_downward_speed() -> None:
    jump = Standing()
    row = look(MADE["countermovement_jump"]).first.table.get("braking_impulse_ns")
    assert row is not None
    assert row.value == pytest.approx(jump.weight_n * jump.dip * jump.dip_s * 2 / np.pi, rel=0.02)
    assert row.status == "ok"
