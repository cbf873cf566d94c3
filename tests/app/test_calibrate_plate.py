"""The guided calibration of plates: steps seen by themselves, mistakes flagged at once, the truth found again."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from calibration_runs import MADE_AT, Front, front_of, run_steps, saved
from landing_lab.app.calibration.files import SavedStep, SavedSteps, read_steps, write_steps
from landing_lab.app.calibration.fit import _entered, plate_of
from landing_lab.app.calibration.results import recompute
from landing_lab.app.calibration.session import CalibrationSession
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.calibration.sim import EMPTY_S, LOAD_S, SNATCH_S, TAP_S, act_out_plate
from landing_lab.app.calibration.steps import GuidedStep, plan_of_loads, plate_plan
from landing_lab.app.calibration.terminal import screen
from landing_lab.app.calibration.view import view_of
from landing_lab.calibrate.tap import PlateMode
from landing_lab.errors import CalibrationError, FileFormatError, ParameterError
from landing_lab.fuse.gain_model import is_stiff
from landing_lab.io.calibration_files import read_calibrations
from landing_lab.io.formats.xdf import read_raw
from landing_lab.model import nominal
from landing_lab.model.device import SimulatedDevice
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.sim.devices import plate_info
from landing_lab.sim.hx711 import cell_shares
from landing_lab.sim.plate_calibration import SimulatedPlateCalibration
from played_links import PlayedClock, PlayedLink

INFO = plate_info()
STEPS = plate_plan(INFO, (5, 10, 20))
SIMULATED = act_out_plate(STEPS, seed=1)
SHORT = [step for step in plate_plan(INFO, (5, 10), quick=False) if step.side != "right"]
SHORT = [step for step in SHORT if not step.key.startswith("right")]
SHORT_DEVICE = act_out_plate(SHORT, seed=2).device


def as_done(steps: list[GuidedStep], simulated: SimulatedPlateCalibration) -> tuple[RawRecording, SavedSteps]:
    """The steps at the times at which they are acted out, without the session: for many seeds."""
    rate, now_s, done = 1e6 + simulated.device.clock_ppm, 0.0, []
    length = {"load": LOAD_S, "empty": EMPTY_S, "unload": SNATCH_S, "tap": TAP_S}
    inside = {"load": (1.6, 4.2), "empty": (1.0, 4.2), "unload": (1.5, 3.7), "tap": (0.05, 2.3)}
    for step in steps:
        windows = []
        for _ in range(step.repeats):
            windows.append(tuple(int((now_s + part) * rate) for part in inside[step.kind]))
            now_s += length[step.kind]
        done.append(SavedStep(step=step, status="done", told="", windows_us=tuple(windows)))
    frames = simulated.device.frames
    stream = RawStream(info=simulated.device.info, frames=frames, arrival_s=frames.ticks_us * 1e-6)
    return RawRecording(streams={"plate": stream}), SavedSteps(kind="plate", steps=tuple(done), made_at=MADE_AT)


def shares_off(simulated: SimulatedPlateCalibration, counts_per_n: tuple[float | None, ...]) -> list[float]:
    """Relative error of force where people stand on both plates."""
    true = np.concatenate([truth.parts.gain for truth in simulated.truths]) * nominal.HX711_COUNTS_PER_N
    ratio = true / np.array(counts_per_n, dtype=float)
    places = ((0.0, 0.0), (60.0, 60.0), (-80.0, 20.0), (30.0, -90.0))
    return [
        float(cell_shares(np.array([at_mm]))[0] @ ratio[cells]) - 1.0
        for cells in (slice(0, 4), slice(4, 8))
        for at_mm in places
    ]


def test_every_step_is_seen_and_the_file_gives_the_same_calibration_again(tmp_path: Path) -> None:
    raw = tmp_path / "calibrations" / "raw" / "plate.xdf"
    raw.parent.mkdir(parents=True)
    session = run_steps([SIMULATED.device], STEPS, raw)
    assert session.complete
    assert [record.status for record in session.records if record.step.kind != "unload"] == ["done"] * (len(STEPS) - 2)
    assert max(abs(off) for off in session.residuals.values()) < 1.0
    done = saved(session, "plate")
    write_steps(raw, done)
    assert read_steps(raw) == done
    made = plate_of(read_raw(raw), done)
    assert max(abs(off) for off in shares_off(SIMULATED, made.counts_per_n)) < 2.0 * made.scale_sd_fraction
    assert made.linearity_pct is not None
    assert made.corner_error_pct is not None
    assert made.hysteresis_pct is not None
    assert recompute(raw, tmp_path, as_json=False) == 0
    (again,), damaged = read_calibrations(tmp_path)
    assert not damaged
    assert dataclasses.replace(again, file="") == made


def test_the_drawn_truth_is_found_or_not_told() -> None:
    inside: list[bool] = []
    orders: list[int | None] = []
    for seed in (1, 8, 13):
        simulated = act_out_plate(STEPS, seed=seed)
        made = plate_of(*as_done(STEPS, simulated))
        inside += [abs(off) <= 2.0 * made.scale_sd_fraction for off in shares_off(simulated, made.counts_per_n)]
        orders.append(made.filter_order)
        assert made.filter_order is None or made.filter_order in {truth.parts.order for truth in simulated.truths}
        softest_hz = min(truth.mode_hz for truth in simulated.truths)
        assert made.mode_hz is None or made.mode_hz == pytest.approx(softest_hz, abs=1.5)
        assert made.mode_at_least_hz is None or made.mode_at_least_hz < softest_hz
        if softest_hz > 110.0:  # five knocks on a stiff plate: noise is not taken for ringing
            assert made.mode_at_least_hz is not None
            assert made.mode_at_least_hz > 50.0
    assert np.mean(inside) >= 0.9
    assert any(order is not None for order in orders)


def spoiled(device: SimulatedDevice, cell: int, factor: float) -> SimulatedDevice:
    """The board with one cell's response multiplied."""
    counts = device.frames.counts.copy()
    mine = device.frames.channel == cell
    zero = int(np.median(counts[mine, cell][:50]))
    counts[mine, cell] = zero + np.round((counts[mine, cell] - zero) * factor).astype(np.int32)
    return dataclasses.replace(device, frames=dataclasses.replace(device.frames, counts=counts))


