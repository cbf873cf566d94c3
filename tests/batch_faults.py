"""Analyses that fail as no file should make them; top-level functions, for the processes of a batch to find."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from landing_lab.app.analyse.batch_worker import BatchSettings
from landing_lab.model.events import Events, Phases
from landing_lab.model.result import MetricsTable, MetricValue, TrialResult


def by_name(path: str, _settings: BatchSettings) -> tuple[TrialResult, ...]:
    """Does to its process what the file's name says, and gives one trial with one metric otherwise."""
    name = Path(path).stem
    if name.startswith("crash"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("leave"):
        os._exit(0)
    if name.startswith("divide"):
        raise ZeroDivisionError("division by zero")
    if name.startswith("memory"):
        raise MemoryError
    if name.startswith("slow"):
        time.sleep(0.05)
    return (trial(name),)


def always_crash(_path: str, _settings: BatchSettings) -> tuple[TrialResult, ...]:
    """As on a computer on which this analysis cannot run at all."""
    os.kill(os.getpid(), signal.SIGKILL)
    return ()


def trial(source: str, value: float | None = 0.25) -> TrialResult:
    """A trial with one metric, refused where its value is None."""
    status, reason = ("ok", None) if value is not None else ("refused", "made without a value")
    row = MetricValue(
        "contact_time_s", "total", value, "s", None if value is None else 0.001, status, reason, "made by hand"
    )
    return TrialResult(
        source=source, index=0, task="drop_jump", status="ok", reason=None, sample_rate_hz=1000.0,
        events=Events(), phases=Phases(), table=MetricsTable((row,)),
    )  # fmt: skip
