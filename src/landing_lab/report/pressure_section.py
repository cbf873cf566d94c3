"""Pressure in a report: which pictures a trial with insoles gets, their captions, and why one could not be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from landing_lab.errors import ParameterError
from landing_lab.model.result import TrialResult
from landing_lab.report.butterfly_figure import butterfly_figure
from landing_lab.report.figure import figure_bytes
from landing_lab.report.medial_shift_figure import medial_shift_figure
from landing_lab.report.names import sentence
from landing_lab.report.pressure_map import pressure_map
from landing_lab.report.pressure_view import has_pressure
from landing_lab.report.regions_figure import regions_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIXED_BANDS: Final = "Colours are fixed bands in kPa, the same in every report, so that two pictures compare."
RELATIVE_BANDS: Final = (
    "Colours are per cent of each foot's own highest cell, because the insoles are not calibrated: they do not compare "
    "between feet or trials. Calibrating each insole on the plate gives kPa."
)

CALIBRATED_SUM: Final = (
    ". Black line: force of the foot as the metrics take it; the cells sum to it as well as the insole is calibrated."
)
RELATIVE_SUM: Final = ", in per cent of the foot's highest load, because the insoles are not calibrated."


@dataclass(frozen=True, slots=True, kw_only=True)
class PressurePicture:
    """One picture of a trial: PNG at 150 dpi, None with the sentence that says why where it could not be drawn."""

    name: str
    title: str
    caption: str
    png: bytes | None
    refusal: str
    height_in: float


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    title: str
    caption: str
    draw: Callable[[TrialResult], Figure]


KINDS: Final = (
    _Kind(
        "pressure",
        "Pressure under the feet",
        "Pressure at peak force; left foot on the left, toes up, inner edges towards each other. {bands} Blue line: "
        "path of the centre of pressure from touchdown to the end of the contact.",
        pressure_map,
    ),
    _Kind(
        "medial-shift",
        "Medial pressure shift",
        "How far the centre of pressure moved towards the inner edge of each foot since 20 ms after touchdown. "
        "Positive: medial. Band: ± one standard deviation; a shift within it cannot be told from none.",
        medial_shift_figure,
    ),
    _Kind(
        "regions",
        "Load of heel, midfoot, forefoot and toes",
        "Load of the parts of each foot over the contact, stacked{sum}",
        regions_figure,
    ),
    _Kind(
        "butterfly",
        "Butterfly of both feet",
        "Paths of the centre of pressure under each foot, and of the common one between them, which is nearer to the "
        "foot that carries more. How far apart the feet stood is not measured. Right: both feet on one axis; where "
        "the lines part, the feet rolled differently.",
        butterfly_figure,
    ),
)
"""What a trial with insoles gets, in the order of the report; the name is that of the file."""


def pressure_pictures(trial: TrialResult) -> list[PressurePicture]:
    """The pictures of a trial's pressure; none for a trial without insoles or without a contact."""
    if not has_pressure(trial):
        return []
    signals = trial.signals
    assert signals is not None
    calibrated = all(foot.calibrated for foot in signals.pressure.values())
    words = {
        "bands": FIXED_BANDS if calibrated else RELATIVE_BANDS,
        "sum": CALIBRATED_SUM if calibrated else RELATIVE_SUM,
    }
    pictures = []
    for kind in KINDS:
        png, refusal, height = None, "", 0.0
        try:
            figure = kind.draw(trial)
        except ParameterError as error:
            refusal = sentence(str(error))
        else:
            png, height = figure_bytes(figure, "png"), figure.get_figheight()
        pictures.append(
            PressurePicture(
                name=kind.name,
                title=kind.title,
                caption=kind.caption.format(**words),
                png=png,
                refusal=refusal,
                height_in=height,
            )
        )
    return pictures
