"""The stated standard uncertainty covers the error, and grows with what makes a number worse."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.fuse.force_plate import SCALE_SD
from landing_lab.metrics import all_metrics
from landing_lab.model.channels import Side
from landing_lab.model.result import Result
from landing_lab.sim.drop_jump import SimulatedTrial
from metrics.half_sine import GRAVITY, HalfSine
from traces import on_plates, sd_of, value_of

Errors = dict[tuple[str, Side], list[tuple[float, float]]]


def truth_of(trial: SimulatedTrial) -> dict[tuple[str, Side], float]:
    """Truth by name and side, with what follows from it."""
    truth = dict(trial.truth.metrics)
    feet = [truth["peak_force_n", "left"], truth["peak_force_n", "right"]]
    truth["limb_symmetry_peak_contact_pct", "left_right"] = 100.0 * min(feet) / max(feet)
    truth["drop_height_reverse_m", "total"] = trial.body.drop_height_m
    return truth


def errors_of(seeds: range, *, scale_sd: float, sample_rate_hz: float) -> Errors:
    """(error, stated SD) by name and side over simulated force-plate trials.

    scale_sd: every trial is recorded on plates whose scale is off by this, as the stated SD assumes.
    """
    found: Errors = defaultdict(list)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        noise = float(rng.uniform(0.3, 3.0))
        trial = ll.simulate_drop_jump(
            seed, drop_height_m=float(rng.uniform(0.2, 0.5)), noise_n=noise, sample_rate_hz=sample_rate_hz
        )
        force = trial.recording.streams["force"].samples * (1.0 + scale_sd * rng.standard_normal(2))
        result = ll.analyse(on_plates(force, sample_rate_hz=sample_rate_hz, sides=("left", "right")))
        assert (result.task, len(result)) == ("drop_jump", 1), seed
        truth = truth_of(trial)
        for row in result.first.table:
            if (row.name, row.side) in truth and row.value is not None and row.sd is not None:
                found[row.name, row.side].append((row.value - truth[row.name, row.side], row.sd))
    return found


@pytest.fixture(scope="module")
def at_1000_hz() -> Errors:
    return errors_of(range(3000, 3120), scale_sd=SCALE_SD, sample_rate_hz=1000.0)


def covered(errors: list[tuple[float, float]]) -> float:
    return float(np.mean([abs(error) <= 2.0 * sd for error, sd in errors]))


def test_two_sd_cover_nine_in_ten_of_every_metric(at_1000_hz: Errors) -> None:
    assert min(len(errors) for errors in at_1000_hz.values()) >= 100
    poor = {key: covered(errors) for key, errors in at_1000_hz.items() if covered(errors) < 0.9}
    assert not poor


def test_every_drop_jump_metric_of_the_contact_was_compared(at_1000_hz: Errors) -> None:
    compared = {name for name, _ in at_1000_hz}
    others = {"landing_peak_force_n", "landing_peak_force_bw"}  # the simulator states no truth of the second landing
    assert {name for name, metric in all_metrics().items() if "drop_jump" in metric.tasks} - others <= compared


@pytest.mark.parametrize("sample_rate_hz", [100.0, 200.0, 500.0])
def test_two_sd_cover_nine_in_ten_at_lower_rates(sample_rate_hz: float) -> None:
    errors = errors_of(range(4000, 4060), scale_sd=SCALE_SD, sample_rate_hz=sample_rate_hz)
    assert not {key: covered(pairs) for key, pairs in errors.items() if covered(pairs) < 0.9}


@pytest.mark.parametrize(
    ("name", "largest"),
    [
        ("contact_time_s", 0.0012),
        ("flight_time_s", 0.0012),
        ("rsi_flight_time_m_per_s", 0.02),
        ("peak_force_n", 15.0),
        ("body_weight_n", 4.0),
        ("drop_height_flight_anchored_m", 0.03),
    ],
)
def test_the_sd_is_not_bought_by_width(at_1000_hz: Errors, name: str, largest: float) -> None:
    assert np.median([sd for _, sd in at_1000_hz[name, "total"]]) < largest


def mean_sds(**how: float) -> dict[tuple[str, Side], float]:
    """Mean stated SD by name and side over the same athletes."""
    sds: dict[tuple[str, Side], list[float]] = defaultdict(list)
    for seed in range(12):
        result = ll.analyse(ll.simulate_drop_jump(seed, **how).recording)  # type: ignore[arg-type]
        for row in result.first.table:
            if row.sd is not None:
                sds[row.name, row.side].append(row.sd)
    return {key: float(np.mean(values)) for key, values in sds.items()}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"sample_rate_hz": 1000.0}, {"sample_rate_hz": 500.0}),
        ({"sample_rate_hz": 500.0}, {"sample_rate_hz": 250.0}),
        ({"sample_rate_hz": 200.0}, {"sample_rate_hz": 100.0}),
        ({"noise_n": 0.5}, {"noise_n": 3.0}),
    ],
    ids=["1000 to 500 Hz", "500 to 250 Hz", "200 to 100 Hz", "noise"],
)
def test_worse_recordings_do_not_state_smaller_sds(better: dict[str, float], worse: dict[str, float]) -> None:
    good, bad = mean_sds(**better), mean_sds(**worse)
    for key in bad.keys() - WHEN_THEY_STOOD_STILL:
        assert bad[key] >= 0.97 * good[key], key


WHEN_THEY_STOOD_STILL = {("drop_height_reverse_m", "total")}
"""Its SD grows with the time from touchdown to the quietest second, which noise moves either way."""


def test_ratio_sds_equal_monte_carlo() -> None:
    """The take-off edge belongs to contact and flight: its effects on the ratio add."""
    result = ll.analyse(HalfSine(contact_s=0.18).recording(noise_n=2.0))
    rng = np.random.default_rng(5)
    drawn = {}
    for name in ("touchdown", "take_off", "landing"):
        event = result.events.get(name)
        assert event is not None
        drawn[name] = event.time_s + event.sd_s * rng.standard_normal(200_000)
    contact, flight = drawn["take_off"] - drawn["touchdown"], drawn["landing"] - drawn["take_off"]
    for name, values in (
        ("contact_time_s", contact),
        ("flight_time_s", flight),
        ("jump_height_flight_time_m", GRAVITY * flight**2 / 8),
        ("rsi_flight_time_m_per_s", GRAVITY * flight**2 / 8 / contact),
        ("flight_contact_ratio", flight / contact),
    ):
        assert sd_of(result, name) == pytest.approx(float(np.std(values)), rel=0.02), name


def test_sd_of_the_threshold_is_what_moving_it_does() -> None:
    """25 % of 20 N into each edge: contact at 15 and 25 N differs by about twice that part of the SD."""
    from landing_lab.detect.params import ContactParams

    recording = HalfSine(contact_s=0.3, ramp_s=0.1).recording(sample_rate_hz=5000.0)
    low, high = (
        value_of(ll.analyse(recording, params=ContactParams(contact_on_n=level)), "contact_time_s")
        for level in (15.0, 25.0)
    )
    sd = sd_of(ll.analyse(recording), "contact_time_s")
    sampling = 0.29 / 5000 * math.sqrt(2)
    assert math.sqrt(sd**2 - sampling**2) == pytest.approx((low - high) / 2 / math.sqrt(2), rel=0.05)


def scaled_away(result: Result, name: str) -> float:
    return sd_of(result, name) / value_of(result, name)


def test_scale_of_the_plate_enters_newtons_and_cancels_in_ratios() -> None:
    result = ll.analyse(HalfSine().recording())
    assert scaled_away(result, "peak_force_n") >= SCALE_SD
    assert scaled_away(result, "body_weight_n") >= SCALE_SD
    assert scaled_away(result, "peak_force_bw") < SCALE_SD
    symmetry = result.first.table.get("limb_symmetry_peak_contact_pct", "left_right")
    assert symmetry is not None
    assert symmetry.sd is not None
    assert symmetry.value is not None
    assert symmetry.sd / symmetry.value >= math.sqrt(2) * SCALE_SD  # two plates, two scales


def test_scale_does_not_cancel_against_a_typed_mass() -> None:
    shape = HalfSine()
    short = on_plates(shape.recording().streams["force"].samples[:2300], sides=("left", "right"))
    result = ll.analyse(short, mass_kg=shape.weight_n / GRAVITY)
    assert scaled_away(result, "peak_force_bw") > math.hypot(0.01, SCALE_SD) * 0.999
    assert scaled_away(result, "body_weight_n") == pytest.approx(0.01)


def test_peak_between_samples_is_within_the_sd() -> None:
    shape = HalfSine(contact_s=0.12)
    losses, sds = [], []
    for phase in np.linspace(0, 1, 20, endpoint=False):
        late = HalfSine(contact_s=0.12, late_s=float(phase) / 100)
        result = ll.analyse(late.recording(sample_rate_hz=100.0))
        losses.append(shape.amplitude_n - value_of(result, "peak_force_n"))
        sds.append(sd_of(result, "peak_force_n"))
    assert max(losses) > 20.0
    assert all(loss <= sd for loss, sd in zip(losses, sds, strict=True))
