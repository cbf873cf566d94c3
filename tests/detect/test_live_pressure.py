"""Live centre of pressure: the analysis' own kernel, warm before the first frame, whatever the blocks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from landing_lab.detect.live_pressure import LivePressure
from landing_lab.errors import ParameterError
from landing_lab.kernels.pressure import advance
from landing_lab.metrics.pressure_course import foot_course
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import ForceSignals

LAYOUT = shipped_layouts()["fsr402_16"]


def rolling_step() -> FloatArray:
    """A contact of 300 frames at 1 kHz that rolls from lateral to medial and from toe to heel, with empty ends."""
    at = np.arange(300) / 299.0
    force = 1500.0 * np.sin(np.pi * at) ** 0.5
    tilt = np.exp(np.outer(at - 0.5, LAYOUT.place_mm[:, 0] / 20.0) - np.outer(at, LAYOUT.place_mm[:, 1] / 150.0))
    share = tilt * LAYOUT.area_mm2
    return np.vstack(
        [np.zeros((50, 16)), force[:, None] * share / share.sum(axis=1, keepdims=True), np.zeros((50, 16))]
    )


@pytest.mark.parametrize("block", [1, 10, 37, 400])
def test_blocks_of_any_size_say_the_same(block: int) -> None:
    cells, live, whole = rolling_step(), LivePressure(LAYOUT, sample_rate_hz=1000.0), None
    whole = LivePressure(LAYOUT, sample_rate_hz=1000.0).feed(cells)
    told = [live.feed(cells[at : at + block]) for at in range(0, len(cells), block)]
    for name in ("force_n", "cop_mm", "mli", "shift_mm", "loaded", "part_n"):
        joined = np.concatenate([getattr(one, name) for one in told])
        assert joined.tobytes() == np.ascontiguousarray(getattr(whole, name)).tobytes(), name
    assert not live.in_contact


def test_live_is_the_analysis_but_for_its_gate() -> None:
    cells = rolling_step()
    told = LivePressure(LAYOUT, sample_rate_hz=1000.0, touch_n=0.0).feed(cells)
    foot = FootPressure(
        layout=LAYOUT, cells_n=cells, arms_mm=LAYOUT.place_mm, calibrated=True, force_sd_fraction=0.05,
        cop_sd_mm=(2.0, 4.0), source="made",
    )  # fmt: skip
    total = cells.sum(axis=1)
    signals = ForceSignals(
        times_s=np.arange(400) / 1000.0, force_n={"total": total, "left": total}, sample_rate_hz=1000.0, offset_n={},
        noise_n={}, resolution_n=0.0, sensor_kind="insole_plate", source="made", pressure={"left": foot},
    )  # fmt: skip
    course = foot_course(signals, "left", int(np.argmax(total > 0.0)), 350)
    assert not isinstance(course, str)
    inside = np.isfinite(course.shift_mm)
    assert inside.sum() > 200
    first = int(np.argmax(total > 0.0))
    np.testing.assert_array_equal(told.cop_mm[first:350][inside], course.cop_mm[inside])
    moved = np.diff(told.shift_mm[first:350][inside] - course.shift_mm[inside])
    np.testing.assert_allclose(moved, 0.0, atol=1e-12)


def test_nothing_is_compiled_while_people_wait() -> None:
    live = LivePressure(LAYOUT, sample_rate_hz=1000.0)
    compiled = getattr(advance, "signatures", None)
    known = None if compiled is None else len(compiled)
    read_only = rolling_step()
    read_only.flags.writeable = False
    for block in (
        read_only[:10],
        read_only[10:20].astype(np.float32),
        np.asfortranarray(read_only[20:30]),
        [[0.0] * 16],
    ):
        live.feed(np.asarray(block))
    assert known is None or len(advance.signatures) == known == 1


def test_a_missing_frame_is_told_as_missing() -> None:
    live = LivePressure(LAYOUT, sample_rate_hz=1000.0)
    cells = rolling_step()
    cells[200] = math.nan
    told = live.feed(cells)
    assert math.isnan(told.force_n[200])
    assert math.isfinite(told.shift_mm[201])
    assert live.peak_n == 0.0


def test_it_says_what_it_cannot_use() -> None:
    with pytest.raises(ParameterError, match="16 cells"):
        LivePressure(LAYOUT, sample_rate_hz=1000.0).feed(np.zeros((10, 8)))
    with pytest.raises(ParameterError, match="touch_n the smaller"):
        LivePressure(LAYOUT, sample_rate_hz=1000.0, touch_n=60.0)
    with pytest.raises(ParameterError, match="arms_mm"):
        LivePressure(LAYOUT, sample_rate_hz=1000.0, arms_mm=np.zeros((8, 2)))
