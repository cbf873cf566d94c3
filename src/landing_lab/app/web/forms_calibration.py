"""The calibration that a page asks for, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.calibration.steps import CORNER_MM
from landing_lab.app.web.calibrating import KINDS, CalibrationWanted, Feet
from landing_lab.app.web.entered import number_of, numbers_of, text_of, yes_of
from landing_lab.app.web.lab import Lab
from landing_lab.errors import ParameterError

MOST_MASSES: Final = 12
MASS_SD_PCT: Final = 0.1
FEET: Final[tuple[Feet, ...]] = ("left", "right", "both")


def calibration_wanted(lab: Lab, asked: Mapping[str, Any]) -> CalibrationWanted:
    """What to calibrate. Raises ParameterError or CalibrationError where an entry cannot be meant."""
    named, foot = text_of(asked, "kind"), text_of(asked, "side", default="both")
    kind, side = (next((one for one in KINDS if one == named), None), next((one for one in FEET if one == foot), None))
    if kind is None:
        raise ParameterError(f"there is no calibration {named[:20]!r}; choose {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if side is None:
        raise ParameterError(f"there is no foot {foot[:20]!r}; choose left, right or both")
    masses = numbers_of(asked, "masses_kg", at_most=MOST_MASSES) if kind in ("plate", "bench") else []
    corner_mm = number_of(asked, "corner_mm")
    return CalibrationWanted(
        kind=kind,
        settings=_settings(lab, asked, worn=kind == "insoles"),
        masses_kg=tuple(masses),
        corner_mm=CORNER_MM if corner_mm is None else corner_mm,
        quick=yes_of(asked, "quick", default=True),
        side=side,
        device_id=text_of(asked, "device_id", default=""),
    )


def _settings(lab: Lab, asked: Mapping[str, Any], *, worn: bool) -> CalibrateSettings:
    """What was entered, as the options of `landing-lab calibrate`; worn: a wearer stands on the plate."""
    mass_sd_pct = number_of(asked, "mass_sd_pct")
    medial_mm, anterior_mm = number_of(asked, "heel_medial_mm"), number_of(asked, "heel_anterior_mm")
    if (medial_mm is None) != (anterior_mm is None):
        raise ParameterError("the heel's mark needs both numbers, across and along the plate; or leave both empty")
    marked = worn and medial_mm is not None and anterior_mm is not None
    return CalibrateSettings(
        dataset=lab.dataset,
        mass_sd_pct=MASS_SD_PCT if mass_sd_pct is None else mass_sd_pct,
        common_scale=yes_of(asked, "common_scale"),
        mode_hz=number_of(asked, "mode_hz"),
        temperature_c=number_of(asked, "temperature_c"),
        heel_mm=(medial_mm or 0.0, anterior_mm or 0.0) if marked else None,
        toe_out_deg=(number_of(asked, "toe_out_deg") or 0.0) if worn else 0.0,
        bench_laws=yes_of(asked, "bench_laws", default=True),
        operator=text_of(asked, "operator", default="") or None,
        note=text_of(asked, "note", default="") or None,
    )
