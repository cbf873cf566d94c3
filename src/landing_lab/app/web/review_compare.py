"""Trials laid over each other, aligned at an event: of a session, of its conditions, of both feet, of sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from landing_lab.app.web.lab import BusyError
from landing_lab.app.web.number_table import cell, columns_of, heading
from landing_lab.app.web.review_charts import DASHES, PALETTE, Curve, as_item, force_figure
from landing_lab.app.web.review_choice import ChosenTrial
from landing_lab.app.web.review_feet import feet_means
from landing_lab.app.web.review_load import Kept, ReviewFiles
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import TrialResult
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.contrasts import contrast_table
from landing_lab.report.names import event_label, side_label
from landing_lab.report.panels import LINE_STYLES

"""Title, the metrics that may fill it, and the sides that count."""
By: TypeAlias = Literal["run", "condition", "feet", "session"]
ALIGN: Final = ("touchdown", "take_off", "landing")
BEFORE_S: Final = 0.2
AFTER_S: Final = 1.6
"""What is kept of a trial: from before its first event to after its last."""
MOST_TRIALS: Final = 60
MOST_KEPT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeanTrial:
    """A trial without all but its force around its events, so that many can be kept."""

    trial: TrialResult
    force_n: Mapping[Side, tuple[FloatArray, FloatArray]]


@dataclass(slots=True)
class Comparison:
    """Remembers lean trials between requests; used in the review's one thread."""

    files: ReviewFiles
    lean: Kept[tuple[LeanTrial, ...]] = field(default_factory=lambda: Kept(MOST_KEPT))

    def of(self, chosen: ChosenTrial) -> tuple[LeanTrial, ...]:
        """Every jump of a file of the dataset. Raises LandingLabError where it cannot be read."""
        key: Hashable = self.files.key(chosen)
        return self.lean.get(key, lambda: tuple(_lean(one) for one in self.files.load(chosen).trials))


def _lean(trial: TrialResult) -> LeanTrial:
    signals = trial.signals
    if signals is None:
        return LeanTrial(trial=trial, force_n={})
    marks = [event.time_s for event in trial.events if event.name in ALIGN]
    first, last = (min(marks) - BEFORE_S, max(marks) + AFTER_S) if marks else (-np.inf, np.inf)
    inside = (signals.times_s >= first) & (signals.times_s <= last)
    force = {side: (signals.times_s[inside].copy(), values[inside].copy()) for side, values in signals.force_n.items()}
    worn: Any = dict.fromkeys(signals.pressure)  # which feet had an insole; what it said is left behind
    bare = dataclasses.replace(signals, times_s=np.empty(0), force_n={}, cop_m={}, sd_n={}, pressure=worn)
    return LeanTrial(trial=dataclasses.replace(trial, signals=bare), force_n=force)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareQuestion:
    """by: what a colour stands for. side: whose force. align: the event at time 0."""

    by: By
    side: Side
    align: str

    @classmethod
    def asked(cls, by: str, side: str, align: str) -> CompareQuestion:
        """Checked. Raises ParameterError for anything unknown."""
        known = next((one for one in get_args(By) if one == by), None)
        if known is None or align not in ALIGN or side not in ("total", "left", "right", "plate_1", "plate_2"):
            raise ParameterError("this comparison is not known; choose one of the page")
        return cls(by=known, side=side, align=align)  # type: ignore[arg-type]


def compared(
    question: CompareQuestion, chosen: Sequence[ChosenTrial], get: Callable[[ChosenTrial], Sequence[LeanTrial]]
) -> dict[str, object]:
    """The chart of all trials that can be aligned, their numbers, means by group, and what is left out and why."""
    left_out: list[dict[str, str]] = []
    found: list[tuple[ChosenTrial, LeanTrial]] = []
    several = len({one.folder.label for one in chosen}) > 1
    for one in chosen[-MOST_TRIALS:]:
        try:
            jumps = get(one)
        except BusyError:
            raise
        except LandingLabError as error:
            left_out.append({"label": _name(one, several=several), "reason": str(error)})
            continue
        found += [(dataclasses.replace(one, index=at), lean) for at, lean in enumerate(jumps)]
    groups = list(dict.fromkeys(_group(question, one, lean) for one, lean in found)) if question.by != "feet" else []
    curves: list[Curve] = []
    for number, (one, lean) in enumerate(found):
        made = _curves(question, one, lean, number, groups, several=several)
        if isinstance(made, str):
            left_out.append({"label": _name(one, lean, several=several), "reason": made})
        else:
            curves += made
    return {
        "chart": None if not curves else _chart(question, curves),
        "groups": [
            {"name": name, "colour": colour}
            for name, colour in dict.fromkeys((curve.group, curve.colour) for curve in curves)
        ],
        "left_out": left_out,
        "older": max(0, len(chosen) - MOST_TRIALS),
        **_numbers(question, found, several=several),
    }


