"""Trials with insoles made by hand: a foot whose load rolls from the forefoot to the heel and back, and medially."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout, LayoutCell, shipped_layouts
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import MetricsTable, MetricValue, TrialResult
from landing_lab.report.pressure_view import has_pressure, pressure_view
from landing_lab.report.sole import outline_places
from report.made_trials import TOUCHDOWN_S, made_trial, row

CONTACT_S = 0.25


@cache
def mat_layout() -> InsoleLayout:
    """A pressure mat of 10 mm squares under the drawn sole."""
    from matplotlib.path import Path

    sole = Path(outline_places())
    cells = tuple(
        LayoutCell(name=f"c{row}_{column}", region=_region(y), x=x, y=y, area_mm2=100.0)
        for row, y in enumerate(np.arange(5, 260, 10) / 260)
        for column, x in enumerate(np.arange(5, 90, 10) / 90)
        if sole.contains_point((x, y))
    )
    return InsoleLayout(
        name="mat", title="a mat of 10 mm squares", source="made for tests", width_mm=90.0, length_mm=260.0, cells=cells
    )


def _region(y: float) -> str:
    return "heel" if y < 0.3 else "midfoot" if y < 0.6 else "m2" if y < 0.83 else "toes"  # type: ignore[return-value]


def foot_pressure(
    layout: InsoleLayout,
    times_s: np.ndarray,
    force_n: np.ndarray,
    *,
    medial_mm: float = 8.0,
    calibrated: bool = True,
    limit_kpa: float | None = None,
) -> FootPressure:
    """Cells of one foot: the load is centred medial_mm towards the inner edge at the middle of the contact."""
    phase = np.clip((times_s - TOUCHDOWN_S) / CONTACT_S, 0.0, 1.0)
    center = np.column_stack([medial_mm * np.sin(np.pi * phase), 190.0 - 80.0 * np.sin(np.pi * phase)])
    off = layout.place_mm[None] - center[:, None]
    weight = np.exp(-np.square(off / np.array([24.0, 55.0])).sum(axis=2) / 2.0) * layout.area_mm2
    cells = weight / weight.sum(axis=1, keepdims=True) * np.maximum(force_n, 0.0)[:, None]
    limit = None if limit_kpa is None else cells / layout.area_mm2 * 1000.0 >= limit_kpa
    return FootPressure(
        layout=layout,
        cells_n=cells,
        arms_mm=layout.place_mm,
        calibrated=calibrated,
        force_sd_fraction=0.1,
        cop_sd_mm=(2.0, 5.0) if calibrated else (12.0, 15.0),
        source="made for tests",
        at_limit=limit,
        note=None if calibrated else "the insole is not calibrated: its numbers are relative",
    )


def pressed_trial(
    layout: InsoleLayout | str = "infotronic_8",
    *,
    sides: Sequence[Side] = ("left", "right"),
    medial_mm: tuple[float, float] = (8.0, -4.0),
    calibrated: bool = True,
    limit_kpa: float | None = None,
    trial: TrialResult | None = None,
) -> TrialResult:
    """A drop jump with insoles; medial_mm: how far the load of left and right foot rolls to the inner edge."""
    found = shipped_layouts()[layout] if isinstance(layout, str) else layout
    made = trial or made_trial()
    signals = made.signals
    assert signals is not None
    rolls = dict(zip(("left", "right"), medial_mm, strict=True))
    feet = {
        side: foot_pressure(
            found, signals.times_s, signals.force_n[side], medial_mm=rolls[side], calibrated=calibrated,
            limit_kpa=limit_kpa,
        )
        for side in sides
    }  # fmt: skip
    pressed = replace(made, signals=replace(signals, pressure=feet))
    return replace(pressed, table=MetricsTable((*made.table, *_shift_rows(pressed))))


def _shift_rows(trial: TrialResult) -> list[MetricValue]:
    """Rows of the shift at the foot's peak and 100 ms after touchdown, where its course tells it."""
    rows = []
    for foot in pressure_view(trial).feet if has_pressure(trial) else ():
        if foot.course is None or foot.no_cop:
            continue
        for name, frame in (("medial_shift_mm", foot.course.peak), ("medial_shift_100ms_mm", 100)):
            if frame < len(foot.course.shift_mm) and np.isfinite(foot.course.shift_mm[frame]):
                value, sd = (float(of[frame]) for of in (foot.course.shift_mm, foot.course.shift_sd_mm))
                rows.append(row(name, value, "mm", sd, side=foot.side))
    return rows
