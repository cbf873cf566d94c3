"""What there is to type for `landing-lab export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    file: Annotated[Path, typer.Argument(help="File with vertical force, or a raw recording (.xdf).")],
    to: Annotated[Path, typer.Option(help="File to write; its ending chooses .parquet, .csv, .c3d, .mot or .mat.")],
    left: Annotated[str | None, typer.Option(help="Column of the left foot: name or number, counted from 1.")] = None,
    right: Annotated[str | None, typer.Option(help="Column of the right foot.")] = None,
    total: Annotated[str | None, typer.Option(help="Column of the total, where the feet are not separate.")] = None,
    rate_hz: Annotated[
        float | None, typer.Option(help="Samples per second, where the file has no time column.")
    ] = None,
    stream: Annotated[str | None, typer.Option(help="Which, where a recording holds several devices.")] = None,
    task: Annotated[
        str | None, typer.Option(help="For the events of a .c3d file: a task instead of the one recognised.")
    ] = None,
    mass_kg: Annotated[
        float | None, typer.Option(help="For the events of a .c3d file: body mass, without quiet standing.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write the force of a file in another format.

    .parquet keeps all that is known and reads back to the same recording; .csv holds time and force; .c3d adds the
    events found; .mot is for OpenSim, y up; .mat is for MATLAB. What was not measured is not invented, and said.

    Example: landing-lab export jump.txt --left FP1 --right FP2 --rate-hz 1000 --to jump.parquet
    """
    from landing_lab.app.analyse.export import ExportSettings, run_export
    from landing_lab.app.analyse.run import Columns

    settings = ExportSettings(to=to, force=force, stream=stream, task=task, mass_kg=mass_kg)
    raise typer.Exit(run_export(file, Columns(left=left, right=right, total=total, rate_hz=rate_hz), settings))
