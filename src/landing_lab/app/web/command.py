"""What there is to type for `landing-lab serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Ports


def serve(
    port: Ports = None,
    sim: Annotated[bool, typer.Option("--sim", help="Start simulated boards and use them.")] = False,
    dataset: Annotated[Path, typer.Option(help="Folder of all recordings, made where it is missing.")] = Path(
        "landing-lab-data"
    ),
    listen_port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0: a free one.")] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; other than 127.0.0.1 the page asks for a token.")
    ] = "127.0.0.1",
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the lab page: record, see and decide from a browser beside the plate.

    Ctrl-C ends it; a session that runs is kept and continued the next time.

    Example: landing-lab serve --sim --open

    Example: landing-lab serve --dataset study --host 0.0.0.0
    """
    from landing_lab.app.web.serve import ServeSettings, run_serve

    settings = ServeSettings(
        urls=tuple(port or ()),
        simulated=sim,
        dataset=dataset,
        listen_port=listen_port,
        host=host,
        open_browser=open_browser,
    )
    raise typer.Exit(run_serve(settings))
