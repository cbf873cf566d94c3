"""Everything that is measured on one recognised trial, put together once for metrics, events and pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from landing_lab.detect.impact import Impact, impact_of
from landing_lab.detect.motion import IMPULSE_SHARE, MAX_BRIDGED_S, POSTURE_SD_M, Anchor, contact_motion
from landing_lab.detect.params import ContactParams, ImpactParams, TaskParams
from landing_lab.detect.stance import QuietStance, find_quiet_stance
from landing_lab.detect.standing import (
    Rest,
    movement_onset,
    rest_after,
)
from landing_lab.detect.standing_velocity import NO_WEIGHT, take_off_from_standing
from landing_lab.detect.task import Contact, Edge, FoundTask
from landing_lab.detect.trial import SAMPLING_SD, BodyWeight, LandingTrial
from landing_lab.model.channels import Side
from landing_lab.model.result import ForceSignals
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MAX_DROP_M = 1.5
"""No drop jump is done from higher; a larger figure is an error of force or body weight."""


def complete(
    found: FoundTask,
    signals: ForceSignals,
    *,
    params: ContactParams,
    task_params: TaskParams,
    impact_params: ImpactParams,
    thresholds: Mapping[Side, float],
    contacts: Mapping[Side, list[Contact]],
    weight: BodyWeight | None,
    quietest: QuietStance | None = None,
) -> LandingTrial:
    """The trial with contacts per foot, impacts, motion, velocity from standing and rest.

    quietest: second of standing in the whole recording, where that is known.
    """
    feet = [side for side in contacts if side != "total"]
    in_contact = {side: _within(contacts[side], found.contact) for side in feet}
    in_landing = {side: _within(contacts[side], found.landing) for side in feet}
    trial = LandingTrial(
        task=found.task,
        reason=found.reason,
        no_jump=found.no_jump,
        signals=signals,
        params=params,
        impact_params=impact_params,
        threshold_n={side: thresholds.get(side, thresholds["total"]) for side in contacts},
        contact=found.contact,
        landing=found.landing,
        side_contact={side: contact for side, contact in in_contact.items() if contact is not None},
        side_landing={side: contact for side, contact in in_landing.items() if contact is not None},
        weight=weight,
        weight_refusal=None if weight else NO_WEIGHT,
    )
    after = _stance(trial, trial.landing, task_params, quietest)
    before = _stance(trial, trial.contact if trial.from_standing else None, task_params, quietest)
    trial.stance_after = after
    trial.onset = _onset(trial, before, task_params)
    trial.contact_impact = {} if trial.task == "drop_landing" else _impacts(trial, "contact")
    trial.landing_impact = _impacts(trial, "landing", task_params.landing_view_s * trial.sample_rate_hz)
    trial.take_off_from_standing = take_off_from_standing(trial, before, after)
    _add_motion(trial)
    trial.rest = _rest(trial)
    return trial


def _within(contacts: Sequence[Contact], whole: Contact | None) -> Contact | None:
    """The longest contact of one foot that overlaps a contact of the total."""
    if whole is None:
        return None
    overlapping = [
        contact
        for contact in contacts
        if contact.start.position < whole.stop.position and contact.stop.position > whole.start.position
    ]
    return max(overlapping, key=lambda contact: contact.n_samples, default=None)


def _stance(
    trial: LandingTrial, contact: Contact | None, params: TaskParams, quietest: QuietStance | None
) -> QuietStance | None:
    """The quietest second of standing in a contact of the total, in samples of the recording."""
    if contact is None:
        return None
    first, last = contact.start.sample, contact.stop.sample
    if quietest is not None and first <= quietest.start and quietest.stop <= last:
        return quietest
    stance = find_quiet_stance(
        trial.total_n[first:last],
        sample_rate_hz=trial.sample_rate_hz,
        params=params,
        noise_n=trial.signals.noise_n.get("total", 0.0),
    )
    return None if stance is None else stance.moved(first)


def _onset(trial: LandingTrial, before: QuietStance | None, params: TaskParams) -> float | None:
    contact, weight = trial.contact, trial.weight
    if not trial.from_standing or contact is None or weight is None:
        return None
    start, stop = contact.start.sample, contact.stop.sample
    push_from = max(start, stop - round(params.countermovement_window_s * trial.sample_rate_hz))
    push = trial.total_n[push_from:stop]
    if len(push) == 0 or np.isnan(push).all():
        return None
    peak = int(np.nanargmax(push))
    turn = push_from + (peak if trial.task == "squat_jump" else int(np.nanargmin(push[: peak + 1])))
    return movement_onset(
        trial.total_n,
        start,
        stop,
        turn,
        weight_n=weight.value_n,
        standing_sd_n=before.window_sd_n if before else 0.005 * weight.value_n,
        sample_rate_hz=trial.sample_rate_hz,
    )


def _impacts(trial: LandingTrial, where: str, view: float = math.inf) -> dict[Side, Impact]:
    """What force does in the contact or in the landing, for the total and each foot that touched."""
    found: dict[Side, Impact] = {}
    prominence = None if trial.weight is None else trial.impact_params.prominence_bw * trial.weight.value_n
    windows = trial.windows
    sides: tuple[Side, ...] = ("total", *trial.foot_sides)
    for side in sides:
        contact = trial.contact_of(side) if where == "contact" else trial.landing_of(side)
        if contact is None:
            continue
        if where == "landing":  # standing after it may push off into the next jump
            contact = contact.first(view)
        edge_n = trial.threshold_n[side]
        if where == "contact" and trial.onset is not None:
            # The standing before the push-off is no part of a jump: its force would be a peak of its own.
            begin = Edge(sample=math.ceil(trial.onset), position=max(trial.onset, contact.start.position))
            contact = Contact(start=begin, stop=contact.stop)
            edge_n = float(trial.signals.force_n[side][begin.sample])
        impact = impact_of(
            trial.signals.force_n[side],
            contact,
            windows,
            threshold_n=edge_n,
            # Readings one step apart are the same force.
            noise_n=max(trial.signals.noise_n.get(side, 0.0), 0.6 * trial.signals.resolution_n),
            # Plates of different scale tilt a total whose share moves between the feet.
            amplitude_sd_fraction=math.hypot(
                trial.signals.amplitude_sd_fraction,
                trial.signals.scale_sd_fraction if side == "total" and trial.foot_sides else 0.0,
            ),
            prominence_n=prominence,
        )
        found[side] = impact if trial.shows_first_peak else impact._replace(first_peak=math.nan, first_peak_n=math.nan)
    return found


def _add_motion(trial: LandingTrial) -> None:
    """Motion between the start of the contact (or of the movement) and take-off, or why there is none."""
    contact, weight, flight, start = trial.contact, trial.weight, trial.flight_time_s, trial.start
    refusal = None
    if trial.task not in ("drop_jump", "countermovement_jump", "squat_jump"):
        refusal = "only the contact of a jump whose kind was recognised is anchored at its take-off"
    elif contact is None or trial.landing is None or flight is None:
        refusal = "the recording holds no complete flight"
    elif weight is None:
        refusal = NO_WEIGHT
    elif start is None:
        refusal = "the movement began before the recording; start it two seconds earlier"
    else:
        motion = contact_motion(
            trial.total_n, _anchor(trial, contact, weight, flight, start), sample_rate_hz=trial.sample_rate_hz
        )
        if motion is None:
            refusal = (
                f"samples are missing for more than {MAX_BRIDGED_S * 1000:.0f} ms inside the contact; "
                "check the cable and repeat the trial"
            )
        else:
            refusal = _impossible(trial, motion.touchdown_velocity_m_per_s, motion.lowest)
            trial.motion = motion if refusal is None else None
    trial.motion_refusal = refusal


def _anchor(trial: LandingTrial, contact: Contact, weight: BodyWeight, flight_s: float, start: float) -> Anchor:
    rate = trial.sample_rate_hz
    common = Anchor(
        start=float(math.ceil(start)) if trial.from_standing else start,
        start_sd=0.0 if trial.from_standing else trial.edge_sd_s(contact.start) * rate,  # at an onset nothing moves yet
        stop=contact.stop.position,
        stop_sd=trial.edge_sd_s(contact.stop) * rate,
        threshold_n=trial.threshold_n["total"],
        weight_n=weight.value_n,
        weight_sd_n=weight.sd_n,
        scale_sd=math.hypot(trial.signals.amplitude_sd_fraction * IMPULSE_SHARE, trial.ratio_scale_sd),
        from_standing=trial.from_standing,
        velocity=GRAVITY * flight_s / 2.0,
        velocity_sd=_posture_and_landing_sd(trial, flight_s),
        edge_loss=GRAVITY / 2.0,
    )
    standing = trial.take_off_from_standing
    if not trial.from_standing or isinstance(standing, str):
        return common
    # Flight time tells nothing of a body that stood still before it jumped, and posture makes it read too fast.
    return common._replace(
        velocity=standing.value,
        velocity_sd=standing.sway_sd,
        edge_loss=GRAVITY,
        velocity_by_weight=standing.by_weight,
        velocity_by_scale=standing.by_scale,
    )


def _posture_and_landing_sd(trial: LandingTrial, flight_s: float) -> float:
    """SD of g t_flight / 2 from the landing's edge and from landing lower than the take-off, m/s."""
    assert trial.landing is not None
    return math.hypot(GRAVITY / 2.0 * trial.edge_sd_s(trial.landing.start), POSTURE_SD_M / flight_s)


