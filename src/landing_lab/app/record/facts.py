"""What was entered for a session, and what of it stands in raw files and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import landing_lab
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.protocols import Protocol
from landing_lab.app.record.report import ReportOrder
from landing_lab.io.layout_files import documents_of
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.model.calibration import Calibration, as_document
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.trial_label import TrialLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What was entered for a session beside its protocol. max_duration_s: of a trial, counted from its arming."""

    mass_kg: float | None = None
    box_height_m: float | None = None
    max_duration_s: float = 120.0
    auto_accept: bool = False
    operator: str | None = None
    note: str | None = None


def facts_of_trial(
    state: SessionState,
    entry: TrialEntry,
    protocol: Protocol,
    settings: SessionSettings,
    calibrations: Mapping[str, Calibration],
    layouts: Mapping[str, InsoleLayout],
) -> dict[str, object]:
    """What the raw file says of a trial; with it alone the analysis gives the same numbers anywhere."""
    facts: dict[str, object] = {
        "started_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "software": f"landing-lab {landing_lab.__version__}",
        "participant": state.participant,
        "session": state.session,
        "protocol": protocol.name,
        "expected_task": protocol.task,
        "leg": protocol.leg,
        "run": entry.run,
        "condition": entry.condition,
        "box_height_m": settings.box_height_m,
        "mass_kg": settings.mass_kg,
        "operator": settings.operator,
        "note": settings.note,
        **documents_of(layouts),
    }
    documents = {device: as_document(found) for device, found in calibrations.items()}
    return {**facts, "calibrations": documents} if documents else facts


def report_order(book: SessionBook, protocol: Protocol, settings: SessionSettings) -> ReportOrder:
    """The report of the accepted trials, with what was entered for the session."""
    state, accepted = book.state, book.accepted
    verdicts = [entry.verdict for entry in state.trials]
    session: dict[str, object] = {
        "participant": state.participant,
        "session": state.session,
        "protocol": protocol.title,
        "recorded": state.created_at,
        "box height": None if settings.box_height_m is None else f"{settings.box_height_m:g} m",
        "operator": settings.operator,
        "note": settings.note,
        "rejected trials": verdicts.count("rejected"),
        "trials without verdict": verdicts.count("unfinished"),
        "trials left out": len(book.left_out) or None,
        **{f"condition of {entry.file.split('/')[-1]}": entry.condition or None for entry in accepted},
        **{f"notes on {entry.file.split('/')[-1]}": "; ".join(entry.notes) or None for entry in accepted},
        **{f"links of {entry.file.split('/')[-1]}": _link_sentences(entry) for entry in accepted},
    }
    return ReportOrder(
        files=tuple(book.raw_path(entry) for entry in accepted),
        labels=tuple(TrialLabel(run=one.run, condition=one.condition, notes=one.notes) for one in accepted),
        folder=book.folder.path,
        mass_kg=settings.mass_kg,
        box_height_m=settings.box_height_m,
        session={name: fact for name, fact in session.items() if fact is not None},
    )


def _link_sentences(entry: TrialEntry) -> dict[str, str]:
    """Stream name -> its link statistics in words, for the report."""
    return {
        name: ", ".join(f"{count:.6g} {what.replace('_', ' ')}" for what, count in statistics.items())
        for name, statistics in entry.link_statistics.items()
    }
