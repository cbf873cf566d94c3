"""From a jump to what the laboratory's boards sent of it, and the calibrations that its recordings carry."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.app.datasets.example import design
from landing_lab.app.datasets.example.athletes import Athlete
from landing_lab.app.datasets.example.schedule import calibrated_at
from landing_lab.io.calibration_files import read_calibration, read_calibrations, write_calibration
from landing_lab.model.calibration import Calibration, PlateCalibration
from landing_lab.model.raw import RawRecording
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.calibrated import calibrated_plate, worn_insoles
from landing_lab.sim.devices import SimulatedScene, sense
from landing_lab.sim.reception import received, scene_to_recording
from landing_lab.sim.scene import jump_scene
from landing_lab.sim.setting import ONE_VISIT
from landing_lab.sim.truth import DropJumpTruth

CLOCK_PPM: Final = (-41.0, 63.0, 18.0)
"""How fast the clocks of left insole, right insole and plate run, compared with true time."""

STAND_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensed:
    """What was received of one jump, and what is true: in the jump's own scene, whose time 0 is at start_s in the file.

    rate: seconds of the recording per second of the scene.
    """

    raw: RawRecording
    truth: DropJumpTruth
    start_s: float
    rate: float


def sensed(athlete: Athlete, body: DropJumpBody, session: int, run: int, metadata: Mapping[str, object]) -> Sensed:
    """One jump as the boards would have sent it; insoles stay in the shoes during a day."""
    number = 100 * session + run
    scene = jump_scene([body], seed=athlete.seed + 1009 * number, stand_s=STAND_S)
    boards: SimulatedScene = sense(
        scene, seed=athlete.seed, session=number, clock_ppm=CLOCK_PPM, lab=design.LAB, worn=min(session, 2)
    )
    noise = 1000 * athlete.number + number
    raw, _ = received(boards, seed=design.LAB, session=noise, setting=ONE_VISIT)
    start_s, rate = scene_to_recording(raw, boards)
    raw = dataclasses.replace(raw, metadata=metadata)  # the usual layouts are not named in recordings
    return Sensed(raw=raw, truth=boards.truths[0], start_s=start_s, rate=rate)


def write_plate(dataset: Path) -> None:
    """The calibration of the one plate board, made with known masses, as the first of the dataset's calibrations."""
    write_calibration(calibrated_plate(design.LAB, ONE_VISIT, design.PLATE_CALIBRATED.isoformat()), dataset)


def calibrations_of(athlete: Athlete, dataset: Path) -> list[Calibration]:
    """The plate's calibration, and those of both insoles under this athlete's feet, which are written now."""
    plate = next(one for one in read_calibrations(dataset)[0] if isinstance(one, PlateCalibration))
    made_at = calibrated_at(athlete.number).isoformat()
    insoles = worn_insoles(
        plate, seed=athlete.seed, setting=ONE_VISIT, mass_kg=athlete.mass_kg, made_at=made_at, lab=design.LAB
    )
    return [plate, *(read_calibration(write_calibration(one, dataset)) for one in insoles)]
