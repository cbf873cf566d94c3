"""What boards tell beside their frames: into the file, back onto their streams, open to other programs."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io import xdf_chunks
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.io.xdf_notes import NOTES_STREAM, notes_chunk, outage
from landing_lab.model.device import LinkNote
from xdf_session import INSOLE, PLATE, insole_frames, pyxdf_streams, write_session

NOTES = [
    ("insole", LinkNote(100.25, "pong", {"sent_s": 100.2, "received_s": 100.25, "ticks_us": 2**53})),
    ("plate", LinkNote(100.5, "sync", {"ticks_us": 12_345, "rising": 1})),
    ("insole", LinkNote(101.0, "lost", {"reason": 'unplugged: "ä"\n\x1b'})),
    ("insole", LinkNote(103.5, "back", {"away_s": 2.5, "url": "/dev/ttyACM1"})),
    ("plate", LinkNote(103.6, "status", {"dropped_frames": 0, "converter_timeouts": 1, "receive_errors": 0})),
    ("insole", LinkNote(103.7, "restarted", {"sequence": 7, "away_s": 2.5})),
]


def write_noted(path: Path) -> None:
    with XdfJournal(path, [JournalStream("insole", INSOLE), JournalStream("plate", PLATE)]) as journal:
        for number, (name, note) in enumerate(NOTES):
            journal.append("insole", 100.0 + number, insole_frames(5 * number, 5))
            journal.note(name, note)


def notes_of(path: Path) -> dict[str, tuple[LinkNote, ...]]:
    return {name: stream.notes for name, stream in read_raw(path).streams.items()}


def in_place_of(path: Path, old: bytes, new: bytes) -> None:
    """Replace a stretch of one length and mend the checksum behind it."""
    data = path.read_bytes()
    assert len(old) == len(new)
    assert data.count(old) == 1
    data = data.replace(old, new)
    out, position = bytearray(xdf_chunks.MAGIC), len(xdf_chunks.MAGIC)
    while position < len(data):
        chunk = xdf_chunks.read_chunk(memoryview(data), position)
        whole = data[chunk.start : chunk.stop]
        if chunk.tag == xdf_chunks.SAMPLES:
            whole = xdf_chunks.checked(whole)
        if chunk.tag != xdf_chunks.CHECKSUM:
            out += whole
        position = chunk.stop
    path.write_bytes(out)


def test_notes_come_back_on_the_streams_they_belong_to(tmp_path: Path) -> None:
    path = tmp_path / "noted.xdf"
    write_noted(path)
    assert notes_of(path) == {
        name: tuple(note for stream, note in NOTES if stream == name) for name in ("insole", "plate")
    }
    assert read_raw(path).notes == (
        r'insole was lost 1.0 s into the recording (unplugged: "ä"\n\x1b) and was away for 2.5 s in all.',
    )


def test_pyxdf_opens_the_notes_as_markers(tmp_path: Path) -> None:
    path = tmp_path / "noted.xdf"
    write_noted(path)
    stream = pyxdf_streams(path)[NOTES_STREAM]
    assert stream["info"]["type"] == ["Markers"]
    assert stream["info"]["channel_format"] == ["string"]
    assert stream["time_stamps"].tolist() == [note.time_s for _, note in NOTES]
    assert [json.loads(sample) for (sample,) in stream["time_series"]] == [
        {"stream": name, "kind": note.kind, "facts": note.facts} for name, note in NOTES
    ]
    assert stream["footer"]["info"]["sample_count"] == [str(len(NOTES))]


def test_a_file_without_notes_reads_as_before_there_were_any(tmp_path: Path) -> None:
    path = tmp_path / "new.xdf"
    write_session(path)
    new = read_raw(path)
    # the same file without anything of the stream of notes, as versions before wrote it
    data, old, position = path.read_bytes(), bytearray(xdf_chunks.MAGIC), len(xdf_chunks.MAGIC)
    while position < len(data):
        chunk = xdf_chunks.read_chunk(memoryview(data), position)
        of_a_stream = chunk.tag in (xdf_chunks.STREAM_HEADER, xdf_chunks.CLOCK_OFFSET, xdf_chunks.STREAM_FOOTER)
        if not (of_a_stream and struct.unpack_from("<I", chunk.content)[0] == 3):
            old += data[chunk.start : chunk.stop]
        position = chunk.stop
    assert len(old) < len(data)
    assert NOTES_STREAM.encode() not in old
    path.write_bytes(old)
    raw = read_raw(path)
    assert raw.notes == new.notes == ()
    assert raw.metadata == new.metadata
    for name, stream in new.streams.items():
        assert raw.streams[name].info == stream.info
        assert raw.streams[name].notes == stream.notes == ()
        assert raw.streams[name].frames.counts.tobytes() == stream.frames.counts.tobytes()
        assert raw.streams[name].arrival_s.tobytes() == stream.arrival_s.tobytes()


def test_each_board_that_was_away_has_one_sentence() -> None:
    def told(*kinds: str) -> list[LinkNote]:
        facts = {"lost": {"reason": "unplugged"}, "back": {"away_s": 1.5}}
        return [LinkNote(10.0 + at, kind, facts[kind]) for at, kind in enumerate(kinds)]  # type: ignore[arg-type]

    assert outage("plate", [NOTES[1][1], NOTES[4][1]], 8.0) is None
    said = {kinds: outage("plate", told(*kinds), 8.0) for kinds in (("lost",), ("lost", "back") * 2 + ("lost",))}
    assert list(said.values()) == [
        "plate was lost 2.0 s into the recording (unplugged) and did not come back.",
        (
            "plate was lost 3 times, first 2.0 s into the recording (unplugged) and was away for 3.0 s in all, "
            "and did not come back in the end."
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"kind": "sync"', b'"kind": "sank"'),
        (b'{"stream": "plate", "kind": "sync"', b'["stream", "plate", "kind", "sync"'),
        (b'"stream": "plate", "kind": "sync"', b'"stream": "plane", "kind": "sync"'),
        (b'"ticks_us": 12345', b'"ticks_us": 1e999'),
        (b'"ticks_us": 12345', b'"ticks_us": NaN  '),
        (b'"ticks_us": 12345', b'"ticks_us": [345]'),
        (b'"ticks_us": 12345', b'"ticks_us": \xff2345'),
        (b'"rising": 1}', b'"rising": {}'),
        (struct.pack("<Bd", 8, 100.5), struct.pack("<Bd", 8, float("nan"))),
    ],
)
def test_a_note_that_is_none_is_left_out_with_a_sentence(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = tmp_path / "noted.xdf"
    write_noted(path)
    in_place_of(path, old, new)
    raw = read_raw(path)
    assert raw.streams["plate"].notes == (NOTES[4][1],)
    assert len(raw.streams["insole"].notes) == 4
    assert raw.notes[0] == f'Entries of "{NOTES_STREAM}" that are damaged or not known were left out: 1.'


def test_a_flipped_bit_in_a_note_costs_that_note(tmp_path: Path) -> None:
    path = tmp_path / "noted.xdf"
    write_noted(path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"rising": 1', b'"rising": 0'))
    raw = read_raw(path)
    assert raw.streams["plate"].notes == (NOTES[4][1],)
    assert len(raw.streams["insole"].frames) == 30
    assert f'1 entries of "{NOTES_STREAM}"' in raw.notes[0]
    assert "do not match their checksum" in raw.notes[0]


def test_a_cut_within_a_note_keeps_those_before(tmp_path: Path) -> None:
    path = tmp_path / "noted.xdf"
    write_noted(path)
    data = path.read_bytes()
    begin = data.index(b'"restarted"')
    for stop in (begin - 40, begin, begin + 20):
        path.write_bytes(data[:stop])
        assert [note.kind for note in notes_of(path)["insole"]] == ["pong", "lost", "back"]


def test_a_file_appended_to_itself_has_its_notes_once(tmp_path: Path) -> None:
    path = tmp_path / "twice.xdf"
    write_noted(path)
    once = notes_of(path)
    path.write_bytes(2 * path.read_bytes())
    assert notes_of(path) == once


def test_a_device_cannot_have_the_name_of_the_notes(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"none of them landing-lab\.notes"):
        XdfJournal(tmp_path / "t.xdf", [JournalStream(NOTES_STREAM, INSOLE)])
    assert list(tmp_path.iterdir()) == []


def test_notes_need_a_stream_and_an_open_journal(tmp_path: Path) -> None:
    journal = XdfJournal(tmp_path / "t.xdf", [JournalStream("insole", INSOLE)])
    with pytest.raises(ParameterError, match='no stream "plate"'):
        journal.note("plate", NOTES[1][1])
    journal.close()
    with pytest.raises(RecordingError, match="is closed"):
        journal.note("insole", NOTES[0][1])


def test_a_chunk_of_notes_that_holds_other_samples_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "odd.xdf"
    journal = XdfJournal(path, [JournalStream("insole", INSOLE)])
    good = notes_chunk(2, [("insole", NOTES[0][1])])
    for content in (b"\x02\0\0\0", b"\x02\0\0\0" + struct.pack("<BI", 4, 7), b"\x02\0\0\0" + bytes(30)):
        journal._put(xdf_chunks.checked(xdf_chunks.chunk(xdf_chunks.SAMPLES, content)) + xdf_chunks.boundary_chunk())
    journal._put(good)
    journal.close()
    raw = read_raw(path)
    assert raw.streams["insole"].notes == (NOTES[0][1],)
    assert sum("The file is damaged between bytes" in note for note in raw.notes) == 3
