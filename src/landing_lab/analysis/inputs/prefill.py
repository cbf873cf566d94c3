"""Items of the LESS that sensors can fill in or suggest; what a rater entered is never changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.plain_landings import plain_landings
from landing_lab.analysis.trial_table import LEAST_TRIALS

if TYPE_CHECKING:
    import pandas as pd

    from landing_lab.analysis.reference import Reference

VISIBLE_DELAY_S: Final = 1.0 / 30.0
"""A rater sees one foot land first where a picture of a usual camera (30 a second) lies between; our convention."""
COVERAGE: Final = 2.0
"""Standard uncertainties by which a delay must lie beyond its limit."""
_FOREFOOT: Final = "forefoot_to_heel_delay_s"
_DELAY: Final = "contact_delay_left_right_s"
SOFTNESS: Final = (("peak_force_bw", "total"), ("vertical_stiffness_peak_kn_per_m", "total"))
"""Metrics and sides whose local norms a suggestion for item 16 needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefilledItem:
    """One item of the LESS from sensors: its score (None where they cannot say), kind, and why in a sentence."""

    item: int
    score: int | None
    kind: Literal["prefilled", "suggested"]
    reason: str


def prefill_less(
    rows: pd.DataFrame, *, references: Mapping[tuple[str, str], Reference] | None = None
) -> tuple[PrefilledItem, ...]:
    """Items 4, 11 and 16 from the accepted trials of one athlete in one session.

    rows: as in TrialTable; those of the plain condition that most drop jumps are of count, a challenge is not how
    somebody lands. references: local norms by metric and side, without which item 16 is not suggested.
    """
    drop_jumps, _, _ = plain_landings(rows, ("drop_jump",))
    return (_toes_first(drop_jumps), _symmetric(drop_jumps), _softness(drop_jumps, references or {}))


def with_prefilled(inputs: FieldInputs, items: tuple[PrefilledItem, ...]) -> tuple[dict[int, int], tuple[int, ...]]:
    """LESS scores of the rater, completed by prefilled items, and which these are; suggestions are not taken over."""
    added = {
        one.item: one.score
        for one in items
        if one.kind == "prefilled" and one.score is not None and one.item not in inputs.less
    }
    return {**inputs.less, **added}, tuple(sorted(added))


def _toes_first(rows: pd.DataFrame) -> PrefilledItem:
    by_side = [_of(rows, _FOREFOOT, side) for side in ("left", "right")]
    verdicts = [_feet(by_side[0][run], by_side[1][run]) for run in by_side[0] if run in by_side[1]]
    score, why = _majority(verdicts, "both forefeet land before their heels", "a heel lands first")
    if not verdicts:
        why = (
            "it needs insoles under both feet, and heels that come down, to time heel and forefoot; rate it from video"
        )
    return PrefilledItem(item=4, score=score, kind="prefilled", reason=f"LESS 4: {why}")


def _feet(left: tuple[float, float], right: tuple[float, float]) -> int | None:
    if any(value < -COVERAGE * sd for value, sd in (left, right)):
        return 1
    return 0 if all(value > COVERAGE * sd for value, sd in (left, right)) else None


def _symmetric(rows: pd.DataFrame) -> PrefilledItem:
    delays = _of(rows, _DELAY, "left_right")
    verdicts = [_together(abs(value), sd) for value, sd in delays.values()]
    limit = f"{1000 * VISIBLE_DELAY_S:.0f} ms"
    score, why = _majority(
        verdicts, f"both feet land within {limit} of each other", f"one foot lands more than {limit} before the other"
    )
    if not verdicts:
        why = "it needs the force of each foot; rate it from video"
    elif score == 0:
        why += "; whether one lands on the heel and the other on the toes was not looked at"
    return PrefilledItem(item=11, score=score, kind="prefilled", reason=f"LESS 11: {why}")


def _together(delay_s: float, sd_s: float) -> int | None:
    if delay_s - COVERAGE * sd_s > VISIBLE_DELAY_S:
        return 1
    return 0 if delay_s + COVERAGE * sd_s <= VISIBLE_DELAY_S else None


def _majority(verdicts: list[int | None], no_error: str, error: str) -> tuple[int | None, str]:
    """The score that more than half of all trials give beyond their uncertainty, and a sentence."""
    n = len(verdicts)
    if n < LEAST_TRIALS:
        return None, f"{n} trial{'' if n == 1 else 's'} can be used and {LEAST_TRIALS} are needed; record more trials"
    for score, what in ((0, no_error), (1, error)):
        count = sum(one == score for one in verdicts)
        if 2 * count > n:
            return score, f"{what} in {count} of {n} trials, beyond the uncertainty of the timing"
    return None, f"the {n} trials do not agree beyond the uncertainty of their timing; rate it from video"


def _softness(rows: pd.DataFrame, references: Mapping[tuple[str, str], Reference]) -> PrefilledItem:
    found = []
    for key in SOFTNESS:
        reference = references.get(key)
        values = [value for value, _ in _of(rows, *key).values()]
        if reference is None or reference.kind != "local" or len(values) < LEAST_TRIALS or not reference.sd > 0.0:
            why = (
                "no published force tells soft from stiff as a rater sees it, so a suggestion needs this laboratory's "
                f"own norm of peak force and stiffness, and {LEAST_TRIALS} trials with both; rate it from video"
            )
            return PrefilledItem(item=16, score=None, kind="suggested", reason=f"LESS 16: {why}")
        found.append((sum(values) / len(values) - reference.mean) / reference.sd)
    scores = {0 if z < -1.0 else 2 if z > 1.0 else 1 for z in found}
    shown = (
        f"peak force lies {found[0]:+.1f} and stiffness {found[1]:+.1f} standard deviations from this laboratory's norm"
    )
    if len(scores) > 1:
        return PrefilledItem(
            item=16, score=None, kind="suggested", reason=f"LESS 16: {shown}, which do not agree; rate it from video"
        )
    score = scores.pop()
    word = ("soft", "average", "stiff")[score]
    reason = f"LESS 16: {shown}, which suggests {word} (our convention, beyond 1 standard deviation); the rater decides"
    return PrefilledItem(item=16, score=score, kind="suggested", reason=reason)


def _of(rows: pd.DataFrame, name: str, side: str) -> dict[object, tuple[float, float]]:
    """Value and sd by run, where both are known."""
    chosen = rows[(rows["name"] == name) & (rows["side"] == side)]
    return {
        run: (float(value), float(sd))
        for run, value, sd in zip(chosen["run"], chosen["value"], chosen["sd"], strict=True)
        if math.isfinite(value) and math.isfinite(sd)
    }
