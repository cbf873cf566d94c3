"""The whole way from a recording to trials with numbers: the one analysis, whatever the recording came from."""

from __future__ import annotations

import dataclasses
import math
from typing import cast, get_args

import numpy as np

from landing_lab.detect.params import ContactParams, TaskParams
from landing_lab.detect.phases import events_of, phases_of, trial_window_s
from landing_lab.detect.trial import BodyWeight, LandingTrial
from landing_lab.detect.trials import find_trials
from landing_lab.errors import ParameterError
from landing_lab.fuse.sources import signals_of
from landing_lab.metrics.table import metrics_of
from landing_lab.model.events import Events, Phases
from landing_lab.model.recording import Recording
from landing_lab.model.result import ForceSignals, MetricsTable, MetricValue, Result, Status, Task, TrialResult
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MASS_DISAGREEMENT = 0.02
"""A typed mass further off the plates than this is worth a sentence (one reference set is off by 4 %)."""


def analyse(
    recording: Recording,
    *,
    task: str = "auto",
    mass_kg: float | None = None,
    box_height_m: float | None = None,
    params: ContactParams | None = None,
    task_params: TaskParams | None = None,
) -> Result:
    """Detect, measure and judge every trial of a recording.

    task: "auto" or the name of a task, which then overrides what the signal looks like. mass_kg: used where
    nobody stands still on the plates, and compared with them where somebody does. box_height_m: for the check
    of drop height. A trace without a recognisable trial gives one refused trial with the reason.
    Raises ParameterError for settings that cannot be used.
    """
    wanted = _checked_task(task)
    _check_range("mass_kg", mass_kg, 15.0, 300.0, "kg")
    _check_range("box_height_m", box_height_m, 0.02, 1.5, "m")
    contact_params, trial_params = params or ContactParams(), task_params or TaskParams()
    signals = signals_of(recording)
    if isinstance(signals, str):
        return Result(recording, (_nothing(recording, signals, None, None, {}),))
    settings = _settings(contact_params, trial_params, mass_kg, box_height_m)
    try:
        trials, weight = find_trials(
            signals, params=contact_params, task_params=trial_params, task=wanted, mass_kg=mass_kg
        )
    except ParameterError as error:
        if params is not None:
            raise
        reason = f"{signals.sample_rate_hz:g} Hz is too slow to tell a contact: {error}"
        return Result(recording, (_nothing(recording, reason, signals, None, settings),))
    if not trials:
        return Result(recording, (_nothing(recording, _no_trial(signals, weight), signals, weight, settings),))
    results = []
    for index, trial in enumerate(trials):
        notes = (*recording.notes, *_notes(trial, mass_kg, box_height_m))
        results.append(_result(recording, trial, index, settings, notes, trial_params))
    return Result(recording, tuple(results))


def _checked_task(task: str) -> Task | None:
    if task == "auto":
        return None
    if task not in get_args(Task) or task == "unknown":
        known = ", ".join(["auto", *(name for name in get_args(Task) if name != "unknown")])
        raise ParameterError(f"there is no task {task!r}; choose one of {known}")
    return cast("Task", task)


def _check_range(name: str, value: float | None, low: float, high: float, unit: str) -> None:
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise ParameterError(f"{name}={value:g} {unit} is outside {low:g}-{high:g} {unit}; give it in {unit}")


def _settings(
    params: ContactParams, task_params: TaskParams, mass_kg: float | None, box_height_m: float | None
) -> dict[str, object]:
    """Everything that could change a number, by name with unit."""
    return {
        **dataclasses.asdict(params),
        **dataclasses.asdict(task_params),
        "mass_kg": mass_kg,
        "box_height_m": box_height_m,
        "gravity_m_per_s2": GRAVITY,
    }


def _no_trial(signals: ForceSignals, weight: BodyWeight | None) -> str:
    """Why nothing was found, and what to do."""
    total = signals.force_n["total"]
    highest = float(np.nanmax(total, initial=0.0))
    if highest < 50.0:
        return (
            f"nobody stood on the plates: force never exceeds {max(highest, 0.0):.0f} N; check which columns were read"
        )
    if weight is not None:
        return "somebody stands on the plates but there is no flight and no landing in this recording"
    return "no flight and no landing was found; a trial needs its touchdown, take-off and landing in the recording"


