"""Where the raw readings of a calibration lie, and which part of them was which step."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from landing_lab.app.calibration.events import StepRecord
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.calibrate.foot_arms import FARTHEST_HEEL_MM, MOST_MARKED_DEG
from landing_lab.errors import CalibrationError, FileFormatError
from landing_lab.io.calibration_files import FOLDER
from landing_lab.io.path import check_path
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import json_text, make_folder, write_whole
from landing_lab.model.calibration import AHEAD
from landing_lab.model.calibration_limits import instant_of
from landing_lab.model.strict_document import from_plain, plain

SCHEMA: Final = "landing-lab.calibration-steps/1"
RAW: Final = "raw"
KINDS: Final[Mapping[str, frozenset[str]]] = {
    "plate": frozenset(("empty", "load", "unload", "tap")),
    "bench": frozenset(("empty", "load")),
    "on plate": frozenset(("posture",)),
    "check": frozenset(("posture",)),
}
"""Kind of a calibration -> kinds of its steps."""

ENTERED_MODE_HZ: Final = (10.0, 1000.0)
"""First modes that an accelerometer can have seen of a plate that people land on (choice)."""

MASS_SD_PCT: Final = (0.001, 10.0)
ROOM_C: Final = (-30.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStep:
    """A step, and from where to where on its board's clock it was read, in microseconds."""

    step: GuidedStep
    status: str
    told: str
    windows_us: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSteps:
    """The steps of one raw file, and what the operator entered.

    kind: a key of KINDS. sides: feet whose insoles are to be calibrated. mass_sd_pct: how well the masses are known.
    heel_mm, toe_out_deg: where marks on the plates say that feet stood (FootStand), None where there were none.
    mode_hz: first mode of the plate where it was measured by other means.
    """

    kind: str
    steps: tuple[SavedStep, ...]
    sides: tuple[str, ...] = ()
    made_at: str
    mass_sd_pct: float = 0.1
    temperature_c: float | None = None
    operator: str | None = None
    note: str | None = None
    common_scale: bool = False
    heel_mm: tuple[float, float] | None = None
    toe_out_deg: float = 0.0
    mode_hz: float | None = None


@contextmanager
def new_raw(dataset: Path, kind: str, device_id: str, stamp: str) -> Iterator[Path]:
    """A `raw_path` that is nobody else's: its file of steps is made at once; it goes where it stays empty."""
    while True:
        raw = raw_path(dataset, kind, device_id, stamp)
        reserved = steps_path(raw)
        try:
            reserved.open("xb").close()
        except FileExistsError:
            continue
        except OSError:
            pass  # whoever writes the readings says what is wrong with the folder
        break
    try:
        yield raw
    finally:
        with suppress(OSError):
            if reserved.stat().st_size == 0:
                reserved.unlink()


def raw_path(dataset: Path, kind: str, device_id: str, stamp: str) -> Path:
    """A new name DATASET/calibrations/raw/<device>_<kind>_<stamp>.xdf; makes the folder."""
    folder = dataset / FOLDER / RAW
    make_folder(folder)
    device = re.sub(r"[^A-Za-z0-9-]+", "-", device_id)[:60]
    stem = f"{device}_{kind.replace(' ', '-')}_{stamp}"
    number = 1
    while True:
        path = folder / (f"{stem}.xdf" if number == 1 else f"{stem}_{number}.xdf")
        if not path.exists() and not steps_path(path).exists():
            break
        number += 1
    return path


def steps_path(raw: Path) -> Path:
    """The file with the steps beside a raw file."""
    return raw.with_suffix(".steps.json")


def saved_steps(records: Sequence[StepRecord]) -> tuple[SavedStep, ...]:
    """What became of the steps, as it is kept."""
    return tuple(
        SavedStep(
            step=record.step,
            status=record.status,
            told=record.told,
            windows_us=tuple((int(start), int(stop)) for start, stop in record.windows),
        )
        for record in records
    )


def write_steps(raw: Path, saved: SavedSteps) -> Path:
    """Write the steps beside their raw file, whole or not at all; raises RecordingError where the disk refuses."""
    return write_whole(steps_path(raw), json_text({"schema": SCHEMA, **plain(saved)}).encode(), durable=True)


def read_steps(raw: Path) -> SavedSteps:
    """The steps of a raw file; raises FileFormatError where there are none or they are damaged."""
    path = check_path(steps_path(raw))
    shown = quoted_path(path.name)
    try:
        document: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise FileFormatError(f"{shown} cannot be read ({error}); it belongs beside the raw file", path=path) from error
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise FileFormatError(f"{shown} holds no steps of a calibration ({SCHEMA}); choose its own raw file", path=path)
    try:
        saved = from_plain(SavedSteps, {name: value for name, value in document.items() if name != "schema"})
    except (TypeError, ValueError) as error:
        raise FileFormatError(f"{shown} is damaged ({error}); calibrate again", path=path) from error
    wrong = _contradiction(saved)
    if wrong is not None:
        raise FileFormatError(f"{shown} {wrong}; calibrate again", path=path)
    return saved


def _contradiction(saved: SavedSteps) -> str | None:
    """What no calibration can have entered or done; None where all is well."""
    if saved.kind not in KINDS:
        return f"is of a {saved.kind!r} calibration, which is not known"
    strange = sorted({one.step.kind for one in saved.steps} - KINDS[saved.kind])
    on_cells = {one.step.cell is not None for one in saved.steps if one.step.kind == "load"}
    if strange or on_cells - {saved.kind == "bench"}:
        return f"is of a {saved.kind!r} calibration and holds steps of another kind"
    if set(saved.sides) - {"left", "right"} or (saved.kind == "on plate" and not saved.sides):
        return "names no foot whose insole is to be calibrated (sides: left, right)"
    if saved.heel_mm is not None and not in_reach(saved.heel_mm, saved.toe_out_deg):
        return "puts the heels where no plate is (heel_mm, toe_out_deg)"
    return _entry_outside(saved) or _not_dated(saved)


def in_reach(heel_mm: tuple[float, float], toe_out_deg: float) -> bool:
    """Whether a foot can stand so: heel within half a metre of the plate's middle, toes within 45 degrees of ahead."""
    return max(map(abs, heel_mm)) <= FARTHEST_HEEL_MM and abs(toe_out_deg) <= MOST_MARKED_DEG


def _entry_outside(saved: SavedSteps) -> str | None:
    if not MASS_SD_PCT[0] <= saved.mass_sd_pct <= MASS_SD_PCT[1]:
        return f"has mass_sd_pct {saved.mass_sd_pct:g}, which is outside {MASS_SD_PCT[0]:g}-{MASS_SD_PCT[1]:g} %"
    if saved.temperature_c is not None and not ROOM_C[0] <= saved.temperature_c <= ROOM_C[1]:
        return f"has temperature_c {saved.temperature_c:g}, which is outside {ROOM_C[0]:g} to {ROOM_C[1]:g} C"
    if saved.mode_hz is not None and not ENTERED_MODE_HZ[0] <= saved.mode_hz <= ENTERED_MODE_HZ[1]:
        return f"has mode_hz {saved.mode_hz:g}, which is outside {ENTERED_MODE_HZ[0]:g}-{ENTERED_MODE_HZ[1]:g} Hz"
    return None


def _not_dated(saved: SavedSteps) -> str | None:
    try:
        ahead = instant_of(saved.made_at) > datetime.now(UTC) + AHEAD
    except CalibrationError:
        return f"was made at {saved.made_at!r}, which is no UTC time"
    return f"was made at {saved.made_at}, which is in the future" if ahead else None
