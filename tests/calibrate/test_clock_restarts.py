"""A board that was reset or unplugged has another offset afterwards: times go on, the hole is a gap with its reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrate.clock_streams import HOST_ZERO_S, INFO, Board, draw_line, errors_s, make_board, restarted
from landing_lab.calibrate.alignment import align
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.model.device import LinkNote
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import Recording

PLATE_INFO = replace(INFO, kind="plate-hx711", sensor_kind="hx711_plate", placement="total", sample_rate_hz=80.0)


def recorded(board: Board) -> Recording:
    return recording_from_raw(RawRecording({"insole_left": board.stream}))


def as_plate(board: Board) -> Board:
    """The same frames as readings of two converters in turn."""
    stream = board.stream
    channel = np.arange(len(stream.frames), dtype=np.int64) % 2
    frames = replace(stream.frames, channel=channel)
    return replace(board, stream=RawStream(PLATE_INFO, frames, stream.arrival_s, stream.notes))


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("pings", [True, False])
def test_each_stretch_has_its_own_offset_within_the_stated_sd(noted: bool, pings: bool) -> None:
    inside = []
    for seed in range(30):
        board = restarted(make_board(seed, pings=pings), after_s=6.0, away_s=1.5, noted=noted)
        fit = align({"a": board.stream})["a"]
        assert len(fit.segments) == 2
        errors = errors_s(board, fit.to_host(board.stream.frames.ticks_us)) - (0.0 if pings else 0.0016)
        inside.append(np.abs(errors).max() <= 2.0 * fit.sd_s)
        assert fit.segments[1].away_s == pytest.approx(1.5, abs=0.003)
        assert fit.sd_s < 0.0012
    assert np.mean(inside) >= 0.9


def test_the_gap_says_why_and_how_long() -> None:
    board = restarted(make_board(3, loss=0.002), after_s=6.0, away_s=1.5)
    recording = recorded(board)
    stream = recording.streams["insole_left"]
    (gap,) = [gap for gap in stream.gaps if gap.reason == "the board was restarted"]
    assert gap.n_samples == pytest.approx(1500, abs=12)
    assert stream.times_s[gap.sample] - stream.times_s[gap.sample - gap.n_samples - 1] == pytest.approx(1.5, abs=0.004)
    assert np.isnan(stream.samples[gap.sample - gap.n_samples : gap.sample]).all()
    lost = sum(gap.n_samples for gap in stream.gaps if gap.reason == "lost on the way")
    assert any(note.startswith(f"insole_left: {lost} samples were lost") for note in recording.notes)
    (note,) = [note for note in recording.notes if "was away for" in note]
    assert note.startswith("insole_left: the board was restarted and was away for 1.5 s;")


def test_a_plate_that_was_away_keeps_its_rate_and_says_so() -> None:
    board = as_plate(restarted(make_board(4, rate_hz=160.0), after_s=6.0, away_s=2.0))
    stream = recording_from_raw(RawRecording({"plate": board.stream})).streams["plate"]
    assert stream.sample_rate_hz == pytest.approx(80.0, rel=0.005)
    (gap,) = stream.gaps
    assert gap.reason == "the board was restarted"
    assert gap.n_samples == pytest.approx(2.0 * 160.0, abs=3)
    assert stream.times_s[gap.sample] - stream.times_s[gap.sample - 1] == pytest.approx(2.0, abs=0.01)


def test_a_port_that_came_back_with_the_same_clock_is_no_restart() -> None:
    board = make_board(5)
    away = (board.true_s > HOST_ZERO_S + 6.0) & (board.true_s < HOST_ZERO_S + 7.0)
    stream, frames = board.stream, board.stream.frames
    rows = np.flatnonzero(~away)
    kept = replace(
        frames, sequence=frames.sequence[rows], ticks_us=frames.ticks_us[rows], counts=frames.counts[rows],
        flags=frames.flags[rows],
    )  # fmt: skip
    back = LinkNote(float(stream.arrival_s[away][-1]), "back", {"away_s": 1.0, "url": "x"})
    recording = recording_from_raw(
        RawRecording({"insole_left": RawStream(stream.info, kept, stream.arrival_s[rows], (back,))})
    )
    assert {gap.reason for gap in recording.streams["insole_left"].gaps} == {"lost on the way"}


def test_a_replugged_board_is_told_by_the_note_or_by_its_clock() -> None:
    board = restarted(make_board(6), after_s=6.0, away_s=1.5, noted=False)
    first = int(np.flatnonzero(np.diff(board.stream.arrival_s) > 1.0)[0]) + 1
    back = LinkNote(float(board.stream.arrival_s[first]), "back", {"away_s": 1.5, "url": "x"})
    stream = replace_notes(board.stream, back)
    assert align({"a": stream})["a"].segments[1].reason == "the board was disconnected"
    assert align({"a": replace_notes(stream)})["a"].segments[1].reason == "the board's clock began anew"


def replace_notes(stream: RawStream, *notes: LinkNote) -> RawStream:
    return RawStream(stream.info, stream.frames, stream.arrival_s, notes)


@pytest.mark.parametrize("stall", [(3.0, 2.0), (0.0, 2.0), (9.0, 4.0), (13.0, 2.5)])
def test_a_busy_computer_is_no_restart(stall: tuple[float, float]) -> None:
    for seed in range(8):
        line = draw_line(np.random.default_rng(seed), stalls=[(HOST_ZERO_S + stall[0], stall[1])])
        assert align({"a": make_board(seed, line=line, loss=0.02).stream})["a"].segments == ()


@pytest.mark.parametrize(("left_s", "sd_s"), [(0.6, 0.005), (0.05, 0.008)])
def test_a_stretch_too_short_to_fit_says_how_unsure_it_is(left_s: float, sd_s: float) -> None:
    board = restarted(make_board(7, duration_s=10.0, ppm=100.0), after_s=8.5 - left_s, away_s=1.5)
    fit = align({"a": board.stream})["a"]
    assert fit.segments[1].sd_s == sd_s
    assert fit.sd_s > sd_s
    assert np.abs(errors_s(board, fit.to_host(board.stream.frames.ticks_us))).max() <= 2.0 * fit.sd_s


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**6), st.lists(st.tuples(st.floats(0.02, 3.0), st.floats(0.03, 3.0)), max_size=3), st.booleans(),
    st.booleans(), st.sampled_from([0.0, 0.05]), st.booleans(),
)  # fmt: skip
def test_times_never_go_back_or_stand_still(
    seed: int, resets: list[tuple[float, float]], noted: bool, pings: bool, loss: float, plate: bool
) -> None:
    board = make_board(seed, duration_s=8.0, rate_hz=200.0, loss=loss, pings=pings)
    board = replace(board, stream=RawStream(replace(INFO, sample_rate_hz=200.0), *rest(board.stream)))
    at_s = 0.0
    for after_s, away_s in resets:
        if at_s + after_s + away_s < 6.5:
            board = restarted(board, after_s=at_s + after_s, away_s=away_s, boot_s=0.02, noted=noted)
        at_s += after_s + away_s
    board = as_plate(board) if plate else board
    (stream,) = recording_from_raw(RawRecording({"one": board.stream})).streams.values()
    assert (np.diff(stream.times_s) > 0.0).all()
    assert np.isfinite(stream.times_s).all()
    assert stream.clock.offset_sd_s > 0.0


def rest(stream: RawStream) -> tuple[object, ...]:
    return stream.frames, stream.arrival_s, stream.notes


def test_a_board_that_came_back_restarted_is_one_restart() -> None:
    board = restarted(make_board(8), after_s=6.0, away_s=1.5)
    first = int(np.flatnonzero(np.diff(board.stream.arrival_s) > 1.0)[0]) + 1
    back = LinkNote(float(board.stream.arrival_s[first]) - 0.004, "back", {"away_s": 1.5, "url": "x"})
    fit = align({"a": replace_notes(board.stream, back, *board.stream.notes)})["a"]
    assert [part.reason for part in fit.segments] == ["", "the board was restarted"]
