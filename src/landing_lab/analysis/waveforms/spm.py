"""Permutation tests of whole curves: t at every node against the largest t of every permutation.

Nichols and Holmes 2002, doi:10.1002/hbm.1058 (max-T, single threshold); Maris and Oostenveld 2007,
doi:10.1016/j.jneumeth.2007.03.024 (cluster mass); Pataky 2010, doi:10.1016/j.jbiomech.2010.03.008 (curves of
movement). Curves are means of athletes: a trial is never a subject.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from landing_lab.analysis.permutations import Permutations, PermutationSettings, shuffles, sign_flips
from landing_lab.analysis.waveforms.curve_test import Cluster, CurveTest, DesignKind
from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray

LEAST_ATHLETES: Final = 3
"""Fewer give no spread to speak of."""
LEAST_RESIDUAL: Final = 1e-12
"""Share of the sum of squares below which a residual is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Design:
    """curves: (n, q) centred as the test asks; scale: what turns weights @ curves into the effect."""

    kind: DesignKind
    n: tuple[int, ...]
    curves: FloatArray
    permutations: Permutations
    freedom: int
    scale: float


def paired_test(first: FloatArray, second: FloatArray, settings: PermutationSettings | None = None) -> CurveTest:
    """Second against first condition of the same athletes: signs of their differences are flipped.

    first, second: (n_athletes, q) means of each athlete, one row each, in the same order. Raises ParameterError.
    """
    chosen = settings or PermutationSettings()
    one, two = _checked(first, "first"), _checked(second, "second")
    if one.shape != two.shape:
        raise ParameterError(
            f"a paired test needs both conditions of the same athletes at the same nodes; got {one.shape} and "
            f"{two.shape}; leave out who has only one"
        )
    n = len(one)
    design = _Design(
        kind="paired", n=(n,), curves=two - one, permutations=sign_flips(n, chosen), freedom=n - 1,
        scale=1.0 / math.sqrt(n),
    )  # fmt: skip
    return _tested(design, chosen)


def two_sample_test(first: FloatArray, second: FloatArray, settings: PermutationSettings | None = None) -> CurveTest:
    """Second against first group of athletes, pooled variance: who is in which group is dealt anew.

    first, second: (n_athletes, q) means of each athlete. Raises ParameterError.
    """
    chosen = settings or PermutationSettings()
    one, two = _checked(first, "first"), _checked(second, "second")
    if one.shape[1] != two.shape[1]:
        raise ParameterError(
            f"two groups need curves of the same nodes; got {one.shape[1]} and {two.shape[1]}; normalise both alike"
        )
    n = (len(one), len(two))
    curves = np.vstack([one, two])
    design = _Design(
        kind="two_sample", n=n, curves=curves - curves.mean(axis=0),
        permutations=shuffles(np.repeat([0.0, 1.0], n), chosen), freedom=sum(n) - 2,
        scale=math.sqrt(1.0 / n[0] + 1.0 / n[1]),
    )  # fmt: skip
    return _tested(design, chosen)


def regression_test(
    curves: FloatArray, regressor: FloatArray, settings: PermutationSettings | None = None
) -> CurveTest:
    """Curves against one number of each athlete: the numbers are shuffled over athletes.

    curves: (n_athletes, q) means of each athlete; regressor: (n_athletes,). The effect is the slope per unit of the
    regressor. Raises ParameterError.
    """
    chosen = settings or PermutationSettings()
    y = _checked(curves, "curves")
    x = np.asarray(regressor, dtype=np.float64)
    if x.shape != (len(y),) or not np.isfinite(x).all():
        raise ParameterError(
            f"a regression needs one number for each of {len(y)} athletes; got {x.size} of which "
            f"{int(np.isfinite(x).sum())} are known; leave out who has none"
        )
    if float(np.ptp(x)) == 0.0:
        raise ParameterError(f"the regressor is {x[0]:g} for every athlete; there is nothing to regress on")
    design = _Design(
        kind="regression", n=(len(y),), curves=y - y.mean(axis=0), permutations=shuffles(x, chosen),
        freedom=len(y) - 2, scale=1.0 / math.sqrt(float(((x - x.mean()) ** 2).sum())),
    )  # fmt: skip
    return _tested(design, chosen)


