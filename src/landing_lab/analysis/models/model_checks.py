"""Whether a model out of a file can be what `landing-lab model` wrote: nothing of it reaches an athlete else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from landing_lab.analysis.models.model_file import LocalModel, Predictor

LEAST_DRAWS: Final = 200
"""Fewer do not tell the ends of a 95 % interval."""
LEAST_ATHLETES: Final = 10
"""With the outcome, and as many without it: nothing is fitted to fewer."""
MOST_LOG_ODDS: Final = 1e3
MOST_VALUE: Final = 1e12
_ROUNDING: Final = 1e-4


def number(value: Any, name: str, *, most: float = MOST_VALUE) -> float:
    """A finite number of JSON. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
        raise ValueError(f"{name} is {str(value)[:20]}, no number that it can be")
    return float(value)


def count(value: Any, name: str, least: int) -> int:
    """A whole number of at least `least`. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_VALUE:
        raise ValueError(f"{name} is {str(value)[:20]}, no count of at least {least}")
    return value


def text(value: Any, name: str) -> str:
    """A text that says something. Raises ValueError."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is no text")
    return value


def strays(point: float, drawn: Any) -> bool:
    """Whether a fitted value is not the one whose draws these are: beyond their 95 % interval by half its width."""
    low, high = np.quantile(drawn, [0.025, 0.975])
    reach = 0.5 * (high - low) + _ROUNDING
    return not low - reach <= point <= high + reach


def faults(model: LocalModel) -> Iterator[str]:
    """Sentences on what cannot be; none of a model that was written here."""
    names = [one.name for one in model.predictors]
    if not names or len(set(names)) < len(names) or model.outcome in names:
        yield "its predictors are none, one twice, or the outcome itself"
    yield from (f"predictor {one.name} has mean, SD and range that do not fit" for one in model.predictors if _odd(one))
    if model.fill not in {"mean", "refuse"}:
        yield "fill is neither mean nor refuse"
    if not model.n_events <= model.n_athletes <= model.n_rows:
        yield f"{model.n_events} athletes with the outcome, {model.n_athletes} in all, {model.n_rows} rows: impossible"
    if model.validated and model.n_athletes < model.n_needed:
        yield f"it calls itself validated with {model.n_athletes} of {model.n_needed} athletes"
    if len(model.draws) < LEAST_DRAWS:
        yield f"it holds {len(model.draws)} draws of its coefficients, fewer than {LEAST_DRAWS}"
        return
    drawn = np.array(model.draws)
    for i, (name, value) in enumerate(zip(["intercept", *names], [model.intercept, *model.coefficients], strict=True)):
        if strays(value, drawn[:, i]):
            yield f"the coefficient of {name} is not that of its draws"


def _odd(one: Predictor) -> bool:
    return not (one.low <= one.mean <= one.high and 0.0 < one.sd <= one.high - one.low and math.isfinite(one.sd))
