from __future__ import annotations

import json

import numpy as np
import pytest

from drivers.board_pipe import BoardPipe, opened
from drivers.boards import insole
from landing_lab.model.device import LinkStats
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.jitter import ArrivalDelays


def measured(chunk_ms: int, *, seconds: int = 20, clock_ppm: float = 0.0, pace: float = 1.0) -> LinkStats:
    """Frames at 1 kHz that come in chunks, each as soon as its last frame was sent."""
    stats = LinkStats()
    delays = ArrivalDelays(stats)
    for last in range(chunk_ms, 1000 * seconds, chunk_ms):
        ticks = np.array([last - chunk_ms, last]) * 1000 * pace * (1 + clock_ppm * 1e-6)
        delays.arrived(50.0 + last / 1000, round(ticks[0]), round(ticks[1]))
    return stats


@pytest.mark.parametrize("chunk_ms", [2, 16])
def test_bytes_held_back_together_show_as_the_delay_of_the_oldest(chunk_ms: int) -> None:
    assert measured(chunk_ms).jitter_ms == pytest.approx(chunk_ms, abs=0.2)


@pytest.mark.parametrize("settings", [{"clock_ppm": 5000.0}, {"clock_ppm": -5000.0}, {"pace": 20.0}, {"pace": 0.1}])
def test_neither_a_wrong_clock_nor_the_pace_of_a_simulation_counts_as_delay(settings: dict[str, float]) -> None:
    factor = settings.get("pace", 1.0)
    assert measured(4, **settings).jitter_ms == pytest.approx(4 * factor, rel=0.1)


def test_one_arrival_in_twenty_may_be_late_without_being_told() -> None:
    for share, expected in ((0.03, 1.0), (0.10, 30.0)):
        rng = np.random.default_rng(3)
        stats = LinkStats()
        delays = ArrivalDelays(stats)
        for number in range(20_000):
            late_s = 0.03 if rng.random() < share else 0.001
            delays.arrived(number * 1e-3 + late_s, number * 1000, number * 1000)
        assert stats.jitter_ms == pytest.approx(expected - 1.0, abs=0.2)


def test_nothing_is_known_before_half_a_second_has_passed_and_memory_is_bounded() -> None:
    few = LinkStats()
    early = ArrivalDelays(few)
    for number in range(240):
        early.arrived(number * 2e-3, number * 2000, number * 2000)
    assert few.jitter_ms is None
    assert "jitter_ms" not in LinkStats().as_dict()
    stats = LinkStats()
    delays = ArrivalDelays(stats)
    rng = np.random.default_rng(1)
    for number in range(50_000):
        delays.arrived(number * 0.01 + rng.exponential(20.0), number * 10_000, number * 10_000)
    assert len(stats.delays) <= 100_001
    assert max(stats.delays) == 100_000
    assert len(delays._arrivals) <= 4096


def test_the_figures_of_a_trial_are_those_after_an_earlier_copy() -> None:
    stats = measured(2)
    stats.frames, stats.lost_frames = 100, 3
    earlier = stats.since(LinkStats())
    assert earlier == stats
    assert earlier is not stats
    stats.frames += 40
    for step in range(300, 400):
        stats.delays[step] = stats.delays.get(step, 0) + 1
    trial = stats.since(earlier)
    assert (trial.frames, trial.lost_frames) == (40, 0)
    assert trial.jitter_ms == pytest.approx(39.4, abs=0.11)
    assert json.loads(json.dumps(trial.as_dict()))["frames"] == 40
    assert earlier.jitter_ms == pytest.approx(2.0, abs=0.2)


def test_a_link_measures_the_jitter_of_what_comes() -> None:
    figures = []
    for jitter_ms in (0.0, 30.0):
        pipe = BoardPipe(insole(100), LinkFaults(jitter_ms=jitter_ms), loop=True)
        link = opened(pipe)
        link.start()
        for _ in range(25):
            pipe.play(0.1, step_s=0.001)
            link.poll()
        figures.append(link.stats.jitter_ms)
    assert figures[0] < 1.1
    assert figures[1] == pytest.approx(29, abs=5)
