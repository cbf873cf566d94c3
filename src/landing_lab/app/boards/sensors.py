"""`landing-lab simulate sensors`: a force-plate file as simulated insoles and a simulated plate would have seen it."""

from __future__ import annotations

import dataclasses
import json
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from landing_lab.app.invocation import command_name
from landing_lab.app.terminal.interrupt import interruptible
from landing_lab.errors import CalibrationError, ParameterError, RecordingError
from landing_lab.model.calibration_limits import RANGES
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Recording
from landing_lab.sim.from_force import SensedRecording

if TYPE_CHECKING:
    from landing_lab.io.xdf_journal import XdfJournal

TRUTH_SUFFIX: Final = ".truth.json"
BLOCK_S: Final = 0.5
"""Frames of this time are appended together, as a session does it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SensorsWanted:
    """What to make of which file; see the options of the command."""

    file: Path
    left: str | None
    right: str | None
    rate_hz: float | None
    seed: int
    layout: str
    sensors: str
    speed_up: float
    calibrated: bool
    marked: bool
    out: Path
    overwrite: bool


def run_simulate_sensors(wanted: SensorsWanted, *, as_json: bool) -> int:
    """Write the recording and its truth, and say so; 130 where it was interrupted."""
    return interruptible(
        lambda: _simulate_sensors(wanted, as_json=as_json), f"interrupted; nothing was written to {wanted.out}"
    )


def _simulate_sensors(wanted: SensorsWanted, *, as_json: bool) -> int:
    from landing_lab.io.layout_files import layout_named
    from landing_lab.io.read import read

    _check_free(wanted)
    recording = read(wanted.file, left=wanted.left, right=wanted.right, sample_rate_hz=wanted.rate_hz)
    layout = _fitting(layout_named(wanted.layout), wanted)
    made = _sensed(recording, wanted, layout)
    facts = {"participant": "simulated", "force_from": wanted.file.name}
    truth = wanted.out.with_name(wanted.out.name + TRUTH_SUFFIX)
    raw = dataclasses.replace(made.raw, metadata={**made.raw.metadata, **facts})
    _write(wanted.out, raw, truth, made, overwrite=wanted.overwrite)
    document = {
        "recording": str(wanted.out),
        "truth": str(truth),
        "seed": wanted.seed,
        "sensors": wanted.sensors,
        "layout": layout.name,
        "calibrated": wanted.calibrated,
        "marked": wanted.marked,
        "duration_s": round(float(made.truth.time_s[-1] - made.truth.time_s[0]), 3),
        "cop": made.truth.drawn["cop"],
        "contacts": sum(1 for one in made.truth.contacts if one["side"] == "total"),
        "frames": {stream: len(one.frames) for stream, one in made.raw.streams.items()},
        "notes": list(recording.notes),
    }
    if as_json:
        from landing_lab.io.write import json_text

        sys.stdout.write(json_text(document))
    else:
        _say(document)
    return 0


def _sensed(recording: Recording, wanted: SensorsWanted, layout: InsoleLayout) -> SensedRecording:
    from landing_lab.sim.on_recording import simulate_sensors

    try:
        return simulate_sensors(
            recording,
            seed=wanted.seed,
            sensors=wanted.sensors,
            layout=layout,
            speed_up=wanted.speed_up,
            calibrated=wanted.calibrated,
            marked=wanted.marked,
        )
    except CalibrationError as error:
        raise ParameterError(
            f"a wearer could not calibrate insoles of the layout {layout.name} ({error}); choose another "
            "layout or seed, or add --uncalibrated"
        ) from error


def _fitting(layout: InsoleLayout, wanted: SensorsWanted) -> InsoleLayout:
    most = RANGES["n_cells"][1]
    if wanted.calibrated and len(layout) > most:
        raise ParameterError(
            f"insole boards have up to {most:g} cells, and the layout {layout.name} has {len(layout)}; choose another "
            "layout, or add --uncalibrated"
        )
    return layout


def _check_free(wanted: SensorsWanted) -> None:
    if wanted.out.is_dir():
        raise ParameterError(f"--out {wanted.out} is a folder; name the recording to write, such as rec.xdf")
    if wanted.out.suffix.lower() != ".xdf":
        raise ParameterError(f"--out {wanted.out} does not end in .xdf; name the recording to write, such as rec.xdf")
    if wanted.out.exists() and not wanted.overwrite:
        raise ParameterError(f"{wanted.out} already exists; choose another --out, or write over it with --force")
    if wanted.out.exists() and wanted.file.exists() and wanted.out.samefile(wanted.file):
        raise ParameterError("--out names the force file itself, which would be lost; choose another name")


def _write(path: Path, raw: RawRecording, truth: Path, made: SensedRecording, *, overwrite: bool) -> None:
    """Both files, whole; the recording comes last, so that it never stands beside the truth of another.

    Without overwrite its name is taken first, so that of two that are written at once one is refused.
    """
    from landing_lab.io.write import make_folder, plain, write_whole
    from landing_lab.io.xdf_journal import JournalStream, XdfJournal

    make_folder(path.parent)
    unfinished = path.with_name(f".{path.name[:40]}-{secrets.token_hex(4)}.tmp")
    streams = [JournalStream(name, stream.info) for name, stream in raw.streams.items()]
    taken = False
    try:
        if not overwrite:
            path.open("xb").close()
            taken = True
        with XdfJournal(unfinished, streams, metadata=raw.metadata) as journal:
            _append(journal, raw)
        write_whole(truth, json.dumps(plain(made.truth.as_dict()), separators=(",", ":"), allow_nan=False).encode())
        unfinished.replace(path)
        taken = False
    except FileExistsError as error:
        raise ParameterError(f"{path} already exists; choose another --out, or write over it with --force") from error
    except (OSError, RecordingError) as error:
        cause = error.__cause__ if isinstance(error, RecordingError) else error
        why = (cause.strerror if isinstance(cause, OSError) else None) or "the disk did not take it"
        raise RecordingError(
            f"{path} cannot be written: {why}; nothing was written; free space on the disk, check the permissions, or "
            "choose another folder"
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
            if taken:
                path.unlink()
                truth.unlink(missing_ok=True)


def _append(journal: XdfJournal, raw: RawRecording) -> None:
    first_s = min(float(stream.arrival_s[0]) for stream in raw.streams.values())
    last_s = max(float(stream.arrival_s[-1]) for stream in raw.streams.values())
    for start_s in np.arange(first_s, last_s + BLOCK_S, BLOCK_S).tolist():
        for name, stream in raw.streams.items():
            rows = slice(*np.searchsorted(stream.arrival_s, [start_s, start_s + BLOCK_S]).tolist())
            journal.append(name, stream.arrival_s[rows], stream.frames.rows(rows))
    for name, stream in raw.streams.items():
        lost = int(stream.frames.sequence[-1] - stream.frames.sequence[0]) + 1 - len(stream.frames)
        journal.conclude(name, {"frames": len(stream.frames), "lost_frames": lost, "ended": "complete"})


def _say(document: dict[str, object]) -> None:
    print(
        f"{document['recording']}: {document['duration_s']} s of two simulated insoles ({document['layout']}) and a "
        f"plate, {document['sensors']} sensors of seed {document['seed']}"
        f"{'' if document['calibrated'] else ', not calibrated'}; centre of pressure: {document['cop']}."
    )
    print(f"{document['truth']}: what is true of it; no analysis reads this.")
    print(f"Next: {command_name()} analyse {document['recording']}")
