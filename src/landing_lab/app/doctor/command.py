"""`landing-lab doctor` as it is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json


def doctor(
    dataset: Annotated[Path, typer.Option(help="Where recordings shall go.")] = Path("landing-lab-data"),
    json: Json = False,
) -> None:
    """Check this installation and computer: libraries, extras, drivers, ports, folders, clock, detector.

    Says what is missing and what to type to get it. Exit code 1 if something that is needed is missing.

    Example: landing-lab doctor
    """
    from landing_lab.app.doctor.run import run_doctor

    raise typer.Exit(run_doctor(as_json=json, dataset=dataset))
