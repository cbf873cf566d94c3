"""Folds that keep every athlete on one side, and a check that refuses those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.athlete_labels import athlete_labels
from landing_lab.analysis.models.libraries import library
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

Folds: TypeAlias = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


def athlete_folds(y: Any, athlete: Any, *, n_folds: int, seed: int) -> Folds:
    """Stratified by outcome, grouped by athlete. Raises ParameterError where a class has fewer athletes than folds."""
    truth, who = np.asarray(y), athlete_labels(athlete)
    for value, words in ((1, "with"), (0, "without")):
        n = len(np.unique(who[truth == value]))
        if n < n_folds:
            raise ParameterError(
                f"{n} athletes {words} the outcome cannot be spread over {n_folds} folds; collect more, or use fewer "
                f"folds"
            )
    names, first, code = np.unique(who, return_index=True, return_inverse=True)
    rows, splits = np.arange(len(truth)), library("sklearn.model_selection")
    if (truth == truth[first][code]).all():
        # an athlete who is all yes or all no: stratifying athletes is the same, and a hundred times faster
        by_athlete = splits.StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(names, truth[first])
        pairs = [(rows[~np.isin(code, test)], rows[np.isin(code, test)]) for _, test in by_athlete]
    else:
        made = splits.StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
        pairs = list(made.split(np.zeros(len(truth)), truth, who))
    return check_folds(pairs, who)


def site_folds(site: Any, athlete: Any) -> Folds:
    """Each team or site left out once. Raises ParameterError where there is one only, or an athlete is at two."""
    where, who = np.asarray(site), athlete_labels(athlete)
    sites = np.unique(where)
    if len(sites) < 2:
        raise ParameterError(
            f"only one site ({quoted_name(str(sites[0]))}) is in the data; leaving it out leaves nothing"
        )
    rows = np.arange(len(where))
    return check_folds([(rows[where != one], rows[where == one]) for one in sites], who)


def check_folds(folds: Any, athlete: Any) -> Folds:
    """Folds as (rows to fit, rows to test), or one fold label per row, in which no athlete is on both sides.

    Raises ParameterError where an athlete is fitted and tested in one fold or tested in two, is written in two ways, or
    a row is not tested exactly once.
    """
    who = athlete_labels(athlete)
    made = _pairs(folds, len(who))
    tested = np.zeros(len(who), np.int64)
    fold_of: dict[Any, int] = {}
    for number, (train, test) in enumerate(made):
        both = np.intersect1d(who[train], who[test])
        if both.size:
            raise ParameterError(
                f"athlete {quoted_name(str(both[0]))} is in two folds: rows to fit and rows to test of fold "
                f"{number + 1} hold the same person, which makes every figure too good; split by athlete"
            )
        for one in np.unique(who[test]):
            if fold_of.setdefault(one, number) != number:
                raise ParameterError(
                    f"athlete {quoted_name(str(one))} is tested in two folds ({fold_of[one] + 1} and {number + 1}); "
                    f"split by athlete"
                )
        np.add.at(tested, test, 1)
    if (tested != 1).any():
        raise ParameterError(
            f"every row is tested once, but {int(np.sum(tested != 1))} of {len(who)} are tested never or twice; mend "
            f"the folds"
        )
    return made


def _pairs(folds: Any, n_rows: int) -> Folds:
    if len(folds) == n_rows and not isinstance(folds[0], tuple | list):
        label = np.asarray(folds)
        rows = np.arange(n_rows)
        folds = [(rows[label != one], rows[label == one]) for one in np.unique(label)]
    if not isinstance(folds, Sequence) or len(folds) < 2:
        raise ParameterError("folds are one label per row, or at least two pairs (rows to fit, rows to test)")
    made: Folds = []
    for pair in folds:
        train, test = (np.asarray(one) for one in pair)
        if not (np.issubdtype(train.dtype, np.integer) and np.issubdtype(test.dtype, np.integer)):
            raise ParameterError("folds name rows by number, counted from 0")
        if (
            min(train.size, test.size) == 0
            or max(train.max(), test.max()) >= n_rows
            or min(train.min(), test.min()) < 0
        ):
            raise ParameterError(f"a fold is empty or names a row that is not there; rows count 0 to {n_rows - 1}")
        made.append((train.astype(np.int64), test.astype(np.int64)))
    return made
