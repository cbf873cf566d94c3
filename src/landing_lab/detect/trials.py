"""From force signals to trials: contacts, body weight, tasks and motion, in that order."""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from landing_lab.detect.complete import complete
from landing_lab.detect.force_doubts import NO_TAKE_OFF
from landing_lab.detect.landing import LandingDetector
from landing_lab.detect.params import ContactParams, ImpactParams, TaskParams
from landing_lab.detect.stance import QuietStance, find_quiet_stance
from landing_lab.detect.task import Contact, FoundTask, contacts_of, find_tasks
from landing_lab.detect.trial import SAMPLING_SD, BodyWeight, LandingTrial
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import ForceSignals, Task
from landing_lab.model.runs import bridged, runs
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

TYPED_MASS_SD_FRACTION = 0.01
"""Standard uncertainty of a typed-in mass: clothes, shoes and bathroom scales together."""

OTHER_WEIGHT = 0.05
"""Two readings of one standing person differ by less than this share."""

EDGE_HOLE_S: Final = 0.08
"""Missing samples on end in which a short flight fits: a foot may have left or come back anywhere in them."""

NEAR_EDGE_S: Final = 0.02
"""Force beside a hole is made of sensors that have just come back."""

SHORT_HOLE_S = 0.1
"""Insoles on the air lose packets of up to 60 ms several times a second (loadsol); standing goes on meanwhile."""

LIGHT_N = 300.0
"""A lighter landing without a jump may be a box."""


def find_trials(
    signals: ForceSignals,
    *,
    params: ContactParams,
    task_params: TaskParams,
    task: Task | None = None,
    mass_kg: float | None = None,
    impact_params: ImpactParams | None = None,
) -> tuple[list[LandingTrial], BodyWeight | None]:
    """All trials in the signals, in order of time, and body weight (None where it cannot be known).

    task overrides what was recognised wherever the contacts needed for it exist.
    ParameterError where the sample rate is too low for the settings.
    """
    rate = signals.sample_rate_hz
    contacts, thresholds = _contacts(signals, params)
    total = signals.force_n["total"]
    noise_n = signals.noise_n.get("total", 0.0)
    stance = None  # nominal newton weigh nobody
    if signals.force_refusal is None:
        weighed = bridged(total, SHORT_HOLE_S * rate) if signals.sensor_kind == "pressure_insole" else total
        stance = find_quiet_stance(weighed, sample_rate_hz=rate, params=task_params, noise_n=noise_n)
    rounding_sd_n = _rounding_sd_n(signals)
    weight = _body_weight(stance, mass_kg, rounding_sd_n)
    impact_params = impact_params or ImpactParams()
    found = find_tasks(
        contacts["total"], total, weight.value_n if weight else None, sample_rate_hz=rate, params=task_params
    )
    for side, touches in contacts.items():
        _open_at_holes(touches, signals.force_n[side], rate)
    trials = []
    for one in found:
        named = _overridden(one, task)
        own = _standing_of_another(one, stance, signals, task_params)
        doubt = _light(one, weight, mass_kg) if own is None else _two_weights(own, weight)
        if named.contact is not None and named.contact.stop.open:
            named = _doubted(named, NO_TAKE_OFF, no_jump=False)
        trials.append(
            complete(
                named if doubt is None else _doubted(named, doubt, no_jump=own is None),
                signals,
                params=params,
                task_params=task_params,
                impact_params=impact_params,
                thresholds=thresholds,
                contacts=contacts,
                weight=weight if own is None else _body_weight(own, mass_kg, rounding_sd_n),
                quietest=stance,
            )
        )
    return trials, weight


def _open_at_holes(contacts: list[Contact], force_n: FloatArray, rate_hz: float) -> None:
    """Mark ends of contacts as unknown where a hole longer than EDGE_HOLE_S reaches to them.

    The detector bridges holes: a foot that left within one would be on the ground until the samples come back.
    """
    near = round(NEAR_EDGE_S * rate_hz)
    holes = [(start, stop) for start, stop in runs(np.isnan(force_n)).tolist() if stop - start > EDGE_HOLE_S * rate_hz]
    for contact in contacts:
        for edge in (contact.start, contact.stop):
            edge.open = edge.open or any(start - near <= edge.sample <= stop + near for start, stop in holes)


def _doubted(found: FoundTask, doubt: str, *, no_jump: bool) -> FoundTask:
    reason = "; ".join(filter(None, (found.reason, doubt)))
    return dataclasses.replace(found, reason=reason, no_jump=found.no_jump or no_jump)


