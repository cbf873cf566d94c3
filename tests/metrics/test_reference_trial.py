"""The reference trial (gidiel/Dual-DJ-Fz.txt, 1000 Hz, raw) against the values of definitions.md, reference values.

Those were computed independently of this project (20 N, linear interpolation, body weight from the last second).
"""

from __future__ import annotations

import pytest

import landing_lab as ll
from landing_lab.model.result import Result
from reference import require_reference_data
from traces import assert_honest, sd_of, value_of


@pytest.fixture(scope="module")
def reference_trial() -> Result:
    file = require_reference_data() / "force" / "gidiel" / "Dual-DJ-Fz.txt"
    return ll.analyse(ll.read(file, left="FP1", right="FP2", sample_rate_hz=1000))


@pytest.mark.parametrize(("event", "time_s"), [("touchdown", 1.896), ("take_off", 2.1457), ("landing", 2.6321)])
def test_events_within_a_millisecond(reference_trial: Result, event: str, time_s: float) -> None:
    found = reference_trial.events.get(event)
    assert found is not None
    assert found.time_s == pytest.approx(time_s, abs=0.001)


@pytest.mark.parametrize(
    ("name", "value", "tolerance"),
    [
        ("contact_time_s", 0.2497, 0.001),
        ("flight_time_s", 0.4864, 0.001),
        ("jump_height_flight_time_m", 0.290, 0.002),
        ("rsi_flight_time_m_per_s", 1.1615, 0.01 * 1.1615),
        ("flight_contact_ratio", 1.948, 0.01 * 1.948),
        ("peak_force_n", 3100.0, 1.0),
        ("peak_force_bw", 4.66, 0.01),
        ("time_to_peak_force_s", 0.107, 0.001),
        ("drop_height_flight_anchored_m", 0.334, 0.005),
        ("com_depth_m", 0.202, 0.003),
        ("braking_time_s", 0.119, 0.001),
        ("propulsion_time_s", 0.1307, 0.001),
        ("body_weight_n", 665.3, 1.0),
    ],
)
def test_metrics_equal_the_independent_values(
    reference_trial: Result, name: str, value: float, tolerance: float
) -> None:
    assert value_of(reference_trial, name) == pytest.approx(value, abs=tolerance)
    assert abs(value_of(reference_trial, name) - value) < 2 * sd_of(reference_trial, name)


def test_peaks_per_foot(reference_trial: Result) -> None:
    assert value_of(reference_trial, "peak_force_n", "left") == pytest.approx(1559.6, abs=1.0)
    assert value_of(reference_trial, "peak_force_n", "right") == pytest.approx(1621.6, abs=1.0)
    symmetry = reference_trial.first.table.get("limb_symmetry_peak_contact_pct", "left_right")
    assert symmetry is not None
    assert symmetry.value == pytest.approx(96.18, abs=0.5)
    assert symmetry.stronger_side == "right"


def test_two_ways_to_the_drop_height_agree(reference_trial: Result) -> None:
    anchored = value_of(reference_trial, "drop_height_flight_anchored_m")
    assert value_of(reference_trial, "drop_height_reverse_m") == pytest.approx(anchored, abs=0.02)


def test_it_is_a_drop_jump_without_a_doubt(reference_trial: Result) -> None:
    assert_honest(reference_trial)
    assert (reference_trial.task, reference_trial.status, len(reference_trial)) == ("drop_jump", "ok", 1)
    unknown = {row.name for row in reference_trial.first.table if row.status != "ok"}
    # 2.4 s after the landing are recorded, and force alone shows no centre of pressure.
    assert {name for name in unknown if "cop" not in name} == {"time_to_stabilisation_s", "vertical_stability_index"}


def test_the_peak_is_not_stated_better_than_a_plate_can_weigh(reference_trial: Result) -> None:
    assert 6.0 < sd_of(reference_trial, "peak_force_n") < 15.0  # 0.2 % of 3100 N is 6.2 N
    # The scale cancels against body weight; what its steps of 2.8 N leave in body weight (1.2 N) does not.
    assert sd_of(reference_trial, "peak_force_bw") < 1.2 * sd_of(reference_trial, "peak_force_n") / 660.0
    assert sd_of(reference_trial, "body_weight_n") > 0.002 * 660


def test_without_names_the_feet_stay_unknown() -> None:
    file = require_reference_data() / "force" / "gidiel" / "Dual-DJ-Fz.txt"
    result = ll.analyse(ll.read(file, sample_rate_hz=1000))
    sides = {row.side for row in result.first.table}
    assert sides == {"total", "plate_1", "plate_2", "left_right"}
    symmetry = result.first.table.get("limb_symmetry_peak_contact_pct", "left_right")
    assert symmetry is not None
    assert symmetry.stronger_side == "plate_2"
    delay = result.first.table.get("contact_delay_left_right_s", "left_right")
    assert delay is not None
    assert "plate 1 minus plate 2" in delay.method
