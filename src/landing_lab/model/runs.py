"""Stretches of samples for which something holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import FloatArray


def runs(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Every unbroken stretch of True in mask, (n,), as half-open [start, stop): (k, 2) indices."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return edges.reshape(-1, 2)


def bridged(values: FloatArray, longest: float) -> FloatArray:
    """Values (n,) with each hole of up to `longest` NaN in a straight line between its neighbours.

    Longer holes, and those at either end, stay holes.
    """
    missing = np.isnan(values)
    if not missing.any() or missing.all():
        return values
    there = np.flatnonzero(~missing)
    whole = values.copy()
    for start, stop in runs(missing).tolist():
        if stop - start <= longest and there[0] < start and stop <= there[-1]:
            whole[start:stop] = np.interp(np.arange(start, stop), there, values[there])
    return whole
