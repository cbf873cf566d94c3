"""What there is to type for `landing-lab simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

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
        str,
        typer.Option(
            help="What happens on the boards, over and over: drop-jump, standing, empty, or calibration: somebody who "
            "follows the steps of `calibrate insole` (masses for a plate: `calibrate plate --sim`)."
        ),
    ] = "drop-jump",
    layout: Annotated[
        str | None,
        typer.Option(help="Where the cells of both insoles lie: the name of a layout, or a TOML file; infotronic_8."),
    ] = None,
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

    Example: landing-lab simulate devices --scene calibration        (then: landing-lab calibrate insole --port ... )

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
        speed=speed, seed=seed, scene=scene, layout=layout, tcp=tcp, link_dir=link_dir, clock_ppm=clock_ppm,
        faults=faults, faulty=faults_on,
    )  # fmt: skip
    raise typer.Exit(run_simulate_devices(settings, as_json=json))


@simulate_app.command("sensors")
def simulate_sensors(
    file: Annotated[Path, typer.Argument(help="A force-plate file with two feet, at 500 Hz or more.")],
    out: Annotated[Path, typer.Option(help="The raw recording to write (.xdf); the truth goes beside it.")],
    left: Annotated[str | None, typer.Option(help="Column of the left foot: name or number, counted from 1.")] = None,
    right: Annotated[str | None, typer.Option(help="Column of the right foot.")] = None,
    rate_hz: Annotated[
        float | None, typer.Option(help="Samples per second, where the file has no time column.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other feet, cells, converters and clocks.")] = 1,
    layout: Annotated[
        str, typer.Option(help="Where the cells lie: the name of a layout, or a TOML file.")
    ] = "infotronic_8",
    sensors: Annotated[
        Literal["typical", "worn", "ringing", "hard"],
        typer.Option(help="worn: worn cells, a soft sole, slipping insoles; ringing: a plate that rings at 45 Hz."),
    ] = "typical",
    hard: Annotated[bool, typer.Option("--hard", help="Short for --sensors hard: worn and ringing.")] = False,
    speed_up: Annotated[float, typer.Option(help="Landings so many times faster, such as 1.6.")] = 1.0,
    uncalibrated: Annotated[
        bool, typer.Option("--uncalibrated", help="Without the calibrations that a lab would have made.")
    ] = False,
    unmarked: Annotated[
        bool, typer.Option("--unmarked", help="Insoles calibrated by a wearer whose feet stood on no marks.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing recording.")] = False,
    json: Json = False,
) -> None:
    """Make from a force-plate file what two insoles and a load-cell plate would have recorded.

    Every parameter of the sensors is drawn from the seed. The recording holds counts, times and calibrations made from
    simulated sessions of the same sensors, and can be analysed alone; what is true stands beside it in
    OUT.truth.json, which no analysis reads.

    Example: landing-lab simulate sensors jump.txt --left FP1 --right FP2 --rate-hz 1000 --seed 3 --out rec.xdf
    """
    from landing_lab.app.boards.sensors import SensorsWanted, run_simulate_sensors

    wanted = SensorsWanted(
        file=file, left=left, right=right, rate_hz=rate_hz, seed=seed, layout=layout,
        sensors="hard" if hard else sensors, speed_up=speed_up, calibrated=not uncalibrated,
        marked=not unmarked, out=out, overwrite=force,
    )  # fmt: skip
    raise typer.Exit(run_simulate_sensors(wanted, as_json=json))
