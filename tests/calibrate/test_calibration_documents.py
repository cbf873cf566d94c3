"""A calibration survives as a document and a file; damaged, newer and stray ones are refused with a sentence."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from landing_lab.app.calibration.tables import list_document
from landing_lab.errors import CalibrationError, RecordingError
from landing_lab.io.calibration_files import newest_calibrations, read_calibration, read_calibrations, write_calibration
from landing_lab.model.calibration import (
    CalibrationStep,
    InsoleCalibration,
    PlateCalibration,
    PostureError,
    as_document,
    from_document,
    out_of_date,
    validity,
)

BENCH_PASSED_OVER = "no: of single cells, and there is a valid one on the plate"

PLATE = PlateCalibration(
    device_id="PLT-7",
    made_at="2026-03-01T10:00:00+00:00",
    method="known masses",
    software="landing-lab 0.1.0",
    gain=128,
    n_cells=2,
    zero_counts=(10.5, None),
    counts_per_n=(-2138.6, None),
    cell_scale_sd_fraction=(0.002, None),
    position_mm=((180.0, -180.0), None),
    side=("left", "left"),
    scale_sd_fraction=0.002,
    linearity_pct=0.05,
    corner_error_pct=None,
    hysteresis_pct=0.1,
    repeatability_pct=None,
    noise_n=0.3,
    steps=(
        CalibrationStep(
            label="20 kg", side="left", force_n=196.1, position_mm=(0.0, 1.5), measured_n=196.0, residual_n=-0.1
        ),
    ),
    findings=("cell_1 is wired backwards",),
    filter_order=4,
    filter_order_probability=0.99,
    mode_hz=45.0,
    mode_damping=0.04,
)
INSOLE = InsoleCalibration(
    device_id="IN-L",
    made_at="2026-03-01T10:00:00Z",
    method="on plate",
    software="landing-lab 0.1.0",
    n_cells=2,
    zero_s=(0.0, 1e-6),
    exponent=(1.2, 1.2),
    weight_n=(11.0, 0.0),
    saturation_n=(None, 55.0),
    force_sd_fraction=0.06,
    side="left",
    plate_calibration="PLT-7_20260301T100000Z.json",
    posture_errors=(PostureError(label="flat", force_n=400.0, rms_pct=3.0, bias_pct=-1.0),),
)


WITH_ARMS = dataclasses.replace(
    INSOLE,
    layout="infotronic_8",
    arms_mm=((3.0, 30.5), (-41.0, 180.0)),
    cop_sd_mm=(1.4, 5.0),
    heel_mm=(2.0, -131.0),
    toe_out_deg=4.0,
    stand="marked",
    bench_calibration="IN-L_20260228T100000Z.json",
    posture_errors=(
        PostureError(
            label="flat", force_n=400.0, rms_pct=3.0, bias_pct=-1.0, cop_ml_mm=1.0, cop_ap_mm=4.0, read_pct=0.5
        ),
    ),
)


@pytest.mark.parametrize("calibration", [PLATE, INSOLE, WITH_ARMS])
def test_a_document_through_json_gives_the_same_calibration(calibration: PlateCalibration | InsoleCalibration) -> None:
    assert from_document(json.loads(json.dumps(as_document(calibration), allow_nan=False))) == calibration


def test_calibrations_of_before_arms_are_still_read() -> None:
    """As 0.2 wrote them: no arms, no layout, no error of the centre of pressure."""
    new = ("arms_mm", "cop_sd_mm", "layout", "heel_mm", "toe_out_deg", "stand", "bench_calibration")
    document = {name: value for name, value in as_document(INSOLE).items() if name not in new}
    document["posture_errors"] = [{"label": "flat", "force_n": 400.0, "rms_pct": 3.0, "bias_pct": -1.0}]
    assert from_document(document) == INSOLE


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"arms_mm": ((3.0, 30.0),)}, "1 values of arms_mm for 2 cells"),
        ({"arms_mm": None}, "an error without arms"),
        ({"cop_sd_mm": None}, "arms without their error"),
        ({"arms_mm": ((3.0, 3000.0), (0.0, 0.0))}, "arms_mm 3000"),
    ],
)
def test_arms_that_cannot_be_are_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(CalibrationError, match=told):
        from_document({**as_document(WITH_ARMS), **wrong})


def test_it_expires_after_its_days() -> None:
    assert dataclasses.replace(PLATE, valid_days=1.5).expires_at == datetime(2026, 3, 2, 22, tzinfo=UTC)


def _with(**changes: object) -> dict[str, object]:
    return {**as_document(PLATE), **changes}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        _with(filter_order=7),
        _with(schema="landing-lab.calibration/2"),
        _with(kind="scale"),
        _with(surprise=1),
        {name: value for name, value in as_document(PLATE).items() if name != "counts_per_n"},
        _with(counts_per_n=[1.0]),
        _with(counts_per_n=[None, None]),
        _with(counts_per_n=[0.0, None]),
        _with(counts_per_n=["2", None]),
        _with(counts_per_n=[float("nan"), None]),
        _with(counts_per_n=[float("inf"), None]),
        _with(zero_counts=[10**400, None]),
        _with(counts_per_n=None),
        _with(n_cells=True),
        _with(n_cells=2.0),
        _with(method="guess"),
        _with(side=["left", "up"]),
        _with(position_mm=[[1.0], None]),
        _with(steps=[{"label": "x"}]),
        _with(steps=["x"]),
        _with(made_at="yesterday"),
        _with(made_at="2026-03-01T10:00:00"),
        _with(made_at="9999-12-31T00:00:00Z"),
        _with(valid_days=0),
        _with(valid_days=1e9),
        _with(device_id=""),
        _with(device_id="\x1b[2J"),
        {**as_document(INSOLE), "exponent": [1.2, -1.0]},
        {**as_document(INSOLE), "weight_n": [0.0, 0.0]},
        _with(scale_sd_fraction=0),
        _with(scale_sd_fraction=-5),
        _with(scale_sd_fraction=1e300),
        _with(filter_order=10**9),
        _with(filter_order=-3),
        _with(mode_hz=0),
        _with(mode_hz=-3),
        _with(position_mm=[[1e300, 0], None]),
        _with(cell_scale_sd_fraction=[-0.1, None]),
        _with(noise_n=-1),
        _with(gain=7),
        {name: value for name, value in as_document(PLATE).items() if name != "gain"},
        _with(made_at="0001-01-01T00:00:00+23:59"),
        _with(made_at="1999-12-31T00:00:00Z"),
        _with(made_at="2200-01-01T00:00:00Z"),
        {**as_document(INSOLE), "force_sd_fraction": 1.0},
        {**as_document(INSOLE), "saturation_n": [-1.0, None]},
    ],
)
def test_a_damaged_document_is_refused_with_one_printable_sentence(document: object) -> None:
    with pytest.raises(CalibrationError) as refusal:
        from_document(document)
    assert str(refusal.value).isprintable()
    assert 20 < len(str(refusal.value)) < 400


def test_a_newer_schema_asks_for_an_update() -> None:
    with pytest.raises(CalibrationError, match="update landing-lab"):
        from_document(_with(schema="landing-lab.calibration/2"))


def test_a_file_gives_back_what_was_written_and_knows_its_name(tmp_path: Path) -> None:
    path = write_calibration(PLATE, tmp_path)
    assert path == tmp_path / "calibrations" / "PLT-7_20260301T100000Z.json"
    assert read_calibration(path) == dataclasses.replace(PLATE, file=path.name)
    assert json.loads(path.read_text())["file"] == path.name


def test_files_are_never_overwritten_and_leave_no_scraps(tmp_path: Path) -> None:
    first = write_calibration(PLATE, tmp_path)
    content = first.read_bytes()
    second = write_calibration(dataclasses.replace(PLATE, noise_n=9.0), tmp_path)
    assert first != second
    assert first.read_bytes() == content
    assert sorted(path.name for path in first.parent.iterdir()) == sorted([first.name, second.name])


def test_a_device_id_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    path = write_calibration(dataclasses.replace(PLATE, device_id="../../etc/x"), tmp_path)
    assert path.parent == tmp_path / "calibrations"


def test_the_newest_of_each_device_is_chosen_and_damaged_files_are_named(tmp_path: Path) -> None:
    for month in (5, 9, 7):
        write_calibration(dataclasses.replace(PLATE, made_at=f"2026-{month:02d}-01T00:00:00Z"), tmp_path)
    write_calibration(INSOLE, tmp_path)
    (tmp_path / "calibrations" / "torn.json").write_text('{"schema": "landing-lab.cali')
    (tmp_path / "calibrations" / "deep.json").write_text("[" * 100_000)
    damaged: list[str] = []
    found = newest_calibrations(tmp_path, ["PLT-7", "IN-L", "absent"], damaged=damaged)
    assert {name: one.made_at[:7] for name, one in found.items()} == {"PLT-7": "2026-09", "IN-L": "2026-03"}
    assert [sentence.split(" is damaged")[0] for sentence in damaged] == ["deep.json", "torn.json"]
    assert newest_calibrations(tmp_path, ["IN-L"]).keys() == {"IN-L"}
    assert newest_calibrations(tmp_path / "nowhere", ["IN-L"]) == {}


def test_a_calibration_dated_in_the_future_is_passed_over_and_named(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    write_calibration(dataclasses.replace(PLATE, made_at=(now + timedelta(days=400)).isoformat()), tmp_path)
    write_calibration(dataclasses.replace(PLATE, made_at=(now + timedelta(hours=12)).isoformat()), tmp_path)
    (tmp_path / "calibrations" / "year_one.json").write_text(
        json.dumps({**as_document(PLATE), "made_at": "0001-01-01T00:00:00+23:59"})
    )
    damaged: list[str] = []
    found = newest_calibrations(tmp_path, ["PLT-7"], damaged=damaged)["PLT-7"]
    assert found.made < now + timedelta(days=1)
    assert "year 1," in damaged[0]
    assert "days after today" in damaged[1]
    assert len(damaged) == 2


@pytest.mark.parametrize(("on_plate_days", "used"), [(3.0, "on plate"), (8.0, "bench")])
def test_a_later_bench_calibration_does_not_displace_a_valid_one_on_the_plate(
    tmp_path: Path, on_plate_days: float, used: str
) -> None:
    now = datetime.now(UTC)
    worn = dataclasses.replace(INSOLE, made_at=(now - timedelta(days=on_plate_days)).isoformat())
    bench = dataclasses.replace(INSOLE, method="bench", made_at=(now - timedelta(days=1)).isoformat())
    write_calibration(worn, tmp_path)
    write_calibration(bench, tmp_path)
    found = newest_calibrations(tmp_path, ["IN-L"])["IN-L"]
    assert isinstance(found, InsoleCalibration)
    assert found.method == used
    states = [one["in_use"] for one in list_document(read_calibrations(tmp_path)[0])]
    assert states == (["yes", "no: older"] if used == "bench" else [BENCH_PASSED_OVER, "yes"])


@pytest.mark.parametrize(
    ("days", "expected"), [(0.5, "valid"), (1.5, "future"), (-179.0, "valid"), (-181.0, "expired")]
)
def test_whether_a_calibration_holds_is_decided_by_its_date(days: float, expected: str) -> None:
    at = PLATE.made - timedelta(days=days)
    assert validity(PLATE, at) == expected
    assert (out_of_date(PLATE, at) is None) == (expected == "valid")


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside = write_calibration(PLATE, tmp_path / "other")
    dataset = tmp_path / "mine"
    (dataset / "calibrations").mkdir(parents=True)
    link = dataset / "calibrations" / "link.json"
    link.symlink_to(outside)
    with pytest.raises(CalibrationError, match="out of its folder"):
        read_calibration(link)
    damaged: list[str] = []
    assert newest_calibrations(dataset, ["PLT-7"], damaged=damaged) == {}
    assert len(damaged) == 1
    elsewhere = tmp_path / "third"
    elsewhere.mkdir()
    (elsewhere / "calibrations").symlink_to(tmp_path / "other" / "calibrations")
    with pytest.raises(CalibrationError, match="out of the dataset"):
        write_calibration(PLATE, elsewhere)


def test_a_disk_that_does_not_take_it_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "calibrations").write_text("a file where the folder should be")
    with pytest.raises(RecordingError, match="could not be written"):
        write_calibration(PLATE, tmp_path)
