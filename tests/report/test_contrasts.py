"""Conditions of a session in its report: who is who, means, differences, and what is left out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from landing_lab.model.result import MetricsTable, TrialResult
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.contrasts import contrast_table
from landing_lab.report.rounding import format_mean
from landing_lab.report.session_facts import plain_time
from rendered import render_report
from report.made_trials import made_trial, row

FILE = "sub-01_ses-01_task-dropJump_run-{:02d}.xdf"
INSOLES = "from insoles scaled by a slow plate"


def of_session(*contacts: tuple[str, float]) -> tuple[list[TrialResult], list[TrialLabel]]:
    """Trials with a condition and a contact time (s, SD 0.001) each."""
    trials = [
        made_trial(source=FILE.format(run), table=MetricsTable((row("contact_time_s", contact, "s", 0.001),)))
        for run, (_, contact) in enumerate(contacts, start=1)
    ]
    return trials, [TrialLabel(run=run, condition=name) for run, (name, _) in enumerate(contacts, start=1)]


def test_means_and_their_difference_are_those_of_the_conditions() -> None:
    found = contrast_table(*of_session(("flat", 0.200), ("heel_lift", 0.230), ("flat", 0.210), ("heel_lift", 0.250)))
    assert found is not None
    assert found.conditions == ("flat", "heel lift")
    assert found.differences == ("heel lift minus flat",)
    (line,) = found.lines
    assert line.means == ("0.205 ± 0.007 (n = 2)", "0.240 ± 0.014 (n = 2)")
    assert line.differences == ("+0.035 (n = 2, 2)",)


def test_flagged_and_rejected_trials_stay_out_of_the_means() -> None:
    trials, labels = of_session(("flat", 0.2), ("flat", 0.9), ("flat", 0.8), ("flat", 0.2))
    trials[1] = replace(trials[1], status="flagged", reason="odd")
    labels[2] = replace(labels[2], accepted=False)
    found = contrast_table(trials, labels)
    assert found is not None
    assert found.left_out == 2
    assert found.lines[0].means == ("0.2000 ± < 0.0001 (n = 2)",)
    assert found.differences == ()


def test_a_lone_trial_has_a_mean_without_spread_and_an_empty_condition_no_mean() -> None:
    trials, labels = of_session(("flat", 0.2), ("heel_lift", 0.25))
    found = contrast_table(trials, labels)
    assert found is not None
    assert found.lines[0].means == ("0.2000 (n = 1)", "0.2500 (n = 1)")
    trials[1] = replace(trials[1], status="flagged", reason="odd")
    found = contrast_table(trials, labels)
    assert found is not None
    assert found.lines[0].means[1] == "– (n = 0)"
    assert found.lines[0].differences == ("–",)


def test_body_weights_and_newtons_share_no_mean() -> None:
    trials, labels = of_session(("", 0.2), ("", 0.2), ("", 0.2))
    force, weights = row("peak_force_n", 2000.0, "N", 1.0), row("peak_force_bw", 3.0, "BW", 0.01)
    tables = [(force,), (force, weights), (force, weights)]
    found = contrast_table([replace(one, table=MetricsTable(t)) for one, t in zip(trials, tables, strict=True)], labels)
    assert found is not None
    assert [(line.unit, line.means) for line in found.lines] == [("N", ("2000.0 ± < 0.1 (n = 3)",))]


def test_digits_of_a_mean_are_those_of_the_measurement() -> None:
    assert format_mean(0.306773, 0.000006, 0.0019) == "0.3068 ± < 0.0001"
    assert format_mean(0.306773, 0.004, 0.0019) == "0.307 ± 0.004"
    assert format_mean(0.306773, 0.004, None) == "0.307 ± 0.004"


def test_trials_outside_of_a_session_have_no_conditions() -> None:
    trials, _ = of_session(("", 0.2), ("", 0.3))
    assert contrast_table(trials, [None, None]) is None
    assert ">condition<" not in render_report(trials)


def test_the_page_tells_runs_conditions_counts_and_findings() -> None:
    trials, labels = of_session(("flat", 0.2), ("heel_lift", 0.25))
    labels[1] = replace(labels[1], notes=("STOP: <b>swelling</b>", "note: a shoe was loose"))
    session = {"rejected trials": 3, "trials without verdict": 1, f"condition of {FILE.format(1)}": "flat"}
    page = render_report(trials, labels=labels, session=session)
    assert f'title="{FILE.format(1)}"><a href="#trial-1">run 01</a></th>' in page
    assert page.count("accepted against a STOP") == 2, "in the table of trials and at the trial itself"
    assert "<td>heel lift</td>" in page
    assert "not in this report: 3 rejected, 1 without a verdict" in page
    assert "<li>run 02: STOP: &lt;b&gt;swelling&lt;/b&gt;</li><li>run 02: A shoe was loose</li>" in page
    assert "nothing is said of significance" in page
    assert f"condition of {FILE.format(1)}" not in page


def test_a_reason_stands_once_below_the_table_that_points_to_it() -> None:
    rows = [
        row(name, 1.0, "N", 0.1, side=side, status="flagged", reason=INSOLES)
        for name in ("first_peak_force_n", "body_weight_n")
        for side in ("total", "left", "right")
    ]
    page = render_report(made_trial(table=MetricsTable(tuple(rows))))
    assert page.lower().count(INSOLES) == 1
    assert page.count('href="#trial-1-note-1">[1]</a>') == 2
    assert page.count('id="trial-1-note-1"') == 1


def test_sentences_of_a_card_begin_with_a_capital() -> None:
    table = MetricsTable((row("peak_force_bw", 5.9, "BW", 0.3, status="flagged", reason=INSOLES),))
    note = re.search(r'<p class="note">(.*?)</p>', render_report(made_trial(table=table)))
    assert note is not None
    assert note[1] == "Peak vertical force (body weights). From insoles scaled by a slow plate"


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-45"])
def test_a_time_that_is_none_stays_as_it_is(text: str) -> None:
    assert plain_time(text) == text


def test_a_time_is_told_plainly() -> None:
    assert plain_time("2026-11-22T22:25:32") == "22 November 2026, 22:25"
    assert re.fullmatch(r"2[123] November 2026, \d\d:\d\d", plain_time("2026-11-22T22:25:32+00:00"))
