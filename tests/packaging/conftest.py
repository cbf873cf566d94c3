"""One build for all tests here, and the environments of all versions made side by side."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from built_packages import ROOT, Built, built
from fresh_environments import VERSIONS, Fresh, interpreter, journey
from reference import absent

_DONE: list[Fresh] = []


@pytest.fixture(scope="session")
def package() -> Built:
    """Wheel and sdist of this tree, in dist/: what was tested is what can be uploaded."""
    out = ROOT / "dist"
    for old in out.glob("landing_lab-*"):
        old.unlink()
    return built(ROOT, out)


@pytest.fixture(scope="session")
def journeys(package: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Fresh]]]:
    """The journey of every version whose Python is here, all at once (they mostly wait for downloads and disks)."""
    folder: Path = tmp_path_factory.mktemp("fresh")
    with ThreadPoolExecutor(len(VERSIONS)) as pool:
        here = [version for version in VERSIONS if interpreter(version) is not None]
        running = {version: pool.submit(journey, version, folder / version, package) for version in here}
        yield running
        _DONE.extend(one.result() for one in running.values() if one.exception() is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long each step took: all of it happens before the first test reads it, where no list of durations looks."""
    for here in _DONE:
        steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in here.seconds.items())
        terminalreporter.write_line(f"Python {here.version}: {steps}")


@pytest.fixture(params=VERSIONS)
def environment(request: pytest.FixtureRequest, journeys: dict[str, Future[Fresh]]) -> Fresh:
    """A fresh environment after its journey."""
    if request.param not in journeys:
        absent(f"no Python {request.param} here (pyenv install {request.param})")
    return journeys[request.param].result()
