"""Indices of walking steps on dense pressure mats: contact area, arch index, centre-of-pressure excursion index.

They describe a foot that rolls from heel to toe; landings and sparse insoles are refused with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.detect.inputs import check_recording
from landing_lab.detect.trial import SAMPLING_SD
from landing_lab.metrics._registry import Estimate, RefusedError
from landing_lab.metrics.dense_steps import Stance, StepTable, StepValue, stances_of, why_none
from landing_lab.model.blocks import FloatArray
from landing_lab.model.pressure import gate_n
from landing_lab.model.recording import Recording

IN_CONTACT_KPA: Final = 10.0
"""Pressure above which a cell counts as touched: the default of pressuRe for insoles."""

OTHER_KPA: Final = (5.0, 20.0)
"""Other thresholds in use; what they change is part of the SD, as of a uniform distribution between them (choice)."""

IN_SHOE: Final = (
    "an insole bends up around the foot in a shoe and reads load where a bare footprint has none; published limits are "
    "of bare footprints"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """One index of a stance: name, unit, how it was obtained, and the function that gives it."""

    name: str
    unit: str
    method: str
    compute: Callable[[Stance], Estimate]


def dense_indices(recording: Recording) -> StepTable:
    """Contact area, arch index and centre-of-pressure excursion index of every contact of every insole.

    Contacts that are no walking steps, and insoles of fewer than 50 cells, have rows that say why they were refused.
    Where there is no contact at all the table is empty and its note says why.
    """
    check_recording(recording)
    rows = tuple(_row(stance, index) for stance in stances_of(recording) for index in INDICES)
    return StepTable(rows, None if rows else why_none(recording))


def _row(stance: Stance, index: _Index) -> StepValue:
    reason = stance.refusal
    found: Estimate | None = None
    if reason is None:
        try:
            found = index.compute(stance)
        except RefusedError as error:
            reason = str(error)
    head = (stance.step, stance.side, stance.start_s, stance.stop_s, index.name)
    if found is None:
        return StepValue(*head, None, index.unit, None, "refused", reason, index.method)
    doubt = "; ".join(filter(None, (found.doubt, stance.doubt))) or None
    return StepValue(*head, found.value, index.unit, found.sd, "flagged" if doubt else "ok", doubt, index.method)


def _contact_area(stance: Stance) -> Estimate:
    area = stance.layout.area_mm2
    value, low, high = (float(area[_touched(stance, kpa)].sum()) for kpa in (IN_CONTACT_KPA, *OTHER_KPA))
    # Each cell at the edge is touched by a part of itself only.
    sd = math.hypot((low - high) / math.sqrt(12.0), SAMPLING_SD * float(np.mean(area)) * math.sqrt(_edge_cells(stance)))
    return Estimate(value=value / 100.0, sd=sd / 100.0)


def _arch_index(stance: Stance) -> Estimate:
    value, low, high = (_middle_third(stance, kpa) for kpa in (IN_CONTACT_KPA, *OTHER_KPA))
    area = stance.layout.area_mm2
    touched = float(area[_touched(stance, IN_CONTACT_KPA) & ~_toes(stance)].sum())
    by_cells = SAMPLING_SD * float(np.mean(area)) * math.sqrt(_edge_cells(stance)) / touched
    return Estimate(value=value, sd=math.hypot((low - high) / math.sqrt(12.0), by_cells), doubt=IN_SHOE)


def _middle_third(stance: Stance, kpa: float) -> float:
    """Area of the middle third of the footprint's length without toes, over the whole of it."""
    there = _touched(stance, kpa) & ~_toes(stance)
    if there.sum() < 3:
        raise RefusedError(f"fewer than three cells without the toes reach {kpa:g} kPa: there is no footprint")
    first, last = _ends_mm(stance, there)
    third = (last - first) / 3.0
    y, half, area = stance.layout.place_mm[:, 1], _half_mm(stance), stance.layout.area_mm2
    # A cell that the line between two thirds crosses belongs to both by its length on either side.
    inside = np.minimum(y + half, last - third) - np.maximum(y - half, first + third)
    share = np.clip(inside / (2.0 * half), 0.0, 1.0)
    return float((area * share)[there].sum() / area[there].sum())


