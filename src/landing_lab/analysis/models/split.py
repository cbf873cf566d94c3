"""Parts of a predictor: the athlete's mean, and what a trial differs from it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.coefficient import Coefficient, Part, coefficient
from landing_lab.analysis.models.frame import ModelData
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

_FLAT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns of a regression with the intercept first; terms: predictor and part of each column.

    scaled: the columns as they are fitted, centred and by SD, so that no unit decides what converges; back @ their
    coefficients are those of the columns. reliability: by predictor, share of the variance of athletes' means that is
    athletes (1 - 1/F), with the SD of it.
    """

    columns: NDArray[np.float64]
    terms: tuple[tuple[str, Part], ...]
    reliability: dict[str, tuple[float, float]]
    scaled: NDArray[np.float64]
    back: NDArray[np.float64]


def design(data: ModelData, *, split: bool) -> Design:
    """Within and between columns of every predictor; one that never changes within an athlete has only between."""
    columns: list[NDArray[np.float64]] = [np.ones(len(data.y))]
    terms: list[tuple[str, Part]] = [("intercept", "intercept")]
    reliability = {}
    for name, x in zip(data.predictors, data.x.T, strict=True):
        if not split:
            columns.append(x)
            terms.append((name, "pooled"))
            continue
        mean = _means(x, data)[data.athlete]
        scale = float(np.std(x))
        between, within = float(np.std(mean)) > _FLAT * scale, float(np.std(x - mean)) > _FLAT * scale
        if between:
            columns.append(mean)
            terms.append((name, "between"))
        if within:
            columns.append(x - mean)
            terms.append((name, "within"))
        if not between and not within:  # frame.py lets no such column through; a model must not lose one in silence
            raise ParameterError(f"predictor {quoted_name(name)} varies too little to be fitted; leave it out")
        if between and within:
            reliability[name] = _reliability(x, data)
    stacked = np.column_stack(columns)
    return Design(stacked, tuple(terms), reliability, *_scaled(stacked))


def _scaled(columns: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, sd = columns.mean(axis=0), columns.std(axis=0)
    mean[0], sd[0] = 0.0, 1.0
    back = np.diag(1.0 / sd)
    back[0, 1:] = -mean[1:] / sd[1:]
    return (columns - mean) / sd, back


def degrees_of_freedom(
    data: ModelData, parts: Design, *, nested: Mapping[str, float], trial: float
) -> tuple[float, ...]:
    """Of each term, between-within (Schluchter and Elashoff 1990): athletes count between, what is in them within.

    nested, trial: variances of the levels in athletes, such as sessions, and of what is left. A predictor that changes
    from session to session only is known from as many sessions, however many trials each has; of several kinds of
    level the one that leaves fewest counts.
    """
    n_between = sum(part == "between" for _, part in parts.terms)
    n_within = sum(part in {"within", "pooled"} for _, part in parts.terms)
    outer = float(max(data.n_athletes - 1 - n_between, 1))
    inner = float(max(len(data.y) - data.n_athletes - n_within, 1))
    cells = {name: _cells(data, name) for name in nested}
    found = []
    for (_, part), column in zip(parts.terms, parts.columns.T, strict=True):
        in_levels = (
            _two_levels(column, data, cells[name], max(variance, 0.0), trial, n_within)
            for name, variance in nested.items()
        )
        found.append(min([inner, *in_levels]) if part == "within" else outer)
    return tuple(found)


def _cells(data: ModelData, name: str) -> NDArray[np.int64]:
    """Number of each row's level within its athlete."""
    return np.asarray(data.frame.groupby([data.athlete, name], sort=False).ngroup(), np.int64)


def _two_levels(
    within: NDArray[np.float64], data: ModelData, cell: NDArray[np.int64], level: float, trial: float, n_within: int
) -> float:
    """Degrees of freedom (Satterthwaite) of an effect that is known from levels and from the trials in them.

    Each gives information by the predictor's squares at it over the variance there; one that gives none counts not.
    """
    rows = np.bincount(cell)
    of_levels = (np.bincount(cell, within) / rows)[cell]
    size = len(cell) / len(rows)
    by_level = float(of_levels @ of_levels) / (trial + size * level)
    by_trial = float((within - of_levels) @ (within - of_levels)) / trial
    free = (max(len(rows) - data.n_athletes - n_within, 1), max(len(cell) - len(rows) - n_within, 1))
    return (by_level + by_trial) ** 2 / (by_level**2 / free[0] + by_trial**2 / free[1])


def with_corrected(parts: Design, values: Any, covariance: Any, df: Sequence[float]) -> tuple[Coefficient, ...]:
    """Coefficients in order, each between effect followed by its corrected one where it can be had; df of each."""
    made = [
        coefficient(name, part, float(values[i]), float(np.sqrt(covariance[i, i])), df[i])
        for i, (name, part) in enumerate(parts.terms)
    ]
    at = {term: i for i, term in enumerate(parts.terms)}
    found: list[Coefficient] = []
    for one in made:
        found.append(one)
        if one.part == "between" and one.predictor in parts.reliability:
            i, j = at[one.predictor, "between"], at[one.predictor, "within"]
            better = corrected_between(one, made[j], float(covariance[i, j]), parts.reliability[one.predictor])
            found += [better] if better else []
    return tuple(found)


def corrected_between(
    between: Coefficient, within: Coefficient, covariance: float, reliability: tuple[float, float]
) -> Coefficient | None:
    """Effect of the athlete's true level: a mean of few trials still holds some of what trials differ by.

    (between - (1 - r) within) / r with r the reliability of the mean, variance by the delta method; Lüdtke 2008
    doi:10.1037/a0012869. None where r is below 0.3: then the means hardly tell athletes apart.
    """
    r, r_sd = reliability
    if not r >= 0.3:
        return None
    value = (between.value - (1.0 - r) * within.value) / r
    a, b = 1.0 / r, -(1.0 - r) / r
    slope = -(between.value - within.value) / r**2
    variance = (a * between.se) ** 2 + (b * within.se) ** 2 + 2.0 * a * b * covariance + (slope * r_sd) ** 2
    return coefficient(between.predictor, "between_corrected", value, float(np.sqrt(max(variance, 0.0))), between.df)


def _means(x: NDArray[np.float64], data: ModelData) -> NDArray[np.float64]:
    return np.bincount(data.athlete, x, data.n_athletes) / np.bincount(data.athlete, minlength=data.n_athletes)


def _reliability(x: NDArray[np.float64], data: ModelData) -> tuple[float, float]:
    """1 - 1/F of a one-way analysis of variance, with its SD from the F distribution's log."""
    counts = np.bincount(data.athlete, minlength=data.n_athletes)
    means = _means(x, data)
    outer, inner = data.n_athletes - 1, len(x) - data.n_athletes
    between = float(np.sum(counts * (means - x.mean()) ** 2)) / max(outer, 1)
    within = float(np.sum((x - means[data.athlete]) ** 2)) / max(inner, 1)
    ratio = within / between if between > 0.0 else np.inf
    return 1.0 - ratio, ratio * float(np.sqrt(2.0 / max(outer, 1) + 2.0 / max(inner, 1)))
