"""A plate of somebody's own whose cells are all read at once: scans of counts to newton on a regular grid."""

from __future__ import annotations

import numpy as np

from landing_lab.calibrate.applied import AppliedCalibration
from landing_lab.calibrate.clock import ClockFit
from landing_lab.calibrate.clock_segments import grid_rows, scan_gaps, scan_interval_s
from landing_lab.calibrate.convert import counts_to_newton
from landing_lab.errors import RecordingError
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, IntArray
from landing_lab.model.channels import Channel, ChannelLayout
from landing_lab.model.raw import RawStream
from landing_lab.model.recording import Clock, Sensor, Stream

MAX_MISSING_S = 60.0
"""A larger jump of the sequence number is a board that was restarted, not a gap to be filled with NaN."""


def fast_plate_stream(
    stream: RawStream, fit: ClockFit, zero_s: float, applied: AppliedCalibration, doubt: str
) -> Stream:
    """One row per scan, a column per cell; scans that never arrived, or are flagged not to hold, are NaN rows.

    Raises CalibrationError without a calibration that fits: there is no nominal plate of this kind.
    """
    frames, info, plate = stream.frames, stream.info, applied.plate
    newton = counts_to_newton(info, applied.calibration)(frames.counts)
    row, length, step_s = scan_grid(stream, fit)
    samples = np.full((length, info.n_channels), np.nan)
    samples[row] = newton
    samples[row[(frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY | FLAG_SATURATED)) != 0]] = np.nan
    start_s = float(np.median(fit.to_host(frames.ticks_us) - row * step_s)) - zero_s
    sides = plate.side if plate is not None else (info.placement,) * info.n_channels
    return Stream(
        samples=samples,
        sample_rate_hz=1.0 / step_s,
        times_s=start_s + np.arange(length, dtype=np.float64) * step_s,
        layout=ChannelLayout(tuple(Channel(f"cell_{cell + 1}", "force", "N", side) for cell, side in enumerate(sides))),
        sensor=Sensor(
            kind="force_plate",
            description=f"{info.kind} {info.device_id} ({info.n_channels} cells, {applied.told})",
            scale_sd_fraction=applied.relative_sd,
            doubt=doubt or None,
        ),
        clock=clock_of(fit),
        gaps=scan_gaps(row, frames.ticks_us, fit),
    )


def scan_grid(stream: RawStream, fit: ClockFit) -> tuple[IntArray, int, float]:
    """Row of each scan on a regular grid, (n,), the number of rows, and seconds between two.

    Raises RecordingError where the sequence numbers cannot be those of one recording.
    """
    frames, info = stream.frames, stream.info
    step_s = scan_interval_s(stream, fit) * fit.rate
    row = grid_rows(stream, fit, step_s)
    length = int(row[-1]) + 1
    # By the nominal rate: a jump of the sequence number would also make the fitted scan interval short.
    if (np.diff(row) <= 0).any() or length > len(frames) + MAX_MISSING_S * info.sample_rate_hz:
        raise RecordingError(
            f"the sequence numbers of {info.kind} {info.device_id} jump by {length - len(frames)}; the board was "
            "restarted in the middle; repeat the trial"
        )
    return row, length, step_s


def clock_of(fit: ClockFit) -> Clock:
    """The clock of a stream, as its fit found it."""
    return Clock(source=fit.source, drift_ppm=fit.drift_ppm, offset_sd_s=fit.sd_s)
