"""How a metric is declared: name, unit, what it needs, from which rate on, and who defined it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from landing_lab.detect.trial import LandingTrial
from landing_lab.model.channels import Side
from landing_lab.model.result import Task
from landing_lab.model.units import UNIT_SUFFIX

# fmt: off
Need: TypeAlias = Literal[
    "timing", "force", "body_weight", "contact", "flight", "landing", "motion", "feet", "cop", "pressure",
    "pressure_calibrated",
]
# fmt: on
Sides: TypeAlias = Literal["total", "feet", "total and feet", "between feet", "insoles"]
"""insoles: each foot with an insole; a metric that needs pressure has no row where a recording holds no insole."""

DROP_JUMP: tuple[Task, ...] = ("drop_jump",)
BRAKED: tuple[Task, ...] = ("drop_jump", "countermovement_jump")
PUSH_OFFS: tuple[Task, ...] = ("drop_jump", "countermovement_jump", "squat_jump")
JUMPS: tuple[Task, ...] = (*PUSH_OFFS, "unknown")
LANDINGS: tuple[Task, ...] = (*JUMPS, "drop_landing")

OURS = "landing-lab, docs/definitions.md"
"""Source of a definition that is the project's own."""


@dataclass(slots=True, kw_only=True)
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
    """A declared metric; `needs`, `min_rate_hz`, `min_bandwidth_hz` and `tasks` are checked before `compute` runs.

    thresholded: the value depends on the contact threshold; dynamic: it rests on fast force, not only on edges or a
    mean.
    """

    name: str
    unit: str
    sides: Sides
    tasks: tuple[Task, ...]
    needs: tuple[Need, ...]
    min_rate_hz: float
    min_bandwidth_hz: float
    source: str
    typical: str
    formula: str
    method: str
    definition: str
    compute: Compute
    label: str = ""
    thresholded: bool = field(init=False)
    dynamic: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "thresholded", bool({"timing", "force"} & set(self.needs)))
        object.__setattr__(self, "dynamic", bool({"force", "motion"} & set(self.needs)))


METRICS: dict[str, Metric] = {}


def metric(
    *,
    unit: str,
    needs: tuple[Need, ...],
    source: str,
    formula: str = "",
    min_rate_hz: float = 80.0,
    min_bandwidth_hz: float = 0.0,
    sides: Sides = "total",
    tasks: tuple[Task, ...] = DROP_JUMP,
    typical: str = "",
    label: str = "",
) -> Callable[[Compute], Compute]:
    """Register a function as the metric of its name; the first line of its docstring becomes the method.

    unit: key of model.units.UNIT_SUFFIX; the name must end on its suffix. source: definition (author-year or
    DOI). formula: how it is computed, in symbols. min_rate_hz, min_bandwidth_hz: below them the metric is
    refused. typical: range seen in healthy adults, for readers. label: what people read, where report/names.py
    has none. The whole docstring is the definition that
    `--explain` prints.
    """

    def register(function: Compute) -> Compute:
        name = function.__name__
        assert name.endswith(UNIT_SUFFIX[unit]), f"{name} must end on {UNIT_SUFFIX[unit]!r}"
        assert name not in METRICS, f"{name} is declared twice"
        definition = inspect.cleandoc(function.__doc__ or "")
        METRICS[name] = Metric(
            name=name,
            unit=unit,
            sides=sides,
            tasks=tasks,
            needs=needs,
            min_rate_hz=min_rate_hz,
            min_bandwidth_hz=min_bandwidth_hz,
            source=source,
            typical=typical,
            formula=formula,
            method=definition.splitlines()[0].rstrip("."),
            definition=definition,
            compute=function,
            label=label,
        )
        return function

    return register
