"""Why the clock fit is a lower hull: the same arrivals through window minima with robust regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from calibrate.clock_streams import HOST_ZERO_S, LEAST_DELAY_S, draw_line, errors_s, make_board
from landing_lab.calibrate.clock import earliest, fit_clock

SEEDS = 40
DURATION_S = 10.0


def robust_minima(ticks_us: np.ndarray, arrival_s: np.ndarray) -> np.ndarray:
    """Host times by Theil-Sen, then Huber's weights, through the least delayed arrival of each window of 0.2 s."""
    device = ticks_us * 1e-6
    x, lag = earliest(device, arrival_s - device)
    first, second = np.triu_indices(len(x), 1)
    slope = float(np.median((lag[second] - lag[first]) / (x[second] - x[first])))
    intercept = float(np.median(lag - slope * x))
    for _ in range(30):
        rest = lag - intercept - slope * x
        scale = max(1.4826 * float(np.median(np.abs(rest))), 1e-9)
        weight = np.minimum(1.0, 1.345 * scale / np.maximum(np.abs(rest), 1e-12))
        slope, intercept = np.polyfit(x, lag, 1, w=np.sqrt(weight)).tolist()
    return np.asarray(intercept + (1.0 + slope) * device)


def worst_errors_s(stalls: Sequence[tuple[float, float]], ppm: float) -> tuple[float, float]:
    """90th percentile over seeds of the worst error of an instant: (hull, robust regression)."""
    hull, robust = [], []
    for seed in range(SEEDS):
        line = draw_line(
            np.random.default_rng([seed, 8]), stalls=[(HOST_ZERO_S + start, length) for start, length in stalls]
        )
        board = make_board(seed, duration_s=DURATION_S, ppm=ppm, loss=0.03, line=line)
        ticks, arrival = board.stream.frames.ticks_us, board.stream.arrival_s
        hull.append(np.abs(errors_s(board, fit_clock(ticks, arrival).to_host(ticks)) - LEAST_DELAY_S).max())
        robust.append(np.abs(errors_s(board, robust_minima(ticks, arrival)) - LEAST_DELAY_S).max())
    return float(np.quantile(hull, 0.9)), float(np.quantile(robust, 0.9))


CASES: dict[str, tuple[list[tuple[float, float]], float, float]] = {
    # stalls (start, length), ppm, least factor by which the hull is better
    "busy never": ([], 100.0, 0.0),
    "busy never, resonator": ([], 3000.0, 0.0),
    "2 s in the middle": ([(4.0, 2.0)], 3000.0, 1.0),
    "2 s at the start": ([(0.0, 2.0)], 3000.0, 1.5),
    "2 s at the end": ([(7.5, 2.0)], 3000.0, 1.5),
    "5 s in the middle": ([(2.5, 5.0)], 3000.0, 100.0),
    "three times 1.5 s": ([(0.5, 1.5), (3.5, 1.5), (7.0, 1.5)], 3000.0, 10.0),
}


@pytest.mark.parametrize("case", CASES)
def test_the_hull_is_as_good_on_a_free_computer_and_right_on_a_stalled_one(case: str) -> None:
    stalls, ppm, better = CASES[case]
    hull_s, robust_s = worst_errors_s(stalls, ppm)
    assert hull_s < 0.0013
    assert hull_s < 1.1 * robust_s
    assert robust_s > better * hull_s
