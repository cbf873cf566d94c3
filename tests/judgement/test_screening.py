"""Athletes drawn from the norm: how often does something stand out, change, or get a name, where nothing is there?"""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.analysis.screening.screening import Screening
from made_screening import RATIO, STIFFNESS, SYMMETRY, Lab, screened

RUNS = 300
N_TRIALS = 5
KEYS = {
    (STIFFNESS, "total"): (18.0, 4.0),
    (RATIO, "total"): (1.35, 0.2),
    (SYMMETRY, "left_right"): (90.0, 2.5),
    ("time_to_stabilisation_s", "total"): (0.9, 0.2),
}
STRENGTH = {
    (f"hip_{what}_pct_bw", side): (mean, sd)
    for what, mean, sd in (("abduction", 38.0, 6.0), ("external_rotation", 22.0, 4.0))
    for side in ("left", "right")
}
TRIAL, SESSION = 0.4, 0.15
"""Of the standard deviation between athletes."""
LAB = Lab(
    errors={key: (TRIAL * sd, SESSION * sd) for key, (_, sd) in {**KEYS, **STRENGTH}.items()},
    norms={**KEYS, **STRENGTH},
)


def _athlete(rng: np.random.Generator, *, far: float = 0.0) -> Screening:
    """Two sessions of an athlete in whom nothing changes; far: standard deviations added to the stiffness."""
    own = {key: rng.normal(mean, sd) for key, (mean, sd) in KEYS.items()}
    own[STIFFNESS, "total"] += far * KEYS[STIFFNESS, "total"][1]
    sessions = [
        {
            key: list(own[key] + rng.normal(0, SESSION * sd) + rng.normal(0, TRIAL * sd, N_TRIALS))
            for key, (_, sd) in KEYS.items()
        }
        for _ in range(2)
    ]
    entries = {
        f"{name.removesuffix('_pct_bw')}_{side}_pct_bw": max(rng.normal(mean, sd), 1.0)
        for (name, side), (mean, sd) in STRENGTH.items()
    }
    lunge = {f"lunge_{side}_cm": float(np.clip(rng.normal(12.0, 2.8), 0, 25)) for side in ("left", "right")}
    seen = {"valgus_squat": True, "valgus_squat_heel_lift": bool(rng.integers(2)), "less": {6: int(rng.integers(2))}}
    return screened(sessions, LAB, {"hip_test_position": "supine", **entries, **lunge, **seen})


@pytest.fixture(scope="module")
def ordinary() -> list[Screening]:
    rng = np.random.default_rng(20261130)
    return [_athlete(rng) for _ in range(RUNS)]


def test_a_number_of_an_ordinary_athlete_seldom_stands_out(ordinary: list[Screening]) -> None:
    """5 % lie beyond the limit; only those that are beyond it by more than the error are called: at most 5 %."""
    states = [one.state for result in ordinary for one in result.findings if one.kind != "finding" and one.limits]
    assert len(states) > 9 * RUNS
    assert states.count("outside") / len(states) <= 0.05


def test_change_is_called_in_one_of_twenty_where_nothing_changed(ordinary: list[Screening]) -> None:
    calls = [one.change.real for result in ordinary for one in result.findings if one.change is not None]
    assert len(calls) == len(KEYS) * RUNS
    assert np.mean(np.array(calls, dtype=float)) == pytest.approx(0.05, abs=0.02)


def test_a_chain_is_hardly_ever_named_where_nothing_but_the_knee_was_seen(ordinary: list[Screening]) -> None:
    named = [one.named is not None for result in ordinary for one in result.rankings]
    assert np.mean(np.array(named, dtype=float)) <= 0.05


def test_what_is_far_out_is_found() -> None:
    rng = np.random.default_rng(7)
    found = [one.state for _ in range(100) for one in _athlete(rng, far=5.0).findings if one.id == "vertical_stiffness"]
    assert found.count("outside") >= 95


def test_the_error_of_own_trials_covers_as_often_as_it_says() -> None:
    """Without an error file: the mean of trials +- 1.645 SE holds what the session was about in 90 % of 1000."""
    rng = np.random.default_rng(11)
    held = []
    for n in (3, 5, 8):
        for _ in range(330):
            values = list(rng.normal(18.0, 2.0, n))
            result = screened([{(STIFFNESS, "total"): values}], Lab(norms=KEYS))
            one = next(one for one in result.findings if one.id == "vertical_stiffness")
            assert one.value is not None
            assert one.standard_error is not None
            held.append(abs(one.value - 18.0) < 1.645 * one.standard_error)
    assert np.mean(np.array(held, dtype=float)) == pytest.approx(0.90, abs=0.025)
