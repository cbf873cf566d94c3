"""Pictures of pressure: what is written on them, in which units, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

import landing_lab as ll
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import ParameterError
from landing_lab.model.events import Event, Events
from landing_lab.model.result import MetricsTable
from landing_lab.report.butterfly_figure import butterfly_figure
from landing_lab.report.medial_shift_figure import medial_shift_figure
from landing_lab.report.pressure_map import pressure_map
from landing_lab.report.pressure_scale import BAND_COLORS, BEYOND, KPA, RELATIVE, UNLOADED
from landing_lab.report.pressure_view import cells_kpa, pressure_view
from landing_lab.report.regions_figure import regions_figure
from landing_lab.report.rounding import format_quantity
from report.drawing import assert_texts_apart
from report.made_pressure import mat_layout, pressed_trial
from report.made_trials import crowded_trial, landing_trial, made_trial, refused_trial, row

FIGURES = {
    "map": pressure_map,
    "shift": medial_shift_figure,
    "regions": regions_figure,
    "butterfly": butterfly_figure,
}


def words_of(figure: object) -> str:
    texts = figure.findobj(Text)  # type: ignore[attr-defined]
    return " ".join(text.get_text().replace("\n", " ") for text in texts if text.get_visible())


def test_bands_rise_in_value_and_darkness_and_are_the_same_for_every_picture() -> None:
    from matplotlib.colors import to_rgb

    assert len(KPA.edges) == len(RELATIVE.edges) == len(BAND_COLORS) + 1
    assert list(KPA.edges) == sorted(set(KPA.edges))
    light = [np.dot(to_rgb(color), (0.299, 0.587, 0.114)) for color in (UNLOADED, *BAND_COLORS, BEYOND)]
    assert light == sorted(light, reverse=True)
    assert min(np.diff(light[::-1])) > 0.02, "two bands must differ in grey as well"
    colors, norm = KPA.colors()
    assert [round(255 * part) for part in colors(norm(9.9))[:3]] == [0xF3, 0xF3, 0xF1]
    assert colors(norm(120.0)) == colors(norm(149.0)) != colors(norm(151.0))
    assert [round(255 * part) for part in colors(norm(601.0))[:3]] == [0x3D, 0x04, 0x20]


def test_highest_cell_of_a_relative_scale_is_in_the_top_band() -> None:
    colors, norm = RELATIVE.colors()
    assert colors(norm(100.0)) == colors(norm(81.0))
    assert RELATIVE.values(np.array([50.0]), 200.0).tolist() == [25.0]
    assert RELATIVE.values(np.array([0.0]), 0.0).tolist() == [0.0]


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(
    ("kind", "trial"),
    [
        ("calibrated", lambda: pressed_trial("fsr402_16")),
        ("relative", lambda: pressed_trial("infotronic_8", calibrated=False, limit_kpa=100.0)),
        ("short", lambda: pressed_trial(trial=crowded_trial())),
    ],
)
def test_no_text_covers_another_or_leaves_a_picture(
    name: str, kind: str, trial: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Values of neighbouring cells and the words of the force panel may touch their own marks, never other words.
    assert kind
    assert_texts_apart(FIGURES[name](trial()), monkeypatch)  # type: ignore[operator]


def test_no_letter_is_smaller_than_nine_points() -> None:
    for draw in FIGURES.values():
        texts = [one for one in draw(pressed_trial()).findobj(Text) if one.get_visible() and one.get_text().strip()]
        assert min(one.get_fontsize() for one in texts) >= 9


def test_calibrated_pressure_is_told_in_kpa_at_its_cells() -> None:
    trial = pressed_trial()
    view = pressure_view(trial)
    left = view.feet[0]
    words = words_of(pressure_map(trial))
    assert "pressure (kPa)" in words
    assert "calibrated" in words
    assert "NOT CALIBRATED" not in words
    for edge in KPA.edges:
        assert f"{edge:g}" in words.split()
    for value in cells_kpa(view, left, view.peak):
        assert f"{value:.0f}" in words.split()
    assert "125 ms after touchdown" in words


def test_uncalibrated_pressure_is_relative_and_says_so_everywhere() -> None:
    trial = pressed_trial(calibrated=False)
    for draw in FIGURES.values():
        words = words_of(draw(trial))
        assert "NOT CALIBRATED" in words
        assert "kPa" not in words
    assert "% of the foot's highest" in words_of(pressure_map(trial))
    assert "load (% of the foot's highest)" in words_of(regions_figure(trial))


def test_gate_of_a_path_is_that_of_its_course() -> None:
    trial = pressed_trial()
    left, right = (foot.course for foot in pressure_view(trial).feet)
    assert left is not None
    assert right is not None
    assert left.gate_n == pytest.approx(0.2 * left.force_n.max())
    told = f"carries more than {left.gate_n:.0f} N (left) and {right.gate_n:.0f} N (right)."
    assert told in words_of(pressure_map(trial))
    raw = pressed_trial(calibrated=False)
    assert raw.signals is not None
    raw_bare = replace(raw.signals, force_n={"total": raw.signals.force_n["total"]})
    words = words_of(pressure_map(replace(raw, signals=raw_bare)))
    assert "carries more than 20 % of its peak force." in words


def test_one_uncalibrated_foot_makes_the_whole_picture_relative() -> None:
    both, half = pressed_trial(), pressed_trial(calibrated=False)
    assert both.signals is not None
    assert half.signals is not None
    mixed = {"left": both.signals.pressure["left"], "right": half.signals.pressure["right"]}
    trial = replace(both, signals=replace(both.signals, pressure=mixed))
    assert not pressure_view(trial).scale.calibrated


def test_cells_at_their_limit_are_marked_and_counted() -> None:
    words = words_of(pressure_map(pressed_trial(limit_kpa=150.0), "maximum"))
    assert "≥ " in words
    assert "cells at their limit" in words
    assert "cells at their limit" not in words_of(pressure_map(pressed_trial()))


def test_mat_tells_its_highest_cell_and_writes_no_value_into_each() -> None:
    trial = pressed_trial(mat_layout())
    view = pressure_view(trial)
    words = words_of(pressure_map(trial))
    highest = float(cells_kpa(view, view.feet[0], view.peak).max())
    assert f"left {highest:.0f} kPa" in words
    assert "Each patch between white lines is one cell." in words
    assert len(words.split()) < 120


def test_maximum_is_each_cell_at_its_own_highest() -> None:
    view = pressure_view(pressed_trial())
    for foot in view.feet:
        highest = cells_kpa(view, foot, None)
        assert (highest >= cells_kpa(view, foot, view.peak)).all()
        assert highest.max() == pytest.approx(foot.highest_kpa)


def test_shift_is_positive_where_the_load_rolls_to_the_inner_edge_of_either_foot() -> None:
    trial = pressed_trial(medial_mm=(12.0, 12.0))
    figure = medial_shift_figure(trial)
    for axes in figure.axes[:2]:
        line = max((one for one in axes.lines if len(one.get_xdata()) > 50), key=lambda one: one.get_linewidth())
        assert np.nanmax(line.get_ydata()) > 2.0
        assert np.nanmin(line.get_ydata()) > -1.0
    assert "medial shift (mm)" in words_of(figure)
    assert "medial shift (% of foot width)" in words_of(figure)
    assert "peak force: +" in words_of(figure)
    assert "100 ms: +" in words_of(figure)


@pytest.mark.parametrize("seed", [3, 4])
def test_shifts_of_the_picture_are_those_of_the_table(seed: int) -> None:
    trial = ll.analyse(recording_from_raw(raw_of(scene_of(seed)))).first
    figure = medial_shift_figure(trial)
    told = 0
    for axes, side in zip(figure.axes[:2], ("left", "right"), strict=True):
        marks = {line.get_label().split(": ")[0]: line for line in axes.lines if ": " in line.get_label()}
        for name, mark in (("medial_shift_mm", "peak force"), ("medial_shift_100ms_mm", "100 ms")):
            found = trial.table.get(name, side)
            assert found is not None
            text = marks[mark].get_label()
            if found.value is None:
                assert text == f"{mark}: refused, see the table"
                assert not len(marks[mark].get_ydata())
                continue
            assert format_quantity(found.value, found.sd, "mm") in text
            assert text.endswith(")") == (found.status == "flagged")
            assert marks[mark].get_ydata()[0] == pytest.approx(found.value, abs=1e-9)
            told += 1
    assert told >= 2


def test_a_foot_that_lands_long_after_the_other_is_not_drawn_from_the_touchdown_of_the_other() -> None:
    trial = pressed_trial()
    late = Event("touchdown", "left", 1.6, 0.001)
    others = tuple(one for one in trial.events if (one.name, one.side) != ("touchdown", "left"))
    words = words_of(medial_shift_figure(replace(trial, events=Events((*others, late)))))
    assert "left foot touched down at 0.60 s" in words.lower()


def test_a_refused_shift_has_no_mark_and_a_flagged_one_says_so() -> None:
    trial = pressed_trial()
    rows = [
        row("medial_shift_mm", None, "mm", None, side="left", status="refused", reason="the insole slipped"),
        row("medial_shift_100ms_mm", 4.2, "mm", 1.5, side="left", status="flagged", reason="loaded late"),
    ]
    words = words_of(medial_shift_figure(replace(trial, table=MetricsTable(tuple(rows)))))
    assert "peak force: refused, see the table" in words
    assert "100 ms: +4.2 ± 1.5 mm (flagged)" in words


def test_band_of_the_shift_is_its_standard_deviation() -> None:
    trial = pressed_trial()
    course = pressure_view(trial).feet[0].course
    assert course is not None
    band = medial_shift_figure(trial).axes[0].collections[0].get_datalim(medial_shift_figure(trial).axes[0].transData)
    told = np.isfinite(course.shift_mm)
    assert band.y1 == pytest.approx((course.shift_mm + course.shift_sd_mm)[told].max(), abs=1e-6)
    assert band.y0 == pytest.approx((course.shift_mm - course.shift_sd_mm)[told].min(), abs=1e-6)


def test_loads_of_the_parts_add_up_to_the_foot() -> None:
    trial = pressed_trial()
    figure = regions_figure(trial)
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named == ["heel", "midfoot", "forefoot", "toes", "force of the foot"]
    course = pressure_view(trial).feet[0].course
    assert course is not None
    top = figure.axes[0].collections[3].get_datalim(figure.axes[0].transData).y1
    assert top == pytest.approx(course.force_n.max(), rel=1e-6)
    assert "load (body weights)" in words_of(figure)


def test_butterfly_lies_nearer_to_the_foot_that_carries_more() -> None:
    from landing_lab.report.butterfly_figure import common_path

    trial = pressed_trial(medial_mm=(0.0, 0.0))
    signals = trial.signals
    assert signals is not None
    total = signals.force_n["total"]
    heavy = replace(signals, force_n={"total": total, "left": 0.8 * total, "right": 0.2 * total})
    common = common_path(pressure_view(replace(trial, signals=heavy)))
    assert np.nanmax(common[:, 0]) < -20.0
    even = replace(signals, force_n={"total": total, "left": 0.5 * total, "right": 0.5 * total})
    assert np.nanmax(np.abs(common_path(pressure_view(replace(trial, signals=even)))[:, 0])) < 1.0


@pytest.mark.parametrize("plot", [ll.plot_pressure, ll.plot_medial_shift, ll.plot_regions, ll.plot_butterfly])
def test_what_has_no_insoles_or_no_contact_is_refused_in_one_sentence(plot: object) -> None:
    with pytest.raises(ParameterError, match="no pressure to draw: it holds no insole"):
        plot(made_trial())  # type: ignore[operator]
    with pytest.raises(ParameterError, match="no insole"):
        plot(refused_trial(with_signal=False))  # type: ignore[operator]
    lost = replace(pressed_trial(), events=Events(), reason="no landing was found")
    with pytest.raises(ParameterError, match=r"no contact was found in it \(no landing was found\)"):
        plot(lost)  # type: ignore[operator]
    with pytest.raises(ParameterError, match="there is no trial 3"):
        plot([pressed_trial()], trial=3)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("at", "said"),
    [("sideways", "choose one of them"), (float("nan"), "choose one of them"), (9.0, "outside the contact")],
)
def test_an_instant_that_is_none_is_refused(at: str | float, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        ll.plot_pressure(pressed_trial(), at=at)


def test_one_foot_is_drawn_alone_and_the_butterfly_says_what_it_needs() -> None:
    trial = pressed_trial(sides=("right",))
    assert "no insole" in words_of(pressure_map(trial))
    assert "No insole was recorded" in words_of(medial_shift_figure(trial))
    assert "No insole was recorded" in words_of(regions_figure(trial))
    with pytest.raises(ParameterError, match="a butterfly needs both feet"):
        ll.plot_butterfly(trial)


def test_a_foot_without_a_course_says_why() -> None:
    trial = pressed_trial()
    assert trial.signals is not None
    left = trial.signals.pressure["left"]
    broken = replace(left, cells_n=np.full_like(left.cells_n, np.nan))
    feet = {"left": broken, "right": trial.signals.pressure["right"]}
    trial = replace(trial, signals=replace(trial.signals, pressure=feet))
    assert "No path for the left foot" in words_of(pressure_map(trial))
    with pytest.raises(ParameterError, match="butterfly needs both feet"):
        butterfly_figure(trial)
    gone = replace(trial, signals=replace(trial.signals, pressure={"left": broken}))
    for draw in (medial_shift_figure, regions_figure):
        with pytest.raises(ParameterError, match="to draw"):
            draw(gone)


def test_zones_too_few_for_a_centre_of_pressure_are_coloured_without_a_path() -> None:
    trial = pressed_trial("loadsol_3")
    assert "3 cells are too few to tell a centre of pressure, which needs 8" in words_of(pressure_map(trial))
    assert {"heel", "forefoot"} <= {text.get_text() for text in regions_figure(trial).legends[0].get_texts()}
    for draw in (medial_shift_figure, butterfly_figure):
        with pytest.raises(ParameterError, match="3 cells are too few"):
            draw(trial)


def test_drop_landing_is_drawn_over_its_first_part() -> None:
    view = pressure_view(pressed_trial(trial=landing_trial()))
    assert view.times_s[-1] == pytest.approx(0.3, abs=0.002)
    assert view.feet[0].course is not None


@pytest.mark.parametrize("plot", [ll.plot, ll.plot_pressure, ll.plot_medial_shift, ll.plot_regions, ll.plot_butterfly])
@pytest.mark.parametrize("trial", ["0", None, True, 0.5])
def test_trials_are_counted_in_whole_numbers(plot: Any, trial: Any) -> None:
    with pytest.raises(ParameterError, match="trial counts the trials from 0; got"):
        plot(pressed_trial(), trial=trial)


def test_pressure_at_no_time_is_refused() -> None:
    nowhen: Any = None
    with pytest.raises(ParameterError, match="got None; choose one of them"):
        ll.plot_pressure(pressed_trial(), at=nowhen)
