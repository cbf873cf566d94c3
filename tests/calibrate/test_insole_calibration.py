"""Insole cells on the bench and on the plate: exact laws, simulated wearers, refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from calibrate.test_calibration_documents import PLATE
from fuse.scenes import raw_of, with_streams
from landing_lab.calibrate.convert import counts_to_newton, saturated
from landing_lab.calibrate.counts import fsr_force_n
from landing_lab.calibrate.foot_arms import FootStand
from landing_lab.calibrate.foot_series import foot_series
from landing_lab.calibrate.insole import CellLoad, fit_insole_bench
from landing_lab.calibrate.insole_on_plate import fit_insole_on_plate
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import CalibrationError
from landing_lab.fuse.foot_pressure import pressures_of
from landing_lab.model import nominal
from landing_lab.model.calibration import InsoleCalibration, PlateCalibration, as_document, from_document
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim import fsr
from landing_lab.sim.calibration_session import BOUNDARIES_S, calibration_session
from landing_lab.sim.devices import insole_info, trial_scene
from landing_lab.sim.drop_jump import draw_body

INFO = insole_info(0)
MASSES_KG = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
RAW = raw_of(calibration_session(draw_body(1), seed=1))


def bench(
    parts: fsr.FsrParts, masses: tuple[float, ...] = MASSES_KG, *, down: bool = True, seed: int = 0
) -> list[CellLoad]:
    """Each cell loaded up (and down) for 1.2 s a step, one continuous load per cell."""
    rng = np.random.default_rng(seed)
    plan = masses + (masses[-2::-1] if down else ())
    loads = [CellLoad(label="empty", cell=0, mass_kg=0.0, counts=fsr.read_cells(np.zeros((200, 8)), parts, rng=rng))]
    for cell in range(8):
        force = np.zeros((1200 * len(plan), 8))
        force[:, cell] = np.repeat(plan, 1200) * GRAVITY
        counts = fsr.read_cells(force, parts, rng=rng)
        loads += [
            CellLoad(
                label=f"{mass:g} kg on {cell}", cell=cell, mass_kg=mass, counts=counts[1200 * at : 1200 * (at + 1)]
            )
            for at, mass in enumerate(plan)
        ]
    return loads


def test_cells_of_the_data_sheet_give_the_law_of_the_data_sheet() -> None:
    made = fit_insole_bench(INFO, bench(fsr.ideal_parts()))
    np.testing.assert_allclose(made.exponent, nominal.FSR_FORCE_EXPONENT, rtol=0.01)  # counts are whole numbers
    np.testing.assert_allclose(made.weight_n, 1.0, rtol=0.02)
    assert made.hysteresis_pct == pytest.approx(0.0, abs=0.2)
    assert made.saturation_n == (None,) * 8
    counts = np.arange(100, 900, 100, dtype=np.int32)[:, None].repeat(8, axis=1)
    np.testing.assert_allclose(counts_to_newton(INFO, made)(counts), fsr_force_n(counts), rtol=0.03)
    assert from_document(as_document(made)) == made


def test_hysteresis_and_saturation_are_found() -> None:
    loop = dataclasses.replace(fsr.ideal_parts(), hysteresis=0.10)
    made = fit_insole_bench(INFO, bench(loop))
    assert made.hysteresis_pct == pytest.approx(10.0, abs=2.5)
    flat = dataclasses.replace(fsr.ideal_parts(), saturation_n=np.full(8, 45.0))
    found = fit_insole_bench(INFO, bench(flat)).saturation_n
    assert all(limit == pytest.approx(45.0, rel=0.1) for limit in found)


def test_a_saturating_cell_reads_the_force_that_lies_on_it() -> None:
    flat = dataclasses.replace(fsr.ideal_parts(), saturation_n=np.full(8, 45.0))
    made = fit_insole_bench(INFO, bench(flat))
    force = np.repeat([[19.6133], [39.2266]], 8, axis=1).repeat(200, axis=0)
    counts = fsr.read_cells(force, flat, rng=np.random.default_rng(0))
    read = counts_to_newton(INFO, made)(counts).reshape(2, 200, 8).mean(axis=1)
    np.testing.assert_allclose(read, force[::200], rtol=max(0.01, 3.0 * made.force_sd_fraction))
    assert saturated(INFO, made, counts) is None


def test_a_cell_beyond_its_saturation_is_held_and_said() -> None:
    limits = (45.0,) + (None,) * 7
    flat = dataclasses.replace(fit_insole_bench(INFO, bench(fsr.ideal_parts())), saturation_n=limits)
    counts = np.full((1, 8), 700, dtype=np.int32)
    read = counts_to_newton(INFO, flat)(counts)[0]
    assert np.isfinite(read).all()
    assert read[0] == pytest.approx(45.0 * 0.9 / np.sqrt(1.0 - 0.81))
    assert "lay on heel (93 N), which is read as that" in str(saturated(INFO, flat, counts))


def test_drawn_cells_are_read_within_what_the_calibration_states() -> None:
    inside = []
    for seed in range(3):
        parts = dataclasses.replace(fsr.draw_parts(seed), creep_per_decade=0.0)
        made = fit_insole_bench(INFO, bench(parts, seed=seed))
        force = np.tile(np.array([[1.5], [3.0], [7.0], [15.0]]), (1, 8)).repeat(200, axis=0)
        counts = fsr.read_cells(force, parts, rng=np.random.default_rng(seed))
        read = counts_to_newton(INFO, made)(counts).reshape(4, 200, 8).mean(axis=1)
        error = read / force[::200] - 1.0
        inside += (np.abs(error) <= 2.0 * made.force_sd_fraction).ravel().tolist()
        nominal_error = fsr_force_n(counts).reshape(4, 200, 8).mean(axis=1) / force[::200] - 1.0
        assert np.sqrt(np.mean(error**2)) < np.sqrt(np.mean(nominal_error**2))
    assert np.mean(inside) >= 0.9


def test_too_few_masses_and_dead_cells_are_refused_by_name() -> None:
    with pytest.raises(CalibrationError, match="heel was loaded with 4 different masses; use at least 5"):
        fit_insole_bench(INFO, bench(fsr.ideal_parts(), MASSES_KG[:4]))
    loads = bench(fsr.ideal_parts())
    with pytest.raises(CalibrationError, match="without load"):
        fit_insole_bench(INFO, loads[1:])
    dead = [dataclasses.replace(load, counts=load.counts * (np.arange(8) != 3)) for load in loads]
    with pytest.raises(CalibrationError, match="mid_medial does not respond"):
        fit_insole_bench(INFO, dead)
    with pytest.raises(CalibrationError, match="8 channels"):
        fit_insole_bench(INFO, [dataclasses.replace(loads[0], counts=loads[0].counts[:, :4]), *loads[1:]])


def plate_of(**changes: object) -> PlateCalibration:
    """A calibration that says of RAW's plate what its nominal values say."""
    return dataclasses.replace(
        PLATE, zero_counts=(0.0,) * 8, device_id=RAW.streams["plate"].info.device_id, n_cells=8,
        counts_per_n=(nominal.HX711_COUNTS_PER_N,) * 8, cell_scale_sd_fraction=(0.01,) * 8,
        position_mm=nominal.PLATE_CELLS_MM * 2, side=("left",) * 4 + ("right",) * 4, **changes,
    )  # fmt: skip


