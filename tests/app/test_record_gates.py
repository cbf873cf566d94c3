"""What speaks against a trial is said with what to do about it."""

from __future__ import annotations

import dataclasses
import functools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from landing_lab.app.live.heard import LinkHealth
from landing_lab.app.live.trial import LiveTrial
from landing_lab.app.record.gates import (
    Finding,
    of_athlete,
    of_boards,
    of_calibrations,
    of_cells,
    of_links,
    of_result,
    of_statistics,
)
from landing_lab.app.record.protocols import protocol_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.metrics.analyse import analyse
from landing_lab.metrics.pressure_course import COP_CELLS
from landing_lab.model.calibration import InsoleCalibration, PlateCalibration
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.layout_checks import SHIFT_CELLS
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.result import TrialResult
from landing_lab.sim.devices import demo_bodies, trial_scene

LEFT, RIGHT, PLATE = (one.info for one in trial_scene(demo_bodies(1, seed=1)[0], seed=1, session=0).devices)


def health(**more: object) -> LinkHealth:
    base: dict[str, object] = {
        "name": "plate", "info": PLATE, "rate_hz": 84.0, "frames": 2000, "lost": 0, "jitter_ms": 3.0, "silent_s": 0.0,
    }  # fmt: skip
    return LinkHealth(**{**base, **more})  # type: ignore[arg-type]


def one(findings: object) -> Finding:
    (found,) = findings  # type: ignore[misc]
    return found  # type: ignore[no-any-return]


def test_insoles_that_tell_no_medial_shift_are_named() -> None:
    six = dataclasses.replace(LEFT, n_channels=6)
    told = [found.text for found in of_cells([six, PLATE], {})]
    assert told[0] == "SIM-IN-L: insoles of 6 cells tell no medial shift, it needs 8"
    assert told[1].startswith("nobody says where the 6 cells of SIM-IN-L lie")
    assert "--insole-layout, docs/layouts.md" in told[1]
    twelve = dataclasses.replace(LEFT, n_channels=12)
    assert one(of_cells([twelve], {})).name == "layout 12"
    assert not list(of_cells([twelve], {"SIM-IN-L": shipped_layouts()["fsr402_16"]}))
    assert not list(of_cells([LEFT, RIGHT, PLATE], {}))
    assert SHIFT_CELLS == COP_CELLS


def test_a_sound_link_is_not_mentioned() -> None:
    assert not list(of_links([health(), health(name="insole_left", info=LEFT, rate_hz=1000.0)]))
    assert not list(of_links([health(rate_hz=None)]))


def test_silent_slow_and_losing_boards_are() -> None:
    silent = one(of_links([health(silent_s=3.0)]))
    assert (silent.level, "silent for 3 s" in silent.text) == ("stop", True)
    slow = one(of_links([health(rate_hz=10.2)]))
    assert slow.level == "stop"
    assert "RATE pin" in slow.text
    assert "restart the board" in one(of_links([health(info=LEFT, rate_hz=480.0)])).text
    assert one(of_links([health(lost=20)])).level == "warn"
    assert one(of_links([health(lost=400)])).level == "stop"


def test_a_plate_at_ten_readings_a_second_is_stopped_also_where_it_says_so_itself() -> None:
    info = dataclasses.replace(PLATE, sample_rate_hz=10.0)
    for rate_hz in (10.2, None):
        slow = one(of_links([health(info=info, rate_hz=rate_hz)]))
        assert (slow.level, "RATE pin" in slow.text) == ("stop", True)
    assert not list(of_links([health(info=info, rate_hz=84.0)]))


def test_a_whole_trial_is_judged_by_its_statistics() -> None:
    sound = {"frames": 10_000, "lost_frames": 2, "reconnects": 0}
    assert not list(of_statistics({"insole_left": sound}, None))
    assert one(of_statistics({"insole_left": {**sound, "lost_frames": 900}}, None)).level == "stop"
    assert "came back" in one(of_statistics({"insole_left": {**sound, "reconnects": 1}}, None)).text
    assert "sent nothing" in one(of_statistics({"insole_left": {"frames": 0}}, None)).text
    assert "plug it in again" in one(of_statistics({}, "the port has gone")).text


