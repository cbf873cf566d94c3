"""From force signals to trials: contacts, body weight, tasks and motion, in that order."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from landing_lab.detect.landing import LandingDetector
from landing_lab.detect.motion import MAX_BRIDGED_S, ContactMotion, contact_motion
from landing_lab.detect.params import ContactParams, TaskParams
from landing_lab.detect.stance import QuietStance, find_quiet_stance
from landing_lab.detect.task import Contact, FoundTask, contacts_of, find_tasks
from landing_lab.detect.trial import BodyWeight, LandingTrial
from landing_lab.model.channels import Side
from landing_lab.model.result import ForceSignals, Task
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

TYPED_MASS_SD_FRACTION = 0.01
"""Standard uncertainty of a typed-in mass: clothes, shoes and bathroom scales together."""

MAX_DROP_M = 1.5
"""No drop jump is done from higher; a larger figure is an error of force or body weight."""

NO_WEIGHT = (
    "body weight is unknown: no second of quiet standing on the plates was found and no mass was given; "
    "let the person stand still for two seconds, or give the mass in kilograms"
)


def find_trials(
    signals: ForceSignals,
    *,
    params: ContactParams,
    task_params: TaskParams,
    task: Task | None = None,
    mass_kg: float | None = None,
) -> tuple[list[LandingTrial], BodyWeight | None]:
    """All trials in the signals, in order of time, and body weight (None where it cannot be known).

    task overrides what was recognised wherever the contacts needed for it exist.
    ParameterError where the sample rate is too low for the settings.
    """
    rate = signals.sample_rate_hz
    contacts, thresholds = _contacts(signals, params)
    total = signals.force_n["total"]
    stance = find_quiet_stance(total, sample_rate_hz=rate, params=task_params)
    weight = _body_weight(stance, mass_kg)
    found = find_tasks(
        contacts["total"], total, weight.value_n if weight else None, sample_rate_hz=rate, params=task_params
    )
    trials = [
        _complete(
            _overridden(one, task),
            signals,
            params=params,
            task_params=task_params,
            thresholds=thresholds,
            contacts=contacts,
            weight=weight,
        )
        for one in found
    ]
    return trials, weight


def _contacts(signals: ForceSignals, params: ContactParams) -> tuple[dict[Side, list[Contact]], dict[Side, float]]:
    """Contacts and threshold (newton) of the total and of each side, from one pass of the detector."""
    sides: list[Side] = [side for side in signals.force_n if side != "total"]
    columns = [signals.force_n[side] for side in sides] if sides else [signals.force_n["total"]]
    named: list[Side] = ["total", *sides]
    detector = LandingDetector(
        params,
        sample_rate_hz=signals.sample_rate_hz,
        offset_n=np.zeros(len(columns)),
        noise_n=[signals.noise_n.get(side, 0.0) for side in named[: 1 + len(columns) if len(columns) > 1 else 1]],
    )
    block = np.column_stack(columns)
    crossings = np.concatenate([detector.feed(block), detector.finish()])
    contacts = {side: contacts_of(crossings, index, len(block)) for index, side in enumerate(named)}
    if len(sides) == 1:
        contacts[sides[0]] = contacts["total"]
    thresholds = dict(zip(named, detector.threshold_n, strict=False))
    return contacts, thresholds


def _body_weight(stance: QuietStance | None, mass_kg: float | None) -> BodyWeight | None:
    """The plates' own reading where somebody stood still on them, else the typed mass."""
    if stance is not None:
        return BodyWeight(
            value_n=stance.body_weight_n,
            sd_n=stance.sd_n,
            method=f"mean of the quietest second of standing (SD within {stance.window_sd_n:.1f} N)",
            weighed=True,
        )
    if mass_kg is not None:
        weight = mass_kg * GRAVITY
        return BodyWeight(
            value_n=weight,
            sd_n=TYPED_MASS_SD_FRACTION * weight,
            method="typed-in mass x 9.80665 m/s² (SD 1 % assumed)",
            weighed=False,
        )
    return None


