"""What was done: contacts and flights become trials of a recognised task, or are said to be unknown."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.model.blocks import FloatArray
from landing_lab.model.events import CONTACT
from landing_lab.model.result import Task


@dataclass(slots=True, kw_only=True)
class Edge:
    """One end of a contact, in samples: position = sample + fraction.

    slope: N per sample across the threshold. open: the signal began or ended here, so the true edge is unknown.
    """

    sample: int
    position: float
    slope: float = 0.0
    bridged: int = 0
    open: bool = False


@dataclass(slots=True, kw_only=True)
class Contact:
    """A stretch of one signal above the threshold."""

    start: Edge
    stop: Edge

    @property
    def n_samples(self) -> float:
        """Length in samples, fractions included."""
        return self.stop.position - self.start.position

    def first(self, n_samples: float) -> Contact:
        """The first n_samples of it, or all where it is shorter."""
        if self.n_samples <= n_samples:
            return self
        end = self.start.position + n_samples
        return Contact(start=self.start, stop=Edge(sample=math.ceil(end), position=end, open=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTask:
    """One trial as recognised: its contacts (drop or stance, then landing) and why it is what it is.

    no_jump: the reason is that perhaps nobody jumped at all, which makes every number doubtful.
    """

    task: Task
    reason: str | None
    contact: Contact | None
    landing: Contact | None
    no_jump: bool = False


def contacts_of(crossings: Sequence[tuple[Any, ...]], signal: int, n_samples: int) -> list[Contact]:
    """Contacts of one signal (0 = total) in order; ends beyond the recording are open.

    crossings: rows of EVENT_DTYPE as plain tuples.
    """
    contacts: list[Contact] = []
    start: Edge | None = None
    for kind, of, sample, fraction, slope, bridged, _decided, _confirmed in crossings:
        if of != signal:
            continue
        edge = Edge(sample=sample, position=sample + fraction, slope=slope, bridged=max(0, bridged), open=bridged == -1)
        if kind == CONTACT:
            start = edge
        elif start is not None:
            contacts.append(Contact(start=start, stop=edge))
            start = None
    if start is not None:
        end = Edge(sample=n_samples, position=float(n_samples - 1), open=True)
        contacts.append(Contact(start=start, stop=end))
    return contacts


def find_tasks(
    contacts: Sequence[Contact],
    total_n: FloatArray,
    weight_n: float | None,
    *,
    sample_rate_hz: float,
    params: TaskParams,
) -> list[FoundTask]:
    """Trials in order of time.

    contacts: of the total. total_n: (n,) newton, offset removed. weight_n: body weight, None where unknown.

    A flight is an unloaded stretch of plausible length between two contacts. The contact before it makes the
    task: short and entered from empty plates, a drop jump; standing, a countermovement or squat jump. A
    landing from empty plates without a flight after it is a drop landing. A landing that rebounds belongs to
    the jump before it and starts no new trial.
    """
    weakest_n = params.knock_n if weight_n is None else params.knock_bw * weight_n
    contacts = [contact for contact in contacts if not _is_knock(contact, total_n, weakest_n, sample_rate_hz, params)]
    found: list[FoundTask] = []
    index = 0
    while index < len(contacts):
        contact = contacts[index]
        following = contacts[index + 1] if index + 1 < len(contacts) else None
        if following is not None and _is_flight(contact, following, sample_rate_hz, params):
            before = contacts[index - 1] if index else None
            jump = _jump(contact, following, before, total_n, weight_n, sample_rate_hz=sample_rate_hz, params=params)
            index += 1
            if jump is None:
                continue
            landed = index
            while index + 1 < len(contacts) and _rebounds(contacts, index, sample_rate_hz, params):
                index += 1
            doubt = _hops(contacts[landed : index + 1], weight_n, sample_rate_hz, params)
            doubtful = doubt is not None and not jump.reason
            found.append(dataclasses.replace(jump, reason=doubt, no_jump=True) if doubtful else jump)
            # The landing may be the stance of the next jump, but only where the person came to rest in it.
            if not _starts_a_jump(contacts, index, sample_rate_hz, params):
                index += 1
            continue
        if _is_drop_landing(contacts, index, total_n, weight_n, sample_rate_hz, params):
            found.append(FoundTask(task="drop_landing", reason=None, contact=None, landing=contact))
        index += 1
    return found


def _is_knock(
    contact: Contact, total_n: FloatArray, weakest_n: float, sample_rate_hz: float, params: TaskParams
) -> bool:
    force = total_n[contact.start.sample : contact.stop.sample]
    peak_n = float(force.max(initial=0.0))
    if math.isnan(peak_n):
        peak_n = float(np.nanmax(force, initial=0.0))
    if peak_n < params.knock_n:  # nobody is that light, however long it lasts: an offset, a drift, a cable
        return True
    if contact.start.open or contact.stop.open or contact.n_samples > params.knock_s * sample_rate_hz:
        return False
    return bool(peak_n < weakest_n)


def _is_flight(contact: Contact, following: Contact, sample_rate_hz: float, params: TaskParams) -> bool:
    flight_s = (following.start.position - contact.stop.position) / sample_rate_hz
    return (
        not contact.stop.open
        and not following.start.open
        and params.min_flight_s <= flight_s <= params.max_flight_s
    )  # fmt: skip


def _rebounds(contacts: Sequence[Contact], index: int, sample_rate_hz: float, params: TaskParams) -> bool:
    landing = contacts[index]
    return landing.n_samples < params.max_drop_jump_contact_s * sample_rate_hz and _is_flight(
        landing, contacts[index + 1], sample_rate_hz, params
    )


def _hops(landings: Sequence[Contact], weight_n: float | None, sample_rate_hz: float, params: TaskParams) -> str | None:
    """Why a jump with these landings, one after the other, may have been a hop or a step; None where it was not."""
    if len(landings) > params.most_rebounds + 1:
        return (
            f"{len(landings) - 1} more flights follow without a rest: hopping looks the same; only the first contact "
            "and flight were measured"
        )
    stays_s = landings[-1].n_samples / sample_rate_hz
    # Where nobody ever stood still, even a slow step may have been walked.
    least_s = params.quiet_window_s if weight_n is None else params.least_landing_s
    if not landings[-1].stop.open and stays_s < least_s:
        return (
            f"the plates are left {stays_s:.2f} s after the landing: two steps of a walk or a run look the same; "
            "let the person stand still after the landing"
        )
    return None


def _starts_a_jump(contacts: Sequence[Contact], index: int, sample_rate_hz: float, params: TaskParams) -> bool:
    rested = contacts[index].n_samples >= params.max_drop_jump_contact_s * sample_rate_hz
    if not rested or index + 1 >= len(contacts):
        return False
    return _is_flight(contacts[index], contacts[index + 1], sample_rate_hz, params)


def _empty_before_s(contact: Contact, before: Contact | None, sample_rate_hz: float) -> float:
    begin = before.stop.position if before is not None else 0.0
    return 0.0 if contact.start.open else (contact.start.position - begin) / sample_rate_hz


def _jump(
    contact: Contact,
    landing: Contact,
    before: Contact | None,
    total_n: FloatArray,
    weight_n: float | None,
    *,
    sample_rate_hz: float,
    params: TaskParams,
) -> FoundTask | None:
    contact_s = contact.n_samples / sample_rate_hz
    empty_s = _empty_before_s(contact, before, sample_rate_hz)
    if contact_s <= params.max_drop_jump_contact_s and not contact.start.open:
        if weight_n is not None and (mean_bw := _mean_bw(contact, total_n, weight_n)) < params.least_mean_bw:
            reason = (
                f"force between touchdown and take-off averages {mean_bw:.2f} body weights, too little to brake a drop "
                "and to jump: somebody walked over the plates, a plate does not measure, or body weight is wrong"
            )
            return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing, no_jump=True)
        if empty_s >= params.min_empty_before_s:
            return FoundTask(task="drop_jump", reason=None, contact=contact, landing=landing)
        reason = f"the plates were empty for only {empty_s:.2f} s before the contact: a drop cannot be told from a step"
        return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing, no_jump=True)
    if weight_n is None:
        reason = "a jump from standing, but body weight is unknown, so a countermovement cannot be told from a squat"
        return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing)
    begins_bw = _begins_at_n(contact, total_n, sample_rate_hz) / weight_n
    short = contact_s < params.countermovement_window_s
    if contact.start.open and short and not abs(begins_bw - 1.0) <= params.standing_within_bw:
        reason = (
            f"the recording begins {contact_s:.2f} s before take-off with {begins_bw:.2f} body weights on the plates: "
            "a drop jump cut short cannot be told from a jump from standing; start the recording earlier"
        )
        return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing)
    return _jump_from_standing(contact, landing, total_n, weight_n, sample_rate_hz=sample_rate_hz, params=params)


def _mean_bw(contact: Contact, total_n: FloatArray, weight_n: float) -> float:
    """Mean force of a contact, body weights; infinite where all of it is missing."""
    mean = _mean_of_known(total_n[contact.start.sample : contact.stop.sample])
    return math.inf if math.isnan(mean) else mean / weight_n


def _begins_at_n(contact: Contact, total_n: FloatArray, sample_rate_hz: float) -> float:
    """Mean force of the first 20 ms of a contact, newton; NaN where all of it is missing."""
    first = contact.start.sample
    return _mean_of_known(total_n[first : first + max(1, round(0.02 * sample_rate_hz))])


def _mean_of_known(force_n: FloatArray) -> float:
    """Mean without missing samples; NaN where there is none."""
    mean = float(force_n.mean()) if len(force_n) else math.nan
    if math.isnan(mean) and not np.isnan(force_n).all():
        return float(np.nanmean(force_n))
    return mean


def _jump_from_standing(
    contact: Contact,
    landing: Contact,
    total_n: FloatArray,
    weight_n: float,
    *,
    sample_rate_hz: float,
    params: TaskParams,
) -> FoundTask | None:
    stop = contact.stop.sample
    start = max(contact.start.sample, stop - round(params.countermovement_window_s * sample_rate_hz))
    push = total_n[start:stop] / weight_n
    if len(push) == 0 or np.isnan(push).all() or np.nanmax(push) < params.push_off_bw:
        return None
    peak = int(np.nanargmax(push))
    dip = float(np.nanmin(push[: peak + 1]))
    task: Task = "countermovement_jump" if dip < params.countermovement_dip_bw else "squat_jump"
    reason = None
    if abs(dip - params.countermovement_dip_bw) < params.dip_doubt_bw:
        reason = (
            f"force dips to {dip:.2f} body weights before the push: between a countermovement and a squat jump; "
            "state the task if you know it"
        )
    return FoundTask(task=task, reason=reason, contact=contact, landing=landing)


def _is_drop_landing(
    contacts: Sequence[Contact],
    index: int,
    total_n: FloatArray,
    weight_n: float | None,
    sample_rate_hz: float,
    params: TaskParams,
) -> bool:
    contact = contacts[index]
    before = contacts[index - 1] if index else None
    if weight_n is None or contact.start.open:
        return False
    if _empty_before_s(contact, before, sample_rate_hz) < params.min_empty_before_s:
        return False
    first = total_n[contact.start.sample : contact.start.sample + round(0.3 * sample_rate_hz)]
    stays = contact.n_samples >= sample_rate_hz * params.quiet_window_s
    return stays and len(first) > 0 and bool(np.nanmax(first) >= params.drop_landing_peak_bw * weight_n)
