"""One recognised trial, complete: contacts per foot, body weight, motion, and how sure each edge is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landing_lab.detect.motion import ContactMotion
from landing_lab.detect.params import ContactParams
from landing_lab.detect.task import Contact, Edge
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import ForceSignals, Task
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

SAMPLING_SD = 0.29
"""Standard uncertainty of an instant known to one sample, in samples (uniform distribution, 1/sqrt(12))."""


POSTURE_SD_M = 0.02
"""How far the centre of mass lands below its height at take-off: legs and feet are less extended at landing.

Our choice: flight-time height reads about 2 cm above impulse height (docs/definitions.md), which is d / 2 and
more than a careful jumper shows.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyWeight:
    """Body weight with its standard uncertainty, newton, and how it was obtained.

    weighed: from the plates; False where a typed mass was used.
    """

    value_n: float
    sd_n: float
    method: str
    weighed: bool

    def scaled_sd_n(self, scale_sd_fraction: float) -> float:
        """SD in newton where the plates' scale has this relative SD; a typed mass does not depend on it."""
        return float(np.hypot(self.sd_n, scale_sd_fraction * self.value_n)) if self.weighed else self.sd_n


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LandingTrial:
    """What the metrics see of one trial. All positions are samples of signals.times_s.

    side_contact, side_landing: contact of each foot (or plate) within the total's contact and landing.
    threshold_n: side -> newton. quiet_after: middle of the quietest second of standing after the landing.
    """

    task: Task
    reason: str | None
    signals: ForceSignals
    params: ContactParams
    threshold_n: Mapping[Side, float]
    contact: Contact | None
    landing: Contact | None
    side_contact: Mapping[Side, Contact]
    side_landing: Mapping[Side, Contact]
    quiet_after: float | None
    weight: BodyWeight | None
    weight_refusal: str | None
    motion: ContactMotion | None
    motion_refusal: str | None

    @property
    def sample_rate_hz(self) -> float:
        """Rate of the force signals."""
        return self.signals.sample_rate_hz

    @property
    def total_n(self) -> FloatArray:
        """Total vertical force, (n,) newton."""
        return self.signals.force_n["total"]

    @property
    def foot_sides(self) -> tuple[Side, ...]:
        """Sides besides the total."""
        return tuple(side for side in self.signals.force_n if side != "total")

    def time_s(self, position: float) -> float:
        """Time of a position in samples."""
        return float(self.signals.times_s[0] + position / self.sample_rate_hz)

    def window(self, contact: Contact, side: Side = "total") -> FloatArray:
        """Force of a side inside a contact, (k,) newton."""
        first = max(0, int(np.ceil(contact.start.position)))
        return self.signals.force_n[side][first : int(np.floor(contact.stop.position)) + 1]

    def edge_sd_s(self, edge: Edge, side: Side = "total") -> float:
        """Standard uncertainty of a touchdown or take-off.

        Root sum of squares of sampling (0.29 samples, more where samples were missing), unloaded noise and
        the convention of the threshold (both divided by the slope of the force), and the sensor's own part.
        """
        sampling = SAMPLING_SD * (1 + edge.bridged)
        slope = abs(edge.slope)
        noise = self.signals.noise_n.get(side, 0.0) / slope if slope else 0.0
        convention = self.params.threshold_sd_fraction * self.threshold_n[side] / slope if slope else 0.0
        return float(
            np.hypot(np.sqrt(sampling**2 + noise**2 + convention**2) / self.sample_rate_hz, self.signals.edge_sd_s)
        )

    @property
    def ratio_scale_sd(self) -> float:
        """Relative SD of the scale in a ratio of force to body weight: none where the same plates weighed the body."""
        return 0.0 if self.weight is not None and self.weight.weighed else self.signals.scale_sd_fraction

    def force_sd_n(self, force_n: float, side: Side = "total", *, to_weight: bool = False) -> float:
        """Standard uncertainty of one force reading: noise, quantisation, the plate's scale and that of fast force.

        to_weight: the reading goes into a ratio to body weight, in which the plate's scale may cancel.
        """
        noise = self.signals.noise_n.get(side, 0.0)
        quantisation = SAMPLING_SD * self.signals.resolution_n
        scale = np.hypot(
            self.signals.amplitude_sd_fraction,
            self.ratio_scale_sd if to_weight else self.signals.scale_sd_fraction,
        )
        return float(np.sqrt(noise**2 + quantisation**2 + (scale * force_n) ** 2))

    def contact_of(self, side: Side) -> Contact | None:
        """The contact of the drop (or the stance before a jump) on this side."""
        return self.contact if side == "total" else self.side_contact.get(side)

    def landing_of(self, side: Side) -> Contact | None:
        """The landing after the flight, or of a drop landing, on this side."""
        return self.landing if side == "total" else self.side_landing.get(side)

    @property
    def flight_time_s(self) -> float | None:
        """Take-off to landing of the total; None where one of the two is not in the recording."""
        if self.contact is None or self.landing is None or self.landing.start.open or self.contact.stop.open:
            return None
        return (self.landing.start.position - self.contact.stop.position) / self.sample_rate_hz

    @property
    def take_off_velocity_sd_m_per_s(self) -> float:
        """Standard uncertainty of the take-off velocity g t_flight / 2 that anchors the motion.

        Flight time itself, and the posture: where the centre of mass lands lower than it took off by d, the
        flight lasts as if take-off had been faster by g d / (2 v).
        """
        flight = self.flight_time_s
        if not flight:
            return 0.0
        by_posture = POSTURE_SD_M / flight  # g d / (2 v) with v = g t / 2
        return float(np.hypot(GRAVITY / 2.0 * self.flight_time_sd_s, by_posture))

    @property
    def flight_time_sd_s(self) -> float:
        """Standard uncertainty of flight_time_s."""
        if self.contact is None or self.landing is None:
            return 0.0
        return float(np.hypot(self.edge_sd_s(self.contact.stop), self.edge_sd_s(self.landing.start)))
