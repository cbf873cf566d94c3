"""What in a trial's force cannot be true of a person on working plates: sentences that flag every number of it."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.runs import runs

NOISY = 2.0
"""A threshold raised by noise beyond this multiple of the wanted one moves edges by milliseconds."""

FROZEN_S = 0.015
"""Force of a moving person changes within this: the flattest real peak (2.8 N steps, 1 kHz) repeats for 5 ms."""

FROZEN_SAMPLES = 4
"""And never in this many samples, however slow the recording."""

IMPACT_S = 0.3
"""After this a landing has passed its peak, and in quiet standing a coarse converter may repeat itself."""

LOADED_SHARE = 0.2
ABSENT_SHARE = 0.02
ABSENT_S = 0.2
"""A side that carried LOADED_SHARE of the force and then less than ABSENT_SHARE for ABSENT_S stepped off or died."""


def trial_doubts(trial: LandingTrial) -> list[str]:
    """Everything that makes the force of this trial doubtful, in sentences; empty where nothing does."""
    doubts = list(trial.signals.doubts)
    threshold = trial.threshold_n["total"]
    if threshold > NOISY * trial.params.contact_on_n:
        doubts.append(
            f"noise raised the threshold to {threshold:.0f} N, so every contact reads short and every flight long; "
            "look for a loose cable or a machine that shakes the floor"
        )
    sides: tuple[Side, ...] = trial.foot_sides or ("total",)
    for side in sides:
        force = _window(trial, side, after_s=IMPACT_S)
        frozen = _frozen(force, trial)
        if frozen is not None:
            doubts.append(f"force on the {_name(side)} {frozen}")
    absent = _absent_side(trial)
    if absent is not None:
        doubts.append(absent)
    return doubts


def _name(side: Side) -> str:
    return "plate" if side == "total" else f"{side} side" if side in ("left", "right") else side.replace("_", " ")


def _window(trial: LandingTrial, side: Side, *, after_s: float) -> FloatArray:
    """Force of a side from the first contact (or the landing) to after_s after the landing, (k,) newton."""
    first_contact = trial.contact if trial.task == "drop_jump" else None
    begin = first_contact or trial.landing or trial.contact
    end = trial.landing or trial.contact
    if begin is None or end is None:
        return np.zeros(0)
    start = max(0, int(begin.start.position))
    stop = int(end.start.position + after_s * trial.sample_rate_hz)
    if trial.landing is None:
        stop = int(end.stop.position)
    return trial.signals.force_n[side][start : stop + 1]


def _frozen(force: FloatArray, trial: LandingTrial) -> str | None:
    """Whether a loaded force repeats one value for longer than a moving person can hold it."""
    if len(force) < FROZEN_SAMPLES or trial.signals.sensor_kind != "force_plate":
        return None
    same = (np.diff(force) == 0.0) & (force[1:] > 3.0 * trial.threshold_n["total"])
    stretches = runs(same)
    if len(stretches) == 0:
        return None
    start, stop = max(stretches.tolist(), key=lambda stretch: stretch[1] - stretch[0])
    samples = stop - start + 1
    if samples < max(FROZEN_SAMPLES, FROZEN_S * trial.sample_rate_hz):
        return None
    value = float(force[start])
    length = f"{1000.0 * samples / trial.sample_rate_hz:.0f} ms"
    if value >= float(np.nanmax(force)):
        return f"stays at its largest value of {value:.0f} N for {length}: the plate was at its limit"
    return f"stays at exactly {value:.0f} N for {length}: the signal froze"


def _absent_side(trial: LandingTrial) -> str | None:
    """Whether a side that landed carries nothing afterwards, as a plate that died does."""
    if len(trial.foot_sides) != 2:
        return None
    total = _window(trial, "total", after_s=1.0)
    loaded = total > 3.0 * trial.threshold_n["total"]
    needed = max(2, round(ABSENT_S * trial.sample_rate_hz))
    for side in trial.foot_sides:
        share = np.where(loaded, _window(trial, side, after_s=1.0) / np.where(loaded, total, 1.0), np.nan)
        carried = np.flatnonzero(share > LOADED_SHARE)
        if len(carried) and int(np.sum(share[carried[0] :] < ABSENT_SHARE)) >= needed:
            return (
                f"the {_name(side)} first carries load, then none while the other does: that foot stepped off, or its "
                "plate died"
            )
    return None
