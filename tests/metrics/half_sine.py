"""A drop jump with closed forms: a half sine of contact between two flights that mirror each other.

Force is A sin(pi t / T) from touchdown to take-off; A is such that the body leaves as fast as it came. After the
flight it is caught by a ramp to body weight and stands still.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.model.recording import Recording
from traces import on_plates

GRAVITY = 9.80665
THRESHOLD_N = 20.0


@dataclass(frozen=True)
class HalfSine:
    """weight_n, contact T and flight between the instants of zero force, share of the left foot, all exact."""

    weight_n: float = 700.0
    contact_s: float = 0.22
    flight_s: float = 0.48
    empty_s: float = 1.5
    ramp_s: float = 0.02
    left_share: float = 0.55
    late_s: float = 0.0

    @property
    def amplitude_n(self) -> float:
        return math.pi * self.weight_n * (self.contact_s + self.flight_s) / (2 * self.contact_s)

    @property
    def edge_s(self) -> float:
        """From zero force to the threshold at either end of the contact."""
        return self.contact_s / math.pi * math.asin(THRESHOLD_N / self.amplitude_n)

    @property
    def measured_contact_s(self) -> float:
        return self.contact_s - 2 * self.edge_s

    @property
    def measured_flight_s(self) -> float:
        return self.flight_s + self.edge_s + self.ramp_s * THRESHOLD_N / self.weight_n

    def total_n(self, time_s: np.ndarray) -> np.ndarray:
        since = time_s - self.empty_s - self.late_s
        sine = self.amplitude_n * np.sin(math.pi * np.clip(since / self.contact_s, 0, 1))
        stand = self.weight_n * np.clip((since - self.contact_s - self.flight_s) / self.ramp_s, 0, 1)
        return np.where(since < self.contact_s, np.maximum(sine, 0), stand)

    def recording(self, *, sample_rate_hz: float = 1000.0, noise_n: float = 0.0, seed: int = 0) -> Recording:
        duration = self.empty_s + self.contact_s + self.flight_s + 3.0
        time_s = np.arange(round(duration * sample_rate_hz)) / sample_rate_hz
        total = self.total_n(time_s)
        feet = np.column_stack([self.left_share * total, (1 - self.left_share) * total])
        feet += noise_n * np.random.default_rng(seed).standard_normal(feet.shape)
        return on_plates(feet, sample_rate_hz=sample_rate_hz, sides=("left", "right"))

    def motion(self) -> tuple[float, float, float]:
        """Touchdown velocity (m/s), time from touchdown to the lowest point (s) and depth (m) as the method defines.

        v = g t_flight / 2 at take-off (threshold), back in steps of a microsecond; plain Python.
        """
        dt = 1e-6
        t = self.contact_s - self.edge_s
        velocity = GRAVITY * self.measured_flight_s / 2
        depth, lowest = 0.0, math.nan
        while t > self.edge_s:
            force = self.amplitude_n * math.sin(math.pi * (t - dt / 2) / self.contact_s)
            before = velocity - (force - self.weight_n) * GRAVITY / self.weight_n * dt
            if before < 0 <= velocity:
                lowest = t - self.edge_s
            if before < 0:
                depth -= 0.5 * (velocity + before) * dt if velocity < 0 else 0.0
            velocity, t = before, t - dt
        return velocity, lowest, depth
