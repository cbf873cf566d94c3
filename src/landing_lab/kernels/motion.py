"""Centre-of-mass motion from vertical force while in contact."""

from __future__ import annotations

from typing import Any

from landing_lab.kernels._jit import kernel


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
