"""What there is to type for `landing-lab bids`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bids(
    dataset: Annotated[Path, typer.Argument(help="Dataset folder that `landing-lab record` wrote.")],
    out: Annotated[Path, typer.Option(help="New folder for the export.")],
    without_raw: Annotated[
        bool, typer.Option("--without-raw", help="Leave the raw files (.xdf) out of sourcedata.")
    ] = False,
    with_inputs: Annotated[
        bool,
        typer.Option("--with-inputs", help="Copy what was entered of each athlete too (injuries, pain, strength)."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
) -> None:
    """Export a dataset as BIDS, the layout of public archives, which bids-validator accepts.

    Force becomes motion data (BIDS knows no force plate), insoles become physiological recordings, metrics a
    derivative. sourcedata/ holds raw files, session.json and calibrations with what people typed in them; field inputs
    (injuries, pain) only with --with-inputs. Only accepted trials are exported.

    Example: landing-lab bids landing-lab-data --out study-bids
    """
    from landing_lab.app.bids.run import run_bids

    raise typer.Exit(run_bids(dataset, out, raw=not without_raw, inputs=with_inputs, replace=force))
