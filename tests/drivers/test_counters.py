from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from landing_lab.model.device import LinkStats
from landing_lab_drivers.counters import CounterUnwrapper


def unwrap(unwrapper: CounterUnwrapper, sequence: ArrayLike, ticks: ArrayLike) -> tuple[list[int], list[int]]:
    got = unwrapper.unwrap(np.asarray(sequence, np.int64) & 0xFFFF, np.asarray(ticks, np.int64) & 0xFFFFFFFF)
    return got[0].tolist(), got[1].tolist()


@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=60),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(1, 60),
)
def test_wraps_and_losses_in_any_cut(steps: list[int], first: int, first_ticks: int, size: int) -> None:
    sequence = first + np.cumsum([0, *steps])
    ticks = first_ticks + (sequence - first) * 1000
    stats = LinkStats()
    unwrapper = CounterUnwrapper(stats)
    got: tuple[list[int], list[int]] = ([], [])
    for start in range(0, len(sequence), size):
        part = unwrap(unwrapper, sequence[start : start + size], ticks[start : start + size])
        got[0].extend(part[0])
        got[1].extend(part[1])
    assert got == (sequence.tolist(), ticks.tolist())
    assert stats == LinkStats(frames=len(sequence), lost_frames=int(sequence[-1]) - first - len(steps))


def test_a_long_recording_wraps_both_many_times() -> None:
    sequence = np.arange(500_000) * 3
    ticks = sequence * 12_500
    stats = LinkStats()
    got = unwrap(CounterUnwrapper(stats), sequence, ticks)
    assert got == (sequence.tolist(), ticks.tolist())
    assert stats.resyncs == 0


def test_nothing_in_nothing_out() -> None:
    assert unwrap(CounterUnwrapper(LinkStats()), [], []) == ([], [])


def test_a_restart_is_counted_and_numbers_go_on_by_the_time_since() -> None:
    for cut in (3, 4):
        stats = LinkStats()
        unwrapper = CounterUnwrapper(stats)
        raw_sequence = np.array([700, 701, 702, 703, 0, 1, 2])
        raw_ticks = np.array([9_000_000, 9_001_000, 9_002_000, 9_003_000, 50_000, 51_000, 52_000])
        parts = [unwrap(unwrapper, raw_sequence[part], raw_ticks[part]) for part in (slice(cut), slice(cut, None))]
        assert [*parts[0][0], *parts[1][0]] == [700, 701, 702, 703, 753, 754, 755]
        assert [*parts[0][1], *parts[1][1]] == [*raw_ticks[:4].tolist(), 9_053_000, 9_054_000, 9_055_000]
        assert stats == LinkStats(frames=7, lost_frames=49, resyncs=1)


def test_a_restart_is_seen_by_the_sequence_where_the_clock_does_not_tell() -> None:
    stats = LinkStats()
    sequence, ticks = unwrap(CounterUnwrapper(stats), [400, 401, 0, 1], [400_000, 401_000, 600_000, 601_000])
    assert stats.resyncs == 1
    assert np.all(np.diff(sequence) > 0)
    assert np.all(np.diff(ticks) > 0)


def test_a_restart_late_in_the_life_of_the_clock_is_no_leap_of_twenty_minutes() -> None:
    stats = LinkStats()
    _, ticks = unwrap(CounterUnwrapper(stats), [10, 11, 0], [3_000_000_000, 3_000_001_000, 2_000])
    assert stats.resyncs == 1
    assert ticks[-1] == 3_000_003_000


def test_damage_that_passed_the_checksum_never_turns_time_back() -> None:
    stats = LinkStats()
    sequence, ticks = unwrap(CounterUnwrapper(stats), [5, 40_000, 6, 7], [5_000, 3_900_000_000, 6_000, 7_000])
    assert stats.resyncs == 2
    assert np.all(np.diff(sequence) > 0)
    assert np.all(np.diff(ticks) > 0)


def test_a_pause_that_was_asked_for_loses_nothing() -> None:
    stats = LinkStats()
    unwrapper = CounterUnwrapper(stats)
    unwrapper.resume()
    unwrap(unwrapper, [0, 1, 2], [0, 1000, 2000])
    unwrapper.resume()
    got = unwrap(unwrapper, [3, 4], [600_000_000, 600_001_000])
    assert got == ([600_000, 600_001], [600_000_000, 600_001_000])
    assert stats == LinkStats(frames=5)


