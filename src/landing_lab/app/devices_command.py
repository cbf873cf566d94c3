"""What there is to type for `landing-lab devices`."""

from __future__ import annotations

from typing import Annotated

import typer

from landing_lab.app.options import Json, Ports


def devices(
    port: Ports = None,
    timeout_s: Annotated[float, typer.Option(help="How long to wait for an answer.")] = 3.0,
    json: Json = False,
) -> None:
    """List the boards that answer: port, kind, id, firmware, channels, rate.

    Without --port every serial port of this machine is asked. Exit code 1 if none answers.

    Example: landing-lab devices --port /dev/ttyUSB0
    """
    from landing_lab.app.devices import run_devices

    raise typer.Exit(run_devices(port or [], timeout_s=timeout_s, as_json=json))
