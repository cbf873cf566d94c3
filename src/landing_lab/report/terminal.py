"""Trials as tables for a terminal; numbers are never cut, reasons stand below the table.

By default the table holds the numbers a lab looks at first, on one screen; the report, CSV and JSON hold all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from landing_lab.model.result import Result, TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity
from landing_lab.report.families import grouped_lines, grouped_reasons
from landing_lab.report.names import SIDE_LABELS, one_line, status_label, task_label
from landing_lab.report.quality_lines import quality_terminal_line
from landing_lab.report.rounding import MINUS, format_rate
from landing_lab.report.rows import MetricLine, Truth, metric_lines
from landing_lab.report.sensitivity_table import SensitivityTable, sensitivity_table
from landing_lab.report.write import one_per_trial, trials_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

WHOLE = (SIDE_LABELS["total"], SIDE_LABELS["left_right"], "plate 1 vs plate 2")
"""Sides of a line that speak of the whole person."""

NARROWEST = 60
"""Columns below which a table would lose the names of its metrics."""

STATUS_STYLES = {"ok": "", "flagged": "yellow", "refused": "red"}

FIRST = frozenset(
    {
        "body_weight_n",
        "contact_time_s",
        "flight_time_s",
        "contact_delay_left_right_s",
        "jump_height_flight_time_m",
        "jump_height_impulse_m",
        "rsi_flight_time_m_per_s",
        "flight_contact_ratio",
        "peak_force_n",
        "peak_force_bw",
        "time_to_peak_force_s",
        "loading_rate_20_80_bw_per_s",
        "drop_height_flight_anchored_m",
        "braking_time_s",
        "propulsion_time_s",
        "com_depth_m",
        "vertical_stiffness_peak_kn_per_m",
        "peak_power_w_per_kg",
        "landing_peak_force_bw",
        "time_to_stabilisation_s",
        "limb_symmetry_peak_0_100ms_pct",
    }
)
"""Metrics that are printed without being asked for, in total and between the feet."""

FIRST_OF_FEET = ("medial_shift_mm", "landing_medial_shift_mm")
"""The one of each foot that is printed besides: the first of these that the trial has."""

FEW = 24
"""A table of so few rows is printed whole."""


def readable_console() -> Console:
    """A console that keeps a readable width where the terminal claims to have next to none."""
    from rich.console import Console

    console = Console()
    return console if console.width >= NARROWEST else Console(width=NARROWEST)


def shown_lines(lines: Sequence[MetricLine], *, show_all: bool) -> list[MetricLine]:
    """The lines that are printed: all of them, or the first numbers with a value, in families.

    A table with none of those numbers, or with few rows, is printed whole.
    """
    grouped = [line for group in grouped_lines(lines) for line in group.lines]
    refused = [line for line in lines if line.status == "refused"]
    names = {line.name for line in lines}
    of_feet = next((name for name in FIRST_OF_FEET if name in names), "")
    first = [line for line in lines if (line.name in FIRST and line.side.startswith(WHOLE)) or line.name == of_feet]
    if show_all or len(lines) <= FEW or not first:
        return [*grouped, *refused]
    return [line for line in grouped if line in first] + [line for line in refused if line in first]


def hidden_line(lines: Sequence[MetricLine], *, show_all: bool) -> str:
    """What the table leaves out, in one line; "" where it holds everything."""
    shown = shown_lines(lines, show_all=show_all)
    hidden = [line for line in lines if line not in shown]
    if not hidden:
        return ""
    counts = [(sum(line.status == status for line in hidden), status) for status in ("ok", "flagged", "refused")]
    told = ", ".join(f"{count} {status_label(status)}" for count, status in counts if count)
    return f"{len(hidden)} more rows ({told}) are in report, CSV and JSON; `landing-lab analyse --all` prints them"


def _title(trial: TrialResult) -> str:
    number = f", trial {trial.index + 1}" if trial.n_in_source > 1 else ""
    simulated = " (simulated, no person was measured)" if trial.simulated else ""
    return f"{one_line(trial.source, 60)}{number}: {task_label(trial.task)}{simulated}"


def trial_table(trial: TrialResult, truth: Truth | None = None, *, show_all: bool = True) -> Table:
    """One row per metric: label, side, value ± sd, unit, status; a number in the status points to a reason.

    truth, (metric name, side) -> true value, adds columns for it and for the difference in standard deviations.
    """
    from rich.table import Table
    from rich.text import Text

    lines = shown_lines(metric_lines(trial, truth), show_all=show_all)
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


def reason_lines(trial: TrialResult, *, show_all: bool = True) -> list[Text]:
    """The lines below a table: what each number in the status column stands for."""
    from rich.text import Text

    lines = shown_lines(metric_lines(trial), show_all=show_all)
    return [Text(f"[{number}] {reason}") for reason, number in grouped_reasons(lines).items()]


def print_trials(
    trials: Result | TrialResult | Sequence[TrialResult],
    *,
    truth: Sequence[Truth | None] | None = None,
    console: Console | None = None,
    show_all: bool = False,
    sensitivity: Sequence[ThresholdSensitivity | None] | None = None,
) -> None:
    """Print every trial: its status with the reason, its table, the reasons of flagged and refused metrics, notes.

    truth and sensitivity hold one entry per trial, or None. show_all: every metric instead of the first ones.
    Raises ParameterError without trials.
    """
    from rich.text import Text

    console = console or readable_console()
    found = trials_of(trials)
    thresholds = one_per_trial("sensitivity", sensitivity, len(found))
    for number, trial in enumerate(found):
        if number:
            console.print()
        if len(trial.table):
            console.print(trial_table(trial, truth[number] if truth is not None else None, show_all=show_all))
        else:
            name = _title(trial)
            console.print(Text(name, style="bold"))
        rate = format_rate(trial.sample_rate_hz)
        reason = f": {one_line(trial.reason)}" if trial.reason else ""
        said = f"trial {status_label(trial.status)}{reason} ({rate}; ± is one standard deviation)"
        console.print(Text(said, style=STATUS_STYLES.get(trial.status, "")), soft_wrap=False)
        checked = quality_terminal_line(trial.quality).replace(MINUS, "-")
        if checked:
            console.print(Text(checked, style="yellow" if trial.quality.doubts else ""))
        for line in reason_lines(trial, show_all=show_all):
            console.print(line)
        hidden = hidden_line(metric_lines(trial), show_all=show_all)
        if hidden:
            console.print(Text(hidden))
        for note in trial.notes:
            console.print(Text(f"note: {one_line(note)}"))
        at = thresholds[number]
        if at is not None:
            print_sensitivity(at, console)


def print_sensitivity(sensitivity: ThresholdSensitivity, console: Console) -> None:
    """Print what the rules in use for the contact threshold make of a trial: sentence, table, reasons."""
    from rich.table import Table
    from rich.text import Text

    console.print()
    found = sensitivity_table(sensitivity)
    if not found.lines:
        console.print(Text(one_line(sensitivity.summary)))
        return
    table = Table(
        title=Text("Contact threshold", style="bold"), title_justify="left", box=None, pad_edge=False,
        header_style="bold", padding=(0, 2, 0, 0),
    )  # fmt: skip
    table.add_column("rule", overflow="fold")
    table.add_column("N", justify="right", no_wrap=True, overflow="ignore")
    for name, unit in found.headings:
        table.add_column(f"{name} ({unit})", justify="right", overflow="fold")
    reasons = {reason: number for number, reason in enumerate(dict.fromkeys(_reasons(found)), start=1)}
    for line in found.lines:
        mark = f" [{reasons[line.reason]}]" if line.reason else ""
        cells = [f"{line.rule}{mark}", line.threshold, *(cell.value for cell in line.cells)]
        table.add_row(*(Text(one_line(cell).replace(MINUS, "-")) for cell in cells), style=_row_style(line.status))
    console.print(table)
    console.print(Text(one_line(sensitivity.summary)))
    for reason, number in reasons.items():
        console.print(Text(f"[{number}] {one_line(reason)}"))


def _reasons(table: SensitivityTable) -> list[str]:
    return [line.reason for line in table.lines if line.reason]


def _row_style(status: str) -> str:
    return STATUS_STYLES.get(status, "")
