"""What slow sensors and filters do to real landings, against definitions.md, "What 80 Hz costs".

33 landings: 11 contacts and landings (gidiel drop and countermovement jump, six squat jumps, two jumps of jumpmetrics)
on both plates together and on each alone. Figures are percent of the reading at 1000 Hz and more; our analysis with
every gate open. `documented` is the table; `ours` is what these tests measured, where the two are not the same number.
"""

from __future__ import annotations

import numpy as np
import pytest

from detect.real_landings import SATURATED, Degraded, degraded, sources
from landing_lab.model.blocks import FloatArray

pytestmark = pytest.mark.long

LOW_PASSED_AT_SOURCE = "opencap/subject5/DJ1_forces.mot"
PEAK, MEAN, MIDDLE, MAX, IMPULSE = (
    "peak_force_n",
    "loading_rate_mean_bw_per_s",
    "loading_rate_20_80_bw_per_s",
    "loading_rate_max_bw_per_s",
    "impulse_0_100ms_ns",
)
CONTACT, RSI = "contact_time_s", "rsi_flight_time_m_per_s"


@pytest.fixture(scope="module")
def read() -> Degraded:
    return degraded()


def errors(read: Degraded, degradation: str, name: str) -> FloatArray:
    """Errors over landings x phases of the raw two-plate recordings."""
    skipped = (SATURATED, LOW_PASSED_AT_SOURCE)
    return np.array(
        [
            e.error
            for e in read.errors
            if (e.degradation, e.name) == (degradation, name) and e.source.file not in skipped
        ]
    )


def test_the_landings_are_the_33_of_the_table(read: Degraded) -> None:
    touched = {
        (e.source.file, e.source.plate, e.trial, e.where)
        for e in read.errors
        if e.degradation == "point 500 Hz" and e.name == PEAK
    }
    assert len([key for key in touched if key[0] not in (SATURATED, LOW_PASSED_AT_SOURCE)]) == 33
    assert len(touched) == 33 + 1 + 6  # and one of plateforce, and subject5's contact and landing three times
    assert all(source.rate_hz >= 1000.0 for source, _ in sources())


def test_every_landing_is_found_again_at_80_hz_and_after_a_low_pass(read: Degraded) -> None:
    assert {name: missing for name, (_, missing, _) in read.counts.items() if missing} == {}
    assert {name for name, (_, _, other) in read.counts.items() if other} <= {
        "settling",
        "low-pass 10 Hz",
        "3 N noise",
    }
    assert all(other <= 0.1 * expected for expected, _, other in read.counts.values())


@pytest.mark.parametrize(
    ("degradation", "documented", "tolerance"),
    [
        ("point 80 Hz", -1.7, 0.8),  # ours -2.2
        ("conversion mean", -3.1, 0.8),  # -3.5
        ("settling", -14.9, 3.0),  # -12.8
        ("sinc3", -5.0, 1.0),  # -5.3
        ("sinc4", -5.0, 1.5),  # -6.1
        ("point 100 Hz", -1.2, 0.6),  # -1.6
        ("point 200 Hz", -0.4, 0.3),  # -0.5
        ("point 500 Hz", -0.1, 0.1),  # -0.1
        ("low-pass 10 Hz", -14.0, 3.0),  # -11.9
        ("low-pass 20 Hz", -5.0, 1.0),  # -5.6
        ("low-pass 30 Hz", -2.4, 1.0),  # -3.0
        ("low-pass 50 Hz", -0.7, 0.7),  # -1.3
        ("low-pass 100 Hz", -0.1, 0.3),  # -0.3
    ],
)
def test_mean_loss_of_the_peak(read: Degraded, degradation: str, documented: float, tolerance: float) -> None:
    assert errors(read, degradation, PEAK).mean() == pytest.approx(documented, abs=tolerance)


@pytest.mark.parametrize(
    ("degradation", "low", "high"),
    [("point 80 Hz", 5.0, 8.0), ("sinc3", 10.0, 14.0), ("sinc4", 10.0, 14.0)],  # documented: 6-8, 13, 13
)
def test_one_peak_in_ten_loses_more(read: Degraded, degradation: str, low: float, high: float) -> None:
    assert low < np.percentile(-errors(read, degradation, PEAK), 90) < high


@pytest.mark.parametrize(
    ("degradation", "documented", "ours"),
    [
        # The table interpolated the threshold at 80 and 100 Hz too: touchdown early, -6.9 and -5.1 that way. Our edge
        # lies in the middle between two samples there.
        ("point 80 Hz", -6.3, -3.0),
        ("point 100 Hz", -4.0, -2.3),
        ("conversion mean", -9.2, -7.1),
        ("settling", -28.0, -26.6),
        ("point 200 Hz", -1.2, -2.2),
        ("point 500 Hz", -0.3, -1.0),
    ],
)
def test_mean_loading_rate(read: Degraded, degradation: str, documented: float, ours: float) -> None:
    found = errors(read, degradation, MEAN)
    assert found.mean() == pytest.approx(ours, abs=1.0)
    assert abs(found.mean() - documented) < found.std()


