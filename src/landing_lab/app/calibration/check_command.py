"""`landing-lab calibrate check`: the look at the end of a session, and what it means for the sessions of the visit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from landing_lab.app.calibration.check import FootCheck, check_document, check_feet, write_check
from landing_lab.app.calibration.prepared import Prepared, Say, plate_then_insoles
from landing_lab.app.calibration.run import Recorded, boards, discard
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.calibration.steps import check_plan
from landing_lab.calibrate.convert import foreign
from landing_lab.errors import CalibrationError
from landing_lab.io.calibration_files import newest_calibrations
from landing_lab.io.dataset import derived_folder
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.session_checks import CheckedSession, failed_at, sessions_of_check, time_words
from landing_lab.io.visible import visible
from landing_lab.io.write import json_text
from landing_lab.model.calibration import Calibration, InsoleCalibration
from landing_lab.model.device import DeviceLink


def run_check(settings: CalibrateSettings) -> int:
    """Compare insoles with the plate at the end of a session; 0 where every calibration holds, else 1."""
    from landing_lab.app.calibration.sim import act_out_postures

    with boards(settings, lambda: act_out_postures(seed=settings.seed, later=True)) as found:
        prepared = check_prepared(found, settings, say=lambda text: print(text, file=sys.stderr))
        recorded = prepared.record()
    outcome = judged_check(recorded, prepared)
    checks, written, sessions = outcome.checks, outcome.written, outcome.sessions
    if settings.as_json:
        spared = {str(one.path): one.other_person for one in sessions if one.other_person is not None}
        told = {"feet": [asdict(one) for one in checks], "file": str(written[0])}
        sys.stdout.write(json_text({**told, "sessions": list(map(str, written[1:])), "not_touched": spared}))
    else:
        for one in checks:
            print(f"{'OK  ' if one.holds else 'STOP'}  {visible(one.verdict)}.")
        for path in written:
            print(f"Written: {path}")
        for line in outcome.consequences(settings.dataset):
            print(line)
    return 0 if outcome.holds else 1


def check_prepared(found: Sequence[DeviceLink], settings: CalibrateSettings, *, say: Say) -> Prepared:
    """The insoles that are worn on the plate now, with their calibrations. Raises CalibrationError without any."""
    links = plate_then_insoles(found, ("left", "right"), whole=False)
    calibrations = newest_calibrations(settings.dataset, [link.info.device_id for link in links])
    _checkable(settings.dataset, links[1:], calibrations, say)
    return Prepared(kind="check", links=links, steps=check_plan(), settings=settings, calibrations=calibrations)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What a check found, where it is written, and the sessions it speaks of; before: what flagged them so far."""

    checks: Sequence[FootCheck]
    written: Sequence[Path]
    sessions: Sequence[CheckedSession]
    before: Mapping[Path, Sequence[str]]

    @property
    def holds(self) -> bool:
        """Whether every insole still agrees with the plate."""
        return all(one.holds for one in self.checks)

    def consequences(self, dataset: Path) -> list[str]:
        """What the check means for each session of the visit, in sentences."""
        return _consequences(dataset, self.checks, self.sessions, self.before)


def judged_check(recorded: Recorded, prepared: Prepared) -> CheckOutcome:
    """Compare insoles and plate in the recorded steps, and keep what was found beside the sessions of the visit.

    Raises CalibrationError where nothing can be compared; then nothing is kept.
    """
    dataset, calibrations = prepared.settings.dataset, prepared.calibrations
    try:
        checks = check_feet(read_raw(recorded.raw), recorded.saved, calibrations)
    except BaseException:
        discard(recorded.raw)
        raise
    document = check_document(checks, recorded.saved, recorded.raw, calibrations)
    sessions = sessions_of_check(dataset, document)
    before = {one.path: failed_at(one.path) for one in sessions}
    return CheckOutcome(checks=checks, written=write_check(dataset, document), sessions=sessions, before=before)


def _checkable(dataset: Path, insoles: Sequence[DeviceLink], calibrations: Mapping[str, Calibration], say: Say) -> None:
    """Refuse a check of insoles that were never held against the plate; say where no session rests on those that were.

    Raises CalibrationError before anybody has stood for anything.
    """
    found = [(link.info, calibrations.get(link.info.device_id)) for link in insoles]
    fit = [
        made
        for info, made in found
        if isinstance(made, InsoleCalibration) and made.method == "on plate" and foreign(info, made) is None
    ]
    if not fit:
        raise CalibrationError(
            f"no insole here was calibrated on the plate (looked in {dataset}), so there is nothing to check; first: "
            "landing-lab calibrate insole"
        )
    feet = [{"device_id": made.device_id, "calibration": made.file} for made in fit]
    if not sessions_of_check(dataset, {"made_at": datetime.now(tz=UTC).isoformat(), "feet": feet}):
        told = f"note: no session of this visit in {dataset} rests on these calibrations: the check flags none."
        say(told)


def _consequences(
    dataset: Path, checks: Sequence[FootCheck], sessions: Sequence[CheckedSession], before: Mapping[Path, Sequence[str]]
) -> list[str]:
    """What the check means for each session of the visit, and where its new report will lie."""
    lines = []
    drifted = not all(one.holds for one in checks)
    for session in sessions:
        place = session.path.relative_to(dataset)
        if session.other_person is not None:
            lines.append(f"{place} is not touched: {session.other_person}. Check again with its athlete.")
        elif drifted:
            lines.append(
                f"{place}: what rests on these insoles is flagged from now on; its report.html is the old one."
            )
        elif before[session.path]:
            times = " and ".join(map(time_words, before[session.path]))
            lines.append(f"{place} stays flagged: the check of {times} found drift, this one none; the worst counts.")
        if session.other_person is None and (drifted or before[session.path]):
            anew = derived_folder(dataset, place) / "report.html"
            lines.append(f"  A new report: landing-lab reanalyse {session.path}; it goes to {anew}")
    return lines
