"""From the measured force of two feet to a scene: contacts, where the force acts under each foot, the box before.

A force file says how much each foot carries. Where it acts is measured in some files; elsewhere the foot rolls as in
landings (forefoot to heel in 25-60 ms, toes last, with sway and a medial shift), drawn from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.given import finite, shown
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.runs import runs
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.contact import FINE_STEP_S, fine_times, smooth_step
from landing_lab.sim.roll import COP_LIMITS, COP_STRIDE, FLAT_AP, medial_movement
from landing_lab.sim.scene import Part, feet_place, on_box_n
from landing_lab.sim.smooth_noise import band_noise

RATES_HZ: Final = (500.0, 20_000.0)
LENGTH_S: Final = (2.0, 600.0)

AIR_N: Final = 40.0
AIR_S: Final = 0.1
"""Both feet together carry less than this for at least so long: the athlete is in the air, or not there (choice)."""

FOOT_AIR_N: Final = 4.0
"""A foot that carries less in a contact is off the ground: what is left is the plate's noise."""

SHORT_CONTACT_S: Final = 0.4
"""A contact between two flights that is shorter is a rebound: the heel stays up."""

BOX_S: Final = 1.0
"""A recording that begins with empty plates for longer begins on a box."""

FALL_S: Final = 0.25
"""Fall before touchdown: from 0.3 m."""

USUAL_KG: Final = 70.0
STEP_KG: Final = 5.0
"""Mass of a wearer whose weight the file does not tell, and what masses are rounded to (choice)."""

