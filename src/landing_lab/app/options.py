"""Options that several commands share, or that would crowd the list of commands."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
Ports = Annotated[
    list[str] | None,
    typer.Option(
        "--port",
        help="Serial port of a board, such as /dev/ttyUSB0, COM3 or socket://host:port. Repeat for each board.",
    ),
]
InsoleLayouts = Annotated[
    list[str] | None,
    typer.Option(
        "--insole-layout",
        help="Where the cells lie: a name from `layouts list` or a .toml file, for both feet, or left=... and "
        "right=...; else as the dataset's layouts/ says.",
    ),
]
Explain = Annotated[
    list[str] | None,
    typer.Option(
        "--explain", help="Say what a metric is and stop: a name, several with commas, or all. Needs no file."
    ),
]
Sensitivity = Annotated[
    bool,
    typer.Option("--sensitivity", help="Also show how the numbers depend on the contact threshold (5-100 N, rules)."),
]
Animate = Annotated[
    bool,
    typer.Option(
        "--animate", help="With --out: also a slow motion (.gif) of every landing that was recorded with insoles."
    ),
]
ShowAll = Annotated[bool, typer.Option("--all", help="Print every metric, also those of each foot and refused ones.")]
