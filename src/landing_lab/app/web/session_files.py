"""The files of a session that the page may give out: an allow-list of names, and never anything outside."""

from __future__ import annotations

import os
import re
import stat
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from landing_lab.errors import LandingLabError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import RAW, SessionFolder

NAMES: Final = re.compile(
    r"report\.html|report\.pdf|metrics\.csv|analysis\.json"
    r"|(?:trial|pressure|medial-shift|regions|butterfly)-[0-9]{2,3}\.png|landing-[0-9]{2,3}\.gif"
)
LABEL: Final = re.compile(r"[A-Za-z0-9]{1,40}")
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".gif": "image/gif",
}
LEADS_OUT: Final = (
    "the folder of this athlete, or one in it, is a link that leads out of the dataset, so nothing of it is given out; "
    "put the files themselves there"
)
BLOCK: Final = 256 * 1024
_FIRST_S: Final = 400_000_000.0
"""September 1982: archives know no time before 1980."""
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


class NotServedError(LandingLabError):
    """There is no such file, or none that the page may give out; it does not say which."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Served:
    """A file of a session, read whole."""

    content: bytes
    media_type: str
    download: str


def session_folder(dataset: Path, participant: str, session: str) -> SessionFolder:
    """The folder of a session of this dataset. Raises NotServedError where there is none, or it leads out of it."""
    if not LABEL.fullmatch(participant) or not LABEL.fullmatch(session):
        raise NotServedError("there is no such session")
    found = Dataset(dataset)
    try:
        known = found.sessions(participant)
    except LandingLabError as error:
        raise NotServedError(LEADS_OUT if _is_there(dataset, participant) else "there is no such session") from error
    folder = next((one for one in known if one.label == session), None)
    if folder is None or not _is_inside(dataset, folder.path):
        raise NotServedError("there is no such session")
    return folder


def session_file(dataset: Path, participant: str, session: str, name: str) -> Served:
    """One file of a session by its name. Raises NotServedError for anything that is not on the list."""
    if not NAMES.fullmatch(name):
        raise NotServedError("there is no such file")
    path = session_folder(dataset, participant, session).path / name
    content = _read(path)
    return Served(content, TYPES[path.suffix], f"sub-{participant}_ses-{session}_{name}")


def files_there(folder: SessionFolder) -> list[str]:
    """Names of the files that the page may give out, in order."""
    return sorted(path.name for path in folder.path.iterdir() if NAMES.fullmatch(path.name) and _is_plain(path))


def zipped(folder: SessionFolder, *, raw: bool) -> Iterator[bytes]:
    """The session as a ZIP archive, made while it is sent; raw: with the raw files, which are most of it."""
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _members(folder, raw=raw):
            name = f"sub-{folder.participant}/ses-{folder.label}/{path.relative_to(folder.path).as_posix()}"
            try:
                source = _open(path)
            except OSError:  # it went since the folder was listed
                continue
            with os.fdopen(source, "rb") as reading:
                info = zipfile.ZipInfo(name, time.localtime(max(os.fstat(source).st_mtime, _FIRST_S))[:6])
                info.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(info, "w", force_zip64=True) as member:
                    while block := reading.read(BLOCK):
                        member.write(block)
                        yield sink.taken()
            yield sink.taken()
    yield sink.taken()


def _members(folder: SessionFolder, *, raw: bool) -> list[Path]:
    """Plain files of a session, no links, no locks, nothing half-written."""
    found = []
    for place, folders, names in os.walk(folder.path, followlinks=False):
        here = Path(place)
        if here == folder.path and not raw and RAW in folders:
            folders.remove(RAW)
        folders.sort()
        found += [
            here / name
            for name in sorted(names)
            if not name.startswith(".") and not name.endswith((".lock", ".tmp")) and _is_plain(here / name)
        ]
    return found


class _Sink:
    """A place for an archive that is handed on piece by piece; it cannot be wound back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        """What came since the last time."""
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces


def _open(path: Path) -> int:
    """A descriptor of a plain file; a link put there in the meantime is not followed."""
    source = os.open(path, os.O_RDONLY | _NO_LINK | _BINARY)
    if not stat.S_ISREG(os.fstat(source).st_mode):
        os.close(source)
        raise OSError("no plain file")
    return source


def _read(path: Path) -> bytes:
    if path.is_symlink():
        raise NotServedError("there is no such file")
    try:
        with os.fdopen(_open(path), "rb") as reading:
            return reading.read()
    except OSError as error:
        raise NotServedError("there is no such file") from error


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _is_there(dataset: Path, participant: str) -> bool:
    return (dataset / f"sub-{participant}").is_dir()


def _is_inside(dataset: Path, folder: Path) -> bool:
    return folder.resolve().is_relative_to(dataset.resolve())
