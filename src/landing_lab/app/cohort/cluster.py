"""Batches on a Dask cluster that runs already: by its address, with a retry where a worker is lost."""

from __future__ import annotations

import importlib
import logging
import re
import socket
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from landing_lab.app.cohort.batch import BatchDone, CohortBatch, collect_batch, lost, one_by_one
from landing_lab.app.processes.ctrl_c import CtrlC
from landing_lab.errors import DeviceError, LandingLabError, ParameterError
from landing_lab.installation import pip_line
from landing_lab.io.visible import snippet

_PATIENCE_S: Final = 5.0
"""How long a scheduler is waited for."""
_AGAIN_WITHIN_S: Final = 60.0
"""How long a result is waited for: where its worker is lost after it was finished, another one makes it again."""
_ADDRESS: Final = re.compile(r"(tcp|tls)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(?P<port>\d{1,5})")
_RETRIES: Final = 3
_LOOK_EVERY_S: Final = 0.2
_WAITING: Final = 500
"""Batches handed out at once; more would only fill the scheduler's memory."""


def on_cluster(batches: Sequence[CohortBatch], address: str, ctrl_c: CtrlC) -> Generator[BatchDone, None, None]:
    """The result of each batch, as they are finished.

    A batch whose worker is lost is done again by another one. The workers must have the same landing-lab and see the
    dataset under the same path. Raises ParameterError without the library or for an address that is none, DeviceError
    where nothing answers there, the cluster has no worker, or it is lost meanwhile.
    """
    with _connected(address) as client:
        left = list(reversed(batches))
        at_work: dict[Any, CohortBatch] = {}
        while left or at_work:
            while left and len(at_work) < _WAITING:
                batch = left.pop()
                future = client.submit(
                    collect_batch, batch, key=f"landing-lab-{id(client)}-{batch.number}", pure=False, retries=_RETRIES
                )
                at_work[future] = batch
            for future in _finished(client, at_work, address, ctrl_c):
                yield from _result(future, at_work.pop(future), left, address)


def _finished(client: Any, at_work: dict[Any, CohortBatch], address: str, ctrl_c: CtrlC) -> list[Any]:
    """Those that are finished, at least one."""
    wait = _library().wait
    while True:
        ctrl_c.check()
        if client.status != "running":
            raise _lost(address)
        try:
            wait(list(at_work), timeout=_LOOK_EVERY_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            continue
        if done := [future for future in at_work if future.done()]:
            return done


def _result(future: Any, batch: CohortBatch, left: list[CohortBatch], address: str) -> list[BatchDone]:
    """The result of a batch; of one that ended several workers, its sessions go back to be tried alone."""
    try:
        return [future.result(timeout=_AGAIN_WITHIN_S)]
    except _library().KilledWorker:
        if len(batch.sessions) == 1:
            return [lost(batch)]
        left.extend(reversed(one_by_one(batch)))
        return []
    except LandingLabError as error:
        raise DeviceError(f"a worker of the cluster {address} could not do its part: {error}") from error
    except Exception as error:
        if future.status in {"cancelled", "lost"}:
            raise _lost(address) from error
        raise DeviceError(
            f"a worker of the cluster {address} failed ({type(error).__name__}: {snippet(str(error))}); install the "
            f"same landing-lab on every worker"
        ) from error
    finally:
        future.release()


@contextmanager
def _connected(address: str) -> Generator[Any, None, None]:
    library = _library()
    for name in ("distributed", "distributed.client", "distributed.comm", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _check_reachable(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions of libraries that do not matter to us
        # one that never connected waits for ten seconds when it is collected, and complains
        quiet = type("Client", (library.Client,), {"__del__": lambda _self: None})
        try:
            client = quiet(address, timeout=_PATIENCE_S)
        except Exception as error:
            raise _unreachable(address) from error  # whatever another program answers
        try:
            if not client.scheduler_info().get("workers"):
                raise DeviceError(
                    f"the cluster {snippet(address)} has no worker; start one with `dask worker {snippet(address)}`"
                )
            yield client
        finally:
            client.close(timeout=_PATIENCE_S)


def _check_reachable(address: str) -> None:
    """Raises ParameterError for an address that is none, DeviceError where nothing listens there."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ParameterError(
            f"{snippet(address)} is no address of a Dask scheduler; give what it prints when it starts, such as "
            f"tcp://192.168.1.5:8786"
        )
    try:
        socket.create_connection((found["host"].strip("[]"), int(found["port"])), timeout=_PATIENCE_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _unreachable(address) from error


def _unreachable(address: str) -> DeviceError:
    return DeviceError(
        f"no Dask scheduler answers at {snippet(address)} within {_PATIENCE_S:g} s; start one with `dask scheduler`, "
        f"and give the address that it prints"
    )


def _lost(address: str) -> DeviceError:
    return DeviceError(
        f"the connection to the cluster {snippet(address)} was lost; see whether its scheduler still runs"
    )


def _library() -> ModuleType:
    """Dask's library for clusters. Raises ParameterError where it is not installed."""
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise ParameterError(f"a cluster needs distributed; install it with: {pip_line('dask')}") from error
