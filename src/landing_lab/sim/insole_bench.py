"""Masses on single cells of a simulated insole that lies on a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_SATURATED, FrameBlock
from landing_lab.model.device import SimulatedDevice
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim import fsr
from landing_lab.sim.contact import smooth_step
from landing_lab.sim.devices import insole_info

BENCH_SESSION = 1002
PUT_S = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class CellAct:
    """A mass on one cell for some seconds, or on none (mass_kg 0)."""

    cell: int
    mass_kg: float
    seconds: float


def insole_bench(acts: Sequence[CellAct], *, seed: int, foot: int) -> SimulatedDevice:
    """What the insole of a foot (0 left, 1 right) sends, with the cells that it has in every scene of this seed."""
    rate_hz = nominal.INSOLE_RATE_HZ
    n_cells = nominal.INSOLE_CHANNELS
    pieces = []
    for act in acts:
        time_s = np.arange(round(act.seconds * rate_hz)) / rate_hz
        there = smooth_step(time_s / PUT_S) * smooth_step((act.seconds - time_s) / PUT_S)
        force = np.zeros((len(time_s), n_cells))
        force[:, act.cell] = act.mass_kg * GRAVITY * there
        pieces.append(force)
    parts = fsr.draw_parts(2 * seed + foot + 500_000)
    force_n = np.concatenate(pieces)
    counts = fsr.read_cells(force_n, parts, rng=np.random.default_rng([seed, BENCH_SESSION, foot]))
    n = len(counts)
    full = (1 << nominal.ADC_BITS) - 1
    frames = FrameBlock(
        sequence=np.arange(n, dtype=np.int64),
        ticks_us=np.arange(n, dtype=np.int64) * round(1e6 / rate_hz),
        counts=counts,
        channel=None,
        flags=np.where((counts >= full).any(axis=1), FLAG_SATURATED, 0).astype(np.int64),
    )
    return SimulatedDevice(info=insole_info(foot), frames=frames)
