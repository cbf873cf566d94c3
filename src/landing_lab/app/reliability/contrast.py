"""Two conditions of a dataset compared and printed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path, visible
from landing_lab.io.write import json_text

if TYPE_CHECKING:
    from landing_lab.analysis.contrast_set import ContrastSet
    from landing_lab.analysis.trial_table import TrialTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastWanted:
    """What was typed; without names the first numbers of a trial, or all."""

    first: str | None
    second: str | None
    participant: str | None
    names: tuple[str, ...]
    task: str | None
    out: Path | None
    show_all: bool
    as_json: bool


def run_contrast(dataset: Path, wanted: ContrastWanted) -> int:
    """Everything of `landing-lab contrast`; the exit code. Raises ParameterError where nothing can be compared."""
    from landing_lab.analysis.cohort.collect import read_trials
    from landing_lab.analysis.contrast_set import contrast
    from landing_lab.analysis.reliability.error_file import read_error_file

    table = read_trials(dataset, participant=wanted.participant)
    found = contrast(
        table, wanted.first, wanted.second, names=_names(table, wanted), participant=wanted.participant,
        task=wanted.task, errors=read_error_file(dataset),
    )  # fmt: skip
    pictures = _pictures(found, wanted)
    if wanted.as_json:
        sys.stdout.write(json_text({**found.document(), "pictures": pictures}))
        return 0
    _print(found)
    if not wanted.names and not wanted.show_all:
        print("Only the first numbers of a trial were compared; --metric chooses, --all compares everything.")
    if pictures:
        print(f"Pictures: {quoted_path(str(pictures[0].parent))} ({len(pictures)})")
    return 0


def _names(table: TrialTable, wanted: ContrastWanted) -> tuple[str, ...] | None:
    """Metrics to compare: what looking at every one would cost is not paid unless asked for."""
    return wanted.names or None if wanted.names or wanted.show_all else first_names(table)


def first_names(table: TrialTable) -> tuple[str, ...] | None:
    """The first numbers of a trial that a table has; None where it has none of them, which is all."""
    from landing_lab.report.terminal import FIRST, FIRST_OF_FEET

    there = {str(name) for name in table.rows["name"]}
    return tuple(sorted(there & {*FIRST, *FIRST_OF_FEET})) or None


def _pictures(found: ContrastSet, wanted: ContrastWanted) -> list[Path]:
    if wanted.out is None:
        return []
    from landing_lab.report.contrast_figure import contrast_figure
    from landing_lab.report.figure import save_figure

    if wanted.out.exists() and not wanted.out.is_dir():
        raise ParameterError(f"{quoted_path(str(wanted.out))} is a file; pictures need a folder, choose another --out")
    return [
        save_figure(contrast_figure(one), wanted.out / f"contrast_{one.name}_{one.side}.png")
        for one in found.contrasts
        if one.athletes
    ]


def legend(found: ContrastSet) -> str:
    """What the columns are."""
    if found.participant is not None:
        if all(one.error is None for one in found.contrasts):
            return "Interval: by the spread of the athlete's own trials (Welch)."
        return (
            "Interval and judgement: by the error of a trial; where none is known, the interval is by the spread of "
            "the athlete's own trials (Welch), which --json has of every row."
        )
    n = sum(one.group is not None for one in found.contrasts)
    adjusted = f"adjusted for all {n} rows (Holm)" if n > 1 else "nothing to adjust it for in one row"
    return (
        f"Of athletes' means, paired. g: difference in standard deviations. p: sign-flip test; {adjusted}. Beyond "
        "error: athletes whose own difference is larger than the error of their trials."
    )


def _print(found: ContrastSet) -> None:
    from landing_lab.report.contrast_table import athlete_table, group_table
    from landing_lab.report.terminal import readable_console
    from landing_lab.report.whole_table import print_whole

    who = f", participant {visible(found.participant)}" if found.participant else ""
    print(f"{visible(found.second)} minus {visible(found.first)}, {visible(found.task)}{who}")
    contrasts, console = list(found.contrasts), readable_console()
    if found.participant is None:
        table, reasons = group_table(contrasts, width=console.width)
    else:
        table, reasons = athlete_table(contrasts, found.participant, width=console.width)
    console.print()
    print_whole(console, table)
    for line in reasons:
        print(line)
    print(legend(found))
    if found.pair is not None:
        print(f"{found.pair.title}: {found.pair.meaning} {found.pair.limits}")
        print(f"Evidence: {', '.join(found.pair.evidence_ids)} (landing-lab screen --evidence)")
    for note in found.notes:
        print(f"note: {visible(note)}")
