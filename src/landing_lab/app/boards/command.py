"""What there is to type for `landing-lab devices`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json, Ports


def devices(
    port: Ports = None,
    timeout_s: Annotated[float, typer.Option(help="How long to wait for an answer.")] = 3.0,
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not stream for a second to measure rate and link quality.")
    ] = False,
    dataset: Annotated[Path, typer.Option(help="Folder whose calibrations are looked at, if it exists.")] = Path(
        "landing-lab-data"
    ),
    json: Json = False,
) -> None:
    """List the boards that answer: port, kind, id, foot, firmware, channels, rate, link quality, calibration age.

    Without --port every serial port of this machine is asked. Exit code 1 if none answers or one does not stream.

    Example: landing-lab devices --port /dev/ttyUSB0
    """
    from landing_lab.app.boards.table import run_devices

    raise typer.Exit(run_devices(port or [], timeout_s=timeout_s, as_json=json, probe=not no_probe, dataset=dataset))
