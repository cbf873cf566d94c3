"""What another program (LabRecorder) recorded of our live streams, back into the raw recordings they were sent from.

Such a file holds streams of other devices beside ours, no checksums, samples that leave out a stamp which follows from
the one before, and a whole session of trials in one stream.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io import xdf_chunks as xdf
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.io.xdf_live import LIVE_TYPE, MARKERS_STREAM, OFFSET_TAG, RUN_COLUMNS
from landing_lab.io.xdf_notes import NOTES_STREAM, outage, parse_note
from landing_lab.io.xdf_order import sound_frames
from landing_lab.model.blocks import FloatArray
from landing_lab.model.device import DeviceInfo, LinkNote
from landing_lab.model.raw import RawRecording, RawStream

_LABEL: Final = f"<type>{LIVE_TYPE}</type>".encode("ascii")


@dataclass(slots=True)
class _Board:
    """What was recorded of one board's stream; offset_s: LSL's clock minus that of the host that sent it."""

    name: str
    info: DeviceInfo
    metadata: dict[str, object]
    offset_s: float
    blocks: list[FloatArray] = field(default_factory=list)

    @property
    def n_columns(self) -> int:
        return len(xdf.FIXED_COLUMNS) + self.info.n_channels + len(RUN_COLUMNS)


@dataclass(slots=True)
class _Content:
    """What a file holds of us, by stream id."""

    boards: dict[int, _Board] = field(default_factory=dict)
    notes_ids: set[int] = field(default_factory=set)
    marker_ids: set[int] = field(default_factory=set)
    told: list[tuple[str, LinkNote, int]] = field(default_factory=list)
    conditions: dict[int, str] = field(default_factory=dict)
    clock_offsets_s: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def is_live(data: bytes) -> bool:
    """Whether an XDF file holds a stream that `record --lsl` sent."""
    return _LABEL in data


def only_run(runs: Sequence[RawRecording], file: Path) -> RawRecording:
    """The one recording of a file. Raises FileFormatError where it holds several."""
    if len(runs) == 1:
        return runs[0]
    numbers = ", ".join(str(run.metadata["run"]) for run in runs)
    raise FileFormatError(
        f"{file.name} holds {len(runs)} trials of landing-lab (runs {numbers}); `landing-lab analyse` takes them one "
        f"by one, in Python `ll.read_runs` gives a list of them",
        path=file,
    )


def live_runs(data: bytes, file: Path) -> list[RawRecording]:
    """The recording of every run, in order of their numbers; of a run that began twice the last.

    Raises FileFormatError where not a single sample of a board was recorded.
    """
    content = _walk(data)
    if not content.boards:
        why = f" ({content.notes[0].rstrip('.')})" if content.notes else ""
        raise FileFormatError(
            f"{quoted_name(file.name)} names a stream of type {LIVE_TYPE} but holds no description of a board as "
            f"`landing-lab record --lsl` sends it{why}; record the stream of landing-lab itself, or export its data as "
            "a table",
            path=file,
        )
    rows: dict[str, tuple[_Board, FloatArray]] = {}
    for board in content.boards.values():
        parts = [rows[board.name][1]] if board.name in rows else []
        table = np.concatenate([np.empty((0, board.n_columns)), *parts, *board.blocks])
        rows[board.name] = (board, table)
        board.blocks.clear()
    begun = {
        int(run): int(max(table[table[:, -2] == run, -1].max() for _, table in rows.values() if run in table[:, -2]))
        for run in np.unique(np.concatenate([table[:, -2] for _, table in rows.values()]))
        if np.isfinite(run)
    }
    if not begun:
        raise FileFormatError(
            f"{file.name} lists boards of landing-lab ({', '.join(map(quoted_name, rows))}) but not one sample of "
            "them: no trial was recorded while the file was open; begin it before the trial",
            path=file,
        )
    return [_run(content, rows, run, begun[run], file) for run in sorted(begun)]


def _run(
    content: _Content, rows: Mapping[str, tuple[_Board, FloatArray]], run: int, begun: int, file: Path
) -> RawRecording:
    """One trial out of the streams of a session."""
    streams: dict[str, RawStream] = {}
    notes, facts = list(content.notes), dict[str, object]()
    for name, (board, table) in rows.items():
        here = table[(table[:, -2] == run) & (table[:, -1] == begun)][:, : -len(RUN_COLUMNS)]
        if not len(here):
            notes.append(f"{quoted_name(name)}: nothing of run {run} was recorded.")
            continue
        values, told = sound_frames(here, name, file.name, float(board.info.sample_rate_hz))
        notes += told
        own = tuple(note for stream, note, number in content.told if stream == name and number == begun)
        frames, arrival_s = xdf.frames_of(values), values[:, 2].copy()
        streams[name] = RawStream(info=board.info, frames=frames, arrival_s=arrival_s, notes=own)
        notes += filter(None, [outage(name, own, float(arrival_s[0]))])
        facts |= {**board.metadata, "lsl_minus_host_s": board.offset_s + _shift_s(content)}
    condition = content.conditions.get(run, "")
    return RawRecording(
        streams=streams, metadata={**facts, "run": run, "condition": condition}, notes=tuple(dict.fromkeys(notes))
    )


def _shift_s(content: _Content) -> float:
    """From the clock of the computer that sent to that of the computer that recorded, seconds."""
    return float(np.median(content.clock_offsets_s)) if content.clock_offsets_s else 0.0


def _walk(data: bytes) -> _Content:
    """Chunk after chunk; from a damaged place on to the next boundary mark."""
    content, view = _Content(), memoryview(data)
    position = sure = len(xdf.MAGIC)
    while position < len(data):
        try:
            chunk = xdf.read_chunk(view, position)
            _take(content, chunk)
            position = chunk.stop
            sure = position if chunk.tag == xdf.BOUNDARY else sure
        except (ValueError, EOFError, struct.error, RecursionError) as error:
            resume = next(xdf.boundaries(data, max(sure, position)), None)
            where = f"between bytes {position} and {resume}" if resume is not None else f"from byte {position} on"
            content.notes.append(f"The file is damaged {where} ({snippet(str(error)) or 'it ends within a chunk'}).")
            if resume is None:
                break
            position = sure = resume
    return content


def _take(content: _Content, chunk: xdf.Chunk) -> None:
    if chunk.tag not in (xdf.STREAM_HEADER, xdf.SAMPLES, xdf.CLOCK_OFFSET):
        return
    stream_id = int.from_bytes(chunk.content[:4], "little")
    if chunk.tag == xdf.STREAM_HEADER:
        _take_header(content, stream_id, bytes(chunk.content[4:]))
    elif chunk.tag == xdf.CLOCK_OFFSET:
        if stream_id in content.boards:
            content.clock_offsets_s.append(struct.unpack_from("<d", chunk.content, 12)[0])
    elif stream_id in content.boards:
        board = content.boards[stream_id]
        board.blocks.append(_numbers(chunk.content, board.n_columns))
    elif stream_id in content.notes_ids:
        for text in _texts(chunk.content):
            _take_note(content, text)
    elif stream_id in content.marker_ids:
        for text in _texts(chunk.content):
            _take_marker(content, text.decode("utf-8", "replace"))


def _take_header(content: _Content, stream_id: int, xml: bytes) -> None:
    root = xdf.parse_xml(xml)
    name = str(root.findtext("name"))
    if root.findtext("type") == LIVE_TYPE:
        label, info, metadata = xdf.parse_stream_header(xml)
        offset_s = float(root.findtext(f"desc/synchronization/{OFFSET_TAG}") or 0.0)
        board = _Board(label, info, metadata, offset_s)
        if int(root.findtext("channel_count") or 0) != board.n_columns:
            raise ValueError(f'stream "{name}" has other columns than its board')
        content.boards[stream_id] = board
    elif name in (NOTES_STREAM, MARKERS_STREAM) and root.findtext("channel_format") == "string":
        (content.notes_ids if name == NOTES_STREAM else content.marker_ids).add(stream_id)


def _take_note(content: _Content, text: bytes) -> None:
    try:
        said = json.loads(text)
        found = parse_note(float(said["time_s"]), text)
        number = int(said["begun"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return
    if found is not None:
        content.told.append((*found, number))


def _take_marker(content: _Content, text: str) -> None:
    """The condition of a run, which only the marker of its beginning says."""
    parts = text.split("/")
    if parts[0] == "trial_begins" and len(parts) == 3 and parts[1].removeprefix("run-").isdecimal():
        content.conditions[int(parts[1].removeprefix("run-"))] = parts[2]


def _head(content: memoryview) -> tuple[int, int]:
    """Number of samples of a chunk, and where they begin."""
    width = content[4]
    if width not in (1, 4, 8):
        raise ValueError("not a samples chunk")
    return int.from_bytes(content[5 : 5 + width], "little"), 5 + width


def _numbers(content: memoryview, n_columns: int) -> FloatArray:
    """Values (n, n_columns) of a samples chunk of double64; each sample has a stamp or none."""
    count, position = _head(content)
    row = xdf.row_dtype(n_columns)
    if len(content) == position + count * row.itemsize:
        rows = np.frombuffer(content, row, count, position)
        if (rows["stamp_bytes"] == 8).all():
            return rows["values"]
    values = np.empty((count, n_columns))
    for index in range(count):
        position += 1 + _stamp_bytes(content, position)
        values[index] = np.frombuffer(content, "<f8", n_columns, position)
        position += 8 * n_columns
    if position != len(content):
        raise ValueError("not a samples chunk")
    return values


def _texts(content: memoryview) -> Iterator[bytes]:
    """The strings of a samples chunk of one channel."""
    count, position = _head(content)
    for _ in range(count):
        position += 1 + _stamp_bytes(content, position)
        width = content[position]
        length = int.from_bytes(content[position + 1 : position + 1 + width], "little")
        position += 1 + width
        if width not in (1, 4, 8) or position + length > len(content):
            raise ValueError("not a samples chunk of text")
        yield bytes(content[position : position + length])
        position += length


def _stamp_bytes(content: memoryview, position: int) -> int:
    if position >= len(content) or content[position] not in (0, 8):
        raise ValueError("not a samples chunk")
    return content[position]
