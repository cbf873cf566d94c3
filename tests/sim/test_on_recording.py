"""Sensors and calibrations simulated from Python: what a researcher calls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.errors import CalibrationError, ParameterError
from landing_lab.model.raw import RawRecording
from landing_lab.sim.calibrated import InsoleSession

SEED, MASS_KG = 3, 70.0


@pytest.fixture(scope="module")
def session() -> InsoleSession:
    return ll.simulate_calibration(SEED, mass_kg=MASS_KG)


def test_a_calibration_makes_medial_shift_and_force_right(session: InsoleSession) -> None:
    left, right = (
        ll.calibrate_insole(
            session.raw,
            side,
            postures_s=session.postures_s,
            plate=session.plate,
            heel_mm=session.heel_mm,
            toe_out_deg=session.toe_out_deg[side],
        )
        for side in ("left", "right")
    )
    assert left.stand == "marked"
    assert left.made_at == session.plate.made_at  # dated as the session, not as the computer that fits it
    jump = ll.simulate_drop_jump(seed=SEED, drop_height_m=0.3, mass_kg=MASS_KG)
    sensed = ll.simulate_sensors(jump.recording, seed=SEED, calibrated=False)
    assert not sensed.recording.streams["insole_left"].sensor.calibrated
    result = ll.analyse(ll.recording_from_raw(sensed.raw, calibrations=[session.plate, left, right]))
    assert result.status == "ok"
    peak = result.first.table.get("peak_force_n")
    truth = next(one for one in sensed.truth.contacts if one["side"] == "total")
    assert peak is not None
    assert peak.value == pytest.approx(truth["peak_n"], rel=0.05)
    shift = result.first.table.get("landing_medial_shift_mm", "left")
    truth = [one for one in sensed.truth.contacts if one["side"] == "left"][-1]
    assert shift is not None
    assert shift.value is not None
    assert abs(shift.value - float(str(truth["medial_shift_mm"]))) < 2 * (shift.sd or 0.0)


def test_without_marks_a_calibration_says_so() -> None:
    session = ll.simulate_calibration(SEED, mass_kg=MASS_KG, marked=False)
    assert session.heel_mm is None
    made = ll.calibrate_insole(session.raw, "left", postures_s=session.postures_s, plate=session.plate)
    assert made.stand == "estimated"


def test_one_seed_has_the_same_sensors_in_every_session(session: InsoleSession) -> None:
    jump = ll.simulate_drop_jump(seed=1, drop_height_m=0.3).recording
    one, other = (ll.simulate_sensors(jump, seed=SEED, session=number, calibrated=False) for number in (0, 1))
    ids = {name: stream.info.device_id for name, stream in session.raw.streams.items()}
    assert {name: stream.info.device_id for name, stream in one.raw.streams.items()} == ids
    counts = [made.raw.streams["insole_left"].frames.counts[:1000] for made in (one, other)]
    assert not np.array_equal(*counts)


JUMP = ll.simulate_drop_jump(seed=1).recording


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: ll.simulate_sensors("jump.txt"), "as landing_lab.read gives it"),
        (lambda: ll.simulate_sensors(JUMP, sensors="new"), "choose typical, worn"),
        (lambda: ll.simulate_calibration(1, sensors="new"), "choose typical, worn"),
        (lambda: ll.calibrate_insole("x.xdf", "left", postures_s={}), "read_raw"),
        (lambda: ll.simulate_sensors(JUMP, seed=None), "seed must be a whole number"),
        (lambda: ll.simulate_sensors(JUMP, seed=1.5), "seed must be"),
        (lambda: ll.simulate_sensors(JUMP, session=-1), "session must be"),
        (lambda: ll.simulate_sensors(JUMP, speed_up="x"), "a speed-up of 'x'"),
        (lambda: ll.simulate_sensors(JUMP, speed_up=float("nan")), "a speed-up of nan"),
        (lambda: ll.simulate_sensors(JUMP, layout="eight"), "layout is an InsoleLayout"),
        (lambda: ll.simulate_sensors(JUMP, sensors="\x1b[1m"), r"sensors '\\x1b\[1m'"),
        (lambda: ll.simulate_calibration("a"), "seed must be"),
        (lambda: ll.simulate_calibration(-1), "seed must be"),
        (lambda: ll.simulate_calibration(1, mass_kg="x"), "mass_kg must be a number from 30 to 160; got 'x'"),
        (lambda: ll.simulate_calibration(1, mass_kg=float("inf")), "mass_kg must be"),
        (lambda: ll.simulate_drop_jump(seed="a"), "seed must be"),
        (lambda: ll.read_raw(None), "is read from a path"),
    ],
)
def test_what_cannot_be_simulated_is_one_sentence(call: Callable[[], object], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        call()


def test_what_cannot_be_calibrated_is_one_sentence() -> None:
    with pytest.raises(ParameterError, match="left or right"):
        ll.calibrate_insole(RawRecording({}), "both", postures_s={})  # type: ignore[arg-type]
    with pytest.raises(CalibrationError, match="feet_up"):
        ll.calibrate_insole(RawRecording({}), "left", postures_s={"flat": (4.0, 9.0)})


POSTURES = {"feet_up": (0.0, 3.0), "flat": (4.0, 9.0)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        *[({"toe_out_deg": bad}, "toe_out_deg must be a number from -45 to 45") for bad in ("x", np.nan, 720, None)],
        *[
            ({"heel_mm": bad}, "heel_mm is two numbers")
            for bad in ((1,), "ab", (np.nan, 0), (1, 2, 3), 5, (0, 9e9), np.eye(2))
        ],
        ({"plate": "x"}, "plate is the calibration of a plate"),
        *[({"postures_s": bad}, "postures_s holds names") for bad in (None, "feet_up", [1], {3: (0, 1)})],
        *[
            ({"postures_s": {**POSTURES, "flat": bad}}, "posture 'flat' lasts from, to in seconds")
            for bad in (3, None, "ab", ("a", "b"), (4.0,), (9.0, 4.0), (4.0, np.inf))
        ],
    ],
)
def test_every_argument_of_a_calibration_is_looked_at(changes: dict[str, object], told: str) -> None:
    with pytest.raises((ParameterError, CalibrationError), match=told):
        ll.calibrate_insole(RawRecording({}), "left", **{"postures_s": POSTURES, **changes})  # type: ignore[arg-type]
