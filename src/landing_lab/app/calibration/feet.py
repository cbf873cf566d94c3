"""Insoles beside the plate while postures are read: how far they agree by the gain that flat standing gave."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landing_lab.app.calibration.levels import BoardLevels
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo


@dataclass(slots=True)
class LiveInsoles:
    """Sums of the cells of each insole, nominal until flat standing gave a gain.

    A single gain is right flat and wrong elsewhere; that is why there are postures, and what is shown.
    """

    sums_n: dict[Side, float] = field(default_factory=dict)
    gain: dict[Side, float] = field(default_factory=dict)
    plate_n: dict[Side, float] = field(default_factory=dict)
    _boards: dict[str, BoardLevels] = field(default_factory=dict)
    _side: dict[str, Side] = field(default_factory=dict)
    _seen: dict[Side, list[float]] = field(default_factory=dict)
    _plate: dict[Side, list[float]] = field(default_factory=dict)
    _measuring: bool = False

    def follow(self, name: str, info: DeviceInfo) -> None:
        """Prepare for one insole."""
        self._boards[name], self._side[name] = BoardLevels(info), info.placement

    def feed(self, name: str, frames: FrameBlock) -> None:
        """Take frames of an insole in."""
        for slot in self._boards[name].feed(frames):
            side = self._side[name]
            self.sums_n[side] = float(np.nansum(slot.level))
            if self._measuring:
                self._seen.setdefault(side, []).append(self.sums_n[side])

    def begin(self) -> None:
        """A new posture."""
        self._seen, self._plate, self._measuring = {}, {}, False

    def read(self, *, measuring: bool) -> None:
        """Whether what arrives now belongs to the posture."""
        self._measuring = measuring

    def on_plate(self, force_n: dict[Side, float]) -> None:
        """What the plate says now."""
        self.plate_n = dict(force_n)
        if self._measuring:
            for side, force in force_n.items():
                self._plate.setdefault(side, []).append(force)

    def learn(self) -> None:
        """Flat standing is over: its gain makes newton of the sums."""
        for side, seen in self._seen.items():
            mean = float(np.mean(seen))
            if mean > 0.0 and self._plate.get(side):
                self.gain[side] = float(np.mean(self._plate[side])) / mean

    def told(self) -> str:
        """How far insole and plate agreed in this posture."""
        parts = []
        for side, seen in self._seen.items():
            plate_n = float(np.mean(self._plate.get(side) or [0.0]))
            if plate_n < 50.0:
                parts.append(f"{side} unloaded")
            elif side in self.gain:
                apart = 100.0 * (self.gain[side] * float(np.mean(seen)) / plate_n - 1.0)
                parts.append(f"{side} {apart:+.0f} % of {plate_n:.0f} N")
            else:
                parts.append(f"{side} {plate_n:.0f} N")
        note = " (plain sums of the cells, normal before calibration)" if any("%" in part for part in parts) else ""
        return f"{', '.join(parts) or 'read'}{note}"
