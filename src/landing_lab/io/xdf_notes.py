"""What boards and links told beside the measurements, as one string stream of an XDF file.

Each sample is one line of JSON, {"stream": ..., "kind": ..., "facts": {...}}, stamped with the host's clock: a marker
stream as the tools around the lab streaming layer know it.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from typing import Final, get_args
from xml.etree import ElementTree as ET

from landing_lab.io import xdf_chunks as xdf
from landing_lab.io.visible import quoted_name
from landing_lab.model.device import LinkNote, NoteKind

NOTES_STREAM: Final = "landing-lab.notes"
"""Name of the stream in every file; no device may have it."""
_TYPE: Final = "Markers"
_KINDS: Final[tuple[NoteKind, ...]] = get_args(NoteKind)
_STAMP: Final = struct.Struct("<Bd")
_LENGTH: Final = struct.Struct("<BI")


def notes_header_chunk(stream_id: int) -> bytes:
    """The header of the notes' stream."""
    root = ET.Element("info")
    for tag, text in (
        ("name", NOTES_STREAM),
        ("type", _TYPE),
        ("channel_count", "1"),
        ("nominal_srate", "0"),
        ("channel_format", "string"),
        ("source_id", NOTES_STREAM),
    ):
        ET.SubElement(root, tag).text = text
    channel = ET.SubElement(ET.SubElement(ET.SubElement(root, "desc"), "channels"), "channel")
    ET.SubElement(channel, "label").text = "note"
    ET.SubElement(channel, "unit").text = "JSON"
    return xdf.chunk(xdf.STREAM_HEADER, struct.pack("<I", stream_id) + xdf.xml_bytes(root))


def is_notes_header(root: ET.Element) -> bool:
    """Whether a parsed stream header is that of the notes."""
    return root.findtext("name") == NOTES_STREAM and root.findtext("channel_format") == "string"


def notes_chunk(stream_id: int, notes: Sequence[tuple[str, LinkNote]]) -> bytes:
    """A samples chunk of notes, each with the name of its stream, and its checksum chunk."""
    samples = []
    for stream, note in notes:
        text = json.dumps({"stream": stream, "kind": note.kind, "facts": dict(note.facts)}).encode("ascii")
        samples.append(_STAMP.pack(8, note.time_s) + _LENGTH.pack(4, len(text)) + text)
    return xdf.checked(xdf.chunk(xdf.SAMPLES, struct.pack("<IBI", stream_id, 4, len(samples)) + b"".join(samples)))


def notes_in(content: bytes) -> tuple[list[tuple[str, LinkNote]], int]:
    """The notes of a samples chunk with the names of their streams, and how many samples are no notes.

    Raises ValueError where the content is no list of stamped strings.
    """
    notes: list[tuple[str, LinkNote]] = []
    try:
        width, n_samples = struct.unpack_from("<BI", content, 4)
        position, n_wrong = 9, 0
        while position < len(content):
            stamp_bytes, time_s = _STAMP.unpack_from(content, position)
            length_bytes, length = _LENGTH.unpack_from(content, position + _STAMP.size)
            start = position + _STAMP.size + _LENGTH.size
            position = start + length
            if (width, stamp_bytes, length_bytes) != (4, 8, 4) or position > len(content):
                raise ValueError("not a chunk of notes")
            note = parse_note(time_s, content[start:position])
            if note is None:
                n_wrong += 1
            else:
                notes.append(note)
    except struct.error as error:
        raise ValueError("not a chunk of notes") from error
    if len(notes) + n_wrong != n_samples:
        raise ValueError("not a chunk of notes")
    return notes, n_wrong


def outage(name: str, notes: Sequence[LinkNote], start_s: float) -> str | None:
    """When and for how long a board was away, in one sentence; None where it never was.

    start_s: when the recording began, on the host's clock.
    """
    lost = [note for note in notes if note.kind == "lost"]
    if not lost:
        return None
    back = [note for note in notes if note.kind == "back"]
    away_s = sum(float(away) for note in back if isinstance(away := note.facts.get("away_s"), (int, float)))
    times = "" if len(lost) == 1 else f"{len(lost)} times, first "
    reason = quoted_name(str(lost[0].facts.get("reason")))
    first = f"{max(0.0, lost[0].time_s - start_s):.1f} s into the recording ({reason})"
    returned = f"was away for {away_s:.1f} s in all" if back else "did not come back"
    again = ", and did not come back in the end" if back and lost[-1].time_s > back[-1].time_s else ""
    return f"{quoted_name(name)} was lost {times}{first} and {returned}{again}."


def parse_note(time_s: float, text: bytes) -> tuple[str, LinkNote] | None:
    """One sample as a note, None where it is none that this program knows."""
    try:
        said = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, Mapping):
        return None
    stream, kind, facts = said.get("stream"), said.get("kind"), said.get("facts")
    if not isinstance(stream, str) or kind not in _KINDS or not math.isfinite(time_s):
        return None
    if not isinstance(facts, Mapping) or not all(map(_plain, facts.values())):
        return None
    return stream, LinkNote(time_s, kind, facts)


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, (int, str)) and not isinstance(value, bool)
