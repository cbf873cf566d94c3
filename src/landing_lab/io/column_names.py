"""Finds the column a person means: by name, by name in other case, or by number."""

from __future__ import annotations

import difflib

from landing_lab.errors import ParameterError
from landing_lab.io.force_table import ForceTable, plain_name
from landing_lab.io.visible import quoted_name

_LISTED = 40


def list_columns(table: ForceTable) -> str:
    """The columns of a table in words, with their numbers."""
    shown = [f"{number} {name}" if table.named else name for number, name in enumerate(table.names[:_LISTED], start=1)]
    more = len(table.names) - _LISTED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def resolve_column(table: ForceTable, wanted: str | int, option: str, file_name: str) -> int:
    """Index of the column called `wanted`: exact name, name in other case or without unit, or 1-based number.

    Raises ParameterError, listing the columns, where none or several answer to it.
    """
    text = quoted_name(str(wanted).strip())  # as the columns are named in messages and lists
    if text in table.names:
        return table.names.index(text)
    for spelling in (str.lower, plain_name):
        found = [index for index, name in enumerate(table.names) if spelling(name) == spelling(text)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    if text.isascii() and text.isdigit() and 1 <= int(text) <= len(table.names):
        return int(text) - 1
    near = difflib.get_close_matches(text.lower(), [name.lower() for name in table.names], n=1)
    guess = f'; did you mean "{next(name for name in table.names if name.lower() == near[0])}"?' if near else ""
    raise ParameterError(
        f'{file_name} has no column "{text}" for {option}{guess} It holds: {list_columns(table)}; '
        f"give a name or a number from that list"
        if near
        else f'{file_name} has no column "{text}" for {option}; it holds: {list_columns(table)}; '
        f"give a name or a number from that list",
        column=text,
        columns=table.names,
    )
