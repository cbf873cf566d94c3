"""`landing-lab calibrate check` and what follows from it for sessions of the visit and their reports."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import landing_lab
from calibrate.test_calibration_documents import INSOLE
from landing_lab.app.analyse.document import analysis_document
from landing_lab.app.calibration import check_command
from landing_lab.app.calibration.check import FootCheck, check_feet
from landing_lab.app.calibration.check_command import run_check
from landing_lab.app.calibration.events import Script
from landing_lab.app.calibration.kinds import run_insole
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.reanalyse.run import ReanalyseSettings, run_reanalyse
from landing_lab.errors import CalibrationError
from landing_lab.io.calibration_files import newest_calibrations, write_calibration
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.read import read
from landing_lab.io.session_checks import FILE_NAME
from landing_lab.io.session_file import SessionState
from landing_lab.io.write import json_text, write_analysis_json
from landing_lab.metrics.analyse import analyse
from landing_lab.model.calibration import as_document
from simulated_raw import write_raw

BOARDS = ("SIM-IN-L", "SIM-IN-R")


def settings_of(dataset: Path) -> CalibrateSettings:
    return CalibrateSettings(dataset=dataset, simulated=True, script=Script(), seed=3)


def begin_session(dataset: Path, participant: str, mass_kg: float | None) -> SessionFolder:
    """A session that began before now and uses the newest calibrations."""
    folder = Dataset(dataset).create().new_session(participant)
    used = {device: made.file for device, made in newest_calibrations(dataset, BOARDS).items()}
    folder.write_state(
        SessionState(
            participant=participant,
            session=folder.label,
            protocol="drop_jump",
            created_at=(datetime.now(tz=UTC) - timedelta(minutes=5)).isoformat(),
            calibrations=used,
            settings={"mass_kg": mass_kg},
        )
    )
    return folder


def without_drift(*given: Any) -> list[FootCheck]:
    """The check as it is, but that no foot has drifted."""
    return [dataclasses.replace(one, holds=True) for one in check_feet(*given)]


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dataset = tmp_path_factory.mktemp("calibrated") / "study"
    assert run_insole(settings_of(dataset), side="both", bench=False, masses_kg=[]) == 0
    return dataset


def test_what_a_check_means_for_each_session(
    calibrated: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = (begin_session(calibrated, name, mass) for name, mass in (("P07", None), ("P08", 120.0)))
    capsys.readouterr()
    code = run_check(settings_of(calibrated))
    told = capsys.readouterr().out
    assert "sub-P08/ses-01 is not touched:" in told
    assert "1177 N by the mass entered for the session: that is another person" in told
    assert not (other.path / FILE_NAME).exists()
    kept = json.loads((own.path / FILE_NAME).read_text())
    assert code == (not all(foot["holds"] for foot in kept["feet"]))
    kept["feet"][0]["holds"] = False
    (own.path / FILE_NAME).write_text(json_text(kept))
    monkeypatch.setattr(check_command, "check_feet", without_drift)  # what is measured hangs on the load of the machine
    assert run_check(settings_of(calibrated)) == 0
    told = capsys.readouterr().out
    assert "the worst counts" in told
    anew = calibrated / "derivatives" / f"landing-lab-{landing_lab.__version__}" / "sub-P07/ses-01/report.html"
    assert f"landing-lab reanalyse {own.path}; it goes to {anew}" in told


def test_insoles_without_a_calibration_on_the_plate_are_told_before_anybody_stands(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="no insole here was calibrated on the plate"):
        run_check(settings_of(tmp_path))
    write_calibration(INSOLE, tmp_path)
    with pytest.raises(CalibrationError, match="no insole here was calibrated on the plate"):
        run_check(settings_of(tmp_path))


def test_flags_of_a_check_are_no_changed_numbers(calibrated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = begin_session(calibrated, "P09", None)
    found = newest_calibrations(calibrated, BOARDS)
    # On a plate that nobody calibrated every newton is in doubt already.
    used = {
        device: as_document(dataclasses.replace(made, plate_calibration="p.json")) for device, made in found.items()
    }
    now = datetime.now(tz=UTC).isoformat()
    raw = write_raw(session.raw_path("drop_jump", 1), seed=3, started_at=now, calibrations=used)
    stored = analysis_document(analyse(read(raw)).trials)
    write_analysis_json(stored, session.path / "analysis.json")
    feet = [
        {"device_id": device, "calibration": made.file, "holds": False, "verdict": "insole: force off"}
        for device, made in found.items()
    ]
    check = {"schema": "landing-lab.calibration-check/1", "made_at": "2026-11-22T21:30:00+00:00", "feet": feet}
    (session.path / FILE_NAME).write_text(json_text(check))
    capsys.readouterr()
    assert run_reanalyse([session.path], ReanalyseSettings(check=True, every=True)) == 0
    told = capsys.readouterr().out
    assert "now flagged because the check of 2026-11-22 21:30 UTC found drift; no number changed" in told
    assert "were changed" not in told
    document = json.loads((session.path / "analysis.json").read_text())
    row = next(row for row in document["trials"][0]["metrics"] if isinstance(row["value"], float))
    row["value"] += 1.0
    (session.path / "analysis.json").write_text(json_text(document))
    assert run_reanalyse([session.path], ReanalyseSettings(check=True, every=True)) == 1
    told = capsys.readouterr().out
    assert "1 value differs: the same version stored other numbers" in told
    assert "now flagged because the check" in told
