"""What is true of a measured jump that simulated sensors recorded; written beside, never read by the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import PARTS, InsoleLayout
from landing_lab.sim.roll import SHIFT_BY_S, medial_shifts_mm
from landing_lab.sim.truth_force import THRESHOLD_N, crossing_s, rate_20_80

SCHEMA: Final = "landing-lab.sensed-truth/1"

LOADED_N: Final = 50.0
"""A foot that carries less has no centre of pressure (pressure.md)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SensedTruth:
    """Truth at 1 kHz in the time of the recording (s): the clock on which its two insoles agree.

    force_n: (n, 2) of the left and right foot; cop_mm: (n, 2, 2) medial and anterior from the middle of the heel
    edge, NaN below 50 N; parts_n: (n, 2, 5) force on heel, midfoot, forefoot, toes and on the medial half.
    contacts: one mapping per contact and side, see `describe_contacts`. weight_n: body weight, None where the file
    holds no quiet standing. drawn: every drawn parameter of sensors and links.
    """

    time_s: FloatArray
    force_n: FloatArray
    cop_mm: FloatArray
    parts_n: FloatArray
    contacts: tuple[Mapping[str, object], ...]
    weight_n: float | None
    drawn: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON; forces to 0.1 N, places to 0.01 mm."""
        signals: dict[str, object] = {
            "start_s": float(self.time_s[0]),
            "step_s": float(np.mean(np.diff(self.time_s))),
            "force_left_n": _plain(self.force_n[:, 0], 1),
            "force_right_n": _plain(self.force_n[:, 1], 1),
        }
        for foot, side in enumerate(("left", "right")):
            signals[f"cop_ml_{side}_mm"] = _plain(self.cop_mm[:, foot, 0], 2)
            signals[f"cop_ap_{side}_mm"] = _plain(self.cop_mm[:, foot, 1], 2)
        return {
            "schema": SCHEMA,
            "threshold_n": THRESHOLD_N,
            "body_weight_n": self.weight_n,
            "contacts": [dict(one) for one in self.contacts],
            "signals": signals,
            "drawn": dict(self.drawn),
        }


def places_mm(cop: FloatArray, layout: InsoleLayout) -> FloatArray:
    """Relative (x, y) of any shape (..., 2) as (medial, anterior) in mm from the middle of the heel edge."""
    return np.asarray((np.array([0.5, 0.0]) - cop) * np.array([1.0, -1.0]) * [layout.width_mm, layout.length_mm])


def describe_contacts(
    time_s: FloatArray, force_n: FloatArray, cop_mm: FloatArray, parts_n: FloatArray, spans: tuple[tuple[int, int], ...]
) -> tuple[dict[str, object], ...]:
    """Every contact of each foot and of both, one row each; spans: rows of the contacts.

    Touchdown and take-off (20 N, None where the file begins or ends in it), peak, impulses, loading rate; of a foot
    that landed also its medial shift, regional impulses and medial-lateral index.
    """
    rows: list[dict[str, object]] = []
    signals: tuple[tuple[Side, FloatArray], ...] = (
        ("left", force_n[:, 0]),
        ("right", force_n[:, 1]),
        ("total", force_n.sum(axis=1)),
    )
    for number, (start, stop) in enumerate(spans):
        for foot, (side, force) in enumerate(signals):
            first, last = max(start - 30, 0), min(stop + 30, len(force))
            loaded = np.flatnonzero(force[first:last] >= THRESHOLD_N)
            if len(loaded) < 20:
                continue
            row = _contact(time_s, force, first + int(loaded[0]), first + int(loaded[-1]))
            if side != "total" and row["touchdown_s"] is not None:
                touchdown_s, peak_s = float(str(row["touchdown_s"])), float(str(row["peak_s"]))
                row |= _shift(time_s, cop_mm[:, foot], touchdown_s, peak_s)
                row |= _regional(time_s, parts_n[:, foot], touchdown_s)
            rows.append({"contact": number, "side": side, **row})
    return tuple(rows)


def _contact(time_s: FloatArray, force: FloatArray, on: int, off: int) -> dict[str, object]:
    """One contact from row on to row off, both at or above the threshold."""
    touchdown = None if on == 0 else crossing_s(time_s, force, on, THRESHOLD_N)
    take_off = None if off == len(force) - 1 else crossing_s(time_s, force, off + 1, THRESHOLD_N)
    window = force[on : off + 1]
    early = force[on : min(on + 300, off + 1)] if touchdown is not None else window
    top = on + int(np.argmax(early))
    row: dict[str, object] = {
        "touchdown_s": touchdown,
        "take_off_s": take_off,
        "peak_n": float(force[top]),
        "peak_s": float(time_s[top]),
        "greatest_n": float(window.max()),
    }
    if touchdown is not None:
        step_s = float(time_s[1] - time_s[0])
        for name, width in (("impulse_0_50ms_ns", 50), ("impulse_0_100ms_ns", 100)):
            row[name] = float(force[on : on + width].sum()) * step_s
        rate = rate_20_80(time_s[on : top + 1], force[on : top + 1])
        row["loading_rate_20_80_n_per_s"] = rate if top - on >= 2 and np.isfinite(rate) else None
    return row


def _shift(time_s: FloatArray, cop_mm: FloatArray, touchdown_s: float, peak_s: float) -> dict[str, object]:
    """Movement of the COP, medial positive: to the peak (None where it comes at once), and to 100 ms."""
    to_peak, late = medial_shifts_mm(time_s, cop_mm[:, 0], touchdown_s, peak_s)
    return {"medial_shift_mm": to_peak, "medial_shift_100ms_mm": late}


def _regional(time_s: FloatArray, parts_n: FloatArray, touchdown_s: float) -> dict[str, object]:
    inside = (time_s >= touchdown_s) & (time_s < touchdown_s + SHIFT_BY_S)
    impulse = parts_n[inside].sum(axis=0) * float(time_s[1] - time_s[0])
    total = float(impulse[: len(PARTS)].sum())
    names = [f"{part}_impulse_0_100ms_pct" for part in PARTS]
    shares = {name: 100.0 * float(value) / total for name, value in zip(names, impulse, strict=False)}
    return {**shares, "medial_lateral_index_0_100ms": 2.0 * float(impulse[-1]) / total - 1.0}


def _plain(values: FloatArray, digits: int) -> list[float | None]:
    return [None if not np.isfinite(value) else value for value in np.round(values, digits).tolist()]
