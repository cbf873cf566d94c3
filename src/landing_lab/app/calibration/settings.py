"""What the operator of a calibration entered, checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from landing_lab.app.calibration.events import Script
from landing_lab.app.calibration.files import ENTERED_MODE_HZ, MASS_SD_PCT, ROOM_C, in_reach
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name


def place_of(text: str) -> tuple[float, float]:
    """A place on the plate as it is typed: MEDIAL,ANTERIOR in mm from its middle."""
    try:
        medial, anterior = (float(word) for word in text.split(","))
    except ValueError as error:
        raise ParameterError(
            f"--heel-mm {quoted_name(text)!r} is no place; write MEDIAL,ANTERIOR in mm from the plate's middle, such "
            "as 0,-130"
        ) from error
    return medial, anterior


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateSettings:
    """What the operator entered.

    sides: feet whose insoles are calibrated; layouts: as of `layouts_wanted`; bench_laws:
    take the laws of single cells from the bench where there are some; heel_mm, toe_out_deg: marks for the feet;
    mode_hz: first mode of the plate, measured by other means.
    """

    dataset: Path
    urls: tuple[str, ...] = ()
    simulated: bool = False
    seed: int = 1
    script: Script | None = None
    as_json: bool = False
    mass_sd_pct: float = 0.1
    common_scale: bool = False
    sides: tuple[str, ...] = ()
    temperature_c: float | None = None
    operator: str | None = None
    note: str | None = None
    layouts: tuple[str, ...] = ()
    bench_laws: bool = True
    heel_mm: tuple[float, float] | None = None
    toe_out_deg: float = 0.0
    mode_hz: float | None = None

    def __post_init__(self) -> None:
        if self.simulated and self.urls:
            raise ParameterError("--sim starts its own boards; leave out --port, or leave out --sim")
        if not MASS_SD_PCT[0] <= self.mass_sd_pct <= MASS_SD_PCT[1]:
            raise ParameterError(f"--mass-sd-pct {self.mass_sd_pct:g} is outside 0.001-10 %; 0.1 is a good scale")
        if self.temperature_c is not None and not ROOM_C[0] <= self.temperature_c <= ROOM_C[1]:
            raise ParameterError(f"--temperature-c {self.temperature_c:g} is outside -30 to 60 C")
        if self.heel_mm is not None and not in_reach(self.heel_mm, self.toe_out_deg):
            raise ParameterError(
                f"--heel-mm {self.heel_mm[0]:g},{self.heel_mm[1]:g} with --toe-out-deg {self.toe_out_deg:g} is no "
                "place of a foot on its plate; give mm from the plate's middle, medial and anterior, such as 0,-130"
            )
        if self.mode_hz is not None and not ENTERED_MODE_HZ[0] <= self.mode_hz <= ENTERED_MODE_HZ[1]:
            raise ParameterError(
                f"--mode-hz {self.mode_hz:g} is outside {ENTERED_MODE_HZ[0]:g}-{ENTERED_MODE_HZ[1]:g} Hz; give the "
                "first mode that an accelerometer or a faster converter showed, or leave it out"
            )
        for text in (self.operator, self.note):
            if text is not None and not text.isprintable():
                raise ParameterError("--operator and --note are plain text; leave out control characters")


def checked_marks(settings: CalibrateSettings) -> None:
    """Raise ParameterError where marks are turned that nobody named."""
    if settings.toe_out_deg and settings.heel_mm is None:
        raise ParameterError("--toe-out-deg turns marks that --heel-mm names; give that too, or leave both out")
