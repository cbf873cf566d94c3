"""Centre of pressure of both feet in their own axes, out of a force-plate stream that holds it in the body's axes."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.fuse.centre_of_pressure import cop_of
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream
from landing_lab.sim.measured_force import AIR_N, flights

LOADED_N: Final = 100.0
"""A foot that carries less has a centre of pressure of noise (choice)."""

BEFORE_AIR_S: Final = (0.060, 0.020)
STANDING_S: Final = (1.2, 0.3)
"""Before a take-off the weight is on the toes from the one to the other time; it was under the foot between these."""

LEAST_FORWARD_MM: Final = 15.0
"""Movement from standing to the toes without which nobody knows where the toes are."""


def feet_cop_mm(stream: Stream) -> FloatArray | None:
    """COP (n, 2, 2) of both feet, columns as `force_columns`: (medial, anterior) in mm from any place; NaN unloaded.

    None where the stream holds none in the body's axes or where toes cannot be told from heels. Medial is towards the
    other foot; anterior is where the weight goes before a take-off.
    """
    columns = force_columns(stream)
    places, axes = cop_of(stream)
    if columns is None or axes != "anatomical":
        return None
    sides = [stream.layout.channels[column].side for column in columns]
    if any(side not in places for side in sides):
        return None
    force = np.maximum(stream.samples[:, list(columns)], 0.0)
    cop = np.stack([np.asarray(places[side]) * 1000.0 for side in sides], axis=1)
    cop = np.where((force > AIR_N)[:, :, None], cop, np.nan)
    both = (force > LOADED_N).all(axis=1) & np.isfinite(cop).all(axis=(1, 2))
    if both.sum() < 50:
        return None
    towards = np.sign(np.median(cop[both, 1, 0] - cop[both, 0, 0]))
    forward_mm = _forward_mm(force, cop[:, :, 1], stream.sample_rate_hz)
    if towards == 0.0 or abs(forward_mm) < LEAST_FORWARD_MM:
        return None
    cop[:, 0, 0] *= towards
    cop[:, 1, 0] *= -towards
    cop[:, :, 1] *= np.sign(forward_mm)
    return cop


def force_columns(stream: Stream) -> tuple[int, int] | None:
    """Columns of the force of the left and the right foot; of two plates without a side the first counts as left."""
    pairs: tuple[tuple[Side, Side], ...] = (("left", "right"), ("plate_1", "plate_2"))
    for pair in pairs:
        left, right = (stream.layout.pick(quantity="force", side=side).tolist() for side in pair)
        if len(left) == 1 and len(right) == 1:
            return left[0], right[0]
    return None


def _forward_mm(force: FloatArray, along_mm: FloatArray, rate_hz: float) -> float:
    """Median movement of the COP from standing to just before the take-offs, 0 where there is none."""
    moved = []
    for start, _ in flights(force, rate_hz):
        if start / rate_hz < STANDING_S[1] + 0.1:
            continue
        toes = along_mm[start - round(BEFORE_AIR_S[0] * rate_hz) : start - round(BEFORE_AIR_S[1] * rate_hz)]
        flat = along_mm[max(0, start - round(STANDING_S[0] * rate_hz)) : start - round(STANDING_S[1] * rate_hz)]
        if np.isfinite(toes).any() and np.isfinite(flat).any():
            moved.append(float(np.nanmean(toes) - np.nanmedian(flat)))
    return float(np.median(moved)) if moved else 0.0
