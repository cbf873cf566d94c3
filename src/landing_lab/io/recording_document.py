"""A stream and what is known of it as a JSON document, which travels in the metadata of a Parquet file."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import numpy as np

from landing_lab.io.stream_columns import canonical
from landing_lab.io.visible import visible
from landing_lab.io.write import plain
from landing_lab.model import insole_layout
from landing_lab.model.blocks import FloatArray, Gap
from landing_lab.model.channels import Channel, ChannelLayout, Quantity, Side
from landing_lab.model.recording import Clock, Recording, Sensor, SensorKind, Stream

SCHEMA: Final = "landing-lab.recording/1"
KEY: Final = "landing_lab"
FAMILY: Final = '"schema": "landing-lab.'
"""What every document of ours begins with, after its brace."""
_PRIVATE: Final = frozenset(("path",))
"""A path tells the name of the person at the computer; it is not what the recording is about."""


def document_of(recording: Recording, stream: str, columns: Sequence[str]) -> str:
    """Everything of a stream but its numbers, as JSON in ASCII; columns: name of the column of each channel."""
    chosen = recording.streams[stream]
    document = {
        "schema": SCHEMA,
        "stream": stream,
        "sample_rate_hz": chosen.sample_rate_hz,
        "free_running": chosen.free_running,
        "started_at": recording.started_at,
        "columns": [
            {"column": name, **dataclasses.asdict(channel)}
            for name, channel in zip(columns, chosen.layout.channels, strict=True)
        ],
        "sensor": sensor_document(chosen.sensor),
        "clock": dataclasses.asdict(chosen.clock),
        "gaps": [dataclasses.asdict(gap) for gap in chosen.gaps],
        "provenance": {name: fact for name, fact in recording.provenance.items() if name not in _PRIVATE},
    }
    described = plain(document)
    assert isinstance(described, dict)
    crc = checksum(described, chosen.times_s, chosen.samples)
    return json.dumps({**described, "crc32": crc}, allow_nan=False)


def sensor_document(sensor: Sensor) -> dict[str, object]:
    """What made the samples, as plain values; the cells of an insole as a layout file has them."""
    only_some = {
        "insole": None if sensor.insole is None else sensor.insole.as_document(),
        "cop_sd_mm": None if sensor.cop_sd_mm is None else list(sensor.cop_sd_mm),
        "turn_sd_deg": sensor.turn_sd_deg or None,
        "place_doubt": sensor.place_doubt,
        "cell_limit_n": list(sensor.cell_limit_n) or None,
        "cell_weight": list(sensor.cell_weight) or None,
        "whole_foot": sensor.whole_foot or None,
        "filter_order": sensor.filter_order,
        "mode_hz": sensor.mode_hz,
        "mode_at_least_hz": sensor.mode_at_least_hz,
    }
    named = (one.name for one in dataclasses.fields(sensor) if one.name not in only_some)
    plain_sensor = {name: getattr(sensor, name) for name in named}
    return {**plain_sensor, **{name: value for name, value in only_some.items() if value is not None}}


def schema_of(text: str) -> str:
    """The schema a document states, "" where it is no document of ours."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("schema", "")) if isinstance(found, dict) else ""


def columns_of(text: str) -> list[str]:
    """Names of the columns, in order of the channels. Raises KeyError, TypeError or ValueError for another document."""
    return [str(entry["column"]) for entry in json.loads(text)["columns"]]


def recording_of(text: str, times_s: FloatArray, samples: FloatArray) -> Recording:
    """The recording a document describes, around its numbers.

    Raises KeyError, TypeError or ValueError (also our own ParameterError) for a document that is not sound, and
    ArithmeticError where it or the numbers are not what was written.
    """
    document: dict[str, Any] = json.loads(text, parse_constant=_refuse)
    if document.pop("crc32") != checksum(document, times_s, samples):
        raise ArithmeticError("the recording does not match its checksum")
    if not np.isfinite(times_s).all() or (np.diff(times_s) <= 0).any():
        raise ValueError("times do not increase")
    shown = _shown(document)
    stream = Stream(
        samples=samples,
        sample_rate_hz=float(shown["sample_rate_hz"]),
        times_s=times_s,
        layout=ChannelLayout(tuple(_channel(entry) for entry in shown["columns"])),
        sensor=_sensor(shown["sensor"]),
        clock=Clock(**shown["clock"]),
        gaps=tuple(Gap(**gap) for gap in shown["gaps"]),
        free_running=bool(shown["free_running"]),
    )
    provenance = dict(shown["provenance"])
    if "notes" in provenance:
        provenance["notes"] = tuple(str(note) for note in provenance["notes"] or ())
    started_at = shown["started_at"]
    return Recording(
        streams={str(shown["stream"]): stream},
        started_at=None if started_at is None else str(started_at),
        provenance=provenance,
    )


def checksum(document: Mapping[str, object], times_s: FloatArray, samples: FloatArray) -> str:
    """CRC-32 of a document, times and samples; every missing value counts the same."""
    crc = zlib.crc32(json.dumps(document, sort_keys=True).encode())
    for numbers in (times_s, canonical(samples)):
        crc = zlib.crc32(np.ascontiguousarray(numbers).tobytes(), crc)
    return f"{crc:08x}"


def _channel(entry: dict[str, Any]) -> Channel:
    side, quantity, position = entry["side"], entry["quantity"], entry["position_mm"]
    if side not in get_args(Side) or quantity not in get_args(Quantity):
        raise ValueError(f"a channel of {quantity!r} on {side!r}")
    place = None if position is None else (float(position[0]), float(position[1]))
    return Channel(str(entry["name"]), quantity, str(entry["unit"]), side, place)


def _sensor(entry: dict[str, Any]) -> Sensor:
    if entry["kind"] not in get_args(SensorKind):
        raise ValueError(f"a sensor of kind {entry['kind']!r}")
    cop_sd = entry.get("cop_sd_mm")
    return Sensor(
        kind=entry["kind"],
        description=str(entry["description"]),
        bandwidth_hz=_number(entry["bandwidth_hz"]),
        calibrated=bool(entry["calibrated"]),
        scale_sd_fraction=float(entry.get("scale_sd_fraction", 0.0)),  # files of 0.1.0 do not have it
        doubt=None if entry.get("doubt") is None else str(entry["doubt"]),
        insole=None if entry.get("insole") is None else insole_layout.from_document(entry["insole"]),
        cop_sd_mm=None if cop_sd is None else (float(cop_sd[0]), float(cop_sd[1])),
        turn_sd_deg=float(entry.get("turn_sd_deg", 0.0)),
        place_doubt=None if entry.get("place_doubt") is None else str(entry["place_doubt"]),
        cell_limit_n=tuple(None if one is None else float(one) for one in entry.get("cell_limit_n", ())),
        cell_weight=tuple(float(one) for one in entry.get("cell_weight", ())),
        whole_foot=bool(entry.get("whole_foot", False)),
        # files of 0.1.0 have none of these
        filter_order=None if entry.get("filter_order") is None else int(entry["filter_order"]),
        mode_hz=_number(entry.get("mode_hz")),
        mode_at_least_hz=_number(entry.get("mode_at_least_hz")),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _shown(value: Any) -> Any:
    """The same document with every text as it may be shown: the file may come from a stranger."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")
