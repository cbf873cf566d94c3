"""The last seconds of force in bins of a few milliseconds, the lowest and highest sample of each: no peak is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import FloatArray

BIN_S: Final = 0.005
"""A thousand of them fill the five seconds that are shown, one or two for each column of pixels."""

KEPT_BINS: Final = 2048
"""Ten seconds: a page that hung for that long still gets every peak that it shows."""


class Stretch(NamedTuple):
    """Bins first, first + 1, ...: lowest and highest force of each series, (series, n) newton, NaN without a sample."""

    first: int
    low_n: NDArray[np.float32]
    high_n: NDArray[np.float32]


class Strip:
    """A ring of bins on one clock; what lies further back than it is long is forgotten.

    newest: bin of the latest sample. revision: grows with every change.
    """

    def __init__(self, n_series: int) -> None:
        self._low = np.full((n_series, KEPT_BINS), np.nan, np.float32)
        self._high = np.full((n_series, KEPT_BINS), np.nan, np.float32)
        self._changed = np.zeros(KEPT_BINS, np.int64)  # revision at which each bin was written last
        self.newest = -1
        self.revision = 0

    def add(self, series: Sequence[int], times_s: FloatArray, force_n: FloatArray) -> None:
        """Take samples (n, series) newton of some series in, all at times_s (n,); missing ones are NaN."""
        bins = np.floor(times_s / BIN_S).astype(np.int64)
        if not len(bins):
            return
        last = int(bins.max())
        values = force_n.T.astype(np.float32)
        if not np.isfinite(values).all():
            told = np.isfinite(values).any(axis=0)
            bins, values = bins[told], values[:, told]
            if not len(bins):
                return
            last = int(bins.max())
        oldest = max(self.newest, last) - KEPT_BINS
        if bins.min() <= oldest:  # too long ago, or a block that is longer than the ring
            kept = bins > oldest
            bins, values = bins[kept], values[:, kept]
            if not len(bins):
                return
        self._advance(last)
        place = bins % KEPT_BINS
        rows = np.array(series)[:, None]
        np.fmin.at(self._low, (rows, place), values)
        np.fmax.at(self._high, (rows, place), values)
        self.revision += 1
        self._changed[place] = self.revision

    def clear(self, from_s: float) -> None:
        """Empty all bins from an instant on; what was there has to be added again."""
        first = max(int(np.floor(from_s / BIN_S)), self.newest - KEPT_BINS + 1, 0)
        place = np.arange(first, self.newest + 1) % KEPT_BINS
        self._low[:, place] = np.nan
        self._high[:, place] = np.nan
        self.revision += 1
        self._changed[place] = self.revision

    def _advance(self, newest: int) -> None:
        """Empty the bins that begin anew."""
        if newest <= self.newest:
            return
        count = min(newest - self.newest, KEPT_BINS)
        place = np.arange(newest - count + 1, newest + 1) % KEPT_BINS
        self._low[:, place] = np.nan
        self._high[:, place] = np.nan
        self._changed[place] = 0  # emptiness is no news: a page empties what it has not heard of
        self.newest = newest

    def since(self, revision: int) -> Stretch:
        """From the first bin that changed after a revision to the newest; no bins where none did."""
        oldest = max(self.newest - KEPT_BINS + 1, 0)
        place = np.arange(oldest, self.newest + 1) % KEPT_BINS
        news = np.flatnonzero(self._changed[place] > revision)
        if not len(news):
            return Stretch(self.newest + 1, self._low[:, :0], self._high[:, :0])
        place = place[news[0] :]
        return Stretch(oldest + int(news[0]), self._low[:, place], self._high[:, place])
