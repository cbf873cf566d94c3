"""The kernels of impact, span, motion and standing against their twins, and their corners by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.compare_measures import (
    compare_all,
    compare_impact,
    compare_mean_square,
    compare_net_impulse,
    compare_quietest,
    compare_rest,
    compare_span,
)
from kernels.naive import ImpactSettings
from landing_lab.detect.impact import Impact, impact_of, span_of
from landing_lab.detect.params import ImpactParams
from landing_lab.detect.task import Contact, Edge

READING = st.sampled_from(
    [0.0, 20.0, 19.9, 650.0, 700.0, 700.0, 701.0, 770.0, 1400.0, 1400.0, 3000.0, math.nan, math.inf]
)
FORCE = st.lists(READING, min_size=1, max_size=30).map(np.array)
WINDOW = st.sampled_from([0.3, 1.0, 3.0, 4.5, 60.0])


@st.composite
def contacts(draw: st.DrawFn, n: int) -> ImpactSettings:
    end = st.one_of(st.floats(0, n - 1), st.integers(0, n - 1).map(float), st.sampled_from([0.0, n - 1.0]))
    start, stop = sorted((draw(end), draw(end)))
    return ImpactSettings(
        start=start,
        stop=stop,
        edge_n=draw(st.sampled_from([0.0, 20.0, 700.0, 1400.0, 5000.0])),
        blur_n=draw(st.sampled_from([0.0, 1.0, 700.0])),
        blur_fraction=draw(st.sampled_from([0.0, 0.05])),
        prominence_n=draw(st.sampled_from([1.0, 50.0, 70.0, 700.0, math.nan])),
        first_peak=draw(WINDOW),
        slope=draw(st.sampled_from([1, 2, 5, 40])),
        short=draw(WINDOW),
        long=draw(WINDOW),
    )


@settings(deadline=None, max_examples=250)
@given(st.data(), FORCE)
def test_impact_equals_twin(data: st.DataObject, force: np.ndarray) -> None:
    compare_impact(force, data.draw(contacts(len(force))))


@settings(deadline=None, max_examples=100)
@given(FORCE, st.floats(-3, 33), st.floats(0, 33), st.sampled_from([math.nan, 20.0]))
def test_span_equals_twin_even_where_it_leaves_the_recording(
    force: np.ndarray, start: float, length: float, start_n: float
) -> None:
    compare_span(force, start, start + length, start_n)


@settings(deadline=None, max_examples=100)
@given(FORCE, st.integers(0, 29), st.integers(0, 29), st.floats(0, 0.999), st.floats(300, 1200))
def test_net_impulse_equals_twin(force: np.ndarray, one: int, other: int, lead: float, weight: float) -> None:
    first, stop = sorted((min(one, len(force) - 1), min(other, len(force) - 1)))
    compare_net_impulse(np.where(np.isfinite(force), force, math.nan), max(0.0, first - lead), stop, weight, 20.0)


@settings(deadline=None, max_examples=150)
@given(FORCE, st.integers(0, 31), st.sampled_from([1.0, 100.0, 700.0]))
def test_no_window_is_quieter_than_the_quietest(force: np.ndarray, width: int, least_n: float) -> None:
    compare_quietest(force, width, least_n)


@settings(deadline=None, max_examples=100)
@given(FORCE, st.integers(0, 31), st.sampled_from([0.0, 0.05, 1.0]), st.integers(1, 31))
def test_first_rest_equals_twin(force: np.ndarray, start: int, tolerance: float, hold: int) -> None:
    compare_rest(force, start, 700.0, tolerance, hold)


@settings(deadline=None, max_examples=60)
@given(FORCE, st.integers(0, 29), st.integers(1, 30))
def test_mean_square_equals_twin(force: np.ndarray, start: int, length: int) -> None:
    first = min(start, len(force) - 1)
    compare_mean_square(np.where(np.isfinite(force), force, math.nan), first, min(first + length, len(force)), 700.0)


@pytest.mark.parametrize("block", range(10))
def test_every_kernel_equals_its_twin_on_plateaus_spikes_and_holes(block: int) -> None:
    for seed in range(40):
        compare_all(1000 + 40 * block + seed)


def contact(start: float, stop: float) -> Contact:
    return Contact(
        start=Edge(sample=math.ceil(start), position=start), stop=Edge(sample=math.ceil(stop), position=stop)
    )


def measured(force: list[float] | np.ndarray, *, weight_n: float | None = 700.0, noise_n: float = 0.0) -> Impact:
    """The impact of a whole array at 1000 Hz whose first and last sample stand at the threshold."""
    row = np.array(force, dtype=np.float64)
    return impact_of(
        row,
        contact(0.0, len(row) - 1.0),
        ImpactParams().at(1000.0),
        threshold_n=20.0,
        noise_n=noise_n,
        amplitude_sd_fraction=0.0,
        prominence_n=None if weight_n is None else 0.1 * weight_n,
    )


def hill(*heights: tuple[float, float]) -> np.ndarray:
    """Straight lines through (millisecond, newton) from (0, 20)."""
    at, value = zip((0.0, 20.0), *heights, strict=True)
    return np.interp(np.arange(heights[-1][0] + 1), at, value)


def test_two_peaks_and_a_valley_are_found_where_they_are() -> None:
    found = measured(hill((20, 1000), (30, 800), (80, 2000), (120, 600), (150, 900), (300, 20)))
    assert (found.first_peak, found.first_peak_n) == (20.0, 1000.0)
    assert (found.peak, found.peak_n) == (80.0, 2000.0)
    assert (found.valley, found.valley_n) == (120.0, 600.0)


def test_a_first_peak_after_60_ms_is_none_and_so_is_a_later_one() -> None:
    found = measured(hill((61, 1000), (70, 800), (100, 1500), (110, 1300), (160, 2000), (300, 20)))
    assert math.isnan(found.first_peak)
    assert math.isnan(found.first_peak_n)
    assert found.peak == 160.0


@pytest.mark.parametrize(("fall", "there"), [(69.0, False), (70.0, True), (71.0, True)])
def test_a_first_peak_needs_a_fall_of_the_prominence(fall: float, there: bool) -> None:
    found = measured(hill((20, 1000), (30, 1000 - fall), (80, 2000), (300, 20)))
    assert math.isfinite(found.first_peak) == there


def test_small_wiggles_add_up_to_no_first_peak_but_a_slow_fall_does() -> None:
    wiggles = hill((20, 1000), (22, 960), (24, 1010), (26, 970), (28, 1020), (80, 2000), (300, 20))
    assert math.isnan(measured(wiggles).first_peak)
    slow = hill((20, 1000), (22, 960), (24, 990), (26, 925), (80, 2000), (300, 20))
    assert measured(slow).first_peak == 20.0


def test_without_body_weight_there_is_neither_first_peak_nor_valley() -> None:
    found = measured(hill((20, 1000), (30, 700), (80, 2000), (120, 600), (150, 900), (300, 20)), weight_n=None)
    assert math.isnan(found.first_peak)
    assert math.isnan(found.valley)
    assert found.peak == 80.0


def test_twenty_and_eighty_per_cent_are_crossed_on_the_straight_line() -> None:
    found = measured(hill((100, 2020), (300, 20)))
    assert found.rise_20 == pytest.approx((0.2 * 2020 - 20) / 20)
    assert found.rise_80 == pytest.approx((0.8 * 2020 - 20) / 20)
    assert found.slope_n == pytest.approx(5 * 20.0)


def test_impulse_windows_are_exact_for_a_ramp() -> None:
    found = measured(hill((150, 1520), (300, 20)))
    assert found.short_impulse == pytest.approx(50 * 0.5 * (20 + 520))
    assert found.long_impulse == pytest.approx(100 * 0.5 * (20 + 1020))


def test_a_contact_shorter_than_a_window_has_no_impulse_of_it() -> None:
    found = measured(hill((40, 1500), (70, 20)))
    assert math.isfinite(found.short_impulse)
    assert math.isnan(found.long_impulse)


def test_a_plateau_counts_from_its_first_sample_and_says_how_long_it_is() -> None:
    found = measured(hill((40, 1500), (52, 1500), (100, 20)))
    assert (found.peak, found.flat, found.loss_n) == (40.0, 12.0, pytest.approx(0.25 * 37.0))


def test_a_hole_before_the_peak_hides_the_rise_but_not_the_peak() -> None:
    force = hill((40, 1500), (100, 20))
    force[20] = math.nan
    found = measured(force)
    assert found.missing == 1
    assert found.peak == 40.0
    assert math.isnan(found.rise_20)
    assert math.isnan(found.slope_n)
    assert math.isnan(found.short_impulse)


def test_a_hole_after_the_peak_hides_a_valley_behind_it() -> None:
    force = hill((40, 1500), (80, 400), (120, 900), (200, 20))
    assert measured(force).valley == 80.0
    force[60] = math.nan
    assert math.isnan(measured(force).valley)


def test_one_sample_is_its_own_peak() -> None:
    found = measured([700.0])
    assert (found.peak, found.peak_n, found.missing) == (0.0, 700.0, 0.0)
    assert math.isnan(found.valley)


def test_nothing_but_holes_is_nothing() -> None:
    found = measured([math.nan] * 5)
    assert found.missing == 5
    assert math.isnan(found.peak_n)


def test_a_span_beyond_the_recording_has_no_impulse() -> None:
    force = np.full(100, 700.0)
    assert span_of(force, 0.0, 99.0).impulse == pytest.approx(99 * 700.0)
    assert math.isnan(span_of(force, 50.0, 99.5).impulse)
    assert math.isnan(span_of(force, -0.5, 50.0).impulse)
    assert span_of(force, 10.25, 10.75).impulse == pytest.approx(0.5 * 700.0)


@pytest.mark.parametrize(("rise", "there"), [(69.0, False), (70.0, True), (71.0, True)])
def test_a_valley_needs_a_rise_of_the_prominence(rise: float, there: bool) -> None:
    found = measured(hill((40, 2000), (80, 600), (120, 600 + rise), (160, 20)))
    assert math.isfinite(found.valley) == there
