"""Tables of a terminal of which nothing is cut off: where numbers have no room, the lines become longer instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def print_whole(console: Console, table: Table) -> None:
    """Print a table; columns that do not wrap keep every character, texts get what is left."""
    from rich.console import Console as Wider
    from rich.text import Text

    for column in table.columns:
        if column.no_wrap:
            texts = [cell.plain if isinstance(cell, Text) else str(cell) for cell in (column.header, *column.cells)]
            column.min_width = max(len(line) for text in texts for line in text.splitlines() or [""])
    needed = table.__rich_measure__(console, console.options).minimum
    if needed > console.width:
        console = Wider(file=console.file, width=needed)
    console.print(table)
