"""The Chromium of this machine, for tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reference import absent

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def chromium_path() -> str:
    """Where it lies; skips, or fails in CI, where there is none."""
    if CHROMIUM is None:
        absent("chromium is not installed; `sh .ci/debian-packages` as root installs it")
    return CHROMIUM


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a screen, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()
