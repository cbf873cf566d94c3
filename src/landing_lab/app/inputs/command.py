"""What there is to type for `landing-lab inputs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json

DatasetFolder = Annotated[Path, typer.Argument(help="Dataset folder, as `landing-lab record --dataset` writes it.")]
Participant = Annotated[str, typer.Option(help="Pseudonym of the participant, such as P07.")]
Session = Annotated[str | None, typer.Option(help="Session, such as 02; the newest by default.")]

inputs_app = typer.Typer(
    help="Enter what sensors cannot know: history, field tests, observations of the knee, symptoms.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@inputs_app.command("template")
def template(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; the terminal by default.")] = None,
    json: Json = False,
) -> None:
    """Write an empty form (TOML) with every field: unit, allowed range, what it is for.

    Example: landing-lab inputs template P07.toml
    """
    from landing_lab.app.inputs.template import run_template

    raise typer.Exit(run_template(file, as_json=json))


@inputs_app.command("set")
def set_inputs(
    dataset: DatasetFolder,
    entries: Annotated[
        list[str] | None, typer.Argument(help="field=value, as often as you like; field= takes an entry away.")
    ] = None,
    participant: Participant = "",
    session: Session = None,
    file: Annotated[Path | None, typer.Option(help="Enter what stands in a TOML or JSON file.")] = None,
    by: Annotated[str | None, typer.Option(help="Who enters it: a pseudonym or initials.")] = None,
) -> None:
    """Enter values of one session; what was entered before stays.

    Example: landing-lab inputs set study --participant P07 prior_injury=none lunge_left_cm=9.5 less.5=1
    """
    from landing_lab.app.inputs.run import run_set

    raise typer.Exit(run_set(dataset, participant, session, entries or [], file=file, by=by))


@inputs_app.command("show")
def show(dataset: DatasetFolder, participant: Participant = "", session: Session = None, json: Json = False) -> None:
    """Show what was entered, the LESS with what sensors fill in, and what counts as an observation of the knee.

    Example: landing-lab inputs show study --participant P07
    """
    from landing_lab.app.inputs.run import run_show

    raise typer.Exit(run_show(dataset, participant, session, as_json=json))
