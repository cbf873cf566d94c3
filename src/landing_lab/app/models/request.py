"""What was asked of `landing-lab model`, and the table it means."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landing_lab.analysis.inputs.fields import fields_by_name
from landing_lab.analysis.models.dataset_frame import LIMBS, DatasetFrame, session_frame, trial_frame, without_side
from landing_lab.analysis.models.outcome_column import yes_or_no
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.visible import quoted_name, quoted_path

_FEW: Final = 10
"""So many different numbers are grades, more are a measure."""
KINDS: Final = ("auto", "logistic", "mixed", "gee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of the command, as typed."""

    dataset: Path | None
    data: Path | None
    outcome: str
    predictors: tuple[str, ...]
    positive: str | None
    kind: str
    task: str | None
    condition: str | None
    per_limb: bool
    groups: tuple[str, ...]
    site: str | None
    fill: str
    expected_c: float
    anyway: bool
    primary: tuple[str, ...]
    seed: int


def words(text: str | None) -> tuple[str, ...]:
    """Words between commas."""
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The table, the kind of model, the outcome's definition."""

    table: DatasetFrame
    kind: str
    definition: str


def asked(request: Request) -> Asked:
    """Read the data and settle what kind of model fits them. Raises ParameterError or FileFormatError."""
    if (request.dataset is None) == (request.data is None):
        raise ParameterError("name a dataset's folder, or a table with --data FILE; one of both")
    if not request.outcome or not request.predictors:
        raise ParameterError("name --outcome and --predictors; landing-lab model --help shows examples")
    if request.kind not in KINDS:
        raise ParameterError(f"--kind is one of {', '.join(KINDS)}; got {request.kind}")
    absent = [name for name in request.primary if name not in request.predictors]
    if absent:
        raise ParameterError(f"--primary names {absent[0]}, which is not among --predictors; a declared one is fitted")
    table = _table(request)
    frame, definition = yes_or_no(table.frame, request.outcome, request.positive)
    kind = request.kind
    values = set(frame[request.outcome].dropna().unique())
    if request.positive is None:
        _yes_or_no_or_number(request, values, measured=_is_metric(request.outcome, table))
    if kind == "auto":
        kind = "logistic" if values <= {0, 1} else "mixed"
    told = table.notes + _incorporated(request)
    return Asked(DatasetFrame(frame, table.units, table.row, told), kind, definition)


def _table(request: Request) -> DatasetFrame:
    if request.data is not None:
        return DatasetFrame(read_table(request.data), {}, "row of the table", ())
    if request.dataset is None:
        raise ParameterError("no data is named; name a dataset's folder, or a table with --data")
    table = session_frame(request.dataset, task=request.task, condition=request.condition, per_limb=request.per_limb)
    repeated = request.kind in {"mixed", "gee"} or (request.kind == "auto" and _is_metric(request.outcome, table))
    if not repeated or request.positive is not None:
        return table
    if request.per_limb and _is_metric(request.outcome, table):
        name = quoted_name(request.outcome)
        raise ParameterError(
            f"{name} is measured in every trial, and rows of trials hold both limbs; leave --per-limb out and name "
            f"the limb: --outcome {name}_left"
        )
    if request.per_limb:
        return table
    return trial_frame(request.dataset, task=request.task, condition=request.condition)


def _yes_or_no_or_number(request: Request, values: set[Any], *, measured: bool) -> None:
    """Raises ParameterError where an outcome is words or a few grades and nobody said which of them count as yes."""
    if values <= {0, 1} or not values or measured:
        return
    texts = sorted({one for one in values if isinstance(one, str)})
    few = ", ".join(quoted_name(str(one)) for one in sorted(values, key=str)[:6])
    shown = quoted_name(request.outcome)
    if texts:
        raise ParameterError(
            f"the outcome {shown} holds {few}, not only 0 and 1; --positive '{quoted_name(texts[-1])}' makes it yes "
            f"or no"
        )
    if request.kind == "logistic" or (request.kind == "auto" and len(values) <= _FEW):
        raise ParameterError(
            f"the outcome {shown} holds {few}, not only 0 and 1; --positive '>={max(values):g}' makes it yes or no, "
            f"and --kind mixed takes it as a number of repeated trials"
        )


def _is_metric(outcome: str, table: DatasetFrame) -> bool:
    """Whether the outcome was measured in trials: not entered, not from participants.tsv."""
    fields = fields_by_name()
    entered = {*fields, *(without_side(name, limb) for name in fields for limb in LIMBS)}
    return (
        outcome in table.frame
        and outcome not in entered
        and bool(table.units.get(outcome))
        and (table.frame[outcome].dtype.kind == "f")
    )


def _incorporated(request: Request) -> tuple[str, ...]:
    """Observations of the knee that are to explain an observation of the knee."""
    fields = fields_by_name()
    if request.outcome not in fields or not fields[request.outcome].observation:
        return ()
    seen = [name for name in request.predictors if name in fields and fields[name].observation]
    if not seen:
        return ()
    names = ", ".join(seen)
    return (f"{names} and the outcome observe the same knee: the model mostly says that they agree.",)


def read_table(path: Path) -> Any:
    """A table of text or Parquet as a data frame. Raises FileFormatError."""
    import pandas as pd

    shown = quoted_path(str(path))
    try:
        if path.suffix.lower() == ".parquet":
            import duckdb

            return duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)]).df()
        content = path.read_bytes().decode("utf-8-sig")
        apart = "\t" if path.suffix.lower() in {".tsv", ".tab"} else ","
        _same_fields(content, apart, shown)
        return pd.read_csv(io.StringIO(content), sep=apart, index_col=False, dtype={"participant": str})
    except FileFormatError:
        raise
    except OSError as error:
        raise FileFormatError(f"{shown} cannot be read: {error.strerror or error}; check the name") from error
    except Exception as error:
        raise FileFormatError(
            f"{shown} is no table that can be read ({type(error).__name__}); save it as CSV with a header line"
        ) from error


def _same_fields(content: str, apart: str, shown: str) -> None:
    """Raises FileFormatError where a row has other fields than the header, or two columns have one name."""
    rows = csv.reader(io.StringIO(content), delimiter=apart)
    header: list[str] | None = None
    for row in rows:
        if not row:
            continue
        if header is None:
            header = [name.strip() for name in row]
            twice = [name for name in header if name and header.count(name) > 1]
            if twice:
                raise FileFormatError(f"{shown} has two columns {quoted_name(twice[0])}; rename or remove one")
        elif len(row) != len(header):
            raise FileFormatError(
                f"line {rows.line_num} of {shown} has {len(row)} fields and the header {len(header)}, so values would "
                f"stand in columns of others; make them as many (a comma at the end of a line counts)"
            )