def _impossible(trial: LandingTrial, velocity: float, lowest: float | None) -> str | None:
    """Why the motion cannot be that of this task, None where it can."""
    if trial.from_standing:
        return None
    if velocity**2 / (2.0 * GRAVITY) > MAX_DROP_M:
        return (
            f"force and flight time would mean a drop of more than {MAX_DROP_M:g} m; look at body weight, and whether "
            "both plates worked to the end"
        )
    if velocity >= 0 or lowest is None:
        return "force and flight time do not fit a drop: the body would have moved upwards at touchdown"
    return None


def _rest(trial: LandingTrial) -> Rest | str:
    landing, weight = trial.landing, trial.weight
    if landing is None or landing.start.open:
        return "the recording holds no landing"
    if weight is None:
        return NO_WEIGHT
    stop = min(landing.stop.sample, len(trial.total_n))
    rest = rest_after(
        trial.total_n,
        landing.start.position,
        stop,
        weight.value_n,
        weight_sd_n=weight.sd_n,
        noise_n=trial.signals.noise_n.get("total", 0.0),
        params=trial.impact_params,
        sample_rate_hz=trial.sample_rate_hz,
    )
    return rest if isinstance(rest, str) else rest._replace(sd=math.hypot(rest.sd, SAMPLING_SD))
