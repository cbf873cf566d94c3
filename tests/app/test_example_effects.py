"""Every command finds in the whole example study what was put into it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import landing_lab as ll
from command_line import run
from example_study import beside_truth, true_trials, whole_study
from landing_lab.analysis.models.dataset_frame import session_frame, trial_frame
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.app.datasets.example import design


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it: commands write into the folder of a dataset."""
    return Path(shutil.copytree(whole_study(), tmp_path_factory.mktemp("whole") / "example"))


@pytest.mark.long
def test_every_command_finds_what_was_put_in(whole: Path) -> None:
    _is_small(whole)
    _reliability(whole)
    _contrast(whole)
    _waveforms(whole)
    _screening(whole)
    _cohort(whole)
    _models(whole)


def _is_small(whole: Path) -> None:
    n_bytes = {path: path.stat().st_size for path in whole.rglob("*") if path.is_file()}
    parquet = sum(size for path, size in n_bytes.items() if path.suffix == ".parquet")
    assert parquet < 15e6
    assert sum(n_bytes.values()) < 50e6
    assert len(list(whole.rglob("session.json"))) == 60


def _reliability(whole: Path) -> None:
    """The repeatability of measured values is that of the true ones."""
    assert run("reliability", whole).returncode == 0
    measured, true = ll.reliability(whole), ll.reliability(true_trials(whole))
    for name in ("contact_time_s", "peak_force_bw", "jump_height_flight_time_m", "vertical_stiffness_peak_kn_per_m"):
        found, really = measured.get(name, "total"), true.get(name, "total")
        assert found is not None
        assert really is not None
        assert found.n_athletes == 24
        assert found.icc is not None
        assert really.icc is not None
        assert found.icc.low <= really.icc.value <= found.icc.high, name
        assert found.sem_one is not None
        assert really.sem_one is not None
        assert found.sem_one.low <= really.sem_one.value <= found.sem_one.high, name


def _contrast(whole: Path) -> None:
    """The differences of twelve athletes contain what their jumps truly did."""
    assert run("contrast", whole, "--first", "flat", "--second", "heel_lift").returncode == 0
    measured = ll.contrast(ll.read_trials(whole), "flat", "heel_lift")
    true = true_trials(whole)
    for name, side, is_changed in (
        ("contact_time_s", "total", True), ("peak_force_bw", "total", True), ("braking_time_s", "total", True),
        ("jump_height_flight_time_m", "total", False), ("limb_symmetry_peak_0_100ms_pct", "left_right", False),
    ):  # fmt: skip
        found = measured.get(name, side)
        assert found is not None
        assert found.group is not None
        really = _true_difference(true, name, side)
        assert found.group.low <= really <= found.group.high, name
        assert (found.group.p_sign_flip < 0.01) is is_changed, name
    for side in ("left", "right"):
        found = measured.get("medial_shift_mm", side)
        assert found is not None
        assert found.group is not None
        # eight cells see about three quarters of it, which no interval of athletes knows
        assert _true_difference(true, "medial_shift_mm", side) == pytest.approx(-4.0, abs=0.6)
        assert -4.5 < found.group.low < found.group.high < -2.0


def _true_difference(true: TrialTable, name: str, side: str) -> float:
    """Mean over athletes of the difference of their true means."""
    rows = true.of(name, side)
    means = rows.pivot_table(index="participant", columns="condition", values="value", aggfunc="mean")
    return float((means["heel_lift"] - means["flat"]).mean())


def _waveforms(whole: Path) -> None:
    assert run("waveforms", whole, "--first", "flat", "--second", "heel_lift").returncode == 0
    found = ll.compare_waveforms(whole, first="flat", second="heel_lift")
    assert found.test.n == (12,)
    assert found.test.clusters
    largest = max((found.stretch(one) for one in found.test.clusters), key=lambda one: abs(one.largest_effect))
    assert largest.high < 0.0
    assert largest.p < 0.01


def _screening(whole: Path) -> None:
    found = ll.screen(whole, "P07")
    assert found.simulated
    sharing = next(one for one in found.findings if one.name == "limb_symmetry_peak_0_100ms_pct")
    assert sharing.state == "outside"
    flat = true_trials(whole).of("limb_symmetry_peak_0_100ms_pct", "left_right", condition="flat")
    assert sharing.value == pytest.approx(float(flat[flat["participant"] == "P07"]["value"].mean()), abs=3.0)


def _cohort(whole: Path) -> None:
    assert run("cohort", whole).returncode == 0
    for name, side, bias, least in (
        ("contact_time_s", "total", 0.001, 0.99), ("peak_force_bw", "total", 0.02, 0.99),
        ("medial_shift_mm", "left", 2.5, 0.6), ("medial_shift_mm", "right", 2.5, 0.6),
    ):  # fmt: skip
        found = beside_truth(whole, name, side)
        assert len(found) == 360
        assert abs(float((found["value"] - found["true"]).mean())) < bias, name
        means = found.groupby("participant")[["value", "true"]].mean()
        assert np.corrcoef(means["value"], means["true"])[0, 1] > least, name


def _models(whole: Path) -> None:
    """Knees go with lunge and strength as they were made to, the medial shift does not."""
    done = run(
        "model", whole, "--per-limb", "--outcome", "valgus_single_leg_squat", "--predictors",
        "lunge_cm,hip_abduction_pct_bw", "--anyway",
    )  # fmt: skip
    assert done.returncode == 0
    assert "NOT VALIDATED" in done.stdout
    data = session_frame(whole, per_limb=True).frame
    names = ["lunge_cm", "hip_abduction_pct_bw"]
    rated = ll.fit_logistic(data, "valgus_single_leg_squat", names)
    draws = np.array(rated.model.draws)  # log odds per SD, intercept first
    assert (np.percentile(draws[:, 1:], 97.5, axis=0) < 0.0).all()
    angle = ll.fit_mixed(data, "fppa_drop_jump_deg", names)
    per_unit = (design.FPPA["lunge"] / design.LUNGE_CM[1], design.FPPA["hip"] / design.HIP_PCT_BW[1])
    for name, true in zip(names, per_unit, strict=True):
        effect = angle.effect(name, "between_corrected")
        assert effect.low <= true <= effect.high, name
        assert effect.high < 0.0
    unrelated = ll.fit_mixed(trial_frame(whole).frame, "medial_shift_mm_left", ["lunge_left_cm"])
    between = unrelated.effect("lunge_left_cm", "between")
    assert between.low <= 0.0 <= between.high