def _standing_of_another(
    found: FoundTask, stance: QuietStance | None, signals: ForceSignals, params: TaskParams
) -> QuietStance | None:
    """Standing within this trial whose weight is not that of the recording's quietest second elsewhere, or None.

    Of standing before and after the larger one counts: a foot beside the plates only ever takes weight off.
    """
    contacts = [contact for contact in (found.contact, found.landing) if contact is not None]
    if stance is None or any(one.start.sample <= stance.start < one.stop.sample for one in contacts):
        return None
    total = signals.force_n["total"]
    own = [
        find_quiet_stance(
            total[one.start.sample : one.stop.sample],
            sample_rate_hz=signals.sample_rate_hz,
            params=params,
            noise_n=signals.noise_n.get("total", 0.0),
        )
        for one in contacts
    ]
    heaviest = max((one for one in own if one is not None), key=lambda one: one.body_weight_n, default=None)
    if heaviest is None or abs(heaviest.body_weight_n / stance.body_weight_n - 1.0) <= OTHER_WEIGHT:
        return None
    return heaviest


def _two_weights(own: QuietStance, weight: BodyWeight | None) -> str | None:
    if weight is None:
        return None
    return (
        f"standing in this trial reads {own.body_weight_n:.0f} N and elsewhere in the recording "
        f"{weight.value_n:.0f} N: another person, or a foot beside the plates; the standing of this trial was used"
    )


def _light(found: FoundTask, weight: BodyWeight | None, mass_kg: float | None) -> str | None:
    """Why a landing that nobody rebounds from may be a thing put down; None where the mass is typed or a person's."""
    if found.task != "drop_landing" or weight is None or mass_kg is not None or weight.value_n >= LIGHT_N:
        return None
    return (
        f"what landed weighs {weight.value_n / GRAVITY:.0f} kg: a child, a thing put on the plates, or a plate that "
        "does not measure; give the person's mass in kilograms"
    )


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
    crossings = [*detector.feed(block).tolist(), *detector.finish().tolist()]
    contacts = {side: contacts_of(crossings, index, len(block)) for index, side in enumerate(named)}
    if len(sides) == 1:
        contacts[sides[0]] = contacts["total"]
    thresholds = dict(zip(named, detector.threshold_n.tolist(), strict=False))
    return contacts, thresholds


def _rounding_sd_n(signals: ForceSignals) -> float:
    """SD in newton that the least step of the plates leaves in a mean of standing.

    Noise makes readings of a constant force fall on several steps, and their mean forgets the steps: what is left
    of an error of rounding then is exp(-2 (pi noise / step)^2) (Widrow 1996, doi:10.1109/19.492748, from memory).
    Readings that merely flicker between two steps show up to half a step of noise without any such help.
    """
    step = signals.resolution_n
    if not step > 0.0:
        return 0.0
    sides: list[Side] = [side for side in signals.force_n if side != "total"] or ["total"]
    noises = [(signals.noise_n.get(side, 0.0) / step) ** 2 - 0.25 for side in sides]
    return math.hypot(*(SAMPLING_SD * step * math.exp(-2.0 * math.pi**2 * max(square, 0.0)) for square in noises))


def _body_weight(stance: QuietStance | None, mass_kg: float | None, rounding_sd_n: float) -> BodyWeight | None:
    """The plates' own reading where somebody stood still on them, else the typed mass."""
    if stance is not None:
        return BodyWeight(
            value_n=stance.body_weight_n,
            sd_n=math.hypot(stance.sd_n, rounding_sd_n),
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
    if task is None or task == found.task == "drop_landing":
        return found
    if found.contact is None or task == "drop_landing":
        shape = "has a flight before its landing" if found.contact is not None else "has no flight"
        kept = found.task.replace("_", " ")
        reason = f"a {task.replace('_', ' ')} was asked for, but this trial {shape}; it stays a {kept}"
        return dataclasses.replace(found, reason=reason)
    if task == found.task:
        return dataclasses.replace(found, reason=None)  # the person knows; a doubt about the name is settled
    looks = "nothing that can be recognised" if found.task == "unknown" else f"a {found.task.replace('_', ' ')}"
    reason = f"called a {task.replace('_', ' ')} on request; the signal looks like {looks}"
    return dataclasses.replace(found, task=task, reason=reason)
