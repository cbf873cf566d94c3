"""The calibrations that can be typed: of plates, of insoles on the plate or on the bench, and the check at the end."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from landing_lab.app.calibration.prepared import bench_prepared, insoles_prepared, plate_prepared
from landing_lab.app.calibration.run import boards, finish
from landing_lab.app.calibration.settings import CalibrateSettings, checked_marks
from landing_lab.app.calibration.steps import (
    CORNER_MM,
    GuidedStep,
    bench_plan,
    checked_cell_masses,
    checked_corner,
    checked_masses,
    plan_of_loads,
    plate_plan,
)
from landing_lab.errors import ParameterError
from landing_lab.io.path import check_path
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo, SimulatedDevice

MAX_LOADS: Final = 200

MARKED_SD_PCT: Final = 1.0
"""Gym weights are marked no better than this."""


def ask_masses(wanted: str) -> list[float]:
    """Masses typed by the person at the terminal, in kg."""
    print(wanted)
    try:
        line = input("Masses in kg, such as 5 10 20: ")
        return [float(word) for word in line.replace(",", " ").replace(";", " ").split()]
    except EOFError:
        return []
    except ValueError as error:
        raise ParameterError(f"masses are numbers in kg with spaces between them ({error}); type them again") from error


def masses_of(
    typed: Sequence[float],
    settings: CalibrateSettings,
    simulated: Sequence[float],
    wanted: str,
    *,
    checked: Callable[[Sequence[float]], list[float]] = checked_masses,
) -> list[float]:
    """The masses that were named; those of the simulation; or what a person answers."""
    if typed:
        return checked(typed)
    if settings.simulated:
        return list(simulated)
    if settings.script is None and sys.stdin is not None and sys.stdin.isatty():
        return checked(ask_masses(wanted))
    return checked([])


def run_plate(
    settings: CalibrateSettings,
    masses_kg: Sequence[float],
    *,
    loads: Path | None = None,
    corner_mm: float = CORNER_MM,
    quick: bool = True,
) -> int:
    """Calibrate the first plate board that answers; the exit code."""
    from landing_lab.app.calibration.sim import SIM_MASSES_KG, act_out_plate
    from landing_lab.sim.devices import plate_info

    checked_corner(corner_mm)
    rows = None if loads is None else read_loads(loads)
    if not settings.simulated and settings.mass_sd_pct < MARKED_SD_PCT:
        _say(
            f"note: the masses are taken as known to {settings.mass_sd_pct:g} %, as weighed on a good scale. Marked "
            "gym weights are off by 1-3 %: weigh them, or say --mass-sd-pct 2."
        )
    if rows is None:
        wanted = "Which known masses does the lab have? Two or more, the largest about the weight of a person."
        masses_kg = masses_of(masses_kg, settings, SIM_MASSES_KG, wanted)
    elif masses_kg:
        raise ParameterError("--loads names every load; leave out --mass-kg, or leave out --loads")

    def plan(info: DeviceInfo) -> list[GuidedStep]:
        return plan_of_loads(info, rows) if rows is not None else plate_plan(
            info, masses_kg, corner_mm=corner_mm, quick=quick
        )  # fmt: skip

    with boards(settings, lambda: [act_out_plate(plan(plate_info()), seed=settings.seed).device]) as links:
        prepared = plate_prepared(links, settings, plan, say=_say)
        recorded = prepared.record()
    return finish(recorded, settings)


def read_loads(path: Path) -> list[tuple[float, tuple[float, float] | None, Side]]:
    """Loads from a CSV file with the columns mass_kg, medial_mm, anterior_mm and, where there are two plates, side."""
    file = check_path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            table = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParameterError(f"the loads in {path.name} cannot be read ({error}); it is a CSV file") from error
    if not table or "mass_kg" not in table[0] or len(table) > MAX_LOADS:
        raise ParameterError(
            f"{path.name} names no loads: its first line is mass_kg,medial_mm,anterior_mm,side and each other line one "
            f"load, up to {MAX_LOADS}"
        )
    return [_load_of(row, number, path.name) for number, row in enumerate(table, start=2)]


def _load_of(row: dict[str, str | None], number: int, name: str) -> tuple[float, tuple[float, float] | None, Side]:
    named = (row.get("side") or "total").strip() or "total"
    side: Side | None = {"left": "left", "right": "right", "total": "total"}.get(named)  # type: ignore[assignment]
    try:
        mass_kg = float(row.get("mass_kg") or "")
        words = [(row.get(column) or "").strip() for column in ("medial_mm", "anterior_mm")]
        at_mm = (float(words[0]), float(words[1])) if all(words) else None
    except ValueError:
        side = None
    if side is None or (at_mm is not None and max(map(abs, at_mm)) > 1000.0):
        raise ParameterError(
            f"line {number} of {name} is no load; write kilograms, millimetres from the middle, and left or right"
        )
    return mass_kg, at_mm, side


def run_insole(
    settings: CalibrateSettings, *, side: Literal["left", "right", "both"], bench: bool, masses_kg: Sequence[float]
) -> int:
    """Calibrate insoles; the exit code."""
    checked_marks(settings)
    if bench and settings.heel_mm is not None:
        raise ParameterError("--heel-mm is for a wearer on the plate; leave it out with --bench")
    if masses_kg and not bench:
        raise ParameterError("--mass-kg loads single cells on the bench; add --bench, or leave it out")
    return _run_bench(settings, side, masses_kg) if bench else _run_on_plate(settings, side)


def _run_on_plate(settings: CalibrateSettings, side: Literal["left", "right", "both"]) -> int:
    from landing_lab.app.calibration.sim import act_out_postures

    with boards(settings, lambda: act_out_postures(seed=settings.seed, heel_mm=settings.heel_mm)) as found:
        prepared = insoles_prepared(found, settings, side, say=_say)
        recorded = prepared.record()
    return finish(recorded, prepared.settings, prepared.plate)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _run_bench(settings: CalibrateSettings, side: Literal["left", "right", "both"], masses_kg: Sequence[float]) -> int:
    from landing_lab.app.calibration.sim import SIM_CELL_MASSES_KG, act_out_bench
    from landing_lab.sim.devices import insole_info

    wanted = "Which masses fit on one cell? Five or more, such as 0.1 0.2 0.5 1 2 kg, on a disc of the cell's size."
    masses = masses_of(masses_kg, settings, SIM_CELL_MASSES_KG, wanted, checked=checked_cell_masses)
    foot: Side = "right" if side == "right" else "left"

    def acted() -> list[SimulatedDevice]:
        steps = bench_plan(insole_info(1 if foot == "right" else 0), masses)
        return [act_out_bench(steps, seed=settings.seed, side=foot)]

    with boards(settings, acted) as links:
        recorded = bench_prepared(links, settings, side, masses).record()
    return finish(recorded, settings)
