"""What a computer receives of a simulated scene: late, jittering, with losses, on a clock that is not the boards'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.alignment import align
from landing_lab.model.device import SimulatedDevice
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.sim.devices import SimulatedScene
from landing_lab.sim.setting import SensorSetting

STREAMS: Final = ("insole_left", "insole_right", "plate")
"""Names of the streams of a scene's devices, as `landing-lab record` gives them."""

HOST_START_S: Final = 100.0
"""What the computer's clock shows when the scene begins."""

LEAST_DELAY_S: Final = 0.001
"""No byte arrives sooner (one frame of USB)."""


def received(
    scene: SimulatedScene,
    *,
    seed: int,
    session: int,
    setting: SensorSetting,
    metadata: Mapping[str, object] | None = None,
) -> tuple[RawRecording, dict[str, object]]:
    """The scene as a raw recording, and what was drawn of its links: latency of each board in s, frames lost.

    The latency of a board is the same in every session of a seed but for the clock slip of the setting; nothing in
    the recording tells it. Layouts that insoles carry are named in the metadata.
    """
    constant_s = np.random.default_rng([seed, 31]).normal(0.0, setting.board_delay_sd_ms * 1e-3, len(STREAMS))
    rng = np.random.default_rng([seed, session, 31])
    slip_sd_s = setting.clock_slip_sd_ms * 1e-3 / np.sqrt(2.0)
    streams, drawn = {}, {}
    for name, device, usual_s in zip(STREAMS, scene.devices, constant_s.tolist(), strict=True):
        latency_s = usual_s + float(rng.normal(0.0, slip_sd_s))
        stream, lost = _received(device, latency_s, rng, setting, scene.duration_s)
        streams[name] = stream
        drawn[name] = {"latency_s": latency_s, "lost_frames": lost}
    layouts = {device.info.device_id: setting.layout.as_document() for device in scene.devices[:2]}
    raw = RawRecording(streams, metadata={"insole_layouts": layouts, **(metadata or {})})
    return raw, {"links": drawn}


def scene_to_recording(raw: RawRecording, scene: SimulatedScene) -> tuple[float, float]:
    """(offset in s, rate): time of the recording = offset + rate * time of the scene, between the two insoles.

    The analysis fits each board's clock; what the two insoles' clocks then agree on is the time base of its numbers.
    """
    fits = align(raw.streams)
    zero_s = min(float(fits[name].to_host(one.frames.ticks_us[:1])[0]) for name, one in raw.streams.items())
    at_s = np.array([0.0, scene.duration_s])
    both = []
    for name, ppm in zip(STREAMS[:2], scene.clock_ppm, strict=False):
        both.append(fits[name].to_host(at_s * (1e6 + ppm)) - zero_s)
    first, last = np.mean(both, axis=0).tolist()
    return first, (last - first) / scene.duration_s


def _received(
    device: SimulatedDevice, latency_s: float, rng: np.random.Generator, setting: SensorSetting, duration_s: float
) -> tuple[RawStream, int]:
    frames = device.frames
    true_s = frames.ticks_us / (1e6 + device.clock_ppm)
    late_s = LEAST_DELAY_S + latency_s + rng.exponential(setting.jitter_ms * 1e-3 + 1e-12, len(frames))
    arrival_s = np.maximum.accumulate(HOST_START_S + true_s + late_s)
    kept = _kept(np.asarray(true_s), rng, setting, duration_s)
    if kept.all():
        return RawStream(device.info, frames, arrival_s), 0
    return RawStream(device.info, frames.rows(kept), arrival_s[kept]), int((~kept).sum())


def _kept(
    true_s: NDArray[np.float64], rng: np.random.Generator, setting: SensorSetting, duration_s: float
) -> NDArray[np.bool_]:
    """Which frames arrive."""
    kept = np.asarray(rng.random(len(true_s)) >= setting.lose_fraction)
    for start_s in rng.uniform(0.0, duration_s, rng.poisson(setting.drop_outs_per_min * duration_s / 60.0)).tolist():
        kept &= (true_s < start_s) | (true_s >= start_s + setting.drop_out_ms * 1e-3)
    return kept
