"""Pictures and tables of reliability and contrasts: what stands in them, and that nothing lies on top of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import landing_lab as ll
from landing_lab.analysis.contrasts import Contrast, compare_conditions
from landing_lab.analysis.reliability.study import ReliabilityStudy
from landing_lab.errors import ParameterError
from landing_lab.report.contrast_figure import contrast_figure
from landing_lab.report.contrast_table import interval, p_text
from landing_lab.report.reliability_figure import bland_altman_figure, icc_forest_figure
from landing_lab.report.reliability_page import write_reliability_report
from landing_lab.report.reliability_table import first_metrics, reliability_line
from made_dataset import USUAL, make_dataset


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "data"
    people = [f"P{i:02d}" for i in range(11)]
    make_dataset(
        folder, seed=1, participants=people, conditions=("shod", "arch_support"), metrics=USUAL[:3] + USUAL[-2:-1]
    )
    return folder


@pytest.fixture(scope="module")
def study(folder: Path) -> ReliabilityStudy:
    return ll.reliability(ll.read_trials(folder))


@pytest.fixture(scope="module")
def shift(folder: Path) -> Contrast:
    return compare_conditions(ll.read_trials(folder), "medial_shift_mm", "left", "shod", "arch_support")


def texts(figure: Any) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts] + [axes.get_xlabel(), axes.get_ylabel()]
    return [text for text in found if text]


def overlapping(figure: Any) -> list[tuple[str, str]]:
    renderer = figure.canvas.get_renderer()
    shown = [text for text in [*figure.texts, *(t for axes in figure.axes for t in axes.texts)] if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown]
    return [
        (one, two)
        for i, (one, first) in enumerate(boxes)
        for two, second in boxes[i + 1 :]
        if first.overlaps(second) and min(first.x1, second.x1) - max(first.x0, second.x0) > 2
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 2
    ]  # fmt: skip


def test_forest_has_a_row_and_an_interval_per_metric(study: ReliabilityStudy) -> None:
    figure = icc_forest_figure(list(study.metrics))
    said = texts(figure)
    assert sum(" to " in text for text in said) == len(study.metrics)
    assert "contact time, total" in said
    assert "ICC of the mean of 5 trials, with 95 % interval" in said
    assert overlapping(figure) == []


def test_bland_altman_draws_an_athlete_a_point_and_both_limits(study: ReliabilityStudy) -> None:
    one = study.get("medial_shift_mm", "left")
    assert one is not None
    figure = bland_altman_figure(one)
    points = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert len(points.get_xdata()) == 11
    said = texts(figure)
    assert sum("95 % of single trials" in text for text in said) == 2
    assert sum("95 % of means" in text for text in said) == 2
    assert "second minus first (mm)" in said
    assert overlapping(figure) == []


def test_without_results_the_pictures_say_so(folder: Path) -> None:
    table = ll.read_trials(folder)
    rows = table.rows[(table.rows["session"] == "01") & (table.rows["condition"] == "shod")]
    one_session = ll.reliability(type(table)(rows, table.participants))
    assert "too few athletes with a second session" in texts(bland_altman_figure(one_session.metrics[0]))
    assert texts(icc_forest_figure([])) == ["no metric has enough repeats"]


def test_contrast_draws_every_athlete_twice_and_the_mean(shift: Contrast) -> None:
    figure = contrast_figure(shift)
    slopes, differences = figure.axes
    assert len(slopes.lines) == 11 + 1
    assert [tick.get_text() for tick in differences.get_yticklabels()][-1] == "mean of all"
    assert any("No error of a trial is known" in text for text in texts(figure))
    assert overlapping(figure) == []


def test_a_refused_contrast_is_its_reason(folder: Path) -> None:
    table = ll.read_trials(folder)
    refused = compare_conditions(table, "nothing_mm", "left", "shod", "arch_support")
    assert refused.status == "refused"
    assert any("nobody has nothing_mm" in text for text in texts(contrast_figure(refused)))


def test_page_is_whole_and_escapes_names(study: ReliabilityStudy, tmp_path: Path) -> None:
    written = write_reliability_report(study, tmp_path / "out")
    page = written[0].read_text(encoding="utf-8")
    assert page.rstrip().endswith("</html>")
    assert page.count("<img ") == 1 + len(study.metrics)
    assert "http" not in page.replace("http-equiv", "")
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match="is a file"):
        write_reliability_report(study, tmp_path / "file")


def test_numbers_keep_the_digits_their_error_supports(study: ReliabilityStudy) -> None:
    one = study.get("contact_time_s", "total")
    assert one is not None
    line = reliability_line(one)
    assert line.n == "11 x 2"
    assert line.sem_one.endswith(" s")
    assert line.sem_one.startswith("0.01")
    assert interval(-2.557, -3.247, -1.866, "mm") == "-2.6 (-3.2 to -1.9) mm"
    assert [p_text(p) for p in (0.0001, 0.0123, 0.345, None)] == ["< 0.001", "0.012", "0.34", "-"]


def test_first_metrics_are_the_ones_a_laboratory_looks_at(study: ReliabilityStudy) -> None:
    assert first_metrics(study.metrics, show_all=True) == list(study.metrics)
    many = list(study.metrics) * 7
    assert {(one.name, one.side) for one in first_metrics(many, show_all=False)} == {
        ("contact_time_s", "total"), ("peak_force_bw", "total"), ("peak_force_bw", "left"),
        ("medial_shift_mm", "left"),
    }  # fmt: skip


def test_one_plot_draws_whatever_an_analysis_found(study: ReliabilityStudy, shift: Contrast, folder: Path) -> None:
    assert any("told apart" in text for text in texts(ll.plot(study)))
    assert any("second session minus first" in text for text in texts(ll.plot(study.metrics[0])))
    assert any("arch support minus shod" in text for text in texts(ll.plot(shift)))
    cohort = ll.cohort(folder)
    assert ll.plot(cohort.trend("P01", study.metrics[0].name, study.metrics[0].side)).axes
    with pytest.raises(ParameterError, match=r"choose one of them, such as .get\(name, side\)"):
        ll.plot(ll.contrast(ll.read_trials(folder), "shod", "arch_support"))
    with pytest.raises(ParameterError, match="got str"):
        ll.plot("a text")
