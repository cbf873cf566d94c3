"""Raw recordings whose frames repeat, go back, or claim more than the file can hold."""

import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from landing_lab.errors import FileFormatError, LandingLabError, RecordingError
from landing_lab.io import xdf_chunks
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.read import read
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.io.xdf_order import sound_frames
from landing_lab.model.blocks import FrameBlock
from xdf_session import INSOLE, insole_frames, table, write_session


def frames(*numbers: int, ticks: list[int] | None = None) -> FrameBlock:
    sequence = np.array(numbers, dtype=np.int64)
    ticks_us = sequence * 2000 if ticks is None else np.array(ticks, dtype=np.int64)
    n = len(sequence)
    return FrameBlock(sequence, ticks_us, np.full((n, 8), 100, np.int32), None, np.zeros(n, np.int64))


def journal_of(path: Path, *blocks: FrameBlock, info: object = INSOLE) -> Path:
    with XdfJournal(path, [JournalStream("insole", info)]) as journal:  # type: ignore[arg-type]
        for block in blocks:
            journal.append("insole", block.sequence * 0.002, block)
    return path


def test_a_file_appended_to_itself_is_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "twice.xdf"
    write_session(path)
    once = {name: table(stream) for name, stream in read_raw(path).streams.items()}
    path.write_bytes(2 * path.read_bytes())
    raw = read_raw(path)
    for name, stream in raw.streams.items():
        np.testing.assert_array_equal(table(stream), once[name])
        assert any(f'frames of "{name}" stand in the file twice' in note for note in raw.notes)


def test_two_recordings_in_one_file_end_with_the_first(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "two.xdf", frames(0, 1, 2, 3), frames(1, 2, 8, 9, ticks=[7, 8, 9, 10]))
    raw = read_raw(path)
    assert raw.streams["insole"].frames.sequence.tolist() == [0, 1, 2, 3]
    assert any("go back in number or time after the first 4" in note and "the 4 after" in note for note in raw.notes)


def test_ticks_that_go_back_end_the_stream(tmp_path: Path) -> None:
    path = journal_of(tmp_path / "back.xdf", frames(5000, 5001, 5002, 5003, ticks=[10_000_000, 10_002_000, 0, 2000]))
    raw = read_raw(path)
    assert raw.streams["insole"].frames.sequence.tolist() == [5000, 5001]
    assert any("the 2 after that were left out" in note for note in raw.notes)


@pytest.mark.parametrize(
    ("numbers", "ticks", "rate_hz"),
    [
        ((0, 1, 2**40), None, 500.0),
        ((0, 1, 2), [0, 2000, 2**52], 500.0),
        ((0, 1, 10**7), [0, 2000, 4000], 1e12),
        ((0, 1, 10**7), [0, 2000, 4000], 1e5),
    ],
)
def test_crafted_numbers_ask_for_no_memory(
    tmp_path: Path, numbers: tuple[int, ...], ticks: list[int] | None, rate_hz: float
) -> None:
    info = replace(INSOLE, sample_rate_hz=rate_hz)
    path = journal_of(tmp_path / "crafted.xdf", frames(*numbers, ticks=ticks), info=info)
    tracemalloc.start()
    try:
        with pytest.raises(FileFormatError, match=r"numbered over .* frames|holds no stream recorded"):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_impossible_numbers_are_left_out_without_a_warning() -> None:
    values = np.zeros((6, 7))
    values[:, 0] = values[:, 1] = np.arange(6)
    values[:, 4] = -1
    values[1, 0], values[2, 5], values[3, 2], values[4, 4] = np.nan, 1e308, np.inf, -7
    kept, notes = sound_frames(values, "insole", "x.xdf", 500.0)
    assert kept[:, 0].tolist() == [0, 5]
    assert notes == ['4 frames of "insole" hold impossible numbers and were left out.']
    xdf_chunks.frames_of(kept)


def test_samples_of_no_frames_and_very_many_notes(tmp_path: Path) -> None:
    path = tmp_path / "session.xdf"
    write_session(path, 2)
    path.write_bytes(path.read_bytes() + 500 * (b"\xff" * 40 + xdf_chunks.BOUNDARY_UUID))
    raw = read_raw(path)
    assert len(raw.notes) == 21
    assert "more places are damaged" in raw.notes[-1]


def test_names_in_a_raw_file_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "names.xdf"
    name = "in\x1b[31msole\u202e"
    with XdfJournal(path, [JournalStream(name, INSOLE)]) as journal:
        journal.append(name, 0.0, insole_frames(0, 5))
    path.write_bytes(2 * path.read_bytes())
    try:
        texts = read(path).notes
    except LandingLabError as error:
        texts = (str(error),)
    assert any("in\\x1b[31msole" in text for text in texts)
    assert all(text.isprintable() for text in texts)


@pytest.mark.skipif(os.name != "posix", reason="Windows refuses to delete an open file")
def test_a_file_deleted_while_it_is_written_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "session.xdf"
    journal = XdfJournal(path, [JournalStream("insole", INSOLE)])
    journal.append("insole", 0.0, insole_frames(0, 5))
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(RecordingError, match=r"the recording's file was deleted while it was written; .*session\.xdf"):
        journal.sync()
    with pytest.raises(RecordingError, match="was deleted"):
        journal.close()
    journal.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows refuses to rename a folder with an open file")
def test_a_folder_renamed_while_it_is_written_to_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "here" / "session.xdf"
    journal = XdfJournal(path, [JournalStream("insole", INSOLE)])
    path.parent.rename(tmp_path / "there")
    journal.append("insole", 0.0, insole_frames(0, 5))
    with pytest.raises(RecordingError, match=r"folder was moved or renamed.*session\.xdf is not there any more"):
        journal.sync()
    with pytest.raises(RecordingError, match="moved or renamed"):
        journal.close()
    assert len(read_raw(tmp_path / "there" / "session.xdf").streams["insole"].frames) == 5
