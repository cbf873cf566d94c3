"""Movement of the centre of mass in a contact, with the uncertainty of everything that is read off it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from landing_lab.kernels.motion import MOTION_DTYPE, move
from landing_lab.model.blocks import FloatArray
from landing_lab.model.runs import runs
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MAX_BRIDGED_S = 0.010
"""A longer hole inside a contact hides a peak; motion is then refused."""

POSTURE_SD_M = 0.02
"""How far the centre of mass lands below its height at take-off: legs and feet are less extended at landing.

Our choice: flight-time height reads about 2 cm above impulse height (docs/definitions.md), which is d / 2 and
more than a careful jumper shows.
"""

IMPULSE_SHARE = 0.3
"""Share of the fast-force error that is left in a whole-contact impulse: a slow plate keeps impulse (fusion.md)."""


class Motion(NamedTuple):
    """Motion in one contact as kernels.motion describes it: m, s, N, up positive; positions in samples.

    NaN stands for "there is none". start_velocity: at touchdown, or at the onset of a jump from standing.
    """

    start_velocity: float
    lowest: float
    lowest_acceleration: float
    slowest: float
    slowest_velocity: float
    depth: float
    braking_impulse: float
    propulsion_impulse: float
    braking_peak_n: float
    propulsion_peak_n: float
    peak_power: float
    spring_r: float


class ContactMotion(NamedTuple):
    """Motion anchored at take-off, its standard uncertainty item by item, and the anchor in m/s."""

    value: Motion
    sd: Motion
    take_off_velocity: float

    @property
    def touchdown_velocity_m_per_s(self) -> float:
        """Velocity at the start of the contact, negative in a drop."""
        return self.value.start_velocity

    @property
    def lowest(self) -> float | None:
        """Position of the lowest point in samples of the recording; None where velocity may never turn."""
        return None if math.isnan(self.value.lowest + self.sd.lowest) else self.value.lowest

    @property
    def depth_m(self) -> float:
        """Start of the contact down to the lowest point."""
        return self.value.depth


class Anchor(NamedTuple):
    """What the motion of a contact rests on; positions and their SD in samples, SD of the rest as it enters.

    velocity: at take-off, m/s; velocity_sd: of it, without what follows. edge_loss: m/s² by which it falls where the
    take-off is later. velocity_by_weight, velocity_by_scale: what one SD of body weight and of scale_sd (relative, of
    force against body weight) adds to it. from_standing: braking begins at the lowest velocity.
    """

    start: float
    start_sd: float
    stop: float
    stop_sd: float
    threshold_n: float
    weight_n: float
    weight_sd_n: float
    scale_sd: float
    velocity: float
    velocity_sd: float
    edge_loss: float
    velocity_by_weight: float = 0.0
    velocity_by_scale: float = 0.0
    from_standing: bool = False


def contact_motion(total_n: FloatArray, anchor: Anchor, *, sample_rate_hz: float) -> ContactMotion | None:
    """Motion in a contact from total force, (n,) newton; None where a hole longer than MAX_BRIDGED_S lies in it.

    Force is integrated backwards from the velocity at take-off. In a drop jump that is g t_flight / 2
    (docs/definitions.md, velocity: 1 % of body weight moves drop height by 6 % this way, by 28 % when integrated from
    standing); in a jump from standing it comes from the standing before it where that is quiet. The standard
    uncertainties come from integrating again with each input moved by its own.
    """
    first, last = math.ceil(anchor.start), math.floor(anchor.stop)
    if last - first < 2:
        return None
    force = _without_holes(total_n[first : last + 1], max_hole_samples=int(MAX_BRIDGED_S * sample_rate_hz))
    if force is None:
        return None
    dt = 1.0 / sample_rate_hz
    lead, tail = first - anchor.start, anchor.stop - last
    weight, velocity = anchor.weight_n, anchor.velocity
    # An error of the take-off edge lengthens the contact by what it takes from the flight.
    by_edge = anchor.edge_loss * anchor.stop_sd * dt
    settings = np.array(
        [
            (lead, tail, weight, velocity, 1.0),
            (lead + anchor.start_sd, tail, weight, velocity, 1.0),
            (lead, tail + anchor.stop_sd, weight, velocity - by_edge, 1.0),
            (lead, tail, weight + anchor.weight_sd_n, velocity + anchor.velocity_by_weight, 1.0),
            (lead, tail, weight, velocity + anchor.velocity_by_scale, 1.0 + anchor.scale_sd),
            (lead, tail, weight, velocity - anchor.velocity_sd, 1.0),
            (lead, tail, weight, velocity + anchor.velocity_sd, 1.0),
        ]
    )
    out = np.empty(len(settings), MOTION_DTYPE)
    move(force, anchor.threshold_n, dt, GRAVITY, anchor.from_standing, settings, out)
    varied = out.view(np.float64).reshape(len(settings), -1)
    value = Motion._make(varied[0].tolist())
    moved = np.square(varied[1:] - varied[0])
    # Correlation is near its extreme, where one direction of the greatest uncertainty changes nothing: both are tried.
    sd = Motion._make(np.sqrt(moved[:-2].sum(axis=0) + moved[-2:].max(axis=0)).tolist())
    value = value._replace(lowest=value.lowest + first, slowest=value.slowest + first)
    return ContactMotion(value, sd, velocity)


def _without_holes(force: FloatArray, *, max_hole_samples: int) -> FloatArray | None:
    """Force with short runs of missing samples bridged linearly; None where a run is longer."""
    if math.isfinite(float(force.sum())):
        return force
    missing = ~np.isfinite(force)
    longest = int(np.diff(runs(missing)).max())
    if longest > max_hole_samples or missing.all():
        return None
    index = np.arange(len(force))
    return np.interp(index, index[~missing], force[~missing])
