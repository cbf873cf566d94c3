# ruff: noqa: INP001 (a script, no package)
"""Draw wiring-*.svg anew from pins.h: python drivers/firmware/draw_wiring.py (a test compares them)."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from landing_lab.model.insole_layout import shipped_layouts

HERE = Path(__file__).resolve().parent
PINS = HERE / "libraries" / "landing_lab" / "src" / "pins.h"
ROW = 62
CELLS = shipped_layouts()["infotronic_8"].cells
_STYLE = (
    "text{font:14px sans-serif;fill:#222}.t{font-size:19px;font-weight:bold}.s{font-size:12px;fill:#555}"
    ".b{font-weight:bold}"
    "rect,circle,path,line{stroke:#222;stroke-width:1.5;fill:none}.board{fill:#e3eef5}.part{fill:#f6f0dc}"
    ".dot{fill:#222;stroke:none}.v{stroke:#c22;fill:#c22}.vt{fill:#c22;font-weight:bold}.d{stroke:#15b;stroke-width:2}"
    ".k{stroke:#182;stroke-width:2}.a{stroke:#a50;stroke-width:2}.red{stroke:#c22}.grey{stroke:#aaa}.green{stroke:#182}"
)


def pins(table: str, board: str) -> list[list[str]]:
    """The entries of a table of pins.h, for "mega" or another board."""
    mega, other = re.split(r"^#else$", PINS.read_text(), flags=re.MULTILINE)
    rows = re.findall(rf"^  {table}\(([^)]*)\)", mega if board == "mega" else other, re.MULTILINE)
    return [re.split(r",\s*", row) for row in rows]


def sync_pin(board: str) -> str:
    """The pin of the sync signal."""
    mega, other = re.findall(r"^#define LL_SYNC\(SYNC\) SYNC\((\w+),", PINS.read_text(), re.MULTILINE)
    return str(mega if board == "mega" else other)


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "") -> str:
    """A wire."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{kind}"/>'


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A part."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" class="{kind}"/>'


def supply(x: float, y: float) -> str:
    """The 5 V rail, at the end of a wire that comes from the left."""
    return f'<path d="M{x:g} {y - 8:g}V{y + 8:g}" class="v"/>' + text(x + 8, y + 5, "5V", "vt")


def ground(x: float, y: float) -> str:
    """The GND rail, at the end of a wire that comes from the left."""
    bars = "".join(f"M{x + 5 * i:g} {y - 9 + 3 * i:g}V{y + 9 - 3 * i:g}" for i in range(3))
    return f'<path d="{bars}"/>' + text(x + 18, y + 5, "GND", "b")


def divider(x: float, y: float, name: str) -> str:
    """A sensor from the wire at (x, y) to 5 V, and 1 kOhm from there to GND."""
    return "".join(
        [
            f'<circle cx="{x:g}" cy="{y:g}" r="4" class="dot"/>',
            *(line(x, y, x + 40, y), box(x + 40, y - 13, 190, 26, "part")),
            text(x + 135, y + 5, f"FSR 402: {name}", "", "middle"),
            *(line(x + 230, y, x + 262, y), supply(x + 262, y)),
            *(line(x, y, x, y + 30), line(x, y + 30, x + 90, y + 30), box(x + 90, y + 20, 90, 20, "part")),
            text(x + 135, y + 35, "1 kΩ", "s", "middle"),
            *(line(x + 180, y + 30, x + 262, y + 30), ground(x + 262, y + 30)),
        ]
    )


def power(x: float, y: float) -> str:
    """The two supply pins of a board whose right edge is at x."""
    return "".join(
        [
            *(text(x - 10, y + 5, "5V", "", "end"), line(x, y, x + 30, y), supply(x + 30, y)),
            *(text(x - 10, y + 35, "GND", "", "end"), line(x, y + 30, x + 30, y + 30), ground(x + 30, y + 30)),
        ]
    )


