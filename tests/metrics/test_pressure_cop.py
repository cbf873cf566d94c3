"""Centre of pressure and medial shift of insoles against load that was moved by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landing_lab as ll
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import RefusedError
from landing_lab.metrics.pressure_course import foot_course, phase_shifts
from landing_lab.metrics.table import metrics_of
from landing_lab.model.channels import Side
from landing_lab.model.events import Phase, Phases
from landing_lab.model.insole_layout import shipped_layouts
from metrics.pressure_trials import (
    FIRST,
    INFOTRONIC,
    Foot,
    N,
    measured,
    rolling,
    shared,
    since_touchdown,
    trial_of,
    two_hills,
)

SHIFTS = (
    "medial_shift_mm",
    "medial_shift_pct_width",
    "medial_shift_velocity_mm_per_s",
    "medial_shift_100ms_mm",
)


@pytest.mark.parametrize("prefix", ["", "landing_"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_load_that_moves_medially_is_a_positive_shift_on_either_foot(side: Side, prefix: str) -> None:
    """0.3 of the load goes from lateral to medial in 100 ms, 80 % of it after 20 ms: 36 mm x 0.24 = 8.64 mm."""
    trial = trial_of({"left": rolling(), "right": rolling()})
    found = {name: measured(prefix + name, trial, side).value for name in SHIFTS}
    assert found["medial_shift_mm"] == pytest.approx(8.64)
    assert found["medial_shift_100ms_mm"] == pytest.approx(8.64)
    assert found["medial_shift_pct_width"] == pytest.approx(100 * 8.64 / INFOTRONIC.width_mm)
    assert found["medial_shift_velocity_mm_per_s"] == pytest.approx(8.64 / 0.1)
    assert measured(prefix + "cop_ml_mm", trial, side).value == pytest.approx(36 * 0.3)
    assert measured(prefix + "cop_ml_pct_width", trial, side).value == pytest.approx(36 * 0.3 / 90 * 100)
    assert measured(prefix + "cop_ap_pct_length", trial, side).value == pytest.approx(70.0)


def test_lateral_load_is_negative() -> None:
    trial = trial_of({"left": rolling(-0.3)})
    assert measured("medial_shift_mm", trial).value == pytest.approx(-8.64)
    assert measured("medial_lateral_index_shift", trial).value < -0.2


def test_uncertainty_is_that_of_two_places_and_of_the_instants() -> None:
    still = trial_of({"left": rolling(0.0)})
    assert measured("cop_ml_mm", still).sd == pytest.approx(2.0)
    assert measured("medial_shift_mm", still).sd == pytest.approx(2.0 * math.sqrt(2.0))
    assert measured("medial_shift_mm", trial_of({"left": rolling()})).sd > 2.0 * math.sqrt(2.0)


def test_slower_insoles_know_it_less_well_and_the_slowest_not_at_all() -> None:
    fast = measured("medial_shift_100ms_mm", trial_of({"left": rolling(0.5)}))
    slow = measured("medial_shift_100ms_mm", trial_of({"left": dataclasses.replace(rolling(0.5), rate_hz=100.0)}))
    assert slow.value == fast.value
    assert slow.sd > fast.sd
    slowest = trial_of({"left": dataclasses.replace(rolling(), rate_hz=25.0)})
    for name in SHIFTS:
        with pytest.raises(RefusedError, match="needs at least 100 Hz; this insole has 25 Hz"):
            measured(name, slowest)


def test_what_is_not_calibrated_is_relative_and_says_so() -> None:
    note = "the left insole is not calibrated on a plate: its numbers are relative to each other only"
    raw = trial_of({"left": dataclasses.replace(rolling(), calibrated=False, note=note)})
    found = measured("medial_shift_mm", raw)
    assert found.doubt == note
    assert "relative" in str(found.detail)
    assert "relative" not in str(measured("medial_shift_mm", trial_of({"left": rolling()})).detail)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.floats(-0.4, 0.4))
def test_nothing_below_the_gate_enters(seed: int, to_medial: float) -> None:
    rng = np.random.default_rng(seed)
    foot = rolling(to_medial)
    cells = foot.cells.copy()
    faint = two_hills() <= 200.0
    cells[faint] = rng.uniform(0.0, 200.0, (faint.sum(), 8))
    clean, wild = trial_of({"left": foot}), trial_of({"left": dataclasses.replace(foot, cells=cells)})
    for name in ("medial_shift_mm", "cop_ml_mm", "medial_lateral_index", "heel_share"):
        assert measured(name, wild).value == pytest.approx(measured(name, clean).value, abs=1e-9)


def test_late_load_moves_the_reference_and_flags_the_shift() -> None:
    force = np.where(since_touchdown() < 48, np.minimum(two_hills(), 190.0), two_hills())
    found = measured("medial_shift_mm", trial_of({"left": rolling(force=force)}, force=force))
    assert found.doubt is not None
    assert "loaded late" in found.doubt
    assert "from 48 to 120 ms" in str(found.detail)


def test_a_peak_at_the_reference_leaves_no_shift() -> None:
    force = two_hills(peak_at=25)
    with pytest.raises(RefusedError, match="force peaks 25 ms after the touchdown"):
        measured("medial_shift_mm", trial_of({"left": rolling(force=force)}, force=force))
    assert math.isfinite(measured("medial_shift_100ms_mm", trial_of({"left": rolling(force=force)}, force=force)).value)


def test_missing_readings_are_named() -> None:
    cells = rolling().cells.copy()
    cells[FIRST[0] + 115 : FIRST[0] + 125] = math.nan
    trial = trial_of({"left": dataclasses.replace(rolling(), cells=cells)})
    with pytest.raises(RefusedError, match="reading is missing at this instant"):
        measured("medial_shift_mm", trial)
    dead = rolling().cells.copy()
    dead[:, 0] = math.nan
    with pytest.raises(RefusedError, match="heel never read anything, and without it"):
        measured("cop_ml_mm", trial_of({"left": dataclasses.replace(rolling(), cells=dead)}))
    with pytest.raises(RefusedError, match="readings of the left insole are missing"):
        measured("cop_ml_mm", trial_of({"left": dataclasses.replace(rolling(), cells=np.full((N, 8), math.nan))}))


def test_three_zones_have_no_centre_of_pressure() -> None:
    layout = shipped_layouts()["loadsol_3"]
    foot = Foot(np.tile(two_hills()[:, None] / 3.0, 3), layout)
    with pytest.raises(RefusedError, match="needs an insole of at least 8 cells; loadsol_3 has 3"):
        measured("cop_ml_mm", trial_of({"left": foot}))
    assert 0.0 < measured("heel_share", trial_of({"left": foot})).value < 1.0


def test_a_foot_without_insole_has_no_rows_and_without_any_the_table_is_that_of_a_plate() -> None:
    both = metrics_of(trial_of({"left": rolling(), "right": rolling()}))
    one = metrics_of(trial_of({"left": rolling()}))
    none = metrics_of(trial_of({}))
    assert {row.side for row in both if row.name == "cop_ml_mm"} == {"left", "right"}
    assert {row.side for row in one if row.name == "cop_ml_mm"} == {"left"}
    symmetry = one.get("limb_symmetry_insole_peak_pct")
    assert symmetry is not None
    assert "right foot" in str(symmetry.reason)
    of_insoles = {name for name, metric in all_metrics().items() if "pressure" in metric.needs}
    assert not {row.name for row in none} & of_insoles
    assert of_insoles <= {row.name for row in both}


def test_a_cell_at_its_limit_flags_what_rests_on_it() -> None:
    foot = rolling()
    limited = np.zeros(foot.cells.shape, dtype=bool)
    limited[:, 5] = True  # the medial forefoot carries 80 % at the peak
    found = measured("cop_ml_mm", trial_of({"left": dataclasses.replace(foot, at_limit=limited)}))
    assert found.doubt is not None
    assert "80 % of the left foot's force" in found.doubt


def test_shifts_of_phases_are_those_between_their_ends() -> None:
    trial = trial_of({"left": rolling(0.4)})
    course = foot_course(trial.signals, "left", *FIRST)
    assert not isinstance(course, str)
    phases = Phases((Phase("braking", 0.100, 0.170), Phase("propulsion", 0.170, 0.400)))
    braking, propulsion = phase_shifts(course, phases, "contact")
    assert braking.shift_mm == pytest.approx(36 * 0.4 * (69 - 6) / 100.0, abs=0.2)
    assert propulsion.shift_mm == pytest.approx(36 * 0.4 * 0.30, abs=0.2)
    told = np.isfinite(course.shift_mm)
    np.testing.assert_allclose(np.diff(course.shift_mm[told]), np.diff(course.cop_mm[told, 0]), atol=1e-12)
    assert course.reference is not None
    assert course.shift_mm[course.reference] == 0.0
    assert np.isfinite(course.shift_sd_mm[told]).all()
    assert phase_shifts(course, Phases(), "contact") == ()


def test_a_recording_of_boards_has_shifts_of_its_phases() -> None:
    """Not calibrated: flagged, and within 3 SD of the truth where that is known (at most 10 mm)."""
    scene = scene_of(3)
    result = ll.analyse(recording_from_raw(raw_of(scene)))
    known = ("medial_shift_mm", "medial_shift_100ms_mm", "landing_medial_shift_mm")
    phases = ("medial_shift_braking_mm", "medial_shift_propulsion_mm", "landing_medial_shift_loading_mm")
    for name in (*known, *phases):
        row = result.first.table.get(name, "left")
        assert row is not None
        assert row.status == "flagged", row
        assert row.value is not None
        assert row.sd is not None
        if name in known:
            assert abs(row.value - scene.truths[0].metrics[name, "left"]) < min(3.0 * row.sd, 10.0)


def test_one_plate_for_both_feet_still_judges_each_insole() -> None:
    trial = trial_of({"left": rolling(), "right": rolling()})
    total_only = dataclasses.replace(trial.signals, force_n={"total": trial.signals.force_n["total"]})
    bare = dataclasses.replace(
        trial_of({"left": rolling()}), signals=total_only, threshold_n={"total": 20.0}, side_contact={}, side_landing={}
    )
    assert measured("medial_shift_mm", bare).value == pytest.approx(8.64)
    assert shared(INFOTRONIC, two_hills(), {"toe": 1.0}).sum() == pytest.approx(two_hills().sum())
