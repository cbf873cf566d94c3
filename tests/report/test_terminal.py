from __future__ import annotations

import io

import pytest
from rich.console import Console

from landing_lab.model.result import MetricsTable
from landing_lab.report.families import grouped_reasons
from landing_lab.report.rows import metric_lines
from landing_lab.report.terminal import print_trials, trial_table
from report.made_trials import empty_sensitivity, full_trial, made_sensitivity, made_trial, refused_trial, row


def printed(*trials: object, width: int = 80, **settings: object) -> str:
    out = io.StringIO()
    print_trials(list(trials), console=Console(file=out, width=width, color_system=None), **settings)
    return out.getvalue()


TRUTH = {("contact_time_s", "total"): 0.25, ("jump_height_impulse_m", "total"): 0.3}


@pytest.mark.parametrize("truth", [None, [TRUTH]])
def test_eighty_columns_hold_every_number_whole(truth: list[object] | None) -> None:
    trial = made_trial()
    text = printed(trial, truth=truth)
    assert max(map(len, text.splitlines())) <= 80
    for line in metric_lines(trial):
        assert line.status == "refused" or line.value.replace("−", "-") in text
    assert "…" not in text
    assert "−" not in text


def test_reasons_stand_below_grouped_and_numbered() -> None:
    same = [row(f"unknown_{i}", None, "N", None, status="refused", reason="no plate was loaded") for i in range(3)]
    text = printed(made_trial(table=MetricsTable(tuple(same))))
    assert text.count("no plate was loaded") == 1
    assert text.count("refused [1]") == 3


def test_status_is_a_word_without_colour() -> None:
    text = printed(made_trial(), refused_trial())
    for word in ("ok", "flagged [1]", "refused [2]", "trial refused: no flight found"):
        assert word in text


def test_truth_adds_columns_for_value_and_deviations() -> None:
    text = printed(made_trial(), truth=[TRUTH])
    assert "truth" in text
    assert "-1.0 sd" in text


def test_names_cannot_steer_the_terminal() -> None:
    text = printed(made_trial(source="[red]a\x1b]0;x\x07[/red].txt", notes=("[bold]n\x1b[2J",)))
    assert "\x1b" not in text
    assert "[red]a" in text
    assert "[bold]n" in text


def test_a_row_without_reason_gets_no_number() -> None:
    assert grouped_reasons(metric_lines(made_trial(table=MetricsTable((row("x", 1.0, "N", 0.1),))))) == {}
    assert trial_table(made_trial()).row_count == len(made_trial().table)


def many() -> MetricsTable:
    """Seventy metrics of which the lab looks at three first."""
    extra = [row(f"unknown_{i}", 1.0 + i, "N", 0.1) for i in range(60)]
    refused = [row(f"lost_{i}", None, "N", None, status="refused", reason="no plate was loaded") for i in range(7)]
    first = (row("contact_time_s", 0.25, "s", 0.001), row("peak_force_n", 3100.0, "N", 20.0))
    return MetricsTable((*first, *extra, *refused, row("peak_force_n", 1500.0, "N", 9.0, side="left")))


def test_a_long_table_shows_the_first_numbers_on_one_screen_and_counts_the_rest() -> None:
    text = printed(made_trial(table=many()))
    assert len(text.splitlines()) <= 24
    assert "0.2500 ± 0.0010 s" in text
    assert "1500" not in text
    assert "68 more rows (61 ok, 7 refused)" in " ".join(text.split())
    assert "no plate was loaded" not in text


def test_all_prints_every_row() -> None:
    text = printed(made_trial(table=many()), show_all=True)
    assert "more rows" not in text
    assert "unknown_59" in text
    assert "1500 ± 9 N" in text
    assert "refused [1]" in text


def test_a_long_table_without_any_of_the_first_numbers_is_printed_whole() -> None:
    table = MetricsTable(tuple(row(f"unknown_{i}", 1.0 + i, "N", 0.1) for i in range(60)))
    text = printed(made_trial(table=table))
    assert "unknown_59" in text
    assert "more rows" not in text


def test_a_refused_first_number_is_not_left_out() -> None:
    lost = row("contact_time_s", None, "s", None, status="refused", reason="the sensor is too slow")
    table = MetricsTable((lost, *(row(f"unknown_{i}", 1.0 + i, "N", 0.1) for i in range(60))))
    text = printed(made_trial(table=table))
    assert "refused [1]" in text
    assert "[1] the sensor is too slow" in text


def test_signal_quality_is_one_line_that_names_what_is_flagged() -> None:
    text = printed(full_trial(), width=100)
    assert "signal: 9 checks ok, 2 not made, 1 flagged: drift of the empty plates 14.2 N" in text
    assert "signal:" not in printed(made_trial())


def test_threshold_rules_are_a_table_with_their_reasons() -> None:
    text = printed(made_trial(), sensitivity=[made_sensitivity()], width=80)
    assert max(map(len, text.splitlines())) <= 80
    section = text[text.index("Contact threshold") :]
    lines = [" ".join(line.split()) for line in section.splitlines()]
    assert "default 20.0 0.2560 0.4830" in lines
    assert "flight maximum [1] 3.0 0.2594 0.4804" in lines
    assert "5 % BW [2] – – –" in lines
    assert "[1] below the 3.8 N that the plates read without load" in lines
    assert "is not known" in printed(refused_trial(), sensitivity=[empty_sensitivity()])
