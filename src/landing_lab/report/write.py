"""Write a report folder: the page and one picture per trial, each file complete or not there at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.errors import ParameterError
from landing_lab.io.write import write_whole
from landing_lab.model.result import Result, TrialResult
from landing_lab.report.rows import Truth

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def trials_of(trials: Result | TrialResult | Sequence[TrialResult]) -> tuple[TrialResult, ...]:
    """The trials of a result, of a list or of one trial. Raises ParameterError where there is none."""
    if isinstance(trials, Result):
        found = trials.trials
    elif isinstance(trials, TrialResult):
        found = (trials,)
    else:
        found = tuple(trials)
    if not found:
        raise ParameterError("a report needs at least one trial; got none; analyse a recording first")
    return found


def plot(trials: Result | TrialResult | Sequence[TrialResult], *, trial: int = 0) -> Figure:
    """Picture of one trial as a matplotlib figure; `trial` counts from 0 within what is given.

    Raises ParameterError where there is no such trial.
    """
    from landing_lab.report.figure import trial_figure

    found = trials_of(trials)
    if not 0 <= trial < len(found):
        raise ParameterError(
            f"there is no trial {trial}; this analysis holds {len(found)}, counted from 0; choose one of them"
        )
    return trial_figure(found[trial])


def report(
    trials: Result | TrialResult | Sequence[TrialResult],
    out_dir: str | Path,
    *,
    title: str | None = None,
    truth: Sequence[Truth | None] | None = None,
    session: Mapping[str, object] | None = None,
) -> dict[str, Path]:
    """Write report.html and trial-01.png, trial-02.png, ... into out_dir, which is made where it is missing.

    Gives back what was written: "report.html" -> path, "trial-01.png" -> path, ... title, truth and session
    are those of `landing_lab.report.html.write_report`. For a Result the session defaults to the provenance of
    its recording. Raises RecordingError where the folder cannot be written, ParameterError without trials.
    """
    from landing_lab.report.figure import figure_bytes, trial_figure
    from landing_lab.report.html import write_report

    folder = Path(out_dir)
    if session is None and isinstance(trials, Result):
        # Notes stand with the trials; the full path names a folder, and often a person, on somebody's disk.
        hidden = {"notes", "path"}
        session = {key: value for key, value in trials.recording.provenance.items() if key not in hidden}
    found = trials_of(trials)
    written = {"report.html": write_report(found, folder / "report.html", title=title, truth=truth, session=session)}
    for number, trial in enumerate(found, start=1):
        name = f"trial-{number:02d}.png"
        written[name] = write_whole(folder / name, figure_bytes(trial_figure(trial), "png"))
    _remove_older_pictures(folder, len(found))
    return written


def _remove_older_pictures(folder: Path, count: int) -> None:
    """Pictures of an earlier, longer report must not stay beside this one: they show other trials."""
    number = count + 1
    while (stale := folder / f"trial-{number:02d}.png").is_file():
        stale.unlink(missing_ok=True)
        number += 1
