"""Several boards on one time base: which way was used, how well each pair is known, and where that number goes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from calibrate.clock_streams import (
    HOST_ZERO_S,
    INFO,
    Board,
    draw_line,
    errors_s,
    make_board,
    with_edges,
    with_notes,
    with_taps,
)
from drivers.board_pipe import BoardPipe, opened
from drivers.boards import insole
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.alignment import align, alignment_note, edge_notes
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.fuse.cross_checks import UNSEEN_APART_S
from landing_lab.fuse.sources import signals_of
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import LinkNote
from landing_lab.model.raw import RawRecording, RawStream

NAMES = ("insole_left", "insole_right", "plate")
EDGES_S = HOST_ZERO_S + np.arange(0.6, 14.5, 1.0)


def three(seed: int = 1, **how: object) -> dict[str, Board]:
    return {name: make_board(10 * seed + index, **how) for index, name in enumerate(NAMES)}  # type: ignore[arg-type]


def streams(boards: dict[str, Board]) -> dict[str, RawStream]:
    return {name: board.stream for name, board in boards.items()}


def late(board: Board, by_s: float) -> Board:
    """The same board at a port that delays everything."""
    stream = board.stream
    return replace(board, stream=RawStream(stream.info, stream.frames, stream.arrival_s + by_s, stream.notes))


def test_boards_on_the_wire_are_tied_and_the_others_keep_their_own_and_the_common_uncertainty() -> None:
    rng = np.random.default_rng(1)
    boards = three()
    for name in NAMES[:2]:
        boards[name] = with_edges(boards[name], EDGES_S, rng)
    fits, alone = align(streams(boards)), align(streams(three()))
    left, right, plate = (fits[name] for name in NAMES)
    assert {left.source, right.source} in (
        {"wire edges shared with insole_right", "14 wire edges shared with insole_left"},
        {"wire edges shared with insole_left", "14 wire edges shared with insole_right"},
    )
    assert math.hypot(left.sd_s, right.sd_s) < 2e-5
    assert plate.source == alone["plate"].source
    lead = min(alone["insole_left"].sd_s, alone["insole_right"].sd_s)
    assert math.hypot(left.sd_s, plate.sd_s) == pytest.approx(math.hypot(lead, alone["plate"].sd_s), rel=1e-3)
    errors = [errors_s(boards[name], fits[name].to_host(boards[name].stream.frames.ticks_us)) for name in NAMES[:2]]
    assert np.abs(errors[0] - errors[1]).max() < 2.0 * math.hypot(left.sd_s, right.sd_s)


def test_one_edge_gives_the_offset_and_the_drift_stays_in_the_sd() -> None:
    rng = np.random.default_rng(2)
    pair = {name: with_edges(board, EDGES_S[:1], rng) for name, board in three().items() if name != "plate"}
    one = align(streams(pair))
    many = align({n: with_edges(b, EDGES_S, rng).stream for n, b in three().items() if n != "plate"})
    assert one["insole_left"].sd_s > 10.0 * many["insole_left"].sd_s


def test_edges_that_contradict_the_arrivals_are_used_and_doubted() -> None:
    rng = np.random.default_rng(3)
    boards = {name: with_edges(board, EDGES_S, rng) for name, board in three().items()}
    boards["insole_right"] = late(boards["insole_right"], 0.02)
    fits = align(streams(boards))
    doubts = [fit.doubt for fit in fits.values() if fit.doubt]
    assert len(doubts) == 1
    assert "insole_right" in doubts[0]
    assert "disagree by 20" in doubts[0] or "disagree by 19" in doubts[0]
    recording = recording_from_raw(RawRecording(streams(boards)))
    assert doubts[0] in recording.notes
    assert doubts[0] in str(recording.provenance["doubt"])
    assert not any(fit.doubt for fit in align(streams(three())).values())


def test_a_spurious_or_missing_edge_does_not_move_a_clock() -> None:
    rng = np.random.default_rng(4)
    boards = {name: with_edges(board, EDGES_S, rng) for name, board in three().items() if name != "plate"}
    whole = align(streams(boards))
    left = boards["insole_left"].stream
    bounce = LinkNote(0.0, "sync", {"ticks_us": int(left.notes[4].facts["ticks_us"]) + 30_000, "rising": 1})
    notes = (*left.notes[:2], *left.notes[3:], bounce)
    boards["insole_left"] = replace(
        boards["insole_left"], stream=RawStream(left.info, left.frames, left.arrival_s, notes)
    )
    spoiled = align(streams(boards))
    for name, fit in whole.items():
        ticks = boards[name].stream.frames.ticks_us
        np.testing.assert_allclose(spoiled[name].to_host(ticks), fit.to_host(ticks), atol=2e-5 + fit.sd_s)
        assert spoiled[name].doubt is None


def rising_edges(board: Board, at_s: tuple[float, ...]) -> Board:
    ticks = board.ticks_us(HOST_ZERO_S + np.array(at_s)).tolist()
    return with_notes(board, *(LinkNote(0.0, "sync", {"ticks_us": int(tick), "rising": 1}) for tick in ticks))


def test_a_button_that_bounces_still_ties_the_boards() -> None:
    boards = {name: rising_edges(board, (2.0, 9.0, 9.0015, 14.0)) for name, board in three().items() if name != "plate"}
    fits = align(streams(boards))
    assert {fit.source.partition("wire")[0] for fit in fits.values()} == {"", "3 "}
    assert all(fit.doubt is None for fit in fits.values())
    errors = [errors_s(boards[name], fits[name].to_host(boards[name].stream.frames.ticks_us)) for name in fits]
    assert np.abs(errors[0] - errors[1]).max() < 1e-4
    assert edge_notes(streams(boards), fits) == []


def test_edges_that_could_not_be_used_are_said() -> None:
    boards = three()
    boards["insole_left"] = rising_edges(boards["insole_left"], (2.0, 9.0))
    fits = align(streams(boards))
    (told,) = edge_notes(streams(boards), fits)
    assert "insole_left saw 2" in told
    assert told in recording_from_raw(RawRecording(streams(boards))).notes
    assert edge_notes(streams(three()), align(streams(three()))) == []


def test_pings_count_only_where_every_board_answered() -> None:
    boards = three(pings=True)
    assert all("ping round trips" in fit.source for fit in align(streams(boards)).values())
    boards["plate"] = make_board(12)
    assert {fit.source for fit in align(streams(boards)).values()} == {"least delayed arrivals"}


def test_pings_tell_the_delay_that_arrivals_hide() -> None:
    far = {name: late(board, 0.0) for name, board in three(pings=True).items()}
    slow = make_board(10, pings=True, line=replace(draw_line(np.random.default_rng(1)), one_way_s=0.006))
    far["insole_left"] = slow
    fit = align(streams(far))["insole_left"]
    blind = align({"insole_left": RawStream(INFO, slow.stream.frames, slow.stream.arrival_s)})["insole_left"]
    error = np.abs(errors_s(slow, fit.to_host(slow.stream.frames.ticks_us))).max()
    assert np.abs(errors_s(slow, blind.to_host(slow.stream.frames.ticks_us))).max() > 2.0 * blind.sd_s
    assert error < 2.0 * fit.sd_s
    assert fit.sd_s > 0.0015  # a round trip of more than 6 ms leaves that much open, and says so


def test_two_taps_or_two_feet_that_step_are_no_common_instants() -> None:
    rng = np.random.default_rng(5)
    base = {name: board for name, board in three(pings=True).items() if name != "plate"}
    taps_s = HOST_ZERO_S + np.array([1.0, 1.5])
    two = {name: with_taps(board, taps_s, rng, step_s=HOST_ZERO_S + 4.0) for name, board in base.items()}
    feet_s = HOST_ZERO_S + np.array([1.0, 1.5, 2.1, 2.6]) + rng.normal(0.0, 0.006, (2, 4))
    steps = {
        name: with_taps(board, feet_s[index], rng, step_s=HOST_ZERO_S + 4.0)
        for index, (name, board) in enumerate(base.items())
    }
    for boards in (two, steps):
        assert all("taps" not in fit.source for fit in align(streams(boards)).values())
    after = {
        name: with_taps(board, HOST_ZERO_S + np.array([6.0, 6.5, 7.0]), rng, step_s=HOST_ZERO_S + 2.0)
        for name, board in base.items()
    }
    assert all("taps" not in fit.source for fit in align(streams(after)).values())


def test_taps_tie_the_insoles_and_leave_the_plate_to_its_clock() -> None:
    rng = np.random.default_rng(6)
    boards = three(pings=True, ppm=200.0)
    taps_s = HOST_ZERO_S + np.array([1.0, 1.6, 2.1, 2.7])
    for name in NAMES[:2]:
        boards[name] = with_taps(boards[name], taps_s, rng, step_s=HOST_ZERO_S + 4.0)
    fits = align(streams(boards))
    assert all("taps shared with insole_" in fits[name].source for name in NAMES[:2])
    assert "ping" in fits["plate"].source


def test_a_recording_across_the_wrap_of_the_boards_microseconds() -> None:
    pipe = BoardPipe(insole(9000))
    pipe.board._clock_zero_s = pipe.now_s - ((1 << 32) - 3_000_000) * 1e-6
    link = opened(pipe)
    link.start()
    blocks, arrivals = [], []
    for _ in range(80):
        pipe.play(0.1, step_s=0.001)
        link.send_ping()
        for arrival in link.poll():
            blocks.append(arrival.frames)
            arrivals.append(np.full(len(arrival.frames), arrival.time_s))
    assert blocks[-1].ticks_us[-1] > 1 << 32 > blocks[0].ticks_us[0]
    frames = FrameBlock(
        sequence=np.concatenate([block.sequence for block in blocks]),
        ticks_us=np.concatenate([block.ticks_us for block in blocks]),
        counts=np.concatenate([block.counts for block in blocks]),
        channel=None,
        flags=np.concatenate([block.flags for block in blocks]),
    )
    raw = RawStream(link.info, frames, np.concatenate(arrivals), tuple(link.take_notes()))
    fit = align({"insole_left": raw})["insole_left"]
    assert fit.segments == ()
    assert "80 ping round trips" in fit.source
    assert fit.drift_ppm == pytest.approx(0.0, abs=2.0 * fit.drift_sd_ppm)
    assert np.abs(fit.to_host(frames.ticks_us) - raw.arrival_s).max() < 0.0015
    times_s = recording_from_raw(RawRecording({"insole_left": raw})).streams["insole_left"].times_s
    np.testing.assert_allclose(np.diff(times_s), 0.001, rtol=1e-4)


def test_one_sentence_says_how_and_how_well() -> None:
    note = alignment_note(align(streams(three())))
    assert note == (
        "Clocks: insole_left, insole_right, plate by least delayed arrivals. SD of their differences: insole_left to "
        f"insole_right {pair_ms('insole_left', 'insole_right')} ms, insole_left to plate "
        f"{pair_ms('insole_left', 'plate')} ms, insole_right to plate {pair_ms('insole_right', 'plate')} ms."
    )
    assert alignment_note(align({"plate": three()["plate"].stream})) is None


def pair_ms(first: str, second: str) -> str:
    fits = align(streams(three()))
    return f"{1e3 * math.hypot(fits[first].sd_s, fits[second].sd_s):.2g}"


def test_the_number_reaches_signals_metrics_and_the_document() -> None:
    raw = raw_of(scene_of(7))
    recording = recording_from_raw(raw)
    fits = align(raw.streams)
    assert alignment_note(fits) in recording.notes
    signals = signals_of(recording)
    known_s = math.hypot(fits["insole_left"].sd_s, fits["insole_right"].sd_s)
    assert signals.side_offset_sd_s == math.hypot(known_s, UNSEEN_APART_S)  # no pings, edges or taps here
    trial = analyse(recording).first
    delay = trial.table.get("contact_delay_left_right_s")
    assert delay is not None
    assert delay.sd is not None
    assert delay.sd > signals.side_offset_sd_s
    clocks = trial.as_dict()["settings"]["clocks"]  # type: ignore[index]
    assert set(clocks) == set(NAMES)
    assert clocks["plate"]["offset_sd_s"] == recording.streams["plate"].clock.offset_sd_s == fits["plate"].sd_s
    assert clocks["plate"]["source"] == "least delayed arrivals"
    assert {"drift_ppm", "drift_sd_ppm", "restarts"} < set(clocks["plate"])
    # Two clocks that may be 5 ms apart cannot tell which foot came first, nor how their impulses compare that well.
    apart = {
        name: replace(stream, clock=replace(stream.clock, offset_sd_s=0.005))
        for name, stream in recording.streams.items()
    }
    loose = analyse(replace(recording, streams=apart)).first
    loose_delay = loose.table.get("contact_delay_left_right_s")
    assert loose_delay is not None
    assert "which foot came first cannot be told" in loose_delay.method
    name = "limb_symmetry_impulse_0_100ms_pct"
    tight_row, loose_row = trial.table.get(name), loose.table.get(name)
    assert tight_row is not None
    assert loose_row is not None
    assert (tight_row.sd or 0.0) < (loose_row.sd or 0.0)
    assert tight_row.value == pytest.approx(loose_row.value, rel=5e-3)  # clocks also bound the delay of the plate


def test_notes_of_other_kinds_or_with_damaged_facts_are_passed_over() -> None:
    odd = (
        LinkNote(HOST_ZERO_S + 1.0, "status", {"dropped_frames": 1}),
        LinkNote(HOST_ZERO_S + 1.0, "pong", {"sent_s": HOST_ZERO_S}),
        LinkNote(HOST_ZERO_S + 1.0, "pong", {"sent_s": HOST_ZERO_S, "received_s": math.nan, "ticks_us": 5}),
        LinkNote(HOST_ZERO_S + 1.0, "sync", {"ticks_us": "now", "rising": 1}),
        LinkNote(HOST_ZERO_S + 1.0, "restarted", {}),
    )
    board = with_notes(make_board(3), *odd)
    assert align({"a": board.stream})["a"] == align({"a": make_board(3).stream})["a"]
