"""The report in a real browser: it draws, asks for nothing, complains about nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import landing_lab as ll
from chromium import chromium_path
from report.made_pressure import pressed_trial

# Without the last flags Chromium looks for its maker's servers at every start.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def browse(page: Path, profile: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [chromium_path(), *FLAGS, "--enable-logging=stderr", f"--user-data-dir={profile}", *words, page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chromium_path()
    folder = tmp_path_factory.mktemp("report")
    trials = [ll.simulate_drop_jump(seed=seed) for seed in (1, 2)]
    results = [*(ll.analyse(trial.recording).first for trial in trials), pressed_trial()]
    return ll.report(results, folder)["report.html"]


def test_page_is_drawn_whole(page: Path, tmp_path: Path) -> None:
    shot = tmp_path / "page.png"
    done = browse(page, tmp_path / "profile", f"--screenshot={shot}", "--window-size=1100,2400")
    assert shot.stat().st_size > 50_000
    assert "CONSOLE" not in done.stderr, done.stderr
    from matplotlib.image import imread

    pixels = imread(shot)
    assert pixels.shape[:2] == (2400, 1100)
    assert pixels[:, :, :3].std() > 0.05, "a blank page"


def test_browser_s_page_holds_metrics_and_pictures(page: Path, tmp_path: Path) -> None:
    document = browse(page, tmp_path / "profile", "--dump-dom").stdout
    assert document.count("contact time") >= 2
    assert document.count("data:image/svg+xml") == 3
    assert document.count("data:image/png") == 4
