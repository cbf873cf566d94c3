"""Simulated boards that act out the steps of a calibration: for practice, for tests and for CI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.model.channels import Side
from landing_lab.model.device import SimulatedDevice
from landing_lab.sim.calibration_session import CALIBRATION_SESSION, GUIDED_S, calibration_session, heels_on
from landing_lab.sim.devices import demo_bodies
from landing_lab.sim.insole_bench import CellAct, insole_bench
from landing_lab.sim.plate_calibration import PlateAct, SimulatedPlateCalibration, plate_calibration

LOAD_S, EMPTY_S, SNATCH_S, TAP_S = 5.0, 4.5, 4.0, 3.0
"""How long each thing is done: what its step needs to be seen and read, and half a second more."""

SIM_MASSES_KG: Final = (5.0, 10.0, 20.0)
SIM_CELL_MASSES_KG: Final = (0.1, 0.2, 0.5, 1.0, 2.0)


def act_out_plate(steps: Sequence[GuidedStep], *, seed: int) -> SimulatedPlateCalibration:
    """The plate board while somebody does these steps without a mistake."""
    acts: list[PlateAct] = []
    for step in steps:
        on = _foot(step.side)
        if step.kind == "load":
            at_mm = step.position_mm or (0.0, 0.0)
            acts.append(PlateAct(what="rest", side=on, seconds=LOAD_S, mass_kg=step.mass_kg, at_mm=at_mm))
        elif step.kind == "unload":
            acts += [PlateAct(what="snatch", side=on, seconds=SNATCH_S, mass_kg=step.mass_kg)] * step.repeats
        elif step.kind == "tap":
            acts += [PlateAct(what="tap", side=on, seconds=TAP_S)] * step.repeats
        else:
            acts.append(PlateAct(what="rest", side=on, seconds=EMPTY_S))
    acts.append(PlateAct(what="rest", side="left", seconds=EMPTY_S))
    return plate_calibration(acts, seed=seed)


def act_out_bench(steps: Sequence[GuidedStep], *, seed: int, side: Side) -> SimulatedDevice:
    """One insole on a table while somebody loads its cells."""
    acts = [CellAct(cell=step.cell or 0, mass_kg=step.mass_kg, seconds=LOAD_S) for step in steps]
    return insole_bench(acts, seed=seed, foot=1 if side == "right" else 0)


def act_out_postures(
    *, seed: int, later: bool = False, heel_mm: tuple[float, float] | None = None
) -> tuple[SimulatedDevice, ...]:
    """Both insoles and the plate under a wearer; later: at the end of the session, for the check.

    heel_mm: where marks say that the heels stand, as `calibrate insole --heel-mm`; None for feet that stand somewhere.
    """
    body = demo_bodies(1, seed=seed)[0]
    session = CALIBRATION_SESSION + (10 if later else 0)
    heels_mm = None if heel_mm is None else heels_on(heel_mm, seed=seed, session=session)
    return calibration_session(body, seed=seed, at_s=GUIDED_S, session=session, heels_mm=heels_mm).devices


def _foot(side: Side) -> Literal["left", "right"]:
    return "right" if side == "right" else "left"
