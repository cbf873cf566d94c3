"""`landing-lab datasets`: list, show, fetch; what is asked, said and kept; exit codes."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import landing_lab as ll
from command_line import ENVIRONMENT, refused, run
from dataset_server import Served, Server, file_at, made_dataset
from landing_lab.app.datasets.registry import registry
from landing_lab.errors import DownloadError, ParameterError

Known = Callable[..., None]
Typed = Callable[..., tuple[int, str, str]]
DATA = bytes(range(256)) * 4096


def test_the_list_is_whole_at_100_columns() -> None:
    listed = run("datasets", "list").stdout
    assert all(f"\n{name} " in "\n" + listed for name in registry())
    assert "…" not in listed
    assert "..." not in listed
    assert max(map(len, listed.splitlines())) <= 100
    joined = " ".join(listed.split())
    assert "needs an account" in joined
    assert "made here, offline" in joined


def test_the_list_for_programs(typed: Typed) -> None:
    document = json.loads(typed("list", "--json")[1])
    assert document["schema"] == "landing-lab.datasets/1"
    by_name = {row["name"]: row for row in document["datasets"]}
    assert set(by_name) == set(registry())
    assert by_name["wang-2023"]["record"] == "10.5281/zenodo.6457662"
    assert by_name["vertical-jumps"]["files"][0]["size_bytes"] == 76801
    assert isinstance(by_name["example"]["is_here"], bool)


def test_one_in_full(typed: Typed) -> None:
    shown = typed("show", "opencap-validation")[1]
    assert "step 4" in shown
    assert "{folder}" not in shown
    assert "landing-lab analyse LabValidation_withoutVideos --pattern 'DJ*_forces.mot'" in shown
    assert json.loads(typed("show", "bmc-jumps", "--json")[1])["dataset"]["licence"] == "CC BY 4.0"
    assert "near it are wang-2023" in refused("datasets", "show", "wang", code=2)
    code, _, told = typed("fetch", "nothing like it")
    assert (code, "there is no dataset 'nothing like it'; there are example" in told) == (2, True)


def test_offline_is_one_sentence_and_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):  # a port that nobody listens on: no internet is touched
        monkeypatch.setitem(ENVIRONMENT, name, "http://127.0.0.1:9")
    monkeypatch.setitem(ENVIRONMENT, "LANDING_LAB_DATA", str(tmp_path))
    told = refused("datasets", "fetch", "vertical-jumps", code=1)
    assert "raw.githubusercontent.com cannot be reached through the proxy of this machine; the same command" in told
    assert f"put it at {tmp_path}/vertical-jumps/2025-09-21/Dual-DJ-Fz.txt: it is checked and used" in told


def test_fetch_says_what_it_does_and_where_it_is(server: Server, known: Known, typed: Typed, tmp_path: Path) -> None:
    files = tuple(file_at(server, f"/{name}", DATA[:size]) for name, size in (("a.txt", 9000), ("deep/b.csv", 70_000)))
    known(made_dataset(files=files, doubts="none", commands=("landing-lab analyse a.txt",)))
    code, said, _ = typed("fetch", "set", "--out", tmp_path / "here")
    assert code == 0
    for part in (
        "licence  CC0: do what you like",
        "cite     Nobody 2026",
        "load     a.txt, 9 kB",
        "load     deep/b.csv, 70 kB",
    ):
        assert part in said
    assert f"set is in {tmp_path / 'here'} (licence and citation in about.json)" in said.replace("\n", "")
    assert "    landing-lab analyse a.txt" in said
    assert (tmp_path / "here" / "deep" / "b.csv").read_bytes() == DATA[:70_000]
    asked = len(server.asked)
    code, said, _ = typed("fetch", "set", "--out", tmp_path / "here")
    assert (code, len(server.asked)) == (0, asked)
    assert "here     2 of 2 files, checked" in said
    code, said, _ = typed("fetch", "set", "--only", "*.csv")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "cache" / "set" / "1").rglob("*.*")) == ["about.json", "b.csv"]
    code, _, told = typed("fetch", "set", "--only", "*.mot")
    assert (code, "no file of set is like '*.mot'; there are a.txt, deep/b.csv" in told) == (2, True)
    code, _, told = typed("fetch", "set", "--out", tmp_path / "here" / "a.txt")
    assert (code, "is a file; --out names a folder" in told) == (2, True)


def test_much_is_not_loaded_without_a_yes(
    server: Server, known: Known, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("landing_lab.app.datasets.run.MUCH_BYTES", 1000)
    known(made_dataset(files=(file_at(server, "/a.txt", DATA),)))
    code, _, told = typed("fetch", "set")
    assert (code, server.asked) == (2, [])
    assert "1.0 MB are to be loaded and nobody can be asked; say --yes, or choose files with --only" in told
    assert typed("fetch", "set", "--yes")[0] == 0


def test_python_fetches_into_the_cache_or_a_folder(server: Server, known: Known, tmp_path: Path) -> None:
    known(made_dataset(files=(file_at(server, "/a.txt", DATA),)))
    assert ll.fetch_dataset("set") == tmp_path / "cache" / "set" / "1"
    assert (ll.fetch_dataset("set", tmp_path / "own") / "a.txt").read_bytes() == DATA
    assert ll.fetch_dataset("set", str(tmp_path / "own")) == tmp_path / "own"
    assert len(server.asked) == 2
    with pytest.raises(ParameterError, match="a folder is a path; got int"):
        ll.fetch_dataset("set", 3)  # type: ignore[arg-type]


def test_an_archive_is_unpacked_once(server: Server, known: Known, typed: Typed, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("jumps/one.txt", "1")
    known(made_dataset(files=(file_at(server, "/data.zip", (tmp_path / "a.zip").read_bytes()),)))
    folder = ll.fetch_dataset("set")
    assert (folder / "data" / "jumps" / "one.txt").read_text() == "1"
    (folder / "data" / "jumps" / "one.txt").write_text("mine")
    assert (ll.fetch_dataset("set") / "data" / "jumps" / "one.txt").read_text() == "mine"
    assert typed("fetch", "set", "--out", tmp_path / "packed", "--no-unpack")[0] == 0
    assert not (tmp_path / "packed" / "data").exists()


def test_what_has_to_be_got_by_hand(known: Known, typed: Typed, tmp_path: Path) -> None:
    known(made_dataset(access="account", size="3 GB", by_hand=("Put it into {folder}.",)))
    code, said, told = typed("fetch", "set")
    assert code == 1
    assert f"step 1   Put it into {tmp_path / 'cache' / 'set' / '1'}." in said.replace("\n           ", " ")
    assert "set has to be got by hand (needs an account): `landing-lab datasets show set` says how" in told
    place = tmp_path / "cache" / "set" / "1"
    place.mkdir(parents=True)
    with zipfile.ZipFile(place / "Lab.zip", "w") as packed:
        packed.writestr("subject2/DJ1_forces.mot", "x")
    code, said, _ = typed("fetch", "set")
    assert (code, (place / "Lab" / "subject2" / "DJ1_forces.mot").read_text()) == (0, "x")
    assert ll.fetch_dataset("set") == place


def test_two_programs_do_not_load_into_one_folder(server: Server, known: Known, typed: Typed, tmp_path: Path) -> None:
    from landing_lab.io.dataset_lock import FolderLock

    known(made_dataset(files=(file_at(server, "/a.txt", DATA),)))
    (tmp_path / "s").mkdir()
    with FolderLock(tmp_path / "s" / ".fetching", what="x"):
        code, _, told = typed("fetch", "set", "--out", tmp_path / "s")
    assert code == 1
    assert "is in use by another program" in told
    assert typed("fetch", "set", "--out", tmp_path / "s")[0] == 0


CTRL_C = """
import sys
sys.path[:0] = {paths!r}
from dataset_server import made_dataset
from landing_lab.app.datasets import registry
from landing_lab.app.datasets.dataset import DatasetFile
one = made_dataset(files=(DatasetFile(path="a.bin", address={address!r}, size_bytes={size}, sha256={sha256!r}),))
registry.registry = lambda: {{"set": one}}
from landing_lab.app.cli import main
sys.argv = ["landing-lab", "datasets", "fetch", "set", "--out", {out!r}]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no Ctrl-C to one process alone")
def test_ctrl_c_keeps_what_came_and_the_next_call_goes_on(server: Server, tmp_path: Path) -> None:
    one = file_at(server, "/a.bin", DATA, slow_s=0.15)
    script = CTRL_C.format(
        paths=[*sys.path], address=one.address, size=one.size_bytes, sha256=one.sha256, out=str(tmp_path / "s")
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    part = tmp_path / "s" / "a.bin.part"
    waiting = threading.Event()
    for _ in range(400):
        if part.exists() and part.stat().st_size >= 1 << 17:
            break
        waiting.wait(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130, told
    assert told.strip().endswith("interrupted; what was loaded so far is kept; the same command goes on there")
    kept = part.stat().st_size
    assert 1 << 17 <= kept < len(DATA)
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["a.bin.part", "a.bin.part.json", "about.json"]
    server.files["/a.bin"] = Served(DATA)
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert again.returncode == 0, again.stderr
    assert server.asked[-1][1]["Range"] == f"bytes={kept}-"
    assert (tmp_path / "s" / "a.bin").read_bytes() == DATA


def test_a_failed_download_is_exit_code_1(server: Server, known: Known, typed: Typed) -> None:
    one = file_at(server, "/a.txt", DATA)
    known(made_dataset(files=(one,)))
    server.files.clear()
    code, _, told = typed("fetch", "set")
    assert (code, "has no such file (HTTP 404)" in told) == (1, True)
    assert issubclass(DownloadError, ll.LandingLabError)


def test_a_folder_is_told_escaped_and_one_without_a_name_is_refused(
    server: Server, known: Known, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(made_dataset(files=(file_at(server, "/a.txt", DATA[:9]),)))
    monkeypatch.setenv("LANDING_LAB_DATA", str(tmp_path / "red\x1b[31m"))
    said = typed("list")[1] + typed("show", "set")[1] + typed("fetch", "set")[1]
    assert "\x1b" not in said
    assert f"set is in {tmp_path}/red\\x1b[31m/set/1" in said
    code, _, told = typed("fetch", "set", "--out", "")
    assert (code, "the name of the folder is empty" in told) == (2, True)
    with pytest.raises(ParameterError, match="has no name"):
        ll.fetch_dataset("set", " ")
    told = typed("fetch", "\x1b[31m")[2]
    assert r"there is no dataset '\x1b[31m'" in told
    (tmp_path / "file").touch()
    monkeypatch.setenv("LANDING_LAB_DATA", str(tmp_path / "file" / "below"))
    code, _, told = typed("fetch", "set")
    assert (code, f"LANDING_LAB_DATA names {tmp_path}/file/below, but {tmp_path}/file is a file" in told) == (2, True)


def test_no_room_and_no_writing_are_told_apart(
    server: Server, known: Known, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(made_dataset(files=(file_at(server, "/a.txt", DATA[:9000]),)))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage._replace(free=49_000_000))
    code, _, told = typed("fetch", "set", "--out", tmp_path / "new")
    assert (code, "set needs 9 kB and 50 MB to spare, and the disk of" in told) == (1, True)
    assert "has 49.0 MB free;" in told

    def closed(**_words: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", closed)
    code, _, told = typed("fetch", "set", "--out", tmp_path / "new")
    assert (code, f"nothing can be written in {tmp_path} (Read-only file system)" in told) == (1, True)
