"""What the cells under one foot say, frame by frame: force, centre of pressure, parts, medial against lateral."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel

FORCE, COP_ML, COP_AP, MLI, SHIFT, LOADED, FIXED = 0, 1, 2, 3, 4, 5, 6
"""Columns of what `advance` writes; the forces of the parts follow from FIXED on."""

STATE_DTYPE = np.dtype(
    [
        ("n", "i8"),  # frames consumed
        ("since", "i8"),  # frames since the touchdown, that one included; 0 = no contact
        ("peak_n", "f8"),  # highest force of this contact
        ("reference_mm", "f8"),  # medial COP that the shift counts from, NaN before it is known
        ("reference", "i8"),  # its frame, -1 before it is known
    ],
    align=True,
)
"""State of one foot; an array of one element goes in and out of `advance`."""


@kernel
def _areas(area_mm2: Any, medial: Any) -> tuple[float, float]:
    """Medial and lateral area, mm2."""
    medial_area = lateral_area = 0.0
    for j in range(area_mm2.shape[0]):
        medial_area += medial[j] * area_mm2[j]
        lateral_area += (1.0 - medial[j]) * area_mm2[j]
    return medial_area, lateral_area


@kernel
def advance(
    block: Any,
    arms_mm: Any,
    area_mm2: Any,
    medial: Any,
    sole: Any,
    part: Any,
    gate_force: Any,
    touch_n: float,
    gate_n: float,
    reference: int,
    state: Any,
    out: Any,
) -> None:
    """Consume a block of frames, move the state on, write one row per frame.

    block: (n, c) force of the part of the sole of each cell in N, C order; not finite = missing, below 0 = 0.
    arms_mm: (c, 2) medial and anterior. area_mm2: (c,). medial: (c,) share on the medial side of the foot's axis.
    sole: (c,) what makes of a cell's force its own pressure times area_mm2, up to a factor: for the sides.
    part: (c,) number of the part of the foot. gate_force: (n,) N that contact and gate are judged by, or (0,): the
    sum of the cells. A contact begins above touch_n and ends at or below it; the centre of pressure, the medial-
    lateral index and the shift are told above gate_n. The shift counts from the first told frame that is `reference`
    or more frames after the touchdown. state: (1,) STATE_DTYPE.
    out: (n, FIXED + p): force N, COP medial and anterior mm, medial-lateral index, shift mm, loaded (0 or 1), force
    of each part N. NaN where not told, and where a cell that it needs is missing.
    """
    n, c = block.shape
    by_cells = gate_force.shape[0] == 0
    medial_area, lateral_area = _areas(area_mm2, medial)
    s = state[0]
    count, since, peak, reference_mm, reference_at = s["n"], s["since"], s["peak_n"], s["reference_mm"], s["reference"]
    for i in range(n):
        total = x = y = on_medial = on_lateral = 0.0
        out[i, FIXED:] = 0.0
        for j in range(c):
            f = block[i, j]
            if -math.inf < f <= 0.0:
                continue  # a cell cannot pull
            if not abs(f) < math.inf:
                f = math.nan
            total += f
            x += f * arms_mm[j, 0]
            y += f * arms_mm[j, 1]
            own = f * sole[j]
            on_medial += own * medial[j]
            on_lateral += own * (1.0 - medial[j])
            out[i, FIXED + part[j]] += f
        judged = total if by_cells else gate_force[i]
        if judged > touch_n:
            if since == 0:
                peak, reference_mm, reference_at = judged, math.nan, -1
            since += 1
            peak = max(peak, judged)
        elif judged <= touch_n:
            since, peak, reference_mm, reference_at = 0, 0.0, math.nan, -1
        elif since > 0:
            since += 1  # missing: time goes on
        loaded = since > 0 and judged > gate_n and judged < math.inf
        told = loaded and total > 0.0
        out[i, FORCE] = total
        out[i, LOADED] = 1.0 if loaded else 0.0
        out[i, COP_ML] = x / total if told else math.nan
        out[i, COP_AP] = y / total if told else math.nan
        out[i, MLI] = math.nan
        if told and on_medial + on_lateral > 0.0 and medial_area > 0.0 and lateral_area > 0.0:
            p, q = on_medial / medial_area, on_lateral / lateral_area
            out[i, MLI] = (p - q) / (p + q)
        if told and reference_at < 0 and since > reference:
            reference_mm, reference_at = x / total, count + i
        out[i, SHIFT] = x / total - reference_mm if told else math.nan
    s["n"], s["since"], s["peak_n"] = count + n, since, peak
    s["reference_mm"], s["reference"] = reference_mm, reference_at
