"""`landing-lab cohort`: one table of all trials, norms, trends of one athlete, questions in SQL."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.analysis.cohort.cohort import Cohort
from landing_lab.analysis.cohort.trial_columns import TrialColumns, joined
from landing_lab.app.cohort.targets import check_targets
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path, visible

if TYPE_CHECKING:
    from landing_lab.app.cohort.batch import BatchDone
    from landing_lab.io.dataset_session import SessionFolder

SCHEMA: Final = "landing-lab.cohort/1"
QUERY_SCHEMA: Final = "landing-lab.query/1"
_TOLD_NOTES: Final = 12
_SHOWN_ROWS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSettings:
    """What is wanted of a dataset; see command.py for each."""

    out: Path | None = None
    norms_out: Path | None = None
    athlete: str | None = None
    figure: Path | None = None
    sql: str | None = None
    metrics: tuple[str, ...] = ()
    task: str | None = None
    condition: str | None = None
    recompute: bool = False
    derivatives: bool = False
    jobs: int | None = None
    cluster: str | None = None
    json: bool = False


def run_cohort(dataset: Path, settings: CohortSettings) -> int:
    """Read the dataset and do what is asked; 0.

    Raises ParameterError for settings that do not go together, a file that would be lost, or where there is no trial,
    RecordingError where a file cannot be written, DeviceError where a cluster does not answer.
    """
    _check(settings)
    check_targets(dataset, settings)
    cohort, n_computed = gathered(dataset, settings)
    if not len(cohort.columns):
        _tell_notes(cohort.notes)
        raise ParameterError(f"{quoted_path(str(dataset))} holds no accepted trial with numbers; record some first")
    if settings.sql is not None:
        _answer(cohort, settings.sql, as_json=settings.json)
    elif settings.athlete is not None:
        from landing_lab.app.cohort.athlete import show_athlete

        show_athlete(dataset, cohort, settings)
    else:
        _whole(dataset, cohort, settings, n_computed)
    return 0


def _check(settings: CohortSettings) -> None:
    """Raises ParameterError where settings exclude each other."""
    if settings.sql is not None and settings.athlete is not None:
        raise ParameterError("--sql and --athlete exclude each other; ask for one athlete in the query with WHERE")
    if settings.athlete is None and (settings.figure or settings.task or settings.condition):
        raise ParameterError("--figure, --task and --condition belong to --athlete; name an athlete")
    if (settings.sql is not None or settings.athlete is not None) and (settings.out or settings.norms_out):
        raise ParameterError("--out and --norms-out belong to the whole cohort; leave out --sql and --athlete")
    if settings.cluster is not None and settings.jobs is not None:
        raise ParameterError("--jobs and --dask exclude each other; the cluster has its own workers")


def gathered(dataset: Path, settings: CohortSettings) -> tuple[Cohort, int]:
    """All trials that are wanted, and how many sessions were analysed from raw files because of it."""
    from landing_lab.analysis.cohort.collect import read_columns
    from landing_lab.analysis.cohort.foreign_table import foreign_table

    if foreign_table(dataset) is not None:
        if settings.recompute or settings.derivatives or settings.cluster is not None:
            raise ParameterError(
                "--recompute, --derivatives and --dask need a dataset with sessions; this is a table of metrics"
            )
        return Cohort(*read_columns(dataset, participant=settings.athlete)), 0
    n_computed = 0

    def read(path: Path, folders: Sequence[SessionFolder], notes: list[str]) -> TrialColumns:
        nonlocal n_computed
        done = _read_in_batches(path, folders, settings)
        notes += [note for one in done for note in one.notes]
        n_computed = sum(one.n_computed for one in done)
        return joined([one.columns for one in done])

    # processes elsewhere work in folders of their own
    cohort = Cohort(*read_columns(dataset.absolute(), participant=settings.athlete, read=read))
    return cohort, n_computed


def _read_in_batches(path: Path, folders: Sequence[SessionFolder], settings: CohortSettings) -> list[BatchDone]:
    """What became of the sessions of a dataset, read by as many processes as are wanted."""
    from landing_lab.app.cohort.batch import cut
    from landing_lab.app.cohort.schedule import collected
    from landing_lab.app.processes.progress import batch_progress

    batches = cut(path, folders, derivatives=settings.derivatives, recompute=settings.recompute)
    with batch_progress(len(folders), what="sessions", doing="Reading") as advance:
        return collected(batches, jobs=settings.jobs, cluster=settings.cluster, advance=advance)


def _whole(dataset: Path, cohort: Cohort, settings: CohortSettings, n_computed: int) -> None:
    """Write the table and the norms, and tell what is in them."""
    chosen = chosen_metrics(cohort, settings.metrics)  # a wrong name is told before anything is written
    table, norms_file, means_file = _targets(dataset, settings)
    written: list[Path] = []
    norms = dataclasses.replace(cohort.norms, source=_source(dataset))
    if table is not None:
        written.append(cohort.write(table))
    if norms_file is not None:
        from landing_lab.analysis.cohort.norms_file import write_norms

        written.append(write_norms(norms, norms_file, athlete_means=means_file))
    facts = _facts(cohort, n_computed)
    if settings.json:
        from landing_lab.analysis.cohort.norms_file import norms_document
        from landing_lab.io.write import json_text, stamped

        document = stamped(SCHEMA, {**facts, "notes": cohort.notes, "norms": norms_document(norms, None)})
        sys.stdout.write(json_text({**document, "written": [str(path) for path in written]}))
        return
    _print_facts(facts)
    _print_norms(cohort, chosen)
    print_notes(cohort.notes)
    if written:
        print("Written:")
        for path in written:
            print(f"  {visible(str(path))}")


def _targets(dataset: Path, settings: CohortSettings) -> tuple[Path | None, Path | None, Path | None]:
    """Files of the table, of the norms, and of the athletes' means that only the dataset itself gets."""
    from landing_lab.analysis.cohort.norms_file import FILE_NAME, MEANS_NAME
    from landing_lab.analysis.cohort.tidy_file import NAME
    from landing_lab.io.dataset import Dataset, derived_folder
    from landing_lab.io.dataset_tables import describe_derivative
    from landing_lab.model.software import version

    if not Dataset(dataset).exists:
        return settings.out, settings.norms_out, None
    folder = derived_folder(dataset, Path())
    if settings.out is None or settings.norms_out is None:
        describe_derivative(folder, Path(), version())
    means = folder / MEANS_NAME if settings.norms_out is None else None
    return settings.out or folder / NAME, settings.norms_out or dataset / FILE_NAME, means


