"""Work in batches over processes, where the end of a process costs only the part of a batch that caused it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from landing_lab.app.processes.ctrl_c import CtrlC, kept_from_children
from landing_lab.app.processes.start import is_alive, start_worker
from landing_lab.errors import RecordingError

_WAITING_PER_PROCESS = 2
"""Batches handed out per process: one at work and one ready. More would only be more to repeat after a crash."""
_GRACE_S = 3.0
"""How long a process may take to finish what it is at after Ctrl-C; a file takes hundredths of a second."""
_LOOK_EVERY_S = 0.1
"""How long Ctrl-C waits to be noticed."""
_MOST_PROCESSES = 61
"""What Windows can wait for at once."""

Batch = TypeVar("Batch")
Result = TypeVar("Result")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work(Generic[Batch, Result]):
    """What is done with batches in other processes, which must find `do` by its name.

    split: a batch whose process may have died of it, in parts that are tried one by one, each in a process of its own.
    died: the result of a part that ends its process. stop: asks the processes to end soon.
    """

    do: Callable[[Batch], Result]
    split: Callable[[Batch], Sequence[Batch]]
    died: Callable[[Batch], Result]
    stop: Callable[[], object] = bool


def in_processes(
    batches: Iterable[Batch], work: Work[Batch, Result], *, jobs: int, ctrl_c: CtrlC
) -> Generator[Result, None, None]:
    """The result of each batch, as they are finished, in any order.

    Raises RecordingError where processes cannot be started, KeyboardInterrupt after Ctrl-C, and what `do` raises.
    """
    left = iter(batches)
    while True:
        suspects: list[Batch] = []
        yield from _until_one_dies(left, work, jobs, suspects, ctrl_c)
        if not suspects:
            return
        for batch in suspects:
            yield from _one_by_one(batch, work, ctrl_c)


def n_processes(wanted: int | None) -> int:
    """How many processes may work at once: as many as asked for (None: all), never more than there are cores."""
    return max(1, min(wanted or n_cores(), n_cores(), _MOST_PROCESSES))


def n_cores() -> int:
    """Cores this process may use: on a cluster fewer than the computer has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _until_one_dies(
    batches: Iterator[Batch], work: Work[Batch, Result], jobs: int, suspects: list[Batch], ctrl_c: CtrlC
) -> Generator[Result, None, None]:
    """Results until there are no more, or until a process dies: then `suspects` are those without a result."""
    at_work: dict[Future[Result], Batch] = {}
    with _processes(jobs, work) as pool:
        try:
            while True:
                while len(at_work) < _WAITING_PER_PROCESS * jobs and (batch := next(batches, None)) is not None:
                    suspects.append(batch)
                    with kept_from_children():
                        at_work[pool.submit(work.do, batch)] = batch
                if not at_work:
                    return
                for future in _finished(at_work, ctrl_c):
                    batch = at_work[future]
                    done = future.result()
                    del at_work[future]
                    suspects.remove(batch)
                    yield done
        except BrokenProcessPool:
            return


def _one_by_one(batch: Batch, work: Work[Batch, Result], ctrl_c: CtrlC) -> Generator[Result, None, None]:
    """The parts of a batch, each in one process; a part whose process dies has the result that `died` gives."""
    ready = list(work.split(batch))
    while ready:
        with _processes(1, work) as pool:
            _check_alive(pool, ctrl_c)
            while ready:
                try:
                    with kept_from_children():
                        future = pool.submit(work.do, ready[0])
                    yield next(_finished([future], ctrl_c)).result()
                    del ready[0]
                except BrokenProcessPool:
                    yield work.died(ready.pop(0))
                    break


def _finished(futures: Iterable[Future[T]], ctrl_c: CtrlC) -> Iterator[Future[T]]:
    """Those that are finished, at least one. Raises KeyboardInterrupt where Ctrl-C was pressed meanwhile."""
    waiting = list(futures)
    while not (finished := wait(waiting, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED).done):
        ctrl_c.check()
    ctrl_c.check()
    return iter(finished)


def _check_alive(pool: ProcessPoolExecutor, ctrl_c: CtrlC) -> None:
    """Tell a batch that kills its process from a computer on which no process lives."""
    try:
        with kept_from_children():
            future = pool.submit(is_alive)
        next(_finished([future], ctrl_c)).result()
    except BrokenProcessPool as error:
        raise RecordingError(
            "the processes that do the work end as soon as they start: too little memory or a damaged "
            "installation; free some memory and run landing-lab doctor"
        ) from error


@contextmanager
def _processes(jobs: int, work: Work[Any, Any]) -> Iterator[ProcessPoolExecutor]:
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
        _stop(pool, work)
        raise
    pool.shutdown()


def _stop(pool: ProcessPoolExecutor, work: Work[Any, Any]) -> None:
    """End the processes after what they are at, or after a moment's grace, or at once on a second Ctrl-C."""
    with suppress(OSError):  # the disk may be full
        work.stop()
    children = multiprocessing.active_children()
    try:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.join(_GRACE_S / len(children))
    except KeyboardInterrupt:
        pass
    for child in children:
        if child.is_alive():
            child.kill()  # a request to end is kept from it, see kept_from_children
    with suppress(KeyboardInterrupt):
        for child in children:  # the files that it writes are taken away next: on a busy computer it may be at it still
            child.join(_GRACE_S)
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
