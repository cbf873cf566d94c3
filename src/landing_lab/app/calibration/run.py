"""`landing-lab calibrate`: from boards to a calibration on disk, step by step."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeAlias

import landing_lab
from landing_lab.acquire.session import TrialFile
from landing_lab.app.boards.links import OPEN_TIMEOUT_S, SILENCE_S, emulator, links_to, opened, transport
from landing_lab.app.calibration.events import FrontEnd
from landing_lab.app.calibration.files import SavedSteps, new_raw, saved_steps, steps_path, write_steps
from landing_lab.app.calibration.fit import fit_steps
from landing_lab.app.calibration.results import keep_part, write_and_say
from landing_lab.app.calibration.session import CalibrationSession
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.app.calibration.tables import print_calibration
from landing_lab.app.calibration.terminal import terminal_front
from landing_lab.app.terminal.interrupt import interruptible
from landing_lab.errors import CalibrationError, DeviceLostError, DeviceNotFoundError, RecordingError
from landing_lab.io.calibration_files import read_calibration, read_calibrations
from landing_lab.io.dataset import Dataset
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.layout_files import documents_of, layouts_wanted
from landing_lab.io.visible import visible
from landing_lab.io.write import json_text
from landing_lab.model.calibration import Calibration, PlateCalibration, as_document
from landing_lab.model.device import DeviceLink, SimulatedDevice
from landing_lab.model.recording import SensorKind

SCRIPT_SPEED: Final = 20.0
"""How fast simulated boards play where a script answers; three boards at 1 kHz are played half as fast."""

Kind: TypeAlias = Literal["plate", "on plate", "bench", "check"]

TITLES: Final[Mapping[Kind, str]] = {
    "plate": "Plate",
    "bench": "Insole on the bench",
    "on plate": "Insoles on plate",
    "check": "Check",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """Steps that were done, in their raw file."""

    raw: Path
    saved: SavedSteps
    session: CalibrationSession
    file: TrialFile


@contextmanager
def boards(settings: CalibrateSettings, devices: Callable[[], Sequence[SimulatedDevice]]) -> Iterator[list[DeviceLink]]:
    """Links to the boards; simulated ones play as fast as whoever answers can follow, on a clock of that speed."""
    with ExitStack() as stack:
        if settings.simulated:
            played = list(devices())
            speed = 1.0 if settings.script is None else SCRIPT_SPEED / (2.0 if len(played) > 1 else 1.0)
            server = emulator()(played, speed=speed)
            stack.callback(server.close)
            reach = transport(clock=lambda: time.monotonic() * speed, silence_s=SILENCE_S * speed)
            yield stack.enter_context(opened(reach, server.urls, timeout_s=OPEN_TIMEOUT_S))
            return
        yield stack.enter_context(links_to(transport(), settings.urls))


def of_kind(links: Sequence[DeviceLink], kind: SensorKind) -> list[DeviceLink]:
    """Links of one kind of sensor; raises DeviceNotFoundError where there is none."""
    found = [link for link in links if link.info.sensor_kind == kind]
    if not found:
        wanted = "plate" if kind == "hx711_plate" else "insole"
        there = ", ".join(link.info.device_id for link in links)
        raise DeviceNotFoundError(f"no {wanted} answers (connected: {visible(there)}); plug it in or name its --port")
    return found


def record_steps(
    kind: Kind,
    links: Sequence[DeviceLink],
    steps: list[GuidedStep],
    settings: CalibrateSettings,
    calibrations: Mapping[str, Calibration] | None = None,
    *,
    shown: FrontEnd | None = None,
) -> Recorded:
    """Guide somebody through the steps into a raw file; shown: who shows them, the terminal by default.

    Raises CalibrationError where it was ended without anything to use; then nothing is kept. KeyboardInterrupt
    likewise. DeviceLostError where a board was lost and RecordingError where the disk took no more; then the raw file
    and the steps until then are kept and named.
    """
    Dataset(settings.dataset).create()
    now = datetime.now(tz=UTC)
    made_at = now.isoformat(timespec="seconds")
    info = links[0].info
    layouts = layouts_wanted(settings.layouts, [link.info for link in links], settings.dataset)
    about = {"started_at": made_at, "protocol": f"calibration: {kind}"}
    metadata = {**about, **_entered(settings, calibrations or {}), **documents_of(layouts)}
    named = new_raw(settings.dataset, kind, info.device_id, f"{now:%Y%m%dT%H%M%SZ}")
    here = terminal_front(aside=settings.as_json) if shown is None else nullcontext(shown)
    with named as raw, here as front:
        session = CalibrationSession(
            links=links,
            title=f"{TITLES[kind]} {visible(info.device_id)}",
            steps=steps,
            front=front,
            script=settings.script,
            calibrations=calibrations or {},
            cells=layouts.get(info.device_id),
        )
        try:
            file = session.run(raw, metadata)
        except RecordingError as error:
            _write_failed(raw, _saved(kind, made_at, session, settings), session, error)
    recorded = Recorded(raw=raw, saved=_saved(kind, made_at, session, settings), session=session, file=file)
    if not session.complete:
        _give_up(recorded)
    write_steps(raw, recorded.saved)
    return recorded


def _entered(settings: CalibrateSettings, calibrations: Mapping[str, Calibration]) -> dict[str, object]:
    """What the raw file carries of who made it: software, operator, and the calibrations that its readings rest on."""
    return {
        "software": f"landing-lab {landing_lab.__version__}",
        "operator": settings.operator,
        "note": settings.note,
        "calibrations": {device: as_document(made) for device, made in calibrations.items()},
    }


def _saved(kind: Kind, made_at: str, session: CalibrationSession, settings: CalibrateSettings) -> SavedSteps:
    return SavedSteps(
        kind=kind,
        steps=saved_steps(session.records),
        sides=settings.sides,
        made_at=made_at,
        mass_sd_pct=settings.mass_sd_pct,
        temperature_c=settings.temperature_c,
        operator=settings.operator,
        note=settings.note,
        common_scale=settings.common_scale,
        heel_mm=settings.heel_mm,
        toe_out_deg=settings.toe_out_deg,
        mode_hz=settings.mode_hz,
    )


def _write_failed(raw: Path, saved: SavedSteps, session: CalibrationSession, error: RecordingError) -> NoReturn:
    """The disk took no more: keep what it took, and leave alone a file that this calibration did not make."""
    if session.records and saved.kind != "check":
        raise RecordingError(f"{str(error).rstrip('.')}; {keep_part(raw, saved)}") from error
    if session.recording:
        with suppress(OSError):
            discard(raw)
    raise error


def _give_up(recorded: Recorded) -> None:
    """End without a calibration: what a person threw away is gone, what a lost board interrupted is kept."""
    ended, session = recorded.session.ended, recorded.session
    if recorded.file.lost is not None and session.records and recorded.saved.kind != "check":
        raise DeviceLostError(f"{ended.rstrip('.')}; {keep_part(recorded.raw, recorded.saved)}")
    discard(recorded.raw)
    if ended == "interrupted":
        raise KeyboardInterrupt
    what = f" ({session.problem})" if session.problem else "" if ended == "quit" else f" ({ended})"
    step = session.step
    at = "" if step is None else f" at step {step.key!r}"
    kind = CalibrationError if recorded.file.lost is None else DeviceLostError
    raise kind(f"the calibration was ended{at}{what}; nothing was kept, begin again")


def discard(raw: Path) -> None:
    """Remove a raw file and its steps."""
    raw.unlink(missing_ok=True)
    steps_path(raw).unlink(missing_ok=True)


def fitted(recorded: Recorded, plate: PlateCalibration | None = None) -> Sequence[Calibration]:
    """The calibrations that the recorded steps give, from their file.

    Raises CalibrationError where they give none; the readings are kept.
    """
    try:
        return fit_steps(read_raw(recorded.raw), recorded.saved, plate)
    except CalibrationError as error:
        raise CalibrationError(
            f"{str(error).rstrip('.')}; the readings are kept in {recorded.raw}, and no calibration was written"
        ) from error
    except KeyboardInterrupt:
        discard(recorded.raw)
        raise


def finish(recorded: Recorded, settings: CalibrateSettings, plate: PlateCalibration | None = None) -> int:
    """Fit what was recorded from its file, write it, say it; the exit code."""
    made = fitted(recorded, plate)
    return write_and_say(made, settings.dataset, recorded.raw, as_json=settings.as_json)


def run_list(dataset: Path, *, as_json: bool) -> int:
    """Print every calibration of a dataset."""
    from landing_lab.app.calibration.tables import list_document, print_list

    found, damaged = read_calibrations(dataset)
    if as_json:
        sys.stdout.write(json_text({"calibrations": list_document(found), "damaged": damaged}))
        return 0
    if not found and not damaged:
        print(f"{dataset} holds no calibration yet; make one: landing-lab calibrate plate")
    print_list(found, damaged)
    return 0


def run_show(file: Path, *, as_json: bool) -> int:
    """Print one calibration in full."""
    made = read_calibration(file)
    if as_json:
        sys.stdout.write(json_text(as_document(made)))
    else:
        print_calibration(made)
    return 0


def guarded(work: Callable[[], int]) -> int:
    """Run a command; Ctrl-C, SIGTERM and SIGHUP keep nothing half-written and say so."""
    return interruptible(work, "interrupted; nothing of this calibration was kept")
