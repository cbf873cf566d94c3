"""What the steps of a calibration tell about a plate's wiring: dead, reversed and exchanged cells."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import ChannelLayout

DEAD_SHARE = 0.02
"""A cell whose largest response is below this share of the others' never responded."""

EXCHANGED = 4.0
"""Another order of the cells must fit this many times better than the one on the label."""


def check_wiring(
    response: FloatArray, loads: Sequence[KnownLoad], layout: ChannelLayout, columns: Sequence[int]
) -> tuple[list[tuple[float, float]], list[str]]:
    """Places of the cells of one plate, and sentences on its wiring.

    response: (p, c) counts above zero. Raises CalibrationError naming a cell that never responded.
    """
    names = [layout.channels[column].name for column in columns]
    largest = np.abs(response).max(axis=0)
    dead = [name for name, seen in zip(names, largest, strict=True) if seen < DEAD_SHARE * np.median(largest)]
    if dead or not largest.any():
        raise CalibrationError(
            f"{', '.join(dead or names)} never responded to a load; check its wires and that the plate rests on it"
        )
    findings = []

    backwards = response.sum(axis=0) < 0.0
    findings += [
        f"{name} is wired backwards: it reads less under load; its scale is negative and force is right"
        for name, reversed_ in zip(names, backwards, strict=True)
        if reversed_
    ]
    places = [layout.channels[column].position_mm or (0.0, 0.0) for column in columns]
    order = _best_order(np.abs(response), loads, np.array(places))
    moved = [cell for cell in range(len(names)) if order[cell] != cell]
    if moved:
        findings.append(
            f"{' and '.join(names[cell] for cell in moved)} are exchanged: loads near a corner show on another cell; "
            "the places are taken as found"
        )
    return [places[order[cell]] for cell in range(len(names))], findings


def _best_order(response: FloatArray, loads: Sequence[KnownLoad], places: FloatArray) -> tuple[int, ...]:
    """For each cell the place (index) that its responses speak for; the label's where they do not tell clearly."""
    label = tuple(range(len(places)))
    known = [index for index, load in enumerate(loads) if load.position_mm is not None and any(load.position_mm)]
    if len(places) != len(nominal.PLATE_CELLS_MM) or len(known) < 2:
        return label
    at = np.array([loads[index].position_mm for index in known])
    expected = np.prod(0.5 * (1.0 + at[:, None, :] / places[None]), axis=2)
    share = response[known] / response[known].sum(axis=1, keepdims=True)
    misfit = {
        order: float(np.sum(np.square(share - expected[:, list(order)]))) for order in itertools.permutations(label)
    }
    best = min(misfit, key=lambda order: misfit[order])
    return best if EXCHANGED * misfit[best] < misfit[label] else label
