"""C3D files of vertical force and events, through ezc3d."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.errors import RecordingError
from landing_lab.installation import pip_line
from landing_lab.io.c3d_content import vertical_force_of
from landing_lab.io.stream_columns import SideForce, side_force
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

_MOST_FRAMES: Final = 65_000
"""A C3D header counts frames in 16 bits; ezc3d drops what is beyond without a word."""
_MOST_PER_FRAME: Final = 1000
_MOST_EVENTS: Final = 255
"""A dimension of a C3D parameter is one byte."""
_AXES: Final = ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
_UNITS: Final = ("N", "N", "N", "Nmm", "Nmm", "Nmm")
_PLATE_MM: Final = (400.0, 600.0)
_INTEGER: Final = 2
_UNKNOWN_PLACE: Final = "nominal: the recording does not say where the plates stand or how large they are"
_CONTEXT: Final[Mapping[Side, str]] = {"left": "Left", "right": "Right"}


def encode(recording: Recording, stream: str, trials: Sequence[TrialResult]) -> bytes:
    """Vertical force per side as the Fz of a plate of its own (type 2), with the events of the trials.

    Plate axes are those of the laboratory with z up, so that force on the person is positive, in newton as 32-bit
    floats. Horizontal force is unknown and 0; moments are NaN, because 0 would place the centre of pressure in the
    middle of the plate, and one that is known has no place in the laboratory. The first sample is time 0.
    Raises RecordingError where ezc3d is not installed, or the stream has not one column of force per side at a
    constant rate.
    """
    if find_spec("ezc3d") is None:
        raise RecordingError(
            f"writing a C3D file needs ezc3d, which is not installed; run: {pip_line('c3d')} or export .parquet or .csv"
        )
    force = side_force(recording, stream)
    import ezc3d

    file: Any = ezc3d.c3d()
    parameters = file["parameters"]
    per_frame = samples_per_frame(len(force.stream.times_s))
    _set_analogs(file, force, per_frame)
    _set_plates(parameters["FORCE_PLATFORM"], len(force.force_n))
    _set_events(file, trials, float(force.stream.times_s[0]))
    _set_origin(file, recording)
    try:
        with tempfile.TemporaryDirectory(prefix="landing-lab-", ignore_cleanup_errors=True) as folder:
            whole = Path(folder) / "whole.c3d"
            file.write(str(whole))
            return whole.read_bytes()
    except (OSError, RuntimeError) as error:
        raise RecordingError(
            f"a C3D file could not be made in the folder for temporary files: {snippet(str(error))}; free space on the "
            f"disk, or set TMPDIR to a folder that can be written"
        ) from error


def samples_per_frame(n_samples: int) -> int:
    """Analog samples per frame of the file: 1, or the fewest that keep the number of frames within what C3D can count.

    Raises RecordingError where no number does.
    """
    fewest = -(-n_samples // _MOST_FRAMES)
    if fewest > _MOST_PER_FRAME:
        raise RecordingError(
            f"{n_samples} samples are more than a C3D file can count; export the trials one by one, or as .parquet"
        )
    return next((k for k in range(fewest, 4 * fewest) if n_samples % k == 0), fewest)


def _set_analogs(file: Any, force: SideForce, per_frame: int) -> None:
    """Six channels per side; a last frame that is not full is filled with NaN."""
    analog = file["parameters"]["ANALOG"]
    rate = force.stream.sample_rate_hz
    n_frames = -(-len(force.stream.times_s) // per_frame)
    values = np.full((1, 6 * len(force.force_n), n_frames * per_frame), np.nan)
    values[0, :, : len(force.stream.times_s)] = np.vstack(
        [np.vstack([0.0 * f, 0.0 * f, f, np.nan * f, np.nan * f, np.nan * f]) for f in force.force_n.values()]
    )
    labels, descriptions = [], []
    for number, side in enumerate(force.force_n, start=1):
        for axis in _AXES:
            labels.append(f"{axis}{number}")
            descriptions.append(_description(axis, side))
    file["parameters"]["POINT"]["RATE"]["value"] = [rate / per_frame]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    analog["RATE"]["value"] = [rate]
    analog["LABELS"]["value"] = labels
    analog["DESCRIPTIONS"]["value"] = descriptions
    analog["UNITS"]["value"] = list(_UNITS) * len(force.force_n)
    file["data"]["analogs"] = values
    file["data"]["points"] = np.zeros((4, 0, n_frames))


def _description(axis: str, side: Side) -> str:
    if axis == "Fz":
        return vertical_force_of(side)
    return "unknown, written as 0" if axis in {"Fx", "Fy"} else "unknown, NaN"


def _set_plates(group: Any, n_plates: int) -> None:
    """Existing entries are filled: `add_parameter` would turn whole numbers into floats, which readers refuse."""
    width, length = _PLATE_MM
    corners = np.zeros((3, 4, n_plates))
    for plate in range(n_plates):
        middle = (plate - (n_plates - 1) / 2) * width
        corners[0, :, plate] = middle + width / 2 * np.array([1, -1, -1, 1])
        corners[1, :, plate] = length / 2 * np.array([1, 1, -1, -1])
    group["USED"]["value"] = np.array([n_plates])
    group["TYPE"]["value"] = np.full(n_plates, 2)
    group["CHANNEL"]["value"] = np.arange(1, 6 * n_plates + 1).reshape(n_plates, 6).T
    group["CORNERS"]["value"] = corners
    group["CORNERS"]["description"] = _UNKNOWN_PLACE
    group["ORIGIN"]["value"] = np.zeros((3, n_plates))
    group["ORIGIN"]["description"] = _UNKNOWN_PLACE
    group["ZERO"]["value"] = np.array([0, 0])  # the recording's own zero stays


def _set_events(file: Any, trials: Sequence[TrialResult], start_s: float) -> None:
    """The EVENT group: times as minutes and seconds after the first sample; of very many only those of the total."""
    events = [(trial.index, event) for trial in trials for event in trial.events]
    if len(events) > _MOST_EVENTS:
        events = [(index, event) for index, event in events if event.side == "total"]
    if len(events) > _MOST_EVENTS:
        raise RecordingError(
            f"{len(events)} events are more than a C3D file can list ({_MOST_EVENTS}); export the trials one by one, "
            f"or without result"
        )
    if not events:
        return
    times = np.array([event.time_s - start_s for _, event in events])
    file.add_parameter("EVENT", "USED", [len(events)])
    file["parameters"]["EVENT"]["USED"] |= {"type": _INTEGER, "value": np.array([len(events)])}
    file.add_parameter("EVENT", "LABELS", [event.name for _, event in events])
    file.add_parameter("EVENT", "CONTEXTS", [_CONTEXT.get(event.side, "General") for _, event in events])
    file.add_parameter(
        "EVENT",
        "DESCRIPTIONS",
        [f"trial {index + 1}, {event.side}, sd {1000 * event.sd_s:.2g} ms" for index, event in events],
    )
    file.add_parameter("EVENT", "TIMES", np.vstack([times // 60, times % 60]))


def _set_origin(file: Any, recording: Recording) -> None:
    """Who wrote the file and what it came from."""
    simulated = "SIMULATED, no person was measured: " if recording.simulated else ""
    file.add_parameter("MANUFACTURER", "SOFTWARE", ["landing-lab"])
    file.add_parameter("MANUFACTURER", "SOURCE", [quoted_name(simulated + recording.source)])
