"""One recognised trial, complete: contacts per foot, body weight, motion, and how sure each edge is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

from landing_lab.detect.impact import Impact, Span, span_of
from landing_lab.detect.motion import POSTURE_SD_M, ContactMotion
from landing_lab.detect.params import ContactParams, ImpactParams, ImpactWindows
from landing_lab.detect.stance import QuietStance
from landing_lab.detect.standing import Rest, StandingVelocity
from landing_lab.detect.task import Contact, Edge
from landing_lab.fuse.bandwidth import edge_smear_s
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import ForceSignals, Task
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

FROM_STANDING: tuple[Task, ...] = ("countermovement_jump", "squat_jump")
"""Tasks that begin in standing on the plates."""

SAMPLING_SD = 0.29
"""Standard uncertainty of an instant known to one sample, in samples (uniform distribution, 1/sqrt(12))."""


LOW_PASS_HIGH = 1.2
"""By how much a suspected low-pass reads too high: 0.98 to 1.4 times in 12 real recordings filtered at 10 to 50 Hz."""

RINGING_S = 0.010
"""How long before an edge crossings that did not hold still make it uncertain: less than the shortest contact."""


UNEQUAL_SHARE = 0.15
"""What two scales leave of their SD in a ratio to the weight that they share: sqrt(2) times a share a tenth off.

