"""Force-plate recordings as the detector sees them: re-zeroed, summed, without what cannot be force."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.fuse.force_plate import MAX_FORCE_N, SCALE_SD, signals_from_plate
from landing_lab.fuse.sources import signals_of
from traces import on_plates


def test_sum_offset_and_noise() -> None:
    rng = np.random.default_rng(2)
    force = np.zeros((6000, 2))
    force[3000:] = [300.0, 400.0]
    recording = on_plates(force + np.array([12.0, -7.0]) + rng.normal(0, 1.0, force.shape), sides=("left", "right"))
    signals = signals_of(recording)
    assert not isinstance(signals, str)
    assert signals.offset_n == {
        "total": pytest.approx(5.0, abs=0.2),
        "left": pytest.approx(12.0, abs=0.1),
        "right": pytest.approx(-7.0, abs=0.1),
    }
    assert signals.noise_n["total"] == pytest.approx(2**0.5, rel=0.05)
    np.testing.assert_allclose(signals.force_n["total"], signals.force_n["left"] + signals.force_n["right"], atol=1e-9)
    assert signals.force_n["total"][3000:].mean() == pytest.approx(700.0, abs=0.2)
    assert signals.scale_sd_fraction == SCALE_SD == 0.002
    assert "re-zeroed on" in signals.source


def test_impossible_readings_are_missing_and_said() -> None:
    force = np.zeros(2000)
    force[[10, 20, 30]] = [np.inf, -1e300, 1.01 * MAX_FORCE_N]
    force[40] = 11_000.0
    signals = signals_from_plate(on_plates(force).streams["force"])
    assert np.flatnonzero(np.isnan(signals.force_n["total"])).tolist() == [10, 20, 30]
    assert signals.force_n["total"][40] == 11_000.0
    assert "without 3 readings beyond 100000 N" in signals.source


def test_never_unloaded_is_said() -> None:
    signals = signals_from_plate(on_plates(np.full(3000, 700.0)).streams["force"])
    assert "never unloaded, so not re-zeroed" in signals.source
    assert signals.force_n["total"][0] == 700.0
