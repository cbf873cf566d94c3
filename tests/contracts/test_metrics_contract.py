"""One rule over all metrics: names, units, sources, needs, and a row for each in every analysis."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

import landing_lab as ll
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.metrics import _registry, all_metrics
from landing_lab.metrics._registry import Estimate, Metric, Need, Sides, metric
from landing_lab.model.result import METRIC_COLUMNS, Task
from landing_lab.model.units import UNIT_SUFFIX
from traces import assert_honest

DEFINITIONS = Path(__file__).parents[2] / "docs" / "metrics.md"
METRICS = list(all_metrics().values())
BY_NAME = {metric.name: metric for metric in METRICS}
FORCE_PLATE_METRICS = [metric for metric in METRICS if "pressure" not in metric.needs]


@pytest.mark.parametrize("one", METRICS, ids=BY_NAME)
def test_a_metric_says_everything_about_itself(one: Metric) -> None:
    assert one.unit in UNIT_SUFFIX
    assert one.name.endswith(UNIT_SUFFIX[one.unit])
    assert one.source.strip()
    assert "shared/" not in one.source, "users cannot open it"
    assert one.compute.__doc__
    assert one.method == one.compute.__doc__.strip().splitlines()[0].rstrip(".")
    assert len(one.method) > 5
    assert one.compute.__name__ == one.name
    assert one.tasks
    assert set(one.tasks) <= set(get_args(Task))
    assert set(one.needs) <= set(get_args(Need))
    assert one.sides in get_args(Sides)
    assert one.min_rate_hz > 0
    assert one.compute.__module__.endswith("_metrics")


@pytest.mark.parametrize("one", METRICS, ids=BY_NAME)
def test_a_ratio_or_a_unit_but_never_neither(one: Metric) -> None:
    longest = max(
        (suffix for suffix in UNIT_SUFFIX.values() if suffix and one.name.endswith(suffix)), key=len, default=""
    )
    assert UNIT_SUFFIX[one.unit] == longest, "the name ends on the suffix of another unit"


@pytest.mark.parametrize("name", BY_NAME)
def test_a_metric_is_defined_for_users(name: str) -> None:
    assert f"`{name}`" in DEFINITIONS.read_text(encoding="utf-8")


def test_no_two_metrics_share_a_name() -> None:
    assert len(BY_NAME) == len(METRICS) == len(_registry.METRICS)


@pytest.mark.parametrize(("unit", "message"), [("N", "must end on '_n'"), ("s", "must end on '_s'")])
def test_a_name_without_its_unit_is_not_accepted(unit: str, message: str) -> None:
    def nameless(_trial: object, _side: object) -> Estimate:
        raise NotImplementedError

    with pytest.raises(AssertionError, match=message):
        metric(unit=unit, needs=(), source="nobody")(nameless)
    assert "nameless" not in _registry.METRICS


def test_a_name_is_taken_once() -> None:
    with pytest.raises(AssertionError, match="declared twice"):
        metric(unit="s", needs=(), source="nobody")(BY_NAME["contact_time_s"].compute)


def test_every_metric_of_a_task_has_its_rows() -> None:
    result = ll.analyse(ll.simulate_drop_jump(1).recording)
    assert_honest(result)
    expected = []
    for one in FORCE_PLATE_METRICS:
        sides = {"total": ["total"], "feet": ["left", "right"], "between feet": ["left_right"]}.get(
            one.sides, ["total", "left", "right"]
        )
        expected += [(one.name, side) for side in sides]
    assert [(row.name, row.side) for row in result.first.table] == expected
    for row in result.first.table:
        assert row.method.startswith(BY_NAME[row.name].method)
        assert row.unit == BY_NAME[row.name].unit


def test_metrics_of_insoles_have_rows_where_there_are_insoles() -> None:
    result = ll.analyse(recording_from_raw(raw_of(scene_of(3))))
    assert_honest(result)
    found = {(row.name, row.side) for row in result.first.table}
    for one in METRICS:
        if "pressure" in one.needs:
            sides = ("left_right",) if one.sides == "between feet" else ("left", "right")
            assert {(one.name, side) for side in sides} <= found
    assert sum("exploratory" in note for note in result.first.notes) == 1, "said once of a table, not in every row"
    assert not any("exploratory" in (row.reason or "") for row in result.first.table)


def test_thresholds_and_rates_stand_beside_the_numbers() -> None:
    result = ll.analyse(ll.simulate_drop_jump(1).recording)
    for row in result.first.table:
        if {"timing", "force"} & set(BY_NAME[row.name].needs):
            assert "threshold 20 N at 1000 Hz" in row.method
    settings = result.first.settings
    assert settings["contact_on_n"] == 20.0
    assert settings["threshold_total_n"] == 20.0
    assert settings["gravity_m_per_s2"] == 9.80665


def test_only_metrics_of_the_task_are_listed() -> None:
    recording = ll.simulate_drop_jump(1).recording
    names = {row.name for row in ll.analyse(recording, task="squat_jump").first.table}
    assert names == {one.name for one in FORCE_PLATE_METRICS if "squat_jump" in one.tasks}
    assert "contact_time_s" not in names


def test_the_data_frame_is_the_table() -> None:
    result = ll.analyse(ll.simulate_drop_jump(1).recording)
    frame = result.metrics
    assert list(frame.columns) == [*METRIC_COLUMNS, "index"]
    assert len(frame) == len(result.first.table)
    assert frame.set_index(["name", "side"]).loc[("contact_time_s", "total"), "unit"] == "s"
