"""Each metric against a formula or a plain-Python computation that shares nothing with it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.model.result import Result
from metrics.half_sine import GRAVITY, HalfSine
from traces import assert_honest, on_plates, sd_of, value_of

SHAPES = [
    HalfSine(),
    HalfSine(weight_n=520.0, contact_s=0.16, flight_s=0.55, left_share=0.5),
    HalfSine(weight_n=980.0, contact_s=0.35, flight_s=0.40, left_share=0.3, late_s=0.0007),
]


@pytest.fixture(scope="module", params=SHAPES, ids=["usual", "stiff", "slow and lopsided"])
def jump(request: pytest.FixtureRequest) -> tuple[HalfSine, Result]:
    shape: HalfSine = request.param
    result = ll.analyse(shape.recording())
    assert_honest(result)
    assert result.task == "drop_jump"
    return shape, result


def test_times(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    contact, flight = shape.measured_contact_s, shape.measured_flight_s
    assert value_of(result, "contact_time_s") == pytest.approx(contact, abs=2e-5)
    assert value_of(result, "flight_time_s") == pytest.approx(flight, abs=2e-5)
    assert value_of(result, "jump_height_flight_time_m") == pytest.approx(GRAVITY * flight**2 / 8, abs=2e-5)
    assert value_of(result, "rsi_flight_time_m_per_s") == pytest.approx(GRAVITY * flight**2 / 8 / contact, rel=2e-4)
    assert value_of(result, "flight_contact_ratio") == pytest.approx(flight / contact, rel=2e-4)


def test_each_foot_has_its_own_edges(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    on = {
        side: shape.contact_s / math.pi * math.asin(20.0 / (share * shape.amplitude_n))
        for side, share in (("left", shape.left_share), ("right", 1 - shape.left_share))
    }
    for side in ("left", "right"):
        assert value_of(result, "contact_time_s", side) == pytest.approx(shape.contact_s - 2 * on[side], abs=3e-5)  # type: ignore[arg-type]
    delay = value_of(result, "contact_delay_left_right_s", "left_right")
    assert delay == pytest.approx(on["left"] - on["right"], abs=3e-5)


def test_forces(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    peak = shape.amplitude_n
    assert value_of(result, "body_weight_n") == pytest.approx(shape.weight_n, rel=1e-9)
    assert value_of(result, "peak_force_n") == pytest.approx(peak, rel=1e-4)
    assert value_of(result, "peak_force_bw") == pytest.approx(peak / shape.weight_n, rel=1e-4)
    assert value_of(result, "peak_force_n", "left") == pytest.approx(shape.left_share * peak, rel=1e-4)
    assert value_of(result, "peak_force_n", "right") == pytest.approx((1 - shape.left_share) * peak, rel=1e-4)
    assert value_of(result, "landing_peak_force_n") == pytest.approx(shape.weight_n, rel=1e-9)
    assert value_of(result, "landing_peak_force_bw") == pytest.approx(1.0, rel=1e-9)
    to_peak = shape.contact_s / 2 - shape.edge_s
    assert value_of(result, "time_to_peak_force_s") == pytest.approx(to_peak, abs=0.00051)


def test_loading_rate(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    span = shape.contact_s / math.pi * (math.asin(0.8) - math.asin(0.2))
    expected = 0.6 * shape.amplitude_n / shape.weight_n / span
    assert value_of(result, "loading_rate_20_80_bw_per_s") == pytest.approx(expected, rel=1e-3)


def test_symmetry(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    low, high = sorted([shape.left_share, 1 - shape.left_share])
    for name in ("limb_symmetry_peak_0_100ms_pct", "limb_symmetry_peak_contact_pct"):
        assert value_of(result, name, "left_right") == pytest.approx(100 * low / high, rel=1e-9)


def test_motion(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    velocity, braking, depth = shape.motion()
    assert value_of(result, "drop_height_flight_anchored_m") == pytest.approx(velocity**2 / (2 * GRAVITY), rel=3e-4)
    assert value_of(result, "braking_time_s") == pytest.approx(braking, abs=5e-5)
    assert value_of(result, "propulsion_time_s") == pytest.approx(shape.measured_contact_s - braking, abs=5e-5)
    assert value_of(result, "com_depth_m") == pytest.approx(depth, abs=1e-4)


def test_drop_height_from_quiet_standing() -> None:
    # The landing of the half sine does not stop the body; here an impact of 3 BW that does, exactly.
    shape = HalfSine()
    weight, flight = shape.weight_n, shape.flight_s
    recording = shape.recording()
    total = np.array(recording.streams["force"].samples.sum(axis=1))
    landing = round((shape.empty_s + shape.contact_s + shape.flight_s) * 1000)
    n = round(flight / 4 * 1000)  # g flight / 2 is stopped by 2 BW of net force in flight / 4 seconds
    total[landing : landing + n] = 3 * weight
    total[landing + n :] = weight
    total[landing], total[landing + n] = 1.5 * weight, 2 * weight  # a step at a sample, as trapezoids see it
    result = ll.analyse(on_plates(total))
    # At the threshold the body has fallen freely, but for the impulse of the 20 N, for edge_s longer.
    velocity = GRAVITY * (flight / 2 + shape.edge_s * (1 - 10.0 / weight))
    assert value_of(result, "drop_height_reverse_m") == pytest.approx(velocity**2 / (2 * GRAVITY), rel=3e-4)
    assert value_of(result, "drop_height_flight_anchored_m") == pytest.approx(velocity**2 / (2 * GRAVITY), rel=0.01)


@pytest.mark.parametrize("sample_rate_hz", [100.0, 250.0, 1000.0])
def test_times_lie_within_their_sd_at_every_sampling_phase(sample_rate_hz: float) -> None:
    inside = []
    for phase in np.linspace(0, 1, 25, endpoint=False):
        shape = HalfSine(late_s=float(phase) / sample_rate_hz)
        result = ll.analyse(shape.recording(sample_rate_hz=sample_rate_hz, noise_n=1.0, seed=round(100 * phase)))
        for name, truth in (
            ("contact_time_s", shape.measured_contact_s),
            ("flight_time_s", shape.measured_flight_s),
            ("flight_contact_ratio", shape.measured_flight_s / shape.measured_contact_s),
        ):
            inside.append(abs(value_of(result, name) - truth) <= 2 * sd_of(result, name))
    # The corners of a half sine are sharper than any body's: interpolation is early at one and late at the other.
    assert np.mean(inside) >= 0.85


def test_window_of_100_ms_is_not_the_whole_contact() -> None:
    # Left is strong early, right is strong late: the window decides who is stronger.
    shape = HalfSine(contact_s=0.3)
    recording = shape.recording()
    total = recording.streams["force"].samples.sum(axis=1)
    since = np.arange(len(total)) / 1000 - shape.empty_s
    left = np.where(since < 0.105, 0.6, 0.3) * total
    result = ll.analyse(on_plates(np.column_stack([left, total - left]), sides=("left", "right")))
    early = result.first.table.get("limb_symmetry_peak_0_100ms_pct", "left_right")
    whole = result.first.table.get("limb_symmetry_peak_contact_pct", "left_right")
    assert early is not None
    assert whole is not None
    assert early.stronger_side == "left"
    assert early.value == pytest.approx(100 * 0.4 / 0.6, rel=1e-6)
    assert whole.stronger_side == "right"


def test_events_of_every_edge_in_order(jump: tuple[HalfSine, Result]) -> None:
    shape, result = jump
    times = {event.name: event.time_s for event in result.events if event.side == "total"}
    start = shape.empty_s + shape.late_s
    assert times["touchdown"] == pytest.approx(start + shape.edge_s, abs=2e-5)
    assert times["take_off"] == pytest.approx(start + shape.contact_s - shape.edge_s, abs=2e-5)
    order = [name for name in times if name in ("touchdown", "take_off", "landing", "landing_peak_force")]
    assert order == ["touchdown", "take_off", "landing", "landing_peak_force"]
    for name in ("peak_force", "lowest_point"):
        assert times["touchdown"] < times[name] < times["take_off"]
    phases = [phase for phase in result.phases if phase.side == "total"]
    assert [phase.name for phase in phases][:5] == ["braking", "propulsion", "flight", "landing", "loading"]
    assert all(phases[i].stop_s == phases[i + 1].start_s for i in range(3))
