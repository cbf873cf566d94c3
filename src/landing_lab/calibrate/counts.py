"""Converter counts to newton by nominal values: what a sensor says before anybody calibrated it."""

from __future__ import annotations

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import CountArray, FloatArray


def fsr_force_n(counts: CountArray, *, full_scale: int = 1 << nominal.ADC_BITS) -> FloatArray:
    """Nominal force of each FSR cell, same shape as counts, newton on the cell's own area.

    Divider: G = V / (Rm (1 - V)) with V = counts / full_scale (the supply cancels); force F = a G^b. Parts
    spread 6 % and more around the nominal curve (Interlink PDS-10004-C), so this is a shape, not a weight.
    """
    conductance = conductance_s(counts, full_scale=full_scale)
    return np.asarray(nominal.FSR_FORCE_SCALE * conductance**nominal.FSR_FORCE_EXPONENT, dtype=np.float64)


def conductance_s(counts: CountArray, *, full_scale: int = 1 << nominal.ADC_BITS) -> FloatArray:
    """Conductance of each FSR cell, same shape as counts, siemens, by the nominal divider."""
    ratio = np.clip(counts / full_scale, 0.0, 1.0 - 1.0 / full_scale)
    return np.asarray(ratio / (1.0 - ratio) / nominal.DIVIDER_RESISTOR_OHM, dtype=np.float64)


HIGHEST_SHARE = 0.9
"""Of its limit, up to which a saturating cell is read: there 1 % of conductance is 7 % of force, and more above."""


def flattened_n(force_n: FloatArray, limit_n: FloatArray | float) -> FloatArray:
    """Force that a softly saturating cell shows: F / sqrt(1 + (F / limit)^2); limit inf for one that does not."""
    return np.asarray(force_n / np.sqrt(1.0 + np.square(force_n / limit_n)), dtype=np.float64)


def unflattened_n(shown_n: FloatArray, limit_n: FloatArray | float) -> FloatArray:
    """Force behind what a softly saturating cell shows, the inverse of `flattened_n`, in N.

    A cell that shows more than HIGHEST_SHARE of its limit is held there, at about twice the limit: it carries more.
    """
    held = np.minimum(shown_n, HIGHEST_SHARE * np.asarray(limit_n))
    return np.asarray(held / np.sqrt(1.0 - np.square(held / limit_n)), dtype=np.float64)


def load_cell_force_n(counts: CountArray) -> FloatArray:
    """Nominal force of each load cell, same shape as counts, newton up to the cell's unknown zero."""
    return counts / nominal.HX711_COUNTS_PER_N
