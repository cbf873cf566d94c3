"""Standing on a box: insoles carry the person up there too, where a plate on the ground sees nothing."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.runs import runs

LOADED_N: Final = 30.0
"""Force of a foot that is on something; shoes press with less."""

STANDING_S: Final = 1.0
"""A contact at least as long before a flight is standing (choice; running and hopping touch for a third of it)."""

APART_S: Final = 0.1
"""Feet that leave further apart step off; those of a jump leave within 0.03 s of each other (choice)."""

FLIGHT_S: Final = (0.06, 1.0)
"""A drop lasts at least and at most so long: from 2 cm to beyond any box."""

BLINK_S: Final = 0.02
"""Shorter changes are no change of contact."""


def box_standing(force_n: Mapping[Side, FloatArray], sample_rate_hz: float) -> list[tuple[int, int]]:
    """Stretches [start, stop) of samples in which somebody stands who then steps off and falls; empty for one foot.

    force_n: foot -> (n,) newton, NaN = missing, which counts as loaded.
    """
    if len(force_n) < 2:
        return []
    blink = max(1, round(BLINK_S * sample_rate_hz))
    loaded = {side: _steady(~(load < LOADED_N), blink) for side, load in force_n.items()}
    either = np.logical_or.reduce(list(loaded.values()))
    contacts = runs(either).tolist()
    found = []
    for (start, stop), (after, _) in pairwise(contacts):
        falls = FLIGHT_S[0] <= (after - stop) / sample_rate_hz <= FLIGHT_S[1]
        if not falls or (stop - start) / sample_rate_hz < STANDING_S:
            continue
        leaves = [int(np.flatnonzero(foot[:stop])[-1]) if foot[:stop].any() else -1 for foot in loaded.values()]
        if (max(leaves) - min(leaves)) / sample_rate_hz > APART_S:
            found.append((start, stop))
    return found


def _steady(loaded: NDArray[np.bool_], blink: int) -> NDArray[np.bool_]:
    """A mask (n,) without changes shorter than blink samples."""
    steady = loaded.copy()
    for value in (False, True):
        for start, stop in runs(steady == value).tolist():
            if stop - start < blink and start > 0 and stop < len(steady):
                steady[start:stop] = not value
    return steady