def test_a_cell_wired_backwards_is_told_at_the_first_load_and_does_not_stop(tmp_path: Path) -> None:
    session = run_steps([spoiled(SHORT_DEVICE, 2, -1.0)], SHORT, tmp_path / "a.xdf")
    assert session.complete
    assert front_of(session).texts("note")[0].startswith("cell_3 reads less under load: it is wired backwards")


def test_a_dead_cell_stops_at_the_first_load(tmp_path: Path) -> None:
    session = run_steps([spoiled(SHORT_DEVICE, 1, 0.0)], SHORT, tmp_path / "a.xdf")
    assert not session.complete
    assert session.step is not None
    assert session.step.key == "left 5 kg up"
    assert session.problem.startswith("cell_2 does not respond to the load: check its wires")


def test_a_wrong_mass_and_a_wrong_corner_are_told_at_once(tmp_path: Path) -> None:
    said = [dataclasses.replace(step, mass_kg=20.0) if step.key == "left 10 kg up" else step for step in SHORT]
    session = run_steps([SHORT_DEVICE], said, tmp_path / "a.xdf")
    assert "the plate shows 10.0 kg by the steps before, and this one is said to be 20 kg" in session.problem
    corners = [
        dataclasses.replace(step, position_mm=(-110.0, -110.0)) if step.key.endswith("front right") else step
        for step in SHORT
    ]
    session = run_steps([SHORT_DEVICE], corners, tmp_path / "b.xdf")
    assert "stands at the front right by the cells, not at the rear left: move it" in session.problem


def test_what_is_read_does_not_depend_on_how_frames_arrive(tmp_path: Path) -> None:
    often = run_steps([SHORT_DEVICE], SHORT, tmp_path / "a.xdf", arrives_every_s=0.03)
    seldom = run_steps([SHORT_DEVICE], SHORT, tmp_path / "b.xdf", arrives_every_s=1.7)
    assert often.complete
    assert [one.windows for one in often.records] == [one.windows for one in seldom.records]


def test_keeping_skipping_and_going_back(tmp_path: Path) -> None:
    said = [dataclasses.replace(step, mass_kg=20.0) if step.key == "left 10 kg up" else step for step in SHORT]
    script = {"left 10 kg up": ["keep"], "left 5 kg down": ["skip"], "empty": ["skip"]}
    session = run_steps([SHORT_DEVICE], said, tmp_path / "a.xdf", script=script)
    status = {record.step.key: record.status for record in session.records}
    assert status["left 10 kg up"] == "kept"
    assert status["left 5 kg down"] == "skipped"
    assert status["empty"] == "done"  # no calibration without it
    assert "empty cannot be left out" in front_of(session).texts("note")
    session.ended = ""
    session.submit("back")
    before = len(session.records)
    session.on_tick()
    assert len(session.records) == before - 1


def test_a_load_that_is_corrected_after_a_problem_is_read_again_by_itself() -> None:
    done = [step for step in SHORT if step.key in ("empty", "left 5 kg up", "left 10 kg up")]
    acted = [*done, dataclasses.replace(done[2], mass_kg=20.0)]
    clock = PlayedClock(step_s=0.25)
    link = PlayedLink([act_out_plate(acted, seed=2).device], clock)
    said = [*done[:2], dataclasses.replace(done[2], mass_kg=20.0, key="20 kg")]
    session = CalibrationSession(links=[link], title="test", steps=said, front=Front(), now=clock)
    session.begin()
    link.start()
    phases = set()
    for _ in range(120):
        clock.pause(0.0)
        for arrival in link.poll():
            session.on_arrival("plate", arrival)
        session.on_tick()
        phases.add(session.phase)
    assert "problem" in phases
    assert session.ended == "complete"
    assert session.records[-1].status == "done"
    assert abs(session.residuals["20 kg"]) < 1.0


