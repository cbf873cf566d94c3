"""Norms of one laboratory: how the means of its own athletes spread, by sex and age, where there are enough of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from landing_lab.analysis.cohort.strata import Stratum, strata_of
from landing_lab.analysis.reference import LEAST_LOCAL_ATHLETES, Reference

PERCENTILES: Final = (5, 25, 50, 75, 95)


class NormKey(NamedTuple):
    """What a norm is of, and of whom."""

    name: str
    side: str
    task: str
    condition: str
    stratum: Stratum


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """Spread of the athletes' means of one metric and side, in `unit`; one athlete is one value.

    sd: between athletes (n - 1). mean_low, mean_high: 95 % interval of the mean (Student's t). percentiles: at
    PERCENTILES, linear between athletes. flagged_fraction: of their trials.
    """

    unit: str
    n_athletes: int
    n_trials: int
    mean: float
    sd: float
    mean_low: float
    mean_high: float
    percentiles: tuple[float, ...]
    flagged_fraction: float

    def without(self, own: float) -> tuple[float, float]:
        """Mean and standard deviation of the others, exactly, where `own` is the mean of one of the athletes."""
        n = self.n_athletes
        mean = (n * self.mean - own) / (n - 1)
        squares = self.sd**2 * (n - 1) - (own - self.mean) * (own - mean)
        return mean, math.sqrt(max(squares, 0.0) / (n - 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """All norms of a dataset.

    norms: those of at least LEAST_LOCAL_ATHLETES athletes. counts: athletes of every (task, condition, stratum),
    also of those too small for a norm. athlete_means: participant -> (name, side, task, condition) -> mean; of those
    asked for or of everybody, to take an athlete out of its own norm; empty where nobody knows.
    source: where it comes from, in words.
    """

    norms: Mapping[NormKey, Norm]
    counts: Mapping[tuple[str, str, Stratum], int]
    n_athletes: int
    n_sessions: int
    n_trials: int
    source: str = "this laboratory"
    athlete_means: Mapping[str, Mapping[tuple[str, str, str, str], float]] = field(default_factory=dict)

    def usual(self) -> tuple[str, str] | None:
        """Task and condition with the most athletes; None where there is no norm."""
        wide = {(key.task, key.condition): 0 for key in self.norms}
        for (task, condition, stratum), n in self.counts.items():
            if stratum == Stratum() and (task, condition) in wide:
                wide[task, condition] = n
        return min(wide, key=lambda one: (-wide[one], one)) if wide else None

    def reference(
        self,
        name: str,
        side: str,
        *,
        sex: str | None,
        age_years: float | None,
        task: str | None = None,
        condition: str | None = None,
        without: str | None = None,
    ) -> Reference | None:
        """The norm of the narrowest group with at least 30 athletes that an athlete belongs to, None where none has.

        task, condition: None means those that most athletes did. without: participant who is to be taken out of the
        norm, because one who is compared must not be part of what he is compared with; where nobody knows whether he
        is in it, the group says so.
        """
        usual = self.usual()
        if usual is None:
            return None
        task = usual[0] if task is None else task
        if condition is None:
            condition = usual[1] if task == usual[0] else self._usual_condition(task)
        own = self.athlete_means.get(without or "", {}).get((name, side, task, condition))
        for stratum in strata_of(sex, None if age_years is None or math.isnan(age_years) else age_years):
            norm = self.norms.get(NormKey(name, side, task, condition, stratum))
            if norm is None:
                continue
            mean, sd, n, left_out = norm.mean, norm.sd, norm.n_athletes, ""
            others = n
            if own is not None:
                (mean, sd), n, left_out = norm.without(own), n - 1, ", without this athlete"
                others = n
            elif without is not None and not self.athlete_means:
                others, left_out = n - 1, ", this athlete may be among them"
            if others >= LEAST_LOCAL_ATHLETES and sd > 0.0:
                did = " ".join(part.replace("_", " ") for part in (task, condition) if part)
                return Reference(
                    name=name, side=side, unit=norm.unit, kind="local", mean=mean, sd=sd, n=n,
                    group=f"{n} athletes: {stratum.words}; {did}{left_out}", source=self.source,
                )  # fmt: skip
        return None

    def _usual_condition(self, task: str) -> str:
        found = {c: n for (t, c, stratum), n in self.counts.items() if t == task and stratum == Stratum()}
        return min(found, key=lambda one: (-found[one], one)) if found else ""


def read_norms(dataset: str | Path) -> Norms | None:
    """The norms in DATASET/norms.json; None where there are none.

    Raises FileFormatError where the file is not one of norms or damaged.
    """
    from landing_lab.analysis.cohort.norms_file import read_norms as read

    return read(dataset)
