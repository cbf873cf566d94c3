"""Files that a repository lists: a record of Zenodo served on loopback, loaded, kept, and misread by nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch.downloaders
import pytest

from dataset_server import Served, Server, made_dataset
from landing_lab.app.datasets.fetch import load
from landing_lab.app.datasets.plan import plan_for
from landing_lab.errors import DownloadError, ParameterError

DOI = "10.5281/zenodo.77"
ONE, TWO = b"force" * 30_000, b"pressure" * 100

Record = Callable[..., None]


@pytest.fixture
def zenodo(server: Server, monkeypatch: pytest.MonkeyPatch) -> Record:
    """Zenodo's interface on loopback: pooch asks it there, and resolves the DOI without doi.org."""
    monkeypatch.setattr(pooch.downloaders.ZenodoRepository, "base_api_url", server.address("/api/records"))
    monkeypatch.setattr(pooch.downloaders, "doi_to_url", lambda _doi, **_: "https://zenodo.org/records/77")

    def publish(files: dict[str, bytes], **changes: Any) -> None:
        rows = []
        for number, (name, data) in enumerate(files.items()):
            server.files[f"/files/{number}"] = Served(data)
            rows.append(
                {
                    "key": name, "size": len(data), "checksum": "md5:" + hashlib.md5(data).hexdigest(),
                    "links": {"self": server.address(f"/files/{number}")},
                } | changes
            )  # fmt: skip
        document = {"id": 77, "files": rows, "metadata": {"license": {"id": "cc-by-4.0"}}}
        server.files["/api/records/77"] = Served(json.dumps(document).encode())

    return publish


def test_a_record_is_asked_once_and_its_files_are_checked(server: Server, zenodo: Record, tmp_path: Path) -> None:
    zenodo({"one.txt": ONE, "two.txt": TWO})
    row = made_dataset(record=DOI)
    plan = plan_for(row, tmp_path)
    assert [(one.path, one.size_bytes) for one in plan.missing] == [("one.txt", len(ONE)), ("two.txt", len(TWO))]
    assert plan.record_licence == "cc-by-4.0"
    server.files["/files/0"].breaks = [3 << 14]
    load(plan)
    assert ((tmp_path / "one.txt").read_bytes(), (tmp_path / "two.txt").read_bytes()) == (ONE, TWO)
    about = json.loads((tmp_path / "about.json").read_text())
    assert (about["record_licence"], about["citation"], len(about["files"])) == ("cc-by-4.0", "Nobody 2026", 2)
    asked = len(server.asked)
    again = plan_for(row, tmp_path)
    assert (again.missing, load(again), len(server.asked)) == ((), tmp_path, asked)


def test_some_files_first_and_others_later(server: Server, zenodo: Record, tmp_path: Path) -> None:
    zenodo({"one.txt": ONE, "two.csv": TWO})
    row = made_dataset(record=DOI)
    load(plan_for(row, tmp_path, "*.csv"))
    assert not (tmp_path / "one.txt").exists()
    with pytest.raises(ParameterError, match=r"no file of set is like '\*.c3d'; there are one.txt, two.csv"):
        plan_for(row, tmp_path, "*.c3d")
    load(plan_for(row, tmp_path))
    assert (tmp_path / "one.txt").read_bytes() == ONE
    assert [path for path, _ in server.asked].count("/api/records/77") == 1, "the list of an earlier call is used"


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a/../../evil", "about\n.json", "..", "C:\\evil"])
def test_names_of_a_record_stay_in_the_folder(zenodo: Record, tmp_path: Path, name: str) -> None:
    zenodo({name: ONE})
    with pytest.raises(DownloadError, match="which is no name for a file inside this folder; nothing was written"):
        plan_for(made_dataset(record=DOI), tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


def test_names_that_differ_in_case_alone_are_refused(zenodo: Record, tmp_path: Path) -> None:
    zenodo({"A.txt": ONE, "a.txt": TWO})
    with pytest.raises(DownloadError, match="two files of set differ in upper and lower case alone"):
        plan_for(made_dataset(record=DOI), tmp_path)


def test_a_record_may_not_write_over_what_we_keep(zenodo: Record, tmp_path: Path) -> None:
    for name in ("about.json", "ABOUT.json", ".fetching", "x.part", "x.part.json"):
        zenodo({name: ONE})
        with pytest.raises(DownloadError, match="a name that landing-lab uses itself"):
            plan_for(made_dataset(record=DOI), tmp_path / "s")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b'{"status": 404, "message": "gone"}', "answers with something that is no list of files"),
        (b'{"files": []}', "answers with something that is no list of files"),
        (b'{"files": [{"key": "a", "checksum": "crc:1", "size": 1, "links": {"self": "https://a.b/c"}}]}', "no list"),
        (b'{"files": [{"key": "a", "checksum": "md5:1"}]}', "no list of files"),
        (b"<html>", "could not be had|no list of files"),
    ],
)
def test_a_record_that_cannot_be_read_is_one_sentence(
    server: Server, zenodo: Record, tmp_path: Path, answer: bytes, words: str
) -> None:
    zenodo({"one.txt": ONE})
    server.files["/api/records/77"] = Served(answer)
    with pytest.raises(DownloadError, match=words):
        plan_for(made_dataset(record=DOI), tmp_path)


def test_an_address_in_a_record_must_be_https(zenodo: Record, tmp_path: Path) -> None:
    zenodo({"one.txt": ONE}, links={"self": "ftp://zenodo.org/one"})
    with pytest.raises(DownloadError, match="no https address"):
        plan_for(made_dataset(record=DOI), tmp_path)


def test_a_record_out_of_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(
        DownloadError, match=r"the list of files of doi:10.5281/zenodo.77 could not be had \(proxy trou"
    ):
        plan_for(made_dataset(record=DOI), tmp_path)


def test_sizes_of_other_repositories() -> None:
    from landing_lab.app.datasets.records import _sizes

    class Dataverse:
        def json(self) -> dict[str, Any]:
            return {"data": {"latestVersion": {"files": [{"dataFile": {"filename": "a", "filesize": 5}}]}}}

    assert _sizes([{"name": "a", "size": 3}, {"name": "b"}]) == {"a": 3}
    assert _sizes(Dataverse()) == {"a": 5}
