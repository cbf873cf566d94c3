"""Calibrations of simulated sensors, made as a lab makes them: from what the boards send, never from what was drawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import numpy as np

from landing_lab.calibrate.insole_on_plate import calibrate_insole
from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.calibrate.plate import fit_plate
from landing_lab.calibrate.plate_readings import CellReadings, cell_readings
from landing_lab.calibrate.tap import plate_mode
from landing_lab.calibrate.unloading import filter_order
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.calibration import InsoleCalibration, PlateCalibration, as_document
from landing_lab.model.given import number_given, seed_given
from landing_lab.model.raw import RawRecording
from landing_lab.sim.body import LIMITS, DropJumpBody
from landing_lab.sim.calibration_session import BOUNDARIES_S, CALIBRATION_SESSION, calibration_session, heels_on
from landing_lab.sim.plate_calibration import PlateAct, plate_calibration
from landing_lab.sim.reception import received
from landing_lab.sim.setting import PLATE_FIELDS, SensorSetting, setting_named

Foot: TypeAlias = Literal["left", "right"]
FEET: Final[tuple[Foot, Foot]] = ("left", "right")

MASSES_KG: Final = (0.0, 5.0, 10.0, 20.0, 10.0, 5.0)
CORNERS_MM: Final = ((110.0, 110.0), (-110.0, 110.0), (110.0, -110.0), (-110.0, -110.0))
CORNER_KG: Final = 10.0
LOAD_S, SNATCH_S, TAP_S = 2.5, 3.0, 2.0
SNATCHES, TAPS = 3, 5

HANDS_S: Final = 0.5
"""Beginning and end of a load, when hands put it down or take it away."""


CALIBRATED_AT: Final = "2026-01-02T09:00:00+00:00"
"""A fixed day, so that the same seed gives the same bytes (choice)."""

MARK_MM: Final = (0.0, -130.0)
"""Where the middle of the heel edge belongs, (medial, anterior) from the middle of the plate."""

MARK_SD_DEG: Final = 2.0
"""How well a wearer points the toes along the marks (choice, as in tests/calibrate/walk_judgement.py)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InsoleSession:
    """What boards sent while a wearer calibrated both insoles on the plates, and what a lab knows beside it.

    raw: the readings. postures_s: posture -> from, to in seconds of the recording. plate: its calibration. heel_mm:
    the mark of the heels, (medial, anterior) from the middle of the plate, None where there was none; toe_out_deg:
    side -> how far the marks say that the toes point outwards.
    """

    raw: RawRecording
    postures_s: Mapping[str, tuple[float, float]]
    plate: PlateCalibration
    heel_mm: tuple[float, float] | None
    toe_out_deg: Mapping[str, float]


def simulate_calibration(
    seed: int = 1, *, mass_kg: float = 70.0, sensors: str = "typical", marked: bool = True
) -> InsoleSession:
    """A wearer of this mass calibrates the insoles of this seed on its plate: the same sensors as `simulate_sensors`.

    Feet up, flat, leaning fore and aft and sideways, heel raises, one leg, hops, in 66 s. sensors: a name of
    `landing_lab.sim.setting.SETTINGS`. marked: feet stand on marks, as nearly as people do. `calibrate_insole` takes
    it from there. Raises ParameterError for what cannot be simulated.
    """
    mass = number_given("mass_kg", mass_kg, *LIMITS["mass_kg"])
    return insole_session(seed_given(seed), setting_named(sensors), mass, CALIBRATED_AT, marked=marked)


def insole_session(
    seed: int,
    setting: SensorSetting,
    mass_kg: float,
    made_at: str,
    *,
    marked: bool,
    plate: PlateCalibration | None = None,
    lab: int | None = None,
) -> InsoleSession:
    """The same for any sensors and day.

    plate: a calibration that there is, else one is made. lab: seed of the boards' parts, as in `devices.sense`; the
    plate must be calibrated with the same.
    """
    known = plate or calibrated_plate(seed, _of_plates(setting), made_at)
    heels_mm = heels_on(MARK_MM, seed=seed, session=CALIBRATION_SESSION) if marked else None
    # Simulated feet point straight ahead: what they are off their marks is in what the marks say.
    turned_deg = MARK_SD_DEG * np.random.default_rng([seed, CALIBRATION_SESSION, 78]).standard_normal(2)
    body = DropJumpBody(mass_kg=mass_kg, standing_asymmetry_pct=0.0)
    session = calibration_session(body, seed=seed, setting=setting, heels_mm=heels_mm, lab=lab)
    facts = {"started_at": made_at, "simulated": True, "calibrations": documents([known])}
    boards = seed if lab is None else lab
    raw, _ = received(session, seed=boards, session=CALIBRATION_SESSION, setting=setting, metadata=facts)
    return InsoleSession(
        raw=raw,
        postures_s=BOUNDARIES_S,
        plate=known,
        heel_mm=MARK_MM if marked else None,
        toe_out_deg=dict(zip(FEET, turned_deg.tolist() if marked else (0.0, 0.0), strict=True)),
    )


@lru_cache(maxsize=512)
def calibrations(
    seed: int, setting: SensorSetting, mass_kg: float, made_at: str, *, marked: bool = True
) -> tuple[PlateCalibration, InsoleCalibration, InsoleCalibration]:
    """Plate, left and right insole of this seed, calibrated with known masses and then by a wearer of this mass.

    The same wearer, feet and sensors as in every recording of the seed. marked: feet stand on marks, as nearly as
    people do; else nobody knows where they stood. Kept, since sweeps use them again and again.
    """
    session = insole_session(seed, setting, mass_kg, made_at, marked=marked)
    return session.plate, *_insoles(session)


