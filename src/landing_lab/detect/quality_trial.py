"""What in the force of a trial cannot be true of a person on working plates."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.detect.motion import MAX_BRIDGED_S
from landing_lab.detect.quality_words import ALL, side_name
from landing_lab.detect.trial import LandingTrial
from landing_lab.kernels.quality import lone_readings, longest_hole, longest_repeats, mean_place_loaded, samples_absent
from landing_lab.model.channels import Side
from landing_lab.model.quality import QualityItem
from landing_lab.model.runs import runs

NOISY: Final = 2.0
"""A threshold raised by noise beyond this multiple of the wanted one moves edges by milliseconds."""

FROZEN_S: Final = 0.015
"""Force of a moving person changes within this: the flattest real peak (2.8 N steps, 1 kHz) repeats for 5 ms."""

FROZEN_SAMPLES: Final = 4
"""And never in this many samples, however slow the recording."""

JUMP_STEPS: Final = 3.0
"""A signal that stopped comes back further away than this many steps of its readings."""

IMPACT_S: Final = 0.3
"""After this a landing has passed its peak, and in quiet standing a coarse converter may repeat itself."""

MAX_EDGE_GAP_S: Final = 0.005
"""A shorter hole across an edge is in its uncertainty, and contact time means something still."""

LOADED_MULTIPLE: Final = 3.0
"""Force above this multiple of the threshold is somebody, not an edge."""

LOADED_SHARE: Final = 0.2
ABSENT_SHARE: Final = 0.02
ABSENT_S: Final = 0.2
ABSENT_WITHIN_S: Final = 1.0
"""A side that carried LOADED_SHARE of the force and then less than ABSENT_SHARE for ABSENT_S stepped off or died."""

SPIKE_N: Final = 500.0
SPIKE_MULTIPLE: Final = 2.0
SPIKE_FROM_HZ: Final = 400.0
"""A reading this far above both neighbours and twice as large is an artefact; slower recordings may catch an impact in
one sample."""

LEAST_APART_M: Final = 0.05
"""Feet side by side stand further apart than this."""

FAST: Final = ("force", "motion")
"""What holes and lone readings in a trial falsify: everything that rests on fast force."""


def trial_items(trial: LandingTrial) -> list[QualityItem]:
    """Every check of the force between the first touchdown of the trial and its end."""
    items = [_threshold(trial)]
    if trial.signals.sensor_kind == "force_plate":
        feet: tuple[Side, ...] = trial.foot_sides or ("total",)
        first, stop = _window(trial, after_s=IMPACT_S)
        for side in feet:
            items += _repeats(trial, side, first, stop)
        items += [
            _gap(trial, first, stop),
            _gap_at_edges(trial),
            _spikes(trial, first, stop),
            *_absent(trial),
            _swapped(trial),
        ]
    return items


def _window(trial: LandingTrial, *, after_s: float) -> tuple[int, int]:
    """Samples from touchdown (or the onset of a jump from standing) to after_s after the landing, half open."""
    start = trial.start
    if start is None:  # a drop landing, or nobody knows where the movement begins
        begin = trial.landing or trial.contact
        if begin is None:
            return 0, 0
        start = begin.start.position
    end = trial.contact.stop.position if trial.contact is not None else start
    if trial.landing is not None:
        end = trial.landing.start.position + after_s * trial.sample_rate_hz
    return max(0, int(start)), min(int(end) + 1, len(trial.total_n))


def _threshold(trial: LandingTrial) -> QualityItem:
    threshold = float(trial.threshold_n["total"])
    if threshold > NOISY * trial.params.contact_on_n:
        told = (
            f"noise raised the threshold to {threshold:.0f} N, so every contact reads short and every flight long; "
            "look for a loose cable or a machine that shakes the floor"
        )
        return QualityItem("threshold_n", "total", threshold, "N", "flagged", told, ALL)
    raised = "" if threshold <= trial.params.contact_on_n else ", raised by noise"
    return QualityItem(
        "threshold_n", "total", threshold, "N", "ok", f"force above which the plates are in contact{raised}"
    )


def _repeats(trial: LandingTrial, side: Side, first: int, stop: int) -> tuple[QualityItem, QualityItem]:
    """Time at the largest value, and time at any other value under load."""
    force, rate = trial.signals.force_n[side], trial.sample_rate_hz
    out = np.empty(3)
    longest_repeats(force, first, stop, LOADED_MULTIPLE * trial.threshold_n["total"], out)
    at_limit, frozen, value = out.tolist()
    least = max(FROZEN_SAMPLES, FROZEN_S * rate)
    clipped_s, frozen_s = at_limit / rate, frozen / rate
    name = side_name(side)
    highest = float(np.nanmax(force[first:stop], initial=-np.inf))
    if at_limit >= least and _stands_still(trial, side, highest, least):
        told = (
            f"force on {name} stays at its largest value of {highest:.0f} N for "
            f"{1000.0 * clipped_s:.0f} ms: the plate was at its limit; choose a larger range and repeat the trial"
        )
        clipped = QualityItem("clipped_s", side, clipped_s, "s", "flagged", told, FAST)
    else:
        clipped = QualityItem("clipped_s", side, clipped_s, "s", "ok", "longest stay at the largest value")
    if frozen >= least and _stands_still(trial, side, value, least):
        told = (
            f"force on {name} stays at exactly {value:.0f} N for {1000.0 * frozen_s:.0f} ms: the signal froze; "
            "check the cable and repeat the trial"
        )
        return clipped, QualityItem("frozen_s", side, frozen_s, "s", "flagged", told, ALL)
    return clipped, QualityItem("frozen_s", side, frozen_s, "s", "ok", "longest repetition of one value under load")


def _stands_still(trial: LandingTrial, side: Side, value_n: float, least: float) -> bool:
    """Whether a stretch of one repeated value is entered or left by a jump, as a stopped signal is.

    Where the steps of the readings are coarse and noise is small, force at a maximum moves within one step for a
    while, and it enters and leaves that step by the next one.
    """
    force = trial.signals.force_n[side]
    jump = JUMP_STEPS * trial.signals.resolution_n
    for start, stop in runs(force == value_n).tolist():
        if stop - start < least:
            continue
        beside = force[[max(start - 1, 0), min(stop, len(force) - 1)]]
        if not np.abs(beside - value_n).max() <= jump:  # a missing neighbour counts as a jump
            return True
    return False


def _gap(trial: LandingTrial, first: int, stop: int) -> QualityItem:
    seconds = longest_hole(trial.total_n, first, stop) / trial.sample_rate_hz
    if seconds > MAX_BRIDGED_S:
        told = (
            f"{1000.0 * seconds:.0f} ms of samples are missing on end inside the trial; check the cable and repeat it"
        )
        return QualityItem("gap_in_trial_s", "total", seconds, "s", "flagged", told, FAST)
    return QualityItem("gap_in_trial_s", "total", seconds, "s", "ok", "longest hole up to the impact of the landing")


def _gap_at_edges(trial: LandingTrial) -> QualityItem:
    """Missing samples across a touchdown, take-off or landing: it lies anywhere in them."""
    sides: tuple[Side, ...] = ("total", *trial.foot_sides)
    touches = [touch for side in sides for touch in (trial.contact_of(side), trial.landing_of(side))]
    bridged = max((max(one.start.bridged, one.stop.bridged) for one in touches if one is not None), default=0)
    seconds = bridged / trial.sample_rate_hz
    if seconds > MAX_EDGE_GAP_S and bridged > 1:
        told = (
            f"{1000.0 * seconds:.0f} ms of samples are missing where a foot lands or leaves, so that instant is known "
            "no better; check the cable and repeat the trial"
        )
        return QualityItem("gap_at_edge_s", "total", seconds, "s", "flagged", told, ("timing", "motion"))
    return QualityItem("gap_at_edge_s", "total", seconds, "s", "ok", "missing samples across a touchdown or take-off")


def _spikes(trial: LandingTrial, first: int, stop: int) -> QualityItem:
    if trial.sample_rate_hz < SPIKE_FROM_HZ:
        told = f"below {SPIKE_FROM_HZ:g} Hz an impact may last one sample"
        return QualityItem("spikes", "total", None, "count", "not checked", told)
    count = lone_readings(trial.total_n, first, stop, SPIKE_N, SPIKE_MULTIPLE)
    if count:
        told = (
            f"{count} lone reading{'s' if count > 1 else ''} far from both neighbours inside the trial: no force of a "
            "person; look at the picture, check the cable"
        )
        return QualityItem("spikes", "total", float(count), "count", "flagged", told, FAST)
    return QualityItem(
        "spikes",
        "total",
        0.0,
        "count",
        "ok",
        "no reading stands alone up to the impact of the landing",
    )


def _absent(trial: LandingTrial) -> list[QualityItem]:
    """Whether a side that landed carries nothing afterwards, as a plate that died does."""
    if len(trial.foot_sides) != 2:
        return []
    first, stop = _window(trial, after_s=ABSENT_WITHIN_S)
    loaded_n = LOADED_MULTIPLE * trial.threshold_n["total"]
    rate = trial.sample_rate_hz
    items = []
    for side in trial.foot_sides:
        force = trial.signals.force_n[side]
        count = samples_absent(force, trial.total_n, first, stop, loaded_n, LOADED_SHARE, ABSENT_SHARE)
        if count >= max(2, round(ABSENT_S * rate)):
            told = (
                f"{side_name(side)} first carries load, then none while the other does: that foot stepped off, or "
                "its plate died; look at the picture"
            )
            items.append(QualityItem("steps_off_s", side, count / rate, "s", "flagged", told, ALL))
        else:
            told = "time in which this side carries nothing while the other one does, once it has carried its part"
            items.append(QualityItem("steps_off_s", side, count / rate, "s", "ok", told))
    return items


def _swapped(trial: LandingTrial) -> QualityItem:
    """What is known about left and right having been exchanged."""
    places = trial.signals.cop_m
    name = "swapped_sides"
    if "left" not in trial.foot_sides or "right" not in trial.foot_sides:
        told = "which plate is which foot is not known, so nothing can be swapped"
        return QualityItem(name, "total", None, "m", "not checked", told)
    if "left" not in places or "right" not in places or trial.signals.cop_axes != "anatomical":
        told = "needs the centre of pressure of both feet in axes of the body: the left one lies left of the right one"
        return QualityItem(name, "total", None, "m", "not checked", told)
    first, stop = _window(trial, after_s=IMPACT_S)
    loaded_n = LOADED_MULTIPLE * trial.threshold_n["total"]
    force = trial.signals.force_n
    apart = mean_place_loaded(force["right"], places["right"], first, stop, loaded_n) - mean_place_loaded(
        force["left"], places["left"], first, stop, loaded_n
    )
    if not abs(apart) >= LEAST_APART_M:
        told = "the feet stand too close together to tell left from right by their centre of pressure"
        return QualityItem(name, "total", None, "m", "not checked", told)
    told = (
        f"the right foot lies {abs(apart):.2f} m to the {'positive' if apart > 0 else 'negative'} side of the left "
        "one; which way the person faced is not in the file: compare it with the laboratory"
    )
    return QualityItem(name, "total", apart, "m", "not checked", told)
