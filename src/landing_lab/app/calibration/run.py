"""`landing-lab calibrate`: from boards to a calibration on disk, step by step."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias

import landing_lab
from landing_lab.acquire.session import TrialFile
from landing_lab.app.boards.links import close_all, emulator, open_answering, opened, ports_here, transport
from landing_lab.app.calibration.events import Script
from landing_lab.app.calibration.files import SavedSteps, raw_path, read_steps, saved_steps, steps_path, write_steps
from landing_lab.app.calibration.fit import fit_steps
from landing_lab.app.calibration.session import CalibrationSession
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.app.calibration.tables import print_calibration
from landing_lab.app.calibration.terminal import terminal_front
from landing_lab.app.failures import told
from landing_lab.errors import CalibrationError, DeviceNotFoundError, ParameterError, RecordingError
from landing_lab.io.calibration_files import read_calibration, read_calibrations, write_calibration
from landing_lab.io.dataset import Dataset
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.visible import visible
from landing_lab.io.write import json_text
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, as_document, from_document
from landing_lab.model.device import DeviceLink, SimulatedDevice
from landing_lab.model.recording import SensorKind

OPEN_TIMEOUT_S: Final = 4.0
RECONNECT_S: Final = 30.0
SCRIPT_SPEED: Final = 20.0
"""How fast simulated boards play where a script answers; three boards at 1 kHz are played half as fast."""

Kind: TypeAlias = Literal["plate", "on plate", "bench", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateSettings:
    """What the operator entered; sides: feet whose insoles are calibrated."""

    dataset: Path
    urls: tuple[str, ...] = ()
    simulated: bool = False
    seed: int = 1
    script: Script | None = None
    as_json: bool = False
    mass_sd_pct: float = 0.1
    common_scale: bool = False
    sides: tuple[str, ...] = ()
    temperature_c: float | None = None
    operator: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if self.simulated and self.urls:
            raise ParameterError("--sim starts its own boards; leave out --port, or leave out --sim")
        if not 0.001 <= self.mass_sd_pct <= 10.0:
            raise ParameterError(f"--mass-sd-pct {self.mass_sd_pct:g} is outside 0.001-10 %; 0.1 is a good scale")
        if self.temperature_c is not None and not -30.0 <= self.temperature_c <= 60.0:
            raise ParameterError(f"--temperature-c {self.temperature_c:g} is outside -30 to 60 C")
        for text in (self.operator, self.note):
            if text is not None and not text.isprintable():
                raise ParameterError("--operator and --note are plain text; leave out control characters")


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
            reach = transport(clock=lambda: time.monotonic() * speed)
            yield stack.enter_context(opened(reach, server.urls, timeout_s=OPEN_TIMEOUT_S))
            return
        reach = transport()
        if settings.urls:
            yield stack.enter_context(opened(reach, settings.urls, timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S))
            return
        links, silent = open_answering(reach, ports_here(reach), timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S)
        stack.callback(close_all, links)
        if not links:
            raise DeviceNotFoundError("no board answers; " + " / ".join(silent.values()))
        yield links


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
) -> Recorded:
    """Guide somebody through the steps into a raw file.

    Raises CalibrationError where it was ended without anything to use; then nothing is kept. KeyboardInterrupt
    likewise. Where a board was lost, the raw file and its steps are kept and named.
    """
    Dataset(settings.dataset).create()
    now = datetime.now(tz=UTC)
    made_at = now.isoformat(timespec="seconds")
    info = links[0].info
    raw = raw_path(settings.dataset, kind, info.device_id, f"{now:%Y%m%dT%H%M%SZ}")
    title = {"plate": "Plate", "bench": "Insole on the bench", "on plate": "Insoles on plate", "check": "Check"}[kind]
    metadata = {
        "started_at": made_at,
        "software": f"landing-lab {landing_lab.__version__}",
        "protocol": f"calibration: {kind}",
        "operator": settings.operator,
        "note": settings.note,
        "calibrations": {device: as_document(made) for device, made in (calibrations or {}).items()},
    }
    with terminal_front(aside=settings.as_json) as front:
        session = CalibrationSession(
            links=links,
            title=f"{title} {visible(info.device_id)}",
            steps=steps,
            front=front,
            script=settings.script,
            calibrations=calibrations or {},
        )
        try:
            file = session.run(raw, metadata)
        except RecordingError:
            with suppress(OSError):
                discard(raw)  # a full disk took only a part of it
            raise
    saved = SavedSteps(
        kind=kind,
        steps=saved_steps(session.records),
        sides=settings.sides,
        made_at=made_at,
        mass_sd_pct=settings.mass_sd_pct,
        temperature_c=settings.temperature_c,
        operator=settings.operator,
        note=settings.note,
        common_scale=settings.common_scale,
    )
    recorded = Recorded(raw=raw, saved=saved, session=session, file=file)
    if not session.complete:
        _give_up(recorded)
    write_steps(raw, saved)
    return recorded


def _give_up(recorded: Recorded) -> None:
    """End without a calibration: what a person threw away is gone, what a lost board interrupted is kept."""
    ended, session = recorded.session.ended, recorded.session
    if recorded.file.lost is not None and len(session.records) > 1:
        write_steps(recorded.raw, recorded.saved)
        raise CalibrationError(
            f"{ended.rstrip('.')}; the {len(session.records)} steps until then are kept, try: landing-lab calibrate "
            f"--from {recorded.raw}"
        )
    discard(recorded.raw)
    if ended == "interrupted":
        raise KeyboardInterrupt
    what = f" ({session.problem})" if session.problem else "" if ended == "quit" else f" ({ended})"
    step = session.step
    at = "" if step is None else f" at step {step.key!r}"
    raise CalibrationError(f"the calibration was ended{at}{what}; nothing was kept, begin again")


def discard(raw: Path) -> None:
    """Remove a raw file and its steps."""
    raw.unlink(missing_ok=True)
    steps_path(raw).unlink(missing_ok=True)


def finish(recorded: Recorded, settings: CalibrateSettings, plate: PlateCalibration | None = None) -> int:
    """Fit what was recorded from its file, write it, say it; the exit code."""
    try:
        made = fit_steps(read_raw(recorded.raw), recorded.saved, plate)
    except CalibrationError as error:
        raise CalibrationError(
            f"{str(error).rstrip('.')}; the readings are kept in {recorded.raw}, and no calibration was written"
        ) from error
    except KeyboardInterrupt:
        discard(recorded.raw)
        raise
    return write_and_say(made, settings.dataset, recorded.raw, as_json=settings.as_json)


def write_and_say(made: Sequence[Calibration], dataset: Path, raw: Path, *, as_json: bool) -> int:
    """Write calibrations into the dataset and print them."""
    written = []
    for one in made:
        path = write_calibration(one, dataset)
        written.append((replace(one, file=path.name), path))
    if as_json:
        documents = [as_document(one) for one, _ in written]
        sys.stdout.write(json_text({"calibrations": documents, "raw": str(raw)}))
        return 0
    for one, path in written:
        print()
        print_calibration(one)
        print(f"Written: {path}")
    print(f"Readings kept: {raw}")
    if any(isinstance(one, InsoleCalibration) and one.method == "bench" for one in made):
        print("These are newton of single cells; for the force of the foot: landing-lab calibrate insole --on-plate")
    print("Recordings into this dataset use it from now on.")
    return 0


def recompute(raw: Path, dataset: Path, *, as_json: bool) -> int:
    """A calibration again from the readings that were kept, by this version."""
    saved = read_steps(raw)
    recording = read_raw(raw)
    plate = plate_in_file(recording.metadata.get("calibrations"))
    return write_and_say(fit_steps(recording, saved, plate), dataset, raw, as_json=as_json)


def plate_in_file(documents: object) -> PlateCalibration | None:
    """The plate's calibration that a raw file carries."""
    found = [from_document(one) for one in documents.values()] if isinstance(documents, Mapping) else []
    return next((one for one in found if isinstance(one, PlateCalibration)), None)


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
    """Run a command; Ctrl-C keeps nothing half-written and says so."""
    try:
        return work()
    except KeyboardInterrupt:
        return told("interrupted; nothing of this calibration was kept", 130)
