"""Impulse against flight: what agrees, what does not, and what cannot be told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from landing_lab.detect.quality_closure import closure_items
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY


@pytest.mark.parametrize(
    ("by_impulse_m_per_s", "sd_m_per_s", "verdict"),
    [(2.8, 0.02, "ok"), (3.0, 0.02, "ok"), (3.2, 0.2, "ok"), (3.2, 0.02, "flagged"), (7.8, 0.1, "flagged"),
     (7.8, 3.3, "not checked"), (0.5, 1.5, "not checked")],
)  # fmt: skip
def test_a_large_disagreement_is_never_fine(by_impulse_m_per_s: float, sd_m_per_s: float, verdict: str) -> None:
    trial: Any = SimpleNamespace(
        flight_time_s=2.0 * 2.8 / GRAVITY,
        take_off_from_standing=SimpleNamespace(value=by_impulse_m_per_s, sd=sd_m_per_s),
        take_off_velocity_sd_m_per_s=0.01,
    )
    (found,) = closure_items(trial)
    assert found.verdict == verdict
    assert f"{by_impulse_m_per_s:.2f} m/s by impulse" in found.text
