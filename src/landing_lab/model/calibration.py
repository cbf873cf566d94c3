"""A calibration: what turns a board's counts into newton, how it was found, and how far it may be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from landing_lab.errors import CalibrationError
from landing_lab.model.calibration_limits import check_ranges, instant_of
from landing_lab.model.channels import Side
from landing_lab.model.strict_document import from_plain, plain

SCHEMA = "landing-lab.calibration/1"
"""What the documents written here call themselves."""

PlateMethod: TypeAlias = Literal["known masses", "common scale"]
InsoleMethod: TypeAlias = Literal["bench", "on plate"]
Stand: TypeAlias = Literal["marked", "estimated"]
"""How it is known where a foot stood on its plate: on marks, or from the course of its centre of pressure."""

PLATE_VALID_DAYS = 180.0
"""Load cells keep their scale for months; half a year is the field's habit for scales in use (choice)."""

INSOLE_VALID_DAYS = 7.0
"""FSR cells and their place under a foot change with use; repeat per visit where possible (choice)."""


AHEAD = timedelta(days=1)
"""A calibration dated further ahead of a time was made by a clock that was wrong; zones and slow clocks are within."""

Validity: TypeAlias = Literal["valid", "expired", "future"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationStep:
    """One known load and what the calibrated plate says of it, newton.

    position_mm: (medial, anterior) from the centre of the plate, None where nobody measured it.
    """

    label: str
    side: Side
    force_n: float
    position_mm: tuple[float, float] | None
    measured_n: float
    residual_n: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureError:
    """How well weights and arms learnt without a posture predict it.

    rms_pct: relative error of force, root mean square; bias_pct: its mean (+ reads too much). force_n: mean force of
    the plate in that posture. cop_ml_mm, cop_ap_mm: error of the centre of pressure across and along the foot, root
    mean square, its mean included; None where the calibration gave no arms, or the foot did not stay in its place.
    read_pct: mean error of the final weights in it (+ too much).
    """

    label: str
    force_n: float
    rms_pct: float
    bias_pct: float
    cop_ml_mm: float | None = None
    cop_ap_mm: float | None = None
    read_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateCalibration:
    """Load cells of one board: force of a cell = (counts - zero_counts) / counts_per_n.

    Per cell, in channel order, None where no cell is connected: zero_counts, counts_per_n (negative where the cell is
    wired backwards), cell_scale_sd_fraction, position_mm and side (which plate it carries).
    gain: of the converters when it was made. scale_sd_fraction: relative SD of a plate's force from its scale, within
    half the way to each cell.
    linearity_pct, corner_error_pct, hysteresis_pct, repeatability_pct: largest deviation, of the largest load; None
    where the steps do not tell. noise_n: SD of a plate's force at rest. filter_order: of the converter,
    filter_order_probability how sure, None where not separable; mode_hz and mode_damping: first mode of the plate;
    mode_at_least_hz: lower bound where the mode itself is not visible. findings: sentences of what to know.
    file: name of the file it stands in, empty before it is written.
    """

    device_id: str
    made_at: str
    valid_days: float = PLATE_VALID_DAYS
    method: PlateMethod
    software: str
    gain: int
    n_cells: int
    zero_counts: tuple[float | None, ...]
    counts_per_n: tuple[float | None, ...]
    cell_scale_sd_fraction: tuple[float | None, ...]
    position_mm: tuple[tuple[float, float] | None, ...]
    side: tuple[Side, ...]
    scale_sd_fraction: float
    linearity_pct: float | None
    corner_error_pct: float | None
    hysteresis_pct: float | None
    repeatability_pct: float | None
    noise_n: float
    steps: tuple[CalibrationStep, ...]
    findings: tuple[str, ...] = ()
    filter_order: int | None = None
    filter_order_probability: float | None = None
    mode_hz: float | None = None
    mode_damping: float | None = None
    mode_at_least_hz: float | None = None
    temperature_c: float | None = None
    operator: str | None = None
    notes: str | None = None
    file: str = ""

    def __post_init__(self) -> None:
        _check(self, ("zero_counts", "counts_per_n", "cell_scale_sd_fraction", "position_mm", "side"))
        if not any(scale is not None for scale in self.counts_per_n):
            raise CalibrationError("the calibration holds no cell; repeat it with the plate connected")
        if any(scale == 0.0 for scale in self.counts_per_n):
            raise CalibrationError("the calibration holds a cell that never responded; repair the cell and repeat it")

    @property
    def relative_sd(self) -> float:
        """Relative SD of force by this calibration."""
        return self.scale_sd_fraction

    @property
    def made(self) -> datetime:
        """When it was made, UTC."""
        return instant_of(self.made_at)

    @property
    def expires_at(self) -> datetime:
        """The instant from which it is no longer valid, UTC."""
        return self.made + timedelta(days=self.valid_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsoleCalibration:
    """FSR cells of one insole: force of a cell = weight_n ((G - zero_s) / G1)^exponent, G its conductance.

    G1 is the nominal conductance at 1 N (model/nominal.py), so that weight_n 1 is a nominal part. "bench": newton on
    the cell's own area, of each cell alone; "on plate": weights by which the cells sum to the force of the foot and
    to its moments. Per cell: zero_s (siemens), exponent, weight_n, saturation_n (what the law above never exceeds
    however large the force; calibrate/counts.py takes it out; None where not reached), arms_mm (where its force acts,
    medial and anterior from the middle of the heel edge, so that the cells' centre of pressure is the plate's; None
    on the bench and in older files). hysteresis_pct: loading against unloading, None where not measured.
    posture_errors: leave-one-posture-out. force_sd_fraction: relative SD of the sum, from them (bench: of one cell,
    from residuals); cop_sd_mm: SD of the centre of pressure, (medial, anterior), from them. layout: name of the cells'
    layout, None in older files. heel_mm, toe_out_deg, stand: where the middle of the heel edge stood from the middle
    of the plate (medial, anterior), how far the toes pointed outwards, and how that is known. plate_calibration: file
    name of the plate's calibration, "nominal" where it had none; None on the bench. bench_calibration: file of the
    bench calibration whose exponents and saturations were used, None where none was. filter_order: of the plate's
    converters as its calibration told it, None where it did not.
    """

    device_id: str
    made_at: str
    valid_days: float = INSOLE_VALID_DAYS
    method: InsoleMethod
    software: str
    n_cells: int
    zero_s: tuple[float, ...]
    exponent: tuple[float, ...]
    weight_n: tuple[float, ...]
    saturation_n: tuple[float | None, ...]
    force_sd_fraction: float
    hysteresis_pct: float | None = None
    side: Side | None = None
    plate_calibration: str | None = None
    bench_calibration: str | None = None
    filter_order: int | None = None
    layout: str | None = None
    arms_mm: tuple[tuple[float, float], ...] | None = None
    cop_sd_mm: tuple[float, float] | None = None
    heel_mm: tuple[float, float] | None = None
    toe_out_deg: float | None = None
    stand: Stand | None = None
    posture_errors: tuple[PostureError, ...] = ()
    findings: tuple[str, ...] = ()
    temperature_c: float | None = None
    operator: str | None = None
    notes: str | None = None
    file: str = ""

    def __post_init__(self) -> None:
        arms = () if self.arms_mm is None else ("arms_mm",)
        _check(self, ("zero_s", "exponent", "weight_n", "saturation_n", *arms))
        if (self.arms_mm is None) != (self.cop_sd_mm is None):
            raise CalibrationError(
                f"the calibration of {self.device_id} holds arms without their error, or an error without arms; "
                "make a new one"
            )
        if min(self.exponent) <= 0.0 or min(self.weight_n) < 0.0 or max(self.weight_n) == 0.0:
            raise CalibrationError(
                f"the calibration of {self.device_id} holds exponents or weights that no cell can have; repeat it"
            )

    @property
    def relative_sd(self) -> float:
        """Relative SD of force by this calibration."""
        return self.force_sd_fraction

    @property
    def made(self) -> datetime:
        """When it was made, UTC."""
        return instant_of(self.made_at)

    @property
    def expires_at(self) -> datetime:
        """The instant from which it is no longer valid, UTC."""
        return self.made + timedelta(days=self.valid_days)


Calibration: TypeAlias = PlateCalibration | InsoleCalibration

KINDS: dict[str, type[PlateCalibration | InsoleCalibration]] = {
    "plate": PlateCalibration,
    "insole": InsoleCalibration,
}


def as_document(calibration: Calibration) -> dict[str, object]:
    """The calibration as plain values for JSON."""
    kind = next(name for name, made in KINDS.items() if isinstance(calibration, made))
    return {"schema": SCHEMA, "kind": kind, **plain(calibration)}


def from_document(document: object) -> Calibration:
    """The calibration that a document holds; raises CalibrationError for anything that `as_document` cannot give."""
    if not isinstance(document, Mapping) or not str(document.get("schema", "")).startswith("landing-lab.calibration/"):
        raise CalibrationError("this is not a calibration of landing-lab; make one with landing-lab calibrate")
    if document["schema"] != SCHEMA:
        raise CalibrationError(
            f"the calibration is written as {document['schema']}, and this version reads {SCHEMA}; update landing-lab"
        )
    made = KINDS.get(str(document.get("kind")))
    if made is None:
        raise CalibrationError("the calibration is of neither a plate nor an insole; make a new one")
    values = {name: value for name, value in document.items() if name not in ("schema", "kind")}
    try:
        return from_plain(made, values)
    except (TypeError, ValueError, OverflowError) as error:
        raise CalibrationError(f"the calibration is damaged ({error}); make a new one") from error


def validity(calibration: Calibration, at: datetime) -> Validity:
    """Whether a calibration holds at an instant, is older than its days, or is dated more than AHEAD after it."""
    if calibration.made > at + AHEAD:
        return "future"
    return "expired" if calibration.expires_at <= at else "valid"


def out_of_date(calibration: Calibration, at: datetime, *, when: str = "the recording") -> str | None:
    """The sentence that a calibration does not hold at an instant, called `when` in it; None where it does."""
    found = validity(calibration, at)
    if found == "valid":
        return None
    told = f"the calibration of {calibration.device_id} ({calibration.file or calibration.made_at[:10]})"
    days = abs((at - calibration.made).total_seconds()) / 86_400.0
    if found == "future":
        return f"{told} is dated {days:.0f} days after {when}; check the computer's clock and calibrate again"
    return f"{told} was made {days:.0f} days before {when} and is valid for {calibration.valid_days:g}; calibrate again"


def _check(calibration: Calibration, per_cell: tuple[str, ...]) -> None:
    """Refuse a calibration whose parts do not belong together or that no sensor can have."""
    told = f"the calibration of {calibration.device_id or 'an unnamed board'}"
    if not calibration.device_id or calibration.n_cells < 1:
        raise CalibrationError(f"{told} names no device or no cells; make a new one")
    for name in per_cell:
        if len(getattr(calibration, name)) != calibration.n_cells:
            raise CalibrationError(
                f"{told} has {len(getattr(calibration, name))} values of {name} for {calibration.n_cells} cells; "
                "make a new one"
            )
    instant_of(calibration.made_at)
    check_ranges(calibration, told)
