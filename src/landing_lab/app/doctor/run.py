"""All checks, and how they are told."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import landing_lab
from landing_lab.app.doctor import libraries, machine
from landing_lab.app.doctor.check import Check
from landing_lab.installation import pip_line
from landing_lab.io.visible import visible

PYTHONS = ((3, 11), (3, 13))
"""Oldest and newest Python that is tested."""


def run_doctor(*, as_json: bool, dataset: Path = Path("landing-lab-data")) -> int:
    """Print one line per check; 0 if nothing needed for work is missing."""
    checks = everything(dataset)
    missing = [check.name for check in checks if check.status == "missing"]
    if as_json:
        rows = [
            {"check": check.name, "status": check.status, "found": check.found, "remedy": check.remedy}
            for check in checks
        ]
        document = {"version": landing_lab.__version__, "checks": rows}
        print(json.dumps(document, indent=2, ensure_ascii=False))  # our own writer needs numpy, which may be broken
    else:
        _tell(checks, missing)
    return 1 if missing else 0


def everything(dataset: Path) -> list[Check]:
    """Every check of this installation and this computer, in the order they are read; none of them raises."""
    from importlib.util import find_spec

    needed = _each("libraries", libraries.needed_libraries)
    found = [_python(), *needed, *_each("extras", libraries.extras)]
    broken = [check.name for check in needed if "cannot be loaded" in check.found]
    if broken:  # what loads them here would end as they do
        text = f"not looked at before {', '.join(broken)} can be loaded"
        found += [Check(name, "none", text) for name in ("drivers", "serial ports", "compiled code", "detector")]
    else:
        found += [*_each("drivers", machine.drivers), *_each("serial ports", lambda: [machine.ports()])]
    found += _each("recordings", lambda: [machine.dataset_folder(dataset), machine.disk(dataset)])
    found += _each("clock", lambda: [machine.clock()])
    found += _each("tools", machine.tools)
    if not broken and find_spec("numba") is not None:
        found += _each("compiled code", lambda: [machine.compiled_kernels()])
        found += _each("detector", lambda: [machine.detector()])
    return found


def _each(name: str, look: Callable[[], list[Check]]) -> list[Check]:
    """Checks that themselves fail are a finding: a doctor that falls over helps nobody."""
    try:
        return look()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is broken here shall be told, not raised
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        text = f"could not be looked at: {visible(first)[:200]}"
        return [Check(name, "missing", text, pip_line(again=isinstance(error, ImportError)))]


def _python() -> Check:
    here = sys.version_info[:2]
    text = f"{platform.python_version()} in {sys.prefix}"
    if PYTHONS[0] <= here <= PYTHONS[1]:
        return Check("Python", "ok", text)
    wanted = " to ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    return Check("Python", "missing", f"{text}: landing-lab is tested on {wanted}", "use one of those")


def _tell(checks: list[Check], missing: list[str]) -> None:
    print(f"landing-lab {landing_lab.__version__}, {platform.platform(terse=True)}")
    for check in checks:
        print(f"  {check.status:<8} {check.name:<16} {visible(check.found)}")
        if check.remedy is not None and check.status != "ok":
            print(f"  {'':<8} {'':<16} -> {check.remedy}")
    if missing:
        print(f"Not fit for work yet: {', '.join(missing)}. Do what stands beside -> and run this again.")
    else:
        print("Everything that is needed is here; what is optional can be added with the line beside it.")
