"""Archives, unpacked without trust: no path leaves the folder, no links, no more than was announced or fits."""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from landing_lab.app.datasets.addresses import safe_path
from landing_lab.errors import DownloadError
from landing_lab.io.visible import quoted_name

ENDINGS: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_MOST_FILES: Final = 200_000
_LEAST_LIMIT: Final = 1 << 30
_MOST_TIMES: Final = 40
"""Text of sensors packs to a tenth; an archive that grows forty times beyond 1 GB is no recording."""
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    size_bytes: int
    stream: IO[bytes]


def folder_of(archive: Path) -> Path | None:
    """Where an archive is unpacked to, its name without the ending; None where it is no archive that we unpack."""
    ending = next((one for one in sorted(ENDINGS, key=len, reverse=True) if archive.name.lower().endswith(one)), None)
    return archive.with_name(archive.name[: -len(ending)]) if ending and len(archive.name) > len(ending) else None


def unpack(archive: Path, into: Path, *, limit_bytes: int | None = None) -> None:
    """Unpack a zip or tar file to a folder that is there whole or not at all.

    Raises DownloadError for a member that would leave the folder, for links and devices, for more than limit_bytes
    (by default forty times the archive, at least 1 GB, and what the disk has), and for a damaged archive.
    """
    limit = limit_bytes if limit_bytes is not None else max(_LEAST_LIMIT, _MOST_TIMES * archive.stat().st_size)
    limit = min(limit, shutil.disk_usage(archive.parent).free)
    unfinished = into.with_name(f".{into.name}.unpacking")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        _write_all(archive, unfinished, limit)
        unfinished.replace(into)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise DownloadError(
            f"{archive.name} cannot be unpacked ({quoted_name(str(error))}); it is kept: unpack it with another program"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_all(archive: Path, into: Path, limit: int) -> None:
    left, seen = limit, set()
    into.mkdir(parents=True)
    for number, member in enumerate(_members(archive)):
        path = safe_path(member.name)
        if path in seen:
            raise _refused(archive, f"holds '{quoted_name(member.name)}' twice")
        if number >= _MOST_FILES or member.size_bytes > left:
            raise _too_much(archive, member.name, limit)
        seen.add(path)
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with member.stream as source, target.open("xb") as stream:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _too_much(archive, member.name, limit)
                stream.write(chunk)


def _members(archive: Path) -> Iterator[_Member]:
    """Files of an archive in their order. Raises DownloadError for anything that is neither file nor folder."""
    if archive.name.lower().endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            for entry in packed.infolist():
                if stat.S_ISLNK(entry.external_attr >> 16):
                    raise _refused(archive, f"holds a link, '{quoted_name(entry.filename)}'")
                if not entry.is_dir():
                    yield _Member(entry.filename, entry.file_size, packed.open(entry))
        return
    with tarfile.open(archive, "r:*") as rolled:
        for item in rolled:
            if item.isdir():
                continue
            content = rolled.extractfile(item) if item.isreg() else None
            if content is None:
                raise _refused(archive, f"holds a link or device, '{quoted_name(item.name)}'")
            yield _Member(item.name.removeprefix("./"), item.size, content)


def _refused(archive: Path, what: str) -> DownloadError:
    return DownloadError(
        f"{archive.name} {what}; nothing was unpacked and the archive is kept: unpack it with a program you trust"
    )


def _too_much(archive: Path, name: str, limit: int) -> DownloadError:
    return _refused(
        archive,
        f"would unpack to more than {limit / 1e9:.1f} GB (at '{quoted_name(name)}'), which is suspicious or does "
        "not fit",
    )
