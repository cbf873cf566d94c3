from __future__ import annotations

from typing import get_args

import pytest

import landing_lab as ll
from landing_lab.errors import ParameterError
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import Need, Sides
from landing_lab.report.explain import NEED_WORDS, SIDE_WORDS, explanation, nearest_names

NAMES = list(all_metrics())


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_explained_from_its_declaration(name: str) -> None:
    metric = all_metrics()[name]
    text = ll.explain(name)
    flat = " ".join(text.split())
    first = " ".join(metric.definition.split())
    assert (first[:1].upper() + first[1:])[:60] in flat
    for told in (name, metric.source, metric.typical or "not stated", f"{metric.min_rate_hz:g} Hz"):
        assert " ".join(told.split()) in flat
    if metric.formula:
        assert " ".join(metric.formula.split()) in flat
    assert max(map(len, text.splitlines())) <= 88 or any(len(word) > 60 for word in text.split())


def test_what_every_need_asks_for_is_said_in_words() -> None:
    missing = set(get_args(Need)) - set(NEED_WORDS)
    assert not missing, "say in report/explain.py NEED_WORDS what these needs ask for and what their absence means"
    assert set(get_args(Sides)) == set(SIDE_WORDS)


def test_a_refusal_is_explained_by_rate_and_bandwidth_where_they_limit() -> None:
    limited = [metric for metric in all_metrics().values() if metric.min_bandwidth_hz]
    for metric in limited:
        told = explanation(metric.name)["refused_when"]
        assert isinstance(told, list)
        assert f"sensor or filter pass less than {metric.min_bandwidth_hz:g} Hz" in told
    told = explanation("contact_delay_left_right_s")["refused_when"]
    assert isinstance(told, list)
    assert told[-1].endswith("200 samples a second") or limited
    assert any("not one per foot" in one for one in told)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("contact_tme_s", "contact_time_s"),
        ("Contact Time", "contact_time_s"),
        ("rsi", "rsi_flight_time_m_per_s"),
        ("reactive strength", "rsi_flight_time_m_per_s"),
        ("peak-force", "peak_force_n"),
    ],
)
def test_nearest_names_are_offered(typed: str, meant: str) -> None:
    assert meant in nearest_names(typed, NAMES)
    with pytest.raises(ParameterError, match=f"there is no metric '{typed}'; did you mean .*{meant}"):
        ll.explain(typed)


def test_a_name_near_nothing_leads_to_the_list() -> None:
    with pytest.raises(ParameterError, match="--explain all lists every metric"):
        ll.explain("zzz")