def _overridden(found: FoundTask, task: Task | None) -> FoundTask:
    """The found trial under the name the user gave; a drop landing has no flight and keeps its own."""
    if task is None or found.contact is None or task == "drop_landing":
        return found
    if task == found.task:
        return dataclasses.replace(found, reason=None)  # the person knows; a doubt about the name is settled
    looks = "nothing that can be recognised" if found.task == "unknown" else f"a {found.task.replace('_', ' ')}"
    reason = f"called a {task.replace('_', ' ')} on request; the signal looks like {looks}"
    return FoundTask(task=task, reason=reason, contact=found.contact, landing=found.landing)


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


def _complete(
    found: FoundTask,
    signals: ForceSignals,
    *,
    params: ContactParams,
    task_params: TaskParams,
    thresholds: Mapping[Side, float],
    contacts: Mapping[Side, list[Contact]],
    weight: BodyWeight | None,
) -> LandingTrial:
    feet = [side for side in contacts if side != "total"]
    motion, refusal = _motion(found, signals, weight, float(thresholds["total"]))
    in_contact = {side: _within(contacts[side], found.contact) for side in feet}
    in_landing = {side: _within(contacts[side], found.landing) for side in feet}
    return LandingTrial(
        task=found.task,
        reason=found.reason,
        signals=signals,
        params=params,
        threshold_n={side: float(thresholds.get(side, thresholds["total"])) for side in contacts},
        contact=found.contact,
        landing=found.landing,
        side_contact={side: contact for side, contact in in_contact.items() if contact is not None},
        side_landing={side: contact for side, contact in in_landing.items() if contact is not None},
        quiet_after=_quiet_after(found, signals, task_params),
        weight=weight,
        weight_refusal=None if weight else NO_WEIGHT,
        motion=motion,
        motion_refusal=refusal,
    )


def _quiet_after(found: FoundTask, signals: ForceSignals, params: TaskParams) -> float | None:
    """Middle of the quietest second of standing between the landing and the next take-off, in samples."""
    if found.landing is None:
        return None
    first, last = found.landing.start.sample, found.landing.stop.sample
    after = signals.force_n["total"][first:last]
    stance = find_quiet_stance(after, sample_rate_hz=signals.sample_rate_hz, params=params)
    return None if stance is None else first + 0.5 * (stance.start + stance.stop)


def _motion(
    found: FoundTask, signals: ForceSignals, weight: BodyWeight | None, threshold_n: float
) -> tuple[ContactMotion | None, str | None]:
    """Motion in the contact of a drop jump, or why there is none."""
    if found.task != "drop_jump" or found.contact is None or found.landing is None:
        return None, "only the contact of a drop jump is anchored at its take-off"
    if weight is None:
        return None, NO_WEIGHT
    rate = signals.sample_rate_hz
    motion = contact_motion(
        signals.force_n["total"],
        found.contact,
        weight_n=weight.value_n,
        flight_time_s=(found.landing.start.position - found.contact.stop.position) / rate,
        threshold_n=threshold_n,
        sample_rate_hz=rate,
    )
    if motion is None:
        return None, (
            f"samples are missing for more than {MAX_BRIDGED_S * 1000:.0f} ms inside the contact; "
            "check the cable and repeat the trial"
        )
    if motion.touchdown_velocity_m_per_s**2 / (2.0 * GRAVITY) > MAX_DROP_M:
        return None, (
            f"force and flight time would mean a drop of more than {MAX_DROP_M:g} m; look at body weight, and whether "
            "both plates worked to the end"
        )
    if motion.touchdown_velocity_m_per_s >= 0 or motion.lowest is None:
        return None, "force and flight time do not fit a drop: the body would have moved upwards at touchdown"
    return motion, None
