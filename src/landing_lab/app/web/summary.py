"""What a session gave: every trial with its verdict and numbers, means by condition, and what is left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from landing_lab.app.web.number_table import Column, cell, columns_of, heading
from landing_lab.errors import LandingLabError
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.result import TrialResult
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.contrasts import contrast_table

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

Results: TypeAlias = Mapping[int, Sequence[TrialResult]]
"""Run -> trials in its recording."""


def summary_of(session: RecordSession, known: Results) -> dict[str, object]:
    """The session as plain values; known: results of this run of the program, the others are computed from files."""
    book = session.book
    unread: dict[int, str] = {}
    results = {entry.run: _result_of(session, entry, known, unread) for entry in book.state.trials}
    found = [trial for entry in book.accepted if (trial := results[entry.run]) is not None]
    shown = [trial for trial in results.values() if trial is not None]
    labels = [
        TrialLabel(run=one.run, condition=one.condition, notes=one.notes)
        for one in book.accepted
        if results[one.run] is not None
    ]
    columns = columns_of(shown)
    remaining = book.remaining()
    return {
        "participant": book.state.participant,
        "session": book.state.session,
        "protocol": session.protocol.title,
        "folder": str(book.folder.path),
        "n_accepted": len(book.accepted),
        "n_planned": len(book.plan),
        "n_left": len(remaining),
        "left": [{"number": one.number, "condition": one.condition} for one in remaining],
        "left_out": sorted(book.left_out),
        "columns": [heading(shown, one) for one in columns],
        "trials": [_trial(one, results[one.run], columns, unread.get(one.run, "")) for one in book.state.trials],
        "means": _means(found, labels),
        "written": [path.name for path in session.report.written],
        "undoable": ""
        if session.judged is None
        else f"trial {session.judged.planned.number} {session.judged.entry.verdict}",
    }


def _result_of(session: RecordSession, entry: TrialEntry, known: Results, unread: dict[int, str]) -> TrialResult | None:
    """The first trial in a recording; None where it has no numbers, or need not have. unread: why, by run."""
    if entry.run in known:
        return next(iter(known[entry.run]), None)
    if entry.verdict != "accepted":
        return None
    from landing_lab.io.read import read
    from landing_lab.metrics.analyse import analyse

    settings = session.settings
    try:
        recording = read(session.book.raw_path(entry))
        return analyse(recording, mass_kg=settings.mass_kg, box_height_m=settings.box_height_m).trials[0]
    except LandingLabError as error:
        unread[entry.run] = str(error)
        return None


def _trial(entry: TrialEntry, trial: TrialResult | None, columns: Sequence[Column], unread: str) -> dict[str, object]:
    return {
        "run": entry.run,
        "condition": entry.condition,
        "verdict": entry.verdict,
        "reason": entry.reason,
        "open": entry.is_open,
        "notes": list(entry.notes),
        "unread": unread,
        "cells": [cell(trial, column, why=unread) for column in columns],
    }


def _means(trials: Sequence[TrialResult], labels: Sequence[TrialLabel]) -> dict[str, object] | None:
    """Mean ± SD between trials by condition, as the report has it; None for fewer than two trials."""
    table = contrast_table(trials, labels)
    if table is None:
        return None
    return {
        "conditions": list(table.conditions),
        "lines": [
            {"label": line.label, "unit": line.unit, "means": list(line.means), "flagged": line.flagged}
            for line in table.lines
        ],
        "left_out": table.left_out,
    }
