from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.text import Text

import landing_lab as ll
from landing_lab.metrics.sensitivity import threshold_sensitivity
from landing_lab.model.sensitivity import ThresholdSensitivity
from landing_lab.report.figure import figure_bytes
from landing_lab.report.sensitivity_figure import sensitivity_figure
from landing_lab.report.sensitivity_table import sensitivity_table
from reference import require_reference_data
from report.drawing import assert_texts_apart
from report.made_trials import empty_sensitivity, made_sensitivity


def of_a_file(name: str) -> ThresholdSensitivity:
    path = require_reference_data() / "force" / "gidiel" / name
    return threshold_sensitivity(ll.read(path, left="FP1", right="FP2", sample_rate_hz=1000))


CASES = {
    "made": made_sensitivity,
    "nothing": empty_sensitivity,
    "long name": lambda: made_sensitivity(source="$\\frac{1}{2$_^" + "測定\n\x1b" + "W" * 300, summary="word " * 300),
    "drop jump": lambda: of_a_file("Dual-DJ-Fz.txt"),
    "countermovement jump": lambda: of_a_file("Dual-CMJ-Fz.txt"),
    "simulated": lambda: threshold_sensitivity(ll.simulate_drop_jump(seed=1, drop_height_m=0.3).recording),
}


def words(figure: object) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())


@pytest.mark.parametrize("case", CASES)
def test_no_text_of_the_threshold_picture_covers_another(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_texts_apart(sensitivity_figure(CASES[case]()), monkeypatch)


def test_threshold_picture_names_default_rules_metrics_and_units() -> None:
    said = words(sensitivity_figure(made_sensitivity()))
    for told in ("default 20 N", "10 N", "flight + 5 SD", "contact time", "0.256 s at default", "(%)", "(N)"):
        assert told in said
    assert "5 % BW" not in said, "a rule that gives no threshold has no place on the axis"


def test_curves_stand_at_zero_per_cent_where_the_default_is() -> None:
    axes = sensitivity_figure(made_sensitivity()).axes[0]
    curves = {line.get_label(): line for line in axes.lines if line.get_label() in {"contact time", "flight time"}}
    assert len(curves) == 2
    for line in curves.values():
        at_default = [y for x, y in zip(*line.get_data(), strict=True) if x == 20.0]
        assert at_default
        assert at_default == pytest.approx([0.0] * len(at_default))
    rising = dict(zip(*curves["contact time"].get_data(), strict=True))
    assert rising[5.0] == pytest.approx(100 * (0.259 / 0.256 - 1))


def test_a_rule_in_the_noise_is_a_hollow_mark() -> None:
    axes = sensitivity_figure(made_sensitivity()).axes[0]
    hollow = [line for line in axes.lines if line.get_marker() == "o" and line.get_markerfacecolor() == "white"]
    assert [line.get_xdata().tolist() for line in hollow] == [[3.0], [3.0]]


def test_the_sentence_stands_in_the_picture_unless_the_page_prints_it() -> None:
    assert "numbers of this one trial" in words(sensitivity_figure(made_sensitivity()))
    assert "numbers of this one trial" not in words(sensitivity_figure(made_sensitivity(), with_summary=False))


def test_plot_draws_a_sensitivity_and_equal_ones_give_equal_bytes() -> None:
    first, second = (figure_bytes(ll.plot(made_sensitivity())) for _ in range(2))
    assert first == second


def test_table_puts_the_default_first_then_rules_by_rising_threshold() -> None:
    table = sensitivity_table(made_sensitivity())
    assert [line.rule for line in table.lines] == [
        "default", "flight maximum", "5 N", "flight + 5 SD", "10 N", "5 % BW",
    ]  # fmt: skip
    assert table.headings == (("contact", "s"), ("flight", "s"))
    assert table.lines[2].cells[0].change == "+1.2 %"
    assert table.lines[2].cells[1].change == "−0.5 %"
    assert table.lines[-1].cells[0].value == "–"
    assert sensitivity_table(empty_sensitivity()).lines == ()


def test_a_change_too_small_to_show_has_no_sign() -> None:
    made = made_sensitivity()
    near = replace(made.rows[1], values={"contact_time_s": 0.256 * 0.99999, "flight_time_s": 0.483})
    table = sensitivity_table(replace(made, rows=(made.rows[0], near)))
    assert [cell.change for cell in table.lines[1].cells] == ["0.0 %", "0.0 %"]
