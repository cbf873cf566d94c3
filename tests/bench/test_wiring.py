"""The drawings and the table of pins in drivers/firmware agree with pins.h."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from drivers.bench.build import FIRMWARE

TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture(scope="module")
def draw() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_wiring", FIRMWARE / "draw_wiring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _words(path: Path) -> list[str]:
    return [element.text or "" for element in ET.parse(path).getroot().iter(TEXT)]


def test_the_drawings_are_those_of_the_script(draw: ModuleType) -> None:
    drawn = draw.drawings()
    assert {path.name for path in FIRMWARE.glob("wiring-*.svg")} == set(drawn)
    for name, drawing in drawn.items():
        assert (FIRMWARE / name).read_text(encoding="utf-8") == drawing, f"run drivers/firmware/draw_wiring.py ({name})"


@pytest.mark.parametrize("board", ["uno", "mega"])
def test_the_drawing_of_a_plate_shows_each_pin_of_pins_h_once(draw: ModuleType, board: str) -> None:
    words = _words(FIRMWARE / f"wiring-plate-{board}.svg")
    for _, dout, _, _, sck, *_ in draw.pins("CELL", board):
        assert words.count(dout) == 1
        assert words.count(sck) == 1
    assert words.count(draw.sync_pin(board)) == 1


def test_the_table_of_pins_in_the_readme_is_that_of_pins_h(draw: ModuleType) -> None:
    readme = (FIRMWARE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", readme, re.MULTILINE)
    uno, mega = draw.pins("CELL", "uno"), draw.pins("CELL", "mega")
    assert rows == [(str(int(u[0]) + 1), u[1], u[4], m[1], m[4]) for u, m in zip(uno, mega, strict=True)]
    for board in ("uno", "mega"):
        lines = ", ".join(f"S{number} {pin}" for number, pin, *_ in draw.pins("SELECT", board))
        assert lines in readme


@pytest.mark.parametrize("name", ["wiring-insole.svg", "wiring-insole-4067.svg", "wiring-plate-uno.svg"])
def test_no_words_of_a_drawing_overlap_or_leave_it(name: str) -> None:
    root = ET.parse(FIRMWARE / name).getroot()
    boxes = [_box(element) for element in root.iter(TEXT)]
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for index, (left, top, right, bottom, words) in enumerate(boxes):
        assert left >= 0, words
        assert right <= width, words
        assert bottom <= height, words
        for other_left, other_top, other_right, other_bottom, others in boxes[:index]:
            apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
            assert apart, (words, others)


def _box(element: ET.Element) -> tuple[float, float, float, float, str]:
    """(left, top, right, bottom) that the words take at most, and the words."""
    words, kinds = element.text or "", element.attrib["class"]
    size = 19 if "t" in kinds.split() else 12 if "s" in kinds.split() else 14
    wide = 0.6 * size * len(words)
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[element.attrib["text-anchor"]]
    return left, y - 0.75 * size, left + wide, y + 0.2 * size, words
