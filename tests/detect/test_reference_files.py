"""Tasks, trials and times of every real force file, against independent values (data/README.md, dropjump.csv)."""

from __future__ import annotations

import csv

import pytest

import landing_lab as ll
from landing_lab.model.result import Result
from reference import require_reference_data
from traces import assert_honest, value_of

GIVEN_HZ = {
    "gidiel/Dual-DJ-Fz.txt": 1000,
    "gidiel/Dual-CMJ-Fz.txt": 1000,
    "bmc/GRFZjump.txt": 600,
    "jumpmetrics/cmj_example.txt": 2000,
    "jumpmetrics/FHOC_P30_SQT300007.txt": 1000,
    "plateforce/subject01_trial1.force.txt": 1200,
    "plateforce/subject01_trial2.force.txt": 1200,
    "plateforce/synthetic_untrimmed_step_off.force.txt": 1000,
}

TASKS = {
    "gidiel/Dual-DJ-Fz.txt": [("drop_jump", "ok")],
    "gidiel/Dual-CMJ-Fz.txt": [("countermovement_jump", "ok")],
    "bmc/jump1.txt": [("countermovement_jump", "ok")],
    "plateforce/subject01_trial1.force.txt": [("countermovement_jump", "flagged")],
    "plateforce/synthetic_untrimmed_step_off.force.txt": [("countermovement_jump", "flagged")],
    "jumpmetrics/cmj_example.txt": [("countermovement_jump", "flagged")],
    "jumpmetrics/FHOC_P30_SQT300007.txt": [("squat_jump", "flagged")],
    "acl_squat_jump/BFR003_squat_jump.csv": [("squat_jump", "ok")] * 3,
    "acl_squat_jump/BFR007_squat_jump.csv": [("squat_jump", "ok")] * 3,
    "opencap/subject5/DJ1_forces.mot": [("drop_jump", "flagged")],
    "opencap/unfiltered/DJ1_grf.mot": [("drop_jump", "ok")],
    "opencap/unfiltered/DJ4_grf.mot": [("drop_jump", "ok")],
    "opencap/subject4/DJ1_grf.mot": [("drop_jump", "ok")],
    "opencap/subject4/DJAsym1_grf.mot": [("drop_jump", "ok")],
    "opencap/subject4/static1_grf.mot": [("unknown", "refused")],
    "plateforce/subject01_trial2.force.txt": [("unknown", "refused")],
    "bmc/GRFZjump.txt": [("unknown", "flagged")],  # its flight is timed all the same
}

REASONS = {
    "opencap/subject5/DJ1_forces.mot": "low-passed this force near 26 Hz",
    "plateforce/subject01_trial1.force.txt": "at its limit",
    "plateforce/synthetic_untrimmed_step_off.force.txt": "exclude each other",
    "jumpmetrics/cmj_example.txt": "between a countermovement and a squat jump",
    "jumpmetrics/FHOC_P30_SQT300007.txt": "between a countermovement and a squat jump",
    "opencap/subject4/static1_grf.mot": "no flight and no landing",
    "plateforce/subject01_trial2.force.txt": "ends in the air",
    "bmc/GRFZjump.txt": "body weight is unknown",
}


def analysed(name: str, **how: object) -> Result:
    path = require_reference_data() / "force" / name
    return ll.analyse(ll.read(path, sample_rate_hz=GIVEN_HZ.get(name)), **how)  # type: ignore[arg-type]


def independent_values() -> list[dict[str, str]]:
    with (require_reference_data() / "reference" / "dropjump.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", TASKS)
def test_task_and_number_of_trials(name: str) -> None:
    result = analysed(name)
    assert [(trial.task, trial.status) for trial in result.trials] == TASKS[name]
    assert REASONS.get(name, "") in (result.reason or "")
    assert (result.reason is None) == (name not in REASONS)
    assert_honest(result)


