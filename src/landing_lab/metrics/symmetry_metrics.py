"""How alike the two sides are: symmetry indices name their variable and their window.

Whole-contact impulse hides asymmetry (2.5-6.4 % where it was instructed); the first 100 ms and the phases show it.
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from landing_lab.detect.impact import Span
from landing_lab.detect.phases import braking_start, braking_start_sd_s, propulsion_start, propulsion_start_sd_s
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.metrics._peak import filter_loss_n, lone_peak, peak_of
from landing_lab.metrics._registry import BRAKED, DROP_JUMP, LANDINGS, OURS, PUSH_OFFS, Estimate, RefusedError, metric
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

INSTRUCTED = f"{OURS}: 64-74 % where asymmetry was instructed, 87-99 % otherwise"
HEALTHY = "healthy 85-100"
Variable: TypeAlias = Literal["peak", "impulse"]

CUT = "the recording ends within this window; record two seconds longer"


def smaller_to_larger(values: dict[Side, tuple[float, float]], doubt: str | None = None) -> Estimate:
    """100 x smaller / larger of side -> (value, sd)."""
    first, second = values
    smaller, larger = (first, second) if values[first][0] < values[second][0] else (second, first)
    (low, low_sd), (high, high_sd) = values[smaller], values[larger]
    if not low > 0.0:
        raise RefusedError(f"the {smaller.replace('_', ' ')} side stayed unloaded in this window: one foot landed")
    ratio = low / high
    relative = math.hypot(low_sd / low, high_sd / high)
    return Estimate(value=100.0 * ratio, sd=100.0 * ratio * relative, doubt=doubt, stronger_side=larger)


def _in_window(
    trial: LandingTrial,
    start: float,
    stop: float,
    variable: Variable,
    *,
    where: str = "contact",
    start_sd_s: float = 0.0,
    stop_sd_s: float = 0.0,
) -> Estimate:
    """Symmetry of peak or impulse between two positions; start_sd_s, stop_sd_s: how well those are known."""
    if stop > len(trial.total_n) - 1:
        raise RefusedError(CUT)
    values: dict[Side, tuple[float, float]] = {}
    spans = {side: trial.span(side, start, stop) for side in trial.foot_sides}
    doubt = None
    apart_s = trial.signals.side_offset_sd_s / math.sqrt(2.0)  # each foot's share of what their clocks disagree by
    for side, span in spans.items():
        if math.isnan(span.impulse):
            raise RefusedError("samples are missing in this window; check the cable and repeat the trial")
        if not span.peak_n > trial.threshold_n[side]:
            raise RefusedError(f"the {side.replace('_', ' ')} side stayed unloaded in this window: one foot landed")
        if variable == "peak":
            at_the_end = _at_the_end(trial, side, span, stop, math.hypot(stop_sd_s, apart_s))
            values[side] = (span.peak_n, math.hypot(_peak_sd(trial, side, span, where), at_the_end))
            doubt = doubt or (lone_peak(span.peak_n, span.loss_n) if start < span.peak < stop else None)
        else:
            values[side] = _impulse(trial, side, span, start, stop)
    found = smaller_to_larger(values, doubt)
    if variable == "impulse":  # an edge is the same for both feet: only the difference of their forces there counts
        first, second = spans.values()
        by_start = start_sd_s * (first.start_n / first.impulse - second.start_n / second.impulse)
        by_stop = stop_sd_s * (first.stop_n / first.impulse - second.stop_n / second.impulse)
        by_clocks = apart_s * math.hypot(*((span.stop_n - span.start_n) / span.impulse for span in spans.values()))
        found.sd = math.hypot(found.sd, found.value * trial.sample_rate_hz * math.hypot(by_start, by_stop, by_clocks))
    return found


def _peak_sd(trial: LandingTrial, side: Side, span: Span, where: str) -> float:
    by_filter = filter_loss_n(trial, span.peak_n, where)
    return math.hypot(trial.force_sd_n(span.peak_n, side), span.loss_n, by_filter)


def _at_the_end(trial: LandingTrial, side: Side, span: Span, stop: float, stop_sd_s: float) -> float:
    """What the end of a window adds to the SD of a peak to which force still rises there."""
    if span.peak < stop - 1.0:
        return 0.0
    rise_n = _step(trial.signals.force_n[side], span.peak - 1.0)
    return rise_n * math.hypot(SAMPLING_SD, stop_sd_s * trial.sample_rate_hz)


def _impulse(trial: LandingTrial, side: Side, span: Span, start: float, stop: float) -> tuple[float, float]:
    rate = trial.sample_rate_hz
    value = span.impulse / rate
    noise = trial.signals.noise_n.get(side, 0.0) * math.sqrt(stop - start) / rate
    scale = math.hypot(trial.signals.amplitude_sd_fraction, trial.signals.scale_sd_fraction)
    # A foot that lands or leaves within one interval of samples does so anywhere on a curve between them: a sixth of
    # the triangle's base is where a parabola's area differs from the straight line's.
    force = trial.signals.force_n[side]
    bends = math.hypot(_step(force, start), _step(force, stop)) / 6.0 / rate
    # And impacts within the window: 0.06 peaks x sample in a real drop jump read at 100 and at 200 Hz.
    return value, math.hypot(noise, scale * value, bends, 0.06 * span.peak_n / rate)


def _step(force: FloatArray, position: float) -> float:
    """Change of force over the interval of samples that holds a position."""
    before = max(math.floor(position), 0)
    return abs(force.item(min(before + 1, len(force) - 1)) - force.item(before))  # plain floats: four times as fast


def _from_edge(trial: LandingTrial, where: str, width: float, variable: Variable) -> Estimate:
    """Symmetry over `width` samples from touchdown or landing of the total."""
    contact = trial.contact if where == "contact" else trial.landing
    assert contact is not None
    if contact.start.open:
        raise RefusedError("the contact began before the recording; start it earlier")
    start, sd = contact.start.position, trial.edge_sd_s(contact.start)
    return _in_window(trial, start, start + width, variable, where=where, start_sd_s=sd, stop_sd_s=sd)


def _in_phase(trial: LandingTrial, phase: Literal["braking", "propulsion"], variable: Variable) -> Estimate:
    contact, motion = trial.contact, trial.motion
    assert contact is not None
    assert motion is not None
    turn, sd = propulsion_start(trial), propulsion_start_sd_s(trial)
    if phase == "propulsion" and turn is not None:
        end_sd = trial.edge_sd_s(contact.stop)
        return _in_window(trial, turn, contact.stop.position, variable, start_sd_s=sd, stop_sd_s=end_sd)
    start = braking_start(trial)
    if start is None or turn is None:
        raise RefusedError("the centre of mass shows no lowest point, so there is no such phase; look at body weight")
    return _in_window(trial, start, turn, variable, start_sd_s=braking_start_sd_s(trial), stop_sd_s=sd)


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "feet"), tasks=DROP_JUMP, min_rate_hz=100.0,
    formula="100 min / max of max F_left, max F_right within 100 ms of touchdown", source=INSTRUCTED, typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_peak_0_100ms_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the first 100 ms after the first foot's touchdown."""
    return _from_edge(trial, "contact", trial.windows.long, "peak")


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "feet"), tasks=DROP_JUMP, min_rate_hz=200.0,
    formula="100 min / max of the integrals of F_left, F_right over 100 ms from touchdown", source=INSTRUCTED,
    typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_impulse_0_100ms_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's impulse in the first 100 ms after the first foot's touchdown."""
    return _from_edge(trial, "contact", trial.windows.long, "impulse")


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "feet"), tasks=PUSH_OFFS, min_rate_hz=100.0,
    formula="100 min / max of max F_left, max F_right in contact", source=OURS,
    typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_peak_contact_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the whole contact."""
    peaks = {side: peak_of(trial, side, "contact") for side in trial.foot_sides}
    doubt = next((peak.doubt for peak in peaks.values() if peak.doubt), None)
    return smaller_to_larger({side: (peak.value_n, peak.sd_n) for side, peak in peaks.items()}, doubt)


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "motion", "feet"), tasks=BRAKED, min_rate_hz=100.0,
    formula="100 min / max of max F_left, max F_right in braking", source=OURS,
    typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_peak_braking_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in braking."""
    return _in_phase(trial, "braking", "peak")


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "motion", "feet"), tasks=BRAKED, min_rate_hz=100.0,
    formula="100 min / max of the integrals of F_left, F_right over braking", source=OURS,
    typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_impulse_braking_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's impulse in braking."""
    return _in_phase(trial, "braking", "impulse")


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "motion", "feet"), tasks=PUSH_OFFS, min_rate_hz=100.0,
    formula="100 min / max of max F_left, max F_right in propulsion", source=OURS,
    typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_peak_propulsion_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in propulsion."""
    return _in_phase(trial, "propulsion", "peak")


@metric(
    unit="%", sides="between feet", needs=("force", "contact", "motion", "feet"), tasks=PUSH_OFFS, min_rate_hz=100.0,
    formula="100 min / max of the integrals of F_left, F_right over propulsion",
    source=OURS, typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_impulse_propulsion_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's impulse in propulsion."""
    return _in_phase(trial, "propulsion", "impulse")


