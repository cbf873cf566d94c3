"""Real jumps recorded at 1000 Hz and more, as they are and degraded, measured by the analysis."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import landing_lab as ll
from degrade import (
    HX711_HZ,
    conversion_mean,
    hx711_settling,
    hx711_sinc,
    low_passed,
    noisy,
    point_sampled,
    quantised,
)
from landing_lab.detect.params import ContactParams, TaskParams
from landing_lab.detect.trial import LandingTrial
from landing_lab.detect.trials import find_trials
from landing_lab.fuse.force_plate import signals_from_plate
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import RefusedError
from landing_lab.metrics.table import metrics_of
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import MetricValue
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from reference import require_reference_data
from traces import on_plates

RATES_HZ: dict[str, float | None] = {
    "gidiel/Dual-DJ-Fz.txt": 1000,
    "gidiel/Dual-CMJ-Fz.txt": 1000,
    "acl_squat_jump/BFR003_squat_jump.csv": None,
    "acl_squat_jump/BFR007_squat_jump.csv": None,
    "jumpmetrics/cmj_example.txt": 2000,
    "jumpmetrics/FHOC_P30_SQT300007.txt": 1000,
    "plateforce/subject01_trial1.force.txt": 1200,
    "opencap/subject5/DJ1_forces.mot": None,
}
MASSES_KG = {"opencap/subject5/DJ1_forces.mot": 79.4}
SATURATED = "plateforce/subject01_trial1.force.txt"
"""Its plate was at its limit for 18 ms of the landing: the landing's peak is not in the file."""

SAME_LANDING_S = 0.08
POINT_HZ = (80.0, 100.0, 200.0, 500.0)
CUTOFFS_HZ = (10.0, 20.0, 30.0, 50.0, 100.0)


@dataclass(frozen=True, eq=False)
class Source:
    """Force (n, k) newton of one recording: all its plates, or one of them alone as if it were the whole lab."""

    file: str
    plate: str
    force: FloatArray
    rate_hz: float
    sides: tuple[Side, ...]
    mass_kg: float | None


class Case(NamedTuple):
    """One metric of one trial read twice: from the degraded force and from the force as recorded."""

    source: Source
    trial: int
    degradation: str
    name: str
    side: Side
    value: float
    sd: float
    truth: float
    truth_sd: float


class TouchError(NamedTuple):
    """How far a quantity of one contact or landing moved: percent, times in milliseconds."""

    source: Source
    trial: int
    where: str
    degradation: str
    name: str
    error: float


def force_of(name: str) -> tuple[FloatArray, float, tuple[Side, ...]]:
    """Vertical force (n, k) newton, rate and sides of a file."""
    stream = ll.read(require_reference_data() / "force" / name, sample_rate_hz=RATES_HZ.get(name)).streams["force"]
    columns = [i for i, channel in enumerate(stream.layout.channels) if channel.quantity == "force"]
    sides = tuple(stream.layout.channels[i].side for i in columns)
    return np.ascontiguousarray(stream.samples[:, columns]), stream.sample_rate_hz, sides


def trials_of(force: FloatArray, rate_hz: float, sides: tuple[Side, ...], mass_kg: float | None) -> list[LandingTrial]:
    """Trials with a landing, as the analysis finds and completes them."""
    signals = signals_from_plate(on_plates(force, sample_rate_hz=rate_hz, sides=sides).streams["force"])
    found, _ = find_trials(signals, params=ContactParams(), task_params=TaskParams(), mass_kg=mass_kg)
    return [trial for trial in found if trial.landing is not None and not trial.landing.start.open]


def landing_s(trial: LandingTrial) -> float:
    assert trial.landing is not None
    return trial.time_s(trial.landing.start.position)


def nearest(trials: list[LandingTrial], trial: LandingTrial) -> LandingTrial | None:
    """The trial of the same landing; degraded readings begin up to 40 ms later than the recording."""
    best = min(trials, key=lambda other: abs(landing_s(other) - landing_s(trial)), default=None)
    return None if best is None or abs(landing_s(best) - landing_s(trial)) > SAME_LANDING_S else best


@functools.cache
def sources() -> list[tuple[Source, list[LandingTrial]]]:
    """Every source with its trials as recorded; a plate alone has those of the whole recording."""
    found = []
    for file in RATES_HZ:
        force, rate_hz, sides = force_of(file)
        whole = Source(file, "all", force, rate_hz, sides, MASSES_KG.get(file))
        trials = trials_of(force, rate_hz, sides, whole.mass_kg)
        found.append((whole, trials))
        weight = trials[0].weight
        assert weight is not None
        for column, side in enumerate(sides if len(sides) == 2 else ()):
            # Half the body, where the plate alone saw nobody stand still.
            half = Source(file, side, force[:, [column]], rate_hz, ("total",), weight.value_n / GRAVITY / 2.0)
            alone = trials_of(half.force, rate_hz, half.sides, half.mass_kg)
            found.append((half, [one for one in (nearest(alone, trial) for trial in trials) if one is not None]))
    return found


