"""A layout said once goes with what is recorded: names, places, calibrations, and what is computed from it later."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.test_record_session import Script, ran, scene, session_of
from calibrate.test_insole_calibration import bench
from calibration_runs import run_steps, saved
from landing_lab.app.calibration.files import read_steps, write_steps
from landing_lab.app.calibration.fit import insoles_of
from landing_lab.app.calibration.prepared import newest_bench_laws
from landing_lab.app.calibration.settings import CalibrateSettings, place_of
from landing_lab.app.calibration.sim import act_out_postures
from landing_lab.app.calibration.steps import insole_plan
from landing_lab.app.record.gates import of_calibrations
from landing_lab.calibrate.insole import fit_insole_bench
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import ParameterError
from landing_lab.io.calibration_files import write_calibration
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.layout_files import documents_of
from landing_lab.io.processed import read_processed
from landing_lab.model.calibration import as_document
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.sim.devices import insole_info
from landing_lab.sim.fsr import draw_parts
from played_links import PlayedClock, played

OTHER = shipped_layouts()["fsr402_8"]


def test_a_trial_carries_its_layout_and_is_read_with_it_later(tmp_path: Path) -> None:
    links = played(scene(0), clock=PlayedClock())
    session = session_of(tmp_path, links, Script(), auto_accept=True)
    session.layouts = {"SIM-IN-L": OTHER}
    ran(session)
    (entry, *_) = session.book.accepted
    raw = read_raw(session.book.raw_path(entry))
    assert raw.metadata["insole_layouts"] == {"SIM-IN-L": OTHER.as_document()}
    streams = recording_from_raw(raw).streams
    assert streams["insole_left"].sensor.insole == OTHER
    assert [one.name for one in streams["insole_left"].layout.channels] == [cell.name for cell in OTHER.cells]
    right = streams["insole_right"].sensor.insole
    assert right is not None
    assert right.name == "infotronic_8"
    stored = read_processed(Path(f"{session.book.folder.trial_stem(entry.task, entry.run)}.json"))
    assert stored.description


def test_a_calibration_of_another_layout_does_not_apply(tmp_path: Path) -> None:
    left, right, plate = act_out_postures(seed=3)
    session = run_steps((plate, left, right), insole_plan(), tmp_path / "a.xdf")
    raw = read_raw(tmp_path / "a.xdf")
    done = saved(session, "on plate", sides=("left",))
    (usual,) = insoles_of(raw, done, None)
    with_other = dataclasses.replace(raw, metadata={**raw.metadata, **documents_of({"SIM-IN-L": OTHER})})
    (other,) = insoles_of(with_other, done, None)
    assert (usual.layout, other.layout) == ("infotronic_8", "fsr402_8")
    assert usual.arms_mm is not None
    assert other.arms_mm != usual.arms_mm

    used = {"calibrations": {"SIM-IN-L": as_document(usual)}}
    fits = recording_from_raw(dataclasses.replace(raw, metadata={**raw.metadata, **used})).streams["insole_left"]
    assert fits.sensor.whole_foot
    assert fits.sensor.cop_sd_mm == usual.cop_sd_mm
    assert tuple(channel.position_mm for channel in fits.layout.channels) == usual.arms_mm
    foreign = recording_from_raw(dataclasses.replace(with_other, metadata={**with_other.metadata, **used}))
    assert not foreign.streams["insole_left"].sensor.calibrated
    assert foreign.streams["insole_left"].sensor.cop_sd_mm is None
    assert any("made with the layout infotronic_8, and its cells are now said to lie as fsr402_8" in note
               for note in foreign.notes)  # fmt: skip
    info = insole_info(0)
    (finding,) = of_calibrations({"insole_left": info}, {info.device_id: usual}, {info.device_id: OTHER})
    assert "so it is not used" in finding.text


def test_marks_and_laws_of_the_bench_are_kept_with_the_readings(tmp_path: Path) -> None:
    """What was said and what was used stands beside the readings, so that they give the same calibration again."""
    left, right, plate = act_out_postures(seed=3)
    path = tmp_path / "a.xdf"
    session = run_steps((plate, left, right), insole_plan(marked=True), path)
    assert "heels on the marks" in session.records[1].step.instruction
    said = dataclasses.replace(saved(session, "on plate", sides=("left",)), heel_mm=(2.0, -131.0), toe_out_deg=3.0)
    write_steps(path, said)
    assert read_steps(path) == said
    laws = fit_insole_bench(insole_info(0), bench(draw_parts(2 * 3 + 500_000)))
    raw = read_raw(path)
    used = {"SIM-IN-L": as_document(dataclasses.replace(laws, file="b.json"))}
    with_laws = dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": used})
    (made,) = insoles_of(with_laws, said, None)
    assert (made.heel_mm, made.toe_out_deg, made.stand) == ((2.0, -131.0), 3.0, "marked")
    assert made.bench_calibration == "b.json"
    assert made.exponent == laws.exponent


def test_the_newest_laws_of_each_insole_are_taken(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for days in (40, 2):
        made = fit_insole_bench(
            insole_info(0), bench(draw_parts(6)), made_at=(now - timedelta(days=days)).isoformat(timespec="seconds")
        )
        write_calibration(made, tmp_path)
    found = newest_bench_laws(CalibrateSettings(dataset=tmp_path), [insole_info(0), insole_info(1)])
    assert list(found) == ["SIM-IN-L"]
    assert (now - found["SIM-IN-L"].made).days == 2


@pytest.mark.parametrize("text", ["0", "a,b", "1,2,3", ""])
def test_a_place_that_is_none_is_one_sentence(text: str) -> None:
    assert place_of("0,-130") == (0.0, -130.0)
    with pytest.raises(ParameterError, match="is no place; write MEDIAL,ANTERIOR"):
        place_of(text)


def test_marks_beyond_a_plate_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no place of a foot"):
        CalibrateSettings(dataset=tmp_path, heel_mm=(0.0, -900.0))
    with pytest.raises(ParameterError, match="no place of a foot"):
        CalibrateSettings(dataset=tmp_path, heel_mm=(0.0, -130.0), toe_out_deg=80.0)
