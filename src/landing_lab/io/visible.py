"""Shows what a file says without obeying it: the one place where content of files becomes part of a sentence."""

from __future__ import annotations

import unicodedata
from typing import Final

_NAME_LENGTH: Final = 80
_SNIPPET_LENGTH: Final = 60
_PATH_LENGTH: Final = 300


def visible(text: str) -> str:
    """Text in which every character that a terminal obeys or hides (ESC, NUL, line ends, bidi marks) is escaped."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or unicodedata.category(char) == "Zs" else repr(char)[1:-1] for char in text
    )


def quoted_name(text: str) -> str:
    """A name of a column, unit, stream or file as it is shown and asked for: one short line."""
    return _short(text, _NAME_LENGTH)


def quoted_path(path: str) -> str:
    """A path as it is shown: its end, where it is long."""
    return visible(path) if len(path) <= _PATH_LENGTH else "..." + visible(path[-_PATH_LENGTH:])


def snippet(text: str) -> str:
    """The beginning of some content of a file, for a message."""
    return _short(text, _SNIPPET_LENGTH)


def _short(text: str, length: int) -> str:
    """At most `length` visible characters; "..." stands for the rest."""
    shown = visible(text[: length + 1])
    return shown if len(shown) <= length else shown[: length - 3] + "..."