@pytest.mark.parametrize(
    "degradation", ["point 80 Hz", "conversion mean", "settling", "point 100 Hz", "point 200 Hz", "point 500 Hz"]
)
def test_middle_loading_rate_has_no_bias(read: Degraded, degradation: str) -> None:
    # Documented: 0, at 80 Hz p90 11 %, -4.4 after settling. The median: single plates of BFR003 rise in two bumps, and
    # which of them holds 80 % changes with the last sample, by up to a factor of eight.
    found = errors(read, degradation, MIDDLE)
    assert abs(np.median(found)) < 2.5
    if degradation == "point 80 Hz":
        assert 6.0 < np.percentile(abs(found), 90) < 12.0


@pytest.mark.parametrize(
    ("degradation", "documented", "ours"),
    [
        # The table took the slope between every second sample at 80 to 200 Hz (-54, -47, -24 % that way); ours between
        # neighbours. After filters it took a window shorter than our 5 ms: less was there to lose at 5 ms.
        ("point 80 Hz", -55.0, -38.0),
        ("conversion mean", -56.0, -45.0),
        ("settling", -70.0, -65.0),
        ("point 100 Hz", -48.0, -31.0),
        ("point 200 Hz", -32.0, -10.0),
        ("point 500 Hz", -15.0, -7.8),
        ("low-pass 10 Hz", -68.0, -66.5),
        ("low-pass 20 Hz", -57.0, -55.0),
        ("low-pass 30 Hz", -49.0, -43.0),
        ("low-pass 50 Hz", -34.0, -26.0),
        ("low-pass 100 Hz", -18.0, -10.0),
    ],
)
def test_greatest_loading_rate(read: Degraded, degradation: str, documented: float, ours: float) -> None:
    found = errors(read, degradation, MAX)
    assert found.mean() == pytest.approx(ours, abs=2.0)
    assert documented < found.mean() < 0.0


@pytest.mark.parametrize(
    ("degradation", "documented", "ours"),
    [
        # The table's window begins at the first sample above the threshold, half a sample late where force already
        # rises: +6.0, +4.7, +1.9, +0.1 that way, and +9 for the means. Ours begins at the crossing.
        ("point 80 Hz", 8.0, -1.5),
        ("conversion mean", 4.5, -5.0),
        ("settling", -16.0, -25.0),
        ("point 100 Hz", 6.5, -1.3),
        ("point 200 Hz", 3.2, -2.2),
        ("point 500 Hz", 0.8, -1.0),
    ],
)
def test_impulse_of_the_first_100_ms(read: Degraded, degradation: str, documented: float, ours: float) -> None:
    found = errors(read, degradation, IMPULSE)
    assert found.mean() == pytest.approx(ours, abs=1.0)
    assert found.mean() < documented


@pytest.mark.parametrize(
    ("degradation", "documented", "tolerance"),
    [
        ("point 80 Hz", 2.6, 1.0),  # ours 3.3
        ("point 100 Hz", 3.3, 0.5),  # 3.4
        ("point 200 Hz", 1.8, 0.4),  # 1.9
        ("point 500 Hz", 0.8, 0.3),  # 0.9
    ],
)
def test_error_of_rsi(read: Degraded, degradation: str, documented: float, tolerance: float) -> None:
    found = errors(read, degradation, RSI)
    assert np.sqrt(np.mean(found**2)) == pytest.approx(documented, abs=tolerance)
    assert abs(found).max() < 9.0


@pytest.mark.parametrize(
    ("degradation", "contact_ms", "rsi"),
    [
        ("settling", (33.0, 3.0), (-22.0, 2.0)),  # ours +31.5 ms, -21.5 %
        ("sinc3", (8.0, 4.0), (-6.6, 2.0)),  # +10.9 ms, -7.4 %
        ("sinc4", (8.0, 6.5), (-6.6, 3.5)),  # +13.8 ms, -9.6 %
    ],
)
def test_the_filter_of_an_hx711_lengthens_contact(
    read: Degraded, degradation: str, contact_ms: tuple[float, float], rsi: tuple[float, float]
) -> None:
    assert errors(read, degradation, CONTACT).mean() == pytest.approx(contact_ms[0], abs=contact_ms[1])
    assert errors(read, degradation, RSI).mean() == pytest.approx(rsi[0], abs=rsi[1])


def test_80_hz_points_time_a_contact_to_5_or_6_ms(read: Degraded) -> None:
    assert 4.5 < errors(read, "point 80 Hz", CONTACT).std() < 6.5
