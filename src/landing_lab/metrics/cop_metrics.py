"""Path and extent of the centre of pressure while a foot is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.kernels.cop import gated_path
from landing_lab.metrics._registry import LANDINGS, OURS, Estimate, RefusedError, metric
from landing_lab.metrics.cop_source import NO_PATH, NO_TOTAL_OF_INSOLES, Places, of_insoles, places_of
from landing_lab.model.channels import Side
from landing_lab.model.pressure import GATE_N, GATE_SHARE

POINT_HZ: Final = 100.0
"""Points of the way per second. Its length grows with every wiggle: in 0.3 s of quiet standing one 1000 Hz recording
gives 239 mm at 1000 points a second, 23 mm at 100, and 10 mm at 100 means of 9 ms, while landings keep 97-99 % of
their length on a plate without noise."""

LANDING_S: Final = 0.3

SCALE_SD: Final = 0.005
"""Relative SD of a distance: linearity and crosstalk of force and moment."""

POINTS_SD: Final = 0.03
"""Relative SD of a length or extent by where the points fall: the same landings at 2000 to 100 Hz scatter by 1-6 %."""

NOISY_SHARE: Final = 0.15
"""Share of a way by noise, or of an extent by its first and last points, above which the number is flagged."""

NOISE_HZ: Final = 400.0
"""Noise is what third differences of the samples show; at lower rates they hold movement too."""

FOOT_M: Final = 0.4
"""No foot is longer; the way of one foot cannot extend further."""

NO_AXES: Final = (
    "which axis is medio-lateral is unknown: it shows only where both feet stand side by side in one system of axes; "
    "export centre of pressure in laboratory axes (OpenSim .mot, or C3D with the corners of the plates)"
)


@dataclass(slots=True)
class Way:
    """Way of the centre of pressure in a stretch: metres; inner: without the first and last points of loaded time.

    noise_m: SD of a point; added_m: length that such noise adds; bound: "about" or, where movement passes for noise,
    "at most about"; sensitivity: of the length to each point, squared and summed. left_after_s: when the foot left
    early, None where it did not.
    """

    length_m: float
    lateral_m: float
    inner_lateral_m: float
    fore_aft_m: float
    gate_n: float
    noise_m: float
    added_m: float
    bound: str
    sensitivity: float
    left_after_s: float | None


@metric(
    unit="m",
    sides="total and feet",
    needs=("contact", "cop"),
    min_rate_hz=POINT_HZ,
    min_bandwidth_hz=20.0,
    source=OURS,
    formula="sum |p(i+1) - p(i)|, p = means around every 10 ms where F > max(0.2 F_peak, 50 N)",
    typical="0.13-0.48 per foot",
)
def cop_path_m(trial: LandingTrial, side: Side) -> Estimate:
    """Path length of the centre of pressure in the contact while loaded, at 100 points a second.

    Points are means of the samples up to 5 ms around them. Needs 20 Hz of bandwidth (a 15 Hz low-pass takes 10-35 %
    off the length, a 24 Hz one 3-14 %) and 100 Hz (50 Hz: 2-12 %, in short contacts up to a third).
    """
    return _length(trial, side, landing=False)


@metric(
    unit="m",
    sides="total and feet",
    needs=("contact", "cop"),
    min_rate_hz=POINT_HZ,
    min_bandwidth_hz=10.0,
    source=OURS,
    formula="max x - min x of the points of cop_path_m, x medio-lateral",
    typical="0.02-0.05 per foot",
)
def cop_range_ml_m(trial: LandingTrial, side: Side) -> Estimate:
    """Medio-lateral extent of the centre of pressure in the contact while loaded.

    Of a foot without one on a plate by its insole, calibrated, of at least 8 cells: in simulation (70 contacts, 8 and
    16 cells) -1.1 mm off with an SD of 2.6 mm.
    """
    return _lateral(trial, side, landing=False)


@metric(
    unit="m",
    sides="total and feet",
    needs=("landing", "cop"),
    tasks=LANDINGS,
    min_rate_hz=POINT_HZ,
    min_bandwidth_hz=20.0,
    source=OURS,
    formula="cop_path_m over the first 0.3 s of the landing",
    typical="0.09-0.29 per foot",
)
def landing_cop_path_m(trial: LandingTrial, side: Side) -> Estimate:
    """Path length of the centre of pressure in the first 0.3 s of the landing while loaded, at 100 points a second.

    Points are means of the samples up to 5 ms around them; time counts from the touchdown of that side.
    """
    return _length(trial, side, landing=True)


@metric(
    unit="m",
    sides="total and feet",
    needs=("landing", "cop"),
    tasks=LANDINGS,
    min_rate_hz=POINT_HZ,
    min_bandwidth_hz=10.0,
    source=OURS,
    formula="cop_range_ml_m over the first 0.3 s of the landing",
    typical="0.02-0.06 per foot",
)
def landing_cop_range_ml_m(trial: LandingTrial, side: Side) -> Estimate:
    """Medio-lateral extent of the centre of pressure in the first 0.3 s of the landing while loaded."""
    return _lateral(trial, side, landing=True)


def _length(trial: LandingTrial, side: Side, *, landing: bool) -> Estimate:
    if of_insoles(trial, side):
        raise RefusedError(NO_TOTAL_OF_INSOLES if side == "total" else NO_PATH)
    way = _way(trial, side, landing=landing)
    length, added = way.length_m, way.added_m
    by_noise = "less than 0.1 mm" if added < 1e-4 else f"{way.bound} {1000.0 * added:.1f} mm"
    doubts = _doubts(way, side)
    if added > NOISY_SHARE * length:
        doubts.append(f"{way.bound} {1000.0 * added:.0f} of {1000.0 * length:.0f} mm of this path are noise")
    return Estimate(
        value=length,
        sd=math.hypot(way.noise_m * math.sqrt(way.sensitivity), added, POINTS_SD * length, SCALE_SD * length),
        doubt="; ".join(doubts) or None,
        detail=f"gate {way.gate_n:.0f} N; noise adds {by_noise}",
    )


def _lateral(trial: LandingTrial, side: Side, *, landing: bool) -> Estimate:
    if trial.signals.cop_axes != "anatomical" and not of_insoles(trial, side):
        raise RefusedError(NO_AXES)
    places = places_of(trial, side, least_hz=POINT_HZ)
    way = _way(trial, side, landing=landing)
    extent = way.lateral_m
    by_ends = extent - way.inner_lateral_m
    doubts = _doubts(way, side)
    if by_ends > NOISY_SHARE * extent:
        doubts.append(
            f"{1000.0 * by_ends:.0f} of {1000.0 * extent:.0f} mm of this extent are the first or last point while "
            "loaded, where force is small and its place unsure"
        )
    by_noise = math.sqrt(2.0) * way.noise_m
    by_size = math.hypot(POINTS_SD, SCALE_SD) * extent
    return Estimate(
        value=extent,
        sd=math.hypot(by_noise, by_ends / math.sqrt(3.0), by_size, places.extent_sd_m, places.turn_sd * way.fore_aft_m),
        doubt="; ".join(filter(None, (*doubts, places.doubt))) or None,
        detail="; ".join(filter(None, (f"gate {way.gate_n:.0f} N", places.detail))),
    )


def _named(side: Side) -> str:
    return side.replace("_", " ")


def _doubts(way: Way, side: Side) -> list[str]:
    """Sentences on a way that ends early or is too wide for a foot."""
    doubts: list[str] = []
    if way.left_after_s is not None:
        doubts.append(f"this side left the plate again after {1000.0 * way.left_after_s:.0f} ms")
    if side != "total" and max(way.lateral_m, way.fore_aft_m) > FOOT_M:
        widest = max(way.lateral_m, way.fore_aft_m)
        doubts.append(
            f"the centre of pressure of this side moves over {100.0 * widest:.0f} cm, further than one foot is long; "
            "look whether one foot stood on each plate"
        )
    return doubts


def _way(trial: LandingTrial, side: Side, *, landing: bool) -> Way:
    """The way of one side in the contact, or in the first 0.3 s of the landing.

    Raises RefusedError where the side was not loaded, samples are missing, or the recording ends too early.
    """
    key = ("way", side, landing)  # length and extent share a pass
    if key not in trial.shared:
        trial.shared[key] = _pass(trial, side, places_of(trial, side, least_hz=POINT_HZ), landing)
    way = trial.shared[key]
    if not isinstance(way, Way):
        raise RefusedError(str(way))
    return way


def _pass(trial: LandingTrial, side: Side, places: Places, landing: bool) -> Way | str:
    """The way, or the sentence why there is none."""
    signals = trial.signals
    contact = trial.landing_of(side) if landing else trial.contact_of(side)
    if contact is None:
        return f"the {_named(side)} side stayed unloaded"
    rate = signals.sample_rate_hz
    first, stop = max(0, math.ceil(contact.start.position)), math.floor(contact.stop.position) + 1
    left_after_s: float | None = None
    if landing:
        end = contact.start.position + LANDING_S * rate
        if end <= contact.stop.position:
            stop = math.floor(end) + 1
        elif contact.stop.open:
            return f"the recording ends {contact.n_samples / rate:.2f} s after this landing, and 0.3 s are needed"
        else:
            left_after_s = contact.n_samples / rate
    force = signals.force_n[side]
    step = max(1.0, rate / POINT_HZ)
    out = np.empty(10)
    loaded = gated_path(
        force, places.place_m, first, min(stop, len(force)), GATE_SHARE, GATE_N, step, int(0.5 * (step - 1.0)), out
    )
    if loaded < 0:
        return (
            f"{-loaded} readings of force or centre of pressure are missing while the {_named(side)} side is loaded; "
            "check the cable and repeat the trial"
        )
    length, lateral, fore_aft, inner, _, _, gate, noise, added, sensitivity = out.tolist()
    if loaded < 2.0 * step:
        seen = f"more than {gate:.0f} N for only {1000.0 * loaded / rate:.0f} ms"
        return f"the {_named(side)} side carries {seen}; a path needs 20 ms"
    bound = "about" if rate >= NOISE_HZ else "at most about"
    return Way(length, lateral, inner, fore_aft, gate, noise, added, bound, sensitivity, left_after_s)
