"""Write a report folder: the page and one picture per trial, each file complete or not there at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet
from landing_lab.io.write import write_whole
from landing_lab.model.result import Result, TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.rows import Truth

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from landing_lab.report.opening import Opening

Entry = TypeVar("Entry")
MADE_BY = b"Made with landing-lab"
"""Stands in the metadata of every PDF of ours."""


def trials_of(trials: Result | TrialResult | Sequence[TrialResult]) -> tuple[TrialResult, ...]:
    """The trials of a result, of a list or of one trial. Raises ParameterError for none, and for anything else."""
    if isinstance(trials, Result):
        found = trials.trials
    elif isinstance(trials, TrialResult):
        found = (trials,)
    else:
        given: tuple[object, ...] = tuple(trials) if isinstance(trials, (list, tuple)) else (trials,)
        found = tuple(one for one in given if isinstance(one, TrialResult))
        if len(found) < len(given):
            wrong = next(type(one).__name__ for one in given if not isinstance(one, TrialResult))
            raise ParameterError(
                f"a report shows what landing_lab.analyse gives back; got {wrong}; analyse a recording first"
            )
    if not found:
        raise ParameterError("a report needs at least one trial; got none; analyse a recording first")
    return found


def one_per_trial(name: str, given: Sequence[Entry | None] | None, count: int) -> list[Entry | None]:
    """What was given for each trial, or None for each. Raises ParameterError where the numbers do not match."""
    entries: list[Entry | None] = list(given) if given is not None else [None] * count
    if len(entries) != count:
        raise ParameterError(
            f"{name} needs one entry per trial; got {len(entries)} for {count} trials; give None where it is unknown"
        )
    return entries


def plot(
    trials: Result | TrialResult | Sequence[TrialResult] | ThresholdSensitivity | object, *, trial: int = 0
) -> Figure:
    """Picture of one trial as a matplotlib figure; `trial` counts from 0 within what is given.

    What else the package finds has its picture too: a threshold sensitivity, a reliability study or one metric of it,
    one contrast, a trend, compared waveforms, and fitted models (fit_logistic, fit_mixed, fit_gee).
    Raises ParameterError where there is no such trial, and for anything else.
    """
    from landing_lab.report.figure import trial_figure

    if isinstance(trials, ThresholdSensitivity):
        from landing_lab.report.sensitivity_figure import sensitivity_figure

        return sensitivity_figure(trials)
    if not isinstance(trials, (Result, TrialResult, list, tuple)):
        from landing_lab.report.analysis_figure import analysis_figure

        figure = analysis_figure(trials)
        if figure is not None:
            return figure
    return trial_figure(chosen_trial(cast("Result", trials), trial))


def chosen_trial(trials: Result | TrialResult | Sequence[TrialResult], trial: int) -> TrialResult:
    """The trial of this number, counted from 0 within what is given; ParameterError where there is none."""
    found = trials_of(trials)
    if isinstance(trial, bool) or not isinstance(trial, (int, np.integer)):
        raise ParameterError(f"trial counts the trials from 0; got {snippet(repr(trial))}; give a whole number")
    if not 0 <= trial < len(found):
        raise ParameterError(
            f"there is no trial {trial}; this analysis holds {len(found)}, counted from 0; choose one of them"
        )
    return found[trial]


def report(
    trials: Result | TrialResult | Sequence[TrialResult],
    out_dir: str | Path,
    *,
    title: str | None = None,
    truth: Sequence[Truth | None] | None = None,
    session: Mapping[str, object] | None = None,
    sensitivity: Sequence[ThresholdSensitivity | None] | None = None,
    labels: Sequence[TrialLabel | None] | None = None,
    animate: bool = False,
    opening: Opening | None = None,
    pdf: bool = False,
) -> dict[str, Path]:
    """Write report.html and trial-01.png, trial-02.png, ... into out_dir, which is made where it is missing.

    Gives back what was written: "report.html" -> path, "trial-01.png" -> path, ... title, truth, session,
    sensitivity and labels are those of `landing_lab.report.content.report_content`; with sensitivity also
    sensitivity.png (sensitivity-01.png, ... for several trials). Trials with insoles also get pressure-01.png,
    medial-shift-01.png, regions-01.png, butterfly-01.png and, with animate, landing-01.gif. For a Result the session
    defaults to the provenance of its recording. opening: the first page of a session; pdf: also write report.pdf, for
    which the library typst must be there. Raises RecordingError where the folder cannot be written or typst is
    missing, ParameterError without trials and for animate where no trial has insoles.
    """
    from landing_lab.report.content import report_content
    from landing_lab.report.figure import figure_bytes, trial_figure
    from landing_lab.report.html import write_page
    from landing_lab.report.pressure_files import NOTHING_MOVES, can_animate, write_pressure
    from landing_lab.report.pressure_section import pressure_pictures

    folder = Path(out_dir)
    if session is None and isinstance(trials, Result):
        # Notes stand with the trials; the full path names a folder, and often a person, on somebody's disk.
        hidden = {"notes", "path"}
        session = {key: value for key, value in trials.recording.provenance.items() if key not in hidden}
    found = trials_of(trials)
    if animate and not can_animate(found):
        raise ParameterError(f"{NOTHING_MOVES}; leave animate out")
    pressure = [pressure_pictures(trial) for trial in found]
    content = report_content(
        found, title=title, truth=truth, session=session, sensitivity=sensitivity, labels=labels, pressure=pressure,
        opening=opening,
    )  # fmt: skip
    written = {"report.html": write_page(content, folder / "report.html")}
    if pdf:
        from landing_lab.report.pdf import write_pdf

        written["report.pdf"] = write_pdf(content, folder / "report.pdf", at=str((session or {}).get("recorded", "")))
    else:
        remove_older_pdf(folder / "report.pdf")
    for number, trial in enumerate(found, start=1):
        name = f"trial-{number:02d}.png"
        written[name] = write_whole(folder / name, figure_bytes(trial_figure(trial), "png"))
    _remove_older_pictures(folder, len(found))
    written |= write_pressure(folder, found, pressure, animate=animate)
    return written | _write_sensitivities(folder, one_per_trial("sensitivity", sensitivity, len(found)))


def remove_older_pdf(path: Path) -> None:
    """A PDF of an earlier report would say other numbers; a PDF of somebody else stays."""
    if path.is_file() and MADE_BY in path.read_bytes():
        path.unlink(missing_ok=True)


def _write_sensitivities(folder: Path, found: Sequence[ThresholdSensitivity | None]) -> dict[str, Path]:
    """The picture of each threshold sensitivity; those of an earlier report go."""
    from landing_lab.report.figure import figure_bytes
    from landing_lab.report.sensitivity_figure import sensitivity_figure

    for stale in (folder / "sensitivity.png", *folder.glob("sensitivity-[0-9][0-9].png")):
        stale.unlink(missing_ok=True)
    written = {}
    for number, sensitivity in enumerate(found, start=1):
        if sensitivity is not None and sensitivity.default is not None:
            name = "sensitivity.png" if len(found) == 1 else f"sensitivity-{number:02d}.png"
            written[name] = write_whole(folder / name, figure_bytes(sensitivity_figure(sensitivity), "png"))
    return written


def _remove_older_pictures(folder: Path, count: int) -> None:
    """Pictures of an earlier, longer report must not stay beside this one: they show other trials."""
    number = count + 1
    while (stale := folder / f"trial-{number:02d}.png").is_file():
        stale.unlink(missing_ok=True)
        number += 1
