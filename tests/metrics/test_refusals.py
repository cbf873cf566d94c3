"""What cannot be known is refused with its reason."""

from __future__ import annotations

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.errors import ParameterError
from landing_lab.metrics import all_metrics
from landing_lab.model.recording import Recording
from metrics.half_sine import HalfSine
from traces import assert_honest, on_plates, value_of

WITHOUT_INSOLES = [
    name for name, metric in all_metrics().items() if metric.min_rate_hz >= 80.0 and "pressure" not in metric.needs
]


def reason_of(recording: Recording, name: str, side: str = "total", **how: object) -> str:
    result = ll.analyse(recording, **how)  # type: ignore[arg-type]
    assert_honest(result)
    row = result.first.table.get(name, side)  # type: ignore[arg-type]
    assert row is not None
    assert row.value is None
    assert row.sd is None
    return str(row.reason)


@pytest.mark.parametrize(
    "name",
    # Force alone has no centre of pressure at any rate, which is the better reason, and no rows of insoles.
    [name for name in WITHOUT_INSOLES if "cop" not in all_metrics()[name].needs],
)
def test_below_its_rate_a_metric_is_refused(name: str) -> None:
    metric = all_metrics()[name]
    rate = 0.9 * metric.min_rate_hz
    recording = HalfSine().recording(sample_rate_hz=rate, noise_n=1.0)
    side = {"between feet": "left_right"}.get(metric.sides, "total")
    assert (
        reason_of(recording, name, side) == f"needs at least {metric.min_rate_hz:g} Hz; this recording has {rate:g} Hz"
    )


@pytest.mark.parametrize("name", WITHOUT_INSOLES)
def test_at_its_rate_a_metric_is_given(name: str) -> None:
    metric = all_metrics()[name]
    result = ll.analyse(HalfSine().recording(sample_rate_hz=metric.min_rate_hz, noise_n=1.0))
    # A half sine has one peak, its landing does not stop the body, and it says nothing of the centre of pressure.
    absent = ("drop_height_reverse_m", "jump_height_impulse_m", "landing_attenuation_time_s", "time_to_stabilisation_s")
    if name not in absent and "first_peak" not in name and "cop" not in metric.needs:
        value_of(result, name, "left_right" if metric.sides == "between feet" else "total")


def test_body_weight_needs_only_standing() -> None:
    lowest = min(metric.min_rate_hz for metric in all_metrics().values())
    assert all_metrics()["body_weight_n"].min_rate_hz == lowest


def test_one_plate_has_no_sides() -> None:
    total = on_plates(HalfSine().recording().streams["force"].samples.sum(axis=1))
    for name in ("limb_symmetry_peak_0_100ms_pct", "contact_delay_left_right_s"):
        assert "force of each foot" in reason_of(total, name, "left_right")
    assert {row.side for row in ll.analyse(total).first.table} == {"total", "left_right"}


def test_without_standing_or_mass_there_is_no_weight() -> None:
    short = on_plates(HalfSine().recording().streams["force"].samples[:2300], sides=("left", "right"))
    for name in ("body_weight_n", "peak_force_bw", "com_depth_m", "drop_height_flight_anchored_m"):
        assert "body weight is unknown" in reason_of(short, name)


def test_restless_standing_is_no_weight() -> None:
    force = np.array(HalfSine().recording().streams["force"].samples)
    after = np.arange(len(force)) > 2300
    force[after] *= 1.0 + 0.03 * np.sin(np.arange(after.sum()) / 30.0)[:, None]
    assert "body weight is unknown" in reason_of(on_plates(force, sides=("left", "right")), "body_weight_n")


def test_a_weight_that_does_not_fit_refuses_motion() -> None:
    short = on_plates(HalfSine().recording().streams["force"].samples[:2300], sides=("left", "right"))
    assert "do not fit a drop" in reason_of(short, "com_depth_m", mass_kg=200.0)


def test_a_hole_before_standing_refuses_reverse_integration_alone() -> None:
    force = np.array(ll.simulate_drop_jump(2).recording.streams["force"].samples)
    landing = ll.analyse(on_plates(force, sides=("left", "right"))).events.get("landing")
    assert landing is not None
    force[round(1000 * landing.time_s) - 100] = np.nan
    recording = on_plates(force, sides=("left", "right"))
    assert "samples are missing" in reason_of(recording, "drop_height_reverse_m")
    assert value_of(ll.analyse(recording), "drop_height_flight_anchored_m") > 0.1


def test_box_that_does_not_fit_is_said() -> None:
    trial = ll.simulate_drop_jump(2, drop_height_m=0.3)
    fitting, other = (ll.analyse(trial.recording, box_height_m=height_m) for height_m in (0.34, 0.6))
    assert fitting.status == "ok"
    assert other.status == "flagged"
    for name in ("drop_height_flight_anchored_m", "com_depth_m"):
        row = other.first.table.get(name)
        assert row is not None
        assert "off the box of 0.6 m" in str(row.reason)


@pytest.mark.parametrize("task", ["hop", "unknown", "", "DROP_JUMP"])
def test_unknown_tasks_are_refused(task: str) -> None:
    with pytest.raises(ParameterError, match="there is no task"):
        ll.analyse(HalfSine().recording(), task=task)


@pytest.mark.parametrize("box_height_m", [0.0, -1.0, 30.0, float("nan")])
def test_box_heights_in_other_units_are_refused(box_height_m: float) -> None:
    with pytest.raises(ParameterError, match="box_height_m"):
        ll.analyse(HalfSine().recording(), box_height_m=box_height_m)