def _name(one: ChosenTrial, lean: LeanTrial | None = None, *, several: bool) -> str:
    """How a trial is called; the second jump of a file is its trial 2, as everywhere."""
    jump = f", trial {one.index + 1}" if lean is not None and lean.trial.n_in_source > 1 else ""
    return f"{one.label if several else f'run {one.entry.run:02d}'}{jump}"


def _group(question: CompareQuestion, one: ChosenTrial, lean: LeanTrial) -> str:
    condition = one.entry.condition.replace("_", " ")
    if question.by == "session":
        # trials of two conditions are no repeats of one thing, so a session with both is two groups
        return f"session {one.folder.label}{f', {condition}' if condition else ''}"
    if question.by == "condition":
        return condition or "no condition"
    return _name(one, lean, several=False)


def _curves(
    question: CompareQuestion, one: ChosenTrial, lean: LeanTrial, number: int, groups: Sequence[str], *, several: bool
) -> list[Curve] | str:
    """The lines of one trial, or why there are none."""
    zero = lean.trial.events.get(question.align)
    if zero is None:
        return f"no {event_label(question.align)} was found to align it at"
    sides: tuple[Side, ...] = ("left", "right") if question.by == "feet" else (question.side,)
    if any(side not in lean.force_n for side in sides):
        return "this recording has no force of each foot"
    made = []
    for side in sides:
        times_s, force_n = lean.force_n[side]
        group = f"{side} foot" if question.by == "feet" else _group(question, one, lean)
        place = number if question.by == "feet" else groups.index(group)
        own = _name(one, lean, several=several)
        label = f"{own}, {side_label(side)}" if question.by == "feet" else _told(question, one, lean)
        made.append(
            Curve(
                name=f"{number}-{side}",
                label=label,
                group=group,
                times_s=times_s - zero.time_s,
                values=force_n,
                colour=str(LINE_STYLES[side]["color"]) if question.by == "feet" else PALETTE[place % len(PALETTE)],
                dash=("dashed" if side == "left" else "dotted")
                if question.by == "feet"
                else DASHES[place // len(PALETTE) % len(DASHES)],
            )
        )
    return made


def _told(question: CompareQuestion, one: ChosenTrial, lean: LeanTrial) -> str:
    run = _name(one, lean, several=False)
    return run if question.by == "run" else f"{_group(question, one, lean)}, {run}"


def _chart(question: CompareQuestion, curves: Sequence[Curve]) -> dict[str, object]:
    last = min(max(float(curve.times_s[-1]) for curve in curves), 1.6)
    first = max(min(float(curve.times_s[0]) for curve in curves), -0.4 if question.align == "touchdown" else -1.0)
    whose = "both feet" if question.by == "feet" else side_label(question.side)
    return as_item(
        force_figure(
            curves,
            x=(first, last),
            x_label=f"time from {event_label(question.align)} (s)",
            y_label=f"vertical force, {whose} (N)",
        ),
        curves,
    )


def _numbers(
    question: CompareQuestion, found: Sequence[tuple[ChosenTrial, LeanTrial]], *, several: bool
) -> dict[str, object]:
    """The numbers of the first page trial by trial, and mean ± SD between trials by group."""
    trials = [lean.trial for _, lean in found]
    columns = columns_of(trials)
    labels = [
        TrialLabel(
            run=one.entry.run,
            condition=_group(question, one, lean) if question.by == "session" else one.entry.condition,
        )
        for one, lean in found
    ]
    means = contrast_table(trials, labels) if len(trials) > 1 and question.by != "feet" else None
    return {
        "columns": [heading(trials, one) for one in columns],
        "rows": [
            {
                "label": _name(one, lean, several=several),
                "condition": one.entry.condition,
                "cells": [cell(lean.trial, column) for column in columns],
            }
            for one, lean in found
        ],
        "means": None
        if means is None
        else {
            "conditions": list(means.conditions),
            "differences": list(means.differences),
            "lines": [dataclasses.asdict(line) for line in means.lines],
            "left_out": means.left_out,
        },
        "feet": feet_means(trials, [one.entry.condition for one, _ in found]) if question.by == "feet" else [],
    }
