"""Several metrics compared between the same two conditions, and what looking at many of them costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from landing_lab.analysis.condition_pairs import ConditionPair, known_pair, usual_order
from landing_lab.analysis.contrast_rows import rows_of_both
from landing_lab.analysis.contrasts import Contrast, adjusted, contrast_of_rows
from landing_lab.analysis.reliability.error_for import error_for, not_used
from landing_lab.analysis.reliability.study import ReliabilityStudy
from landing_lab.analysis.trial_table import TrialTable, metric_names, table_of
from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet, visible
from landing_lab.io.write import stamped

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from landing_lab.analysis.reliability.error_file import ErrorFile

SCHEMA: Final = "landing-lab.contrast/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastSet:
    """second minus first for every metric asked for; the group's p of all of them is adjusted together (Holm)."""

    first: str
    second: str
    task: str
    participant: str | None
    pair: ConditionPair | None
    contrasts: tuple[Contrast, ...]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As JSON holds it, schema landing-lab.contrast/1."""
        return stamped(SCHEMA, {
            "first": self.first, "second": self.second, "difference": "second minus first",
            "task": self.task, "participant": self.participant,
            "pair": None if self.pair is None else dataclasses.asdict(self.pair),
            "contrasts": [dataclasses.asdict(dataclasses.replace(one, pair=None)) for one in self.contrasts],
            "notes": self.notes,
        })  # fmt: skip

    def get(self, name: str, side: str) -> Contrast | None:
        """One metric on one side."""
        return next((one for one in self.contrasts if (one.name, one.side) == (name, side)), None)


def contrast(
    table: TrialTable | str | Path,
    first: str | None = None,
    second: str | None = None,
    *,
    names: Collection[str] | str | None = None,
    participant: str | None = None,
    task: str | None = None,
    errors: ErrorFile | ReliabilityStudy | None = None,
) -> ContrastSet:
    """Compare two conditions in every metric of a table (or in names), for the group or for one participant.

    table: as read_trials gives it, or the folder of a dataset. first, second: may be left out where the table has one
    known pair (flat / heel_lift, ...). names: None for every metric. errors: the laboratory's own, as read_error_file
    or reliability gives them, of the same kind of task; else a published one is used and marked. Name the metrics that
    matter before looking: every further one makes the adjusted p larger. Raises ParameterError where a condition or a
    name is not there.
    """
    table, names = table_of(table), metric_names(names)
    errors = errors.error_file if isinstance(errors, ReliabilityStudy) else errors
    one, two = _conditions(table, first, second)
    rows = rows_of_both(table, one, two, participant=participant, task=task)
    used_task = str(rows["task"].iloc[0])
    rows = _named(rows, names, one, two)
    found = [
        contrast_of_rows(
            of_metric, str(name), str(side), one, two, task=used_task, participant=participant,
            error=error_for(errors, str(name), str(side), unit=str(of_metric["unit"].iloc[0]), task=used_task),
        )
        for (name, side), of_metric in rows.groupby(["name", "side"], sort=False, observed=True)
    ]  # fmt: skip
    contrasts = adjusted(found)
    of_metrics = dict.fromkeys(note for c in contrasts for note in c.notes)
    return ContrastSet(
        first=one, second=two, task=used_task, participant=participant, pair=known_pair(one, two),
        contrasts=contrasts, notes=(*table.notes, *not_used(errors, used_task), *of_metrics),
    )  # fmt: skip


def _named(rows: pd.DataFrame, names: Collection[str] | None, one: str, two: str) -> pd.DataFrame:
    """Rows of the metrics asked for."""
    if names is None:
        return rows
    there = set(rows["name"])
    missing = [name for name in names if name not in there]
    if missing:
        raise ParameterError(
            f"no trial in {visible(one)} or {visible(two)} has a metric {visible(missing[0])!r}; "
            f"there are {len(there)}: {', '.join(sorted(there)[:6])}, ..."
        )
    return rows[rows["name"].isin(list(names))]


def _conditions(table: TrialTable, first: str | None, second: str | None) -> tuple[str, str]:
    """The two asked for, or the one pair that can be meant."""
    for given in (first, second):
        if given is not None and (not isinstance(given, str) or not given):
            raise ParameterError(f"a condition is named by a text that is not empty; got {snippet(repr(given))}")
    if first is not None and second is not None:
        return first, second
    there = tuple(sorted({str(one) for one in table.rows["condition"]} - {""}))
    usual = usual_order(there) if first is None and second is None else None
    if usual is None:
        told = ", ".join(map(visible, there)) or "none"
        raise ParameterError(f"name both conditions to compare; the accepted trials have {told}")
    return usual
