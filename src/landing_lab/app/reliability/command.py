"""What there is to type for `landing-lab reliability` and `landing-lab contrast`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import Json

Metrics = Annotated[
    list[str] | None, typer.Option("--metric", help="Only this metric; repeat for each. All of them by default.")
]


def reliability(
    dataset: Annotated[Path | None, typer.Argument(help="Dataset that `landing-lab record --dataset` wrote.")] = None,
    metric: Metrics = None,
    task: Annotated[str | None, typer.Option(help="Task whose repeats count, where there are several.")] = None,
    condition: Annotated[str | None, typer.Option(help="Condition whose repeats count; '' for none.")] = None,
    session: Annotated[
        list[str] | None,
        typer.Option(help="Session that is a repeat, such as 01; repeat for each. All of them by default."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Trials of the mean you will use; as recorded by default.")
    ] = None,
    aim_icc: Annotated[float | None, typer.Option(help="Also say how many trials reach this ICC.")] = None,
    aim_sem: Annotated[
        float | None, typer.Option(help="With one --metric: how many trials reach this standard error, in its unit.")
    ] = None,
    write: Annotated[
        bool | None,
        typer.Option(
            "--write/--no-write",
            help="Write DATASET/reliability.json, which screening uses; by default unless --metric is given.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for reliability.html and pictures.")] = None,
    forms: Annotated[bool, typer.Option("--forms", help="Also print ICC(2,1), (2,k), (3,1), (3,k).")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Print every metric and side.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="No dataset: how many athletes a reliability study needs.")
    ] = False,
    icc: Annotated[float, typer.Option(help="With --plan: the ICC you expect.")] = 0.8,
    width: Annotated[float, typer.Option(help="With --plan: wanted width of its 95 % interval.")] = 0.2,
    least: Annotated[float, typer.Option(help="With --plan: the ICC to rule out.")] = 0.6,
    json: Json = False,
) -> None:
    """Find out how well your numbers repeat, and write the error file that screening judges by.

    Says what the dataset can and cannot tell, then prints for every metric the intraclass correlation, the standard
    error of one trial and of a mean, the least detectable change and the error in per cent. Repeats are sessions and
    trials of the same task and condition. Questions are asked in a terminal only; every answer is also an option.

    Example: landing-lab reliability landing-lab-data --out reliability

    Example: landing-lab reliability --plan --icc 0.8 --width 0.2
    """
    from landing_lab.app.reliability.run import Wanted, run_plan, run_reliability

    if plan:
        raise typer.Exit(run_plan(icc=icc, width=width, least=least, as_json=json))
    wanted = Wanted(
        names=tuple(metric or ()), task=task, condition=condition, sessions=tuple(session or ()), n_trials=trials,
        aim_icc=aim_icc, aim_sem=aim_sem, write=write, out=out, forms=forms, show_all=show_all, as_json=json,
    )  # fmt: skip
    raise typer.Exit(run_reliability(dataset, wanted))


def contrast(
    dataset: Annotated[Path, typer.Argument(help="Dataset that `landing-lab record --dataset` wrote.")],
    first: Annotated[str | None, typer.Option(help="Condition to compare with, such as flat.")] = None,
    second: Annotated[str | None, typer.Option(help="Condition to look at, such as heel_lift.")] = None,
    participant: Annotated[str | None, typer.Option(help="One athlete instead of the group.")] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Metric to compare; repeat for each. Name those that matter before you look."),
    ] = None,
    task: Annotated[str | None, typer.Option(help="Task, where the conditions were recorded in several.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the pictures.")] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Every metric; the first numbers of a trial else.")] = False,
    json: Json = False,
) -> None:
    """Compare two conditions: flat / heel lift, shod / arch support, before / after fatigue, uncued / cued, ...

    For one athlete against the error of a trial (landing-lab reliability), for a group by athletes, paired, never by
    trials. Only trials of the same session are compared. Looking at many metrics is paid for (Holm).

    Example: landing-lab contrast landing-lab-data --first flat --second heel_lift --metric contact_time_s
    """
    from landing_lab.app.reliability.contrast import ContrastWanted, run_contrast

    wanted = ContrastWanted(
        first=first, second=second, participant=participant, names=tuple(metric or ()), task=task, out=out,
        show_all=show_all, as_json=json,
    )  # fmt: skip
    raise typer.Exit(run_contrast(dataset, wanted))
