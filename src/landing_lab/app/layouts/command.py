"""What there is to type for `landing-lab layouts`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json

layouts_app = typer.Typer(
    help="Where the cells of insoles lie: list and show the layouts that ship, check your own (docs/layouts.md).",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@layouts_app.command("list")
def list_layouts(json: Json = False) -> None:
    """List the layouts that ship: name, number of cells, size, what they are.

    Example: landing-lab layouts list
    """
    from landing_lab.app.layouts.run import run_list

    raise typer.Exit(run_list(as_json=json))


@layouts_app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Name of a layout, as `layouts list` prints it.")], json: Json = False
) -> None:
    """Show one layout: every cell with its region, place and area.

    Example: landing-lab layouts show infotronic_8
    """
    from landing_lab.app.layouts.run import run_show

    raise typer.Exit(run_show(name, as_json=json))


@layouts_app.command("check")
def check(file: Annotated[Path, typer.Argument(help="A layout of your own (.toml).")], json: Json = False) -> None:
    """Check a layout of your own: exit code 2 and the reason where it cannot be used, else what looks wrong in it.

    Example: landing-lab layouts check our_insole.toml
    """
    from landing_lab.app.layouts.run import run_check

    raise typer.Exit(run_check(file, as_json=json))
