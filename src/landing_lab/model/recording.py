"""A recording: one or several streams of samples, each on its own time base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.model.blocks import FloatArray, Gap
from landing_lab.model.channels import ChannelLayout
from landing_lab.model.insole_layout import InsoleLayout

SensorKind: TypeAlias = Literal["force_plate", "hx711_plate", "fsr_insole", "pressure_insole"]
"""pressure_insole: an insole of a vendor, calibrated by the vendor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What made the samples, as far as it limits what may be said.

    bandwidth_hz: -3 dB point of the sensor itself, None where the sample rate is the only limit.
    calibrated: whether the unit of the channels is more than nominal; scale_sd_fraction: relative SD of force by its
    calibration. doubt: the sentence why this sensor's force is in doubt (calibration expired, a cell at its limit).
    insole: where the cells of an insole lie, None for anything else and where nobody knows. whole_foot: whether the
    cells of an insole say the force of the foot: calibrated on a plate, or by a vendor; False for anything else.
    cop_sd_mm: SD of the centre of pressure of the cells, (medial, anterior), as their calibration on a plate found it;
    None without one; turn_sd_deg: SD of the direction of the foot in it beside that. place_doubt: the sentence why
    places under the foot are in doubt. cell_limit_n: force of each cell of an insole from which on it cannot tell more,
    None for a cell without such a limit; empty where none has one. cell_weight: what a calibration on a plate made of
    the force on each cell's own area; empty where no plate weighted the cells. filter_order: of a plate's converters,
    None where no calibration settled it; mode_hz: first mode of the plate, mode_at_least_hz its lower bound where the
    mode itself was not seen.
    """

    kind: SensorKind
    description: str
    bandwidth_hz: float | None = None
    calibrated: bool = True
    scale_sd_fraction: float = 0.0
    doubt: str | None = None
    insole: InsoleLayout | None = None
    whole_foot: bool = False
    cop_sd_mm: tuple[float, float] | None = None
    turn_sd_deg: float = 0.0
    place_doubt: str | None = None
    cell_limit_n: tuple[float | None, ...] = ()
    filter_order: int | None = None
    mode_hz: float | None = None
    mode_at_least_hz: float | None = None
    cell_weight: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How a stream's times were obtained: host = offset + (1 + ppm/1e6) * device.

    hypot of the offset_sd_s of two streams of one recording is the SD of the difference between their times.
    """

    source: str
    drift_ppm: float = 0.0
    offset_sd_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stream:
    """One device on one time base.

    samples: (n_samples, n_channels) float64, C order, read-only, NaN = missing.
    times_s: (n_samples,) seconds, strictly increasing; spaced 1/sample_rate_hz, except where `free_running`
    is set: there each row is one reading of one channel (the others NaN) at its own instant, and
    sample_rate_hz is the mean rate per channel.
    """

    samples: FloatArray
    sample_rate_hz: float
    times_s: FloatArray
    layout: ChannelLayout
    sensor: Sensor
    clock: Clock
    gaps: tuple[Gap, ...] = ()
    free_running: bool = False

    def __post_init__(self) -> None:
        samples = np.ascontiguousarray(self.samples, dtype=np.float64)
        times_s = np.ascontiguousarray(self.times_s, dtype=np.float64)
        if samples.ndim != 2 or samples.shape[1] != len(self.layout):
            raise RecordingError(
                f"a stream of {len(self.layout)} channels needs samples of shape (n, {len(self.layout)}); "
                f"got {samples.shape}; give one column per channel"
            )
        if times_s.shape != (len(samples),):
            raise RecordingError(
                f"{len(samples)} samples need {len(samples)} times; got {times_s.shape}; give one time per row"
            )
        if not (np.isfinite(self.sample_rate_hz) and self.sample_rate_hz > 0):
            raise ParameterError(f"sample_rate_hz must be positive; got {self.sample_rate_hz}; state it in hertz")
        samples = samples.view()
        times_s = times_s.view()
        samples.flags.writeable = False
        times_s.flags.writeable = False
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "times_s", times_s)

    @property
    def duration_s(self) -> float:
        """Time from the first to the last sample."""
        return float(self.times_s[-1] - self.times_s[0]) if len(self.times_s) else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """Everything that was measured together: name -> stream, with where it came from.

    started_at: ISO 8601, UTC, or None where the file does not say.
    provenance: facts for the report: source, format, choices the reader made, link statistics.
    """

    streams: Mapping[str, Stream]
    started_at: str | None = None
    provenance: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self) -> str:
        streams = ", ".join(
            f"{name} ({len(stream.layout)} channels, {stream.sample_rate_hz:g} Hz, {stream.duration_s:.1f} s)"
            for name, stream in self.streams.items()
        )
        return f"<Recording {self.source}: {streams}>"

    @property
    def simulated(self) -> bool:
        """Whether no person was measured."""
        return bool(self.provenance.get("simulated", False))

    @property
    def source(self) -> str:
        """Name of the file or session it came from."""
        return str(self.provenance.get("source", "recording"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader assumed, in sentences for the report."""
        notes = self.provenance.get("notes", ())
        return tuple(notes) if isinstance(notes, (list, tuple)) else (str(notes),)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """A window [start_s, stop_s) of a recording with who did what."""

    recording: Recording
    index: int
    start_s: float
    stop_s: float
    task: str = "auto"
    subject: str | None = None
    mass_kg: float | None = None
    box_height_m: float | None = None
