"""Settings of the detector in physical units; the only place where milliseconds become samples."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import NamedTuple

from landing_lab.errors import ParameterError


def samples_in(duration_ms: float, sample_rate_hz: float, *, name: str) -> int:
    """Whole samples in a duration, rounded half up; refused where it is shorter than one sample."""
    if not (math.isfinite(sample_rate_hz) and sample_rate_hz > 0.0):
        raise ParameterError(f"sample_rate_hz must be positive; got {sample_rate_hz:g}; state it in hertz")
    exact = duration_ms * sample_rate_hz / 1000.0
    if not math.isfinite(exact) or exact < 1.0:
        raise ParameterError(
            f"{name}={duration_ms:g} is shorter than one sample at {sample_rate_hz:g} Hz; "
            f"use at least {1000.0 / sample_rate_hz:.3g} ms, or record faster"
        )
    return math.floor(exact + 0.5)


def at_least_one_sample(duration_ms: float, sample_rate_hz: float) -> int:
    """Whole samples in a duration, rounded half up, 1 where it is shorter: for metrics, which have their own rates."""
    return max(1, math.floor(duration_ms * sample_rate_hz / 1000.0 + 0.5))


class ContactSettings(NamedTuple):
    """ContactParams at one sample rate: N and samples, as the kernel receives them."""

    on_n: float
    band_n: float
    hold_on: int
    hold_off: int
    interpolate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactParams:
    """How a contact is told from no contact.

    contact_on_n: threshold on unfiltered, re-zeroed force; 20 N is the commonest published choice
    (docs/definitions.md) and is raised to noise_multiple x SD of the unloaded noise.
    hysteresis_n: a candidate survives returns of this size across the threshold.
    min_contact_ms, min_flight_ms: how long a new state must hold; longer holds hide short flights.
    interpolate_from_hz: below it a crossing lies in the middle between two samples, since linear
    interpolation biases flight time (-6 ms at 80 Hz, measured).
    threshold_sd_fraction: relative standard uncertainty of the threshold convention, into each event's sd.
    """

    contact_on_n: float = 20.0
    noise_multiple: float = 5.0
    hysteresis_n: float = 5.0
    min_contact_ms: float = 15.0
    min_flight_ms: float = 20.0
    interpolate_from_hz: float = 200.0
    threshold_sd_fraction: float = 0.25

    def __post_init__(self) -> None:
        for name in ("contact_on_n", "min_contact_ms", "min_flight_ms"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ParameterError(f"{name} must be positive; got {value}; the default is 20 N, 15 ms or 20 ms")
        for name in ("noise_multiple", "interpolate_from_hz", "threshold_sd_fraction"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ParameterError(f"{name} must be zero or positive; got {value}; leave it out for the default")
        if not 0 <= self.hysteresis_n < self.contact_on_n:
            raise ParameterError(
                f"hysteresis_n must lie between 0 and contact_on_n={self.contact_on_n:g}; got {self.hysteresis_n:g}; "
                "use about a quarter of the threshold"
            )

    def at(self, sample_rate_hz: float) -> ContactSettings:
        """These settings in samples at a rate; refused where a hold time is shorter than a sample."""
        return ContactSettings(
            self.contact_on_n,
            self.hysteresis_n,
            samples_in(self.min_contact_ms, sample_rate_hz, name="min_contact_ms"),
            samples_in(self.min_flight_ms, sample_rate_hz, name="min_flight_ms"),
            sample_rate_hz >= self.interpolate_from_hz,
        )


def _require_positive(params: TaskParams | ImpactParams) -> None:
    """Raise ParameterError for the first setting that is not a positive number."""
    for field in dataclasses.fields(params):
        value = getattr(params, field.name)
        if not (math.isfinite(value) and value > 0):
            raise ParameterError(f"{field.name} must be positive; got {value}; leave it out for the default")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskParams:
    """How contacts become trials.

    max_drop_jump_contact_s: a longer first contact is standing, not a drop jump (real drop jumps in the
    reference data reach 0.77 s). min_flight_s, max_flight_s: 0.08 s is a 0.8 cm hop, 1.0 s a 1.2 m jump.
    min_empty_before_s: how long the plates must be empty before a drop. quiet_window_s and
    quiet_sd_fraction: body weight comes from the quietest such window (docs/definitions.md).
    landing_view_s: how much after the landing belongs to the trial.
    countermovement_dip_bw, countermovement_window_s: a jump from standing whose force falls below this within
    this time before take-off is a countermovement jump; dip_doubt_bw around it is called doubtful.
    standing_within_bw: a recording that begins this near to body weight begins in standing, however short.
    push_off_bw: without a push above this nobody jumped: a step off the plate.
    knock_bw (knock_n where body weight is unknown), knock_s: a contact that is weaker and shorter than this is a
    knock against the plate, not a foot, and is passed over; so is one that never reaches knock_n, however long.
    drop_landing_peak_bw: a step onto the plate stays below this peak, a drop does not.
    least_mean_bw: mean force of a drop jump's contact is 1 + (touchdown + take-off speed) / (g contact), 1.2 in the
    slowest one; a walking step carries less than 1. most_rebounds, least_landing_s: more flights without a rest may
    be hopping, a landing that is left sooner may be a step of a run.
    """

    max_drop_jump_contact_s: float = 1.5
    min_flight_s: float = 0.08
    max_flight_s: float = 1.0
    min_empty_before_s: float = 0.15
    quiet_window_s: float = 1.0
    quiet_sd_fraction: float = 0.01
    landing_view_s: float = 1.5
    countermovement_dip_bw: float = 0.85
    countermovement_window_s: float = 0.8
    dip_doubt_bw: float = 0.06
    standing_within_bw: float = 0.15
    push_off_bw: float = 1.15
    drop_landing_peak_bw: float = 1.8
    least_mean_bw: float = 1.1
    most_rebounds: int = 1
    least_landing_s: float = 0.5
    knock_bw: float = 0.3
    knock_n: float = 100.0
    knock_s: float = 0.15

    def __post_init__(self) -> None:
        _require_positive(self)
        if self.min_flight_s >= self.max_flight_s:
            raise ParameterError(
                f"min_flight_s={self.min_flight_s:g} must be below max_flight_s={self.max_flight_s:g}; swap them"
            )


class ImpactWindows(NamedTuple):
    """ImpactParams at one sample rate, in samples; fractions of a sample where they are lengths of time."""

    first_peak: float
    slope: int
    short: float
    long: float
    landing: float
    hold: int
    stability: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactParams:
    """What is looked for in a contact and after a landing (docs/definitions.md).

    first_peak_ms, prominence_bw: a first peak is the first local maximum within this time of touchdown, before
    the main peak, from which force falls by this much; a valley ends where force rises by as much again.
    slope_ms: window of the greatest loading rate. short_ms, long_ms: impulse windows from touchdown.
    landing_ms: window of the symmetry of a landing. rest_within_bw, rest_hold_ms: stabilised is the first instant
    from which force stays this near to body weight for this long. stability_ms: window of the stability index, and
    least recorded time after a landing for both.
    """

    first_peak_ms: float = 60.0
    prominence_bw: float = 0.1
    slope_ms: float = 5.0
    short_ms: float = 50.0
    long_ms: float = 100.0
    landing_ms: float = 300.0
    rest_within_bw: float = 0.05
    rest_hold_ms: float = 1000.0
    stability_ms: float = 3000.0

    def __post_init__(self) -> None:
        _require_positive(self)

    def at(self, sample_rate_hz: float) -> ImpactWindows:
        """These windows in samples at a rate; metrics refuse what the rate is too low for, so 1 is the least."""
        per_ms = sample_rate_hz / 1000.0
        return ImpactWindows(
            first_peak=self.first_peak_ms * per_ms,
            slope=at_least_one_sample(self.slope_ms, sample_rate_hz),
            short=self.short_ms * per_ms,
            long=self.long_ms * per_ms,
            landing=self.landing_ms * per_ms,
            hold=at_least_one_sample(self.rest_hold_ms, sample_rate_hz),
            stability=at_least_one_sample(self.stability_ms, sample_rate_hz),
        )
