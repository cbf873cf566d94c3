"""The same trial at many thresholds: what a contact's first and last newton do to its numbers."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from landing_lab.detect.inputs import check_inputs, check_recording
from landing_lab.detect.params import ContactParams, TaskParams
from landing_lab.detect.trial import LandingTrial
from landing_lab.detect.trials import find_trials
from landing_lab.errors import ParameterError
from landing_lab.fuse.sources import signals_of
from landing_lab.metrics._threshold_rules import RULES, UnloadedFacts, unloaded_facts
from landing_lab.metrics.table import metrics_of
from landing_lab.model.recording import Recording
from landing_lab.model.result import ForceSignals, MetricsTable, Status, Task
from landing_lab.model.sensitivity import RowKind, ThresholdRow, ThresholdSensitivity, ThresholdSpread

THRESHOLDS_N: Final = (5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 22.5, 25, 27.5, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)
"""Default points of the curve, N: close together where rules differ most."""

HIGHEST_N: Final = 500.0
"""Above this it is no contact threshold but part of the landing."""

SENSITIVE: Final = (
    "contact_time_s",
    "flight_time_s",
    "jump_height_flight_time_m",
    "rsi_flight_time_m_per_s",
    "flight_contact_ratio",
    "drop_height_flight_anchored_m",
    "time_to_peak_force_s",
    "landing_loading_time_s",
)
"""Metrics that begin or end at a threshold crossing, in the order of tables; those a trial lacks are left out."""

DEFAULT_RULE: Final = "landing-lab"
HEADLINES: Final = {
    "contact_time_s": "contact time",
    "flight_time_s": "flight time",
    "jump_height_flight_time_m": "flight-time jump height",
    "rsi_flight_time_m_per_s": "reactive strength index",
}
"""What the summary sentence names, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked of every threshold alike: where the trial lies, what it is, what the default measured."""

    found: Mapping[float, list[LandingTrial]]
    middle: float
    task: Task
    names: tuple[str, ...]
    facts: UnloadedFacts

    @property
    def floor_n(self) -> float:
        """What the plates read without load, N: noise alone can cross a lower threshold."""
        if self.facts.highest_n is None:
            return 3.0 * self.facts.noise_n
        return max(self.facts.highest_n, self.facts.noise_n)

    def row(self, rule: str, kind: RowKind, threshold_n: float, source: str | None = None) -> ThresholdRow:
        """The trial at one threshold, with the reason where it is lost or doubtful there."""
        trial = next((one for one in self.found.get(threshold_n, []) if _holds(one, self.middle)), None)
        below = threshold_n < self.floor_n
        if trial is None:
            reason = self._lost(threshold_n, below=below)
            return ThresholdRow(
                rule=rule, kind=kind, threshold_n=threshold_n, values=dict.fromkeys(self.names),
                status="refused", reason=reason, source=source,
            )  # fmt: skip
        doubts = []
        if below:
            doubts.append(f"below the {self.floor_n:.1f} N that the plates read without load: noise may end the flight")
        if trial.task != self.task:
            doubts.append(f"the trial looks like a {trial.task.replace('_', ' ')} at this threshold")
        status: Status = "flagged" if doubts else "ok"
        return ThresholdRow(
            rule=rule, kind=kind, threshold_n=threshold_n, values=_values(metrics_of(trial), self.names),
            status=status, reason="; ".join(doubts) or None, source=source,
        )  # fmt: skip

    def _lost(self, threshold_n: float, *, below: bool) -> str:
        if below:
            return f"no trial at {threshold_n:.3g} N: without load the plates read up to {self.floor_n:.1f} N"
        return f"no trial at {threshold_n:.3g} N: contact or flight ends elsewhere than with the default threshold"


def threshold_sensitivity(
    recording: Recording,
    *,
    thresholds_n: Sequence[float] | None = None,
    mass_kg: float | None = None,
    task: str = "auto",
    trial: int = 0,
) -> ThresholdSensitivity:
    """Timing numbers of one trial over contact thresholds, without the noise rule, and over the rules in use.

    thresholds_n: points of the curve, N; 5-100 N by default. mass_kg, task: as in `analyse`. trial: counted from 0.
    A recording in which no trial is found gives an answer without rows, and its reason.
    Raises ParameterError for settings that cannot be used, and for a trial beyond those found.
    """
    found = threshold_sensitivities(recording, thresholds_n=thresholds_n, mass_kg=mass_kg, task=task)
    if not 0 <= trial < len(found):
        raise ParameterError(
            f"there is no trial {trial}; {recording.source} holds {len(found)}, counted from 0; choose one of them"
        )
    return found[trial]


def threshold_sensitivities(
    recording: Recording,
    *,
    thresholds_n: Sequence[float] | None = None,
    mass_kg: float | None = None,
    task: str = "auto",
) -> tuple[ThresholdSensitivity, ...]:
    """`threshold_sensitivity` of every trial, in the order of `analyse`; one without rows where there is no trial."""
    check_recording(recording)
    check_inputs(mass_kg, None, task)
    grid = _grid(thresholds_n)
    wanted = None if task == "auto" else cast("Task", task)
    signals = signals_of(recording)
    if isinstance(signals, str):
        return (_nothing(recording, 0, "unknown", signals),)
    try:
        trials = _trials(signals, ContactParams(), wanted, mass_kg)
    except ParameterError as error:
        return (_nothing(recording, 0, "unknown", str(error)),)
    if not trials:
        return (_nothing(recording, 0, "unknown", "no trial is found with the default threshold"),)
    cache: dict[float, list[LandingTrial]] = {}
    return tuple(
        _sensitivity(recording, index, trial, grid, cache, wanted=wanted, mass_kg=mass_kg)
        for index, trial in enumerate(trials)
    )


def _grid(thresholds_n: Sequence[float] | None) -> tuple[float, ...]:
    """The points of the curve, sorted and without repeats. Raises ParameterError where one cannot be a threshold."""
    grid = tuple(sorted({float(one) for one in (THRESHOLDS_N if thresholds_n is None else thresholds_n)}))
    wrong = [one for one in grid if not (math.isfinite(one) and 0 < one <= HIGHEST_N)]
    if wrong or not grid:
        seen = f"{wrong[0]:g}" if wrong else "none"
        raise ParameterError(
            f"thresholds_n needs forces between 0 and {HIGHEST_N:g} N; got {seen}; leave it out for 5-100 N"
        )
    return grid


def _trials(
    signals: ForceSignals, params: ContactParams, wanted: Task | None, mass_kg: float | None
) -> list[LandingTrial]:
    return find_trials(signals, params=params, task_params=TaskParams(), task=wanted, mass_kg=mass_kg)[0]


def _at(threshold_n: float) -> ContactParams:
    """The default settings at another threshold; noise raises it no further, the band stays a quarter of it."""
    default = ContactParams()
    return dataclasses.replace(
        default,
        contact_on_n=threshold_n,
        noise_multiple=0.0,
        hysteresis_n=min(default.hysteresis_n, 0.25 * threshold_n),
    )


def _sensitivity(
    recording: Recording,
    index: int,
    trial: LandingTrial,
    grid: Sequence[float],
    cache: dict[float, list[LandingTrial]],
    *,
    wanted: Task | None,
    mass_kg: float | None,
) -> ThresholdSensitivity:
    table = metrics_of(trial)
    names = tuple(name for name in SENSITIVE if (row := table.get(name)) is not None and row.value is not None)
    if not names:
        return _nothing(recording, index, trial.task, "no number of this trial rests on a contact threshold")
    facts = unloaded_facts(trial)
    stated = [(rule, rule.newtons(facts)) for rule in RULES]
    usable = [newton for _, newton in stated if newton is not None and 0 < newton <= HIGHEST_N]
    for threshold_n in {*grid, *usable}:
        if threshold_n not in cache:
            cache[threshold_n] = _trials(trial.signals, _at(threshold_n), wanted, mass_kg)
    question = _Question(found=cache, middle=_middle(trial), task=trial.task, names=names, facts=facts)
    rows = [
        ThresholdRow(
            rule=DEFAULT_RULE, kind="default", threshold_n=trial.threshold_n["total"],
            values=_values(table, names), status="ok", reason=None,
            source="landing-lab, docs/definitions.md: 20 N, or 5 SD of the empty plates where that is more",
        )
    ]  # fmt: skip
    for rule, newton in stated:
        if newton is not None and 0 < newton <= HIGHEST_N:
            rows.append(question.row(rule.name, "rule", newton, rule.source))
        else:
            rows.append(
                ThresholdRow(
                    rule=rule.name, kind="rule", threshold_n=None, values=dict.fromkeys(names), status="refused",
                    reason=rule.needs, source=rule.source,
                )
            )  # fmt: skip
    rows += [question.row(f"{threshold_n:g} N", "grid", threshold_n) for threshold_n in grid]
    units: dict[str, str] = {}
    for name in names:
        measured = table.get(name)
        assert measured is not None
        units[name] = measured.unit
    spreads = _spreads(rows, units)
    return ThresholdSensitivity(
        source=recording.source,
        index=index,
        task=trial.task,
        units=units,
        rows=tuple(rows),
        spreads=spreads,
        summary=_summary(rows, spreads),
    )


def _nothing(recording: Recording, index: int, task: Task, reason: str) -> ThresholdSensitivity:
    return ThresholdSensitivity(
        source=recording.source, index=index, task=task, units={}, rows=(), spreads=(),
        summary=f"How the numbers depend on the threshold is not known: {reason}.", reason=reason,
    )  # fmt: skip


def _middle(trial: LandingTrial) -> float:
    """A position in samples that the same trial holds at any threshold: the middle of its flight, or its landing."""
    landing = trial.landing
    assert landing is not None
    if trial.contact is None:
        return landing.start.position
    return 0.5 * (trial.contact.stop.position + landing.start.position)


def _holds(trial: LandingTrial, middle: float) -> bool:
    """Whether this trial is the one around `middle`: its flight, or a landing that begins within 0.1 s of it."""
    if trial.landing is None:
        return False
    if trial.contact is None:
        return abs(trial.landing.start.position - middle) <= 0.1 * trial.sample_rate_hz
    return trial.contact.stop.position < middle < trial.landing.start.position


def _values(table: MetricsTable, names: Sequence[str]) -> dict[str, float | None]:
    rows = {name: table.get(name) for name in names}
    return {name: None if row is None else row.value for name, row in rows.items()}


def _spreads(rows: Sequence[ThresholdRow], units: Mapping[str, str]) -> tuple[ThresholdSpread, ...]:
    """The spread of each metric over the rules that hold without reserve; none where fewer than two do."""
    default = next(row for row in rows if row.kind == "default")
    spreads = []
    for name, unit in units.items():
        middle = default.values[name]
        values = [
            value
            for row in rows
            if row.kind == "rule" and row.status == "ok" and (value := row.values[name]) is not None
        ]
        if middle is None or len(values) < 2:
            continue
        spreads.append(
            ThresholdSpread(
                name=name, unit=unit, default=middle, minimum=min(values), maximum=max(values),
                sd=statistics.stdev(values),
            )
        )  # fmt: skip
    return tuple(spreads)


def _summary(rows: Sequence[ThresholdRow], spreads: Sequence[ThresholdSpread]) -> str:
    """The spread in one sentence."""
    rules = [row for row in rows if row.kind == "rule"]
    held = [row.threshold_n for row in rules if row.status == "ok" and row.threshold_n is not None]
    if not spreads or not held:
        return "Fewer than two rules find this trial, so there is no spread over rules."
    said = [
        f"{HEADLINES[one.name]} by {one.range_pct:.1f} % ({one.minimum:.3f} to {one.maximum:.3f} {one.unit})"
        for one in spreads
        if one.name in HEADLINES
    ] or [f"{one.name} by {one.range_pct:.1f} %" for one in spreads]
    left_out = len(rules) - len(held)
    without = f"; rules that do not apply to this trial or lie in its noise: {left_out}" if left_out else ""
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return (
        f"With {len(held)} rules in use for the contact threshold ({min(held):.3g} to {max(held):.3g} N) the numbers "
        f"of this one trial spread: {listed}{without}."
    )
