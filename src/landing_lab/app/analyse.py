"""`landing-lab analyse`: files in, results on the terminal and in a folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landing_lab.app.document import analysis_document
from landing_lab.app.outputs import write_outputs
from landing_lab.detect.inputs import check_inputs
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.visible import visible
from landing_lab.model.result import TrialResult

FORMATS = ("table", "json", "csv")
OUTPUT_SUFFIXES = (".csv", ".json", ".html", ".png")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold vertical force, and how fast they were sampled; None = find out."""

    left: str | None = None
    right: str | None = None
    total: str | None = None
    rate_hz: float | None = None


def run_analyse(
    files: Sequence[Path],
    columns: Columns,
    *,
    mass_kg: float | None,
    box_height_m: float | None,
    task: str,
    output_format: str,
    out: Path | None,
) -> int:
    """Analyse each file, print, write; 0 if every file was read, 2 if one could not be."""
    if output_format not in FORMATS:
        raise ParameterError(f"there is no format {output_format!r}; choose one of {', '.join(FORMATS)}")
    check_inputs(mass_kg, box_height_m, task)
    _refuse_own_input(files, out)
    from landing_lab.io.read import read
    from landing_lab.metrics.analyse import analyse

    trials: list[TrialResult] = []
    errors: list[dict[str, str]] = []
    for file in files:
        try:
            recording = read(
                file, left=columns.left, right=columns.right, total=columns.total, sample_rate_hz=columns.rate_hz
            )
        except LandingLabError as error:
            errors.append({"source": file.name, "message": str(error)})
            print(f"landing-lab: {visible(str(error))}", file=sys.stderr)
            continue
        trials.extend(analyse(recording, task=task, mass_kg=mass_kg, box_height_m=box_height_m).trials)
    document = analysis_document(trials, errors=errors)
    _print(trials, document, output_format)
    if out is not None and trials:
        written = write_outputs(trials, document, out)
        if output_format == "table":
            print("Written:")
            for path in written:
                print(f"  {path}")
    return 2 if errors else 0


def _refuse_own_input(files: Sequence[Path], out: Path | None) -> None:
    """A result may not be written over the recording it comes from."""
    if out is None:
        return
    for file in files:
        if file.exists() and file.resolve().parent == out.resolve() and file.suffix in OUTPUT_SUFFIXES:
            raise ParameterError(f"results in {out} could be written over {file}; choose another folder with --out")


def _print(trials: Sequence[TrialResult], document: dict[str, object], output_format: str) -> None:
    if output_format == "json":
        from landing_lab.io.write import json_text

        sys.stdout.write(json_text(document))
    elif output_format == "csv":
        from landing_lab.io.write import metrics_csv_text

        sys.stdout.write(metrics_csv_text(trials))
    elif trials:
        from landing_lab.report.terminal import print_trials

        print_trials(trials)
