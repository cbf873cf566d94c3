"""The whole way from a recording to trials with numbers: the one analysis, whatever the recording came from."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Sequence
from typing import cast

from landing_lab.detect.force_doubts import timing_refusal
from landing_lab.detect.inputs import BOX_HEIGHT_M, MASS_KG, check_inputs, check_recording
from landing_lab.detect.params import ContactParams, ImpactParams, TaskParams
from landing_lab.detect.phases import events_of, phases_of, trial_window_s
from landing_lab.detect.quality import quality_of, quality_of_recording
from landing_lab.detect.quality_plates import survey_of
from landing_lab.detect.trial import BodyWeight, LandingTrial
from landing_lab.detect.trials import find_trials
from landing_lab.errors import ParameterError
from landing_lab.fuse.sources import signals_of
from landing_lab.metrics._no_trial import OF_STEPS, no_trial
from landing_lab.metrics.table import flagged, metrics_of, table_notes, with_metric_names
from landing_lab.model.events import Events, Phases
from landing_lab.model.quality import Quality
from landing_lab.model.reasons import joined_reasons
from landing_lab.model.recording import Recording
from landing_lab.model.result import ForceSignals, MetricsTable, MetricValue, Result, Status, Task, TrialResult
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

CONTACT, TASK, IMPACT = ContactParams(), TaskParams(), ImpactParams()
"""The settings of an analysis that asks for no others."""


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
    of drop height. Both are the recording's own where not given. A trace without a recognisable trial gives one
    refused trial with the reason.
    Raises ParameterError for settings that cannot be used.
    """
    check_recording(recording)
    check_inputs(mass_kg, box_height_m, task)
    mass_kg = _entered(recording, "mass_kg", MASS_KG) if mass_kg is None else mass_kg
    box_height_m = _entered(recording, "box_height_m", BOX_HEIGHT_M) if box_height_m is None else box_height_m
    wanted = None if task == "auto" else cast("Task", task)
    contact_params, trial_params = params or CONTACT, task_params or TASK
    signals = signals_of(recording)
    if isinstance(signals, str):
        return Result(recording, (_nothing(recording, signals, None, None, {}),))
    settings = _settings(contact_params, trial_params, mass_kg, box_height_m)
    if signals.trial_refusal is not None and wanted is None:
        return Result(recording, (_nothing(recording, signals.trial_refusal, signals, None, settings),))
    try:
        trials, weight = find_trials(
            signals,
            params=contact_params,
            task_params=trial_params,
            impact_params=IMPACT,
            task=wanted,
            mass_kg=mass_kg,
        )
    except ParameterError as error:
        if params is not None:
            raise
        reason = f"{signals.sample_rate_hz:g} Hz is too slow to tell a contact: {error}"
        return Result(recording, (_nothing(recording, reason, signals, None, settings),))
    if not trials:
        return Result(recording, (_nothing(recording, no_trial(signals, weight, TASK), signals, weight, settings),))
    results = []
    facts = survey_of(signals)
    for index, trial in enumerate(trials):
        quality = with_metric_names(quality_of(trial, mass_kg=mass_kg, box_height_m=box_height_m, facts=facts))
        results.append(_result(recording, trial, (index, len(trials)), settings, quality, trial_params))
    return Result(recording, tuple(results))


def _entered(recording: Recording, name: str, limits: tuple[float, float]) -> float | None:
    """What was entered when it was recorded, so that the file alone gives the same numbers; None where nothing fits."""
    stored = recording.provenance.get(name)
    fits = isinstance(stored, (int, float)) and not isinstance(stored, bool) and limits[0] <= stored <= limits[1]
    return float(cast("float", stored)) if fits else None


def _settings(
    params: ContactParams, task_params: TaskParams, mass_kg: float | None, box_height_m: float | None
) -> dict[str, object]:
    """Everything that could change a number, by name with unit."""
    return {
        **_fields(params),
        **_fields(task_params),
        **_fields(IMPACT),
        "mass_kg": mass_kg,
        "box_height_m": box_height_m,
        "gravity_m_per_s2": GRAVITY,
    }


@functools.cache
def _fields(params: ContactParams | TaskParams | ImpactParams) -> dict[str, object]:
    """Settings by name, in the order of their declaration."""
    return {field.name: getattr(params, field.name) for field in dataclasses.fields(params)}


