"""Errors of simulated trials: what the analysis says against what is true, with the stated uncertainty beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

import landing_lab as ll
from landing_lab.fuse.force_plate import SCALE_SD
from landing_lab.model.channels import Side
from landing_lab.model.result import Result
from landing_lab.sim.force_plate import measure_on_plates
from landing_lab.sim.motion import Motion
from landing_lab.sim.truth import DropJumpTruth
from traces import on_plates

Key: TypeAlias = tuple[str, Side]


@dataclass(frozen=True, kw_only=True)
class Plates:
    """How a motion is recorded. scale: factor of each plate. one_plate: both feet on one, with its noise and zero."""

    sample_rate_hz: float = 1000.0
    noise_n: float = 1.5
    step_n: float = 0.5
    offset_n: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    one_plate: bool = False

    @property
    def total_noise_n(self) -> float:
        """SD of the noise of the total."""
        return self.noise_n if self.one_plate else self.noise_n * 2**0.5


@dataclass(frozen=True)
class Error:
    """Measured minus true, the stated SD, and the seed of the trial."""

    error: float
    sd: float
    seed: int

    def within(self, sds: float) -> bool:
        """Whether this many stated SD cover the error."""
        return abs(self.error) <= sds * self.sd


@dataclass(kw_only=True)
class Errors:
    """By (name, side): errors of metrics and events, truths that were refused, and finds that truth does not have."""

    metrics: dict[Key, list[Error]] = field(default_factory=lambda: defaultdict(list))
    events: dict[Key, list[Error]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[Key, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    invented: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    absent: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    results: list[Result] = field(default_factory=list)

    def compare(self, result: Result, truth: DropJumpTruth, seed: int) -> None:
        """Add one trial."""
        self.results.append(result)
        for row in result.first.table:
            key = row.name, row.side
            if key in truth.absent:
                (self.absent if row.value is None else self.invented)[key].append(seed)
            elif key in truth.metrics:
                if row.value is None or row.sd is None:
                    self.refused[key].append((row.reason or "", seed))
                else:
                    self.metrics[key].append(Error(row.value - truth.metrics[key], row.sd, seed))
        for event in result.first.events:
            if (event.name, event.side) in truth.events:
                error = event.time_s - truth.events[event.name, event.side]
                self.events[event.name, event.side].append(Error(error, event.sd_s, seed))


def covered(errors: Sequence[Error], sds: float = 2.0) -> float:
    """Share of errors within this many stated SD; one in a few (under 30) may lie outside by chance."""
    outside = sum(not error.within(sds) for error in errors)
    return 1.0 if len(errors) < 30 and outside <= 1 else 1.0 - outside / len(errors)


def record(motion: Motion, plates: Plates, *, seed: int) -> Result:
    """The analysis of this motion recorded on these plates."""
    noise_n = plates.noise_n / 2**0.5 if plates.one_plate else plates.noise_n
    recording = measure_on_plates(
        motion,
        seed=seed,
        sample_rate_hz=plates.sample_rate_hz,
        noise_n=noise_n,
        step_n=0.0 if plates.one_plate else plates.step_n,
        offset_n=plates.offset_n,
    )
    force = recording.streams["force"].samples * np.array(plates.scale)
    if not plates.one_plate:
        return ll.analyse(on_plates(force, sample_rate_hz=plates.sample_rate_hz, sides=("left", "right")))
    total = force.sum(axis=1)
    if plates.step_n:
        total = np.round(total / plates.step_n) * plates.step_n
    return ll.analyse(on_plates(total, sample_rate_hz=plates.sample_rate_hz))


def errors_at(jumps: Iterable[tuple[Motion, DropJumpTruth, int]], rates_hz: Sequence[float]) -> dict[float, Errors]:
    """Sample rate -> errors of the same jumps, each recorded on plates whose scale is off as the stated SD assumes."""
    found = {rate: Errors() for rate in rates_hz}
    for motion, truth, seed in jumps:
        rng = np.random.default_rng(seed)
        noise_n = float(rng.uniform(0.3, 3.0))
        left, right = (float(1.0 + SCALE_SD * part) for part in rng.standard_normal(2))
        for rate, errors in found.items():
            plates = Plates(sample_rate_hz=rate, noise_n=noise_n, scale=(left, right))
            errors.compare(record(motion, plates, seed=seed), truth, seed)
    return found
