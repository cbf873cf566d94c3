"""What there is to type for `landing-lab reanalyse`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json


def reanalyse(
    wanted: Annotated[
        list[Path], typer.Argument(help="Datasets, participants, sessions, folders of raw files, or raw files (.xdf).")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results; by default derivatives/landing-lab-<version> of the dataset."),
    ] = None,
    calibration: Annotated[
        list[Path] | None,
        typer.Option(help="Calibration file to use instead of the one in the raw files; repeat for each board."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only compare with the stored numbers; write nothing.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Rejected and unfinished trials too.")] = False,
    json: Json = False,
) -> None:
    """Compute recorded sessions again from their raw files, and compare with the numbers stored then.

    Raw files and the results of the session stay as they are; the new report, tables and processed files go to a
    folder of their own. Exit code 2 if a raw file cannot be read; with --check 1 if a number differs.

    Example: landing-lab reanalyse landing-lab-data --check
    """
    from landing_lab.app.reanalyse.run import ReanalyseSettings, run_reanalyse

    settings = ReanalyseSettings(out=out, calibrations=calibration or (), check=check, every=every, json=json)
    raise typer.Exit(run_reanalyse(wanted, settings))
