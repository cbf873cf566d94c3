"""Numbers that no person gives are flagged, row by row: what is averaged from a table is the rows."""

from __future__ import annotations

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.model.result import Result
from traces import assert_honest

SIMULATED = ll.simulate_drop_jump(seed=1)
JUMP = np.array(SIMULATED.recording.streams["force"].samples)
TRUTH = SIMULATED.truth
RATE = 1000.0


def look(force: np.ndarray, **how: object) -> Result:
    recording = ll.from_arrays(left=force[:, 0], right=force[:, 1], sample_rate_hz=RATE)
    result = ll.analyse(recording, **how)  # type: ignore[arg-type]
    assert_honest(result)
    return result


def status_of(result: Result, name: str) -> str:
    row = result.first.table.get(name)
    assert row is not None
    return row.status


def test_a_sound_jump_has_none_of_these_flags() -> None:
    assert look(JUMP).status == "ok"


def test_force_in_pounds_is_not_taken_for_a_child() -> None:
    result = look(JUMP / 4.448)
    assert "force in pounds or kilograms" in str(result.reason)
    assert not [row for row in result.first.table if row.status == "ok"]
    mass_kg = TRUTH.facts["mass_kg"] / 4.448
    assert status_of(look(JUMP / 4.448, mass_kg=mass_kg), "contact_time_s") == "ok"  # unless the mass says so


def test_one_signal_on_both_plates_is_noticed() -> None:
    result = look(np.column_stack([JUMP.sum(axis=1)] * 2))
    assert "exactly the same signal" in str(result.reason)
    assert not [row for row in result.first.table if row.status == "ok"]


@pytest.mark.parametrize(("start_s", "stop_s"), [(-0.4, 0.05), (-0.02, 0.01)])
def test_times_at_a_hole_are_not_ok(start_s: float, stop_s: float) -> None:
    touchdown = round(TRUTH.events["touchdown", "total"] * RATE)
    force = JUMP.copy()
    force[touchdown + round(start_s * RATE) : touchdown + round(stop_s * RATE), 0] = np.nan
    result = look(force)
    for name in ("contact_time_s", "rsi_flight_time_m_per_s", "contact_delay_left_right_s"):
        assert status_of(result, name) != "ok", name


@pytest.mark.parametrize("factor", [0.6, 2.2])
def test_a_wrong_typed_mass_reaches_what_rests_on_it(factor: float) -> None:
    stop = round((TRUTH.events["landing", "total"] + 0.2) * RATE)
    result = look(JUMP[:stop], mass_kg=factor * TRUTH.facts["mass_kg"])
    assert status_of(result, "body_weight_n") == "flagged"
    assert status_of(result, "peak_force_bw") == "flagged"


def test_hops_make_every_row_doubtful() -> None:
    touchdown, landing = (round(TRUTH.events[name, "total"] * RATE) for name in ("touchdown", "landing"))
    hop = JUMP[touchdown - 20 : landing - 20]
    result = look(np.concatenate([JUMP[: landing - 20], hop, hop, hop, JUMP[landing - 20 :]]))
    assert "hopping looks the same" in str(result.reason)
    assert not [row for row in result.first.table if row.status == "ok"]


def test_a_drop_landing_that_was_asked_for_and_is_none_is_said() -> None:
    result = look(JUMP, task="drop_landing")
    assert (result.task, result.status) == ("drop_jump", "flagged")
    assert "a drop landing was asked for" in str(result.reason)
