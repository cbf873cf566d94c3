"""What goes wrong around the lab page: no boards, garbage, disks, ports, two programs at once, missing libraries."""

from __future__ import annotations

import errno
import os
import pty
import shutil
import socket
import sys
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.test_web_flow import lab_at, settled
from command_line import refused, refused_here
from lab_server import LabServer, drop_jump_boards, lab_server
from landing_lab.app.web import lab as lab_module
from landing_lab.app.web import recording as recording_module
from landing_lab.app.web.boards import LabBoards
from landing_lab.app.web.forms import session_wanted
from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.errors import ParameterError
from landing_lab.io.dataset import Dataset
from patience import PATIENCE_S

POSIX = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX")
HEADERS = {"x-landing-lab": "1", "x-client": "test-page-0001"}


def state_of(lab: LabServer) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{lab.url}api/state", timeout=PATIENCE_S).json()
    return found


def post(lab: LabServer, name: str, **asked: object) -> httpx.Response:
    return httpx.post(f"{lab.url}api/{name}", json=asked, headers=HEADERS, timeout=PATIENCE_S)


def done(lab: LabServer, name: str, **asked: object) -> dict[str, Any]:
    """The state once what was asked for is over."""
    answer = post(lab, name, **asked)
    assert answer.status_code == 200, answer.text
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        state = state_of(lab)
        if not state["job"]:
            return state
        time.sleep(0.1)
    raise AssertionError(state)


