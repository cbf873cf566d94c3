"""What somebody declares of a metric of their own: every part of it is looked at before it is taken."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from typing import Final, get_args

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.metrics._registry import Need, Sides
from landing_lab.model.given import number_given, shown
from landing_lab.model.result import Task
from landing_lab.model.units import UNIT_SUFFIX

FASTEST_HZ: Final = 1e6
"""No recording is faster."""


def name_of(function: object, unit: object, taken: Collection[str]) -> str:
    """The name that a function gives its metric. Raises ParameterError where it has none, or none that fits."""
    name = getattr(function, "__name__", None)
    if not isinstance(name, str):
        raise ParameterError(
            f"a metric is a function of its own name; got {shown(function)}; write def ..._n(trial, side): below "
            f"@ll.metric(...)"
        )
    if not (name.isascii() and name.isidentifier()):
        raise ParameterError(
            f"{quoted_name(name)} is no name of a metric; name the function in plain letters, digits and _"
        )
    if name in taken:
        raise ParameterError(f"landing-lab has a metric {name} already; give yours another name")
    if not isinstance(unit, str) or unit not in UNIT_SUFFIX:
        raise ParameterError(f"{shown(unit)} is no unit of a metric; choose one of {', '.join(UNIT_SUFFIX)}")
    if not name.endswith(UNIT_SUFFIX[unit]):
        raise ParameterError(
            f"the metric {name} is in {unit}, so its name must end on {UNIT_SUFFIX[unit]}; rename the function"
        )
    return name


def check_function(name: str, function: object) -> None:
    """Raises ParameterError for what is no plain function of a trial and a side."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        raise ParameterError(
            f"the metric {name} is {shown(type(function).__name__)} and no plain function; write def {name}(trial, "
            f"side): below @ll.metric(...)"
        )
    try:
        inspect.signature(function).bind(None, None)
    except TypeError as error:
        raise ParameterError(
            f"the metric {name} is called with a trial and a side, and does not take these two; write def "
            f"{name}(trial, side):"
        ) from error


def needs_of(needs: object) -> tuple[Need, ...]:
    """What a metric needs. Raises ParameterError, naming what there is, for anything else."""
    known = get_args(Need)
    if not isinstance(needs, (tuple, list)) or (strange := _strange(needs, known)):
        told = needs if not isinstance(needs, (tuple, list)) else strange[0]
        raise ParameterError(f"needs is a tuple of {', '.join(known)}; got {shown(told)}; write needs=('force',)")
    return tuple(needs)


def tasks_of(tasks: object) -> tuple[Task, ...]:
    """The tasks a metric belongs to. Raises ParameterError, naming those there are, for anything else."""
    known = get_args(Task)
    if not isinstance(tasks, (tuple, list)) or not tasks or (strange := _strange(tasks, known)):
        told = tasks if not isinstance(tasks, (tuple, list)) or not tasks else strange[0]
        raise ParameterError(f"tasks is a tuple of {', '.join(known)}; got {shown(told)}; write tasks=('drop_jump',)")
    return tuple(tasks)


def sides_of(sides: object) -> Sides:
    """The sides a metric has rows for. Raises ParameterError, naming those there are, for anything else."""
    for one in get_args(Sides):
        if isinstance(sides, str) and sides == one:
            return one  # type: ignore[no-any-return]
    raise ParameterError(f"sides is one of {', '.join(get_args(Sides))}; got {shown(sides)}; write sides='total'")


def rate_of(name: str, rate_hz: object) -> float:
    """A least rate or bandwidth. Raises ParameterError for anything but a number of hertz."""
    return number_given(name, rate_hz, 0.0, FASTEST_HZ)


def check_words(name: str, function: object, texts: Mapping[str, object]) -> None:
    """Raises ParameterError where a metric does not say what it is, or in characters that a terminal would obey.

    texts: label, source, formula, typical.
    """
    for what, text in texts.items():
        if not isinstance(text, str) or not text.isprintable():
            raise ParameterError(f"{what} of the metric {name} is one line of text; got {shown(text)}; write it so")
    doc = function.__doc__
    definition = inspect.cleandoc(doc) if isinstance(doc, str) else ""
    if not definition.strip() or not str(texts["label"]).strip():
        raise ParameterError(
            f"the metric {name} says not what it is: give it a docstring, whose first line becomes the method in "
            f"tables, and a label"
        )
    if not str(texts["source"]).strip():
        raise ParameterError(f"the metric {name} has no source; say who defined it, such as source='my thesis, 2026'")
    if not all(line.isprintable() for line in definition.split("\n")):
        raise ParameterError(
            f"the docstring of the metric {name} holds characters that a terminal obeys: {snippet(repr(definition))}; "
            "take them out"
        )


def _strange(given: tuple[object, ...] | list[object], known: tuple[str, ...]) -> list[object]:
    return [one for one in given if not isinstance(one, str) or one not in known]
