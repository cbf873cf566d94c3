"""What there is to type for `landing-lab calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from landing_lab.app.options import InsoleLayouts, Json, Ports

calibrate_app = typer.Typer(
    help="Make counts into newton: plates with known masses, insoles on the plate; list, show and check calibrations.",
    invoke_without_command=True,
)

InDataset = Annotated[Path, typer.Option(help="Folder of all recordings; calibrations go to its calibrations/.")]
Simulated = Annotated[bool, typer.Option("--sim", help="Start simulated boards that act out the steps.")]
ScriptFile = Annotated[
    str | None,
    typer.Option("--script", help="Ask nobody: default, or a file of lines such as `left taps: skip`."),
]
Operator = Annotated[str | None, typer.Option(help="Who calibrates: initials; stored.")]
Note = Annotated[str | None, typer.Option(help="Stored, such as which masses, shoes or surface.")]
Temperature = Annotated[float | None, typer.Option(help="Of the room; stored.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the simulated boards: another seed gives other parts.")]
DATASET = Path("landing-lab-data")


@calibrate_app.callback()
def calibrate(
    context: typer.Context,
    raw: Annotated[
        Path | None, typer.Option("--from", help="Make a calibration again from the readings kept in this .xdf file.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(help="With --from: dataset to write into; else the one that holds the readings.")
    ] = None,
    json: Json = False,
) -> None:
    """Make counts into newton: plates with known masses, insoles on the plate; list, show and check calibrations.

    Example: landing-lab calibrate plate --mass-kg 5 --mass-kg 10 --mass-kg 20
    """
    if context.invoked_subcommand is not None:
        return
    if raw is None:
        print(context.get_help())
        raise typer.Exit(2)
    from landing_lab.app.calibration.results import dataset_of, recompute

    raise typer.Exit(recompute(raw, dataset or dataset_of(raw), as_json=json))


@calibrate_app.command("plate")
def plate(
    port: Ports = None,
    dataset: InDataset = DATASET,
    mass_kg: Annotated[
        list[float] | None, typer.Option(help="A known mass. Repeat: two or more; asked for if left out.")
    ] = None,
    loads: Annotated[
        Path | None, typer.Option(help="CSV of loads of your own: mass_kg,medial_mm,anterior_mm,side.")
    ] = None,
    mass_sd_pct: Annotated[
        float, typer.Option(help="How well the masses are known, in percent; marked gym weights: 1 to 3.")
    ] = 0.1,
    corner_mm: Annotated[float, typer.Option(help="How far a corner load stands from the middle, each way.")] = 110.0,
    common_scale: Annotated[
        bool, typer.Option("--common-scale", help="One scale for all cells: where no corner can be loaded.")
    ] = False,
    no_quick: Annotated[
        bool, typer.Option("--no-quick", help="Leave out quick unloadings and knocks; filter and mode stay unknown.")
    ] = False,
    mode_hz: Annotated[
        float | None,
        typer.Option(
            help="First mode of the plate, 10 to 1000 Hz, measured with an accelerometer or a faster converter: knocks "
            "show none above 60 Hz."
        ),
    ] = None,
    operator: Operator = None,
    note: Note = None,
    temperature_c: Temperature = None,
    script: ScriptFile = None,
    sim: Simulated = False,
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Calibrate a plate with known masses, step by step; each step is seen, read and judged by itself.

    Needs two masses or more (water canisters weighed on a scale will do), about 10 minutes per plate. A person of
    known weight may be a mass: stand still in the middle and on the corners.

    Example: landing-lab calibrate plate --mass-kg 5 --mass-kg 10 --mass-kg 20 --operator RT

    Example: landing-lab calibrate plate --sim --script default
    """
    from landing_lab.app.calibration.events import read_script
    from landing_lab.app.calibration.kinds import run_plate
    from landing_lab.app.calibration.run import guarded
    from landing_lab.app.calibration.settings import CalibrateSettings

    settings = CalibrateSettings(
        dataset=dataset,
        urls=tuple(port or ()),
        simulated=sim,
        seed=seed,
        script=None if script is None else read_script(script),
        as_json=json,
        mass_sd_pct=mass_sd_pct,
        common_scale=common_scale,
        mode_hz=mode_hz,
        temperature_c=temperature_c,
        operator=operator,
        note=note,
    )
    quick = not no_quick
    raise typer.Exit(guarded(lambda: run_plate(settings, mass_kg or [], loads=loads, corner_mm=corner_mm, quick=quick)))


