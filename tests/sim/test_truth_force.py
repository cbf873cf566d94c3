"""Peaks, rates, impulses, symmetry and rest of the truth against plain loops over the same force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.drop_jump import draw_jump
from landing_lab.sim.motion import Motion
from landing_lab.sim.truth import DropJumpTruth, describe

GRAVITY = 9.80665
STEP_S = 1e-4
SIDES = ("total", "left", "right")
WITH_FIRST_PEAK, WITHOUT = 3003, 1


@dataclass(frozen=True)
class Jump:
    body: DropJumpBody
    motion: Motion
    truth: DropJumpTruth

    @property
    def weight_n(self) -> float:
        return self.body.mass_kg * GRAVITY

    def force_n(self, side: str) -> np.ndarray:
        return self.motion.total_n if side == "total" else self.motion.feet_n[:, SIDES.index(side) - 1]

    def rows(self, start_s: float, stop_s: float) -> range:
        """Rows of the 10 kHz grid between two times."""
        return range(int(np.ceil(start_s / STEP_S - 1e-6)), int(np.floor(stop_s / STEP_S + 1e-6)) + 1)

    def span_s(self, side: str, where: str) -> tuple[float, float]:
        at = self.truth.threshold_times_s
        if where == "":
            return at["touchdown", side], at["take_off", side]
        return at["landing", side], float(self.motion.time_s[-1])


@pytest.fixture(scope="module", params=[WITH_FIRST_PEAK, WITHOUT, 7])
def jump(request: pytest.FixtureRequest) -> Jump:
    body, motion = draw_jump(request.param, {"foot_strike": "heel" if request.param == WITH_FIRST_PEAK else "forefoot"})
    return Jump(body, motion, describe(body, motion))


def highest(jump: Jump, side: str, where: str) -> tuple[int, float]:
    """Row and force of the maximum, by a loop."""
    force, best = jump.force_n(side), -1
    for row in jump.rows(*jump.span_s(side, where)):
        if best < 0 or force[row] > force[best]:
            best = row
    return best, float(force[best])


@pytest.mark.parametrize("where", ["", "landing_"])
@pytest.mark.parametrize("side", SIDES)
def test_peaks_are_the_highest_force_and_when_it_was(jump: Jump, side: str, where: str) -> None:
    row, peak_n = highest(jump, side, where)
    metrics, start_s = jump.truth.metrics, jump.span_s(side, where)[0]
    assert metrics[f"{where}peak_force_n", side] == pytest.approx(peak_n)
    assert metrics[f"{where}peak_force_bw", side] == pytest.approx(peak_n / jump.weight_n)
    assert jump.truth.events[f"{where}peak_force", side] == pytest.approx(row * STEP_S)
    time_name = "landing_loading_time_s" if where else "time_to_peak_force_s"
    assert metrics[time_name, side] == pytest.approx(row * STEP_S - start_s)


@pytest.mark.parametrize("where", ["", "landing_"])
def test_loading_rates_are_rises_over_times(jump: Jump, where: str) -> None:
    row, peak_n = highest(jump, "total", where)
    force, start_s = jump.motion.total_n, jump.span_s("total", where)[0]
    greatest = max(force[i] - force[i - 50] for i in jump.rows(start_s + 0.005, row * STEP_S)) / 0.005
    low = next(i for i in jump.rows(start_s, row * STEP_S) if force[i] >= 0.2 * peak_n) * STEP_S
    high = next(i for i in jump.rows(start_s, row * STEP_S) if force[i] >= 0.8 * peak_n) * STEP_S
    for name, value in (
        ("mean", peak_n / (row * STEP_S - start_s)),
        ("20_80", 0.6 * peak_n / (high - low)),
        ("max", greatest),
    ):
        key = (f"{where}loading_rate_{name}_bw_per_s", "total")
        assert jump.truth.metrics[key] == pytest.approx(value / jump.weight_n, rel=0.01), key  # 0.1 ms of 10 ms


@pytest.mark.parametrize("where", ["", "landing_"])
@pytest.mark.parametrize("side", SIDES)
def test_early_impulses_are_sums_of_force_from_the_touchdown_of_that_side(jump: Jump, side: str, where: str) -> None:
    start_s = jump.span_s(side, where)[0]
    for name, width_s in (("0_50ms", 0.05), ("0_100ms", 0.1)):
        rows = jump.rows(start_s, start_s + width_s)
        total = sum(float(jump.force_n(side)[i]) for i in rows) * STEP_S
        assert jump.truth.metrics[f"{where}impulse_{name}_ns", side] == pytest.approx(total, rel=0.005)


@pytest.mark.parametrize("where", ["", "landing_"])
@pytest.mark.parametrize("side", SIDES)
def test_a_first_peak_is_a_maximum_from_which_force_falls_by_a_tenth_of_body_weight(
    jump: Jump, side: str, where: str
) -> None:
    force, (start_s, _) = jump.force_n(side), jump.span_s(side, where)
    top = highest(jump, side, where)[0]
    best, first = -1, -1
    for row in jump.rows(start_s, top * STEP_S):
        if best < 0 or force[row] > force[best]:
            best = row
        elif force[best] - force[row] >= 0.1 * jump.weight_n:
            first = best if best * STEP_S - start_s <= 0.06 else -1
            break
    key = (f"{where}first_peak", side)
    assert (key in jump.truth.events) == (first >= 0)
    if first >= 0:
        assert jump.truth.events[key] == pytest.approx(first * STEP_S)  # type: ignore[index]
    if side == "total":
        force_key, time_key = (f"{where}first_peak_force_n", side), (f"{where}first_peak_time_s", side)
        if first < 0:
            assert {force_key, time_key} <= jump.truth.absent
            assert not {force_key, time_key} & jump.truth.metrics.keys()
        else:
            assert jump.truth.metrics[force_key] == pytest.approx(force[first])
            assert jump.truth.metrics[time_key] == pytest.approx(first * STEP_S - start_s)


def test_first_peaks_are_there_and_not_there() -> None:
    heel, soft = (describe(*draw_jump(seed, {"foot_strike": strike})) for seed, strike in ((3003, "heel"), (1, None)))
    assert ("first_peak", "total") in heel.events
    assert ("first_peak_force_n", "total") in soft.absent
    assert {"name": "first_peak_time_s", "side": "total"} in soft.as_dict()["absent"]  # type: ignore[operator]


def test_attenuation_ends_at_the_first_valley(jump: Jump) -> None:
    top, _ = highest(jump, "total", "landing_")
    force, lowest, key = jump.motion.total_n, top, ("landing_attenuation_time_s", "total")
    for row in range(top, len(force)):
        if force[row] < force[lowest]:
            lowest = row
        elif force[row] - force[lowest] >= 0.1 * jump.weight_n:
            assert jump.truth.metrics[key] == pytest.approx((lowest - top) * STEP_S)
            return
    assert key in jump.truth.absent


def test_rest_is_entered_where_force_stays_near_body_weight_for_a_second(jump: Jump) -> None:
    force, landing_s = jump.motion.total_n, jump.truth.events["landing", "total"]
    run, entry = 0, None
    for row in jump.rows(landing_s, float(jump.motion.time_s[-1])):
        run = run + 1 if abs(force[row] - jump.weight_n) <= 0.05 * jump.weight_n else 0
        if run == 10_000:
            entry = row - run + 1
            break
    assert entry is not None
    assert jump.truth.metrics["time_to_stabilisation_s", "total"] == pytest.approx(entry * STEP_S - landing_s, abs=1e-3)
    off = [(force[row] / jump.weight_n - 1.0) ** 2 for row in jump.rows(landing_s, landing_s + 3.0)]
    index = (sum(off) / len(off)) ** 0.5
    assert jump.truth.metrics["vertical_stability_index", "total"] == pytest.approx(index, rel=1e-3)


def test_a_landing_recorded_for_less_than_3_s_has_no_truth_of_its_rest() -> None:
    body, motion = draw_jump(2, {})
    cut = int(np.searchsorted(motion.time_s, motion.landing_s + 2.9))
    parts = {name: getattr(motion, name) for name in motion.__slots__}
    for name in ("time_s", "feet_n", "com_height_m", "com_up_m_per_s"):
        parts[name] = parts[name][:cut]
    truth = describe(body, Motion(**parts))
    assert not {("time_to_stabilisation_s", "total"), ("vertical_stability_index", "total")} & truth.metrics.keys()
    assert ("stabilised", "total") not in truth.events


def test_symmetry_is_smaller_over_larger_in_every_window(jump: Jump) -> None:
    at, lowest_s = jump.truth.events, jump.motion.lowest_s
    down, off, landing = (at[name, "total"] for name in ("touchdown", "take_off", "landing"))
    windows = {
        "limb_symmetry_{}_0_100ms_pct": (down, down + 0.1),
        "limb_symmetry_{}_braking_pct": (down, lowest_s),
        "limb_symmetry_{}_propulsion_pct": (lowest_s, off),
        "landing_limb_symmetry_{}_0_100ms_pct": (landing, landing + 0.1),
        "limb_symmetry_{}_landing_pct": (landing, landing + 0.3),
    }
    metrics = jump.truth.metrics
    for name, (start_s, stop_s) in windows.items():
        feet = [[float(jump.force_n(side)[row]) for row in jump.rows(start_s, stop_s)] for side in ("left", "right")]
        for variable, values in (("peak", [max(foot) for foot in feet]), ("impulse", [sum(foot) for foot in feet])):
            key = name.format(variable)
            if key == "landing_limb_symmetry_impulse_0_100ms_pct":
                continue  # no metric of that name
            assert metrics[key, "left_right"] == pytest.approx(100 * min(values) / max(values), rel=0.003), key
    peaks = [highest(jump, side, "")[1] for side in ("left", "right")]
    assert metrics["limb_symmetry_peak_contact_pct", "left_right"] == pytest.approx(100 * min(peaks) / max(peaks))


def test_spring_power_and_stiffness_follow_from_force_and_motion(jump: Jump) -> None:
    motion, metrics = jump.motion, jump.truth.metrics
    start_s, stop_s = jump.span_s("total", "")
    rows = jump.rows(start_s, stop_s)
    force = [float(motion.total_n[row]) for row in rows]
    height = [float(motion.com_height_m[row]) for row in rows]
    mean_n, mean_m = sum(force) / len(force), sum(height) / len(height)
    cov = sum((f - mean_n) * (h - mean_m) for f, h in zip(force, height, strict=True))
    square = sum((f - mean_n) ** 2 for f in force) * sum((h - mean_m) ** 2 for h in height)
    spring_r = cov / square**0.5
    assert metrics["spring_correlation", "total"] == pytest.approx(spring_r, abs=1e-3)
    power = max(float(motion.total_n[row] * motion.com_up_m_per_s[row]) for row in rows) / jump.body.mass_kg
    assert metrics["peak_power_w_per_kg", "total"] == pytest.approx(power, rel=1e-3)
    braking = max(float(motion.total_n[row]) for row in jump.rows(start_s, motion.lowest_s))
    pushing = max(float(motion.total_n[row]) for row in jump.rows(motion.lowest_s, stop_s))
    ratio = metrics["peak_braking_to_propulsive_force_ratio", "total"]
    assert ratio == pytest.approx(braking / pushing, rel=1e-3)
    key = ("vertical_stiffness_peak_kn_per_m", "total")
    if spring_r > -0.8:
        assert key in jump.truth.absent
    else:
        assert metrics[key] == pytest.approx(braking / (height[0] - min(height)) / 1000, rel=0.005)
    net = sum(f - jump.weight_n for f in force) * STEP_S
    assert metrics["braking_impulse_ns", "total"] + metrics["propulsion_impulse_ns", "total"] == pytest.approx(
        net, rel=0.005
    )


def test_a_truth_of_every_foot_moves_with_its_time_base(jump: Jump) -> None:
    moved = jump.truth.shifted(2.0)
    assert moved.absent == jump.truth.absent
    assert moved.metrics == jump.truth.metrics
    for key, time_s in jump.truth.events.items():
        assert moved.events[key] == pytest.approx(time_s + 2.0)
