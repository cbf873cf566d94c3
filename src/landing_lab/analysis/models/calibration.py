"""Whether predicted probabilities are as frequent as they say."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.bootstrap import athlete_weights, codes
from landing_lab.analysis.models.libraries import library

N_BINS: Final = 10
N_DRAWS: Final = 200
_GRID: Final = 50
_CLOSEST: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Observed share over predicted probability, smoothed, with a pointwise 95 % band over athletes."""

    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Slope 1 and intercept 0 are perfect (Van Calster 2019, doi:10.1186/s12916-019-1466-7).

    slope below 1: predictions too extreme; above 1: too timid. intercept: log odds by which the outcome is more
    frequent than predicted. Both with 95 % intervals robust to athletes; NaN with the reason where undefined.
    brier: mean squared error; brier_scaled: 1 perfect, 0 no better than the prevalence. ece: mean distance of
    predicted and observed over groups of equal size.
    """

    intercept: float
    intercept_low: float
    intercept_high: float
    slope: float
    slope_low: float
    slope_high: float
    brier: float
    brier_scaled: float
    ece: float
    curve: Curve
    reason: str = ""


def calibration(y: Any, probability: Any, athlete: Any, *, n_draws: int = N_DRAWS, seed: int = 1) -> Calibration:
    """Compare predicted probabilities (n,) of athletes (n,) with what was seen, y (n,) of 0 and 1."""
    truth, p, who = np.asarray(y, float), np.asarray(probability, float), codes(athlete)
    log_odds = np.log(np.clip(p, _CLOSEST, 1 - _CLOSEST) / (1.0 - np.clip(p, _CLOSEST, 1 - _CLOSEST)))
    reason = "" if np.ptp(log_odds) > 1e-6 else "everybody has the same predicted probability: no slope"
    nothing = (float("nan"),) * 3
    level = _logistic(truth, np.ones((len(truth), 1)), log_odds, who)
    slope = nothing if reason else _logistic(truth, np.column_stack([log_odds, np.ones_like(p)]), None, who)
    if not reason and not np.isfinite(slope).all():
        reason, slope = "predictions separate the outcome completely: the slope has no size", nothing
    brier = float(np.mean((p - truth) ** 2))
    reference = float(truth.mean() * (1.0 - truth.mean()))
    return Calibration(
        intercept=level[0], intercept_low=level[1], intercept_high=level[2],
        slope=slope[0], slope_low=slope[1], slope_high=slope[2], brier=brier, brier_scaled=1.0 - brier / reference,
        ece=calibration_error(truth, p), curve=_curve(truth, p, who, n_draws, seed), reason=reason,
    )  # fmt: skip


def calibration_error(y: Any, probability: Any, n_bins: int = N_BINS) -> float:
    """Expected calibration error over groups of (nearly) equal size; at least 10 rows each."""
    truth, p = np.asarray(y, float), np.asarray(probability, float)
    groups = np.array_split(np.argsort(p, kind="stable"), max(1, min(n_bins, len(p) // 10)))
    return float(sum(len(rows) * abs(truth[rows].mean() - p[rows].mean()) for rows in groups) / len(p))


def _logistic(truth: Any, columns: Any, offset: Any, who: NDArray[np.int64]) -> tuple[float, float, float]:
    """First coefficient with its 95 % interval, standard error by athlete."""
    from scipy.stats import t

    api = library("statsmodels.api")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = api.GLM(truth, columns, family=api.families.Binomial(), offset=offset).fit(
                cov_type="cluster", cov_kwds={"groups": who}
            )
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
            return (float("nan"),) * 3
        except Exception as error:  # statsmodels' own PerfectSeparationError has no stable home
            if "Separation" not in type(error).__name__:
                raise
            return (float("nan"),) * 3
    value, se = float(fitted.params[0]), float(fitted.bse[0])
    if abs(value) > 1e3 or not np.isfinite(se):
        return (float("nan"),) * 3
    reach = float(t.ppf(0.975, max(int(who.max()), 1))) * se
    return value, value - reach, value + reach


def _curve(truth: Any, p: Any, who: Any, n_draws: int, seed: int) -> Curve:
    """Lowess of the outcome over the probability, on a grid of where 98 % of predictions are."""
    ends = np.quantile(p, [0.01, 0.99])
    if ends[1] - ends[0] < 1e-6:
        return Curve(predicted=(), observed=(), low=(), high=())
    grid = np.linspace(float(ends[0]), float(ends[1]), _GRID)
    observed = _smooth(truth, p, grid)
    drawn = []
    for weights in athlete_weights(who, n_draws=n_draws, seed=seed):
        for one in weights.astype(int):
            rows = np.repeat(np.arange(len(p)), one)
            drawn.append(_smooth(truth[rows], p[rows], grid))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        low, high = np.nanquantile(np.array(drawn), [0.025, 0.975], axis=0) if drawn else (observed, observed)
    as_tuples = (tuple(float(one) for one in np.clip(values, 0.0, 1.0)) for values in (grid, observed, low, high))
    return Curve(**dict(zip(("predicted", "observed", "low", "high"), as_tuples, strict=True)))


def _smooth(truth: Any, p: Any, grid: Any) -> NDArray[np.float64]:
    lowess = library("statsmodels.nonparametric.smoothers_lowess").lowess
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return np.asarray(lowess(truth, p, frac=0.75, it=0, xvals=grid), np.float64)
