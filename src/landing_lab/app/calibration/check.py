"""Whether insoles still agree with the plate at the end of a session: a few seconds of standing, one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from landing_lab.app.calibration.files import SavedSteps
from landing_lab.app.calibration.fit import posture_times_s
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import CalibrationError
from landing_lab.io.calibration_files import FOLDER
from landing_lab.io.write import json_text, make_folder, write_whole
from landing_lab.model.calibration import Calibration, InsoleCalibration
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Stream

CHECKS: Final = "checks"
SCHEMA: Final = "landing-lab.calibration-check/1"
HOLDS_SD: Final = 2.0
"""A calibration holds where insole and plate differ by no more than two of its own standard deviations."""

LEAST_N: Final = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FootCheck:
    """One insole against the plate: mean forces in N, difference and what the calibration allows in percent."""

    device_id: str
    side: str
    insole_n: float
    plate_n: float
    apart_pct: float
    allowed_pct: float
    holds: bool
    verdict: str
    calibration: str
    plate_calibration: str


def check_feet(raw: RawRecording, saved: SavedSteps, calibrations: Mapping[str, Calibration]) -> list[FootCheck]:
    """Both feet of a check, as far as their insoles are calibrated.

    Raises CalibrationError where no insole of the session has a calibration, or a foot carried too little.
    """
    times_s = posture_times_s(raw, saved.steps)
    recording = recording_from_raw(raw)
    plates = [stream for stream in recording.streams.values() if stream.sensor.kind == "hx711_plate"]
    plate_ids = [one.info.device_id for one in raw.streams.values() if one.info.sensor_kind == "hx711_plate"]
    checks = []
    feet: tuple[Literal["left", "right"], ...] = ("left", "right")
    for name, stream in raw.streams.items():
        made = calibrations.get(stream.info.device_id)
        side = next((side for side in feet if side == stream.info.placement), None)
        if side is None or name not in recording.streams or not isinstance(made, InsoleCalibration):
            continue
        if made.method != "on plate":
            continue  # newton of single cells do not sum to the force of the foot
        insole_n = _mean_n(recording.streams[name], None, times_s["flat"])
        plate_n = _mean_n(plates[0], side, times_s["flat"]) - _mean_n(plates[0], side, times_s["feet_up"])
        if plate_n < LEAST_N:
            raise CalibrationError(
                f"the {side} foot carried only {plate_n:.0f} N; stand with one foot on each plate and repeat the check"
            )
        plate = calibrations.get(plate_ids[0])
        allowed = 100.0 * HOLDS_SD * made.relative_sd
        checks.append(_foot(made, side, (insole_n, plate_n), allowed, "nominal" if plate is None else plate.file))
    if not checks:
        raise CalibrationError(
            "no insole here was calibrated on the plate, so there is nothing to check; calibrate first: "
            "landing-lab calibrate insole"
        )
    return checks


def _foot(
    made: InsoleCalibration, side: str, seen_n: tuple[float, float], allowed_pct: float, plate_file: str
) -> FootCheck:
    insole_n, plate_n = seen_n
    apart = 100.0 * (insole_n / plate_n - 1.0)
    holds = abs(apart) <= allowed_pct
    told = (
        f"the {side} insole reads {insole_n:.0f} N where the plate reads {plate_n:.0f} N ({apart:+.0f} %, allowed "
        f"+-{allowed_pct:.0f} %): "
    )
    told += "its calibration holds" if holds else "it has drifted; calibrate again and doubt this session's newton"
    return FootCheck(
        device_id=made.device_id,
        side=side,
        insole_n=round(insole_n, 1),
        plate_n=round(plate_n, 1),
        apart_pct=round(apart, 2),
        allowed_pct=round(allowed_pct, 2),
        holds=holds,
        verdict=told,
        calibration=made.file,
        plate_calibration=plate_file,
    )


def _mean_n(stream: Stream, side: Literal["left", "right"] | None, between_s: tuple[float, float]) -> float:
    """Mean force of all cells of a side; those of a free-running plate are averaged one by one."""
    inside = (stream.times_s >= between_s[0]) & (stream.times_s < between_s[1])
    columns = stream.layout.pick(quantity="force", side=side)
    return float(np.nansum(np.nanmean(stream.samples[inside][:, columns], axis=0)))


def write_check(dataset: Path, checks: Sequence[FootCheck], saved: SavedSteps, raw: Path) -> Path:
    """Keep the check beside the calibrations: DATASET/calibrations/checks/; raises RecordingError."""
    folder = dataset / FOLDER / CHECKS
    make_folder(folder)
    stamp = re.sub(r"[^0-9TZ]", "", saved.made_at.split("+")[0]) + "Z"
    document = {
        "schema": SCHEMA,
        "made_at": saved.made_at,
        "operator": saved.operator,
        "note": saved.note,
        "raw": raw.name,
        "feet": [asdict(one) for one in checks],
    }
    path, number = folder / f"check_{stamp}.json", 1
    while path.exists():
        number += 1
        path = folder / f"check_{stamp}_{number}.json"
    return write_whole(path, json_text(document).encode(), durable=True)