def _checked(curves: FloatArray, which: str) -> FloatArray:
    values = np.asarray(curves, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ParameterError(f"{which}: curves are a table of athletes by nodes; got the shape {values.shape}")
    if len(values) < LEAST_ATHLETES:
        raise ParameterError(
            f"{which}: {len(values)} athlete{'s' if len(values) != 1 else ''}; a test of curves needs "
            f"{LEAST_ATHLETES} or more (a trial is never a subject)"
        )
    if not np.isfinite(values).all():
        raise ParameterError(f"{which}: {int((~np.isfinite(values)).sum())} values are missing; leave those nodes out")
    return values


def _tested(design: _Design, settings: PermutationSettings) -> CurveTest:
    from scipy import stats

    forming = float(stats.t.ppf(1.0 - settings.cluster_forming_p / 2.0, design.freedom))
    t, extremes = t_and_extremes(design.curves, design.permutations, design.freedom, forming)
    made = design.permutations
    refusal = _refusal(design, settings)
    adjusted = made.p_of(extremes["max_abs_t"], np.abs(t))
    threshold = made.threshold(extremes["max_abs_t"], settings.alpha) if refusal is None else math.nan
    effect = made.observed @ design.curves * design.scale
    # not effect / t: where the effect is 0 that would lose the error
    square = (design.curves**2).sum(axis=0)
    residual = np.maximum(square - (effect / design.scale) ** 2, LEAST_RESIDUAL * square)
    se = np.sqrt(residual / design.freedom) * design.scale
    alone = float(stats.t.ppf(0.975, design.freedom))
    beyond = clusters_of(t, forming)
    tell = refusal is None
    return CurveTest(
        kind=design.kind, n=design.n, effect=effect, se=se, t=t, freedom=design.freedom,
        pointwise_low=effect - alone * se, pointwise_high=effect + alone * se,
        simultaneous_low=effect - threshold * se, simultaneous_high=effect + threshold * se,
        threshold=threshold, adjusted_p=adjusted, p=float(adjusted.min()),
        clusters=_significant(t, adjusted, settings.alpha) if tell else (),
        cluster_forming_t=forming,
        mass_clusters=tuple(
            replace(one, p=float(made.p_of(extremes["max_mass"], one.mass))) for one in beyond
        ) if tell else (),
        extent_clusters=tuple(
            replace(one, p=float(made.p_of(extremes["max_extent"].astype(float), float(one.n_nodes)))) for one in beyond
        ) if tell else (),
        alpha=settings.alpha, n_permutations=len(made.weights), exact=made.exact,
        seed=None if made.exact else settings.seed, smallest_p=made.smallest_p, refusal=refusal,
    )  # fmt: skip


def t_and_extremes(
    curves: FloatArray, made: Permutations, freedom: int, forming: float
) -> tuple[FloatArray, np.ndarray]:
    """The t curve that was measured, and the extremes of every permutation (EXTREMES_DTYPE)."""
    from landing_lab.kernels.permutation import EXTREMES_DTYPE, permuted_extremes

    whole = np.ascontiguousarray(curves)
    square = (whole**2).sum(axis=0)
    t = np.empty(whole.shape[1])
    extremes = np.zeros(len(made.weights), EXTREMES_DTYPE)
    settings = (float(freedom), LEAST_RESIDUAL, forming)
    permuted_extremes(whole, np.ascontiguousarray(made.weights), square, *settings, t, extremes)
    own = np.zeros(1, EXTREMES_DTYPE)
    permuted_extremes(whole, np.ascontiguousarray(made.observed[np.newaxis]), square, *settings, t, own)
    return t, extremes


def clusters_of(t: FloatArray, beyond: float) -> tuple[Cluster, ...]:
    """Stretches of t with |t| > beyond on one side of zero; p is NaN, to be filled in."""
    side = np.where(np.abs(t) > beyond, np.sign(t), 0.0)
    return _runs(t, side)


def _significant(t: FloatArray, adjusted: FloatArray, alpha: float) -> tuple[Cluster, ...]:
    found = _runs(t, np.where(adjusted <= alpha, np.sign(t), 0.0))
    return tuple(replace(one, p=float(adjusted[one.start : one.stop].min())) for one in found)


def _runs(t: FloatArray, side: FloatArray) -> tuple[Cluster, ...]:
    edges = [0, *(np.flatnonzero(np.diff(side)) + 1).tolist(), len(side)]
    found = []
    for start, stop in itertools.pairwise(edges):
        if side[start] == 0.0:
            continue
        size = np.abs(t[start:stop])
        peak = start + int(size.argmax())
        found.append(
            Cluster(
                start=start, stop=stop, sign=int(side[start]), peak_node=peak, peak_t=float(t[peak]),
                mass=float(size.sum()), p=math.nan,
            )
        )  # fmt: skip
    return tuple(found)


def _refusal(design: _Design, settings: PermutationSettings) -> str | None:
    least = design.permutations.smallest_p
    if least <= settings.alpha + 1e-12:
        return None
    who = " and ".join(map(str, design.n))
    return (
        f"{who} athletes allow {len(design.permutations.weights)} permutations, so the smallest p that can come out is "
        f"{least:.4g}: nothing can be significant at {settings.alpha:g}; curves and intervals at each node are "
        f"shown, more athletes are needed for a test"
    )
