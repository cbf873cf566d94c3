"""Centre-of-mass motion from vertical force while in contact.

Everything a kernel calls lives in this file (the numba cache is per file).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel

MOTION_DTYPE = np.dtype(
    [
        ("start_velocity", "f8"),  # m/s, up positive
        ("lowest", "f8"),  # position of the last zero of velocity, NaN where it is never negative
        ("lowest_acceleration", "f8"),  # m/s², net, there
        ("slowest", "f8"),  # position of the lowest velocity before it, and that velocity
        ("slowest_velocity", "f8"),
        ("depth", "f8"),  # m from the start down to the lowest point
        ("braking_impulse", "f8"),  # N s, net of weight, `slowest` (or the start) to `lowest`
        ("propulsion_impulse", "f8"),  # N s, net of weight, `lowest` to the end
        ("braking_peak_n", "f8"),  # greatest force before and after the lowest point
        ("propulsion_peak_n", "f8"),
        ("peak_power", "f8"),  # W, greatest force x velocity
        ("spring_r", "f8"),  # Pearson correlation of force and position
    ],
    align=True,
)
"""Motion in one contact. Positions in samples of the force array."""


@kernel
def integrate_from_end(
    force: Any,
    lead: float,
    tail: float,
    edge: float,
    dt: float,
    weight: float,
    gravity: float,
    velocity_end: float,
    velocity: Any,
    position: Any,
) -> float:
    """Fill velocity (m/s) and position (m) of the samples of a contact, integrating back from its end.

    force: (n,) N, no NaN. The contact starts `lead` samples before force[0] and ends `tail` samples after
    force[n-1] (0 <= lead, tail), where force is `edge` N. dt: s per sample. weight: N. velocity_end: m/s.
    position is 0 at the end. Returns the velocity at the start of the contact. Trapezoidal rule.
    """
    n = force.shape[0]
    k = gravity / weight
    a = (force[n - 1] - weight) * k
    h = tail * dt
    velocity[n - 1] = velocity_end - 0.5 * (a + (edge - weight) * k) * h
    position[n - 1] = -0.5 * (velocity[n - 1] + velocity_end) * h
    for i in range(n - 2, -1, -1):
        b = (force[i] - weight) * k
        velocity[i] = velocity[i + 1] - 0.5 * (a + b) * dt
        position[i] = position[i + 1] - 0.5 * (velocity[i] + velocity[i + 1]) * dt
        a = b
    return float(velocity[0] - 0.5 * (a + (edge - weight) * k) * lead * dt)


@kernel
def _describe(
    force: Any,
    velocity: Any,
    position: Any,
    lead: float,
    edge: float,
    dt: float,
    weight: float,
    from_slowest: bool,
    o: Any,
) -> None:
    """Fill one row of MOTION_DTYPE, whose start_velocity is set, from force, velocity and position, (n,) each."""
    n = len(force)
    turn = -1
    sum_f = 0.0
    sum_p = 0.0
    for i in range(n):
        if velocity[i] < 0.0:
            turn = i
        sum_f += force[i]
        sum_p += position[i]
    cov = 0.0
    var_f = 0.0
    var_p = 0.0
    for i in range(n):
        off_f = force[i] - sum_f / n
        off_p = position[i] - sum_p / n
        cov += off_f * off_p
        var_f += off_f * off_f
        var_p += off_p * off_p
    o["spring_r"] = cov / math.sqrt(var_f * var_p) if var_f > 0.0 and var_p > 0.0 else math.nan
    o["lowest"] = o["lowest_acceleration"] = o["depth"] = o["slowest"] = o["slowest_velocity"] = math.nan
    o["braking_impulse"] = o["propulsion_impulse"] = o["braking_peak_n"] = math.nan
    turns = 0 <= turn < n - 1
    after = turn + 1 if turns else 0
    o["propulsion_peak_n"] = o["peak_power"] = 0.0
    for i in range(after, n):
        o["propulsion_peak_n"] = max(o["propulsion_peak_n"], force[i])
        o["peak_power"] = max(o["peak_power"], force[i] * velocity[i])
    if not turns:  # all of it is propulsion
        net = 0.5 * (edge + force[0] - 2.0 * weight) * lead * dt
        for i in range(n - 1):
            net += 0.5 * (force[i] + force[i + 1] - 2.0 * weight) * dt
        o["propulsion_impulse"] = net
        return
    share = -velocity[turn] / (velocity[turn + 1] - velocity[turn])
    o["lowest"] = turn + share
    o["lowest_acceleration"] = (velocity[turn + 1] - velocity[turn]) / dt
    start_position = position[0] - 0.5 * (velocity[0] + o["start_velocity"]) * lead * dt
    o["depth"] = start_position - min(position[turn], position[turn + 1])
    slowest = 0
    o["braking_peak_n"] = force[0]
    for i in range(turn + 1):
        o["braking_peak_n"] = max(o["braking_peak_n"], force[i])
        if velocity[i] < velocity[slowest]:
            slowest = i
    o["slowest"] = slowest
    o["slowest_velocity"] = velocity[slowest]
    at_turn = force[turn] + share * (force[turn + 1] - force[turn])
    # Force at the lowest point belongs to both phases: where it is the greatest of one, no sample shows it.
    o["braking_peak_n"] = max(o["braking_peak_n"], at_turn)
    o["propulsion_peak_n"] = max(o["propulsion_peak_n"], at_turn)
    # Summed from force itself: that it equals mass times change of velocity is a check of the integration.
    net = 0.0 if from_slowest else 0.5 * (edge + force[0] - 2.0 * weight) * lead * dt
    for i in range(slowest if from_slowest else 0, turn):
        net += 0.5 * (force[i] + force[i + 1] - 2.0 * weight) * dt
    o["braking_impulse"] = net + 0.5 * (force[turn] + at_turn - 2.0 * weight) * share * dt
    net = 0.5 * (at_turn + force[turn + 1] - 2.0 * weight) * (1.0 - share) * dt
    for i in range(turn + 1, n - 1):
        net += 0.5 * (force[i] + force[i + 1] - 2.0 * weight) * dt
    o["propulsion_impulse"] = net


@kernel
def move(force: Any, edge: float, dt: float, gravity: float, from_slowest: bool, settings: Any, out: Any) -> None:
    """Motion in one contact, once for every row of settings, into the rows of out, (k,) MOTION_DTYPE.

    force: (n,) N, no NaN. settings: (k, 5) of lead, tail (samples), weight (N), velocity at the end (m/s) and
    factor on force; the first row is the measurement, the others vary one input each by its uncertainty.
    edge: force in N at both ends of the contact. from_slowest: braking begins at the lowest velocity, not at the start.
    """
    n = len(force)
    scaled = np.empty(n)
    velocity = np.empty(n)
    position = np.empty(n)
    for row in range(settings.shape[0]):
        lead, tail = settings[row, 0], settings[row, 1]
        weight, velocity_end = settings[row, 2], settings[row, 3]
        for i in range(n):
            scaled[i] = force[i] * settings[row, 4]
        o = out[row]
        start = integrate_from_end(scaled, lead, tail, edge, dt, weight, gravity, velocity_end, velocity, position)
        o["start_velocity"] = start
        _describe(scaled, velocity, position, lead, edge, dt, weight, from_slowest, o)
        o["propulsion_impulse"] += 0.5 * (scaled[n - 1] + edge - 2.0 * weight) * tail * dt


@kernel
def net_impulse(force: Any, start: float, stop: int, weight: float, edge: float, dt: float) -> float:
    """Trapezoidal integral of force minus weight from position start (force there: edge) to sample stop, N s.

    NaN where a sample is missing.
    """
    first = math.ceil(start)
    total = 0.5 * (edge + force[first] - 2.0 * weight) * (first - start)
    for i in range(first, stop):
        total += 0.5 * (force[i] + force[i + 1]) - weight
    return float(total * dt)
