"""Why a recording holds no trial, in one sentence with what to do about it."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.detect.trial import BodyWeight
from landing_lab.model.blocks import FloatArray
from landing_lab.model.result import ForceSignals

LOADED_N = 50.0
"""Force that nobody on the plates stays below, and that no zero of a working plate is off by."""

MOSTLY_MISSING = 0.5
"""Share of missing samples above which the holes are the finding."""

OF_STEPS: Final = "walking steps on a pressure mat are measured in Python by landing_lab.dense_indices(recording)"


def no_trial(signals: ForceSignals, weight: BodyWeight | None, params: TaskParams) -> str:
    """Why nothing was found, and what to do."""
    total = signals.force_n["total"]
    missing = float(np.mean(np.isnan(total))) if len(total) else 1.0
    if missing > MOSTLY_MISSING:
        return (
            f"{100 * missing:.0f} % of the samples of at least one sensor are missing; check its cable, or read only "
            "the columns of the plate that works"
        )
    in_shoes = signals.sensor_kind in ("pressure_insole", "fsr_insole")
    return _no_jump_in_shoes(total) if in_shoes else _no_jump_on_plates(signals, total, weight, params)


def _no_jump_in_shoes(total: FloatArray) -> str:
    """Why insoles without a plate show no trial."""
    highest = float(np.nanmax(total, initial=0.0))
    if highest < LOADED_N:
        return f"nobody stood on the insoles: force never exceeds {max(highest, 0.0):.0f} N; check their link"
    return (
        "no jump is in this recording: the feet are never both off the ground before a landing, as in standing and "
        "walking; record a jump with its landing"
    )


def _no_jump_on_plates(signals: ForceSignals, total: FloatArray, weight: BodyWeight | None, params: TaskParams) -> str:
    """Why plates show no trial."""
    highest = float(np.nanmax(total, initial=0.0))
    if highest < LOADED_N:
        return (
            f"nobody stood on the plates: force never exceeds {max(highest, 0.0):.0f} N; check which columns were read"
        )
    lowest = float(np.nanmin(total, initial=np.inf))
    if not signals.unloaded_s and highest > lowest + 2.0 * LOADED_N > 3.0 * LOADED_N:
        return (
            f"force never falls below {lowest:.0f} N, so nobody is seen to leave the plates: if they were empty at "
            "times, their zero is off; zero them before recording, or subtract what they read when empty"
        )
    if weight is not None and _ends_in_flight(total, weight.value_n, signals, params):
        return "the recording ends in the air, after take-off: a trial needs its landing; record two seconds longer"
    if weight is not None:
        return "somebody stands on the plates but there is no flight and no landing in this recording"
    return "no flight and no landing was found; a trial needs its touchdown, take-off and landing in the recording"


def _ends_in_flight(total: FloatArray, weight_n: float, signals: ForceSignals, params: TaskParams) -> bool:
    """Whether the last tenth of a second is unloaded after a push-off within a second."""
    tenth = max(1, round(0.1 * signals.sample_rate_hz))
    if len(total) <= tenth or not np.nanmax(np.abs(total[-tenth:]), initial=0.0) < 0.05 * weight_n:
        return False
    loaded = np.flatnonzero(total > 0.5 * weight_n)
    last = int(loaded[-1]) if len(loaded) else 0
    push = total[max(0, last - round(signals.sample_rate_hz)) : last + 1]
    return bool(np.nanmax(push, initial=0.0) > params.push_off_bw * weight_n)
