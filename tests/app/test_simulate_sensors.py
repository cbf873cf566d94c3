"""`landing-lab simulate sensors` as a person types it: a real jump in, a recording and its truth out."""

from __future__ import annotations

import dataclasses
import json
import signal
from pathlib import Path

import numpy as np
import pytest

from command_line import refused_here, run, run_here
from landing_lab.app.boards.sensors import SensorsWanted, run_simulate_sensors
from landing_lab.app.processes.ctrl_c import ENDINGS
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.xdf_journal import XdfJournal
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.raw import RawRecording
from reference import require_reference_data

COLUMNS = ("--left", "FP1", "--right", "FP2", "--rate-hz", "1000")


def jump() -> Path:
    return require_reference_data() / "force" / "gidiel" / "Dual-DJ-Fz.txt"


def flat_file(path: Path, seconds: float, columns: int = 2, rate_hz: float = 1000.0) -> Path:
    """A person who stands still on two plates."""
    rows = np.full((round(seconds * rate_hz), columns), 350.0)
    np.savetxt(path, rows, fmt="%.1f", delimiter="\t", header="\t".join(["FP1", "FP2"][:columns]), comments="")
    return path


def test_a_real_jump_becomes_a_recording_that_is_analysed_alone(tmp_path: Path) -> None:
    out = tmp_path / "rec.xdf"
    done = run("simulate", "sensors", jump(), *COLUMNS, "--seed", "3", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["recording"], told["truth"]) == (str(out), f"{out}.truth.json")
    assert (told["cop"], told["contacts"], told["sensors"]) == ("drawn roll", 2, "typical")
    truth = json.loads(Path(told["truth"]).read_text("utf-8"))
    Path(told["truth"]).rename(tmp_path / "elsewhere.json")  # no analysis may look at it
    analysed = json.loads(run("analyse", out, "--json").stdout)["trials"]
    assert [trial["task"] for trial in analysed] == ["drop_jump"]
    total = [one for one in truth["contacts"] if one["side"] == "total"]
    events = {event["name"]: event["time_s"] for event in analysed[0]["events"] if event["side"] == "total"}
    assert events["touchdown"] == pytest.approx(total[0]["touchdown_s"], abs=0.005)
    assert events["take_off"] == pytest.approx(total[0]["take_off_s"], abs=0.005)
    assert events["landing"] == pytest.approx(total[1]["touchdown_s"], abs=0.005)
    metrics = {(one["name"], one["side"]): one["value"] for one in analysed[0]["metrics"]}
    assert metrics["peak_force_n", "total"] == pytest.approx(total[0]["peak_n"], rel=0.10)


def test_the_same_seed_gives_the_same_counts_and_another_other_sensors(tmp_path: Path) -> None:
    counts = []
    file = flat_file(tmp_path / "two.txt", 2.5)
    for number, seed in enumerate(("1", "1", "2")):
        out = tmp_path / f"{number}.xdf"
        done = run_here("simulate", "sensors", file, *COLUMNS, "--seed", seed, "--out", out, "--uncalibrated")
        assert done.returncode == 0, done.stderr
        raw = read_raw(out)
        assert "calibrations" not in raw.metadata
        counts.append(raw.streams["insole_left"].frames.counts)
    assert np.array_equal(counts[0], counts[1])
    assert counts[0].shape != counts[2].shape or not np.array_equal(counts[0], counts[2])


def test_a_layout_of_ones_own_and_hard_sensors(tmp_path: Path) -> None:
    layout = shipped_layouts()["fsr402_16"]
    cells = "".join(
        f'[[cells]]\nname = "{cell.name}"\nregion = "{cell.region}"\nx = {cell.x}\ny = {cell.y}\n'
        f"area_mm2 = {cell.area_mm2}\n"
        for cell in layout.cells[::3]
    )
    own = tmp_path / "six.toml"
    own.write_text(f'name = "six"\nwidth_mm = 95.0\nlength_mm = 265.0\nsensing_area_mm2 = 126.7\n{cells}', "utf-8")
    out = tmp_path / "rec.xdf"
    words = ("--hard", "--layout", own, "--speed-up", "1.6", "--out", out, "--json")
    done = run_here("simulate", "sensors", jump(), *COLUMNS, *words)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["layout"], told["sensors"]) == ("six", "hard")
    assert told["duration_s"] == pytest.approx(5.0 / 1.6, abs=0.02)
    raw = read_raw(out)
    info = raw.streams["insole_right"].info
    assert info.n_channels == 6
    assert raw.streams["plate"].info.n_channels == 8
    assert raw.metadata["insole_layouts"][info.device_id]["name"] == "six"
    assert set(raw.metadata["calibrations"]) == {stream.info.device_id for stream in raw.streams.values()}
    assert json.loads(run_here("analyse", out, "--json").stdout)["trials"]


