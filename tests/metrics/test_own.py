"""A metric declared at run time is computed, shown and explained like one that ships."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.detect.trial import LandingTrial
from landing_lab.errors import ParameterError
from landing_lab.metrics._registry import METRICS
from landing_lab.metrics.own import _OWN
from landing_lab.model.channels import Side
from landing_lab.report.families import family_of
from landing_lab.report.names import metric_label
from rendered import render_report

TRIAL = ll.simulate_drop_jump(seed=4)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    for name in tuple(_OWN):
        METRICS.pop(name, None)
        _OWN.discard(name)


def declare(value: float, **changes: object) -> None:
    words = {"unit": "N", "needs": ("force", "contact"), "label": "half of the peak", "source": "Nobody 2026"}

    @ll.metric(**{**words, **changes})
    def half_peak_n(trial: LandingTrial, side: Side) -> ll.Estimate:
        """Half of the largest total force."""
        return ll.Estimate(value=value * float(np.nanmax(trial.total_n)), sd=1.0)


def test_it_is_in_table_report_and_explanation_and_can_be_declared_again() -> None:
    declare(0.5)
    result = ll.analyse(TRIAL.recording)
    row, peak = (result.first.table.get(name) for name in ("half_peak_n", "peak_force_n"))
    assert row is not None
    assert (row.unit, row.sd, row.status) == ("N", 1.0, "ok")
    assert row.method.startswith("Half of the largest total force")
    assert row.value >= 0.5 * peak.value - 5.0
    assert (metric_label("half_peak_n"), family_of("half_peak_n")) == ("half of the peak", "own")
    assert "half of the peak" in render_report(result)
    assert "Nobody 2026" in ll.explain("half_peak_n")
    declare(0.25)
    assert ll.analyse(TRIAL.recording).first.table.get("half_peak_n").value == pytest.approx(row.value / 2)
    assert next(iter(METRICS)) != "half_peak_n"


def test_what_a_trial_lacks_refuses_it_as_it_does_ours() -> None:
    declare(0.5, needs=("pressure_calibrated",))
    row = ll.analyse(TRIAL.recording).first.table.get("half_peak_n")
    assert row.value is None
    assert "insole" in row.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unit": "furlong"}, "no unit of a metric"),
        ({"unit": "s"}, "must end on _s"),
        ({"needs": "force"}, "needs is a tuple"),
        ({"needs": ("strength",)}, "needs is a tuple"),
        ({"label": " "}, "docstring"),
        ({"unit": ["N"]}, "no unit of a metric"),
        ({"needs": None}, "needs is a tuple"),
        ({"needs": (1,)}, "needs is a tuple"),
        ({"sides": "both"}, "sides is one of total, feet"),
        ({"tasks": "drop_jump"}, "tasks is a tuple"),
        ({"tasks": ("hop",)}, "tasks is a tuple.*got 'hop'"),
        ({"tasks": ()}, "tasks is a tuple"),
        ({"label": 3}, "label of the metric half_peak_n is one line"),
        ({"label": "a\x1b[1m"}, r"got 'a\\x1b\[1m'"),
        ({"source": None}, "source of the metric"),
        ({"source": ""}, "has no source"),
        ({"min_rate_hz": float("nan")}, "min_rate_hz must be a number"),
        ({"min_bandwidth_hz": "80"}, "min_bandwidth_hz must be a number"),
    ],
)
def test_an_incomplete_declaration_is_one_sentence(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ll.LandingLabError, match=said):
        declare(0.5, **changes)
    assert "half_peak_n" not in METRICS


WORDS = {"unit": "N", "needs": ("force",), "label": "a", "source": "b"}


def named(name: str, function: object = None) -> object:
    function = function or (lambda _trial, _side: None)
    function.__name__ = name
    return function


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (named("peak_force_n"), "has a metric peak_force_n already"),
        (functools.partial(named("half_n")), "function of its own name"),
        (3, "function of its own name; got 3"),
        (type("half_n", (), {"__doc__": "x"}), "no plain function"),
        (named("half_n", lambda _trial: None), "does not take these two"),
        (named("a\x1b[1m_n"), r"a\\x1b\[1m_n is no name"),
        (named("half_n"), "docstring"),
        (lambda _trial, _side: None, "is no name of a metric"),
    ],
)
def test_what_is_no_function_with_a_name_is_one_sentence(what: object, said: str) -> None:
    before = dict(METRICS)
    with pytest.raises(ParameterError, match=said):
        ll.metric(**WORDS)(what)
    assert before == METRICS


class MuteError(Exception):
    def __str__(self) -> str:
        raise ValueError


def thrown(error: BaseException) -> object:
    raise error


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda: 3.0, r"failed: it gave 3.0, .* return ll.Estimate\(value=..., sd=...\)"),
        (lambda: ll.Estimate(value=float("nan"), sd=1.0), "value nan with sd 1.0"),
        (lambda: ll.Estimate(value="9", sd=1.0), "value '9'"),
        (lambda: ll.Estimate(value=10**400, sd=1.0), "value 1000"),
        (lambda: ll.Estimate(value=1.0, sd=0.0), "sd above 0"),
        (lambda: ll.Estimate(value=np.ones(2), sd=1.0), "value array"),
        (lambda: ll.Estimate(value=1.0, sd=1.0, doubt=3), "doubt 3"),
        (lambda: ll.Estimate(value=1.0, sd=1.0, stronger_side=["left"]), "stronger_side"),
        (lambda: 1 / 0, "failed: ZeroDivisionError: division by zero; mend"),
        (lambda: thrown(SystemExit(3)), "failed: SystemExit: 3"),
        (lambda: thrown(MuteError()), "failed: MuteError;"),
        (lambda: thrown(ValueError("a\x1b[1m\nb")), r"failed: ValueError: a\\x1b\[1m\\nb"),
        (lambda: thrown(ll.RefusedError("no\x1b[1m")), r"^no\\x1b\[1m$"),
        (lambda: thrown(ll.RefusedError("")), "gave no reason"),
    ],
)
def test_a_function_that_fails_refuses_its_own_row_and_no_other(answer: Callable[[], object], said: str) -> None:
    @ll.metric(**WORDS)
    def bad_n(trial: LandingTrial, side: Side) -> ll.Estimate:
        """Bad."""
        return answer()

    rows = {row.name: row for row in ll.analyse(TRIAL.recording).first.table}
    assert (rows["bad_n"].status, rows["bad_n"].value) == ("refused", None)
    assert re.search(said, rows["bad_n"].reason)
    assert rows["peak_force_n"].status == "ok"


def test_a_doubt_is_shown_and_not_obeyed() -> None:
    @ll.metric(**WORDS)
    def odd_n(trial: LandingTrial, side: Side) -> ll.Estimate:
        """Odd."""
        return ll.Estimate(value=np.float32(2.0), sd=1, doubt="a\x1b[1m", detail="b\rc")

    row = ll.analyse(TRIAL.recording).first.table.get("odd_n")
    assert (row.value, row.status, row.reason) == (2.0, "flagged", r"a\x1b[1m")
    assert row.method == r"Odd; threshold 20 N at 1000 Hz; b\rc"


def test_ctrl_c_is_obeyed() -> None:
    @ll.metric(**WORDS)
    def odd_n(trial: LandingTrial, side: Side) -> ll.Estimate:
        """Odd."""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ll.analyse(TRIAL.recording)


def test_a_metric_is_taken_back() -> None:
    declare(0.5)
    ll.forget_metric("half_peak_n")
    assert "half_peak_n" not in METRICS
    for name in ("half_peak_n", "peak_force_n", None):
        with pytest.raises(ParameterError, match="is no metric of your own; declared here: none"):
            ll.forget_metric(name)
    assert "peak_force_n" in METRICS
