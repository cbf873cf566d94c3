"""Arrays a researcher already has in memory become a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from landing_lab.errors import ParameterError
from landing_lab.io.force_table import ForceTable
from landing_lab.io.read import recording_of
from landing_lab.io.time_base import FASTEST_HZ, SLOWEST_HZ, check_rate
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording


def from_arrays(
    left: ArrayLike | None = None,
    right: ArrayLike | None = None,
    total: ArrayLike | None = None,
    *,
    sample_rate_hz: float,
    source: str = "array",
) -> Recording:
    """A recording from vertical force in newton, one value per sample, NaN = missing.

    left and right, or total: (n_samples,) each, evenly spaced at sample_rate_hz; time 0 is the first sample. Signs
    and plausibility are judged as in a file, with the same notes. source: what reports call it. Raises ParameterError
    for arrays that cannot be that, FileFormatError where they hold too few numbers.
    """
    if sample_rate_hz is None:
        raise ParameterError(
            f"arrays do not say their sample rate; state sample_rate_hz, a number of hertz from {SLOWEST_HZ:g} to "
            f"{FASTEST_HZ:.0f}"
        )
    rate = check_rate(sample_rate_hz)
    name = quoted_name(str(source)) or "array"
    given: dict[Side, object] = {"left": left, "right": right, "total": total}
    columns = {side: _column(side, array) for side, array in given.items() if array is not None}
    _check_sides(columns)
    table = ForceTable(
        what="arrays",
        names=tuple(columns),
        named=True,
        units=("N",) * len(columns),
        values=np.column_stack(list(columns.values())),
    )
    wanted: dict[Side, str | int | None] = {side: side for side in columns}
    with np.errstate(all="ignore"):  # numbers beyond any force are left to the analysis as missing
        recording = recording_of(Path(name.replace("/", "-")), table, wanted, rate)
    facts = {key: fact for key, fact in recording.provenance.items() if key != "path"}
    return replace(recording, provenance={**facts, "source": name})


def _column(side: str, array: Any) -> FloatArray:
    """One array as (n_samples,) float64 of its own. Raises ParameterError where it is not numbers in one dimension."""
    try:
        found = np.ma.filled(array, np.nan) if isinstance(array, np.ma.MaskedArray) else np.asarray(array)
        numeric = found.dtype.kind in "iuf" or (found.dtype == object and not _holds_text(found))
        values = np.array(found, dtype=np.float64) if numeric else None
    except (TypeError, ValueError, OverflowError):
        values = None
    if values is None:
        raise ParameterError(
            f"{side} must hold numbers of newton; got {snippet(repr(array))}; give a 1-D array, NaN where a sample is "
            f"missing"
        )
    if values.ndim != 1:
        raise ParameterError(
            f"{side} must be one column of shape (n,); got shape {values.shape}; choose the vertical component, "
            f"such as force[:, 2]"
        )
    return values


def _holds_text(found: np.ndarray[Any, Any]) -> bool:
    return any(isinstance(item, (str, bytes, bool, np.bool_)) for item in found.ravel())


def _check_sides(columns: Mapping[Side, FloatArray]) -> None:
    """Refuse what is no whole body: nothing, one foot alone, arrays of different lengths."""
    if not columns:
        raise ParameterError("no force was given; give left= and right=, or total=")
    if "total" not in columns and len(columns) == 1:
        (side,) = columns
        raise ParameterError(
            f"{side} was given alone, and half of the force would pass for the whole; give both left= and right=, or "
            f"total= for a single plate"
        )
    if "total" in columns and len(columns) == 2:
        raise ParameterError("total was given together with one side; give left= and right=, or total= alone")
    lengths = {side: len(values) for side, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{side} {n}" for side, n in lengths.items())
        raise ParameterError(
            f"arrays of one recording have one length; got {listed} samples; cut them to the same stretch of time"
        )
