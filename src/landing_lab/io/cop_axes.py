"""Which of two axes is medio-lateral: the one along which the two feet stand apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

_LOADED_SHARE: Final = 0.2
_LOADED_N: Final = 50.0
APART_M: Final = (0.08, 0.8)
"""Feet side by side are this far apart (real jumps: 0.24-0.42 m)."""
CLEAR_SHARE: Final = 0.5
"""Along the other axis they may differ by this share of it at most (real jumps: up to 0.26)."""
_FEWEST_S: Final = 0.1


def feet_apart_m(
    force_n: Mapping[Side, FloatArray], cop_m: Mapping[Side, FloatArray], sample_rate_hz: float
) -> tuple[float, float] | None:
    """Distance of the two sides along both axes, medians over samples in which both are loaded; None without two."""
    if len(cop_m) != 2:
        return None
    both = np.ones(len(next(iter(cop_m.values()))), dtype=np.bool_)
    for side, position in cop_m.items():
        force = force_n[side]
        both &= force > max(_LOADED_SHARE * float(np.nanmax(force)), _LOADED_N)
        both &= np.isfinite(position).all(axis=1)
    if np.count_nonzero(both) < max(3.0, _FEWEST_S * sample_rate_hz):
        return None
    first, second = (position[both] for position in cop_m.values())
    gap = np.abs(np.median(first - second, axis=0))
    return float(gap[0]), float(gap[1])


def medio_lateral(apart_m: tuple[float, float] | None) -> int | None:
    """Column of the medio-lateral axis, None where the feet do not show it."""
    if apart_m is None:
        return None
    axis = 0 if apart_m[0] > apart_m[1] else 1
    clear = apart_m[1 - axis] <= CLEAR_SHARE * apart_m[axis]
    return axis if clear and APART_M[0] <= apart_m[axis] <= APART_M[1] else None