@metric(
    unit="%", sides="between feet", needs=("force", "landing", "feet"), tasks=LANDINGS, min_rate_hz=100.0,
    formula="100 min / max of max F_left, max F_right within 100 ms of landing", source=INSTRUCTED, typical=HEALTHY,
)  # fmt: skip
def landing_limb_symmetry_peak_0_100ms_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the first 100 ms after the first foot's landing."""
    return _from_edge(trial, "landing", trial.windows.long, "peak")


@metric(
    unit="%", sides="between feet", needs=("force", "landing", "feet"), tasks=LANDINGS, min_rate_hz=100.0,
    formula="100 min / max of max F_left, max F_right within 300 ms of landing",
    source=OURS, typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_peak_landing_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the first 300 ms after the first foot's landing."""
    return _from_edge(trial, "landing", trial.windows.landing, "peak")


@metric(
    unit="%", sides="between feet", needs=("force", "landing", "feet"), tasks=LANDINGS, min_rate_hz=100.0,
    formula="100 min / max of the integrals of F_left, F_right over 300 ms from landing",
    source=OURS, typical=HEALTHY,
)  # fmt: skip
def limb_symmetry_impulse_landing_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's impulse in the first 300 ms after the first foot's landing."""
    return _from_edge(trial, "landing", trial.windows.landing, "impulse")
