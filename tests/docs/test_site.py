"""What makes the documentation: commands, links, messages, and the check of what was built."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from docsite.api import GROUPS, functions_page, returned_types, types_page
from docsite.assemble import DOCS, ROOT, site_places, turned
from docsite.built import complaints
from docsite.commands import commands_page
from docsite.message_text import Reader, Scope, parse
from docsite.notebooks import notebook_pages

import landing_lab as ll

WHOLE = '<a href="page.html#part">way</a><img src="a.svg">'
SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>"


def built(
    folder: Path, index: str = WHOLE, page: str = '<h1 id="part">x</h1><a href="index.html">back</a>'
) -> list[str]:
    (folder / "a.svg").write_text(SVG)
    (folder / "index.html").write_text(index)
    (folder / "page.html").write_text(page)
    return complaints(folder)


def test_a_whole_site_passes(tmp_path: Path) -> None:
    assert built(tmp_path) == []


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (WHOLE + '<a href="nowhere.html">x</a>', "links to nowhere.html"),
        (WHOLE.replace("#part", "#gone"), "has no such place"),
        (WHOLE + '<img src="b.png">', "shows b.png"),
        (
            WHOLE + '<script src="https://cdn.example/x.js"></script>',
            "loads https://cdn.example/x.js from another host",
        ),
        (WHOLE + '<link rel="stylesheet" href="//fonts.example/x.css">', "from another host"),
        (WHOLE + "<style>@import 'https://x.example/a.css';</style>", "from another host"),
        (WHOLE + '<p style="background: url(https://x.example/a.png)">', "from another host"),
        ('<img src="a.svg">', "page.html cannot be reached"),
    ],
)
def test_what_is_wrong_with_a_site_is_named(tmp_path: Path, index: str, told: str) -> None:
    assert any(told in one for one in built(tmp_path, index))


def test_links_to_other_hosts_may_stand_in_the_text(tmp_path: Path) -> None:
    assert built(tmp_path, WHOLE + '<a href="https://doi.org/10.1/x">x</a>') == []


def test_style_sheets_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url('https://x.example/a.woff2') }")
    assert any("a.css loads" in one for one in built(tmp_path))


def test_every_command_and_option_is_in_the_reference() -> None:
    page = commands_page()
    for heading in ("## landing-lab demo", "## landing-lab simulate", "### landing-lab calibrate plate"):
        assert f"\n{heading}\n" in page
    assert "`--speed <float>`" in page
    assert "| 2.0 |" in page
    assert "landing-lab demo --out my-first-demo" in page
    assert "| `dataset <path>` |" in page
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 150
    assert all(len(row.replace("\\|", "").split("|")) == 5 for row in rows)


def test_every_public_name_is_in_the_reference_once() -> None:
    functions, types = functions_page(), types_page()
    for name in set(ll.__all__) - {"__version__"}:
        thing = getattr(ll, name)
        if isinstance(thing, type):
            assert types.count(f"autoclass:: {thing.__module__}.{thing.__qualname__}\n") == 1, name
        else:
            assert functions.count(f"autofunction:: landing_lab.{name}\n") == 1, name
    assert "landing_lab.model.result.Result" in returned_types()
    assert "landing_lab.analysis.waveforms.comparison.WaveformComparison" in returned_types()


def test_the_groups_of_functions_name_what_exists() -> None:
    assert {name for names in GROUPS.values() for name in names} <= set(ll.__all__)


def test_links_are_turned_towards_the_site() -> None:
    places = site_places()
    source = ROOT / "drivers" / "README.md"
    text = "[a](../README.md#run) ![b](firmware/wiring-insole.svg) [c](../docs/calibration.md) [d](bench/board.py)"
    assert turned(text, source, places) == (
        "[a](../reference/readme.md#run) ![b](firmware/wiring-insole.svg) [c](../calibration.md) d"
    )
    assert turned("see [metrics.md](metrics.md)", DOCS / "dataset.md", places) == "see [](metrics.md)"
    assert turned("[code](../src/landing_lab/errors.py)", DOCS / "dataset.md", places) == "code"
    assert turned("```\n[a](../README.md)\n```\n", DOCS / "dataset.md", places) == "```\n[a](../README.md)\n```\n"


def test_a_link_to_nothing_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="mend the link"):
        turned("[a](no/such/folder/x.md)", ROOT / "README.md", site_places())


SOURCE = """
LIMIT = 5
NO_FOOT = "nobody stood on the plate"

def told(name):
    return f"{name} is silent"

def check(path, count, error):
    why = "too few" if count else "none"
    raise ValueError(f"{path.name}: {why} of {LIMIT} rows; {told(path)} ({error}), {count} row(s)")

def refuse():
    raise ValueError(NO_FOOT)
"""


def test_texts_are_read_out_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(SOURCE)
    module = parse(tmp_path / "made.py", "made")
    reader = Reader({"made": module})
    found = []
    for function in module.functions.values():
        for node in ast.walk(function):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                found += reader.texts(node.exc.args[0], Scope(module, function)) or []
    assert found == [
        "‹path name›: too few of 5 rows; ‹name› is silent (‹reason›), ‹count› row(s)",
        "‹path name›: none of 5 rows; ‹name› is silent (‹reason›), ‹count› row(s)",
        "nobody stood on the plate",
    ]


BOOK = """{"cells": [
 {"cell_type": "markdown", "metadata": {}, "source": ["# From file to result\\n", "\\n", "What it shows."]},
 {"cell_type": "code", "execution_count": 1, "metadata": {"execution": {"a": 1}}, "source": ["1"],
  "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGFsbG8="}}]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


def test_notebooks_make_a_gallery_with_their_last_picture(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "01_file.ipynb").write_text(BOOK)
    notebook_pages(tmp_path / "in", tmp_path / "out")
    folder = tmp_path / "out" / "tutorials" / "notebooks"
    index = (folder / "index.md").read_text(encoding="utf-8")
    assert "grid-item-card} From file to result" in index
    assert "What it shows." in index
    assert (folder / "pictures" / "01_file.png").read_bytes() == b"hallo"
    assert '"execution": {' not in (folder / "01_file.ipynb").read_text(encoding="utf-8")


def test_without_notebooks_the_page_says_how_to_make_them(tmp_path: Path) -> None:
    notebook_pages(None, tmp_path)
    assert "make docs" in (tmp_path / "tutorials" / "notebooks" / "index.md").read_text(encoding="utf-8")