def _excursion(stance: Stance) -> Estimate:
    """Song's index: how far the centre of pressure lies lateral of the line from its first to its last place."""
    there = _touched(stance, IN_CONTACT_KPA)
    if not there.any():
        raise RefusedError(f"no cell reaches {IN_CONTACT_KPA:g} kPa")
    force = stance.cells_n.sum(axis=1)
    told = np.flatnonzero(force > gate_n(float(force.max())))
    first, last = _ends_mm(stance, there)
    level = first + 2.0 / 3.0 * (last - first)
    way = stance.cop_mm[told]
    beyond = np.flatnonzero((way[1:, 1] >= level) & (way[:-1, 1] < level))
    if len(way) < 3 or not len(beyond) or way[-1, 1] <= way[0, 1]:
        raise RefusedError("the centre of pressure never passes into the front third of the foot")
    at = int(beyond[0])
    x = _between(way[at], way[at + 1], level)
    on_line = _between(way[0], way[-1], level)
    width = _width_mm(stance, there, level)
    pitch = math.sqrt(float(np.mean(stance.layout.area_mm2)))
    value = 100.0 * (on_line - x) / width  # medial is positive, the index is positive where the way bends laterally
    return Estimate(value=value, sd=math.hypot(100.0 * COP_SD_MM / width, value * 0.5 * pitch / width), doubt=IN_SHOE)


COP_SD_MM: Final = 2.0
"""SD of a distance between two places of the centre of pressure of a dense mat (choice; 16 cells come to 0.9 mm)."""


def _between(one: FloatArray, other: FloatArray, y: float) -> float:
    """Medial coordinate at anterior coordinate y on the straight line through two places."""
    return float(one[0] + (other[0] - one[0]) * (y - one[1]) / (other[1] - one[1]))


def _touched(stance: Stance, kpa: float) -> NDArray[np.bool_]:
    return np.asarray(stance.highest_kpa > kpa)


def _toes(stance: Stance) -> NDArray[np.bool_]:
    return np.array([cell.part == "toes" for cell in stance.layout.cells])


def _half_mm(stance: Stance) -> FloatArray:
    """Half the length of each cell, as of a square, (c,)."""
    return np.asarray(0.5 * np.sqrt(stance.layout.area_mm2))


def _ends_mm(stance: Stance, there: NDArray[np.bool_]) -> tuple[float, float]:
    """Where the touched cells begin and end along the foot."""
    y, half = stance.layout.place_mm[:, 1], _half_mm(stance)
    return float((y - half)[there].min()), float((y + half)[there].max())


def _width_mm(stance: Stance, there: NDArray[np.bool_], level: float) -> float:
    """Width of the touched cells that a line across the foot at this level meets."""
    x, y, half = stance.layout.place_mm[:, 0], stance.layout.place_mm[:, 1], _half_mm(stance)
    met = there & (np.abs(y - level) <= half)
    if not met.any():
        raise RefusedError("no touched cell lies where the front third of the foot begins")
    return float((x + half)[met].max() - (x - half)[met].min())


def _edge_cells(stance: Stance) -> float:
    """About how many touched cells lie at the edge of the footprint: the circumference of a foot in cells."""
    return max(1.0, 4.0 * math.sqrt(float(_touched(stance, IN_CONTACT_KPA).sum())))


INDICES: Final = (
    _Index(
        name="contact_area_cm2", unit="cm2", compute=_contact_area,
        method=f"Contact area: cells that exceed {IN_CONTACT_KPA:g} kPa at any time of the stance",
    ),
    _Index(
        name="arch_index", unit="ratio", compute=_arch_index,
        method="Arch index: middle third of the footprint's length without toes over the whole, by area; high arch "
        "<= 0.21, low >= 0.26 (Cavanagh and Rodgers 1987, doi:10.1016/0021-9290(87)90255-7; limits not checked)",
    ),
    _Index(
        name="cpei_pct", unit="%", compute=_excursion,
        method="Centre-of-pressure excursion index: distance, lateral positive, of the centre of pressure from the "
        "line between its first and last place, where the front third of the foot begins, over the foot's width there "
        "(after Song et al. 1996; citation not checked)",
    ),
)  # fmt: skip
"""In the order of tables. The dynamic plantar loading index is not among them: its definition (Najafi et al. 2010)
could not be read, and pressuRe's function of that name is empty."""
