"""Which foot feels the ground while it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from landing_lab.calibrate.convert import counts_to_newton
from landing_lab.detect.landing import LandingDetector
from landing_lab.detect.params import ContactParams
from landing_lab.model import nominal
from landing_lab.model.blocks import CountArray, FloatArray, FrameBlock
from landing_lab.model.calibration import Calibration, InsoleCalibration
from landing_lab.model.device import DeviceInfo
from landing_lab.model.events import CONTACT

CELL_PARAMS: Final = ContactParams(contact_on_n=4.0, hysteresis_n=1.0)
"""Live contact on the sum of an insole's cells' own areas, which see about a twelfth of the force."""

FOOT_PARAMS: Final = ContactParams(contact_on_n=48.0, hysteresis_n=12.0)
"""The same where a calibration on the plate gives the force of the whole foot."""

_HIGHEST: Final = (1 << nominal.ADC_BITS) - 1

MOST_LOST_SCANS: Final = 5000
"""A longer gap tells the detector no more, and a board restarted with another count must not cost memory."""


@dataclass(frozen=True, slots=True, eq=False)
class ForceTable:
    """What `counts_to_newton` gives for every count, looked up: on a few scans at a time that is several times faster.

    force_n: (n_channels * n_counts,), all counts of one cell after another. first: (n_channels,), where each begins.
    """

    force_n: FloatArray
    first: CountArray

    @classmethod
    def of(cls, info: DeviceInfo, calibration: Calibration | None) -> Self:
        """Prepare for a board."""
        every = np.repeat(np.arange(_HIGHEST + 1, dtype=np.int32)[:, None], info.n_channels, axis=1)
        force_n = counts_to_newton(info, calibration)(every)
        return cls(force_n.ravel(order="F"), np.arange(info.n_channels, dtype=np.int32) * (_HIGHEST + 1))

    def cells_n(self, counts: CountArray) -> FloatArray:
        """The cells' forces, (n, n_channels), of counts; beyond the converter's range its end holds."""
        place = np.minimum(counts, _HIGHEST)
        place += self.first
        return self.force_n.take(place)

    def total_n(self, counts: CountArray) -> FloatArray:
        """Sum of the cells' forces, (n,), of counts (n, n_channels); beyond the converter's range its end holds."""
        place = np.minimum(counts, _HIGHEST)
        place += self.first
        # `take` and `reduce` spare the Python around indexing and `sum`, half of the cost of a few scans.
        total: FloatArray = np.add.reduce(self.force_n.take(place), axis=1)
        return total


@dataclass(slots=True)
class LiveInsole:
    """Contacts of one insole, by the same detector as the analysis."""

    detector: LandingDetector
    table: ForceTable
    next_sequence: int | None = None
    contacts: int = 0
    in_contact: bool = False

    @classmethod
    def of(cls, info: DeviceInfo, calibration: Calibration | None) -> Self:
        """Prepare for a board."""
        whole_foot = isinstance(calibration, InsoleCalibration) and calibration.method == "on plate"
        params = FOOT_PARAMS if whole_foot else CELL_PARAMS
        return cls(LandingDetector(params, sample_rate_hz=info.sample_rate_hz), ForceTable.of(info, calibration))

    def feed(self, frames: FrameBlock) -> None:
        """Run the detector over new scans; lost scans are missing samples to it."""
        force = self.table.total_n(frames.counts)
        first = int(frames.sequence[0])
        if self.next_sequence is not None and first > self.next_sequence:
            lost = min(first - self.next_sequence, MOST_LOST_SCANS)
            self._count(np.full(lost, np.nan))
        self._count(force)
        self.next_sequence = int(frames.sequence[-1]) + 1

    def _count(self, force_n: FloatArray) -> None:
        found = self.detector.feed(force_n)
        if len(found):
            self.contacts += int(np.sum((found["kind"] == CONTACT) & (found["bridged"] >= 0)))
            self.in_contact = bool(found["kind"][-1] == CONTACT)
