"""What there is to type for `landing-lab model`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json


def model(
    dataset: Annotated[
        Path | None, typer.Argument(help="Folder of a dataset, as `landing-lab record --dataset` wrote it.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Instead of a dataset: a table (.csv, .tsv, .parquet) with a column participant."),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(help="What is to be explained: a field input such as valgus_landing, a column, or a metric."),
    ] = None,
    predictors: Annotated[
        str | None, typer.Option(help="With commas: metrics such as peak_force_bw_left, field inputs, columns.")
    ] = None,
    positive: Annotated[
        str | None, typer.Option(help="What counts as yes: a word such as poor, or a limit such as '>=8'.")
    ] = None,
    kind: Annotated[str, typer.Option(help="auto, logistic (yes or no), mixed or gee (repeated trials).")] = "auto",
    task: Annotated[str | None, typer.Option(help="Only trials of this task, where the dataset has several.")] = None,
    condition: Annotated[
        str | None, typer.Option(help="Only trials of this condition; by default the one without a challenge.")
    ] = None,
    per_limb: Annotated[
        bool, typer.Option("--per-limb", help="One row per limb; NAME then means the row's limb.")
    ] = False,
    group: Annotated[
        str | None, typer.Option(help="Columns whose groups are reported apart, with commas: sex,team.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Column of teams or sites; each is left out once.")] = None,
    fill: Annotated[str, typer.Option(help="What is missing: mean, iterative, or complete (rows only).")] = "mean",
    expected_c: Annotated[
        float, typer.Option("--c", help="AUC that is expected; the sample size follows from it.")
    ] = 0.75,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Fit with too few athletes; the model is marked not validated.")
    ] = False,
    primary: Annotated[
        str | None, typer.Option(help="Predictors declared before as primary, with commas: Holm-adjusted p.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of folds and draws.")] = 1,
    sample_size: Annotated[
        bool, typer.Option("--sample-size", help="Only say how many athletes are needed; needs no data.")
    ] = False,
    prevalence: Annotated[
        float | None, typer.Option(help="With --sample-size: share with the outcome, 0 to 1.")
    ] = None,
    predictors_n: Annotated[int | None, typer.Option(help="With --sample-size: how many candidate predictors.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write model.json, model_card.md and pictures into this folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Fit your own model of what your raters saw, or effects over repeated trials, and judge it on unseen athletes.

    A yes-or-no outcome: penalised logistic regression, cross-validated by athlete, with AUC, calibration and net
    benefit against training everyone. A metric: effects within and between athletes. Injuries are never predicted;
    docs/models.md says what can be fitted with how many athletes.

    Example: landing-lab model my-data --outcome valgus_landing --predictors lunge_left_cm,peak_force_bw --out model

    Example: landing-lab model --sample-size --prevalence 0.3 --c 0.75 --predictors-n 5
    """
    from landing_lab.app.models.request import Request, words
    from landing_lab.app.models.run import run_model, run_sample_size

    if sample_size:
        raise typer.Exit(run_sample_size(prevalence, expected_c, predictors_n, as_json=json))
    request = Request(
        dataset=dataset, data=data, outcome=outcome or "", predictors=words(predictors), positive=positive, kind=kind,
        task=task, condition=condition, per_limb=per_limb, groups=words(group), site=site, fill=fill,
        expected_c=expected_c, anyway=anyway, primary=words(primary), seed=seed,
    )  # fmt: skip
    raise typer.Exit(run_model(request, out=out, as_json=json))
