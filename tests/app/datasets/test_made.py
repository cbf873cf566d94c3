"""The example study: made once per version, into the cache or a folder; older versions are taken out of the cache."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import landing_lab as ll
from landing_lab.app.datasets import places
from landing_lab.app.datasets.registry import registry

Known = Callable[..., None]
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made(known: Known, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders in which a study was made: a quick one takes the place of the real one, and the registry has it alone."""
    folders: list[Path] = []

    def example_dataset(folder: Path, *, jobs: int | None = None) -> Path:
        folders.append(folder)
        folder.mkdir(parents=True)
        (folder / "dataset_description.json").write_text('{"Name": "landing-lab example study (simulated)"}')
        return folder

    monkeypatch.setattr("landing_lab.app.datasets.example.make.example_dataset", example_dataset)
    known(registry()["example"])
    return folders


def of_version(version: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The study of a version in the cache."""
    monkeypatch.setattr(places, "_made_version", lambda: version)
    return ll.fetch_dataset("example")


def test_the_example_is_made_once(
    made: list[Path], typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = ll.fetch_dataset("example")
    assert first.parent == tmp_path / "cache" / "example"
    assert first.name.startswith(ll.__version__)
    assert ll.fetch_dataset("example") == first
    assert made == [first]
    code, said, _ = typed("fetch", "example", "--out", tmp_path / "own")
    assert (code, made) == (0, [first, tmp_path / "own"])
    assert f"example is in {tmp_path / 'own'}" in said.replace("\n", "")
    assert typed("fetch", "example", "--only", "*.txt")[0] == 2
    own_study = tmp_path / "study"
    own_study.mkdir()
    (own_study / "dataset_description.json").write_text('{"Name": "our jumps"}')
    with pytest.raises(FileExistsError):  # the real one refuses a folder that holds something; it is not taken for it
        ll.fetch_dataset("example", own_study)


def test_every_edit_of_the_package_is_another_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "landing_lab"
    shutil.copytree(Path(ll.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(places.landing_lab, "__file__", str(package / "__init__.py"))
    version = places._made_version.__wrapped__
    versions = [version(), version()]
    for edited in ("sim/fsr.py", "app/datasets/example/dictionary.md"):
        with (package / edited).open("a", encoding="utf-8") as file:
            file.write("\n")
        versions.append(version())
    assert versions[0] == versions[1] == places._made_version()
    assert len(set(versions)) == 3


@pytest.mark.usefixtures("made")
def test_other_versions_go_unless_somebody_put_something_there(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_in = of_version("1-a", monkeypatch)
    (worked_in / "thesis.txt").write_text("years of work")
    untouched = of_version("1-b", monkeypatch)
    mine = untouched.parent / "mine"
    shutil.copytree(untouched, mine)  # looks like a study, but was not made here
    newest = of_version("1-c", monkeypatch)
    assert {path.name for path in newest.parent.iterdir()} == {"1-a", ".1-a.made", "1-c", ".1-c.made", "mine"}
    assert (worked_in / "thesis.txt").read_text() == "years of work"


@pytest.mark.usefixtures("made")
def test_a_folder_outside_the_cache_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version in ("1-a", "1-b"):
        monkeypatch.setattr(places, "_made_version", lambda version=version: version)
        ll.fetch_dataset("example", tmp_path / "own" / version)
    assert {path.name for path in (tmp_path / "own").iterdir()} == {"1-a", "1-b"}
