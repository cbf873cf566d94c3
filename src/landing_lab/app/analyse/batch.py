"""`landing-lab analyse FOLDER`: any number of recordings over all cores, one table at the end."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from landing_lab.app.analyse.batch_files import ERRORS, METRICS, TRIALS, BatchFile, batch_files
from landing_lab.app.analyse.batch_outputs import BatchOutputs, free_folder
from landing_lab.app.analyse.batch_pool import analyse_chunks
from landing_lab.app.analyse.batch_worker import AnalyseFile, BatchSettings, Chunk, read_and_analyse
from landing_lab.app.analyse.run import Columns
from landing_lab.app.processes.ctrl_c import CtrlC
from landing_lab.app.processes.pool import n_processes
from landing_lab.app.processes.progress import batch_progress, duration
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.visible import quoted_path
from landing_lab.model.result import Status
from landing_lab.report.names import task_label

LARGEST_CHUNK: Final = 128
"""Files per chunk: enough that beginning its parts (10 ms) is nothing, few enough that the bar moves every second."""


_WHAT: Final = {
    METRICS: "one row per metric",
    TRIALS: "one row per trial, its metrics of both feet as columns",
    ERRORS: "files that could not be read, with the reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How a batch is run; jobs None = every core this process may use; out None = a new folder for `table`."""

    output_format: str
    out: Path | None
    jobs: int | None = None
    pattern: str | None = None
    analyse_file: AnalyseFile = read_and_analyse


def run_batch(
    wanted: Sequence[Path],
    columns: Columns,
    options: BatchOptions,
    *,
    mass_kg: float | None,
    box_height_m: float | None,
    task: str,
) -> int:
    """Analyse every file; 0 if each was read, 2 if one could not be, 130 after Ctrl-C.

    Raises ParameterError and FileFormatError before anything is analysed, RecordingError where results cannot
    be written.
    """
    files = batch_files(wanted, options.pattern)
    out, stream = options.out, options.output_format if options.output_format != "table" else None
    if out is None and stream is None:
        out = free_folder()
    _refuse_own_input(files, out)
    chunks, jobs = _divide(files, options.jobs)
    started = time.monotonic()
    with CtrlC() as ctrl_c, BatchOutputs(out, stream, [len(chunk.files) for chunk in chunks]) as outputs:
        settings = BatchSettings(
            columns=columns,
            mass_kg=mass_kg,
            box_height_m=box_height_m,
            task=task,
            parts=outputs.parts,
            tables=out is not None,
            stream=stream,
            analyse_file=options.analyse_file,
        )
        try:
            if not _analyse(chunks, settings, jobs, outputs, ctrl_c):
                return 1
            written = outputs.finish()
        except KeyboardInterrupt:
            return _interrupted(outputs, len(files))
        except (OSError, RecordingError) as error:
            raise outputs.not_written(error) from error
        took = f"{duration(time.monotonic() - started)} on {jobs} process{'es' if jobs > 1 else ''}"
        _say(outputs, written, took, _where(wanted))
    return 2 if outputs.n_errors else 0


def _analyse(chunks: Sequence[Chunk], settings: BatchSettings, jobs: int, outputs: BatchOutputs, ctrl_c: CtrlC) -> bool:
    """Run every chunk; False where nobody reads the results any more (`| head`)."""
    n_files = sum(len(chunk.files) for chunk in chunks)
    running = analyse_chunks(chunks, settings, jobs=jobs, ctrl_c=ctrl_c)
    with batch_progress(n_files) as advance, closing(running) as finished:
        for done in finished:
            outputs.add(done)
            advance(outputs.n_files, outputs.n_errors)
            if getattr(sys.stdout, "failed", None) is not None and settings.stream is not None:
                return False
    return True


