"""Does what `landing-lab datasets` says."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from landing_lab.app.datasets import show
from landing_lab.app.datasets.dataset import Dataset
from landing_lab.app.datasets.fetch import MUCH_BYTES, check_space, found_by_hand, load, loads_by_itself
from landing_lab.app.datasets.made import make_example
from landing_lab.app.datasets.places import folder_for
from landing_lab.app.datasets.plan import Plan, plan_for
from landing_lab.app.datasets.progress import megabytes
from landing_lab.app.datasets.registry import dataset, registry
from landing_lab.app.terminal.interrupt import interruptible
from landing_lab.errors import DownloadError, ParameterError
from landing_lab.io.write import json_text

SCHEMA: Final = "landing-lab.datasets/1"


def run_list(*, as_json: bool) -> int:
    """Every dataset of the registry."""
    rows = registry().values()
    if as_json:
        return _print_json({"datasets": [show.facts(one) for one in rows]})
    show.print_list(rows)
    return 0


def run_show(name: str, *, as_json: bool) -> int:
    """One dataset in full. Raises ParameterError where there is none of that name."""
    one = dataset(name)
    if as_json:
        return _print_json({"dataset": show.facts(one)})
    show.print_dataset(one)
    return 0


def run_fetch(name: str, *, out: Path | None, only: str | None, yes: bool, unpack: bool) -> int:
    """Load a dataset, or say how a person gets it. Raises ParameterError for an unknown name, DownloadError."""
    one = dataset(name)
    kept = (
        "nothing was written by half"
        if one.access == "made"
        else "what was loaded so far is kept; the same command goes on there"
    )
    return interruptible(
        lambda: _fetch(one, out=out, only=only, yes=yes, unpack=unpack),
        f"interrupted; {kept}",
    )


def _fetch(one: Dataset, *, out: Path | None, only: str | None, yes: bool, unpack: bool) -> int:
    if out is not None and out.exists() and not out.is_dir():
        raise ParameterError(f"{out} is a file; --out names a folder")
    folder = out or folder_for(one)
    if one.access == "made":
        if only is not None:
            raise ParameterError(f"{one.name} is made as a whole; leave out --only")
        show.print_done(one, make_example(folder))
        return 0
    if not loads_by_itself(one):
        if only is not None:
            raise ParameterError(f"{one.name} is got by hand, so nothing can be chosen; leave out --only")
        return _by_hand(one, folder)
    plan = plan_for(one, folder, only)
    show.print_plan(plan)
    if plan.missing:
        check_space(plan)
        if not yes and not _agreed(plan):
            print("nothing was loaded")
            return 0
    show.print_done(one, load(plan, unpacking=unpack))
    return 0


def _by_hand(one: Dataset, folder: Path) -> int:
    """Take what a person put into the folder; where there is nothing, print how to get it."""
    try:
        show.print_done(one, found_by_hand(one, folder))
    except DownloadError:
        if not show.is_here(folder):
            show.print_dataset(one)
            sys.stdout.flush()
        raise
    return 0


def _agreed(plan: Plan) -> bool:
    """Ask before much is loaded. Raises ParameterError where nobody can answer."""
    import typer

    to_load = plan.to_load_bytes
    if to_load is not None and to_load <= MUCH_BYTES:
        return True
    if not sys.stdin.isatty():
        raise ParameterError(
            f"{megabytes(to_load)} are to be loaded and nobody can be asked; say --yes, or choose files with --only"
        )
    return typer.confirm(f"Load {megabytes(to_load)}?")


def _print_json(document: Mapping[str, object]) -> int:
    sys.stdout.write(json_text({"schema": SCHEMA, **document}))
    return 0
