"""Events and phases of a landing: one structured dtype, shared by kernels and Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.channels import Side

CONTACT, RELEASE = 1, 2

EVENT_DTYPE = np.dtype(
    [
        ("kind", "i8"),  # CONTACT or RELEASE
        ("signal", "i8"),  # column of the detector's input, 0 = total
        ("sample", "i8"),  # first sample beyond the threshold
        ("fraction", "f8"),  # crossing lies at sample + fraction, which is <= 0
        ("slope", "f8"),  # N per sample across the crossing, 0 where the signal began in this state
        ("bridged", "i8"),  # missing samples between its two sides; -1: the signal began in this state
        ("decided", "i8"),  # sample at which the hold time had passed
        ("confirmed", "i8"),  # 0: the signal ended before the hold time had passed
    ],
    align=True,
)
"""What the detector writes: one row per threshold crossing that held."""


class Event(NamedTuple):
    """A named instant of a trial, with the uncertainty of its time."""

    name: str
    side: Side
    time_s: float
    sd_s: float

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return self._asdict()


class Phase(NamedTuple):
    """A named half-open interval [start_s, stop_s) of a trial."""

    name: str
    start_s: float
    stop_s: float
    side: Side = "total"

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Events:
    """The named events of a trial in order of time."""

    items: tuple[Event, ...] = ()

    def __iter__(self) -> Iterator[Event]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def get(self, name: str, side: Side = "total") -> Event | None:
        """The event of this name and side, None where it was not found."""
        return next((event for event in self.items if event.name == name and event.side == side), None)


@dataclass(frozen=True, slots=True)
class Phases:
    """The named phases of a trial: those of the total in order of time, then those of each foot."""

    items: tuple[Phase, ...] = ()

    def __iter__(self) -> Iterator[Phase]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def get(self, name: str, side: Side = "total") -> Phase | None:
        """The phase of this name and side, None where it was not found."""
        return next((phase for phase in self.items if phase.name == name and phase.side == side), None)


CrossingArray = NDArray[np.void]
"""(n,) array of EVENT_DTYPE."""
