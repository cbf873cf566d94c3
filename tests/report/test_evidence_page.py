"""docs/evidence.md is what the table says, and shows nothing that is withheld."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from rich.console import Console

from landing_lab.analysis.evidence.registry import evidence
from landing_lab.report.evidence_lines import claim_facts, claim_view, evidence_legend, evidence_table_view, seed_text

DOCS = Path(__file__).parents[2] / "docs"
TABLE = evidence()
WITHHELD_FIGURES = (
    "HR 1.26",
    "HR 0.55",
    "stance 16 %",
    "20 % higher",
    "moment x2.5",
    "r2 0.88",
    "about 0.60",
    "0.25 s",
)


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evidence_page", DOCS / "evidence_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed(*parts: object, colour: bool = False) -> str:
    console = Console(width=110, force_terminal=colour, color_system="standard" if colour else None)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return capture.get()


def test_the_page_is_as_new_as_the_table() -> None:
    written = (DOCS / "evidence.md").read_text(encoding="utf-8")
    assert written == script().evidence_page(), "docs/evidence.md is out of date: run `python docs/evidence_page.py`"


def test_the_page_has_one_whole_row_per_claim() -> None:
    rows = [line for line in script().evidence_page().splitlines() if line.startswith("| ") and " | `" in line]
    cells = [row.replace("\\|", "").strip("|").split("|") for row in rows]
    assert sorted(one[1].strip(" `") for one in cells) == sorted(one.id for one in TABLE.claims)
    assert all(len(one) == 8 and all(cell.strip() for cell in one) for one in cells)


def test_no_view_shows_a_figure_that_is_withheld() -> None:
    shown = [
        script().evidence_page(),
        str([claim_facts(one) for one in TABLE.claims]),
        printed(*(claim_view(one, TABLE) for one in TABLE.claims), evidence_table_view(TABLE, TABLE.claims)),
    ]
    for text in shown:
        assert "figure withheld" in text
        assert [figure for figure in WITHHELD_FIGURES if figure in text] == []
    assert all(any(figure in one.effect for one in TABLE.claims) for figure in WITHHELD_FIGURES), "the test is blind"


def test_what_is_not_scored_is_struck_through_and_says_so_in_words() -> None:
    weak, fair = TABLE.claim("vgrf-acl-krosshaug-2016"), TABLE.claim("lunge-valgus-lima-2018")
    strike = "\x1b[9m"
    assert strike in printed(claim_view(weak, TABLE), colour=True)
    assert strike not in printed(claim_view(fair, TABLE), colour=True)
    assert "not scored" in printed(claim_view(weak, TABLE))
    assert "not scored" not in printed(claim_view(fair, TABLE))
    assert f"~~{weak.finding}~~" in script().evidence_page()
    assert f"~~{fair.finding}~~" not in script().evidence_page()


def test_a_claim_in_full_says_everything_of_it() -> None:
    text = " ".join(printed(claim_view(TABLE.claim("lunge-valgus-wyndow-2016"), TABLE)).split())
    for part in ("grade C", "OR 1.8", "n = 30; healthy adults, 18-50 years",
                 "doi:10.1186/s13047-016-0134-9", "read at the source",
                 "limited dorsiflexion", "against it lunge-valgus-fong-2011 (grade C)"):  # fmt: skip
        assert part in text
    assert "R6" not in text, "the review's own code tells readers nothing"
    assert not any(re.search(r"\b[A-Z]\d", seed_text(one)) for one in TABLE.claims)
    memory = printed(claim_view(TABLE.claim("kam-acl-hewett-2005-accuracy"), TABLE))
    assert "from memory, unverified" in memory


def test_the_legend_names_every_grade_and_what_it_counts() -> None:
    legend = evidence_legend()
    for part in ("A strong", "counts 1 ", "counts 0.67", "counts 0.33", "D conflicting", "X no direct"):
        assert part in legend
    assert legend.count("not scored)") == 2
