"""The example study where it belongs: made once per version, and older versions taken out of the cache."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from landing_lab.app.datasets.places import datasets_folder
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_tables import DESCRIPTION_FILE

NAME: Final = "example"
_STUDY: Final = "landing-lab example study"
"""How the name in the study's own description begins, which no folder of a laboratory has."""
_PATIENCE_S: Final = 3600.0
"""How long to wait for another program that makes the example study, which takes about a minute on two cores."""


def make_example(folder: Path) -> Path:
    """The simulated example study in a folder; where it is already, nothing is done.

    Raises ParameterError where the folder holds something else. Who comes while another program makes it waits.
    """
    from landing_lab.app.datasets.example.make import example_dataset

    if _is_made(folder):
        return folder
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder.absolute().with_name(f".{folder.name}.making"), what="the example study")
    if lock.holder() is not None:
        print("another program makes the example study just now; waiting for it ...", file=sys.stderr, flush=True)
    with lock.take(patience_s=_PATIENCE_S):
        if _is_made(folder):
            return folder
        made = example_dataset(folder)
        if folder.absolute().parent == datasets_folder() / NAME:
            _mark(made)
            _remove_others(made)
        return made


def _is_made(folder: Path) -> bool:
    """Whether the study is there; it is put in place whole, so its description speaks for all of it."""
    try:
        about = json.loads((folder / DESCRIPTION_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and str(about.get("Name", "")).startswith(_STUDY)


def _mark(folder: Path) -> None:
    """Note beside the folder that it was made here, and what was in it then."""
    with suppress(OSError):  # without the mark it stays for ever, which harms nobody
        _mark_of(folder).write_text(_listing(folder), encoding="utf-8")


def _mark_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.made")


def _listing(folder: Path) -> str:
    """A hash of names and sizes of all that lies in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{path.relative_to(folder).as_posix()} {path.stat().st_size}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _remove_others(folder: Path) -> None:
    """Take other versions out of the cache: those marked as made here, where nobody has changed or added anything."""
    for other in sorted(folder.parent.iterdir()):
        mark = _mark_of(other)
        if other.name == folder.name or not other.is_dir() or not mark.is_file():
            continue
        with suppress(OSError):  # somebody reads it on Windows, or may do more than we: it stays
            if mark.read_text(encoding="utf-8") == _listing(other):
                gone = other.with_name(f".{other.name}-{secrets.token_hex(4)}.old")
                other.rename(gone)  # so that no half of it is ever taken for the study
                mark.unlink()
                shutil.rmtree(gone)
