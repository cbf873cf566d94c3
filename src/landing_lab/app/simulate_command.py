"""What there is to type for `landing-lab simulate`."""

from __future__ import annotations

from typing import Annotated

import typer

from landing_lab.app.options import Json

simulate_app = typer.Typer(
    help="Simulated devices and trials, for practice and for testing your own programs.", no_args_is_help=True
)


@simulate_app.command("devices")
def simulate_devices(
    speed: Annotated[float, typer.Option(help="How much faster than real time the boards play.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives another athlete.")] = 1,
    tcp: Annotated[bool, typer.Option("--tcp", help="Serve socket:// addresses instead of pseudo terminals.")] = False,
    json: Json = False,
) -> None:
    """Keep two insoles and a plate alive behind serial endpoints until interrupted.

    Example: landing-lab simulate devices        (then, elsewhere: landing-lab record --port ... )
    """
    from landing_lab.app.simulate import run_simulate_devices

    raise typer.Exit(run_simulate_devices(speed=speed, seed=seed, tcp=tcp, as_json=json))
