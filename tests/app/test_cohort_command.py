"""`landing-lab cohort`: what a person gets, and the same result however the work is shared."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

import landing_lab as ll
from command_line import ENVIRONMENT, refused, refused_here, run, run_here
from landing_lab.analysis.cohort.norms import read_norms
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.app import cli
from landing_lab.app.cohort.batch import BatchDone, CohortBatch, collect_batch, cut, lost, one_by_one
from landing_lab.app.cohort.run import CohortSettings, run_cohort
from landing_lab.app.processes.ctrl_c import CtrlC
from landing_lab.app.processes.pool import Work, in_processes
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.dataset import Dataset
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.io.write import write_metrics_csv
from landing_lab.metrics.analyse import analyse
from landing_lab.model.trial_label import TrialLabel
from made_dataset import make_dataset
from reference import absent
from simulated_raw import write_raw

NAMES = [f"P{number:03d}" for number in range(70)]
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are ended by signal")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """140 sessions (three batches), sex and age known of all."""
    folder = tmp_path_factory.mktemp("cohort") / "study"
    path = make_dataset(folder, seed=7, participants=NAMES, n_sessions=2, n_trials=3).path
    rows = [f"sub-{name}\t{'FM'[number % 2]}\t{19 + number % 5}\n" for number, name in enumerate(NAMES)]
    (path / "participants.tsv").write_text("participant_id\tsex\tage\n" + "".join(rows))
    return path


def cohort(study: Path, folder: Path, **settings: Any) -> tuple[bytes, bytes]:
    """Bytes of the table and of the norms that the command writes."""
    folder.mkdir(exist_ok=True)
    table, norms = folder / "c.parquet", folder / "n.json"
    assert run_cohort(study, CohortSettings(out=table, norms_out=norms, **settings)) == 0
    return table.read_bytes(), norms.read_bytes()


def test_the_whole_cohort_is_told_and_written(study: Path) -> None:
    done = run("cohort", study)
    assert done.returncode == 0, done.stderr
    assert "70 athletes, 140 sessions, 420 accepted trials, 12 metrics (each side counts): 5040 rows." in done.stdout
    assert "drop jump: everybody (the same athletes: adults, 18 to 24 years)\n" in done.stdout
    assert "drop jump: women and girls (the same athletes: women, 18 to 24 years)\n" in done.stdout
    assert done.stdout.count("athletes   ") == 3, "a group that is another one is not printed again"
    assert "trials are never pooled" in done.stdout
    assert max(map(len, done.stdout.splitlines()[:40])) <= 100
    derived = study / "derivatives" / f"landing-lab-{ll.__version__}"
    table = duckdb.sql(f"SELECT count(*), count(DISTINCT participant), min(age_years) FROM '{derived}/cohort.parquet'")
    assert table.fetchall() == [(5040, 70, 19.0)]
    norms = read_norms(study)
    assert norms is not None
    own = norms.reference("contact_time_s", "total", sex="female", age_years=20.0, without="P002")
    assert own is not None
    assert own.n == 34
    assert f"dataset {study.name}" in own.source


def test_processes_do_not_change_a_byte(study: Path, tmp_path: Path) -> None:
    assert cohort(study, tmp_path / "one", jobs=1) == cohort(study, tmp_path / "two", jobs=2)


def test_the_written_table_gives_the_same_norms(study: Path, tmp_path: Path) -> None:
    table, norms = cohort(study, tmp_path, jobs=1)
    (tmp_path / "participants.tsv").write_bytes((study / "participants.tsv").read_bytes())
    again, norms_again = cohort(tmp_path / "c.parquet", tmp_path / "again")
    assert again == table
    first, second = json.loads(norms), json.loads(norms_again)
    assert first.pop("source") != second.pop("source")
    assert first == second


def test_one_athlete_is_told_and_drawn(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "p.png"
    one = CohortSettings(athlete="P003", metrics=("contact_time_s",), figure=picture)
    assert run_cohort(study, one) == 0
    told = capsys.readouterr().out
    assert "ses-01" in told
    assert "change, ses-02 against ses-01" in told
    assert picture.read_bytes().startswith(b"\x89PNG")
    run_cohort(study, CohortSettings(athlete="P003", json=True))
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "landing-lab.trends/1"
    assert len(document["trends"][0]["points"]) == 2
    assert not banned(told)


@pytest.mark.parametrize(("task", "used"), [("drop_jump_cue", True), ("countermovement_jump", False)])
def test_a_trend_is_judged_by_an_error_of_the_same_kind_of_task(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, task: str, used: bool
) -> None:
    error = MeasurementError(
        name="contact_time_s", side="total", unit="s", trial_sd=0.01, session_sd=0.01, source="here", borrowed=False
    )
    errors = ErrorFile(errors=(error,), task=task)
    monkeypatch.setattr("landing_lab.app.cohort.athlete.read_error_file", lambda _: errors)
    run_cohort(study, CohortSettings(athlete="P003", metrics=("contact_time_s",), json=True))
    document = json.loads(capsys.readouterr().out)
    assert (document["trends"][0]["change"]["mdc95"] is not None) is used
    assert any("The error file is of" in note for note in document["notes"]) is not used


def test_one_athlete_of_a_table_is_told(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ll.cohort(study).write(tmp_path / "table.parquet")
    duckdb.sql(f"COPY (FROM '{tmp_path / 'table.parquet'}') TO '{tmp_path / 'table.csv'}'")
    for name in ("table.parquet", "table.csv"):
        assert run_cohort(tmp_path / name, CohortSettings(athlete="P003", metrics=("contact_time_s",))) == 0
        assert "change, ses-02 against ses-01" in capsys.readouterr().out


def banned(text: str) -> list[str]:
    """Words that no page may hold (a second list beside the package's own)."""
    words = ("diagnos", "at risk", "% risk", "injury risk", "unsafe", "weak glutes", "valgus")
    return [word for word in words if word in text.lower()]


def test_a_question_in_sql(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT sex, count(DISTINCT participant) AS n FROM trials GROUP BY sex ORDER BY sex"
    run_cohort(study, CohortSettings(sql=sql, json=True, jobs=1))
    assert json.loads(capsys.readouterr().out)["rows"] == [["female", 35], ["male", 35]]
    run_cohort(study, CohortSettings(sql=sql, jobs=1))
    assert "female" in capsys.readouterr().out
    with pytest.raises(ParameterError, match="one SELECT and nothing else"):
        run_cohort(study, CohortSettings(sql="DROP TABLE trials", jobs=1))


def test_cells_are_shown_and_never_obeyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_dataset(tmp_path / "s", seed=1, participants=["P1"], n_sessions=1, n_trials=1).path
    table = path / "sub-P1" / "ses-01" / "metrics.csv"
    table.write_text(table.read_text().replace("contact_time_s", "\x1b[2Jcontact_time_s"))
    run_cohort(path, CohortSettings(sql="SELECT DISTINCT name, chr(27) FROM trials"))
    run_cohort(path, CohortSettings())
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"athlete": "X"}, "it has P000"),
        ({"athlete": "P003", "sql": "SELECT 1"}, "exclude each other"),
        ({"figure": Path("x.png")}, "belong to --athlete"),
        ({"athlete": "P003", "figure": Path("x.pdf")}, "a picture ends on"),
        ({"athlete": "P003", "metrics": ("luck",)}, "no trial has the metric"),
        ({"athlete": "P003", "condition": "barefoot"}, "has no trial of that kind"),
        ({"sql": "SELECT 1", "out": Path("x.parquet")}, "belong to the whole cohort"),
        ({"cluster": "tcp://127.0.0.1:1", "jobs": 2}, "exclude each other"),
        ({"cluster": "somewhere"}, "is no address"),
    ],
)
def test_settings_that_mean_nothing_are_one_sentence(study: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said) as refusal:
        run_cohort(study, CohortSettings(**settings))
    assert "\n" not in str(refusal.value)


