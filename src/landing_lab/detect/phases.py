"""Events and phases of a trial, named in the field's terms."""

from __future__ import annotations

import math

from landing_lab.detect.params import TaskParams
from landing_lab.detect.standing import ONSET_BACK_S
from landing_lab.detect.task import Edge
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial, on_the_top_sd
from landing_lab.model.channels import Side
from landing_lab.model.events import Event, Events, Phase, Phases


def events_of(trial: LandingTrial) -> Events:
    """Every event of the total and of each foot, in order of time; what lies outside the recording is none."""
    found: list[Event] = []
    sides: tuple[Side, ...] = ("total", *trial.foot_sides)
    for side in sides:
        _add_edges(found, trial, side)
        _add_peaks(found, trial, side)
    _add_rise(found, trial)
    if trial.from_standing and trial.onset is not None:
        found.append(Event("movement_onset", "total", trial.time_s(trial.onset), ONSET_BACK_S / 2.0))
    lowest = lowest_position(trial)
    if lowest is not None:
        found.append(Event("lowest_point", "total", trial.time_s(lowest), lowest_point_sd_s(trial)))
    if not isinstance(trial.rest, str):
        rest = trial.rest
        found.append(Event("stabilised", "total", trial.time_s(rest.position), rest.sd / trial.sample_rate_hz))
    found.sort(key=lambda event: (event.time_s, event.side))
    return Events(tuple(found))


def _add_edges(found: list[Event], trial: LandingTrial, side: Side) -> None:
    contact, landing = trial.contact_of(side), trial.landing_of(side)
    if contact is not None and not trial.from_standing and trial.task != "unknown" and not contact.start.open:
        found.append(_edge(trial, "touchdown", side, contact.start))
    if contact is not None and not contact.stop.open:
        found.append(_edge(trial, "take_off", side, contact.stop))
    if landing is not None and not landing.start.open:
        found.append(_edge(trial, "landing", side, landing.start))


def _add_peaks(found: list[Event], trial: LandingTrial, side: Side) -> None:
    for impact, prefix in (
        (trial.contact_impact.get(side) if trial.task != "unknown" else None, ""),
        (trial.landing_impact.get(side), "landing_"),
    ):
        if impact is None:
            continue
        tops = (("first_peak", impact.first_peak, impact.first_flat), ("peak_force", impact.peak, impact.flat))
        for name, position, flat in tops:
            # Standing before a push-off has no impact, and so no first peak.
            if not (math.isnan(position) or (trial.from_standing and prefix + name == "first_peak")):
                sd = math.hypot(on_the_top_sd(flat) / trial.sample_rate_hz, trial.signals.edge_sd_s)
                found.append(Event(prefix + name, side, trial.time_s(position), sd))


def _add_rise(found: list[Event], trial: LandingTrial) -> None:
    """The first crossings of 20 and 80 % of the peak after the touchdown of a drop jump."""
    impact = trial.contact_impact.get("total")
    # Crossings lie between samples, and such times are stated from this rate on only.
    fast = trial.sample_rate_hz >= trial.params.interpolate_from_hz
    if impact is None or trial.task != "drop_jump" or not fast or math.isnan(impact.rise_80):
        return
    sd = SAMPLING_SD / trial.sample_rate_hz
    found.append(Event("loading_20", "total", trial.time_s(impact.rise_20), sd))
    found.append(Event("loading_80", "total", trial.time_s(impact.rise_80), sd))


def _edge(trial: LandingTrial, name: str, side: Side, edge: Edge) -> Event:
    return Event(name, side, trial.time_s(edge.position), trial.edge_sd_s(edge, side))


def lowest_position(trial: LandingTrial) -> float | None:
    """The lowest point in samples; a whole sample where the rate is too low for interpolated times."""
    if trial.motion is None or trial.motion.lowest is None:
        return None
    lowest = trial.motion.lowest
    return lowest if trial.sample_rate_hz >= trial.params.interpolate_from_hz else float(math.floor(lowest + 0.5))


def lowest_point_sd_s(trial: LandingTrial) -> float:
    """Standard uncertainty of the instant of zero velocity, sampling included."""
    if trial.motion is None:
        return 0.0
    return math.hypot(trial.motion.sd.lowest, SAMPLING_SD) / trial.sample_rate_hz


def braking_start(trial: LandingTrial) -> float | None:
    """Where braking begins, in samples: touchdown, or the greatest downward velocity of a countermovement."""
    if trial.motion is None or trial.motion.lowest is None or trial.task == "squat_jump":
        return None
    return trial.motion.value.slowest if trial.from_standing else trial.start


