"""Conditions, groups, or one number of each athlete, against a curve of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from landing_lab.analysis.permutations import PermutationSettings
from landing_lab.analysis.waveforms.comparison import WaveformComparison
from landing_lab.analysis.waveforms.curve_test import CurveTest
from landing_lab.analysis.waveforms.curves import AthleteMeans, CurveSet, PhaseName, Registration, Signal
from landing_lab.analysis.waveforms.from_dataset import normalise_waveforms
from landing_lab.analysis.waveforms.groups import numbers_of, two_groups
from landing_lab.analysis.waveforms.spm import LEAST_ATHLETES, paired_test, regression_test, two_sample_test
from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray

LEAST_NODES: Final = 10
"""Fewer nodes that every athlete has are no curve."""


def compare_waveforms(
    dataset: str | Path,
    *,
    signal: Signal = "force_total",
    phase: PhaseName = "contact",
    first: str | None = None,
    second: str | None = None,
    group: str | None = None,
    against: str | None = None,
    task: str | None = None,
    condition: str | None = None,
    registration: Registration = "linear",
    settings: PermutationSettings | None = None,
) -> WaveformComparison:
    """One signal over one phase: two conditions of the same athletes, two groups, or against one number.

    first, second: conditions. group: column of participants.tsv with two values. against: column of participants.tsv or
    field input with numbers. condition: only its trials, for groups and numbers. Raises ParameterError where the
    dataset does not have what is asked for, or fewer than three athletes have it.
    """
    check_question(first, second, group, against, condition)
    curves = normalise_waveforms(
        dataset, signal=signal, phase=phase, registration=registration, task=task, condition=condition
    )
    if not curves.trials:
        reasons = dict.fromkeys(one.reason for one in curves.left_out)
        raise ParameterError(f"no trial has a curve of {signal} over {phase}: {'; '.join(list(reasons)[:3])}")
    if first is None and len(curves.conditions) > 1:
        raise ParameterError(
            f"trials of the conditions {', '.join(one or '(none)' for one in curves.conditions)} would be averaged; "
            f"name one with condition (--condition)"
        )
    if first is not None and second is not None:
        return _conditions(curves, first, second, settings)
    if group is not None:
        return _groups(curves, Path(dataset), group, settings)
    return _against(curves, Path(dataset), str(against), settings)


def check_question(
    first: str | None, second: str | None, group: str | None, against: str | None, condition: str | None
) -> None:
    """Raises ParameterError where not exactly one comparison is asked for."""
    asked = [first is not None or second is not None, group is not None, against is not None]
    if sum(asked) != 1 or (asked[0] and (first is None or second is None)):
        raise ParameterError("name one comparison: first and second condition, or a group column, or a number to go by")
    if asked[0] and first == second:
        raise ParameterError(f"first and second are both {first!r}; name two conditions")
    if asked[0] and condition is not None:
        raise ParameterError("condition is for groups and numbers; two conditions are named by first and second")


def _conditions(curves: CurveSet, first: str, second: str, settings: PermutationSettings | None) -> WaveformComparison:
    known = sorted(curves.conditions)
    for name in (first, second):
        if name not in known:
            raise ParameterError(
                f"no trial with a curve has the condition {name!r}; there are "
                f"{', '.join(one or '(none)' for one in known)}"
            )
    paired, left_out = _with_both(curves, first, second)
    means = [paired.athlete_means(condition=name) for name in (first, second)]
    means[1] = means[1].of(means[0].participants)
    return _compared(curves, (first, second), means, left_out, _paired(settings))


def _with_both(curves: CurveSet, first: str, second: str) -> tuple[CurveSet, list[str]]:
    """Trials of the sessions that have both conditions, and sentences on the others: days are no conditions."""
    has: dict[str, dict[str, set[str]]] = {}
    for one in curves.trials:
        if one.condition in (first, second):
            has.setdefault(one.participant, {}).setdefault(one.session, set()).add(one.condition)
    left_out = []
    for who, sessions in sorted(has.items()):
        single = [f"ses-{name}" for name, conditions in sessions.items() if len(conditions) < 2]
        if len(single) < len(sessions):
            left_out += [f"sub-{who} {name} has only one of the conditions" for name in single]
        elif len(set[str]().union(*sessions.values())) < 2:
            left_out.append(f"sub-{who} has only one of the conditions")
        else:
            left_out.append(f"sub-{who} has the conditions in different sessions, and days are no conditions")
    kept = tuple(one for one in curves.trials if len(has.get(one.participant, {}).get(one.session, ())) == 2)
    return replace(curves, trials=kept), left_out


def _groups(curves: CurveSet, dataset: Path, column: str, settings: PermutationSettings | None) -> WaveformComparison:
    notes: list[str] = []
    names, group_of = two_groups(dataset, column, notes)
    means = curves.athlete_means()
    left_out = [f"sub-{one} has no {column}" for one in means.participants if one not in group_of]
    kept = [means.of([one for one in means.participants if group_of.get(one) == name]) for name in names]
    return _compared(curves.noted(notes), names, kept, left_out, _two_sample(settings))


def _against(curves: CurveSet, dataset: Path, column: str, settings: PermutationSettings | None) -> WaveformComparison:
    notes: list[str] = []
    numbers = numbers_of(dataset, column, notes)
    means = curves.athlete_means()
    left_out = [f"sub-{one} has no {column}" for one in means.participants if one not in numbers]
    kept = means.of([one for one in means.participants if one in numbers])
    return _compared(curves.noted(notes), (column,), [kept], left_out, _regression(settings), numbers)


Test: TypeAlias = Callable[[Sequence[FloatArray], FloatArray], CurveTest]
"""Curves of each condition or group, and the regressor, to what a test found."""


def _paired(settings: PermutationSettings | None) -> Test:
    return lambda curves, _x: paired_test(curves[0], curves[1], settings)


def _two_sample(settings: PermutationSettings | None) -> Test:
    return lambda curves, _x: two_sample_test(curves[0], curves[1], settings)


def _regression(settings: PermutationSettings | None) -> Test:
    return lambda curves, x: regression_test(curves[0], x, settings)


def _compared(
    curves: CurveSet, names: tuple[str, ...], means: list[AthleteMeans], left_out: list[str], test: Test,
    numbers: Mapping[str, float] | None = None,
) -> WaveformComparison:  # fmt: skip
    """The test over the longest stretch that every athlete has."""
    empty = {
        who
        for one in means
        for who, curve in zip(one.participants, one.curves, strict=True)
        if int(np.isfinite(curve).sum()) < LEAST_NODES
    }
    kept = [one.of([who for who in one.participants if who not in empty]) for one in means]
    left_out = [*left_out, *(f"sub-{one} has a value in hardly any point of the phase" for one in sorted(empty))]
    start, stop = _common(kept, [*left_out, *(f"{one.title}: {one.reason}" for one in curves.left_out)])
    x = np.array([numbers[one] for one in kept[0].participants]) if numbers is not None else None
    return WaveformComparison(
        curves=curves, names=names, means=tuple(kept), regressor=x, start=start, stop=stop, left_out=tuple(left_out),
        test=test([one.curves[:, start:stop] for one in kept], np.zeros(0) if x is None else x),
    )  # fmt: skip


def _common(means: list[AthleteMeans], left_out: Sequence[str]) -> tuple[int, int]:
    """The longest stretch of nodes that every athlete has, [start, stop)."""
    for one in means:
        if len(one.participants) < LEAST_ATHLETES:
            n, why = len(one.participants), f"; left out: {'; '.join(left_out[:3])}" if left_out else ""
            raise ParameterError(
                f"{n} athlete{' has' if n == 1 else 's have'} what is compared; a test of curves needs "
                f"{LEAST_ATHLETES} or more in each (a trial is never a subject){why}"
            )
    everywhere = np.isfinite(np.vstack([one.curves for one in means])).all(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], everywhere.astype(np.int8), [0]))))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    start, stop = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    if stop - start < LEAST_NODES:
        raise ParameterError(
            f"there are {stop - start} neighbouring points of the phase at which every athlete has a value; a test "
            f"needs {LEAST_NODES}; choose another phase"
        )
    return start, stop
