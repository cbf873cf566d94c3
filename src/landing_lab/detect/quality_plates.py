"""What a whole recording says about its plates: zero, noise, steps, drift, missing samples, plates without load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np

from landing_lab.detect.quality_words import ALL, side_name
from landing_lab.detect.trial import BodyWeight
from landing_lab.kernels.quality import survey
from landing_lab.model.channels import Side
from landing_lab.model.quality import QualityItem
from landing_lab.model.result import ForceSignals
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MAX_DRIFT_N: Final = 10.0
"""Wander of the empty plates above which numbers are flagged: it moves body weight by as much."""

DEAD_N: Final = 40.0
"""A plate whose readings stay within this while the other carries a person carries nobody."""

SINGLE_LEG_WEIGHT: Final = 0.05
"""Body weight this near to the typed mass shows that nothing is missing of the person."""

NEAR_ZERO_N: Final = 5.0
ZEROED_SHARE: Final = 0.9
"""Exact zeros for nine tenths of the readings near zero, and no noise, are a threshold of the source."""

FILLED_SHARE: Final = 0.3
MAX_FILLED_STEP_N: Final = 1.0
"""Fewer zeros beside noise are a recording that was filled up, unless steps are so coarse that noise hides in one."""

SEEN_FROM_HZ: Final = 500.0
"""Below this rate force rises by more than a threshold between two samples, and the smallest reading says little."""

MAX_ZEROED_MULTIPLE: Final = 1.5
"""The smallest reading overstates the source's threshold by up to one step of the rising force."""

EDGES: Final = (
    "contact_time_s",
    "flight_time_s",
    "jump_height_flight_time_m",
    "rsi_flight_time_m_per_s",
    "flight_contact_ratio",
    "contact_delay_left_right_s",
    "vertical_stiffness_dalleau_kn_per_m",
)

Survey: TypeAlias = dict[Side, list[float]]
LOW, HIGH, MISSING, LONGEST, ZEROS, NEAR, LEAST = range(7)


def weight_fits(weight: BodyWeight | None, mass_kg: float | None) -> bool | None:
    """Whether the plates weigh the person that was typed in; None where one of the two is unknown."""
    if weight is None or mass_kg is None or not weight.weighed:
        return None
    return abs(weight.value_n / (mass_kg * GRAVITY) - 1.0) <= SINGLE_LEG_WEIGHT


def survey_of(signals: ForceSignals) -> Survey:
    """Extremes, holes and zeros of each side's force: a pass over the whole recording, for all of its trials."""
    return {side: _survey(signals, side) for side in signals.force_n}


def plate_items(
    signals: ForceSignals, facts: Survey, *, known_weight: bool | None, threshold_n: float | None
) -> tuple[QualityItem, ...]:
    """Every check of the recording.

    facts: from survey_of. known_weight: see weight_fits. threshold_n: above which the total counts as contact; None
    where none was set.
    """
    missing = _missing(facts["total"], signals)
    if signals.sensor_kind != "force_plate":
        return missing
    feet: tuple[Side, ...] = tuple(side for side in signals.force_n if side != "total") or ("total",)
    return (
        _unloaded(signals),
        *(_offset(signals, side) for side in feet),
        *(_noise(signals, side) for side in feet),
        QualityItem(
            "resolution_n",
            "total",
            signals.resolution_n,
            "N",
            "ok",
            f"readings are at least {signals.resolution_n:.2g} N apart; every uncertainty contains that",
        ),
        _drift(signals),
        *missing,
        _zeroed(signals, facts, feet, threshold_n),
        *_loads(facts, feet, known_weight),
        *_doubled(signals, facts, feet),
    )


def _doubled(signals: ForceSignals, facts: Survey, feet: Sequence[Side]) -> tuple[QualityItem, ...]:
    """A flag where both plates hold one signal; nothing otherwise."""
    if len(feet) != 2 or facts[feet[0]] != facts[feet[1]] or facts[feet[0]][HIGH] <= DEAD_N:
        return ()
    if not np.array_equal(signals.force_n[feet[0]], signals.force_n[feet[1]], equal_nan=True):
        return ()
    told = "both plates hold exactly the same signal: one column was read twice, or the total was given for each foot"
    return (QualityItem("same_signal", "total", None, "", "flagged", told, ALL),)


def _survey(signals: ForceSignals, side: Side) -> list[float]:
    out = np.empty(7)
    survey(signals.force_n[side], NEAR_ZERO_N, out)
    return out.tolist()


def _unloaded(signals: ForceSignals) -> QualityItem:
    seconds = signals.unloaded_s
    if seconds:
        told = f"the plates were seen empty for {seconds:.1f} s, which gives their zero and noise"
        return QualityItem("unloaded_s", "total", seconds, "s", "ok", told)
    told = "the plates were never seen empty, so their offset and noise are unknown; record a second before the trial"
    return QualityItem("unloaded_s", "total", 0.0, "s", "flagged", told, ALL)


def _offset(signals: ForceSignals, side: Side) -> QualityItem:
    if not signals.unloaded_s:
        told = "needs a stretch with nobody on the plates"
        return QualityItem("offset_n", side, None, "N", "not checked", told)
    value = signals.offset_n.get(side, 0.0)
    told = f"{side_name(side)} reads {value:+.1f} N when empty, which was taken off"
    return QualityItem("offset_n", side, value, "N", "ok", told)


def _noise(signals: ForceSignals, side: Side) -> QualityItem:
    value = signals.noise_n.get(side, 0.0)
    if not signals.unloaded_s:
        told = "needs a stretch with nobody on the plates"
        return QualityItem("noise_n", side, None, "N", "not checked", told)
    if value == 0.0:
        told = f"{side_name(side)} repeats one value while empty, so its noise cannot be seen"
        return QualityItem("noise_n", side, None, "N", "not checked", told)
    told = f"SD of {side_name(side)} while empty"
    return QualityItem("noise_n", side, value, "N", "ok", told)


