"""Processed files of an accepted trial: newton as Parquet, one file per stream, and a description as JSON beside."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.dataset_names import task_label
from landing_lab.io.formats.parquet import encode, read_parquet
from landing_lab.io.recording_document import sensor_document
from landing_lab.io.stream_columns import TIME_COLUMN, column_names
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.io.write import json_text, plain, write_together
from landing_lab.model.channels import Channel, ChannelLayout, Quantity, Side
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from landing_lab.model.result import ForceSignals, TrialResult
from landing_lab.model.software import software

SCHEMA: Final = "landing-lab.trial/1"
FORCE: Final = "force"
"""Name of the stream with the force that the analysis used."""
_SIDES: Final[tuple[Side, ...]] = ("left", "right", "plate_1", "plate_2", "total")
_NOT_IN_PARQUET: Final = frozenset(("calibrations", "doubt"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProcessedTrial:
    """What was read back: the description, and the recording in each Parquet file by the name of its stream."""

    description: Mapping[str, Any]
    recordings: Mapping[str, Recording]


def trial_facts(
    raw: RawRecording, trials: Sequence[TrialResult], *, verdict: str = "accepted", reason: str | None = None
) -> dict[str, object]:
    """What the description of a trial says beside its streams, from its raw recording and its analysis."""
    links = {name: raw.metadata.get(f"link_{name}") for name in raw.streams}
    apart = {"calibrations", *(f"link_{name}" for name in raw.streams)}
    return {
        "verdict": verdict,
        "reason": reason,
        "recording": {name: fact for name, fact in raw.metadata.items() if name not in apart},
        "devices": {name: dataclasses.asdict(stream.info) for name, stream in raw.streams.items()},
        "calibrations": raw.metadata.get("calibrations", {}),
        "link_statistics": {name: facts for name, facts in links.items() if facts is not None},
        "trials": [trial.as_dict() for trial in trials],
    }


def write_processed(
    recording: Recording, signals: ForceSignals | None, stem: Path, facts: Mapping[str, object]
) -> list[Path]:
    """Write STEM_<stream>.parquet for every stream and the force, then STEM.json; the paths in that order.

    All are written beside their places first; the description comes last and says that the others are whole, so
    without it there is no processed trial. signals: the force that the analysis used, None where it found none.
    facts: as trial_facts gives them. Raises RecordingError where the disk does not take them; nothing new is then
    taken for whole.
    """
    held = {name: stream for name, stream in recording.streams.items() if len(stream.samples) and len(stream.layout)}
    lighter = {name: fact for name, fact in recording.provenance.items() if name not in _NOT_IN_PARQUET}
    whole = dataclasses.replace(recording, streams=held, provenance=lighter)
    files: dict[Path, bytes] = {}
    listed: dict[str, dict[str, object]] = {}
    sources = dict.fromkeys(held, whole)
    if signals is not None:
        sources[FORCE] = force_recording(whole, signals)
    for name, source in sources.items():
        path = stem.with_name(f"{stem.name}_{task_label(name)}.parquet")
        files[path] = encode(source, name, ())
        listed[name] = _listed(source.streams[name], path.name, files[path])
    document = {
        "schema": SCHEMA,
        "software": software(),
        "raw_file": recording.source,
        "started_at": recording.started_at,
        "simulated": recording.simulated,
        "notes": recording.notes,
        "doubt": recording.provenance.get("doubt"),
        **facts,
        "force": None if signals is None else _force_facts(signals),
        "streams": listed,
    }
    files[_description_path(stem)] = json_text(document).encode("utf-8")
    return write_together(files, durable=True)


def force_recording(recording: Recording, signals: ForceSignals) -> Recording:
    """The force of an analysis as a recording of its own, stream "force", one column per side and the total.

    Force that was put together from other sensors says so in its doubt, which flags what is computed from it again.
    """
    sides = [side for side in _SIDES if side in signals.force_n]
    channels = [Channel(f"{side} force", "force", "N", side) for side in sides]
    columns = [signals.force_n[side][:, np.newaxis] for side in sides]
    axes: tuple[Quantity, Quantity] = ("cop_ml", "cop_ap") if signals.cop_axes == "anatomical" else ("cop_1", "cop_2")
    for side, position_m in signals.cop_m.items():
        channels += [Channel(f"{side} {axis}", axis, "m", side) for axis in axes]
        columns.append(position_m)
    stream = Stream(
        samples=np.hstack(columns),
        sample_rate_hz=signals.sample_rate_hz,
        times_s=signals.times_s,
        layout=ChannelLayout(tuple(channels)),
        sensor=Sensor(
            kind="force_plate",
            description=signals.source,
            bandwidth_hz=signals.bandwidth_hz,
            calibrated=all(one.sensor.calibrated for one in recording.streams.values()),
        ),
        clock=Clock(source="that of the streams it was computed from", offset_sd_s=signals.side_offset_sd_s),
    )
    provenance = {**recording.provenance, "force": _force_facts(signals)}
    if signals.sensor_kind != "force_plate":
        provenance["doubt"] = (
            f"this is force computed from {recording.source}, whose own analysis knows its uncertainty: analyse that "
            f"file for numbers"
        )
    return Recording(streams={FORCE: stream}, started_at=recording.started_at, provenance=provenance)


def read_processed(description: Path, *, streams: Collection[str] | None = None) -> ProcessedTrial:
    """A processed trial, from the path of its description; streams: only those of these names, all by default.

    Raises FileFormatError where the description is none, or a file it names is missing or not what was written.
    """
    try:
        document: Any = json.loads(description.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise FileFormatError(
            f"{quoted_name(description.name)} cannot be read as the description of a trial ({snippet(str(error))}); "
            f"write it again with landing-lab reanalyse",
            path=description,
        ) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise FileFormatError(
            f"{quoted_name(description.name)} does not describe a processed trial; choose a .json in a folder trials",
            path=description,
        )
    recordings: dict[str, Recording] = {}
    listed = document.get("streams")
    for name, entry in listed.items() if isinstance(listed, dict) else ():
        if streams is not None and name not in streams:
            continue
        recordings[str(name)] = _checked(description, entry)
    return ProcessedTrial(description=document, recordings=recordings)


def _checked(description: Path, entry: Any) -> Recording:
    """The recording in a file that a description names."""
    name = str(entry.get("file", "")) if isinstance(entry, dict) else ""
    path = description.parent / name
    try:
        whole = Path(name).name == name and f"{zlib.crc32(path.read_bytes()):08x}" == entry.get("crc32")
    except (OSError, ValueError, AttributeError):
        whole = False
    if whole:
        recording = read_parquet(path)
        if isinstance(recording, Recording):
            return recording
    raise FileFormatError(
        f"{quoted_name(name)} is missing or is not what {quoted_name(description.name)} was written with; compute it "
        f"again with landing-lab reanalyse",
        path=path,
    )


def _description_path(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.json")


def _listed(stream: Stream, file: str, content: bytes) -> dict[str, object]:
    """What a description says of one file."""
    units = {
        name: channel.unit for name, channel in zip(column_names(stream.layout), stream.layout.channels, strict=True)
    }
    return {
        "file": file,
        "n_bytes": len(content),
        "crc32": f"{zlib.crc32(content):08x}",
        "n_rows": len(stream.samples),
        "sample_rate_hz": stream.sample_rate_hz,
        "free_running": stream.free_running,
        "units": {TIME_COLUMN: "s", **units},
        "sensor": sensor_document(stream.sensor),
        "clock": dataclasses.asdict(stream.clock),
        "gaps": [dataclasses.asdict(gap) for gap in stream.gaps],
    }


def _force_facts(signals: ForceSignals) -> object:
    """All that an analysis knew of its force but the samples: uncertainty by side and kind, zero, source."""
    left_out = {"times_s", "force_n", "cop_m", "sd_n", "pressure"}
    named = (one.name for one in dataclasses.fields(signals) if one.name not in left_out)
    return plain({name: getattr(signals, name) for name in named})
