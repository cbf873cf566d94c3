"""What a report does with the pictures of pressure: its section, its first page, its files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from landing_lab.errors import ParameterError
from landing_lab.metrics.table import EXPLORATORY
from landing_lab.model.result import MetricsTable, TrialResult
from landing_lab.report.pressure_section import PressurePicture
from rendered import render_report
from report.made_pressure import pressed_trial
from report.made_trials import made_trial, row


def picture(name: str = "pressure", refusal: str = "") -> PressurePicture:
    png = None if refusal else b"\x89PNG"
    return PressurePicture(name=name, title="Pressure", caption="In kPa.", png=png, refusal=refusal, height_in=6.2)


def test_page_has_the_section_only_with_insoles_and_the_reservation_once() -> None:
    plain = render_report(made_trial())
    assert "<h3>Pressure</h3>" not in plain
    assert EXPLORATORY not in plain
    trials = [
        replace(pressed_trial(), notes=(EXPLORATORY,)),
        made_trial(),
        replace(pressed_trial(), source="other.xdf"),
    ]
    page = render_report(trials, pressure=[[picture()], [], [picture(refusal="A butterfly needs both feet")]])
    assert page.count("<h3>Pressure</h3>") == 2
    assert page.count(EXPLORATORY) == 1
    assert page.count("data:image/png;base64,") == 1
    assert "was not drawn. A butterfly needs both feet." in page


def with_shift(trial: TrialResult) -> TrialResult:
    rows = [
        row("medial_shift_mm", 4.21, "mm", 0.9, side="left"),
        row("medial_shift_mm", None, "mm", None, side="right", status="refused", reason="the right foot slipped"),
    ]
    others = [one for one in trial.table if "medial_shift" not in one.name]
    return replace(trial, table=MetricsTable((*others, *rows)))


def test_first_page_tells_the_shift_of_each_foot_only_with_insoles() -> None:
    from landing_lab.report.rows import headlines

    cards = {card.title: card for card in headlines(with_shift(pressed_trial()))}
    assert cards["medial pressure shift, left"].value == "4.2"
    assert cards["medial pressure shift, left"].note == ""
    assert cards["medial pressure shift, right"].status == "refused"
    assert not [card for card in headlines(with_shift(made_trial())) if "medial" in card.title]


def test_report_writes_the_pictures_and_takes_those_of_an_older_one_away(tmp_path: Path) -> None:
    from landing_lab.report.write import report

    (tmp_path / "butterfly-02.png").write_bytes(b"old")
    (tmp_path / "regions-01-mine.png").write_bytes(b"mine")
    written = report([pressed_trial(sides=("left",))], tmp_path)
    assert set(written) == {
        "report.html", "trial-01.png", "pressure-01.png", "medial-shift-01.png", "regions-01.png",
    }  # fmt: skip
    assert not (tmp_path / "butterfly-02.png").exists()
    assert (tmp_path / "regions-01-mine.png").exists()
    assert "A butterfly needs both feet" in written["report.html"].read_text("utf-8")
    with pytest.raises(ParameterError, match="slow motion needs pressure insoles"):
        report([made_trial()], tmp_path, animate=True)
