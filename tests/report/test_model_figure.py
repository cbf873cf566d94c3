from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg

import landing_lab as ll
from landing_lab.analysis.models.logistic import LogisticResult, fit_logistic
from landing_lab.analysis.models.mixed import fit_mixed
from landing_lab.report.figure import figure_bytes
from landing_lab.report.model_figure import effects_figure, model_figure
from landing_lab.report.model_text import effects_lines
from landing_lab.sim.cohort import CohortSetting, simulate_cohort


def fitted(names: dict[str, str], seed: int = 1) -> LogisticResult:
    people = pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=100), seed=seed).athletes).rename(columns=names)
    return fit_logistic(people, names.get("valgus_rated", "valgus_rated"), [names["z1"], names["z2"]], n_draws=10)


def test_what_is_drawn_is_what_was_found() -> None:
    result = fitted({"z1": "lunge_left_cm", "z2": "peak_force_bw"})
    figure = model_figure(result)
    ranks, holds, gains, effects = figure.axes
    assert list(ranks.lines[1].get_ydata()) == list(result.roc.found)
    assert list(holds.lines[1].get_ydata()) == list(result.calibration.curve.observed)
    shown = gains.lines[2].get_ydata()
    assert np.allclose(shown, result.decision.model[: len(shown)])
    assert [text.get_text() for text in gains.get_legend().get_texts()][1] == "train everyone"
    assert [text.get_text() for text in effects.get_yticklabels()] == ["lunge_left_cm", "peak_force_bw"]
    assert any("NOT VALIDATED" in text.get_text() for text in figure.texts)
    assert figure_bytes(figure) == figure_bytes(ll.plot(result))


def test_names_of_columns_are_drawn_and_not_obeyed() -> None:
    result = fitted({"z1": "$a_b$ " + "x" * 60, "z2": "b\u202e\x1b[31m", "valgus_rated": "seen $x$"})
    assert len(figure_bytes(model_figure(result))) > 10_000


def test_no_text_leaves_the_picture() -> None:
    figure = model_figure(fitted({"z1": "hip_external_rotation_left_pct_bw", "z2": "vertical_stiffness_peak_kn_per_m"}))
    FigureCanvasAgg(figure).draw()
    width, height = figure.bbox.width, figure.bbox.height
    texts = [
        *figure.texts,
        *(label for axes in figure.axes for label in (*axes.get_yticklabels(), axes.title, axes.xaxis.label)),
    ]
    for text in texts:
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1
        assert inside or not text.get_text(), text.get_text()


def test_a_sign_that_flips_stands_in_the_picture_and_first_in_the_text() -> None:
    trials = pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=30, within=-0.8), seed=1).trials)
    result = fit_mixed(trials, "outcome", ["x"])
    assert any("THE SIGN FLIPS" in text.get_text() for text in effects_figure(result).texts)
    lines = effects_lines(result)
    assert lines[2].startswith("! THE SIGN FLIPS")
