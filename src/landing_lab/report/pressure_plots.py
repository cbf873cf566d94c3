"""Pictures of pressure for notebooks: one function each, refusing in one sentence what has no insoles."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet
from landing_lab.model.result import Result, TrialResult
from landing_lab.report.write import chosen_trial

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_pressure(
    trials: Result | TrialResult | Sequence[TrialResult], *, trial: int = 0, at: str | float = "peak"
) -> Figure:
    """Pressure under both feet as a matplotlib figure, with the path of each centre of pressure over it.

    at: "peak" (the instant of peak force), "maximum" (each cell at its own highest of the contact), or seconds after
    touchdown. Colours are fixed bands in kPa; insoles that are not calibrated show per cent of a foot's highest cell.
    Raises ParameterError where there is no such trial, it has no insoles or contact, or the time is outside it.
    """
    from landing_lab.report.pressure_map import pressure_map

    return pressure_map(chosen_trial(trials, trial), at)


def plot_medial_shift(trials: Result | TrialResult | Sequence[TrialResult], *, trial: int = 0) -> Figure:
    """Medial pressure shift of each foot over the contact with its standard deviation, as a matplotlib figure.

    Raises ParameterError where there is no such trial, it has no insoles or contact, or neither foot a shift.
    """
    from landing_lab.report.medial_shift_figure import medial_shift_figure

    return medial_shift_figure(chosen_trial(trials, trial))


def plot_regions(trials: Result | TrialResult | Sequence[TrialResult], *, trial: int = 0) -> Figure:
    """Load of heel, midfoot, forefoot and toes of each foot over the contact, as a matplotlib figure.

    Raises ParameterError where there is no such trial, it has no insoles or contact, or neither foot was loaded.
    """
    from landing_lab.report.regions_figure import regions_figure

    return regions_figure(chosen_trial(trials, trial))


def plot_butterfly(trials: Result | TrialResult | Sequence[TrialResult], *, trial: int = 0) -> Figure:
    """Paths of the centre of pressure of both feet and of the common one, as a matplotlib figure.

    Raises ParameterError where there is no such trial, or not both feet have an insole and were loaded.
    """
    from landing_lab.report.butterfly_figure import butterfly_figure

    return butterfly_figure(chosen_trial(trials, trial))


def animate_landing(trials: Result | TrialResult | Sequence[TrialResult], path: str | Path, *, trial: int = 0) -> Path:
    """Write the contact in slow motion, pressure under both feet beside the force; gives back the path.

    The ending of the path, .gif or .mp4, chooses the kind. Raises ParameterError for another ending, for .mp4 where
    ffmpeg is not installed, and where there is no such trial or it has no insoles or contact; RecordingError where
    the file cannot be written.
    """
    from landing_lab.io.write import write_whole
    from landing_lab.report.animation import animation_bytes

    if not isinstance(path, (str, os.PathLike)):
        raise ParameterError(f"a slow motion is written to a path; got {snippet(repr(path))}; name a .gif or .mp4")
    target = Path(path)
    return write_whole(target, animation_bytes(chosen_trial(trials, trial), target.suffix.lower()))
