"""Which permutations a test is made with: all of them where they are few, else a seeded draw."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray

LEAST_DRAWN: Final = 1000
_SAME: Final = 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationSettings:
    """How a test is made.

    alpha: family-wise error over the whole curve, two-sided. n_permutations: drawn where there are more than that,
    else all are taken. seed: of the draw. cluster_forming_p: two-sided p of one node from which nodes form clusters
    (second inference; chosen before looking).
    """

    alpha: float = 0.05
    n_permutations: int = 10_000
    seed: int = 1
    cluster_forming_p: float = 0.01

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 0.5:
            raise ParameterError(f"alpha must lie between 0 and 0.5; got {self.alpha}; use 0.05")
        if not 0.0 < self.cluster_forming_p < 0.5:
            raise ParameterError(
                f"cluster_forming_p must lie between 0 and 0.5; got {self.cluster_forming_p}; use 0.01"
            )
        if not LEAST_DRAWN <= self.n_permutations <= 1_000_000:
            raise ParameterError(
                f"n_permutations must be {LEAST_DRAWN} to 1000000; got {self.n_permutations}; use 10000"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Permutations:
    """weights: (m, n), each row of unit length; observed: (n,) the row of what was measured.

    exact: all permutations, what was measured among them; else a draw, which what was measured is added to.
    """

    weights: FloatArray
    observed: FloatArray
    exact: bool

    @property
    def smallest_p(self) -> float:
        """Smallest two-sided p that this test can reach, however large the effect."""
        if not self.exact:
            return 1.0 / (len(self.weights) + 1)
        return int((np.abs(self.weights @ self.observed) >= _SAME).sum()) / len(self.weights)

    def p_of(self, extremes: FloatArray, seen: FloatArray | float) -> FloatArray:
        """Share of permutations as extreme as what was seen, never 0.

        Phipson and Smyth 2010, doi:10.2202/1544-6115.1585. extremes: (m,) one value of each permutation; seen: what
        is judged.
        """
        ordered = np.sort(extremes)
        # what differs by rounding only is as extreme
        beyond = len(ordered) - np.searchsorted(ordered, np.asarray(seen) * _SAME, side="left")
        if self.exact:
            return np.asarray(np.maximum(beyond, 1) / len(ordered))
        return np.asarray((beyond + 1) / (len(ordered) + 1))

    def threshold(self, extremes: FloatArray, alpha: float) -> float:
        """Value above which p_of is at most alpha."""
        m = len(extremes)
        allowed = math.floor(alpha * m + 1e-9) if self.exact else math.floor(alpha * (m + 1) + 1e-9) - 1
        return float(np.sort(extremes)[m - 1 - allowed])


def sign_flips(n: int, settings: PermutationSettings) -> Permutations:
    """Every athlete's difference with either sign: exchangeable where conditions make no difference."""
    exact = n < 40 and 2**n <= settings.n_permutations
    if exact:
        signs = np.array((1.0, -1.0))[(np.arange(2**n)[:, None] >> np.arange(n)[::-1]) & 1]
    else:
        signs = np.random.default_rng(settings.seed).choice((1.0, -1.0), (settings.n_permutations, n))
    return Permutations(signs / math.sqrt(n), np.full(n, 1.0 / math.sqrt(n)), exact)


def shuffles(regressor: FloatArray, settings: PermutationSettings) -> Permutations:
    """Every order of a centred regressor over athletes, scaled to unit length.

    Two groups are a regressor of two values; each different way of dealing them out counts once.
    """
    centred = regressor - regressor.mean()
    observed = centred / math.sqrt(float(centred @ centred))
    values, counts = np.unique(observed, return_counts=True)
    n_different = math.factorial(len(observed))
    for count in counts.tolist():
        n_different //= math.factorial(count)
    if n_different <= settings.n_permutations:
        return Permutations(_dealt(values, counts, len(observed)), observed, exact=True)
    rows = np.tile(observed, (settings.n_permutations, 1))
    return Permutations(np.random.default_rng(settings.seed).permuted(rows, axis=1), observed, exact=False)


def _dealt(values: FloatArray, counts: np.ndarray, n: int) -> FloatArray:
    """Every different order of values that occur counts times, one a row."""
    rows: list[dict[int, float]] = [{}]
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        rows = [
            {**row, **dict.fromkeys(places, value)}
            for row in rows
            for places in itertools.combinations([one for one in range(n) if one not in row], count)
        ]
    return np.array([[row[one] for one in range(n)] for row in rows])
