"""Wheel and sdist as `python -m build` makes them, and what a checkout says should be in them."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from reference import absent

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Built:
    """What one build left behind, and what it said."""

    wheel: Path
    sdist: Path
    said: str


def build(tree: Path, out: Path, *only: str) -> str:
    """Run `python -m build` on a tree; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "build", *only, "--outdir", str(out), str(tree)],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


def built(tree: Path, out: Path) -> Built:
    """The sdist of a tree, and the wheel made from that sdist."""
    said = build(tree, out)
    (wheel,), (sdist,) = out.glob("landing_lab-*.whl"), out.glob("landing_lab-*.tar.gz")
    return Built(wheel, sdist, said)


def tracked_files() -> list[str]:
    """Files of this checkout that git keeps, or would keep once added."""
    if not (ROOT / ".git").exists():
        absent("this is no git checkout, so nobody can say which files belong to it")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file())


def of_sdist(sdist: Path) -> dict[str, bytes]:
    """Path in the sdist, without its first folder, to content."""
    with tarfile.open(sdist) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {m.name.partition("/")[2]: archive.extractfile(m).read() for m in members}  # type: ignore[union-attr]


def of_wheel(wheel: Path) -> dict[str, bytes]:
    """Path in the wheel to content."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