def braking_start_sd_s(trial: LandingTrial) -> float:
    """Standard uncertainty of that: of the touchdown, or of the sample of greatest downward velocity."""
    if trial.from_standing and trial.motion is not None:
        return math.hypot(trial.motion.sd.slowest, SAMPLING_SD) / trial.sample_rate_hz
    return 0.0 if trial.contact is None else trial.edge_sd_s(trial.contact.start)


def propulsion_start(trial: LandingTrial) -> float | None:
    """Where propulsion begins, in samples: the lowest point; the onset where a jump from standing has none."""
    lowest = lowest_position(trial)
    if lowest is None and trial.motion is not None and trial.from_standing:
        return trial.start
    return lowest


def propulsion_start_sd_s(trial: LandingTrial) -> float:
    """Standard uncertainty of that: of the lowest point, or half of what an onset is put back by."""
    return ONSET_BACK_S / 2.0 if lowest_position(trial) is None else lowest_point_sd_s(trial)


def phases_of(trial: LandingTrial, params: TaskParams) -> Phases:
    """Half-open phases of the total, then of each foot (contact, flight, loading, attenuation)."""
    found = _contact_phases(trial)
    contact, landing = trial.contact, trial.landing
    if trial.flight_time_s is not None and contact is not None and landing is not None:
        found.append(_phase(trial, "flight", contact.stop.position, landing.start.position))
    if landing is not None:
        start = trial.time_s(landing.start.position)
        found.append(Phase("landing", start, min(trial.time_s(landing.stop.position), start + params.landing_view_s)))
        found += _landing_phases(trial, "total")
    for side in trial.foot_sides:
        found += _foot_phases(trial, side)
    return Phases(tuple(found))


def _phase(trial: LandingTrial, name: str, start: float, stop: float, side: Side = "total") -> Phase:
    return Phase(name, trial.time_s(start), trial.time_s(stop), side)


def _contact_phases(trial: LandingTrial) -> list[Phase]:
    contact = trial.contact
    if contact is None or (trial.task == "unknown" and contact.start.open):
        return []
    stop, start = contact.stop.position, trial.start
    braking, propulsion = braking_start(trial), propulsion_start(trial)
    if propulsion is None or start is None:
        known = trial.task == "drop_jump"
        return [_phase(trial, "contact", contact.start.position, stop)] if known else []
    found = []
    if trial.task == "countermovement_jump" and braking is not None:
        found.append(_phase(trial, "unweighting", start, braking))
    if braking is not None:
        found.append(_phase(trial, "braking", braking, propulsion))
    found.append(_phase(trial, "propulsion", propulsion, stop))
    return found


def _landing_phases(trial: LandingTrial, side: Side) -> list[Phase]:
    """Loading (landing to peak), attenuation (peak to first valley) and stabilising (valley or peak to rest)."""
    impact, landing = trial.landing_impact.get(side), trial.landing_of(side)
    if impact is None or landing is None or landing.start.open or math.isnan(impact.peak):
        return []
    found = [_phase(trial, "loading", landing.start.position, impact.peak, side)]
    calm_from = impact.peak
    if not math.isnan(impact.valley):
        found.append(_phase(trial, "attenuation", impact.peak, impact.valley, side))
        calm_from = impact.valley
    if side == "total" and not isinstance(trial.rest, str) and trial.rest.position > calm_from:
        found.append(_phase(trial, "stabilising", calm_from, trial.rest.position))
    return found


def _foot_phases(trial: LandingTrial, side: Side) -> list[Phase]:
    contact, landing = trial.contact_of(side), trial.landing_of(side)
    found = []
    if contact is not None and trial.task == "drop_jump":
        found.append(_phase(trial, "contact", contact.start.position, contact.stop.position, side))
    flies = contact is not None and landing is not None and contact.stop.position < landing.start.position
    if contact is not None and landing is not None and flies and trial.flight_time_s is not None:
        found.append(_phase(trial, "flight", contact.stop.position, landing.start.position, side))
    return [*found, *_landing_phases(trial, side)]


def trial_window_s(trial: LandingTrial, phases: Phases) -> tuple[float, float]:
    """Start and stop, seconds, of what a picture of this trial shows: its phases, half a second before, 0.1 s after."""
    times = trial.signals.times_s
    shown = [phase for phase in phases if phase.side == "total" and phase.name != "stabilising"]
    if not shown:
        return float(times[0]), float(times[-1])
    last = max(phase.stop_s for phase in shown)
    return max(float(times[0]), shown[0].start_s - 0.5), min(float(times[-1]), last + 0.1)
