"""What a test of curves found: t at every node, the threshold it is held against, and the stretches beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from landing_lab.model.blocks import FloatArray

DesignKind: TypeAlias = Literal["paired", "two_sample", "regression"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Neighbouring nodes [start, stop) on one side of zero; p over the whole curve.

    mass: sum of |t| over its nodes. peak_node: where |t| is largest.
    """

    start: int
    stop: int
    sign: int
    peak_node: int
    peak_t: float
    mass: float
    p: float

    @property
    def n_nodes(self) -> int:
        """Nodes in it."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveTest:
    """One test over the nodes of a curve; arrays are (q,), in the unit of the curves where not said otherwise.

    n: athletes: pairs; both groups; those of the regression. effect: second minus first, or slope per unit of the
    regressor; se: its standard error. pointwise_...: 95 % confidence interval at each node for itself;
    simultaneous_...: over the whole curve at once (NaN where refused). t, freedom: Student's t and its degrees of
    freedom. threshold: |t| beyond which a node is significant over the whole curve (max-T), NaN where refused.
    adjusted_p: p of each node over the whole curve; p: the smallest of them. clusters: stretches beyond the threshold.
    mass_clusters, extent_clusters: second inference, stretches beyond cluster_forming_t by mass and by length; p is
    theirs. refusal: why nothing can be told significant, None where it can. alpha, n_permutations, exact, seed,
    smallest_p: how it was made.
    """

    kind: DesignKind
    n: tuple[int, ...]
    effect: FloatArray
    se: FloatArray
    pointwise_low: FloatArray
    pointwise_high: FloatArray
    simultaneous_low: FloatArray
    simultaneous_high: FloatArray
    t: FloatArray
    freedom: int
    threshold: float
    adjusted_p: FloatArray
    p: float
    clusters: tuple[Cluster, ...]
    cluster_forming_t: float
    mass_clusters: tuple[Cluster, ...]
    extent_clusters: tuple[Cluster, ...]
    alpha: float
    n_permutations: int
    exact: bool
    seed: int | None
    smallest_p: float
    refusal: str | None
