"""What a table must be before a model is fitted to it: checked once, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.athlete_labels import athlete_labels
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

MOST: Final = 1e12
"""Larger values, and differences smaller than 1 / MOST, are lost in the squares that every fit adds up."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelData:
    """Rows with an outcome.

    y: (n,). x: (n, k), NaN where missing. athlete: (n,) codes counted from 0. frame: the rows (pandas).
    """

    y: NDArray[np.float64]
    x: NDArray[np.float64]
    athlete: NDArray[np.int64]
    n_athletes: int
    predictors: tuple[str, ...]
    frame: Any
    left_out: int


def model_data(
    data: Any,
    *,
    outcome: str,
    predictors: Sequence[str],
    athlete: str,
    others: Sequence[str] = (),
    binary: bool = False,
) -> ModelData:
    """Check a data frame and take out what a model needs; rows without an outcome are left out and counted.

    Raises ParameterError where a column is missing, is no number, is constant, is too large or too small to reckon
    with, the outcome is not what is needed, or one athlete is written in two ways.
    """
    names = _names(data, outcome, predictors, athlete, others)
    given = _with_labels(data.reset_index(drop=True), athlete)
    y = _number(given[outcome], outcome)
    kept = ~np.isnan(y)
    frame = given[kept].reset_index(drop=True)
    x = np.column_stack([_number(frame[name], name) for name in names])
    _outcome(y[kept], outcome, binary=binary)
    for name, column in zip(names, x.T, strict=True):
        values = column[~np.isnan(column)]
        if values.size == 0 or np.ptp(values) == 0.0:
            state = "has no value" if values.size == 0 else f"is {values[0]:g} in every row"
            raise ParameterError(f"predictor {quoted_name(name)} {state} and says nothing; leave it out")
        _of_a_size(values, name)
    _of_a_size(y[kept], outcome)
    codes, found = frame[athlete].factorize()
    return ModelData(
        y=y[kept], x=x, athlete=codes.astype(np.int64), n_athletes=len(found), predictors=names, frame=frame,
        left_out=int(np.sum(~kept)),
    )  # fmt: skip


def complete(data: ModelData) -> ModelData:
    """Only rows with every predictor."""
    keep = ~np.isnan(data.x).any(axis=1)
    if keep.all():
        return data
    codes, n = np.unique(data.athlete[keep], return_inverse=True)[1], len(np.unique(data.athlete[keep]))
    return ModelData(
        y=data.y[keep], x=data.x[keep], athlete=codes.astype(np.int64), n_athletes=n, predictors=data.predictors,
        frame=data.frame[keep].reset_index(drop=True), left_out=data.left_out + int(np.sum(~keep)),
    )  # fmt: skip


def check_names(outcome: Any, predictors: Any) -> tuple[str, ...]:
    """The predictors' names. Raises ParameterError where outcome is no name or predictors are no list of them."""
    if not isinstance(outcome, str) or not outcome:
        raise ParameterError(f"outcome is the name of one column, such as 'valgus_landing'; got {outcome!r:.80}")
    listed = () if predictors is None or isinstance(predictors, str | bytes) else predictors
    names = tuple(listed) if isinstance(listed, Iterable) else ()
    if not names or not all(isinstance(one, str) for one in names):
        raise ParameterError(
            f"predictors are a list of at least one column's name, such as ['lunge_left_cm']; got {predictors!r:.80}"
        )
    return names


def _with_labels(given: Any, athlete: str) -> Any:
    """The rows with each athlete under one label."""
    known = given[athlete]
    if known.isna().any() or (known.astype(str).str.strip() == "").any():
        raise ParameterError(
            f"column {quoted_name(athlete)} names no athlete in some rows; fill it, or drop those rows"
        )
    return given.assign(**{athlete: athlete_labels(known.to_numpy())})


def _names(data: Any, outcome: str, predictors: Sequence[str], athlete: str, others: Sequence[str]) -> tuple[str, ...]:
    if not hasattr(data, "columns") or not hasattr(data, "reset_index"):
        raise ParameterError(
            f"data is a pandas data frame with one row per trial or athlete; got {type(data).__name__}; "
            f"see docs/models.md"
        )
    names = check_names(outcome, predictors)
    wanted = [outcome, *names, athlete, *others]
    for name in wanted:
        if name not in data.columns:
            known = ", ".join(quoted_name(str(one)) for one in list(data.columns)[:12])
            raise ParameterError(f"the data have no column {quoted_name(str(name))}; they have {known}")
    twice = {name for name in names if names.count(name) > 1} | ({outcome, athlete} & set(names))
    if twice:
        raise ParameterError(f"column {quoted_name(min(twice))} is used twice; name each column once")
    if not data.columns.is_unique:
        raise ParameterError("the data have two columns of the same name; rename one")
    return names


def _number(column: Any, name: str) -> NDArray[np.float64]:
    import pandas as pd

    if column.dtype == object or pd.api.types.is_string_dtype(column.dtype):
        numbers = pd.to_numeric(column.map({True: 1.0, False: 0.0}).where(column.isin([True, False]), column), "coerce")
        if bool((numbers.isna() & column.notna()).any()):
            wrong = column[numbers.isna() & column.notna()].iloc[0]
            raise ParameterError(
                f"column {quoted_name(name)} holds {quoted_name(str(wrong))}, which is no number; code it as 0 and 1"
            )
        column = numbers
    try:
        values = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"column {quoted_name(name)} holds no numbers; code it as numbers first") from error
    if np.isinf(values).any():
        raise ParameterError(f"column {quoted_name(name)} holds infinite values; mark them as missing")
    return np.asarray(values, np.float64)


def _of_a_size(values: NDArray[np.float64], name: str) -> None:
    """Raises ParameterError where squares of the values, or of what they differ by, would be lost."""
    largest, sd = float(np.abs(values).max()), float(np.std(np.clip(values, -MOST, MOST)))
    if largest > MOST:
        raise ParameterError(
            f"column {quoted_name(name)} holds {largest:g}, too large to reckon with (over {MOST:g}); choose another "
            f"unit, or mark it as missing"
        )
    if values.size > 1 and np.ptp(values) > 0.0 and sd < max(1.0, abs(float(values.mean()))) / MOST:
        raise ParameterError(
            f"column {quoted_name(name)} varies by an SD of {sd:g} only, too little to reckon with; choose a smaller "
            f"unit, or subtract what all have in common"
        )


def _outcome(y: NDArray[np.float64], name: str, *, binary: bool) -> None:
    if y.size == 0:
        raise ParameterError(f"no row has a value of the outcome {quoted_name(name)}; enter it first")
    values = np.unique(y)
    if binary and not np.isin(values, (0.0, 1.0)).all():
        raise ParameterError(
            f"the outcome {quoted_name(name)} is to be 0 or 1 (no or yes); it holds "
            f"{values[~np.isin(values, (0, 1))][0]:g}; say what counts as yes, such as --positive '>={values[-1]:g}', "
            f"or code it as 0 and 1"
        )
    if values.size == 1:
        raise ParameterError(
            f"the outcome {quoted_name(name)} is {values[0]:g} in every row; there is nothing to explain"
        )
