"""Whether acting on a model does better than training everyone, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.bootstrap import athlete_weights, codes
from landing_lab.errors import ParameterError

THRESHOLDS: Final = tuple(round(0.01 * i, 2) for i in range(1, 100))
N_DRAWS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCurve:
    """Net benefit per athlete over threshold probabilities (Vickers and Elkin 2006, doi:10.1177/0272989X06295361).

    A threshold of 0.2 means: training four athletes in vain is worth finding one. train_everyone: everyone does the
    programme, no model at all; train_nobody is 0. gain: model minus the better of both, with a 95 % interval over
    athletes.
    """

    thresholds: tuple[float, ...]
    model: tuple[float, ...]
    train_everyone: tuple[float, ...]
    gain: tuple[float, ...]
    gain_low: tuple[float, ...]
    gain_high: tuple[float, ...]

    @property
    def useful(self) -> tuple[float, float] | None:
        """Lowest and highest threshold of the longest stretch where the gain's interval lies above 0."""
        above = np.array(self.gain_low) > 0.0
        edges = np.flatnonzero(np.diff(np.r_[False, above, False]))
        if not edges.size:
            return None
        starts, ends = edges[::2], edges[1::2] - 1
        longest = int(np.argmax(ends - starts))
        return self.thresholds[starts[longest]], self.thresholds[ends[longest]]

    @property
    def sentence(self) -> str:
        """In words: where the model beats training everyone, if anywhere."""
        if self.useful is None:
            return (
                "At no threshold does the model surely beat training everyone (or nobody): train everyone, which "
                "needs no model."
            )
        low, high = self.useful
        where = f"thresholds from {low:.2f} to {high:.2f}" if high > low else f"a threshold of {low:.2f}"
        return (
            f"The model surely beats training everyone and training nobody only at {where}; where training costs "
            f"little, train everyone."
        )


def decision_curve(
    y: Any, probability: Any, athlete: Any, *, thresholds: Sequence[float] = THRESHOLDS, n_draws: int = N_DRAWS,
    seed: int = 1,
) -> DecisionCurve:  # fmt: skip
    """Net benefit of acting where the probability (n,) reaches the threshold. Raises ParameterError."""
    at = np.asarray(thresholds, float)
    if at.size == 0 or not ((at > 0.0) & (at < 1.0)).all():
        raise ParameterError("thresholds of a decision curve lie between 0 and 1, both excluded")
    truth, p, who = np.asarray(y, float), np.asarray(probability, float), codes(athlete)
    model, everyone = net_benefit(truth, p, at, np.ones((1, len(p))))
    gain = model - np.maximum(everyone, 0.0)
    drawn = []
    for weights in athlete_weights(who, n_draws=n_draws, seed=seed):
        one, all_of_them = net_benefit(truth, p, at, weights)
        drawn.append(one - np.maximum(all_of_them, 0.0))
    low, high = np.quantile(np.concatenate(drawn), [0.025, 0.975], axis=0)
    return DecisionCurve(
        thresholds=tuple(float(one) for one in at), model=_tuple(model[0]), train_everyone=_tuple(everyone[0]),
        gain=_tuple(gain[0]), gain_low=_tuple(low), gain_high=_tuple(high),
    )  # fmt: skip


def net_benefit(
    truth: NDArray[np.float64], p: NDArray[np.float64], thresholds: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Net benefit (draws, thresholds) of the model and of training everyone, for weights (draws, n)."""
    acts = (p[:, None] >= thresholds).astype(float)
    odds = thresholds / (1.0 - thresholds)
    total = weights.sum(axis=1, keepdims=True)
    model = ((weights * truth) @ acts - ((weights * (1.0 - truth)) @ acts) * odds) / total
    share = (weights @ truth)[:, None] / total
    return model, share - (1.0 - share) * odds


def _tuple(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(one) for one in values)
