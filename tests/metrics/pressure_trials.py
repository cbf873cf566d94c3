"""Trials with insoles whose every number is known: load moved between cells by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from landing_lab.detect.params import ContactParams
from landing_lab.detect.task import Contact, Edge
from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import Estimate
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import ForceSignals

RATE_HZ = 1000.0
N = 1500
FIRST = (100, 400)
LANDING = (900, 1450)
PEAK_AT = 120
"""Samples from a touchdown to the peak."""

INFOTRONIC = shipped_layouts()["infotronic_8"]


def hill(start: int, stop: int, peak_n: float, *, peak_at: int = PEAK_AT) -> FloatArray:
    """Force (N,): 40 % of peak_n 10 samples after `start`, peak_n after peak_at samples, 0 at `stop`."""
    return np.interp(
        np.arange(N), [start, start + 10, start + peak_at, stop], [0.0, 0.4 * peak_n, peak_n, 0.0], left=0.0, right=0.0
    )


def two_hills(peak_n: float = 1000.0, *, peak_at: int = PEAK_AT) -> FloatArray:
    """The contact of a drop jump and its landing."""
    return hill(*FIRST, peak_n, peak_at=peak_at) + hill(*LANDING, peak_n, peak_at=peak_at)


def since_touchdown() -> FloatArray:
    """Samples since the last touchdown, (N,); 0 before the first."""
    at = np.arange(N)
    return np.where(at >= LANDING[0], at - LANDING[0], np.where(at >= FIRST[0], at - FIRST[0], 0)).astype(np.float64)


def shared(layout: InsoleLayout, force: FloatArray, weights: Mapping[str, FloatArray | float]) -> FloatArray:
    """Cells (N, c): the named ones carry these shares of the force, the others nothing."""
    cells = np.zeros((len(force), len(layout)))
    for index, cell in enumerate(layout.cells):
        if cell.name in weights:
            cells[:, index] = force * weights[cell.name]
    assert set(weights) <= {cell.name for cell in layout.cells}
    return cells


@dataclass(frozen=True)
class Foot:
    """One foot's insole."""

    cells: FloatArray
    layout: InsoleLayout = INFOTRONIC
    calibrated: bool = True
    cop_sd_mm: tuple[float, float] = (2.0, 5.0)
    force_sd: float = 0.05
    rate_hz: float | None = None
    note: str | None = None
    at_limit: np.ndarray | None = field(default=None)
    sole: np.ndarray | None = None

    def pressure(self) -> FootPressure:
        """As the signals carry it."""
        return FootPressure(
            layout=self.layout, cells_n=self.cells, arms_mm=self.layout.place_mm, calibrated=self.calibrated,
            force_sd_fraction=self.force_sd, cop_sd_mm=self.cop_sd_mm, source="made", sample_rate_hz=self.rate_hz,
            note=self.note, at_limit=self.at_limit, sole=self.sole,
        )  # fmt: skip


def contact(first: int, last: int) -> Contact:
    return Contact(
        start=Edge(sample=first, position=float(first), slope=100.0),
        stop=Edge(sample=last, position=float(last), slope=-100.0),
    )


def trial_of(feet: Mapping[Side, Foot], *, force: FloatArray | None = None) -> LandingTrial:
    """A drop jump whose plates read `force` under each foot, the insoles what `feet` say."""
    each = two_hills() if force is None else force
    sides: tuple[Side, ...] = ("left", "right")
    signals = ForceSignals(
        times_s=np.arange(N) / RATE_HZ,
        force_n={"total": 2.0 * each, **{side: each.copy() for side in sides}},
        sample_rate_hz=RATE_HZ,
        offset_n={},
        noise_n={},
        resolution_n=0.0,
        sensor_kind="force_plate",
        source="made",
        pressure={side: foot.pressure() for side, foot in feet.items()},
    )
    return jump_of(signals, contact(*FIRST), contact(*LANDING), refusal="nobody stood still")


def jump_of(signals: ForceSignals, first: Contact, landing: Contact, *, refusal: str | None = None) -> LandingTrial:
    """A drop jump with these contacts on every side; refusal: why it has neither weight nor motion."""
    feet: tuple[Side, ...] = tuple(side for side in signals.force_n if side != "total")
    return LandingTrial(
        task="drop_jump",
        reason=None,
        signals=signals,
        params=ContactParams(),
        threshold_n=dict.fromkeys(signals.force_n, 20.0),
        contact=first,
        landing=landing,
        side_contact=dict.fromkeys(feet, first),
        side_landing=dict.fromkeys(feet, landing),
        weight=None,
        weight_refusal=refusal,
        motion_refusal=refusal,
    )


def measured(name: str, trial: LandingTrial, side: Side = "left") -> Estimate:
    return all_metrics()[name].compute(trial, side)


def rolling(to_medial: float = 0.3, *, force: FloatArray | None = None) -> Foot:
    """Two forefoot cells, 18 mm medial and lateral: the share of the medial one grows from 0.5 by to_medial in 0.1 s.

    The centre of pressure lies 36 mm x (share - 0.5) medially.
    """
    share = 0.5 + to_medial * np.clip(since_touchdown() / 100.0, 0.0, 1.0)
    return Foot(
        shared(INFOTRONIC, two_hills() if force is None else force, {"fore_medial": share, "fore_lateral": 1.0 - share})
    )
