"""Sessions on disks that fail or wait, with boards that go and come, and with clocks that jump."""

from __future__ import annotations

import errno
import itertools
import os
import threading
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from landing_lab.acquire import writer
from landing_lab.acquire.session import PING_EVERY_S, record_trial
from landing_lab.acquire.writer import WRITE_EVERY_S
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import RecordingError
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.model.device import READ_EVERY_S, Arrival, LinkNote
from scripted_links import ScriptedLink, frames
from xdf_session import FillingDisk

Pause = Callable[[float], None]


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Pause:
    """Time passes only while the session pauses."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def passing(seconds: float) -> None:
        now[0] += seconds

    return passing


class SteadyLink(ScriptedLink):
    """A board of 1 kHz that sends what is due whenever it is asked, until it is stopped."""

    def __init__(self) -> None:
        super().__init__([])
        self.started_s = 0.0
        self.sent = 0

    def start(self) -> None:
        super().start()
        self.started_s = time.monotonic()

    def poll(self) -> list[Arrival]:
        due = round((time.monotonic() - self.started_s) * 1000) - self.sent
        if "stop" in self.calls or due <= 0:
            return []
        self.sent += due
        return [Arrival(time.monotonic(), frames(self.sent - due, due))]


def sequences(path: Path) -> dict[str, list[int]]:
    return {name: stream.frames.sequence.tolist() for name, stream in read_raw(path).streams.items()}


def never(_name: str, _arrival: Arrival) -> bool:
    return False


def test_what_is_not_yet_in_the_file_is_never_older_than_a_write_and_a_turn(tmp_path: Path, pause: Pause) -> None:
    path, link, worst = tmp_path / "t.xdf", SteadyLink(), [0]

    def look(seconds: float) -> None:
        worst[0] = max(worst[0], link.sent - len(sequences(path)["insole_left"]))
        pause(seconds)

    record_trial([link], path, metadata={}, on_arrival=never, max_duration_s=0.3, pause=look)
    assert 5 < worst[0] <= 1000 * (WRITE_EVERY_S + READ_EVERY_S) + 1
    assert sequences(path)["insole_left"] == list(range(link.sent))


def test_frames_of_a_while_are_written_together(tmp_path: Path, pause: Pause, monkeypatch: pytest.MonkeyPatch) -> None:
    appends: list[int] = []
    append = XdfJournal.append
    monkeypatch.setattr(XdfJournal, "append", lambda *words: (appends.append(len(words[3])), append(*words))[1])
    record_trial([SteadyLink()], tmp_path / "t.xdf", metadata={}, on_arrival=never, max_duration_s=2.0, pause=pause)
    assert sum(appends) >= 1990
    assert len(appends) <= 2.0 / WRITE_EVERY_S + 2


def test_boards_are_asked_for_their_clock_once_a_second(tmp_path: Path, pause: Pause) -> None:
    link = SteadyLink()
    record_trial([link], tmp_path / "t.xdf", metadata={}, on_arrival=never, max_duration_s=5.5, pause=pause)
    assert PING_EVERY_S == 1.0
    assert link.calls.count("ping") == 6


def test_the_tick_runs_each_turn_and_its_word_ends_the_trial(tmp_path: Path, pause: Pause) -> None:
    words = [None] * 10 + ["stepped off"]
    ticks: list[float] = []

    def tick() -> str | None:
        ticks.append(time.monotonic())
        return words[len(ticks) - 1]

    done = record_trial(
        [SteadyLink()], tmp_path / "t.xdf", metadata={}, on_arrival=never, max_duration_s=9.0, on_tick=tick, pause=pause
    )
    assert done.ended == "stepped off"
    assert done.lost is None
    assert max(later - earlier for earlier, later in itertools.pairwise(ticks)) <= READ_EVERY_S + 1e-9
    link_facts = read_raw(done.path).metadata["link_insole_left"]
    assert isinstance(link_facts, dict)
    assert link_facts["ended"] == "stepped off"


def test_notes_of_the_trial_are_in_the_file_and_those_before_it_are_not(tmp_path: Path) -> None:
    link = ScriptedLink([[Arrival(5.0, frames(0, 10))], []])
    link.notes = [LinkNote(1.0, "lost", {"reason": "between the trials"})]
    pong = LinkNote(5.1, "pong", {"sent_s": 5.0, "received_s": 5.1, "ticks_us": 7})
    late = LinkNote(5.2, "status", {"dropped_frames": 0, "converter_timeouts": 0, "receive_errors": 0})
    told = iter([[pong], [], [late]])
    link.take_notes = lambda: [] if not link.calls else next(told, [])  # type: ignore[method-assign]
    done = record_trial(
        [link], tmp_path / "t.xdf", metadata={}, on_arrival=never, max_duration_s=9.0,
        on_tick=lambda: None if link.polls else "enough", pause=lambda _seconds: None,
    )  # fmt: skip
    assert read_raw(done.path).streams["insole_left"].notes == (pong, late)


def test_a_board_that_goes_and_comes_leaves_a_gap_and_the_others_go_on(tmp_path: Path) -> None:
    def steady() -> list[list[Arrival] | Exception]:
        return [[Arrival(10.0 + 0.1 * step, frames(100 * step, 100))] for step in range(50)]

    goes, stays = ScriptedLink(steady()), ScriptedLink(steady())
    goes.polls[20:30] = [[] for _ in range(10)]
    notes = {20: LinkNote(12.0, "lost", {"reason": "unplugged"}), 30: LinkNote(13.0, "back", {"away_s": 1.0})}
    goes.take_notes = (  # type: ignore[method-assign]
        lambda: [notes.pop(50 - len(goes.polls))] if 50 - len(goes.polls) in notes else []
    )
    path = tmp_path / "t.xdf"
    record_trial(
        [goes, stays], path, metadata={}, on_arrival=never, max_duration_s=9.0,
        on_tick=lambda: None if stays.polls else "enough", pause=lambda _seconds: None,
    )  # fmt: skip
    raw = read_raw(path)
    assert sequences(path)["insole_left"] == [*range(2000), *range(3000, 5000)]
    assert sequences(path)["insole_left_2"] == list(range(5000))
    assert [note.kind for note in raw.streams["insole_left"].notes] == ["lost", "back"]
    sentence = "insole_left was lost 2.0 s into the recording (unplugged) and was away for 1.0 s in all."
    recording = recording_from_raw(raw)
    said = recording.provenance["notes"]
    assert isinstance(said, tuple)
    assert sentence in said
    assert "insole_left: 1000 samples were lost on the way and are shown as gaps." in said
    assert [(gap.sample, gap.n_samples) for gap in recording.streams["insole_left"].gaps] == [(3000, 1000)]


def test_acquisition_goes_on_while_the_disk_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SYNC_EVERY_S", 0.0)
    waiting, turns_meanwhile = threading.Event(), threading.Event()
    turns = [0]

    def slow(_file: int) -> None:
        waiting.set()
        assert turns_meanwhile.wait(10.0), "the session stood still while the disk was busy"

    def tick() -> str | None:
        turns[0] += waiting.is_set()
        if turns[0] > 30:
            turns_meanwhile.set()
        return "enough" if turns_meanwhile.is_set() else None

    monkeypatch.setattr(os, "fdatasync", slow, raising=False)
    link = SteadyLink()
    done = record_trial([link], tmp_path / "t.xdf", metadata={}, on_arrival=never, on_tick=tick, max_duration_s=20.0)
    assert done.ended == "enough"
    assert sequences(done.path)["insole_left"] == list(range(link.sent))


def on_a_disk(monkeypatch: pytest.MonkeyPatch, disk: type[FileIO]) -> None:
    create = XdfJournal._create

    def placed(journal: XdfJournal, headers: bytes) -> FileIO:
        create(journal, headers).close()
        return disk(journal.path, "ab")

    monkeypatch.setattr(XdfJournal, "_create", placed)


class PulledDisk(FileIO):
    """A disk that the system made read-only after its first errors."""

    writes = 0

    def write(self, data: object) -> int:
        self.writes += 1
        if self.writes > 3:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize(("disk", "said"), [(FillingDisk, "No space left"), (PulledDisk, "Read-only file system")])
def test_a_disk_that_fails_ends_the_trial_with_one_sentence_and_keeps_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: Pause, disk: type[FileIO], said: str
) -> None:
    monkeypatch.setattr(FillingDisk, "room", 20_000)
    on_a_disk(monkeypatch, disk)
    link, path = SteadyLink(), tmp_path / "t.xdf"
    with pytest.raises(RecordingError, match=said) as told:
        record_trial([link], path, metadata={}, on_arrival=never, max_duration_s=5.0, pause=pause)
    assert link.calls[-1] == "stop"
    kept = sequences(path)["insole_left"]
    assert len(kept) > 10
    assert kept == list(range(len(kept)))
    assert f"the {len(kept)} frames until then are kept in it" in str(told.value)
    assert str(told.value).count("\n") == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows refuses to delete or rename an open file's folder")
@pytest.mark.parametrize("gone", ["deleted", "moved or renamed"])
def test_a_folder_that_goes_ends_the_trial_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    monkeypatch.setattr(writer, "SYNC_EVERY_S", 0.0)
    path = tmp_path / "raw" / "t.xdf"
    link = SteadyLink()

    def remove() -> None:
        if path.exists() and gone == "deleted":
            path.unlink()
            path.parent.rmdir()
        elif path.exists():
            path.parent.rename(tmp_path / "elsewhere")

    with pytest.raises(RecordingError, match=gone):
        record_trial([link], path, metadata={}, on_arrival=never, on_tick=remove, max_duration_s=20.0)
    assert link.calls[-1] == "stop"
    assert not any(one.name == "landing-lab disk" for one in threading.enumerate())


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, where nobody may write")
def test_a_folder_that_nobody_may_write_to_is_said_before_a_board_is_started() -> None:
    link = SteadyLink()
    with pytest.raises(RecordingError, match="check the permissions, or choose another folder"):
        record_trial([link], Path("/proc/t.xdf"), metadata={}, on_arrival=never, max_duration_s=1.0)
    assert link.calls == []


def test_the_wall_clock_may_jump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: Pause) -> None:
    def nobody_asks() -> float:
        raise AssertionError("the wall clock was asked while recording")

    monkeypatch.setattr(time, "time", nobody_asks)
    monkeypatch.setattr(time, "time_ns", nobody_asks)
    link = SteadyLink()
    done = record_trial([link], tmp_path / "t.xdf", metadata={}, on_arrival=never, max_duration_s=1.0, pause=pause)
    assert done.ended == "time limit"
    assert sequences(done.path)["insole_left"] == list(range(link.sent))


def test_a_failure_of_the_program_keeps_what_was_received(tmp_path: Path, pause: Pause) -> None:
    link, path = SteadyLink(), tmp_path / "t.xdf"

    def fails(_name: str, _arrival: Arrival) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_trial([link], path, metadata={}, on_arrival=fails, max_duration_s=1.0, pause=pause)
    raw = read_raw(path)
    assert raw.streams["insole_left"].frames.sequence.tolist() == list(range(link.sent))
    facts = raw.metadata["link_insole_left"]
    assert isinstance(facts, dict)
    assert facts["ended"] == "the program failed"
    assert link.calls[-1] == "stop"


def test_a_disk_that_fails_while_the_boards_are_stopped_is_told_although_it_tells_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "SYNC_EVERY_S", 0.01)
    stopping, failed = threading.Event(), threading.Event()

    def fails_once(_file: int) -> None:
        if stopping.is_set() and not failed.is_set():
            failed.set()
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    class Link(SteadyLink):
        def stop(self) -> None:
            stopping.set()
            assert failed.wait(10.0), "the disk was not told while the boards were stopped"
            super().stop()

    monkeypatch.setattr(os, "fdatasync", fails_once, raising=False)
    with pytest.raises(RecordingError, match="Input/output error"):
        record_trial([Link()], tmp_path / "t.xdf", metadata={}, on_arrival=never, max_duration_s=0.05)
    with XdfJournal(tmp_path / "u.xdf", [JournalStream(name="a", info=SteadyLink().info)]) as journal:
        failed.clear()
        with pytest.raises(RecordingError, match="cannot be written any further"):
            journal.sync()
        with pytest.raises(RecordingError, match="cannot be written any further"):
            journal.note("a", LinkNote(1.0, "pong", {}))


def test_the_headers_are_on_the_disk_before_the_file_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[tuple[bool, int]] = []
    told = os.fsync

    def tell(number: int) -> None:
        there.append(((tmp_path / "t.xdf").exists(), os.fstat(number).st_size))
        told(number)

    monkeypatch.setattr(os, "fsync", tell)
    XdfJournal(tmp_path / "t.xdf", [JournalStream(name="a", info=SteadyLink().info)]).discard()
    assert there[0][0] is False
    assert there[0][1] > 500
