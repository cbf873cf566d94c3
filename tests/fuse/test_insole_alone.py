"""Insoles without any plate: force where somebody calibrated them, timing where nobody did, no jump where none is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fuse.scenes import raw_of, scene_of, with_streams
from insole_texts import loadsol_text
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.fuse.box_standing import box_standing
from landing_lab.fuse.foot_pressure import FORCE_SD
from landing_lab.fuse.insole_alone import NOT_COMPARED, signals_from_insoles
from landing_lab.fuse.sources import signals_of
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Recording
from landing_lab.model.result import ForceSignals
from landing_lab.sim.drop_jump import simulate_drop_jump
from traces import assert_honest, value_of

RATE = 200.0
NEEDS_FORCE = ("peak_force_n", "landing_peak_force_n", "impulse_n_s", "body_weight_n")


def without_plate(seed: int) -> Recording:
    return recording_from_raw(with_streams(raw_of(scene_of(seed)), plate=None))


def drop_jump_at_200_hz(seed: int) -> tuple[Recording, dict[str, FloatArray]]:
    """A simulated drop jump on force plates, and the force of each foot at the rate of a loadsol."""
    recording = simulate_drop_jump(seed=seed, drop_height_m=0.3).recording
    stream = recording.streams["force"]
    times = np.arange(stream.times_s[0], stream.times_s[-1], 1.0 / RATE)
    feet = {
        side: np.interp(times, stream.times_s, stream.samples[:, stream.layout.pick(quantity="force", side=side)[0]])
        for side in stream.layout.sides
    }
    return recording, feet


def zones(force: FloatArray) -> FloatArray:
    """Heel, medial and lateral zone of a foot."""
    return np.maximum(force, 0.0)[:, None] * np.array([0.3, 0.4, 0.3])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_uncalibrated_insoles_tell_when_and_not_how_much(seed: int) -> None:
    result = analyse(without_plate(seed))
    assert_honest(result)
    truth = scene_of(seed).truths[0]
    assert (result.task, result.status) == ("drop_jump", "flagged")
    assert "tell when, not how much" in str(result.reason)
    contact = result.first.table.get("contact_time_s")
    assert contact is not None
    assert contact.value == pytest.approx(truth.metrics["contact_time_s", "total"], abs=0.004)
    assert value_of(result, "flight_time_s") == pytest.approx(truth.metrics["flight_time_s", "total"], abs=0.004)
    for row in result.first.table:
        if row.name in NEEDS_FORCE or row.unit in ("N", "BW", "N s", "BW/s", "kN/m"):
            assert row.value is None, row
    force = next(row for row in result.first.table if row.name == "peak_force_n")
    assert "calibrate them" in str(force.reason)


def test_insoles_calibrated_on_a_plate_give_force_and_say_how_sure() -> None:
    """Calibrated cells that carry the true force, on boards of their own times: what is said of it is what we know."""
    plates = simulate_drop_jump(seed=2, drop_height_m=0.3).recording
    stream = plates.streams["force"]
    streams = {}
    for name, late_s in (("insole_left", 0.0), ("insole_right", 0.0003)):
        own = without_plate(1).streams[name]
        column = stream.layout.pick(quantity="force", side=own.layout.sides[0])[0]
        force = np.interp(stream.times_s + late_s, stream.times_s, stream.samples[:, column])
        streams[name] = replace(
            own,
            samples=np.maximum(force, 0.0)[:, None] / 8.0 * np.ones(8),
            times_s=stream.times_s + late_s,
            sample_rate_hz=stream.sample_rate_hz,
            sensor=replace(own.sensor, calibrated=True, whole_foot=True, scale_sd_fraction=0.04, doubt="it is old"),
            gaps=(),
        )
    found, true = (analyse(one).first for one in (Recording(streams=streams), plates))
    assert found.task == true.task == "drop_jump"
    for name, relative_sd in (("body_weight_n", 0.04), ("peak_force_n", 0.175)):
        ours, theirs = found.table.get(name), true.table.get(name)
        assert ours is not None
        assert theirs is not None
        assert ours.value == pytest.approx(theirs.value, rel=0.01)
        assert ours.value is not None
        assert ours.sd == pytest.approx(relative_sd * ours.value, rel=0.1)
        assert ours.status == "flagged"
        assert NOT_COMPARED in str(ours.reason)
        assert "it is old" in str(ours.reason)


@pytest.mark.parametrize("seed", [1, 4])
def test_a_vendors_drop_jump_with_lost_packets(tmp_path: Path, seed: int) -> None:
    recording, feet = drop_jump_at_200_hz(seed)
    plates = analyse(recording).first
    left, right = (zones(feet[side]) for side in ("left", "right"))
    rng = np.random.default_rng(seed)
    edges = [event.time_s for event in plates.events if event.side == "total"]
    for start in rng.integers(0, len(left) - 12, 8).tolist():
        if all(abs(start / RATE - edge) > 0.15 for edge in edges):
            left[start : start + 12] = np.nan
    path = tmp_path / "jump.txt"
    path.write_text(loadsol_text(left, right))
    trial = analyse(read(path)).first
    assert trial.task == "drop_jump"
    ours, theirs = (one.table.get("contact_time_s") for one in (trial, plates))
    assert ours is not None
    assert theirs is not None
    assert ours.value is not None
    assert theirs.value is not None
    assert ours.sd is not None
    assert abs(ours.value - theirs.value) < 3.0 * ours.sd
    assert 0.0015 < ours.sd < 0.01
    peak, true = (one.table.get("peak_force_n") for one in (trial, plates))
    assert peak is not None
    assert true is not None
    assert peak.value is not None
    assert peak.sd is not None
    assert true.value is not None
    assert peak.status == "flagged"
    assert peak.sd > 0.2 * peak.value
    assert abs(peak.value - true.value) < peak.sd
    assert trial.signals is not None
    assert set(trial.signals.pressure) == {"left", "right"}
    assert trial.signals.scale_sd_fraction == FORCE_SD


def box_scene(*, apart_s: float, standing_s: float = 2.0, fall_s: float = 0.25) -> dict[str, FloatArray]:
    """Standing on a box, feet that leave apart_s after each other, a fall, and standing on the ground."""
    n = round((standing_s + fall_s + 2.0) * RATE)
    times = np.arange(n) / RATE
    feet: dict[str, FloatArray] = {}
    for side, leaves in (("left", standing_s - apart_s), ("right", standing_s)):
        feet[side] = np.where((times < leaves) | (times > standing_s + fall_s), 350.0, 0.0)
    feet["right"] = np.where(feet["left"] > 0.0, feet["right"], np.where(feet["right"] > 0.0, 700.0, 0.0))
    return feet


@pytest.mark.parametrize(
    ("scene", "found"),
    [
        (box_scene(apart_s=0.3), 1),
        (box_scene(apart_s=0.02), 0),  # a jump from standing
        (box_scene(apart_s=0.3, standing_s=0.5), 0),  # running
        (box_scene(apart_s=0.3, fall_s=0.02), 0),  # no fall
    ],
)
def test_standing_on_a_box(scene: dict[str, FloatArray], found: int) -> None:
    stretches = box_standing(scene, RATE)  # type: ignore[arg-type]
    assert len(stretches) == found
    if found:
        assert stretches == [(0, round(2.0 * RATE))]


def test_one_foot_has_no_box() -> None:
    assert box_standing({"left": box_scene(apart_s=0.3)["left"]}, RATE) == []


def test_a_hop_between_steps_of_walking_is_no_jump() -> None:
    times = np.arange(round(6 * RATE)) / RATE
    left = np.where(np.sin(2 * np.pi * times / 1.1) > -0.3, 600.0, 0.0)
    right = np.where(np.sin(2 * np.pi * times / 1.1 + np.pi) > -0.3, 600.0, 0.0)
    assert (left + right > 0.0).all()
    assert box_standing({"left": left, "right": right}, RATE) == []


def test_nothing_at_all() -> None:
    assert "no plate and no insole" in str(signals_from_insoles(Recording(streams={})))


def test_pressure_without_areas_is_refused(tmp_path: Path) -> None:
    _, feet = drop_jump_at_200_hz(1)
    path = tmp_path / "x.txt"
    path.write_text(loadsol_text(zones(feet["left"]), zones(feet["right"])))
    whole = read(path)
    left = whole.streams["insole_left"]
    channels = tuple(replace(one, quantity="pressure", unit="kPa") for one in left.layout.channels)
    bare = replace(left, layout=replace(left.layout, channels=channels), sensor=replace(left.sensor, insole=None))
    told = signals_of(replace(whole, streams={"insole_left": bare}))
    assert "nobody knows how large the cells of the left insole are" in str(told)


def test_cells_of_pressure_become_newton() -> None:
    found = signals_of(without_plate(1))
    assert isinstance(found, ForceSignals)
    assert found.force_refusal is not None
    assert found.sensor_kind == "fsr_insole"
    # nominal cells stand for their parts of the sole: about the force of a person, and no more than that
    assert 200.0 < float(np.nanmedian(found.force_n["total"][-1000:])) < 3000.0
