"""Small files that a person may have put there: read whole, or refused before they can do harm."""

from __future__ import annotations

from pathlib import Path

from landing_lab.errors import FileFormatError
from landing_lab.io.path import check_path
from landing_lab.io.visible import quoted_path


def read_small(path: Path, *, most_bytes: int) -> bytes:
    """The content of a regular file.

    Raises FileFormatError where there is none (a folder, a pipe and a device, which may never end, are none), it
    cannot be read, or has more than most_bytes.
    """
    file = check_path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise FileFormatError(
            f"{quoted_path(str(path))} cannot be read: {error.strerror or error}; check the folder and the permissions",
            path=path,
        ) from error
    if len(content) > most_bytes:
        raise FileFormatError(
            f"{quoted_path(str(path))} is larger than {most_bytes // 1_000_000} MB, so it is something else; name "
            f"another file",
            path=path,
        )
    return content
