"""What runs in the processes of a batch: chunks of files in, parts of the result tables on disk out."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from landing_lab.app.analyse.batch_files import METRICS, TRIALS, BatchFile
from landing_lab.app.analyse.run import Columns
from landing_lab.errors import LandingLabError
from landing_lab.io.visible import snippet
from landing_lab.model.result import Status, Task

if TYPE_CHECKING:
    from landing_lab.app.analyse.batch_rows import Rows
    from landing_lab.model.result import TrialResult

TEXT: Final = "text"
"""What the parts of the text for standard output are called."""

STOP: Final = "stop"
"""A file of this name in the folder of parts asks the processes to end after the file they are at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """How every file is analysed, and what is written of it into the folder `parts`.

    tables: whether parts of the Parquet tables are wanted. stream: "json", "csv" or None, text for standard output.
    """

    columns: Columns
    mass_kg: float | None
    box_height_m: float | None
    task: str
    parts: Path
    tables: bool
    stream: str | None
    analyse_file: AnalyseFile


AnalyseFile: TypeAlias = Callable[[str, BatchSettings], "tuple[TrialResult, ...]"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Files that one process analyses at a stretch; the names of its parts end on `name` and sort like the files."""

    name: str
    files: tuple[BatchFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkDone:
    """What became of a chunk: its files, its trials by task and status, (source, message) of what was not read."""

    name: str
    n_files: int
    trials: Counter[tuple[Task, Status]]
    errors: tuple[tuple[str, str], ...]


def read_and_analyse(path: str, settings: BatchSettings) -> tuple[TrialResult, ...]:
    """The trials of one file."""
    from landing_lab.io.read import read_runs
    from landing_lab.metrics.analyse import analyse

    columns = settings.columns
    recordings = read_runs(
        path, left=columns.left, right=columns.right, total=columns.total, sample_rate_hz=columns.rate_hz
    )
    task, mass_kg, box_height_m = settings.task, settings.mass_kg, settings.box_height_m
    results = (analyse(one, task=task, mass_kg=mass_kg, box_height_m=box_height_m) for one in recordings)
    return tuple(trial for result in results for trial in result.trials)


def analyse_chunk(chunk: Chunk, settings: BatchSettings) -> ChunkDone:
    """Analyse the files of a chunk and write its parts; a file that fails is an error with its reason.

    Raises RecordingError where the parts cannot be written.
    """
    from landing_lab.app.analyse.batch_rows import Rows, wide_names

    rows, texts, errors = Rows(wide_names()), list[str](), list[tuple[str, str]]()
    trials: Counter[tuple[Task, Status]] = Counter()
    n_files = 0
    stop = settings.parts / STOP
    for file in chunk.files:
        if stop.exists():
            break
        n_files += 1
        try:
            found = settings.analyse_file(file.path, settings)
        except LandingLabError as error:
            errors.append((file.source, str(error)))
            continue
        except Exception as error:  # noqa: BLE001 - one file, whatever is wrong with it, never stops the rest
            errors.append((file.source, _unexpected(error)))
            continue
        for result in found:
            trial = dataclasses.replace(result, source=_source(file, result))
            rows.add(trial)
            trials[trial.task, trial.status] += 1
            if settings.stream is not None:
                texts.append(_text(trial, settings.stream))
    if rows.n_trials:
        _write_parts(rows, texts, chunk, settings)
    return ChunkDone(name=chunk.name, n_files=n_files, trials=trials, errors=tuple(errors))


def _source(file: BatchFile, result: TrialResult) -> str:
    """What a trial comes from: the file, with the run where the file holds several."""
    name = Path(file.source).name
    return file.source + result.source.removeprefix(name) if result.source.startswith(name) else file.source


def part(parts: Path, table: str, name: str) -> Path:
    """Where a chunk's part of a table or of the text for standard output lies: metrics-00000012.parquet."""
    stem, dot, suffix = table.partition(".")
    return parts / f"{stem}-{name}{dot}{suffix}"


def _write_parts(rows: Rows, texts: list[str], chunk: Chunk, settings: BatchSettings) -> None:
    if settings.stream is not None:
        separator = ",\n" if settings.stream == "json" else ""
        part(settings.parts, TEXT, chunk.name).write_text(
            separator.join(texts), encoding="utf-8", errors="replace", newline="\n"
        )
    if settings.tables:
        rows.write(
            part(settings.parts, METRICS, chunk.name), part(settings.parts, TRIALS, chunk.name), spill=settings.parts
        )


def _text(trial: TrialResult, stream: str) -> str:
    from landing_lab.io.write import metrics_csv_text, plain

    if stream == "csv":
        return metrics_csv_text([trial]).partition("\n")[2]
    document = trial.as_dict()
    # one line per trial, for with an indent Python writes JSON many times slower; plain is as slow and rarely needed
    try:
        return json.dumps(document, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return json.dumps(plain(document), ensure_ascii=False, allow_nan=False)


def _unexpected(error: Exception) -> str:
    """The sentence for an error that nobody foresaw."""
    said = f"{type(error).__name__}: {snippet(str(error))}" if str(error) else type(error).__name__
    if isinstance(error, MemoryError):
        return f"its analysis needs more memory than is free ({said}); analyse it alone, or with --jobs 1"
    return f"its analysis failed, which should not happen ({said}); please report it with the file"
