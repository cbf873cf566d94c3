"""What there is to type for `landing-lab cohort`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json


def cohort(
    dataset: Annotated[
        Path,
        typer.Argument(help="Folder that `record --dataset` wrote, or a table of metrics (.parquet, .csv)."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="File for the table of all trials; by default cohort.parquet in the dataset's derivatives."),
    ] = None,
    norms_out: Annotated[
        Path | None, typer.Option(help="File for the norms; by default norms.json in the dataset, read by screening.")
    ] = None,
    athlete: Annotated[str | None, typer.Option(help="One athlete over sessions instead; nothing is written.")] = None,
    figure: Annotated[Path | None, typer.Option(help="With --athlete: a picture of the sessions (.png, .svg).")] = None,
    sql: Annotated[
        str | None,
        typer.Option(help="Answer one SELECT over the tables trials and participants instead; nothing is written."),
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="Show this metric, such as contact_time_s; repeatable. Else the main ones.")
    ] = None,
    task: Annotated[str | None, typer.Option(help="With --athlete: this task; else what was done most.")] = None,
    condition: Annotated[
        str | None, typer.Option(help="With --athlete: this condition; else what was done most.")
    ] = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Analyse all raw files again instead of reading stored numbers.")
    ] = False,
    derivatives: Annotated[
        bool, typer.Option("--derivatives", help="Prefer what `reanalyse` of this version wrote.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at work; every core by default.")] = None,
    dask: Annotated[
        str | None, typer.Option(help="Work on the Dask cluster at this address, such as tcp://192.168.1.5:8786.")
    ] = None,
    json: Json = False,
) -> None:
    """Put all trials of a dataset into one table, with norms by sex and age and trends of one athlete.

    Sex and age are the columns sex and age_years of participants.tsv in the dataset.

    One athlete is one value: trials are never pooled. A group needs 30 athletes for a norm. Stored numbers are read;
    sessions without them are analysed. Processes or a Dask cluster share the work, with the same result.

    Example: landing-lab cohort study

    Example: landing-lab cohort study --athlete P07 --figure P07.png

    Example: landing-lab cohort study --sql "SELECT condition, count(DISTINCT participant) FROM trials GROUP BY 1"
    """
    from landing_lab.app.cohort.run import CohortSettings, run_cohort

    settings = CohortSettings(
        out=out,
        norms_out=norms_out,
        athlete=athlete,
        figure=figure,
        sql=sql,
        metrics=tuple(metric or ()),
        task=task,
        condition=condition,
        recompute=recompute,
        derivatives=derivatives,
        jobs=jobs,
        cluster=dask,
        json=json,
    )
    raise typer.Exit(run_cohort(dataset, settings))
