"""What all rooms say alike of cells under a foot: the gate, and readings at their limit."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.model.insole_layout import default_layout
from landing_lab.model.pressure import FootPressure, at_limit, gate_n


@pytest.mark.parametrize(("peak_n", "gate"), [(0.0, 50.0), (250.0, 50.0), (1500.0, 300.0)])
def test_gate_is_a_share_of_the_peak_and_never_below_50_n(peak_n: float, gate: float) -> None:
    assert gate_n(peak_n) == pytest.approx(gate)


def test_a_reading_held_at_its_limit_counts_after_rounding() -> None:
    held = 30.0 * 0.7 + 30.0 * 0.3 - 1e-14
    readings = np.array([[held, held], [29.9, 29.9], [np.nan, 1e9]])
    assert at_limit(readings, (30.0, None)).tolist() == [[True, False], [False, False], [False, False]]


def test_centre_of_pressure_lies_where_the_force_acts_and_nowhere_without_force() -> None:
    layout = default_layout(8)
    assert layout is not None
    arms_mm = np.column_stack([np.arange(8.0), 10.0 * np.arange(8.0)])
    cells_n = np.zeros((4, 8))
    cells_n[0, 3] = 5.0
    cells_n[1, [2, 6]] = 30.0, 10.0
    cells_n[3] = np.nan
    pressure = FootPressure(
        layout=layout,
        cells_n=cells_n,
        arms_mm=arms_mm,
        calibrated=True,
        force_sd_fraction=0.0,
        cop_sd_mm=(1.0, 1.0),
        source="made",
    )
    assert pressure.cop_mm[:2].tolist() == [[3.0, 30.0], [3.0, 30.0]]
    assert np.isnan(pressure.cop_mm[2:]).all()
