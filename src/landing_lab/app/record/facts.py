"""What was entered for a session, and what of it stands in raw files and reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import landing_lab
from landing_lab.app.record.account import SessionAccount
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.protocols import Protocol
from landing_lab.app.record.report import ReportOrder
from landing_lab.io.layout_files import documents_of
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.model.calibration import Calibration, as_document
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.trial_label import TrialLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What was entered for a session beside its protocol. max_duration_s: of a trial, counted from its arming.

    auto_accept: nobody is asked. accept_clean: a trial that nothing speaks against is accepted by itself, about any
    other one somebody is asked.
    """

    mass_kg: float | None = None
    box_height_m: float | None = None
    max_duration_s: float = 120.0
    auto_accept: bool = False
    accept_clean: bool = False
    operator: str | None = None
    note: str | None = None


def facts_of_trial(
    state: SessionState,
    entry: TrialEntry,
    protocol: Protocol,
    settings: SessionSettings,
    calibrations: Mapping[str, Calibration],
    layouts: Mapping[str, InsoleLayout],
    *,
    started_at: str | None = None,
) -> dict[str, object]:
    """What the raw file says of a trial; with it alone the analysis gives the same numbers anywhere.

    started_at: ISO 8601; now where it is not given.
    """
    return {
        "started_at": started_at or datetime.now(tz=UTC).isoformat(timespec="seconds"),
        **facts_of_session(state, protocol, settings, calibrations, layouts),
        "run": entry.run,
        "condition": entry.condition,
    }


def facts_of_session(
    state: SessionState,
    protocol: Protocol,
    settings: SessionSettings,
    calibrations: Mapping[str, Calibration],
    layouts: Mapping[str, InsoleLayout],
) -> dict[str, object]:
    """What is the same in every trial of a session."""
    facts: dict[str, object] = {
        "software": f"landing-lab {landing_lab.__version__}",
        "participant": state.participant,
        "session": state.session,
        "protocol": protocol.name,
        "expected_task": protocol.task,
        "leg": protocol.leg,
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
    account = SessionAccount.of(book.folder.path, book.state, n_left=len(book.remaining()), left_out=[*book.left_out])
    return order_of(book.folder.path, book.state, account, title=protocol.title, settings=settings)


def order_of(
    folder: Path, state: SessionState, account: SessionAccount, *, title: str, settings: SessionSettings
) -> ReportOrder:
    """The report of a session as it stands on disk; title: of its protocol."""
    accepted = [entry for entry in state.trials if entry.verdict == "accepted"]
    verdicts = [entry.verdict for entry in state.trials]
    session: dict[str, object] = {
        "participant": state.participant,
        "session": state.session,
        "protocol": title,
        "recorded": state.created_at,
        "box height": None if settings.box_height_m is None else f"{settings.box_height_m:g} m",
        "operator": settings.operator,
        "note": settings.note,
        "rejected trials": verdicts.count("rejected"),
        "trials without verdict": verdicts.count("unfinished"),
        "trials left out": len(account.left_out) or None,
        **{f"condition of {entry.file.split('/')[-1]}": entry.condition or None for entry in accepted},
        **{f"notes on {entry.file.split('/')[-1]}": "; ".join(entry.notes) or None for entry in accepted},
        **{f"links of {entry.file.split('/')[-1]}": _link_sentences(entry) for entry in accepted},
        "boards": {name: _board_sentence(board) for name, board in state.boards.items()} or None,
        "calibrations": dict(state.calibrations) or None,
        "recorded with": state.software or None,
    }
    return ReportOrder(
        files=tuple(folder / entry.file for entry in accepted),
        labels=tuple(TrialLabel(run=one.run, condition=one.condition, notes=one.notes) for one in accepted),
        folder=folder,
        mass_kg=settings.mass_kg,
        box_height_m=settings.box_height_m,
        session={name: fact for name, fact in session.items() if fact is not None},
        account=account,
    )


def _board_sentence(board: Mapping[str, object]) -> str:
    """Which board a stream came from, for the report."""
    return f"{board.get('kind', 'board')} {board.get('device_id', '')}, firmware {board.get('firmware_version', '–')}"


def _link_sentences(entry: TrialEntry) -> dict[str, str]:
    """Stream name -> its link statistics in words, for the report."""
    return {
        name: ", ".join(f"{count:.6g} {what.replace('_', ' ')}" for what, count in statistics.items())
        for name, statistics in entry.link_statistics.items()
    }


def boards_of(infos: Mapping[str, DeviceInfo]) -> dict[str, dict[str, object]]:
    """What boards say of themselves, for the state."""
    return {name: dataclasses.asdict(info) for name, info in infos.items()}
