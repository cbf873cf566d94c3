"""The laboratory's own error file, DATASET/reliability.json: what screening and contrasts judge by."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from landing_lab.analysis.cohort.foreign_table import laboratory_folder
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.visible import quoted_path, snippet, visible
from landing_lab.io.write import json_text, write_whole

FILE: Final = "reliability.json"
SCHEMA: Final = "landing-lab.reliability/1"
OWN: Final = "this laboratory"
MOST_BYTES: Final = 20_000_000

_MOST: Final = 1e12
"""No number of ours is larger in any unit; squares of larger ones leave what a computer can hold."""
_TrialSd = Annotated[float, Field(ge=0.0, le=_MOST, allow_inf_nan=False)]
_SessionSd = Annotated[float, Field(ge=0.0, le=_MOST, allow_inf_nan=False)]
_Icc = Annotated[float, Field(ge=-1.0, le=1.0)]
_Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
_Text = Annotated[str, Field(max_length=200)]


class _Row(BaseModel):
    """One error as the file holds it; fields of a later version are left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=80)]
    side: Annotated[str, Field(min_length=1, max_length=20)]
    unit: _Text
    trial_sd: _TrialSd
    session_sd: _SessionSd | None
    source: _Text = OWN
    borrowed: Literal[False] = False
    bias: Annotated[float, Field(ge=-_MOST, le=_MOST, allow_inf_nan=False)] = 0.0
    icc: _Icc | None = None
    icc_low: _Icc | None = None
    icc_high: _Icc | None = None
    icc_form: _Text = ""
    n_athletes: _Count = 0
    n_sessions: _Count = 0
    n_trials: _Count = 0

    @field_validator("trial_sd")
    @classmethod
    def _is_an_error(cls, sd: float) -> float:
        if sd == 0.0:
            raise ValueError("an error of 0 is none; leave the metric out where nothing was measured")
        return sd

    @field_validator("n_athletes")
    @classmethod
    def _is_a_study(cls, n: int) -> int:
        if n == 1:
            raise ValueError("repeats of one athlete tell nothing of the others; measure several")
        return n

    def error(self) -> MeasurementError:
        """The same as the analyses use it."""
        return MeasurementError(**self.model_dump())


class _Document(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="ignore", strict=True)

    schema_: Annotated[str, Field(alias="schema")]
    errors: list[_Row]
    software: _Text = ""
    made_at: _Text = ""
    task: _Text = ""
    condition: _Text = ""

    @model_validator(mode="after")
    def _each_once(self) -> _Document:
        seen: set[tuple[str, str]] = set()
        for row in self.errors:
            if (row.name, row.side) in seen:
                raise ValueError(f"{row.name} {row.side} stands there twice")
            seen.add((row.name, row.side))
        return self


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFile:
    """Errors of one laboratory, task and condition; made_at in ISO 8601; condition is "" where there is none."""

    errors: tuple[MeasurementError, ...]
    task: str = ""
    condition: str = ""
    made_at: str = ""
    software: str = ""

    def find(self, name: str, side: str) -> MeasurementError | None:
        """The error of one metric on one side; None where the study had too little of it."""
        return next((one for one in self.errors if (one.name, one.side) == (name, side)), None)


def read_error_file(dataset: str | Path) -> ErrorFile | None:
    """The error file of a dataset, or beside a table; None where the laboratory has made none.

    Raises FileFormatError where the file is damaged or is something else.
    """
    path = laboratory_folder(Path(dataset)) / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _damaged(path, "it is larger than any error file")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(path, f"it cannot be read ({getattr(error, 'strerror', None) or 'no UTF-8 text'})") from error
    return _parse(text, path)


def _parse(text: str, path: Path) -> ErrorFile:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is no JSON") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise _damaged(path, f"its schema is {snippet(str(schema))}, not {SCHEMA}")
    try:
        read = _Document.model_validate(document)
    except ValidationError as error:
        raise _damaged(path, _first_fault(error)) from error
    return ErrorFile(
        errors=tuple(row.error() for row in read.errors), task=read.task, condition=read.condition,
        made_at=read.made_at, software=read.software,
    )  # fmt: skip


def _first_fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = " ".join(f"no. {part + 1}" if isinstance(part, int) else str(part) for part in first["loc"])
    return f"{snippet(where)}: {visible(first['msg'].removeprefix('Value error, '))}".removeprefix(": ")


def _damaged(path: Path, what: str) -> FileFormatError:
    return FileFormatError(
        f"the error file {quoted_path(str(path))} cannot be used: {what}; make it anew with "
        f"`landing-lab reliability`, or move it away"
    )


def write_error_file(dataset: str | Path, document: dict[str, Any]) -> Path:
    """Write DATASET/reliability.json (for a table: beside it) whole and give its path back.

    document: as ReliabilityStudy.document() builds it. Raises ParameterError where it would not read back,
    RecordingError where the file cannot be written.
    """
    path = laboratory_folder(Path(dataset)) / FILE
    text = json_text(document)
    try:
        _parse(text, path)
    except FileFormatError as error:
        raise ParameterError(f"these errors make no error file: {error}") from error
    return write_whole(path, text.encode("utf-8"), durable=True)
