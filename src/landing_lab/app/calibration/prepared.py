"""What a calibration begins with: its boards, its steps and the calibrations that it rests on; for any front end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from landing_lab.app.calibration.events import FrontEnd
from landing_lab.app.calibration.run import Kind, Recorded, of_kind, record_steps
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.calibration.steps import GuidedStep, bench_plan, insole_plan, plate_words
from landing_lab.calibrate.convert import foreign
from landing_lab.errors import CalibrationError
from landing_lab.io.calibration_files import newest_calibrations, read_calibrations
from landing_lab.io.layout_files import layouts_wanted
from landing_lab.io.visible import visible
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, validity
from landing_lab.model.device import DeviceInfo, DeviceLink

Say: TypeAlias = Callable[[str], None]
"""Whoever is told what there is to know before it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A calibration that can be recorded; plate: the calibration that insoles are held against."""

    kind: Kind
    links: Sequence[DeviceLink]
    steps: list[GuidedStep]
    settings: CalibrateSettings
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    plate: PlateCalibration | None = None

    def record(self, *, shown: FrontEnd | None = None) -> Recorded:
        """Guide somebody through the steps; as `record_steps`."""
        return record_steps(self.kind, self.links, self.steps, self.settings, self.calibrations, shown=shown)


def plate_prepared(
    links: Sequence[DeviceLink],
    settings: CalibrateSettings,
    plan: Callable[[DeviceInfo], list[GuidedStep]],
    *,
    say: Say,
) -> Prepared:
    """Known masses on the first plate board. Raises DeviceNotFoundError where there is none."""
    plates = of_kind(links, "hx711_plate")
    if len(plates) > 1:
        others = ", ".join(visible(link.info.device_id) for link in plates[1:])
        say(f"note: {others} also answers; calibrate it after this one: --port {plates[1].url}")
    return Prepared(kind="plate", links=plates[:1], steps=plan(plates[0].info), settings=settings)


def insoles_prepared(
    found: Sequence[DeviceLink], settings: CalibrateSettings, side: Literal["left", "right", "both"], *, say: Say
) -> Prepared:
    """Insoles under a wearer on the plate. Raises DeviceNotFoundError or CalibrationError where a board is missing."""
    feet = ("left", "right") if side == "both" else (side,)
    links = plate_then_insoles(found, feet, whole=side != "both")
    settings = replace(settings, sides=tuple(link.info.placement for link in links[1:]))
    calibrations = _plate_calibration(settings, links[0].info, say)
    plate = calibrations.get(links[0].info.device_id)
    if settings.bench_laws:
        calibrations |= newest_bench_laws(settings, [link.info for link in links[1:]], say=say)
    return Prepared(
        kind="on plate",
        links=links,
        steps=insole_plan(marked=settings.heel_mm is not None),
        settings=settings,
        calibrations=calibrations,
        plate=plate if isinstance(plate, PlateCalibration) else None,
    )


def bench_prepared(
    found: Sequence[DeviceLink],
    settings: CalibrateSettings,
    side: Literal["left", "right", "both"],
    masses_kg: Sequence[float],
) -> Prepared:
    """Masses on single cells of one insole that lies on a table. Raises CalibrationError where it is not clear which.

    Raises DeviceNotFoundError where no insole answers.
    """
    cells = layouts_wanted(settings.layouts, [link.info for link in found], settings.dataset)
    insoles = [link for link in of_kind(found, "fsr_insole") if side in ("both", link.info.placement)]
    if len(insoles) != 1:
        raise CalibrationError(
            f"{len(insoles)} insoles answer, and one at a time is calibrated on the bench; choose a --side"
        )
    info = insoles[0].info
    steps = bench_plan(info, masses_kg, cells.get(info.device_id))
    return Prepared(kind="bench", links=insoles, steps=steps, settings=settings)


def plate_then_insoles(links: Sequence[DeviceLink], feet: Sequence[str], *, whole: bool) -> list[DeviceLink]:
    """The plate board, then the insoles of these feet; whole: every named foot must be there."""
    plate = of_kind(links, "hx711_plate")[0]
    insoles = [link for link in of_kind(links, "fsr_insole") if link.info.placement in feet]
    if not insoles or (whole and len(insoles) < len(feet)):
        raise CalibrationError(f"no {' or '.join(feet)} insole answers; plug it in or choose another --side")
    return [plate, *insoles]


def _plate_calibration(settings: CalibrateSettings, info: DeviceInfo, say: Say) -> dict[str, Calibration]:
    """The newest calibration of the plate, named to the operator with what is wrong with it."""
    damaged: list[str] = []
    made = newest_calibrations(settings.dataset, [info.device_id], damaged=damaged).get(info.device_id)
    unfit = None if made is None else foreign(info, made)
    for sentence in damaged:
        say(f"note: {visible(sentence)}")
    if made is None or unfit is not None:
        why = unfit or f"{info.device_id} has no calibration in {settings.dataset}"
        say(f"note: {visible(why)}: insoles will be as wrong as its nominal newton; first: landing-lab calibrate plate")
        return {}
    expired = validity(made, datetime.now(tz=UTC)) == "expired"
    say(
        f"{plate_words('total').capitalize()} {visible(info.device_id)} is calibrated by {made.file}, good to "
        f"{100.0 * made.relative_sd:.2f} %{', but EXPIRED: calibrate it first' if expired else ''}."
    )
    return {info.device_id: made}


def newest_bench_laws(
    settings: CalibrateSettings, infos: Sequence[DeviceInfo], *, say: Say = print
) -> dict[str, Calibration]:
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
            say(f"{visible(info.device_id)}: exponents and saturations of its cells from {mine[-1].file} ({age} days).")
    return laws