def _source(dataset: Path) -> str:
    """Where the norms come from, in words."""
    return f"this laboratory (dataset {visible(dataset.resolve().name)})"


def _facts(cohort: Cohort, n_computed: int) -> dict[str, object]:
    trials = cohort.columns.trials
    conditions: dict[tuple[str, str], int] = {}
    for one in trials:
        conditions[one.task, one.condition] = conditions.get((one.task, one.condition), 0) + 1
    return {
        "n_athletes": len({one.participant for one in trials}),
        "n_sessions": len({one[:2] for one in trials}),
        "n_trials": len(trials),
        "n_metrics": len({(one.name, one.side) for one in cohort.columns.metrics}),
        "n_rows": len(cohort.columns),
        "n_sessions_analysed_now": n_computed,
        "conditions": [
            {"task": task, "condition": condition, "n_trials": n} for (task, condition), n in sorted(conditions.items())
        ],
    }


def _print_facts(facts: dict[str, object]) -> None:
    from landing_lab.report.cohort_table import did

    print(
        f"{_count(facts['n_athletes'], 'athlete')}, {_count(facts['n_sessions'], 'session')}, "
        f"{_count(facts['n_trials'], 'accepted trial')}, {_count(facts['n_metrics'], 'metric')} (each side counts): "
        f"{_count(facts['n_rows'], 'row')}."
    )
    conditions: Sequence[dict[str, object]] = facts["conditions"]  # type: ignore[assignment]
    print("Trials: " + "; ".join(f"{did(str(c['task']), str(c['condition']))} {c['n_trials']}" for c in conditions))
    if facts["n_sessions_analysed_now"]:
        print(f"Analysed from raw files now: {_count(facts['n_sessions_analysed_now'], 'session')}.")


def _count(number: object, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _print_norms(cohort: Cohort, chosen: Sequence[tuple[str, str]]) -> None:
    from landing_lab.report.cohort_table import NORM_RULE, count_lines, norm_blocks

    print()
    print("Athletes per group:")
    for line in count_lines(cohort.norms):
        print(f"  {line}")
    for block in norm_blocks(cohort.norms, chosen):
        print()
        for line in block:
            print(line)
    print()
    print(NORM_RULE)
    print()


def chosen_metrics(cohort: Cohort, wanted: Sequence[str]) -> list[tuple[str, str]]:
    """Name and side of the metrics to show: those named, with every side they have; else the main ones.

    Raises ParameterError for a name that no trial has.
    """
    from landing_lab.report.cohort_table import MAIN

    if not wanted:
        return list(MAIN)
    there = list(dict.fromkeys((one.name, one.side) for one in cohort.columns.metrics))
    for name in wanted:
        if name not in {one for one, _ in there}:
            raise ParameterError(f"no trial has the metric {name!r}; landing-lab analyse --explain all lists them")
    return [one for name in wanted for one in there if one[0] == name]


def print_notes(notes: Sequence[str]) -> None:
    """What was left out or is odd, after the numbers."""
    if notes:
        print(f"Left out or odd ({len(notes)}):")
        for note in notes[:_TOLD_NOTES]:
            print(f"  {visible(note)}")
        if len(notes) > _TOLD_NOTES:
            print(f"  and {len(notes) - _TOLD_NOTES} more; --json lists them all")
        print()


def _tell_notes(notes: Sequence[str]) -> None:
    """On stderr, where stdout is for numbers."""
    for note in notes[:_TOLD_NOTES]:
        print(f"landing-lab: {visible(note)}", file=sys.stderr)


def _answer(cohort: Cohort, sql: str, *, as_json: bool) -> None:
    """Print the answer to a query; cells are shown, never obeyed."""
    answer = cohort.query(sql)
    names = [visible(str(name)) for name in answer.columns]
    rows = answer.astype(object).where(answer.notna(), None).to_numpy().tolist()
    if as_json:
        from landing_lab.io.write import json_text, stamped

        sys.stdout.write(json_text(stamped(QUERY_SCHEMA, {"columns": names, "rows": rows, "notes": cohort.notes})))
        return
    for line in _lines([names, *([_cell(one) for one in row] for row in rows[:_SHOWN_ROWS])]):
        print(line)
    if len(rows) > _SHOWN_ROWS:
        print(f"and {len(rows) - _SHOWN_ROWS} rows more; --json prints them all")
    _tell_notes(cohort.notes)


def _cell(value: object) -> str:
    return "" if value is None else visible(str(value))


def _lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns below each other, as wide as they need: a number that is cut short is another number."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
