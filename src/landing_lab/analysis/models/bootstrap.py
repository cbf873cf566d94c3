"""Athletes drawn with replacement: the only resampling unit here, because trials of one athlete are alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_MOST_CELLS = 4_000_000


def athlete_weights(athlete: NDArray[np.int64], *, n_draws: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """Blocks (draws, rows): how often each row's athlete was drawn. athlete: codes counted from 0."""
    rng = np.random.default_rng(seed)
    n_athletes = int(athlete.max()) + 1
    block = max(1, min(n_draws, _MOST_CELLS // max(len(athlete), 1)))
    share = np.full(n_athletes, 1.0 / n_athletes)
    for start in range(0, n_draws, block):
        drawn = rng.multinomial(n_athletes, share, size=min(block, n_draws - start))
        yield drawn[:, athlete].astype(float)


def drawn_rows(athlete: NDArray[np.int64], *, seed: int) -> Iterator[NDArray[np.int64]]:
    """Rows of as many athletes as there are, drawn with replacement, without end. athlete: codes counted from 0."""
    rng = np.random.default_rng(seed)
    n_athletes = int(athlete.max()) + 1
    order = np.argsort(athlete, kind="stable")
    rows_of = np.split(order, np.cumsum(np.bincount(athlete, minlength=n_athletes))[:-1])
    while True:
        yield np.concatenate([rows_of[one] for one in rng.integers(n_athletes, size=n_athletes)])


def codes(labels: object) -> NDArray[np.int64]:
    """Labels of athletes as numbers counted from 0."""
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64).ravel()