def worn_insoles(
    plate: PlateCalibration,
    *,
    seed: int,
    setting: SensorSetting,
    mass_kg: float,
    made_at: str,
    marked: bool = True,
    lab: int | None = None,
) -> tuple[InsoleCalibration, InsoleCalibration]:
    """Left and right insole under the feet of this seed, calibrated on a plate that is; arguments as above."""
    return _insoles(insole_session(seed, setting, mass_kg, made_at, marked=marked, plate=plate, lab=lab))


def _insoles(session: InsoleSession) -> tuple[InsoleCalibration, InsoleCalibration]:
    left, right = (
        calibrate_insole(
            session.raw,
            side,
            postures_s=session.postures_s,
            plate=session.plate,
            heel_mm=session.heel_mm,
            toe_out_deg=session.toe_out_deg[side],
        )
        for side in FEET
    )
    return left, right


def documents(made: Sequence[PlateCalibration | InsoleCalibration]) -> dict[str, dict[str, object]]:
    """The calibrations as a recording carries them: device id -> document."""
    return {one.device_id: as_document(one) for one in made}


@lru_cache(maxsize=512)
def calibrated_plate(seed: int, setting: SensorSetting, made_at: str) -> PlateCalibration:
    """Masses up and down and near each cell, quick unloadings, taps on the empty plates.

    A plate that rings where its converters see it says nothing of the filter order.
    """
    acts = [act for side in FEET for act in _acts(side)]
    simulated = plate_calibration(acts, seed=seed, setting=setting)
    info, frames = simulated.device.info, simulated.device.frames
    loads: list[KnownLoad] = []
    snatched: dict[Foot, list[list[CellReadings]]] = {side: [] for side in FEET}
    tapped: dict[Foot, list[list[CellReadings]]] = {side: [] for side in FEET}
    start_s = 0.0
    for act in acts:
        stop_s = start_s + act.seconds
        if act.what == "rest":
            loads.append(_load(frames, act, start_s + HANDS_S, stop_s - HANDS_S))
        else:
            # A snatched mass is on its way down for the first half second.
            begin_s = start_s + (HANDS_S if act.what == "snatch" else 0.0)
            pieces = snatched if act.what == "snatch" else tapped
            pieces[act.side].append(cell_readings(info, _between(frames, begin_s, stop_s), act.side))
        start_s = stop_s
    made = fit_plate(info, loads, made_at=made_at)
    return _with_dynamics(made, snatched, tapped)


def _of_plates(setting: SensorSetting) -> SensorSetting:
    """Nothing but the plates of a setting: what feet and insoles are does not change how a plate is calibrated."""
    names = [name for name in PLATE_FIELDS if name != "spike_rate_per_s"]
    return SensorSetting(**{name: getattr(setting, name) for name in names})


def _with_dynamics(
    made: PlateCalibration,
    snatched: dict[Foot, list[list[CellReadings]]],
    tapped: dict[Foot, list[list[CellReadings]]],
) -> PlateCalibration:
    modes = [plate_mode(tapped[side]) for side in FEET]
    seen = min((mode for mode in modes if mode.mode_hz), key=lambda mode: mode.mode_hz or 0.0, default=None)
    bounds = [mode.at_least_hz for mode in modes]
    calm = [side for side, mode in zip(FEET, modes, strict=True) if mode.mode_hz is None]
    pooled = filter_order([piece for side in calm for piece in snatched[side]])
    return dataclasses.replace(
        made,
        filter_order=pooled.order,
        filter_order_probability=pooled.sure,
        mode_hz=None if seen is None else seen.mode_hz,
        mode_damping=None if seen is None else seen.damping,
        mode_at_least_hz=None if seen or None in bounds else min(bound for bound in bounds if bound is not None),
    )


def _acts(side: Foot) -> list[PlateAct]:
    loads = [PlateAct(what="rest", side=side, seconds=LOAD_S + 2 * HANDS_S, mass_kg=mass) for mass in MASSES_KG]
    corners = [
        PlateAct(what="rest", side=side, seconds=LOAD_S + 2 * HANDS_S, mass_kg=CORNER_KG, at_mm=at_mm)
        for at_mm in CORNERS_MM
    ]
    empty = PlateAct(what="rest", side=side, seconds=LOAD_S + 2 * HANDS_S)
    quick = [PlateAct(what="snatch", side=side, seconds=SNATCH_S, mass_kg=CORNER_KG)] * SNATCHES
    return [*loads, *corners, empty, *quick, *[PlateAct(what="tap", side=side, seconds=TAP_S)] * TAPS]


def _load(frames: FrameBlock, act: PlateAct, start_s: float, stop_s: float) -> KnownLoad:
    return KnownLoad(
        label=f"{act.side} {act.mass_kg:g} kg",
        side=act.side,
        mass_kg=act.mass_kg,
        frames=_between(frames, start_s, stop_s),
        position_mm=act.at_mm,
    )


def _between(frames: FrameBlock, start_s: float, stop_s: float) -> FrameBlock:
    return frames.rows((frames.ticks_us >= start_s * 1e6) & (frames.ticks_us < stop_s * 1e6))
