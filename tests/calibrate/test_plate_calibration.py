"""Scale of load cells from known masses: exact cases, drawn plates, and what is refused or named."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from calibrate.known_loads import CENTRE, CORNERS, INFO, PLAN, drawn_loads, exact_load, parts_of
from landing_lab.calibrate.convert import counts_to_newton
from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.calibrate.plate import fit_plate
from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_SATURATED
from landing_lab.model.calibration import as_document, from_document
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.hx711 import cell_shares

SCALE = np.array([2000.0, 2100.0, 1900.0, 2050.0, 2200.0, 2010.0, 1980.0, 2100.0])
ZERO = np.array([1000.0, -5000.0, 0.0, 30000.0, 7.0, 8.0, 9.0, 10.0])


def exact(
    scale: np.ndarray = SCALE,
    *,
    corners: bool = True,
    masses: tuple[float, ...] = (10.0, 20.0, 40.0),
    bend: float = 0.0,
) -> list[KnownLoad]:
    plan = [("empty", 0.0, CENTRE), *((f"{mass:g} kg", mass, CENTRE) for mass in masses)]
    plan += [(f"corner {number}", 20.0, corner) for number, corner in enumerate(CORNERS)] if corners else []
    loads = []
    for side in ("left", "right"):
        for label, mass, at_mm in plan:
            true = mass * (1.0 + bend * mass)
            load = exact_load(label, true, at_mm, scale, ZERO, step=len(loads), side=side)
            loads.append(dataclasses.replace(load, mass_kg=mass))
    return loads


def test_exact_counts_give_the_exact_scale_zero_and_force() -> None:
    made = fit_plate(INFO, exact())
    np.testing.assert_allclose(made.counts_per_n, SCALE, rtol=3e-5)  # counts are whole numbers
    np.testing.assert_allclose(made.zero_counts, ZERO)
    assert made.side == ("left",) * 4 + ("right",) * 4
    assert max(abs(step.residual_n) for step in made.steps) < 0.01
    assert made.corner_error_pct is not None
    assert made.corner_error_pct < 0.01
    counts = np.round(ZERO + 100.0 * SCALE).astype(np.int32)[None, :]
    np.testing.assert_allclose(counts_to_newton(INFO, made)(counts), 100.0, rtol=1e-4)
    assert from_document(as_document(made)) == made


def test_a_bent_plate_shows_its_bend_as_linearity() -> None:
    made = fit_plate(INFO, exact(bend=0.0005))  # 40 kg reads 2 % too much, 10 kg 0.5 %
    straight = fit_plate(INFO, exact())
    assert straight.linearity_pct is not None
    assert made.linearity_pct is not None
    assert straight.linearity_pct < 0.01
    assert 0.2 < made.linearity_pct < 1.5


def test_loading_against_unloading_and_repeats_are_told() -> None:
    loads = exact()
    again = exact_load("20 kg down", 20.2, CENTRE, SCALE, ZERO, step=50)
    before = exact_load("40 kg up", 40.0, CENTRE, SCALE, ZERO, step=49)
    loads += [before, dataclasses.replace(again, mass_kg=20.0)]
    made = fit_plate(
        INFO, [load for load in loads if load.side == "left"] + [one for one in loads if one.side == "right"]
    )
    assert made.hysteresis_pct is None  # the right plate was never unloaded, so the worst is not known
    right = [
        exact_load("40 kg up", 40.0, CENTRE, SCALE, ZERO, step=60, side="right"),
        exact_load("20 kg down", 20.0, CENTRE, SCALE, ZERO, step=61, side="right"),
    ]
    made = fit_plate(INFO, [*loads, *right])
    assert made.hysteresis_pct == pytest.approx(100.0 * 0.2 / 40.0, rel=0.02)
    assert made.repeatability_pct == pytest.approx(0.0, abs=0.01)


def test_a_cell_wired_backwards_is_accepted_and_named() -> None:
    scale = SCALE * np.array([1, 1, -1, 1, 1, 1, 1, 1])
    made = fit_plate(INFO, exact(scale))
    np.testing.assert_allclose(made.counts_per_n, scale, rtol=3e-5)
    assert [finding for finding in made.findings if finding.startswith("cell_3 is wired backwards")]


def test_exchanged_cells_are_named_and_their_places_taken_as_found() -> None:
    loads = []
    for load in exact():
        own = cell_shares(np.array([load.position_mm or CENTRE]))[0][[1, 0, 2, 3]]
        loads.append(
            exact_load(
                load.label, load.mass_kg, load.position_mm, SCALE, ZERO, step=len(loads), side=load.side, shares=own
            )
            if load.side == "left"
            else dataclasses.replace(load)
        )
    made = fit_plate(INFO, loads)
    assert [finding for finding in made.findings if finding.startswith("cell_1 and cell_2 are exchanged")]
    assert made.position_mm[:4] == tuple(np.array(nominal.PLATE_CELLS_MM)[[1, 0, 2, 3]].tolist()) or made.position_mm[
        :4
    ] == tuple(nominal.PLATE_CELLS_MM[cell] for cell in (1, 0, 2, 3))
    np.testing.assert_allclose(made.counts_per_n, SCALE, rtol=3e-5)


@pytest.mark.parametrize(
    ("loads", "told"),
    [
        (exact(masses=(20.0,)), "one mass only"),
        ([load for load in exact() if load.mass_kg > 0.0], "never empty"),
        ([load for load in exact() if load.side == "left"], "the right plate was never empty"),
        ([load for load in exact() if load.mass_kg == 0.0], "nothing was put on the left plate"),
        (exact(corners=False), "common scale"),
        (exact(SCALE * np.array([1, 1, 1, 0, 1, 1, 1, 1])), "cell_4 never responded"),
        ([], "no cell of SIM-PLT sent"),
    ],
)
def test_what_cannot_tell_a_scale_is_refused_with_what_to_do(loads: list[KnownLoad], told: str) -> None:
    with pytest.raises(CalibrationError, match=told):
        fit_plate(INFO, loads)


def test_saturated_moving_and_impossible_loads_are_refused_by_name() -> None:
    loads = exact()
    flags = loads[2].frames.flags.copy()
    flags[400] |= FLAG_SATURATED
    saturated = dataclasses.replace(loads[2], frames=dataclasses.replace(loads[2].frames, flags=flags))
    with pytest.raises(CalibrationError, match=r"step '20 kg': cell_\d is at the end"):
        fit_plate(INFO, [*loads[:2], saturated, *loads[3:]])
    counts = loads[2].frames.counts.copy()
    counts[:, 0] = np.where(loads[2].frames.channel == 0, np.arange(len(counts)) * 100, 0)
    moving = dataclasses.replace(loads[2], frames=dataclasses.replace(loads[2].frames, counts=counts))
    with pytest.raises(CalibrationError, match="not at rest"):
        fit_plate(INFO, [*loads[:2], moving, *loads[3:]])
    with pytest.raises(CalibrationError, match="0 to 1000 kg"):
        fit_plate(INFO, [dataclasses.replace(loads[0], mass_kg=float("nan")), *loads[1:]])


def test_loads_at_the_centre_give_one_common_scale_of_larger_error() -> None:
    made = fit_plate(INFO, exact(corners=False), method="common scale")
    whole = fit_plate(INFO, exact())
    assert len(set(made.counts_per_n[:4])) == 1
    at_centre = (SCALE[:4] / np.array(made.counts_per_n[:4], dtype=float)).mean()
    assert at_centre == pytest.approx(1.0, abs=1e-4)
    assert made.scale_sd_fraction > 5.0 * whole.scale_sd_fraction
    assert any("one common scale" in finding for finding in made.findings)


def test_lone_corrupted_readings_do_not_move_a_scale() -> None:
    loads = exact()
    spoiled = []
    for load in loads:
        counts = load.frames.counts.copy()
        row = int(np.flatnonzero(load.frames.channel == 2)[50])
        counts[row, 2] = (1 << 20) - 1
        spoiled.append(dataclasses.replace(load, frames=dataclasses.replace(load.frames, counts=counts)))
    np.testing.assert_allclose(fit_plate(INFO, spoiled).counts_per_n, SCALE, rtol=3e-5)


def test_the_stated_uncertainty_covers_drawn_plates() -> None:
    inside = []
    for seed in range(5):
        made = fit_plate(INFO, drawn_loads(seed))
        parts = parts_of(seed)
        true = np.concatenate([parts["left"].gain, parts["right"].gain]) * nominal.HX711_COUNTS_PER_N
        ratio = true / np.array(made.counts_per_n, dtype=float)
        assert 0.0005 < made.scale_sd_fraction < 0.004
        for cells in (slice(0, 4), slice(4, 8)):
            for at_mm in ((0.0, 0.0), (60.0, 60.0), (-80.0, 20.0), (30.0, -90.0)):
                error = float(cell_shares(np.array([at_mm]))[0] @ ratio[cells]) - 1.0
                inside.append(abs(error) <= 2.0 * made.scale_sd_fraction)
    assert np.mean(inside) >= 0.9


def test_the_plan_of_a_lab_has_steps_that_tell_every_error() -> None:
    made = fit_plate(INFO, drawn_loads(3, PLAN))
    assert made.linearity_pct is not None
    assert made.corner_error_pct is not None
    assert made.hysteresis_pct is not None
    assert made.noise_n == pytest.approx(0.3, abs=0.05)  # four cells of 0.15 N each
    assert made.steps[0].force_n == pytest.approx(10.0 * GRAVITY)
