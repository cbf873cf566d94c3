"""Force signals of a force plate: as recorded, re-zeroed."""

from __future__ import annotations

import numpy as np

from landing_lab.calibrate.tare import Tare, tare_from_unloaded
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream
from landing_lab.model.result import ForceSignals


def signals_from_plate(stream: Stream) -> ForceSignals:
    """Vertical force per side and in total from one stream of force channels; several plates of a side add up."""
    sides = [side for side in stream.layout.sides if side != "total"]
    if sides:
        columns = [stream.samples[:, stream.layout.pick(quantity="force", side=side)].sum(axis=1) for side in sides]
    else:
        columns = [stream.samples[:, stream.layout.pick(quantity="force")].sum(axis=1)]
    measured = np.column_stack(columns)
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
        source=_source(stream, tare),
        bandwidth_hz=stream.sensor.bandwidth_hz,
    )


def _all_noise(tare: Tare, columns: int) -> FloatArray:
    return tare.noise_n if columns > 1 else np.repeat(tare.noise_n, 2)


def _by_side(named: list[Side], values: FloatArray) -> dict[Side, float]:
    return {side: float(value) for side, value in zip(named, values, strict=False)}


def _source(stream: Stream, tare: Tare) -> str:
    zero = (
        f"re-zeroed on {tare.unloaded_s:.1f} s without load"
        if tare.unloaded_s
        else "never unloaded, so not re-zeroed: an offset of the plate stays in every force"
    )
    return f"{stream.sensor.description}, unfiltered, {zero}"
