"""Trials of a dataset in one table: what session.json and metrics.csv say, whatever a laboratory did to them."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

import landing_lab as ll
from landing_lab.analysis.cohort.trial_columns import TrialKey, renumbered
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.errors import ParameterError
from landing_lab.io.session_file import FILE_NAME
from made_dataset import make_dataset

KEY = ["participant", "session", "task", "run", "name", "side"]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return make_dataset(
        tmp_path / "study", seed=1, participants=["P01", "P02"], n_trials=3, conditions=("flat", "heel_lift")
    ).path


def by_hand(study: Path) -> dict[tuple[str, ...], tuple[float, str]]:
    """(participant, session, run, name, side) -> value and condition, of accepted trials, with the standard library."""
    found = {}
    for folder in sorted(study.glob("sub-*/ses-*")):
        state = json.loads((folder / FILE_NAME).read_text())
        accepted = {Path(one["file"]).name: one for one in state["trials"] if one["verdict"] == "accepted"}
        with (folder / "metrics.csv").open(newline="") as stream:
            for row in csv.DictReader(stream):
                entry = accepted.get(Path(row["source"]).name)
                if entry is not None:
                    key = (state["participant"], state["session"], str(entry["run"]), row["name"], row["side"])
                    value = float(row["value"]) if row["value"] else math.nan
                    found[key] = (value, entry["condition"])
    return found


def same(table: TrialTable, expected: dict[tuple[str, ...], tuple[float, str]]) -> None:
    rows = table.rows
    keys = zip(rows.participant, rows.session, rows.run.astype(str), rows["name"], rows.side, strict=True)
    got = dict(zip(keys, zip(rows.value, rows.condition, strict=True), strict=True))
    assert len(got) == len(rows)
    assert {key: (repr(value), condition) for key, (value, condition) in got.items()} == {
        key: (repr(value), condition) for key, (value, condition) in expected.items()
    }


def edit(folder: Path, change: object) -> None:
    path = folder / FILE_NAME
    document = json.loads(path.read_text())
    change(document)  # type: ignore[operator]
    path.write_text(json.dumps(document))


def test_values_are_those_of_the_files_bit_by_bit(study: Path) -> None:
    same(ll.read_trials(study), by_hand(study))


def test_one_participant_is_the_same_rows(study: Path) -> None:
    whole = ll.read_trials(study).rows
    one = ll.read_trials(study, participant="P02").rows
    assert one.equals(whole[whole.participant == "P02"].reset_index(drop=True))


def test_verdict_and_condition_are_those_of_session_json(study: Path) -> None:
    def change(document: dict[str, list[dict[str, str]]]) -> None:
        document["trials"][0]["verdict"] = "rejected"
        document["trials"][1]["condition"] = "barefoot"

    edit(study / "sub-P01" / "ses-01", change)
    table = ll.read_trials(study, participant="P01")
    same(table, {key: value for key, value in by_hand(study).items() if key[0] == "P01"})
    first = table.rows[table.rows.session == "01"]
    assert set(first.run) == {2, 3, 4, 5, 6}
    assert set(first.condition[first.run == 2]) == {"barefoot"}


def test_who_is_not_there_and_what_is_no_dataset(study: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"P09.*it has P01, P02"):
        ll.read_trials(study, participant="P09")
    with pytest.raises(ParameterError, match="is no dataset"):
        ll.read_trials(tmp_path)


def test_runs_count_per_task_and_the_raw_file_tells_them_apart(tmp_path: Path) -> None:
    study = make_dataset(tmp_path / "study", seed=2, participants=["P01"], n_sessions=1, n_trials=2).path
    folder = study / "sub-P01" / "ses-01"

    def change(document: dict[str, list[dict[str, object]]]) -> None:
        second = document["trials"][1]
        second |= {"run": 1, "task": "drop_landing", "file": "raw/sub-P01_ses-01_task-dropLanding_run-01.xdf"}

    edit(folder, change)
    table = folder / "metrics.csv"
    table.write_text(
        table.read_text().replace("raw/sub-P01_ses-01_task-dropJump_run-02", "sub-P01_ses-01_task-dropLanding_run-01")
    )
    rows = ll.read_trials(study).rows
    assert sorted(set(zip(rows.task, rows.run, strict=True))) == [("drop_jump", 1), ("drop_landing", 1)]
    assert not rows.duplicated(KEY).any()


def test_a_second_landing_of_one_file_is_a_trial_of_its_own(study: Path) -> None:
    table = study / "sub-P01" / "ses-01" / "metrics.csv"
    head, *rows = table.read_text().splitlines(keepends=True)
    first = [row for row in rows if "run-01" in row]
    table.write_text(head + "".join(rows) + "".join(row.replace(".xdf,0,", ".xdf,1,") for row in first))
    found = ll.read_trials(study, participant="P01").rows
    session = found[found.session == "01"]
    assert set(session.run) == {1, 2, 3, 4, 5, 6, 7}
    assert session[session.run == 7].value.tolist() == session[session.run == 1].value.tolist()


def test_refused_values_are_missing_even_where_a_number_stands(study: Path) -> None:
    table = study / "sub-P01" / "ses-01" / "metrics.csv"
    head, first, second, *rest = table.read_text().splitlines(keepends=True)
    cells = second.split(",")
    cells[4:8] = ["", cells[5], "", "refused"]
    table.write_text(head + first.replace(",ok,", ",refused,") + ",".join(cells) + "".join(rest))
    rows = ll.read_trials(study, participant="P01").rows
    assert rows.value[:2].isna().all()
    assert rows.sd[:2].isna().all()
    assert (rows.status[:2] == "refused").all()
    assert rows.value[2:].notna().all()


HOSTILE = {
    "no table": (lambda path: path.unlink(), "no metrics.csv"),
    "other columns": (lambda path: path.write_text("a,b\n1,2\n"), "no column 'source'"),
    "a column twice": (lambda path: path.write_text(path.read_text().replace("method", "value", 1)), "two columns"),
    "semicolons": (lambda path: path.write_text(path.read_text().replace(",", ";")), "no column"),
    "open quote": (lambda path: path.write_text(path.read_text() + '"never closed'), "damaged"),
    "short line": (lambda path: path.write_text(path.read_text() + "a,b,c\n"), "damaged"),
    "ten megabytes in a cell": (lambda path: path.write_text(path.read_text() + "a" * 10_000_000 + ",\n"), "damaged"),
    "no text": (lambda path: path.write_bytes(b"\xff\xfe\x00\x80"), "cannot be read"),
    "empty": (lambda path: path.write_bytes(b""), "no column"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "no metrics.csv"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_table_that_cannot_be_read_costs_its_session_only(study: Path, name: str) -> None:
    harm, reason = HOSTILE[name]
    harm(study / "sub-P01" / "ses-02" / "metrics.csv")
    table = ll.read_trials(study)
    (note,) = table.notes
    assert note.startswith("sub-P01 ses-02 was left out with 6 accepted trials: ")
    assert reason in note
    assert len(note) < 300
    assert len(table.rows) == 3 * 6 * 12


def test_odd_numbers_and_rows_that_stand_twice_are_named(study: Path) -> None:
    path = study / "sub-P02" / "ses-01" / "metrics.csv"
    head, first, second, *rest = path.read_text().splitlines(keepends=True)
    cells = first.split(",")
    words = [",".join([*cells[:4], odd, *cells[5:]]) for odd in ("NaN",)]
    path.write_text(head + "".join(words) + second + second + "".join(rest))
    table = ll.read_trials(study, participant="P02")
    assert sorted(table.notes) == [
        "sub-P02 ses-01 run 1: 1 row(s) stood twice; the first counts",
        "sub-P02 ses-01 run 1: 1 value(s) that are no numbers were left out",
    ]
    assert len(table.rows) == 2 * 6 * 12
    assert table.rows.value.isna().sum() == 1


def test_damaged_session_json_is_rebuilt_from_the_raw_files(study: Path) -> None:
    folder = study / "sub-P01" / "ses-01"
    (folder / FILE_NAME).write_text("{broken")
    (folder / "raw").mkdir()
    (folder / "trials").mkdir()
    for run in (1, 4):
        (folder / "raw" / f"sub-P01_ses-01_task-dropJump_run-{run:02d}.xdf").touch()
        (folder / "trials" / f"sub-P01_ses-01_task-dropJump_run-{run:02d}.json").write_text("{}")
    table = ll.read_trials(study, participant="P01")
    rows = table.rows[table.rows.session == "01"]
    assert dict(zip(rows.run, rows.condition, strict=True)) == {1: "flat", 4: "heel_lift"}
    assert any("was rebuilt from its 2 raw files" in note for note in table.notes)


def test_a_session_of_a_newer_version_is_left_out_and_named(study: Path) -> None:
    edit(study / "sub-P01" / "ses-01", lambda document: document.update(schema="landing-lab.session/9"))
    table = ll.read_trials(study)
    assert any("sub-P01 ses-01 was left out" in note and "update landing-lab" in note for note in table.notes)


def test_old_session_names_and_tables_without_run_are_read(tmp_path: Path) -> None:
    study = make_dataset(tmp_path / "study", seed=3, participants=["01"], n_sessions=1, n_trials=1).path
    folder = study / "sub-01" / "ses-20261122T154500"
    (study / "sub-01" / "ses-01").rename(folder)
    (folder / FILE_NAME).unlink()
    (folder / "raw").mkdir()
    (folder / "raw" / "sub-01_trial-01.xdf").touch()
    text = (
        (folder / "metrics.csv")
        .read_text()
        .replace("raw/sub-01_ses-01_task-dropJump_run-01.xdf", "sub-01_trial-01.xdf")
    )
    (folder / "metrics.csv").write_text(
        "".join(",".join(line.split(",")[:11]) + "\r\n" for line in text.splitlines()), newline=""
    )
    rows = ll.read_trials(study).rows
    assert len(rows) == 12
    assert set(zip(rows.session, rows.run, rows.task, rows.condition, strict=True)) == {
        ("20261122T154500", 1, "drop_jump", "")
    }


def test_links_out_of_the_dataset_are_left_out_and_named(study: Path, tmp_path: Path) -> None:
    outside = make_dataset(tmp_path / "elsewhere", seed=5, participants=["X1"], n_sessions=1).path / "sub-X1"
    (study / "sub-X1").symlink_to(outside)
    (study / "sub-P01" / "ses-09").symlink_to(outside / "ses-01")
    table = study / "sub-P02" / "ses-01" / "metrics.csv"
    table.unlink()
    table.symlink_to(outside / "ses-01" / "metrics.csv")
    found = ll.read_trials(study)
    assert set(found.rows.participant) == {"P01", "P02"}
    assert len(found.rows) == 3 * 6 * 12
    assert sum("is a link that leads out of" in note for note in found.notes) == 3


def test_participants_that_differ_in_case_stay_two_and_are_named(study: Path) -> None:
    (study / "sub-p01").mkdir()
    found = ll.read_trials(study)
    assert "P01 and p01 differ only in upper and lower case; they count as two participants" in found.notes


def test_numbers_computed_again_are_preferred_where_asked(study: Path) -> None:
    own = study / "sub-P01" / "ses-01" / "metrics.csv"
    again = study / "derivatives" / f"landing-lab-{ll.__version__}" / "sub-P01" / "ses-01" / "metrics.csv"
    again.parent.mkdir(parents=True)
    again.write_text(own.read_text().replace("contact_time_s", "new_time_s"))
    assert "new_time_s" not in set(ll.read_trials(study).rows["name"])
    rows = ll.read_trials(study, derivatives=True).rows
    assert set(rows[rows["name"] == "new_time_s"].session) == {"01"}
    assert len(rows) == len(ll.read_trials(study).rows)


def test_participants_tsv_as_laboratories_write_it(study: Path) -> None:
    (study / "participants.tsv").write_text(
        "\ufeffparticipant_id\tSex\tage\tmass_kg\tteam\r\nsub-P01\tF\t17.5\t61\tA\r\nsub-P02\tx\t-3\tn/a\t\r\n"
        "sub-P01\tM\t1\t1\tB\r\n"
    )
    table = ll.read_trials(study)
    people = table.participants
    assert people.loc["P01"].to_dict() == {"sex": "female", "age_years": 17.5, "mass_kg": 61.0, "team": "A"}
    assert people.loc["P02"].isna().all()
    assert len(people) == 2
    assert len(table.notes) == 3


@pytest.mark.parametrize(
    "text", ["name\tage\nP01\t3\n", "participant_id\ta\ta\nsub-P01\t1\t2\n", "\x00\x01", "", "x" * 100]
)
def test_a_participants_tsv_that_is_none_does_not_stop_anything(study: Path, text: str) -> None:
    (study / "participants.tsv").write_text(text)
    table = ll.read_trials(study)
    assert len(table.rows) == 4 * 6 * 12
    assert len(table.participants.columns) == 0


def test_tables_of_analyse_are_told_apart_by_the_names_of_their_files(study: Path, tmp_path: Path) -> None:
    expected = ll.read_trials(study)
    rows = expected.rows
    table = tmp_path / "metrics.csv"
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("source", "index", "task", "name", "side", "value", "unit", "sd", "status", "reason"))
        for one in rows.itertuples():
            source = f"somewhere/sub-{one.participant}_ses-{one.session}_task-dropJump_run-{one.run:02d}.c3d"
            writer.writerow((source, 0, one.task, one[6], one.side, repr(one.value), one.unit, one.sd, one.status, ""))
        writer.writerow(("jump.txt", 0, "drop_jump", "contact_time_s", "total", 0.2, "s", 0.001, "ok", ""))
    found = ll.read_trials(table)
    assert found.rows.assign(condition=rows.condition).equals(rows)
    (note,) = found.notes
    assert note.startswith("1 trial(s) were left out: jump.txt does not say whose it is; name files like sub-P07")


def test_a_table_of_nobody_is_refused_in_one_sentence(tmp_path: Path) -> None:
    table = tmp_path / "metrics.csv"
    table.write_text("source,index,name,side,value,unit,sd,status\njump.txt,0,a_s,total,1,s,0,ok\n")
    with pytest.raises(ParameterError, match="does not say whose its trials are"):
        ll.read_trials(table)


@pytest.mark.parametrize("name", ["a [1] * ?", "it's", 'a "b"', "größe", "x/../back", "./here", "%20{a,b}"])
def test_a_dataset_is_read_wherever_it_lies(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").mkdir()
    folder = Path(name)
    make_dataset(folder, seed=1, participants=["P1"], n_sessions=2, n_trials=1)
    table = ll.read_trials(folder)
    assert (len(table.rows), table.notes) == (24, ())


def test_every_landing_of_a_file_has_a_run_that_no_file_has() -> None:
    first = TrialKey("P1", "01", 1, "drop_jump", "", "a.xdf")
    other = first._replace(run=4, source="b.xdf")
    keys = [first, first._replace(landing=1), None, other, first._replace(landing=2), first._replace(session="02")]
    found = renumbered(keys, {("P1", "01", "drop_jump"): 4, ("P1", "02", "drop_jump"): 1})
    assert [None if one is None else (one.session, one.run, one.landing) for one in found] == [
        ("01", 1, 0), ("01", 5, 1), None, ("01", 4, 0), ("01", 6, 2), ("02", 1, 0)
    ]  # fmt: skip


def test_values_in_another_unit_than_most_are_left_out_and_named(study: Path) -> None:
    path = study / "sub-P02" / "ses-01" / "metrics.csv"
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(one for one in rows if one["name"] == "contact_time_s"):
        row["unit"] = "min"
        if number == 0:  # refused: there is no value to mix
            row["value"], row["status"] = "", "refused"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    whole = ll.cohort(study)
    rows_of = whole.table().rows
    own = rows_of[(rows_of["name"] == "contact_time_s") & (rows_of.participant == "P02")]
    assert set(rows_of[rows_of["name"] == "contact_time_s"].unit) == {"s"}
    assert own[own.session == "01"].value.isna().tolist() == [True]
    assert len(own) == 7
    (note,) = [one for one in whole.notes if "contact_time_s" in one]
    assert "sub-P02 ses-01 were left out: they are in min, most are in s" in note
    assert len([one for one in whole.columns.metrics if one.name == "contact_time_s"]) == 1
