"""How a metric is declared: name, unit, what it needs, from which rate on, and who defined it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from landing_lab.detect.trial import LandingTrial
from landing_lab.model.channels import Side
from landing_lab.model.result import Task
from landing_lab.model.units import UNIT_SUFFIX

Need: TypeAlias = Literal["timing", "force", "body_weight", "contact", "flight", "landing", "motion", "feet"]
Sides: TypeAlias = Literal["total", "feet", "total and feet", "between feet"]

JUMPS: tuple[Task, ...] = ("drop_jump", "countermovement_jump", "squat_jump", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A metric's value with its standard uncertainty, in the metric's unit.

    doubt: a sentence that makes the value `flagged`. detail: added to the method.
    """

    value: float
    sd: float
    doubt: str | None = None
    detail: str | None = None
    stronger_side: Side | None = None


class RefusedError(Exception):
    """A metric cannot be had from this trial; the text says why and what would help."""


Compute: TypeAlias = Callable[[LandingTrial, Side], Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A declared metric; `needs`, `min_rate_hz` and `tasks` are checked before `compute` runs."""

    name: str
    unit: str
    sides: Sides
    tasks: tuple[Task, ...]
    needs: tuple[Need, ...]
    min_rate_hz: float
    source: str
    typical: str
    method: str
    compute: Compute


METRICS: dict[str, Metric] = {}


def metric(
    *,
    unit: str,
    needs: tuple[Need, ...],
    source: str,
    min_rate_hz: float = 80.0,
    sides: Sides = "total",
    tasks: tuple[Task, ...] = ("drop_jump",),
    typical: str = "",
) -> Callable[[Compute], Compute]:
    """Register a function as the metric of its name; the first line of its docstring becomes the method.

    unit: key of model.units.UNIT_SUFFIX; the name must end on its suffix. source: definition (author-year or
    DOI). min_rate_hz: below it the metric is refused. typical: range seen in healthy adults, for readers.
    """

    def register(function: Compute) -> Compute:
        name = function.__name__
        assert name.endswith(UNIT_SUFFIX[unit]), f"{name} must end on {UNIT_SUFFIX[unit]!r}"
        assert name not in METRICS, f"{name} is declared twice"
        METRICS[name] = Metric(
            name=name,
            unit=unit,
            sides=sides,
            tasks=tasks,
            needs=needs,
            min_rate_hz=min_rate_hz,
            source=source,
            typical=typical,
            method=(function.__doc__ or "").strip().splitlines()[0].rstrip("."),
            compute=function,
        )
        return function

    return register
