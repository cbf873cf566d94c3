"""Centre of pressure of each side and of both together, out of a stream of force-plate channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from landing_lab.kernels.cop import gather
from landing_lab.model.blocks import FloatArray, IntArray
from landing_lab.model.channels import ChannelLayout, Quantity, Side
from landing_lab.model.recording import Stream
from landing_lab.model.result import CopAxes

LEAST_N: Final = 10.0
"""A side that carries less has no say in where the total is: an empty plate reports any place."""

_BODY: Final[tuple[Quantity, Quantity]] = ("cop_ml", "cop_ap")
_PLATE: Final[tuple[Quantity, Quantity]] = ("cop_1", "cop_2")


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Columns of force and of the two coordinates of each side, (s,) each; together: whether the sides share axes."""

    sides: tuple[Side, ...]
    force: IntArray
    first: IntArray
    second: IntArray
    axes: CopAxes
    together: bool


def cop_of(stream: Stream, offset_n: Mapping[Side, float] | None = None) -> tuple[Mapping[Side, FloatArray], CopAxes]:
    """Centre of pressure by side, (n_samples, 2) metres each, and what the two columns are; empty where there is none.

    offset_n: force of each side's empty plate, taken off before the sides are weighed against each other. The
    total of two sides is their force-weighted mean where the axes are the body's, which shows that the plates
    share them; plates with axes of their own have no total. Unloaded stretches hold what the file holds.
    """
    places = _places(stream.layout)
    if places is None:
        return {}, "unknown"
    offset = np.array([offset_n.get(side, 0.0) if offset_n else 0.0 for side in places.sides], dtype=np.float64)
    out = np.empty((len(places.sides) + places.together, len(stream.samples), 2))
    gather(stream.samples, places.force, offset, places.first, places.second, places.together, LEAST_N, out)
    named: tuple[Side, ...] = (*places.sides, "total") if places.together else places.sides
    return dict(zip(named, out, strict=True)), places.axes


@lru_cache(maxsize=32)
def _places(layout: ChannelLayout) -> _Places | None:
    """Where the columns are; None without centre of pressure, or where a side has several plates."""
    columns = {(channel.quantity, channel.side): index for index, channel in enumerate(layout.channels)}
    if len(columns) < len(layout):
        return None
    loaded = [side for quantity, side in columns if quantity == "force"]
    anatomical = any(quantity == "cop_ml" for quantity, _ in columns)
    pair = _BODY if anatomical else _PLATE
    sides = [side for side in loaded if all((quantity, side) in columns for quantity in pair)]
    if not sides:
        return None
    force, first, second = (
        np.array([columns[quantity, side] for side in sides], dtype=np.int64) for quantity in ("force", *pair)
    )
    return _Places(
        sides=tuple(sides),
        force=force,
        first=first,
        second=second,
        axes="anatomical" if anatomical else "unknown",
        together=anatomical and len(sides) == len(loaded) == 2,
    )
