"""`landing-lab record` and `devices` against boards that behave, fail and vanish; over real pseudo terminals."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_line import ENVIRONMENT, command, refused, refused_here, run, run_here
from landing_lab.app.processes.ctrl_c import ENDINGS
from landing_lab.app.record.facts import SessionSettings
from landing_lab.app.record.interrupt import interruptible
from landing_lab.app.record.protocols import protocol_of
from landing_lab.app.record.report import SessionReport
from landing_lab.io.processed import read_processed
from landing_lab.io.read import read
from landing_lab.io.write import json_text
from landing_lab.metrics.analyse import analyse
from landing_lab.sim.devices import demo_bodies, trial_scene
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import serve

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX; the driver tests cover TCP")


SPEED = 6.0
"""Of the boards; the computer's clock does not follow, which flags numbers and changes nothing else."""


@contextmanager
def boards(*, faults: list[LinkFaults] | None = None, speed: float = SPEED) -> Iterator[list[str]]:
    scene = trial_scene(demo_bodies(1, seed=3)[0], seed=3, session=0)
    server = serve(scene.devices, faults=faults, speed=speed)
    try:
        yield [word for url in server.urls for word in ("--port", url)]
    finally:
        server.close()


def session_files(dataset: Path, pattern: str) -> list[Path]:
    return sorted(dataset.glob(f"sub-01/ses-*/{pattern}"))


def verdicts(dataset: Path) -> list[str]:
    (state,) = session_files(dataset, "session.json")
    return [trial["verdict"] for trial in json.loads(state.read_text())["trials"]]


