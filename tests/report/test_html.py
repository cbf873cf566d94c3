from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import landing_lab
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.model.recording import Recording
from landing_lab.model.result import MetricsTable, Result
from landing_lab.report.content import session_tables
from landing_lab.report.names import FAMILY_LABELS, metric_label
from landing_lab.report.write import plot, report
from rendered import render_report, write_report
from report.made_trials import (
    empty_sensitivity,
    full_trial,
    made_sensitivity,
    made_trial,
    refused_trial,
    row,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&.txt"
VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """Collects tags, attributes and the text of every table cell; complains about tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


def test_page_is_well_formed_self_contained_and_without_script() -> None:
    page = Page(render_report([made_trial(), refused_trial()], session={"plate": {"frames": 3}}))
    assert "script" not in {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action", "srcset"):
            link = attributes.get(name)
            assert link is None or link.startswith(("#", "data:image/")), (tag, link)
    assert "url(" not in render_report(made_trial())


def test_hostile_names_stay_text() -> None:
    trial = made_trial(source=HOSTILE, status="flagged", reason=HOSTILE, notes=(HOSTILE,), settings={HOSTILE: HOSTILE})
    hostile_row = row(HOSTILE, 1.0, "N", 0.1, status="flagged", reason=HOSTILE, method=HOSTILE)
    trial = replace(trial, table=MetricsTable((hostile_row,)))
    assert trial.signals is not None
    trial = replace(trial, signals=replace(trial.signals, source=HOSTILE))
    text = render_report(trial, title=HOSTILE, session={HOSTILE: HOSTILE, "link": {HOSTILE: HOSTILE}})
    page = Page(text)
    assert "<script" not in text
    assert "onerror" not in {name for _, attributes in page.tags for name in attributes}
    assert page.text.count("<script>alert(1)</script>") >= 8


def test_every_metric_row_is_there_with_its_numbers_method_and_reason() -> None:
    trial = made_trial()
    page = Page(render_report(trial))
    for metric in trial.table:
        assert metric_label(metric.name) in page.text
        assert metric.method in page.text
        assert metric.reason is None or metric.reason.lower() in page.text.lower()
    assert "0.2497 ± 0.0003" in page.cells
    assert any(cell.startswith("refused jump height (impulse) needs a quiet end") for cell in page.cells)


def test_no_cell_is_empty() -> None:
    truth = {("contact_time_s", "total"): 0.25}
    for trials in ([made_trial()], [made_trial(), refused_trial(), refused_trial(with_signal=False)]):
        page = Page(render_report(trials, truth=[truth, *[None] * (len(trials) - 1)], session={"a": {}, "b": None}))
        assert [cell for cell in page.cells if not cell.strip()] == []


def test_metrics_stand_in_families_with_the_feet_beside_the_total() -> None:
    page = Page(render_report(made_trial()))
    families = [cell for cell in page.cells if cell in FAMILY_LABELS.values()]
    assert families[:3] == ["Timing", "Jump", "Force"]
    place = next(place for place, cell in enumerate(page.cells) if cell.startswith("peak vertical forcemaximum"))
    assert page.cells[place + 1 : place + 5] == ["3100 ± 23", "1560 ± 12", "1622 ± 12", "N"]


def test_one_refusal_of_several_metrics_is_one_row() -> None:
    same = [row(f"unknown_{i}", None, "N", None, status="refused", reason="no plate was loaded") for i in range(3)]
    page = Page(render_report(made_trial(table=MetricsTable((row("x", 1.0, "N", 0.1), *same)))))
    assert page.text.count("no plate was loaded") == 1
    assert any("unknown_0, unknown_1, unknown_2" in cell for cell in page.cells)


def test_a_refusal_names_sides_only_where_some_of_them_were_measured() -> None:
    sides = [("unknown_0", "total"), ("unknown_0", "left"), ("unknown_0", "right"), ("unknown_1", "left")]
    lost = [row(name, None, "N", None, side=side, status="refused", reason="no load") for name, side in sides]
    page = Page(render_report(made_trial(table=MetricsTable(tuple(lost)))))
    assert any("unknown_0, unknown_1 (left)" in cell for cell in page.cells)


def test_a_refused_foot_beside_a_measured_one_says_which() -> None:
    rows = (
        row("peak_force_n", 800.0, "N", 5.0, side="left"),
        row("peak_force_n", None, "N", None, side="right", status="refused", reason="the foot stayed in the air"),
    )
    page = Page(render_report(made_trial(table=MetricsTable(rows))))
    assert any("peak vertical force (right)" in cell and "stayed in the air" in cell for cell in page.cells)
    assert "800 ± 5" in page.cells


def test_signal_quality_says_what_was_checked_found_and_left_unchecked() -> None:
    page = Page(render_report(full_trial()))
    assert "Signal quality" in page.text
    assert "9 checks ok, 2 not made, 1 flagged." in page.text
    assert page.text.index("drift of the empty plates") < page.text.index("offset of the empty plates (left)")
    for told in ("14.2 N", "let them warm up", "−25.3 N", "0 samples", "give the body mass to compare it"):
        assert told in page.text
    assert "Signal quality" not in Page(render_report(made_trial())).text


def test_events_and_phases_of_the_feet_do_not_swell_the_tables() -> None:
    page = Page(render_report(full_trial()))
    place = page.cells.index("peak force")
    assert page.cells[place + 1 : place + 4] == ["1.1250 ± 0.0006", "1.1180 ± 0.0006", "1.1310 ± 0.0006"]
    assert "Phases of each foot" in page.text
    assert "Phases of each foot" not in Page(render_report(made_trial())).text


def test_threshold_section_holds_sentence_picture_and_every_rule() -> None:
    text = render_report(made_trial(), sensitivity=[made_sensitivity()])
    page = Page(text)
    assert "What the contact threshold does" in page.text
    assert page.text.count("the numbers of this one trial spread") == 1
    assert text.count("data:image/svg+xml") == 2
    for told in ("default", "10 N", "flight + 5 SD", "+1.2 %", "citation not checked", "refused", "this rule needs"):
        assert told in page.text
    assert [cell for cell in page.cells if not cell.strip()] == []
    assert "What the contact threshold does" not in Page(render_report(made_trial())).text


def test_a_trial_without_thresholds_says_why() -> None:
    page = Page(render_report(refused_trial(), sensitivity=[empty_sensitivity()]))
    assert "is not known: no trial is found" in page.text
    with pytest.raises(ParameterError, match="sensitivity needs one entry per trial"):
        render_report(made_trial(), sensitivity=[])


def test_report_writes_the_threshold_picture_and_removes_an_older_one(tmp_path: Path) -> None:
    written = report(made_trial(), tmp_path, sensitivity=[made_sensitivity()])
    assert list(written) == ["report.html", "trial-01.png", "sensitivity.png"]
    assert written["sensitivity.png"].read_bytes().startswith(b"\x89PNG")
    several = report([made_trial(), made_trial()], tmp_path, sensitivity=[None, made_sensitivity()])
    assert "sensitivity-02.png" in several
    assert not (tmp_path / "sensitivity.png").exists()
    report(made_trial(), tmp_path)
    assert not list(tmp_path.glob("sensitivity*"))


def test_refused_trial_is_shown_with_its_reason_and_no_number() -> None:
    page = Page(render_report(refused_trial()))
    assert page.text.count("no flight found") >= 2
    assert "No metric was computed" in page.text


def test_truth_columns_show_difference_and_deviations() -> None:
    truth = {("contact_time_s", "total"): 0.2500, ("jump_height_impulse_m", "total"): 0.3}
    page = Page(render_report(made_trial(), truth=[truth]))
    assert "simulation truth" in page.cells
    assert "−1.0 sd" in page.cells
    assert "0.25000" in page.cells
    assert "not simulated" in page.cells
    assert "simulation truth" not in Page(render_report(made_trial())).text


def test_truth_must_match_the_trials() -> None:
    with pytest.raises(ParameterError, match="one entry per trial"):
        render_report(made_trial(), truth=[])
    with pytest.raises(ParameterError, match="at least one trial"):
        render_report([])


def test_comparison_only_for_several_trials_and_only_for_what_was_measured() -> None:
    assert "All trials" not in Page(render_report(made_trial())).text
    bare = made_trial(index=1, table=MetricsTable((row("contact_time_s", 0.3, "s", 0.001),)))
    page = Page(render_report([bare, bare]))
    assert "All trials" in page.text
    assert "contact time" in page.cells
    assert "reactive strength index" not in page.cells


def test_page_says_version_schema_and_what_force_cannot_see() -> None:
    text = Page(render_report(made_trial())).text
    assert landing_lab.__version__ in text
    assert "landing-lab.analysis/1" in text
    assert "cannot see the knee" in text
    assert "shared/" not in text


def test_session_is_split_into_tables() -> None:
    tables = session_tables({"subject": "P01", "left insole": {"frames": 10, "lost_frames": 0}, "plate": {}})
    assert tables == [
        ("recording", [("subject", "P01")]),
        ("left insole", [("frames", "10"), ("lost frames", "0")]),
        ("plate", [("entries", "none")]),
    ]


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    first = write_report(made_trial(), tmp_path / "a.html").read_bytes()
    assert first == write_report(made_trial(), tmp_path / "b.html").read_bytes()


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    path = write_report(made_trial(source="bad\udcff.txt"), tmp_path / "a.html")
    assert "bad" in path.read_text(encoding="utf-8")


def test_report_writes_page_and_pictures(tmp_path: Path) -> None:
    written = report([made_trial(), refused_trial()], tmp_path / "new" / "out")
    assert list(written) == ["report.html", "trial-01.png", "trial-02.png"]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(written)
    assert re.search(r"<title>Landing report: jump-07.txt</title>", written["report.html"].read_text(encoding="utf-8"))


def test_report_of_a_recording_shows_where_it_came_from_but_no_path(tmp_path: Path) -> None:
    recording = Recording(
        streams={}, provenance={"source": "a.txt", "path": "/home/anna/a.txt", "format": "text table", "notes": ()}
    )
    written = report(Result(recording, (refused_trial(with_signal=False),)), tmp_path)
    text = written["report.html"].read_text(encoding="utf-8")
    assert "text table" in text
    assert "anna" not in text


def test_a_folder_that_cannot_be_written_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordingError, match="cannot be made: there is a file"):
        report(made_trial(), tmp_path / "file" / "out")
    (tmp_path / "taken" / "report.html").mkdir(parents=True)
    with pytest.raises(RecordingError, match=r"report\.html cannot be written"):
        report(made_trial(), tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["report.html"]


def test_room_answers_the_public_call_whatever_was_imported_before(tmp_path: Path) -> None:
    assert callable(landing_lab.report)
    assert "report.html" in landing_lab.report(made_trial(), tmp_path)


def test_plot_gives_the_trial_asked_for() -> None:
    trials = [made_trial(), refused_trial()]
    assert len(plot(trials).axes) == 2
    assert len(plot(trials, trial=1).axes) == 1
    with pytest.raises(ParameterError, match="no trial 2"):
        plot(trials, trial=2)
