"""The kernel of pressure against its twin, its closed forms, and live against batch."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.compare_pressure import compare_pressure, fresh_state, random_case, run_kernel
from kernels.naive_pressure import Gate, Sole, frames
from landing_lab.kernels.pressure import COP_AP, COP_ML, FIXED, FORCE, LOADED, MLI, SHIFT, advance
from landing_lab.model.insole_layout import PARTS, InsoleLayout, shipped_layouts
from landing_lab.model.pressure import kpa_of

ALWAYS = Gate(touch_n=-math.inf, gate_n=0.0, reference=0)


def sole_of(layout: InsoleLayout) -> Sole:
    parts = np.array([PARTS.index(cell.part) for cell in layout.cells])
    return Sole(layout.place_mm, layout.area_mm2, layout.medial_share, np.ones(len(layout)), parts, len(PARTS))


@pytest.mark.parametrize("seed", range(150))
def test_kernel_equals_twin(seed: int) -> None:
    compare_pressure(seed)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 89), max_size=8))
def test_any_cutting_into_blocks_gives_identical_bits(seed: int, cuts: list[int]) -> None:
    with np.errstate(invalid="ignore"):
        cells, sole, judged_by, gate = random_case(seed)
        at = sorted(min(cut, len(cells)) for cut in cuts)
        whole, parted = run_kernel(cells, sole, judged_by, gate), run_kernel(cells, sole, judged_by, gate, at)
    assert whole.tobytes() == parted.tobytes()


@pytest.mark.parametrize("layout", shipped_layouts().values(), ids=lambda one: one.name)
@pytest.mark.parametrize("kpa", [1.0, 200.0])
def test_uniform_pressure_has_no_medial_side(layout: InsoleLayout, kpa: float) -> None:
    cells = np.tile(layout.area_mm2 * kpa / 1000.0, (3, 1))
    out = run_kernel(cells, sole_of(layout), None, ALWAYS)
    np.testing.assert_allclose(out[:, MLI], 0.0, atol=1e-12)
    assert out[0, FORCE] == pytest.approx(kpa * layout.area_mm2.sum() / 1000.0)


@pytest.mark.parametrize("layout", shipped_layouts().values(), ids=lambda one: one.name)
def test_load_on_medial_cells_is_medial_by_either_index(layout: InsoleLayout) -> None:
    pressure = np.where(layout.place_mm[:, 0] > 0.0, 150.0, 100.0)
    even, medial = (
        run_kernel((layout.area_mm2 * one)[None], sole_of(layout), None, ALWAYS)[0] for one in (100.0, pressure)
    )
    assert medial[MLI] > 0.05
    assert medial[COP_ML] > even[COP_ML]


def test_one_loaded_cell_is_the_centre_of_pressure() -> None:
    layout = shipped_layouts()["infotronic_8"]
    out = run_kernel(50.0 * np.eye(8), sole_of(layout), None, ALWAYS)
    np.testing.assert_allclose(out[:, COP_ML : COP_AP + 1], layout.place_mm)


def test_a_missing_cell_leaves_other_parts_known() -> None:
    layout = shipped_layouts()["infotronic_8"]
    cells = np.full((1, 8), 10.0)
    cells[0, 0] = math.nan  # the heel
    row = run_kernel(cells, sole_of(layout), np.array([800.0]), ALWAYS)[0]
    assert np.isnan(row[[FORCE, COP_ML, COP_AP, MLI, SHIFT, FIXED]]).all()
    assert row[LOADED] == 1.0
    assert row[FIXED + PARTS.index("toes")] == 10.0


def test_nothing_is_told_below_the_gate_and_a_missing_frame_ends_no_contact() -> None:
    sole = Sole(
        np.array([[10.0, 0.0], [-10.0, 0.0]]), np.ones(2), np.array([1.0, 0.0]), np.ones(2), np.zeros(2, int), 1
    )
    force = np.array([0, 30, 300, 400, math.nan, 500, 90, 0, 400])
    share = np.array([0.5, 1.0, 0.5, 0.6, 0.5, 0.7, 1.0, 0.5, 0.9])
    cells = force[:, None] * np.column_stack([share, 1 - share])
    out = run_kernel(cells, sole, None, Gate(touch_n=20.0, gate_n=100.0, reference=2))
    assert out[:, LOADED].tolist() == [0, 0, 1, 1, 0, 1, 0, 0, 1]
    # The reference is the first told frame from two frames after the touchdown on: 20 (0.6 - 0.5) = 2 mm.
    np.testing.assert_allclose(out[:, SHIFT], [math.nan] * 3 + [0.0, math.nan, 2.0] + [math.nan] * 3, atol=1e-9)


def test_the_twin_says_when_a_side_has_no_cells() -> None:
    sole = Sole(np.zeros((1, 2)), np.ones(1), np.ones(1), np.ones(1), np.zeros(1, int), 1)
    assert math.isnan(run_kernel(np.ones((1, 1)), sole, None, ALWAYS)[0, MLI])
    assert math.isnan(float(str(frames(np.ones((1, 1)), sole, None, ALWAYS)[0]["mli"])))


def test_an_empty_block_changes_nothing() -> None:
    state = fresh_state()
    before = state.tobytes()
    sole = sole_of(shipped_layouts()["fsr402_8"])
    empty, out = np.zeros((0, 8)), np.zeros((0, FIXED + len(PARTS)))
    places = (sole.arms_mm, sole.area_mm2, sole.medial, sole.sole, sole.part)
    advance(empty, *places, np.zeros(0), 20.0, 50.0, 20, state, out)
    assert state.tobytes() == before


def test_weights_of_a_plate_do_not_lean_on_a_side() -> None:
    """Uniform pressure, weighted by a plate whatever its weights: index 0, equal pressures, the plate's force."""
    layout = shipped_layouts()["fsr402_16"]
    weight = np.random.default_rng(1).uniform(0.1, 5.0, 16)
    plain = sole_of(layout)
    weighted = Sole(plain.arms_mm, plain.area_mm2, plain.medial, plain.area_mm2 / weight, plain.part, plain.n_parts)
    row = run_kernel((10.0 * weight)[None], weighted, None, ALWAYS)[0]
    assert row[MLI] == pytest.approx(0.0, abs=1e-12)
    assert row[FORCE] == pytest.approx(10.0 * weight.sum())
    pressures = kpa_of((10.0 * weight)[None], weighted.sole, layout.area_mm2)
    np.testing.assert_allclose(pressures, row[FORCE] / layout.area_mm2.sum() * 1000.0)
    assert abs(run_kernel((10.0 * weight)[None], plain, None, ALWAYS)[0, MLI]) > 0.1
