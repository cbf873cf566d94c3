"""Plain values out of a file of ours that a person, or another program, may have changed."""

from __future__ import annotations

from typing import Final

from landing_lab.io.visible import visible

_MOST: Final = 999_999


def stored_whole(value: object) -> int:
    """A count, or a number of a run or trial. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError(f"{value!r} where a number of 0 to {_MOST} belongs")
    return value


def stored_text(value: object) -> str:
    """A text as it may be shown: the file may come from a stranger. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text belongs")
    return visible(value)
