"""Parquet: recordings of landing-lab with everything known of them, and tables of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError
from landing_lab.io import recording_document as document
from landing_lab.io.force_table import ForceTable, is_counter_name, is_time_name, unique_names, unit_of
from landing_lab.io.parquet_file import MAGIC, ParquetHeader, parquet_bytes, read_columns, read_header, read_numbers
from landing_lab.io.registry import Format
from landing_lab.io.stream_columns import TIME_COLUMN, column_names, stream_of
from landing_lab.io.visible import quoted_name
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

_INDEX_PREFIX: Final = "__index_level_"
"""How pandas names an index without a name."""
_LISTED: Final = 10


def recognises(head: bytes) -> bool:
    """Whether the file begins as every Parquet file does."""
    return head.startswith(MAGIC)


def read_parquet(path: Path) -> Recording | ForceTable:
    """The recording as it was exported, or the columns of numbers of another program's table.

    Raises FileFormatError where the file is damaged, holds no numbers, or its numbers are not those it was
    written with.
    """
    header = read_header(path)
    # looked for by its value: a damaged key must not turn a recording into a table without a checksum
    ours = (text for key, text in header.metadata.items() if key == document.KEY or document.FAMILY in text[:80])
    text = next(ours, None)
    return _table(path, header) if text is None else _recording(path, header, text)


def encode(recording: Recording, stream: str, _trials: Sequence[TrialResult]) -> bytes:
    """One stream as Parquet: time_s and a column per channel as float64, all else in the metadata."""
    chosen = stream_of(recording, stream)
    names = column_names(chosen.layout)
    columns = {TIME_COLUMN: chosen.times_s, **dict(zip(names, chosen.samples.T.copy(), strict=True))}
    return parquet_bytes(columns, {document.KEY: document.document_of(recording, stream, names)})


def _recording(path: Path, header: ParquetHeader, text: str) -> Recording:
    schema = document.schema_of(text)
    if schema != document.SCHEMA:
        raise FileFormatError(_not_a_recording(path, schema), path=path)
    try:
        values = read_columns(path, header, [TIME_COLUMN, *document.columns_of(text)])
        recording = document.recording_of(text, values[:, 0].copy(), values[:, 1:].copy())
    except ArithmeticError as error:
        raise FileFormatError(
            f"{path.name} is not what landing-lab wrote: its checksum does not match, so the file is damaged or "
            f"another program changed it; export the recording again",
            path=path,
        ) from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise FileFormatError(
            f'{path.name}: what it says of itself (metadata "{document.KEY}") is damaged; export the recording again',
            path=path,
        ) from error
    facts = {"source": path.name, **recording.provenance, "path": str(path)}
    return replace(recording, provenance=facts)


def _not_a_recording(path: Path, schema: str) -> str:
    """Why metadata of ours do not describe a recording."""
    if schema.startswith("landing-lab.metrics/"):
        return f"{path.name} is a table of metrics, not of force; choose the recording it was made from"
    if schema.startswith("landing-lab.recording/"):
        return (
            f"{path.name} was written by a newer landing-lab ({quoted_name(schema)}; this one knows "
            f"{document.SCHEMA}); update landing-lab: pip install --upgrade landing-lab"
        )
    return f'{path.name}: what it says of itself (metadata "{document.KEY}") is damaged; export the recording again'


def _table(path: Path, header: ParquetHeader) -> ForceTable:
    found, left_out, values, instants = read_numbers(path, header)
    if not found:
        held = ", ".join(quoted_name(name) for name in left_out[:_LISTED]) or "no columns"
        raise FileFormatError(
            f"{path.name} is a Parquet table without numbers (it holds: {held}); choose the table with the force",
            path=path,
        )
    names = unique_names(found)
    time = (index for index, name in enumerate(found) if index in instants or is_time_name(name))
    counters = (i for i, name in enumerate(found) if is_counter_name(name) or name.startswith(_INDEX_PREFIX))
    notes: tuple[str, ...] = ()
    if left_out:
        more = f" and {len(left_out) - _LISTED} more" if len(left_out) > _LISTED else ""
        listed = ", ".join(f'"{quoted_name(name)}"' for name in left_out[:_LISTED])
        notes = (f"Columns that hold no numbers were left out: {listed}{more}.",)
    return ForceTable(
        what="Parquet table",
        names=names,
        named=True,
        units=tuple("s" if index in instants else unit_of(name) for index, name in enumerate(found)),
        values=values,
        time_columns=tuple(time),
        counter_columns=tuple(counters),
        notes=notes,
    )


FORMAT = Format(
    name="Parquet table", recognises=recognises, read=read_parquet, order=5, suffix=".parquet", encode=encode
)
