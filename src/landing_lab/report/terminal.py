"""Trials as tables for a terminal; numbers are never cut, reasons stand below the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from landing_lab.model.result import Result, TrialResult
from landing_lab.report.names import one_line, status_label, task_label
from landing_lab.report.rounding import MINUS, format_rate
from landing_lab.report.rows import MetricLine, Truth, metric_lines
from landing_lab.report.write import trials_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

NARROWEST = 60
"""Columns below which a table would lose the names of its metrics."""

STATUS_STYLES = {"ok": "", "flagged": "yellow", "refused": "red"}


def grouped_reasons(lines: Sequence[MetricLine]) -> dict[str, int]:
    """Reason -> its number, in order of first appearance; equal reasons share a number."""
    reasons = dict.fromkeys(one_line(line.reason) for line in lines if line.reason)
    return {reason: number for number, reason in enumerate(reasons, start=1)}


def readable_console() -> Console:
    """A console that keeps a readable width where the terminal claims to have next to none."""
    from rich.console import Console

    console = Console()
    return console if console.width >= NARROWEST else Console(width=NARROWEST)


def _title(trial: TrialResult) -> str:
    number = f", trial {trial.index + 1}" if trial.n_in_source > 1 else ""
    simulated = " (simulated, no person was measured)" if trial.simulated else ""
    return f"{one_line(trial.source, 60)}{number}: {task_label(trial.task)}{simulated}"


def trial_table(trial: TrialResult, truth: Truth | None = None) -> Table:
    """One row per metric: label, side, value ± sd, unit, status; a number in the status points to a reason.

    truth, (metric name, side) -> true value, adds columns for it and for the difference in standard deviations.
    """
    from rich.table import Table
    from rich.text import Text

    lines = metric_lines(trial, truth)
    numbers = grouped_reasons(lines)
    title = _title(trial)
    table = Table(
        title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, header_style="bold",
        padding=(0, 2, 0, 0),
    )  # fmt: skip
    # Only the label may break; a number that does not fit would be a wrong number.
    table.add_column("metric", overflow="fold", min_width=14)
    table.add_column("side", overflow="fold", max_width=10 if truth is not None else None)
    table.add_column("value ± sd", justify="right", no_wrap=True, overflow="ignore")
    if truth is not None:
        table.add_column("truth", justify="right", no_wrap=True, overflow="ignore")
        table.add_column("off by", justify="right", no_wrap=True, overflow="ignore")
    table.add_column("status", overflow="fold", min_width=len("flagged [9]"))
    for line in lines:
        status = f"{line.status_word} [{numbers[one_line(line.reason)]}]" if line.reason else line.status_word
        # Unit and value in one cell: a column of its own is what an 80-column terminal has no room for.
        value = f"{line.value} {line.unit}" if line.unit != "–" else line.value
        value = "–" if line.status == "refused" else value
        cells = [line.label, line.side, value]
        if truth is not None:
            cells += [line.truth if line.has_truth else "–", line.sds]
        style = STATUS_STYLES.get(line.status, "")
        # An ASCII minus: terminals of any encoding show it, and a copied number stays a number.
        table.add_row(*(Text(one_line(cell).replace(MINUS, "-")) for cell in cells), Text(status, style=style))
    return table


def reason_lines(trial: TrialResult) -> list[Text]:
    """The lines below a table: what each number in the status column stands for."""
    from rich.text import Text

    return [Text(f"[{number}] {reason}") for reason, number in grouped_reasons(metric_lines(trial)).items()]


def print_trials(
    trials: Result | TrialResult | Sequence[TrialResult],
    *,
    truth: Sequence[Truth | None] | None = None,
    console: Console | None = None,
) -> None:
    """Print every trial: its status with the reason, its table, the reasons of flagged and refused metrics, notes.

    truth is one mapping per trial, or None. Raises ParameterError without trials.
    """
    from rich.text import Text

    console = console or readable_console()
    found = trials_of(trials)
    for number, trial in enumerate(found):
        if number:
            console.print()
        if len(trial.table):
            console.print(trial_table(trial, truth[number] if truth is not None else None))
        else:
            name = _title(trial)
            console.print(Text(name, style="bold"))
        rate = format_rate(trial.sample_rate_hz)
        reason = f": {one_line(trial.reason)}" if trial.reason else ""
        said = f"trial {status_label(trial.status)}{reason} ({rate}; ± is one standard deviation)"
        console.print(Text(said, style=STATUS_STYLES.get(trial.status, "")), soft_wrap=False)
        for line in reason_lines(trial):
            console.print(line)
        for note in trial.notes:
            console.print(Text(f"note: {one_line(note)}"))
