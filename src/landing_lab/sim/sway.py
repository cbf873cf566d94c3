"""Small movements of quiet standing, as a motion whose force is its exact second derivative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.contact import FINE_STEP_S, fine_times

FREQUENCIES_HZ = (0.7, 1.1, 1.7, 2.3, 3.1, 4.3, 5.9)
"""Heart beat, breathing movement and postural tremor in vertical force (our choice of lines, incommensurable)."""

FADE_IN_S = 0.6
"""Sway grows while the landing settles, so that no force jumps."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sway:
    """Force, COM height and velocity (n,) that standing adds."""

    force_n: FloatArray
    height_m: FloatArray
    up_m_per_s: FloatArray


def sway(body: DropJumpBody, n: int, settle_s: float) -> Sway:
    """Sway of n fine rows after a landing, zero at first and full from settle_s on."""
    rng = np.random.default_rng(body.sway_seed)
    omega = 2.0 * np.pi * np.array(FREQUENCIES_HZ) * rng.uniform(0.95, 1.05, len(FREQUENCIES_HZ))
    phase = rng.uniform(0.0, 2.0 * np.pi, len(omega))
    weight = rng.uniform(0.5, 1.5, len(omega))
    weight *= body.sway_pct / 100.0 * GRAVITY * np.sqrt(2.0 / np.sum(weight**2))
    first = max(round((settle_s - FADE_IN_S) / FINE_STEP_S), 0)
    time_s = fine_times(n - first)
    rise, rise1, rise2 = _fade_in(time_s / FADE_IN_S)
    y, y1, y2 = np.zeros((3, len(time_s)))
    for amplitude, w, p in zip(-weight / omega**2, omega, phase, strict=True):
        s, c = np.sin(w * time_s + p), np.cos(w * time_s + p)
        y += amplitude * s
        y1 += amplitude * w * c
        y2 -= amplitude * w * w * s
    out = np.zeros((3, n))
    out[0, first:] = rise * y
    out[1, first:] = rise * y1 + rise1 * y
    out[2, first:] = rise * y2 + 2.0 * rise1 * y1 + rise2 * y
    return Sway(force_n=body.mass_kg * out[2], height_m=out[0], up_m_per_s=out[1])


def _fade_in(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A quintic from 0 to 1 over x = 0..1 and its first two derivatives in time."""
    x = np.clip(x, 0.0, 1.0)
    value = x * x * x * (x * (6.0 * x - 15.0) + 10.0)
    first = 30.0 * x * x * (1.0 - x) * (1.0 - x) / FADE_IN_S
    second = 60.0 * x * (1.0 - x) * (1.0 - 2.0 * x) / FADE_IN_S**2
    return value, first, second
