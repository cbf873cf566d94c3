"""Sets served on loopback take the place of the registry; nothing waits between tries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dataset_server import Server, serving
from landing_lab.app.datasets import download, registry, run
from landing_lab.app.datasets.dataset import Dataset


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "WAITS_S", [0.0, 0.0, 0.0, 0.0])
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        yield running


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Makes these rows the whole registry, and a folder of this test the cache."""
    monkeypatch.setenv("LANDING_LAB_DATA", str(tmp_path / "cache"))

    def register(*rows: Dataset) -> None:
        by_name = {row.name: row for row in rows}
        monkeypatch.setattr(registry, "registry", lambda: by_name)
        monkeypatch.setattr(run, "registry", lambda: by_name)

    return register


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """What `landing-lab datasets WORDS` gives: exit code, output, the sentence on stderr."""
    from landing_lab.app.cli import app
    from landing_lab.app.failures import failed

    def run_words(*words: str | Path) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["datasets", *map(str, words)], standalone_mode=False)
        code = done.return_value if isinstance(done.return_value, int) else 0
        if done.exception is not None:
            capsys.readouterr()
            assert isinstance(done.exception, Exception)
            code = failed(done.exception)
            said = capsys.readouterr().err
            assert "should not happen" not in said, done.exception
            assert len(said.strip().splitlines()) == 1
            return code, done.stdout, said
        return code, done.stdout, done.stderr

    return run_words
