"""Contacts in vertical force: threshold, hysteresis, hold time, re-zero, missing samples.

Everything a kernel calls lives in this file (the numba cache is per file).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel

STATE_DTYPE = np.dtype(
    [
        ("n", "i8"),  # samples consumed
        ("contact", "i8"),  # -1 not known yet, 0 unloaded, 1 in contact
        ("run", "i8"),  # samples for which the opposite state has held, 0 = no candidate
        ("candidate", "i8"),  # -1, 0 or 1: the state that is being held
        ("previous", "f8"),  # last sample that was not missing
        ("missing", "i8"),  # missing samples since then
        ("seen", "i8"),  # 1 once a sample was not missing
        ("sample", "i8"),  # candidate's crossing
        ("fraction", "f8"),
        ("slope", "f8"),
        ("bridged", "i8"),
    ],
    align=True,
)
"""State of one signal; an array of one element per signal goes in and out of `advance`."""


@kernel
def _fill_signal(block: Any, offset: Any, j: int, signal: Any) -> None:
    """Write signal j into signal, (n,): the re-zeroed total for j = 0, column j - 1 otherwise.

    One contiguous signal at a time: summing inside the loop of `advance` is several times slower.
    """
    n = block.shape[0]
    if j > 0:
        for i in range(n):
            signal[i] = block[i, j - 1] - offset[j - 1]
        return
    for i in range(n):
        signal[i] = block[i, 0] - offset[0]
    for k in range(1, block.shape[1]):
        for i in range(n):
            signal[i] += block[i, k] - offset[k]


@kernel
def advance(
    block: Any,
    offset: Any,
    threshold: Any,
    band: float,
    hold_on: int,
    hold_off: int,
    interpolate: bool,
    state: Any,
    out: Any,
) -> int:
    """Consume a block, move the states on, write threshold crossings that held; return how many.

    block: (n, c) force in N, C order, not finite = missing. offset: (c,) N, subtracted from each column.
    threshold: (s,) N with s = 1 + c signals (total, then each column) for c > 1, else s = 1.
    band: N of hysteresis while a candidate is being held. hold_on, hold_off: samples, >= 1.
    state: (s,) STATE_DTYPE. out: (k,) EVENT_DTYPE with k >= s * (n // min(hold) + 2).

    Crossings come signal by signal, within a signal in the order in which they were decided.
    """
    n = block.shape[0]
    count = 0
    signal = np.empty(n)
    for j in range(threshold.shape[0]):
        s = state[j]
        on = threshold[j]
        first = s["n"]
        contact = s["contact"]
        run = s["run"]
        candidate = s["candidate"]
        previous = s["previous"]
        missing = s["missing"]
        seen = s["seen"]
        _fill_signal(block, offset, j, signal)
        for i in range(n):
            v = signal[i]
            # Most samples change nothing; one that is missing compares false (or is infinite) and goes the long way.
            if run == 0 and ((contact == 0 and v < on and v > -math.inf) or (contact == 1 and on <= v < math.inf)):
                previous = v
                missing = 0
                continue
            if not math.isfinite(v):
                missing += 1
                continue
            if run > 0:
                # Hysteresis: a candidate survives small returns across the threshold.
                broken = v < on - band if candidate == 1 else v >= on + band
                if broken:
                    run = 0
            if run == 0:
                wanted = 1 if v >= on else 0
                if wanted != contact:
                    candidate = wanted
                    run = 1
                    s["sample"] = first + i
                    s["slope"] = 0.0
                    s["fraction"] = 0.0
                    s["bridged"] = -1
                    # Without a sample on the other side there is no crossing: the signal began in this state.
                    if contact != -1 and seen == 1:
                        step = v - previous
                        s["bridged"] = missing
                        s["slope"] = step / (missing + 1)
                        if interpolate and step != 0.0:
                            s["fraction"] = -(v - on) / step * (missing + 1)
                        else:
                            s["fraction"] = -0.5 * (missing + 1)
            else:
                run += 1
            # Only a sample beyond the threshold confirms: after one inside the hysteresis band the next crossing
            # would have both of its samples on the same side.
            if run >= (hold_on if candidate == 1 else hold_off) and run > 0 and (v >= on) == (candidate == 1):
                e = out[count]
                e["kind"] = 1 if candidate == 1 else 2
                e["signal"] = j
                e["sample"] = s["sample"]
                e["fraction"] = s["fraction"]
                e["slope"] = s["slope"]
                e["bridged"] = s["bridged"]
                e["decided"] = first + i
                e["confirmed"] = 1
                count += 1
                contact = candidate
                run = 0
            previous = v
            missing = 0
            seen = 1
        s["n"] = first + n
        s["contact"] = contact
        s["run"] = run
        s["candidate"] = candidate
        s["previous"] = previous
        s["missing"] = missing
        s["seen"] = seen
    return count
