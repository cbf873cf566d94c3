"""`landing-lab devices` and `simulate devices` as a person or a program uses them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from drivers.boards import insole, plate
from landing_lab.app.boards import table as command
from landing_lab.app.boards.links import SILENCE_S, emulator, opened, transport
from landing_lab.app.boards.probe import LinkQuality, probe_links, rate_warning
from landing_lab.app.boards.scenes import SCENES, TAKES, acted_trials, make_scene
from landing_lab.app.boards.simulate import SimulateSettings, _print_words
from landing_lab.app.boards.table import print_devices, run_devices
from landing_lab.app.calibration.events import read_script
from landing_lab.app.calibration.run import SCRIPT_SPEED, boards
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.errors import DeviceTimeoutError, ParameterError
from landing_lab.model.device import EmulatorServer, SimulatedDevice
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.port import SerialTransport

POSIX = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals and their names exist on POSIX only")
STARTED = [sys.executable, "-m", "landing_lab", "simulate", "devices", "--json"]


@contextmanager
def served(*devices: SimulatedDevice, **settings: object) -> Iterator[EmulatorServer]:
    server = serve(list(devices), loop=True, **settings)
    try:
        yield server
    finally:
        server.close()


def slow_plate() -> SimulatedDevice:
    """Four cells at 10 SPS behind a board that says 80."""
    fast = plate(200)
    return replace(fast, frames=replace(fast.frames, ticks_us=fast.frames.ticks_us * 8))


def test_boards_are_listed_with_what_a_second_of_streaming_shows(capsys: pytest.CaptureFixture[str]) -> None:
    with served(insole(2000), plate(200), faults=[LinkFaults(seed=2, lose_fraction=0.05), LinkFaults()]) as server:
        assert run_devices(server.urls, timeout_s=2.0, as_json=True) == 0
    shown = capsys.readouterr()
    first, second = json.loads(shown.out)["devices"]
    assert (first["port"], first["device_id"], first["placement"]) == (server.urls[0], "INS-L001", "left")
    assert first["link"]["rate_hz"] == pytest.approx(1000, rel=0.01)
    assert first["link"]["lost_frames"] > 10
    assert first["link"]["frames_per_s"] == pytest.approx(950, rel=0.15)
    assert first["link"]["jitter_ms"] > 0
    assert first["link"]["round_trip_ms"] > 0
    assert second["link"]["rate_hz"] == pytest.approx(80, rel=0.05)
    assert second["link"]["lost_frames"] == 0
    assert first["calibration"] is None
    assert shown.err == ""


def test_a_plate_whose_rate_pin_is_low_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with served(slow_plate()) as server:
        assert run_devices(server.urls, timeout_s=2.0, as_json=True) == 0
    shown = capsys.readouterr()
    (sentence,) = json.loads(shown.out)["warnings"]
    assert re.search(r"gives 10\.?\d? readings a second per cell instead of 80: the RATE pin", sentence)
    assert shown.err == f"landing-lab: {sentence}\n"


def test_a_board_that_measured_its_slow_rate_itself_is_told_without_a_probe() -> None:
    info = replace(plate().info, sample_rate_hz=10.4)
    assert "10.4 readings" in str(rate_warning(info, None))
    assert rate_warning(replace(info, sample_rate_hz=92.0), None) is None
    assert rate_warning(replace(insole().info, sample_rate_hz=10.0), None) is None
    assert rate_warning(info, LinkQuality(rate_hz=93.0)) is None


def test_without_a_probe_nothing_streams_and_nothing_is_claimed(capsys: pytest.CaptureFixture[str]) -> None:
    with served(insole()) as server:
        assert run_devices(server.urls, timeout_s=2.0, as_json=True, probe=False) == 0
    assert json.loads(capsys.readouterr().out)["devices"][0]["link"] is None


def test_a_board_that_does_not_stream_is_a_result_and_the_others_are_probed() -> None:
    class Mute:
        def __init__(self, link: object) -> None:
            self.info, self.stats, self.take_notes, self.poll = link.info, link.stats, link.take_notes, link.poll
            self.stop = link.stop

        def start(self) -> None:
            raise DeviceTimeoutError("it did not answer START")

    with served(insole(), plate()) as server:
        transport = SerialTransport()
        links = [transport.open(url, timeout_s=2.0) for url in server.urls]
        mute, good = probe_links([Mute(links[0]), links[1]], probe_s=0.4)
        for link in links:
            link.close()
    assert mute == LinkQuality(problem="it did not answer START")
    assert good.problem is None
    assert good.frames_per_s > 100


def test_the_table_fits_eighty_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    made = datetime.now(tz=UTC) - timedelta(days=12)
    calibration = SimpleNamespace(
        made=made, made_at=made.isoformat(), file="x.json", expires_at=made + timedelta(days=5)
    )
    quality = LinkQuality(frames_per_s=1000.0, rate_hz=1000.0, lost_frames=12, bad_frames=3, jitter_ms=12.3,
                          round_trip_ms=1.2)  # fmt: skip
    board = command.FoundBoard(port="/dev/cu.usbmodem14201", info=insole().info, link=quality, calibration=calibration)
    command._print_table([board, command.FoundBoard(port="COM3", info=plate().info)], calibrated=True)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for word in ("1000 frames/s", "12 lost, 3 bad", "jitter 12.3 ms", "ping 1.2 ms", "12 d ago", "expired", "COM3"):
        assert word in text


def test_an_expired_calibration_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = datetime.now(tz=UTC) - timedelta(days=400)
    calibration = SimpleNamespace(made=made, expires_at=made + timedelta(days=30), made_at="", file="")
    board = command.FoundBoard(port="COM3", info=plate().info, calibration=calibration)
    (sentence,) = command._warnings(board)
    assert "the calibration of PLATE" in sentence
    assert board.calibration_age_days == pytest.approx(400, abs=0.1)


def test_the_newest_calibration_of_the_dataset_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command._calibrations(tmp_path / "no such folder", ["PLATE"]) == ({}, [])
    (tmp_path / "calibrations").mkdir()
    (tmp_path / "calibrations" / "broken.json").write_text("{")
    found, damaged = command._calibrations(tmp_path, ["PLATE"])
    assert found == {}
    assert len(damaged) == 1


def test_every_scene_loads_the_plates_as_its_name_says() -> None:
    assert set(SCENES) == {"drop-jump", "standing", "empty", "calibration"}
    standing, empty = (make_scene(name, seed=1, clock_ppm=100.0).devices[2].frames for name in ("standing", "empty"))
    for cell in range(8):
        on, off = (frames.counts[frames.channel == cell, cell] for frames in (standing, empty))
        assert abs(np.median(on) - np.median(off)) > 5 * np.std(off)


def test_a_scene_has_the_clock_errors_that_were_asked_for_and_no_foreign_name() -> None:
    assert make_scene("empty", seed=1, clock_ppm=300.0).clock_ppm == (300.0, -300.0, 0.0)
    with pytest.raises(ParameterError, match="choose one of drop-jump, standing"):
        make_scene("handstand", seed=1, clock_ppm=None)


@POSIX
def test_names_in_a_folder_outlive_unplugging_and_go_with_the_server(tmp_path: Path) -> None:
    folder = tmp_path / "boards"
    process = subprocess.Popen(
        [*STARTED, "--scene", "empty", "--link-dir", folder, "--unplug-after", "0.2", "--return-after", "0.2",
         "--faults-on", "plate", "--speed", "5"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        document = read_json(process)
        assert [board["name"] for board in document["devices"]] == ["insole_left", "insole_right", "plate"]
        assert [board["port"] for board in document["devices"]] == [
            str(folder / b["name"]) for b in document["devices"]
        ]
        link = SerialTransport().open(str(folder / "plate"), timeout_s=2.0, reconnect_s=10.0)
        link.start()
        deadline = time.monotonic() + 10.0
        while link.stats.reconnects == 0 and time.monotonic() < deadline:
            link.poll()
            time.sleep(0.01)
        link.close()
        assert link.stats.reconnects == 1
        for _ in range(3):
            SerialTransport().open(str(folder / "insole_left"), timeout_s=2.0).close()
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20.0)
    assert (process.returncode, told) == (0, "")
    assert list(folder.iterdir()) == []


def read_json(process: subprocess.Popen[str]) -> dict:
    assert process.stdout is not None
    text = ""
    while not text.endswith("\n}\n"):
        line = process.stdout.readline()
        assert line, "it ended before it said where the boards are"
        text += line
    return json.loads(text)


def test_what_cannot_be_simulated_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "plate").write_text("somebody's notes")
    for words, told in (
        (["--faults-on", "toaster"], "choose one of insole_left, insole_right, plate"),
        (["--lose", "2"], "lose_fraction must be a share"),
        (["--link-dir", str(tmp_path)], "cannot be made a link"),
    ):
        done = subprocess.run([*STARTED, "--scene", "empty", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert told in done.stderr
        assert done.stderr.count("\n") == 1
    assert (tmp_path / "plate").read_text() == "somebody's notes"


@pytest.mark.parametrize(
    ("faults", "faulty", "told"),
    [
        (LinkFaults(jitter_ms=1e300), None, r"--jitter-ms 1e\+300 is outside 0-10000"),
        (LinkFaults(return_after_s=2.0), None, "--return-after plugs in what --unplug-after pulled"),
        (LinkFaults(seed=4), "plate", "--faults-on plate comes without a fault"),
        (LinkFaults(unplug_after_s=1e9), None, "--unplug-after 1e.09 is outside 0-86400 s"),
    ],
)
def test_faults_that_would_do_nothing_or_never_end_are_refused(
    faults: LinkFaults, faulty: str | None, told: str
) -> None:
    with pytest.raises(ParameterError, match=told):
        SimulateSettings(faults=faults, faulty=faulty)


def test_what_a_board_says_of_itself_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    print_devices([("COM3", replace(insole().info, device_id="\x1b[2J[/x]"))])
    assert "\\x1b[2J[/x]" in capsys.readouterr().out


def test_a_board_that_takes_start_and_sends_nothing_gets_a_warning_and_exit_code_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(insole(0), plate()) as server:
        assert run_devices(server.urls, timeout_s=2.0, as_json=True) == 1
    shown = capsys.readouterr()
    (warning,) = json.loads(shown.out)["warnings"]
    assert warning == "INS-L001 answers but does not stream: the board acknowledged the start and sent nothing"


def test_boards_that_play_fast_may_be_silent_as_long_as_those_in_real_time(tmp_path: Path) -> None:
    settings = CalibrateSettings(dataset=tmp_path, simulated=True, script=read_script("default"))
    with boards(settings, lambda: [insole(100)]) as links:
        assert links[0]._silence_s == SILENCE_S * SCRIPT_SPEED


def test_simulated_boards_play_another_trial_of_one_athlete_at_each_start() -> None:
    devices = acted_trials("drop_jump", start="box", leg="both", alive_s=1.0)
    plate = devices[2]
    assert len(plate.takes) == TAKES - 1
    peaks = [float(np.abs(frames.counts).max()) for frames in (plate.frames, *plate.takes)]
    assert len(set(peaks)) == TAKES
    assert np.std(peaks) < 0.15 * np.mean(peaks)
    another_day = acted_trials("drop_jump", start="box", leg="both", alive_s=1.0, first_take=TAKES)[2]
    assert float(np.abs(another_day.frames.counts).max()) not in peaks
    server = emulator()([plate], speed=20.0)
    try:
        with opened(transport(), server.urls, timeout_s=4.0) as (link,):
            played = []
            for _ in range(2):
                link.start()
                until_s, counts = time.monotonic() + 0.4, []
                while time.monotonic() < until_s:
                    counts += [arrival.frames.counts for arrival in link.poll()]
                    time.sleep(0.01)
                link.stop()
                link.poll()
                played.append(np.concatenate(counts).ravel()[:300])
    finally:
        server.close()
    assert np.array_equal(played[0], plate.frames.counts.ravel()[:300])
    assert np.array_equal(played[1], plate.takes[0].counts.ravel()[:300])


def test_the_command_to_try_names_the_layout_of_the_boards(capsys: pytest.CaptureFixture[str]) -> None:
    server: Any = SimpleNamespace(urls=["a", "b", "c"])
    devices = make_scene("drop-jump", seed=1, clock_ppm=None, layout=None).devices
    _print_words("drop-jump", server, devices, "my own.toml")
    assert "record --port a --port b --port c --insole-layout 'my own.toml'" in capsys.readouterr().out
    _print_words("drop-jump", server, devices, None)
    assert "--insole-layout" not in capsys.readouterr().out
