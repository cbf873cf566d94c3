"""What `make notebooks` asks of every executed notebook, as a pytest plugin beside nbmake."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from pathlib import Path

import pytest

MEANT_S = 60.0
"""On the processor: longer is said in the summary."""
LIMIT_S = 240.0
"""On the processor: longer fails. Four times what is meant, because the same work takes a busy or an older machine two
to three times as long on the processor too. The clock judges nothing: it says how busy the machine is; a cell that
waits for ever ends at the time limit of cells (run.py)."""


def children_cpu_s() -> float | None:
    """Processor time of all ended child processes of this one: its kernels and what those started."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def stderr_of(notebook: Path) -> list[str]:
    """What kernels wrote to stderr: warnings that would stand in the documentation."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return ["".join(output["text"]) for output in outputs if output.get("name") == "stderr"]


def complaint_of(notebook: Path, cpu_s: float | None) -> str | None:
    """The sentence why an executed notebook will not do; None where it does."""
    if cpu_s is not None and cpu_s > LIMIT_S:
        return f"{notebook.name} took {cpu_s:.0f} s on the processor; {MEANT_S:.0f} s are meant, {LIMIT_S:.0f} s fail"
    if told := stderr_of(notebook):
        return f"{notebook.name} wrote to stderr, which would stand in the documentation: {' '.join(told)[:2000]}"
    return None


def time_told(clock_s: float, cpu_s: float | None) -> str:
    """How long a notebook took, as the summary says it."""
    if cpu_s is None:
        return f"{clock_s:.1f} s"
    slow = f" (more than {MEANT_S:.0f} s: make it quicker)" if cpu_s > MEANT_S else ""
    return f"{clock_s:.1f} s, {cpu_s:.1f} s on the processor{slow}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Time a notebook."""
    started, used = time.monotonic(), children_cpu_s()
    try:
        return (yield)
    finally:
        cpu_s = None if used is None else (children_cpu_s() or 0.0) - used
        item.user_properties.append(("seconds", (time.monotonic() - started, cpu_s)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, object, object]:
    """Fail a notebook that is slow or whose kernel complains; nbmake reports what its cells raise."""
    report = yield
    assert isinstance(report, pytest.TestReport)
    if call.when == "call" and report.passed:
        _, cpu_s = dict(item.user_properties)["seconds"]
        if told := complaint_of(item.path, cpu_s):
            report.outcome = "failed"
            report.longrepr = told
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how long each notebook took."""
    reports = [r for key in ("passed", "failed") for r in terminalreporter.getreports(key) if r.when == "call"]
    for report in sorted(reports, key=lambda r: r.nodeid):
        for name, value in report.user_properties:
            if name == "seconds":
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {time_told(*value)}")
