"""A metric of somebody's own, declared while the program runs: computed, shown and explained like those that ship."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Final, get_args

from landing_lab.detect.trial import LandingTrial
from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet, visible
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import DROP_JUMP, METRICS, Compute, Estimate, Need, RefusedError, Sides
from landing_lab.metrics._registry import metric as declared
from landing_lab.metrics.own_declared import check_function, check_words, name_of, needs_of, rate_of, sides_of, tasks_of
from landing_lab.model.channels import Side
from landing_lab.model.given import finite, shown
from landing_lab.model.result import Task

_OWN: Final[set[str]] = set()


def metric(
    *,
    unit: str,
    needs: tuple[Need, ...],
    label: str,
    source: str,
    formula: str = "",
    min_rate_hz: float = 80.0,
    min_bandwidth_hz: float = 0.0,
    sides: Sides = "total",
    tasks: tuple[Task, ...] = DROP_JUMP,
    typical: str = "",
) -> Callable[[Compute], Compute]:
    """Declare the function below as the metric of its name, in this process, from the next analysis on.

    The function takes (trial, side) and gives an Estimate(value=, sd=) in `unit`, or raises RefusedError with the
    reason. Its name ends on the unit's suffix (model/units.py), the first line of its docstring is the method in every
    table. needs: what a trial must hold, or the metric is refused before it is computed: timing, force, body_weight,
    contact, flight, landing, motion, feet, cop, pressure, pressure_calibrated. label: what people read. Declared once
    more it takes the place of what it was, so that a cell can be run again; `forget_metric` takes it back. Where the
    function fails, or gives no Estimate of finite numbers, its rows are refused with the reason, and no others.
    Raises ParameterError where the declaration is incomplete, or the name is one of landing-lab's own metrics.
    """

    def register(function: Compute) -> Compute:
        name = name_of(function, unit, all_metrics().keys() - _OWN)
        check_function(name, function)
        check_words(name, function, {"label": label, "source": source, "formula": formula, "typical": typical})
        declare = declared(
            unit=unit, needs=needs_of(needs), source=source, formula=formula,
            min_rate_hz=rate_of("min_rate_hz", min_rate_hz),
            min_bandwidth_hz=rate_of("min_bandwidth_hz", min_bandwidth_hz),
            sides=sides_of(sides), tasks=tasks_of(tasks), typical=typical, label=label,
        )  # fmt: skip
        METRICS.pop(name, None)
        declare(_checked(name, function))
        _OWN.add(name)
        return function

    return register


def forget_metric(name: str) -> None:
    """Take back a metric that `metric` declared in this process. Raises ParameterError where there is none of it."""
    if not isinstance(name, str) or name not in _OWN:
        raise ParameterError(
            f"{shown(name)} is no metric of your own; declared here: {', '.join(sorted(_OWN)) or 'none'}"
        )
    METRICS.pop(name, None)
    _OWN.discard(name)


def is_own(name: str) -> bool:
    """Whether a metric of this name was declared at run time."""
    return name in _OWN


def _checked(name: str, function: Compute) -> Compute:
    """The function, which refuses its own rows where it fails: one bad metric must not take the others along."""

    @functools.wraps(function)
    def compute(trial: LandingTrial, side: Side) -> Estimate:
        try:
            found = _estimate(function(trial, side))
        except KeyboardInterrupt:
            raise
        except RefusedError as error:
            raise RefusedError(visible(_text(error)) or f"your metric {name} gave no reason") from error
        except BaseException as error:  # whatever it is: a metric may as well call sys.exit
            raise RefusedError(f"your metric {name} failed: {snippet(_told(error))}; mend the function") from error
        if isinstance(found, str):
            raise RefusedError(f"your metric {name} failed: {found}; return ll.Estimate(value=..., sd=...)")
        return found

    return compute


def _estimate(found: object) -> Estimate | str:
    """An answer as numbers and texts that tables can hold, or the words what is wrong with it."""
    if not isinstance(found, Estimate):
        return f"it gave {shown(found)}, and a value comes with its uncertainty"
    value, sd = finite(found.value), finite(found.sd)
    if value is None or sd is None or sd <= 0.0:
        return f"it gave value {shown(found.value)} with sd {shown(found.sd)}, and both are finite, sd above 0"
    if not all(text is None or isinstance(text, str) for text in (found.doubt, found.detail)):
        return f"it gave doubt {shown(found.doubt)} and detail {shown(found.detail)}, and these are texts or None"
    if found.stronger_side not in (None, *get_args(Side)):
        return f"it gave stronger_side {shown(found.stronger_side)}, and that is a side or None"
    doubt, detail = (visible(text) if text else None for text in (found.doubt, found.detail))
    return replace(found, value=value, sd=sd, doubt=doubt, detail=detail)


def _told(error: BaseException) -> str:
    """Kind and text of an error in a line."""
    text = _text(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _text(error: BaseException) -> str:
    """The text of an error; empty where it has none, or cannot say it."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - whatever the __str__ of somebody else does
        return ""
