"""The page of a screening and the written cases."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from landing_lab.analysis.wording import banned_words, ungated_valgus
from landing_lab.report.screening_figure import figure_rows
from landing_lab.report.screening_page import screening_page
from made_screening import RATIO, SHIFT, STIFFNESS, Lab, screened

CASES = Path(__file__).parents[2] / "docs" / "cases"
LAB = Lab(
    errors={(STIFFNESS, "total"): (1.0, 0.5), (SHIFT, "left"): (1.0, 0.5)},
    norms={(STIFFNESS, "total"): (18.0, 4.0), (SHIFT, "left"): (4.0, 3.0)},
)


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("case_reports", CASES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["case_reports"] = module
    spec.loader.exec_module(module)
    return module


def test_cases_say_what_the_program_says_now(maker: ModuleType) -> None:
    for case in maker.CASES:
        written = (CASES / f"{case.name}.md").read_text(encoding="utf-8")
        assert _unstamped(written) == _unstamped(maker.page(case)), (
            f"{case.name}.md is older than the program; run python docs/cases/make.py"
        )


def _unstamped(text: str) -> str:
    """Without the hash of the evidence table: a row that no case uses may change."""
    return re.sub(r"sha256 [0-9a-f]{8}", "", text)


def test_cases_come_out_as_they_were_made(maker: ModuleType) -> None:
    found = {case.name: maker.screened(case) for case in maker.CASES}
    told = {name: " ".join(one.text for one in result.standing_out) for name, result in found.items()}
    assert told["soft"].startswith("Nothing stands out")
    assert "You land stiffly" in told["stiff"]
    assert "the left takes less" in told["after_acl"]
    assert told["medial_shift"].startswith("Nothing stands out")
    assert [one.named for one in found["limited_lunge"].rankings] == ["ankle", "ankle"]
    assert all(one.named is None for name in found if name != "limited_lunge" for one in found[name].rankings)
    assert [name for name, result in found.items() if result.referral.advised] == ["after_acl"]
    assert all(result.simulated for result in found.values())


def test_cases_hold_no_banned_word_and_read_short(maker: ModuleType) -> None:
    for case in maker.CASES:
        text = maker.page(case)
        assert banned_words(text) == []
        assert "Simulated athlete" in text
        for_the_athlete = text[: text.index("## The numbers")]
        assert len(re.sub(r"\[[^\]]*\]", "", for_the_athlete).split()) < 330
        if maker.screened(case).observed is None:
            assert ungated_valgus(re.sub(r"`[^`]*`", "", text)) == []


def test_what_is_not_counted_is_struck_through_and_grey() -> None:
    result = screened([{(STIFFNESS, "total"): [30.0, 31.0, 30.0], (SHIFT, "left"): [20.0, 21.0, 20.0]}], LAB)
    rows = {row["label"]: row for row in figure_rows(result)}
    assert rows["Stiffness of the landing"]["struck"] is False
    assert rows["Pressure moving to the inner side of the foot"]["struck"] is True
    page = screening_page(result)
    assert 'class="row struck"' in page
    assert "text-decoration: line-through" in page


def test_marks_stand_where_the_limits_say() -> None:
    """Outside marks lie right of the dashed limit, usual ones left, and whiskers of the unclear cross it."""
    for mean, state in ((30.0, "outside"), (24.5, "indeterminate"), (15.0, "within")):
        result = screened([{(STIFFNESS, "total"): [mean, mean + 0.1, mean - 0.1]}], LAB)
        row = next(one for one in figure_rows(result) if one["label"] == "Stiffness of the landing")
        limit = sum(row["band"])
        mark = row["marks"][0]
        assert mark["state"] == state
        assert (mark["low"] > limit, mark["high"] < limit) == (state == "outside", state == "within")


def test_names_from_outside_are_escaped() -> None:
    from dataclasses import replace

    result = replace(screened([{(RATIO, "total"): [1.3, 1.3, 1.4]}], LAB), participant="<b>x", notes=("<u>\x1b[31m",))
    page = screening_page(result)
    assert "<b>x" not in page
    assert "<u>" not in page
    assert "\x1b" not in page
    assert screening_page(result) == page
