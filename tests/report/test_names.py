from __future__ import annotations

import pytest

from landing_lab.metrics import all_metrics
from landing_lab.report.names import (
    FAMILY_LABELS,
    METRIC_LABELS,
    QUALITY_LABELS,
    event_label,
    metric_label,
    one_line,
    phase_label,
    quality_label,
    side_label,
    status_label,
    task_label,
)

DEFINED = [
    "body_weight_n",
    "contact_time_s",
    "flight_time_s",
    "jump_height_flight_time_m",
    "jump_height_impulse_m",
    "rsi_flight_time_m_per_s",
    "flight_contact_ratio",
    "peak_force_n",
    "peak_force_bw",
    "time_to_peak_force_s",
    "first_peak_force_n",
    "first_peak_time_s",
    "loading_rate_mean_bw_per_s",
    "loading_rate_20_80_bw_per_s",
    "loading_rate_max_bw_per_s",
    "impulse_0_50ms_ns",
    "impulse_0_100ms_ns",
    "drop_height_flight_anchored_m",
    "drop_height_reverse_m",
    "braking_time_s",
    "propulsion_time_s",
    "braking_impulse_ns",
    "propulsion_impulse_ns",
    "com_depth_m",
    "vertical_stiffness_peak_kn_per_m",
    "vertical_stiffness_dalleau_kn_per_m",
    "peak_braking_to_propulsive_force_ratio",
    "spring_correlation",
    "peak_power_w_per_kg",
    "time_to_stabilisation_s",
    "vertical_stability_index",
    "landing_peak_force_bw",
    "landing_loading_time_s",
    "landing_attenuation_time_s",
    "contact_delay_left_right_s",
    "limb_symmetry_peak_0_100ms_pct",
    "cop_path_m",
    "cop_range_ml_m",
]


@pytest.mark.parametrize("name", DEFINED)
def test_every_defined_metric_has_a_label_in_words(name: str) -> None:
    assert metric_label(name) != name
    assert "_" not in metric_label(name)


def test_every_metric_the_lab_computes_has_a_label() -> None:
    unlabelled = [name for name in all_metrics() if metric_label(name) == name]
    assert not unlabelled


def test_labels_tell_metrics_apart() -> None:
    assert len(set(METRIC_LABELS.values())) == len(METRIC_LABELS)


def test_unknown_names_stay_as_they_are() -> None:
    for label in (metric_label, event_label, phase_label, side_label, status_label, task_label):
        assert label("not_known_yet") == "not_known_yet"


@pytest.mark.parametrize("name", ["limb_symmetry_mean_force_braking_pct", "landing_impulse_0_50ms_ns"])
def test_variants_of_known_quantities_are_words_too(name: str) -> None:
    assert "_" not in metric_label(name)


def test_checks_of_the_signal_are_named_in_words_without_their_unit() -> None:
    for name in QUALITY_LABELS:
        assert "_" not in quality_label(name)
    assert quality_label("some_new_check_hz") == "some new check"
    assert quality_label("another_check_n") == "another check"


def test_every_family_of_metrics_has_a_heading() -> None:
    families = {metric.compute.__module__.rpartition(".")[2] for metric in all_metrics().values()}
    without = [family for family in families if family.removesuffix("_metrics") not in FAMILY_LABELS]
    assert not without, "give the new family a heading in report/names.py FAMILY_LABELS"


def test_landing_and_stronger_side_variants_are_derived() -> None:
    assert metric_label("landing_loading_rate_max_bw_per_s") == "landing: loading rate, maximum over 5 ms"
    assert metric_label("limb_symmetry_peak_0_100ms_stronger_side").endswith(": stronger side")
    assert metric_label("x_stronger_side") == "x_stronger_side"


def test_one_line_removes_controls_and_shortens_in_the_middle() -> None:
    assert one_line("a\x1b[31mb\nc") == "a [31mb c"
    short = one_line("abcdefghij" * 10, 21)
    assert len(short) == 21
    assert short.startswith("abc")
    assert short.endswith("hij")
    assert one_line("abc", 3) == "abc"
