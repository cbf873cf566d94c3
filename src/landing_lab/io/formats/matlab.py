"""MATLAB files (.mat up to version 7): columns of numbers, one variable each."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.force_table import ForceTable, is_counter_name, is_time_name, unique_names, unit_of
from landing_lab.io.registry import Format
from landing_lab.io.stream_columns import TIME_COLUMN, column_names, stream_of
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

_MAGIC: Final = b"MATLAB 5.0 MAT-file"
_TEXT: Final = b"MATLAB 5.0 MAT-file, written by landing-lab"
_TEXT_BYTES: Final = 116
_RATES: Final = ("sample_rate_hz", "sampling_rate_hz", "fs", "rate_hz")
_FEWEST_ROWS: Final = 2


def read_matlab(path: Path) -> ForceTable:
    """Every variable that is a column or row of numbers; those of the most common length are one table.

    A single number named sample_rate_hz or fs is the rate. Structures, cells and objects (a MATLAB `table` is one) are
    not looked into. Raises FileFormatError where no variable is a column.
    """
    variables = _variables(path)
    columns = {
        name: np.asarray(value, dtype=np.float64).ravel()
        for name, value in variables.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "iufb" and value.size == max(value.shape, default=0)
    }
    rates = [float(column[0]) for name, column in columns.items() if len(column) == 1 and name.lower() in _RATES]
    vectors = {name: column for name, column in columns.items() if len(column) >= _FEWEST_ROWS}
    if not vectors:
        named = ", ".join(quoted_name(name) for name in list(variables)[:10]) or "none"
        raise FileFormatError(
            f"{path.name} has no variable that is a column of numbers (variables: {named}); save columns, such as "
            "save('jump.mat', 'time_s', 'left_n', 'right_n', '-v7'), or writetable(T, 'jump.csv')",
            path=path,
        )
    lengths = [len(column) for column in vectors.values()]
    length = max(set(lengths), key=lambda one: (lengths.count(one), one))
    kept = {name: column for name, column in vectors.items() if len(column) == length}
    names = unique_names(list(kept))
    left_out = [quoted_name(name) for name in vectors if name not in kept]
    others = [
        f"{quoted_name(name)} ({'complex numbers' if value.dtype.kind == 'c' else 'a matrix'})"
        for name, value in variables.items()
        if isinstance(value, np.ndarray) and value.dtype.kind in "iufbc" and value.size > 1 and name not in columns
    ]
    notes = [f"Variables of another length were left out: {', '.join(left_out[:10])}."] if left_out else []
    notes += [f"Variables that are no column of numbers were left out: {', '.join(others[:10])}."] if others else []
    return ForceTable(
        what="MATLAB file",
        names=names,
        named=True,
        units=tuple(unit_of(name) for name in names),
        values=np.column_stack(list(kept.values())),
        time_columns=tuple(index for index, name in enumerate(names) if is_time_name(name)),
        counter_columns=tuple(index for index, name in enumerate(names) if is_counter_name(name)),
        sample_rate_hz=rates[0] if rates else None,
        notes=tuple(notes),
    )


def _variables(path: Path) -> dict[str, Any]:
    """Every variable of a file. Raises FileFormatError where scipy cannot read it."""
    from scipy.io import loadmat

    try:
        found = loadmat(path, chars_as_strings=True)
    except Exception as error:  # a damaged file makes the parser raise whatever it trips over
        raise FileFormatError(
            f"{path.name} is a MATLAB file that cannot be read ({snippet(str(error)) or type(error).__name__}); save "
            "it again with '-v7', or export the samples as text",
            path=path,
        ) from error
    return {name: value for name, value in found.items() if not name.startswith("__")}


def encode(recording: Recording, stream: str, _trials: Sequence[TrialResult]) -> bytes:
    """One variable per column (time_s, left_n, ...), sample_rate_hz, source, and notes as a cell of texts.

    Missing is NaN. The same recording gives the same bytes. Raises RecordingError where there is no such stream.
    """
    from scipy.io import savemat

    chosen = stream_of(recording, stream)
    variables: dict[str, object] = {TIME_COLUMN: chosen.times_s}
    for index, name in enumerate(column_names(chosen.layout)):
        variables[name[:63]] = chosen.samples[:, index]
    variables |= {
        "sample_rate_hz": chosen.sample_rate_hz,
        "source": recording.source,
        "notes": np.array(recording.notes, dtype=object),
    }
    buffer = BytesIO()
    savemat(buffer, variables, oned_as="column", do_compression=True, long_field_names=True)
    content = bytearray(buffer.getvalue())
    content[:_TEXT_BYTES] = _TEXT.ljust(_TEXT_BYTES)  # scipy writes the time of day there
    return bytes(content)


FORMAT = Format(
    name="MATLAB file",
    recognises=lambda head: head.startswith(_MAGIC),
    read=read_matlab,
    suffix=".mat",
    encode=encode,
)
