"""Layouts: both feet from one drawing, medial positive on both, uniform pressure without a shift, bad ones refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole_texts import step
from landing_lab.errors import ParameterError
from landing_lab.io.pressure_frames import side_by_print
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout, from_document, parse_layout, shipped_layouts
from landing_lab.model.layout_checks import doubts_of
from landing_lab.model.layout_grid import layout_of_centres, region_at

SHIPPED = list(shipped_layouts().values())
FEET: tuple[Side, Side] = ("left", "right")


def grid(side: Side, *, turn_deg: float = 0.0) -> InsoleLayout:
    """A sole on a grid of 5 mm, turned as a foot on a platform."""
    sole = step(side=side).max(axis=0) > 0.0
    row, column = np.nonzero(sole)
    centres = np.column_stack([column * 5.0, -row * 5.0]).astype(np.float64)
    angle = np.deg2rad(turn_deg)
    turned = centres @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return layout_of_centres("grid", "grid", "test", centres_mm=turned, cell_mm=(5.0, 5.0), side=side)


EVERY = [*SHIPPED, grid("left"), grid("right")]


def medial_lateral_index(layout: InsoleLayout, kpa: np.ndarray) -> float:
    """Mean pressure of the medial against that of the lateral side of the axis."""
    force, share = kpa * layout.area_mm2, layout.medial_share
    medial = force @ share / (layout.area_mm2 @ share)
    lateral = force @ (1.0 - share) / (layout.area_mm2 @ (1.0 - share))
    return float((medial - lateral) / (medial + lateral))


@pytest.mark.parametrize("layout", EVERY, ids=lambda one: one.name)
def test_uniform_pressure_is_no_shift(layout: InsoleLayout) -> None:
    assert abs(medial_lateral_index(layout, np.full(len(layout), 123.0))) < 0.02


@pytest.mark.parametrize("layout", EVERY, ids=lambda one: one.name)
def test_load_on_the_medial_side_is_positive(layout: InsoleLayout) -> None:
    place = layout.place_mm
    for sign in (1.0, -1.0):
        kpa = np.where(sign * place[:, 0] > 0.0, 100.0, 20.0)
        force = kpa * layout.area_mm2
        uniform = layout.area_mm2 @ place[:, 0] / layout.area_mm2.sum()
        assert sign * (force @ place[:, 0] / force.sum() - uniform) > 0.0
        assert sign * medial_lateral_index(layout, kpa) > 0.1


def test_both_feet_of_a_grid_are_mirror_images() -> None:
    left, right = grid("left"), grid("right")
    key = {(round(cell.x, 3), round(cell.y, 3)): cell.region for cell in left.cells}
    assert key == {(round(cell.x, 3), round(cell.y, 3)): cell.region for cell in right.cells}
    assert (left.width_mm, left.length_mm) == (right.width_mm, right.length_mm)


@pytest.mark.parametrize("side", FEET)
@pytest.mark.parametrize("turn_deg", [-20.0, -8.0, 8.0, 20.0])
def test_a_turned_foot_lies_on_the_same_axis(side: Side, turn_deg: float) -> None:
    straight, turned = grid(side), grid(side, turn_deg=turn_deg)
    apart = np.abs(straight.place_mm - turned.place_mm)
    assert np.median(apart) < 4.0
    assert sum(a.part == b.part for a, b in zip(straight.cells, turned.cells, strict=True)) > 0.93 * len(straight)


@pytest.mark.parametrize("side", FEET)
def test_the_print_tells_the_foot(side: Side) -> None:
    assert side_by_print(step(side=side)) == side


@pytest.mark.parametrize("layout", SHIPPED, ids=lambda one: one.name)
def test_shipped_layouts_are_sound(layout: InsoleLayout) -> None:
    assert doubts_of(layout) == ()
    assert from_document(layout.as_document()) == layout
    assert layout.source != "not stated"
    assert 0.3 < layout.medial_share @ layout.area_mm2 / layout.area_mm2.sum() < 0.6


def test_the_only_cell_of_a_part_says_nothing_of_sides() -> None:
    layout = shipped_layouts()["infotronic_8"]
    share = dict(zip([cell.name for cell in layout.cells], layout.medial_share.tolist(), strict=True))
    assert share == {
        "heel": 0.5,
        "rear_medial": 1.0,
        "rear_lateral": 0.0,
        "mid_medial": 1.0,
        "mid_lateral": 0.0,
        "fore_medial": 1.0,
        "fore_lateral": 0.0,
        "toe": 0.5,
    }


def test_scaled_keeps_the_drawing() -> None:
    layout = shipped_layouts()["pedar_99"]
    small = layout.scaled(0.81)
    assert small.area_mm2.sum() == pytest.approx(0.81 * layout.area_mm2.sum())
    np.testing.assert_allclose(small.place_mm, 0.9 * layout.place_mm)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_every_place_has_a_region(across: float, along: float) -> None:
    region = region_at(across, along)
    if across < 0.3:
        assert not region.endswith("lateral")
        assert region not in ("m2", "m3", "m4", "m5", "toes")


TOML = """
name = "ours"
width_mm = 90.0
length_mm = 260.0
[[cells]]
name = "a"
region = "heel"
x = 0.5
y = 0.1
area_mm2 = 5000.0
[[cells]]
name = "b"
region = "forefoot_medial"
x = 0.3
y = 0.7
area_mm2 = 5000.0
[[cells]]
name = "c"
region = "forefoot_lateral"
x = 0.7
y = 0.7
area_mm2 = 5000.0
"""


def test_a_layout_of_a_lab() -> None:
    layout = parse_layout(TOML)
    assert [cell.part for cell in layout.cells] == ["heel", "forefoot", "forefoot"]
    assert doubts_of(layout) == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('name = "ours"', "", "does not say its name"),
        ('name = "ours"', 'name = "our insole"', "named with letters, digits"),
        ("width_mm = 90.0", "width_mm = 9.0", "an insole is 40-160 x 100-400 mm"),
        ("width_mm = 90.0", 'width_mm = "wide"', "gives width_mm as 'wide', which is no number"),
        ("width_mm = 90.0", "width_mm = 90.0\nwidth_cm = 9.0", "a layout has no width_cm"),
        ('region = "heel"', 'region = "sole"', "is in region 'sole'; regions are"),
        ("x = 0.5", "x = 50.0", "x goes from 0 (medial) to 1 (lateral)"),
        ("x = 0.5", "x = nan", "x goes from 0 (medial) to 1 (lateral)"),
        ("area_mm2 = 5000.0", "area_mm2 = -1.0", "stands for -1.0 mm2"),
        ("x = 0.5\n", "", "cell 'a' does not say its x"),
        ("x = 0.5", "x = 2020-01-01", "cell 'a' gives x as 2020-01-01, which is no number"),
        ("x = 0.5", "x = 1" + 400 * "0", "cell 'a' gives x as a number of too many digits"),
        ("x = 0.5", "x = 1" + 5000 * "0", "a number of too many digits"),
        ("width_mm = 90.0", "width_mm = true", "gives width_mm as true, which is no number"),
        ("width_mm = 90.0", "width_mm = " + 5000 * "[" + 5000 * "]", "nested too deeply"),
        ('name = "ours"', f'name = "{"o" * 65}"', "gives a name of 65 letters; give it 1 to 64"),
        ('name = "ours"', 'name = "ours"\ntitle = ["a"]', "gives title as a list; write it as text"),
        ('name = "a"', f'name = "{"o" * 65}"', "cell 1 of the layout gives a name of 65 letters"),
        ('region = "heel"', "region = 3", "cell 'a' gives region as 3; write it as text"),
        ('name = "b"', 'name = "a"', "two cells of one name"),
        ("length_mm = 260.0", "length_mm = ", "is not TOML"),
        ("[[cells]]", "[cells]", "is not TOML"),
    ],
)
def test_a_wrong_layout_is_refused_in_a_sentence(old: str, new: str, sentence: str) -> None:
    assert old in TOML
    with pytest.raises(ParameterError, match=re.escape(sentence)) as caught:
        parse_layout(TOML.replace(old, new, 1))
    assert "\n" not in str(caught.value)


def test_cells_that_are_no_tables() -> None:
    head = {"name": "x", "width_mm": 90.0, "length_mm": 260.0}
    with pytest.raises(ParameterError, match=r"cell 1 of the layout is no table; start each cell with \[\[cells\]\]"):
        from_document({**head, "cells": [1, 2]})


@pytest.mark.parametrize("document", [None, 3, [], {"cells": 3}, {"cells": [3]}, {"name": "x", "cells": []}])
def test_what_is_no_layout(document: Any) -> None:
    with pytest.raises(ParameterError):
        from_document(document)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("y = 0.1", "y = 0.9", "cell a is in heel and lies at y 0.9"),
        ("area_mm2 = 5000.0", "area_mm2 = 20000.0", "the cells stand for 300 cm²"),
        ("width_mm = 90.0", "width_mm = 90.0\nsensing_area_mm2 = 4999.0", None),
        ("area_mm2 = 5000.0", "area_mm2 = 126.7", None),
        ("x = 0.3", "x = 0.8", "cell b is in forefoot_medial and lies at x 0.8, on the other side"),
    ],
)
def test_what_looks_wrong_is_told(old: str, new: str, sentence: str | None) -> None:
    told = doubts_of(parse_layout(TOML.replace(old, new, 1)))
    assert told == () if sentence is None else any(one.startswith(sentence) for one in told)


def test_a_mirrored_drawing_is_told() -> None:
    told = doubts_of(parse_layout(TOML.replace("x = 0.3", "x = 0.8").replace("x = 0.7\n", "x = 0.2\n")))
    assert any("is the drawing mirrored?" in one for one in told)
