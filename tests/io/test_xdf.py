"""The raw journal: pyxdf as oracle, cut at every byte, with holes, and after kill -9."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import pyxdf
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.io import xdf_chunks, xdf_journal
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.read import read
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import DeviceInfo
from landing_lab.model.raw import RawStream

INSOLE = DeviceInfo(
    kind="insole-fsr",
    device_id="L-07 <&> ü\x01",
    placement="left",
    firmware_version="1.2",
    protocol_version=1,
    n_channels=8,
    sample_rate_hz=500.0,
    adc_prescaler=16,
    reference_v=5.0,
    channel_skew_us=16.0,
    settle_us=10.0,
    gain=1,
    sensor_kind="fsr_insole",
)
PLATE = DeviceInfo(
    kind="plate-hx711",
    device_id="P",
    placement="total",
    firmware_version="1.0",
    protocol_version=1,
    n_channels=4,
    sample_rate_hz=80.0,
    adc_prescaler=0,
    reference_v=5.0,
    channel_skew_us=0.0,
    settle_us=0.0,
    gain=128,
    sensor_kind="hx711_plate",
)
METADATA = {"participant": "P01 ü <b>", "started_at": "2026-11-02T10:00:00Z", "nested": {"trials": [1, 2, None]}}


def insole_frames(first: int, n_frames: int) -> FrameBlock:
    rng = np.random.default_rng(first)
    sequence = np.arange(first, first + n_frames) + 2**40
    counts = rng.integers(-(2**31), 2**31 - 1, (n_frames, 8), dtype=np.int32)
    return FrameBlock(sequence, sequence * 2000, counts, None, rng.integers(0, 8, n_frames))


def plate_frames(first: int, n_frames: int) -> FrameBlock:
    rng = np.random.default_rng(first)
    sequence = np.arange(first, first + n_frames)
    channel = sequence % 4
    counts = np.zeros((n_frames, 4), dtype=np.int32)
    counts[np.arange(n_frames), channel] = rng.integers(-(2**23), 2**23, n_frames)
    return FrameBlock(sequence, sequence * 3125, counts, channel, np.zeros(n_frames, dtype=np.int64))


def write_session(path: Path, n_appends: int = 12, *, close: bool = True) -> list[int]:
    """A session of two devices; returns the size of the file after the headers and after each append."""
    journal = XdfJournal(path, [JournalStream("insole", INSOLE), JournalStream("plate", PLATE)], METADATA)
    sizes = [path.stat().st_size]
    for number in range(n_appends):
        journal.append("insole", 100.0 + 0.3 * number, insole_frames(5 * number, 5))
        sizes.append(path.stat().st_size)
        journal.append("plate", 100.1 + 0.3 * number, plate_frames(3 * number, 3))
        sizes.append(path.stat().st_size)
    if close:
        journal.close()
    return sizes


def table(stream: RawStream) -> np.ndarray:
    """What pyxdf calls time_series."""
    frames = stream.frames
    channel = np.full(len(frames), -1) if frames.channel is None else frames.channel
    return np.column_stack(
        [frames.sequence, frames.ticks_us, stream.arrival_s, frames.flags, channel, frames.counts]
    ).astype(float)


def pyxdf_tables(path: Path) -> dict[str, np.ndarray]:
    streams, _ = pyxdf.load_xdf(str(path), synchronize_clocks=False, dejitter_timestamps=False)
    return {stream["info"]["name"][0]: stream["time_series"] for stream in streams}


@pytest.fixture(autouse=True)
def quiet_pyxdf() -> None:
    logging.getLogger("pyxdf").setLevel(logging.CRITICAL)


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
    streams, header = pyxdf.load_xdf(str(path), synchronize_clocks=False, dejitter_timestamps=False)
    raw = read_raw(path)
    assert header["info"]["version"] == ["1.0"]
    for stream in streams:
        name = stream["info"]["name"][0]
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
    assert [len(stream["time_series"]) for stream in streams] == [60, 36]


def test_cut_at_every_append_loses_nothing_appended(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    sizes = write_session(path)
    data = path.read_bytes()
    cut = tmp_path / "cut.xdf"
    for n_done, size in enumerate(sizes):
        cut.write_bytes(data[:size])
        raw = read_raw(cut)
        assert len(raw.streams["insole"].frames) == 5 * ((n_done + 1) // 2)
        assert len(raw.streams["plate"].frames) == 3 * (n_done // 2)
        assert any("was not closed" in note for note in raw.notes)
        for name, values in pyxdf_tables(cut).items():
            np.testing.assert_array_equal(values, table(raw.streams[name]))


def test_cut_at_any_byte(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    sizes = write_session(path, 3)
    data = path.read_bytes()
    whole = {name: table(stream) for name, stream in read_raw(path).streams.items()}
    cut = tmp_path / "cut.xdf"
    for size in [*range(sizes[0], sizes[2]), *range(sizes[2], len(data), 7)]:
        cut.write_bytes(data[:size])
        raw = read_raw(cut)
        done = sum(end <= size for end in sizes[1:])
        assert len(raw.streams["insole"].frames) >= 5 * ((done + 1) // 2)
        assert len(raw.streams["plate"].frames) >= 3 * (done // 2)
        for name, stream in raw.streams.items():
            np.testing.assert_array_equal(table(stream), whole[name][: len(stream.frames)])
        _compare_with_pyxdf(cut, raw.streams, whole)


def _compare_with_pyxdf(cut: Path, streams: dict[str, RawStream], whole: dict[str, np.ndarray]) -> None:
    """The same samples as pyxdf, which however stops at half a tag and invents the end of half a sample."""
    try:
        found = pyxdf_tables(cut)
    except Exception:  # noqa: BLE001 - struct.error, ParseError: cut within a tag, an offset or a footer
        return
    for name, values in found.items():
        ours = len(streams[name].frames)
        assert ours <= len(values) <= ours + 5
        np.testing.assert_array_equal(values[:ours], whole[name][:ours])


@pytest.mark.parametrize("start", [700, 3000, 5000, 9001, 12345, 17000])
def test_hole_of_512_bytes_costs_at_most_a_second(tmp_path: Path, start: int) -> None:
    path = tmp_path / "session.xdf"
    write_session(path, 40)
    whole = {name: table(stream) for name, stream in read_raw(path).streams.items()}
    data = bytearray(path.read_bytes())
    headers = write_session(tmp_path / "empty.xdf", 0)[0]
    position = headers + start
    data[position : position + 512] = np.random.default_rng(start).bytes(512)
    path.write_bytes(data)

    raw = read_raw(path)

    assert any("damaged" in note or "checksum" in note for note in raw.notes)
    for name, stream in raw.streams.items():
        ours = table(stream)
        rows = {tuple(row) for row in whole[name]}
        assert all(tuple(row) in rows for row in ours)  # nothing invented
        assert (np.diff(stream.frames.sequence) > 0).all()  # nothing twice
        lost = len(whole[name]) - len(ours)
        assert lost <= 0.15 * len(whole[name])
        first_lost = not len(ours) or ours[0, 0] != whole[name][0, 0]
        said = f'"{name}" begins after' if first_lost else f'"{name}" lost {lost} frames to damage of the file.'
        assert not lost or any(note.startswith(said) for note in raw.notes)


def test_a_flipped_bit_in_a_sample_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    sizes = write_session(path)
    data = bytearray(path.read_bytes())
    data[sizes[4] + 100] ^= 1
    path.write_bytes(data)
    raw = read_raw(path)
    assert len(raw.streams["insole"].frames) == 55
    assert len(raw.streams["plate"].frames) == 36
    assert any("do not match their checksum" in note for note in raw.notes)
    assert '"insole" lost 5 frames to damage of the file.' in raw.notes


@pytest.fixture(scope="module")
def session_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("xdf") / "session.xdf"
    write_session(path, 6)
    return path.read_bytes()


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_gives_frames_or_one_sentence(session_bytes: bytes, data: st.DataObject) -> None:
    damaged = bytearray(session_bytes)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(4, len(damaged) - 1))
        junk = data.draw(st.binary(min_size=1, max_size=40))
        if data.draw(st.booleans()):
            damaged[start : start + len(junk)] = junk
        else:
            damaged[start:start] = junk
    path = Path(os.environ["PYTEST_XDF_SCRATCH"])
    path.write_bytes(damaged)
    try:
        raw = read_raw(path)
    except FileFormatError:
        return
    for stream in raw.streams.values():
        assert len(stream.frames) == len(stream.arrival_s)


@pytest.fixture(autouse=True)
def scratch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a function fixture cannot be handed to @given; the path can travel in the environment
    monkeypatch.setenv("PYTEST_XDF_SCRATCH", str(tmp_path / "scratch.xdf"))


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
import test_xdf as t
from pathlib import Path
journal = t.XdfJournal(Path(sys.argv[1]), [t.JournalStream("insole", t.INSOLE)], t.METADATA)
number = 0
while True:
    journal.append("insole", number * 0.02, t.insole_frames(5 * number, 5))
    number += 1
    print(number, flush=True)
"""