def foot(x: float, y: float, channel_letter: str) -> str:
    """Where each sensor lies: a left insole seen from above, medial side on the right."""
    width, height = 190.0, 430.0
    marks = [
        text(x + width / 2, y - 34, "Left insole from above", "b", "middle"),
        text(x + width / 2, y - 14, "toes", "s", "middle"),
        box(x, y, width, height, "part").replace('rx="5"', 'rx="70"'),
        text(x + width / 2, y + height + 20, "heel; the right insole is its mirror image", "s", "middle"),
        text(x - 8, y + height / 2, "lateral", "s", "end"),
        text(x + width + 8, y + height / 2, "medial", "s"),
    ]
    for channel, cell in enumerate(CELLS):
        at_x, at_y = x + width * (1 - cell.x), y + height * (1 - cell.y)
        marks.append(f'<circle cx="{at_x:g}" cy="{at_y:g}" r="17" fill="#fff"/>')
        marks.append(text(at_x, at_y + 5, f"{channel_letter}{channel}", "b", "middle"))
    return "".join(marks)


def sync(x: float, y: float, board: str) -> str:
    """The optional sync signal on a board whose right edge is at x."""
    return "".join(
        [
            *(text(x - 10, y + 5, sync_pin(board), "", "end"), line(x, y, x + 60, y, "d")),
            text(x + 68, y + 5, "sync signal, 0 V or 5 V (optional; may stay open)", "s"),
        ]
    )


def insole_direct() -> str:
    """Nano or Mega, one analogue pin per sensor."""
    top, right = 185, 220
    y_sync = top + 8 * ROW + 30
    parts = [
        box(40, 70, 180, y_sync - 40, "board"),
        text(52, 95, "Arduino Nano", "b"),
        text(52, 113, "or Mega 2560", "s"),
        power(right, 115),
    ]
    for channel, cell in enumerate(CELLS):
        y = top + 22 + channel * ROW
        parts += [text(right - 10, y + 5, f"A{channel}", "", "end"), line(right, y, 300, y, "a")]
        parts.append(divider(300, y, cell.name.replace("_", " ")))
    parts += [sync(right, y_sync, "nano"), foot(760, 165, "A")]
    return svg(1040, y_sync + 60, "Insole, 8 sensors on analogue pins", parts)


def insole_multiplexed() -> str:
    """Uno with a CD74HC4067."""
    top, chip = 175, 330
    y_sync = top + 8 * ROW + 50
    rows = [("VCC", "5V", "red"), ("GND", "GND", ""), ("EN", "GND", ""), ("SIG", "A0", "a")]
    rows += [(f"S{number}", pin, "k") for number, pin, *_ in pins("SELECT", "uno")]
    parts = [
        box(40, 70, 180, y_sync - 40, "board"),
        text(52, 95, "Arduino Uno", "b"),
        text(52, 113, "(6 analogue pins)", "s"),
        box(chip, 70, 160, top + 8 * ROW - 80, "part"),
        text(chip + 80, 95, "CD74HC4067", "b", "middle"),
        text(chip + 80, 113, "16:1 multiplexer module", "s", "middle"),
    ]
    for index, (line_name, pin, kind) in enumerate(rows):
        y = top + 22 + index * ROW
        parts += [text(210, y + 5, pin, "", "end"), line(220, y, chip, y, kind), text(chip + 10, y + 5, line_name)]
    for channel, cell in enumerate(CELLS):
        y = top + 22 + channel * ROW
        parts += [text(chip + 150, y + 5, f"C{channel}", "", "end"), line(chip + 160, y, 560, y, "a")]
        parts.append(divider(560, y, cell.name.replace("_", " ")))
    parts += [
        text(
            chip,
            top + 8 * ROW + 24,
            "Sensors 9 to 16: C8 to C15, in the same way. 5V and GND of all parts are one.",
            "s",
        ),
        *(sync(220, y_sync, "uno"), foot(1010, 165, "C")),
    ]
    mega = ", ".join(f"S{number} {pin}" for number, pin, *_ in pins("SELECT", "mega"))
    note = f"Nano: the same pins. Mega with a 4067: {mega}; without one it has 16 analogue pins."
    parts.append(text(40, y_sync + 60, note, "s"))
    return svg(1290, y_sync + 90, "Insole through a multiplexer: Uno, or more than 8 sensors", parts)


