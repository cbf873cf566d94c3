"""What two FSR insoles and an HX711 plate would have recorded of a jump that force plates measured."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Final

import numpy as np

from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.model.blocks import FloatArray
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Recording
from landing_lab.sim.calibrated import CALIBRATED_AT, calibrations, documents
from landing_lab.sim.devices import sense
from landing_lab.sim.foot import draw_foot, part_shares
from landing_lab.sim.measured_force import FeetSource, feet_source, part_of, wearer_kg
from landing_lab.sim.reception import received, scene_to_recording
from landing_lab.sim.scene import Scene
from landing_lab.sim.sensed_truth import LOADED_N, SensedTruth, describe_contacts, places_mm
from landing_lab.sim.setting import TYPICAL, SensorSetting

RECORDED_AT: Final = "2026-01-02T10:00:00+00:00"
"""A fixed day, so that the same seed gives the same bytes (choice)."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class SensedRecording:
    """A raw recording with the calibrations that a lab would have made of its sensors, and what is true of it."""

    raw: RawRecording
    truth: SensedTruth

    @functools.cached_property
    def recording(self) -> Recording:
        """The recording in newton, through its calibrations."""
        return recording_from_raw(self.raw)


def sensed_recording(
    force_n: FloatArray,
    rate_hz: float,
    *,
    seed: int,
    setting: SensorSetting = TYPICAL,
    cop_mm: FloatArray | None = None,
    speed_up: float = 1.0,
    on_box: bool = True,
    session: int = 0,
    calibrated: bool = True,
    marked: bool = True,
) -> SensedRecording:
    """The raw recording of sensors drawn from the seed under this force (n, 2) in N, left and right.

    cop_mm: (n, 2, 2) measured COP of each foot, (medial, anterior) in mm from any place; None draws a roll. speed_up:
    landings so many times faster. on_box: a file that begins with empty plates begins on a box, whose load insoles
    feel. session: another recording of the same sensors. calibrated False: without calibrations. marked: whether
    the wearer stood on marks while the insoles were calibrated. Calibrations are
    computed from simulated sessions of the same sensors by the code that calibrates real ones.
    Raises ParameterError for a force that cannot stand for two feet.
    """
    source = feet_source(
        force_n, rate_hz, seed=seed + 7919 * session, layout=setting.layout, cop_mm=cop_mm, speed_up=speed_up
    )
    part = part_of(source, seed=seed + 7919 * session, on_box=on_box)
    scene = sense(Scene(part=part, truths=(), start_s=()), seed=seed, session=session, setting=setting)
    facts: dict[str, object] = {"started_at": RECORDED_AT, "simulated": True}
    if calibrated:
        facts["calibrations"] = documents(calibrations(seed, setting, wearer_kg(source), CALIBRATED_AT, marked=marked))
    raw, links = received(scene, seed=seed, session=session, setting=setting, metadata=facts)
    offset_s, rate = scene_to_recording(raw, scene)
    drawn = {
        "seed": seed,
        "session": session,
        "speed_up": speed_up,
        "cop": "drawn roll" if source.rolled else "measured",
        "calibration_mass_kg": wearer_kg(source) if calibrated else None,
        **scene.drawn,
        **links,
    }
    return SensedRecording(raw=raw, truth=_truth(source, setting, seed, (offset_s, rate), drawn))


def _truth(
    source: FeetSource, setting: SensorSetting, seed: int, clock: tuple[float, float], drawn: Mapping[str, object]
) -> SensedTruth:
    time_s = np.asarray(clock[0] + clock[1] * np.arange(len(source.force_n)) / 1000.0, dtype=np.float64)
    cop_mm = places_mm(source.cop, setting.layout)
    cop_mm[source.force_n < LOADED_N] = np.nan
    shares = [
        part_shares(draw_foot(2 * seed + foot, setting=setting), source.force_n[:, foot], source.cop[:, foot])
        for foot in (0, 1)
    ]
    parts_n = np.stack(shares, axis=1) * source.force_n[:, :, None]
    return SensedTruth(
        time_s=time_s,
        force_n=source.force_n,
        cop_mm=cop_mm,
        parts_n=parts_n,
        contacts=describe_contacts(time_s, source.force_n, cop_mm, parts_n, source.contacts),
        weight_n=source.weight_n,
        drawn=drawn,
    )
