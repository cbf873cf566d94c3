"""The list of trials that a session is to have: what comes next, and what is done."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from landing_lab.app.record.protocols import Protocol


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """One trial of the list; number counts from 1, condition is "" where the protocol has none."""

    number: int
    condition: str


def planned_trials(protocol: Protocol, *, seed: int) -> tuple[PlannedTrial, ...]:
    """All trials in order: conditions one after the other, in turn, or at random within rounds of all of them.

    The same seed gives the same list; a round holds every condition once, so that a session cut short is balanced.
    """
    conditions = list(protocol.conditions) or [""]
    n_trials = protocol.n_trials
    if protocol.order == "given":
        names = [name for name in conditions for _ in range(n_trials)]
    elif protocol.order == "alternating":
        names = conditions * n_trials
    else:
        draw = random.Random(seed)  # noqa: S311 - an order of trials, no secret
        names = [name for _ in range(n_trials) for name in draw.sample(conditions, len(conditions))]
    return tuple(PlannedTrial(number, name) for number, name in enumerate(names, start=1))


def open_trials(
    plan: tuple[PlannedTrial, ...], accepted: Mapping[str, int], left_out: frozenset[int] = frozenset()
) -> list[PlannedTrial]:
    """The trials still to do, in order. accepted: condition -> how many; left_out: numbers that were given up."""
    done = dict(accepted)
    still = []
    for trial in plan:
        if trial.number in left_out:
            continue
        if done.get(trial.condition, 0) > 0:
            done[trial.condition] -= 1
        else:
            still.append(trial)
    return still
