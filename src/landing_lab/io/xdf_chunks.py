"""Chunks of XDF 1.0 as landing-lab writes them (https://github.com/sccn/xdf/wiki/Specifications).

A file is "XDF:" and chunks: [1 byte: size of the length][length][u16 tag][content], little-endian, where the
length counts tag and content. After each samples chunk stands a private chunk with its CRC-32, which other
readers skip.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo

MAGIC: Final = b"XDF:"
FILE_HEADER: Final = 1
STREAM_HEADER: Final = 2
SAMPLES: Final = 3
CLOCK_OFFSET: Final = 4
BOUNDARY: Final = 5
STREAM_FOOTER: Final = 6
CHECKSUM: Final = 0x4C43
CHECKSUM_BYTES: Final = 8
PRIVATE_TAGS: Final = range(0x4C00, 0x4D00)
"""Tags of landing-lab beyond the specification; readers skip those they do not know."""
BOUNDARY_UUID: Final = bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4")

_MOST_CHANNELS: Final = 64
_RATES_HZ: Final = (1.0, 100_000.0)

FIXED_COLUMNS: Final = (
    ("sequence", "count"),
    ("ticks_us", "us"),
    ("arrival_s", "s"),
    ("flags", "bits"),
    ("channel", "index"),
)
"""Columns before the counts; channel is -1 where every channel of the row is a reading."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk in a file: [start, stop) in bytes, content without tag."""

    tag: int
    content: memoryview
    start: int
    stop: int


def row_dtype(n_columns: int) -> np.dtype[np.void]:
    """One sample in a samples chunk: size of its time stamp, time stamp, values."""
    return np.dtype([("stamp_bytes", "u1"), ("stamp_s", "<f8"), ("values", "<f8", (n_columns,))])


def chunk(tag: int, content: bytes) -> bytes:
    """A whole chunk."""
    length = 2 + len(content)
    size = struct.pack("<BB", 1, length) if length < 256 else struct.pack("<BI", 4, length)
    return size + struct.pack("<H", tag) + content


def boundary_chunk() -> bytes:
    """The mark at which a reader finds its way back into a damaged file."""
    return chunk(BOUNDARY, BOUNDARY_UUID)


def clock_offset_chunk(stream_id: int, time_s: float, offset_s: float) -> bytes:
    """What to add at time_s to the stamps of a stream to get to the clock of the recording."""
    return chunk(CLOCK_OFFSET, struct.pack("<Idd", stream_id, time_s, offset_s))


def samples_chunk(stream_id: int, arrival_s: FloatArray, frames: FrameBlock) -> bytes:
    """A samples chunk and its checksum chunk. arrival_s: (n,), the time stamps."""
    n_frames = len(frames)
    rows = np.empty(n_frames, dtype=row_dtype(len(FIXED_COLUMNS) + frames.counts.shape[1]))
    rows["stamp_bytes"] = 8
    rows["stamp_s"] = arrival_s
    rows["values"] = frames_to_values(frames, arrival_s)
    return checked(chunk(SAMPLES, struct.pack("<IBI", stream_id, 4, n_frames) + rows.tobytes()))


def frames_to_values(frames: FrameBlock, arrival_s: float | FloatArray) -> FloatArray:
    """The values (n, 5 + n_channels) that a samples chunk holds of frames (n,)."""
    n_frames, n_counts = frames.counts.shape
    values = np.empty((n_frames, len(FIXED_COLUMNS) + n_counts))
    channel = -1 if frames.channel is None else frames.channel
    for index, column in enumerate((frames.sequence, frames.ticks_us, arrival_s, frames.flags, channel)):
        values[:, index] = column
    values[:, len(FIXED_COLUMNS) :] = frames.counts
    return values


def checked(body: bytes) -> bytes:
    """A whole chunk with its checksum chunk behind it."""
    return body + chunk(CHECKSUM, struct.pack("<I", zlib.crc32(body)))


def frames_of(values: FloatArray) -> FrameBlock:
    """Frames (n,) from the values (n, 5 + n_channels) of samples chunks."""
    fixed = len(FIXED_COLUMNS)
    channel = values[:, 4].astype(np.int64)
    return FrameBlock(
        sequence=values[:, 0].astype(np.int64),
        ticks_us=values[:, 1].astype(np.int64),
        counts=np.ascontiguousarray(values[:, fixed:].astype(np.int32)),
        channel=None if (channel < 0).all() else channel,
        flags=values[:, 3].astype(np.int64),
    )


def file_header_chunk(metadata: Mapping[str, object]) -> bytes:
    """The first chunk: version and what the session wrote beside the data."""
    info = ET.Element("info")
    ET.SubElement(info, "version").text = "1.0"
    _add_metadata(info, metadata)
    return chunk(FILE_HEADER, xml_bytes(info))


def stream_header_chunk(stream_id: int, name: str, info: DeviceInfo, metadata: Mapping[str, object]) -> bytes:
    """The header of one device: columns with units, everything the board said of itself, and the metadata."""
    columns = [*FIXED_COLUMNS, *((f"counts_{index}", "count") for index in range(info.n_channels))]
    root = ET.Element("info")
    # nominal_srate 0 = irregular: stamps are times of arrival, several frames may share one
    for tag, text in (
        ("name", printable(name)),
        ("type", "landing-lab.raw"),
        ("channel_count", str(len(columns))),
        ("nominal_srate", "0"),
        ("channel_format", "double64"),
        ("source_id", printable(info.device_id)),
    ):
        ET.SubElement(root, tag).text = text
    root.append(board_description(name, info, metadata, [(label, unit, {}) for label, unit in columns]))
    return chunk(STREAM_HEADER, struct.pack("<I", stream_id) + xml_bytes(root))


