"""The landings that tell how somebody usually lands: of one kind of task, in one condition without a challenge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from landing_lab.analysis.condition_pairs import is_reference
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    import pandas as pd

KINDS: Final = ("drop_jump", "drop_landing", "countermovement_jump", "squat_jump")
"""Plain tasks; a protocol of one has a name that starts so (single-legged ones start with single_leg)."""
TWO_LEGGED: Final = ("drop_jump", "drop_landing")
"""Kinds that are a landing from a box on both legs."""


class Did(NamedTuple):
    """What was done: task as recorded, and condition."""

    task: str
    condition: str


def kind_of(task: str) -> str:
    """The plain task of a protocol: drop_jump of drop_jump_heel_lift; a name of no known kind is its own."""
    return next((one for one in KINDS if task.startswith(one)), task)


def plain_landings(
    rows: pd.DataFrame, kinds: tuple[str, ...] = TWO_LEGGED, *, session: str | None = None
) -> tuple[pd.DataFrame, Did | None, tuple[str, ...]]:
    """Rows of the one (kind of task, plain condition) of which most trials are there, which one, and what was left.

    session: in which it is counted; None is in all rows. Conditions are never pooled: before fatigue and without a cue
    an athlete lands differently, and a norm is of one of them. Without such a trial there is no kind and no row.
    """
    kind = rows["task"].astype(str).map(kind_of)
    condition = rows["condition"].astype(str)
    usable = kind.isin(kinds) & condition.map(is_reference).astype(bool)
    rows, kind, condition = rows[usable], kind[usable], condition[usable]
    here = usable[usable] if session is None else rows["session"].astype(str) == session
    counts = _trials(rows[here], kind[here])
    if not counts:
        return rows.iloc[:0], None, ()
    of_kind: dict[tuple[str, str], int] = {}
    for (one, did), n in counts.items():
        of_kind[one, did.condition] = of_kind.get((one, did.condition), 0) + n
    chosen = min(of_kind, key=lambda one: (-of_kind[one], one[1], one[0]))
    of_chosen = {did: n for (one, did), n in counts.items() if (one, did.condition) == chosen}
    most = min(of_chosen, key=lambda one: (-of_chosen[one], one))
    own = rows[(kind == chosen[0]) & (condition == chosen[1])]
    return own, most, _left_out(of_kind, chosen)


def _trials(rows: pd.DataFrame, kind: pd.Series) -> dict[tuple[str, Did], int]:
    """How many trials there are of each kind, task and condition."""
    columns = (kind.tolist(), *(rows[name].astype(str).tolist() for name in ("task", "condition", "session", "run")))
    counts: dict[tuple[str, Did], int] = {}
    for one, task, condition, _session, _run in set(zip(*columns, strict=True)):
        key = (one, Did(task, condition))
        counts[key] = counts.get(key, 0) + 1
    return counts


def _left_out(of_kind: dict[tuple[str, str], int], chosen: tuple[str, str]) -> tuple[str, ...]:
    """One sentence where other plain landings were recorded as well."""
    others = [f"{n} of {_words(one)}" for one, n in sorted(of_kind.items()) if one != chosen]
    if not others:
        return ()
    told = f"Judged by the {of_kind[chosen]} trials of {_words(chosen)}; tasks and conditions are not mixed, so "
    return (f"{told}{', '.join(others)} were left out.",)


def _words(one: tuple[str, str]) -> str:
    kind, condition = (visible(part.replace("_", " ")) for part in one)
    return f"{kind} ({condition})" if condition else kind
