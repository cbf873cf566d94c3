"""Extent and medial shift of real drop jumps under simulated calibrated insoles, against their truth."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from fuse.landing_accuracy import true_force
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.metrics.analyse import analyse
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.result import MetricValue, TrialResult
from landing_lab.sim.from_force import sensed_recording
from landing_lab.sim.sensed_truth import SensedTruth
from landing_lab.sim.setting import TYPICAL
from reference import require_reference_data

pytestmark = pytest.mark.long

FEET: tuple[Side, ...] = ("left", "right")
LAYOUTS = ("infotronic_8", "fsr402_16")


@cache
def analysed(layout: str) -> list[tuple[TrialResult, SensedTruth]]:
    """The trials of two seeds, calibrated by their own documents, each with the truth of its recording."""
    require_reference_data()
    setting = dataclasses.replace(TYPICAL, layout=shipped_layouts()[layout])
    found = []
    for seed in (1, 2):
        made = sensed_recording(true_force("gidiel/Dual-DJ-Fz.txt"), 1000.0, seed=seed, setting=setting)
        found += [(trial, made.truth) for trial in analyse(recording_from_raw(made.raw)).trials]
    return found


def in_sds(told: MetricValue | None, true_mm: float, per_unit: float) -> float | None:
    """Error in SDs; None where the metric was refused."""
    if told is None or told.value is None or told.sd is None:
        return None
    return (per_unit * told.value - true_mm) / (per_unit * told.sd)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_extents_lie_around_the_truth(layout: str) -> None:
    off = []
    for trial, truth in analysed(layout):
        for foot, side in enumerate(FEET):
            begin, end = trial.events.get("touchdown", side), trial.events.get("take_off", side)
            if begin is None or end is None:
                continue
            there = (truth.time_s > begin.time_s - 0.02) & (truth.time_s < end.time_s + 0.02)
            force, across = truth.force_n[there, foot], truth.cop_mm[there, foot, 0]
            true_mm = float(np.ptp(across[force > max(0.2 * force.max(), 50.0)]))
            off.append(in_sds(trial.table.get("cop_range_ml_m", side), true_mm, 1000.0))
    errors = np.array([one for one in off if one is not None])
    assert len(errors) >= 4
    assert np.abs(errors).max() < 3.0
    assert 0.2 < float(np.sqrt(np.mean(errors**2))) < 1.5


@pytest.mark.parametrize("layout", LAYOUTS)
def test_shifts_lie_around_the_truth(layout: str) -> None:
    off = []
    for trial, truth in analysed(layout):
        for side in FEET:
            for event, prefix in (("touchdown", ""), ("landing", "landing_")):
                begin = trial.events.get(event, side)
                if begin is None:
                    continue
                known = next(
                    row
                    for row in truth.contacts
                    if row["side"] == side
                    and isinstance(row["touchdown_s"], float)
                    and abs(row["touchdown_s"] - begin.time_s) < 0.03
                )
                for name in ("medial_shift_mm", "medial_shift_100ms_mm"):
                    true_mm = known[name]
                    if isinstance(true_mm, float):
                        off.append(in_sds(trial.table.get(prefix + name, side), true_mm, 1.0))
    errors = np.array([one for one in off if one is not None])
    assert len(errors) >= 8
    assert np.abs(errors).max() < 3.0
    assert 0.2 < float(np.sqrt(np.mean(errors**2))) < 1.5
