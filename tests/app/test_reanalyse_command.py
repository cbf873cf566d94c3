"""`landing-lab reanalyse`: the same numbers from the same raw file, wherever, however often, on however many cores."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import landing_lab
from command_line import ENVIRONMENT, command, refused, run
from landing_lab.app.analyse.batch_files import batch_files
from landing_lab.app.analyse.document import analysis_document
from landing_lab.app.reanalyse.compare import differences
from landing_lab.app.reanalyse.run import ReanalyseSettings, run_reanalyse
from landing_lab.app.reanalyse.trial import calibrations_in, with_calibrations
from landing_lab.errors import CalibrationError, FileFormatError, LandingLabError, ParameterError
from landing_lab.io.calibration_files import write_calibration
from landing_lab.io.dataset import Dataset
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.processed import read_processed
from landing_lab.io.read import read
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.io.write import json_text, write_analysis_json
from landing_lab.metrics.analyse import analyse
from landing_lab.model.calibration import PlateCalibration, from_document
from simulated_raw import write_raw

STATE = SessionState(participant="P07", session="01", protocol="drop_jump", created_at="2026-11-22T15:45:00+01:00")
DERIVED = Path("derivatives") / f"landing-lab-{landing_lab.__version__}" / "sub-P07" / "ses-01"


def entry(run: int, file: str, verdict: Any = "accepted", reason: str | None = None) -> TrialEntry:
    return TrialEntry(run=run, task="drop_jump", file=file, verdict=verdict, reason=reason)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset as a session leaves it: two accepted trials, a rejected one, one cut off; results stored."""
    dataset = Dataset(tmp_path_factory.mktemp("recorded") / "study").create()
    session = dataset.new_session("P07")
    files = [write_raw(session.raw_path("drop_jump", run), seed=min(run, 2)) for run in (1, 2, 3, 4)]
    files[2] = session.reject(files[2])
    names = [file.relative_to(session.path).as_posix() for file in files]
    trials = (
        entry(1, names[0]),
        entry(2, names[1]),
        entry(3, names[2], "rejected", "stepped off"),
        entry(4, names[3], "unfinished"),
    )
    session.write_state(replace(STATE, trials=trials))
    results = [trial for file in files[:2] for trial in analyse(read(file), box_height_m=0.3).trials]
    write_analysis_json(analysis_document(results), session.path / "analysis.json")
    return dataset.path


