"""How much athletes, sessions of an athlete, and trials of a session differ: nested variance components.

Mean squares of the hierarchical table set equal to what is expected of them (Searle, Casella and McCulloch 1992,
chapter 5; any number of sessions and trials). What shifts everybody from one session to the next (practice) is taken
out first and counted as error of its own: left in, it would be taken off the differences between athletes. Where every
athlete has the same numbers and nothing is negative, this is REML. Intervals are generalised confidence intervals: the
mean squares are divided by drawn chi-squares (Weerahandi 1993, J Am Stat Assoc 88:899; Burdick, Borror and Montgomery
2005), which gives one for every function of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.reliability.interval import Interval
from landing_lab.errors import ParameterError

DRAWS: Final = 10_000
SEED: Final = 20261130
LEAST_OF_A_SESSION: Final = 5
"""A first, second, ... session that fewer athletes have is not given a shift of its own."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """Variances in squares of the unit, each a number or an array of draws; session is None where none repeats.

    session: all that sessions add: what is an athlete's own in it, and `shift`, which is common to everybody.
    """

    athlete: _Floats
    session: _Floats | None
    trial: _Floats
    shift: _Floats

    def error(self, n_trials: float) -> _Floats:
        """Error variance of a mean of n trials of one session: session + trial / n."""
        trial = self.trial / n_trials
        return trial if self.session is None else self.session + trial

    def icc(self, n_trials: float) -> _Floats:
        """Share of the athletes in the variance of a mean of n trials of one session."""
        error = self.error(n_trials)
        return np.asarray(self.athlete / np.where(self.athlete + error > 0, self.athlete + error, np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class NestedComponents:
    """What was found: point estimates and draws for the intervals; set_to_zero: components that came out negative."""

    point: Components
    draws: Components
    n_athletes: int
    n_groups: int
    n_values: int
    set_to_zero: tuple[str, ...]

    def interval(self, function: Callable[[Components], _Floats]) -> Interval:
        """A function of the components with its 95 % interval."""
        low, high = np.nanquantile(function(self.draws), (0.025, 0.975))
        return Interval(float(function(self.point)), float(low), float(high))

    @property
    def athlete_sd(self) -> Interval:
        """Between athletes."""
        return self.interval(lambda one: np.sqrt(one.athlete))

    @property
    def session_sd(self) -> Interval | None:
        """Between sessions of one athlete, beside what trials do; None where no session repeats."""
        return None if self.point.session is None else self.interval(lambda one: np.sqrt(_given(one.session)))

    @property
    def trial_sd(self) -> Interval:
        """Between trials of one session."""
        return self.interval(lambda one: np.sqrt(one.trial))

    def sem(self, n_trials: float) -> Interval:
        """Standard error of a mean of n trials of one session."""
        return self.interval(lambda one: np.sqrt(one.error(n_trials)))

    def icc(self, n_trials: float) -> Interval:
        """ICC of a mean of n trials of one session."""
        return self.interval(lambda one: one.icc(n_trials))


def _given(values: _Floats | None) -> _Floats:
    assert values is not None
    return values


@dataclass(frozen=True, slots=True)
class _Level:
    """Sum of squares of one level with its degrees of freedom."""

    squares: float
    df: int

    @property
    def mean(self) -> float:
        return self.squares / self.df if self.df else 0.0


def nested_components(values: _Floats, athlete: NDArray[np.generic], session: NDArray[np.generic]) -> NestedComponents:
    """Components of values (n,) with the labels of their athlete and session, arrays (n,); nan is left out.

    session tells sessions of one athlete apart; without any athlete in two sessions the session component is None and
    part of the athletes' one. Raises ParameterError without two athletes, or without two trials in any session.
    """
    known = np.isfinite(values)
    y = np.asarray(values, float)[known]
    names, a = np.unique(np.asarray(athlete)[known], return_inverse=True)
    session_names, s = np.unique(np.asarray(session)[known], return_inverse=True)
    cells, cell = np.unique(a * max(len(session_names), 1) + s, return_inverse=True)
    if len(names) < 2 or len(y) == len(cells):
        raise ParameterError(
            f"variance components need at least 2 athletes, and sessions with 2 trials or more; there are {len(names)} "
            f"athletes with {len(y)} values in {len(cells)} sessions; measure more trials"
        )
    of_cell = cells // max(len(session_names), 1)
    sizes = np.bincount(cell).astype(float)
    means = np.bincount(cell, y) / sizes
    shifts, effects, counts = _shifts(means, of_cell)
    return _solve(y - shifts[cell], cell, sizes, of_cell, (effects, counts))


def _shifts(means: _Floats, of_cell: NDArray[np.intp]) -> tuple[_Floats, _Floats, NDArray[np.intp]]:
    """What an athlete's first, second, ... session adds to everybody: per cell, each once, how many athletes tell it.

    Least squares of the session means on athlete and order; 0, and no counts, where fewer than two sessions repeat.
    """
    order = np.arange(len(of_cell)) - np.searchsorted(of_cell, of_cell)
    repeats = np.bincount(of_cell)[of_cell] >= 2
    counts = np.bincount(order[repeats], minlength=1)
    told = np.flatnonzero(counts >= LEAST_OF_A_SESSION)
    if len(told) < 2:
        return np.zeros(len(means)), np.zeros(0), np.zeros(0, np.intp)
    dummies = (order[:, None] == told).astype(float)
    n_of = np.bincount(of_cell).astype(float)

    def within(values: _Floats) -> _Floats:
        return np.asarray(values - (np.bincount(of_cell, values) / n_of)[of_cell])

    design = np.column_stack([within(column) for column in dummies.T])
    effects = np.linalg.lstsq(design, within(means), rcond=None)[0]
    effects = effects - effects.mean()
    return dummies @ effects, effects, counts[told]


def _solve(
    y: _Floats,
    cell: NDArray[np.intp],
    sizes: _Floats,
    of_cell: NDArray[np.intp],
    shifts: tuple[_Floats, NDArray[np.intp]],
) -> NestedComponents:
    """y: without the shifts; shifts: their values, and how many athletes tell each."""
    a = of_cell[cell]
    total, n_athletes, n_cells = len(y), int(a.max()) + 1, len(sizes)
    y = y - y.mean()
    cell_means = np.bincount(cell, y) / sizes
    n_of = np.bincount(a).astype(float)
    athlete_means = np.bincount(a, y) / n_of
    lost = max(len(shifts[1]) - 1, 0)
    levels = (
        _Level(float((n_of * athlete_means**2).sum()), n_athletes - 1),
        _Level(float((sizes * (cell_means - athlete_means[of_cell]) ** 2).sum()), n_cells - n_athletes - lost),
        _Level(float(((y - cell_means[cell]) ** 2).sum()), total - n_cells),
    )
    within = float((np.bincount(of_cell, sizes**2) / n_of).sum())
    k1 = (total - within) / (n_cells - n_athletes) if n_cells > n_athletes else 0.0
    k2 = (within - float((sizes**2).sum()) / total) / levels[0].df
    k3 = (total - float((n_of**2).sum()) / total) / levels[0].df
    rng = np.random.default_rng(SEED)
    pivots = [np.asarray(one.squares / rng.chisquare(one.df, DRAWS) if one.df else np.zeros(DRAWS)) for one in levels]
    means = [np.asarray(one.mean) for one in levels]
    of_shift = _shift_variance(shifts, means[1] / k1, None) if lost else np.zeros(())
    drawn_shift = _shift_variance(shifts, pivots[1] / k1, rng) if lost else np.zeros(DRAWS)
    point, zero = _components(means, levels[1].df > 0, (k1, k2, k3), of_shift)
    draws, _ = _components(pivots, levels[1].df > 0, (k1, k2, k3), drawn_shift)
    return NestedComponents(point, draws, n_athletes, n_cells, total, zero)


def _shift_variance(
    shifts: tuple[_Floats, NDArray[np.intp]], noise: _Floats, rng: np.random.Generator | None
) -> _Floats:
    """Variance of these sessions' shifts without what chance puts in; noise: variance of one session mean.

    Drawn as fixed effects, each off by its own standard error: other sessions might shift by more.
    """
    effects, counts = shifts
    if rng is None:
        return np.asarray(max(float(effects.var(ddof=1)) - float(noise) * float((1.0 / counts).mean()), 0.0))
    off = rng.standard_normal((len(noise), len(effects))) * np.sqrt(noise[:, None] / counts)
    drawn = (effects + off).var(axis=1, ddof=1) - 2.0 * noise * float((1.0 / counts).mean())
    return np.asarray(np.maximum(drawn, 0.0))


def _components(
    means: list[_Floats], has_sessions: bool, k: tuple[float, float, float], shift: _Floats
) -> tuple[Components, tuple[str, ...]]:
    """Solve the expected mean squares; what comes out negative becomes 0 and is named."""
    by_athlete, by_session, trial = means
    session = (by_session - trial) / k[0] if has_sessions else np.zeros_like(trial)
    athlete = (by_athlete - trial - k[1] * session) / k[2]
    found = {"athletes": athlete, **({"sessions": session} if has_sessions else {})}
    zero = tuple(name for name, value in found.items() if value.ndim == 0 and value < 0)
    components = Components(
        athlete=np.maximum(athlete, 0.0), session=np.maximum(session, 0.0) + shift if has_sessions else None,
        trial=trial, shift=shift,
    )  # fmt: skip
    return components, zero