WEIGHT_WINDOW_S: Final = 0.5
QUIET_SHARE: Final = 0.05
"""Body weight is the mean of the quietest window of this length, if force varies by less than this share there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeetSource:
    """What happens under two feet at 1 kHz: force (n, 2) in N, cop (n, 2, 2) relative (x, y), contacts as rows.

    weight_n: body weight where the athlete stands quietly, None where never. rolled: whether the COP was drawn.
    """

    force_n: FloatArray
    cop: FloatArray
    contacts: tuple[tuple[int, int], ...]
    weight_n: float | None
    rolled: bool


def feet_source(
    force_n: FloatArray,
    rate_hz: float,
    *,
    seed: int,
    layout: InsoleLayout,
    cop_mm: FloatArray | None = None,
    speed_up: float = 1.0,
) -> FeetSource:
    """The measured force (n, 2) in N, left and right, as what happens under the feet.

    cop_mm: (n, 2, 2) of each foot (medial, anterior) in mm from any place, NaN where unknown; None draws a roll.
    speed_up: everything happens so many times faster, forces stay. Raises ParameterError for what is no such force.
    """
    _check(force_n, rate_hz, speed_up)
    rng = np.random.default_rng([seed, 5])
    force = _at_1_khz(force_n, rate_hz)
    cop = None if cop_mm is None else _at_1_khz(cop_mm.reshape(len(cop_mm), 4), rate_hz).reshape(len(force), 2, 2)
    in_air = flights(force, 1000.0)
    contacts = _contacts(in_air, len(force))
    force = _without_noise(force, in_air)
    size_mm = np.array([-layout.width_mm, layout.length_mm])
    where = np.empty((len(force), 2, 2))
    for foot in (0, 1):
        known = None if cop is None else cop[:, foot]
        where[:, foot] = _under_foot(force[:, foot], known, contacts, rng, size_mm)
    fast = 1.0 if speed_up == 1.0 else speed_up
    force, where = _faster(force, fast), _faster(where.reshape(len(where), 4), fast).reshape(-1, 2, 2)
    rows = tuple((round(start / fast), min(round(stop / fast), len(force))) for start, stop in contacts)
    return FeetSource(force_n=force, cop=where, contacts=rows, weight_n=_weight_n(force), rolled=cop is None)


def part_of(source: FeetSource, *, seed: int, on_box: bool) -> Part:
    """The stretch of a scene; on_box: insoles carry the athlete on the box before a first landing, plates do not."""
    n = len(source.force_n) * COP_STRIDE
    coarse_s, fine_s = fine_times(len(source.force_n), FINE_STEP_S * COP_STRIDE), fine_times(n)
    plate = np.column_stack([np.interp(fine_s, coarse_s, column) for column in source.force_n.T])
    rng = np.random.default_rng([seed, 6])
    insole = plate
    first_s = source.contacts[0][0] * 1e-3 if source.contacts else 0.0
    if on_box and first_s > BOX_S and source.weight_n is not None:
        insole = plate + on_box_n(source.weight_n, fine_s, first_s - FALL_S, int(rng.integers(2)))
    return Part(plate_n=plate, insole_n=insole, cop=source.cop, place_mm=feet_place(rng, n))


def _check(force_n: FloatArray, rate_hz: float, speed_up: float) -> None:
    if force_n.ndim != 2 or force_n.shape[1] != 2:
        raise ParameterError(
            f"simulated insoles need the force of two feet; this holds {force_n.shape[-1] if force_n.ndim else 0}; "
            "name a left and a right column, or choose a recording of two plates"
        )
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise ParameterError(
            f"force at {rate_hz:g} Hz cannot stand for what happens under a foot; choose a recording at "
            f"{RATES_HZ[0]:g} Hz or more, or correct --rate-hz"
        )
    if finite(speed_up) is None or not 0.2 <= speed_up <= 5.0:
        raise ParameterError(f"a speed-up of {shown(speed_up)} is outside 0.2-5; 1.6 makes landings 1.6 times faster")
    seconds = len(force_n) / rate_hz
    if not LENGTH_S[0] <= seconds / speed_up <= LENGTH_S[1]:
        raise ParameterError(
            f"the recording would last {seconds / speed_up:.1f} s; simulated sensors take {LENGTH_S[0]:g} s to "
            f"{LENGTH_S[1] / 60.0:g} minutes: clocks cannot be fitted in less, and more fills memory; cut out a part"
        )
    if not np.isfinite(force_n).mean() > 0.95:
        raise ParameterError("more than 5 % of the force is missing; choose a recording without long gaps")
    if not np.nanmax(force_n.sum(axis=1)) > 100.0:
        raise ParameterError(
            f"the greatest force is {np.nanmax(force_n.sum(axis=1)):.0f}: nobody stands on these plates, or the unit "
            "is not newton; choose other columns"
        )


def _at_1_khz(values: FloatArray, rate_hz: float) -> FloatArray:
    """Values (n, c) on the grid of 1 kHz, anti-aliased by a mean where the file is faster; gaps bridged."""
    step = max(1, round(rate_hz / 1000.0))
    n = len(values) // step * step
    means = values[:n].reshape(-1, step, values.shape[1]).mean(axis=1)
    from_s = (np.arange(len(means)) * step + 0.5 * (step - 1)) / rate_hz
    to_s = np.arange(int(from_s[-1] * 1000.0) + 1) / 1000.0
    out = np.full((len(to_s), values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        known = np.isfinite(means[:, column])
        if known.any():
            out[:, column] = np.interp(to_s, from_s[known], means[known, column])
    return out


def _faster(values: FloatArray, factor: float) -> FloatArray:
    """Values (n, c) played so many times faster, still at 1 kHz."""
    if factor == 1.0:
        return values
    at = np.arange(0.0, len(values) - 1.0, factor)
    return np.column_stack([np.interp(at, np.arange(len(values)), column) for column in values.T])


def flights(force: FloatArray, rate_hz: float) -> list[tuple[int, int]]:
    """Rows [from, to) of force (n, 2) in which nobody is on the plates."""
    empty = runs(force.sum(axis=1) < AIR_N).tolist()
    return [(start, stop) for start, stop in empty if stop - start > AIR_S * rate_hz]


def _contacts(flights: list[tuple[int, int]], n: int) -> tuple[tuple[int, int], ...]:
    edges = [0, *(row for flight in flights for row in flight), n]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((start, stop) for start, stop in pairs if stop - start > 50)


def _without_noise(force: FloatArray, flights: list[tuple[int, int]]) -> FloatArray:
    """Force with nothing where the plate's own noise is all there is; the edges of a contact stay as they are."""
    clean = np.maximum(force, 0.0)
    for start, stop in flights:
        inside = clean[start + 5 : stop - 5]
        inside[inside < 10.0] = 0.0
    clean[clean < FOOT_AIR_N] = 0.0
    return clean