def test_a_restart_during_a_pause_is_counted() -> None:
    stats = LinkStats()
    unwrapper = CounterUnwrapper(stats)
    unwrap(unwrapper, [10, 11, 12], [10_000_000, 10_001_000, 10_002_000])
    unwrapper.resume()
    got = unwrap(unwrapper, [0, 1], [4_000, 5_000])
    assert got == ([16, 17], [10_006_000, 10_007_000])
    assert (stats.resyncs, stats.lost_frames) == (1, 0)


def test_after_a_pause_of_known_length_the_hosts_clock_tells_wraps_and_restarts() -> None:
    def after(last_us: int, first_us: int, away_s: float) -> tuple[int, list[int], int]:
        unwrapper = CounterUnwrapper(LinkStats())
        ((_, before),) = (unwrap(unwrapper, [8, 9], [last_us - 1000, last_us]),)
        unwrapper.resume(away_s)
        _, ticks = unwrap(unwrapper, [10], [first_us])
        return ticks[0] - before[-1], unwrapper.take_restarts(), unwrapper.stats.lost_frames

    assert after(5_000_000, 8_000_000, 3.001) == (3_000_000, [], 0)
    assert after(5_000_000, 8_000_000 + (1 << 32), 4297.9) == (3_000_000 + (1 << 32), [], 0)
    assert after(300_000, 2_200_000, 2.21) == (2_210_000, [2219], 0)
    assert after((1 << 32) - 1_000_000, 500_000, 1.51) == (1_500_000, [], 0)
    assert after(50_000_000, 1_000_000, 3.0) == (3_000_000, [3009], 0)


def test_a_pause_that_nobody_asked_for_loses_the_frames_it_would_have_held() -> None:
    for first_us in (5_500_000, 400_000):
        stats = LinkStats()
        unwrapper = CounterUnwrapper(stats)
        unwrap(unwrapper, [498, 499, 500], [4_998_000, 4_999_000, 5_000_000])
        unwrapper.resume(0.5, lost=True)
        assert unwrap(unwrapper, [7, 8], [first_us, first_us + 1000]) == ([1000, 1001], [5_500_000, 5_501_000])
        assert stats.lost_frames == 499
        assert unwrapper.take_restarts() == ([] if first_us > 5_000_000 else [1000])


def test_control_frames_are_placed_on_the_line_of_the_frames() -> None:
    unwrapper = CounterUnwrapper(LinkStats())
    assert unwrapper.place(7, 4_294_000_000) == 4_294_000_000
    unwrap(unwrapper, [65_534, 65_535], [(1 << 32) - 2000, (1 << 32) - 1000])
    assert unwrapper.place(0, 500) == (1 << 32) + 500
    assert unwrapper.place(65_535, (1 << 32) - 1500) == (1 << 32) - 1500
    assert unwrapper.place(0, 1_000_000_000) == (1 << 32) + 1_000_000_000
    assert unwrapper.place(1000, (1 << 32) - 2_000_000) is None
    assert unwrapper.place(60_000, 500) is None


def test_free_running_cells_lose_as_many_frames_in_a_pause_as_their_rate_tells_however_they_bunch() -> None:
    """Eight cells at 80 SPS that convert within 1 ms: a chunk alone looks like 7000 frames a second."""
    number = np.arange(400)
    ticks = number // 8 * 12_500 + number % 8 * 143
    for size in (8, 13, 40):
        unwrapper = CounterUnwrapper(LinkStats())
        for start in range(0, 400, size):
            unwrap(unwrapper, number[start : start + size], ticks[start : start + size])
        unwrapper.resume(1.0, lost=True)
        unwrap(unwrapper, [0], [int(ticks[-1]) + 1_000_000])
        assert 630 <= unwrapper.stats.lost_frames <= 650


def test_nothing_is_placed_between_a_pause_and_the_next_frame_which_tells_how_often_the_clock_wrapped() -> None:
    unwrapper = CounterUnwrapper(LinkStats())
    unwrap(unwrapper, [8, 9], [4_999_000, 5_000_000])
    unwrapper.resume(5000.0)
    now_us = 5_000_000 + 5_000_000_000
    assert unwrapper.place(10, now_us & 0xFFFFFFFF) is None
    assert unwrap(unwrapper, [10], [now_us])[1] == [now_us]
    assert unwrapper.place(11, (now_us + 500) & 0xFFFFFFFF) == now_us + 500
