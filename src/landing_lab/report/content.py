"""What a report says, as texts and pictures, before it becomes a page (html.py) or a PDF (pdf.py)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import landing_lab
from landing_lab.metrics.table import EXPLORATORY
from landing_lab.model.channels import WHOLE
from landing_lab.model.result import Result, TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.contrasts import contrast_table
from landing_lab.report.families import foot_columns, footnotes, grouped_lines
from landing_lab.report.figure import figure_bytes, trial_figure
from landing_lab.report.names import (
    SIDE_LABELS,
    STATUS_ICONS,
    VERDICT_ICONS,
    event_label,
    metric_label,
    one_line,
    phase_label,
    sensor_label,
    sentence,
    side_label,
    status_label,
    task_label,
)
from landing_lab.report.pressure_section import PressurePicture, pressure_pictures
from landing_lab.report.quality_lines import quality_lines, quality_sentence
from landing_lab.report.rounding import format_number, format_rate, format_value
from landing_lab.report.rows import (
    Truth,
    foot_summary_columns,
    headlines,
    metric_lines,
    setting_text,
    summary_cell,
    summary_columns,
)
from landing_lab.report.sensitivity_figure import sensitivity_figure
from landing_lab.report.sensitivity_table import sensitivity_table
from landing_lab.report.session_facts import board_words, findings, heading, in_short, jumps, left_out, who
from landing_lab.report.write import one_per_trial, trials_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from landing_lab.report.opening import Opening

SCHEMA: Final = "landing-lab.analysis/1"
TIME_SD_S: Final = 0.0001
"""Times without a standard deviation are printed to this digit."""
Columns: TypeAlias = Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]]
BETWEEN_SOURCES: Final = re.compile(r";(?![^()]*\))")
"""A semicolon that separates sources; one inside brackets belongs to its source."""
YEAR: Final = re.compile(r"\b(19|20)\d\d\b")
"""What makes part of a metric's source a publication."""


def _events(trial: TrialResult) -> dict[str, Any]:
    """One row per event and one column per side that has any: what the feet did stands beside the total."""
    sides = [side for side in SIDE_LABELS if any(event.side == side for event in trial.events)]
    told: dict[str, dict[str, str]] = {}
    for event in trial.events:
        at = format_number(event.time_s, event.sd_s) if event.sd_s > 0 else format_value(event.time_s, TIME_SD_S)
        told.setdefault(event.name, {}).setdefault(event.side, at)
    rows = [(event_label(name), [times.get(side, "–") for side in sides]) for name, times in told.items()]
    return {"sides": [side_label(side) for side in sides], "rows": rows}


def _phases(trial: TrialResult) -> dict[str, list[dict[str, str]]]:
    """The phases of the total, and those of the feet, which are folded away."""
    lines = [
        {
            "label": phase_label(phase.name),
            "side": side_label(phase.side),
            "start": format_value(phase.start_s, TIME_SD_S),
            "stop": format_value(phase.stop_s, TIME_SD_S),
            "length": format_value(phase.stop_s - phase.start_s, TIME_SD_S),
        }
        for phase in trial.phases
    ]
    total = side_label("total")
    return {
        "total": [line for line in lines if line["side"] == total],
        "feet": [line for line in lines if line["side"] != total],
    }


def _picture(figure: Figure) -> str:
    svg = figure_bytes(figure, "svg")
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def _pressure(picture: PressurePicture) -> dict[str, Any]:
    """One picture of pressure as the template shows it; heat maps are pixels, so that a page stays small."""
    shown = "" if picture.png is None else "data:image/png;base64," + base64.b64encode(picture.png).decode("ascii")
    return {
        "title": picture.title,
        "caption": picture.caption,
        "image": shown,
        "refusal": picture.refusal,
        "height": round(100 * picture.height_in),
    }


def _sensitivity(sensitivity: ThresholdSensitivity | None) -> dict[str, Any] | None:
    """The section on the contact threshold: sentence, table, picture; None where nobody asked for it."""
    if sensitivity is None:
        return None
    picture = _picture(sensitivity_figure(sensitivity, with_summary=False)) if sensitivity.default is not None else ""
    return {"summary": sensitivity.summary, "table": sensitivity_table(sensitivity), "picture": picture}


