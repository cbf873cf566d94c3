"""Raw recordings of landing-lab (XDF 1.0): whole, cut short or damaged."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io import xdf_chunks as xdf
from landing_lab.io.path import check_path
from landing_lab.io.registry import Format
from landing_lab.io.visible import quoted_name
from landing_lab.io.xdf_labrecorder import is_live, live_runs, only_run
from landing_lab.io.xdf_notes import NOTES_STREAM, is_notes_header, notes_in, outage
from landing_lab.io.xdf_order import sound_frames
from landing_lab.model.blocks import FloatArray
from landing_lab.model.device import DeviceInfo, LinkNote
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import Recording

_MOST_STREAMS: Final = 64
_MOST_NOTES: Final = 20


@dataclass(slots=True)
class _Stream:
    """What was read of one stream; cuts: number of blocks before each damaged place, told: by when and what."""

    name: str
    info: DeviceInfo
    blocks: list[FloatArray] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    told: list[LinkNote] = field(default_factory=list)

    @property
    def n_columns(self) -> int:
        return len(xdf.FIXED_COLUMNS) + self.info.n_channels


@dataclass(slots=True)
class _Content:
    """What was read of a file so far; notes_id: the stream of what was told, no_notes: its samples that are none."""

    streams: dict[int, _Stream] = field(default_factory=dict)
    notes_id: int | None = None
    no_notes: int = 0
    metadata: dict[str, object] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def cut(self) -> None:
        """Remember that something may be missing from here on."""
        for stream in self.streams.values():
            stream.cuts.append(len(stream.blocks))


def read_raw(path: str | os.PathLike[str]) -> RawRecording:
    """Every frame of a raw recording, with notes on what was lost.

    A file whose writer was killed is read to its last whole chunk; a damaged place is skipped to the next mark.
    A chunk whose checksum does not match is left out. Raises FileFormatError where the file cannot be opened,
    is not XDF, or holds no stream written by landing-lab.
    """
    file = check_path(path)
    data = _content_of(file)
    return only_run(live_runs(data, file), file) if is_live(data) else _own_run(data, file)


def _content_of(file: Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise FileFormatError(
            f"{file} cannot be read: {error.strerror or error}; check the name and the permissions", path=file
        ) from error
    if not data.startswith(xdf.MAGIC):
        raise FileFormatError(
            f'{file.name} is not an XDF file (it begins with {data[:4]!r}, not with "XDF:"); choose a raw recording',
            path=file,
        )
    return data


def _own_run(data: bytes, file: Path) -> RawRecording:
    """The recording of a file that landing-lab itself wrote."""
    content = _walk(data)
    _check_streams(file, content)
    notes = content.notes + [note for stream in content.streams.values() for note in _lost_frames(stream)]
    if content.no_notes:
        notes.append(f'Entries of "{NOTES_STREAM}" that are damaged or not known were left out: {content.no_notes}.')
    streams: dict[str, RawStream] = {}
    for stream in content.streams.values():
        streams[stream.name], more = _raw_stream(stream, file.name)
        notes += more
    notes = _bounded(notes) + _outages(streams)
    if not content.closed >= set(content.streams):
        notes.append(
            "The recording was not closed (the program or the power went, or the disk was full): "
            "it is read to its last whole chunk."
        )
    return RawRecording(streams=streams, metadata=content.metadata, notes=tuple(notes))


def _outages(streams: Mapping[str, RawStream]) -> list[str]:
    """A sentence for each board that was away."""
    start_s = min((float(stream.arrival_s[0]) for stream in streams.values() if len(stream.arrival_s)), default=0.0)
    sentences = (outage(name, stream.notes, start_s) for name, stream in streams.items())
    return [sentence for sentence in sentences if sentence is not None]


def _check_streams(file: Path, content: _Content) -> None:
    """Refuse a file that holds nothing of landing-lab."""
    if not content.streams:
        found = (
            f"; it holds streams of another program: {', '.join(content.foreign[:_MOST_NOTES])}"
            if content.foreign
            else ""
        )
        raise FileFormatError(
            f"{file.name} holds no stream recorded by landing-lab{found}; "
            f"choose a recording made with `landing-lab record`, or one in which the streams of its boards were "
            f"recorded beside the others (`landing-lab record --lsl`)",
            path=file,
        )


def read_recording(path: Path) -> Recording:
    """A raw recording in newton, through the calibration of its devices."""
    return recording_of_raw(read_raw(path), path)


def read_recordings(path: Path) -> tuple[Recording, ...]:
    """Every run of a file in newton; where another program recorded them, the source of each says which run it is."""
    data = _content_of(path)
    if not is_live(data):
        return (recording_of_raw(_own_run(data, path), path),)
    recordings = []
    for raw in live_runs(data, path):
        recording = recording_of_raw(raw, path)
        source = f"{recording.source} run-{raw.metadata['run']:02d}"
        recordings.append(replace(recording, provenance={**recording.provenance, "source": source}))
    return tuple(recordings)


def recording_of_raw(raw: RawRecording, path: Path) -> Recording:
    """What was read of a raw file, in newton, with the name of the file and what a check beside its session doubts."""
    from landing_lab.calibrate.recording import recording_from_raw
    from landing_lab.io.session_checks import with_check

    recording = recording_from_raw(with_check(raw, path))
    facts = {"source": path.name, "path": str(path), "format": FORMAT.name}
    return replace(recording, provenance={**recording.provenance, **facts})


def _walk(data: bytes) -> _Content:
    """Chunk after chunk; from a place that is no chunk on to the next boundary mark."""
    content = _Content()
    view = memoryview(data)
    position = sure = len(xdf.MAGIC)  # sure: everything before it is known to be whole
    while position < len(data):
        try:
            chunk = xdf.read_chunk(view, position)
            position, certain = _take(content, view, chunk)
            sure = position if certain else sure
        except (ValueError, EOFError, struct.error, RecursionError) as error:
            resume = next(xdf.boundaries(data, sure), None)
            if resume is None:
                what = "ends within a chunk" if isinstance(error, EOFError) else "is damaged to its end"
                content.notes.append(f"The file {what}: its last {len(data) - sure} bytes were left out.")
                break
            content.cut()
            content.notes.append(
                f"The file is damaged between bytes {sure} and {resume}; what stood there was left out."
            )
            position = sure = resume
    return content


def _take(content: _Content, view: memoryview, chunk: xdf.Chunk) -> tuple[int, bool]:
    """Take one chunk in. Returns where the next begins and whether all before it is known to be whole."""
    if chunk.tag == xdf.SAMPLES:
        return _take_samples(content, view, chunk)
    if chunk.tag == xdf.BOUNDARY:
        if chunk.content != xdf.BOUNDARY_UUID:
            raise ValueError("not a boundary")
        return chunk.stop, True
    if chunk.tag == xdf.FILE_HEADER:
        content.metadata |= xdf.parse_metadata(xdf.parse_xml(bytes(chunk.content)))
    elif chunk.tag == xdf.STREAM_HEADER:
        _take_header(content, chunk)
    elif chunk.tag == xdf.STREAM_FOOTER:
        _take_footer(content, chunk)
        return chunk.stop, True
    return chunk.stop, False


def _take_header(content: _Content, chunk: xdf.Chunk) -> None:
    stream_id = _stream_id(chunk)
    xml = bytes(chunk.content[4:])
    root = xdf.parse_xml(xml)
    if is_notes_header(root):
        content.notes_id = stream_id if content.notes_id is None else content.notes_id
        return
    if root.find("desc/device") is None:
        content.foreign.append(quoted_name(str(root.findtext("name"))))
        return
    name, info, metadata = xdf.parse_stream_header(xml)
    if stream_id not in content.streams:
        if len(content.streams) >= _MOST_STREAMS or any(name == known.name for known in content.streams.values()):
            raise ValueError(f'a further stream "{name}"')
        content.streams[stream_id] = _Stream(name, info)
    content.metadata = {**metadata, **content.metadata}


def _take_footer(content: _Content, chunk: xdf.Chunk) -> None:
    stream_id = _stream_id(chunk)
    facts = json.loads(xdf.parse_xml(bytes(chunk.content[4:])).findtext("facts") or "{}")
    content.closed.add(stream_id)
    stream = content.streams.get(stream_id)
    if stream is not None and facts:
        content.metadata[f"link_{stream.name}"] = facts


def _take_samples(content: _Content, view: memoryview, chunk: xdf.Chunk) -> tuple[int, bool]:
    """Take a samples chunk in if its checksum matches, or if the file ends before the checksum."""
    stream_id = _stream_id(chunk)
    stream = content.streams.get(stream_id)
    if stream is None and stream_id != content.notes_id:
        return chunk.stop, False
    if stream is not None:
        _check_samples(stream, chunk)
    stop = chunk.stop
    # without checksum: the writer was killed before it; a write cut short leaves no whole chunk with wrong content
    if len(view) - chunk.stop >= xdf.CHECKSUM_BYTES:
        check = xdf.read_chunk(view, chunk.stop)
        if check.tag != xdf.CHECKSUM or len(check.content) != 4:
            raise ValueError("a samples chunk without checksum")
        stop = check.stop
        if zlib.crc32(view[chunk.start : chunk.stop]) != int.from_bytes(check.content, "little"):
            if stream is not None:
                content.cut()
            what = f'frames of "{stream.name}"' if stream is not None else f'entries of "{NOTES_STREAM}"'
            content.notes.append(
                f"{_n_samples(chunk)} {what} (bytes {chunk.start} to {chunk.stop}) do not match "
                f"their checksum and were left out."
            )
            return stop, True
    if stream is None:
        _take_notes(content, chunk)
    elif _n_samples(chunk):
        # a view into the file's bytes, which are copied once, when the stream is put together
        stream.blocks.append(np.frombuffer(chunk.content, xdf.row_dtype(stream.n_columns), offset=9)["values"])
    return stop, True


def _check_samples(stream: _Stream, chunk: xdf.Chunk) -> None:
    """Raise ValueError where a chunk has not the size of as many samples as it claims."""
    size = 9 + _n_samples(chunk) * xdf.row_dtype(stream.n_columns).itemsize
    if len(chunk.content) != size or chunk.content[4] != 4:
        raise ValueError("not a samples chunk")


def _n_samples(chunk: xdf.Chunk) -> int:
    return int.from_bytes(chunk.content[5:9], "little")


def _take_notes(content: _Content, chunk: xdf.Chunk) -> None:
    found, wrong = notes_in(bytes(chunk.content))
    content.no_notes += wrong
    by_name = {stream.name: stream for stream in content.streams.values()}
    for name, note in found:
        if name in by_name:
            by_name[name].told.append(note)
        else:
            content.no_notes += 1


def _stream_id(chunk: xdf.Chunk) -> int:
    if len(chunk.content) < 4:
        raise ValueError("a chunk without stream")
    return int.from_bytes(chunk.content[:4], "little")


def _lost_frames(stream: _Stream) -> list[str]:
    """How many running numbers each damaged place took out of a stream."""
    notes = []
    for cut in sorted(set(stream.cuts)):
        if cut == 0:
            notes.append(f'"{stream.name}" begins after a damaged place: how many frames stood before is not known.')
        elif cut < len(stream.blocks):
            lost = float(stream.blocks[cut][0, 0] - stream.blocks[cut - 1][-1, 0]) - 1
            if 0 < lost < np.inf:
                notes.append(f'"{stream.name}" lost {lost:.0f} frames to damage of the file.')
    return notes


def _raw_stream(stream: _Stream, file_name: str) -> tuple[RawStream, list[str]]:
    values = np.concatenate([np.empty((0, stream.n_columns)), *stream.blocks])
    stream.blocks.clear()
    values, notes = sound_frames(values, stream.name, file_name, float(stream.info.sample_rate_hz))
    told = {(note.time_s, note.kind, *note.facts.items()): note for note in stream.told}  # what stands twice, once
    frames, arrival_s = xdf.frames_of(values), values[:, 2].copy()
    return RawStream(info=stream.info, frames=frames, arrival_s=arrival_s, notes=tuple(told.values())), notes


def _bounded(notes: list[str]) -> list[str]:
    """The first notes: a file that is damaged all over has as many as it has pieces."""
    more = len(notes) - _MOST_NOTES
    return notes if more <= 0 else [*notes[:_MOST_NOTES], f"{more} more places are damaged in the same way."]


FORMAT = Format(
    name="XDF recording",
    recognises=lambda head: head.startswith(xdf.MAGIC),
    read=read_recording,
    read_runs=read_recordings,
)