def _divide(files: Sequence[BatchFile], wanted_jobs: int | None) -> tuple[list[Chunk], int]:
    """Chunks of files, and the number of processes: never more than there are chunks."""
    if wanted_jobs is not None and wanted_jobs < 1:
        raise ParameterError(f"--jobs {wanted_jobs} is no number of processes; choose 1 or more")
    jobs = n_processes(wanted_jobs)
    size = max(1, min(LARGEST_CHUNK, len(files) // (4 * jobs)))
    starts = range(0, len(files), size)
    chunks = [Chunk(f"{number:08d}", tuple(files[at : at + size])) for number, at in enumerate(starts)]
    return chunks, min(jobs, len(chunks))


def _refuse_own_input(files: Sequence[BatchFile], out: Path | None) -> None:
    """Results stand in a folder without recordings: none is written over, none is taken for a result."""
    if out is None:
        return
    folder = os.path.realpath(out)
    for path in {os.path.dirname(file.path) for file in files}:  # noqa: PTH120 - tens of thousands of them
        if os.path.realpath(path) == folder:
            raise ParameterError(
                f"{quoted_path(str(out))} holds recordings that are to be analysed; choose another folder with --out"
            )


def _interrupted(outputs: BatchOutputs, n_files: int) -> int:
    """Keep what there is and say so; the exit code of an interrupted program."""
    written = outputs.keep_unfinished()
    kept = f"their results are kept in {' and '.join(str(path) for path in written)}" if written else "nothing is kept"
    if outputs.stream is not None and not written:
        kept = "what was printed is cut short"
    print(f"landing-lab: interrupted after {outputs.n_files} of {n_files} files; {kept}", file=sys.stderr)
    return 130


def _where(wanted: Sequence[Path]) -> str:
    """What was looked through, for a sentence."""
    folders = [path for path in wanted if path.is_dir()]
    if len(wanted) == 1 and folders:
        return f" in the folder {quoted_path(str(folders[0]))}"
    return f" in {len(folders)} folders" if len(folders) > 1 else ""


def _say(outputs: BatchOutputs, written: Sequence[Path], took: str, where: str) -> None:
    """The end of a run: on stdout for a person, in one sentence on stderr where stdout is for a program."""
    n_read = outputs.n_files - outputs.n_errors
    if outputs.stream is None:
        print(f"{_files(outputs.n_files)} in {took}: {n_read} read, {outputs.n_errors} could not be read.")
        _print_trials(outputs)
    if outputs.n_errors:
        _tell_errors(outputs, written, where)
    if outputs.stream is None and written:
        print("Written:")
        for path in written:
            print(f"  {path}  {_WHAT[path.name]}")
        if written[0].name == METRICS:
            print(f"""As a pandas table: duckdb.sql("FROM '{written[0].as_posix()}'").df()""")


def _print_trials(outputs: BatchOutputs) -> None:
    """A row per task, a column per status."""
    statuses: tuple[Status, ...] = get_args(Status)
    tasks = sorted({task for task, _ in outputs.trials}, key=lambda task: (task == "unknown", task))
    if not tasks:
        return
    width = max(len(task_label(task)) for task in tasks) + 2
    print(f"{'trials':{width}}" + "".join(f"{status:>9}" for status in statuses) + f"{'total':>9}")
    for task in tasks:
        counts = [outputs.trials[task, status] for status in statuses]
        print(f"{task_label(task):{width}}" + "".join(f"{count:>9}" for count in (*counts, sum(counts))))


def _tell_errors(outputs: BatchOutputs, written: Sequence[Path], where: str) -> None:
    """The first files that could not be read, and where to find the rest."""
    to = sys.stdout if outputs.stream is None else sys.stderr
    print("Could not be read:", file=to)
    for source, message in outputs.first_errors:
        print(f"  {source}: {message}", file=to)
    if more := outputs.n_errors - len(outputs.first_errors):
        print(f"  ... and {more} more", file=to)
    reasons = "".join(f"; the reasons are in {path}" for path in written if path.name == ERRORS)
    print(
        f"landing-lab: {outputs.n_errors} of {_files(outputs.n_files)}{where} could not be read{reasons}",
        file=sys.stderr,
    )


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"
