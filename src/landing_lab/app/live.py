"""What is going on right now: contacts while they happen, and when a trial is complete."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landing_lab.calibrate.counts import fsr_force_n, load_cell_force_n
from landing_lab.detect.landing import LandingDetector
from landing_lab.detect.params import ContactParams
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.device import Arrival, DeviceInfo
from landing_lab.model.events import CONTACT

LOADED_N = 150.0
"""Plate load above the emptiest seen so far that counts as a person."""

INSOLE_PARAMS = ContactParams(contact_on_n=4.0, hysteresis_n=1.0)
"""Live contact on the uncalibrated sum of an insole's cells, which see about a twelfth of the force."""

MOST_LOST_SCANS = 5000
"""A longer gap tells the detector no more, and a board restarted with another count must not cost memory."""


@dataclass(slots=True)
class _Insole:
    detector: LandingDetector
    next_sequence: int | None = None
    contacts: int = 0
    in_contact: bool = False

    def feed(self, frames: FrameBlock) -> None:
        """Run the detector over new scans; lost scans are missing samples to it."""
        force = fsr_force_n(frames.counts).sum(axis=1)
        if self.next_sequence is not None and frames.sequence[0] > self.next_sequence:
            lost = min(int(frames.sequence[0]) - self.next_sequence, MOST_LOST_SCANS)
            self._count(np.full(lost, np.nan))
        self._count(force)
        self.next_sequence = int(frames.sequence[-1]) + 1

    def _count(self, force: FloatArray) -> None:
        found = self.detector.feed(force)
        self.contacts += int(np.sum((found["kind"] == CONTACT) & (found["bridged"] >= 0)))
        if len(found):
            self.in_contact = bool(found["kind"][-1] == CONTACT)


@dataclass(slots=True)
class LiveTrial:
    """Follows one trial while it is recorded, says what to do next and when the trial is complete.

    Complete: the plates were empty for empty_s, then loaded without a pause for stand_s (the landing, the quiet
    stance that weighs the person, and the 3 s over which coming to rest is judged). Without a plate a trial ends by
    time or by hand. The measured values
    never come from here: the file is analysed afterwards.
    """

    weigh_s: float = 1.5
    empty_s: float = 0.6
    landed_s: float = 0.6
    stand_s: float = 3.3
    stage: str = "waiting for the boards"
    load_n: float = 0.0
    _insoles: dict[str, _Insole] = field(default_factory=dict)
    _cells: dict[int, float] = field(default_factory=dict)
    _lowest_n: float | None = None
    _highest_n: float = 0.0
    _since_s: float | None = None
    _loaded: bool = False
    _was_empty: bool = False

    def follow(self, name: str, info: DeviceInfo) -> None:
        """Prepare for one device: compiles the detector before the first sample arrives."""
        if info.sensor_kind == "fsr_insole":
            self._insoles[name] = _Insole(LandingDetector(INSOLE_PARAMS, sample_rate_hz=info.sample_rate_hz))

    @property
    def feet(self) -> str:
        """Which insoles feel the ground right now, in words."""
        felt = [name.removeprefix("insole_") for name, insole in self._insoles.items() if insole.in_contact]
        return " and ".join(felt) or "none"

    @property
    def contacts(self) -> int:
        """Touchdowns that the insoles have felt so far."""
        return sum(insole.contacts for insole in self._insoles.values())

    def on_arrival(self, name: str, arrival: Arrival) -> bool:
        """Take new frames in; True once the trial is complete."""
        if not len(arrival.frames):
            return False
        insole = self._insoles.get(name)
        if insole is not None:
            insole.feed(arrival.frames)
            return False
        return self._plate(arrival.frames)

    def _plate(self, frames: FrameBlock) -> bool:
        channel = frames.channel
        if channel is None:
            return False
        good = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0
        force = load_cell_force_n(frames.counts)
        for row in np.flatnonzero(good):
            self._cells[int(channel[row])] = float(force[row, channel[row]])
            if len(self._cells) == frames.counts.shape[1] and self._reading(frames.ticks_us[row] * 1e-6):
                return True
        return False

    def _reading(self, time_s: float) -> bool:
        """One more plate reading at a device time; the emptiest reading so far is the zero.

        Until the load has changed once, nobody knows what empty is; the first stage then asks to stand still.
        """
        total = sum(self._cells.values())
        self._lowest_n = total if self._lowest_n is None else min(self._lowest_n, total)
        self._highest_n = max(self._highest_n, total)
        self.load_n = total - self._lowest_n
        loaded = self.load_n > LOADED_N
        if loaded != self._loaded or self._since_s is None:
            self._loaded, self._since_s = loaded, time_s
        held = time_s - self._since_s
        changed = self._highest_n - self._lowest_n > LOADED_N
        if not changed:
            self.stage = "stand still on the plates" if held < self.weigh_s else "step up onto the box"
        elif not loaded and held >= self.empty_s:
            self._was_empty = True
            self.stage = "plates empty: step off when ready"
        elif self._was_empty:
            self.stage = "landed: stand still" if loaded and held >= self.landed_s else "jump"
        return loaded and self._was_empty and held >= self.stand_s