@contextmanager
def babbling_port() -> Iterator[str]:
    """A port on which something talks that is no board of ours."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    over = threading.Event()

    def talk() -> None:
        while not over.is_set():
            try:
                os.write(ours, bytes(range(256)) + b"\x00\xff<script>alert(1)</script>\x1b[2J\r\n")
                os.read(ours, 4096)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EIO):
                    return
            time.sleep(0.01)

    talking = threading.Thread(target=talk, daemon=True)
    talking.start()
    try:
        yield os.ttyname(theirs)
    finally:
        over.set()
        talking.join(5.0)
        os.close(ours)
        os.close(theirs)


@POSIX
def test_no_boards_and_garbage_are_told_in_a_sentence(tmp_path: Path) -> None:
    with babbling_port() as port, lab_server(tmp_path, "--port", port, "--port", "/dev/ttyNo") as lab:
        state = done(lab, "boards/look")
        assert state["problem"].startswith("no board answers")
        assert port in state["problem"]
        assert "there is no port /dev/ttyNo" in state["problem"]
        assert state["problem"].isprintable()
        assert state["step"] == "boards"
        state = done(lab, "session/start", participant="P07", protocol="drop_jump")
        assert (state["step"], state["problem"].startswith("no board answers")) == ("boards", True)
    assert not list(tmp_path.glob("sub-*"))


@POSIX
def test_two_programs_at_the_same_boards_and_dataset(tmp_path: Path) -> None:
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab, lab_server(tmp_path, *ports) as other:
        assert len(done(lab, "boards/look")["boards"]["found"]) == 3
        state = done(other, "boards/look")
        assert "another program has" in state["problem"], state["problem"]
        sentence = refused("record", "--participant", "P08", "--dataset", tmp_path, *ports, code=1)
        assert "another program has" in sentence
        assert not done(lab, "boards/look")["problem"], "the first keeps its boards"


def test_a_port_that_is_taken_is_told_before_anything_begins(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        sentence = refused("serve", "--dataset", tmp_path / "study", "--listen-port", str(number), code=2)
    assert f"cannot listen on 127.0.0.1:{number}" in sentence
    assert "--listen-port" in sentence
    sentence = refused_here("serve", "--dataset", tmp_path / "study", "--host", "no.such.host.invalid", code=2)
    assert "no address 'no.such.host.invalid'" in sentence


def test_without_the_extra_the_command_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("starlette", "uvicorn"):
        monkeypatch.setitem(sys.modules, name, None)
    sentence = refused_here("serve", "--dataset", tmp_path / "study", code=1)
    assert "needs starlette, uvicorn" in sentence
    assert "pip install 'landing-lab[web]'" in sentence
    assert not (tmp_path / "study").exists(), "nothing is made before it can be used"


def test_a_dataset_that_is_gone_or_read_only_is_told_and_the_page_lives_on(tmp_path: Path) -> None:
    study = tmp_path / "study"
    with drop_jump_boards() as ports, lab_server(study, *ports) as lab:
        done(lab, "boards/look")
        shutil.rmtree(study)
        assert state_of(lab)["step"] == "boards"
        assert post(lab, "step", step="participant").status_code == 200
        study.write_text("somebody has put a file here")
        answer = post(lab, "athlete", participant="P07", new=True)
        assert answer.status_code < 500
        state = done(lab, "session/start", participant="P07", protocol="drop_jump")
        assert "is a file and a dataset needs a folder" in state["problem"]
        assert state["step"] == "protocol"
        study.unlink()
        assert post(lab, "step", step="participant").status_code == 200
        assert state_of(lab)["problem"] == ""


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), PermissionError(errno.EACCES, "Permission denied"),
              RuntimeError("something else"), ParameterError("a sentence")],
)  # fmt: skip
def test_whatever_ends_a_session_leads_back_to_where_it_can_be_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    lab = lab_at(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(lab_module, "run_session", fail)
    lab.start_session(session_wanted(lab, {"participant": "P07", "protocol": "drop_jump"}))
    settled(lab)
    assert (lab.step, lab.job) == ("protocol", "")
    assert str(error) in lab.problem


def test_a_dataset_that_cannot_be_read_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = lab_at(tmp_path)

    def fail(_: object) -> list[dict[str, object]]:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(lab_module, "participants_shown", fail)
    lab.find_boards()
    settled(lab)
    assert "cannot be read" in lab.problem
    assert lab.job == ""
    lab.choose("participant")
    assert lab.step == "participant"
    monkeypatch.undo()
    lab.choose("boards")
    assert lab.problem == ""


@POSIX
@pytest.mark.slow
def test_a_full_disk_in_mid_session_keeps_what_there_is(tmp_path: Path) -> None:
    """A file system of 1.5 MB, on which no session finds room."""
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=1500k none {small} 2>/dev/null") != 0:
        pytest.skip("only root can make a small file system")
    try:
        with drop_jump_boards() as ports, lab_server(small, *ports) as lab:
            done(lab, "boards/look")
            answer = post(lab, "session/start", participant="P07", protocol="drop_jump")
            assert answer.status_code == 200
            end = time.monotonic() + 2 * PATIENCE_S
            while time.monotonic() < end and (state := state_of(lab))["job"]:
                if (state["session"] or {}).get("phase") == "verdict":
                    post(lab, "session/command", kind="accept")
                    time.sleep(1.0)
                time.sleep(0.1)
            assert not state["job"]
            assert "space" in state["problem"], state["problem"]
            assert state["step"] in ("summary", "protocol")
            assert state_of(lab)["participants"], "the server is still there"
        assert list(small.glob("sub-P07/ses-01/raw/*.xdf")), "what was recorded is kept"
    finally:
        os.system(f"umount -l {small}")


def test_a_second_lab_leaves_a_session_that_runs_alone(tmp_path: Path) -> None:
    """The other program neither offers nor continues it while it is locked."""
    from app.test_record_session import book_at
    from landing_lab.app.web.forms import session_wanted as wanted

    book = book_at(tmp_path)
    lab = lab_at(tmp_path)
    assert lab.left is None
    with pytest.raises(ParameterError, match="cannot be continued"):
        wanted(lab, {"participant": "P07", "continue": "01"})
    book.lock.release()
    lab.look_into_dataset()
    assert lab.left is not None


def getting_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Lab, threading.Event]:
    """A lab whose session gets ready until the event is set."""
    Dataset(tmp_path).create()
    lab = Lab(tmp_path, LabBoards((), simulated=True, dataset=tmp_path))
    ready, ending = threading.Event(), threading.Event()

    def warm_up() -> None:
        ready.set()
        ending.wait(20.0)

    monkeypatch.setattr(recording_module, "warm_up", warm_up)
    lab.start_session(session_wanted(lab, {"participant": "P07", "protocol": "drop_jump"}))
    assert ready.wait(20.0)
    return lab, ending


@POSIX
@pytest.mark.slow
def test_a_session_that_gets_ready_can_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, ending = getting_ready(tmp_path, monkeypatch)
    with pytest.raises(BusyError, match="no session is running"):
        lab.command("accept")
    lab.command("quit")
    ending.set()
    assert lab._thread is not None
    lab._thread.join(20.0)
    assert (lab.job, lab.step) == ("", "protocol")
    assert "can be continued" in lab.problem
    left: Any = lab.state()["left"]
    assert left["n_accepted"] == 0
    lab.close()


@POSIX
@pytest.mark.slow
def test_a_server_that_ends_while_a_session_gets_ready_does_not_wait_for_a_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, ending = getting_ready(tmp_path, monkeypatch)
    closing = threading.Thread(target=lab.close)
    closing.start()
    while not (lab.front is not None and lab.front._ending):
        time.sleep(0.01)
    ending.set()
    closing.join(10.0)
    assert not closing.is_alive()
    assert lab.job == ""
    left: Any = lab.state()["left"]
    assert (left["participant"], left["n_accepted"]) == ("P07", 0), "it can be continued"
