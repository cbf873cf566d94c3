"""Impacts of real detection: per foot, in the contact and in the landing, with holes and at the recording's ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

import landing_lab as ll
from jumps import Standing, drop_landing, on_feet
from landing_lab.detect.params import ImpactParams
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import MetricValue, Result
from traces import assert_honest, on_plates, value_of

FEET: tuple[Side, Side] = ("left", "right")


def look(force: FloatArray, *, rate: float = 1000.0) -> Result:
    result = ll.analyse(on_plates(force, sides=FEET, sample_rate_hz=rate))
    assert_honest(result)
    return result


def row_of(result: Result, name: str, side: Side = "total") -> MetricValue:
    row = result.first.table.get(name, side)
    assert row is not None, name
    return row


def forefoot_and_heel(*, first_ms: int = 20, dip_bw: float = 1.0, weight_n: float = 700.0) -> FloatArray:
    """A drop landing with a first peak of 2 and a main peak of 4 body weights at 70 ms."""
    since = np.arange(4000)
    body = np.interp(since, [0, first_ms, first_ms + 12, 70, 160, 400], [0, 2.0, 2.0 - dip_bw, 4.0, 0.7, 1.0])
    return np.concatenate([np.zeros(1000), weight_n * body])


def test_a_first_peak_is_found_in_total_and_on_each_foot() -> None:
    result = look(on_feet(forefoot_and_heel(), left_share=0.6, noise_n=0.3))
    for side, share in (("total", 1.0), ("left", 0.6), ("right", 0.4)):
        event = result.events.get("landing_first_peak", side)
        assert event is not None, side
        assert event.time_s == pytest.approx(1.020, abs=0.0011)
        peak = result.events.get("landing_peak_force", side)
        assert peak is not None
        assert peak.time_s == pytest.approx(1.070, abs=0.0011)
        assert share > 0
    assert value_of(result, "landing_first_peak_force_n") == pytest.approx(1400.0, abs=3)
    assert value_of(result, "landing_peak_force_n") == pytest.approx(2800.0, abs=3)


@pytest.mark.parametrize("dip_bw", [0.0, 0.05])
def test_without_prominence_a_first_peak_is_absent(dip_bw: float) -> None:
    result = look(on_feet(forefoot_and_heel(dip_bw=dip_bw), noise_n=0.3))
    assert result.events.get("landing_first_peak") is None
    assert row_of(result, "landing_first_peak_force_n").value is None
    assert row_of(result, "landing_first_peak_force_n").reason


def test_one_landing_leg_has_an_impact_and_the_other_none() -> None:
    result = look(on_feet(drop_landing(), left_share=1.0, noise_n=0.3))
    assert result.events.get("landing_peak_force", "left") is not None
    assert result.events.get("landing_peak_force", "right") is None


def test_a_hole_at_touchdown_refuses_the_rates_and_keeps_the_peak() -> None:
    force = on_feet(drop_landing(), noise_n=0.3)
    force[1010:1013] = math.nan
    result = look(force)
    assert row_of(result, "landing_loading_rate_20_80_bw_per_s").value is None
    assert row_of(result, "landing_impulse_0_100ms_ns").value is None
    assert value_of(result, "landing_peak_force_bw") == pytest.approx(3.5, abs=0.02)


@pytest.mark.parametrize("after_ms", [30, 60, 90])
def test_a_recording_that_ends_in_the_landing_has_no_window_beyond_its_end(after_ms: int) -> None:
    jump = Standing()
    force = jump.total_n()[: round(1000 * jump.landing_s) + after_ms]
    result = look(on_feet(force, noise_n=0.3))
    assert result.task == "countermovement_jump"
    assert (row_of(result, "landing_impulse_0_50ms_ns").value is None) == (after_ms < 50)
    assert row_of(result, "landing_impulse_0_100ms_ns").value is None
    assert row_of(result, "time_to_stabilisation_s").value is None


@pytest.mark.parametrize("rate", [10.0, 100.0, 199.0, 1000.0, 20_000.0])
def test_windows_never_vanish_and_keep_their_length(rate: float) -> None:
    windows = ImpactParams().at(rate)
    assert windows.slope >= 1
    assert windows.hold >= 1
    assert windows.short == pytest.approx(0.05 * rate)
    assert windows.long == pytest.approx(0.1 * rate)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["first_peak_ms", "slope_ms", "rest_within_bw", "prominence_bw"])
def test_a_window_that_is_none_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ll.LandingLabError, match=name):
        ImpactParams(**{name: value})
