"""`landing-lab analyse`: files in, results on the terminal and in a folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landing_lab.app.analyse.document import analysis_document
from landing_lab.detect.inputs import check_inputs
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.visible import visible
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity

FORMATS = ("table", "json", "csv")
OUTPUT_SUFFIXES = (".csv", ".json", ".html", ".png", ".gif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold vertical force, and how fast they were sampled; None = find out."""

    left: str | None = None
    right: str | None = None
    total: str | None = None
    rate_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What is shown beyond the usual: the sensitivity to the threshold, a slow motion, a PDF, every metric here.

    explain: names of metrics to be explained; nothing is analysed then.
    """

    sensitivity: bool = False
    animate: bool = False
    pdf: bool = False
    show_all: bool = False
    explain: Sequence[str] | None = None


def run_files_or_folders(
    wanted: Sequence[Path],
    columns: Columns,
    *,
    mass_kg: float | None,
    box_height_m: float | None,
    task: str,
    output_format: str,
    out: Path | None,
    jobs: int | None,
    pattern: str | None,
    extras: Extras | None = None,
) -> int:
    """Analyse files one by one; folders, or any with a pattern or a number of jobs, as a batch."""
    if extras is not None and extras.explain is not None:
        from landing_lab.app.analyse.explain import run_explain

        return run_explain(extras.explain, wanted, output_format=output_format)
    if pattern is None and jobs is None and not any(path.is_dir() for path in wanted):
        return run_analyse(
            wanted,
            columns,
            mass_kg=mass_kg,
            box_height_m=box_height_m,
            task=task,
            output_format=output_format,
            out=out,
            extras=extras,
        )
    if extras is not None and extras.sensitivity:
        raise ParameterError("--sensitivity draws one trial at a time and takes no folder; name one or a few files")
    if extras is not None and extras.animate:
        raise ParameterError("--animate draws one trial at a time and takes no folder; name one or a few files")
    _check(output_format, mass_kg, box_height_m, task)
    from landing_lab.app.analyse.batch import BatchOptions, run_batch

    options = BatchOptions(output_format=output_format, out=out, jobs=jobs, pattern=pattern)
    return run_batch(wanted, columns, options, mass_kg=mass_kg, box_height_m=box_height_m, task=task)


def run_analyse(
    files: Sequence[Path],
    columns: Columns,
    *,
    mass_kg: float | None,
    box_height_m: float | None,
    task: str,
    output_format: str,
    out: Path | None,
    extras: Extras | None = None,
) -> int:
    """Analyse each file, print, write; 0 if every file was read, 2 if one could not be, 130 if it was interrupted."""
    from landing_lab.app.terminal.interrupt import interruptible

    kept = "nothing was written" if out is None else f"files in {out} that were finished are whole, others are missing"
    return interruptible(
        lambda: _analyse(
            files, columns, mass_kg=mass_kg, box_height_m=box_height_m, task=task, output_format=output_format,
            out=out, extras=extras or Extras(),
        ),
        f"interrupted; {kept}",
    )  # fmt: skip


def _analyse(
    files: Sequence[Path],
    columns: Columns,
    *,
    mass_kg: float | None,
    box_height_m: float | None,
    task: str,
    output_format: str,
    out: Path | None,
    extras: Extras,
) -> int:
    if not files:
        raise ParameterError("analyse needs a file with vertical force; name one or more, or see --help")
    if extras.animate and out is None:
        raise ParameterError("--animate writes a file for each landing; name a folder for it with --out")
    _check(output_format, mass_kg, box_height_m, task)
    _refuse_own_input(files, out)
    if out is not None:
        from landing_lab.app.analyse.out_folder import check_out_folder

        check_out_folder(out, (file.name for file in files))
    from landing_lab.metrics.analyse import analyse

    trials: list[TrialResult] = []
    thresholds: list[ThresholdSensitivity | None] = []
    errors: list[dict[str, str]] = []
    for file in files:
        for recording in _recordings(file, columns, errors):
            found = analyse(recording, task=task, mass_kg=mass_kg, box_height_m=box_height_m).trials
            trials.extend(found)
            if extras.sensitivity:
                thresholds.extend(_sensitivities(recording, found, mass_kg, task))
    sensitivity = thresholds if extras.sensitivity else None
    document = analysis_document(trials, errors=errors, sensitivity=sensitivity)
    _print(trials, document, output_format, extras, sensitivity)
    if out is not None and trials:
        from landing_lab.app.analyse.outputs import write_outputs

        written = write_outputs(trials, document, out, sensitivity=sensitivity, animate=extras.animate, pdf=extras.pdf)
        _say_if_nothing_moves(trials, extras)
        if output_format == "table":
            print("Written:")
            for path in written:
                print(f"  {path}")
    return 2 if errors else 0


def _recordings(file: Path, columns: Columns, errors: list[dict[str, str]]) -> tuple[Recording, ...]:
    """What a file holds; where it cannot be read nothing, which is said and noted in errors."""
    from landing_lab.io.read import read_runs

    try:
        return read_runs(
            file, left=columns.left, right=columns.right, total=columns.total, sample_rate_hz=columns.rate_hz
        )
    except LandingLabError as error:
        errors.append({"source": file.name, "message": str(error)})
        print(f"landing-lab: {visible(str(error))}", file=sys.stderr)
        return ()


def _sensitivities(
    recording: Recording, found: Sequence[TrialResult], mass_kg: float | None, task: str
) -> list[ThresholdSensitivity | None]:
    """That of each trial, None where there is none."""
    from landing_lab.metrics.sensitivity import threshold_sensitivities

    by_index = {one.index: one for one in threshold_sensitivities(recording, mass_kg=mass_kg, task=task)}
    return [by_index.get(trial.index) for trial in found]


def _say_if_nothing_moves(trials: Sequence[TrialResult], extras: Extras) -> None:
    from landing_lab.report.pressure_files import NOTHING_MOVES, can_animate

    if extras.animate and not can_animate(trials):
        print(f"landing-lab: --animate was left out: {NOTHING_MOVES}", file=sys.stderr)


def _check(output_format: str, mass_kg: float | None, box_height_m: float | None, task: str) -> None:
    """Raises ParameterError for what was typed wrongly, before any file is read."""
    if output_format not in FORMATS:
        raise ParameterError(f"there is no format {output_format!r}; choose one of {', '.join(FORMATS)}")
    check_inputs(mass_kg, box_height_m, task)


def _refuse_own_input(files: Sequence[Path], out: Path | None) -> None:
    """A result may not be written over the recording it comes from."""
    if out is None:
        return
    for file in files:
        if file.exists() and file.resolve().parent == out.resolve() and file.suffix in OUTPUT_SUFFIXES:
            raise ParameterError(f"results in {out} could be written over {file}; choose another folder with --out")


def _print(
    trials: Sequence[TrialResult],
    document: dict[str, object],
    output_format: str,
    extras: Extras,
    sensitivity: Sequence[ThresholdSensitivity | None] | None,
) -> None:
    if output_format == "json":
        from landing_lab.io.write import json_text

        sys.stdout.write(json_text(document))
    elif output_format == "csv":
        from landing_lab.io.write import metrics_csv_text

        sys.stdout.write(metrics_csv_text(trials))
    elif trials:
        from landing_lab.report.terminal import print_trials

        print_trials(trials, show_all=extras.show_all, sensitivity=sensitivity)
