"""A session as plain values for the page: what `SessionView` holds, in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from landing_lab.app.boards.links import SILENT_S
from landing_lab.app.live.heard import LinkHealth
from landing_lab.app.record.events import PlanLine, SessionView
from landing_lab.app.record.gates import Finding
from landing_lab.app.record.protocols import Protocol
from landing_lab.app.web.boards import Look
from landing_lab.app.web.card import cards
from landing_lab.app.web.page_words import cards_on_page, on_page


def shown_view(view: SessionView) -> dict[str, object]:
    """Everything the page shows of a running session but the signals."""
    return {
        "participant": view.participant,
        "session": view.session,
        "protocol": view.protocol,
        "phase": view.phase,
        "stage": view.stage,
        "headline": view.headline,
        "instruction": view.instruction,
        "condition": view.condition,
        "number": view.number,
        "run": view.run,
        "n_planned": view.n_planned,
        "elapsed_s": round(view.elapsed_s, 1),
        "weight_n": view.weight_n,
        "zero_known": view.zero_known,
        "insoles": dict(view.insoles),
        "peaks": {side: peak._asdict() for side, peak in view.peaks.items()},
        "links": [_link(link) for link in view.links],
        "findings": shown_findings(view.findings),
        "plan": [_plan_line(line) for line in view.plan],
        "cards": cards_on_page(cards(view.trials, provisional=view.provisional)),
        "provisional": view.provisional,
        "confirming": view.confirming,
        "undoable": view.undoable,
        "accepts": view.accepts,
    }


def _link(link: LinkHealth) -> dict[str, object]:
    """How a board is heard now."""
    return {
        "name": link.name,
        "device_id": link.info.device_id,
        "rate_hz": link.rate_hz,
        "lost_fraction": link.lost_fraction,
        "silent_s": round(link.silent_s, 1),
        "silent": link.silent_s > SILENT_S,
        "away": link.away,
    }


def shown_findings(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """What was noticed, the grave things first."""
    return [on_page(asdict(one)) for one in sorted(findings, key=lambda one: one.level)]


def shown_look(look: Look) -> dict[str, object]:
    """What a look at the boards found."""
    return {
        "found": [board.as_dict() for board in look.found],
        "findings": shown_findings(look.findings),
        "silent": [{"port": port, "reason": reason} for port, reason in look.silent.items()],
        "warnings": on_page(list(look.warnings)),
    }


def shown_protocol(one: Protocol) -> dict[str, object]:
    """What may be recorded."""
    return {
        "name": one.name,
        "title": one.title,
        "task": one.task,
        "start": one.start,
        "leg": one.leg,
        "n_trials": one.n_trials,
        "box_height_m": one.box_height_m,
        "conditions": list(one.conditions),
        "order": one.order,
        "caution": one.caution,
    }


def _plan_line(line: PlanLine) -> dict[str, object]:
    entry = line.entry
    return {
        "number": line.number,
        "condition": line.condition,
        "status": line.status,
        "run": None if entry is None else entry.run,
        "notes": [] if entry is None else list(entry.notes),
    }
