"""What there is to type for `landing-lab waveforms`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json


def waveforms(
    dataset: Annotated[Path, typer.Argument(help="Folder of a dataset, as `landing-lab record --dataset` wrote it.")],
    signal: Annotated[
        str, typer.Option(help="force_total, force_left, force_right (body weights), cop_ml_left, cop_ml_right (mm).")
    ] = "force_total",
    phase: Annotated[
        str,
        typer.Option(help="contact, braking, propulsion, landing, loading, attenuation or stabilising."),
    ] = "contact",
    first: Annotated[str | None, typer.Option(help="First condition of the same athletes.")] = None,
    second: Annotated[str | None, typer.Option(help="Second condition; differences are second minus first.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Column of participants.tsv with two groups of athletes, such as sex.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Column of participants.tsv, or field input such as lunge_left_cm, with a number for each."),
    ] = None,
    condition: Annotated[
        str | None, typer.Option(help="With --group and --against: only trials of this condition.")
    ] = None,
    task: Annotated[str | None, typer.Option(help="Only trials of this task, where the dataset has several.")] = None,
    registration: Annotated[
        str, typer.Option(help="linear, or landmark: lined up at the lowest point (contact) or the peak (landing).")
    ] = "linear",
    permutations: Annotated[
        int, typer.Option(min=1000, max=1_000_000, help="Drawn where there are more than that; else all are taken.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Of drawn permutations.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Also write waveforms.png and waveforms.json into this folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Compare whole curves of force or centre of pressure over a phase, by permutation.

    Two conditions of the same athletes, two groups, or against a number. Curves are means of athletes, never single
    trials. Error is held at 5 % over the whole curve. Trials without a curve are named with the reason.

    Example: landing-lab waveforms study --phase contact --first flat --second heel_lift --out waveforms

    Example: landing-lab waveforms study --signal force_left --phase loading --group sex
    """
    from landing_lab.app.waveforms.run import Question, run_waveforms

    question = Question(
        signal=signal, phase=phase, first=first, second=second, group=group, against=against, condition=condition,
        task=task, registration=registration, permutations=permutations, seed=seed,
    )  # fmt: skip
    raise typer.Exit(run_waveforms(dataset, question, out=out, as_json=json))
