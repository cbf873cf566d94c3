"""How uncertain the force of both feet together is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray

UNLOADED: Final = 0.1
"""Relative SD of a force that nowhere rises: nobody stood there to tell (choice)."""


def total_sd_n(sd_n: Sequence[FloatArray], common_n: Sequence[FloatArray]) -> FloatArray:
    """SD of a sum of forces, (n,) newton, of each one's SD and of the part of it that errs alike in all.

    A guessed filter order and the modes of one frame move both feet together: those parts add up as they are.
    """
    own = np.sum([sd**2 - common**2 for sd, common in zip(sd_n, common_n, strict=True)], axis=0)
    return np.asarray(np.sqrt(np.maximum(own, 0.0) + np.sum(common_n, axis=0) ** 2))


def relative_sd(force_n: FloatArray, sd_n: FloatArray) -> float:
    """Relative SD of the larger half of the force, one figure for what does not ask sample by sample."""
    loaded = force_n > 0.5 * float(np.nanmax(force_n, initial=0.0))
    return float(np.sqrt(np.mean((sd_n[loaded] / force_n[loaded]) ** 2))) if loaded.any() else UNLOADED
