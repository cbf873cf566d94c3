"""The lab's three boards in a simulated scene: two FSR insoles and one plate board, each with its own clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_SATURATED, FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo, SimulatedDevice
from landing_lab.sim import fsr, hx711
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.contact import FINE_STEP_S, fine_times
from landing_lab.sim.drop_jump import draw_body
from landing_lab.sim.foot import cell_forces, draw_foot
from landing_lab.sim.roll import COP_STRIDE
from landing_lab.sim.scene import Scene, jump_scene
from landing_lab.sim.setting import ONE_VISIT, SensorSetting
from landing_lab.sim.truth import DropJumpTruth

CLOCK_LIMIT_PPM = 200.0
"""Resonator and crystal of Arduino boards stay within this (hardware.md simulates up to 3000 for bad ones)."""

MAX_TRIALS = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedScene:
    """What three boards would send during a scene, and what is true.

    devices: left insole, right insole, plate board (channels 0-3 left plate, 4-7 right plate).
    truths: one per jump, times in scene time; start_s: where each jump's own time begins.
    clock_ppm: device clock minus scene clock of each board, in 1e-6: ticks_us = 1e6 (1 + ppm / 1e6) scene time.
    drawn: every parameter of the sensors that was drawn, plain values for JSON.
    """

    devices: tuple[SimulatedDevice, SimulatedDevice, SimulatedDevice]
    truths: tuple[DropJumpTruth, ...]
    start_s: tuple[float, ...]
    duration_s: float
    clock_ppm: tuple[float, float, float]
    drawn: Mapping[str, object] = field(default_factory=dict)


def simulate_devices(
    bodies: Sequence[DropJumpBody],
    *,
    seed: int,
    session: int = 0,
    clock_ppm: tuple[float, float, float] | None = None,
    stand_s: float = 3.0,
    pause_s: float = 1.0,
    spike_rate_per_s: float = 0.0,
) -> SimulatedScene:
    """Stand on the plates, then step up and jump once per body, as the three boards would report it.

    seed: the subject's feet and all parts of the sensors. session: everything that differs between two recordings
    with the same sensors (noise, drift, phase, how the insole lies). clock_ppm: drawn within +-200 if not given.
    spike_rate_per_s: corrupted HX711 readings per cell, see `hx711.read_plate`.
    Raises ParameterError for no body, more than 50, or values outside their limits.
    """
    if not 1 <= len(bodies) <= MAX_TRIALS:
        raise ParameterError(f"a scene needs 1 to {MAX_TRIALS} bodies; got {len(bodies)}; give one per jump")
    for name, value in (("stand_s", stand_s), ("pause_s", pause_s)):
        if not 0.5 <= value <= 60.0:
            raise ParameterError(f"{name} must be 0.5 to 60 s; got {value}; choose a time inside these limits")
    scene = jump_scene(bodies, seed=seed + 1009 * session, stand_s=stand_s, pause_s=pause_s)
    return sense(scene, seed=seed, session=session, clock_ppm=clock_ppm, spike_rate_per_s=spike_rate_per_s)


def drop_jump_scene(n_trials: int = 3, *, seed: int = 1) -> SimulatedScene:
    """A demo: jumps that differ on purpose in height, stiffness and asymmetry, one after the other."""
    return simulate_devices(demo_bodies(n_trials, seed=seed), seed=seed)


def trial_scene(body: DropJumpBody, *, seed: int, session: int) -> SimulatedScene:
    """One jump as a recording of its own, about 10 s: 2 s of standing, step up, jump, 3.2 s of quiet standing."""
    return simulate_devices([body], seed=seed, session=session, stand_s=2.0)


def demo_bodies(n_trials: int = 3, *, seed: int = 1) -> tuple[DropJumpBody, ...]:
    """One athlete, n_trials jumps: a stiff bounce, a soft deep one, a lopsided one, and so on in turn."""
    if not 1 <= n_trials <= MAX_TRIALS:
        raise ParameterError(f"n_trials must be 1 to {MAX_TRIALS}; got {n_trials}; give one per jump")
    mass_kg = draw_body(seed).mass_kg
    styles = ((0.30, 0.95, 3.0, 2.0), (0.20, 0.15, -4.0, -3.0), (0.40, 0.55, 24.0, -11.0))
    bodies = []
    for index in range(n_trials):
        drop_m, bounce, asymmetry_pct, delay_ms = styles[index % len(styles)]
        bodies.append(
            draw_body(
                seed + 31 * index,
                mass_kg=mass_kg,
                drop_height_m=drop_m,
                bounce=bounce,
                asymmetry_pct=asymmetry_pct,
                delay_ms=delay_ms,
                empty_s=1.6,
                quiet_s=3.2,
            )
        )
    return tuple(bodies)


def sense(
    scene: Scene,
    *,
    seed: int,
    session: int = 0,
    clock_ppm: tuple[float, float, float] | None = None,
    spike_rate_per_s: float = 0.0,
    setting: SensorSetting = ONE_VISIT,
    same_bend: bool = False,
    lab: int | None = None,
    worn: int | None = None,
) -> SimulatedScene:
    """What the three boards report of any scene; other arguments as in `simulate_devices`.

    setting: what the sensors are. same_bend: as in `foot.cell_forces`. lab: seed of the parts of the boards, which
    several wearers then share; None: those of `seed`. worn: number of the visit during which the insoles stay in the
    shoes; None: every recording is a visit of its own.
    """
    boards = seed if lab is None else lab
    ppm = _clock_ppm([seed, session, 7]) if clock_ppm is None else clock_ppm
    if any(not abs(value) <= 5000.0 for value in ppm):
        raise ParameterError(f"clock_ppm must lie within +-5000; got {ppm}; give three clock errors in 1e-6")
    (left, left_drawn), (right, right_drawn) = (
        _insole(
            scene, foot, seed=seed, session=session, ppm=ppm[foot], setting=setting, same_bend=same_bend,
            boards=boards, worn=worn,
        )
        for foot in (0, 1)
    )  # fmt: skip
    parts = hx711.draw_board(boards, setting=setting)
    rng, spikes = np.random.default_rng([seed, session, 2]), spike_rate_per_s or setting.spike_rate_per_s
    plate = plate_board(scene, parts=parts, rng=rng, ppm=ppm[2], spike_rate_per_s=spikes)
    return SimulatedScene(
        devices=(left, right, plate),
        truths=scene.truths,
        start_s=scene.start_s,
        duration_s=scene.duration_s,
        clock_ppm=ppm,
        drawn={
            "setting": setting.as_dict(),
            "clock_ppm": list(ppm),
            "insole_left": left_drawn,
            "insole_right": right_drawn,
            "plate_left": parts[0].as_dict(),
            "plate_right": parts[1].as_dict(),
        },
    )


def _clock_ppm(seed: list[int]) -> tuple[float, float, float]:
    left, right, plate = np.random.default_rng(seed).uniform(-CLOCK_LIMIT_PPM, CLOCK_LIMIT_PPM, 3).tolist()
    return left, right, plate


def _insole(
    scene: Scene,
    foot: int,
    *,
    seed: int,
    session: int,
    ppm: float,
    setting: SensorSetting,
    same_bend: bool,
    boards: int,
    worn: int | None,
) -> tuple[SimulatedDevice, dict[str, object]]:
    """The insole of one foot (0 left, 1 right), and what was drawn of it."""
    rng = np.random.default_rng([seed, session, foot])
    rate = 1.0 + ppm * 1e-6
    slip_mm = rng.normal(0.0, setting.slip_sd_mm / np.sqrt(2.0), 2)
    visit = session if worn is None else worn
    if worn is not None:
        slip_mm = np.random.default_rng([seed, worn, foot, 12]).normal(0.0, setting.slip_sd_mm / np.sqrt(2.0), 2)
    phase_us = int(rng.integers(0, 1000))
    n = int((scene.duration_s - 2e-3) * rate * nominal.INSOLE_RATE_HZ)
    ticks_us = phase_us + np.arange(n, dtype=np.int64) * round(1e6 / nominal.INSOLE_RATE_HZ)
    time_s: FloatArray = ticks_us.astype(np.float64) * 1e-6 / rate
    force_n = _at(time_s, scene.part.insole_n[:, foot], FINE_STEP_S)
    cop_step_s = FINE_STEP_S * COP_STRIDE
    cop = np.column_stack([_at(time_s, scene.part.cop[:, foot, axis], cop_step_s) for axis in (0, 1)])
    field = draw_foot(2 * seed + foot, slip_mm=(float(slip_mm[0]), float(slip_mm[1])), setting=setting)
    cells_n = cell_forces(field, force_n, cop, rng=rng, sample_rate_hz=nominal.INSOLE_RATE_HZ, same_bend=same_bend)
    cells_n = fsr.late(cells_n, setting.shoe_lag_ms * 1e-3, nominal.INSOLE_RATE_HZ)
    redon = np.random.default_rng([seed, visit, foot, 11]).standard_normal(len(setting.layout))
    gain = np.exp(setting.redon_gain_sd / np.sqrt(2.0) * redon)
    parts = fsr.draw_parts(2 * boards + foot + 500_000, setting=setting, gain=gain)
    counts = fsr.read_cells(cells_n, parts, rng=rng)
    full = (1 << nominal.ADC_BITS) - 1
    flags = np.where((counts >= full).any(axis=1), FLAG_SATURATED, 0).astype(np.int64)
    frames = FrameBlock(
        sequence=np.arange(n, dtype=np.int64), ticks_us=ticks_us, counts=counts, channel=None, flags=flags
    )
    drawn = {**parts.as_dict(), "slip_mm": slip_mm.tolist(), "redon_gain": gain.tolist()}
    device = SimulatedDevice(info=insole_info(foot, len(setting.layout)), frames=frames, clock_ppm=ppm)
    return device, drawn


def insole_info(foot: int, n_channels: int = nominal.INSOLE_CHANNELS) -> DeviceInfo:
    """What the insole board of one foot says of itself."""
    return DeviceInfo(
        kind="insole-fsr",
        device_id=f"SIM-IN-{'LR'[foot]}",
        placement="right" if foot else "left",
        firmware_version="1.0.0",
        protocol_version=1,
        n_channels=n_channels,
        sample_rate_hz=nominal.INSOLE_RATE_HZ,
        adc_prescaler=64,
        reference_v=nominal.SUPPLY_V,
        channel_skew_us=nominal.INSOLE_CHANNEL_SKEW_US,
        settle_us=0.0,
        gain=1,
        sensor_kind="fsr_insole",
    )


def plate_board(
    scene: Scene,
    *,
    parts: tuple[hx711.PlateParts, hx711.PlateParts],
    rng: np.random.Generator,
    ppm: float,
    spike_rate_per_s: float,
) -> SimulatedDevice:
    """The board with the four cells of the left plate, then the four of the right; parts: of both."""
    n_cells = len(nominal.PLATE_CELLS_MM)
    cop_mm = np.repeat(scene.plate_cop_mm(), COP_STRIDE, axis=0)
    sides = [
        hx711.read_plate(
            scene.part.plate_n[:, foot],
            cop_mm[:, foot],
            parts[foot],
            rng=rng,
            spike_rate_per_s=spike_rate_per_s,
        )
        for foot in (0, 1)
    ]
    time_s = np.concatenate([side.time_s for side in sides])
    order = np.argsort(time_s, kind="stable")
    channel = np.concatenate([side.cell + n_cells * foot for foot, side in enumerate(sides)])[order]
    values = np.concatenate([side.counts for side in sides])[order]
    counts = np.zeros((len(values), 2 * n_cells), dtype=np.int32)
    counts[np.arange(len(values)), channel] = values
    at_end = (values <= nominal.HX711_LOWEST_COUNT) | (values >= nominal.HX711_HIGHEST_COUNT)
    frames = FrameBlock(
        sequence=np.arange(len(values), dtype=np.int64),
        ticks_us=np.round(time_s[order] * (1e6 + ppm)).astype(np.int64),
        counts=counts,
        channel=channel,
        flags=np.where(at_end, FLAG_SATURATED, 0).astype(np.int64),
    )
    return SimulatedDevice(info=plate_info(), frames=frames, clock_ppm=ppm)


def plate_info() -> DeviceInfo:
    """What the plate board says of itself."""
    return DeviceInfo(
        kind="plate-hx711",
        device_id="SIM-PLT",
        placement="total",
        firmware_version="1.0.0",
        protocol_version=1,
        n_channels=2 * len(nominal.PLATE_CELLS_MM),
        sample_rate_hz=nominal.HX711_RATE_HZ,
        adc_prescaler=0,
        reference_v=nominal.SUPPLY_V,
        channel_skew_us=0.0,
        settle_us=50_000.0,
        gain=128,
        sensor_kind="hx711_plate",
    )


def _at(time_s: FloatArray, values: FloatArray, step_s: float) -> FloatArray:
    """Values (n,) on an even grid from 0, linearly between its rows."""
    return np.interp(time_s, fine_times(len(values), step_s), values)
