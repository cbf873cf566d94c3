"""Truth against a second computation from the force alone, written as the definitions read."""

import json

import numpy as np
import pytest

from landing_lab.model.blocks import FloatArray
from landing_lab.sim.drop_jump import draw_body
from landing_lab.sim.motion import move
from landing_lab.sim.truth import describe

GRAVITY = 9.80665


def first_time(time: FloatArray, force: FloatArray, level: float, after: float, *, rising: bool) -> float:
    for i in range(int(np.searchsorted(time, after)), len(time)):
        if (force[i] >= level) if rising else (force[i] < level):
            return time[i - 1] + (level - force[i - 1]) / (force[i] - force[i - 1]) * (time[i] - time[i - 1])
    raise AssertionError


@pytest.mark.parametrize("seed", range(5))
def test_truth_is_what_the_force_says(seed: int) -> None:
    body = draw_body(seed)
    motion = move(body)
    metrics = describe(body, motion).metrics
    time, force, weight = motion.time_s, motion.total_n, body.mass_kg * GRAVITY
    touchdown = first_time(time, force, 20.0, 0.1, rising=True)
    take_off = first_time(time, force, 20.0, touchdown + 0.08, rising=False)
    landing = first_time(time, force, 20.0, take_off + 0.05, rising=True)
    inside = (time > touchdown) & (time < take_off)
    peak = force[inside].max()
    low, high = (first_time(time, force, part * peak, touchdown, rising=True) for part in (0.2, 0.8))
    # Velocity from flight, backwards through the contact: knows nothing of the simulated motion.
    loaded = (time >= motion.touchdown_s) & (time < motion.take_off_s)
    speed = motion.take_off_up_m_per_s - np.cumsum((force[loaded] / body.mass_kg - GRAVITY)[::-1] * 1e-4)[::-1]
    lowest = time[loaded][np.argmax(speed >= 0.0)]
    depth = -np.sum(speed[(time[loaded] > touchdown) & (time[loaded] < lowest)]) * 1e-4
    expected = {
        "contact_time_s": take_off - touchdown,
        "flight_time_s": landing - take_off,
        "jump_height_flight_time_m": GRAVITY * (landing - take_off) ** 2 / 8,
        "rsi_flight_time_m_per_s": GRAVITY * (landing - take_off) ** 2 / 8 / (take_off - touchdown),
        "flight_contact_ratio": (landing - take_off) / (take_off - touchdown),
        "peak_force_bw": peak / weight,
        "time_to_peak_force_s": time[inside][np.argmax(force[inside])] - touchdown,
        "loading_rate_20_80_bw_per_s": 0.6 * peak / (high - low) / weight,
        "braking_time_s": lowest - touchdown,
        "propulsion_time_s": take_off - lowest,
        "com_depth_m": depth,
        "drop_height_flight_anchored_m": speed[0] ** 2 / 2 / GRAVITY,
    }
    for name, value in expected.items():
        assert metrics[name, "total"] == pytest.approx(value, rel=0.003), name


def test_limb_symmetry_is_of_peaks_in_the_first_tenth() -> None:
    body = draw_body(3)
    motion = move(body)
    truth = describe(body, motion)
    start = truth.events["touchdown", "total"]
    early = (motion.time_s >= start) & (motion.time_s <= start + 0.1)
    peaks = sorted(motion.feet_n[early].max(axis=0))
    assert truth.metrics["limb_symmetry_peak_0_100ms_pct", "left_right"] == pytest.approx(
        100 * peaks[0] / peaks[1], rel=1e-3
    )


def test_threshold_events_lie_just_inside_the_zero_force_events() -> None:
    truth = describe(body := draw_body(5), move(body))
    for name, inward in (("touchdown", 1), ("take_off", -1), ("landing", 1)):
        for side in ("total", "left", "right"):
            gap = inward * (truth.threshold_times_s[name, side] - truth.zero_force_times_s[name, side])
            assert 0.0 <= gap < 0.025, (name, side)


def test_truth_is_plain_json() -> None:
    body = draw_body(2)
    loaded = json.loads(json.dumps(describe(body, move(body)).shifted(3.0).as_dict()))
    assert {"name", "side", "value"} == set(loaded["metrics"][0])
    assert loaded["facts"]["step_off_at_s"] > 3.0
