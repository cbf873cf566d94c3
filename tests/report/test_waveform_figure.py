"""The picture of a comparison of curves: no text over another, numbers with units, findings with their p."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.text import Text

import landing_lab as ll
from analysis.smooth_curves import bump, smooth
from landing_lab.analysis.waveforms.comparison import WaveformComparison
from landing_lab.analysis.waveforms.curves import AthleteMeans, CurveSet, TrialCurve
from landing_lab.analysis.waveforms.spm import paired_test, regression_test
from report.drawing import assert_texts_apart

HOSTILE = "$\\frac{1}{2$_^" + "測定\n\x1b" + "W" * 60


def made(kind: str) -> WaveformComparison:
    """Ten athletes, a hill at mid-contact; `few`: four of them; `gated`: told from 10 to 90 % only."""
    n = 4 if kind == "few" else 10
    height = {"nothing": 0.0, "two": 0.9}.get(kind, -0.9)
    first = 3.0 + 0.3 * smooth(n, 1)
    second = first + 0.15 * smooth(n, 2) + bump(height, at=25) - (bump(height, at=75) if kind == "two" else 0.0)
    start, stop = (10, 91) if kind == "gated" else (0, 101)
    people = tuple(f"P{number:02d}" for number in range(n))
    means = tuple(
        AthleteMeans(participants=people, curves=one, durations_s=np.full(n, 0.25), n_trials=(5,) * n)
        for one in (first, second)
    )
    for one in means:
        one.curves[:, :start] = one.curves[:, stop:] = np.nan
    signal = "cop_ml_left" if kind == "gated" else "force_total"
    trial = TrialCurve(
        participant="P00", session="01", run=1, task="drop_jump", condition="", values=first[0], duration_s=0.25,
        landmark_pct=47.0, flagged=None,
    )  # fmt: skip
    curves = CurveSet(
        signal=signal, phase="contact", unit="mm" if kind == "gated" else "BW", registration="linear",
        landmark_pct=None, trials=(trial,), left_out=(), notes=("word " * 60,) if kind == "long" else (),
    )  # fmt: skip
    names = (HOSTILE, HOSTILE[::-1]) if kind == "long" else ("flat", "heel_lift")
    found = WaveformComparison(
        curves=curves, names=names, means=means, regressor=None, start=start, stop=stop, left_out=(),
        test=paired_test(first[:, start:stop], second[:, start:stop]),
    )  # fmt: skip
    if kind != "regression":
        return found
    x = np.linspace(8.0, 14.0, n)
    y = first + np.outer((x - 11.0) / 3.0, bump(0.8))
    return dataclasses.replace(
        found, names=("lunge_cm",), means=(dataclasses.replace(means[0], curves=y),), regressor=x,
        test=regression_test(y, x),
    )  # fmt: skip


KINDS = ("two", "few", "gated", "regression", "long")


def words(figure: object) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_covers_another_or_leaves_the_picture(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_texts_apart(ll.plot_waveforms(made(kind)), monkeypatch)


def test_findings_have_their_p_and_units() -> None:
    found = made("two")
    said = words(ll.plot_waveforms(found))
    assert len(found.test.clusters) == 2
    for told in ("p = 0.0", "force, body weights (BW)", "difference, BW", "100 % = 0.250 s", "braking", "propulsion"):
        assert told in said
    assert f"±{found.test.threshold:.2f}" in said
    assert "mean of 10 athletes, band 1 SD between them" in said


def test_shaded_stretches_are_those_of_the_test() -> None:
    found = made("one")
    panels = ll.plot_waveforms(found).axes
    stretch = found.stretch(found.test.clusters[0])
    for axes in panels:
        spans = [patch for patch in axes.patches if patch.get_x() == pytest.approx(stretch.start_pct)]
        assert [patch.get_width() for patch in spans] == pytest.approx([stretch.stop_pct - stretch.start_pct])


def test_too_few_athletes_get_curves_but_no_threshold() -> None:
    said = words(ll.plot_waveforms(made("few")))
    assert "too few athletes for a test" in said
    assert "threshold" not in said


def test_mm_and_medial_are_told_for_the_centre_of_pressure() -> None:
    said = words(ll.plot_waveforms(made("gated")))
    assert "up = medial" in said
    assert "Tested from 10 to 90 %" in said
