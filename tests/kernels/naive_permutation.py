"""The three tests as their textbooks define them, one permutation and one node after another; nothing from kernels/."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def paired_t(differences: Sequence[float]) -> float:
    """Student's t of differences against 0."""
    n = len(differences)
    mean = sum(differences) / n
    spread = sum((one - mean) ** 2 for one in differences) / (n - 1)
    return mean / math.sqrt(spread / n) if spread > 0.0 else 0.0


def two_sample_t(first: Sequence[float], second: Sequence[float]) -> float:
    """Student's t of two groups with a pooled variance, first minus second."""
    means = [sum(group) / len(group) for group in (first, second)]
    square = sum((one - mean) ** 2 for group, mean in zip((first, second), means, strict=True) for one in group)
    pooled = square / (len(first) + len(second) - 2)
    if pooled == 0.0:
        return 0.0
    return (means[0] - means[1]) / math.sqrt(pooled * (1 / len(first) + 1 / len(second)))


def slope_t(x: Sequence[float], y: Sequence[float]) -> float:
    """t of the slope of y on x: slope over its standard error."""
    n = len(x)
    x0, y0 = sum(x) / n, sum(y) / n
    across = sum((a - x0) ** 2 for a in x)
    slope = sum((a - x0) * (b - y0) for a, b in zip(x, y, strict=True)) / across
    residual = sum((b - y0 - slope * (a - x0)) ** 2 for a, b in zip(x, y, strict=True))
    return slope / math.sqrt(residual / (n - 2) / across) if residual > 0.0 else 0.0


def clusters(t: Sequence[float], beyond: float) -> list[tuple[int, int]]:
    """[start, stop) of neighbouring nodes beyond the threshold on the same side."""
    found: list[tuple[int, int]] = []
    for j, value in enumerate(t):
        if abs(value) <= beyond:
            continue
        if found and found[-1][1] == j and t[j - 1] * value > 0:
            found[-1] = (found[-1][0], j + 1)
        else:
            found.append((j, j + 1))
    return found


def extremes(t: Sequence[float], beyond: float) -> tuple[float, float, int]:
    """Largest |t|, largest mass and largest extent of a cluster of one t curve."""
    found = clusters(t, beyond)
    mass = max((sum(abs(one) for one in t[start:stop]) for start, stop in found), default=0.0)
    return max(abs(one) for one in t), mass, max((stop - start for start, stop in found), default=0)


def paired(differences: np.ndarray, signs: np.ndarray) -> list[list[float]]:
    """t curve of every row of signs."""
    return [[paired_t((row * column).tolist()) for column in differences.T] for row in signs]


def two_sample(curves: np.ndarray, in_first: np.ndarray) -> list[list[float]]:
    """t curve of every row of group membership."""
    return [[two_sample_t(column[row].tolist(), column[~row].tolist()) for column in curves.T] for row in in_first]


def regression(curves: np.ndarray, x: np.ndarray) -> list[list[float]]:
    """t curve of every row of shuffled regressors."""
    return [[slope_t(row.tolist(), column.tolist()) for column in curves.T] for row in x]
