"""Force signals of a force plate: as recorded, re-zeroed."""

from __future__ import annotations

import functools

import numpy as np

from landing_lab.calibrate.tare import Tare, tare_of_rows
from landing_lab.fuse.bandwidth import suspected_low_pass
from landing_lab.fuse.centre_of_pressure import cop_of
from landing_lab.kernels.tare import add_columns, re_zero
from landing_lab.model.blocks import IntArray
from landing_lab.model.channels import ChannelLayout, Side
from landing_lab.model.recording import Stream
from landing_lab.model.result import ForceSignals

SCALE_SD = 0.002
"""Relative SD of a force plate's scale where no calibration tells it.

Assumed: makers state linearity and crosstalk of 0.2-0.5 % of full scale. Without it
the peak of a noise-free file would be stated to a fraction of a millinewton.
"""

MAX_FORCE_N = 100_000.0
"""A larger reading is no force on a plate: they end at 10-60 kN. It counts as missing."""


def signals_from_plate(stream: Stream) -> ForceSignals:
    """Vertical force per side and in total from one stream of force channels; several plates of a side add up."""
    sides, row_of = _rows(stream.layout)
    measured = np.empty((max(1, len(sides)), len(stream.samples)))
    dropped = add_columns(stream.samples, row_of, MAX_FORCE_N, measured)
    tare = tare_of_rows(measured, sample_rate_hz=stream.sample_rate_hz)
    rezeroed = np.empty((len(measured) + 1, len(stream.samples)))
    re_zero(measured, tare.offset_n, rezeroed)
    resolution_n = float(tare.resolution_n.max())
    low_pass = suspected_low_pass(rezeroed[0], sample_rate_hz=stream.sample_rate_hz, resolution_n=resolution_n)
    named: list[Side] = ["total", *sides]
    offset, noise = tare.offset_n.tolist(), tare.noise_n.tolist()
    cop_m, cop_axes = cop_of(stream, dict(zip(sides or ("total",), offset, strict=True)))
    return ForceSignals(
        times_s=stream.times_s,
        force_n=dict(zip(named, rezeroed, strict=False)),
        sample_rate_hz=stream.sample_rate_hz,
        offset_n=dict(zip(named, [sum(offset), *offset], strict=False)),
        noise_n=dict(zip(named, noise if len(measured) > 1 else [*noise, *noise], strict=False)),
        resolution_n=resolution_n,
        sensor_kind=stream.sensor.kind,
        source=_source(stream, tare, dropped),
        bandwidth_hz=_narrowest(stream.sensor.bandwidth_hz, low_pass.cutoff_hz),
        bandwidth_note=low_pass.note,
        scale_sd_fraction=stream.sensor.scale_sd_fraction or SCALE_SD,
        doubts=(stream.sensor.doubt,) if stream.sensor.doubt else (),
        unloaded_s=tare.unloaded_s,
        drift_n=tare.drift_n,
        cop_m=cop_m,
        cop_axes=cop_axes,
    )


@functools.lru_cache(maxsize=32)
def _rows(layout: ChannelLayout) -> tuple[tuple[Side, ...], IntArray]:
    """Sides besides the total, and for every channel the side whose force it is part of (-1: none)."""
    of_force = dict.fromkeys(channel.side for channel in layout.channels if channel.quantity == "force")
    sides = tuple(side for side in of_force if side != "total")
    named: tuple[Side, ...] = sides or ("total",)
    number = {side: index for index, side in enumerate(named)}
    rows = [number.get(channel.side, -1) if channel.quantity == "force" else -1 for channel in layout.channels]
    return sides, np.array(rows, dtype=np.int64)


def _narrowest(sensor_hz: float | None, filter_hz: float | None) -> float | None:
    """The lower of the sensor's own bandwidth and a filter's, None where neither limits."""
    return min((hertz for hertz in (sensor_hz, filter_hz) if hertz), default=None)


def _source(stream: Stream, tare: Tare, dropped: int) -> str:
    zero = (
        f"re-zeroed on {tare.unloaded_s:.1f} s without load"
        if tare.unloaded_s
        else "never unloaded, so not re-zeroed: an offset of the plate stays in every force"
    )
    without = f", without {dropped} readings beyond {MAX_FORCE_N:.0f} N" if dropped else ""
    return f"{stream.sensor.description}, not filtered by landing-lab, {zero}{without}"
