"""All there is to show of a calibration at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landing_lab.app.calibration.events import CalibrationView, StepLine
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout, default_layout

if TYPE_CHECKING:
    from landing_lab.app.calibration.session import CalibrationSession

CHANGE_S = 5.0
"""What it takes to put something down and let it come to rest."""


def view_of(session: CalibrationSession) -> CalibrationView:
    """The view of this instant."""
    step, watch = session.step, session.watch
    names = [channel.name for channel in session.layout.channels]
    slots = session.board.slots
    level = slots[-1].level if slots else np.full(len(names), np.nan)
    above = level - (np.zeros_like(level) if session.empty_n is None else session.empty_n)
    return CalibrationView(
        title=session.title,
        phase=session.phase,
        step=step,
        number=len(session.records) + 1,
        n_steps=len(session.steps),
        headline=headline(session),
        instruction="" if step is None else step.instruction,
        problem=session.problem or getattr(watch, "problem", ""),
        remaining_s=0.0 if watch is None else watch.remaining_s,
        seen=0 if watch is None else watch.seen,
        left_s=sum(_about_s(one) for one in session.steps[len(session.records) :]),
        silent_s=session.now() - session.heard_s,
        zeroed=session.empty_n is not None or (step is not None and step.cell is not None),
        cells_n={name: float(force) for name, force in zip(names, above, strict=True) if np.isfinite(force)},
        sides={channel.name: channel.side for channel in session.layout.channels},
        insoles_n=_insoles(session),
        lines=_lines(session),
        cells=_on_the_bench(session, step),
    )


def _on_the_bench(session: CalibrationSession, step: GuidedStep | None) -> InsoleLayout | None:
    if step is None or step.cell is None:
        return None
    return session.cells or default_layout(session.links[0].info.n_channels)


def headline(session: CalibrationSession) -> str:
    """What is going on, in a few words."""
    step, watch = session.step, session.watch
    if step is None or watch is None:
        return "DONE"
    repeat = f" {watch.seen + 1} of {step.repeats}" if step.repeats > 1 else ""
    if session.phase == "problem":
        return "PROBLEM"
    if session.phase == "measure":
        return f"KEEP STILL{repeat}" if step.kind != "posture" or step.gate == "empty" else "GO ON"
    if session.phase == "ready":
        return {"unload": f"GO! TAKE IT OFF{repeat}", "tap": f"KNOCK NOW{repeat}"}.get(step.kind, "GET READY")
    if session.phase == "settle":
        return "WAITING UNTIL IT IS STILL"
    return {"posture": "WAITING FOR YOU", "unload": f"PUT THE MASS ON{repeat}"}.get(step.kind, "WAITING FOR THE LOAD")


def _about_s(step: GuidedStep) -> float:
    if step.repeats > 1:
        return step.repeats * 2.0 * CHANGE_S
    return CHANGE_S + step.seconds


def _insoles(session: CalibrationSession) -> dict[Side, tuple[float | None, float]]:
    live = session.insoles
    return {
        side: (live.gain[side] * total if side in live.gain else None, live.plate_n.get(side, 0.0))
        for side, total in live.sums_n.items()
    }


def _lines(session: CalibrationSession) -> tuple[StepLine, ...]:
    lines = [
        StepLine(step=one.step, status=one.status, told=one.told, residual_n=session.residuals.get(one.step.key))
        for one in session.records
    ]
    now = len(lines)
    lines += [
        StepLine(step=step, status="now" if number == 0 and not session.ended else "open")
        for number, step in enumerate(session.steps[now:])
    ]
    return tuple(lines)