def _nothing(
    recording: Recording,
    reason: str,
    signals: ForceSignals | None,
    weight: BodyWeight | None,
    settings: dict[str, object],
) -> TrialResult:
    """A refused trial, with body weight where at least that is known."""
    if signals is not None and any(foot.layout.dense for foot in signals.pressure.values()):
        reason = f"{reason.rstrip('.')}; {OF_STEPS}"
    rows: tuple[MetricValue, ...] = ()
    quality = Quality()
    if signals is not None:
        mass_kg = cast("float | None", settings.get("mass_kg"))
        quality = with_metric_names(quality_of_recording(signals, weight=weight, mass_kg=mass_kg))
    if weight is not None and signals is not None:
        doubt = "; ".join(filter(None, (signals.weight_note, *signals.doubts, *quality.general_doubts))) or None
        status: Status = "flagged" if doubt else "ok"
        rows = (
            MetricValue(
                "body_weight_n",
                "total",
                weight.value_n,
                "N",
                weight.scaled_sd_n(signals.scale_sd_fraction),
                status,
                doubt,
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
        quality=quality,
        settings=settings,
        notes=recording.notes,
        signals=signals,
        simulated=recording.simulated,
        window_s=None
        if signals is None or not len(signals.times_s)
        else (float(signals.times_s[0]), float(signals.times_s[-1])),
    )


def _fastest_hz(recording: Recording) -> float:
    return max((stream.sample_rate_hz for stream in recording.streams.values()), default=0.0)


def _result(
    recording: Recording,
    trial: LandingTrial,
    place: tuple[int, int],
    settings: dict[str, object],
    quality: Quality,
    task_params: TaskParams,
) -> TrialResult:
    general = [*trial.signals.doubts, *quality.general_doubts]
    if trial.no_jump and trial.reason:
        general.append(trial.reason)
    if recording.provenance.get("doubt"):
        general.append(str(recording.provenance["doubt"]))
    measured = metrics_of(trial)
    two_heights = _two_drop_heights(measured)
    table = flagged(flagged(measured, quality.doubts_by_metric), two_heights)
    table = flagged(table, {row.name: "; ".join(general) for row in measured if general})
    doubts = dict.fromkeys([*quality.doubts, *two_heights.values(), *general])
    status, reason = _judge(trial, table, list(doubts))
    thresholds = {f"threshold_{side}_n": value for side, value in trial.threshold_n.items()}
    offsets = {f"offset_{side}_n": value for side, value in trial.signals.offset_n.items()}
    phases = phases_of(trial, task_params)
    return TrialResult(
        source=recording.source,
        index=place[0],
        n_in_source=place[1],
        task=trial.task,
        status=status,
        reason=reason,
        sample_rate_hz=trial.sample_rate_hz,
        events=events_of(trial),
        phases=phases,
        table=table,
        quality=quality,
        settings={**settings, **thresholds, **offsets, "force": trial.signals.source, **_clocks(recording)},
        notes=(*recording.notes, *table_notes(table)),
        signals=trial.signals,
        simulated=recording.simulated,
        window_s=trial_window_s(trial, phases),
    )


def _clocks(recording: Recording) -> dict[str, object]:
    """How the clock of each device was obtained, and how well it is known, where that was fitted."""
    clocks = recording.provenance.get("clocks")
    return {} if clocks is None else {"clocks": clocks}


def _judge(trial: LandingTrial, table: MetricsTable, doubts: Sequence[str]) -> tuple[Status, str | None]:
    """Refused where nothing but body weight could be measured, flagged where something does not fit."""
    refusals = (timing_refusal(trial, "total"), trial.signals.force_refusal, trial.reason)
    reason = joined_reasons((*refusals, *doubts))
    if not any(row.value is not None for row in table if row.name != "body_weight_n"):
        return "refused", reason or "not one number could be measured; see the reasons in its table"
    if reason is not None:
        return "flagged", reason
    if not any(row.status == "ok" for row in table):
        return "flagged", "no number of this trial is beyond doubt; see the reasons in its table"
    return "ok", None


def _two_drop_heights(table: MetricsTable) -> dict[str, str]:
    """The sentence for both drop heights where they exclude each other."""
    names = ("drop_height_flight_anchored_m", "drop_height_reverse_m")
    anchored, reverse = (table.get(name) for name in names)
    if anchored is None or reverse is None or anchored.value is None or reverse.value is None:
        return {}
    gap = abs(anchored.value - reverse.value)
    if gap <= 3.0 * math.hypot(anchored.sd or 0.0, reverse.sd or 0.0) or gap <= 0.2 * anchored.value:
        return {}
    sentence = (
        f"drop heights anchored at take-off ({anchored.value:.2f} m) and at quiet standing ({reverse.value:.2f} m) "
        "exclude each other: look at body weight"
    )
    return dict.fromkeys((*names, "com_depth_m"), sentence)
