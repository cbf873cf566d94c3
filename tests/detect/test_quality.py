"""Each check of the signal: silent on a good trial, found on a trace that was spoilt in exactly that way."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.metrics import all_metrics
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.quality import QualityItem
from landing_lab.model.result import TrialResult
from reference import require_reference_data
from traces import on_plates

FEET: tuple[Side, Side] = ("left", "right")
TRIAL = ll.simulate_drop_jump(3, drop_height_m=0.3, mass_kg=70.0, take_off_delay_ms=8.0)
JUMP: FloatArray = np.array(TRIAL.recording.streams["force"].samples)
AT = {name: round(1000 * TRIAL.truth.events[name, "total"]) for name in ("touchdown", "take_off", "landing")}
PUSH = slice(AT["touchdown"] + 100, AT["touchdown"] + 130)


def looked(force: FloatArray, *, sides: tuple[Side, ...] = FEET, rate: float = 1000.0, **how: float) -> TrialResult:
    return ll.analyse(on_plates(force, sides=sides, sample_rate_hz=rate), **how).first  # type: ignore[arg-type]


def item(trial: TrialResult, name: str, side: Side = "total") -> QualityItem:
    found = trial.quality.get(name, side)
    assert found is not None, name
    return found


def spoilt(rows: slice | int, value: float | FloatArray, column: slice | int = slice(None)) -> FloatArray:
    force = JUMP.copy()
    force[rows, column] = value
    return force


def zeroed_below(threshold_n: float) -> FloatArray:
    return np.where(threshold_n > JUMP, 0.0, JUMP)


def drifting(newtons: float) -> FloatArray:
    return JUMP + newtons * np.linspace(-0.5, 0.5, len(JUMP))[:, None]


def test_a_good_trial_passes_every_check_that_could_be_made() -> None:
    trial = looked(JUMP, mass_kg=70.0, box_height_m=0.3)
    assert trial.status == "ok"
    assert {found.name for found in trial.quality if found.verdict == "flagged"} == set()
    assert {found.name for found in trial.quality if found.verdict == "not checked"} == {"swapped_sides"}
    assert len(trial.quality) >= 20


def test_the_figures_are_those_of_the_plates() -> None:
    trial = looked(JUMP + np.array([25.0, -12.0]))
    assert item(trial, "offset_n", "left").value == pytest.approx(25.0, abs=0.3)
    assert item(trial, "offset_n", "right").value == pytest.approx(-12.0, abs=0.3)
    assert item(trial, "noise_n", "left").value == pytest.approx(1.5, rel=0.2)
    assert item(trial, "resolution_n").value == pytest.approx(0.5)
    assert item(trial, "drift_n").value == pytest.approx(0.0, abs=1.0)


SPOILT: dict[str, tuple[FloatArray, str, Side, str]] = {
    "drift": (drifting(60.0), "drift_n", "total", "drift by"),
    "at the limit": (np.minimum(JUMP, 0.7 * JUMP.max()), "clipped_s", "left", "at its limit"),
    "frozen": (spoilt(PUSH, JUMP[PUSH.start, 0], 0), "frozen_s", "left", "the signal froze"),
    "one plate never moves": (spoilt(slice(None), 13.0, 0), "dead_plate", "left", "a dead plate"),
    "one plate empty but alive": (
        spoilt(slice(None), np.random.default_rng(5).normal(0, 1.5, len(JUMP)), 1),
        "dead_plate",
        "right",
        "a landing on one leg, or a plate that is not connected",
    ),
    "dies in the landing": (spoilt(slice(AT["landing"] + 200, None), 0.0, 1), "steps_off_s", "right", "its plate died"),
    "zero below 60 N": (zeroed_below(60.0), "zeroed_below_n", "total", "the source wrote zero below about"),
    "noise of 12 N": (
        JUMP + np.random.default_rng(1).normal(0, 12, JUMP.shape),
        "threshold_n",
        "total",
        "noise raised the threshold",
    ),
    "30 ms missing": (spoilt(PUSH, np.nan), "gap_in_trial_s", "total", "samples are missing on end"),
    "11 kN in the landing": (spoilt(AT["landing"] + 150, 11_000.0, 0), "spikes", "total", "1 lone reading far"),
    "one reading drops out": (spoilt(AT["touchdown"] + 120, -500.0), "spikes", "total", "1 lone reading far"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_was_spoilt_is_flagged_and_nothing_else(name: str) -> None:
    force, check, side, sentence = SPOILT[name]
    trial = looked(force)
    found = item(trial, check, side)
    assert found.verdict == "flagged"
    assert sentence in found.text
    assert trial.status == "flagged"
    assert found.text in str(trial.reason)
    # Force that is missing also breaks the balance of impulses, and makes a drop that nobody does.
    assert {other.name for other in trial.quality if other.verdict == "flagged"} <= {
        check,
        "momentum_closure_pct",
        "drop_height_m",
    }
    for row in trial.table:
        if row.status != "refused" and ("all" in found.flags or row.name in found.flags):
            assert row.status == "flagged"
            assert found.text in str(row.reason)


def test_one_leg_is_told_from_a_dead_plate_by_the_typed_mass() -> None:
    one_leg = np.column_stack([JUMP.sum(axis=1), np.random.default_rng(5).normal(0, 1.5, len(JUMP))])
    assert item(looked(one_leg, mass_kg=70.0), "dead_plate", "right").verdict == "ok"
    assert item(looked(one_leg), "dead_plate", "right").verdict == "flagged"
    half_missing = item(looked(one_leg, mass_kg=140.0), "dead_plate", "right")
    assert half_missing.verdict == "flagged"
    assert "not the mass that was typed in" in half_missing.text


def test_a_filter_at_the_source_flags_times_peaks_and_loading_rates_only() -> None:
    from scipy import signal

    force = signal.sosfiltfilt(signal.butter(2, 20.0, fs=1000.0, output="sos"), JUMP, axis=0)
    trial = looked(force)
    found = item(trial, "bandwidth_hz")
    assert found.verdict == "flagged"
    assert found.value == pytest.approx(20.0, rel=0.35)
    assert "the source low-passed this force near" in found.text
    status = {row.name: row.status for row in trial.table if row.side == "total"}
    assert status["contact_time_s"] == status["peak_force_n"] == "flagged"
    assert status["body_weight_n"] == "ok"


def test_a_recording_without_a_trial_is_checked_too() -> None:
    trial = looked(np.full((5000, 2), 350.0) + np.random.default_rng(2).normal(0, 1, (5000, 2)))
    assert trial.status == "refused"
    assert item(trial, "unloaded_s").verdict == "flagged"
    row = trial.table.get("body_weight_n")
    assert row is not None
    assert row.status == "flagged"
    assert "never seen empty" in str(row.reason)


def test_mass_and_box_are_compared_where_they_were_typed() -> None:
    trial = looked(JUMP, mass_kg=75.0, box_height_m=0.6)
    assert item(trial, "body_weight_vs_mass_pct").value == pytest.approx(-6.7, abs=0.5)
    assert item(trial, "body_weight_vs_mass_pct").verdict == "flagged"
    assert item(trial, "drop_height_vs_box_pct").verdict == "flagged"
    plain = looked(JUMP)
    assert item(plain, "body_weight_vs_mass_pct").verdict == "not checked"
    assert item(plain, "drop_height_vs_box_pct").verdict == "not checked"


def test_every_flagged_name_is_a_metric_and_every_check_is_said_in_words() -> None:
    names = set(all_metrics())
    for force, _, _, _ in SPOILT.values():
        for found in looked(force, mass_kg=75.0, box_height_m=0.6).quality:
            assert set(found.flags) <= names | {"all"}, found
            assert bool(found.flags) == (found.verdict == "flagged"), found
            assert found.text
            assert found.value is not None or found.verdict != "flagged" or found.name == "drop_height_m"
            assert set(found.as_dict()) == {"name", "side", "value", "unit", "verdict", "text", "flags"}


@functools.lru_cache
def real(name: str, rate: int | None = None) -> TrialResult:
    return ll.analyse(ll.read(require_reference_data() / "force" / name, sample_rate_hz=rate)).first


@pytest.mark.parametrize(
    ("name", "rate", "flagged"),
    [
        ("gidiel/Dual-DJ-Fz.txt", 1000, set()),
        ("gidiel/Dual-CMJ-Fz.txt", 1000, set()),
        ("bmc/jump1.txt", None, set()),
        ("bmc/GRFZjump.txt", 600, {"threshold_n"}),
        ("plateforce/subject01_trial1.force.txt", 1200, {"clipped_s"}),
        ("jumpmetrics/FHOC_P30_SQT300007.txt", 1000, set()),
        ("jumpmetrics/cmj_example.txt", 2000, {"steps_off_s"}),  # plate 1 is left 0.15 s after the landing
        ("opencap/subject5/DJ1_forces.mot", None, {"bandwidth_hz"}),
        ("opencap/subject4/DJ1_grf.mot", None, set()),
        ("opencap/subject4/static1_grf.mot", None, {"unloaded_s"}),
        ("acl_squat_jump/BFR007_squat_jump.csv", None, set()),
    ],
)
def test_real_recordings_are_flagged_for_what_is_wrong_with_them(
    name: str, rate: int | None, flagged: set[str]
) -> None:
    assert {found.name for found in real(name, rate).quality if found.verdict == "flagged"} == flagged


def test_a_threshold_of_the_source_is_seen_in_its_zeros() -> None:
    assert item(real("acl_squat_jump/BFR003_squat_jump.csv"), "zeroed_below_n").value == pytest.approx(20.0, abs=1.0)
    assert item(real("opencap/subject5/DJ1_forces.mot"), "zeroed_below_n").value == pytest.approx(20.0, abs=2.0)
    assert item(real("gidiel/Dual-DJ-Fz.txt", 1000), "zeroed_below_n").value == 0.0  # 2.8 N steps hide its noise
    assert "filled up" in item(real("jumpmetrics/FHOC_P30_SQT300007.txt", 1000), "zeroed_below_n").text
