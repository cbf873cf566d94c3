"""A dataset as BIDS: what the validator of BIDS says of it, and what stands in it."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import landing_lab as ll
from app.test_record_session import DROP_JUMP, Ordered, Script, scene
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.events import Command
from landing_lab.app.record.facts import SessionSettings
from landing_lab.app.record.session import RecordSession
from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.io.bids.export import export_bids
from landing_lab.io.bids.tables import participants
from landing_lab.io.dataset import Dataset
from landing_lab.io.processed import read_processed
from landing_lab.io.write import write_metrics_csv
from landing_lab.model.trial_label import TrialLabel
from played_links import PlayedClock, played
from reference import absent

LEFT_WARNINGS = {"NO_AUTHORS", "TOO_FEW_AUTHORS", "JSON_KEY_RECOMMENDED", "SIDECAR_KEY_RECOMMENDED"}
"""What a laboratory alone can tell: authors, licence, institution; and the version of HED, which is not used."""


def recorded(study: Path, participant: str, *, conditions: tuple[str, ...] = (), reject_first: bool = False) -> None:
    """One session on played boards with its metrics, without the pictures of its report."""
    links = played(scene(0), scene(1), clock=PlayedClock())
    protocol = dataclasses.replace(DROP_JUMP, n_trials=1, conditions=conditions)
    settings = SessionSettings(box_height_m=0.3, mass_kg=None, auto_accept=not reject_first)
    answers = [Command(kind="reject", text="lost balance"), *[Command(kind="accept")] * 2] if reject_first else []
    entered = {"mass_kg": None, "box_height_m": 0.3, "operator": None, "note": None}
    book = SessionBook.open(Dataset(study), participant, protocol, entered, seed=5, new=True)
    session = RecordSession(
        links=links, book=book, protocol=protocol, settings=settings, calibrations={}, front=Script(answers),
        report=Ordered(), pause=links[0].clock.pause, now=links[0].clock,
    )  # fmt: skip
    session.run()
    book.lock.release()
    trials = [ll.analyse(ll.read(book.raw_path(entry))).first for entry in book.accepted]
    labels = [TrialLabel(run=one.run, condition=one.condition, notes=()) for one in book.accepted]
    write_metrics_csv(trials, book.folder.path / "metrics.csv", labels)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bids") / "study"
    recorded(path, "P01", conditions=("flat", "heel_lift"))
    recorded(path, "P01")
    recorded(path, "P02", reject_first=True)
    recorded(path, "P02")
    Dataset(path).add_participant("P03")  # listed, never measured
    (path / "participants.tsv").write_text(
        "participant_id\tsex\tage_years\tboot\nsub-P01\tfemale\t23\tA 38\nsub-P02\tmale\t\tB\nsub-P03\tmale\t30\tB\n"
    )
    return path


@pytest.fixture(scope="module")
def exported(study: Path) -> Path:
    done = ll.export_bids(study, study.with_name("out"))
    assert (done.n_participants, done.n_sessions, done.n_trials, done.left_out) == (2, 4, 5, ())
    return done.path


def validated(folder: Path) -> list[dict[str, Any]]:
    """Issues that bids-validator has with a folder and its derivatives."""
    # of this Python's environment, which `make test` does not put on the path
    tool = shutil.which("bids-validator-deno", path=sysconfig.get_path("scripts"))
    if tool is None:
        absent("bids-validator-deno is not installed; pip install bids-validator-deno")
    environment = {**os.environ, "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"}
    done = subprocess.run(
        [tool, "--recursive", "--format", "json", "--max-rows", "-1", str(folder)],
        capture_output=True, text=True, env=environment, check=False, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    issues: list[dict[str, Any]] = list(told["issues"]["issues"])
    for derivative in (told.get("derivativesSummary") or {}).values():
        issues += derivative["issues"]["issues"]
    assert told["summary"]["totalFiles"] > 20
    return issues


def test_the_validator_finds_no_error_and_only_what_a_laboratory_must_tell(exported: Path) -> None:
    issues = validated(exported)
    assert [one for one in issues if one["severity"] == "error"] == []
    assert {one["code"] for one in issues} <= LEFT_WARNINGS
    missing = {one.get("subCode") for one in issues if one["code"].endswith("KEY_RECOMMENDED")}
    assert missing <= {
        "License", "HEDVersion", "InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName",
    }  # fmt: skip


def test_the_validator_would_find_a_mistake(exported: Path, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"
    shutil.copytree(exported, spoiled)
    next(spoiled.glob("sub-P01/ses-02/motion/*_motion.json")).write_text("{}")
    assert any(one["severity"] == "error" for one in validated(spoiled))


def test_force_cells_and_events_are_those_of_the_dataset(study: Path, exported: Path) -> None:
    stem = "sub-P01_ses-01_task-dropJump"
    trial = read_processed(study / f"sub-P01/ses-01/trials/{stem}_run-02.json")
    place = exported / "sub-P01/ses-01"
    named = f"{stem}_tracksys-plates_acq-heelLift_run-02"
    force = trial.recordings["force"].streams["force"]
    table = pd.read_csv(place / f"motion/{named}_motion.tsv", sep="\t", header=None, na_values="n/a").to_numpy()
    np.testing.assert_allclose(table, force.samples, atol=6e-4)
    sidecar = json.loads((place / f"motion/{named}_motion.json").read_text())
    assert sidecar["SamplingFrequency"] == pytest.approx(force.sample_rate_hz, rel=1e-12)
    assert sidecar["LandingLabSimulated"] is True
    assert "held to the load-cell plate" in sidecar["LandingLabSource"]
    assert sidecar["Instructions"] == DROP_JUMP.go
    channels = pd.read_csv(place / f"motion/{named}_channels.tsv", sep="\t")
    assert channels[["name", "type", "units", "component"]].to_numpy().tolist() == [
        [name, "MISC", "N", "z"] for name in ("left_n", "right_n", "total_n")
    ]
    insole = trial.recordings["insole_right"].streams["insole_right"]
    physio = place / f"beh/{stem}_acq-heelLift_run-02_recording-insoleright_physio"
    cells = np.loadtxt(gzip.decompress(physio.with_suffix(".tsv.gz").read_bytes()).decode().splitlines())
    np.testing.assert_allclose(cells, insole.samples, atol=6e-4)
    about = json.loads(physio.with_suffix(".json").read_text())
    assert about["StartTime"] == pytest.approx(insole.times_s[0] - force.times_s[0], abs=1e-8)
    assert len(about["Columns"]) == cells.shape[1]
    events = pd.read_csv(place / f"motion/{stem}_acq-heelLift_run-02_events.tsv", sep="\t", na_values="n/a")
    touchdown = events[(events.trial_type == "touchdown") & (events.side == "total")].iloc[0]
    first = next(one for one in trial.description["trials"][0]["events"] if one["name"] == "touchdown")
    assert touchdown.onset == pytest.approx(first["time_s"] - force.times_s[0], abs=1e-6)
    assert touchdown.duration == 0
    assert (events.onset.diff().dropna() >= 0).all()
    assert {"braking", "propulsion", "flight"} <= set(events[events.kind == "phase"].trial_type)


def test_rejected_trials_are_source_data_only(exported: Path) -> None:
    rejected = "sub-P02/ses-01/raw/rejected/sub-P02_ses-01_task-dropJump_run-01.xdf"
    assert (exported / "sourcedata" / rejected).is_file()
    assert [path.name for path in (exported / "sub-P02/ses-01/motion").glob("*_motion.tsv")] == [
        "sub-P02_ses-01_task-dropJump_tracksys-plates_run-02_motion.tsv"
    ]


def test_tables_tell_who_when_and_what_came_out(study: Path, exported: Path) -> None:
    people = (exported / "participants.tsv").read_text().splitlines()
    assert people == [
        "participant_id\tsex\tage_years\tboot", "sub-P01\tfemale\t23\tA 38", "sub-P02\tmale\tn/a\tB",
    ]  # fmt: skip
    assert set(json.loads((exported / "participants.json").read_text())) == {
        "participant_id",
        "sex",
        "age_years",
        "boot",
    }
    scans = pd.read_csv(exported / "sub-P01/ses-01/sub-P01_ses-01_scans.tsv", sep="\t")
    assert scans.condition.tolist() == ["flat", "heel_lift"]
    assert all((exported / "sub-P01/ses-01" / name).is_file() for name in scans.filename)
    assert scans.acq_time.str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").all()
    named = "sub-P01_ses-01_task-dropJump_desc-metrics_beh.tsv"
    metrics = pd.read_csv(exported / "derivatives/landing-lab/sub-P01/ses-01/beh" / named, sep="\t", na_values="n/a")
    own = pd.read_csv(study / "sub-P01/ses-01/metrics.csv")
    assert len(metrics) == len(own)
    np.testing.assert_allclose(metrics.value, own.value, rtol=1e-8)
    assert metrics.condition.unique().tolist() == ["flat", "heel_lift"]


def test_source_data_are_a_dataset_that_gives_the_same_numbers(exported: Path, tmp_path: Path) -> None:
    source = tmp_path / "again"
    shutil.copytree(exported / "sourcedata", source)
    raw = source / "sub-P01/ses-02/raw/sub-P01_ses-02_task-dropJump_run-01.xdf"
    assert ll.analyse(ll.read(raw)).status != "refused"
    assert Dataset(source).participants() == ["P01", "P02", "P03"]


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_dataset_gives_the_same_bytes_and_an_export_is_replaced_only_when_asked(
    study: Path, exported: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    export_bids(study, again)
    assert hashes(again) == hashes(exported)
    with pytest.raises(
        ParameterError, match="holds an earlier export; choose a new folder, or replace it with --force"
    ):
        export_bids(study, again)
    export_bids(study, again, raw=False, replace=True)
    assert not list(again.rglob("*.xdf"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again"]


def test_other_peoples_folders_are_left_alone(study: Path, exported: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    for replace in (False, True):
        with pytest.raises(ParameterError, match="holds other things, which an export would replace"):
            export_bids(study, tmp_path / "mine", replace=replace)
    with pytest.raises(ParameterError, match="lie in each other"):
        export_bids(study, study / "bids")
    with pytest.raises(ParameterError, match="lie in each other"):
        export_bids(study, study.parent, replace=True)
    with pytest.raises(ParameterError, match="is no dataset of landing-lab"):
        export_bids(tmp_path / "mine", tmp_path / "out")
    with pytest.raises(ParameterError, match="is a BIDS export; name the dataset"):
        export_bids(exported, tmp_path / "out")
    with pytest.raises(ParameterError, match="has no accepted trial to export"):
        export_bids(Dataset(tmp_path / "empty").create().path, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "mine"]


def test_a_trial_without_its_files_is_left_out_and_named(study: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    (copy / "sub-P01/ses-02/trials/sub-P01_ses-02_task-dropJump_run-01_force.parquet").unlink()
    done = export_bids(copy, tmp_path / "out", raw=False)
    assert done.n_trials == 4
    assert len(done.left_out) == 1
    assert "landing-lab reanalyse" in done.left_out[0]


def test_what_fails_half_way_leaves_nothing(study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from landing_lab.io.bids import export as module

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_source_data", lambda *_words, **_more: full())
    with pytest.raises(RecordingError, match="No space left on device"):
        export_bids(study, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_trial_with_insoles_alone_is_valid_too(study: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(study, copy)
    description = copy / "sub-P02/ses-02/trials/sub-P02_ses-02_task-dropJump_run-01.json"
    document = json.loads(description.read_text())
    del document["streams"]["force"]
    description.write_text(json.dumps(document))
    done = export_bids(copy, tmp_path / "out", raw=False)
    assert done.n_trials == 5
    assert [one for one in validated(done.path) if one["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("participant_id\tsex\tboot\tsex\nsub-P01\tm\tA\tf\n", r'has 2 columns "sex"'),
        ("participant_id\tsex\n\nsub-P01\tm\t23\n", "has 3 values in line 3 and names 2 columns"),
        ("participant_id\tsex\t\nsub-P01\tm\t23\n", "has no name for column 3"),
        ("id\tsex\n", 'begins with the column "id"'),
    ],
)
def test_a_table_of_people_that_is_wrong_says_where(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "participants.tsv").write_text(text)
    with pytest.raises(FileFormatError, match=why):
        participants(tmp_path, ["P01"])


def test_field_inputs_are_copied_only_when_asked(study: Path, tmp_path: Path) -> None:
    place = Path("sub-P01", "ses-01", "field_inputs.json")
    (study / place).write_text('{"schema": "landing-lab.inputs/1", "inputs": {"prior_injury": "acl"}}')
    for asked in (False, True):
        out = ll.export_bids(study, tmp_path / f"out-{asked}", raw=False, inputs=asked).path
        assert (out / "sourcedata" / place).exists() == asked
    (study / place).unlink()
