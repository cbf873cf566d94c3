"""What there is to type for `landing-lab simulate`."""

from __future__ import annotations

from pathlib import Path
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
    scene: Annotated[
        str, typer.Option(help="What happens on the boards, over and over: drop-jump, standing, empty, calibration.")
    ] = "drop-jump",
    tcp: Annotated[bool, typer.Option("--tcp", help="Serve socket:// addresses instead of pseudo terminals.")] = False,
    link_dir: Annotated[
        Path | None,
        typer.Option(help="Folder for names that stay the same: insole_left, insole_right, plate. Made if need be."),
    ] = None,
    clock_ppm: Annotated[
        float | None,
        typer.Option(help="Clock error of the left board, the opposite on the right; drawn within 200 by default."),
    ] = None,
    lose: Annotated[float, typer.Option(help="Share of frames that vanish on the way, 0-1.")] = 0.0,
    corrupt: Annotated[float, typer.Option(help="Share of frames that arrive with one bit flipped, 0-1.")] = 0.0,
    jitter_ms: Annotated[float, typer.Option(help="How long bytes are held back at most.")] = 0.0,
    unplug_after: Annotated[
        float | None, typer.Option(help="Seconds of streaming after which the cable is pulled, once.")
    ] = None,
    return_after: Annotated[
        float | None, typer.Option(help="Seconds after which it is plugged in again; never by default.")
    ] = None,
    faults_on: Annotated[
        str | None, typer.Option(help="The board that suffers these: insole_left, insole_right or plate; default all.")
    ] = None,
    json: Json = False,
) -> None:
    """Keep two insoles and a plate alive behind serial endpoints until interrupted.

    Any number of programs may connect, one after another; each start plays the scene from its beginning.

    Example: landing-lab simulate devices        (then, elsewhere: landing-lab record --port ... )

    Example: landing-lab simulate devices --unplug-after 8 --return-after 3 --faults-on insole_left
    """
    from landing_lab.app.boards.simulate import SimulateSettings, run_simulate_devices
    from landing_lab.sim.link import LinkFaults

    faults = LinkFaults(
        seed=seed,
        lose_fraction=lose,
        corrupt_fraction=corrupt,
        jitter_ms=jitter_ms,
        unplug_after_s=unplug_after,
        return_after_s=return_after,
    )
    settings = SimulateSettings(
        speed=speed, seed=seed, scene=scene, tcp=tcp, link_dir=link_dir, clock_ppm=clock_ppm, faults=faults,
        faulty=faults_on,
    )  # fmt: skip
    raise typer.Exit(run_simulate_devices(settings, as_json=json))
