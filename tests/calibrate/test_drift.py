"""Insoles that are looked at later: what has drifted is seen and said, what has not is not."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Literal

import numpy as np
import pytest

from fuse.scenes import raw_of
from landing_lab.calibrate.drift import GAIN_PCT, SHIFT_MM, InsoleDrift, insole_drift
from landing_lab.calibrate.foot_series import FootSeries, foot_series
from landing_lab.calibrate.insole_on_plate import fit_insole_on_plate
from landing_lab.errors import CalibrationError
from landing_lab.model.calibration import InsoleCalibration
from landing_lab.sim.calibration_session import BOUNDARIES_S, calibration_session
from landing_lab.sim.drop_jump import draw_body

Foot = Literal["left", "right"]
LOOKED_AT_S = {name: BOUNDARIES_S[name] for name in ("flat", "lean_fore_aft", "lean_sideways")}
FEET: tuple[tuple[int, Foot], ...] = ((1, "left"), (1, "right"), (2, "left"), (2, "right"))


@cache
def calibrated(seed: int, side: Foot) -> InsoleCalibration:
    raw = raw_of(calibration_session(draw_body(seed), seed=seed))
    return fit_insole_on_plate(raw, side, postures_s=BOUNDARIES_S)


@cache
def later(seed: int, side: Foot) -> FootSeries:
    """The same wearer, insoles and plate another time: the foot stands elsewhere, the insole lies a little off."""
    raw = raw_of(calibration_session(draw_body(seed), seed=seed, session=2000))
    return foot_series(raw, side, empty_s=BOUNDARIES_S["feet_up"])


def looked(seed: int, side: Foot, gain: float | np.ndarray = 1.0, *, leaned: bool = True) -> InsoleDrift:
    """A check in which the cells read `gain` times what they would; of all cells, or of each."""
    made = calibrated(seed, side)
    weights = tuple((np.array(made.weight_n) * gain).tolist())
    postures_s = LOOKED_AT_S if leaned else {"flat": LOOKED_AT_S["flat"]}
    return insole_drift(later(seed, side), postures_s, dataclasses.replace(made, weight_n=weights))


@pytest.mark.parametrize(("seed", "side"), FEET)
def test_an_insole_that_did_not_drift_holds(seed: int, side: Foot) -> None:
    found = looked(seed, side)
    assert abs(found.gain_pct) < 0.6 * GAIN_PCT
    assert found.shift_mm is not None
    assert found.shift_mm < 0.7 * SHIFT_MM
    assert found.force_holds
    assert found.shift_holds


@pytest.mark.parametrize(("seed", "side"), FEET)
@pytest.mark.parametrize("gain", [0.85, 1.15])
def test_fifteen_percent_of_gain_are_seen_and_spare_the_shift(seed: int, side: Foot, gain: float) -> None:
    found = looked(seed, side, gain)
    assert not found.force_holds
    assert found.gain_pct == pytest.approx(100.0 * (gain - 1.0), abs=5.0)
    assert found.shift_holds, "a gain common to all cells moves no centre of pressure"


def test_cells_that_drift_apart_are_seen_in_the_shift() -> None:
    """Medial cells that read three times as much against lateral ones that read a third."""
    arms = calibrated(1, "left").arms_mm
    assert arms is not None
    apart = np.where(np.array(arms)[:, 0] > np.median(np.array(arms)[:, 0]), 3.0, 0.33)
    found, before = looked(1, "left", apart), looked(1, "left")
    assert found.shift_mm is not None
    assert before.shift_mm is not None
    assert found.shift_mm > 1.5 * before.shift_mm


def test_without_leaning_nothing_is_said_of_the_shift() -> None:
    found = looked(1, "left", leaned=False)
    assert found.shift_mm is None
    assert found.force_holds


def test_a_foot_that_hardly_stands_is_refused() -> None:
    empty = {"flat": (BOUNDARIES_S["right_leg"][0] + 1.5, BOUNDARIES_S["right_leg"][1] - 1.5)}
    with pytest.raises(CalibrationError, match="the left foot carried only"):
        insole_drift(later(1, "left"), empty, calibrated(1, "left"))
