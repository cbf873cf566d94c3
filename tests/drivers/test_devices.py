from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.boards import assert_same, insole_frames, insole_info, plate_frames, plate_info
from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, FrameBlock, joined
from landing_lab.model.device import DeviceInfo, LinkStats
from landing_lab_drivers import wire
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.wire import Frame, FrameDecoder

EXAMPLES = {"insole-fsr": (insole_info(), insole_frames(300)), "plate-hx711": (plate_info(), plate_frames(60))}
DEVICES = all_devices()


def decode(info: DeviceInfo, frames: list[Frame], cuts: list[int], stats: LinkStats) -> FrameBlock:
    decoder = DEVICES[info.kind].decoder(info, stats)
    edges = sorted({0, len(frames), *(cut % (len(frames) + 1) for cut in cuts)})
    blocks = [decoder.decode(frames[a:b]) for a, b in pairwise(edges)]
    held = decoder.held
    last = decoder.flush()
    assert (len(last), decoder.held) == (held, 0)
    return joined([*blocks, last])


def sent(info: DeviceInfo, block: FrameBlock) -> list[Frame]:
    return FrameDecoder().feed(b"".join(DEVICES[info.kind].encode(info, block)))


def test_every_device_is_found_once_and_has_an_example_here() -> None:
    assert set(DEVICES) == set(EXAMPLES)
    assert len({device.kind_code for device in DEVICES.values()}) == len(DEVICES)
    for kind, device in DEVICES.items():
        assert device.kind == kind
        assert 0 < device.kind_code < 256
        assert device.title
        assert device.sensor_kind == EXAMPLES[kind][0].sensor_kind


@pytest.mark.parametrize("kind", EXAMPLES)
@given(cuts=st.lists(st.integers(0, 400), max_size=6))
def test_every_device_decodes_what_it_encodes_in_any_cut(kind: str, cuts: list[int]) -> None:
    info, block = EXAMPLES[kind]
    stats = LinkStats()
    assert_same(decode(info, sent(info, block), cuts, stats), block)
    assert stats == LinkStats(frames=len(block))


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_device_shows_lost_frames_by_sequence(kind: str) -> None:
    info, block = EXAMPLES[kind]
    frames = sent(info, block)
    keep = np.delete(np.arange(len(block)), [5, 6, 7, 100])
    stats = LinkStats()
    got = decode(info, [frames[k] for k in keep], [50], stats)
    np.testing.assert_array_equal(got.sequence, block.sequence[keep])
    assert stats.lost_frames == 4


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_device_counts_frames_that_are_not_its_own(kind: str) -> None:
    info, _ = EXAMPLES[kind]
    stats = LinkStats()
    decoder = DEVICES[kind].decoder(info, stats)
    foreign = [Frame(wire.SCAN, 0, 0, b"1"), Frame(wire.CELL + 15, 0, 0, b"1234"), Frame(0x55, 0, 0, b"")]
    assert len(decoder.decode(foreign)) == 0
    assert len(decoder.decode([])) == 0
    assert stats == LinkStats(bad_frames=3)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_device_refuses_to_encode_foreign_frames(kind: str) -> None:
    info, block = EXAMPLES[kind]
    foreign = next(example for other, (_, example) in EXAMPLES.items() if other != kind)
    too_large = replace(block, counts=np.full_like(block.counts, 1 << 25))
    for frames in (foreign, too_large):
        with pytest.raises(ParameterError):
            DEVICES[kind].encode(info, frames)


def test_an_insole_at_full_scale_is_flagged() -> None:
    block = insole_frames(4)
    block.counts[:] = 100
    block.counts[2, 5] = 1023
    got = decode(insole_info(), sent(insole_info(), block), [], LinkStats())
    assert got.flags.tolist() == [0, 0, FLAG_SATURATED, 0]


def readings(
    cell: list[int], ticks: list[int], flags: list[int] | None = None, numbers: list[int] | None = None
) -> FrameBlock:
    n = len(cell)
    counts = np.zeros((n, 4), np.int32)
    counts[np.arange(n), cell] = 1000
    return FrameBlock(
        np.arange(n) if numbers is None else np.array(numbers, np.int64),
        np.array(ticks, np.int64),
        counts,
        np.array(cell, np.int64),
        np.array(flags or [0] * n, np.int64),
    )


@pytest.mark.parametrize("cuts", [[], [1, 2, 3, 4, 5, 6, 7, 8]])
def test_a_reading_before_a_late_one_is_suspect(cuts: list[int]) -> None:
    block = readings([0, 1, 0, 1, 0, 1, 0], [0, 1000, 12_500, 13_500, 32_000, 26_000 + 6_001, 45_000])
    stats = LinkStats()
    got = decode(plate_info(), sent(plate_info(), block), cuts, stats)
    # Cell 0 took 19.5 ms, cell 1 18.5 ms; the limit at 80 SPS is 18.75 ms.
    assert got.flags.tolist() == [0, 0, FLAG_SUSPECT, 0, 0, 0, 0]
    assert stats.suspect_readings == 1


def test_a_lost_frame_makes_no_reading_suspect() -> None:
    block = readings([0, 1, 1, 0], [0, 1000, 13_500, 25_000], numbers=[0, 1, 3, 4])
    got = decode(plate_info(), sent(plate_info(), block), [], LinkStats())
    assert not got.flags.any()


def test_a_cell_that_falls_silent_leaves_a_suspect_reading_and_holds_nothing_back() -> None:
    ticks = [0, *range(1000, 100_000, 12_500)]
    block = readings([0] + [1] * (len(ticks) - 1), ticks)
    decoder = DEVICES["plate-hx711"].decoder(plate_info(), LinkStats())
    got = decoder.decode(sent(plate_info(), block))
    assert decoder.held == 1
    assert got.flags.tolist() == [FLAG_SUSPECT] + [0] * (len(ticks) - 2)


def test_flags_of_the_board_are_kept_and_a_missing_reading_is_no_reading() -> None:
    flags = [FLAG_SATURATED, 0, FLAG_NOT_READY, FLAG_SUSPECT, 0]
    block = readings([0, 1, 1, 0, 1], [0, 1000, 13_500, 12_500 + 2000, 26_000], flags)
    stats = LinkStats()
    got = decode(plate_info(), sent(plate_info(), block), [], stats)
    assert got.flags.tolist() == [FLAG_SATURATED, FLAG_SUSPECT, FLAG_NOT_READY, FLAG_SUSPECT, 0]
    assert stats.suspect_readings == 2


def test_cells_keep_their_sign_and_saturate_at_24_bits() -> None:
    block = readings([0, 1, 2, 3], [0, 1, 2, 3])
    values = [-1, -(1 << 23), (1 << 23) - 1, -2_000_000]
    block.counts[np.arange(4), np.arange(4)] = values
    got = decode(plate_info(), sent(plate_info(), block), [], LinkStats())
    assert got.counts.diagonal().tolist() == values
    assert got.flags.tolist() == [0, FLAG_SATURATED, FLAG_SATURATED, 0]


def test_the_gain_is_in_the_flags_byte() -> None:
    for gain, code in ((128, 0), (32, 1), (64, 2)):
        (frame,) = sent(replace(plate_info(), gain=gain), readings([3], [0], [FLAG_SUSPECT]))
        assert frame.type == wire.CELL + 3
        assert frame.body[3] == FLAG_SUSPECT | code << 4


def test_devices_load_no_heavy_library() -> None:
    script = (
        "import sys, landing_lab_drivers.devices as d; d.all_devices()\n"
        "print([m for m in ('serial', 'numba', 'pandas', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
