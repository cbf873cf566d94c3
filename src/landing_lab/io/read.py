"""Reads a file of vertical force or of insole pressure, whatever program wrote it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from landing_lab.errors import FileFormatError, LandingLabError, ParameterError
from landing_lab.io.cop_axes import feet_apart_m, medio_lateral
from landing_lab.io.cop_columns import CopColumns, find_cop
from landing_lab.io.force_columns import choose_columns
from landing_lab.io.force_table import ForceTable
from landing_lab.io.foreign import foreign_kind
from landing_lab.io.path import check_path
from landing_lab.io.plate_columns import LOADED_N, Choice, newtons
from landing_lab.io.registry import Format, all_formats
from landing_lab.io.time_base import TimeBase, check_rate, time_base
from landing_lab.io.visible import quoted_name, quoted_path, snippet, visible
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Quantity, Side
from landing_lab.model.recording import Clock, Recording, Sensor, Stream

_HEAD_BYTES: Final = 65536
_SMALL_N: Final = 30.0
_FEWEST_ROWS: Final = 10
_Read = TypeVar("_Read")


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
    The stream "force" holds newton, up positive, NaN = missing, and centre of pressure in metres where the file has
    it, as it stands there also while nobody is on the plate; provenance["notes"] says what was assumed. Insole files
    of vendors give a stream per foot, "insole_left" and "insole_right" (docs/insole-files.md).
    Raises FileFormatError or ParameterError with one sentence on what to do.
    """
    given_hz = check_rate(sample_rate_hz)
    wanted: dict[Side, str | int | None] = {"left": left, "right": right, "total": total}
    return _in_sentences(path, lambda file: _shown(_read(file, wanted, given_hz)))


def read_runs(
    path: str | os.PathLike[str],
    *,
    left: str | int | None = None,
    right: str | int | None = None,
    total: str | int | None = None,
    sample_rate_hz: float | None = None,
) -> tuple[Recording, ...]:
    """Every trial of a file as a recording: several where LabRecorder recorded a session of `record --lsl`.

    Of such a file provenance["run"] is the trial's number and provenance["lsl_time_of_zero_s"] the time on the clock of
    the lab streaming layer at which its times are 0. Any other file gives the one recording of `read`, whose settings
    and errors these are.
    """
    given_hz = check_rate(sample_rate_hz)
    wanted: dict[Side, str | int | None] = {"left": left, "right": right, "total": total}
    return _in_sentences(path, lambda file: tuple(map(_shown, _runs(file, wanted, given_hz))))


def _in_sentences(path: str | os.PathLike[str], work: Callable[[Path], _Read]) -> _Read:
    """What work makes of a file; whatever goes wrong is told in one sentence."""
    file = check_path(path)
    try:
        return work(file)
    except LandingLabError as error:
        error.args = (visible(str(error)),)  # a sentence may quote what a file or its name holds
        raise
    except OSError as error:
        raise FileFormatError(
            f"{quoted_path(str(path))} cannot be read: {error.strerror or error}; check the name and the permissions",
            path=path,
        ) from error
    except Exception as error:  # whatever a foreign file does to a parser, the person gets a sentence
        raise FileFormatError(
            f"{quoted_name(file.name)} cannot be read: it is damaged, or not what it claims to be "
            f"({type(error).__name__}: {snippet(str(error))}); export it again",
            path=path,
        ) from error


def _read(file: Path, wanted: dict[Side, str | int | None], given_hz: float | None) -> Recording:
    # numbers beyond any force become infinite here and there, and are left to the analysis as missing
    with np.errstate(all="ignore"):
        content = _recognise(file).read(file)
        if isinstance(content, ForceTable):
            return recording_of(file, content, wanted, given_hz)
    _check_nothing_given(file, wanted, given_hz)
    return content


def _runs(file: Path, wanted: dict[Side, str | int | None], given_hz: float | None) -> tuple[Recording, ...]:
    read_all = _recognise(file).read_runs
    if read_all is None:
        return (_read(file, wanted, given_hz),)
    with np.errstate(all="ignore"):
        runs = read_all(file)
    _check_nothing_given(file, wanted, given_hz)
    return runs


def _check_nothing_given(file: Path, wanted: dict[Side, str | int | None], given_hz: float | None) -> None:
    """Raises ParameterError where something was given that a recording of devices knows itself."""
    if given_hz is not None or any(name is not None for name in wanted.values()):
        raise ParameterError(
            f"{file.name} is a recording of devices that knows its sides and rates; "
            f"leave out --left, --right, --total and --rate-hz"
        )


