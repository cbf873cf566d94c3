"""The example study: made whole or not at all, read by every command, and true to what stands beside it."""

from __future__ import annotations

import csv
import filecmp
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import landing_lab as ll
from command_line import ENVIRONMENT, refused, run
from example_study import beside_truth, truth
from landing_lab.analysis.inputs.files import entries_of, session_inputs
from landing_lab.analysis.person import person
from landing_lab.app.datasets.example import design
from landing_lab.app.datasets.example.kept import AFTER_S, BEFORE_S, CUT
from landing_lab.app.datasets.example.make import example_dataset
from landing_lab.app.datasets.example.tables import dictionary
from landing_lab.errors import ParameterError
from landing_lab.io.parquet_file import read_header
from landing_lab.io.processed import read_processed

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "data" / "make_example.py"


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two athletes: one with raw files and the contrast, one with neither."""
    return example_dataset(tmp_path_factory.mktemp("example") / "some", athletes=("P01", "P13"), jobs=2)


def test_it_is_a_dataset_as_record_leaves_it(some: Path) -> None:
    table = ll.read_trials(some)
    assert table.notes == ()
    trials = table.rows[["participant", "session", "run", "condition"]].drop_duplicates()
    counts = trials.groupby(["participant", "session", "condition"], observed=True).size().to_dict()
    assert counts == {
        ("P01", "01", ""): 5, ("P01", "02", ""): 5, ("P01", "03", "flat"): 5, ("P01", "03", "heel_lift"): 5,
        ("P13", "01", ""): 5, ("P13", "02", ""): 5,
    }  # fmt: skip
    assert all(person(table.participants, who, None).simulated for who in ("P01", "P13"))
    assert not list(some.rglob("*.lock")), "a lock was left behind"
    assert {path.parent.parent.name for path in some.rglob("*.xdf")} == {"ses-01"}
    assert sorted(path.name for path in some.parent.iterdir()) == ["some"], "something was left beside it"


def test_the_bytes_are_the_same_at_every_making_whatever_the_number_of_processes(some: Path, tmp_path: Path) -> None:
    again = example_dataset(tmp_path / "again", athletes=("P13",), jobs=1)
    here, there = again / "sub-P13", some / "sub-P13"
    names = sorted(path.relative_to(here) for path in here.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(there) for path in there.rglob("*") if path.is_file())
    calibrations = [path.relative_to(again) for path in (again / "calibrations").iterdir()]
    assert len(names) > 20
    for one, other, listed in ((here, there, names), (again, some, calibrations)):
        same, different, failed = filecmp.cmpfiles(one, other, [str(name) for name in listed], shallow=False)
        assert (different, failed) == ([], []), len(same)


def test_measured_numbers_are_near_the_truth_beside_them(some: Path) -> None:
    for name, side, most in (
        ("contact_time_s", "total", 0.006), ("flight_time_s", "total", 0.006), ("peak_force_bw", "total", 0.25),
        ("body_weight_n", "total", 12.0), ("medial_shift_mm", "left", 7.0), ("medial_shift_mm", "right", 7.0),
    ):  # fmt: skip
        found = beside_truth(some, name, side)
        assert len(found) == 30
        assert (found["value"] - found["true"]).abs().max() < most, (name, side)


def test_instants_of_the_truth_are_in_the_time_of_the_files(some: Path) -> None:
    table = truth(some, "trials").set_index(["participant_id", "session_id", "run"])
    for description in sorted(some.glob("sub-*/ses-*/trials/*.json")):
        document = json.loads(description.read_text(encoding="utf-8"))
        at = {one["name"]: one["time_s"] for one in document["trials"][0]["events"] if one["side"] == "total"}
        entered = document["recording"]
        true = table.loc[(f"sub-{entered['participant']}", f"ses-{entered['session']}", entered["run"])]
        for name in ("touchdown", "take_off", "landing"):
            assert at[name] == pytest.approx(true[f"{name}_s"], abs=0.006)


def test_the_session_with_raw_files_is_computed_again_bit_by_bit_and_the_others_say_why_not(some: Path) -> None:
    done = run("reanalyse", some, "--check")
    assert done.returncode == 0
    assert "5 trials: 5 identical" in done.stdout
    told = (
        "4 sessions (sub-P01/ses-02 is the first) have no raw recordings and were left out; the stored numbers stay as "
        "they are"
    )
    assert done.stderr.strip().splitlines() == [f"landing-lab: {told}"]
    told = refused("reanalyse", some / "sub-P13", code=2)
    assert "2 sessions (sub-P13/ses-01 is the first) have no raw recordings" in told


def test_cuttings_say_that_they_are_and_hold_the_contact(some: Path) -> None:
    whole = read_processed(next(some.glob("sub-P01/ses-01/trials/*_run-01.json")))
    assert set(whole.recordings) == {"force", "insole_left", "insole_right", "plate"}
    assert whole.recordings["force"].streams["force"].times_s[0] == pytest.approx(0.0, abs=0.01)
    lifted = read_processed(next(some.glob("sub-P01/ses-03/trials/*_run-02.json")))
    assert set(lifted.recordings) == {"force", "insole_left", "insole_right"}
    plain = read_processed(next(some.glob("sub-P13/ses-01/trials/*_run-01.json")))
    assert set(plain.recordings) == {"force"}
    for trial in (lifted, plain):
        assert CUT in trial.description["notes"]
        at = {one["name"]: one["time_s"] for one in trial.description["trials"][0]["events"] if one["side"] == "total"}
        for name, recording in trial.recordings.items():
            times_s = recording.streams[name].times_s
            assert times_s[0] == pytest.approx(at["touchdown"] - BEFORE_S, abs=0.0021)
            assert times_s[-1] == pytest.approx(at["landing"] + AFTER_S, abs=0.0021)
    stem = next(some.glob("sub-P13/ses-01/trials/*_run-01_force.parquet"))
    assert CUT in ll.read(stem).notes


def test_the_dictionary_names_every_column_of_every_table(some: Path) -> None:
    text = (some / "README.md").read_text(encoding="utf-8")
    assert text == dictionary() == (ROOT / "data" / "DICTIONARY.md").read_text(encoding="utf-8")
    names: set[str] = set()
    for path in some.rglob("*.tsv"):
        names |= set(path.read_text(encoding="utf-8").splitlines()[0].split("\t"))
    for path in some.rglob("metrics.csv"):
        names |= set(next(csv.reader(path.read_text(encoding="utf-8").splitlines()[:1])))
    for path in some.rglob("*.parquet"):
        document = json.loads(read_header(path).metadata["landing_lab"])
        names |= {"time_s", *(one["column"] for one in document["columns"])}
    for path in some.glob("sub-*/ses-*"):
        inputs = session_inputs(path)
        assert inputs is not None
        names |= set(entries_of(inputs))
    assert len(names) > 100
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
    described = json.loads((some / "participants.json").read_text(encoding="utf-8"))
    assert list(described) == (some / "participants.tsv").read_text().splitlines()[0].split("\t")


def test_every_effect_of_the_design_stands_in_the_truth(some: Path) -> None:
    effects = truth(some, "effects").set_index("name")["value"]
    assert effects["heel_lift_medial_shift_mm"] == design.LIFT["medial_shift_mm"]
    assert effects["valgus_lunge"] == design.VALGUS["lunge"]
    assert effects["rater_sensitivity"] == design.SENSITIVITY


def test_what_cannot_be_made_is_refused_and_nothing_of_it_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ParameterError, match="holds something"):
        example_dataset(tmp_path / "mine")
    with pytest.raises(ParameterError, match="P01 to P24; got P25"):
        example_dataset(tmp_path / "new", athletes=("P25",))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine", "thesis.txt"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--out", str(tmp_path / "mine")], capture_output=True, text=True, check=False,
        env=ENVIRONMENT, timeout=60.0,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    making = subprocess.Popen(
        [sys.executable, str(SCRIPT), "--out", str(tmp_path / "new"), "--jobs", "2"], env=ENVIRONMENT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 60.0
    while not list(tmp_path.glob(".new-*.tmp/sub-*/ses-01")) and making.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    making.send_signal(signal.SIGINT)
    _, told = making.communicate(timeout=240.0)
    assert making.returncode == 130
    assert "interrupted; nothing was written by half" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_being_ended_before_the_first_athlete_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: unguarded.append(number))
    monkeypatch.setattr(
        "landing_lab.app.datasets.example.tables.write_top",
        lambda dataset, _athletes: (dataset.path.mkdir(), os.kill(os.getpid(), signal.SIGTERM)),
    )
    try:
        with pytest.raises(KeyboardInterrupt):
            example_dataset(tmp_path / "new", jobs=1, athletes=("P01",))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert unguarded == []
    assert list(tmp_path.iterdir()) == []