def test_kill_9_loses_nothing_appended(tmp_path: Path) -> None:
    path = tmp_path / "killed.xdf"
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    with subprocess.Popen(
        [sys.executable, str(script), str(path), str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line) >= 300:
                break
        writer.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        told = max((int(line) for line in writer.stdout if line.endswith("\n")), default=300)
    raw = read_raw(path)
    frames = raw.streams["insole"].frames
    assert len(frames) >= 5 * told
    np.testing.assert_array_equal(frames.sequence, np.arange(len(frames)) + 2**40)
    np.testing.assert_array_equal(pyxdf_tables(path)["insole"], table(raw.streams["insole"]))


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
        journal.close()
    journal.close()


def test_disk_is_told_at_most_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(os, "fdatasync", calls.append, raising=False)
    now = 0.0
    monkeypatch.setattr(xdf_journal.time, "monotonic", lambda: now)
    with XdfJournal(tmp_path / "sync.xdf", [JournalStream("insole", INSOLE)]) as journal:
        for number in range(50):
            now = number * 0.1
            journal.append("insole", now, insole_frames(5 * number, 5))
        assert len(calls) == 4
    assert len(calls) == 5


def test_not_a_raw_recording(tmp_path: Path) -> None:
    for name, data, reason in (
        ("text.xdf", b"hello", "is not an XDF file"),
        ("magic.xdf", b"XDF:", "holds no stream recorded by landing-lab"),
        ("junk.xdf", b"XDF:" + bytes(500), "holds no stream recorded by landing-lab"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FileFormatError, match=reason):
            read_raw(tmp_path / name)
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_raw(tmp_path / "missing.xdf")
    with pytest.raises(FileFormatError, match="cannot be read"):
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