@pytest.fixture(scope="module")
def on_plate() -> InsoleCalibration:
    return fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S)


def test_weights_on_the_plate_make_the_cells_sum_to_the_foot(on_plate: InsoleCalibration) -> None:
    weight_n = draw_body(1).mass_kg * GRAVITY
    frames = RAW.streams["insole_left"].frames
    force = counts_to_newton(RAW.streams["insole_left"].info, on_plate)(frames.counts).sum(axis=1)
    seconds = frames.ticks_us * 1e-6
    standing = force[(seconds > 41.7) & (seconds < 46.3)]  # on this leg alone, whole body weight
    assert standing.mean() == pytest.approx(weight_n, rel=0.1)
    assert abs(force[(seconds > 0.2) & (seconds < 2.8)].mean()) < 0.01 * weight_n
    assert on_plate.plate_calibration == "nominal"
    assert min(on_plate.weight_n) >= 0.0
    assert 1.0 <= on_plate.exponent[0] <= 1.4
    assert from_document(as_document(on_plate)) == on_plate


def test_each_corner_keeps_the_period_of_its_own_converter() -> None:
    """Not the median interval, which lies on the grid of the looks at the converters."""
    for corner in foot_series(RAW, "left", empty_s=BOUNDARIES_S["feet_up"]).corners:
        span_s = float(corner.times_s[-1] - corner.times_s[0])
        assert corner.period_s == pytest.approx(span_s / round(span_s / corner.period_s), rel=2e-5)


