"""Known masses on simulated plates: what a board would send in each step of a calibration."""

from __future__ import annotations

import numpy as np

from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.model import nominal
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.devices import plate_info
from landing_lab.sim.hx711 import PlateParts, cell_shares, draw_plate, read_plate

INFO: DeviceInfo = plate_info()
CENTRE = (0.0, 0.0)
CORNERS = ((110.0, 110.0), (-110.0, 110.0), (110.0, -110.0), (-110.0, -110.0))
STEP_S = 1.0
PLAN = (
    ("empty", 0.0, CENTRE),
    ("10 kg", 10.0, CENTRE),
    ("20 kg", 20.0, CENTRE),
    ("40 kg", 40.0, CENTRE),
    *((f"20 kg, corner {number + 1}", 20.0, corner) for number, corner in enumerate(CORNERS)),
    ("20 kg again", 20.0, CENTRE),
    ("10 kg again", 10.0, CENTRE),
    ("empty again", 0.0, CENTRE),
)
"""A calibration as a lab does it."""


def parts_of(seed: int) -> dict[Side, PlateParts]:
    return {"left": draw_plate(seed), "right": draw_plate(seed + 500)}


def frames_of(
    parts: dict[Side, PlateParts],
    side: Side,
    force_n: np.ndarray,
    at_mm: tuple[float, float],
    *,
    rng: np.random.Generator,
    start_s: float = 0.0,
) -> FrameBlock:
    """Frames of the board while force_n (n,) at 10 kHz acts at one place of one plate, and the other is empty."""
    times, channels, values = [], [], []
    for number, (name, plate) in enumerate(parts.items()):
        force = force_n if name == side else np.zeros(len(force_n))
        cop = np.tile(np.array(at_mm), (len(force_n), 1))
        readings = read_plate(force, cop, plate, rng=rng)
        times.append(readings.time_s)
        channels.append(readings.cell + 4 * number)
        values.append(readings.counts)
    return block(np.concatenate(times) + start_s, np.concatenate(channels), np.concatenate(values))


def exact_load(
    label: str,
    mass_kg: float,
    at_mm: tuple[float, float] | None,
    counts_per_n: np.ndarray,
    zero: np.ndarray,
    *,
    step: int = 0,
    side: Side = "left",
    shares: np.ndarray | None = None,
) -> KnownLoad:
    """A load whose counts are exact: zero + scale * share * force, 100 readings per cell, the other plate empty."""
    share = np.zeros(8)
    if side != "total":
        own = cell_shares(np.array([at_mm or CENTRE]))[0] if shares is None else shares
        share[slice(0, 4) if side == "left" else slice(4, 8)] = own
    level = np.round(zero + counts_per_n * share * mass_kg * GRAVITY)
    channel = np.tile(np.arange(8), 100)
    times = step * 10.0 + np.repeat(np.arange(100), 8) * 0.0125 + channel * 0.001
    return KnownLoad(
        label=label, side=side, mass_kg=mass_kg, frames=block(times, channel, level[channel]), position_mm=at_mm
    )


def drawn_loads(seed: int, plan: tuple[tuple[str, float, tuple[float, float]], ...] = PLAN) -> list[KnownLoad]:
    """The plan on both plates of a board drawn from the seed, masses true to 0.1 %, places to some millimetres."""
    rng = np.random.default_rng([seed, 77])
    parts = parts_of(seed)
    tolerance = 1.0 + 0.001 * rng.standard_normal()
    loads = []
    for side in ("left", "right"):
        for label, mass_kg, at_mm in plan:
            force = np.full(round(STEP_S * 1e4), mass_kg * GRAVITY * tolerance)
            lies = (at_mm[0] + 3.0 * rng.standard_normal(), at_mm[1] + 3.0 * rng.standard_normal())
            frames = frames_of(parts, side, force, lies, rng=rng, start_s=10.0 * len(loads))
            loads.append(KnownLoad(label=label, side=side, mass_kg=mass_kg, frames=frames, position_mm=at_mm))
    return loads


def block(times_s: np.ndarray, channel: np.ndarray, values: np.ndarray) -> FrameBlock:
    """Readings as frames of an eight-channel board."""
    order = np.argsort(times_s, kind="stable")
    counts = np.zeros((len(values), 2 * len(nominal.PLATE_CELLS_MM)), dtype=np.int32)
    counts[np.arange(len(values)), channel[order]] = values[order]
    return FrameBlock(
        sequence=np.arange(len(values), dtype=np.int64),
        ticks_us=np.round(times_s[order] * 1e6).astype(np.int64),
        counts=counts,
        channel=channel[order].astype(np.int64),
        flags=np.zeros(len(values), dtype=np.int64),
    )
