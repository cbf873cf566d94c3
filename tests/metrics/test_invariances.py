"""What must not change when force is scaled, sides are swapped or time is moved."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landing_lab as ll
from landing_lab.detect.params import ContactParams
from landing_lab.model.channels import Side
from landing_lab.model.result import MetricValue, Result
from traces import on_plates

FEET: tuple[Side, Side] = ("left", "right")
MIRROR: dict[Side, Side] = {"left": "right", "right": "left", "total": "total", "left_right": "left_right"}
JUMPS = [np.array(ll.simulate_drop_jump(seed).recording.streams["force"].samples) for seed in range(4)]


def rows(result: Result) -> dict[tuple[str, Side], MetricValue]:
    return {(row.name, row.side): row for row in result.first.table}


@settings(deadline=None, max_examples=20)
@given(st.floats(0.5, 2.0), st.integers(0, 3))
def test_scaled_force_scales_newtons_and_nothing_else(factor: float, which: int) -> None:
    plain = rows(ll.analyse(on_plates(JUMPS[which], sides=FEET)))
    scaled_threshold = ContactParams(contact_on_n=20.0 * factor, hysteresis_n=5.0 * factor)
    scaled = rows(ll.analyse(on_plates(factor * JUMPS[which], sides=FEET), params=scaled_threshold))
    assert plain.keys() == scaled.keys()
    for key, row in plain.items():
        other = scaled[key]
        by = factor if row.unit in ("N", "N s", "kN/m") else 1.0
        if row.value is None:
            assert other.value is None
            continue
        assert other.value == pytest.approx(by * row.value, rel=1e-7, abs=1e-9), key
        assert other.sd == pytest.approx(by * row.sd, rel=1e-4), key
        assert (other.status, other.stronger_side) == (row.status, row.stronger_side)


@pytest.mark.parametrize("which", range(4))
def test_swapped_feet_swap_sides(which: int) -> None:
    plain = rows(ll.analyse(on_plates(JUMPS[which], sides=FEET)))
    swapped = rows(ll.analyse(on_plates(JUMPS[which][:, ::-1], sides=FEET)))
    assert len(plain) == len(swapped)
    for (name, side), row in plain.items():
        other = swapped[name, MIRROR[side]]
        sign = -1.0 if name == "contact_delay_left_right_s" else 1.0
        if row.value is None:
            assert (other.value, other.reason) == (None, row.reason)
            continue
        assert other.value == pytest.approx(sign * row.value, rel=1e-12)
        assert other.sd == pytest.approx(row.sd, rel=1e-12)
        assert other.stronger_side == (None if row.stronger_side is None else MIRROR[row.stronger_side])


@pytest.mark.parametrize("which", range(4))
def test_order_of_columns_does_not_matter(which: int) -> None:
    plain = rows(ll.analyse(on_plates(JUMPS[which], sides=FEET)))
    other = rows(ll.analyse(on_plates(JUMPS[which][:, ::-1], sides=("right", "left"))))
    assert {key: row.value for key, row in plain.items()} == {
        key: row.value if row.value is None else pytest.approx(row.value, rel=1e-12) for key, row in other.items()
    }


@pytest.mark.parametrize("shift", [1, 37, 1000])
def test_a_later_start_moves_events_and_nothing_else(shift: int) -> None:
    rng = np.random.default_rng(1)
    before = np.round(rng.normal(0, 1.5, (2000, 2)) / 0.5) * 0.5
    early = np.concatenate([before, JUMPS[0]])
    plain, moved = (ll.analyse(on_plates(force, sides=FEET)) for force in (early, early[shift:]))
    # The tare is taken from blocks on a fixed grid: its blocks move, so forces move by a fraction of the noise.
    for key, row in rows(plain).items():
        other = rows(moved)[key]
        if row.value is None or row.sd is None:
            assert other.value is None
            continue
        assert other.value == pytest.approx(row.value, abs=0.2 * row.sd), key
    for event, later in zip(moved.events, plain.events, strict=True):
        assert later.time_s - event.time_s == pytest.approx(shift / 1000, abs=1e-4)


def test_time_zero_of_the_recording_is_kept() -> None:
    recording = on_plates(JUMPS[0], sides=FEET)
    stream = recording.streams["force"]
    late = dataclasses.replace(
        recording, streams={"force": dataclasses.replace(stream, times_s=stream.times_s + 100.0)}
    )
    first, second = ll.analyse(recording), ll.analyse(late)
    for event, other in zip(first.events, second.events, strict=True):
        assert other.time_s - event.time_s == pytest.approx(100.0, abs=1e-9)
    assert [row.value for row in first.first.table] == [row.value for row in second.first.table]


def test_several_plates_under_one_foot_add_up() -> None:
    split = np.column_stack([0.25 * JUMPS[0][:, 0], JUMPS[0][:, 1], 0.75 * JUMPS[0][:, 0]])
    whole = rows(ll.analyse(on_plates(JUMPS[0], sides=FEET)))
    parts = rows(ll.analyse(on_plates(split, sides=("left", "right", "left"))))
    assert whole.keys() == parts.keys()
    for key, row in whole.items():
        assert parts[key].value == (None if row.value is None else pytest.approx(row.value, rel=1e-9))
