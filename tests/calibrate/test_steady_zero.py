"""The zero of a board while it is heard."""

from __future__ import annotations

import numpy as np

from landing_lab.calibrate.steady_zero import SteadyZero


def test_the_zero_follows_an_empty_board_and_no_person() -> None:
    zero, times = SteadyZero(2), np.arange(0.0, 3.0, 0.01)
    cell = np.arange(len(times)) % 2
    empty = zero.of_readings(times, np.where(cell == 0, 4.0, -3.0), cell)
    assert abs(empty[-1]) < 0.5
    loaded = zero.of_readings(times + 3.0, np.where(cell == 0, 404.0, 297.0), cell)
    np.testing.assert_allclose(loaded[-2:], [400.0, 300.0], atol=0.5)
    rows = SteadyZero(3)
    for start in range(60):
        last = rows.of_rows(start * 0.01 + np.arange(10) * 0.001, np.full((10, 3), 2.0))
    np.testing.assert_allclose(last[-1], 0.0, atol=0.2)
