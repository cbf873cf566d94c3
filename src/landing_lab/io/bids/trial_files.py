"""One accepted trial as BIDS files: force, channels, events, the cells of insoles, each with its sidecar."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np

from landing_lab.io.dataset_names import task_label
from landing_lab.io.processed import FORCE, ProcessedTrial
from landing_lab.io.stream_columns import column_names
from landing_lab.io.write import plain
from landing_lab.model.recording import Stream

TRACKING_SYSTEM: Final = "plates"
_DECIMALS: Final = {"N": 3, "kPa": 3, "m": 6}
_POINTS: Final = {"left": "left foot", "right": "right foot", "total": "both feet"}
_AXES: Final = {"force": "z", "cop_ml": "x", "cop_ap": "y"}
MISSING: Final = "n/a"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialName:
    """The entities of a trial's files; condition: as the protocol names it, "" without one."""

    participant: str
    session: str
    task: str
    condition: str
    run: int

    def stem(self, *, tracking_system: str | None = None, recording: str | None = None) -> str:
        """Beginning of a file's name, entities in the order that BIDS wants."""
        parts = [f"sub-{self.participant}", f"ses-{self.session}", f"task-{task_label(self.task)}"]
        parts += [f"tracksys-{tracking_system}"] if tracking_system else []
        parts += [f"acq-{task_label(self.condition)}"] if self.condition else []
        parts += [f"run-{self.run:02d}"]
        return "_".join([*parts, *([f"recording-{recording}"] if recording else [])])


def tsv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A table as BIDS wants it: tabs, n/a for what is missing."""
    lines = ["\t".join(columns), *("\t".join(map(cell, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def cell(value: object) -> str:
    """One value of a table; tabs and line ends within it become blanks."""
    text = "" if value is None else str(value)
    if isinstance(value, float):
        text = f"{value:.9g}" if np.isfinite(value) else ""
    return " ".join(text.split()) or MISSING


def json_bytes(document: Mapping[str, object]) -> bytes:
    """A sidecar; what is None is left out."""
    held = {name: value for name, value in document.items() if value is not None}
    return (json.dumps(plain(held), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def trial_files(
    name: TrialName, trial: ProcessedTrial, *, instructions: str | None = None
) -> dict[PurePosixPath, bytes]:
    """Every file of a trial by its path below the session; the first is the one that scans.tsv names."""
    files: dict[PurePosixPath, bytes] = {}
    force = trial.recordings.get(FORCE)
    zero_s = 0.0
    if force is not None:
        stream = force.streams[FORCE]
        zero_s = float(stream.times_s[0])
        files |= _motion(name, trial, stream, instructions)
    files |= _insoles(name, trial, zero_s)
    place = PurePosixPath("motion" if force is not None else "beh")
    if files:
        files[place / f"{name.stem()}_events.tsv"] = _events(trial.description, zero_s)
    return files


def _motion(
    name: TrialName, trial: ProcessedTrial, stream: Stream, instructions: str | None
) -> dict[PurePosixPath, bytes]:
    """Vertical force per foot: BIDS has no data type for force, so it is motion data with channels of type MISC."""
    stem = PurePosixPath("motion") / name.stem(tracking_system=TRACKING_SYSTEM)
    columns, channels = column_names(stream.layout), stream.layout.channels
    rows = [
        (
            column, _AXES.get(channel.quantity, MISSING), "MISC", _POINTS.get(channel.side, channel.side), channel.unit,
            f"vertical ground reaction force, {channel.side}" if channel.quantity == "force" else channel.quantity,
            stream.sample_rate_hz,
        )
        for column, channel in zip(columns, channels, strict=True)
    ]  # fmt: skip
    described = ("name", "component", "type", "tracked_point", "units", "description", "sampling_frequency")
    points = {row[3] for row in rows} - {"both feet"}
    sidecar = {
        **_device_facts(trial.description, stream),
        "TaskName": task_label(name.task),
        "TaskDescription": _task_description(trial.description),
        "Instructions": instructions,
        "TrackingSystemName": TRACKING_SYSTEM,
        "SamplingFrequency": stream.sample_rate_hz,
        "SamplingFrequencyEffective": stream.sample_rate_hz,
        "RecordingDuration": stream.duration_s,
        "RecordingType": "continuous",
        "MissingValues": MISSING,
        "MotionChannelCount": len(columns),
        "MISCChannelCount": len(columns),
        **{f"{kind}ChannelCount": 0 for kind in ("ACCEL", "ANGACCEL", "GYRO", "JNTANG", "LATENCY", "MAGN", "ORNT")},
        "POSChannelCount": 0,
        "VELChannelCount": 0,
        "TrackedPointsCount": len(points) or 1,
        "SubjectArtefactDescription": "; ".join(trial.description.get("notes") or ()) or "nothing was noted",
        "LandingLabForce": trial.description.get("force"),
        "LandingLabCondition": name.condition or None,
    }
    return {
        stem.with_name(f"{stem.name}_motion.tsv"): _numbers(stream),
        stem.with_name(f"{stem.name}_motion.json"): json_bytes(sidecar),
        stem.with_name(f"{stem.name}_channels.tsv"): tsv(described, rows),
    }


def _insoles(name: TrialName, trial: ProcessedTrial, zero_s: float) -> dict[PurePosixPath, bytes]:
    """The cells of each insole, in newton on a regular time base."""
    files: dict[PurePosixPath, bytes] = {}
    for label, recording in trial.recordings.items():
        stream = recording.streams[label]
        if "insole" not in stream.sensor.kind or stream.free_running:
            continue
        recorded = task_label(label).lower()
        stem = PurePosixPath("beh") / f"{name.stem(recording=recorded)}_physio"
        columns = column_names(stream.layout)
        described = {
            column: {
                "Description": _cell_description(channel.name, channel.side, channel.position_mm),
                "Units": channel.unit,
            }
            for column, channel in zip(columns, stream.layout.channels, strict=True)
        }
        sidecar = {
            **_device_facts(trial.description, stream, label),
            "TaskName": task_label(name.task),
            "PhysioType": "generic",
            "SamplingFrequency": stream.sample_rate_hz,
            "StartTime": round(float(stream.times_s[0]) - zero_s, 9),
            "Columns": list(columns),
            **described,
        }
        files[stem.with_name(f"{stem.name}.tsv.gz")] = gzip.compress(_numbers(stream), compresslevel=6, mtime=0)
        files[stem.with_name(f"{stem.name}.json")] = json_bytes(sidecar)
    return files


def _cell_description(name: str, side: str, position_mm: tuple[float, float] | None) -> str:
    place = (
        ""
        if position_mm is None
        else (f", {position_mm[0]:.1f} mm medial and {position_mm[1]:.1f} mm anterior of the middle of the heel's edge")
    )
    return f"force on the cell {name} under the {side} foot{place}"


def _numbers(stream: Stream) -> bytes:
    """Samples without a header, tab-separated, n/a for what is missing."""
    import pandas as pd

    columns = {}
    for index, channel in enumerate(stream.layout.channels):
        decimals = _DECIMALS.get(channel.unit, 6)
        values = np.round(stream.samples[:, index], decimals) + 0.0  # no minus zero
        columns[index] = pd.Series(values).map(f"{{:.{decimals}f}}".format, na_action="ignore")
    text = pd.DataFrame(columns).to_csv(sep="\t", header=False, index=False, na_rep=MISSING, lineterminator="\n")
    return text.encode("ascii")


def _events(description: Mapping[str, Any], zero_s: float) -> bytes:
    """Events and phases of the analysis, on the time of the motion data's first sample."""
    rows: list[tuple[object, ...]] = []
    for trial in description.get("trials") or ():
        events, phases = trial.get("events") or (), trial.get("phases") or ()
        rows += [
            (event["time_s"] - zero_s, 0.0, event["name"], event["side"], event.get("sd_s"), "event")
            for event in events if event.get("time_s") is not None
        ]  # fmt: skip
        rows += [
            (one["start_s"] - zero_s, one["stop_s"] - one["start_s"], one["name"], one.get("side"), None, "phase")
            for one in phases if None not in (one.get("start_s"), one.get("stop_s"))
        ]  # fmt: skip
    rows.sort(key=lambda row: (row[0], row[1], str(row[2]), str(row[3])))
    return tsv(("onset", "duration", "trial_type", "side", "onset_sd", "kind"), rows)


