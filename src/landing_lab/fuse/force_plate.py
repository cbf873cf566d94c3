"""Force signals of a force plate: as recorded, re-zeroed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landing_lab.calibrate.tare import Tare, tare_from_unloaded
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream
from landing_lab.model.result import ForceSignals

SCALE_SD = 0.002
"""Relative SD of a force plate's scale (assumed: makers state linearity and crosstalk of 0.2-0.5 % of full scale).

Without it the peak of a noise-free file would be stated to a fraction of a millinewton.
"""

MAX_DRIFT_N = 10.0
"""Wander of the empty plates above which numbers are flagged: it moves body weight by as much."""

DEAD_N = 40.0
"""A plate whose readings stay within this while the other carries a person carries nobody."""

MAX_FORCE_N = 100_000.0
"""A larger reading is no force on a plate: they end at 10-60 kN. It counts as missing."""


def signals_from_plate(stream: Stream) -> ForceSignals:
    """Vertical force per side and in total from one stream of force channels; several plates of a side add up."""
    sides = [side for side in stream.layout.sides if side != "total"]
    if sides:
        columns = [stream.samples[:, stream.layout.pick(quantity="force", side=side)].sum(axis=1) for side in sides]
    else:
        columns = [stream.samples[:, stream.layout.pick(quantity="force")].sum(axis=1)]
    measured, dropped = _plausible(np.column_stack(columns))
    tare = tare_from_unloaded(measured, sample_rate_hz=stream.sample_rate_hz)
    rezeroed = measured - tare.offset_n
    named: list[Side] = ["total", *sides]
    force: dict[Side, FloatArray] = {"total": np.ascontiguousarray(rezeroed.sum(axis=1))}
    force.update({side: np.ascontiguousarray(rezeroed[:, index]) for index, side in enumerate(sides)})
    return ForceSignals(
        times_s=stream.times_s,
        force_n=force,
        sample_rate_hz=stream.sample_rate_hz,
        offset_n=_by_side(named, np.concatenate([[tare.offset_n.sum()], tare.offset_n])),
        noise_n=_by_side(named, _all_noise(tare, len(columns))),
        resolution_n=float(tare.resolution_n.max()),
        sensor_kind=stream.sensor.kind,
        source=_source(stream, tare, dropped),
        bandwidth_hz=stream.sensor.bandwidth_hz,
        scale_sd_fraction=SCALE_SD,
        doubts=tuple(_doubts(rezeroed, sides, tare)),
    )


def _doubts(force_n: FloatArray, sides: Sequence[Side], tare: Tare) -> list[str]:
    """Sentences on plates that were never empty, drift, or do not move at all."""
    doubts = []
    if not tare.unloaded_s:
        doubts.append("the plates were never seen empty, so their offset and noise are unknown")
    if tare.drift_n > MAX_DRIFT_N:
        doubts.append(
            f"the empty plates drift by {tare.drift_n:.0f} N within the recording; let them warm up, check the cables"
        )
    if len(sides) < 2:
        return doubts
    moving = np.nanmax(force_n, axis=0, initial=0.0) - np.nanmin(force_n, axis=0, initial=0.0)
    for side, range_n in zip(sides, moving, strict=True):
        if range_n < DEAD_N < float(moving.max()):
            doubts.append(
                f"{side.replace('_', ' ')} never carries load: one foot only, or a dead plate, and then every total is "
                "too small"
            )
    return doubts


def _plausible(measured: FloatArray) -> tuple[FloatArray, int]:
    """Force without what cannot be force, (n, c) newton with NaN in its place, and how many readings that took."""
    impossible = np.isinf(measured) | (np.abs(measured) > MAX_FORCE_N)
    return np.where(impossible, np.nan, measured), int(impossible.sum())


def _all_noise(tare: Tare, columns: int) -> FloatArray:
    return tare.noise_n if columns > 1 else np.repeat(tare.noise_n, 2)


def _by_side(named: list[Side], values: FloatArray) -> dict[Side, float]:
    return {side: float(value) for side, value in zip(named, values, strict=False)}


def _source(stream: Stream, tare: Tare, dropped: int) -> str:
    zero = (
        f"re-zeroed on {tare.unloaded_s:.1f} s without load"
        if tare.unloaded_s
        else "never unloaded, so not re-zeroed: an offset of the plate stays in every force"
    )
    without = f", without {dropped} readings beyond {MAX_FORCE_N:.0f} N" if dropped else ""
    return f"{stream.sensor.description}, not filtered by landing-lab, {zero}{without}"
