"""A raw recording that was cut, damaged, or whose writer was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.errors import FileFormatError
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.model.device import LinkNote
from landing_lab.model.raw import RawStream
from xdf_session import INSOLE, METADATA, PLATE, insole_frames, plate_frames, pyxdf_tables, table, write_session


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
    with XdfJournal(path, [JournalStream("insole", INSOLE), JournalStream("plate", PLATE)], METADATA) as journal:
        for number in range(5):
            journal.append("insole", 100.0 + 0.3 * number, insole_frames(5 * number, 5))
            journal.note("plate", LinkNote(100.0 + number, "sync", {"ticks_us": 1000 * number, "rising": 1}))
            journal.append("plate", 100.1 + 0.3 * number, plate_frames(3 * number, 3))
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
        assert all(note.kind == "sync" for note in stream.notes)


@pytest.fixture(autouse=True)
def scratch_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a function fixture cannot be handed to @given; the path can travel in the environment
    monkeypatch.setenv("PYTEST_XDF_SCRATCH", str(tmp_path / "scratch.xdf"))


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
import xdf_session as t
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
        [sys.executable, str(script), str(path), str(Path(__file__).parents[1])], stdout=subprocess.PIPE, text=True
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