def _weight_n(force: FloatArray) -> float | None:
    width = round(WEIGHT_WINDOW_S * 1000.0)
    total = force.sum(axis=1)
    starts = range(0, len(total) - width, width // 4)
    windows = [total[start : start + width] for start in starts]
    calm = [(float(one.std() / one.mean()), float(one.mean())) for one in windows if one.min() > 100.0]
    spread, mean = min(calm, default=(1.0, 0.0))
    return mean if spread < QUIET_SHARE else None


def _under_foot(
    force: FloatArray,
    known_mm: FloatArray | None,
    contacts: tuple[tuple[int, int], ...],
    rng: np.random.Generator,
    size_mm: FloatArray,
) -> FloatArray:
    """COP (n, 2) of one foot, relative (x, y); in the air it goes from where it was to where it will be."""
    n = len(force)
    where = np.tile([0.5, FLAT_AP], (n, 1))
    at = [(start, stop) for start, stop in contacts if (force[start:stop] > AIR_N).sum() >= 20]
    for start, stop in at:
        loaded = force[start:stop]
        if known_mm is None or not np.isfinite(known_mm[start:stop][loaded > AIR_N]).all():
            where[start:stop] = _rolled(loaded, rng, size_mm, lands=start > 0, leaves=stop < n)
        else:
            where[start:stop] = _measured(loaded, known_mm[start:stop], size_mm)
    (low_x, high_x), (low_y, high_y) = COP_LIMITS
    np.clip(where, [low_x, low_y], [high_x, high_y], out=where)
    for (_, before), (after, _) in pairwise([(0, 0), *at, (n, n)]):
        # Half the time where the foot left the ground, then where it will touch it.
        middle = (before + after) // 2 if before > 0 and after < n else after if after == n else before
        if before > 0:
            where[before:middle] = where[before - 1]
        if after < n:
            where[middle:after] = where[after]
    return where


def _measured(force: FloatArray, known_mm: FloatArray, size_mm: FloatArray) -> FloatArray:
    """Measured COP of a contact (m, 2), relative to its middle part; edges, where it is noise, are held."""
    from scipy.ndimage import gaussian_filter1d

    m = len(force)
    rows = np.flatnonzero(force > AIR_N)
    held = np.column_stack([np.interp(np.arange(m), rows, column[rows]) for column in known_mm.T])
    smooth = gaussian_filter1d(held, 6.0, axis=0, mode="nearest")  # about 20 Hz
    middle = slice(min(300, m // 3), max(m - 300, 2 * m // 3))
    moved = (smooth - np.median(smooth[middle], axis=0)) / size_mm
    return np.asarray(np.array([0.5, FLAT_AP]) + np.clip(moved, [-0.2, -1.0], [0.2, 1.0]) * [0.7, 1.0])


def _rolled(
    force: FloatArray, rng: np.random.Generator, size_mm: FloatArray, *, lands: bool, leaves: bool
) -> FloatArray:
    """Drawn COP of a contact (m, 2): forefoot to heel after a landing, toes before a take-off, sway, medial shift."""
    m = len(force)
    since = np.arange(m, dtype=np.float64)
    noise = band_noise(rng, m, 2, highest_cycles=1.2e-3 * m)
    along, across = FLAT_AP + 0.02 * noise[:, 0], 0.5 + 0.03 * noise[:, 1]
    rebounds = lands and leaves and m < SHORT_CONTACT_S * 1000.0
    down_ms, width_ms, ahead = rng.uniform(25.0, 60.0), rng.uniform(8.0, 16.0), rng.uniform(0.28, 0.36)
    heel = rng.uniform(0.55, 0.65) if rebounds else rng.uniform(0.30, 0.42)
    shift_mm = float(np.clip(rng.normal(4.0, 4.0), -6.0, 16.0))
    if lands:
        first = float(np.argmax(force > 0.0))
        step = 1.0 / (1.0 + np.exp(-np.clip((since - first - down_ms) / width_ms, -50.0, 50.0)))
        begin = 1.0 / (1.0 + np.exp(down_ms / width_ms))
        rolled = np.clip((step - begin) / (1.0 - begin), 0.0, 1.0)
        fading = np.exp(-np.maximum(since - first - down_ms - 120.0, 0.0) / 150.0)
        along = along + (1.0 - rolled) * ahead + rolled * fading * (heel - FLAT_AP)
        peak_s = float(np.argmax(force[: round(first) + 100])) * 1e-3 - first * 1e-3
        left_s = (m - since) * 1e-3 if leaves else np.full(m, np.inf)
        across = across + medial_movement((since - first) * 1e-3, left_s, peak_s, shift_mm) / size_mm[0]
    if leaves:
        rise = smooth_step(1.0 - (m - 1 - since) / (110.0 if rebounds else 280.0))
        along = along * (1.0 - rise) + rise * 0.78
    return np.column_stack([across, along])


def wearer_kg(source: FeetSource) -> float:
    """Mass of who wears the insoles in the calibration: that of the file to the next step, within what a body has."""
    mass_kg = USUAL_KG if source.weight_n is None else source.weight_n / GRAVITY
    return float(np.clip(round(mass_kg / STEP_KG) * STEP_KG, 30.0, 160.0))
