"""Whether insole and plate of a foot belong together, and in which landings their fusion is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from landing_lab.fuse.fused_foot import FusedFoot, PreparedFoot
from landing_lab.fuse.insole_shape import contacts
from landing_lab.fuse.plate_cells import PlateCell, slow_force
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.pressure import MAX_AT_LIMIT
from landing_lab.model.result import ForceDoubt

MAX_APART: Final = 0.03
"""Two ways to fuse that are further apart at a peak than this share of it do not both hold (fusion.md)."""

NEAR_PEAK_S: Final = 0.010
"""The other way may peak this much earlier or later."""

NARROW_S: Final = 0.0175
NARROW_AT: Final = 0.85
"""A peak that is this short at this share of its height is flattened by a sole that gives: of peaks as narrow the fused
force lost 2-5 % in simulation, and up to 13 % with a shoe 3 ms late (docs/fusion.md)."""

MAX_MISFIT: Final = 3.0
"""Readings that miss the model by this many times their stated error contradict it."""

LEAST_PEAK_N: Final = 100.0
LEAST_CONTACT_S: Final = 0.05
"""A contact that is judged: shorter or weaker ones are no landing."""

CONTACT_N: Final = 20.0
MIN_LOADED_N: Final = 40.0
SILENT: Final = 0.02
"""Share of the insole's own highest value below which it shows nothing."""

MAX_SILENT_SHARE: Final = 0.2
"""Share of loaded plate readings without a sign from the insole above which the two do not belong together."""


def disagreement(shape_n: FloatArray, cells: Sequence[PlateCell], times_s: FloatArray, side: Side) -> str | None:
    """The sentence that an insole shows nothing while the plate under it is loaded; None where they agree."""
    grid = np.arange(times_s[0], times_s[-1], cells[0].period_s)
    plate = slow_force(list(cells), grid)
    seen = np.interp(grid, times_s, shape_n)
    loaded = (plate > max(MIN_LOADED_N, 0.2 * float(plate.max(initial=0.0)))) & np.isfinite(seen)
    if not loaded.any():
        return None
    level = max(MIN_LOADED_N * nominal.INSOLE_SEEN_SHARE, SILENT * float(seen[loaded].max()))
    silent = float(np.mean(seen[loaded] <= level))
    if silent <= MAX_SILENT_SHARE:
        return None
    return (
        f"the {side} insole shows no force during {100 * silent:.0f} % of the time in which the plate under it is "
        "loaded; check its plug and that this foot stands on this plate"
    )


def landing_doubts(ready: PreparedFoot, found: FusedFoot, side: Side) -> tuple[ForceDoubt, ...]:
    """Contacts of a foot at whose peak the estimators part or the insole is at its limit, each with its sentence."""
    foot, doubts = ready.foot, []
    near = round(NEAR_PEAK_S / foot.step_s)
    for start, stop in contacts(found.force_n, CONTACT_N, round(LEAST_CONTACT_S / foot.step_s)):
        peak = start + int(np.argmax(found.force_n[start:stop]))
        peak_n = float(found.force_n[peak])
        if peak_n < LEAST_PEAK_N:
            continue
        other_n = float(np.nanmax(found.ratio_n[max(start, peak - near) : min(stop, peak + near + 1)]))
        told = (
            _apart(other_n / peak_n - 1.0, side),
            _held(ready, peak, side),
            _narrow(found.force_n, peak, foot.step_s, side),
            _contradicted(float(found.misfit[peak]), side),
        )
        begin_s, end_s = float(foot.times_s[start]), float(foot.times_s[stop - 1])
        doubts += [ForceDoubt(side=side, start_s=begin_s, stop_s=end_s, sentence=one) for one in told if one]
    return tuple(doubts)


def _apart(apart: float, side: Side) -> str | None:
    if abs(apart) <= MAX_APART:
        return None
    return (
        f"two ways to fuse the {side} insole with the plate are {100.0 * abs(apart):.0f} % apart at the peak of this "
        "contact, more than either may err: look whether the plate rings (tap test), its calibration, and the insole"
    )


def _held(ready: PreparedFoot, peak: int, side: Side) -> str | None:
    share = float(ready.shape.at_limit_n[peak]) / max(float(ready.shape.shape_n[peak]), 1e-9)
    if not share > MAX_AT_LIMIT:
        return None
    return (
        f"{100.0 * share:.0f} % of the peak on the {side} insole lies on cells at the end of their range, so that its "
        "shape is cut off there"
    )


def _narrow(force_n: FloatArray, peak: int, step_s: float, side: Side) -> str | None:
    reach = round(NARROW_S / step_s) + 1
    begin = max(0, peak - reach)
    high = force_n[begin : peak + reach + 1] > NARROW_AT * force_n[peak]
    before = int(np.argmin(high[peak - begin :: -1])) or reach
    after = int(np.argmin(high[peak - begin :])) or reach
    width_s = (before + after - 1) * step_s
    if width_s >= NARROW_S:
        return None
    return (
        f"the peak on the {side} foot is {1000.0 * width_s:.0f} ms wide: a sole that gives and a slow plate flatten "
        "such a peak, and the true one may be up to a tenth higher"
    )


def _contradicted(misfit: float, side: Side) -> str | None:
    if misfit <= MAX_MISFIT:
        return None
    return (
        f"the plate's readings around the peak of this contact miss what the {side} insole shows by {misfit:.0f} times "
        "their error; look at the insole's calibration and that this foot stood on this plate alone"
    )
