from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from landing_lab.errors import RecordingError
from landing_lab.model.events import Event, Events, Phase, Phases
from landing_lab.model.result import TrialResult
from landing_lab.report.figure import figure_bytes, save_figure, trial_figure
from landing_lab.report.view import loading_stretch, overview, shaded_phases
from reference import require_reference_data
from report.drawing import assert_texts_apart
from report.made_trials import (
    crowded_trial,
    eventless_trial,
    full_trial,
    gap_trial,
    landing_trial,
    made_trial,
    reference_trial,
    refused_trial,
)

LONG = "the plate was loaded before the recording began and " * 12


def many_events() -> TrialResult:
    trial = made_trial()
    extra = [Event(f"unknown_event_{i}", "total", 1.0 + 0.02 * i, 0.001) for i in range(6)]
    return replace(trial, events=Events((*trial.events, *extra)))


def feet_only() -> TrialResult:
    trial = made_trial()
    return replace(trial, events=Events(tuple(event for event in trial.events if event.side != "total")))


CASES: dict[str, Callable[[], TrialResult]] = {
    "drop jump": made_trial,
    "one plate": lambda: made_trial(feet=False),
    "short flight": crowded_trial,
    "long contact": lambda: made_trial(contact_s=0.9, flight_s=0.2),
    "gaps": gap_trial,
    "everything": full_trial,
    "everything with gaps": lambda: replace(full_trial(), signals=gap_trial().signals),
    "no events": eventless_trial,
    "drop landing": landing_trial,
    "refused": refused_trial,
    "refused without signal": lambda: refused_trial(with_signal=False),
    "refused at length": lambda: refused_trial(reason=LONG),
    "flagged": lambda: made_trial(status="flagged", reason=LONG),
    "many events": many_events,
    "feet only": feet_only,
    "hostile name": lambda: made_trial(source="$\\frac{1}{2$_^" + "測定\n\x1b" + "W" * 300),
}


def texts_of(figure: object) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize("case", CASES)
def test_no_text_covers_another_or_leaves_the_picture(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_texts_apart(trial_figure(CASES[case]()), monkeypatch)


@pytest.mark.parametrize("case", ["drop jump", "refused", "drop landing", "no events"])
def test_every_axis_says_its_unit(case: str) -> None:
    figure = trial_figure(CASES[case]())
    for axes in figure.axes:
        assert "(s)" in axes.get_xlabel()
        assert "(N)" in axes.get_ylabel()


def test_no_letter_is_smaller_than_nine_points() -> None:
    figure = trial_figure(made_trial())
    assert min(text.get_fontsize() for text in texts_of(figure)) >= 9


def test_title_says_source_trial_task_and_rate() -> None:
    several = replace(made_trial(index=2), n_in_source=3)
    words = " ".join(text.get_text() for text in texts_of(trial_figure(several)))
    for part in ("jump-07.txt", "trial 3", "drop jump", "1000 Hz", "peak 3100 ± 23 N", "4.66 BW", "body weight 665.3"):
        assert part in words


def test_refused_trial_says_why_with_and_without_a_signal() -> None:
    for with_signal in (True, False):
        figure = trial_figure(refused_trial(with_signal=with_signal))
        words = " ".join(text.get_text() for text in texts_of(figure))
        assert "Refused: no flight found" in words
        assert bool(figure.axes) is with_signal


def test_missing_samples_break_the_line() -> None:
    total = next(line for line in trial_figure(gap_trial()).axes[0].lines if line.get_label() == "total")
    assert np.isnan(total.get_ydata()).sum() == 100


def test_a_signal_of_missing_samples_alone_still_draws() -> None:
    trial = made_trial()
    assert trial.signals is not None
    empty = {side: np.full_like(force, np.nan) for side, force in trial.signals.force_n.items()}
    figure = trial_figure(replace(trial, signals=replace(trial.signals, force_n=empty)))
    assert figure_bytes(figure, "png").startswith(b"\x89PNG")


def test_lines_differ_in_dashes_as_well_as_colour() -> None:
    lines = {line.get_label(): line for line in trial_figure(made_trial()).axes[0].lines}
    feet = [lines["total"], lines["left foot"], lines["right foot"]]
    assert len({line.get_color() for line in feet}) == 3
    assert len({str(line._dash_pattern) for line in feet}) == 3


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_equal_trials_give_equal_bytes_without_a_date(kind: str) -> None:
    first, second = (figure_bytes(trial_figure(made_trial()), kind) for _ in range(2))
    assert first == second
    assert b"dc:date" not in first


def test_save_writes_both_kinds_and_refuses_others(tmp_path: Path) -> None:
    figure = trial_figure(made_trial())
    assert save_figure(figure, tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in save_figure(figure, tmp_path / "a.SVG").read_bytes()
    with pytest.raises(RecordingError, match=r"\.png or \.svg"):
        save_figure(figure, tmp_path / "a.docx")


def test_reference_drop_jump_draws() -> None:
    path = require_reference_data() / "force" / "gidiel" / "Dual-DJ-Fz.txt"
    figure = trial_figure(reference_trial(path))
    assert len(figure.axes) == 2
    low, high = figure.axes[1].get_xlim()
    assert low == pytest.approx(-0.02)
    assert high == pytest.approx(0.2697)


def test_phases_of_the_total_alone_are_shaded_side_by_side() -> None:
    trial = full_trial()
    assert trial.signals is not None
    shaded = shaded_phases(trial, overview(trial, trial.signals))
    assert [phase.name for phase in shaded] == [
        "braking", "propulsion", "flight", "loading", "attenuation", "stabilising",
    ]  # fmt: skip
    assert {phase.side for phase in shaded} == {"total"}
    for before, after in pairwise(shaded):
        assert before.stop_s <= after.start_s


def test_what_its_parts_leave_of_a_landing_is_shaded_as_landing() -> None:
    trial = made_trial(phases=Phases((Phase("landing", 1.74, 2.6), Phase("loading", 1.74, 1.82))))
    assert trial.signals is not None
    shaded = shaded_phases(trial, overview(trial, trial.signals))
    assert [(phase.name, phase.start_s, phase.stop_s) for phase in shaded] == [
        ("loading", 1.74, 1.82),
        ("landing", 1.82, 2.6),
    ]


def test_overlapping_phases_are_cut_where_the_earlier_ends() -> None:
    trial = made_trial(phases=Phases((Phase("flight", 1.25, 1.8), Phase("landing", 1.74, 2.2))))
    assert trial.signals is not None
    first, second = shaded_phases(trial, overview(trial, trial.signals))
    assert (first.stop_s, second.start_s) == (1.8, 1.8)


RISE = ("loading_20", "loading_80")


def test_loading_stretch_is_that_of_the_total_whatever_comes_first() -> None:
    rise = (("left", 1.01, 1.05), ("total", 1.02, 1.07))
    events = [Event(name, side, time, 0.001) for side, *times in rise for name, time in zip(RISE, times, strict=True)]
    assert loading_stretch(made_trial(events=Events(tuple(events)))) == (1.02, 1.07)