def test_what_is_no_dataset_and_what_holds_no_trial(tmp_path: Path) -> None:
    assert "is no dataset" in refused_here("cohort", tmp_path, code=2)
    Dataset(tmp_path / "empty").create()
    with pytest.raises(ParameterError, match="no accepted trial"):
        run_cohort(tmp_path / "empty", CohortSettings())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One athlete with one session of two raw files and its metrics.csv."""
    dataset = Dataset(tmp_path_factory.mktemp("raw") / "study").create()
    session = dataset.new_session("P07")
    files = [write_raw(session.raw_path("drop_jump", number), seed=number) for number in (1, 2)]
    entries = tuple(
        TrialEntry(run=number, task="drop_jump", file=f"raw/{file.name}", verdict="accepted", condition="flat")
        for number, file in enumerate(files, start=1)
    )
    session.write_state(SessionState(participant="P07", session="01", protocol="drop_jump", trials=entries))
    results = [trial for file in files for trial in analyse(ll.read(file), box_height_m=0.3).trials]
    labels = [TrialLabel(run=number, condition="flat") for number in (1, 2)]
    write_metrics_csv(results, session.path / "metrics.csv", labels)
    return dataset.path


def test_a_session_without_numbers_is_analysed_to_the_same_table(recorded: Path, tmp_path: Path) -> None:
    stored = ll.cohort(recorded)
    dataset = Dataset(recorded)
    (batch,) = cut(recorded, dataset.sessions("P07"), derivatives=False, recompute=True)
    computed = collect_batch(batch)
    assert computed.n_computed == 1
    assert computed.notes == ()
    assert computed.columns.to_pandas().equals(stored.table().rows)
    table = recorded / "sub-P07" / "ses-01" / "metrics.csv"
    kept = table.rename(tmp_path / "metrics.csv")
    try:
        missing = collect_batch(replace(batch, recompute=False))
    finally:
        kept.rename(table)
    assert missing.columns.to_pandas().equals(stored.table().rows)
    assert missing.n_computed == 1


def test_a_dataset_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ll.LandingLabError, match="is no dataset"):
        collect_batch(CohortBatch(number=(0, 0), dataset=tmp_path, sessions=()))


def dies_on_p003(batch: CohortBatch) -> BatchDone:
    """Ends its process where a session of P003 is in the batch."""
    if any(session.participant == "P003" for session in batch.sessions):
        os.kill(os.getpid(), 9)
    return collect_batch(batch)


@linux
def test_a_session_that_ends_its_process_costs_itself_only(study: Path) -> None:
    dataset = Dataset(study)
    folders = [session for name in NAMES[2:4] for session in dataset.sessions(name)]
    batches = cut(study, folders, derivatives=False, recompute=True)
    batches = [replace(batch, recompute=False) for batch in batches]
    with CtrlC() as ctrl_c:
        done = list(in_processes(batches, Work(dies_on_p003, one_by_one, lost), jobs=1, ctrl_c=ctrl_c))
    assert sum(one.n_sessions for one in done) == 4
    assert [note[:39] for one in done for note in one.notes] == [
        "sub-P003 ses-01 was left out: the proce", "sub-P003 ses-02 was left out: the proce",
    ]  # fmt: skip
    assert {trial.participant for one in done for trial in one.columns.trials} == {"P002"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler of Dask on this computer, and its two workers."""
    if importlib.util.find_spec("distributed") is None:
        absent("distributed is not installed; install the extra `dask`")
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    started: list[subprocess.Popen[bytes]] = []

    def start(what: str, *words: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(file), *words]
        with (folder / f"{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log, env=ENVIRONMENT, cwd=folder))

    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    try:
        _wait(file.is_file)
        for _ in range(2):
            start("worker", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        _wait(lambda: all(b"Registered to" in (folder / f"{n}.log").read_bytes() for n in (1, 2)))
        yield json.loads(file.read_text())["address"], started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def _wait(condition: object, longest_s: float = 60.0) -> None:
    deadline = time.monotonic() + longest_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "the cluster did not start"
        time.sleep(0.05)


@linux
@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_also_where_a_worker_is_lost(
    study: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    expected = cohort(study, tmp_path / "here", jobs=1)
    table, norms = tmp_path / "table.parquet", tmp_path / "norms.json"
    on_it = run("cohort", study, "--dask", address, "--out", table, "--norms-out", norms)
    assert on_it.returncode == 0, on_it.stderr
    assert (table.read_bytes(), norms.read_bytes()) == expected
    script = Path(__file__).parents[1] / "lose_a_worker.py"
    words = [sys.executable, str(script), str(study), address, str(workers[0].pid), str(tmp_path / "lost.parquet")]
    done = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert workers[0].wait(timeout=10) == -9
    assert (tmp_path / "lost.parquet").read_bytes() == expected[0]


def test_a_cluster_that_is_not_there_is_one_sentence(study: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        assert "no Dask scheduler answers" in refused("cohort", study, "--dask", address, code=1)


def test_nothing_that_the_cohort_did_not_write_is_ever_replaced(study: Path, tmp_path: Path) -> None:
    raw = next(study.rglob("session.json"))
    for option, victim in [
        ("out", study / "participants.tsv"), ("out", raw), ("norms_out", raw.with_name("metrics.csv")),
        ("norms_out", study / "reliability.json"), ("norms_out", study / "dataset_description.json"),
        ("out", study / "norms.json"), ("out", study / "new.parquet"),
    ]:  # fmt: skip
        before = victim.read_bytes() if victim.exists() else None
        with pytest.raises(ParameterError, match="among the recorded data"):
            run_cohort(study, CohortSettings(**{option: victim}))
        assert (victim.read_bytes() if victim.exists() else None) == before
    notes = tmp_path / "notes.parquet"
    notes.write_text("mine")
    for option in ("out", "norms_out"):
        with pytest.raises(ParameterError, match="did not write it"):
            run_cohort(study, CohortSettings(**{option: notes}))
        with pytest.raises(ParameterError, match="name a file"):
            run_cohort(study, CohortSettings(**{option: tmp_path}))
    assert notes.read_text() == "mine"
    with pytest.raises(ParameterError, match="the same file"):
        run_cohort(study, CohortSettings(out=tmp_path / "a", norms_out=tmp_path / "b" / ".." / "a"))


@linux
def test_a_pipe_is_not_replaced_by_a_file(study: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ParameterError, match="name a file"):
        run_cohort(study, CohortSettings(out=pipe))
    with pytest.raises(RecordingError, match="a pipe or a device"):
        ll.cohort(study).write(pipe)
    assert pipe.is_fifo()


def test_its_own_files_are_written_again(study: Path, tmp_path: Path) -> None:
    derived = study / "derivatives" / "mine" / "c.parquet"
    for _ in range(2):
        cohort(study, tmp_path)
        assert run_cohort(study, CohortSettings(out=derived, norms_out=study / "norms.json")) == 0
    shutil.rmtree(study / "derivatives")
    (study / "norms.json").unlink()


def test_a_wrong_metric_is_told_before_anything_is_written(study: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no trial has the metric 'nope'"):
        run_cohort(study, CohortSettings(out=tmp_path / "c.parquet", metrics=("nope",)))
    assert not list(tmp_path.iterdir())


@linux
@pytest.mark.parametrize(
    "words",
    [
        ["cohort", "--sql", "SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b"],
        ["cohort", "--sql", "SELECT * FROM range(900000) AS a, range(900000) AS b WHERE hash(a, b) = 1"],
    ],
)
def test_ctrl_c_ends_a_long_query_with_a_sentence(study: Path, words: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "landing_lab", words[0], str(study), *words[1:]],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    at_work(process.pid)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=240)  # the query itself would take hours
    assert process.returncode == 130
    assert told.strip().splitlines()[-1] == "landing-lab: interrupted; nothing was written by half"


def at_work(pid: int) -> None:
    """Wait until a process has loaded the database and then computed for a second: reading the study takes less."""
    began: float | None = None
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline and (began is None or computed_s(pid) - began < 1.0):
        if began is None and "duckdb" in Path(f"/proc/{pid}/maps").read_text():
            began = computed_s(pid)
        time.sleep(0.05)


def computed_s(pid: int) -> float:
    """CPU seconds of a process so far, all its threads together."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_ctrl_c_is_told_once_whatever_command_it_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("landing_lab.app.cohort.run.run_cohort", pressed)
    monkeypatch.setattr(sys, "argv", ["landing-lab", "cohort", "study"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "landing-lab: interrupted; nothing was written by half\n"


def test_numbers_of_an_answer_are_never_cut(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = f"SELECT {', '.join(f'0.1234567890123456::DOUBLE AS a_rather_long_name_{n}' for n in range(12))}"
    assert run_cohort(study, CohortSettings(sql=sql)) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert row.split() == ["0.1234567890123456"] * 12
    assert head.split()[-1] == "a_rather_long_name_11"


def test_norms_in_another_unit_and_errors_of_zero_are_never_compared_with(study: Path, tmp_path: Path) -> None:
    folder = tmp_path / "beside"
    cohort(study, folder)
    table = folder / "c.parquet"
    row = {"name": "contact_time_s", "side": "total", "unit": "min", "trial_sd": 0.01, "session_sd": 0.01}
    errors = folder / "reliability.json"
    errors.write_text(json.dumps({"schema": "landing-lab.reliability/1", "errors": [row]}))
    told = run_here("cohort", table, "--athlete", "P001", "--metric", "contact_time_s").stdout
    assert "no measurement error is known" in told
    errors.write_text(json.dumps({"schema": "landing-lab.reliability/1", "errors": [{**row, "trial_sd": 0}]}))
    assert "an error of 0 is none" in refused_here("cohort", table, "--athlete", "P001", code=2)
