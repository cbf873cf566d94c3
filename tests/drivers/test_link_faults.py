from __future__ import annotations

import numpy as np
import pytest

from landing_lab.errors import ParameterError
from landing_lab.sim.link import LinkFaults

FRAMES = [bytes([k % 250, 1, 2, 3, 4]) for k in range(4000)]


def test_a_perfect_link_changes_nothing() -> None:
    assert LinkFaults().damage(FRAMES, 0) == FRAMES


def test_faults_follow_the_seed_and_the_stretch() -> None:
    faults = LinkFaults(seed=4, lose_fraction=0.1, corrupt_fraction=0.05)
    assert faults.damage(FRAMES, 1, 2) == faults.damage(FRAMES, 1, 2)
    assert faults.damage(FRAMES, 1, 2) != faults.damage(FRAMES, 1, 3)


def test_shares_are_met_and_damage_is_one_bit() -> None:
    got = LinkFaults(seed=4, lose_fraction=0.1, corrupt_fraction=0.05).damage(FRAMES, 0)
    assert sum(not frame for frame in got) == pytest.approx(400, abs=80)
    flipped = [
        int.from_bytes(a, "big") ^ int.from_bytes(b, "big") for a, b in zip(got, FRAMES, strict=True) if a and a != b
    ]
    assert len(flipped) == pytest.approx(180, abs=60)
    assert all(bits.bit_count() == 1 for bits in flipped)
    assert len({bits.bit_length() for bits in flipped}) > 30


@pytest.mark.parametrize(
    "wrong",
    [
        {"lose_fraction": 1.1},
        {"corrupt_fraction": -0.1},
        {"jitter_ms": -1.0},
        {"boot_s": np.inf},
        {"unplug_after_s": -1.0},
        {"reset_after_s": float("nan")},
    ],
)
def test_impossible_faults_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        LinkFaults(**wrong)
