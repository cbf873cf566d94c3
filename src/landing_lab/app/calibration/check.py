"""Whether insoles still agree with the plate at the end of a session: standing and leaning, one sentence for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from landing_lab.app.calibration.files import SavedSteps
from landing_lab.app.calibration.fit import posture_times_s
from landing_lab.calibrate.drift import SHIFT_MM, InsoleDrift, insole_drift
from landing_lab.calibrate.foot_series import foot_series
from landing_lab.calibrate.insole_on_plate import EMPTY, with_plate_only
from landing_lab.errors import CalibrationError
from landing_lab.io.calibration_files import FOLDER
from landing_lab.io.session_checks import SCHEMA, keep_beside_sessions
from landing_lab.io.write import json_text, make_folder, write_whole
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration
from landing_lab.model.raw import RawRecording

CHECKS: Final = "checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class FootCheck:
    """One insole against the plate: mean forces in N, and how far it has moved since its calibration.

    apart_pct: of its force, allowed_pct either way; shift_mm: error of a medial shift (SD), None where nobody leaned.
    """

    device_id: str
    side: str
    insole_n: float
    plate_n: float
    apart_pct: float
    allowed_pct: float
    shift_mm: float | None
    allowed_shift_mm: float
    holds: bool
    verdict: str
    calibration: str
    plate_calibration: str


def check_feet(raw: RawRecording, saved: SavedSteps, calibrations: Mapping[str, Calibration]) -> list[FootCheck]:
    """Both feet of a check, as far as their insoles are calibrated.

    Raises CalibrationError where no insole of the session has a calibration, or a foot carried too little.
    """
    times_s = posture_times_s(raw, saved.steps)
    plate_ids = [one.info.device_id for one in raw.streams.values() if one.info.sensor_kind == "hx711_plate"]
    plate = calibrations.get(plate_ids[0])
    seen = with_plate_only(raw, plate if isinstance(plate, PlateCalibration) else None)
    loaded_s = {name: between for name, between in times_s.items() if name != EMPTY}
    checks = []
    feet: tuple[Literal["left", "right"], ...] = ("left", "right")
    for stream in raw.streams.values():
        made = calibrations.get(stream.info.device_id)
        side = next((side for side in feet if side == stream.info.placement), None)
        if side is None or not isinstance(made, InsoleCalibration) or made.method != "on plate":
            continue  # newton of single cells do not sum to the force of the foot
        series = foot_series(seen, side, empty_s=times_s[EMPTY])
        found = insole_drift(series, loaded_s, made)
        checks.append(_foot(made, side, found, "nominal" if plate is None else plate.file))
    if not checks:
        raise CalibrationError(
            "no insole here was calibrated on the plate, so there is nothing to check; calibrate first: "
            "landing-lab calibrate insole"
        )
    return checks


def _foot(made: InsoleCalibration, side: str, found: InsoleDrift, plate_file: str) -> FootCheck:
    holds = found.force_holds and found.shift_holds
    return FootCheck(
        device_id=made.device_id,
        side=side,
        insole_n=round(found.insole_n, 1),
        plate_n=round(found.plate_n, 1),
        apart_pct=round(found.gain_pct, 2),
        allowed_pct=round(found.allowed_gain_pct, 2),
        shift_mm=None if found.shift_mm is None else round(found.shift_mm, 2),
        allowed_shift_mm=SHIFT_MM,
        holds=holds,
        verdict=_verdict(side, found, holds=holds),
        calibration=made.file,
        plate_calibration=plate_file,
    )


def _verdict(side: str, found: InsoleDrift, *, holds: bool) -> str:
    """What to do with the force and with the medial shift of a session, in a line."""
    moved = f"{found.gain_pct:+.1f} % since its calibration, allowed +-{found.allowed_gain_pct:.1f} %"
    force = f"force holds ({moved})" if found.force_holds else f"force off ({moved}), do not use this session's newton"
    if found.shift_mm is None:
        shift = "medial shift not known, nobody leaned"
    else:
        good = f"good to {found.shift_mm:.1f} mm, allowed {SHIFT_MM:.1f} mm"
        shift = f"medial shift usable ({good})" if found.shift_holds else f"medial shift not usable ({good})"
    return f"{side} insole: {force}; {shift}{'' if holds else '; calibrate again'}"


def standing_n(checks: Sequence[FootCheck], calibrations: Mapping[str, Calibration]) -> tuple[float | None, ...]:
    """What stood on both plates in a check and in its calibration, in N; None where only one foot is known."""
    if {one.side for one in checks} != {"left", "right"}:
        return None, None
    then: list[float] = []
    for one in checks:
        made = calibrations.get(one.device_id)
        errors = made.posture_errors if isinstance(made, InsoleCalibration) else ()
        then += [error.force_n for error in errors if error.label == "flat"]
    return sum(one.plate_n for one in checks), sum(then) if len(then) == len(checks) else None


def check_document(
    checks: Sequence[FootCheck], saved: SavedSteps, raw: Path, calibrations: Mapping[str, Calibration]
) -> dict[str, object]:
    """A check as plain values."""
    weight_n, then_n = standing_n(checks, calibrations)
    return {
        "schema": SCHEMA,
        "made_at": saved.made_at,
        "operator": saved.operator,
        "note": saved.note,
        "raw": raw.name,
        "weight_n": weight_n,
        "calibration_weight_n": then_n,
        "feet": [asdict(one) for one in checks],
    }


def write_check(dataset: Path, document: Mapping[str, object]) -> list[Path]:
    """Keep the check in DATASET/calibrations/checks/ and beside the sessions it speaks of; raises RecordingError."""
    folder = dataset / FOLDER / CHECKS
    make_folder(folder)
    stamp = re.sub(r"[^0-9TZ]", "", str(document["made_at"]).split("+")[0]) + "Z"
    path, number = folder / f"check_{stamp}.json", 1
    while path.exists():
        number += 1
        path = folder / f"check_{stamp}_{number}.json"
    written = write_whole(path, json_text(dict(document)).encode(), durable=True)
    return [written, *keep_beside_sessions(dataset, document)]
