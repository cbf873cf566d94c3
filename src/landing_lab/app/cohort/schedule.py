"""Batches of sessions in this process, over processes, or on a Dask cluster: the same table from each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from landing_lab.app.cohort.batch import BatchDone, CohortBatch, collect_batch, lost, one_by_one
from landing_lab.app.processes.ctrl_c import CtrlC
from landing_lab.app.processes.pool import Work, in_processes, n_processes

_ALONE = 2
"""Up to so many batches of stored numbers are read here: starting a process takes longer."""


def collected(
    batches: Sequence[CohortBatch], *, jobs: int | None, cluster: str | None, advance: Callable[[int, int], None]
) -> list[BatchDone]:
    """What became of each batch, in the order of the batches, whoever finished first.

    advance: told the number of sessions done, and 0. Raises DeviceError where the cluster cannot be reached,
    RecordingError where processes cannot be started, KeyboardInterrupt after Ctrl-C.
    """
    found: list[BatchDone] = []
    n_sessions = 0
    with CtrlC() as ctrl_c:
        running = _running(batches, jobs, cluster, ctrl_c)
        with closing(running):  # type: ignore[type-var] # generators, all three
            for done in running:
                found.append(done)
                n_sessions += done.n_sessions
                advance(n_sessions, 0)
    return sorted(found, key=lambda done: done.number)


def _running(
    batches: Sequence[CohortBatch], jobs: int | None, cluster: str | None, ctrl_c: CtrlC
) -> Iterator[BatchDone]:
    if cluster is not None:
        from landing_lab.app.cohort.cluster import on_cluster

        return on_cluster(batches, cluster, ctrl_c)
    n_jobs = min(n_processes(jobs), len(batches))
    if n_jobs <= 1 or (len(batches) <= _ALONE and not batches[0].recompute):
        return _here(batches, ctrl_c)
    work = Work(do=collect_batch, split=one_by_one, died=lost)
    return in_processes(batches, work, jobs=n_jobs, ctrl_c=ctrl_c)


def _here(batches: Sequence[CohortBatch], ctrl_c: CtrlC) -> Iterator[BatchDone]:
    for batch in batches:
        yield collect_batch(batch)
        ctrl_c.check()
