"""Jumps from standing made by hand, every instant of them known, and the pieces that go before and after."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.model.blocks import FloatArray

GRAVITY = 9.80665


@dataclass(frozen=True)
class Standing:
    """A jump from standing: force in body weights as half sines, so that every impulse has a closed form.

    dip, dip_s: unweighting below body weight (0: a squat jump). push, push_s: half sine above body weight. The body
    leaves with the sum of both impulses, flies, lands as a raised-cosine peak and stands.
    """

    weight_n: float = 700.0
    stand_s: float = 2.0
    dip: float = 0.6
    dip_s: float = 0.3
    push: float = 1.25
    push_s: float = 0.4
    land: float = 3.0
    after_s: float = 4.0

    @property
    def onset_s(self) -> float:
        """The instant at which force begins to leave body weight."""
        return self.stand_s

    @property
    def turn_s(self) -> float:
        """End of the unweighting: the greatest downward velocity."""
        return self.stand_s + (self.dip_s if self.dip else 0.0)

    @property
    def cut_s(self) -> float:
        """Take-off: the push ends at body weight and falls to nothing within a millisecond."""
        return self.turn_s + self.push_s

    @property
    def velocity(self) -> float:
        """Take-off velocity, m/s: mean of a half sine is 2 / pi."""
        down = self.dip * self.dip_s if self.dip else 0.0
        return GRAVITY * 2.0 / math.pi * (self.push * self.push_s - down)

    @property
    def flight_s(self) -> float:
        return 2.0 * self.velocity / GRAVITY

    @property
    def landing_s(self) -> float:
        return self.cut_s + self.flight_s

    def total_n(self, sample_rate_hz: float = 1000.0) -> FloatArray:
        """Total force, (n,) newton."""
        t = np.arange(round((self.landing_s + self.after_s) * sample_rate_hz)) / sample_rate_hz
        force = np.ones(len(t))
        if self.dip:
            force -= self.dip * np.sin(math.pi * np.clip((t - self.stand_s) / self.dip_s, 0, 1))
        force += self.push * np.sin(math.pi * np.clip((t - self.turn_s) / self.push_s, 0, 1))
        force[(t >= self.cut_s) & (t < self.landing_s)] = 0.0
        return self.weight_n * np.where(t >= self.landing_s, landing(t - self.landing_s, self.land), force)


def landing(since_s: FloatArray, peak: float) -> FloatArray:
    """Body weights after a landing: up to the peak in 50 ms, below body weight at 150 ms, standing from 400 ms on."""
    return np.interp(since_s, [0.0, 0.05, 0.15, 0.4], [0.0, peak, 0.7, 1.0])


def drop_landing(
    weight_n: float = 700.0, *, peak: float = 3.5, empty_s: float = 1.0, after_s: float = 4.0
) -> FloatArray:
    """Empty plates, a landing and standing, (n,) newton at 1000 Hz."""
    since = np.arange(round(after_s * 1000)) / 1000.0
    return np.concatenate([np.zeros(round(empty_s * 1000)), weight_n * landing(since, peak)])


def step_on(weight_n: float = 700.0, *, empty_s: float = 1.0, stand_s: float = 2.0) -> FloatArray:
    """Empty plates, then a person who walks onto them and stands."""
    ramp = np.interp(np.arange(600), [0, 200, 400, 600], [0.0, 0.75, 1.05, 1.0])
    return weight_n * np.concatenate([np.zeros(round(empty_s * 1000)), ramp, np.ones(round(stand_s * 1000))])


def step_off(weight_n: float = 700.0, *, empty_s: float = 1.0) -> FloatArray:
    """A standing person walks off the plates."""
    return weight_n * np.concatenate(
        [np.interp(np.arange(500), [0, 200, 500], [1.0, 1.08, 0.0]), np.zeros(round(empty_s * 1000))]
    )


def on_feet(total_n: FloatArray, *, left_share: float = 0.5, noise_n: float = 0.0, seed: int = 0) -> FloatArray:
    """(n, 2): total force shared between two plates, with noise on each."""
    feet = np.column_stack([left_share * total_n, (1.0 - left_share) * total_n])
    return feet + noise_n * np.random.default_rng(seed).standard_normal(feet.shape)


def quiet(seconds: float) -> FloatArray:
    """Empty plates, (n,) newton at 1000 Hz."""
    return np.zeros(round(1000 * seconds))
