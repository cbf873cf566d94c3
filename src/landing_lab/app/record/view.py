"""A session at an instant, in words and numbers, for whoever draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from landing_lab.app.boards.links import RECONNECT_S
from landing_lab.app.live.trial import LOADED_N, Stage
from landing_lab.app.record.events import PlanLine, SessionView
from landing_lab.app.record.protocols import Protocol
from landing_lab.app.record.verdict import ALL_THE_SAME, undoable

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

HEADLINES: Final[dict[Stage, str]] = {
    "boards": "WAITING FOR THE BOARDS",
    "stand": "WEIGHING: STAND STILL",
    "weighed": "WEIGHED",
    "armed": "READY",
    "moving": "JUMP",
    "landed": "LANDED: STAND STILL",
    "complete": "DONE",
}

PHASES: Final = {
    "starting": "GETTING READY",
    "away": "A BOARD IS AWAY",
    "measuring": "MEASURING",
    "verdict": "YOUR VERDICT?",
    "writing": "WRITING",
    "reporting": "WRITING THE REPORT",
    "over": "SESSION OVER",
}


def words(protocol: Protocol, stage: Stage, *, knows_empty: bool) -> str:
    """What the athlete does next."""
    on = {"both": "one foot on each plate", "left": "on the left foot", "right": "on the right foot"}[protocol.leg]
    if stage == "stand":
        if protocol.start == "box":
            return "weighing: stand still on the plates (or step up onto the box)"
        return f"step onto the plates, {on}, and stand still" if knows_empty else "leave the plates once, then step on"
    box = protocol.start == "box"
    if stage == "weighed" and not knows_empty:
        return "step up onto the box: empty plates give the zero, and then the weight"
    return {
        "boards": "waiting for the boards",
        "weighed": "weighed: step up onto the box (if you are on it, begin)",
        "armed": f"{'plates empty' if box else 'weighed'}: {protocol.go or 'begin when ready'}",
        "moving": "jump" if protocol.n_touchdowns == 2 or not box else "landing",
        "landed": "landed: stand still",
        "complete": "done: step off",
    }[stage]


def instruction(session: RecordSession) -> str:
    """What to do next in the session's trial, or before it."""
    if session.phase == "away":
        return f"{session.waits_for}: look at its cable and its power; it is waited for up to {RECONNECT_S:.0f} s"
    if session.watch is None:
        return "getting ready"
    live = session.watch.live
    return words(session.protocol, live.stage, knows_empty=live.zero_known)


def headline(session: RecordSession) -> str:
    """The same in a word or two that are read from across the room; nothing is called weighed before it is."""
    if session.phase != "recording" or session.watch is None:
        return PHASES[session.phase]
    live = session.watch.live
    if (condition := _new_condition(session)) and live.stage in ("boards", "stand", "weighed", "armed"):
        return f"{'READY' if live.stage == 'armed' else 'NOW'}: {condition.replace('_', ' ').upper()}"
    if live.stage == "weighed" and live.weight_n is None:
        return "STEP UP"
    if live.stage == "stand" and session.protocol.start == "plates":
        return "STEP ON" if live.load_n < LOADED_N else "STAND STILL"
    return HEADLINES[live.stage]


def _run(session: RecordSession) -> int:
    """Number of the recording that is made or judged now, 0 before the first."""
    return session.run_number if session.planned is not None else 0


def _new_condition(session: RecordSession) -> str:
    """The condition, where the trial before had another one or none."""
    if session.planned is None:
        return ""
    earlier = session.book.state.trials[:-1]
    return "" if earlier and earlier[-1].condition == session.planned.condition else session.planned.condition


def plan_lines(session: RecordSession) -> tuple[PlanLine, ...]:
    """Every planned trial with what became of it."""
    accepted: dict[str, list[int]] = {}
    entries = session.book.accepted
    for index, entry in enumerate(entries):
        accepted.setdefault(entry.condition, []).append(index)
    left_out = session.book.left_out
    lines = []
    current = session.planned.number if session.planned is not None and session.phase != "over" else None
    for planned in session.book.plan:
        if planned.number in left_out:
            lines.append(PlanLine(number=planned.number, condition=planned.condition, status="left out"))
        elif accepted.get(planned.condition):
            entry = entries[accepted[planned.condition].pop(0)]
            lines.append(PlanLine(number=planned.number, condition=planned.condition, status="accepted", entry=entry))
        else:
            here = planned.number == current
            lines.append(PlanLine(number=planned.number, condition=planned.condition, status="now" if here else "open"))
    return tuple(lines)


def _waiting(session: RecordSession) -> str:
    if session.phase != "verdict" or session.settings.auto_accept:
        return ""
    if session.confirming:
        return ALL_THE_SAME
    return "look at the numbers: accept, reject or repeat this trial"


def view_of(session: RecordSession) -> SessionView:
    """All there is to show now."""
    state, watch = session.book.state, session.watch
    live = None if watch is None else watch.live
    stage: Stage = "boards" if live is None else live.stage
    recording = session.phase == "recording"
    return SessionView(
        participant=state.participant,
        session=state.session,
        protocol=session.protocol.title,
        phase=session.phase,
        stage=stage,
        headline=headline(session),
        instruction=instruction(session) if recording or session.phase == "away" else _waiting(session),
        condition=session.planned.condition if session.planned is not None else "",
        number=session.planned.number if session.planned is not None else 0,
        run=_run(session),
        n_planned=len(session.book.plan),
        elapsed_s=0.0 if watch is None else session.now() - watch.begun_s,
        load_n=0.0 if live is None else live.load_n,
        weight_n=None if live is None else live.weight_n,
        zero_known=live is not None and live.zero_known,
        feet_n={} if live is None else live.feet_n,
        insoles={} if live is None else {name: insole.in_contact for name, insole in live.insoles.items()},
        peaks={} if live is None else live.peaks.last,
        links=() if watch is None or session.phase == "away" else watch.links.health(),
        findings=session.findings,
        plan=plan_lines(session),
        trials=session.trials,
        provisional=session.provisional,
        confirming=session.confirming,
        undoable=undoable(session),
        accepts=session.settings.accept_clean,
    )