@calibrate_app.command("insole")
def insole(
    port: Ports = None,
    dataset: InDataset = DATASET,
    side: Annotated[Literal["left", "right", "both"], typer.Option(help="Which insole.")] = "both",
    bench: Annotated[
        bool, typer.Option("--bench/--on-plate", help="Cell by cell with masses, or worn on the plate (usual).")
    ] = False,
    mass_kg: Annotated[
        list[float] | None, typer.Option(help="With --bench: a mass that fits on one cell. Repeat: five or more.")
    ] = None,
    insole_layout: InsoleLayouts = None,
    heel_mm: Annotated[
        str | None,
        typer.Option(
            help="Where marks on each plate hold the middle of the heel edge: MEDIAL,ANTERIOR mm from its middle, such "
            "as 0,-130. Without marks the centre of pressure may be turned and moved by some millimetres."
        ),
    ] = None,
    toe_out_deg: Annotated[float, typer.Option(help="With --heel-mm: how far the marks turn the toes outwards.")] = 0.0,
    bench_laws: Annotated[
        bool,
        typer.Option("--bench-laws/--no-bench-laws", help="Use what the bench told of single cells, where it did."),
    ] = True,
    operator: Operator = None,
    note: Note = None,
    temperature_c: Temperature = None,
    script: ScriptFile = None,
    sim: Simulated = False,
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Calibrate insoles under a wearer on the plate: feet up, flat, leans, heel raises, one leg, small hops.

    Takes two minutes per wearer and visit. Use a calibrated plate: landing-lab calibrate plate. Marks for the heels
    (--heel-mm) make the medial shift twice to five times as good.

    Example: landing-lab calibrate insole --operator RT

    Example: landing-lab calibrate insole --sim --script default
    """
    from landing_lab.app.calibration.events import read_script
    from landing_lab.app.calibration.kinds import run_insole
    from landing_lab.app.calibration.run import guarded
    from landing_lab.app.calibration.settings import CalibrateSettings, place_of

    settings = CalibrateSettings(
        dataset=dataset,
        urls=tuple(port or ()),
        simulated=sim,
        seed=seed,
        script=None if script is None else read_script(script),
        as_json=json,
        temperature_c=temperature_c,
        operator=operator,
        note=note,
        layouts=tuple(insole_layout or ()),
        heel_mm=None if heel_mm is None else place_of(heel_mm),
        toe_out_deg=toe_out_deg,
        bench_laws=bench_laws,
    )
    raise typer.Exit(guarded(lambda: run_insole(settings, side=side, bench=bench, masses_kg=mass_kg or [])))


@calibrate_app.command("check")
def check(
    port: Ports = None,
    dataset: InDataset = DATASET,
    operator: Operator = None,
    note: Note = None,
    script: ScriptFile = None,
    sim: Simulated = False,
    seed: Seed = 1,
    json: Json = False,
) -> None:
    """Look at the end of a session whether the insoles still agree with the plate: 10 s of standing.

    Exit code 1 where one has drifted by more than its calibration allows.

    Example: landing-lab calibrate check
    """
    from landing_lab.app.calibration.check_command import run_check
    from landing_lab.app.calibration.events import read_script
    from landing_lab.app.calibration.run import guarded
    from landing_lab.app.calibration.settings import CalibrateSettings

    settings = CalibrateSettings(
        dataset=dataset,
        urls=tuple(port or ()),
        simulated=sim,
        seed=seed,
        script=None if script is None else read_script(script),
        as_json=json,
        operator=operator,
        note=note,
    )
    raise typer.Exit(guarded(lambda: run_check(settings)))


@calibrate_app.command("list")
def list_calibrations(dataset: InDataset = DATASET, json: Json = False) -> None:
    """List the calibrations of a dataset, newest first: device, kind, when, until when, how good, which is used.

    Example: landing-lab calibrate list
    """
    from landing_lab.app.calibration.run import run_list

    raise typer.Exit(run_list(dataset, as_json=json))


@calibrate_app.command("show")
def show(file: Annotated[Path, typer.Argument(help="A file in DATASET/calibrations.")], json: Json = False) -> None:
    """Show one calibration in full: every step and what it left over.

    Example: landing-lab calibrate show landing-lab-data/calibrations/SIM-PLT_20261122T210000Z.json
    """
    from landing_lab.app.calibration.run import run_show

    raise typer.Exit(run_show(file, as_json=json))
