"""The first page of a session's report, and the PDF of the same content."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.screening.entered_alone import entered_alone
from landing_lab.analysis.screening.referral import NOT_ASKED
from landing_lab.analysis.screening.session_asymmetry import SYMMETRY, session_asymmetry
from landing_lab.errors import RecordingError
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.result import MetricsTable
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report import opening as opening_module
from landing_lab.report import pdf as pdf_module
from landing_lab.report.content import report_content
from landing_lab.report.html import page_of
from landing_lab.report.one_page import MOST_CONDITIONS, SHEET_PT, height_pt
from landing_lab.report.opening import KNEE, NOT_SCREENED, UNSETTLED, Account, Opening, opening_of
from landing_lab.report.pdf import can_write_pdf, pages_of, pdf_of, write_pdf
from landing_lab.report.write import remove_older_pdf
from reference import absent
from report.made_trials import full_trial, refused_trial, row
from report.worst_session import CONDITIONS, NOT_MADE, worst_session
from wording_scan import assert_allowed

LABELS = [TrialLabel(run=1), TrialLabel(run=2)]


def entry(run: int, verdict: str = "accepted", reason: str | None = None) -> TrialEntry:
    return TrialEntry(run=run, task="drop_jump", file=f"raw/run-{run}.xdf", verdict=verdict, reason=reason)  # type: ignore[arg-type]


def opened(**more: object) -> Opening:
    trials = [full_trial(), full_trial()]
    account = Account(entries=(entry(1), entry(2), entry(3, "rejected", "stumbled")), **more)  # type: ignore[arg-type]
    return opening_of(trials, LABELS, account)


def content(note: str = "", opening: Opening | None = None) -> dict[str, object]:
    labels = [TrialLabel(run=1, notes=(note,) if note else ()), TrialLabel(run=2)]
    session = {"participant": "P07", "session": "01", "note": note}
    return report_content([full_trial(), full_trial()], session=session, labels=labels, opening=opening)


def needs_typst() -> None:
    if not can_write_pdf():
        absent("typst is not installed; pip install 'landing-lab[web]'")


def test_the_first_page_says_what_was_done_and_what_is_left_out() -> None:
    page = opened(n_left=3)
    assert page.used == "run 01, 02"
    assert page.rejected == ("run 03 (stumbled)",)
    assert page.done.endswith("1 recorded and rejected")
    assert page.next[0].text == "3 of the planned trials are still to be recorded."
    assert page.screening == ()
    assert page.screening_head == NOT_SCREENED
    assert page.knee == KNEE
    assert_allowed(" ".join((KNEE, NOT_SCREENED, page.shift, *page.symmetry)), knee_observed=False)


def test_numbers_have_their_error_or_say_why_they_are_not_known() -> None:
    trials = [full_trial(), refused_trial()]
    page = opening_of(trials, LABELS, Account(entries=(entry(1), entry(2))))
    assert page.numbers
    for one in page.numbers:
        assert one.known or one.note, one
        assert not one.known or (one.error and all("n = " in cell for cell in one.cells))
    assert page.reservations[-1].startswith("1 of 2 trials carry a reservation")
    alone = opening_of([refused_trial()], LABELS[:1], Account(entries=(entry(1),)))
    assert {one.cells for one in alone.numbers} <= {("not known",)}


def test_lengths_are_read_in_centimetres_and_reservations_in_plain_words() -> None:
    table = MetricsTable((row("jump_height_flight_time_m", 0.3077, "m", 0.0024, status="flagged", reason=UNSETTLED),))
    page = opening_of([full_trial(table=table)] * 2, LABELS, Account(entries=(entry(1), entry(2))))
    jump = next(one for one in page.numbers if one.title == "jump height")
    assert (jump.unit, jump.error, jump.cells) == ("cm", "± 0.24", ("30.77 ± under 0.01 (n = 2)",))
    assert "converters" not in "".join(page.reservations)
    assert "smooths a fast push" in "".join(page.reservations)


def test_a_trial_accepted_against_a_stop_is_named() -> None:
    labels = [replace(LABELS[0], notes=("STOP: insole_left sent nothing",)), LABELS[1]]
    page = opening_of([full_trial(), full_trial()], labels, Account(entries=(entry(1), entry(2))))
    assert page.reservations[-1] == "Accepted against a STOP: run 01; the pages behind say why."
    content = report_content([full_trial(), full_trial()], labels=labels, session={"box height": "0.3 m"})
    assert content["trials"][0]["heading"].stops == ("left insole sent nothing",)
    assert content["findings"] == [("run 01", "STOP: left insole sent nothing")]
    assert content["who"] == [("box height", "30 cm")]


def test_several_jumps_of_one_run_have_names_of_their_own() -> None:
    content = report_content([full_trial()] * 3, labels=[LABELS[0], LABELS[0], LABELS[1]])
    assert [one["called"] for one in content["trials"]] == ["run 01, jump 1", "run 01, jump 2", "run 02"]
    assert [one["called"] for one in report_content([full_trial()])["trials"]] == ["trial 1"]


def test_symmetry_needs_three_landings_of_one_condition() -> None:
    table = MetricsTable((row(SYMMETRY, 70.0, "%", 1.0, side="left_right")._replace(stronger_side="left"),))
    trials = [full_trial(table=table)] * 3
    labels = [TrialLabel(run=number) for number in (1, 2, 3)]
    found = session_asymmetry(trials, labels)[""]
    assert (found.n, found.state, found.asymmetry_pct) == (3, "outside", -30.0)
    assert "the right foot bore 30 % less than the left foot" in found.sentence
    assert session_asymmetry(trials[:2], labels[:2])[""].state == "not_judged"
    assert session_asymmetry([refused_trial()], labels[:1]) == {}
    others = [replace(label, condition="flat" if label.run == 1 else "heel_lift") for label in labels]
    assert {name: one.n for name, one in session_asymmetry(trials, others).items()} == {"flat": 1, "heel lift": 2}


def test_the_page_shows_it_first_and_escapes_what_people_typed() -> None:
    hostile = "<script>alert(1)</script>"
    page = opened(why_not=f"not made: {hostile}")
    text = page_of(content(hostile, page))
    assert "<script" not in text
    assert text.index("Your numbers") < text.index("All trials")
    assert "Landing report: P07, session 01" in text
    assert "Your numbers" not in page_of(content())


def test_a_pdf_prints_markup_as_text_and_is_the_same_every_time(tmp_path: Path) -> None:
    needs_typst()
    hostile = '#panic("ran") #read("/etc/passwd") $x$ *bold* @ref <label> \\ " ] } é 中'
    told = content(hostile, opened(why_not=hostile))
    first = pdf_of(told, at="2026-11-22T10:00:00+00:00")
    assert first.startswith(b"%PDF-")
    assert b"Made with landing-lab" in first
    assert b"D:20261122" in first
    assert first == pdf_of(told, at="2026-11-22T10:00:00+00:00")
    assert first != pdf_of(told, at="2026-11-23T10:00:00+00:00")
    assert len(re.findall(rb"FontFile", first)) >= 1, "fonts are embedded"
    path = write_pdf(told, tmp_path / "report.pdf")
    remove_older_pdf(path)
    assert not path.exists()
    theirs = tmp_path / "report.pdf"
    theirs.write_bytes(b"%PDF-1.4 of somebody else")
    remove_older_pdf(theirs)
    assert theirs.exists()


def test_what_was_typed_is_seen_on_the_first_page_of_the_pdf() -> None:
    needs_typst()
    one, other = (pages_of(content("", opened(why_not=f"#panic({n})")))[0] for n in (1, 2))
    assert one.startswith(b"\x89PNG")
    assert one != other


def test_without_typst_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf_module, "find_spec", lambda _name: None)
    with pytest.raises(RecordingError, match=r"pip install 'landing-lab\[web\]'"):
        write_pdf(content(), tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


def test_what_the_first_page_has_no_room_for_stands_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    content, page = worst_session()
    monkeypatch.setattr(opening_module, "fitted", lambda whole: whole)
    _, whole = worst_session()
    assert height_pt(page) <= SHEET_PT < height_pt(whole)
    assert len(page.conditions) == MOST_CONDITIONS < len(whole.conditions) == len(CONDITIONS)
    shown = "\n".join(
        [*page.rejected, *page.reservations, *page.symmetry, page.shift, page.screening_head]
        + [one.text for one in (*page.screening, *page.next, *page.more)]
    )
    for text in (*whole.rejected, *whole.reservations, *whole.symmetry, whole.shift, whole.screening_head):
        assert text in shown
    for one in (*whole.screening, *whole.next):
        assert one in (*page.screening, *page.next, *page.more), "with the rows that it rests on"
    for number in whole.numbers:
        assert all(cell in shown for cell in number.cells[MOST_CONDITIONS:])
        assert f"{number.plain}." in shown
    assert page.screening[-1].text.startswith("Level 4 of 4")
    assert page.screening[0].text.startswith("An ACL injury before was entered"), "it never leaves the page"
    assert page.next[0].text.startswith("See a physiotherapist or a doctor"), "before what is still to be recorded"
    text = page_of(content)
    assert text.index("What to do next") < text.index("From the first page") < text.index(">Run 01: ")
    usual = opened()
    assert usual.more == ()
    assert all(one.plain for one in usual.numbers)


def test_where_no_screening_can_be_made_an_injury_before_and_symptoms_still_stand_on_the_first_page() -> None:
    _, page = worst_session(**NOT_MADE)
    assert page.screening_head.startswith("The screening could not be made")
    (before,) = page.screening
    assert before.text.startswith("An ACL injury before was entered")
    assert page.next[0].text.startswith("See a physiotherapist or a doctor")
    named = {badge.claim for one in (*page.screening, *page.next) for badge in one.badges}
    assert named == {line["id"] for line in page.claims} != set()
    assert page.evidence_stamp
    nothing = opened(why_not="Not made.", alone=entered_alone(inputs_from({"prior_injury": "none"})))
    assert nothing.screening == ()
    assert NOT_ASKED in [one.text for one in nothing.next]


WORST: dict[str, dict[str, object]] = {
    "one": {"n_conditions": 1}, "three": {"n_conditions": 3}, "six": {}, "refused": {"refused": True},
    "not made": NOT_MADE,
}  # fmt: skip


@pytest.mark.parametrize("made", WORST.values(), ids=WORST.keys())
def test_the_first_page_of_the_pdf_is_one_page(made: dict[str, object]) -> None:
    """Its second page is then the very picture of the one behind a short first page."""
    needs_typst()
    content, page = worst_session(**made)  # type: ignore[arg-type]
    short = replace(opened(), more=page.more, claims=page.claims, evidence_stamp=page.evidence_stamp)
    found = pages_of(content, ppi=30.0)
    expected = pages_of({**content, "opening": short}, ppi=30.0)
    assert len(found) == len(expected)
    assert found[1:] == expected[1:]