def _nothing(
    recording: Recording,
    reason: str,
    signals: ForceSignals | None,
    weight: BodyWeight | None,
    settings: dict[str, object],
) -> TrialResult:
    """A refused trial, with body weight where at least that is known."""
    rows: tuple[MetricValue, ...] = ()
    if weight is not None and signals is not None:
        status: Status = "flagged" if signals.weight_note else "ok"
        rows = (
            MetricValue(
                "body_weight_n",
                "total",
                weight.value_n,
                "N",
                weight.sd_n,
                status,
                signals.weight_note,
                f"Body weight; {weight.method}",
            ),
        )
    return TrialResult(
        source=recording.source,
        index=0,
        task="unknown",
        status="refused",
        reason=reason,
        sample_rate_hz=signals.sample_rate_hz if signals else _fastest_hz(recording),
        events=Events(),
        phases=Phases(),
        table=MetricsTable(rows),
        settings=settings,
        notes=recording.notes,
        signals=signals,
        window_s=None if signals is None else (float(signals.times_s[0]), float(signals.times_s[-1])),
    )


def _fastest_hz(recording: Recording) -> float:
    return max((stream.sample_rate_hz for stream in recording.streams.values()), default=0.0)


def _result(
    recording: Recording,
    trial: LandingTrial,
    index: int,
    settings: dict[str, object],
    notes: tuple[str, ...],
    task_params: TaskParams,
) -> TrialResult:
    table = metrics_of(trial)
    status, reason = _judge(trial, table)
    thresholds = {f"threshold_{side}_n": value for side, value in trial.threshold_n.items()}
    offsets = {f"offset_{side}_n": value for side, value in trial.signals.offset_n.items()}
    return TrialResult(
        source=recording.source,
        index=index,
        task=trial.task,
        status=status,
        reason=reason,
        sample_rate_hz=trial.sample_rate_hz,
        events=events_of(trial),
        phases=phases_of(trial, task_params),
        table=table,
        settings={**settings, **thresholds, **offsets, "force": trial.signals.source},
        notes=notes,
        signals=trial.signals,
        window_s=trial_window_s(trial, task_params),
    )


def _judge(trial: LandingTrial, table: MetricsTable) -> tuple[Status, str | None]:
    """A trial is refused where its task is unknown, flagged where it is doubtful or not one number is sound."""
    if trial.task == "unknown":
        return "refused", trial.reason
    if trial.signals.timing_refusal:
        return "flagged", trial.signals.timing_refusal
    if trial.reason:
        return "flagged", trial.reason
    if not any(row.status == "ok" for row in table):
        return "flagged", "no number of this trial is beyond doubt; see the reasons in its table"
    return "ok", None


def _notes(trial: LandingTrial, mass_kg: float | None, box_height_m: float | None) -> list[str]:
    """Sentences on what does not fit together."""
    notes = []
    weight = trial.weight
    if mass_kg is not None and weight is not None and weight.weighed:
        ratio = weight.value_n / (mass_kg * GRAVITY) - 1.0
        if abs(ratio) > MASS_DISAGREEMENT:
            notes.append(
                f"The plates read {weight.value_n / GRAVITY:.1f} kg, {100 * ratio:+.1f} % off the typed "
                f"{mass_kg:g} kg; the plates' value was used."
            )
    if box_height_m is not None and trial.motion is not None:
        velocity = trial.motion.touchdown_velocity_m_per_s
        measured = velocity**2 / (2.0 * GRAVITY)
        ratio = measured / box_height_m - 1.0
        if not -0.30 <= ratio <= 0.05:
            notes.append(
                f"The drop measures {measured:.2f} m, {100 * ratio:+.0f} % off the box of {box_height_m:g} m; "
                "10-14 % below it is usual (McMahon 2021), so look at body weight and at how the person left the box."
            )
    return notes
