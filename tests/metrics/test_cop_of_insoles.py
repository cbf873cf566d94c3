"""Extent of the centre of pressure by insoles: by hand, and what is refused (truth: test_simulated_insoles.py)."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from landing_lab.metrics._registry import RefusedError
from landing_lab.metrics.table import metrics_of
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import shipped_layouts
from metrics.pressure_trials import Foot, measured, rolling, trial_of, two_hills

RANGES = ("cop_range_ml_m", "landing_cop_range_ml_m")
FEET: tuple[Side, ...] = ("left", "right")


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("side", FEET)
def test_extent_of_a_rolling_foot_is_how_far_its_load_moved(name: str, side: Side) -> None:
    """From the gate on (5 ms: a share of 0.515) to 0.8: 36 mm x 0.285, less by means of 9 ms."""
    found = measured(name, trial_of({"left": rolling(), "right": rolling(-0.3)}), side)
    assert found.value == pytest.approx(0.036 * 0.285, abs=2e-4)
    assert math.sqrt(2.0) * 0.002 <= found.sd < 0.004
    assert "by the 8 cells of infotronic_8" in str(found.detail)
    assert "gate 200 N" in str(found.detail)


def test_what_a_plate_measures_goes_before_the_insole() -> None:
    trial = trial_of({"left": rolling()})
    place = np.zeros((len(trial.signals.times_s), 2))
    plate = dataclasses.replace(trial.signals, cop_m={"left": place}, cop_axes="anatomical")
    found = measured("cop_range_ml_m", dataclasses.replace(trial, signals=plate, shared={}))
    assert found.value == 0.0
    assert "cells" not in str(found.detail)


def test_refusals_say_what_is_wrong_with_insoles() -> None:
    table = metrics_of(trial_of({"left": rolling()}))
    for name in (*RANGES, "cop_path_m", "landing_cop_path_m"):
        assert "how far apart the feet stood is not measured" in str(table.get(name).reason)  # type: ignore[union-attr]
        assert "no insole" in str(table.get(name, "right").reason) or "path" in name  # type: ignore[union-attr]
    for name in ("cop_path_m", "landing_cop_path_m"):
        assert "from few cells follows the cells" in str(table.get(name, "left").reason)  # type: ignore[union-attr]
    for change, words in (
        ({"calibrated": False}, "is not calibrated on a plate"),
        ({"rate_hz": 50.0}, "needs at least 100 Hz; this insole has 50 Hz"),
    ):
        with pytest.raises(RefusedError, match=words):
            measured("cop_range_ml_m", trial_of({"left": dataclasses.replace(rolling(), **change)}))  # type: ignore[arg-type]
    three = Foot(np.tile(two_hills()[:, None] / 3.0, 3), shipped_layouts()["loadsol_3"])
    with pytest.raises(RefusedError, match="at least 8 cells; loadsol_3 has 3"):
        measured("cop_range_ml_m", trial_of({"left": three}))


def test_doubts_of_an_insole_flag_its_extent() -> None:
    found = measured("cop_range_ml_m", trial_of({"left": dataclasses.replace(rolling(), note="it drifted")}))
    assert found.doubt == "it drifted"
