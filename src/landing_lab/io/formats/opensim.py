"""OpenSim storage files (.mot, .sto) of every generation: a header, `endheader`, names, rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError
from landing_lab.io.force_table import ForceTable, is_time_name, unique_names, unit_of
from landing_lab.io.opensim_write import encode
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import Dialect, is_text, read_lines, sniff
from landing_lab.io.text_numbers import parse_numbers

_END = re.compile(r"^endheader[\s,;]*$", re.IGNORECASE | re.MULTILINE)
_ROWS = re.compile(r"^(?:nrows\s*=|datarows)\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_COLUMNS = re.compile(r"^(?:ncolumns\s*=|datacolumns)\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_FORCE_PARTS: Final = ("_vx", "_vy", "_vz")


def recognises(head: bytes) -> bool:
    """Whether the header ends with a line `endheader` (also after a round through a spreadsheet)."""
    return is_text(head) and _END.search(head.decode("latin-1").replace("\r", "\n")) is not None


def read_opensim(path: Path) -> ForceTable:
    """A storage file as its columns; forces of OpenSim are in newton with y up.

    Raises FileFormatError where names or rows are missing, or a line is not a row of numbers.
    """
    lines = read_lines(path)
    end = next(index for index, line in enumerate(lines) if _END.match(line))
    filled = [index for index in range(end + 1, len(lines)) if lines[index].strip(" \t,;")]
    dialect = sniff([lines[index] for index in filled[1:]]) if len(filled) > 1 else None
    if dialect is None:
        raise FileFormatError(
            f"{path.name} is an OpenSim file without rows of numbers: nothing but "
            f"{len(filled)} line(s) follow `endheader`; export it again",
            path=path,
        )
    fields = _names(path, lines[filled[0]], dialect)
    dialect = Dialect(dialect.separator, dialect.decimal, len(fields))
    names = unique_names(fields)
    values, numbers = parse_numbers(path, lines, filled[1], dialect, names)
    return ForceTable(
        what="OpenSim file",
        names=names,
        named=True,
        units=tuple(unit_of(name) or _implied_unit(name) for name in fields),
        values=values,
        time_columns=tuple(index for index, name in enumerate(fields) if is_time_name(name)),
        lines=numbers,
        notes=_disagreements("\n".join(lines[:end]), len(values), len(fields)),
    )


def _names(path: Path, line: str, dialect: Dialect) -> list[str]:
    """Column names from the line below `endheader`."""
    fields = dialect.split(line)
    while fields and not fields[-1]:
        fields.pop()
    # a tab at the end of each row is a column of nothing
    if len(fields) not in (dialect.n_columns, dialect.n_columns - 1) or all(map(dialect.is_number, fields)):
        raise FileFormatError(
            f"{path.name}: the line below `endheader` names {len(fields)} columns and the rows hold "
            f"{dialect.n_columns}; export the file again",
            path=path,
        )
    return fields


def _implied_unit(name: str) -> str | None:
    """OpenSim writes SI units: second for time, newton for forces."""
    lower = name.strip().lower()
    if lower == "time":
        return "s"
    return "N" if lower.endswith(_FORCE_PARTS) else None


def _disagreements(header: str, n_rows: int, n_columns: int) -> tuple[str, ...]:
    """Where the header announces other numbers of rows or columns than there are."""
    notes: list[str] = []
    for pattern, what, found in ((_ROWS, "rows", n_rows), (_COLUMNS, "columns", n_columns)):
        stated = pattern.search(header)
        if stated and int(stated.group(1)) != found:
            notes.append(f"The header announces {stated.group(1)} {what}, the file holds {found}: it may be cut short.")
    return tuple(notes)


FORMAT = Format(name="OpenSim file", recognises=recognises, read=read_opensim, order=20, suffix=".mot", encode=encode)
