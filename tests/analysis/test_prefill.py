"""Items of the LESS from sensors: beyond their uncertainty, from enough trials, and never over a rater's head."""

from __future__ import annotations

import pandas as pd
import pytest

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.inputs.prefill import PrefilledItem, prefill_less, with_prefilled
from landing_lab.analysis.reference import Reference
from landing_lab.analysis.trial_table import COLUMNS

DELAY = ("contact_delay_left_right_s", "left_right")
HEEL = "forefoot_to_heel_delay_s"


def rows(values: dict[tuple[str, str], list[tuple[float, float]]], task: str = "drop_jump") -> pd.DataFrame:
    made = [
        ("P01", "01", run, task, "", name, side, value, "s", sd, "ok")
        for (name, side), trials in values.items()
        for run, (value, sd) in enumerate(trials, start=1)
    ]
    return pd.DataFrame(made, columns=list(COLUMNS))


def item(number: int, frame: pd.DataFrame, references: dict[tuple[str, str], Reference] | None = None) -> PrefilledItem:
    return next(one for one in prefill_less(frame, references=references) if one.item == number)


@pytest.mark.parametrize(
    ("delays", "score"),
    [
        ([(0.004, 0.001)] * 3, 0),
        ([(-0.004, 0.001)] * 3, 0),
        ([(0.05, 0.002)] * 3, 1),
        ([(-0.05, 0.002)] * 2 + [(0.0, 0.001)], 1),
        ([(0.034, 0.002)] * 3, None),  # beyond a picture by less than twice its sd
        ([(0.030, 0.004)] * 3, None),
        ([(0.05, 0.002)] * 2, None),  # too few trials
        ([(0.05, 0.002), (0.0, 0.001)] * 2, None),  # two against two
        ([], None),
    ],
)
def test_feet_that_land_together_within_a_picture_are_symmetric(
    delays: list[tuple[float, float]], score: int | None
) -> None:
    found = item(11, rows({DELAY: delays}))
    assert (found.score, found.kind) == (score, "prefilled")
    assert found.reason.startswith("LESS 11: ")


@pytest.mark.parametrize(
    ("left", "right", "score"),
    [
        ([(0.03, 0.005)] * 3, [(0.02, 0.005)] * 3, 0),
        ([(0.03, 0.005)] * 3, [(-0.02, 0.005)] * 3, 1),
        ([(-0.03, 0.005)] * 3, [(-0.02, 0.005)] * 3, 1),
        ([(0.03, 0.005)] * 3, [(0.005, 0.005)] * 3, None),  # flat or forefoot first cannot be told
        ([(0.03, 0.005)] * 3, [], None),
        ([(0.03, 0.005)] * 2, [(0.02, 0.005)] * 2, None),
        ([(0.03, float("nan"))] * 3, [(0.02, 0.005)] * 3, None),
    ],
)
def test_forefoot_before_heel_needs_both_feet(
    left: list[tuple[float, float]], right: list[tuple[float, float]], score: int | None
) -> None:
    assert item(4, rows({(HEEL, "left"): left, (HEEL, "right"): right})).score == score


def test_other_tasks_are_not_looked_at() -> None:
    assert item(11, rows({DELAY: [(0.0, 0.001)] * 5}, task="drop_landing")).score is None


def test_challenges_are_not_how_somebody_lands() -> None:
    plain, cued = (rows({DELAY: [(delay, 0.001)] * n}) for delay, n in ((0.0, 3), (0.06, 5)))
    both = pd.concat([plain.assign(condition="uncued"), cued.assign(condition="cued")])
    assert item(11, both).score == 0


def norm(name: str, mean: float, sd: float, kind: str = "local") -> Reference:
    return Reference(
        name=name, side="total", unit="", kind=kind, mean=mean, sd=sd, n=40, group="all", source="this laboratory"  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("force", "stiffness", "score"),
    [(6.0, 40.0, 2), (2.0, 10.0, 0), (4.1, 26.0, 1), (6.0, 25.0, None), (4.0, 40.0, None)],
)
def test_softness_is_suggested_from_this_laboratory_s_norm(force: float, stiffness: float, score: int | None) -> None:
    keys = (("peak_force_bw", "total"), ("vertical_stiffness_peak_kn_per_m", "total"))
    frame = rows({keys[0]: [(force, 0.1)] * 3, keys[1]: [(stiffness, 1.0)] * 3})
    local = {keys[0]: norm(keys[0][0], 4.0, 0.6), keys[1]: norm(keys[1][0], 25.0, 6.0)}
    found = item(16, frame, local)
    assert (found.score, found.kind) == (score, "suggested")
    assert item(16, frame).score is None
    assert "norm" in item(16, frame).reason
    published = {**local, keys[0]: norm(keys[0][0], 4.0, 0.6, kind="published")}
    assert item(16, frame, published).score is None


def test_a_rater_s_entry_stays_and_a_suggestion_is_not_taken_over() -> None:
    sensors = (
        PrefilledItem(item=4, score=0, kind="prefilled", reason="r"),
        PrefilledItem(item=11, score=1, kind="prefilled", reason="r"),
        PrefilledItem(item=16, score=2, kind="suggested", reason="r"),
    )
    scores, added = with_prefilled(inputs_from({"prior_injury": "none", "less.11": 0, "less.5": 1}), sensors)
    assert scores == {11: 0, 5: 1, 4: 0}
    assert added == (4,)
