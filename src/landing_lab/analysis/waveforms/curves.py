"""Curves over a phase: of single trials, of athletes, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from landing_lab.model.blocks import FloatArray

Signal: TypeAlias = Literal["force_total", "force_left", "force_right", "cop_ml_left", "cop_ml_right"]
PhaseName: TypeAlias = Literal["contact", "braking", "propulsion", "landing", "loading", "attenuation", "stabilising"]
Registration: TypeAlias = Literal["linear", "landmark"]

SIGNALS: Final[tuple[Signal, ...]] = get_args(Signal)
PHASES: Final[tuple[PhaseName, ...]] = get_args(PhaseName)
REGISTRATIONS: Final[tuple[Registration, ...]] = get_args(Registration)
UNITS: Final[dict[Signal, str]] = {
    "force_total": "BW", "force_left": "BW", "force_right": "BW", "cop_ml_left": "mm", "cop_ml_right": "mm",
}  # fmt: skip
N_NODES: Final = 101
LEAST_SHARE: Final = 0.5
"""Share of an athlete's trials that must have a value at a node for the mean to have one there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialCurve:
    """values: (101,) over 0 to 100 % of the phase, NaN where nothing is told. duration_s: of the phase.

    landmark_pct: where in the phase its landmark lies (the lowest point of a contact), None where it has none.
    flagged: why its numbers are in doubt, None where they are not.
    """

    participant: str
    session: str
    run: int
    task: str
    condition: str
    values: FloatArray
    duration_s: float
    landmark_pct: float | None
    flagged: str | None

    @property
    def title(self) -> str:
        """Which trial it is."""
        return f"sub-{self.participant} ses-{self.session} run-{self.run:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A trial without a curve, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AthleteMeans:
    """One row per athlete: curves (n, 101), mean durations (n,), how many trials each is the mean of."""

    participants: tuple[str, ...]
    curves: FloatArray
    durations_s: FloatArray
    n_trials: tuple[int, ...]

    @property
    def mean(self) -> FloatArray:
        """Mean over athletes, (101,); NaN where one has no value."""
        return np.asarray(self.curves.mean(axis=0))

    @property
    def sd(self) -> FloatArray:
        """SD between athletes, (101,); NaN where one has no value, or there is one athlete only."""
        if len(self.curves) < 2:
            return np.full(self.curves.shape[1], np.nan)
        return np.asarray(self.curves.std(axis=0, ddof=1))

    def of(self, participants: Sequence[str]) -> AthleteMeans:
        """The same of these athletes, in this order."""
        rows = [self.participants.index(one) for one in participants]
        return AthleteMeans(
            participants=tuple(participants), curves=self.curves[rows], durations_s=self.durations_s[rows],
            n_trials=tuple(self.n_trials[row] for row in rows),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveSet:
    """Curves of one signal over one phase, 101 nodes each, in `unit`.

    landmark_pct: where the landmark was put, None without landmark registration. notes: sentences on the whole set.
    """

    signal: Signal
    phase: PhaseName
    unit: str
    registration: Registration
    landmark_pct: float | None
    trials: tuple[TrialCurve, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def percent(self) -> FloatArray:
        """(101,) nodes in % of the phase."""
        return np.linspace(0.0, 100.0, N_NODES)

    def noted(self, sentences: Sequence[str]) -> CurveSet:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *sentences))

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions that occur, in order of their first trial."""
        return tuple(dict.fromkeys(one.condition for one in self.trials))

    @property
    def mean_landmark_pct(self) -> float | None:
        """Where in the phase its landmark lies, mean over athletes; None where it has none."""
        own: dict[str, list[float]] = {}
        for one in self.trials:
            if one.landmark_pct is not None:
                own.setdefault(one.participant, []).append(one.landmark_pct)
        return float(np.mean([np.mean(values) for values in own.values()])) if own else None

    def athlete_means(self, *, condition: str | None = None) -> AthleteMeans:
        """Mean of each athlete: of trials within a session, then of sessions; of one condition where it is named.

        A node has a value where half of the athlete's trials of each session have one.
        """
        chosen = [one for one in self.trials if condition is None or one.condition == condition]
        people = tuple(dict.fromkeys(one.participant for one in chosen))
        curves, durations, counts = [], [], []
        for person in people:
            own = [one for one in chosen if one.participant == person]
            sessions = [[one for one in own if one.session == name] for name in dict.fromkeys(t.session for t in own)]
            curves.append(np.mean([_mean([one.values for one in trials]) for trials in sessions], axis=0))
            durations.append(float(np.mean([np.mean([one.duration_s for one in trials]) for trials in sessions])))
            counts.append(len(own))
        return AthleteMeans(
            participants=people, curves=np.array(curves).reshape(len(people), N_NODES),
            durations_s=np.array(durations), n_trials=tuple(counts),
        )  # fmt: skip


def _mean(curves: Sequence[FloatArray]) -> FloatArray:
    stacked = np.array(curves)
    known = np.isfinite(stacked).sum(axis=0)
    total = np.where(np.isfinite(stacked), stacked, 0.0).sum(axis=0)
    return np.where(known >= LEAST_SHARE * len(stacked), total / np.maximum(known, 1), np.nan)
