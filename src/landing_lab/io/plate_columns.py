"""Which of several plates were stood on, and what a plate that reads nothing means for every total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.column_names import list_columns
from landing_lab.io.force_table import ForceTable, newtons_per
from landing_lab.io.visible import quoted_name
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

LOADED_N: Final = 100.0
"""A plate that never carries this much never held a person, whose weight is several times that."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Columns by side, in order, and what was assumed to get there; doubt: why the totals may be wrong."""

    columns: Mapping[Side, int]
    notes: tuple[str, ...] = ()
    doubt: str | None = None


def choose_plates(table: ForceTable, file_name: str, plates: list[int]) -> Choice:
    """One or two plates out of the columns that look like plates: those that ever carried anything.

    Of two plates one that reads nothing makes every total doubtful: nobody knows whether a foot was on it. Of
    more than two, those nobody used are what a laboratory has beside the ones it uses.
    Raises ParameterError where more than two are loaded.
    """
    peaks = {plate: peak_n(newtons(table, plate, file_name)) for plate in plates}
    limit = LOADED_N if len(plates) > 2 and max(peaks.values()) > LOADED_N else 0.0
    used = [plate for plate in plates if peaks[plate] > limit] or plates[:1]
    idle = [plate for plate in plates if plate not in used]
    if len(used) > 2:
        names = ", ".join(table.names[plate] for plate in used)
        raise ParameterError(
            f"{file_name} holds {len(used)} loaded plates ({names}); say which foot stood on which: "
            f'--left "{table.names[used[0]]}" --right "{table.names[used[1]]}", or --total for one plate'
        )
    doubt = _dead(table, idle[0]) if len(plates) == 2 and idle else None
    notes = (f"{doubt}.",) if doubt else tuple(_unused(table, plate, peaks[plate]) for plate in idle)
    if len(used) == 1:
        return Choice({"total": used[0]}, notes, doubt)
    order = f'"{table.names[used[0]]}" is plate_1, "{table.names[used[1]]}" is plate_2'
    notes += (f"The file does not say which foot stood on which plate: {order}.",)
    return Choice({"plate_1": used[0], "plate_2": used[1]}, notes, doubt)


def _dead(table: ForceTable, plate: int) -> str:
    return (
        f'"{table.names[plate]}" reads nothing in the whole file and was left out: a dead plate cannot be told from '
        f"one nobody used, and every total holds only if nobody stood on it"
    )


def _unused(table: ForceTable, plate: int, peak: float) -> str:
    carried = f"never carries more than {peak:.4g} N" if peak else "carries nothing"
    return f'"{table.names[plate]}" {carried} and was left out.'


def newtons(table: ForceTable, column: int, file_name: str) -> FloatArray:
    """A column in newton, (n_rows,). Raises FileFormatError where its unit is not one of force."""
    unit = table.units[column]
    if unit is None:
        return table.values[:, column]
    scale = newtons_per(unit)
    if scale is None:
        raise FileFormatError(
            f'{file_name}: column "{table.names[column]}" is in {quoted_name(unit)}, not in newton; '
            f"export it in newton, or choose another column: {list_columns(table)}"
        )
    return table.values[:, column] * scale


def peak_n(values: FloatArray) -> float:
    """Largest magnitude, 0 where there is no number."""
    finite = np.abs(values[~np.isnan(values)])
    return float(finite.max()) if len(finite) else 0.0
