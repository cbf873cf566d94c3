"""A landing of one foot made by hand: force, what its insole says of it, and what four load cells read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landing_lab.fuse.hx711_response import PER_PERIOD, tabulated
from landing_lab.fuse.plate_cells import PlateCell
from landing_lab.fuse.plate_delay import USUAL_DELAY_S

ORDER, STEP_S = 4, 0.001


class Jump(NamedTuple):
    """A landing and standing: times and force (n,), what the insole says (n,), readings of four cells."""

    times_s: np.ndarray
    force_n: np.ndarray
    shape_n: np.ndarray
    cells: list[PlateCell]


def jump(seed: int, *, gain: float = 1.25, order: int = ORDER, delay_s: float = USUAL_DELAY_S) -> Jump:
    """Air, a landing of 100 ms to 1500 N, standing at 400 N; the insole reads too little by a wandering gain."""
    rng = np.random.default_rng(seed)
    times = 3.0 + np.arange(1800) * STEP_S
    at = np.arange(1800) - 500
    force = np.where(at < 0, 0.0, 400.0 * (1.0 - np.exp(-at / 40.0)) + 1200.0 * np.exp(-(((at - 60.0) / 30.0) ** 2)))
    force[at < 0] = 0.0
    wander = 1.0 + 0.05 * np.sin(np.arange(1800) / 90.0 + rng.uniform(0, 6))
    shape = np.maximum(force / gain / wander + np.where(force > 0, rng.normal(0.0, 2.0, 1800), 0.0), 0.0)
    shares = np.array([0.3, 0.2, 0.35, 0.15])
    cells = []
    for share in shares:
        period = 1.0 / rng.uniform(78.0, 94.0)
        ready = np.arange(3.06 + rng.random() * period, 4.79, period)
        age = (ready[:, None] - times[None]) / period * PER_PERIOD
        weights = np.interp(age, np.arange(order * PER_PERIOD + 1), tabulated(order), left=0.0, right=0.0)
        reading = share * (weights @ force) / weights.sum(axis=1) + rng.normal(0.0, 0.15, len(ready))
        cells.append(PlateCell(ready + delay_s, reading, period))
    return Jump(times, force, shape, cells)
