"""The kernel of pressure as its definition reads: one frame after another, nothing from kernels/."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sole:
    """Where the cells are: arms (c, 2) mm, areas (c,) mm2, medial share (c,), sole (c,), part of each (c,)."""

    arms_mm: np.ndarray
    area_mm2: np.ndarray
    medial: np.ndarray
    sole: np.ndarray
    part: np.ndarray
    n_parts: int


@dataclass(frozen=True)
class Gate:
    """Force above which a contact begins and above which indices are told; frames to the shift's reference."""

    touch_n: float
    gate_n: float
    reference: int


def frames(cells: np.ndarray, sole: Sole, judged_by: np.ndarray | None, gate: Gate) -> list[dict[str, object]]:
    """Every frame of a whole recording of one foot."""
    rows: list[dict[str, object]] = []
    touchdown: int | None = None
    reference: float | None = None
    for i, frame in enumerate(np.where(np.isfinite(cells), np.maximum(cells, 0.0), math.nan)):
        force = float(frame.sum())
        judged = force if judged_by is None else float(judged_by[i])
        if judged <= gate.touch_n:
            touchdown = reference = None
        elif touchdown is None and judged > gate.touch_n:
            touchdown = i
        loaded = touchdown is not None and gate.gate_n < judged < math.inf
        told = loaded and math.isfinite(force) and force > 0.0
        cop = (frame @ sole.arms_mm / force).tolist() if told else [math.nan, math.nan]
        if told and reference is None and touchdown is not None and i - touchdown >= gate.reference:
            reference = cop[0]
        parts = [float(frame[sole.part == k].sum()) for k in range(sole.n_parts)]
        rows.append(
            {
                "force": force,
                "cop": cop,
                "mli": mli(frame * sole.sole, sole) if told else math.nan,
                "shift": cop[0] - reference if told and reference is not None else math.nan,
                "loaded": loaded,
                "parts_n": parts,
            }
        )
    return rows


def mli(frame: np.ndarray, sole: Sole) -> float:
    """(Pmed - Plat) / (Pmed + Plat) of the mean pressures on the two sides; NaN where one side has no cell."""
    lateral = 1.0 - sole.medial
    if not (frame.sum() > 0 and sole.area_mm2 @ sole.medial > 0 and sole.area_mm2 @ lateral > 0):
        return math.nan
    p = frame @ sole.medial / (sole.area_mm2 @ sole.medial)
    q = frame @ lateral / (sole.area_mm2 @ lateral)
    return float((p - q) / (p + q))
