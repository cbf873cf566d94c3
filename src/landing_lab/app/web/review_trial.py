"""One trial as the review shows it: force with events and phases, numbers, signal quality, what was moved by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from landing_lab.app.web.card import cards
from landing_lab.app.web.page_words import cards_on_page, on_page
from landing_lab.app.web.review_charts import Curve, add_band, add_mark, add_pointer, as_item, force_figure
from landing_lab.app.web.review_choice import ChosenTrial
from landing_lab.app.web.review_load import Loaded
from landing_lab.app.web.review_moved import moved_shown, sides_of
from landing_lab.io.annotations import Annotations
from landing_lab.model.result import ForceSignals, TrialResult
from landing_lab.report.names import event_label, phase_label, sensor_label, sentence, side_label
from landing_lab.report.panels import LINE_STYLES, OTHER_PHASE_COLOR, PHASE_COLORS
from landing_lab.report.quality_lines import quality_lines, quality_sentence
from landing_lab.report.rounding import format_number, format_rate, format_value
from landing_lab.report.view import View, close_up, event_marks, missing_stretches, overview, shaded_phases

DASHES: Final = {"total": "solid", "left": "dashed", "right": "dotted", "plate_1": "dashed", "plate_2": "dotted"}
TIME_SD_S: Final = 0.0001
LENGTH_SD_S: Final = 0.001
"""Times and lengths without a standard deviation of their own are printed to these digits."""
BY_HAND: Final = "#a3162b"
OTHER_TRIAL: Final = "#465360"
ROWS: Final = 5
"""Rows of names above the curves."""


def trial_shown(chosen: ChosenTrial, loaded: Loaded, annotations: Annotations) -> dict[str, object]:
    """Everything of a trial as plain values; numbers are those of the analysis to the last digit."""
    trial = loaded.trial(chosen.index)
    signals = trial.signals
    zoom = None if signals is None else close_up(trial, signals)
    whole = None if signals is None else overview(trial, signals)
    return {
        "participant": chosen.folder.participant,
        "session": chosen.folder.label,
        "run": chosen.entry.run,
        "entry_task": chosen.entry.task,
        "condition": chosen.entry.condition,
        "verdict": chosen.entry.verdict,
        "verdict_reason": chosen.entry.reason,
        "notes": list(chosen.entry.notes),
        "index": trial.index,
        "n_in_source": trial.n_in_source,
        "source": trial.source,
        "simulated": trial.simulated,
        "rate": format_rate(trial.sample_rate_hz),
        "sensor": "Not known" if signals is None else sentence(sensor_label(signals.sensor_kind)),
        "has_pressure": signals is not None and bool(signals.pressure),
        "card": cards_on_page(cards([trial], provisional=False))[0],
        "metrics": [row.as_dict() for row in trial.table],
        "events": _events(trial),
        "phases": _phases(trial, whole),
        "zoom": None if zoom is None else [zoom.start_s, zoom.stop_s],
        "whole": None if whole is None else [whole.start_s, whole.stop_s],
        "span": None if signals is None else [float(signals.times_s[0]), float(signals.times_s[-1])],
        "sides": sides_of(trial),
        "moved": moved_shown(trial, chosen, annotations),
        "quality": [asdict(line) for line in quality_lines(trial.quality)],
        "quality_sentence": quality_sentence(trial.quality),
        "links": _links(chosen, loaded),
        "gaps": _gaps(loaded),
        "reading_notes": on_page(list(loaded.recording.notes)),
        "stored": loaded.stored,
    }


def trial_chart(chosen: ChosenTrial, loaded: Loaded, annotations: Annotations) -> dict[str, object] | None:
    """Force per foot and in total with phases and events; None where there is no force signal."""
    trial = loaded.trial(chosen.index)
    signals = trial.signals
    if signals is None or len(signals.times_s) < 2:
        return None
    view = overview(trial, signals)
    curves = _curves(signals)
    figure = force_figure(curves, x=(view.start_s, view.stop_s), x_label="time in the recording (s)")
    for phase in shaded_phases(trial, view):
        add_band(figure, phase.start_s, phase.stop_s, PHASE_COLORS.get(phase.name, OTHER_PHASE_COLOR))
    for start, stop in missing_stretches(signals.times_s, signals.force_n["total"]):
        add_band(figure, start, stop, "#555555", hatch=True)
    for number, (text, event) in enumerate(event_marks(trial, view)):
        add_mark(figure, event.time_s, text, number % ROWS)
    for moved in annotations.holding(chosen.entry.task, chosen.entry.run, trial.index):
        side = "" if moved.side == "total" else f", {side_label(moved.side)}"
        text = f"{event_label(moved.event)}{side} by {moved.by}"
        add_mark(figure, moved.moved_s, text, ROWS, colour=BY_HAND, dash="dashed")
    for other in loaded.trials:
        first = min((event.time_s for event in other.events if event.side == "total"), default=None)
        if other is not trial and first is not None:
            add_mark(figure, first, f"trial {other.index + 1}", ROWS, colour=OTHER_TRIAL, dash="dotted")
    add_pointer(figure)
    return as_item(figure, curves)


def _curves(signals: ForceSignals) -> list[Curve]:
    sides = sorted(signals.force_n, key=lambda side: side == "total")
    return [
        Curve(
            name=side,
            label=f"{side_label(side)} foot" if side in ("left", "right") else side_label(side),
            group=side,
            times_s=signals.times_s,
            values=signals.force_n[side],
            colour=str(LINE_STYLES.get(side, LINE_STYLES["total"])["color"]),
            dash=DASHES.get(side, "solid"),
            width=2.2 if side == "total" else 2.0,
        )
        for side in sides
    ]


def _events(trial: TrialResult) -> list[dict[str, object]]:
    return [
        {
            **event.as_dict(),
            "label": event_label(event.name),
            "side_label": side_label(event.side),
            "shown": format_number(event.time_s, event.sd_s)
            if event.sd_s > 0 and math.isfinite(event.sd_s)
            else format_value(event.time_s, TIME_SD_S),
        }
        for event in trial.events
    ]


def _phases(trial: TrialResult, view: View | None) -> list[dict[str, object]]:
    """Phases of the total, with the colour of those that are shaded."""
    shaded = set() if view is None else {phase.name for phase in shaded_phases(trial, view)}
    return [
        {
            **phase.as_dict(),
            "label": phase_label(phase.name),
            "colour": PHASE_COLORS.get(phase.name, OTHER_PHASE_COLOR) if phase.name in shaded else None,
            "shown": format_value(phase.stop_s - phase.start_s, LENGTH_SD_S),
        }
        for phase in trial.phases
        if phase.side == "total"
    ]


def _links(chosen: ChosenTrial, loaded: Loaded) -> list[dict[str, object]]:
    """Statistics of each link, as session.json has them, or else the raw file."""
    stored = dict(chosen.entry.link_statistics)
    if not stored:
        facts = loaded.recording.provenance
        stored = {
            name.removeprefix("link_"): value
            for name, value in facts.items()
            if name.startswith("link_") and isinstance(value, dict)
        }
    return [
        {"name": name, "statistics": [[what.replace("_", " "), count] for what, count in counts.items()]}
        for name, counts in stored.items()
    ]


def _gaps(loaded: Loaded) -> list[dict[str, object]]:
    """Every gap of every board: when, how many readings, why."""
    found: list[dict[str, object]] = []
    for name, stream in loaded.recording.streams.items():
        times: Sequence[float] = stream.times_s.tolist()
        for gap in stream.gaps:
            at_s = times[min(gap.sample, len(times) - 1)] if times else None
            found.append({"board": name, "at_s": at_s, "n_samples": gap.n_samples, "reason": gap.reason})
    return found
