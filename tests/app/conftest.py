"""A dataset to be reviewed, and its review, for the tests of the lab page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from landing_lab.app.web.review import Review
from reviewed_dataset import make_reviewed, review_of


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; whoever changes it takes reviewed_copy."""
    return make_reviewed(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def review(reviewed: Path) -> Review:
    return review_of(reviewed)[0]


@pytest.fixture
def reviewed_copy(reviewed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(reviewed, tmp_path / "study"))