@pytest.mark.parametrize("order", [None, 3])
def test_the_filter_order_is_the_plates_or_not_known(order: int | None) -> None:
    """What the fit of the weights takes for it is no measurement, and is not stored as one."""
    made = fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S, plate=plate_of(filter_order=order))
    assert made.filter_order == order


@pytest.mark.parametrize("plate_sd", [None, 0.08])
def test_the_error_of_the_plate_is_in_that_of_the_insole(on_plate: InsoleCalibration, plate_sd: float | None) -> None:
    made = on_plate
    if plate_sd is not None:
        plate = plate_of(scale_sd_fraction=plate_sd)
        made = fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S, plate=plate)
    postures = np.sqrt(np.mean([(error.rms_pct / 100.0) ** 2 for error in made.posture_errors]))
    assert made.force_sd_fraction == pytest.approx(np.hypot(postures, plate_sd or 0.05))


def test_each_loaded_posture_has_an_error_without_itself(on_plate: InsoleCalibration) -> None:
    labels = [error.label for error in on_plate.posture_errors]
    assert labels == ["flat", "lean_fore_aft", "lean_sideways", "heel_raises", "left_leg", "hops"]
    assert all(0.0 < error.rms_pct < 30.0 for error in on_plate.posture_errors)
    assert 0.02 < on_plate.force_sd_fraction < 0.2
    assert any("worst posture" in finding for finding in on_plate.findings)


def test_the_calibrated_insole_reads_another_session_within_its_stated_error() -> None:
    """The same athlete and insoles, which lie a little differently, standing before a jump."""
    inside = []
    for seed in (1, 2):
        body = draw_body(seed, empty_s=1.6, quiet_s=2.5)
        raw = RAW if seed == 1 else raw_of(calibration_session(body, seed=seed))
        devices = trial_scene(body, seed=seed, session=0).devices
        for device, side in zip(devices, ("left", "right"), strict=False):
            made = fit_insole_on_plate(raw, side, postures_s=BOUNDARIES_S)
            stands = device.frames.counts[300:1500]
            share = 0.5 + (0.005 if side == "left" else -0.005) * body.standing_asymmetry_pct
            read = counts_to_newton(device.info, made)(stands).sum(axis=1).mean()
            inside.append(abs(read / (share * body.mass_kg * GRAVITY) - 1.0) <= 2.0 * made.force_sd_fraction)
    assert np.mean(inside) >= 0.9


def on_bench(side_seed: int = 500_002) -> InsoleCalibration:
    """The cells of RAW's left insole on the bench: parts as sim/devices.py draws them for seed 1."""
    return fit_insole_bench(INFO, bench(fsr.draw_parts(side_seed)))


def test_laws_of_the_bench_hold_on_the_plate() -> None:
    """Exponents and bends of the cells come from the bench, weights and arms from the wearer."""
    laws = dataclasses.replace(on_bench(), file="IN-L_bench.json")
    made = fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S, bench=laws)
    assert made.exponent == laws.exponent
    assert len(set(laws.exponent)) == 8
    assert made.bench_calibration == "IN-L_bench.json"
    assert made.hysteresis_pct == laws.hysteresis_pct
    for weight, limit, own, own_limit in zip(
        made.weight_n, made.saturation_n, laws.weight_n, laws.saturation_n, strict=True
    ):
        assert (limit is None) == (own_limit is None)
        if limit is not None and own_limit is not None:
            assert limit / weight == pytest.approx(own_limit / own)
    stands = counts_to_newton(RAW.streams["insole_left"].info, made)(RAW.streams["insole_left"].frames.counts)
    seconds = RAW.streams["insole_left"].frames.ticks_us * 1e-6
    on_one_leg = stands[(seconds > 41.7) & (seconds < 46.3)].sum(axis=1).mean()
    assert on_one_leg == pytest.approx(draw_body(1).mass_kg * GRAVITY, rel=0.1)
    assert from_document(as_document(made)) == made


def test_laws_of_another_insole_are_refused(on_plate: InsoleCalibration) -> None:
    laws = on_bench()
    for wrong, told in (
        (dataclasses.replace(laws, device_id="X"), "the bench calibration is of X"),
        (on_plate, "give one of its cells on the bench"),
    ):
        with pytest.raises(CalibrationError, match=told):
            fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S, bench=wrong)


