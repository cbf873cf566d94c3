"""`landing-lab record` and `devices` against boards that behave, fail and vanish; over real pseudo terminals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from command_line import ENVIRONMENT, command, refused, run
from landing_lab.sim.devices import demo_bodies, trial_scene
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import serve

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX; the driver tests cover TCP")


@contextmanager
def boards(*, faults: list[LinkFaults] | None = None) -> Iterator[list[str]]:
    scene = trial_scene(demo_bodies(1, seed=3)[0], seed=3, session=0)
    server = serve(scene.devices, faults=faults)
    try:
        yield [word for url in server.urls for word in ("--port", url)]
    finally:
        server.close()


def session_files(dataset: Path, pattern: str) -> list[Path]:
    return sorted(dataset.glob(f"sub-01/ses-*/{pattern}"))


def test_a_trial_ends_by_itself_and_is_reported(tmp_path: Path) -> None:
    with boards() as ports:
        done = run("record", *ports, "--dataset", tmp_path, "--auto-accept", "--box-height-m", "0.3")
    assert done.returncode == 0, done.stderr
    assert "Trial 1 of 1: complete" in done.stdout
    (document,) = session_files(tmp_path, "analysis.json")
    (trial,) = json.loads(document.read_text())["trials"]
    assert trial["task"] == "drop_jump"
    (raw,) = session_files(tmp_path, "raw/*.xdf")
    again = json.loads(run("analyse", raw, "--box-height-m", "0.3", "--format", "json").stdout)["trials"][0]
    assert again["metrics"] == trial["metrics"]


def test_board_unplugged_in_the_middle_keeps_what_came(tmp_path: Path) -> None:
    faults = [LinkFaults(), LinkFaults(unplug_after_s=3.0), LinkFaults()]
    with boards(faults=faults) as ports:
        done = run("record", *ports, "--dataset", tmp_path, "--auto-accept")
    assert done.returncode == 1
    (raw,) = session_files(tmp_path, "raw/*.xdf")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("landing-lab: ")
    assert str(raw) in last
    from landing_lab.io.read import read

    for name, stream in read(raw).streams.items():
        assert stream.duration_s > 2.5, name
    assert session_files(tmp_path, "report.html"), "what there is is reported"


def test_silent_board_is_named(tmp_path: Path) -> None:
    with boards(faults=[LinkFaults(), LinkFaults(silent=True), LinkFaults()]) as ports:
        message = refused("record", *ports, "--dataset", tmp_path, code=1)
        assert ports[3] in message
        assert "nothing answered" in message
        listed = run("devices", *ports, "--json", "--timeout-s", "1")
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


def test_interrupted_trial_is_kept(tmp_path: Path) -> None:
    with boards() as ports:
        process = subprocess.Popen(
            command(["record", *ports, "--dataset", tmp_path, "--auto-accept"]),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=ENVIRONMENT,
        )  # fmt: skip
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline and not any(
            raw.stat().st_size > 40_000 for raw in session_files(tmp_path, "raw/*.xdf")
        ):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=60.0)
    assert "Traceback" not in told
    assert process.returncode == 130, told
    assert told == "landing-lab: interrupted; what was recorded so far is kept\n"
    assert "not in the report" in printed
    (raw,) = session_files(tmp_path, "raw/*.xdf")
    assert run("analyse", raw).returncode == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--port", "/dev/no-such-port"), "there is no port"),
        (("--sim", "--port", "x"), "--sim"),
        (("--sim", "--participant", "../../etc"), "pseudonym"),
        (("--sim", "--protocol", "marathon"), "no protocol"),
        (("--sim", "--max-duration-s", "0"), "1-600"),
    ],
)
def test_wrong_calls_get_one_sentence(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    code = 1 if "no-such-port" in words[1] else 2
    assert told in refused("record", *words, "--dataset", tmp_path, code=code)
    assert not list(tmp_path.iterdir())


def test_rejected_trials_are_put_aside_and_the_rest_reported(tmp_path: Path) -> None:
    keyboard, terminal = os.openpty()
    with boards() as ports:
        process = subprocess.Popen(
            command(["record", *ports, "--dataset", tmp_path, "--trials", "2"]),
            stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
        )  # fmt: skip
        os.close(terminal)
        # an answer that is none, a rejection, an acceptance; then the person leaves the keyboard
        os.write(keyboard, b"what\nn\ny\n\x04")
        printed, told = process.communicate(timeout=120.0)
    os.close(keyboard)
    assert "Traceback" not in told
    assert process.returncode == 130, (printed, told)
    assert "Please answer y or n." in printed
    assert [raw.name for raw in session_files(tmp_path, "raw/rejected/*")] == ["sub-01_trial-01_rejected-1.xdf"]
    assert [raw.name for raw in session_files(tmp_path, "raw/*.xdf")] == ["sub-01_trial-01.xdf", "sub-01_trial-02.xdf"]
    (document,) = session_files(tmp_path, "analysis.json")
    assert [trial["source"] for trial in json.loads(document.read_text())["trials"]] == ["sub-01_trial-01.xdf"]
    assert session_files(tmp_path, "report.html")


def test_inputs_are_checked_before_anybody_jumps(tmp_path: Path) -> None:
    assert "box_height_m=30" in refused("record", "--sim", "--box-height-m", "30", "--dataset", tmp_path, code=2)
    assert "mass_kg" in refused("record", "--sim", "--mass-kg", "nan", "--dataset", tmp_path, code=2)
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
        _, told = process.communicate(timeout=20.0)
    assert process.returncode == 0
    assert told == ""
