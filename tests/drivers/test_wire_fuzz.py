"""Whatever arrives: no exception, no false frame beyond the checksum's rate, the next whole frame is found again.

One to two million bytes here; tests/benchmarks/test_wire_fuzz_long.py feeds ten million.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.board_pipe import BoardPipe, opened
from drivers.boards import insole, plate
from drivers.fuzzing import damaged, fuzz_mutated, fuzz_random
from landing_lab.errors import DeviceLostError
from landing_lab.model.device import SimulatedDevice
from landing_lab_drivers import wire
from landing_lab_drivers.conversation import Chunk
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.wire import Frame, FrameDecoder


def test_mutated_streams_cost_no_frame_that_is_whole() -> None:
    done = fuzz_mutated(1_000_000, seed=1)
    assert done.bad_stretches > 5_000
    assert done.false_frames <= done.false_limit()


@pytest.mark.parametrize("zeros", [0.004, 0.03, 0.2])
def test_random_bytes_are_no_frames(zeros: float) -> None:
    done = fuzz_random(300_000, seed=2, zeros=zeros)
    assert done.false_frames <= done.false_limit()


FRAME = st.builds(
    Frame, st.integers(0, 255), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF), st.binary(max_size=244)
)


@settings(max_examples=200)
@given(st.lists(FRAME, min_size=1, max_size=6), st.binary(max_size=300), st.data())
def test_one_accident_costs_one_frame_and_its_neighbour_at_most(
    frames: list[Frame], junk: bytes, data: st.DataObject
) -> None:
    coded = bytearray(b"".join(wire.encode_frame(*frame) for frame in frames))
    at = data.draw(st.integers(0, len(coded)))
    gone = data.draw(st.integers(0, len(coded) - at))
    ends = np.cumsum([len(wire.encode_frame(*frame)) for frame in frames])
    coded[at : at + gone] = junk
    whole = [
        frame
        for number, frame in enumerate(frames)
        if ends[number] <= at or (number and ends[number - 1] - 1 >= at + gone)
    ]
    got = FrameDecoder().feed(bytes(coded))
    found = iter(got)
    assert all(any(frame == other for other in found) for frame in whole), "in their order"


@pytest.mark.parametrize("device", [insole(3000), plate(400)])
def test_a_link_fed_with_damage_gives_numbers_that_only_rise(device: SimulatedDevice) -> None:
    rng = np.random.default_rng(4)
    pipe = BoardPipe(device)
    link = opened(pipe)
    link.start()
    link.poll()
    coded = all_devices()[device.info.kind].encode(device.info, device.frames)
    kept_sequence, kept_ticks = [], []
    for start in range(0, len(coded), 5):
        pipe.now_s += 0.005
        pieces = [damaged(piece, rng) if rng.random() < 0.3 else piece for piece in coded[start : start + 5]]
        pipe.chunks.append(Chunk(pipe.now_s, b"".join(pieces)))
        try:
            arrivals = link.poll()
        except DeviceLostError:  # pragma: no cover - the seed gives no two seconds of silence
            pytest.fail("the link was not silent")
        for arrival in arrivals:
            kept_sequence += arrival.frames.sequence.tolist()
            kept_ticks += arrival.frames.ticks_us.tolist()
        link.take_notes()
    assert len(kept_sequence) > 0.5 * len(coded)
    assert np.all(np.diff(kept_sequence) > 0)
    assert np.all(np.diff(kept_ticks) >= 0)
    assert link.stats.bad_frames > 0.1 * len(coded)
    # what was lost and what came make up what was sent
    assert link.stats.frames + link.stats.lost_frames == kept_sequence[-1] - kept_sequence[0] + 1 + link._decoder.held
