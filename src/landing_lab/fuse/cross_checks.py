"""Whether insoles and plate of one recording contradict each other: in scale, in time, and in which foot is which."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from landing_lab.fuse.fused_foot import PreparedFoot
from landing_lab.fuse.insole_shape import InsoleShape
from landing_lab.fuse.plate_cells import slow_force
from landing_lab.fuse.plate_delay import USUAL_DELAY_S, USUAL_DELAY_SD_S, PlateTiming
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream

REACH_SD: Final = 3.0
"""A delay further than this many SD of what read-out and clocks do from the usual one is neither's (choice)."""

MAX_FEET_APART_S: Final = 0.003
"""Both insoles are read alike: simulated recordings had their delays 1.9 ms apart at most (choice)."""

COMPARED: Final = ("ping", "edges", "taps")
"""What the source of a clock says where more than arrivals told it."""

UNSEEN_APART_S: Final = MAX_FEET_APART_S / math.sqrt(3.0)
"""SD of left against right where only arrivals told the clocks: a port may delay every frame alike, and the plate finds
that from MAX_FEET_APART_S on (uniform within it)."""

UNSEEN_SD_S: Final = 0.016 / math.sqrt(12.0)
"""The same without a plate: nothing excludes the 16 ms for which a USB bridge may hold frames back (uniform)."""

LEAST_SCALE: Final = 0.15
SCALE_SD: Final = 3.0
"""Plate and calibrated insole may differ by the larger of both: published insoles repeat within 5 % (pressure.md),
simulated trials differed by 2 to 13 %."""

LOADED: Final = 0.1
"""Share of the highest force on both feet from which readings are compared."""

EXCHANGED: Final = 1.15
"""How many times more squares own feet leave than crossed ones: 0.03-0.88 in simulation as worn, 1.4-33 exchanged."""

REMEMBERED: Final = 4
"""Conversion periods over which a reading is a mean (hardware.md)."""


def feet_apart_sd_s(insoles: Sequence[Stream], *, on_plate: bool) -> float:
    """SD of the left against the right insole's times; a delay that all frames of a port share shows in no arrival."""
    stated_s = math.hypot(*(stream.clock.offset_sd_s for stream in insoles))
    alone = [one for one in insoles if not any(way in one.clock.source for way in COMPARED)]
    if len(insoles) < 2 or not any("arrivals" in one.clock.source for one in alone):
        return stated_s
    return math.hypot(stated_s, UNSEEN_APART_S if on_plate else UNSEEN_SD_S)


def timing_doubt(timing: PlateTiming) -> str | None:
    """The sentence that a board's times are late or early against another's; None where the delays can be."""
    reach_s = REACH_SD * USUAL_DELAY_SD_S
    delays = dict(timing.delay_s)
    late = [side for side, delay_s in delays.items() if abs(delay_s - USUAL_DELAY_S) > reach_s]
    apart_s = max(delays.values()) - min(delays.values())
    if not late and apart_s <= MAX_FEET_APART_S:
        return None
    told = " and ".join(f"{1000.0 * delay_s:+.0f} ms on the {side} foot" for side, delay_s in delays.items())
    return (
        f"the plate follows the insoles by {told}, more than read-out and clocks do: frames of a board arrived late, "
        "so feet and instants do not belong together; look at USB hub and latency timer, and repeat the trial"
    )


def scale_doubts(
    ready: Mapping[Side, PreparedFoot], shapes: Mapping[Side, InsoleShape], insoles: Mapping[Side, Stream]
) -> dict[Side, str]:
    """A sentence for each foot whose plate contradicts its calibrated insole; both at once may prove what one cannot.

    shapes: as the insoles say them, before they were scaled to the plate.
    """
    off: dict[Side, float] = {}
    for side, one in ready.items():
        before = float(np.nansum(shapes[side].shape_n))
        if insoles[side].sensor.whole_foot and before > 0.0:
            off[side] = float(np.nansum(one.shape.shape_n)) / before - 1.0
    sds = {side: insoles[side].sensor.scale_sd_fraction for side in off}
    signs = {one > 0.0 for one in off.values() if abs(one) > LEAST_SCALE}
    mean = abs(sum(off.values())) / max(1, len(off))
    alike = len(off) > 1 and len(signs) == 1 and min(abs(one) for one in off.values()) > LEAST_SCALE
    alike = alike and mean > SCALE_SD * math.hypot(*sds.values()) / len(off)
    return {
        side: (
            f"the plate reads {100.0 * abs(one):.0f} % {'more' if one > 0.0 else 'less'} than the calibrated {side} "
            "insole, beyond what their calibrations allow; check both (landing-lab calibrate check)"
        )
        for side, one in off.items()
        if alike or abs(one) > max(LEAST_SCALE, SCALE_SD * sds[side])
    }


def exchange_doubt(ready: Mapping[Side, PreparedFoot]) -> str | None:
    """The sentence that each insole follows the plate under the other foot better than its own; None where not."""
    if set(ready) != {"left", "right"}:
        return None
    left, right = ready["left"].foot, ready["right"].foot
    period_s = float(np.mean([cell.period_s for foot in (left, right) for cell in foot.cells]))
    grid = np.arange(left.times_s[0], left.times_s[-1], period_s)
    plates = [slow_force(list(foot.cells), grid) for foot in (left, right)]
    memory = max(1, round(REMEMBERED * period_s / left.step_s))
    means = [
        np.convolve(np.nan_to_num(one.shape.shape_n), np.full(memory, 1.0 / memory))[: len(left.times_s)]
        for one in (ready["left"], ready["right"])
    ]
    seen = [np.interp(grid, left.times_s, mean) for mean in means]
    both = plates[0] + plates[1]
    loaded = both > LOADED * float(both.max(initial=0.0))
    own = sum(_left_over(plates[foot][loaded], seen[foot][loaded]) for foot in (0, 1))
    crossed = sum(_left_over(plates[foot][loaded], seen[1 - foot][loaded]) for foot in (0, 1))
    if own <= EXCHANGED * crossed:
        return None
    return (
        "the insoles seem to be exchanged: each follows the plate under the other foot better than its own; look which "
        "insole is in which shoe, and which foot stood on which plate"
    )


def _left_over(plate_n: FloatArray, seen_n: FloatArray) -> float:
    """Squares of a plate's readings that an insole, scaled to them, does not explain."""
    squares = float(seen_n @ seen_n)
    scale = float(plate_n @ seen_n) / squares if squares > 0.0 else 0.0
    return float(np.sum((plate_n - scale * seen_n) ** 2))
