"""The fusion of a slow plate and a rough insole as its equations read: dense matrices, one element after another.

f = s (m + B u), u ~ N(0, K) on knots; reading k of load cell j: y = sum_i h_ki share_j(t_i) f_i + e, with h the
converter's response that ends a delay before the reading, normalised; e ~ N(0, sd_k^2) (fusion.md section 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """All that the model is given; shapes as in kernels/fusion.py."""

    read_s: np.ndarray
    read_n: np.ndarray
    read_sd_n: np.ndarray
    cell: np.ndarray
    period_s: np.ndarray
    response: np.ndarray
    per_period: int
    delay_s: float
    shape: np.ndarray
    first_s: float
    step_s: float
    shares: np.ndarray
    per_knot: int
    prior_mean: float
    prior: np.ndarray
    """Precision of the gain, dense (knots x parts, knots x parts), the parts of a knot side by side."""
    parts: int


@dataclass(frozen=True)
class Answer:
    """What follows from the case, from dense linear algebra."""

    used: int
    seen: np.ndarray
    gain: np.ndarray
    covariance: np.ndarray
    force: np.ndarray
    sd: np.ndarray
    misfit: float
    """Minus the log marginal likelihood without its constant."""


def hat(sample: int, per_knot: int, n_knots: int) -> np.ndarray:
    """Weights of the knots at a sample: linear between its two neighbours."""
    row = np.zeros(n_knots)
    knot, part = sample // per_knot, sample % per_knot / per_knot
    row[knot] += 1.0 - part
    row[knot + 1] += part
    return row


def filter_row(case: Case, reading: int) -> np.ndarray | None:
    """Weight of every sample in a reading, None where its filter reaches beyond the samples."""
    period = case.period_s[case.cell[reading]]
    end_s = case.read_s[reading] - case.delay_s
    length_s = (len(case.response) - 1) / case.per_period * period
    weights = np.zeros(len(case.shape))
    begin, last = (
        np.ceil((end_s - length_s - case.first_s) / case.step_s),
        np.floor((end_s - case.first_s) / case.step_s),
    )
    if begin < 0 or last >= len(case.shape) - 1:
        return None
    table = np.arange(len(case.response)) / case.per_period
    for i in range(int(begin), int(last) + 1):
        age = (end_s - case.first_s - i * case.step_s) / period
        weights[i] = np.interp(age, table, case.response)
    return weights / weights.sum()


def solve(case: Case) -> Answer:
    """The whole model at once."""
    n_knots = len(case.shares)
    hats = np.array([hat(i, case.per_knot, n_knots) for i in range(len(case.shape))])
    spread = np.repeat(hats, case.parts, axis=1)
    rows, rests, sds, seen = [], [], [], np.full(len(case.read_s), np.nan)
    for k in range(len(case.read_s)):
        weights = filter_row(case, k)
        if weights is None or np.isnan(case.shape[weights > 0]).any():
            continue
        share = hats @ case.shares[:, case.cell[k]]
        per_sample = weights * share * np.nan_to_num(case.shape)
        seen[k] = per_sample.sum()
        rows.append(per_sample @ spread)
        rests.append(case.read_n[k] - case.prior_mean * seen[k])
        sds.append(case.read_sd_n[k])
    matrix = np.array(rows).reshape(-1, n_knots * case.parts)
    rest, sd = np.array(rests), np.array(sds)
    kernel = np.linalg.inv(case.prior)
    variance = matrix @ kernel @ matrix.T + np.diag(sd**2)
    inverse = np.linalg.inv(variance)
    gain = kernel @ matrix.T @ inverse @ rest
    covariance = kernel - kernel @ matrix.T @ inverse @ matrix @ kernel
    force = np.maximum(case.shape * (case.prior_mean + spread @ gain), 0.0)
    of_gain = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", spread, covariance, spread), 0.0))
    misfit = 0.5 * float(rest @ inverse @ rest) + 0.5 * float(np.linalg.slogdet(variance)[1])
    return Answer(len(rows), seen, gain, covariance, force, np.abs(case.shape) * of_gain, misfit)
