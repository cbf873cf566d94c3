"""What a comparison of waveforms found, in numbers with units and in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.analysis.waveforms.curve_test import Cluster, CurveTest
from landing_lab.analysis.waveforms.curves import AthleteMeans, CurveSet, PhaseName, Signal
from landing_lab.io.write import stamped
from landing_lab.model.blocks import FloatArray

SCHEMA: Final = "landing-lab.waveforms/1"
NOTHING_FOUND: Final = (
    "No stretch differs beyond what chance gives over the whole curve (smallest {p}); this does not show that there "
    "is no difference: see the intervals."
)
_SIGNAL_WORDS: Final[dict[Signal, str]] = {
    "force_total": "vertical force of both feet", "force_left": "vertical force of the left foot",
    "force_right": "vertical force of the right foot",
    "cop_ml_left": "medial centre of pressure of the left foot",
    "cop_ml_right": "medial centre of pressure of the right foot",
}  # fmt: skip

NOT_CAUSES: Final = "Groups and relations between people show what goes together, not what causes what."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Part of a phase in which curves differ: in % of the phase and in seconds of its mean duration.

    largest_effect: where it is furthest from 0, at largest_pct, with its 95 % confidence interval at that point.
    """

    start_pct: float
    stop_pct: float
    start_s: float
    stop_s: float
    largest_pct: float
    largest_effect: float
    low: float
    high: float
    p: float

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "start_pct": self.start_pct, "stop_pct": self.stop_pct, "start_s": self.start_s, "stop_s": self.stop_s,
            "largest_pct": self.largest_pct, "largest_effect": self.largest_effect, "low": self.low, "high": self.high,
            "p": self.p,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Mean and SD between athletes of some of them, (101,), for pictures."""

    label: str
    n: int
    mean: FloatArray
    sd: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WaveformComparison:
    """One signal over one phase, compared by permutation.

    names: first and second condition or group; of a regression, the regressor's name. means: athletes of each (of a
    regression, all of them). regressor: (n,) of a regression. test: over the nodes [start, stop) at which every athlete
    has a value; nothing is told of the others. left_out: athletes who are not in it, each with a reason.
    """

    curves: CurveSet
    names: tuple[str, ...]
    means: tuple[AthleteMeans, ...]
    regressor: FloatArray | None
    test: CurveTest
    start: int
    stop: int
    left_out: tuple[str, ...]

    @property
    def phase(self) -> PhaseName:
        """The phase that is compared."""
        return self.curves.phase

    @property
    def duration_s(self) -> float:
        """Mean duration of the phase over athletes, of both conditions or groups alike."""
        return float(np.mean([one.durations_s.mean() for one in self.means]))

    @property
    def percent(self) -> FloatArray:
        """Nodes of the test in % of the phase."""
        return self.curves.percent[self.start : self.stop]

    @property
    def bands(self) -> tuple[Band, ...]:
        """Each condition or group; of a regression, the athletes in the lowest and highest third of the regressor."""
        if self.regressor is None:
            return tuple(_band(name, one) for name, one in zip(self.names, self.means, strict=True))
        whole, order = self.means[0], np.argsort(self.regressor, kind="stable")
        n = max(1, len(order) // 3)
        bands = []
        for which, rows in (("lowest", order[:n]), ("highest", order[-n:])):
            values = self.regressor[rows]
            label = f"{which} third of {self.names[0]} ({values.min():.3g} to {values.max():.3g})"
            bands.append(_band(label, whole.of([whole.participants[row] for row in rows])))
        return tuple(bands)

    @property
    def effect_unit(self) -> str:
        """Unit of the effect: that of the curves, per unit of the regressor."""
        return self.curves.unit if self.regressor is None else f"{self.curves.unit} per unit of {self.names[0]}"

    def stretch(self, cluster: Cluster) -> Stretch:
        """A cluster of the test in % and seconds."""
        percent = self.percent
        start, stop = float(percent[cluster.start]), float(percent[cluster.stop - 1])
        test = self.test
        largest = cluster.start + int(np.abs(test.effect[cluster.start : cluster.stop]).argmax())
        return Stretch(
            start_pct=start, stop_pct=stop, start_s=start / 100.0 * self.duration_s,
            stop_s=stop / 100.0 * self.duration_s, largest_pct=float(percent[largest]),
            largest_effect=float(test.effect[largest]), low=float(test.pointwise_low[largest]),
            high=float(test.pointwise_high[largest]), p=cluster.p,
        )  # fmt: skip

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Where the curves differ over the whole curve (max-T), in order; empty where nothing can be told."""
        return tuple(self.stretch(one) for one in self.test.clusters)

    @property
    def title(self) -> str:
        """What is compared."""
        what = f"{_SIGNAL_WORDS[self.curves.signal]}, {self.phase}"
        if self.regressor is not None:
            return f"{what}: against {self.names[0]}"
        return f"{what}: {self.names[1]} minus {self.names[0]}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, how, and what it cannot say."""
        return tuple(filter(None, (*self._found(), self._method(), self._durations(), *self._limits())))

    def _found(self) -> list[str]:
        if self.test.refusal is not None:
            return [f"No test: {self.test.refusal}."]
        told = [self._told(one) for one in self.test.clusters]
        if not told:
            told = [NOTHING_FOUND.format(p=p_text(self.test.p))]
        if self.test.mass_clusters:
            masses = "; ".join(
                f"{one.start_pct:.0f}-{one.stop_pct:.0f} %, {p_text(one.p)}"
                for one in map(self.stretch, self.test.mass_clusters)
            )
            told.append(f"Second inference, by mass of a stretch: {masses}.")
        return told

    def _told(self, cluster: Cluster) -> str:
        one = self.stretch(cluster)
        if self.regressor is None:
            way = f"{self.names[1]} is {'higher' if cluster.sign > 0 else 'lower'} than {self.names[0]}"
        else:
            way = f"it is {'higher' if cluster.sign > 0 else 'lower'} where {self.names[0]} is higher"
        figures = _alike(one.largest_effect, one.low, one.high)
        return (
            f"From {one.start_pct:.0f} to {one.stop_pct:.0f} % ({one.start_s:.3f}-{one.stop_s:.3f} s) {way}: "
            f"{figures[0]} {self.effect_unit} (95 % interval {figures[1]} to {figures[2]}) at {one.largest_pct:.0f} %, "
            f"where it is largest; {p_text(one.p)}."
        )

    def _method(self) -> str:
        test = self.test
        if test.kind == "paired":
            who = f"{test.n[0]} athletes under both conditions; signs of their differences flipped"
        elif test.kind == "two_sample":
            who = f"{test.n[0]} and {test.n[1]} athletes; groups dealt anew"
        else:
            who = f"{test.n[0]} athletes; values of {self.names[0]} shuffled"
        how = "all" if test.exact else "drawn"
        return (
            f"Means of athletes, never single trials: {who}, {test.n_permutations} permutations ({how}), largest |t| "
            f"of each, two-sided, {100 * test.alpha:g} % for the whole curve."
        )

    def _durations(self) -> str:
        if len(self.means) != 2:
            return f"The phase lasts {self.duration_s:.3f} s on average; seconds are % of that."
        first, second = (float(one.durations_s.mean()) for one in self.means)
        if abs(first - second) < 0.005 * first:
            return f"The phase lasts {self.duration_s:.3f} s on average, alike in both; seconds are % of that."
        return (
            f"The phase lasts {first:.3f} s ({self.names[0]}) and {second:.3f} s ({self.names[1]}) on average: the "
            f"same % is not the same time; seconds are % of {self.duration_s:.3f} s."
        )

    def _limits(self) -> list[str]:
        told = [] if self.test.kind == "paired" else [NOT_CAUSES]
        whole = self.curves.percent
        if self.stop - self.start < len(whole):
            told.append(
                f"Tested from {whole[self.start]:.0f} to {whole[self.stop - 1]:.0f} %: elsewhere somebody has no value."
            )
        few = sorted(
            {who for one in self.means for who, n in zip(one.participants, one.n_trials, strict=True) if n < 3}
        )
        if few:
            told.append(
                f"Fewer than {LEAST_TRIALS} trials of {', '.join(few[:8])}{' and others' if len(few) > 8 else ''}."
            )
        if self.left_out:
            told.append(f"Left out: {'; '.join(self.left_out[:8])}{' and others' if len(self.left_out) > 8 else ''}.")
        told += [f"{note[0].upper()}{note[1:]}." for note in self.curves.notes]
        return told

    def as_dict(self) -> dict[str, object]:
        """The document landing-lab.waveforms/1."""
        test = self.test
        return stamped(SCHEMA, {
            "signal": self.curves.signal, "unit": self.curves.unit, "phase": self.phase,
            "registration": self.curves.registration, "landmark_pct": self.curves.landmark_pct,
            "kind": test.kind, "names": list(self.names), "simulated": self.curves.simulated,
            "percent": self.percent.tolist(), "duration_s": self.duration_s,
            "athletes": [
                {"name": name, "participants": list(one.participants), "n_trials": list(one.n_trials),
                 "durations_s": one.durations_s.tolist(), "mean": _list(one.mean),
                 "sd": _list(one.sd)}
                for name, one in zip(self.names, self.means, strict=True)
            ],
            "regressor": None if self.regressor is None else self.regressor.tolist(),
            "effect": {
                "unit": self.effect_unit, "value": _list(test.effect), "se": _list(test.se),
                "pointwise_low": _list(test.pointwise_low), "pointwise_high": _list(test.pointwise_high),
                "simultaneous_low": _list(test.simultaneous_low), "simultaneous_high": _list(test.simultaneous_high),
            },
            "test": {
                "n": list(test.n), "t": _list(test.t), "degrees_of_freedom": test.freedom,
                "threshold_t": _number(test.threshold), "adjusted_p": _list(test.adjusted_p), "p": test.p,
                "alpha": test.alpha, "n_permutations": test.n_permutations, "exact": test.exact, "seed": test.seed,
                "smallest_p": test.smallest_p, "refusal": test.refusal,
                "clusters": [self.stretch(one).as_dict() for one in test.clusters],
                "cluster_forming_t": test.cluster_forming_t,
                "mass_clusters": [self.stretch(one).as_dict() for one in test.mass_clusters],
                "extent_clusters": [self.stretch(one).as_dict() for one in test.extent_clusters],
            },
            "trials_left_out": [{"trial": one.title, "reason": one.reason} for one in self.curves.left_out],
            "athletes_left_out": list(self.left_out),
            "sentences": list(self.sentences),
        })  # fmt: skip


def _band(label: str, means: AthleteMeans) -> Band:
    return Band(label=label, n=len(means.participants), mean=means.mean, sd=means.sd)


def p_text(p: float) -> str:
    """A p as people read it, never 0."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _alike(*values: float) -> list[str]:
    """Numbers with a sign and as many decimals as give the first two digits."""
    size = max(abs(values[0]), 1e-9)
    decimals = min(max(1 - math.floor(math.log10(size)), 0), 6)
    return [f"{value:+.{decimals}f}" for value in values]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _list(values: FloatArray) -> list[float | None]:
    return [_number(one) for one in values.tolist()]
