"""A session that is also sent to the Lab Streaming Layer: what a reader on this machine gets of it."""

from __future__ import annotations

import dataclasses
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import pyxdf

import landing_lab as ll
from app.test_record_session import DROP_JUMP, Script, book_at
from app.test_web_flow import NoBoards
from landing_lab.app.lsl.library import lsl_library
from landing_lab.app.lsl.outlets import LslOutlets
from landing_lab.app.record.events import Command
from landing_lab.app.record.facts import SessionSettings
from landing_lab.app.record.markers import MarkingFront
from landing_lab.app.record.run import RecordSettings, also_sent
from landing_lab.app.record.session import RecordSession
from landing_lab.app.web.forms import session_wanted
from landing_lab.app.web.lab import Lab
from landing_lab.app.web.recording import PageFront, run_session
from landing_lab.calibrate.clock import fit_clock
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.formats.xdf import read_raw
from lsl_loopback import Heard, Reader, all_sent, foreign_emg, write_as_labrecorder
from lsl_session import BOARDS, NAMES, WITH_EMG, Sent, links_of, run_sent, sent_session
from xdf_session import table


def raw_files(sent: Sent) -> list[Path]:
    return [sent.session.book.raw_path(entry) for entry in sent.session.book.accepted]


def test_every_sample_of_the_raw_files_arrives_once_and_unchanged(sent: Sent) -> None:
    assert len(raw_files(sent)) == 2
    for name in BOARDS:
        heard = np.array(sent.heard[name].samples)
        for number, file in enumerate(raw_files(sent), start=1):
            here = heard[heard[:, -2] == number]
            np.testing.assert_array_equal(here[:, :-2], table(read_raw(file).streams[name]))
            assert set(here[:, -1]) == {float(number)}
        assert len(heard) == sum(len(read_raw(file).streams[name].frames) for file in raw_files(sent))


def test_stamps_go_on_and_are_those_of_the_files_clock(sent: Sent) -> None:
    for name in BOARDS:
        heard, stamps = np.array(sent.heard[name].samples), np.array(sent.heard[name].stamps)
        assert (np.diff(stamps) >= 0).all()
        offset_s = sent.outlets._to_lsl_s
        for number, file in enumerate(raw_files(sent), start=1):
            here = heard[:, -2] == number
            stream = read_raw(file).streams[name]
            fit = fit_clock(stream.frames.ticks_us, stream.arrival_s)
            error_ms = 1e3 * (stamps[here] - offset_s - fit.to_host(stream.frames.ticks_us))
            settled = stream.frames.ticks_us - stream.frames.ticks_us[0] > 2e6
            assert np.abs(error_ms[settled]).max() < 2.0
            assert np.abs(error_ms).max() < 45.0  # these boards are asked each 40 ms only
            assert (stamps[here] - offset_s <= stream.arrival_s + 1e-9).all()


def test_markers_tell_the_session_in_order(sent: Sent) -> None:
    markers = [sample[0] for sample in sent.heard["landing-lab.markers"].samples]
    one = ["trial_begins", "weighed", "armed", "moving", "landed", "trial_ends", "accepted"]
    assert markers[:-1] == [f"{word}/run-{number:02d}" for number in (1, 2) for word in one]
    assert markers[-1] == "session_ends"
    stamps = sent.heard["landing-lab.markers"].stamps
    assert stamps == sorted(stamps)
    for number in (1, 2):
        begun, ended = (stamps[markers.index(f"{word}/run-{number:02d}")] for word in ("trial_begins", "trial_ends"))
        for name in BOARDS:
            heard = sent.heard[name]
            own = [t for sample, t in zip(heard.samples, heard.stamps, strict=True) if sample[-2] == number]
            assert begun - 0.05 <= own[0]
            assert own[-1] <= ended + 0.05


def test_what_is_typed_becomes_markers_without_further_parts(lsl: Any, tmp_path: Path) -> None:
    answers = [
        Command(kind="reject", text="lost balance/fell"),
        Command(kind="note", text="new\nshoes"),
        Command(kind="accept"),
    ]
    done = sent_session(tmp_path, lsl, n_trials=1, answers=answers, names=("landing-lab.markers",))
    markers = [sample[0] for sample in done.heard["landing-lab.markers"].samples]
    assert "rejected/run-01/lost balance|fell" in markers
    assert [one for one in markers if one.startswith("note/")] == [r"note/run-02/new\nshoes"]
    assert markers.index(r"note/run-02/new\nshoes") < markers.index("accepted/run-02")


