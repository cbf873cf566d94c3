"""From what a vendor's insole file holds to a recording: one stream per foot, missing rows as gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import FileFormatError
from landing_lab.io.force_table import ForceTable
from landing_lab.io.time_base import TimeBase, time_base
from landing_lab.io.visible import quoted_name
from landing_lab.model.blocks import FloatArray, Gap, IntArray
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from landing_lab.model.runs import runs

FEWEST_ROWS: Final = 10
"""A recording has at least as many rows, as one of a force plate."""

BEYOND_KPA: Final = 5000.0
"""No cell under a shod foot reads more: pressure mats end at 1200-1500 kPa."""

BEYOND_N: Final = 20_000.0
"""No zone of an insole carries more: a landing of 20 body weights on one foot."""


FEW_CELLS: Final = 200
"""Insoles of up to so many cells fill the sole; the edge of a trimmed grid of more is never loaded (F-Scan: 955)."""

DEAD_SHARE: Final = 0.1
"""Of the cells of heel or forefoot: in real walks on pedar up to 2 of 28 are never loaded."""

MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FootCells:
    """What a file holds of one foot: samples (n_rows, c), kPa per cell or N per zone, NaN = missing.

    layout: where the cells lie, None where nobody knows; names: of the channels then. doubt: the sentence that flags
    every force of this foot. lost: why a whole row may be missing, for the gaps.
    """

    side: Side
    samples: FloatArray
    layout: InsoleLayout | None
    quantity: Literal["pressure", "force"]
    description: str
    names: Sequence[str] = ()
    doubt: str | None = None
    lost: str = "blank in the file"


def insole_recording(
    path: Path, what: str, feet: Sequence[FootCells], base: TimeBase, facts: Mapping[str, object], *notes: str
) -> Recording:
    """The recording of the feet in a file. Raises FileFormatError where it holds too few rows or impossible values."""
    if len(base.row_of) < FEWEST_ROWS:
        raise FileFormatError(
            f"{path.name} holds {len(base.row_of)} row(s) of {what} and a recording needs at least {FEWEST_ROWS}; "
            "choose the file with the whole recording",
            path=path,
        )
    return Recording(
        streams={f"insole_{foot.side}": _stream(path, foot, base) for foot in feet},
        provenance={
            "source": path.name,
            "path": str(path),
            "format": what,
            **{name: quoted_name(str(fact)) for name, fact in facts.items() if fact is not None},
            "notes": (*notes, *base.notes, *(note for foot in feet for note in _missing(foot))),
        },
    )


def rows_in_time(path: Path, times_s: FloatArray, lines: IntArray | None = None) -> TimeBase:
    """The time base of rows with these times (n_rows,) in seconds; rows that are missing between them are gaps."""
    if len(times_s) < 2:
        raise FileFormatError(
            f"{path.name} holds {len(times_s)} row(s), and a recording needs at least {FEWEST_ROWS}; choose the file "
            "with the whole recording",
            path=path,
        )
    table = ForceTable(
        what="insole file",
        names=("time",),
        named=True,
        units=("s",),
        values=times_s[:, None],
        time_columns=(0,),
        lines=lines,
        without_time="",
    )
    wrong = np.flatnonzero(np.diff(times_s) <= 0.0)
    if len(wrong):
        before_s, at_s = times_s[wrong[0] : wrong[0] + 2].tolist()
        twice = f"its frame, at {at_s:.9g} s, stands there twice; take out one of the two, or export it again"
        back = f"its frame is of {at_s:.9g} s and the one before of {before_s:.9g} s; export it again, frames in order"
        raise FileFormatError(
            f"{path.name}: time does not increase at {table.line(int(wrong[0]) + 1)}: "
            f"{twice if at_s == before_s else back}",
            path=path,
        )
    return time_base(table, path.name, len(times_s), 0, None)


def _stream(path: Path, foot: FootCells, base: TimeBase) -> Stream:
    limit, unit = (BEYOND_KPA, "kPa") if foot.quantity == "pressure" else (BEYOND_N, "N")
    if (worst := float(np.nanmax(np.abs(foot.samples), initial=0.0))) > limit:
        raise FileFormatError(
            f"{path.name}: the {foot.side} insole reads {worst:.4g} {unit}, and no foot does more than {limit:.0f}; "
            "its unit or its numbers are wrong; export it again",
            path=path,
        )
    if np.isnan(foot.samples).all():
        raise FileFormatError(
            f"{path.name}: the {foot.side} insole holds no numbers; export that foot alone out, or record it again",
            path=path,
        )
    placed = foot.samples[base.row_of]
    placed[base.row_of < 0] = np.nan
    return Stream(
        samples=placed,
        sample_rate_hz=base.sample_rate_hz,
        times_s=base.times_s,
        layout=ChannelLayout(_channels(foot, unit)),
        sensor=Sensor(
            kind="pressure_insole",
            description=foot.description,
            doubt="; ".join(filter(None, (foot.doubt, *_wrong_cells(foot)))) or None,
            insole=foot.layout,
            whole_foot=True,
        ),
        clock=Clock(source=base.clock),
        gaps=(*base.gaps, *_gaps(placed, base, foot.lost)),
    )


def _wrong_cells(foot: FootCells) -> list[str]:
    """Sentences on cells that no foot can have loaded so: stuck at a value, never above 0, or below 0."""
    samples = foot.samples[~np.isnan(foot.samples).all(axis=1)]
    highest, lowest = np.nanmax(samples, axis=0, initial=-np.inf), np.nanmin(samples, axis=0, initial=np.inf)
    told = []
    still = highest == lowest
    if not still.all() and (stuck := still & (highest > 0.0)).any():
        told.append(
            f"{_listed(foot, stuck)} of the {foot.side} insole never changed: stuck, and their load is not real"
        )
    if (below := lowest < 0.0).any():
        told.append(f"{_listed(foot, below)} of the {foot.side} insole read less than 0, which no load does")
    if foot.layout is not None and len(foot.layout) <= FEW_CELLS and (highest > 0.0).any():
        parts, dead = np.array([cell.part for cell in foot.layout.cells]), still & (highest == 0.0)
        for part in ("heel", "forefoot"):
            own = dead & (parts == part)
            if own.sum() > DEAD_SHARE * (parts == part).sum():
                told.append(f"{_listed(foot, own)} of the {foot.side} {part} were 0 throughout: dead, or never loaded")
    return told


def _listed(foot: FootCells, which: NDArray[np.bool_]) -> str:
    """Names of cells in a sentence, the first few of many."""
    names = foot.names if foot.layout is None else [cell.name for cell in foot.layout.cells]
    chosen = [names[index] for index in np.flatnonzero(which).tolist()]
    more = f" and {len(chosen) - MOST_NAMED} more" if len(chosen) > MOST_NAMED else ""
    return f"cell{'s' if len(chosen) > 1 else ''} {', '.join(chosen[:MOST_NAMED])}{more}"


def _channels(foot: FootCells, unit: str) -> tuple[Channel, ...]:
    if foot.layout is None:
        return tuple(Channel(name, foot.quantity, unit, foot.side) for name in foot.names)
    cells = foot.layout.cells
    return tuple(
        Channel(cell.name, foot.quantity, unit, foot.side, foot.layout.position_mm(cell.x, cell.y)) for cell in cells
    )


def _gaps(placed: FloatArray, base: TimeBase, why: str) -> list[Gap]:
    """Runs of rows that are there and hold nothing."""
    empty = np.asarray(np.isnan(placed).all(axis=1) & (base.row_of >= 0))
    return [Gap(sample=stop, n_samples=stop - start, reason=why) for start, stop in runs(empty).tolist()]


def _missing(foot: FootCells) -> list[str]:
    """One sentence on the rows of a foot that hold nothing, one on those that hold a part."""
    nothing = np.isnan(foot.samples)
    whole = np.asarray(nothing.all(axis=1))
    partly = int((nothing.any(axis=1) & ~whole).sum())
    told = []
    if whole.any():
        spans = runs(whole)
        told.append(
            f"{int(whole.sum())} of {len(whole)} rows of the {foot.side} insole are missing in {len(spans)} place(s) "
            f"({foot.lost}); they are gaps, not unloading."
        )
    if partly:
        told.append(f"{partly} rows of the {foot.side} insole hold blanks: those cells were read as missing.")
    return told
