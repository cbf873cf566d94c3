"""Prints layouts of insoles, and judges a lab's own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.io.layout_files import read_layout
from landing_lab.io.visible import quoted_name, visible
from landing_lab.io.write import json_text
from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from landing_lab.model.layout_checks import doubts_of, limits_of

SCHEMA: Final = "landing-lab.layouts/1"


def run_list(*, as_json: bool) -> int:
    """Every layout that ships, in a line each."""
    layouts = shipped_layouts()
    if as_json:
        return _print_json({"layouts": [_facts(layout) for layout in layouts.values()]})
    width = max(map(len, layouts))
    print(f"{'name':{width}}  cells  mm          what")
    for layout in layouts.values():
        size = f"{layout.width_mm:.0f} x {layout.length_mm:.0f}"
        print(f"{layout.name:{width}}  {len(layout):5d}  {size:10}  {layout.title}")
    print("Show one: landing-lab layouts show NAME; your own is a TOML file (docs/layouts.md)")
    return 0


def run_show(name: str, *, as_json: bool) -> int:
    """One layout in full. Raises ParameterError where there is none of that name."""
    layout = shipped_layouts().get(name)
    if layout is None:
        raise ParameterError(
            f"there is no layout {quoted_name(name)!r}; there are {', '.join(shipped_layouts())}; a file of your own "
            "is shown by: landing-lab layouts check FILE"
        )
    if as_json:
        return _print_json({"layout": layout.as_document(), **_facts(layout)})
    _print_layout(layout)
    return 0


def run_check(file: Path, *, as_json: bool) -> int:
    """Say what is in a file and what looks wrong. Raises FileFormatError where it cannot be used."""
    layout = read_layout(file)
    doubts = doubts_of(layout)
    if as_json:
        return _print_json(
            {
                "layout": layout.as_document(),
                **_facts(layout),
                "doubts": list(doubts),
                "limits": list(limits_of(layout)),
            }
        )
    _print_layout(layout)
    for doubt in doubts:
        print(f"look at this: {visible(doubt)}")
    for limit in limits_of(layout):
        print(f"note: {visible(limit)}")
    if not doubts:
        print("Nothing looks wrong.")
    return 0


def _facts(layout: InsoleLayout) -> Mapping[str, object]:
    """What a list says of a layout."""
    return {
        "name": layout.name,
        "title": layout.title,
        "n_cells": len(layout),
        "width_mm": layout.width_mm,
        "length_mm": layout.length_mm,
        "area_mm2": float(layout.area_mm2.sum()),
        "medial_area_share": _medial_area(layout),
    }


def _medial_area(layout: InsoleLayout) -> float:
    return float(layout.medial_share @ layout.area_mm2 / layout.area_mm2.sum())


def _print_layout(layout: InsoleLayout) -> None:
    area = layout.area_mm2
    print(f"{layout.name}: {visible(layout.title)}")
    print(
        f"  {len(layout)} cells on {layout.width_mm:.1f} x {layout.length_mm:.1f} mm, {area.sum() / 100:.1f} cm² in all"
    )
    if layout.sensing_area_mm2 is not None:
        print(f"  each senses on {layout.sensing_area_mm2:g} mm² of the part it stands for")
    print(f"  {100 * _medial_area(layout):.0f} % of the area lies medial of the axis from heel to second toe")
    print(f"  source: {visible(layout.source)}")
    names = max(4, *(len(visible(cell.name)) for cell in layout.cells))
    regions = max(6, *(len(cell.region) for cell in layout.cells))
    print(f"  {'cell':{names}}  {'region':{regions}}  x      y      medial mm  anterior mm  area mm²  medial share")
    shares, places = np.asarray(layout.medial_share), layout.place_mm
    for cell, share, (medial, anterior) in zip(layout.cells, shares.tolist(), places.tolist(), strict=True):
        print(
            f"  {visible(cell.name):{names}}  {cell.region:{regions}}  {cell.x:5.3f}  {cell.y:5.3f}  {medial:9.1f}  "
            f"{anterior:11.1f}  {cell.area_mm2:8.1f}  {share:12.1f}"
        )


def _print_json(document: Mapping[str, object]) -> int:
    sys.stdout.write(json_text({"schema": SCHEMA, **document}))
    return 0
