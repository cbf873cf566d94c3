"""Which calibration of a recording applies to which board, and what is in doubt about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from landing_lab.calibrate.convert import foreign
from landing_lab.calibrate.layouts import other_layout
from landing_lab.errors import CalibrationError
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, from_document, out_of_date
from landing_lab.model.calibration_limits import YEARS
from landing_lab.model.device import DeviceInfo
from landing_lab.model.raw import RawRecording

UNMARKED: Final = (
    "nobody marked where the {side} foot stood when {device} was calibrated: the direction of its medial shift is "
    "guessed, and simulated landings read 4 mm too lateral; put heel and toes on marks and calibrate again "
    "(calibrate insole --heel-mm)"
)

MARK_TURN_SD_DEG: Final = 2.0
"""How well feet are pointed along their marks (choice): what runs along the foot passes for movement across by that."""


HOW: Final[Mapping[str, str]] = {
    "known masses": "by known masses",
    "common scale": "by one scale for all cells",
    "bench": "on the bench",
    "on plate": "on a plate",
}
"""Method of a calibration -> its words in sentences."""

NOMINAL: Final = "nominal"
"""What an insole's calibration calls a plate that had no calibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedCalibration:
    """The calibration of one board in one recording.

    calibration: None where the nominal values hold. doubt: the sentence that flags what rests on it. note: what
    the report says of it.
    """

    calibration: Calibration | None = None
    doubt: str | None = None
    note: str | None = None

    @property
    def relative_sd(self) -> float:
        """Relative SD of force by the calibration, 0 without one."""
        return 0.0 if self.calibration is None else self.calibration.relative_sd

    @property
    def places_mm(self) -> tuple[tuple[float, float] | None, ...]:
        """Where the calibration of a plate found its cells; empty for anything else."""
        return self.calibration.position_mm if isinstance(self.calibration, PlateCalibration) else ()

    @property
    def plate(self) -> PlateCalibration | None:
        """The calibration where it is one of a plate."""
        return self.calibration if isinstance(self.calibration, PlateCalibration) else None

    @property
    def arms_mm(self) -> tuple[tuple[float, float], ...]:
        """Where the calibration of an insole on the plate found the force of its cells to act; empty without one."""
        return (self.calibration.arms_mm or ()) if isinstance(self.calibration, InsoleCalibration) else ()

    @property
    def cop_sd_mm(self) -> tuple[float, float] | None:
        """SD of the centre of pressure of an insole that was calibrated on the plate; None without one."""
        return self.calibration.cop_sd_mm if isinstance(self.calibration, InsoleCalibration) else None

    @property
    def turn_sd_deg(self) -> float:
        """SD of the direction of a foot that stood on marks; an estimated direction is in cop_sd_mm already."""
        marked = isinstance(self.calibration, InsoleCalibration) and self.calibration.stand == "marked"
        return MARK_TURN_SD_DEG if marked else 0.0

    @property
    def place_doubt(self) -> str | None:
        """The sentence that flags where the force under a foot acts: nobody marked how it stood."""
        made = self.calibration
        if not isinstance(made, InsoleCalibration) or made.stand != "estimated":
            return None
        return UNMARKED.format(side=made.side, device=made.device_id)

    @property
    def whole_foot(self) -> bool:
        """Whether the cells of an insole sum to the force of the foot, which a bench cannot teach them."""
        return isinstance(self.calibration, InsoleCalibration) and self.calibration.method == "on plate"

    @property
    def cell_weight(self) -> tuple[float, ...]:
        """What a calibration on a plate made of the force on each cell's own area; empty without one."""
        on_plate = isinstance(self.calibration, InsoleCalibration) and self.calibration.method == "on plate"
        return self.calibration.weight_n if on_plate and isinstance(self.calibration, InsoleCalibration) else ()

    @property
    def told(self) -> str:
        """How newton came about, as part of a sensor's description."""
        made = self.calibration
        if made is None:
            return "uncalibrated"
        return f"calibrated {made.made_at[:10]} {HOW[made.method]}" + (f", {made.file}" if made.file else "")


def applied_calibration(info: DeviceInfo, raw: RawRecording) -> AppliedCalibration:
    """What the recording's own calibrations say for a board.

    A missing, damaged or foreign one leaves the board at its nominal values; an expired one, and one dated after the
    recording, is used and in doubt, and so is one that a check after the recording found to have drifted, and
    one of an insole that was made on an uncalibrated plate.
    """
    documents = raw.metadata.get("calibrations")
    if documents is None:
        return AppliedCalibration()
    document = documents.get(info.device_id) if isinstance(documents, Mapping) else documents
    if document is None:
        return AppliedCalibration(note=f"{info.device_id} has no calibration: its newton are nominal.")
    try:
        calibration = from_document(document)
        unfit = foreign(info, calibration) or other_layout(info, calibration, raw.metadata.get("insole_layouts"))
    except CalibrationError as error:
        unfit = str(error)
    if unfit is not None:
        return AppliedCalibration(note=f"{info.device_id} was taken as uncalibrated, its newton are nominal: {unfit}.")
    doubts = (
        _doubt(calibration, raw.metadata.get("started_at")),
        _drifted(info, raw.metadata.get("insole_checks")),
        _on_nominal_plate(calibration),
    )
    doubt = "; ".join(filter(None, doubts)) or None
    return AppliedCalibration(calibration=calibration, doubt=doubt, note=f"{doubt}." if doubt else None)


def _doubt(calibration: Calibration, recorded_at: object) -> str | None:
    """The sentence that a calibration did not hold when something was recorded (ISO 8601 text); None where it did."""
    recorded = _instant(recorded_at)
    if recorded is None:
        says = "does not say when it was made" if recorded_at is None else "is dated by a clock that never ran"
        return (
            f"the recording {says}, so nobody knows whether the calibration of "
            f"{calibration.device_id} ({calibration.file or calibration.made_at[:10]}) was valid then"
        )
    return out_of_date(calibration, recorded)


def _on_nominal_plate(calibration: Calibration) -> str | None:
    """The sentence that an insole learnt its newton from a plate that nobody had calibrated; None where it did not."""
    if not isinstance(calibration, InsoleCalibration) or calibration.plate_calibration != NOMINAL:
        return None
    return (
        f"{calibration.device_id} was calibrated on an uncalibrated plate, so its newton are only as good as nominal "
        "load cells; calibrate the plate, then the insole on it"
    )


def _drifted(info: DeviceInfo, checks: object) -> str | None:
    """What a check after the recording said of an insole that had drifted; None where it held, or nobody looked."""
    told = checks.get(info.device_id) if isinstance(checks, Mapping) else None
    return None if told is None else f"a check after the session found: {told}"


def _instant(text: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    if not YEARS[0] <= instant.year <= YEARS[1]:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