def plate(board: str, title: str) -> str:
    """Eight load cells, each with an HX711 of its own."""
    top, pitch, module, right = 95, 78, 300, 620
    cells = pins("CELL", board)
    parts = [
        box(right, 70, 170, len(cells) * pitch + 115, "board"),
        text(right + 85, 92, title, "b", "middle"),
    ]
    for cell, dout, _, _, sck, *_ in cells:
        y = top + int(cell) * pitch
        parts += [
            *(box(40, y + 10, 120, 54, "part"), text(100, y + 42, f"load cell {int(cell) + 1}", "", "middle")),
            *(box(module, y, 150, 70, "part"), text(module + 75, y + 42, "HX711", "b", "middle")),
        ]
        for index, (terminal, colour) in enumerate((("E+", "red"), ("E−", ""), ("A−", "grey"), ("A+", "green"))):
            at = y + 16 + index * 14
            parts += [line(160, at, module, at, colour), text(module + 6, at + 4, terminal, "s")]
        for terminal, pin, at, kind in (("DT", dout, y + 24, "d"), ("SCK", sck, y + 48, "k")):
            parts += [text(module + 144, at + 4, terminal, "s", "end"), line(module + 150, at, right, at, kind)]
            parts.append(text(right + 10, at + 5, pin))
    y = top + len(cells) * pitch + 12
    parts += [text(right + 10, y + 5, "5V"), text(right + 10, y + 35, "GND"), text(right + 10, y + 65, sync_pin(board))]
    parts += [line(module + 150, y, right, y, "red"), text(module + 140, y + 5, "VCC of every module", "", "end")]
    parts += [line(module + 150, y + 30, right, y + 30), text(module + 140, y + 35, "GND of every module", "", "end")]
    parts += [line(module + 150, y + 60, right, y + 60, "d")]
    parts.append(text(module + 140, y + 65, "sync signal, 0 V or 5 V (optional)", "s", "end"))
    parts += [
        text(40, y + 100, "RATE (pin 15 of each HX711) on VCC (pin 16), for 80 readings a second.", "s"),
        text(40, y + 118, "Usual colours: E+ red, E− black, A− white, A+ green. The cell's own sheet is right.", "s"),
    ]
    parts.append(corners(850, 130))
    return svg(1190, y + 140, f"Plate: {title}, up to 8 load cells", parts)


def corners(x: float, y: float) -> str:
    """Which cell is under which corner of the two plates, seen from above."""
    parts = [text(x + 150, y - 30, "Plates from above, toes upwards", "b", "middle")]
    places = (("left", 0, (2, 1, 4, 3)), ("right", 165, (5, 6, 7, 8)))
    for name, shift, order in places:
        parts += [box(x + shift, y, 145, 220, "part"), text(x + shift + 72, y + 115, f"{name} foot", "", "middle")]
        for cell, (dx, dy) in zip(order, ((24, 24), (121, 24), (24, 196), (121, 196)), strict=True):
            parts.append(f'<circle cx="{x + shift + dx:g}" cy="{y + dy:g}" r="15" fill="#fff"/>')
            parts.append(text(x + shift + dx, y + dy + 5, str(cell), "b", "middle"))
    return "".join(parts)


def svg(width: float, height: float, title: str, parts: list[str]) -> str:
    """A whole drawing."""
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    paper = f'<rect width="{width:g}" height="{height:g}" style="fill:#fff;stroke:none"/>'
    body = "\n".join(parts).replace("><", ">\n<")
    caption = f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>"
    return f"{head}\n{caption}\n{paper}\n{text(40, 40, title, 't')}\n{body}\n</svg>\n"


def drawings() -> dict[str, str]:
    """Every drawing by its file name."""
    return {
        "wiring-insole.svg": insole_direct(),
        "wiring-insole-4067.svg": insole_multiplexed(),
        "wiring-plate-uno.svg": plate("uno", "Uno or Nano"),
        "wiring-plate-mega.svg": plate("mega", "Mega 2560"),
    }


if __name__ == "__main__":
    for name, drawing in drawings().items():
        (HERE / name).write_text(drawing, encoding="utf-8")
        print(HERE / name)
