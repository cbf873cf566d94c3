"""The calibrations that can be typed: of plates, of insoles on the plate or on the bench, and the check at the end."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from landing_lab.app.calibration.run import CalibrateSettings, boards, finish, of_kind, record_steps
from landing_lab.app.calibration.steps import (
    CORNER_MM,
    GuidedStep,
    bench_plan,
    checked_cell_masses,
    checked_masses,
    insole_plan,
    plan_of_loads,
    plate_plan,
    plate_words,
)
from landing_lab.calibrate.convert import foreign
from landing_lab.errors import CalibrationError, ParameterError
from landing_lab.io.calibration_files import newest_calibrations, read_calibrations
from landing_lab.io.layout_files import layouts_wanted
from landing_lab.io.path import check_path
from landing_lab.io.visible import visible
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, validity
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo, DeviceLink, SimulatedDevice

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

    if not 30.0 <= corner_mm <= 1000.0:
        raise ParameterError(f"--corner-mm {corner_mm:g} is outside 30-1000 mm")
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
        plates = of_kind(links, "hx711_plate")
        if len(plates) > 1:
            others = ", ".join(visible(link.info.device_id) for link in plates[1:])
            print(f"note: {others} also answers; calibrate it after this one: --port {plates[1].url}", file=sys.stderr)
        recorded = record_steps("plate", plates[:1], plan(plates[0].info), settings)
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
    if settings.toe_out_deg and settings.heel_mm is None:
        raise ParameterError("--toe-out-deg turns marks that --heel-mm names; give that too, or leave both out")
    if bench and settings.heel_mm is not None:
        raise ParameterError("--heel-mm is for a wearer on the plate; leave it out with --bench")
    if masses_kg and not bench:
        raise ParameterError("--mass-kg loads single cells on the bench; add --bench, or leave it out")
    return _run_bench(settings, side, masses_kg) if bench else _run_on_plate(settings, side)


def _run_on_plate(settings: CalibrateSettings, side: Literal["left", "right", "both"]) -> int:
    from landing_lab.app.calibration.sim import act_out_postures

    feet = ("left", "right") if side == "both" else (side,)
    with boards(settings, lambda: act_out_postures(seed=settings.seed, heel_mm=settings.heel_mm)) as found:
        links = plate_then_insoles(found, feet, whole=side != "both")
        settings = replace(settings, sides=tuple(link.info.placement for link in links[1:]))
        calibrations = _plate_calibration(settings, links[0].info)
        plate = calibrations.get(links[0].info.device_id)
        if settings.bench_laws:
            calibrations |= newest_bench_laws(settings, [link.info for link in links[1:]])
        recorded = record_steps(
            "on plate", links, insole_plan(marked=settings.heel_mm is not None), settings, calibrations
        )
    return finish(recorded, settings, plate if isinstance(plate, PlateCalibration) else None)


def plate_then_insoles(links: Sequence[DeviceLink], feet: Sequence[str], *, whole: bool) -> list[DeviceLink]:
    """The plate board, then the insoles of these feet; whole: every named foot must be there."""
    plate = of_kind(links, "hx711_plate")[0]
    insoles = [link for link in of_kind(links, "fsr_insole") if link.info.placement in feet]
    if not insoles or (whole and len(insoles) < len(feet)):
        raise CalibrationError(f"no {' or '.join(feet)} insole answers; plug it in or choose another --side")
    return [plate, *insoles]


def _plate_calibration(settings: CalibrateSettings, info: DeviceInfo) -> dict[str, Calibration]:
    """The newest calibration of the plate, named to the operator with what is wrong with it."""
    damaged: list[str] = []
    made = newest_calibrations(settings.dataset, [info.device_id], damaged=damaged).get(info.device_id)
    unfit = None if made is None else foreign(info, made)
    for sentence in damaged:
        _say(f"note: {visible(sentence)}")
    if made is None or unfit is not None:
        why = unfit or f"{info.device_id} has no calibration in {settings.dataset}"
        _say(
            f"note: {visible(why)}: insoles will be as wrong as its nominal newton; first: landing-lab calibrate plate"
        )
        return {}
    expired = validity(made, datetime.now(tz=UTC)) == "expired"
    _say(
        f"{plate_words('total').capitalize()} {visible(info.device_id)} is calibrated by {made.file}, good to "
        f"{100.0 * made.relative_sd:.2f} %{', but EXPIRED: calibrate it first' if expired else ''}."
    )
    return {info.device_id: made}


def newest_bench_laws(settings: CalibrateSettings, infos: Sequence[DeviceInfo]) -> dict[str, Calibration]:
    """The newest bench calibration of each insole: it knows the bend of each cell, which a wearer cannot tell."""
    found, now = read_calibrations(settings.dataset)[0], datetime.now(tz=UTC)
    laws: dict[str, Calibration] = {}
    for info in infos:
        mine = [
            one
            for one in found
            if isinstance(one, InsoleCalibration)
            and one.method == "bench"
            and validity(one, now) != "future"
            and foreign(info, one) is None
            and one.device_id == info.device_id
        ]
        if mine:
            laws[info.device_id] = mine[-1]
            age = (now - mine[-1].made).days
            _say(
                f"{visible(info.device_id)}: exponents and saturations of its cells from {mine[-1].file} ({age} days)."
            )
    return laws


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
        cells = layouts_wanted(settings.layouts, [link.info for link in links], settings.dataset)
        insoles = [link for link in of_kind(links, "fsr_insole") if side in ("both", link.info.placement)]
        if len(insoles) != 1:
            raise CalibrationError(
                f"{len(insoles)} insoles answer, and one at a time is calibrated on the bench; choose a --side"
            )
        info = insoles[0].info
        steps = bench_plan(info, masses, cells.get(info.device_id))
        recorded = record_steps("bench", insoles, steps, settings)
    return finish(recorded, settings)
