"""A laboratory force plate: the force of a simulated athlete as a file would hold it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray, Gap
from landing_lab.model.channels import Channel, ChannelLayout
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from landing_lab.sim.motion import Motion

FORCE_LAYOUT = ChannelLayout(
    (
        Channel(name="force_left", quantity="force", unit="N", side="left"),
        Channel(name="force_right", quantity="force", unit="N", side="right"),
    )
)


def measure_on_plates(
    motion: Motion,
    *,
    seed: int,
    sample_rate_hz: float = 1000.0,
    noise_n: float = 1.5,
    step_n: float = 0.5,
    offset_n: tuple[float, float] = (0.0, 0.0),
    gaps_s: Sequence[tuple[float, float]] = (),
) -> Recording:
    """The recording that two plates, one per foot, would give: one stream `force` with columns left and right.

    noise_n: standard deviation of white noise per plate; step_n: quantisation, 0 for none; offset_n: (left, right).
    gaps_s: intervals [from, to) in seconds whose samples are lost (NaN, and a Gap that ends at the next sample).
    Raises ParameterError for a rate outside 20 Hz to 10 kHz or a negative noise or step.
    """
    _check(sample_rate_hz, noise_n, step_n)
    rng = np.random.default_rng(seed)
    times_s = np.arange(int(motion.time_s[-1] * sample_rate_hz) + 1) / sample_rate_hz
    force = np.column_stack([np.interp(times_s, motion.time_s, foot_n) for foot_n in motion.feet_n.T])
    force += np.asarray(offset_n) + noise_n * rng.standard_normal(force.shape)
    if step_n > 0.0:
        force = np.round(force / step_n) * step_n
    stream = Stream(
        samples=force,
        sample_rate_hz=sample_rate_hz,
        times_s=times_s,
        layout=FORCE_LAYOUT,
        sensor=Sensor(kind="force_plate", description="simulated laboratory plates, one per foot"),
        clock=Clock(source="simulated"),
        gaps=_lose(force, times_s, gaps_s),
    )
    return Recording(
        streams={"force": stream},
        provenance={
            "simulated": True,
            "source": f"simulated drop jump, seed {seed}",
            "format": "simulated",
            "sensor": {"noise_n": noise_n, "step_n": step_n, "offset_n": tuple(offset_n)},
        },
    )


def _check(sample_rate_hz: float, noise_n: float, step_n: float) -> None:
    if not 20.0 <= sample_rate_hz <= 10_000.0:
        raise ParameterError(f"sample_rate_hz must be 20 to 10000; got {sample_rate_hz}; state it in hertz")
    for name, value in (("noise_n", noise_n), ("step_n", step_n)):
        if not 0.0 <= value <= 50.0:
            raise ParameterError(f"{name} must be 0 to 50; got {value}; state it in newton")


def _lose(force: FloatArray, times_s: FloatArray, gaps_s: Sequence[tuple[float, float]]) -> tuple[Gap, ...]:
    """Put NaN where samples are lost (in place) and say so."""
    gaps = []
    for start_s, stop_s in gaps_s:
        start, stop = np.searchsorted(times_s, (start_s, stop_s))
        if stop > start:
            force[start:stop] = np.nan
            gaps.append(Gap(sample=int(stop), n_samples=int(stop - start), reason="simulated loss"))
    return tuple(gaps)
