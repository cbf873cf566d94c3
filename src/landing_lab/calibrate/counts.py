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


def load_cell_force_n(counts: CountArray) -> FloatArray:
    """Nominal force of each load cell, same shape as counts, newton up to the cell's unknown zero."""
    return counts / nominal.HX711_COUNTS_PER_N
