"""Chunks of files over processes, where the end of a process costs the one file that caused it."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import TypeVar

from landing_lab.app.analyse.batch_interrupt import CtrlC, kept_from_children
from landing_lab.app.analyse.batch_worker import (
    STOP,
    BatchSettings,
    Chunk,
    ChunkDone,
    analyse_chunk,
    is_alive,
    start_worker,
)
from landing_lab.errors import RecordingError

_WAITING_PER_PROCESS = 2
"""Chunks handed out per process: one at work and one ready. More would only be more to repeat after a crash."""
_GRACE_S = 3.0
"""How long a process may take to finish its file after Ctrl-C; a file takes hundredths of a second."""
_LOOK_EVERY_S = 0.1
"""How long Ctrl-C waits to be noticed."""

T = TypeVar("T")

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
    left = iter(chunks)
    while True:
        suspects: list[Chunk] = []
        yield from _until_one_dies(left, settings, jobs, suspects, ctrl_c)
        if not suspects:
            return
        for chunk in suspects:
            yield from _one_by_one(chunk, settings, ctrl_c)


def _until_one_dies(
    chunks: Iterator[Chunk], settings: BatchSettings, jobs: int, suspects: list[Chunk], ctrl_c: CtrlC
) -> Generator[ChunkDone, None, None]:
    """Finished chunks until there are no more, or until a process dies: then `suspects` are those without a result."""
    at_work: dict[Future[ChunkDone], Chunk] = {}
    with _processes(jobs, settings) as pool:
        try:
            while True:
                while len(at_work) < _WAITING_PER_PROCESS * jobs and (chunk := next(chunks, None)) is not None:
                    suspects.append(chunk)
                    with kept_from_children():
                        at_work[pool.submit(analyse_chunk, chunk, settings)] = chunk
                if not at_work:
                    return
                for future in _finished(at_work, ctrl_c):
                    chunk = at_work[future]
                    done = future.result()
                    del at_work[future]
                    suspects.remove(chunk)
                    yield done
        except BrokenProcessPool:
            return


def _one_by_one(chunk: Chunk, settings: BatchSettings, ctrl_c: CtrlC) -> Generator[ChunkDone, None, None]:
    """The files of a chunk, each as a chunk of its own in one process; a file whose process dies is an error."""
    ready = [Chunk(f"{chunk.name}-{number:04d}", (file,)) for number, file in enumerate(chunk.files)]
    while ready:
        with _processes(1, settings) as pool:
            _check_alive(pool, ctrl_c)
            while ready:
                try:
                    with kept_from_children():
                        future = pool.submit(analyse_chunk, ready[0], settings)
                    yield next(_finished([future], ctrl_c)).result()
                    del ready[0]
                except BrokenProcessPool:
                    culprit = ready.pop(0)
                    error = (culprit.files[0].source, DIED)
                    yield ChunkDone(name=culprit.name, n_files=1, trials=Counter(), errors=(error,))
                    break


def _finished(futures: Iterable[Future[T]], ctrl_c: CtrlC) -> Iterator[Future[T]]:
    """Those that are finished, at least one. Raises KeyboardInterrupt where Ctrl-C was pressed meanwhile."""
    waiting = list(futures)
    while not (finished := wait(waiting, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED).done):
        ctrl_c.check()
    ctrl_c.check()
    return iter(finished)


def _check_alive(pool: ProcessPoolExecutor, ctrl_c: CtrlC) -> None:
    """Tell a file that kills its process from a computer on which no process lives."""
    try:
        with kept_from_children():
            future = pool.submit(is_alive)
        next(_finished([future], ctrl_c)).result()
    except BrokenProcessPool as error:
        raise RecordingError(
            "the processes that analyse files end as soon as they start: too little memory or a damaged "
            "installation; free some memory and run landing-lab doctor"
        ) from error


@contextmanager
def _processes(jobs: int, settings: BatchSettings) -> Iterator[ProcessPoolExecutor]:
    """A pool that is gone afterwards, whatever happened.

    Started by spawn, on every system: a forked child would inherit locks of threads that do not exist in it (the
    progress bar's, DuckDB's, numba's and BLAS's), and hang on them now and then. That costs each process half a
    second, once.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=start_worker)
    try:
        with _one_thread_per_process():
            yield pool
    except BaseException:
        _stop(pool, settings)
        raise
    pool.shutdown()


def _stop(pool: ProcessPoolExecutor, settings: BatchSettings) -> None:
    """End the processes after the file they are at, or after a moment's grace, or at once on a second Ctrl-C."""
    with suppress(OSError):  # the disk may be full
        (settings.parts / STOP).touch()
    children = multiprocessing.active_children()
    try:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.join(_GRACE_S / len(children))
    except KeyboardInterrupt:
        pass
    for child in children:
        if child.is_alive():
            child.terminate()
    pool.shutdown()


@contextmanager
def _one_thread_per_process() -> Iterator[None]:
    """Processes are the parallel part: BLAS and OpenMP threads of each would only stand in each other's way."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    new = [name for name in names if name not in os.environ]
    os.environ.update(dict.fromkeys(new, "1"))
    try:
        yield
    finally:
        for name in new:
            os.environ.pop(name, None)
