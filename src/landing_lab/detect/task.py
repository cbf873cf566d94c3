"""What was done: contacts and flights become trials of a recognised task, or are said to be unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.model.blocks import FloatArray
from landing_lab.model.events import CONTACT, CrossingArray
from landing_lab.model.result import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One end of a contact, in samples: position = sample + fraction.

    slope: N per sample across the threshold. open: the signal began or ended here, so the true edge is unknown.
    """

    sample: int
    position: float
    slope: float = 0.0
    bridged: int = 0
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A stretch of one signal above the threshold."""

    start: Edge
    stop: Edge

    @property
    def n_samples(self) -> float:
        """Length in samples, fractions included."""
        return self.stop.position - self.start.position


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTask:
    """One trial as recognised: its contacts (drop or stance, then landing) and why it is what it is."""

    task: Task
    reason: str | None
    contact: Contact | None
    landing: Contact | None


def contacts_of(crossings: CrossingArray, signal: int, n_samples: int) -> list[Contact]:
    """Contacts of one signal (0 = total) in order; ends beyond the recording are open."""
    contacts: list[Contact] = []
    start: Edge | None = None
    for row in crossings[crossings["signal"] == signal]:
        edge = Edge(
            sample=int(row["sample"]),
            position=float(row["sample"] + row["fraction"]),
            slope=float(row["slope"]),
            bridged=max(0, int(row["bridged"])),
            open=bool(row["bridged"] == -1),
        )
        if row["kind"] == CONTACT:
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
            found.append(jump)
            while index + 1 < len(contacts) and _rebounds(contacts, index, sample_rate_hz, params):
                index += 1
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
    if contact.start.open or contact.stop.open or contact.n_samples > params.knock_s * sample_rate_hz:
        return False
    return bool(np.nanmax(total_n[contact.start.sample : contact.stop.sample], initial=0.0) < weakest_n)


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
        if empty_s >= params.min_empty_before_s:
            return FoundTask(task="drop_jump", reason=None, contact=contact, landing=landing)
        reason = f"the plates were empty for only {empty_s:.2f} s before the contact: a drop cannot be told from a step"
        return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing)
    if weight_n is None:
        reason = "a jump from standing, but body weight is unknown, so a countermovement cannot be told from a squat"
        return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing)
    total_bw = total_n / weight_n
    begins_bw = _begins_at_bw(contact, total_bw, sample_rate_hz)
    short = contact_s < params.countermovement_window_s
    if contact.start.open and short and not abs(begins_bw - 1.0) <= params.standing_within_bw:
        reason = (
            f"the recording begins {contact_s:.2f} s before take-off with {begins_bw:.2f} body weights on the plates: "
            "a drop jump cut short cannot be told from a jump from standing; start the recording earlier"
        )
        return FoundTask(task="unknown", reason=reason, contact=contact, landing=landing)
    return _jump_from_standing(contact, landing, total_bw, sample_rate_hz=sample_rate_hz, params=params)


def _begins_at_bw(contact: Contact, total_bw: FloatArray, sample_rate_hz: float) -> float:
    """Mean force of the first 20 ms of a contact, body weights."""
    first = contact.start.sample
    return float(np.nanmean(total_bw[first : first + max(1, round(0.02 * sample_rate_hz))]))


def _jump_from_standing(
    contact: Contact, landing: Contact, total_bw: FloatArray, *, sample_rate_hz: float, params: TaskParams
) -> FoundTask | None:
    stop = contact.stop.sample
    start = max(contact.start.sample, stop - round(params.countermovement_window_s * sample_rate_hz))
    push = total_bw[start:stop]
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