@pytest.mark.parametrize("sensors", ["worn", "ringing"])
def test_each_half_of_the_hard_sensors_can_be_asked_for(tmp_path: Path, sensors: str) -> None:
    """worn: half the saturation; ringing: a plate with a mode of its own."""
    file, out = flat_file(tmp_path / "two.txt", 2.5, columns=2), tmp_path / "rec.xdf"
    words = (*COLUMNS, "--uncalibrated", "--out", out, "--json")
    done = run_here("simulate", "sensors", file, *words, "--sensors", sensors)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sensors"] == sensors
    setting = json.loads(out.with_name("rec.xdf.truth.json").read_text("utf-8"))["drawn"]["setting"]
    assert (setting["saturation_n"] == 30.0) == (sensors == "worn")
    assert (setting["mode_hz"] == 45.0) == (sensors == "ringing")


def test_what_is_there_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    out = tmp_path / "rec.xdf"
    out.write_text("precious", "utf-8")
    words = ("simulate", "sensors", jump(), *COLUMNS, "--uncalibrated", "--out", out)
    assert "--force" in refused_here(*words, code=2)
    assert out.read_text("utf-8") == "precious"
    assert run_here(*words, "--force").returncode == 0
    assert len(read_raw(out).streams) == 3
    assert not list(tmp_path.glob(".*"))


def test_one_plate_is_refused_in_one_sentence(tmp_path: Path) -> None:
    one = flat_file(tmp_path / "one.txt", 4.0, columns=1)
    told = refused_here("simulate", "sensors", one, "--rate-hz", "1000", "--out", tmp_path / "rec.xdf", code=2)
    assert "two columns" in told


def wanted_of(folder: Path) -> SensorsWanted:
    return SensorsWanted(
        file=flat_file(folder / "force.txt", 4.0), left="FP1", right="FP2", rate_hz=1000.0, seed=1,
        layout="infotronic_8", sensors="typical", speed_up=1.0, calibrated=False, marked=True, out=folder / "rec.xdf",
        overwrite=False,
    )  # fmt: skip


def test_a_full_disk_names_what_was_asked_for_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(journal: XdfJournal, raw: RawRecording) -> None:
        raise RecordingError(f"{journal.path} is full; frames are kept in it") from OSError(28, "No space left")

    wanted = wanted_of(tmp_path)
    monkeypatch.setattr("landing_lab.app.boards.sensors._append", full)
    with pytest.raises(RecordingError, match=r"rec\.xdf cannot be written: No space left; nothing was written") as told:
        run_simulate_sensors(wanted, as_json=True)
    assert ".tmp" not in str(told.value)
    assert [file.name for file in tmp_path.iterdir()] == ["force.txt"]


def test_another_that_takes_the_name_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = wanted_of(tmp_path)
    monkeypatch.setattr("landing_lab.app.boards.sensors._check_free", lambda _: wanted.out.write_text("theirs"))
    with pytest.raises(ParameterError, match="already exists"):
        run_simulate_sensors(wanted, as_json=True)
    assert wanted.out.read_text() == "theirs"


def test_ctrl_c_says_that_nothing_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(_journal: XdfJournal, _raw: RawRecording) -> None:
        signal.raise_signal(signal.SIGINT)

    before = {number: signal.getsignal(number) for number in ENDINGS}
    monkeypatch.setattr("landing_lab.app.boards.sensors._append", pressed)
    try:
        assert run_simulate_sensors(wanted_of(tmp_path), as_json=True) == 130
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert "interrupted; nothing was written to" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["force.txt"]


@pytest.mark.parametrize(
    ("changes", "seconds", "message"),
    [
        ({}, 1.0, "would last 1.0 s"),
        ({"rate_hz": 500.0}, 1300.0, "10 minutes"),
        ({"rate_hz": 100.0}, 4.0, "500 Hz or more"),
        ({"layout": "x"}, 4.0, "no layout 'x'"),
        ({"speed_up": 9.0}, 4.0, "speed-up"),
        ({"out": Path()}, 4.0, "is a folder"),
        ({"out": Path("x.csv")}, 4.0, r"does not end in \.xdf"),
        ({"layout": "pedar_99", "calibrated": True}, 4.0, "insole boards have up to 64 cells"),
    ],
)
def test_refusals_name_a_way_out(tmp_path: Path, changes: dict[str, object], seconds: float, message: str) -> None:
    wanted = SensorsWanted(
        file=tmp_path / "force.txt", left="FP1", right="FP2", rate_hz=1000.0, seed=1, layout="infotronic_8",
        sensors="typical", speed_up=1.0, calibrated=False, marked=True, out=tmp_path / "rec.xdf", overwrite=False,
    )  # fmt: skip
    wanted = dataclasses.replace(wanted, **changes)
    flat_file(wanted.file, seconds, rate_hz=wanted.rate_hz or 1000.0)
    with pytest.raises(ParameterError, match=message):
        run_simulate_sensors(wanted, as_json=True)
    assert not (tmp_path / "rec.xdf").exists()