def test_no_file_is_forgotten() -> None:
    folder = require_reference_data() / "force"
    suffixes = (
        "-Fz.txt",
        ".force.txt",
        "_grf.mot",
        "_forces.mot",
        "_jump.csv",
        "jump1.txt",
        "GRFZjump.txt",
        "example.txt",
    )
    found = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.name.endswith(suffixes) or path.name.startswith("FHOC")
    }
    assert found == set(TASKS)


def test_body_weight_makes_the_unknown_jump_known() -> None:
    assert analysed("bmc/GRFZjump.txt", mass_kg=70.0).task == "countermovement_jump"


def test_standing_trial_still_weighs() -> None:
    assert value_of(analysed("opencap/subject4/static1_grf.mot"), "body_weight_n") == pytest.approx(588.9, abs=0.5)


def test_every_independent_drop_jump_is_compared() -> None:
    assert {row["file"] for row in independent_values()} == {
        name for name, found in TASKS.items() if found[0][0] == "drop_jump"
    }


@pytest.mark.parametrize("name", [name for name, found in TASKS.items() if found[0][0] == "drop_jump"])
def test_times_and_peaks_equal_the_independent_computation(name: str) -> None:
    expected = next(row for row in independent_values() if row["file"] == name)
    result = analysed(name)
    rate = result.first.sample_rate_hz
    assert rate == float(expected["fs"])
    tolerance_s = 0.001 if rate >= 1000 else 1.0 / rate
    for metric, column in (("contact_time_s", "GCT_s"), ("flight_time_s", "flight_s")):
        assert value_of(result, metric) == pytest.approx(float(expected[column]), abs=tolerance_s)
    for event, column in (("touchdown", "touchdown_s"), ("take_off", "takeoff_s"), ("landing", "landing_s")):
        found = result.events.get(event)
        assert found is not None
        assert found.time_s == pytest.approx(float(expected[column]), abs=tolerance_s)
    # The CSV took the plates' zero as it is; re-zeroing moves a peak by the offset.
    offset = result.first.settings["offset_total_n"]
    assert isinstance(offset, float)
    assert value_of(result, "peak_force_n") + offset == pytest.approx(float(expected["peakF_N"]), abs=1.0)
    assert value_of(result, "peak_force_n") == pytest.approx(float(expected["peakF_N"]), abs=1.0)
    symmetry = value_of(result, "limb_symmetry_peak_contact_pct", "left_right")
    assert symmetry == pytest.approx(float(expected["LSI_peak_%"]), abs=0.5)


def test_instructed_asymmetry_shows_in_the_first_100_ms() -> None:
    # 64-74 % where asymmetry was instructed, 87-99 % otherwise
    def early(name: str) -> float:
        return value_of(analysed(name), "limb_symmetry_peak_0_100ms_pct", "left_right")

    assert early("opencap/subject4/DJAsym1_grf.mot") < 80.0
    assert early("opencap/subject4/DJ1_grf.mot") > 85.0
    assert early("gidiel/Dual-DJ-Fz.txt") > 85.0


def test_typed_mass_off_the_plates_is_said() -> None:
    result = analysed("gidiel/Dual-DJ-Fz.txt", mass_kg=70.5)
    row = result.first.table.get("body_weight_n")
    assert row is not None
    assert (result.status, row.status) == ("flagged", "flagged")
    assert "70.5 kg; the plates' value was used" in str(row.reason)
    assert "70.5 kg; the plates' value was used" in str(result.reason)
    assert value_of(result, "body_weight_n") == pytest.approx(665.3, abs=1.5)


def test_drop_jump_without_standing_uses_the_typed_mass() -> None:
    result = analysed("opencap/subject4/DJ1_grf.mot", mass_kg=62.6)
    assert value_of(result, "body_weight_n") == pytest.approx(613.9, abs=0.1)
    assert value_of(result, "peak_force_bw") == pytest.approx(3.2205, abs=0.003)
    assert value_of(result, "drop_height_flight_anchored_m") == pytest.approx(0.2518, abs=0.03)