def _drift(signals: ForceSignals) -> QualityItem:
    drift_n = signals.drift_n
    if not signals.unloaded_s:
        told = "needs the empty plates before and after, or in flight"
        return QualityItem("drift_n", "total", None, "N", "not checked", told)
    if drift_n > MAX_DRIFT_N:
        told = f"the empty plates drift by {drift_n:.0f} N within the recording; let them warm up, check the cables"
        return QualityItem("drift_n", "total", drift_n, "N", "flagged", told, ALL)
    told = "wander of the empty plates within the recording, beyond what their noise explains"
    return QualityItem("drift_n", "total", drift_n, "N", "ok", told)


def _missing(total: list[float], signals: ForceSignals) -> tuple[QualityItem, ...]:
    count, longest_s = int(total[MISSING]), total[LONGEST] / signals.sample_rate_hz
    told = (
        "no sample is missing"
        if count == 0
        else f"{count} of {len(signals.times_s)} samples of the total are missing, up to {1000.0 * longest_s:.0f} ms "
        "on end"
    )
    return (
        QualityItem("missing_samples", "total", float(count), "samples", "ok", told),
        QualityItem("longest_gap_s", "total", longest_s, "s", "ok", told),
    )


def _zeroed(
    signals: ForceSignals, facts: dict[Side, list[float]], feet: tuple[Side, ...], threshold_n: float | None
) -> QualityItem:
    """Whether the source wrote zero wherever its own threshold was not reached."""
    name = "zeroed_below_n"
    loaded = {side: facts[side] for side in feet if facts[side][HIGH] >= DEAD_N and facts[side][NEAR] > 0.0}
    zeroed = [
        fact[LEAST]
        for side, fact in loaded.items()
        if fact[ZEROS] > ZEROED_SHARE * fact[NEAR] and signals.noise_n.get(side, 0.0) == 0.0
    ]
    if not zeroed:
        return QualityItem(name, "total", 0.0, "N", "ok", _own_zero(list(loaded.values()), signals))
    below_n = min(zeroed)
    if below_n < NEAR_ZERO_N:
        told = (
            "the empty plates read exactly zero: the source took their readings away, so offset and noise say nothing"
        )
        return QualityItem(name, "total", below_n, "N", "ok", told)
    if signals.sample_rate_hz < SEEN_FROM_HZ:
        told = (
            "the source wrote zero below a threshold of its own, at most "
            f"{below_n:.0f} N per plate: offset and noise of the plates and edges below that cannot be seen"
        )
        return QualityItem(name, "total", below_n, "N", "ok", told)
    told = (
        f"the source wrote zero below about {below_n:.0f} N per plate: offset and noise of the plates and edges below "
        "that cannot be seen"
    )
    if threshold_n is not None and below_n > MAX_ZEROED_MULTIPLE * threshold_n:
        told += f", so contact begins and ends there and not at {threshold_n:.0f} N; ask for the untouched export"
        return QualityItem(name, "total", below_n, "N", "flagged", told, EDGES)
    return QualityItem(name, "total", below_n, "N", "ok", told)


def _own_zero(loaded: list[list[float]], signals: ForceSignals) -> str:
    """What is said of plates that keep their readings, with a word on stretches that were filled with zeros."""
    share = max((fact[ZEROS] / fact[NEAR] for fact in loaded), default=0.0)
    if share <= FILLED_SHARE or signals.resolution_n > MAX_FILLED_STEP_N:
        return "the empty plates keep their own readings"
    seconds = max(fact[ZEROS] for fact in loaded) / signals.sample_rate_hz
    return (
        f"{seconds:.1f} s of the recording are exact zeros beside real readings of the empty plates: it was filled up"
    )


def _loads(facts: dict[Side, list[float]], feet: tuple[Side, ...], known_weight: bool | None) -> list[QualityItem]:
    """For each of two sides, whether it ever carries load, and what it means where it does not."""
    if len(feet) < 2:
        return []
    ranges = {side: _range(facts[side]) for side in feet}
    somebody = max(ranges.values()) > DEAD_N
    items = []
    for side in feet:
        value = max(facts[side][HIGH], 0.0) if ranges[side] > 0.0 else 0.0
        if ranges[side] >= DEAD_N or not somebody:
            told = f"{side_name(side)} carries up to {value:.0f} N"
            items.append(QualityItem("dead_plate", side, value, "N", "ok", told))
        elif known_weight:
            told = (
                f"{side_name(side)} never carries load, and the other one weighs the person that was typed in: one leg"
            )
            items.append(QualityItem("dead_plate", side, value, "N", "ok", told))
        else:
            items.append(
                QualityItem("dead_plate", side, value, "N", "flagged", _empty(side, ranges[side], known_weight), ALL)
            )
    return items


def _range(facts: list[float]) -> float:
    """Highest less lowest reading, 0 where all are missing."""
    return facts[HIGH] - facts[LOW] if facts[HIGH] >= facts[LOW] else 0.0


def _empty(side: Side, range_n: float, known_weight: bool | None) -> str:
    """What a plate without load means, and what to do."""
    name = side_name(side)
    if range_n == 0.0:
        what = f"{name} never carries load and repeats one value: a dead plate, and then every total is too small"
    else:
        what = (
            f"{name} never carries load, though its noise is alive: a landing on one leg, or a plate that is not "
            "connected, and then every total is too small"
        )
    if known_weight is False:
        return f"{what}; what the other plate weighs is not the mass that was typed in"
    return f"{what}; give the person's mass, and a landing on one leg is told from a dead plate"
