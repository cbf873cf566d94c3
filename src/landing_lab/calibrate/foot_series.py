"""One foot's insole and plate of a recording, side by side: conductance of the cells and readings of the corners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from landing_lab.calibrate.counts import unflattened_n
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.calibrate.rhythm import in_rhythm
from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import InsoleCalibration
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Stream

MIN_READINGS = 40
"""Readings of a corner without which there is no session."""

STRIDE = 2
"""The cells are followed at 500 Hz: the plate's filter is a hundred times slower."""

MIN_CALM = 20
"""Scans and readings without load that a zero needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """One load cell: times_s (k,), force_n (k,) above its zero, conversion period, place on the plate in mm."""

    times_s: FloatArray
    force_n: FloatArray
    period_s: float
    place_mm: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class CellLaw:
    """How the conductance of each cell becomes force on its own area: weight_n above^exponent, saturation taken out.

    Each (c,); saturation_n is inf for a cell that does not saturate.
    """

    exponent: FloatArray
    weight_n: FloatArray
    saturation_n: FloatArray

    @classmethod
    def common(cls, exponent: float, n_cells: int) -> Self:
        """One exponent for all cells, as of a data sheet."""
        return cls(np.full(n_cells, exponent), np.ones(n_cells), np.full(n_cells, np.inf))

    @classmethod
    def of_bench(cls, made: InsoleCalibration) -> Self:
        """What a bench calibration found of each cell."""
        limits = np.array([np.inf if limit is None else limit for limit in made.saturation_n])
        return cls(np.array(made.exponent), np.array(made.weight_n), limits)

    def force_n(self, above: FloatArray) -> FloatArray:
        """Force (n, c) of the cells from their conductance above zero (n, c), in units of the nominal one at 1 N."""
        return unflattened_n(self.weight_n * above**self.exponent, self.saturation_n)


@dataclass(frozen=True, slots=True, eq=False)
class FootSeries:
    """Cells of an insole and corners of the plate under it on one clock.

    times_s (n,) even; above (n, c): conductance above zero_s (c,) in units of the nominal 1 N conductance; layout:
    where the cells lie, None where nobody knows. May come from boards (`foot_series`) or from anything else.
    """

    info: DeviceInfo
    names: tuple[str, ...]
    times_s: FloatArray
    above: FloatArray
    zero_s: FloatArray
    layout: InsoleLayout | None
    corners: tuple[Corner, ...]

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.names)

    @property
    def place_mm(self) -> FloatArray:
        """Middle of each cell, (c, 2): medial and anterior from the middle of the heel edge; NaN where not known."""
        return np.full((self.n_cells, 2), np.nan) if self.layout is None else self.layout.place_mm

    def total_n(self, at_s: FloatArray) -> FloatArray:
        """Force of the plate (m,) at other times, as its converters say it."""
        return np.asarray(np.sum([np.interp(at_s, one.times_s, one.force_n) for one in self.corners], axis=0))

    def liveliness(self, between_s: tuple[float, float]) -> float:
        """Mean squared change of the plate's force from reading to reading in a time."""
        corner = self.corners[0]
        inside = corner.times_s[(corner.times_s >= between_s[0]) & (corner.times_s < between_s[1])]
        return float(np.mean(np.square(np.diff(self.total_n(inside))))) if len(inside) > 2 else 0.0


def foot_series(raw: RawRecording, side: Literal["left", "right"], *, empty_s: tuple[float, float]) -> FootSeries:
    """Insole and plate of one foot, zeroed on the time without load; raises CalibrationError where one is missing."""
    recording = recording_from_raw(raw)
    names = [
        name
        for name, stream in raw.streams.items()
        if stream.info.sensor_kind == "fsr_insole" and stream.info.placement == side and name in recording.streams
    ]
    plates = [stream for stream in recording.streams.values() if stream.sensor.kind == "hx711_plate"]
    if not names or not plates:
        missing = f"{side} insole" if not names else "plate"
        raise CalibrationError(f"the session has no {missing}; connect the insole and the plate and repeat it")
    insole = recording.streams[names[0]]
    ratio = _conductance_ratio(insole)
    calm = (insole.times_s >= empty_s[0]) & (insole.times_s < empty_s[1])
    calm = calm[::STRIDE] & np.isfinite(ratio).all(axis=1)
    if calm.sum() < MIN_CALM:
        raise CalibrationError(f"the {side} insole sent too little without load; begin with three seconds feet up")
    zero = np.median(ratio[calm], axis=0)
    times = insole.times_s[::STRIDE]
    known = np.isfinite(ratio).all(axis=1)
    above = np.column_stack([np.interp(times, times[known], column) for column in (ratio[known] - zero).T])
    return FootSeries(
        info=raw.streams[names[0]].info,
        names=tuple(channel.name for channel in insole.layout.channels),
        times_s=times,
        above=np.maximum(above, 0.0),
        zero_s=zero * nominal.FSR_CONDUCTANCE_AT_1_N_S,
        layout=insole.sensor.insole,
        corners=_corners(plates[0], side, empty_s),
    )


def _conductance_ratio(insole: Stream) -> FloatArray:
    """Conductance (n, c) over the nominal one at 1 N, from the nominal force of an uncalibrated stream."""
    return np.asarray(insole.samples[::STRIDE] ** nominal.FSR_CONDUCTANCE_EXPONENT)


def _corners(plate: Stream, side: Literal["left", "right"], empty_s: tuple[float, float]) -> tuple[Corner, ...]:
    corners = []
    for column in plate.layout.pick(quantity="force", side=side).tolist():
        there = np.isfinite(plate.samples[:, column])
        read_s, force = plate.times_s[there], plate.samples[there, column]
        calm = (read_s >= empty_s[0]) & (read_s < empty_s[1])
        if len(read_s) < MIN_READINGS or calm.sum() < MIN_CALM:
            raise CalibrationError(
                f"{plate.layout.channels[column].name} under the {side} foot sent too little without load; check its "
                "wires and begin with three seconds feet up"
            )
        times, period = in_rhythm(read_s)
        place = plate.layout.channels[column].position_mm or (0.0, 0.0)
        corners.append(Corner(times, force - float(np.median(force[calm])), period, place))
    if not corners:
        raise CalibrationError(f"the session has no plate under the {side} foot; connect it and repeat the session")
    return tuple(corners)