def test_a_trial_ends_by_itself_is_judged_by_words_and_reported(tmp_path: Path) -> None:
    """Words from a pipe first; then nobody is there any more, and the gates decide."""
    with boards() as ports:
        done = subprocess.run(
            command(["record", *ports, "--dataset", tmp_path, "--trials", "1", "--operator", "AB"]),
            input="what\nreject fell over\n",
            capture_output=True, text=True, env=ENVIRONMENT, timeout=120.0, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Trial 1: complete" in done.stdout
    assert "not calibrated" in done.stdout
    assert "Please type accept" in done.stdout
    assert "rejected (fell over)" in done.stdout
    assert "Nobody is at the keyboard" in done.stdout
    assert verdicts(tmp_path) == ["rejected", "accepted"]
    (document,) = session_files(tmp_path, "analysis.json")
    (trial,) = json.loads(document.read_text())["trials"]
    assert trial["task"] == "drop_jump"
    (raw,) = session_files(tmp_path, "raw/*.xdf")
    assert raw.name == "sub-01_ses-01_task-dropJump_run-02.xdf"
    again = json.loads(run_here("analyse", raw, "--format", "json").stdout)["trials"][0]
    assert again["metrics"] == trial["metrics"]
    assert session_files(tmp_path, "trials/*.parquet")
    assert session_files(tmp_path, "report.html")


def recorded_here(dataset: Path, ports: list[str], monkeypatch: pytest.MonkeyPatch, *, reconnect_s: float) -> int:
    """`record --auto-accept --trials 1` without a process of its own and without a report."""
    from landing_lab.app.boards import links
    from landing_lab.app.record import run as record

    monkeypatch.setattr(links, "RECONNECT_S", reconnect_s)
    monkeypatch.setattr(SessionReport, "__enter__", lambda self: self)
    monkeypatch.setattr(SessionReport, "order", lambda *_: None)
    monkeypatch.setattr(SessionReport, "finish", lambda *_: None)
    protocol = dataclasses.replace(protocol_of("drop_jump"), n_trials=1)
    settings = record.RecordSettings(
        dataset=dataset, participant="01", protocol=protocol, session=SessionSettings(auto_accept=True)
    )
    return record.run_record(ports[1::2], settings, simulated=False)


def test_board_unplugged_in_the_middle_keeps_what_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [LinkFaults(), LinkFaults(unplug_after_s=3.0), LinkFaults()]
    with boards(faults=faults) as ports:
        assert recorded_here(tmp_path, ports, monkeypatch, reconnect_s=0.5) == 1
    told = capsys.readouterr()
    (raw,) = session_files(tmp_path, "raw/*.xdf")
    assert str(raw) in told.err
    assert "without verdict, not in the report" in told.out
    assert verdicts(tmp_path) == ["unfinished"]
    for name, stream in read(raw).streams.items():
        assert stream.duration_s > 2.5, name


def test_a_board_that_comes_back_goes_on_and_its_trial_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [LinkFaults(), LinkFaults(unplug_after_s=3.0, return_after_s=0.2), LinkFaults()]
    with boards(faults=faults, speed=2.0) as ports:
        assert recorded_here(tmp_path, ports, monkeypatch, reconnect_s=30.0) == 0
    assert verdicts(tmp_path) == ["rejected", "accepted"]
    assert "was away and came back" in capsys.readouterr().out


def test_silent_board_is_named(tmp_path: Path) -> None:
    with boards(faults=[LinkFaults(), LinkFaults(silent=True), LinkFaults()]) as ports:
        message = refused("record", *ports, "--dataset", tmp_path, code=1)
        assert ports[3] in message
        assert "nothing answered" in message
        listed = run("devices", *ports, "--json", "--timeout-s", "2")
    assert listed.returncode == 1
    document = json.loads(listed.stdout)
    assert [board["port"] for board in document["devices"]] == [ports[1], ports[5]]
    assert document["silent"][0]["port"] == ports[3]
    assert not session_files(tmp_path, "raw/*"), "nothing was recorded, so nothing is left behind"


def test_busy_port_is_named(tmp_path: Path) -> None:
    from landing_lab_drivers.port import SerialTransport

    with boards() as ports:
        holder = SerialTransport().open(ports[1], timeout_s=3.0)
        try:
            message = refused("record", *ports[:2], "--dataset", tmp_path, code=1)
        finally:
            holder.close()
    assert "another program" in message


@contextmanager
def recording(*words: str | Path, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command(["record", *words]), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def wait_for_raw(dataset: Path, n_bytes: int) -> None:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline and not any(
        raw.stat().st_size > n_bytes for raw in session_files(dataset, "raw/*.xdf")
    ):
        time.sleep(0.05)


def pressed_thrice(process: subprocess.Popen[str], number: signal.Signals) -> None:
    for _ in range(3):
        process.send_signal(number)
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_trial_is_kept_however_often_it_is_asked_to_end(tmp_path: Path, number: signal.Signals) -> None:
    with boards(speed=1.0) as ports, recording(*ports, "--dataset", tmp_path, "--auto-accept") as process:
        wait_for_raw(tmp_path, 40_000)
        pressed_thrice(process, number)
        printed, told = process.communicate(timeout=240.0)
    assert "Traceback" not in told
    assert process.returncode == 130, told
    assert told == "landing-lab: interrupted; what was recorded so far is kept\n"
    assert "not in the report" in printed
    (raw,) = session_files(tmp_path, "raw/*.xdf")
    assert run_here("analyse", raw).returncode == 0


def test_a_report_that_is_interrupted_is_given_up_and_made_when_the_session_is_continued(tmp_path: Path) -> None:
    words = ["--dataset", tmp_path, "--auto-accept", "--trials", "1"]
    with boards() as ports:
        with recording(*ports, *words) as process:
            assert process.stdout is not None
            while not (line := process.stdout.readline()).startswith("Trial 1 accepted"):
                assert line
            pressed_thrice(process, signal.SIGINT)
            printed, told = process.communicate(timeout=240.0)
        assert process.returncode == 130, told
        assert "1 of 1 trials accepted" in printed
        assert told.startswith("landing-lab: interrupted; what was recorded so far is kept; the report is not made")
        assert told.count("\n") == 1
        assert not session_files(tmp_path, "report.html")
        assert not session_files(tmp_path, ".*.tmp")
        done = run("record", *ports, *words)
    assert done.returncode == 0, done.stderr
    assert session_files(tmp_path, "report.html")
    assert verdicts(tmp_path) == ["accepted"]


def test_a_command_that_is_interrupted_before_anything_was_recorded_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = {number: signal.getsignal(number) for number in ENDINGS}

    def work() -> int:
        signal.raise_signal(signal.SIGINT)
        return 0

    assert interruptible(work) == 130
    signal.raise_signal(signal.SIGINT)  # ignored while the process ends
    for number, handler in before.items():
        signal.signal(number, handler)
    assert capsys.readouterr().err == "landing-lab: interrupted; what was recorded so far is kept\n"
    assert interruptible(lambda: 3) == 3
    assert {number: signal.getsignal(number) for number in ENDINGS} == before


def test_killed_at_any_instant_the_next_start_recovers(tmp_path: Path) -> None:
    """LANDING_LAB_KILLS=100 kills as often as the issue asks for; the ordinary run only looks that it can."""
    n_kills = int(os.environ.get("LANDING_LAB_KILLS", "2"))
    draw = random.Random(4)
    accepted: dict[str, list[object]] = {}
    with boards(speed=8.0) as ports:
        for number in range(n_kills):
            words = [*ports, "--dataset", tmp_path, "--auto-accept", "--trials", "100"]
            with recording(*words) as process:
                n_before = len(session_files(tmp_path, "raw/*.xdf"))
                deadline = time.monotonic() + 60.0
                while len(session_files(tmp_path, "raw/*.xdf")) == n_before and time.monotonic() < deadline:
                    time.sleep(0.05)
                time.sleep(draw.uniform(0.0, 4.0))
                process.kill()
                printed, told = process.communicate(timeout=240.0)
            assert "Traceback" not in told
            assert ("was not finished and is continued" in printed) == (number > 0)
            assert ("has no verdict" in printed) == (number > 0)
            accepted = _whole(tmp_path, accepted)
    (state,) = session_files(tmp_path, "session.json")
    assert state.parent.name == "ses-01", "one session all along"


def _whole(dataset: Path, known: dict[str, list[object]]) -> dict[str, list[object]]:
    """Metrics of every accepted trial by its raw file: whole on disk, equal from raw, none of `known` lost."""
    (path,) = session_files(dataset, "session.json")
    state = json.loads(path.read_text())
    found: dict[str, list[object]] = {}
    for trial in state["trials"]:
        raw = path.parent / trial["file"]
        if trial["verdict"] != "accepted":
            continue
        stem = path.parent / "trials" / raw.stem
        description = read_processed(Path(f"{stem}.json")).description
        metrics = description["trials"][0]["metrics"]
        if trial["file"] not in known:
            again = analyse(read(raw)).first
            assert json.loads(json_text({"metrics": [row.as_dict() for row in again.table]}))["metrics"] == metrics
        found[trial["file"]] = metrics
    assert known.keys() <= found.keys(), "an accepted trial was lost"
    for name, metrics in known.items():
        assert found[name] == metrics
    return found


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--port", "/dev/no-such-port"), "there is no port"),
        (("--sim", "--port", "x"), "--sim"),
        (("--sim", "--participant", "../../etc"), "pseudonym"),
        (("--sim", "--protocol", "marathon"), "no protocol"),
        (("--sim", "--max-duration-s", "0"), "1-600"),
        (("--sim", "--operator", "A\x1b[2JB"), "cannot be shown"),
    ],
)
def test_wrong_calls_get_one_sentence(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    code = 1 if "no-such-port" in words[1] else 2
    assert told in refused_here("record", *words, "--dataset", tmp_path, code=code)
    assert not list(tmp_path.iterdir())


def test_keys_reject_note_accept_and_quit(tmp_path: Path) -> None:
    keyboard, terminal = os.openpty()
    with boards() as ports, recording(*ports, "--dataset", tmp_path, "--trials", "2", stdin=terminal) as process:
        os.close(terminal)
        assert process.stdout is not None
        printed = ""
        for keys in (b"r1", b"nnew shoes\ra", b"qy"):
            while not (line := process.stdout.readline()).startswith("Accept, reject"):
                assert line, (printed, process.stderr.read() if process.stderr else "")
                printed += line
            os.write(keyboard, keys)
        rest, told = process.communicate(timeout=240.0)
    os.close(keyboard)
    assert "Traceback" not in told
    assert process.returncode == 0, (printed, rest, told)
    assert verdicts(tmp_path) == ["rejected", "accepted", "unfinished"]
    assert "rejected (lost balance or stepped off)" in printed
    assert "1 to go: the same command continues it" in rest
    (state,) = session_files(tmp_path, "session.json")
    assert json.loads(state.read_text())["trials"][1]["notes"] == ["new shoes"]
    assert [raw.name[-10:] for raw in session_files(tmp_path, "raw/rejected/*")] == ["run-01.xdf"]
    (document,) = session_files(tmp_path, "analysis.json")
    assert [trial["source"][-10:] for trial in json.loads(document.read_text())["trials"]] == ["run-02.xdf"]


def test_protocols_are_listed_within_the_terminal() -> None:
    listed = run("record", "--list-protocols")
    assert listed.returncode == 0
    assert "drop_jump" in listed.stdout
    assert "single_leg_drop_jump_left" in listed.stdout
    assert ".toml" in listed.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 100


def test_inputs_are_checked_before_anybody_jumps(tmp_path: Path) -> None:
    assert "box_height_m=30" in refused_here("record", "--sim", "--box-height-m", "30", "--dataset", tmp_path, code=2)
    assert "mass_kg" in refused_here("record", "--sim", "--mass-kg", "nan", "--dataset", tmp_path, code=2)
    assert not list(tmp_path.iterdir())


def test_simulated_devices_serve_until_interrupted() -> None:
    process = subprocess.Popen(
        command(["simulate", "devices", "--json"]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            line = process.stdout.readline()
            assert line, "it ended before it said where the boards are"
            text += line
        ports = [board["port"] for board in json.loads(text)["devices"]]
        assert len(ports) == 3
        listed = run("devices", *[word for port in ports for word in ("--port", port)], "--json")
        assert [board["kind"] for board in json.loads(listed.stdout)["devices"]] == [
            "insole-fsr",
            "insole-fsr",
            "plate-hx711",
        ]
    finally:
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=240.0)
    assert process.returncode == 0
    assert told == ""
