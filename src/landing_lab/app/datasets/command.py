"""What there is to type for `landing-lab datasets`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json

datasets_app = typer.Typer(
    help="Public datasets of jumps, forces and plantar pressure: list, load, cite (docs/how_to/datasets.md).",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _folder(text: str) -> Path:
    """An empty name would be the folder one happens to be in."""
    if not str(text).strip():
        raise typer.BadParameter("the name of the folder is empty; give a path, or leave --out away")
    return Path(text)


@datasets_app.command("list")
def list_datasets(json: Json = False) -> None:
    """List the datasets: name, what they hold, size, licence, how to get them.

    Example: landing-lab datasets list
    """
    from landing_lab.app.datasets.run import run_list

    raise typer.Exit(run_list(as_json=json))


@datasets_app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Name of a dataset, as `datasets list` prints it.")], json: Json = False
) -> None:
    """Show one dataset: sensors, people, licence, citation, files, how to get and how to read it.

    Example: landing-lab datasets show vertical-jumps
    """
    from landing_lab.app.datasets.run import run_show

    raise typer.Exit(run_show(name, as_json=json))


@datasets_app.command("fetch")
def fetch(
    name: Annotated[str, typer.Argument(help="Name of a dataset, as `datasets list` prints it.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for it; a cache that all commands share by default.", parser=_folder, metavar="PATH"),
    ] = None,
    only: Annotated[str | None, typer.Option(help="Only files whose name is like this, such as '*.txt'.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Load more than 100 MB without asking.")] = False,
    unpack: Annotated[bool, typer.Option("--unpack/--no-unpack", help="Unpack zip and tar archives.")] = True,
) -> None:
    """Load a dataset, check every file, and say where it is.

    A download that broke off goes on where it stopped; what is here already is not loaded again. Exit code 1 where
    it cannot be had now (the message says what to do), 2 where there is no dataset of that name.

    Example: landing-lab datasets fetch vertical-jumps

    Example: landing-lab datasets fetch wang-2023 --only Processed_data.rar --out /data/wang --yes
    """
    from landing_lab.app.datasets.run import run_fetch

    raise typer.Exit(run_fetch(name, out=out, only=only, yes=yes, unpack=unpack))
