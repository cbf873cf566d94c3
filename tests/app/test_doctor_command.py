"""`landing-lab doctor`: what is missing, too old or broken is told in a sentence, with the line that helps."""

from __future__ import annotations

import errno
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import webbrowser
from collections import namedtuple
from importlib.util import find_spec
from pathlib import Path

import pytest

from command_line import ENVIRONMENT, command, run, run_here
from landing_lab import installation
from landing_lab.app.doctor import libraries, loading, machine
from landing_lab.app.doctor.check import Check
from landing_lab.app.doctor.run import everything, run_doctor
from landing_lab.errors import DeviceError

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]


@pytest.fixture
def made_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed library of the name `crackedlib`, release 1.4, that cannot be loaded; the only thing demanded."""
    described = tmp_path / "crackedlib-1.4.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: crackedlib\nVersion: 1.4\n")
    (tmp_path / "crackedlib.py").write_text("raise ImportError('libcracked.so.7: cannot open\\nshared object file')\n")
    monkeypatch.syspath_prepend(tmp_path)
    demands(monkeypatch, "crackedlib>=1.2")
    return tmp_path


def demands(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(libraries, "requires", lambda _name: list(lines))


def test_this_installation_is_sound_and_says_so(tmp_path: Path) -> None:
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert " missing " not in done.stdout
    assert "Everything that is needed is here" in done.stdout
    told = json.loads(run_here("doctor", "--json", cwd=tmp_path).stdout)
    assert {"Python", "numpy", "numba", "devices", "serial ports", "recordings", "disk", "clock", "detector"} <= {
        row["check"] for row in told["checks"]
    }
    assert all(row["status"] in {"ok", "optional", "missing", "none"} and row["found"] for row in told["checks"])
    assert all(row["remedy"] for row in told["checks"] if row["check"].startswith("extra") and row["status"] != "ok")
    assert not list(tmp_path.iterdir()), "looking leaves nothing behind"


def test_doctor_knows_every_extra_and_no_other() -> None:
    assert set(libraries.EXTRAS) == set(EXTRAS)
    assert set(EXTRAS) >= libraries.TOOLS


@pytest.mark.parametrize("line", sorted({*PROJECT["dependencies"], *(one for of in EXTRAS.values() for one in of)}))
def test_the_module_of_every_library_is_known(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    demands(monkeypatch, line)
    (one,) = libraries.requirements()
    module = libraries.MODULES.get(one.name.lower(), one.name.replace("-", "_"))
    try:
        importlib.metadata.distribution(one.name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{one.name} is not installed here")
    assert not module or find_spec(module) is not None


def test_a_library_that_is_not_there_is_missing_with_a_line_that_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    demands(monkeypatch, "not-a-library>=1", "not-a-library-either>=2; extra == 'web'")
    assert libraries.needed_libraries() == [
        Check("not-a-library", "missing", "is not installed", installation.pip_line())
    ]
    assert libraries.extras() == [
        Check("extra web", "optional", "the page in the browser; not installed", installation.pip_line("web"))
    ]


def test_a_library_that_is_too_old_says_what_is_needed(made_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (made_library / "crackedlib.py").write_text("")
    demands(monkeypatch, "crackedlib>=1.10", "crackedlib<1.4 ; extra == 'web'")
    (needed,), (extra,) = libraries.needed_libraries(), libraries.extras()
    assert (needed.status, needed.found) == ("missing", "1.4 will not do: >=1.10 is needed")
    assert (extra.status, extra.found) == (
        "optional", "the page in the browser; crackedlib 1.4 will not do: <1.4 is needed",
    )  # fmt: skip


def test_a_library_that_cannot_be_loaded_says_why_in_one_line(made_library: Path) -> None:
    assert made_library.is_dir()
    (check,) = libraries.needed_libraries()
    assert check.status == "missing"
    assert check.found == "1.4 cannot be loaded: libcracked.so.7: cannot open"
    assert "--force-reinstall" in str(check.remedy)


def test_tools_whose_files_are_gone_are_noticed_without_loading_them(
    made_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demands(monkeypatch, "crackedlib>=1; extra == 'docs'")
    assert [check.status for check in libraries.extras()] == ["ok"]
    (made_library / "crackedlib.py").unlink()
    importlib.invalidate_caches()
    (check,) = libraries.extras()
    assert "its files are gone" in check.found


def test_without_metadata_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_name: str) -> list[str]:
        raise libraries.PackageNotFoundError

    monkeypatch.setattr(libraries, "requires", absent)
    (check,) = libraries.needed_libraries()
    assert (check.name, check.status) == ("landing-lab", "missing")


@pytest.mark.parametrize(
    ("noted", "line"),
    [
        (None, "install 'landing-lab[web]'"),
        ({"url": "file:///no/such/folder", "dir_info": {}}, "install 'landing-lab[web]'"),
        ({"url": "https://example.org/landing_lab-0.1.0-py3-none-any.whl"}, "install 'landing-lab[web]'"),
        ({"url": "file://FOLDER", "dir_info": {"editable": True}}, "install --editable 'FOLDER[web]'"),
        ({"url": "file://FOLDER", "dir_info": {}}, "install 'FOLDER[web]'"),
    ],
)
def test_the_line_fits_the_way_it_was_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: dict[str, object] | None, line: str
) -> None:
    text = None if noted is None else json.dumps(noted).replace("FOLDER", str(tmp_path))
    distribution = namedtuple("distribution", "read_text")(lambda _name: text)  # noqa: PYI024 - a stand-in
    monkeypatch.setattr(installation, "distribution", lambda _name: distribution)
    assert installation.pip_line("web").endswith(line.replace("FOLDER", str(tmp_path)))
    (tmp_path / "constraints.txt").touch()
    constrained = installation.pip_line("web").endswith(f"--constraint {tmp_path / 'constraints.txt'}")
    assert constrained == ("FOLDER" in line)


def test_the_python_of_the_line_is_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "a lab" / "bin" / "python"))
    assert installation.pip_line().startswith(f"'{tmp_path}/a lab/bin/python' -m pip install ")
    monkeypatch.chdir(tmp_path)
    assert installation.pip_line().startswith("'a lab/bin/python' -m pip install ")


@pytest.mark.parametrize("library", ["typer", "numpy", "numba", "serial"])
def test_a_broken_library_is_no_traceback_and_doctor_still_works(tmp_path: Path, library: str) -> None:
    (tmp_path / f"{library}.py").write_text(f"raise ImportError('{library} is broken here')\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**ENVIRONMENT, "PYTHONPATH": path}
    (tmp_path / "force.csv").write_text("time_s,left_n\n0,1\n")

    def said(*words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command(words), env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )
        assert "Traceback" not in done.stderr
        return done

    if library in {"typer", "numpy"}:  # without the one there is no command line, without the other next to nothing
        done = said("doctor", "--json")
        assert done.returncode == 1, done.stderr
        row = next(row for row in json.loads(done.stdout)["checks"] if row["check"] == library)
        assert row["status"] == "missing"
        assert row["found"].endswith(f" cannot be loaded: {library} is broken here")
    asked = said("devices") if library == "serial" else said("analyse", "force.csv")
    assert asked.returncode == 1
    assert asked.stderr.count("\n") == 1
    assert f"{library} is broken here" in asked.stderr
    assert "landing-lab doctor" in asked.stderr


def test_what_cannot_even_be_looked_at_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def falls_over() -> Check:
        raise RuntimeError("no such thing\nas this")

    monkeypatch.setattr(machine, "clock", falls_over)
    for look in ("needed_libraries", "extras"):
        monkeypatch.setattr(libraries, look, list)
    (row,) = [check for check in everything(tmp_path) if check.name == "clock"]
    assert (row.status, row.found) == ("missing", "could not be looked at: no such thing")


def test_missing_things_are_named_at_the_end_and_in_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        Check("numpy", "missing", "is not installed", "pip install it"),
        Check("ffmpeg", "optional", "no", "get it"),
    ]
    monkeypatch.setattr("landing_lab.app.doctor.run.everything", lambda _dataset: found)
    assert run_doctor(as_json=False, dataset=tmp_path) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Not fit for work yet: numpy. Do what stands beside -> and run this again."
    assert said[2].split() == ["->", "pip", "install", "it"]


def test_a_full_disk_and_a_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")  # noqa: PYI024 - a stand-in
    for free, status in ((10e6, "missing"), (500e6, "optional"), (5e9, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _place, free=free: usage(int(free)))
        check = machine.disk(tmp_path / "not" / "there")
        assert (check.status, str(tmp_path) in check.found) == (status, True)
    assert machine.dataset_folder(tmp_path / "new").status == "ok"

    def closed(**_words: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", closed)
    check = machine.dataset_folder(tmp_path)
    assert (check.status, check.found) == ("missing", f"nothing can be written in {tmp_path}: Read-only file system")


class Ports:
    """A transport that lists these ports."""

    def __init__(self, *urls: str, error: Exception | None = None) -> None:
        self.urls, self.error = list(urls), error

    def list_urls(self) -> list[str]:
        if self.error is not None:
            raise self.error
        return self.urls


def test_ports_that_may_not_be_opened_say_which_group_may(monkeypatch: pytest.MonkeyPatch) -> None:
    links = "landing_lab.app.boards.links.transport"
    monkeypatch.setattr(machine, "_group_of_ports", lambda: "dialout")
    monkeypatch.setattr(links, lambda: Ports("/dev/ttyUSB0", "socket://lab:4000"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    check = machine.ports()
    assert (check.status, check.found) == ("missing", "you may not open /dev/ttyUSB0")
    assert check.remedy == "sudo usermod -a -G dialout $USER, then log in again"
    monkeypatch.setattr(os, "access", lambda *_: True)
    assert machine.ports().status == "ok"
    monkeypatch.setattr(links, Ports)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getgroups", lambda: [2**31 - 2])
    check = machine.ports()
    assert (check.status, "not in the group dialout" in check.found) == ("none", True)
    monkeypatch.setattr(links, lambda: Ports(error=DeviceError("no driver is installed")))
    assert machine.ports() == Check("serial ports", "missing", "no driver is installed")


def test_a_lost_or_slow_clock_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_sleep_s", lambda: 0.02)
    assert machine.clock().status == "optional"
    monkeypatch.setattr(machine, "_sleep_s", lambda: 0.0011)
    assert machine.clock().status == "ok"
    monkeypatch.setattr(machine, "LONG_PAST", machine.LONG_PAST.replace(year=9000))
    check = machine.clock()
    assert (check.status, "believes it is 2" in check.found) == ("missing", True)


def test_tools_and_the_folder_of_compiled_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_here() -> None:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", none_here)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert [check.status for check in machine.tools()] == ["optional", "optional"]
    assert machine.compiled_kernels().status == "ok"
    monkeypatch.setattr("landing_lab.kernels._jit.FOLDER", str(tmp_path))
    check = machine.compiled_kernels()
    assert (check.status, "XDG_CACHE_HOME" in str(check.remedy)) == ("optional", True)


def test_drivers_that_cannot_be_loaded_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name = "scale"

        def load(self) -> None:
            raise ImportError("No module named 'bathroom_scale'")

    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Entry()] if "devices" in group else [])
    devices, transports, _ = machine.drivers()
    assert (devices.status, devices.found) == ("missing", "scale cannot be loaded: No module named 'bathroom_scale'")
    assert transports.found == "landing-lab was installed without its drivers"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import os; os._exit(9)", "it ends Python (exit code 9)"),
        ("import sys; sys.exit(3)", "it raises SystemExit (3)"),
        ("raise KeyboardInterrupt", "it raises KeyboardInterrupt"),
        ("while True: pass", "it is not ready after 6 s"),
        ("raise ValueError('\\x1b[31mred')", "\\x1b[31mred"),
    ],
)
def test_a_library_that_ends_or_blocks_python_is_told_as_broken(
    made_library: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    monkeypatch.setattr(loading, "LIMIT_S", 6.0)
    (made_library / "crackedlib.py").write_text(text)
    assert loading.faults(["crackedlib", "json"]) == {"crackedlib": why}
    if "while" not in text:
        monkeypatch.setattr(libraries, "extras", list)
        found = {check.name: check for check in everything(made_library)}
        assert (found["crackedlib"].status, found["crackedlib"].found) == ("missing", f"1.4 cannot be loaded: {why}")
        assert found["detector"].found == "not looked at before crackedlib can be loaded"


def test_a_library_of_the_command_line_that_raises_anything_is_one_escaped_sentence(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ValueError('\\x1b[31mbroken')\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        command(("devices",)), env={**ENVIRONMENT, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "(\\x1b[31mbroken)" in done.stderr
