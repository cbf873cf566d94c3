"""Sentences of the terminal on the lab page: no command, no option, no name of a file's entry."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from landing_lab.analysis.inputs.files import mistakes_in
from landing_lab.app.calibration import fit, prepared, steps
from landing_lab.app.record import book, gates
from landing_lab.app.web.page_words import on_page
from landing_lab.app.web.screening import in_labels
from landing_lab.app.web.shown import shown_findings
from landing_lab.app.web.shown_calibration import is_remark
from landing_lab.sim.devices import insole_info, plate_info


def _texts(module: object) -> list[str]:
    """Every text of a module but its docstrings, what is filled in replaced by a word."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and isinstance(node.body[0], ast.Expr)
    } | {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if id(node) in documented | inside:
            continue
        if isinstance(node, ast.JoinedStr):
            found.append(
                "".join(str(part.value) if isinstance(part, ast.Constant) else "plate" for part in node.values)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found


@pytest.mark.parametrize("module", [gates, prepared, fit, steps])
def test_no_sentence_on_the_page_asks_for_the_terminal(module: object) -> None:
    told = _texts(module)
    assert any("landing-lab " in text or "--" in text for text in told), "else this test sees nothing"
    for text in map(on_page, told):
        assert "landing-lab " not in text, text
        assert "--" not in text, text


def test_findings_of_boards_are_put_the_pages_way() -> None:
    boards = {info.device_id: info for info in (insole_info(0), plate_info())}
    raw = [one.text for one in gates.of_calibrations(boards, {}, now=datetime.now(tz=UTC))]
    assert [text for text in raw if "landing-lab calibrate plate" in text]
    (shown,) = shown_findings(gates.of_calibrations(boards, {}))
    assert str(shown["text"]).endswith("before a study: Boards, “Calibrate …” of the plate")


def test_what_a_continued_session_says_has_no_option_and_no_path() -> None:
    continued, unjudged = (
        text for text in _texts(book) if "is continued: " in text or "has no verdict and is not" in text
    )
    assert on_page(continued).endswith("trials are accepted.")
    assert on_page(unjudged) == (
        "plate has no verdict and is not in the report; Review shows its numbers, and it is recorded anew."
    )


def test_a_remark_is_no_warning_and_speaks_plainly() -> None:
    text = "worst posture when left out: hops, off by 3 % (rms)"
    assert is_remark(text)
    assert "the worst, hops, was off by 3 %" in on_page(text)
    assert not is_remark("of no use for the force beside the others, and so of least weight: cell_1")


def test_form_errors_say_the_label_of_the_field() -> None:
    wrong = mistakes_in({"prior_injury": "none", "lunge_left_cm": "9 km", "prior_injury_side": "left"})
    assert wrong["lunge_left_cm"].startswith("lunge_left_cm (")
    told = in_labels(wrong["lunge_left_cm"])
    assert "lunge_left_cm" not in told
    assert "(" not in told.split(" takes ")[0]
    (other,) = mistakes_in({"prior_injury": "none", "prior_injury_side": "left"}).values()
    assert "prior_injury" in other
    assert "_" not in in_labels(other)
