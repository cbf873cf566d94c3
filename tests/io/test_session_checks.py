"""A check at the end of a session lies beside it, and what rests on an insole that drifted is flagged from then on."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from calibrate.test_calibration_documents import INSOLE
from landing_lab.io.dataset import Dataset
from landing_lab.io.read import read
from landing_lab.io.session_checks import FILE_NAME, SCHEMA, failed_at, keep_beside_sessions, sessions_of_check
from landing_lab.io.session_file import SessionState
from landing_lab.model.calibration import as_document
from simulated_raw import write_raw

FILE = "SIM-IN-L_20261122T200000Z.json"
BEGAN, CHECKED = "2026-11-22T20:30:00+00:00", "2026-11-22T21:30:00+00:00"
PER_CELL = ("zero_s", "exponent", "weight_n", "saturation_n")
VERDICT = "left insole: force off (-16.7 % since its calibration, allowed +-8.0 %)"


def check(*, holds: bool, made_at: str = CHECKED, file: str = FILE) -> dict[str, object]:
    foot = {"device_id": "SIM-IN-L", "calibration": file, "holds": holds, "verdict": VERDICT}
    return {"schema": SCHEMA, "made_at": made_at, "feet": [foot]}


def session_in(dataset: Path, mass_kg: float | None = None) -> Path:
    """A session with one raw file that used the calibration; the raw file."""
    folder = Dataset(dataset).create().new_session("P07")
    state = SessionState(
        participant="P07",
        session=folder.label,
        protocol="drop_jump",
        created_at=BEGAN,
        calibrations={"SIM-IN-L": FILE},
        settings={"mass_kg": mass_kg},
    )
    folder.write_state(state)
    laws = {name: values * 4 for name in PER_CELL if isinstance(values := getattr(INSOLE, name), tuple)}
    made = dataclasses.replace(INSOLE, device_id="SIM-IN-L", n_cells=8, file=FILE, made_at=BEGAN, **laws)
    used = {"SIM-IN-L": as_document(made)}
    return write_raw(folder.raw_path("drop_jump", 1), started_at=BEGAN, calibrations=used)


def doubt(raw: Path) -> str | None:
    return read(raw).streams["insole_left"].sensor.doubt


def test_a_drifted_insole_is_doubted_in_its_session_alone(tmp_path: Path) -> None:
    raw = session_in(tmp_path)
    before = doubt(raw)
    (written,) = keep_beside_sessions(tmp_path, check(holds=False))
    assert written == raw.parent.parent / FILE_NAME
    assert f"a check after the session found: {VERDICT}" in str(doubt(raw))
    elsewhere = tmp_path / "copy.xdf"
    elsewhere.write_bytes(raw.read_bytes())
    assert doubt(elsewhere) == before


def test_a_check_that_holds_clears_none_that_did_not(tmp_path: Path) -> None:
    raw = session_in(tmp_path)
    before = doubt(raw)
    keep_beside_sessions(tmp_path, check(holds=True, made_at="2026-11-22T21:00:00+00:00"))
    assert doubt(raw) == before
    keep_beside_sessions(tmp_path, check(holds=False))
    keep_beside_sessions(tmp_path, check(holds=True, made_at="2026-11-22T22:40:00+01:00"))
    told = f"{VERDICT}; it held in other checks (2026-11-22 21:40 UTC, 2026-11-22 21:00 UTC)"
    assert told in str(doubt(raw))
    assert failed_at(raw.parent.parent) == [CHECKED]


@pytest.mark.parametrize(
    ("mass_kg", "stood_n", "then_n", "said"),
    [
        (None, 634.0, 890.0, "890 N in the calibration: that is another person"),
        (None, 850.0, 890.0, None),
        (90.7, 634.0, 640.0, "889 N by the mass entered for the session"),
        (64.0, 634.0, 890.0, None),
        (None, None, 890.0, None),
        (None, 634.0, None, None),
    ],
)
def test_another_person_flags_no_session(
    tmp_path: Path, mass_kg: float | None, stood_n: float | None, then_n: float | None, said: str | None
) -> None:
    session_in(tmp_path, mass_kg)
    document = {**check(holds=False), "weight_n": stood_n, "calibration_weight_n": then_n}
    (found,) = sessions_of_check(tmp_path, document)
    assert (found.other_person is None) == (said is None)
    assert said is None or said in str(found.other_person)
    assert len(keep_beside_sessions(tmp_path, document)) == (said is None)


def test_checks_of_other_calibrations_and_other_days_do_not_count(tmp_path: Path) -> None:
    raw = session_in(tmp_path)
    assert keep_beside_sessions(tmp_path, check(holds=False, file="another.json")) == []
    assert keep_beside_sessions(tmp_path, check(holds=False, made_at="2026-11-24T10:00:00+00:00")) == []
    assert keep_beside_sessions(tmp_path, check(holds=False, made_at="2026-11-22T20:00:00+00:00")) == []
    before = doubt(raw)
    beside = raw.parent.parent / FILE_NAME
    beside.write_text(json.dumps(check(holds=False, file="another.json")))
    assert doubt(raw) == before


def test_a_damaged_check_costs_no_recording(tmp_path: Path) -> None:
    raw = session_in(tmp_path)
    before = doubt(raw)
    for text in ("{", "[]", json.dumps({"schema": SCHEMA, "feet": [{"device_id": 3}]}), json.dumps({"schema": "x"})):
        (raw.parent.parent / FILE_NAME).write_text(text)
        assert doubt(raw) == before
