"""The registry that ships: complete, honest about what was checked, and every command line in it works."""

from __future__ import annotations

import hashlib
import shlex

import pytest
from typer.testing import CliRunner

import landing_lab as ll
from landing_lab.app.datasets.dataset import Dataset
from landing_lab.app.datasets.registry import DOI, dataset, read_registry, registry
from landing_lab.errors import FileFormatError, ParameterError
from reference import require_reference_data

ROWS = tuple(registry().values())
DEMANDED = {
    "example", "wang-2023", "gtech-2023", "opencap-validation", "forcebody", "stepup-p150", "vertical-jumps",
    "opencap-trials", "acl-squat-jump", "jump-metrics", "bmc-jumps", "plateforce-jumps", "moticon-opengo",
    "pedar-pressure", "loadsol", "fscan-walk",
}  # fmt: skip
OURS = {
    "vertical-jumps": "force/gidiel", "acl-squat-jump": "force/acl_squat_jump", "jump-metrics": "force/jumpmetrics",
    "bmc-jumps": "force/bmc", "plateforce-jumps": "force/plateforce", "opencap-trials": "force/opencap",
    "moticon-opengo": "pressure/moticon", "pedar-pressure": "pressure/pedar", "loadsol": "pressure/loadsol",
    "fscan-walk": "pressure/fscan",
}  # fmt: skip
CLEANED = {"subject5/DJ1_forces.mot", "subject5/DJ1.trc", "FrasP01L.asf"}
"""Files from whose copies here somebody's folder names were removed."""


def test_all_that_were_asked_for_are_there() -> None:
    assert {row.name for row in ROWS} == DEMANDED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_complete(row: Dataset) -> None:
    assert not row.doi or DOI.fullmatch(row.doi)
    assert row.tried == "", "no download was made by us so far; write its date when one was"
    assert row.checked in ("bytes", "page")
    assert row.access in ("made", "open") or "{folder}" in " ".join(row.by_hand)
    for file in row.files:
        commit = file.address.removeprefix("https://raw.githubusercontent.com/").split("/")[2]
        assert len(commit) == 40, "an address names a commit, so that its bytes cannot change"
        assert "/".join(file.address.split("/")[3:5]) in row.page
    assert not row.files or {"LICENSE", "LICENSE.md"} & {file.path for file in row.files}, "licences ask to be copied"


@pytest.mark.parametrize("row", [row for row in ROWS if row.commands], ids=lambda row: row.name)
def test_every_command_line_is_one(row: Dataset) -> None:
    import typer

    from landing_lab.app.cli import app

    for line in row.commands:
        program, *words = shlex.split(line)
        assert program == "landing-lab"
        command = typer.main.get_command(app)
        context = command.make_context("landing-lab", words[:1], resilient_parsing=True)
        chosen = command.get_command(context, words[0])  # type: ignore[attr-defined]
        assert chosen is not None, line
        parsed = chosen.make_context(words[0], words[1:])  # raises for an unknown option
        for path in parsed.params.get("files") or []:
            assert row.access != "open" or str(path) in {file.path for file in row.files}, line


@pytest.mark.parametrize("name", OURS)
def test_checksums_are_those_of_our_copies_and_the_commands_work(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from landing_lab.app.cli import app

    folder = require_reference_data() / OURS[name]
    row = registry()[name]
    for file in row.files:
        own = folder / file.path.replace("LICENSE.md", "LICENSE")
        own = folder / "LICENSE.txt" if not own.exists() and file.path == "LICENSE" else own
        if file.path in CLEANED or not own.exists():
            continue
        assert hashlib.sha256(own.read_bytes()).hexdigest() == file.sha256, file.path
    line = next(line for line in row.commands if " analyse " in line)
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, shlex.split(line)[1:], standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 0)
    assert "±" in done.stdout or "trial refused" in done.stdout


def test_enough_of_the_checksums_were_compared() -> None:
    folder = require_reference_data()
    same = sum((folder / OURS[row.name] / file.path).exists() for row in ROWS if row.name in OURS for file in row.files)
    assert same >= 30


def test_the_table_in_python() -> None:
    table = ll.datasets()
    assert table["name"].tolist() == [row.name for row in ROWS]
    jumps = table.set_index("name").loc["vertical-jumps"]
    assert jumps["size_bytes"] == 158542
    assert table.set_index("name")["size_bytes"].isna()["wang-2023"]
    assert jumps["licence"].startswith("MIT")
    with pytest.raises(ParameterError, match="there is no dataset 'wang'; near it are wang-2023; see landing-lab"):
        dataset("wang")
    with pytest.raises(ParameterError, match="there is no dataset '7'; there are example"):
        ll.fetch_dataset(7)  # type: ignore[arg-type]


GOOD = """
[[dataset]]
name = "a-set"
version = "1"
title = "t"
holds = "h"
sensors = ["s"]
tasks = ["t"]
rates = "r"
people = "p"
licence = "l"
licence_short = "l"
citation = "c"
reads = "r"
access = "open"
checked = "bytes"
page = "https://a.b"
[[dataset.files]]
path = "a/b.txt"
address = "https://a.b/b.txt"
size_bytes = 3
sha256 = "SUM"
""".replace("SUM", "0" * 64)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "a-set"', 'name = "A set"', "its name is not lower-case"),
        ('holds = "h"', 'holds = ""', "its holds is empty"),
        ('holds = "h"', "", "holds is absent"), ('access = "open"', 'access = "free"', "access is not one of"),
        ('access = "open"', 'access = "account"', "what is open has files or a record"),
        ('"https://a.b"', '"http://a.b"', "it has no page"),
        ('path = "a/b.txt"', 'path = "../b.txt"', "leaves its folder"),
        ('"https://a.b/b.txt"', '"http://a.b/b.txt"', "has no https address"), ("0000", "000", "no whole checksum"),
        ('checked = "bytes"', 'checked = "page"', "none is named"),
        ('checked = "bytes"', 'checked = "memory"', "doubtful"),
        ('page = "https://a.b"', 'page = "https://a.b"\ndoi = "zenodo"', "its DOI is none"),
        ('page = "https://a.b"', 'page = "https://a.b"\nrecord = "10.5281/zenodo.1"', "both files and a record"),
        ('page = "https://a.b"', 'page = "https://a.b"\ntried = "yesterday"', "not YYYY-MM-DD"),
        ("[[dataset]]", "[[datasets]]", "knows .*dataset.* only"), ("version = ", "version : ", "is not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_by_name(old: str, new: str, words: str) -> None:
    assert list(read_registry(GOOD)) == ["a-set"]
    with pytest.raises(FileFormatError, match=words):
        read_registry(GOOD.replace(old, new, 1))


def test_a_row_that_stands_twice_is_refused() -> None:
    with pytest.raises(FileFormatError, match="'a-set' of the registry: it stands there 2 times"):
        read_registry(GOOD + GOOD)
