"""The command line: what there is to type; the work is done in the module of each command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import landing_lab
from landing_lab.app.analyse.export_command import export
from landing_lab.app.bids.command import bids
from landing_lab.app.boards.command import devices
from landing_lab.app.boards.simulate_command import simulate_app
from landing_lab.app.calibration.command import calibrate_app
from landing_lab.app.cohort.command import cohort
from landing_lab.app.datasets.command import datasets_app
from landing_lab.app.doctor.command import doctor
from landing_lab.app.failures import Interrupted, failed, hush, interrupted, told
from landing_lab.app.inputs.command import inputs_app
from landing_lab.app.layouts.command import layouts_app
from landing_lab.app.models.command import model
from landing_lab.app.options import Animate, Explain, Json, Sensitivity, ShowAll
from landing_lab.app.reanalyse.command import reanalyse
from landing_lab.app.record.command import record
from landing_lab.app.reliability.command import contrast, reliability
from landing_lab.app.screen.command import EvidenceCommand, screen
from landing_lab.app.streams import make_lenient
from landing_lab.app.waveforms.command import waveforms
from landing_lab.app.web.command import serve


class _Commands(TyperGroup):
    """All commands; one that Ctrl-C ends says so to `main`."""

    def invoke(self, ctx: Any) -> object:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise Interrupted(ctx.invoked_subcommand or "") from error


app = typer.Typer(
    name="landing-lab",
    cls=_Commands,
    help=(
        "Record and analyse landings from a jump: pressure insoles, load-cell plates, force plates. "
        "Every number comes with its uncertainty, or with the reason why there is none."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(simulate_app, name="simulate")
app.add_typer(calibrate_app, name="calibrate")
app.add_typer(layouts_app, name="layouts")
app.add_typer(inputs_app, name="inputs")
app.add_typer(datasets_app, name="datasets")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(landing_lab.__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options before a command."""


@app.command()
def demo(
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; a new one next to the last by default.")
    ] = None,
    speed: Annotated[float, typer.Option(help="How much faster than real time the simulated boards play.")] = 2.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other athletes.")] = 1,
) -> None:
    """Record three simulated drop jumps over serial links and report them.

    Two insoles and a load-cell plate are simulated behind real serial ports; everything after the port is what
    a real session uses. Measured values stand beside the simulation's truth.

    Example: landing-lab demo --out my-first-demo
    """
    from landing_lab.app.demo import run_demo

    run_demo(out, speed=speed, seed=seed)


@app.command()
def analyse(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files with vertical force or insole pressure, raw recordings (.xdf), or folders of them."),
    ] = None,
    left: Annotated[str | None, typer.Option(help="Column of the left foot: name or number, counted from 1.")] = None,
    right: Annotated[str | None, typer.Option(help="Column of the right foot.")] = None,
    total: Annotated[str | None, typer.Option(help="Column of the total, where the feet are not separate.")] = None,
    rate_hz: Annotated[
        float | None, typer.Option(help="Samples per second, where the file has no time column.")
    ] = None,
    mass_kg: Annotated[float | None, typer.Option(help="Body mass, for trials without quiet standing.")] = None,
    box_height_m: Annotated[float | None, typer.Option(help="Height of the box, to check the drop height.")] = None,
    task: Annotated[
        str, typer.Option(help="auto, drop_jump, drop_landing, countermovement_jump or squat_jump.")
    ] = "auto",
    output_format: Annotated[str, typer.Option("--format", help="table, json or csv on the terminal.")] = "table",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Also write report.html, metrics.csv, analysis.json and pictures here; of a folder, Parquet tables."
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Folders: processes at work; every core by default.")] = None,
    pattern: Annotated[
        str | None, typer.Option(help="Folders: only files whose name is like this, such as '*_grf.mot'.")
    ] = None,
    sensitivity: Sensitivity = False,
    animate: Animate = False,
    explain: Explain = None,
    show_all: ShowAll = False,
    json: Json = False,
) -> None:
    """Detect and measure the landings in force-plate files and recordings.

    Text (tab, comma, semicolon, blanks), OpenSim .mot/.sto, C3D, Parquet, .xdf and insole files (Moticon, pedar,
    loadsol, F-Scan, XSENSOR, emed) are recognised by their content.
    A folder is searched with all below it, over every core: metrics.parquet (one row per metric), trials.parquet
    (one row per trial) and errors.csv go to --out, by default the new folder landing-lab-analysis.
    Exit code 2 if a file could not be read; a refused trial is a result, with its reason.

    Example: landing-lab analyse jump.txt --left FP1 --right FP2 --rate-hz 1000 --out results

    Example: landing-lab analyse study/ --pattern '*_grf.mot' --out results
    """
    from landing_lab.app.analyse.run import Columns, Extras, run_files_or_folders

    raise typer.Exit(
        run_files_or_folders(
            files or [],
            Columns(left=left, right=right, total=total, rate_hz=rate_hz),
            mass_kg=mass_kg,
            box_height_m=box_height_m,
            task=task,
            output_format="json" if json else output_format,
            out=out,
            jobs=jobs,
            pattern=pattern,
            extras=Extras(sensitivity=sensitivity, animate=animate, show_all=show_all, explain=explain),
        )
    )


app.command()(devices)
app.command()(record)
app.command()(serve)
app.command()(reanalyse)
app.command()(cohort)
app.command()(model)


@app.command()
def report(
    recording: Annotated[
        list[Path], typer.Argument(help="One session folder, recordings (.xdf), or files that name their own columns.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the report; landing-lab-report by default, for a session its own folder."),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write report.pdf (pip install 'landing-lab[web]').")] = False,
    mass_kg: Annotated[float | None, typer.Option(help="Body mass, for trials without quiet standing.")] = None,
    box_height_m: Annotated[float | None, typer.Option(help="Height of the box, to check the drop height.")] = None,
    animate: Animate = False,
) -> None:
    """Write one report: report.html, metrics.csv, analysis.json and pictures; --pdf also report.pdf.

    Of a session folder it begins with one page for the athlete, with the screening where something was entered.

    Example: landing-lab report landing-lab-data/sub-P07/ses-01 --pdf

    Example: landing-lab report landing-lab-data/sub-01/*/raw/*.xdf --out session-report
    """
    from landing_lab.app.report_command import ReportWanted, run_report

    wanted = ReportWanted(out=out, mass_kg=mass_kg, box_height_m=box_height_m, animate=animate, pdf=pdf)
    raise typer.Exit(run_report(recording, wanted))


app.command()(export)
app.command()(bids)
app.command(cls=EvidenceCommand)(screen)
app.command()(reliability)
app.command()(contrast)
app.command()(waveforms)
app.command()(doctor)


def main() -> None:
    """Entry point: every failure becomes one sentence on stderr and an exit code, never a traceback."""
    output = make_lenient()
    debug = bool(os.environ.get("LANDING_LAB_DEBUG"))
    if not debug:
        hush()
    try:
        returned = app(standalone_mode=False)
        code = returned if isinstance(returned, int) else 0
    except Interrupted as ended:
        code = interrupted(*ended.args)
    except (KeyboardInterrupt, typer.Abort):
        code = interrupted()
    except Exception as error:
        if debug:
            raise
        code = failed(error)
    output.flush()
    if output.failed is not None and not isinstance(output.failed, BrokenPipeError):
        code = told(f"the output could not be written: {output.failed.strerror}", 1)
    sys.exit(code)
