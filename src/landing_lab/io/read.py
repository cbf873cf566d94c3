"""Reads a file of vertical force, whatever program wrote it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError, LandingLabError, ParameterError
from landing_lab.io.force_columns import LOADED_N, Choice, choose_columns, newtons
from landing_lab.io.force_table import ForceTable
from landing_lab.io.foreign import foreign_kind
from landing_lab.io.registry import Format, all_formats
from landing_lab.io.time_base import TimeBase, check_rate, time_base
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.recording import Clock, Recording, Sensor, Stream

_HEAD_BYTES: Final = 65536
_SMALL_N: Final = 30.0


def read(
    path: str | os.PathLike[str],
    *,
    left: str | int | None = None,
    right: str | int | None = None,
    total: str | int | None = None,
    sample_rate_hz: float | None = None,
) -> Recording:
    """A recording from a file; its format is recognised from its content.

    left, right, total: column of vertical force by name ("Fz", "Fz.1" for the second of that name) or by
    1-based number; found by convention where not given. sample_rate_hz: needed where the file has no time.
    The stream "force" holds newton, up positive, NaN = missing; provenance["notes"] says what was assumed.
    Raises FileFormatError or ParameterError with one sentence on what to do.
    """
    given_hz = check_rate(sample_rate_hz)
    wanted: dict[Side, str | int | None] = {"left": left, "right": right, "total": total}
    try:
        return _read(Path(path), wanted, given_hz)
    except LandingLabError:
        raise
    except OSError as error:
        raise FileFormatError(
            f"{path} cannot be read: {error.strerror or error}; check the name and the permissions", path=path
        ) from error
    except Exception as error:  # whatever a foreign file does to a parser, the person gets a sentence
        raise FileFormatError(
            f"{path} cannot be read: it is damaged, or not what it claims to be ({type(error).__name__}: {error}); "
            f"export it again",
            path=path,
        ) from error


def _read(file: Path, wanted: dict[Side, str | int | None], given_hz: float | None) -> Recording:
    content = _recognise(file).read(file)
    if isinstance(content, ForceTable):
        return _recording(file, content, wanted, given_hz)
    if given_hz is not None or any(name is not None for name in wanted.values()):
        raise ParameterError(
            f"{file.name} is a recording of devices that knows its sides and rates; "
            f"leave out --left, --right, --total and --rate-hz"
        )
    return content


def _recognise(file: Path) -> Format:
    """The format of a file. Raises FileFormatError where it is missing, empty, or nothing that holds force."""
    if file.is_dir():
        raise FileFormatError(f"{file} is a folder, not a file; choose a recording in it", path=file)
    if not file.exists():
        raise FileFormatError(f"{file} does not exist; check the name and the folder", path=file)
    if not file.is_file():
        raise FileFormatError(
            f"{file} is a device or a pipe, not a file; save the recording to a file first", path=file
        )
    with file.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        raise FileFormatError(f"{file.name} is empty (0 bytes); choose a file with a recording", path=file)
    if (foreign := foreign_kind(head)) is not None:
        raise FileFormatError(f"{file.name} is {foreign[0]}; {foreign[1]}", path=file)
    for entry in all_formats():
        if entry.recognises(head):
            return entry
    names = ", ".join(entry.name for entry in all_formats())
    raise FileFormatError(
        f"{file.name} holds binary data of an unknown kind (it begins with {head[:8].hex(' ')}); "
        f"known are: {names}; export the recording as one of them",
        path=file,
    )


def _recording(
    file: Path, table: ForceTable, wanted: dict[Side, str | int | None], given_hz: float | None
) -> Recording:
    """Choose columns and time base of a table, and say everything that was assumed."""
    choice = choose_columns(table, file.name, wanted)
    samples = np.column_stack([newtons(table, column, file.name) for column in choice.columns.values()])
    for name, column in zip(choice.columns.values(), samples.T, strict=True):
        if np.isnan(column).all():
            raise FileFormatError(f'{file.name}: column "{table.names[name]}" holds no numbers; choose another column')
    n_rows = int(np.flatnonzero(~np.isnan(samples).all(axis=1))[-1]) + 1
    if n_rows < 2:
        raise FileFormatError(
            f"{file.name} holds one row of force and a recording needs at least two; choose the file with all rows"
        )
    base = time_base(table, file.name, n_rows, _time_column(table, choice), given_hz)
    samples, sign_notes = _upwards(table, choice, _on_time_base(samples, base))
    notes = (*table.notes, *choice.notes, *_unit_notes(table, choice, samples), *base.notes, *sign_notes)
    if missing := int(np.isnan(samples).any(axis=1).sum()) - sum(gap.n_samples for gap in base.gaps):
        notes += (f"{missing} rows hold blanks: they were read as missing samples.",)
    channels = tuple(Channel(table.names[column], "force", "N", side) for side, column in choice.columns.items())
    stream = Stream(
        samples=samples,
        sample_rate_hz=base.sample_rate_hz,
        times_s=base.times_s,
        layout=ChannelLayout(channels),
        sensor=Sensor(kind="force_plate", description=f"force plate, {table.what}"),
        clock=Clock(source=base.clock),
        gaps=base.gaps,
    )
    provenance = {
        "source": file.name,
        "path": str(file),
        "format": table.what,
        "columns": {side: table.names[column] for side, column in choice.columns.items()},
        "notes": notes,
    }
    return Recording(streams={"force": stream}, provenance=provenance)


def _time_column(table: ForceTable, choice: Choice) -> int | None:
    """The column of time that belongs to the chosen columns: the nearest before them (one per run in PASCO files)."""
    first = min(choice.columns.values())
    before = [column for column in table.time_columns if column < first]
    return before[-1] if before else next(iter(table.time_columns), None)


def _on_time_base(samples: FloatArray, base: TimeBase) -> FloatArray:
    """Rows of the table at the samples of the time base, NaN where there is no row."""
    placed = samples[base.row_of]
    placed[base.row_of < 0] = np.nan
    return placed


def _unit_notes(table: ForceTable, choice: Choice, samples: FloatArray) -> tuple[str, ...]:
    """That newton was assumed, and that the numbers look too small for it."""
    columns = choice.columns.values()
    converted = sorted({unit for c in columns if (unit := table.units[c]) and unit.lower().startswith("k")})
    notes = tuple(f"Force was converted from {unit} to N." for unit in converted)
    if any(table.units[column] is None for column in columns):
        notes += ("No unit of force is stated: newton was assumed.",)
        largest = float(np.nanmax(np.abs(samples)))
        if largest < _SMALL_N:
            notes += (
                f"The largest force is {largest:.3g} N: if the file is in kN, body weights or volts, convert it first.",
            )
    return notes


def _upwards(table: ForceTable, choice: Choice, samples: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Samples with load positive; a plate that reads negative under load is turned round."""
    notes: tuple[str, ...] = ()
    for index, column in enumerate(choice.columns.values()):
        values = samples[:, index]
        loaded = values[np.abs(values) > LOADED_N]
        if len(loaded) and np.median(loaded) < 0:
            samples[:, index] = 0.0 - values
            notes += (f'"{table.names[column]}" is negative under load: its sign was turned so that up is positive.',)
    return samples, notes
