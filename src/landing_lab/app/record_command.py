"""What there is to type for `landing-lab record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Ports


def record(
    port: Ports = None,
    sim: Annotated[bool, typer.Option("--sim", help="Start simulated boards and record them.")] = False,
    dataset: Annotated[Path, typer.Option(help="Folder of all recordings; each run gets a new one inside it.")] = Path(
        "landing-lab-data"
    ),
    participant: Annotated[str, typer.Option(help="A pseudonym: letters and digits only, never a name.")] = "01",
    protocol: Annotated[str, typer.Option(help="What is done; this version knows drop_jump.")] = "drop_jump",
    trials: Annotated[int, typer.Option(min=1, max=100, help="How many trials to record.")] = 1,
    mass_kg: Annotated[float | None, typer.Option(help="Body mass, for trials without quiet standing.")] = None,
    box_height_m: Annotated[float | None, typer.Option(help="Height of the box.")] = None,
    max_duration_s: Annotated[float, typer.Option(help="Longest trial; it ends by itself after the landing.")] = 30.0,
    auto_accept: Annotated[bool, typer.Option("--auto-accept", help="Do not ask before the next trial.")] = False,
) -> None:
    """Record drop jumps from connected boards and report them.

    The raw data go to disk while they arrive, so a pulled cable or a crash loses nothing already received.

    Example: landing-lab record --port /dev/ttyUSB0 --port /dev/ttyUSB1 --port /dev/ttyUSB2 --trials 3
    """
    from landing_lab.app.record import RecordSettings, run_record

    settings = RecordSettings(
        dataset=dataset,
        participant=participant,
        protocol=protocol,
        trials=trials,
        mass_kg=mass_kg,
        box_height_m=box_height_m,
        max_duration_s=max_duration_s,
        auto_accept=auto_accept,
    )
    raise typer.Exit(run_record(port or [], settings, simulated=sim))
