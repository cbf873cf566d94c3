"""Chunks of files over processes, where the end of a process costs the one file that caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable
from functools import partial

from landing_lab.app.analyse.batch_worker import STOP, BatchSettings, Chunk, ChunkDone, analyse_chunk
from landing_lab.app.processes.ctrl_c import CtrlC
from landing_lab.app.processes.pool import Work, in_processes

DIED = (
    "the process that analysed it ended without a result: a library crashed on it, or it took more memory than is "
    "free; leave it out, or export it again"
)


def analyse_chunks(
    chunks: Iterable[Chunk], settings: BatchSettings, *, jobs: int, ctrl_c: CtrlC
) -> Generator[ChunkDone, None, None]:
    """What became of each chunk, as they are finished, in any order.

    Raises RecordingError where processes cannot be started or parts cannot be written, KeyboardInterrupt after
    Ctrl-C.
    """
    work = Work(
        do=partial(analyse_chunk, settings=settings),
        split=_files,
        died=_died,
        stop=(settings.parts / STOP).touch,
    )
    return in_processes(chunks, work, jobs=jobs, ctrl_c=ctrl_c)


def _files(chunk: Chunk) -> list[Chunk]:
    """Each file of a chunk as a chunk of its own."""
    return [Chunk(f"{chunk.name}-{number:04d}", (file,)) for number, file in enumerate(chunk.files)]


def _died(culprit: Chunk) -> ChunkDone:
    error = (culprit.files[0].source, DIED)
    return ChunkDone(name=culprit.name, n_files=1, trials=Counter(), errors=(error,))