def degradations(source: Source, phases: int) -> Iterator[tuple[str, FloatArray, float]]:
    """(name, force, rate) of every degraded reading of a source."""
    force, rate = source.force, source.rate_hz
    for phase in (np.arange(phases) + 0.5) / phases:
        for hz in POINT_HZ:
            yield f"point {hz:g} Hz", point_sampled(force, rate, hz, phase), hz
        yield "conversion mean", conversion_mean(force, rate, phase), HX711_HZ
        yield "settling", hx711_settling(force, rate, phase), HX711_HZ
    for order in (3, 4):
        fine, fine_hz = hx711_sinc(force, rate, order=order)
        for phase in (np.arange(phases) + 0.5) / phases:
            yield f"sinc{order}", point_sampled(fine, fine_hz, HX711_HZ, phase), HX711_HZ
    for cutoff in CUTOFFS_HZ:
        yield f"low-pass {cutoff:g} Hz", low_passed(force, rate, cutoff), rate
    if source.plate == "all":  # a plate alone is no longer weighed on once noise hides that nobody moved
        yield "2.8 N steps", quantised(force), rate
        yield "3 N noise", noisy(force, 3.0, seed=0), rate


TABLE = ("peak_force_n", "loading_rate_mean_bw_per_s", "loading_rate_20_80_bw_per_s", "loading_rate_max_bw_per_s",
         "impulse_0_100ms_ns")  # fmt: skip
TIMES = ("contact_time_s", "rsi_flight_time_m_per_s")


def touches(trial: LandingTrial) -> dict[tuple[str, str], float]:
    """(contact or landing, quantity) -> value, every gate open."""
    names = {("landing", name): f"landing_{name}" for name in TABLE}
    if trial.task == "drop_jump":
        names |= {("contact", name): name for name in (*TABLE, *TIMES)}
    found = {}
    for key, name in names.items():
        if trial.weight is None:  # task recognised, but nobody stands still any more
            continue
        try:
            estimate = all_metrics()[name].compute(trial, "total")
        except RefusedError:
            continue
        # Body weight is no part of the comparison: readings of the same plate weigh the same person.
        found[key] = estimate.value * (trial.weight.value_n if name.endswith("_bw_per_s") else 1.0)
    return found


class Degraded(NamedTuple):
    """Everything that was compared, and (trials expected, not found, found as another task) by degradation."""

    cases: list[Case]
    errors: list[TouchError]
    counts: dict[str, tuple[int, int, int]]


@functools.cache
def degraded(phases: int = 24) -> Degraded:
    """Every real trial read through every degradation."""
    everything = Degraded([], [], {})
    for source, references in sources():
        tables = [{(row.name, row.side): row for row in metrics_of(trial)} for trial in references]
        values = [touches(trial) for trial in references]
        for name, force, hz in degradations(source, phases):
            trials = trials_of(force, hz, source.sides, source.mass_kg)
            for index, reference in enumerate(references):
                trial = nearest(trials, reference)
                expected, missing, other = everything.counts.get(name, (0, 0, 0))
                if trial is None:
                    everything.counts[name] = (expected + 1, missing + 1, other)
                    continue
                renamed = trial.task != reference.task
                everything.counts[name] = (expected + 1, missing, other + renamed)
                if not renamed:
                    everything.cases.extend(_cases(source, index, name, trial, tables[index]))
                everything.errors.extend(_errors(source, index, name, trial, values[index]))
    return everything


def _cases(
    source: Source, index: int, degradation: str, trial: LandingTrial, table: dict[tuple[str, Side], MetricValue]
) -> Iterator[Case]:
    for row in metrics_of(trial):
        truth = table[row.name, row.side]
        if row.value is None or truth.value is None or row.sd is None or truth.sd is None:
            continue
        if source.file == SATURATED and row.name.startswith("landing_"):
            continue
        if "first_peak" in row.name and "one sample" in f"{row.reason} {truth.reason}":
            continue  # said to be an artefact: a lone first sample of a plate that rings
        yield Case(source, index, degradation, row.name, row.side, row.value, row.sd, truth.value, truth.sd)


def _errors(
    source: Source, index: int, degradation: str, trial: LandingTrial, truths: dict[tuple[str, str], float]
) -> Iterator[TouchError]:
    found = touches(trial)
    for (where, name), truth in truths.items():
        if (where, name) in found:
            value = found[where, name]
            in_ms = name == "contact_time_s"
            error = 1000.0 * (value - truth) if in_ms else 100.0 * (value / truth - 1.0)
            yield TouchError(source, index, where, degradation, name, error)
