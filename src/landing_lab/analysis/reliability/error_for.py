"""Which measurement error a number is judged by: one rule for screening, conditions and trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing_lab.analysis.plain_landings import kind_of
from landing_lab.analysis.reliability.borrowed import borrowed_error
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    from landing_lab.analysis.reliability.error_file import ErrorFile
    from landing_lab.analysis.reliability.measurement_error import MeasurementError


def error_for(
    errors: ErrorFile | None, name: str, side: str, *, unit: str, task: str | None
) -> MeasurementError | None:
    """The laboratory's own error of a number, else a published one, marked borrowed; None where there is neither.

    Both must be in the number's unit, and the laboratory's of the same kind of task: drop_jump and drop_jump_heel_lift
    are one, a countermovement jump is another. task: None for an entry, which belongs to no task.
    """
    own = errors.find(name, side) if errors is not None and fits_task(errors, task) else None
    if own is not None and own.unit == unit:
        return own
    borrowed = borrowed_error(name, side)
    return borrowed if borrowed is not None and borrowed.unit == unit else None


def fits_task(errors: ErrorFile, task: str | None) -> bool:
    """Whether an error file is of this kind of task; one that names none, and an entry of no task, always fit."""
    return task is None or not errors.task or kind_of(errors.task) == kind_of(task)


def not_used(errors: ErrorFile | None, task: str | None) -> tuple[str, ...]:
    """The sentence that an error file of another kind of task is left aside; none where it is used."""
    if errors is None or task is None or fits_task(errors, task):
        return ()
    return (f"The error file is of {visible(errors.task)}, the trials are of {visible(task)}: not used.",)
