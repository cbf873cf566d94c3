"""Live force: independent of how data are cut, and that of the analysis a moment later."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuse.made_landing import ORDER, STEP_S, Jump, jump
from landing_lab.fuse.fused_foot import FAST, SLOW
from landing_lab.fuse.gain_model import (
    ERROR_STIFF,
    ERROR_UNKNOWN,
    Foot,
    ReadingError,
    Wander,
    equations,
    solved,
)
from landing_lab.fuse.live import KNOTS_A_STEP, LAG_S, LiveFoot, LiveForce
from landing_lab.fuse.plate_delay import USUAL_DELAY_S
from landing_lab.model.recording import Sensor

PLATE = Sensor(kind="hx711_plate", description="by hand", filter_order=ORDER)


def live(one: Jump, cuts: list[int], reading_cuts: list[int], plate: Sensor = PLATE) -> LiveForce:
    """Everything a live foot gives, its data cut before these scans and readings."""
    foot = LiveFoot(step_s=STEP_S, n_cells=4, plate=plate)
    read_s = np.concatenate([cell.times_s for cell in one.cells])
    order = np.argsort(read_s, kind="stable")
    read_n = np.concatenate([cell.force_n for cell in one.cells])[order]
    cell = np.repeat(np.arange(4), [len(cell.times_s) for cell in one.cells])[order]
    read_s = read_s[order]
    given = []
    scans, readings = [0, *sorted(cuts), len(one.times_s)], [0, *sorted(reading_cuts), len(read_s)]
    for k in range(max(len(scans), len(readings)) - 1):
        if k < len(scans) - 1:
            part = slice(scans[k], scans[k + 1])
            foot.feed_scans(one.times_s[part], one.shape_n[part])
        if k < len(readings) - 1:
            part = slice(readings[k], readings[k + 1])
            foot.feed_readings(read_s[part], read_n[part], cell[part])
        given.append(foot.take())
    return LiveForce(*(np.concatenate([getattr(one, name) for one in given]) for name in LiveForce._fields))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 3),
    st.lists(st.integers(0, 1800), max_size=40),
    st.lists(st.integers(0, 560), max_size=40),
)
def test_blocks_change_nothing(seed: int, cuts: list[int], reading_cuts: list[int]) -> None:
    one = jump(seed)
    whole, cut = live(one, [], []), live(one, cuts, reading_cuts)
    for name in LiveForce._fields:
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))


STIFF = dataclasses.replace(PLATE, mode_hz=150.0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("plate", "parts", "error"), [(PLATE, (SLOW,), ERROR_UNKNOWN), (STIFF, (SLOW, FAST), ERROR_STIFF)]
)
def test_a_moment_later_it_is_the_force_of_the_analysis(
    seed: int, plate: Sensor, parts: tuple[Wander, ...], error: ReadingError
) -> None:
    one = jump(seed)
    now = live(one, [], [], plate)
    foot = Foot.of(one.times_s, one.shape_n, one.cells)
    later, sd = solved(foot, equations(foot, ORDER, USUAL_DELAY_S, parts, error), len(parts))
    peak = int(np.argmax(one.force_n))
    assert np.max(now.force_n) == pytest.approx(np.max(later), rel=0.01)
    assert np.max(later) == pytest.approx(one.force_n[peak], rel=0.03)
    assert np.max(one.shape_n) < 0.85 * one.force_n[peak]
    assert (now.sd_n[now.force_n > 100.0] > 0.0).all()
    at = np.searchsorted(one.times_s, now.times_s + 1e-9) - 1
    inside = now.times_s > 3.2
    assert np.median(np.abs(now.force_n - later[at])[inside] / (1.0 + sd[at][inside])) < 0.5


def test_it_is_late_by_its_lag_and_no_more() -> None:
    one = jump(1)
    foot = LiveFoot(step_s=STEP_S, n_cells=4, plate=PLATE)
    for cell, readings in enumerate(one.cells):
        foot.feed_readings(readings.times_s, readings.force_n, np.full(len(readings.times_s), cell))
    slowest = 0.0
    told_s = one.times_s[0]
    for k, time_s in enumerate(one.times_s[:1500].tolist()):
        foot.feed_scans(one.times_s[k : k + 1], one.shape_n[k : k + 1])
        given = foot.take().times_s
        told_s = given[-1] if len(given) else told_s
        slowest = max(slowest, time_s - told_s)
    assert slowest <= LAG_S + (2 * KNOTS_A_STEP + 1) * 0.005


def test_a_hole_in_the_scans_is_missing_and_short_ones_are_bridged() -> None:
    one = jump(2)
    for lost, missing in ((slice(560, 563), False), (slice(560, 600), True)):
        shape = one.shape_n.copy()
        kept = np.ones(len(shape), dtype=bool)
        kept[lost] = False
        given = live(Jump(one.times_s[kept], one.force_n[kept], shape[kept], one.cells), [], [])
        at = (given.times_s > one.times_s[lost.start]) & (given.times_s < one.times_s[lost.stop - 1])
        assert np.isnan(given.force_n[at]).all() == missing
        after = given.times_s > one.times_s[lost.stop] + 0.02
        assert np.isfinite(given.force_n[after]).all()


def test_nothing_is_given_while_a_board_is_silent() -> None:
    one = jump(1)
    foot = LiveFoot(step_s=STEP_S, n_cells=4, plate=PLATE)
    foot.feed_scans(one.times_s, one.shape_n)
    assert len(foot.take().times_s) == 0


def test_what_is_not_known_of_the_converters_is_in_the_sd() -> None:
    one = jump(1)
    peak = int(np.argmax(live(one, [], []).force_n))
    sure, guessed = live(one, [], []), live(one, [], [], dataclasses.replace(PLATE, filter_order=None))
    assert guessed.sd_n[peak] > sure.sd_n[peak]
    foot = LiveFoot(step_s=STEP_S, n_cells=4, plate=PLATE, delay_sd_s=0.0)
    foot.feed_scans(one.times_s, one.shape_n)
    for cell, readings in enumerate(one.cells):
        foot.feed_readings(readings.times_s, readings.force_n, np.full(len(readings.times_s), cell))
    timed = foot.take()
    np.testing.assert_array_equal(timed.force_n, sure.force_n)
    assert timed.sd_n[peak] < sure.sd_n[peak]


def test_readings_that_do_not_fit_are_in_the_sd() -> None:
    one = jump(1)
    rng = np.random.default_rng(1)
    cells = [
        dataclasses.replace(cell, force_n=cell.force_n + rng.normal(0.0, 25.0, len(cell.force_n))) for cell in one.cells
    ]
    standing = slice(-200, None)
    calm, shaken = live(one, [], []), live(one._replace(cells=cells), [], [])
    assert np.median(shaken.sd_n[standing]) > 2.0 * np.median(calm.sd_n[standing])


def test_an_insole_unlike_its_plate_is_noticed() -> None:
    for gain, alike in ((1.0, True), (2.5, False)):
        one = jump(1)
        foot = LiveFoot(step_s=STEP_S, n_cells=4, plate=PLATE)
        assert foot.is_like_plate
        foot.feed_scans(one.times_s, one.shape_n / gain)
        for cell, readings in enumerate(one.cells):
            foot.feed_readings(readings.times_s, readings.force_n, np.full(len(readings.times_s), cell))
        foot.take()
        assert foot.is_like_plate == alike