def test_a_stream_describes_its_columns_board_and_session(sent: Sent) -> None:
    root = ET.fromstring(sent.heard["insole_left"].xml)
    assert root.findtext("type") == "landing-lab.live"
    assert root.findtext("source_id") == "landing-lab.SIM-IN-L"
    assert float(str(root.findtext("nominal_srate"))) == 1000.0
    channels = root.findall("desc/channels/channel")
    labels = [str(channel.findtext("label")) for channel in channels]
    assert labels == [
        "sequence", "ticks_us", "arrival_s", "flags", "channel", *(f"counts_{cell}" for cell in range(8)),
        "run", "begun",
    ]  # fmt: skip
    assert [channel.findtext("unit") for channel in channels][:3] == ["count", "us", "s"]
    cell = channels[5]
    assert (cell.findtext("side"), cell.findtext("location_unit")) == ("left", "mm")
    assert np.isfinite([float(str(cell.findtext(tag))) for tag in ("location_X", "location_Y")]).all()
    assert json.loads(str(root.findtext("desc/metadata")))["participant"] == "P07"
    assert root.findtext("desc/synchronization/can_drop_samples") == "true"
    plate = ET.fromstring(sent.heard["plate"].xml)
    assert float(str(plate.findtext("nominal_srate"))) == 0.0


def test_a_file_of_labrecorder_gives_the_numbers_of_the_raw_files(sent: Sent, recorded: Path) -> None:
    runs = ll.read_runs(recorded)
    assert [one.provenance["run"] for one in runs] == [1, 2]
    for file, recording in zip(raw_files(sent), runs, strict=True):
        own = ll.read(file)
        assert list(recording.streams) == list(own.streams)
        for name, stream in own.streams.items():
            np.testing.assert_array_equal(recording.streams[name].samples, stream.samples)
            np.testing.assert_array_equal(recording.streams[name].times_s, stream.times_s)
        assert recording.provenance["clocks"] == own.provenance["clocks"], "what boards told was recorded too"
        one, other = (json.loads(json.dumps(ll.analyse(each).first.as_dict()["metrics"])) for each in (recording, own))
        assert one == other


def test_the_time_of_zero_leads_to_the_other_streams(sent: Sent, recorded: Path) -> None:
    recording = ll.read_runs(recorded)[1]
    stamps = np.array(sent.heard["insole_left"].stamps)[np.array(sent.heard["insole_left"].samples)[:, -2] == 2]
    zero_s = recording.provenance["lsl_time_of_zero_s"]
    assert isinstance(zero_s, float)
    times_s = recording.streams["insole_left"].times_s
    assert zero_s + times_s[-1] == pytest.approx(stamps[-1], abs=0.002)


def test_pyxdf_reads_the_same_file(recorded: Path) -> None:
    streams, _ = pyxdf.load_xdf(str(recorded), synchronize_clocks=False, dejitter_timestamps=False)
    names = {stream["info"]["name"][0] for stream in streams}
    assert names == {"EMG amplifier", *NAMES}


def analysed(path: Path, *, output_format: str) -> int:
    from landing_lab.app.analyse.run import Columns, run_files_or_folders

    return run_files_or_folders(
        [path], Columns(), mass_kg=None, box_height_m=None, task="auto", output_format=output_format, out=None,
        jobs=1 if path.is_dir() else None, pattern=None,
    )  # fmt: skip


