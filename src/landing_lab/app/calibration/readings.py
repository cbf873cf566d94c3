"""Readings of the steps of a running calibration: what each one says, against those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from landing_lab.acquire.writer import joined
from landing_lab.app.calibration.fit import between
from landing_lab.app.calibration.judge import Verdict, judge_cell, judge_load, judge_unloading, residuals_n
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.app.calibration.watch import Window
from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.model.blocks import CountArray, FrameBlock
from landing_lab.model.device import Arrival, DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout

KEPT_US: Final = 3_000_000
"""Frames before a step that it may still ask for."""


@dataclass(slots=True)
class StepReadings:
    """Frames of the step that is now, and the loads that are known; cells: layout of an insole."""

    info: DeviceInfo
    cells: InsoleLayout | None = None
    loads: list[KnownLoad] = field(default_factory=list)
    _arrivals: list[Arrival] = field(default_factory=list)
    _rest_counts: CountArray | None = None

    def add(self, arrival: Arrival) -> None:
        """Take frames in."""
        self._arrivals.append(arrival)

    def begin(self) -> None:
        """A new step: forget all but the last seconds."""
        kept = self._arrivals
        while len(kept) > 1 and kept[-1].frames.ticks_us[-1] - kept[0].frames.ticks_us[-1] > KEPT_US:
            kept.pop(0)

    def verdict(self, step: GuidedStep, windows: Sequence[Window], *, rough: bool) -> Verdict:
        """What a step says that was read in these windows; rough as in judge_load."""
        pieces = [self._frames(window) for window in windows]
        if step.kind == "unload":
            return judge_unloading(self.info, step.side, pieces)
        if step.kind == "tap":
            return Verdict(told=f"{len(pieces)} knocks")
        if self.info.sensor_kind == "hx711_plate":
            return judge_load(self.info, _known(step, pieces[0]), self.loads, rough=rough)
        if step.cell is None or self._rest_counts is None:
            self._rest_counts = pieces[0].counts
            return Verdict(told="read")
        return judge_cell(self.info, step.cell, self._rest_counts, pieces[0].counts, step.mass_kg, self.cells)

    def accept(self, step: GuidedStep, windows: Sequence[Window]) -> None:
        """A load of a plate is known from now on."""
        if step.kind in ("empty", "load") and self.info.sensor_kind == "hx711_plate":
            self.loads.append(_known(step, self._frames(windows[0])))

    def drop(self, step: GuidedStep) -> None:
        """A step is to be done again."""
        self.loads = [load for load in self.loads if load.label != step.key]

    def residuals_n(self) -> Mapping[str, float]:
        """What each load is off by, by key of its step."""
        return residuals_n(self.info, self.loads)

    def _frames(self, window: Window) -> FrameBlock:
        return between(joined(self._arrivals).frames, window)


def _known(step: GuidedStep, frames: FrameBlock) -> KnownLoad:
    return KnownLoad(label=step.key, side=step.side, mass_kg=step.mass_kg, frames=frames, position_mm=step.position_mm)
