"""Recordings from and to pandas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.io.export import chosen_stream
from landing_lab.io.force_table import ForceTable, is_counter_name, is_time_name, unique_names, unit_of
from landing_lab.io.read import recording_of
from landing_lab.io.stream_columns import TIME_COLUMN, column_names, stream_of
from landing_lab.io.time_base import check_rate
from landing_lab.io.visible import quoted_name
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording

if TYPE_CHECKING:
    import pandas as pd

_KINDS: Final = {"m": "durations", "M": "dates", "c": "complex numbers"}
"""Kind of a numpy dtype that is no force -> what people call it."""


def to_pandas(recording: Recording, *, stream: str | None = None) -> pd.DataFrame:
    """A stream as a table: time_s and one column per channel, such as left_n; NaN = missing.

    stream: which, where the recording has several on clocks of their own. The columns are those of .csv and .parquet.
    Raises ParameterError for anything but a recording, RecordingError where it has no such stream.
    """
    import pandas as pd

    if not isinstance(recording, Recording):
        raise ParameterError(
            f"to_pandas takes a Recording, as landing_lab.read gives it; got {type(recording).__name__}; of a result "
            "take result.metrics"
        )
    chosen = stream_of(recording, chosen_stream(recording, "table", stream))
    table = pd.DataFrame(chosen.samples, columns=list(column_names(chosen.layout)))
    table.insert(0, TIME_COLUMN, chosen.times_s)
    return table


def from_pandas(
    table: pd.DataFrame,
    *,
    left: str | int | None = None,
    right: str | int | None = None,
    total: str | int | None = None,
    sample_rate_hz: float | None = None,
    source: str = "table",
) -> Recording:
    """A recording from a table of vertical force in newton, as `read` makes it of a file with these columns.

    left, right, total: column by name or by 1-based number; found by convention where not given. sample_rate_hz:
    needed where the table has no column of time. source: what reports call it. Raises ParameterError or
    FileFormatError with one sentence on what to do.
    """
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise ParameterError(
            f"from_pandas takes a DataFrame; got {type(table).__name__}; for arrays there is landing_lab.from_arrays"
        )
    columns = [_numbers(column) for _, column in table.items()]
    names = unique_names([str(one) for one in table.columns])
    left_out = {name: why for name, why in zip(names, columns, strict=True) if isinstance(why, str)}
    told = ", ".join(f"{name} ({why})" for name, why in list(left_out.items())[:10])
    if not len(table.columns) or not len(table):
        raise ParameterError("the table is empty; give vertical force in newton, one row per sample")
    if len(left_out) == len(names):
        raise ParameterError(
            f"the table has no column of numbers: {told}; give vertical force in newton, one column per foot"
        )
    _check_wanted((left, right, total), names, left_out)
    name = quoted_name(str(source)) or "table"
    missing = np.full(len(table), np.nan)  # keeps its place, so that columns can be asked for by number
    found = ForceTable(
        what="pandas table",
        names=names,
        named=True,
        units=tuple(unit_of(one) for one in names),
        values=np.column_stack([missing if isinstance(column, str) else column for column in columns]),
        time_columns=tuple(index for index, one in enumerate(names) if is_time_name(one) and one not in left_out),
        counter_columns=tuple(index for index, one in enumerate(names) if is_counter_name(one) and one not in left_out),
        notes=(f"Columns that hold no plain numbers were left out: {told}.",) if left_out else (),
    )
    wanted: dict[Side, str | int | None] = {"left": left, "right": right, "total": total}
    with np.errstate(all="ignore"):
        recording = recording_of(Path(name.replace("/", "-")), found, wanted, check_rate(sample_rate_hz))
    facts = {key: fact for key, fact in recording.provenance.items() if key != "path"}
    return replace(recording, provenance={**facts, "source": name})


def _numbers(column: pd.Series[Any]) -> FloatArray | str:
    """A column as numbers, NaN where a cell holds none; or in a word what it holds instead."""
    import pandas as pd

    kinds = {pd.CategoricalDtype: "categories", pd.PeriodDtype: "periods", pd.IntervalDtype: "intervals"}
    words = [word for kind, word in kinds.items() if isinstance(column.dtype, kind)]
    words += [word for kind, word in _KINDS.items() if column.dtype.kind == kind]
    if column.dtype == object:  # which pandas would turn into numbers without a word
        words += ["periods"] if any(isinstance(cell, pd.Period) for cell in column) else []
        words += ["complex numbers"] if any(np.iscomplexobj(cell) for cell in column) else []
    if words:
        return words[0]
    try:
        return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    except OverflowError:
        return "whole numbers too large for a force"
    except (TypeError, ValueError):
        return f"no numbers but {quoted_name(str(column.dtype))}"


def _check_wanted(wanted: tuple[object, ...], names: tuple[str, ...], left_out: Mapping[str, str]) -> None:
    """Raises ParameterError where a column was asked for that holds no numbers."""
    for one in wanted:
        by_number = isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= len(names)
        name = names[one - 1] if by_number else one  # type: ignore[operator]
        if isinstance(name, str) and name in left_out:
            raise ParameterError(
                f"column {name} of the table holds {left_out[name]}; turn it into numbers of newton first, or choose "
                "another column"
            )
