"""What there is to type for `landing-lab screen`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from landing_lab.app.options import Json

ALL_EVIDENCE = "all"


class EvidenceCommand(TyperCommand):
    """--evidence may stand alone: it then asks for the whole table."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As usual, after a bare --evidence got its value."""
        filled = []
        for place, word in enumerate(args):
            filled.append(word)
            following = args[place + 1] if place + 1 < len(args) else "-"
            if word == "--evidence" and following.startswith("-"):
                filled.append(ALL_EVIDENCE)
        return super().parse_args(ctx, filled)


def screen(
    dataset: Annotated[Path | None, typer.Argument(help="Dataset folder that `landing-lab record` wrote.")] = None,
    participant: Annotated[str | None, typer.Option(help="Pseudonym of the athlete.")] = None,
    inputs: Annotated[
        Path | None,
        typer.Option(help="Field tests, observations and symptoms (.toml, .json); else those stored with the session."),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            help="What landings are compared with: baseline (own earlier sessions), local (norms of this dataset, 30 "
            "athletes or more) or published; by default local where there are norms, else baseline."
        ),
    ] = None,
    model: Annotated[Path | None, typer.Option(help="This lab's own checked model (model.json).")] = None,
    evidence: Annotated[
        str | None,
        typer.Option(
            help="Print what is published on a variable and stop; without a name all of it. Needs no dataset."
        ),
    ] = None,
    output_format: Annotated[str, typer.Option("--format", help="table or json on the terminal.")] = "table",
    out: Annotated[Path | None, typer.Option(help="Also write screening.html and screening.json here.")] = None,
    json: Json = False,
) -> None:
    """Screen one athlete: what stands out, how sure it is, what cannot be told and why, what to do next.

    Works from force alone; insoles, field tests and what was seen of the knees let it say more. A screening
    indicator, not a diagnosis: force and pressure do not measure knee angle.

    Example: landing-lab screen landing-lab-data --participant P07 --out screening-P07

    Example: landing-lab screen --evidence lunge
    """
    from landing_lab.app.screen.run import ScreenSettings, run_screen

    settings = ScreenSettings(
        participant=participant, inputs=inputs, reference=reference, model=model, evidence=evidence,
        output_format="json" if json else output_format, out=out,
    )  # fmt: skip
    raise typer.Exit(run_screen(dataset, settings))
