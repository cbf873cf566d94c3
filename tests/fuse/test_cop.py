"""Centre of pressure of sides and total out of a stream."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.fuse.centre_of_pressure import cop_of
from landing_lab.fuse.force_plate import signals_from_plate
from landing_lab.io.read import read
from landing_lab.model.channels import Channel, ChannelLayout, Quantity, Side
from landing_lab.model.recording import Clock, Sensor, Stream
from reference import require_reference_data

BODY: tuple[Quantity, Quantity] = ("cop_ml", "cop_ap")
PLATE: tuple[Quantity, Quantity] = ("cop_1", "cop_2")


def stream_of(columns: dict[tuple[Quantity, Side], np.ndarray]) -> Stream:
    channels = tuple(
        Channel(f"{quantity} {side}", quantity, "N" if quantity == "force" else "m", side) for quantity, side in columns
    )
    samples = np.column_stack(list(columns.values()))
    return Stream(
        samples=samples,
        sample_rate_hz=1000.0,
        times_s=np.arange(len(samples)) / 1000.0,
        layout=ChannelLayout(channels),
        sensor=Sensor(kind="force_plate", description="made"),
        clock=Clock(source="made"),
    )


def two_plates(pair: tuple[Quantity, Quantity]) -> Stream:
    n = 600
    force = np.where(np.arange(n) < 300, 0.0, 600.0)
    return stream_of(
        {
            ("force", "left"): force,
            ("force", "right"): force / 2,
            (pair[0], "left"): np.full(n, -0.15),
            (pair[0], "right"): np.full(n, 0.15),
            (pair[1], "left"): np.full(n, 0.03),
            (pair[1], "right"): np.full(n, 0.0),
        }
    )


def test_the_total_is_weighted_by_force() -> None:
    cop, axes = cop_of(two_plates(BODY))
    assert axes == "anatomical"
    assert list(cop) == ["left", "right", "total"]
    np.testing.assert_allclose(cop["total"][300:], [[-0.05, 0.02]] * 300)
    assert np.isnan(cop["total"][:300]).all(), "nobody is anywhere while nobody is on the plates"
    np.testing.assert_array_equal(cop["left"], [[-0.15, 0.03]] * 600)


def test_plates_with_axes_of_their_own_have_no_total() -> None:
    cop, axes = cop_of(two_plates(PLATE))
    assert axes == "unknown"
    assert list(cop) == ["left", "right"]


def test_an_empty_plate_has_no_say_whatever_it_reads() -> None:
    stream = two_plates(BODY)
    samples = stream.samples.copy()
    samples[:, 1] = 9.0
    samples[:, [3, 5]] = np.nan
    cop, _ = cop_of(stream_of({(c.quantity, c.side): samples[:, i] for i, c in enumerate(stream.layout.channels)}))
    np.testing.assert_array_equal(cop["total"][300:], cop["left"][300:])


def test_the_offset_of_the_plates_does_not_move_the_total() -> None:
    stream = two_plates(BODY)
    samples = stream.samples + np.array([100.0, -20.0, 0, 0, 0, 0])
    moved = stream_of({(c.quantity, c.side): samples[:, i] for i, c in enumerate(stream.layout.channels)})
    np.testing.assert_allclose(cop_of(moved, {"left": 100.0, "right": -20.0})[0]["total"][300:], [[-0.05, 0.02]] * 300)
    assert cop_of(moved)[0]["total"][400, 0] == pytest.approx((-0.15 * 700 + 0.15 * 280) / 980)


def test_force_alone_gives_no_position() -> None:
    stream = stream_of({("force", "left"): np.zeros(100), ("force", "right"): np.zeros(100)})
    assert cop_of(stream) == ({}, "unknown")


def test_one_plate_is_the_total() -> None:
    stream = stream_of(
        {("force", "total"): np.full(100, 700.0), ("cop_1", "total"): np.ones(100), ("cop_2", "total"): np.zeros(100)}
    )
    cop, axes = cop_of(stream)
    assert (list(cop), axes) == (["total"], "unknown")


def test_signals_of_a_real_file_carry_the_positions() -> None:
    stream = read(require_reference_data() / "force/acl_squat_jump/BFR003_squat_jump.csv").streams["force"]
    signals = signals_from_plate(stream)
    assert signals.cop_axes == "anatomical"
    one, two = signals.force_n["plate_1"][:1000, None], signals.force_n["plate_2"][:1000, None]
    expected = (one * stream.samples[:1000, 2:4] + two * stream.samples[:1000, 4:6]) / (one + two)
    np.testing.assert_allclose(signals.cop_m["total"][:1000], expected, rtol=1e-9)
    assert -1.10 < float(signals.cop_m["total"][0, 0]) < -0.68, "between the feet"
