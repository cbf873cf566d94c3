"""What each drawn force comes from, and what is in doubt about it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from landing_lab.app.live.load import side_of_cell
from landing_lab.app.record.gates import doubt_now
from landing_lab.calibrate.convert import foreign
from landing_lab.calibrate.layouts import other_layout
from landing_lab.io.layout_files import documents_of
from landing_lab.model.calibration import Calibration, InsoleCalibration, validity
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout

SERIES: Final[tuple[Side, ...]] = ("left", "right", "total")
INSOLES: Final = ("fsr_insole", "pressure_insole")

SensorName: TypeAlias = Literal["insole", "plate", ""]

NOT_THE_BODY: Final = (
    "the {side} insole is not calibrated on a plate: its cells compare with each other only, and their sum is not the "
    "force of the foot"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one series comes from. sensor: "" where nothing tells it. board: stream name of a foot's insole, else "".

    mark: a doubt in a word or two, "" for none. told: whole sentences.
    """

    side: Side
    sensor: SensorName
    board: str = ""
    mark: str = ""
    told: str


def calibration_that_holds(
    info: DeviceInfo, found: Calibration | None, layouts: Mapping[str, InsoleLayout]
) -> Calibration | None:
    """The calibration that the analysis of the file will use: not one of another board, gain or layout."""
    if found is None or foreign(info, found) or other_layout(info, found, documents_of(layouts).get("insole_layouts")):
        return None
    return found


def sources_of(
    boards: Mapping[str, DeviceInfo], calibrations: Mapping[str, Calibration], layouts: Mapping[str, InsoleLayout]
) -> tuple[Source, ...]:
    """Per series: a foot from its insole where that was calibrated on a plate, else from its own plate."""
    insoles = {info.placement: name for name, info in reversed(list(boards.items())) if info.sensor_kind in INSOLES}
    plates = [info for info in boards.values() if info.sensor_kind not in INSOLES]
    found = []
    for side in SERIES:
        mine = [info for info in plates if side == "total" or side in _sides(info, calibrations.get(info.device_id))]
        name = insoles.get(side)
        made = None if name is None else calibration_that_holds(
            boards[name], calibrations.get(boards[name].device_id), layouts
        )  # fmt: skip
        if name is not None and isinstance(made, InsoleCalibration) and made.method == "on plate":
            found.append(_of_boards(side, "insole", [boards[name]], calibrations, layouts, name))
        elif mine:
            found.append(_of_boards(side, "plate", mine, calibrations, layouts))
        else:
            why = NOT_THE_BODY.format(side=side) if name is not None else f"no board tells the force of the {side} foot"
            told = "no plate is connected" if side == "total" else f"{why}; no plate carries this foot alone"
            found.append(Source(side=side, sensor="", mark="not told", told=f"{told}."))
    return tuple(found)


def _sides(info: DeviceInfo, calibration: Calibration | None) -> set[Side]:
    return {side_of_cell(info, calibration, cell) for cell in range(info.n_channels)}


def _of_boards(
    side: Side,
    sensor: SensorName,
    mine: list[DeviceInfo],
    calibrations: Mapping[str, Calibration],
    layouts: Mapping[str, InsoleLayout],
    board: str = "",
) -> Source:
    marks, sentences = [], []
    for info in mine:
        found = calibrations.get(info.device_id)
        made = calibration_that_holds(info, found, layouts)
        doubt = None if found is None else doubt_now(info, found, layouts) or foreign(info, found)
        if made is None:
            marks.append("uncalibrated")
            why = f" ({doubt})" if doubt else ""
            sentences.append(f"{info.device_id} is not calibrated{why}: its newton are nominal.")
            continue
        scale = 100.0 * made.relative_sd
        sentences.append(f"{info.device_id}, calibrated {made.made_at[:10]}: force is good to {scale:.1f} %.")
        if doubt is not None:
            marks.append("expired" if validity(made, datetime.now(tz=UTC)) == "expired" else "in doubt")
            sentences.append(f"{doubt}.")
    how = "1000 times a second" if sensor == "insole" else "about 80 times a second, so that short peaks read too low"
    told = f"From the {sensor}, {how}. {' '.join(sentences)}"
    return Source(side=side, sensor=sensor, board=board, mark=", ".join(dict.fromkeys(marks)), told=told)
