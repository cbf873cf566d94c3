"""Processed files of a trial: whole or not there, in plain columns, with everything known of them beside."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from landing_lab.errors import FileFormatError, RecordingError
from landing_lab.io import write
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.processed import read_processed, trial_facts, write_processed
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Recording
from landing_lab.model.result import Result
from simulated_raw import STREAMS, write_raw

NAME = "sub-P07_ses-01_task-dropJump_run-01"
CALIBRATION = {"schema": "landing-lab.calibration/0", "device_id": "NOT-HERE"}


@pytest.fixture(scope="module")
def raw_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_raw(tmp_path_factory.mktemp("raw") / f"{NAME}.xdf", started_at="2026-11-22T15:45:00+01:00")


@pytest.fixture(scope="module")
def trial(raw_file: Path) -> tuple[RawRecording, Recording, Result]:
    recording = read(raw_file)
    return read_raw(raw_file), recording, analyse(recording, box_height_m=0.3)


def written(trial: tuple[RawRecording, Recording, Result], folder: Path) -> list[Path]:
    raw, recording, result = trial
    return write_processed(recording, result.first.signals, folder / NAME, trial_facts(raw, result.trials))


def test_there_is_one_file_per_stream_one_of_the_force_and_the_description_last(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    names = [path.name for path in written(trial, tmp_path)]
    streams = ("insoleLeft", "insoleRight", "plate", "force")
    assert names == [*(f"{NAME}_{stream}.parquet" for stream in streams), f"{NAME}.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names), "nothing else stays behind"


def test_every_file_reads_back_to_the_very_samples(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    _, recording, result = trial
    signals = result.first.signals
    assert signals is not None
    back = read_processed(written(trial, tmp_path)[-1]).recordings
    for name in STREAMS:
        stream, again = recording.streams[name], back[name].streams[name]
        np.testing.assert_array_equal(again.samples, stream.samples)
        np.testing.assert_array_equal(again.times_s, stream.times_s)
        assert (again.sensor, again.clock, again.gaps) == (stream.sensor, stream.clock, stream.gaps)
        assert again.free_running == stream.free_running
    force = read(tmp_path / f"{NAME}_force.parquet").streams["force"]
    assert force.layout.sides == ("left", "right", "total")
    for column, side in enumerate(force.layout.sides):
        np.testing.assert_array_equal(force.samples[:, column], signals.force_n[side])


def test_other_programs_find_plain_columns_in_units(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    force = written(trial, tmp_path)[3]
    columns = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM '{force}'").fetchall()]
    assert columns == ["time_s", "left_n", "right_n", "total_n"]
    metadata = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{force}')").fetchall()
    document = json.loads(dict(metadata)[b"landing_lab"])
    assert {entry["column"]: entry["unit"] for entry in document["columns"]} == dict.fromkeys(columns[1:], "N")


def test_the_description_tells_all_that_is_known_of_the_trial(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    raw, recording, result = trial
    facts = trial_facts(raw, result.trials, verdict="rejected", reason="stepped off")
    facts["calibrations"] = {"NOT-HERE": CALIBRATION}
    description = write_processed(recording, result.first.signals, tmp_path / NAME, facts)[-1]
    told = json.loads(description.read_text())
    assert told["schema"] == "landing-lab.trial/1"
    assert told["raw_file"] == f"{NAME}.xdf"
    assert (told["verdict"], told["reason"]) == ("rejected", "stepped off")
    assert told["calibrations"]["NOT-HERE"] == CALIBRATION
    assert told["devices"]["plate"]["firmware_version"] == raw.streams["plate"].info.firmware_version
    assert told["link_statistics"]["plate"]["ended"] == "complete"
    assert told["recording"]["box_height_m"] == 0.3
    assert told["streams"]["plate"]["clock"]["drift_ppm"] == recording.streams["plate"].clock.drift_ppm
    assert told["streams"]["plate"]["free_running"] is True
    assert told["streams"]["force"]["units"] == {"time_s": "s", "left_n": "N", "right_n": "N", "total_n": "N"}
    assert told["force"]["amplitude_sd_fraction"] > 0
    assert told["trials"][0]["metrics"] == json.loads(write.json_text(result.first.as_dict()))["metrics"]


def test_numbers_from_the_processed_force_alone_say_that_they_are_in_doubt(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    again = analyse(read(written(trial, tmp_path)[3])).first
    assert f"computed from {NAME}.xdf" in str(again.reason)
    assert not any(row.status == "ok" for row in again.table)


def test_a_trial_without_force_has_its_streams_all_the_same(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    raw, recording, _ = trial
    description = write_processed(recording, None, tmp_path / NAME, trial_facts(raw, ()))[-1]
    assert list(read_processed(description).recordings) == list(STREAMS)
    assert json.loads(description.read_text())["force"] is None


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("again", [False, True], ids=["first time", "over older files"])
@pytest.mark.parametrize("step", range(5))
def test_a_crash_between_any_two_steps_leaves_no_trial_that_passes_for_whole(
    trial: tuple[RawRecording, Recording, Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    again: bool,
) -> None:
    if again:
        written(trial, tmp_path)
    steps = iter(range(5))
    place = Path.replace

    def replace(source: Path, target: Path) -> Path:
        if next(steps) == step:
            raise Killed
        return place(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(Killed):
        written(trial, tmp_path)
    monkeypatch.undo()
    with pytest.raises(FileFormatError, match="cannot be read as the description"):
        read_processed(tmp_path / f"{NAME}.json")
    assert len(read_processed(written(trial, tmp_path)[-1]).recordings) == 4, "the next attempt makes it whole"


def test_a_full_disk_leaves_nothing_new_and_says_so(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name: path.read_bytes() for path in written(trial, tmp_path)}
    write_new = write._write_new
    files = iter(range(5))

    def full(file: Path, content: bytes, *, durable: bool) -> None:
        write_new(file, content[:10], durable=durable)
        if next(files) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, "_write_new", full)
    with pytest.raises(RecordingError, match="No space left on device; free space"):
        written(trial, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", [f"{NAME}_plate.parquet", f"{NAME}.json"])
def test_a_changed_or_missing_file_is_named(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path, name: str
) -> None:
    description = written(trial, tmp_path)[-1]
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-1])
    if name != description.name:
        with pytest.raises(FileFormatError, match=name):
            read_processed(description)
    path.unlink()
    with pytest.raises(FileFormatError, match=name):
        read_processed(description)


def test_a_description_may_not_name_files_elsewhere(
    trial: tuple[RawRecording, Recording, Result], tmp_path: Path
) -> None:
    description = written(trial, tmp_path / "trials")[-1]
    document = json.loads(description.read_text())
    (tmp_path / "trials" / f"{NAME}_plate.parquet").rename(tmp_path / "plate.parquet")
    document["streams"]["plate"]["file"] = "../plate.parquet"
    description.write_text(json.dumps(document))
    with pytest.raises(FileFormatError, match="is missing or is not"):
        read_processed(description)
