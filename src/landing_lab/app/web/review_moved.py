"""Events that a person moves by hand: kept beside the session with who and why; the automatic ones stay."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import landing_lab
from landing_lab.app.web.entered import number_of, text_of
from landing_lab.app.web.review_choice import ChosenTrial
from landing_lab.errors import ParameterError
from landing_lab.io.annotations import (
    Annotations,
    MovedEvent,
    Withdrawn,
    changing_annotations,
    read_annotations,
    write_annotations,
)
from landing_lab.model.result import TrialResult
from landing_lab.report.moved_events import moved_sentence
from landing_lab.report.names import event_label, sentence, side_label

MOVABLE: Final = ("touchdown", "take_off", "landing")
INITIALS: Final = re.compile(r"[^\W_]{1,8}")
LEAST_WHY: Final = 3
_FURTHEST_S: Final = 1e6


def moved_event(chosen: ChosenTrial, trial: TrialResult, asked: Mapping[str, Any]) -> MovedEvent:
    """What a page asks to move, checked. Raises ParameterError where it cannot be meant."""
    event, side = text_of(asked, "event"), text_of(asked, "side", default="total")
    known = next((one for one in sides_of(trial) if one == side), None)
    if event not in MOVABLE or known is None:
        raise ParameterError("only touchdown, take-off and landing of the total or of a foot can be moved")
    moved_s = number_of(asked, "moved_s")
    if moved_s is None:
        raise ParameterError("the time is missing; give it in seconds of the recording")
    by, why = initials_of(asked), why_of(asked)
    signals = trial.signals
    first, last = (0.0, _FURTHEST_S) if signals is None else (float(signals.times_s[0]), float(signals.times_s[-1]))
    if not first <= moved_s <= last:
        raise ParameterError(f"the recording goes from {first:.3f} to {last:.3f} s; choose a time in it")
    found = trial.events.get(event, known)  # type: ignore[arg-type]
    return MovedEvent(
        id=0, task=chosen.entry.task, run=chosen.entry.run, index=trial.index, event=event, side=side,
        automatic_s=None if found is None else found.time_s, moved_s=moved_s, by=by, why=why, at=_now(),
        software=f"landing-lab {landing_lab.__version__}",
    )  # fmt: skip


def keep_moved(chosen: ChosenTrial, trial: TrialResult, event: MovedEvent) -> Annotations:
    """Write a moved event beside the session. Raises ParameterError where the order of events would be broken."""
    folder = chosen.folder
    with changing_annotations(folder.path):
        found = read_annotations(folder.path).with_moved(event)
        times = _times(trial, found.holding(event.task, event.run, trial.index), event.side)
        in_order = [(name, time) for name in MOVABLE if (time := times.get(name)) is not None]
        for (before, early), (after, late) in itertools.pairwise(in_order):
            if not early < late:
                raise ParameterError(
                    f"{event_label(before)} would be at {early:.4f} s and {event_label(after)} at {late:.4f} s; "
                    f"{event_label(before)} comes first"
                )
        write_annotations(folder.path, found, participant=folder.participant, session=folder.label)
    return found


def withdraw(chosen: ChosenTrial, asked: Mapping[str, Any]) -> Annotations:
    """Take a moved event back; it stays in the history. Raises ParameterError where there is none that holds."""
    number = asked.get("id")
    by, why = initials_of(asked), why_of(asked)
    folder = chosen.folder
    with changing_annotations(folder.path):
        found = read_annotations(folder.path)
        if isinstance(number, bool) or number not in [
            one.id for one in found.holding(chosen.entry.task, chosen.entry.run)
        ]:
            raise ParameterError("this event is not moved any more; reload the page")
        changed = found.with_withdrawn(int(number), Withdrawn(by=by, why=why, at=_now()))
        write_annotations(folder.path, changed, participant=folder.participant, session=folder.label)
    return changed


def initials_of(asked: Mapping[str, Any]) -> str:
    """Who: initials, never a name."""
    by = text_of(asked, "by").strip()
    if not INITIALS.fullmatch(by):
        raise ParameterError("who moves it: give initials, 1 to 8 letters or digits, such as AB")
    return by


def why_of(asked: Mapping[str, Any]) -> str:
    """Why, in a few words."""
    why = text_of(asked, "why").strip()
    if len(why) < LEAST_WHY:
        raise ParameterError("say why, so that others can judge it later")
    return why


def sides_of(trial: TrialResult) -> list[str]:
    """The total and each foot or plate that has a force of its own."""
    feet = () if trial.signals is None else [side for side in trial.signals.force_n if side != "total"]
    return ["total", *feet]


def moved_shown(trial: TrialResult, chosen: ChosenTrial, annotations: Annotations) -> dict[str, object]:
    """What was moved in a trial, what was taken back, and what contact and flight would last between moved events."""
    own = [one for one in annotations.moved if one.is_of(chosen.entry.task, chosen.entry.run, trial.index)]
    holding = [one for one in own if one.withdrawn is None]
    return {
        "problem": annotations.problem or "",
        "holding": [{**asdict(one), "text": f"{moved_sentence(one)}."} for one in holding],
        "history": [{**asdict(one), "text": f"{moved_sentence(one)}."} for one in own if one.withdrawn is not None],
        "would_be": [line for side in sides_of(trial) for line in _would_be(trial, holding, side)],
    }


def _would_be(trial: TrialResult, holding: Sequence[MovedEvent], side: str) -> list[dict[str, object]]:
    """Contact and flight of a side between its events as moved; none where nothing of it was moved."""
    times = _times(trial, holding, side)
    by_hand = {one.event for one in holding if one.side == side}
    lines: list[dict[str, object]] = []
    for metric, start, stop in (("contact_time_s", "touchdown", "take_off"), ("flight_time_s", "take_off", "landing")):
        begin_s, end_s = times.get(start), times.get(stop)
        if not by_hand & {start, stop} or begin_s is None or end_s is None:
            continue
        row = trial.table.get(metric, side)  # type: ignore[arg-type]
        name = f"{metric.removesuffix('_time_s')} time{'' if side == 'total' else f', {side_label(side)}'}"
        lines.append(
            {
                "name": metric,
                "side": side,
                "label": sentence(name),
                "value_s": end_s - begin_s,
                "automatic_s": None if row is None else row.value,
                "automatic_sd_s": None if row is None else row.sd,
            }
        )
    return lines


def _times(trial: TrialResult, holding: Sequence[MovedEvent], side: str) -> dict[str, float]:
    """Event -> time of the side, as moved where it was moved."""
    found = {
        event.name: event.time_s
        for event in trial.events
        if event.side == side and event.name in MOVABLE and math.isfinite(event.time_s)
    }
    return {**found, **{one.event: one.moved_s for one in holding if one.side == side}}


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds")