def _shown(recording: Recording) -> Recording:
    """A recording whose sentences can go to a terminal: they may quote what the file holds."""
    provenance = {**recording.provenance, "notes": tuple(visible(note) for note in recording.notes)}
    for name in ("source", "doubt"):
        if provenance.get(name) is not None:
            provenance[name] = visible(str(provenance[name]))
    return replace(recording, provenance=provenance)


def _recognise(file: Path) -> Format:
    """The format of a file. Raises FileFormatError where it is empty, or nothing that holds force."""
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


def recording_of(
    file: Path, table: ForceTable, wanted: dict[Side, str | int | None], given_hz: float | None
) -> Recording:
    """Choose columns and time base of a table, and say everything that was assumed."""
    choice = choose_columns(table, file.name, wanted)
    samples = _force(file, table, choice)
    base = time_base(table, file.name, len(samples), _time_column(table, choice), given_hz)
    samples, sign_notes = _upwards(table, choice, _on_time_base(samples, base))
    notes = (*table.notes, *choice.notes, *_unit_notes(table, choice, samples), *base.notes, *sign_notes)
    if missing := int(np.isnan(samples).any(axis=1).sum()) - sum(gap.n_samples for gap in base.gaps):
        notes += (f"{missing} rows hold blanks: they were read as missing samples.",)
    channels = tuple(Channel(table.names[column], "force", "N", side) for side, column in choice.columns.items())
    cop = find_cop(table, choice)
    positions, cop_channels, cop_notes = _centre_of_pressure(cop, choice, samples, base)
    notes += (*cop.notes, *cop_notes)
    stream = Stream(
        samples=np.column_stack([samples, *positions]) if positions else samples,
        sample_rate_hz=base.sample_rate_hz,
        times_s=base.times_s,
        layout=ChannelLayout(channels + cop_channels),
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
    if choice.doubt is not None:
        provenance["doubt"] = choice.doubt
    return Recording(streams={"force": stream}, provenance=provenance)


def _centre_of_pressure(
    cop: CopColumns, choice: Choice, samples: FloatArray, base: TimeBase
) -> tuple[list[FloatArray], tuple[Channel, ...], tuple[str, ...]]:
    """Positions (n_samples, 2) and their channels, medio-lateral first where that is known; and what shows it."""
    placed: dict[Side, FloatArray] = {}
    for side, position in cop.positions.items():
        there = position[: len(samples)].copy()
        there[~np.isfinite(there)] = np.nan
        placed[side] = _on_time_base(there, base)
    force = {side: samples[:, index] for index, side in enumerate(choice.columns)}
    apart = feet_apart_m(force, placed, base.sample_rate_hz) if cop.frame == "lab" else None
    lateral = 0 if cop.frame == "body" else medio_lateral(apart)
    order = (0, 1) if lateral != 1 else (1, 0)
    quantities: tuple[Quantity, Quantity] = ("cop_1", "cop_2") if lateral is None else ("cop_ml", "cop_ap")
    channels = tuple(
        Channel(cop.names[side][axis], quantity, "m", side)
        for side in placed
        for axis, quantity in zip(order, quantities, strict=True)
    )
    notes: tuple[str, ...] = ()
    if apart is not None:
        names = " and ".join(f'"{pair[order[0]]}"' for pair in cop.names.values())
        seen = f"the feet are {100 * apart[0]:.0f} and {100 * apart[1]:.0f} cm apart along the two axes"
        notes = (
            f"Centre of pressure: {seen}, so which is medio-lateral stays unknown."
            if lateral is None
            else f"Centre of pressure: {names} are medio-lateral: {seen}.",
        )
    return [placed[side][:, order] for side in placed], channels, notes


def _force(file: Path, table: ForceTable, choice: Choice) -> FloatArray:
    """The chosen columns in newton up to the last row that holds a number, (n_rows, n_columns)."""
    samples = np.column_stack([newtons(table, column, file.name) for column in choice.columns.values()])
    samples[~np.isfinite(samples)] = np.nan
    for name, column in zip(choice.columns.values(), samples.T, strict=True):
        if np.isnan(column).all():
            raise FileFormatError(f'{file.name}: column "{table.names[name]}" holds no numbers; choose another column')
    n_rows = int(np.flatnonzero(~np.isnan(samples).all(axis=1))[-1]) + 1
    if n_rows < _FEWEST_ROWS:
        raise FileFormatError(
            f"{file.name} holds {n_rows} row(s) of force and a recording needs at least {_FEWEST_ROWS}; "
            f"choose the file with all rows"
        )
    return samples[:n_rows]


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
