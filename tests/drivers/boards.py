"""Simulated boards with seeded noise for the driver tests."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FLAG_SATURATED, FrameBlock
from landing_lab.model.device import DeviceInfo, SimulatedDevice


def insole_info(n_channels: int = 8, rate_hz: float = 1000.0) -> DeviceInfo:
    return DeviceInfo(
        kind="insole-fsr",
        device_id="INS-L001",
        placement="left",
        firmware_version="0.1.2",
        protocol_version=1,
        n_channels=n_channels,
        sample_rate_hz=rate_hz,
        adc_prescaler=64,
        reference_v=5.0,
        channel_skew_us=56.0,
        settle_us=4.0,
        gain=1,
        sensor_kind="fsr_insole",
    )


def plate_info(n_cells: int = 4, rate_hz: float = 80.0) -> DeviceInfo:
    return DeviceInfo(
        kind="plate-hx711",
        device_id="PLATE",
        placement="total",
        firmware_version="1.0.0",
        protocol_version=1,
        n_channels=n_cells,
        sample_rate_hz=rate_hz,
        adc_prescaler=0,
        reference_v=4.2,
        channel_skew_us=0.0,
        settle_us=100_000.0,
        gain=128,
        sensor_kind="hx711_plate",
    )


def insole_frames(n: int, *, n_channels: int = 8, seed: int = 1, first: int = 0, period_us: int = 1000) -> FrameBlock:
    counts = np.random.default_rng(seed).integers(0, 1024, (n, n_channels)).astype(np.int32)
    number = np.arange(first, first + n, dtype=np.int64)
    flags = np.where(counts.max(axis=1) >= 1023, FLAG_SATURATED, 0).astype(np.int64)
    return FrameBlock(number, number * period_us, counts, None, flags)


def plate_frames(readings: int, *, n_cells: int = 4, seed: int = 2) -> FrameBlock:
    """`readings` of the slowest cell, chips free-running within 2 % of 80 SPS, no reading late, all end together."""
    rng = np.random.default_rng(seed)
    periods = 12_500 * rng.uniform(0.98, 1.02, n_cells)
    ticks = (rng.uniform(0, 12_500, n_cells) + np.arange(readings)[:, None] * periods).round().astype(np.int64)
    ticks = np.where(ticks <= ticks[-1].min(), ticks, -1)
    order = np.argsort(ticks.ravel(), kind="stable")[np.count_nonzero(ticks < 0) :]
    channel = np.tile(np.arange(n_cells, dtype=np.int64), readings)[order]
    counts = np.zeros((len(order), n_cells), np.int32)
    counts[np.arange(len(order)), channel] = rng.integers(-(1 << 23) + 1, (1 << 23) - 1, len(order))
    number = np.arange(len(order), dtype=np.int64)
    return FrameBlock(number, ticks.ravel()[order], counts, channel, np.zeros(len(order), np.int64))


def insole(n: int = 1500, *, seed: int = 1) -> SimulatedDevice:
    return SimulatedDevice(info=insole_info(), frames=insole_frames(n, seed=seed))


def plate(readings: int = 120, *, seed: int = 2) -> SimulatedDevice:
    return SimulatedDevice(info=plate_info(), frames=plate_frames(readings, seed=seed))


def assert_same(got: FrameBlock, expected: FrameBlock) -> None:
    np.testing.assert_array_equal(got.sequence, expected.sequence)
    np.testing.assert_array_equal(got.ticks_us, expected.ticks_us)
    np.testing.assert_array_equal(got.counts, expected.counts)
    np.testing.assert_array_equal(got.flags, expected.flags)
    assert (got.channel is None) == (expected.channel is None)
    if got.channel is not None and expected.channel is not None:
        np.testing.assert_array_equal(got.channel, expected.channel)
