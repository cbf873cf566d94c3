"""A load-cell plate without an insole: its converters' filter taken out as far as their noise allows.

Force on knots 5 ms apart whose bend is unlikely to be large, the less so the lower the force; readings are its filtered
shares as in `gain_model`, and where the force would be negative it is held at zero. What is faster than the filter is
lost: the standard deviation says so, and nothing is timed by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from landing_lab.fuse.gain_model import Foot, KnownPlate, add_foot, error_on
from landing_lab.fuse.plate_cells import PlateCell
from landing_lab.fuse.plate_delay import USUAL_DELAY_S
from landing_lab.kernels.fusion import back_substitute, eliminate, selected_inverse
from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Sensor

TIMING_REFUSAL: Final = (
    "an HX711 plate cannot time a contact: its filter spreads every touchdown over 40-50 ms at 80 readings a second; "
    "wear the insoles, they can"
)

PLATE_EDGE_SD_S: Final = 0.02
"""SD of a landing seen through the filter of the converter: enough for the second a body takes to come to rest."""

PLATE_NOTE: Final = (
    "from the load-cell plate alone, its filter taken out: what is faster than 20 Hz is guessed; wear the insoles"
)

BEND: Final = 0.10
"""SD of the second difference of force on the knots, as a share of the highest force around (docs/fusion.md)."""

BEND_FLOOR_N: Final = 1.0
AROUND_S: Final = 0.03
"""Where the plate is empty force bends by noise alone; a landing begins at most this much before the plate shows it."""

MODE_SD: Final = (0.03, 0.06)
"""What the plate's own modes, and a filter order that nobody settled, add to the SD as a share of force: without an
insole nothing tells them from force (docs/fusion.md)."""

HELD_SD_N: Final = 3.0
ROUNDS: Final = 3
"""Knots below zero are pulled back to zero within this SD, so many times: a foot does not pull."""


def deconvolved(
    cells: Sequence[PlateCell], times_s: FloatArray, plate: KnownPlate, order: int, *, known: bool
) -> tuple[FloatArray, FloatArray]:
    """Force of a foot and its SD at even times, (n,) newton each; known: whether the filter's order is settled."""
    foot = Foot.of(times_s, np.ones(len(times_s)), cells)
    knots = foot.knots_s()
    plate_n = foot.plate_n(knots, order, USUAL_DELAY_S).sum(axis=1)
    band, right = _smooth(_bend_sd_n(plate_n, foot.per_knot * foot.step_s), foot, order)
    # Force itself is unknown: the shape is 1 everywhere and expected to be 0.
    add_foot(foot, order, USUAL_DELAY_S, error_on(plate), band, right, prior_mean=0.0)
    size = len(band)
    held = np.zeros(size, dtype=bool)
    for _ in range(ROUNDS):
        factor, solution = band.copy(), right.copy()
        factor[held, 0] += 1.0 / HELD_SD_N**2
        eliminate(factor, solution, 0, size)
        force = np.empty(size)
        back_substitute(factor, solution, 0, size, force)
        below = force < 0.0
        if not (below & ~held).any():
            break
        held |= below
    inverse = np.zeros_like(factor)
    selected_inverse(factor, 0, size, inverse)
    force = np.maximum(force, 0.0)
    sd = np.sqrt(np.maximum(inverse[:, 0], 0.0) + common_sd_n(force, known=known) ** 2)
    return np.interp(times_s, knots, force), np.interp(times_s, knots, sd)


def common_sd_n(force_n: FloatArray, *, known: bool) -> FloatArray:
    """The part of that SD which errs alike under both feet: modes and filter of one plate, (n,) newton."""
    return np.asarray(MODE_SD[0 if known else 1] * force_n)


def weight_note(plate: Sensor) -> str | None:
    """The sentence that flags standing force of a plate; None where nothing is in doubt."""
    nominal = None if plate.calibrated else "rests on the nominal scale of uncalibrated load cells"
    return "; ".join(filter(None, (nominal, plate.doubt))) or None


def _bend_sd_n(plate_n: FloatArray, spacing_s: float) -> FloatArray:
    """SD of the second difference at each knot: a share of the highest force around it."""
    reach = round(AROUND_S / spacing_s)
    padded = np.pad(plate_n, reach, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    return np.asarray(np.hypot(BEND_FLOOR_N, BEND * np.maximum(highest, 0.0)))


def _smooth(bend_sd_n: FloatArray, foot: Foot, order: int) -> tuple[FloatArray, FloatArray]:
    """Prior precision of force on the knots as a band, and the right side of its equations."""
    width = int(np.ceil(order * float(foot.period_s.max()) / (foot.per_knot * foot.step_s))) + 3
    size = len(bend_sd_n)
    band = np.zeros((size, width))
    weight = 1.0 / bend_sd_n[1:-1] ** 2
    bend = (1.0, -2.0, 1.0)
    for i, first in enumerate(bend):
        for j in range(i, 3):
            band[i : size - 2 + i, j - i] += weight * first * bend[j]
    band[:, 0] += 1e-8  # nothing is known of level and slope beforehand
    return band, np.zeros(size)