def test_cells_have_the_centre_of_pressure_of_the_plate(on_plate: InsoleCalibration) -> None:
    """Postures that the arms never saw are within what the calibration states; hops tell no place and give none."""
    assert on_plate.arms_mm is not None
    assert on_plate.cop_sd_mm is not None
    assert on_plate.layout == "infotronic_8"
    assert on_plate.stand == "estimated"
    assert any("nobody marked where the foot stood" in finding for finding in on_plate.findings)
    by_label = {error.label: error for error in on_plate.posture_errors}
    assert by_label["hops"].cop_ml_mm is None
    across = [error.cop_ml_mm for error in on_plate.posture_errors if error.cop_ml_mm is not None]
    assert len(across) == 5
    assert max(across) < 5.0
    assert on_plate.cop_sd_mm[0] >= np.sqrt(np.mean(np.square(across)))
    assert min(on_plate.weight_n) > 0.0, "a cell of weight 0 would lose its moment"


def test_marks_say_where_the_foot_stood(on_plate: InsoleCalibration) -> None:
    stand = FootStand(heel_mm=(3.0, -128.0), toe_out_deg=2.0)
    made = fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S, stand=stand)
    assert (made.heel_mm, made.toe_out_deg, made.stand) == (stand.heel_mm, 2.0, "marked")
    assert made.cop_sd_mm is not None
    assert on_plate.cop_sd_mm is not None
    assert made.cop_sd_mm[0] < on_plate.cop_sd_mm[0]
    assert not any("marked" in finding for finding in made.findings)
    elsewhere = dataclasses.replace(stand, heel_mm=(13.0, -108.0))
    moved = fit_insole_on_plate(RAW, "left", postures_s=BOUNDARIES_S, stand=elsewhere)
    assert made.arms_mm is not None
    assert moved.arms_mm is not None
    weight = np.array(made.weight_n) / sum(made.weight_n)
    shift = weight @ (np.array(made.arms_mm) - np.array(moved.arms_mm))
    np.testing.assert_allclose(shift, (10.0, 20.0), atol=2.0)


def test_pressure_of_a_foot_is_relative_until_it_was_calibrated_on_a_plate(on_plate: InsoleCalibration) -> None:
    told = {}
    for name, made in (("none", None), ("bench", on_bench()), ("plate", on_plate)):
        used = {} if made is None else {made.device_id: as_document(made)}
        raw = dataclasses.replace(RAW, metadata={**RAW.metadata, "calibrations": used})
        stream = recording_from_raw(raw).streams["insole_left"]
        told[name] = pressures_of({"left": stream}, stream.times_s)["left"]
    assert [one.calibrated for one in told.values()] == [False, False, True]
    for name in ("none", "bench"):
        assert "its numbers are relative to each other only" in str(told[name].note)
    assert "relative" not in str(told["plate"].note)
    assert told["plate"].cop_sd_mm == on_plate.cop_sd_mm
    assert told["none"].cop_sd_mm > on_plate.cop_sd_mm
    np.testing.assert_allclose(told["plate"].arms_mm, on_plate.arms_mm or ())


@pytest.mark.parametrize("kept", [("feet_up", "flat"), ("feet_up", "flat", "left_leg", "right_leg")])
def test_flat_standing_alone_is_refused(kept: tuple[str, ...]) -> None:
    with pytest.raises(CalibrationError, match="do not transfer"):
        fit_insole_on_plate(RAW, "left", postures_s={name: BOUNDARIES_S[name] for name in kept})


def test_sessions_that_lack_something_are_refused_with_what_to_do() -> None:
    loaded = {name: times for name, times in BOUNDARIES_S.items() if name != "feet_up"}
    with pytest.raises(CalibrationError, match="feet_up"):
        fit_insole_on_plate(RAW, "left", postures_s=loaded)
    with pytest.raises(CalibrationError, match="no left insole"):
        fit_insole_on_plate(with_streams(RAW, insole_left=None), "left", postures_s=BOUNDARIES_S)
    with pytest.raises(CalibrationError, match="no plate"):
        fit_insole_on_plate(with_streams(RAW, plate=None), "left", postures_s=BOUNDARIES_S)
    with pytest.raises(CalibrationError, match="state when"):
        fit_insole_on_plate(RAW, "left", postures_s={**BOUNDARIES_S, "hops": (60.0, 54.0)})
