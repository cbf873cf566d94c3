"""`make lab`: the notebooks in JupyterLab, with a kernel of this Python, from an empty home folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TOKEN = "for-this-test-only"
SOURCES = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("[0-9][0-9]_*.py"))


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def fetch(url: str) -> bytes:
    asked = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return bytes(answer.read())


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A running JupyterLab: its address, and the folder it shows, where one notebook is somebody's own."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / f"{SOURCES[0]}.ipynb").write_text('{"mine": true}', encoding="utf-8")
    (tmp_path / "home").mkdir()
    port = free_port()
    command = [sys.executable, "notebooks/run.py", "lab", "--folder", str(folder), "--no-browser"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(
        command, cwd=REPOSITORY, env={**os.environ, "HOME": str(tmp_path / "home")}, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            try:
                fetch(f"{address}/api/status")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield address, folder
    finally:
        server.terminate()
        server.wait(30)
        log.close()


@pytest.mark.slow
def test_jupyterlab_serves_the_notebooks(lab: tuple[str, Path]) -> None:
    address, folder = lab
    shown = {item["name"] for item in json.loads(fetch(f"{address}/api/contents"))["content"]}
    assert shown == {f"{name}.ipynb" for name in SOURCES}
    for name in SOURCES[1:]:
        notebook = json.loads(fetch(f"{address}/api/contents/{name}.ipynb"))["content"]
        assert notebook["cells"][0]["source"].startswith("# ")
    assert b"jupyter-config-data" in fetch(f"{address}/lab/tree/{SOURCES[0]}.ipynb")
    assert (folder / f"{SOURCES[0]}.ipynb").read_text(encoding="utf-8") == '{"mine": true}'  # never written over
    kernels = json.loads(fetch(f"{address}/api/kernelspecs"))
    assert kernels["kernelspecs"]["python3"]["spec"]["argv"][0] == sys.executable
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=10)