def test_boards_that_cannot_do_it_are_named_before_anybody_jumps() -> None:
    assert one(of_boards([LEFT, RIGHT])).level == "stop"
    assert "no insole" in one(of_boards([PLATE])).text
    assert not list(of_boards([LEFT, RIGHT, PLATE]))


@pytest.mark.parametrize(("days", "said"), [(1, None), (30, "30 days old")])
def test_missing_foreign_and_expired_calibrations_are_said(days: int, said: str | None) -> None:
    made = datetime.now(tz=UTC) - timedelta(days=days)
    calibration = InsoleCalibration(
        device_id=LEFT.device_id, made_at=made.isoformat(), method="bench", software="test", n_cells=8,
        zero_s=(0.0,) * 8, exponent=(1.2,) * 8, weight_n=(1.0,) * 8, saturation_n=(None,) * 8, force_sd_fraction=0.1,
    )  # fmt: skip
    found = list(of_calibrations({"insole_left": LEFT}, {LEFT.device_id: calibration}))
    assert [said in finding.text for finding in found] == ([True] if said else [])
    other = dataclasses.replace(calibration, device_id="X")
    assert "belongs to X" in one(of_calibrations({"insole_left": LEFT}, {LEFT.device_id: other})).text
    assert "not calibrated" in one(of_calibrations({"plate": PLATE}, {})).text


@functools.cache
def measured() -> TrialResult:
    scene = trial_scene(demo_bodies(1, seed=1)[0], seed=1, session=0)
    streams = {
        name: RawStream(one.info, one.frames, one.frames.ticks_us * 1e-6)
        for name, one in zip(("insole_left", "insole_right", "plate"), scene.devices, strict=True)
    }
    return analyse(recording_from_raw(RawRecording(streams))).first


def test_a_sound_trial_is_left_alone_and_one_of_the_wrong_leg_is_not() -> None:
    trial = measured()
    assert not list(of_result([trial], protocol_of("drop_jump"), LiveTrial(), "complete"))
    found = one(of_result([trial], protocol_of("single_leg_drop_jump_left"), LiveTrial(), "complete"))
    assert (found.name, found.level) == ("leg", "stop")


def test_a_foot_that_touches_down_twice_is_a_double_contact() -> None:
    trial = measured()
    assert trial.signals is not None
    take_off = trial.events.get("take_off")
    assert take_off is not None
    left = trial.signals.force_n["left"].copy()
    in_the_air = np.searchsorted(trial.signals.times_s, [take_off.time_s + 0.1, take_off.time_s + 0.2])
    left[slice(*in_the_air)] = 300.0
    signals = dataclasses.replace(trial.signals, force_n={**trial.signals.force_n, "left": left})
    twice = dataclasses.replace(trial, signals=signals)
    found = one(of_result([twice], protocol_of("drop_jump"), LiveTrial(), "complete"))
    assert "the left foot touched down 3 times instead of 2" in found.text


def test_empty_plates_that_do_not_read_zero_and_insoles_that_feel_nobody_are_said() -> None:
    live = LiveTrial()
    live.load.empty_total_n, live.load.highest_n = 80.0, 900.0
    zeroed = PlateCalibration(
        device_id=PLATE.device_id, made_at="2026-01-01T00:00:00+00:00", method="known masses", software="test",
        gain=128, n_cells=1, zero_counts=(0.0,), counts_per_n=(2000.0,), cell_scale_sd_fraction=(0.01,),
        position_mm=(None,),
        side=("left",), scale_sd_fraction=0.01, linearity_pct=None, corner_error_pct=None, hysteresis_pct=None,
        repeatability_pct=None, noise_n=1.0, steps=(),
    )  # fmt: skip
    unfelt, offset = of_athlete(live, {PLATE.device_id: zeroed}, {"insole_left": 2.0, "insole_right": 0.2})
    assert "insole_left feels nobody" in unfelt.text
    assert "the empty plates read 80 N" in offset.text
