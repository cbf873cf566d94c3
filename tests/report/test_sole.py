"""Soles: mirrored in one place, medial towards the middle on both feet, cells filled without inventing pressure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.path import Path as Curve

from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.report.pressure_figure import sheet_of_paper
from landing_lab.report.pressure_scale import KPA
from landing_lab.report.sole import GAP_MM, on_sheet, outline_places, sole_grid
from landing_lab.report.sole_drawing import fill_sole, prepare_sheet
from report.made_pressure import mat_layout

LAYOUTS = [*shipped_layouts().values(), mat_layout()]


@given(medial=st.floats(-60, 60), anterior=st.floats(0, 300), width=st.floats(60, 120))
def test_more_medial_is_nearer_to_the_middle_and_both_feet_are_mirror_images(
    medial: float, anterior: float, width: float
) -> None:
    left, right = (on_sheet(side, np.array([[medial, anterior]]), width)[0] for side in ("left", "right"))
    assert left[0] == pytest.approx(-right[0])
    assert left[1] == right[1] == anterior
    assert left[0] == pytest.approx(medial - width / 2 - GAP_MM / 2)


def drawn_pixels(side: str, cell_is_medial: bool) -> np.ndarray:
    """Where on the sheet (x in mm) the dark pixels lie when one side of a foot carries everything."""
    layout = mat_layout()
    values = np.where((layout.place_mm[:, 0] > 0.0) == cell_is_medial, 500.0, 0.0)
    with sheet_of_paper(3.0, width_in=3.0, dpi=60) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        prepare_sheet(axes, [layout.width_mm], layout.length_mm, words_pt=5.0)
        for text in list(axes.texts):
            text.remove()
        fill_sole(axes, side, layout, values, KPA)  # type: ignore[arg-type]
        figure.canvas.draw()
        pixels = np.array(figure.canvas.buffer_rgba())[:, :, :3].astype(int)
        rows, columns = np.nonzero(pixels.sum(axis=2) < 300)
        upwards = pixels.shape[0] - 1 - rows
        return axes.transData.inverted().transform(np.column_stack([columns + 0.5, upwards + 0.5]))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_load_on_the_inner_edge_is_painted_towards_the_middle_of_the_sheet(side: str) -> None:
    inner, outer = drawn_pixels(side, True)[:, 0], drawn_pixels(side, False)[:, 0]
    assert len(inner) > 100
    toward_middle = 1.0 if side == "left" else -1.0
    assert (toward_middle * inner < 0).all(), "each foot stays on its own side"
    assert toward_middle * inner.mean() > toward_middle * outer.mean() + 30
    assert np.abs(inner).max() <= np.abs(outer).min() + 3.0


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
def test_every_cell_lies_inside_the_drawn_sole_and_shows_its_own_value(layout: object) -> None:
    grid = sole_grid(layout)  # type: ignore[arg-type]
    outline = Curve(outline_places())
    if not layout.dense:  # type: ignore[attr-defined]
        assert outline.contains_points([(cell.x, cell.y) for cell in layout.cells]).all()  # type: ignore[attr-defined]
    values = np.arange(1.0, 1.0 + len(layout))  # type: ignore[arg-type]
    picture = grid.filled(values)
    for (medial, anterior), value in zip(layout.place_mm.tolist(), values.tolist(), strict=True):  # type: ignore[attr-defined]
        row = int((anterior - grid.anterior_mm[0]) / (grid.anterior_mm[1] - grid.anterior_mm[0]) * picture.shape[0])
        column = int((medial - grid.medial_mm[0]) / (grid.medial_mm[1] - grid.medial_mm[0]) * picture.shape[1])
        assert picture[row, column] == pytest.approx(value, rel=0.02)


@given(values=st.lists(st.floats(0, 900), min_size=8, max_size=8))
def test_colours_between_cells_never_leave_what_was_measured(values: list[float]) -> None:
    picture = sole_grid(shipped_layouts()["infotronic_8"]).filled(np.array(values))
    assert np.nanmin(picture) >= min(values) - 1e-3
    assert np.nanmax(picture) <= max(values) + 1e-3 + 1e-5 * max(values)


def test_uniform_pressure_is_one_colour_on_every_layout() -> None:
    for layout in LAYOUTS:
        picture = sole_grid(layout).filled(np.full(len(layout), 120.0))
        assert np.nanmax(np.abs(picture - 120.0)) < 1e-2


def test_a_missing_cell_leaves_a_hole_and_invents_nothing() -> None:
    layout = mat_layout()
    values = np.full(len(layout), 80.0)
    values[10] = np.nan
    whole = np.isfinite(sole_grid(layout).filled(np.full(len(layout), 80.0))).sum()
    holed = np.isfinite(sole_grid(layout).filled(values)).sum()
    assert 0 < whole - holed < 0.02 * whole


def test_a_layout_of_the_same_name_with_other_cells_is_drawn_anew() -> None:
    from dataclasses import replace

    layout = shipped_layouts()["infotronic_8"]
    first = sole_grid(layout)
    wider = sole_grid(replace(layout, width_mm=110.0))
    assert wider.inside.shape[1] > first.inside.shape[1]
