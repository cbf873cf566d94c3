"""What all rooms say alike of cells under a foot: the gate, and readings at their limit."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.model.pressure import at_limit, gate_n


@pytest.mark.parametrize(("peak_n", "gate"), [(0.0, 50.0), (250.0, 50.0), (1500.0, 300.0)])
def test_gate_is_a_share_of_the_peak_and_never_below_50_n(peak_n: float, gate: float) -> None:
    assert gate_n(peak_n) == pytest.approx(gate)


def test_a_reading_held_at_its_limit_counts_after_rounding() -> None:
    held = 30.0 * 0.7 + 30.0 * 0.3 - 1e-14
    readings = np.array([[held, held], [29.9, 29.9], [np.nan, 1e9]])
    assert at_limit(readings, (30.0, None)).tolist() == [[True, False], [False, False], [False, False]]