def test_analyse_takes_every_run_of_such_a_file(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analysed(recorded, output_format="json") == 0
    trials = json.loads(capsys.readouterr().out)["trials"]
    assert [(trial["source"], trial["task"]) for trial in trials] == [
        (f"{WITH_EMG} run-01", "drop_jump"),
        (f"{WITH_EMG} run-02", "drop_jump"),
    ]
    assert all(trial["status"] != "refused" for trial in trials)
    (tmp_path / WITH_EMG).write_bytes(recorded.read_bytes())
    assert analysed(tmp_path, output_format="csv") == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == {f"{WITH_EMG} run-01", f"{WITH_EMG} run-02"}
    with pytest.raises(FileFormatError, match=r"holds 2 trials of landing-lab \(runs 1, 2\); `landing-lab analyse`"):
        ll.read(recorded)


def test_of_a_file_without_our_boards_the_missing_part_is_named(sent: Sent, tmp_path: Path) -> None:
    markers = sent.heard["landing-lab.markers"]
    path = write_as_labrecorder(tmp_path / "emg.xdf", [foreign_emg(), (markers.xml, markers.chunks)])
    with pytest.raises(FileFormatError) as error:
        ll.read_runs(path)
    told = str(error.value)
    assert "holds no stream recorded by landing-lab" in told
    assert "EMG amplifier" in told
    assert "record --lsl" in told
    plate = sent.heard["plate"]
    empty = write_as_labrecorder(tmp_path / "empty.xdf", [foreign_emg(), (plate.xml, [])])
    with pytest.raises(FileFormatError, match="but not one sample of them: no trial was recorded"):
        ll.read(empty)


def test_a_damaged_file_of_labrecorder_is_read_as_far_as_it_is_whole(recorded: Path, tmp_path: Path) -> None:
    data = bytearray(recorded.read_bytes())
    del data[int(0.9 * len(data)) :]
    cut = tmp_path / "cut.xdf"
    cut.write_bytes(data)
    runs = ll.read_runs(cut)
    assert len(runs) == 2
    assert any("is damaged from byte" in note for note in runs[0].notes)


def test_who_comes_late_gets_the_rest_and_who_vanishes_harms_nobody(lsl: Any, tmp_path: Path) -> None:
    readers: list[Reader] = []
    heard: list[dict[str, Heard]] = []
    links, front = links_of(0), Script()
    protocol = dataclasses.replace(DROP_JUMP, n_trials=2)
    settings = SessionSettings(box_height_m=0.3, auto_accept=True)
    book = book_at(tmp_path, protocol)
    boards = dict(zip(BOARDS, (link.info for link in links), strict=True))

    def come_and_go(session: RecordSession) -> None:
        assert session.watch is not None
        stage, n_accepted = session.watch.live.stage, len(session.book.accepted)
        if not readers and stage == "armed":
            readers.append(Reader(lsl, ("plate",)))
        elif len(readers) == 1 and n_accepted == 1 and stage == "armed":
            first = readers[0].streams["plate"]
            readers[0].wait_until(lambda: bool(first.samples) and first.samples[-1][-2] == 2)
            heard.append(readers[0].stop())
            readers.append(readers[0])

    front.while_recording = come_and_go
    with LslOutlets(boards, {}, clock=links[0].clock) as outlets:
        marking = MarkingFront(front, outlets)
        session = run_sent(links, outlets, marking, book=book, protocol=protocol, settings=settings)
        n_sent = all_sent(outlets)["plate"]
        assert outlets.failure is None
    first, second = (table(read_raw(session.book.raw_path(entry)).streams["plate"]) for entry in session.book.accepted)
    assert n_sent == len(first) + len(second)
    samples = np.array(heard[0]["plate"].samples)
    got_first, got_second = (samples[samples[:, -2] == number][:, :-2] for number in (1, 2))
    assert 0 < len(got_first) < len(first)
    np.testing.assert_array_equal(got_first, first[-len(got_first) :])
    assert 0 < len(got_second) < len(second)
    np.testing.assert_array_equal(got_second, second[: len(got_second)])


def test_a_failure_of_the_network_never_ends_a_recording_and_is_told_once(
    lsl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()
    push = lsl.StreamOutlet.push_chunk

    def fails_later(*words: Any, **more: Any) -> Any:
        if next(calls) > 100:
            raise RuntimeError("no route to anybody")
        return push(*words, **more)

    monkeypatch.setattr(lsl.StreamOutlet, "push_chunk", fails_later)
    done = sent_session(tmp_path, lsl, n_trials=1, names=("plate",))
    assert len(done.session.book.accepted) == 1
    assert done.session.problem is None
    told = [text for text in done.front.texts("session") if "Lab Streaming Layer" in text]
    assert len(told) == 1
    assert "no route to anybody); the recording goes on and its files are whole" in told[0]


def test_a_reader_is_waited_for_and_the_command_sends_only_when_asked(lsl: Any, tmp_path: Path) -> None:
    links, front = links_of(0), Script()
    for asked in (False, True):
        settings = RecordSettings(
            dataset=tmp_path,
            participant="P07",
            protocol=DROP_JUMP,
            session=SessionSettings(),
            lsl=asked,
            lsl_wait_s=0.2,
        )
        with also_sent(settings, links, front, {"participant": "P07"}) as (heard, marking):
            assert isinstance(marking, MarkingFront) is asked
            assert (heard is links) is not asked
    assert [text.split(" ")[0] for text in front.texts("session")] == ["On", "Waiting", "Nobody"]
    with LslOutlets({"plate": links[2].info}, {}) as outlets:
        assert not outlets.wait_for_readers(0.1)
        reader = Reader(lsl, ("plate",))
        assert outlets.wait_for_readers(5.0)
        reader.stop()


@pytest.mark.parametrize("asked", [True, False])
def test_the_page_sends_as_the_command_does_where_it_was_ticked(lsl: Any, tmp_path: Path, *, asked: bool) -> None:
    class Leaving(PageFront):
        def tick(self, session: RecordSession) -> None:
            PageFront.tick(self, session)
            if session.phase == "recording":
                session.submit(Command(kind="quit"))

    boards, front = NoBoards(tmp_path), Leaving(lambda: None)
    links = links_of(0)
    boards.links_for = lambda *_wanted, **_more: links  # type: ignore[method-assign, assignment, return-value]
    lab = Lab(tmp_path, boards)
    wanted = session_wanted(lab, {"participant": "P07", "protocol": "drop_jump", "lsl": asked})
    session = run_session(boards, dataclasses.replace(wanted, lsl_wait_s=0.2), front)
    assert isinstance(session.front, MarkingFront) is asked
    assert (session.links is links) is not asked
    assert any(text.startswith("On the Lab Streaming Layer: ") for text in front.said) is asked
    assert any(text.startswith("Nobody reads them yet") for text in front.said) is asked


@pytest.fixture
def forgotten() -> Iterator[None]:
    lsl_library.cache_clear()
    yield
    lsl_library.cache_clear()


@pytest.mark.usefixtures("forgotten")
def test_without_pylsl_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(ParameterError, match=r"needs pylsl.*pip install .*\[lsl\]"):
        lsl_library()


@pytest.mark.usefixtures("forgotten")
def test_without_liblsl_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pylsl.py").write_text("raise RuntimeError('LSL binary library file was not found.')\n")
    monkeypatch.delitem(sys.modules, "pylsl", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ParameterError, match=r"liblsl behind it cannot be loaded \(LSL binary"):
        lsl_library()