@pytest.fixture
def dataset(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "study"))


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures take most of the time; those of the command itself, in its own process, are drawn."""
    monkeypatch.setattr(importlib.import_module("landing_lab.report.write"), "report", lambda *_, **__: {})


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Whatever happens within, these files stay byte for byte."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def again(*wanted: Path, capsys: pytest.CaptureFixture[str], **settings: Any) -> tuple[int, dict[str, Any]]:
    """The exit code, and what a program reads."""
    capsys.readouterr()
    code = run_reanalyse(wanted, ReanalyseSettings(json=True, **settings))
    return code, json.loads(capsys.readouterr().out)


def test_a_session_is_computed_again_beside_its_own_results(dataset: Path) -> None:
    with unchanged(dataset / "sub-P07"):
        done = run("reanalyse", dataset)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("identical to the stored numbers") == 2
    assert "run-03.xdf: left out, rejected: stepped off" in done.stdout
    assert "run-04.xdf: left out, unfinished" in done.stdout
    out = dataset / DERIVED
    for name in ("report.html", "metrics.csv", "analysis.json", "trial-02.png"):
        assert (out / name).is_file(), name
    described = sorted((out / "trials").glob("*.json"))
    assert [path.stem[-2:] for path in described] == ["01", "02"]
    assert set(read_processed(described[0]).recordings) == {"insole_left", "insole_right", "plate", "force"}
    top = json.loads((out.parents[1] / "dataset_description.json").read_text())
    assert top["DatasetType"] == "derivative"


@pytest.mark.long  # a minute: two whole starts, one of them on one core
def test_bytes_of_the_results_depend_on_neither_threads_nor_cores_nor_cutting(dataset: Path, tmp_path: Path) -> None:
    first = min((dataset / "sub-P07/ses-01/raw").glob("*.xdf"))
    # Loose files both: session.json would add run and condition, which these raw files do not hold themselves.
    loose = tmp_path / "loose" / first.name
    loose.parent.mkdir()
    loose.write_bytes(first.read_bytes())
    write_raw(tmp_path / "other" / first.name, seed=1, block=7)
    found = []
    for number, (threads, source) in enumerate((("1", loose), ("4", tmp_path / "other"))):
        out = tmp_path / str(number)
        environment = {**ENVIRONMENT, "OPENBLAS_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads}
        environment |= {"PYTHONHASHSEED": threads}
        one_core = (lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})) if threads == "1" else None
        subprocess.run(
            command(["reanalyse", source, "--out", out]), env=environment, preexec_fn=one_core, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        (results,) = out.rglob("analysis.json")
        (force,) = out.rglob("*_force.parquet")
        found.append((results.read_bytes(), read(force).streams["force"].samples.tobytes()))
    assert found[0] == found[1]


def test_a_condition_corrected_in_the_session_is_that_of_the_results(dataset: Path, tmp_path: Path) -> None:
    described = dataset / "sub-P07/ses-01/session.json"
    before = described.read_text()
    document = json.loads(before)
    document["trials"][0]["condition"] = "barefoot"
    described.write_text(json.dumps(document))
    try:
        assert run_reanalyse([dataset], ReanalyseSettings(out=tmp_path / "out")) == 0
    finally:
        described.write_text(before)
    (results,) = (tmp_path / "out").rglob("analysis.json")
    first = json.loads(results.read_text())["trials"][0]
    assert (first["run"], first["condition"]) == (document["trials"][0]["run"], "barefoot")


def test_check_tells_identical_from_different_and_writes_nothing(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with unchanged(dataset):
        code, told = again(dataset, capsys=capsys, check=True)
    assert (code, told["counts"]) == (0, {"identical": 2})
    stored = dataset / "sub-P07/ses-01/analysis.json"
    document = json.loads(stored.read_text())
    row = next(row for row in document["trials"][0]["metrics"] if row["value"] is not None)
    was = row["value"]
    row["value"] = was * (1 + 2e-16) if was * (1 + 2e-16) != was else was * (1 + 4e-16)
    document["version"] = "0.0.9"
    stored.write_text(json_text(document))
    code, told = again(dataset, capsys=capsys, check=True)
    assert (code, told["counts"]) == (1, {"different": 1, "identical": 1})
    (difference,) = told["sessions"][0]["trials"][0]["differences"]
    what = f"{row['name']} ({row['side']}) value"
    assert difference == {"what": what, "old": row["value"], "new": was}, "one bit is a difference"
    assert run_reanalyse([dataset], ReanalyseSettings(check=True)) == 1
    said = capsys.readouterr().out
    assert "1 value differs: stored by landing-lab 0.0.9, computed by" in said
    assert f"{what}: {row['value']!r} became {was!r}" in said


def test_what_was_recorded_to_calibrate_is_no_trial(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readings = dataset / "calibrations" / "raw" / "PLATE_plate.xdf"
    readings.parent.mkdir(parents=True)
    shutil.copy(next((dataset / "sub-P07" / "ses-01" / "raw").glob("*.xdf")), readings)
    code, told = again(dataset, capsys=capsys, check=True)
    assert (code, told["counts"]) == (0, {"identical": 2})
    assert readings.name not in {Path(file.path).name for file in batch_files([dataset], None)}


def test_without_stored_numbers_a_check_does_not_pass(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (dataset / "sub-P07/ses-01/analysis.json").unlink()
    assert again(dataset, capsys=capsys, check=True)[0] == 1
    code, told = again(next(dataset.rglob("*run-01.xdf")), capsys=capsys)
    assert (code, told["counts"]) == (0, {"nothing stored": 1}), "computing it is no failure"


def test_one_bad_file_never_stops_the_rest(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = dataset / "sub-P07/ses-01"
    bad = next((session / "raw").glob("*run-01.xdf"))
    bad.write_bytes(b"XDF:" + bytes(1000))
    code, told = again(dataset, capsys=capsys)
    assert (code, told["counts"]) == (2, {"failed": 1, "identical": 1})
    assert "run-01.xdf" in told["sessions"][0]["trials"][0]["message"]
    assert json.loads((dataset / DERIVED / "analysis.json").read_text())["errors"][0]["source"] == bad.name
    bad.unlink()
    code, told = again(session, capsys=capsys, check=True)
    assert code == 2
    assert "is listed in session.json but is not there" in told["sessions"][0]["trials"][0]["message"]


def test_a_trial_that_does_not_count_may_be_missing(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next((dataset / "sub-P07/ses-01/raw").glob("*run-04.xdf")).unlink()
    code, told = again(dataset, capsys=capsys, check=True)
    assert (code, told["counts"]) == (0, {"identical": 2})
    assert "but is not there" in told["sessions"][0]["left_out"][1]["reason"]


def test_all_takes_rejected_and_unfinished_trials_too(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = again(dataset / "sub-P07", capsys=capsys, every=True, out=tmp_path / "all")
    assert (code, told["counts"]) == (0, {"identical": 2, "not compared": 2})
    document = json.loads((tmp_path / "all/sub-P07/ses-01/analysis.json").read_text())
    assert sorted(document["verdicts"].values()) == ["accepted", "accepted", "rejected", "unfinished"]
    assert again(dataset, capsys=capsys, every=True, check=True)[0] == 0


def test_a_session_of_an_older_version_is_computed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = tmp_path / "sub-01" / "ses-20261122T154500"
    kept = write_raw(session / "raw" / "sub-01_trial-01.xdf")
    write_raw(session / "raw" / "sub-01_trial-02.xdf")
    write_raw(session / "raw" / "rejected" / "sub-01_trial-02_rejected-1.xdf")
    write_analysis_json(analysis_document(analyse(read(kept), box_height_m=0.3).trials), session / "analysis.json")
    for _ in ("first", "again, over its own results"):
        code, told = again(tmp_path, capsys=capsys)
        assert (code, told["counts"]) == (0, {"identical": 1})
    left_out = {one["file"]: one["verdict"] for one in told["sessions"][0]["left_out"]}
    assert left_out == {"sub-01_trial-02.xdf": "unfinished", "sub-01_trial-02_rejected-1.xdf": "rejected"}
    assert (tmp_path / "derivatives" / DERIVED.parts[1] / "sub-01" / session.name / "metrics.csv").is_file()


def test_a_damaged_session_file_is_told_and_its_raw_files_are_still_computed(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = dataset / "sub-P07/ses-01"
    (session / "session.json").write_text("{")
    (session / "trials").mkdir()
    (session / "trials" / "sub-P07_ses-01_task-dropJump_run-01.json").write_text("{}")
    assert run_reanalyse([dataset], ReanalyseSettings(check=True)) == 0
    said = capsys.readouterr()
    assert "rebuilt from its 4 raw files" in said.err
    assert "run-01.xdf: identical" in said.out
    assert "run-02.xdf: left out, unfinished" in said.out


def test_loose_raw_files_need_no_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_raw(tmp_path / "loose" / "jump.xdf")
    write_raw(tmp_path / "more" / "jump.xdf")
    assert again(file, capsys=capsys)[0] == 0
    assert (tmp_path / "loose" / "derivatives" / DERIVED.parts[1] / "trials" / "jump_force.parquet").is_file()
    out = tmp_path / "out"
    assert again(tmp_path / "loose", tmp_path / "more", capsys=capsys, out=out)[0] == 0
    assert sorted(path.parent.name for path in out.rglob("metrics.csv")) == ["loose", "more"]


def test_results_never_go_into_a_session_or_beside_loose_raw_files(dataset: Path, tmp_path: Path) -> None:
    loose = write_raw(tmp_path / "loose" / "jump.xdf")
    for wanted, out in ((dataset, dataset), (loose, loose.parent)):
        with unchanged(tmp_path), pytest.raises(ParameterError, match="session's own folder"):
            run_reanalyse([wanted], ReanalyseSettings(out=out))


def test_results_of_other_recordings_are_not_replaced(dataset: Path, tmp_path: Path) -> None:
    other = tmp_path / "out" / "sub-P07" / "ses-01"
    other.mkdir(parents=True)
    (other / "report.html").write_text("of somebody")
    with pytest.raises(ParameterError, match="not from an analysis"):
        run_reanalyse([dataset], ReanalyseSettings(out=tmp_path / "out"))
    assert (other / "report.html").read_text() == "of somebody"


def test_what_cannot_be_meant_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert "no raw recording" in refused("reanalyse", tmp_path, code=2)
    with pytest.raises(FileFormatError, match="does not exist"):
        run_reanalyse([tmp_path / "nowhere"], ReanalyseSettings())
    with pytest.raises(ParameterError, match="--check writes nothing"):
        run_reanalyse([tmp_path], ReanalyseSettings(check=True, out=tmp_path))


def test_a_link_out_of_the_folder_is_refused(dataset: Path, tmp_path: Path) -> None:
    elsewhere = write_raw(tmp_path / "elsewhere" / "jump.xdf")
    (dataset / "sub-P07/ses-01/raw" / "jump.xdf").symlink_to(elsewhere)
    with pytest.raises(ParameterError, match="leads out of"):
        run_reanalyse([dataset], ReanalyseSettings(check=True))


def test_a_calibration_of_no_board_in_the_file_is_refused_for_that_file(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("landing_lab.app.reanalyse.run.calibrations_in", lambda _files: {"FOREIGN": {}})
    code, told = again(dataset, capsys=capsys, check=True, calibrations=[Path("x.json")])
    assert code == 2
    assert "and the calibrations given are of FOREIGN" in told["sessions"][0]["trials"][0]["message"]


def test_a_calibration_replaces_the_one_in_the_raw_file_and_leaves_those_of_other_boards(
    recorded: Path, tmp_path: Path
) -> None:
    file = next((recorded / "sub-P07/ses-01/raw").glob("*run-01.xdf"))
    raw = read_raw(file)
    board = raw.streams["plate"].info
    cells = range(board.n_channels)
    calibration = PlateCalibration(
        device_id=board.device_id,
        made_at="2026-11-22T10:00:00+00:00",
        method="known masses",
        software="test",
        gain=board.gain,
        n_cells=board.n_channels,
        zero_counts=tuple(0.0 for _ in cells),
        counts_per_n=tuple(100.0 for _ in cells),
        cell_scale_sd_fraction=tuple(0.01 for _ in cells),
        position_mm=tuple(None for _ in cells),
        side=tuple("total" for _ in cells),
        scale_sd_fraction=0.002,
        linearity_pct=None,
        corner_error_pct=None,
        hysteresis_pct=None,
        repeatability_pct=None,
        noise_n=1.0,
        steps=(),
    )
    given = calibrations_in([write_calibration(calibration, tmp_path)])
    old = replace(raw, metadata={**raw.metadata, "calibrations": {board.device_id: {"old": 1}, "INSOLE": {"kept": 1}}})
    metadata = with_calibrations(old, file, given).metadata
    assert metadata["calibrations"] == {board.device_id: given[board.device_id], "INSOLE": {"kept": 1}}
    assert from_document(given[board.device_id]).file.startswith(board.device_id)
    with pytest.raises(CalibrationError, match="a second calibration of"):
        calibrations_in([*tmp_path.glob("calibrations/*.json")] * 2)


def test_a_file_that_is_no_calibration_is_refused(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(LandingLabError):
        run_reanalyse([dataset], ReanalyseSettings(check=True, calibrations=[tmp_path / "a.json"]))
    with pytest.raises(FileFormatError):
        run_reanalyse([dataset], ReanalyseSettings(check=True, calibrations=[tmp_path / "none.json"]))


def test_analysing_a_dataset_meets_each_accepted_trial_once(dataset: Path, tmp_path: Path) -> None:
    for name in (DERIVED / "trials" / "x_force.parquet", Path("sub-P07/ses-01/trials/x_force.parquet")):
        (dataset / name).parent.mkdir(parents=True)
        (dataset / name).write_bytes(b"PAR1")
    names = [Path(file.path).name for file in batch_files([dataset], None)]
    assert [name[-6:-4] for name in names] == ["01", "02", "04"]


def test_differences_name_what_is_absent_and_never_trip_over_damage() -> None:
    trial = {"task": "drop_jump", "metrics": [{"name": "a", "side": "left", "value": 1, "sd": None, "status": "ok"}]}
    assert differences(json.loads(json.dumps(trial)), trial) == []
    more = {
        **trial,
        "metrics": [{**trial["metrics"][0], "value": 1.0}, "damaged"],
        "events": 5,
        "settings": {"x_n": True},
    }
    assert [(one.what, one.old, one.new) for one in differences(more, trial)] == [("setting x_n", True, "absent")]
    found = differences({}, trial)
    assert ("task", "absent", "drop_jump") in [(one.what, one.old, one.new) for one in found]


def test_damage_of_a_raw_file_is_named_also_where_the_numbers_are_the_same(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = min((dataset / "sub-P07/ses-01/raw").glob("*.xdf"))
    raw.write_bytes(raw.read_bytes()[:-40])
    _, document = again(dataset, capsys=capsys, check=True)
    first, second = document["sessions"][0]["trials"]
    assert first["comparison"] == "identical"
    assert any("not closed" in note or "left out" in note for note in first["raw_file_notes"])
    assert not second["raw_file_notes"]
    assert run_reanalyse([dataset], ReanalyseSettings(check=True)) == 0
    assert "    raw file: The " in capsys.readouterr().out


@pytest.mark.parametrize("change", ["twice", "schema"])
def test_results_with_a_trial_twice_or_of_another_schema_are_not_identical(
    dataset: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    path = dataset / "sub-P07/ses-01/analysis.json"
    document = json.loads(path.read_text())
    if change == "twice":
        document["trials"].append(document["trials"][0])
    else:
        document["schema"] = "landing-lab.analysis/9"
    path.write_text(json.dumps(document))
    code, told = again(dataset, capsys=capsys, check=True)
    assert code == 1
    (different, *_) = told["sessions"][0]["trials"][0]["differences"]
    assert different["what"] == {"twice": "entries of this recording", "schema": "schema of the stored results"}[change]
