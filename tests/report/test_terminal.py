from __future__ import annotations

import io

import pytest
from rich.console import Console

from landing_lab.model.result import MetricsTable
from landing_lab.report.rows import metric_lines
from landing_lab.report.terminal import grouped_reasons, print_trials, trial_table
from report.made_trials import made_trial, refused_trial, row


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
        assert line.value.replace("−", "-") in text
    assert "…" not in text
    assert "−" not in text


def test_reasons_stand_below_grouped_and_numbered() -> None:
    same = [row(f"unknown_{i}", None, "N", None, status="refused", reason="no plate was loaded") for i in range(3)]
    text = printed(made_trial(table=MetricsTable(tuple(same))))
    assert text.count("no plate was loaded") == 1
    assert text.count("refused [1]") == 3


def test_status_is_a_word_without_colour() -> None:
    text = printed(made_trial(), refused_trial())
    for word in ("ok", "flagged [2]", "refused [1]", "trial refused: no flight found"):
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
