"""`landing-lab calibrate check`: the look at the end of a session, and what it means for the sessions of the visit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from landing_lab.app.calibration.check import FootCheck, check_document, check_feet, write_check
from landing_lab.app.calibration.kinds import plate_then_insoles
from landing_lab.app.calibration.run import CalibrateSettings, boards, discard, record_steps
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
        links = plate_then_insoles(found, ("left", "right"), whole=False)
        calibrations = newest_calibrations(settings.dataset, [link.info.device_id for link in links])
        _checkable(settings.dataset, links[1:], calibrations)
        recorded = record_steps("check", links, check_plan(), settings, calibrations)
    try:
        checks = check_feet(read_raw(recorded.raw), recorded.saved, calibrations)
    except BaseException:
        discard(recorded.raw)
        raise
    document = check_document(checks, recorded.saved, recorded.raw, calibrations)
    sessions = sessions_of_check(settings.dataset, document)
    before = {one.path: failed_at(one.path) for one in sessions}
    written = write_check(settings.dataset, document)
    if settings.as_json:
        spared = {str(one.path): one.other_person for one in sessions if one.other_person is not None}
        told = {"feet": [asdict(one) for one in checks], "file": str(written[0])}
        sys.stdout.write(json_text({**told, "sessions": list(map(str, written[1:])), "not_touched": spared}))
    else:
        for one in checks:
            print(f"{'OK  ' if one.holds else 'STOP'}  {visible(one.verdict)}.")
        for path in written:
            print(f"Written: {path}")
        for line in _consequences(settings.dataset, checks, sessions, before):
            print(line)
    return 0 if all(one.holds for one in checks) else 1


def _checkable(dataset: Path, insoles: Sequence[DeviceLink], calibrations: Mapping[str, Calibration]) -> None:
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
        print(told, file=sys.stderr)


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
