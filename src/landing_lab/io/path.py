"""Checks that a path leads to a file, and says what it leads to where it does not."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.visible import quoted_path, snippet


def check_path(path: object) -> Path:
    """The path of an existing file. Raises ParameterError where it is no path, FileFormatError where no file is."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text.strip():
        raise ParameterError(
            f"a file is read from a path, a text that is not empty; got {snippet(repr(path))}; give the name of a file"
        )
    file = Path(text)
    shown = quoted_path(text)
    try:
        file.stat()
    except (OSError, ValueError) as error:
        raise FileFormatError(_why_not(file, shown, error), path=file) from error
    if file.is_dir():
        raise FileFormatError(f"{shown} is a folder, not a file; choose a recording in it", path=file)
    if not file.is_file():
        raise FileFormatError(
            f"{shown} is a device or a pipe, not a file; save the recording to a file first", path=file
        )
    return file


def _why_not(file: Path, shown: str, error: OSError | ValueError) -> str:
    """Why a path leads to no file, and what to do."""
    if not isinstance(error, OSError):  # a zero character, or half of a surrogate pair
        return f"{shown} is no name that a file can have; check the name and the folder"
    if error.errno == errno.ELOOP:
        return f"{shown} is a link that leads back to itself; give the name of the file it was meant for"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        if file.is_symlink():
            target = quoted_path(str(file.readlink()))
            return f"{shown} is a link to {target}, which does not exist; give the name of the file itself"
        return f"{shown} does not exist; check the name and the folder"
    return f"{shown} cannot be read: {error.strerror or error}; check the name and the permissions"