A tenth is an asymmetry of 20 %, in the range of healthy landings (docs/definitions.md).
"""

STEEP = 0.1
"""Share of the slope per sample below which noise does not change what the slope looks like."""


def on_the_top_sd(flat: float) -> float:
    """Standard uncertainty in samples of the instant of a maximum whose top is `flat` samples long within the noise.

    The sample that was read and the true one both lie anywhere on that top.
    """
    return math.hypot(SAMPLING_SD, math.sqrt(2.0) * SAMPLING_SD * flat)


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
        return math.hypot(self.sd_n, scale_sd_fraction * self.value_n) if self.weighed else self.sd_n


@dataclass(slots=True, kw_only=True, eq=False)
class LandingTrial:
    """What the metrics see of one trial. All positions are samples of signals.times_s.

    no_jump: reason says that perhaps nobody jumped. side_contact, side_landing: contact of each foot (or plate)
    within the total's contact and landing. threshold_n: side -> newton. stance_after: quietest second of standing
    after the landing. onset: where a jump from standing begins to move. contact_impact, landing_impact: what force
    does in the contact (from the onset in a jump from standing) and in the landing of each side.
    take_off_from_standing: velocity at take-off by impulse from quiet standing; rest: when force comes to rest after
    the landing; a sentence where there is none. sample_rate_hz, begin_s: of the force signals; foot_sides: sides
    besides the total; windows: of the impact, in samples. weighed_here: body weight comes from these plates.
    ratio_scale_sd: relative SD of the scale in a ratio of force to body weight; one plate's scale cancels, two plates
    carry other shares in a landing than in standing. low_pass_hz: where the source low-passed the force of a plate
    at the lowest, None where it did not; fused force has its own uncertainties for this. Filled once by
    detect.complete and then only read, but for force_sds, edge_sds_s, spans and shared, which keep what was asked for.
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
    weight: BodyWeight | None
    weight_refusal: str | None
    no_jump: bool = False
    motion: ContactMotion | None = None
    motion_refusal: str | None = None
    impact_params: ImpactParams = dataclasses.field(default_factory=ImpactParams)
    stance_after: QuietStance | None = None
    onset: float | None = None
    contact_impact: Mapping[Side, Impact] = dataclasses.field(default_factory=dict)
    landing_impact: Mapping[Side, Impact] = dataclasses.field(default_factory=dict)
    take_off_from_standing: StandingVelocity | str = "not computed"
    rest: Rest | str = "not computed"
    sample_rate_hz: float = dataclasses.field(init=False)
    begin_s: float = dataclasses.field(init=False)
    foot_sides: tuple[Side, ...] = dataclasses.field(init=False)
    windows: ImpactWindows = dataclasses.field(init=False)
    weighed_here: bool = dataclasses.field(init=False)
    ratio_scale_sd: float = dataclasses.field(init=False)
    low_pass_hz: float | None = dataclasses.field(init=False)
    force_sds: dict[tuple[Side, bool], tuple[float, float]] = dataclasses.field(default_factory=dict)
    shared: dict[tuple[object, ...], object] = dataclasses.field(default_factory=dict)
    edge_sds_s: dict[tuple[Side, float], float] = dataclasses.field(default_factory=dict)
    spans: dict[tuple[Side, float, float], Span] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sample_rate_hz = self.signals.sample_rate_hz
        self.begin_s = float(self.signals.times_s[0])
        self.foot_sides = tuple(side for side in self.signals.force_n if side != "total")
        self.windows = self.impact_params.at(self.sample_rate_hz)
        self.weighed_here = self.weight is not None and self.weight.weighed
        left = (UNEQUAL_SHARE if len(self.foot_sides) == 2 else 0.0) if self.weighed_here else 1.0
        self.ratio_scale_sd = left * self.signals.scale_sd_fraction
        hertz = self.signals.bandwidth_hz if self.signals.sensor_kind == "force_plate" else None
        self.low_pass_hz = None if hertz is None else hertz / LOW_PASS_HIGH

    @property
    def total_n(self) -> FloatArray:
        """Total vertical force, (n,) newton."""
        return self.signals.force_n["total"]

    def time_s(self, position: float) -> float:
        """Time of a position in samples."""
        return self.begin_s + position / self.sample_rate_hz

    @property
    def shows_first_peak(self) -> bool:
        """Whether a first peak of a tenth of body weight can be told in this force (in a fused one it cannot)."""
        return self.signals.amplitude_sd_fraction == 0.0

    @property
    def from_standing(self) -> bool:
        """Whether the contact before the flight is the push-off of a jump from standing."""
        return self.task in FROM_STANDING

    @property
    def start(self) -> float | None:
        """Where the contact (or the movement, in a jump from standing) begins; None where that is not recorded."""
        if self.from_standing:
            return self.onset
        return None if self.contact is None or self.contact.start.open else self.contact.start.position

    def span(self, side: Side, start: float, stop: float) -> Span:
        """Peak and impulse of a side between two positions; measured once."""
        key = (side, start, stop)
        if key not in self.spans:
            self.spans[key] = span_of(self.signals.force_n[side], start, stop)
        return self.spans[key]

    def edge_sd_s(self, edge: Edge, side: Side = "total") -> float:
        """Standard uncertainty of a touchdown or take-off.

        Root sum of squares of sampling (0.29 samples, more where samples were missing), unloaded noise and
        the convention of the threshold (both divided by the slope of the force), a plate that rings at the edge,
        a low-pass at the source, and the sensor's own part.
        """
        key = (side, edge.position)
        if key not in self.edge_sds_s:
            sampling = SAMPLING_SD * (1 + edge.bridged)
            slope = self._slope_at(edge, side)
            noise = self.noise_at_n(side, edge.position) / slope if slope else 0.0
            convention = self._convention_sd_n(side) / slope if slope else 0.0
            ringing = 0.5 * self._ringing(edge, side)
            self.edge_sds_s[key] = math.hypot(
                math.hypot(sampling, noise, convention, ringing) / self.sample_rate_hz,
                self._sensor_edge_sd_s(side),
                edge_smear_s(self.low_pass_hz),
            )
        return self.edge_sds_s[key]

    def _sensor_edge_sd_s(self, side: Side) -> float:
        own = self.signals.by_side.get(side)
        return self.signals.edge_sd_s if own is None else own.edge_sd_s

    def noise_at_n(self, side: Side, at: float) -> float:
        """SD of force at a position in samples: of the sample, where each has its own, else of the unloaded signal."""
        known = self.signals.sd_n.get(side)
        if known is None:
            return self.signals.noise_n.get(side, 0.0)
        return float(known[min(max(round(at), 0), len(known) - 1)])

    def _ringing(self, edge: Edge, side: Side) -> float:
        """Samples between the first crossing of the threshold within RINGING_S before an edge and the edge itself.

        Stiff plates ring (0, 109, 0, 17, 103 N at 1000 Hz in gidiel/Dual-DJ-Fz.txt): which crossing holds is chance.
        """
        first = max(0, edge.sample - round(RINGING_S * self.sample_rate_hz))
        level, rising = self.threshold_n[side], edge.slope > 0.0
        for index, force in enumerate(self.signals.force_n[side][first : edge.sample].tolist(), first):
            if (force >= level) == rising:
                return edge.sample - index
        return 0.0

    def _convention_sd_n(self, side: Side) -> float:
        """SD of the threshold in newton: others choose another, and noise may have raised it above what was asked."""
        threshold = self.threshold_n[side]
        raised = max(0.0, threshold - self.params.contact_on_n)
        return math.hypot(self.params.threshold_sd_fraction * threshold, raised)

    def _slope_at(self, edge: Edge, side: Side) -> float:
        """Steepness of force at an edge in newton per sample, not mistaking noise between two samples for it.

        Where noise matters it is the smaller of the local slope and that from the threshold to five times the noise
        above it, inside the contact.
        """
        slope, noise = abs(edge.slope), self.signals.noise_n.get(side, 0.0)
        if noise <= STEEP * slope:
            return slope
        force, threshold = self.signals.force_n[side], self.threshold_n[side]
        inwards = 1 if edge.slope > 0.0 else -1
        index = math.floor(edge.position) if inwards < 0 else math.ceil(edge.position)
        last = min(max(index + inwards * round(0.05 * self.sample_rate_hz), 0), len(force) - 1)
        while index != last and not force[index] >= threshold + 5.0 * noise:
            index += inwards
        risen = float(force[index]) - threshold
        return min(slope, risen / abs(index - edge.position)) if risen > 0.0 and index != edge.position else slope

    def force_sd_n(
        self, force_n: float, side: Side = "total", *, to_weight: bool = False, at: float | None = None
    ) -> float:
        """Standard uncertainty of one force reading: noise, quantisation, the plate's scale and that of fast force.

        to_weight: the reading goes into a ratio to body weight, in which the plate's scale may cancel. at: its sample,
        where known: fused force has an SD of its own there.
        """
        own = self.signals.sd_n.get(side)
        if own is not None and at is not None and math.isfinite(own[int(at)]):
            return math.hypot(float(own[int(at)]), self._scale_sd(side, to_weight=to_weight) * force_n)
        known = self.force_sds.get((side, to_weight))
        if known is None:
            known = self.force_sds[side, to_weight] = self._force_sd(side, to_weight=to_weight)
        fixed_n, share = known
        return math.hypot(fixed_n, share * force_n)

    def _force_sd(self, side: Side, *, to_weight: bool) -> tuple[float, float]:
        """What force_sd_n has whatever the force, newton, and its share of the force."""
        noise = self.signals.noise_n.get(side, 0.0)
        quantisation = SAMPLING_SD * self.signals.resolution_n
        scale_sd = self._scale_sd(side, to_weight=to_weight)
        return math.hypot(noise, quantisation), math.hypot(self.signals.amplitude_sd_fraction, scale_sd)

    def _scale_sd(self, side: Side, *, to_weight: bool) -> float:
        if to_weight and side != "total" and self.weighed_here:
            # Both plates weighed the body and one of them read this foot: half of the difference of their scales.
            return self.signals.scale_sd_fraction / math.sqrt(2.0)
        return self.ratio_scale_sd if to_weight else self.signals.scale_sd_fraction

    def timing_refusal(self, side: Side) -> str | None:
        """Why contacts of a side (or between the feet) cannot be timed; None where they can."""
        own = self.signals.by_side
        sides = self.foot_sides if side == "left_right" else (side,)
        told = (own[one].timing_refusal for one in sides if one in own)
        return self.signals.timing_refusal or next(filter(None, told), None)

    def fast_force_doubt(self, side: Side, where: str) -> str | None:
        """The sentence that flags fast force of a side in its "contact", "landing" or "both"; None where none does."""
        signals = self.signals
        if not signals.by_side and not signals.force_doubts:
            return signals.amplitude_note
        key = ("fast force", side, where)
        if key not in self.shared:
            sides = self.foot_sides if side == "left_right" else (side,)
            notes = [signals.by_side[one].note for one in sides if one in signals.by_side] or [signals.amplitude_note]
            here = (
                [self.contact_of(side), self.landing_of(side)]
                if where == "both"
                else [self.contact_of(side) if where == "contact" else self.landing_of(side)]
            )
            spans = [(self.time_s(one.start.position), self.time_s(one.stop.position)) for one in here if one]
            notes += [
                doubt.sentence
                for doubt in signals.force_doubts
                if doubt.side in sides and any(doubt.start_s < stop and doubt.stop_s > start for start, stop in spans)
            ]
            self.shared[key] = "; ".join(dict.fromkeys(filter(None, notes))) or None
        found = self.shared[key]
        return found if isinstance(found, str) else None

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
        return math.hypot(GRAVITY / 2.0 * self.flight_time_sd_s, by_posture)

    @property
    def flight_time_sd_s(self) -> float:
        """Standard uncertainty of flight_time_s."""
        if self.contact is None or self.landing is None:
            return 0.0
        return math.hypot(self.edge_sd_s(self.contact.stop), self.edge_sd_s(self.landing.start))
