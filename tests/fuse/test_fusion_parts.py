"""The parts of the fusion one by one: rhythm and zero of load cells, shape, delay and order, what raises a doubt."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fuse.made_landing import ORDER, STEP_S, Jump, jump
from landing_lab.fuse.agreement import disagreement, landing_doubts
from landing_lab.fuse.both_feet import UNLOADED, relative_sd, total_sd_n
from landing_lab.fuse.fused_foot import (
    FAST,
    SLOW,
    UNCALIBRATED,
    FusedFoot,
    PreparedFoot,
    fused,
    plate_is_empty,
    prepared,
)
from landing_lab.fuse.gain_model import ERROR_CALM, ERROR_RINGING, ERROR_STIFF, ERROR_UNKNOWN, Foot, error_on
from landing_lab.fuse.insole_shape import InsoleShape, insole_shape
from landing_lab.fuse.plate_alone import deconvolved
from landing_lab.fuse.plate_cells import PlateCell, tared, unheard
from landing_lab.fuse.plate_delay import USUAL_DELAY_S, lively_rows, plate_timing
from landing_lab.model.channels import Channel, ChannelLayout
from landing_lab.model.recording import Clock, Sensor, Stream

PLATE = Sensor(kind="hx711_plate", description="by hand", filter_order=ORDER, mode_at_least_hz=57.0)


def shape_of(one: Jump) -> InsoleShape:
    return InsoleShape(one.shape_n, np.isnan(one.shape_n), np.zeros(len(one.shape_n)))


def ready_of(one: Jump, plate: Sensor = PLATE, *, calibrated: bool = True) -> PreparedFoot:
    return prepared(one.times_s, shape_of(one), one.cells, plate, calibrated=calibrated)


def timed(ready: PreparedFoot, order: int | None = ORDER):  # noqa: ANN201 - a PlateTiming, of one foot
    return plate_timing({"left": ready.foot}, {"left": ready.timing_parts}, order, 0.0)


def fuse(one: Jump, plate: Sensor = PLATE, *, calibrated: bool = True) -> tuple[PreparedFoot, FusedFoot]:
    ready = ready_of(one, plate, calibrated=calibrated)
    return ready, fused(ready, "left", timed(ready, plate.filter_order), plate)


def test_each_flight_is_a_zero() -> None:
    times = np.arange(0.0, 10.0, 0.0123)
    load = np.where((times % 4.0) > 2.0, 400.0, 0.0)
    drifting = [PlateCell(times, load / 2 + 3.0 + side * times, 0.0123) for side in (0.4, -0.1)]
    for cell in tared(drifting):
        empty = (times % 4.0 > 0.3) & (times % 4.0 < 1.7) & (times < 8.5)
        assert np.abs(cell.force_n[empty]).max() < 0.5


def test_cells_that_fell_silent_are_missing() -> None:
    one = jump(1)
    kept = np.abs(one.cells[0].times_s - 3.6) > 0.06
    silent = PlateCell(one.cells[0].times_s[kept], one.cells[0].force_n[kept], one.cells[0].period_s)
    found = unheard([silent, *one.cells[1:]], one.times_s)
    assert found[(one.times_s > 3.59) & (one.times_s < 3.61)].all()
    assert not found[(one.times_s > 3.2) & (one.times_s < 3.45)].any()


@pytest.mark.parametrize("order", [3, 4])
@pytest.mark.parametrize("delay_s", [-0.001, 0.0005, 0.001])
def test_order_and_delay_are_found_by_likelihood(order: int, delay_s: float) -> None:
    feet = {side: ready_of(jump(seed, order=order, delay_s=delay_s)) for side, seed in (("left", 5), ("right", 6))}
    timing = plate_timing(
        {side: one.foot for side, one in feet.items()},  # type: ignore[misc]
        {side: one.timing_parts for side, one in feet.items()},  # type: ignore[misc]
        None,
        0.002,
    )
    assert timing.order == order
    assert not timing.known
    for side in feet:
        assert timing.delay_s[side] == pytest.approx(delay_s, abs=0.0008)  # type: ignore[index]


def test_a_plate_at_rest_tells_no_delay() -> None:
    one = jump(1)
    calm = [PlateCell(cell.times_s, np.full(len(cell.times_s), 100.0), cell.period_s) for cell in one.cells]
    foot = Foot.of(one.times_s, np.full(len(one.times_s), 400.0), calm)
    assert len(lively_rows(foot)) == 0
    timing = plate_timing({"left": foot}, {"left": (SLOW,)}, ORDER, 0.0)
    assert timing.delay_s["left"] == USUAL_DELAY_S


def test_the_fused_force_is_the_true_one_within_its_sd() -> None:
    errors = []
    for seed in range(6):
        one = jump(seed)
        _, found = fuse(one)
        inside = (one.times_s > 3.15) & (one.times_s < 4.7) & (one.force_n > 20.0)
        errors.append(((found.force_n - one.force_n) / found.sd_n)[inside])
        peak = int(np.argmax(one.force_n))
        assert found.force_n[peak] == pytest.approx(one.force_n[peak], rel=0.02)
        assert 0.003 < found.sd_n[peak] / one.force_n[peak] < 0.05
    share = float(np.mean(np.abs(np.concatenate(errors)) < 1.645))
    assert share > 0.85


def test_a_foot_on_the_box_has_no_force_on_the_plate() -> None:
    one = jump(2)
    boxed = one.shape_n.copy()
    boxed[:300] = 380.0  # the insole is loaded, the plate is not
    ready = ready_of(one._replace(shape_n=boxed))
    assert plate_is_empty(one.times_s, one.cells)[:300].all()
    found = fused(ready, "left", timed(ready), PLATE)
    assert np.nanmax(np.abs(found.force_n[:300])) == 0.0
    _, clean = fuse(one)
    np.testing.assert_allclose(found.force_n[600:], clean.force_n[600:], rtol=0.01, atol=2.0)


@pytest.mark.parametrize(
    ("mode_hz", "at_least_hz", "error"),
    [(None, None, ERROR_UNKNOWN), (45.0, None, ERROR_RINGING), (None, 57.0, ERROR_CALM), (150.0, None, ERROR_STIFF)],
)
def test_a_plate_is_trusted_as_its_tap_test_allows(
    mode_hz: float | None, at_least_hz: float | None, error: object
) -> None:
    assert error_on(dataclasses.replace(PLATE, mode_hz=mode_hz, mode_at_least_hz=at_least_hz)) is error


def test_the_model_follows_the_calibrations() -> None:
    one = jump(3)
    stiff = dataclasses.replace(PLATE, mode_hz=160.0)
    assert ready_of(one).parts == (SLOW,)
    assert ready_of(one, stiff).parts == (SLOW, FAST)
    assert ready_of(one, dataclasses.replace(stiff, filter_order=None)).parts == (SLOW,)
    assert ready_of(one, calibrated=False).parts == UNCALIBRATED
    # Beyond any wear of a calibration: another insole, or a foot between two plates.
    assert ready_of(jump(3, gain=12.0)).parts == UNCALIBRATED
    for plate in (PLATE, stiff):
        _, found = fuse(one, plate)
        assert np.nanmax(found.force_n) == pytest.approx(one.force_n.max(), rel=0.02)
    sure, unsure = fuse(one)[1], fuse(one, calibrated=False)[1]
    assert np.nanmax(unsure.sd_n) > 1.5 * np.nanmax(sure.sd_n)


def test_an_unknown_order_is_in_the_sd() -> None:
    one = jump(4)
    told, guessed = fuse(one)[1], fuse(one, dataclasses.replace(PLATE, filter_order=None))[1]
    peak = int(np.argmax(one.force_n))
    assert guessed.sd_n[peak] ** 2 == pytest.approx(
        told.sd_n[peak] ** 2 + (0.015 * guessed.force_n[peak]) ** 2, rel=0.05
    )


def doubts_of(one: Jump, ready: PreparedFoot, found: FusedFoot) -> str:
    return "; ".join(doubt.sentence for doubt in landing_doubts(ready, found, "left"))


def test_doubts_name_what_was_seen() -> None:
    one = jump(5)
    ready, found = fuse(one)
    assert doubts_of(one, ready, found) == ""
    apart = dataclasses.replace(found, ratio_n=1.06 * found.ratio_n)
    assert "two ways to fuse the left insole with the plate are" in doubts_of(one, ready, apart)
    held = dataclasses.replace(ready, shape=dataclasses.replace(ready.shape, at_limit_n=0.4 * ready.shape.shape_n))
    assert "40 % of the peak on the left insole lies on cells at the end of their range" in doubts_of(one, held, found)
    wrong = dataclasses.replace(found, misfit=np.full(len(found.misfit), 5.0))
    assert "by 5 times their error" in doubts_of(one, ready, wrong)
    spike = found.force_n + 900.0 * np.exp(-(((np.arange(len(found.force_n)) - 560.0) / 8.0) ** 2))
    sharp = dataclasses.replace(found, force_n=spike, ratio_n=spike)
    assert "ms wide: a sole that gives" in doubts_of(one, ready, sharp)
    for doubt in landing_doubts(ready, sharp, "left"):
        assert doubt.start_s <= 3.56 <= doubt.stop_s


def test_an_insole_that_shows_nothing_is_told() -> None:
    one = jump(6)
    assert disagreement(one.shape_n, one.cells, one.times_s, "left") is None
    told = disagreement(0.0 * one.shape_n, one.cells, one.times_s, "left")
    assert "the left insole shows no force during" in str(told)


def test_a_plate_alone_is_sharpened_and_says_how_little_it_knows() -> None:
    for seed in range(4):
        one = jump(seed)
        force, sd = deconvolved(one.cells, one.times_s, PLATE, ORDER, known=True)
        slow = Foot.of(one.times_s, one.shape_n, one.cells).plate_n(one.times_s, ORDER, USUAL_DELAY_S).sum(axis=1)
        peak = one.force_n.max()
        assert abs(force.max() - peak) < abs(slow.max() - peak)
        assert abs(force.max() - peak) < 2.5 * sd[np.argmax(force)]
        assert (force >= 0.0).all()
        air = (one.times_s > 3.1) & (one.times_s < 3.45)
        assert force[air].max() < 10.0
        assert (deconvolved(one.cells, one.times_s, PLATE, ORDER, known=False)[1] >= sd).all()


def insole_of(cells_n: np.ndarray, **facts: object) -> Stream:
    layout = ChannelLayout(tuple(Channel(f"cell {i}", "force", "N", "left") for i in range(cells_n.shape[1])))
    return Stream(
        samples=cells_n,
        sample_rate_hz=1000.0,
        times_s=np.arange(len(cells_n)) * STEP_S,
        layout=layout,
        sensor=Sensor(kind="fsr_insole", description="by hand", **facts),  # type: ignore[arg-type]
        clock=Clock(source="by hand"),
    )


def test_the_shape_is_re_zeroed_on_each_flight_and_keeps_its_holes() -> None:
    rng = np.random.default_rng(2)
    loaded = np.tile(np.repeat([0.0, 1.0], 500), 3)
    preload = np.linspace(1.0, 4.0, 3000)[:, None] * [1.0, 0.3]
    cells = loaded[:, None] * [300.0, 200.0] + preload + rng.normal(0.0, 0.2, (3000, 2))
    cells[600:603] = cells[1700:1740] = np.nan
    found = insole_shape(insole_of(cells, cell_limit_n=(250.0, None)), np.arange(3000) * STEP_S)
    assert found is not None
    assert np.nanmax(np.abs(found.shape_n[loaded == 0.0][550:])) < 3.0
    assert np.nanmedian(found.shape_n[loaded == 1.0]) == pytest.approx(500.0, abs=3.0)
    assert np.isfinite(found.shape_n[600:603]).all()
    assert np.isnan(found.shape_n[1700:1740]).all()
    assert 43 <= found.missing.sum() <= 45
    assert np.nanmedian(found.at_limit_n[loaded == 1.0]) == pytest.approx(300.0, abs=3.0)
    assert insole_shape(insole_of(np.full((100, 2), np.nan)), np.arange(100) * STEP_S) is None


def test_what_errs_alike_under_both_feet_adds_up() -> None:
    sd, common = np.array([5.0]), np.array([4.0])
    assert total_sd_n([sd, sd], [0.0 * sd, 0.0 * sd])[0] == pytest.approx(np.hypot(5.0, 5.0))
    assert total_sd_n([sd, sd], [common, common])[0] == pytest.approx(np.sqrt(2.0 * 3.0**2 + 8.0**2))
    assert relative_sd(np.zeros(3), np.ones(3)) == UNLOADED
    told, guessed = (fuse(jump(4), dataclasses.replace(PLATE, filter_order=order))[1] for order in (ORDER, None))
    assert np.nanmax(told.common_n) == 0.0
    np.testing.assert_allclose(guessed.common_n, 0.015 * guessed.force_n)


def test_a_plate_alone_is_trusted_as_its_tap_test_allows() -> None:
    one = jump(1)
    stiff, ringing = (
        deconvolved(one.cells, one.times_s, dataclasses.replace(PLATE, mode_hz=hz), ORDER, known=True)[0].max()
        for hz in (150.0, 45.0)
    )
    true = one.force_n.max()
    assert abs(stiff - true) < 0.8 * abs(ringing - true)
