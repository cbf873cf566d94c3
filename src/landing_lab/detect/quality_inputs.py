"""Whether a trial fits what was typed in, and what people can do."""

from __future__ import annotations

from typing import Final

from landing_lab.detect.quality_words import ALL
from landing_lab.detect.trial import LandingTrial
from landing_lab.model.quality import QualityItem
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MASS_DISAGREEMENT: Final = 0.02
"""A typed mass further off the plates than this is worth a sentence (one reference set is off by 4 %)."""

BOX_RATIO: Final = (-0.30, 0.05)
"""Drop height relative to the box that needs no word: 10-14 % below is usual, with room for the measurement."""

LIGHTEST_N: Final = 250.0
"""A lighter body is a child of 25 kg or less, a thing, or force in pounds or kilograms."""

MAX_REACTIVE_M_PER_S: Final = 5.0
"""Jump height over contact time that nobody reaches (2-3 trained; docs/metrics.md)."""

LEAST_LANDING_BW: Final = 1.0
"""Whoever lands from a flight is braked by more than body weight."""

HIGHEST_DROP_M: Final = 0.9
"""Drop jumps are done from lower boxes."""

MAX_USUAL_FLIGHT_S: Final = 0.85
"""A longer flight means a jump above 0.89 m, more than the best athletes reach; a wrong sample rate is likelier."""


def input_items(trial: LandingTrial, *, mass_kg: float | None, box_height_m: float | None) -> tuple[QualityItem, ...]:
    """Body weight against the typed mass, drop height against the box, flight against what people can do."""
    box = (_box(trial, box_height_m),) if trial.task == "drop_jump" else ()
    return (_mass(trial, mass_kg), *box, *_flight(trial), *_beyond_people(trial, mass_kg), *_drop(trial, box_height_m))


def _mass(trial: LandingTrial, mass_kg: float | None) -> QualityItem:
    name, unit = "body_weight_vs_mass_pct", "%"
    weight = trial.weight
    if mass_kg is None:
        return QualityItem(name, "total", None, unit, "not checked", "needs the person's mass, typed in kilograms")
    if weight is None or not weight.weighed:
        told = "the plates did not weigh the person: needs a second of quiet standing"
        return QualityItem(name, "total", None, unit, "not checked", told)
    ratio = weight.value_n / (mass_kg * GRAVITY) - 1.0
    told = f"the plates read {weight.value_n / GRAVITY:.1f} kg, {100 * ratio:+.1f} % off the typed {mass_kg:g} kg"
    if abs(ratio) > MASS_DISAGREEMENT:
        told += "; the plates' value was used"
        return QualityItem(name, "total", 100.0 * ratio, unit, "flagged", told, ("body_weight_n",))
    return QualityItem(name, "total", 100.0 * ratio, unit, "ok", told)


def _box(trial: LandingTrial, box_height_m: float | None) -> QualityItem:
    name, unit = "drop_height_vs_box_pct", "%"
    if box_height_m is None:
        return QualityItem(name, "total", None, unit, "not checked", "needs the height of the box, typed in metres")
    if trial.motion is None:
        return QualityItem(name, "total", None, unit, "not checked", trial.motion_refusal or "needs the drop height")
    measured = trial.motion.touchdown_velocity_m_per_s**2 / (2.0 * GRAVITY)
    ratio = measured / box_height_m - 1.0
    told = (
        f"the drop measures {measured:.2f} m, {100 * ratio:+.0f} % off the box of {box_height_m:g} m, where 10-14 % "
        "below it is usual (McMahon 2021)"
    )
    if not BOX_RATIO[0] <= ratio <= BOX_RATIO[1]:
        told += ": look at body weight and at how the person left the box"
        names = ("drop_height_flight_anchored_m", "com_depth_m")
        return QualityItem(name, "total", 100.0 * ratio, unit, "flagged", told, names)
    return QualityItem(name, "total", 100.0 * ratio, unit, "ok", told)


def _flight(trial: LandingTrial) -> tuple[QualityItem, ...]:
    """A flag where the flight is longer than people can jump; nothing otherwise, flight time is a metric."""
    flight_s = trial.flight_time_s
    if flight_s is None or flight_s <= MAX_USUAL_FLIGHT_S:
        return ()
    told = f"a jump of {GRAVITY * flight_s**2 / 8.0:.2f} m is beyond what people do; check the sample rate"
    return (QualityItem("flight_time_s", "total", flight_s, "s", "flagged", told, ("timing",)),)


def _beyond_people(trial: LandingTrial, mass_kg: float | None) -> list[QualityItem]:
    """Flags where body weight, reactive strength or the landing are not those of a person; nothing otherwise."""
    items = []
    weight, flight_s, contact = trial.weight, trial.flight_time_s, trial.contact
    if weight is not None and weight.weighed and weight.value_n < LIGHTEST_N and mass_kg is None:
        told = (
            f"the plates weigh {weight.value_n:.0f} N ({weight.value_n / GRAVITY:.0f} kg): a small child, a thing, or "
            "force in pounds or kilograms; give the mass in kilograms, and force in newton"
        )
        items.append(QualityItem("light_body_n", "total", weight.value_n, "N", "flagged", told, ALL))
    if trial.task == "drop_jump" and flight_s is not None and contact is not None:
        reactive = GRAVITY * flight_s**2 / 8.0 / (contact.n_samples / trial.sample_rate_hz)
        if reactive > MAX_REACTIVE_M_PER_S:
            told = f"a reactive strength index of {reactive:.1f} m/s is beyond what people do; look at the picture"
            items.append(QualityItem("reactive_strength_m_per_s", "total", reactive, "m/s", "flagged", told, ALL))
    impact = trial.landing_impact.get("total")
    if (
        weight is not None
        and flight_s is not None
        and impact is not None
        and trial.signals.sensor_kind != "hx711_plate"
    ):
        peak_bw = impact.peak_n / weight.value_n
        if peak_bw < LEAST_LANDING_BW:
            told = f"the landing peaks at {peak_bw:.2f} body weights, too little to stop a body; look at the picture"
            items.append(QualityItem("landing_load_bw", "total", peak_bw, "BW", "flagged", told, ALL))
    return items


def _drop(trial: LandingTrial, box_height_m: float | None) -> list[QualityItem]:
    """Flags where force, flight and body weight make no drop that is done; nothing otherwise."""
    if trial.task != "drop_jump" or trial.weight is None:
        return []
    name = "drop_height_m"
    if trial.motion is None:
        impossible = (trial.motion_refusal or "").startswith("force and flight time")
        if not impossible:
            return []
        told = f"{trial.motion_refusal}; body weight is likely wrong"
        return [QualityItem(name, "total", None, "m", "flagged", told, ("body_weight",))]
    height = trial.motion.touchdown_velocity_m_per_s**2 / (2.0 * GRAVITY)
    if box_height_m is not None or height <= HIGHEST_DROP_M:
        return []
    told = f"a drop of {height:.2f} m is higher than people jump from; look at body weight, or give the box height"
    return [QualityItem(name, "total", height, "m", "flagged", told, ("motion", "body_weight"))]
