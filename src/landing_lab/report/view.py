"""What a picture shows of a trial: the stretch of time, the zero of the axis, the marks on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.events import Event, Phase
from landing_lab.model.result import ForceSignals, TrialResult
from landing_lab.model.runs import runs
from landing_lab.report.names import event_label, side_label

BEFORE_S: Final = 0.25
BEFORE_TAKE_OFF_S: Final = 1.0
AFTER_S: Final = 1.0
AFTER_STABILISED_S: Final = 0.3
CONTACT_MARGIN_S: Final = 0.02
LANDING_ZOOM_S: Final = 0.3
ZERO_EVENTS: Final = ("touchdown", "take_off", "landing")
CURVE_EVENTS: Final = frozenset(
    {
        "peak_force",
        "first_peak",
        "landing_first_peak",
        "landing_peak_force",
        "loading_20",
        "loading_80",
    }
)
"""Events that are marked on the curve itself, not by a line across the picture."""
LEAST_REST_S: Final = 0.02
"""A shorter rest of a phase beside its parts is not shaded."""


@dataclass(frozen=True, slots=True)
class View:
    """A stretch [start_s, stop_s] of recording time, drawn relative to zero_s; label names the time axis."""

    start_s: float
    stop_s: float
    zero_s: float
    label: str

    def relative(self, time_s: float) -> float:
        """A recording time on the drawn axis, s."""
        return time_s - self.zero_s

    def holds(self, time_s: float) -> bool:
        """Whether a recording time lies inside."""
        return self.start_s <= time_s <= self.stop_s


def _zero(trial: TrialResult) -> tuple[float, str]:
    for name in ZERO_EVENTS:
        event = trial.events.get(name)
        if event is not None:
            return event.time_s, f"time from {event_label(name)} (s)"
    return 0.0, "time in the recording (s)"


def overview(trial: TrialResult, signals: ForceSignals) -> View:
    """The whole trial: all events with some time around them, else the trial's window, else the whole signal."""
    zero_s, label = _zero(trial)
    first, last = float(signals.times_s[0]), float(signals.times_s[-1])
    marks = [event.time_s for event in trial.events if math.isfinite(event.time_s)]
    if marks:
        starts = [phase.start_s for phase in trial.phases if phase.side == "total"]
        # A jump from standing has its push before the first event.
        pushed = trial.events.get("touchdown") is not None or min(starts, default=math.inf) < min(marks)
        before_s = BEFORE_S if pushed else BEFORE_TAKE_OFF_S
        stabilised = trial.events.get("stabilised")
        others = [event.time_s for event in trial.events if event.name != "stabilised" and math.isfinite(event.time_s)]
        start, stop = min(marks + starts) - before_s, max(others, default=max(marks)) + AFTER_S
        if stabilised is not None:
            stop = max(stop, stabilised.time_s + AFTER_STABILISED_S)
    elif trial.window_s is not None:
        start, stop = trial.window_s
    else:
        start, stop = first, last
    start, stop = max(start, first), min(stop, last)
    if not stop > start:
        start, stop = first, max(last, first + 1.0 / trial.sample_rate_hz)
    return View(start, stop, zero_s, label)


def close_up(trial: TrialResult, signals: ForceSignals) -> View | None:
    """The contact from touchdown to take-off, or the first part of the landing; None where there is neither."""
    zero_s, label = _zero(trial)
    first, last = float(signals.times_s[0]), float(signals.times_s[-1])
    touchdown, take_off = trial.events.get("touchdown"), trial.events.get("take_off")
    if touchdown is not None and take_off is not None and take_off.time_s > touchdown.time_s:
        start, stop = touchdown.time_s - CONTACT_MARGIN_S, take_off.time_s + CONTACT_MARGIN_S
        what = "contact enlarged"
    else:
        landing = trial.events.get("landing") or touchdown
        if landing is None:
            return None
        start, stop = landing.time_s - CONTACT_MARGIN_S, landing.time_s + LANDING_ZOOM_S
        what = "landing enlarged"
    start, stop = max(start, first), min(stop, last)
    return View(start, stop, zero_s, f"{label}, {what}") if stop > start else None


def event_marks(trial: TrialResult, view: View) -> list[tuple[str, Event]]:
    """Label and event for every line across the picture; the feet's own events only where the total has none."""
    shown = [event for event in trial.events if event.name not in CURVE_EVENTS and view.holds(event.time_s)]
    totals = [event for event in shown if event.side == "total"]
    if totals:
        return [(event_label(event.name), event) for event in totals]
    return [(f"{event_label(event.name)} ({side_label(event.side)})", event) for event in shown]


def shaded_phases(trial: TrialResult, view: View) -> list[Phase]:
    """Phases of the total to shade, cut to the view and to each other.

    A phase that holds another (contact: braking, propulsion) is left to its parts, and keeps what comes after the
    last of them; of two that overlap, the later begins where the earlier ends.
    """
    named = [phase for phase in trial.phases if phase.side == "total"]
    parts = [
        phase
        for phase in named
        if not any(
            other is not phase
            and phase.start_s <= other.start_s
            and other.stop_s <= phase.stop_s
            and other.stop_s - other.start_s < phase.stop_s - phase.start_s
            for other in named
        )
    ]
    wholes = [phase for phase in named if phase not in parts]
    rests = [
        Phase(whole.name, last_s, whole.stop_s)
        for whole in wholes
        if (last_s := max(part.stop_s for part in parts if part.start_s < whole.stop_s)) < whole.stop_s - LEAST_REST_S
    ]
    cut: list[Phase] = []
    free_s = view.start_s
    for phase in sorted([*parts, *rests], key=lambda part: (part.start_s, part.stop_s)):
        start_s, stop_s = max(phase.start_s, free_s), min(phase.stop_s, view.stop_s)
        if stop_s > start_s:
            cut.append(Phase(phase.name, start_s, stop_s, phase.side))
            free_s = stop_s
    return cut


def loading_stretch(trial: TrialResult) -> tuple[float, float] | None:
    """Start and stop (s, recording time) of the 20-80 % loading stretch, where the analysis gives it."""
    start, stop = trial.events.get("loading_20"), trial.events.get("loading_80")
    return None if start is None or stop is None else (start.time_s, stop.time_s)


def peak_mark(trial: TrialResult) -> tuple[float, float] | None:
    """Time (s, recording) and height (N) of the peak of the contact, as the analysis gives them."""
    peak = trial.table.get("peak_force_n")
    if peak is None or peak.value is None:
        return None
    event = trial.events.get("peak_force")
    if event is not None:
        return event.time_s, peak.value
    touchdown = trial.events.get("touchdown")
    delay = trial.table.get("time_to_peak_force_s")
    if touchdown is None or delay is None or delay.value is None:
        return None
    return touchdown.time_s + delay.value, peak.value


def body_weight_n(trial: TrialResult) -> float | None:
    """Body weight in newton where the analysis has it."""
    row = trial.table.get("body_weight_n")
    return row.value if row is not None and row.value is not None and row.value > 0 else None


def missing_stretches(times_s: FloatArray, force_n: FloatArray) -> list[tuple[float, float]]:
    """Start and stop (s) of every run of missing samples; times_s and force_n are (n,)."""
    last = len(times_s) - 1
    # From the last sample before the gap to the first after it: nothing is known in between.
    return [
        (float(times_s[max(start - 1, 0)]), float(times_s[min(stop, last)]))
        for start, stop in runs(np.isnan(force_n)).tolist()
    ]
