"""The raw journal and its reader, with pyxdf as oracle."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
import pyxdf

from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.io import xdf_chunks
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.read import read
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.io.xdf_notes import NOTES_STREAM
from landing_lab.model.device import LinkNote
from xdf_session import (
    INSOLE,
    METADATA,
    PLATE,
    FillingDisk,
    insole_frames,
    plate_frames,
    pyxdf_streams,
    pyxdf_tables,
    table,
    write_session,
)


def test_whole_session(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    write_session(path)

    raw = read_raw(path)

    assert list(raw.streams) == ["insole", "plate"]
    assert raw.streams["insole"].info == INSOLE
    assert raw.streams["plate"].info == PLATE
    assert raw.metadata == METADATA
    assert raw.notes == ()
    frames = raw.streams["insole"].frames
    np.testing.assert_array_equal(frames.counts, np.concatenate([insole_frames(5 * i, 5).counts for i in range(12)]))
    assert frames.counts.dtype == np.int32
    assert frames.channel is None
    assert frames.sequence[0] == 2**40
    np.testing.assert_array_equal(raw.streams["insole"].arrival_s[::5], 100 + 0.3 * np.arange(12))
    channel = raw.streams["plate"].frames.channel
    assert channel is not None
    np.testing.assert_array_equal(channel, np.arange(36) % 4)


def test_pyxdf_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    write_session(path)
    _, header = pyxdf.load_xdf(str(path))
    raw = read_raw(path)
    assert header["info"]["version"] == ["1.0"]
    streams = pyxdf_streams(path)
    assert list(streams) == ["insole", "plate", NOTES_STREAM]
    for name, stream in streams.items():
        if name == NOTES_STREAM:
            continue
        np.testing.assert_array_equal(stream["time_series"], table(raw.streams[name]))
        np.testing.assert_array_equal(stream["time_stamps"], raw.streams[name].arrival_s)
        assert stream["footer"]["info"]["sample_count"] == [str(len(stream["time_series"]))]
        assert len(stream["clock_times"]) == 4
        assert not any(stream["clock_values"])
        desc = stream["info"]["desc"][0]
        labels = [channel["label"][0] for channel in desc["channels"][0]["channel"]]
        assert labels[:6] == ["sequence", "ticks_us", "arrival_s", "flags", "channel", "counts_0"]
        assert json.loads(desc["device"][0]["sensor_kind"][0]) == raw.streams[name].info.sensor_kind
        assert json.loads(desc["metadata"][0]) == METADATA


def test_pyxdf_with_its_defaults_reads_it_too(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    write_session(path)
    streams, _ = pyxdf.load_xdf(str(path))
    assert [len(stream["time_series"]) for stream in streams] == [60, 36, 0]


def test_a_recording_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    write_session(path, 1)
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="never overwritten"):
        XdfJournal(path, [JournalStream("insole", INSOLE)])
    assert path.read_bytes() == before


def test_misuse_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="different names"):
        XdfJournal(tmp_path / "twice.xdf", [JournalStream("a", INSOLE), JournalStream("a", PLATE)])
    with XdfJournal(tmp_path / "one.xdf", [JournalStream("insole", INSOLE)]) as journal:
        with pytest.raises(ParameterError, match='no stream "plate"'):
            journal.append("plate", 0.0, plate_frames(0, 1))
        with pytest.raises(ParameterError, match="8 channels"):
            journal.append("insole", 0.0, plate_frames(0, 1))
        journal.append("insole", 0.0, insole_frames(0, 0))
    journal.close()
    with pytest.raises(RecordingError, match="is closed"):
        journal.append("insole", 0.0, insole_frames(0, 1))
    assert len(read_raw(tmp_path / "one.xdf").streams["insole"].frames) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_full_disk_is_a_recording_error(tmp_path: Path) -> None:
    journal = XdfJournal(tmp_path / "full.xdf", [JournalStream("insole", INSOLE)])
    with Path("/dev/full").open("wb", buffering=0) as full:
        os.dup2(full.fileno(), journal._file.fileno())
    with pytest.raises(RecordingError, match="No space left"):
        journal.append("insole", 0.0, insole_frames(0, 5))
    with pytest.raises(RecordingError, match="No space left"):
        journal.note("insole", LinkNote(0.0, "sync", {}))
    journal.close()  # has been told already
    journal.close()


def test_a_disk_that_fills_up_keeps_every_whole_append_and_nothing_of_the_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "full.xdf"
    journal = XdfJournal(path, [JournalStream("insole", INSOLE)])
    journal._file.close()
    journal._file = FillingDisk(path, "ab")
    journal.append("insole", 0.0, insole_frames(0, 5))
    journal.append("insole", 0.01, insole_frames(5, 5))
    with pytest.raises(RecordingError, match="No space left on device; the 10 frames until then are kept in it"):
        journal.append("insole", 0.02, insole_frames(10, 15))
    journal.close()
    raw = read_raw(path)
    assert raw.streams["insole"].frames.sequence.tolist() == [2**40 + number for number in range(10)]
    assert [note for note in raw.notes if "was not closed" not in note] == []
    np.testing.assert_array_equal(pyxdf_tables(path)["insole"], table(raw.streams["insole"]))


def test_the_disk_is_told_when_asked_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(os, "fdatasync", calls.append, raising=False)
    with XdfJournal(tmp_path / "sync.xdf", [JournalStream("insole", INSOLE)]) as journal:
        journal.append("insole", 0.0, insole_frames(0, 5))
        assert len(calls) == 0
        journal.sync()
        assert len(calls) == 1
    assert len(calls) == 2


def test_a_file_that_is_still_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "growing.xdf"
    with XdfJournal(path, [JournalStream("insole", INSOLE)], METADATA) as journal:
        for number in range(3):
            raw = read_raw(path)
            assert len(raw.streams["insole"].frames) == 5 * number
            assert any("was not closed" in note for note in raw.notes)
            journal.append("insole", 0.01 * number, insole_frames(5 * number, 5))
    assert len(read_raw(path).streams["insole"].frames) == 15
    assert not [file for file in tmp_path.iterdir() if file != path]


def test_a_stick_without_hard_links_holds_recordings_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "session.xdf"
    write_session(path, 1)
    assert len(read_raw(path).streams["insole"].frames) == 5
    with pytest.raises(RecordingError, match="never overwritten"):
        XdfJournal(path, [JournalStream("insole", INSOLE)])
    assert [file.name for file in tmp_path.iterdir()] == ["session.xdf"]


def test_not_a_raw_recording(tmp_path: Path) -> None:
    for name, data, reason in (
        ("text.xdf", b"hello", "is not an XDF file"),
        ("magic.xdf", b"XDF:", "holds no stream recorded by landing-lab"),
        ("junk.xdf", b"XDF:" + bytes(500), "holds no stream recorded by landing-lab"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FileFormatError, match=reason):
            read_raw(tmp_path / name)
    with pytest.raises(FileFormatError, match="does not exist"):
        read_raw(tmp_path / "missing.xdf")
    with pytest.raises(FileFormatError, match="is a folder"):
        read_raw(tmp_path)


def test_recording_of_another_program_is_named(tmp_path: Path) -> None:
    header = b"<info><name>EEG</name><channel_count>1</channel_count><desc /></info>"
    path = tmp_path / "eeg.xdf"
    path.write_bytes(xdf_chunks.MAGIC + xdf_chunks.chunk(xdf_chunks.STREAM_HEADER, b"\x01\0\0\0" + header))
    with pytest.raises(FileFormatError, match="streams of another program: EEG"):
        read_raw(path)


def test_entities_in_a_header_are_refused(tmp_path: Path) -> None:
    header = b'<!DOCTYPE i [<!ENTITY a "aaaa">]><info><name>&a;</name></info>'
    path = tmp_path / "bomb.xdf"
    path.write_bytes(xdf_chunks.MAGIC + xdf_chunks.chunk(xdf_chunks.STREAM_HEADER, b"\x01\0\0\0" + header))
    with pytest.raises(FileFormatError, match="holds no stream"):
        read_raw(path)


def test_columns_cannot_be_chosen_in_a_raw_recording(tmp_path: Path) -> None:
    pytest.importorskip("landing_lab.calibrate.recording")
    path = tmp_path / "session.xdf"
    write_session(path)
    with pytest.raises(ParameterError, match="leave out --left"):
        read(path, left="counts_0")


def test_a_stream_of_our_type_from_somebody_else_is_told(tmp_path: Path) -> None:
    header = b"<info><name>theirs</name><type>landing-lab.live</type><channel_count>2</channel_count></info>"
    content = (2).to_bytes(2, "little") + (1).to_bytes(4, "little") + header
    path = tmp_path / "theirs.xdf"
    path.write_bytes(b"XDF:" + b"\x04" + len(content).to_bytes(4, "little") + content)
    with pytest.raises(FileFormatError, match=r"theirs\.xdf names a stream of type landing-lab\.live but holds no"):
        read(path)