def _device_facts(description: Mapping[str, Any], stream: Stream, label: str | None = None) -> dict[str, object]:
    """What made the samples; label: of the one board, all of a trial without it."""
    devices = description.get("devices") or {}
    chosen = [devices[label]] if label in devices else list(devices.values())
    firmware = sorted({f"firmware {one['firmware_version']}" for one in chosen if one.get("firmware_version")})
    return {
        "Manufacturer": "landing-lab (open hardware)" if chosen else None,
        "ManufacturersModelName": ", ".join(sorted({str(one.get("kind")) for one in chosen})) or None,
        "DeviceSerialNumber": ", ".join(sorted({str(one.get("device_id")) for one in chosen})) or None,
        "SoftwareVersions": ", ".join([str(description.get("software") or "landing-lab"), *firmware]),
        "LandingLabSource": stream.sensor.description,
        "LandingLabCalibrated": stream.sensor.calibrated,
        "LandingLabDoubt": stream.sensor.doubt or description.get("doubt"),
        "LandingLabClock": {"source": stream.clock.source, "offset_sd_s": stream.clock.offset_sd_s},
        "LandingLabSimulated": bool(description.get("simulated")),
    }


def _task_description(description: Mapping[str, Any]) -> str | None:
    facts = description.get("recording") or {}
    task = str(facts.get("expected_task") or facts.get("protocol") or "").replace("_", " ")
    box = facts.get("box_height_m")
    return (f"{task} from a box of {100 * box:.0f} cm" if isinstance(box, (int, float)) and box else task) or None