def board_description(
    name: str,
    info: DeviceInfo,
    metadata: Mapping[str, object],
    columns: Sequence[tuple[str, str, Mapping[str, str]]],
) -> ET.Element:
    """The <desc> of one device: (label, unit, further facts) of each column, what the board said, the metadata."""
    desc = ET.Element("desc")
    channels = ET.SubElement(desc, "channels")
    for label, unit, more in columns:
        channel = ET.SubElement(channels, "channel")
        for tag, text in {"label": label, "unit": unit, **more}.items():
            ET.SubElement(channel, tag).text = text
    ET.SubElement(desc, "stream_name").text = json.dumps(name)
    device = ET.SubElement(desc, "device")
    for field in fields(info):
        # JSON in ASCII: survives any character a board may have in its name
        ET.SubElement(device, field.name).text = json.dumps(getattr(info, field.name))
    _add_metadata(desc, metadata)
    return desc


def footer_chunk(
    stream_id: int, first_s: float | None, last_s: float | None, n_samples: int, facts: Mapping[str, object]
) -> bytes:
    """The end of a stream that was closed; facts: what is known only then, such as link statistics."""
    root = ET.Element("info")
    for tag, value in (("first_timestamp", first_s), ("last_timestamp", last_s), ("sample_count", n_samples)):
        ET.SubElement(root, tag).text = "" if value is None else repr(value)
    ET.SubElement(root, "facts").text = json.dumps(dict(facts))
    return chunk(STREAM_FOOTER, struct.pack("<I", stream_id) + xml_bytes(root))


def parse_stream_header(xml: bytes) -> tuple[str, DeviceInfo, dict[str, object]]:
    """Name, device and metadata of a stream header. Raises ValueError where it is not one of landing-lab."""
    root = parse_xml(xml)
    device = root.find("desc/device")
    if device is None:
        raise ValueError(f'stream "{root.findtext("name")}" was not written by landing-lab')
    known = {field.name for field in fields(DeviceInfo)}
    facts = {element.tag: json.loads(element.text or "null") for element in device if element.tag in known}
    try:
        info = DeviceInfo(**facts)
    except TypeError as error:
        raise ValueError(f"stream header lacks facts of the device: {error}") from error
    if not (isinstance(info.n_channels, int) and 0 < info.n_channels <= _MOST_CHANNELS):
        raise ValueError(f"stream header claims {info.n_channels} channels")
    if not (isinstance(info.sample_rate_hz, (int, float)) and _RATES_HZ[0] <= info.sample_rate_hz <= _RATES_HZ[1]):
        raise ValueError(f"stream header claims {info.sample_rate_hz} Hz")
    name = json.loads(root.findtext("desc/stream_name") or "null")
    return str(name), info, parse_metadata(root.find("desc"))


def parse_metadata(parent: ET.Element | None) -> dict[str, object]:
    """Metadata below an element, empty where it has none."""
    text = None if parent is None else parent.findtext("metadata")
    loaded = json.loads(text) if text else {}
    return loaded if isinstance(loaded, dict) else {}


def parse_xml(data: bytes) -> ET.Element:
    """An XML element. Raises ValueError where it is not XML, or defines entities (a known way to fill memory)."""
    if b"<!" in data:
        raise ValueError("XML with a document type is not read")
    try:
        return ET.fromstring(data)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise ValueError(f"not XML: {error}") from error


def read_chunk(data: memoryview, start: int) -> Chunk:
    """The chunk at a position. Raises ValueError where there is none, EOFError where it runs past the end."""
    if start >= len(data):
        raise EOFError
    width = data[start]
    if width not in (1, 4, 8):
        raise ValueError(f"no chunk at byte {start}")
    if start + 1 + width + 2 > len(data):
        raise EOFError
    length = int.from_bytes(data[start + 1 : start + 1 + width], "little")
    begin = start + 1 + width
    tag = int.from_bytes(data[begin : begin + 2], "little")
    if length < 2 or not (FILE_HEADER <= tag <= STREAM_FOOTER or tag in PRIVATE_TAGS):
        raise ValueError(f"no chunk at byte {start}")
    if begin + length > len(data):
        raise EOFError
    return Chunk(tag, data[begin + 2 : begin + length], start, begin + length)


def boundaries(data: bytes, start: int) -> Iterator[int]:
    """Positions right after each boundary mark from a position on."""
    while (found := data.find(BOUNDARY_UUID, start)) >= 0:
        start = found + len(BOUNDARY_UUID)
        yield start


def _add_metadata(parent: ET.Element, metadata: Mapping[str, object]) -> None:
    ET.SubElement(parent, "metadata").text = json.dumps(dict(metadata), default=str)


def printable(text: str) -> str:
    """Text that XML can hold."""
    return "".join(character if character.isprintable() else "?" for character in text)


def xml_bytes(element: ET.Element) -> bytes:
    """An XML document, in ASCII."""
    return b'<?xml version="1.0"?>' + ET.tostring(element, encoding="unicode").encode("ascii", "xmlcharrefreplace")
