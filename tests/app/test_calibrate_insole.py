"""The guided calibration of insoles, its check, and recordings that then rest on calibrated newton."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from calibrate.test_calibration_documents import INSOLE
from calibration_runs import MADE_AT, front_of, run_steps, saved
from landing_lab.app.boards.scenes import make_scene
from landing_lab.app.calibration.check import check_document, check_feet, write_check
from landing_lab.app.calibration.fit import bench_of, insoles_of, plate_of
from landing_lab.app.calibration.judge import kept_words
from landing_lab.app.calibration.sim import SIM_CELL_MASSES_KG, act_out_bench, act_out_plate, act_out_postures
from landing_lab.app.calibration.steps import bench_plan, check_plan, insole_plan, plate_plan
from landing_lab.app.calibration.tables import insole_rows
from landing_lab.errors import CalibrationError
from landing_lab.io.calibration_files import newest_calibrations, write_calibration
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from landing_lab.model import nominal
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, as_document
from landing_lab.model.device import SimulatedDevice
from landing_lab.sim.devices import insole_info, plate_info
from landing_lab.sim.fsr import draw_parts
from simulated_raw import write_raw

SEED = 3
"""The seed of tests/simulated_raw.py: its boards have the same parts."""


@cache
def wearer() -> tuple[SimulatedDevice, ...]:
    left, right, plate = act_out_postures(seed=SEED)
    return plate, left, right


@cache
def plate_calibration() -> PlateCalibration:
    import tempfile

    steps = plate_plan(plate_info(), (5, 20), quick=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plate.xdf"
        session = run_steps([act_out_plate(steps, seed=SEED).device], steps, path)
        return plate_of(read_raw(path), saved(session, "plate"))


def test_postures_are_followed_and_give_both_insoles(tmp_path: Path) -> None:
    made = plate_calibration()
    session = run_steps(wearer(), insole_plan(), tmp_path / "a.xdf", calibrations={made.device_id: made})
    assert [record.status for record in session.records] == ["done"] * 8
    told = {record.step.posture: record.told for record in session.records}
    assert "% of" in told["heel_raises"]  # agreement by the gain of flat standing
    assert "right unloaded" in told["left_leg"]
    both = saved(session, "on plate", sides=("left", "right"))
    insoles = insoles_of(read_raw(tmp_path / "a.xdf"), both, made)
    assert [one.side for one in insoles] == ["left", "right"]
    assert all(one.force_sd_fraction < 0.25 for one in insoles)
    assert {error.label for error in insoles[0].posture_errors} >= {"flat", "lean_fore_aft", "left_leg", "hops"}
    for one in (made, *insoles):
        write_calibration(one, tmp_path)
    check_and_record(tmp_path)


def test_boards_of_the_scene_can_be_calibrated_by_their_ports() -> None:
    served = make_scene("calibration", seed=SEED, clock_ppm=None).devices
    for one, acted in zip(served, act_out_postures(seed=SEED), strict=True):
        assert np.array_equal(one.frames.counts, acted.frames.counts)


def test_what_is_kept_is_one_line_and_equal_exponents_are_one_number() -> None:
    steps = {step.kind: step for step in plate_plan(plate_info(), (5, 20))}
    told = kept_words(steps["unload"], "the filter may be of order 3 or 2")
    assert told.startswith("kept, need not be repeated")
    assert kept_words(steps["load"], "the plate shows 3 kg").startswith("kept although the plate")
    assert ("exponent", "1.30") in insole_rows(dataclasses.replace(INSOLE, exponent=(1.3,) * INSOLE.n_cells))


def check_and_record(dataset: Path) -> None:
    """What follows a calibration: the check at the end, and a recording that names it."""
    found = newest_calibrations(dataset, ["SIM-PLT", "SIM-IN-L", "SIM-IN-R"])
    session = run_steps(wearer(), check_plan(), dataset / "check.xdf", calibrations=found)
    raw = read_raw(dataset / "check.xdf")
    documents = {device: as_document(one) for device, one in found.items()}
    raw = dataclasses.replace(raw, metadata={"started_at": MADE_AT, "calibrations": documents})
    done = saved(session, "check")
    checks = check_feet(raw, done, found)
    assert [one.holds for one in checks] == [True, True]
    document = check_document(checks, done, dataset / "check.xdf", found)
    assert document["weight_n"] == pytest.approx(document["calibration_weight_n"], rel=0.02)
    assert check_document(checks[:1], done, dataset / "check.xdf", found)["weight_n"] is None
    assert [path.parent.name for path in write_check(dataset, document)] == ["checks"]
    assert checks[0].verdict.startswith("left insole: force holds (")
    assert "medial shift usable (good to " in checks[0].verdict
    drifted: dict[str, Calibration] = {**found}
    left = found["SIM-IN-L"]
    assert isinstance(left, InsoleCalibration)
    drifted["SIM-IN-L"] = dataclasses.replace(left, weight_n=tuple(2.0 * weight for weight in left.weight_n))
    documents = {device: as_document(one) for device, one in drifted.items()}
    worse = check_feet(dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": documents}), done, drifted)
    assert not worse[0].holds
    assert re.search(r"force off \(\+\d+\.\d % since .*do not use this session's newton; medial", worse[0].verdict)
    assert worse[0].verdict.endswith("; calibrate again")
    with pytest.raises(CalibrationError, match="nothing to check"):
        check_feet(raw, done, {})
    numbers_rest_on(dataset, found)


def numbers_rest_on(dataset: Path, found: dict[str, Calibration]) -> None:
    """The same trial without and with calibrations: what was flagged as nominal no longer is."""
    documents = {device: as_document(one) for device, one in found.items()}
    bare = analyse(read(write_raw(dataset / "bare.xdf", seed=SEED, started_at=MADE_AT))).first
    known = write_raw(dataset / "known.xdf", seed=SEED, started_at=MADE_AT, calibrations=documents)
    result = analyse(read(known)).first
    assert "nominal" in " ".join(row.reason or "" for row in bare.table)
    assert "nominal" not in " ".join(row.reason or "" for row in result.table)
    recording = read(known)
    assert all(stream.sensor.calibrated for stream in recording.streams.values())
    assert found["SIM-PLT"].file in recording.streams["plate"].sensor.description


def test_standing_on_both_legs_is_no_single_leg_and_flat_alone_is_refused(tmp_path: Path) -> None:
    plan = {step.posture: step for step in insole_plan()}
    steps = [plan["feet_up"], plan["flat"], dataclasses.replace(plan["flat"], key="one leg", gate="standing")]
    session = run_steps(wearer(), steps[:2], tmp_path / "a.xdf")
    assert session.complete
    with pytest.raises(CalibrationError, match="flat standing alone"):
        insoles_of(read_raw(tmp_path / "a.xdf"), saved(session, "on plate", sides=("left",)), None)
    still = dataclasses.replace(plan["lean_fore_aft"], seconds=0.5, ready_s=0.0)
    session = run_steps(wearer(), [*steps[:2], still], tmp_path / "b.xdf")
    assert session.records[-1].status == "skipped"
    assert "lean further" in front_of(session).texts("problem")[0]


def test_cells_on_the_bench_are_found_again(tmp_path: Path) -> None:
    info = insole_info(0)
    steps = bench_plan(info, SIM_CELL_MASSES_KG)
    device = act_out_bench(steps, seed=4, side="left")
    session = run_steps([device], steps, tmp_path / "a.xdf")
    assert session.complete, session.problem
    made = bench_of(read_raw(tmp_path / "a.xdf"), saved(session, "bench"))
    parts = draw_parts(2 * 4 + 500_000)
    for cell in range(8):
        true_ratio = parts.conductance_at_1_n_s[cell] / nominal.FSR_CONDUCTANCE_AT_1_N_S * 10.0 ** parts.exponent[cell]
        assert made.weight_n[cell] * true_ratio ** made.exponent[cell] == pytest.approx(10.0, rel=0.2)


def test_a_mass_on_the_wrong_cell_is_told(tmp_path: Path) -> None:
    info = insole_info(0)
    steps = bench_plan(info, SIM_CELL_MASSES_KG)[:3]
    device = act_out_bench(steps, seed=4, side="left")
    wrong = [steps[0], dataclasses.replace(steps[1], cell=5)]
    session = run_steps([device], wrong, tmp_path / "a.xdf")
    assert not session.complete
    assert "seems to lie on heel, not on fore_medial" in session.problem


def test_four_masses_are_too_few_for_a_cell() -> None:
    with pytest.raises(CalibrationError, match="5 different masses"):
        bench_plan(insole_info(0), (0.1, 0.2, 0.5, 1.0))