def _trial(
    number: int,
    trial: TrialResult,
    truth: Truth | None,
    sensitivity: ThresholdSensitivity | None,
    label: TrialLabel | None,
    jump: int,
    pressure: Sequence[PressurePicture],
    *,
    columns: Columns,
) -> dict[str, Any]:
    """Everything the template prints of one trial, as text."""
    signals = trial.signals
    lines = metric_lines(trial, truth)
    named = heading(trial.title, label, jump)
    return {
        "anchor": f"trial-{number}",
        "called": f"trial {number}" if label is None else named.name,
        "heading": named,
        "footnotes": footnotes(lines),
        "source": one_line(trial.source),
        "task": task_label(trial.task),
        "status": trial.status,
        "status_word": status_label(trial.status),
        "reason": trial.reason or ("" if trial.status == "ok" else "no reason given"),
        "rate": format_rate(trial.sample_rate_hz),
        "force": sentence(signals.source) if signals is not None else "No force signal could be read.",
        "sensor": sensor_label(signals.sensor_kind) if signals is not None else "not known",
        "picture": _picture(trial_figure(trial)),
        "pressure": [_pressure(picture) for picture in pressure],
        "cards": headlines(trial),
        "groups": grouped_lines(lines),
        "feet": foot_columns(lines),
        "quality": quality_lines(trial.quality),
        "quality_sentence": quality_sentence(trial.quality),
        "sensitivity": _sensitivity(sensitivity),
        "has_truth": truth is not None,
        "events": _events(trial),
        "phases": _phases(trial),
        "settings": [(name, setting_text(value)) for name, value in trial.settings.items()],
        "notes": [note for note in trial.notes if note != EXPLORATORY or not pressure],  # said beside the pictures
        "cells": [summary_cell(trial, names, sides) for _, names, sides in columns],
    }


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def session_tables(session: Mapping[str, object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Link statistics and recording details as titled tables of name and text; one table per nested mapping."""
    plain = [(_words(name), setting_text(value)) for name, value in session.items() if not isinstance(value, Mapping)]
    tables = [("recording", plain)] if plain else []
    for name, value in session.items():
        if isinstance(value, Mapping):
            rows = [(_words(board_words(key)), setting_text(item)) for key, item in value.items()]
            tables.append((_words(name), rows or [("entries", "none")]))
    return tables


def _count(trials: Sequence[TrialResult]) -> str:
    counts = [(status, sum(trial.status == status for trial in trials)) for status in ("ok", "flagged", "refused")]
    return ", ".join(f"{count} {status_label(status)}" for status, count in counts if count)


def _citations(trials: Sequence[TrialResult]) -> list[tuple[str, str]]:
    """Publication -> the metrics of this report defined by it; plain mechanics cites nobody."""
    from landing_lab.metrics import all_metrics

    declared = all_metrics()
    cited: dict[str, list[str]] = {}
    for name in dict.fromkeys(row.name for trial in trials for row in trial.table):
        source = declared[name].source if name in declared else ""
        for part in BETWEEN_SOURCES.split(source):
            if YEAR.search(part):
                cited.setdefault(part.strip(), []).append(metric_label(name))
    return [(source, ", ".join(labels)) for source, labels in cited.items()]


def _title(sources: Sequence[str], session: Mapping[str, object], opening: Opening | None) -> str:
    """A session is named by its athlete and number, so that a printed sheet can be filed."""
    if opening is not None and session.get("participant"):
        return f"Landing report: {session['participant']}, session {session.get('session', '')}"
    return f"Landing report: {sources[0]}" if len(sources) == 1 else "Landing report"


def report_content(
    trials: Result | TrialResult | Sequence[TrialResult],
    *,
    title: str | None = None,
    truth: Sequence[Truth | None] | None = None,
    session: Mapping[str, object] | None = None,
    sensitivity: Sequence[ThresholdSensitivity | None] | None = None,
    labels: Sequence[TrialLabel | None] | None = None,
    pressure: Sequence[Sequence[PressurePicture]] | None = None,
    opening: Opening | None = None,
) -> dict[str, Any]:
    """Everything that the report of one or several trials says; pictures are data URIs.

    truth: for simulated trials, one mapping (metric name, side) -> true value in the metric's unit per trial, or
    None; adds columns for the truth and the difference. session: link statistics and recording details, name ->
    value or name -> mapping of values. sensitivity: one threshold sensitivity per trial, or None; adds its section.
    labels: one per trial, or None, for trials of a session; adds conditions, their means, and what was noted.
    pressure: the pictures of each trial's pressure where they are drawn already; drawn here where it is not given.
    opening: the first page of a session, for its athlete.
    Equal input gives equal content in the same time zone: a report holds no date of its own.
    Raises ParameterError without trials or where truth, sensitivity or labels do not match them.
    """
    found = trials_of(trials)
    truths = one_per_trial("truth", truth, len(found))
    thresholds = one_per_trial("sensitivity", sensitivity, len(found))
    known = one_per_trial("labels", labels, len(found))
    columns = [(title, names, WHOLE) for title, names in summary_columns(found)]
    columns += [(title, names, (side,)) for title, names, side in foot_summary_columns(found)]
    drawn = [pressure_pictures(trial) for trial in found] if pressure is None else pressure
    pages = [
        _trial(number, *told, columns=columns)
        for number, told in enumerate(zip(found, truths, thresholds, known, jumps(known), drawn, strict=True), start=1)
    ]
    short = {trial.source: label.short for trial, label in zip(found, known, strict=True) if label is not None}
    sources = list(dict.fromkeys(page["source"] for page in pages))
    return {
        "title": one_line(title or _title(sources, session or {}, opening)),
        "simulated": any(trial.simulated for trial in found),
        "who": who(session or {}),
        "left_out": left_out(session or {}),
        "findings": findings(known),
        "contrasts": contrast_table(found, known),
        "trials": pages,
        "sources": [short.get(source, source) for source in sources],
        "tasks": list(dict.fromkeys(page["task"] for page in pages)),
        "rates": list(dict.fromkeys(page["rate"] for page in pages)),
        "sensors": list(dict.fromkeys(page["sensor"] for page in pages)),
        "counts": _count(found),
        "summary": [heading for heading, *_ in columns],
        "icons": {**STATUS_ICONS, **VERDICT_ICONS, "absent": "–"},
        "session": session_tables(in_short(session or {}, short)),
        "citations": _citations(found),
        "exploratory": f"{EXPLORATORY}.",
        "opening": opening,
        "version": landing_lab.__version__,
        "schema": SCHEMA,
    }
