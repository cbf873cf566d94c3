"""The peak force of a foot's last landing, followed as its force comes in."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from landing_lab.detect.params import ContactParams, TaskParams
from landing_lab.fuse.live import LiveForce

TOLD_AFTER_S: Final = 0.2
"""A peak is told so long after its touchdown, or at the end of its contact: peaks of landings come within 0.15 s
(choice)."""

SAME_STEP: Final = 1.5
"""Samples further apart than so many steps have a hole between them."""


class LivePeak(NamedTuple):
    """Peak of one foot in a landing and its SD, newton, and how long after the touchdown it came, seconds.

    doubt: the sentence why it may be wrong by more than its SD, None where nothing speaks against it.
    """

    force_n: float
    sd_n: float
    after_s: float
    doubt: str | None = None


class PeakFollower:
    """Landings of one foot: contact after a flight, by the thresholds of the analysis.

    step_s: of the force. scale_sd_fraction: relative SD of the plate's scale, which the SD of force lacks. `last`: the
    newest landing, None where it has no peak. Across a hole nobody knows whether the foot was in the air: flight and
    landing begin anew, and a landing with a hole before its peak was told has none.
    """

    def __init__(
        self,
        step_s: float,
        *,
        scale_sd_fraction: float = 0.0,
        contact: ContactParams | None = None,
        task: TaskParams | None = None,
    ) -> None:
        contact, task = contact or ContactParams(), task or TaskParams()
        self.last: LivePeak | None = None
        self._step_s, self._scale_sd_fraction = step_s, scale_sd_fraction
        self._on_n = contact.contact_on_n
        self._ended_s, self._flight_s = contact.min_flight_ms / 1000.0, task.min_flight_s
        self._newest_s = math.nan
        self._air_s = 0.0
        self._touchdown_s: float | None = None
        self._peak: LivePeak | None = None

    def take(self, given: LiveForce) -> None:
        """Follow new force; NaN is missing."""
        for time_s, force, sd in zip(given.times_s.tolist(), given.force_n.tolist(), given.sd_n.tolist(), strict=True):
            if math.isnan(force):
                continue
            since_s = time_s - self._newest_s
            if not since_s <= SAME_STEP * self._step_s:  # the first sample follows no other
                self._start_anew()
                since_s = self._step_s
            self._newest_s = time_s
            self._follow(time_s, force, sd, since_s)

    def _start_anew(self) -> None:
        if self._touchdown_s is not None:
            self.last = None
        self._air_s, self._touchdown_s = 0.0, None

    def _follow(self, time_s: float, force: float, sd: float, since_s: float) -> None:
        if force >= self._on_n:
            if self._touchdown_s is None and self._air_s >= self._flight_s:
                self._touchdown_s, self._peak = time_s, None
            self._air_s = 0.0
            if self._touchdown_s is not None and (self._peak is None or force > self._peak.force_n):
                sd_n = math.hypot(sd, self._scale_sd_fraction * force)
                self._peak = LivePeak(force, sd_n, time_s - self._touchdown_s)
        else:
            self._air_s += since_s
        if self._touchdown_s is not None and (
            self._air_s >= self._ended_s or time_s - self._touchdown_s >= TOLD_AFTER_S
        ):
            self.last, self._touchdown_s = self._peak, None
