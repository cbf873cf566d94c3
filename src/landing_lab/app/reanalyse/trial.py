"""One raw file computed again, and held against the numbers stored in its session."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.app.analyse.document import SCHEMA
from landing_lab.app.reanalyse.compare import Difference, differences
from landing_lab.app.reanalyse.sources import RawSession, RawTrial, stored_document
from landing_lab.errors import CalibrationError, LandingLabError
from landing_lab.io.session_checks import with_check
from landing_lab.io.visible import quoted_path
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

FLAGGED_SINCE: Final = "flagged since"
"""No number changed, and a check of the insoles after the session flagged some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A raw file computed again; problem: why it could not be."""

    trial: RawTrial
    raw: RawRecording | None = None
    recording: Recording | None = None
    results: tuple[TrialResult, ...] = ()
    problem: str | None = None
    different: tuple[Difference, ...] = ()
    stored: bool = False

    @property
    def flagged_since(self) -> tuple[Difference, ...]:
        """What was ok when it was stored, and is flagged by a check of the insoles since."""
        checked = self.raw is not None and "insole_checks" in with_check(self.raw, self.trial.path).metadata
        return tuple(one for one in self.different if checked and one.is_flag)

    @property
    def changed(self) -> tuple[Difference, ...]:
        """All other differences."""
        flagged = self.flagged_since
        return tuple(one for one in self.different if one not in flagged)

    @property
    def verdict(self) -> str:
        """identical, different, flagged since, nothing stored, failed; not compared where no result is expected."""
        if self.problem is not None:
            return "failed"
        if not self.stored:
            return "nothing stored" if self.trial.verdict == "accepted" else "not compared"
        if self.different:
            return "different" if self.changed else FLAGGED_SINCE
        return "identical"


def computed_again(trial: RawTrial, calibrations: dict[str, object]) -> Again:
    """One raw file with the current program; whatever is wrong with it becomes a sentence."""
    from landing_lab.io.formats.xdf import read_raw, recording_of_raw
    from landing_lab.io.read import read
    from landing_lab.metrics.analyse import analyse

    if trial.problem is not None:
        return Again(trial=trial, problem=trial.problem)
    try:
        raw = read_raw(trial.path)
        if calibrations:
            raw = with_calibrations(raw, trial.path, calibrations)
        recording = recording_of_raw(raw, trial.path) if calibrations else read(trial.path)
        mass_kg, box_height_m = (_number(raw.metadata.get(name)) for name in ("mass_kg", "box_height_m"))
        result = analyse(recording, mass_kg=mass_kg, box_height_m=box_height_m)
    except LandingLabError as error:
        return Again(trial=trial, problem=str(error))
    except Exception as error:  # noqa: BLE001 - one file, whatever is wrong with it, never stops the rest
        return Again(
            trial=trial,
            problem=f"{trial.path.name} cannot be analysed ({type(error).__name__}: {error}); set LANDING_LAB_DEBUG=1, "
            f"run landing-lab analyse on it and report what it prints",
        )
    return Again(trial=trial, raw=raw, recording=recording, results=result.trials)


def _number(value: object) -> float | None:
    """A number of the metadata as it was given; anything else is refused by the analysis itself."""
    return value if value is None or isinstance(value, (int, float)) else float("nan")


def calibrations_in(files: Sequence[Path]) -> dict[str, object]:
    """Device id -> document of the calibrations in files. Raises CalibrationError for two of one device."""
    from landing_lab.io.calibration_files import read_calibration
    from landing_lab.model.calibration import as_document

    found: dict[str, object] = {}
    for file in files:
        calibration = read_calibration(file)
        if calibration.device_id in found:
            raise CalibrationError(
                f"{quoted_path(str(file))} is a second calibration of {calibration.device_id}; give one for each board"
            )
        found[calibration.device_id] = as_document(calibration)
    return found


def with_calibrations(raw: RawRecording, path: Path, calibrations: dict[str, object]) -> RawRecording:
    """The raw recording with other calibrations; the file stays as it is."""
    boards = {stream.info.device_id for stream in raw.streams.values()}
    if not boards & set(calibrations):
        raise CalibrationError(
            f"{path.name} was recorded with {', '.join(sorted(boards))}, and the calibrations given are of "
            f"{', '.join(sorted(calibrations))}; give one of these boards"
        )
    own = raw.metadata.get("calibrations")
    merged = {**(own if isinstance(own, dict) else {}), **{i: one for i, one in calibrations.items() if i in boards}}
    return dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": merged})


def compared(done: Again, session: RawSession) -> Again:
    """Hold the numbers of a file against those stored in its session."""
    document = stored_document(session.folder)
    entries = [] if document is None else [one for one in document["trials"] if isinstance(one, dict)]
    own = [one for one in entries if one.get("source") == done.trial.path.name]
    stored = {one.get("index"): one for one in own if isinstance(one.get("index"), int)}
    if not own or document is None:
        return done
    different: list[Difference] = []
    if document.get("schema") != SCHEMA:
        different.append(Difference("schema of the stored results", document.get("schema"), SCHEMA))
    if len(stored) < len(own):
        different.append(Difference("entries of this recording", len(own), len(done.results)))
    for result in done.results:
        number = f"trial {result.index + 1}: " if len(done.results) > 1 else ""
        found = differences(stored.pop(result.index, {}), result.as_dict())
        different += [Difference(f"{number}{one.what}", one.old, one.new) for one in found]
    different += [Difference(f"trial {index}", "stored", "absent") for index in stored]
    return dataclasses.replace(done, different=tuple(different), stored=True)
