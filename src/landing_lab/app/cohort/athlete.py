"""`landing-lab cohort --athlete`: the sessions of one athlete, printed and drawn."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.analysis.cohort.cohort import Cohort
from landing_lab.analysis.cohort.trends import Trend
from landing_lab.analysis.reliability.error_file import ErrorFile, read_error_file
from landing_lab.analysis.reliability.error_for import error_for, not_used
from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    from landing_lab.app.cohort.run import CohortSettings

SCHEMA: Final = "landing-lab.trends/1"
_SUFFIXES: Final = (".png", ".svg")


def show_athlete(dataset: Path, cohort: Cohort, settings: CohortSettings) -> None:
    """Print the trends of one athlete, and draw them where a picture is wanted.

    Raises ParameterError where the athlete has no such trials, or the picture another ending.
    """
    if settings.figure is not None and settings.figure.suffix.lower() not in _SUFFIXES:
        raise ParameterError(f"a picture ends on one of {', '.join(_SUFFIXES)}; got {settings.figure.name!r}")
    found, notes = athlete_trends(dataset, cohort, settings)
    if settings.json:
        from landing_lab.io.write import json_text, stamped

        trends = [_document(one) for one in found]
        sys.stdout.write(json_text(stamped(SCHEMA, {"trends": trends, "notes": notes})))
    else:
        _print(found, notes)
    if settings.figure is not None:
        written = _draw(found, settings.figure)
        if not settings.json:
            print(f"Written: {visible(str(written))}")


def athlete_trends(dataset: Path, cohort: Cohort, settings: CohortSettings) -> tuple[list[Trend], tuple[str, ...]]:
    """The trends of one athlete, and notes. Raises ParameterError where the athlete has no such trials."""
    from landing_lab.app.cohort.run import chosen_metrics

    errors = read_error_file(dataset)
    found = [
        trend
        for name, side in chosen_metrics(cohort, settings.metrics)
        if (trend := _trend(cohort, errors, name, side, settings)) is not None
    ]
    if not found:
        raise ParameterError(_nothing(cohort, settings.athlete or ""))
    return found, (*cohort.notes, *not_used(errors, found[0].task))


def _trend(cohort: Cohort, errors: ErrorFile | None, name: str, side: str, settings: CohortSettings) -> Trend | None:
    """Judged by the error that fits the task shown and the unit of the metric."""
    athlete = settings.athlete or ""
    usual = cohort.usual(athlete, settings.task)
    unit = next((one.unit for one in cohort.columns.metrics if (one.name, one.side) == (name, side)), None)
    if usual is None or unit is None:
        return None
    error = error_for(errors, name, side, unit=unit, task=usual[0])
    return cohort.trend(athlete, name, side, task=settings.task, condition=settings.condition, error=error)


def _print(found: list[Trend], notes: tuple[str, ...]) -> None:
    from landing_lab.app.cohort.run import print_notes
    from landing_lab.report.cohort_table import did, trend_lines

    print(f"{visible(found[0].participant)}, {did(found[0].task, found[0].condition)}")
    for trend in found:
        print()
        for line in trend_lines(trend):
            print(line)
    print()
    print_notes(notes)


def _draw(found: list[Trend], path: Path) -> Path:
    from landing_lab.report.figure import save_figure
    from landing_lab.report.trend_figure import trend_figure

    return save_figure(trend_figure(found), path)


def _nothing(cohort: Cohort, athlete: str) -> str:
    own = sorted({(one.task, one.condition) for one in cohort.columns.trials if one.participant == athlete})
    has = ", ".join(f"{task} {condition!r}" if condition else task for task, condition in own)
    return f"participant {athlete} has no trial of that kind with these metrics; there is {has or 'none'}"


def _document(trend: Trend) -> dict[str, object]:
    return {
        **dataclasses.asdict(trend),
        "points": [
            {**dataclasses.asdict(one), "recorded_at": one.recorded_at.isoformat() if one.recorded_at else None}
            for one in trend.points
        ],
    }