def test_a_step_that_nobody_does_ends_a_script_and_an_optional_one_is_left_out(tmp_path: Path) -> None:
    taps = [step for step in STEPS if step.kind == "tap" and step.side == "left"]
    session = run_steps([SHORT_DEVICE], [SHORT[0], *taps], tmp_path / "a.xdf")
    assert session.records[-1].status == "skipped"
    far = dataclasses.replace(SHORT[1], key="400 kg", mass_kg=400.0)  # nothing that heavy is ever seen
    session = run_steps([SHORT_DEVICE], [SHORT[0], far], tmp_path / "b.xdf")
    assert not session.complete
    told = "nothing of the kind happened within 30 s: waited for 3923 N put on the left plate and at rest; saw "
    assert re.fullmatch(re.escape(told) + r"\d+ N(, moving by \d+ N)?", session.problem)


def test_a_board_that_goes_ends_the_steps_with_its_sentence(tmp_path: Path) -> None:
    session = run_steps([SHORT_DEVICE], SHORT, tmp_path / "a.xdf", lost_from_s=12.0)
    assert not session.complete
    assert "has gone" in session.ended


def test_a_plate_without_wires_is_left_out(tmp_path: Path) -> None:
    frames = SHORT_DEVICE.frames
    left = np.flatnonzero(frames.channel < 4)
    half = dataclasses.replace(
        frames, sequence=frames.sequence[left], ticks_us=frames.ticks_us[left], counts=frames.counts[left],
        channel=frames.channel[left], flags=frames.flags[left],
    )  # fmt: skip
    session = run_steps(
        [dataclasses.replace(SHORT_DEVICE, frames=half)], plate_plan(INFO, (5, 10), quick=False), tmp_path / "a.xdf"
    )
    assert session.complete
    made = plate_of(read_raw(tmp_path / "a.xdf"), saved(session, "plate"))
    assert made.counts_per_n[4:] == (None,) * 4


def test_one_mass_is_refused_before_anything_is_done() -> None:
    with pytest.raises(CalibrationError, match="one mass only"):
        plate_plan(INFO, (0.0, 20.0))
    with pytest.raises(CalibrationError, match="one mass only"):
        plan_of_loads(INFO, [(20.0, None, "left"), (20.0, (50.0, 50.0), "left")])
    with pytest.raises(ParameterError, match="known masses"):
        plate_plan(INFO, (0.0,))


def test_steps_of_another_file_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "x.steps.json"
    for text in ("{", "[]", '{"schema": "landing-lab.calibration-steps/1", "kind": "plate"}'):
        path.write_text(text)
        with pytest.raises(FileFormatError, match=r"x\.steps\.json"):
            read_steps(tmp_path / "x.xdf")


def test_the_screen_fits_80_by_24_and_says_what_to_do(tmp_path: Path) -> None:
    session = run_steps([SHORT_DEVICE], SHORT, tmp_path / "a.xdf", script={"left 10 kg up": ["quit", "quit"]})
    session.ended, session.phase, session.problem = "", "problem", "the load moved " * 12
    lines = screen(view_of(session), "k keep it anyway", width=80, height=24)
    assert len(lines) <= 23
    assert max(len(text) for text, _ in lines) <= 79
    shown = "\n".join(text for text, _ in lines)
    assert "10 kg in the middle of the left plate" in shown
    assert "P R O B L E M" in shown
    assert "N in all" in shown


def test_a_first_mode_measured_elsewhere_makes_a_stiff_plate(tmp_path: Path) -> None:
    raw, done = as_done(STEPS, SIMULATED)
    knocked = plate_of(raw, done)
    entered = dataclasses.replace(done, mode_hz=160.0)
    made = plate_of(raw, entered)
    assert knocked.mode_hz is None
    assert not is_stiff(knocked)
    assert (made.mode_hz, made.mode_at_least_hz) == (160.0, None)
    assert "the first mode of 160 Hz was entered by hand (--mode-hz)" in made.findings
    assert is_stiff(made)
    write_steps(tmp_path / "plate.xdf", entered)
    assert read_steps(tmp_path / "plate.xdf") == entered
    write_steps(tmp_path / "plate.xdf", dataclasses.replace(done, mode_hz=2000.0))
    with pytest.raises(FileFormatError, match="mode_hz 2000, which is outside 10-1000 Hz"):
        read_steps(tmp_path / "plate.xdf")
    for wrong in (9.0, 1001.0, float("nan")):
        with pytest.raises(ParameterError, match=r"--mode-hz .* is outside 10-1000 Hz"):
            CalibrateSettings(dataset=tmp_path, mode_hz=wrong)


def test_knocks_that_saw_a_lower_mode_overrule_an_entered_one() -> None:
    assert _entered(None, PlateMode(mode_hz=45.0), []) == (PlateMode(mode_hz=45.0), [])
    mode, told = _entered(160.0, PlateMode(mode_hz=45.0), [])
    assert mode.mode_hz == 45.0
    assert told == ["the first mode of 160 Hz that was entered by hand was left out: the knocks showed one at 45.0 Hz"]
    assert _entered(160.0, PlateMode(at_least_hz=57.0), [])[0] == PlateMode(mode_hz=160.0)
