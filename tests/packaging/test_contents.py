"""What wheel and sdist hold: everything they must, and nothing that merely lay about."""

from __future__ import annotations

import email
import shutil
import tomllib
from pathlib import Path, PurePosixPath

import pytest

import landing_lab
from built_packages import ROOT, Built, build, of_sdist, of_wheel, tracked_files

# What git keeps for itself is of no use to whoever has no git.
_FOR_GIT_ONLY = {".gitattributes"}
# What lies about in a checkout that somebody works in; an sdist made there must not notice.
_LYING_ABOUT = (
    "data/example/sub-P01/ses-01/force.parquet", "data/external/wang.zip", "build/docs/index.html", "dist/old.whl",
    ".venv/bin/python", "src/landing_lab/__pycache__/a.cpython-311.pyc", "notebooks/01.ipynb",
    "notebooks/.ipynb_checkpoints/01.ipynb", "landing-lab-data/participants.tsv", ".pytest_cache/x",
    "src/landing_lab/kernels/__pycache__/k.nbi", ".hypothesis/x", "tests/app/.DS_Store",
)  # fmt: skip


@pytest.fixture(scope="module")
def metadata(package: Built) -> email.message.Message:
    name = f"landing_lab-{landing_lab.__version__}.dist-info/METADATA"
    return email.message_from_string(of_wheel(package.wheel)[name].decode("utf-8"))


def test_the_build_warns_of_nothing(package: Built) -> None:
    assert [line for line in package.said.splitlines() if "warn" in line.lower() or "deprecat" in line.lower()] == []


def test_the_sdist_is_the_repository(package: Built) -> None:
    assert set(of_sdist(package.sdist)) == {*tracked_files(), "PKG-INFO"} - _FOR_GIT_ONLY


def test_the_wheel_is_the_two_packages_whole(package: Built) -> None:
    rooms = ("src/", "drivers/host/")
    expected = {name.removeprefix(room) for room in rooms for name in tracked_files() if name.startswith(room)}
    held = {name for name in of_wheel(package.wheel) if ".dist-info/" not in name}
    assert held == expected
    assert {PurePosixPath(name).suffix for name in held} >= {".py", ".toml", ".j2"}
    assert {"landing_lab/py.typed", "landing_lab_drivers/py.typed"} <= held


def test_what_lies_about_in_a_working_folder_is_not_packed(tmp_path: Path, package: Built) -> None:
    tree = tmp_path / "tree"
    for name in tracked_files():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    for name in _LYING_ABOUT:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(b"x")
    build(tree, tmp_path / "out", "--sdist", "--wheel")
    (wheel,), (sdist,) = (tmp_path / "out").glob("*.whl"), (tmp_path / "out").glob("*.tar.gz")
    assert set(of_sdist(sdist)) == set(of_sdist(package.sdist))
    # this wheel came straight from a tree, the other one by way of the sdist
    assert of_wheel(wheel) == of_wheel(package.wheel)


def test_an_index_can_show_the_metadata(metadata: email.message.Message) -> None:
    assert metadata["Name"] == "landing-lab"
    assert metadata["Version"] == landing_lab.__version__
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_payload() == (ROOT / "README.md").read_text("utf-8")


def test_the_promised_pythons_are_those_that_are_tested(metadata: email.message.Message) -> None:
    from fresh_environments import VERSIONS

    named = {line.rpartition(" ")[2] for line in metadata.get_all("Classifier", []) if "Python :: 3." in line}
    assert named == set(VERSIONS)
    assert metadata["Requires-Python"] == "<3.14,>=3.11"


def test_every_extra_reaches_the_metadata(metadata: email.message.Message) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(metadata.get_all("Provides-Extra", [])) == set(extras)
