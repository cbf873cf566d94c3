"""`landing-lab doctor`: whether this installation is fit for work."""

from __future__ import annotations

import importlib.util
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

import landing_lab
from landing_lab.errors import LandingLabError

_REQUIRED = (
    "numpy",
    "pandas",
    "scipy",
    "pyserial",
    "matplotlib",
    "numba",
    "typer",
    "rich",
    "pydantic",
    "jinja2",
    "duckdb",
)
_OPTIONAL = {"ezc3d": "C3D files need it: pip install ezc3d"}


def run_doctor(*, as_json: bool) -> int:
    """Print one line per check; 0 if nothing needed for work is missing."""
    checks = [*_libraries(), *_drivers(), _ports(), _kernels()]
    if as_json:
        from landing_lab.io.write import json_text

        rows = [{"check": name, "status": status, "found": text} for name, status, text in checks]
        sys.stdout.write(json_text({"version": landing_lab.__version__, "checks": rows}))
    else:
        machine = platform.platform(terse=True)
        print(f"landing-lab {landing_lab.__version__}, Python {platform.python_version()} on {machine}")
        for name, status, text in checks:
            print(f"  {status:<8} {name:<16} {text}")
    return 1 if any(status == "missing" for _, status, _ in checks) else 0


def _libraries() -> list[tuple[str, str, str]]:
    rows = []
    for name in _REQUIRED:
        try:
            rows.append((name, "ok", version(name)))
        except PackageNotFoundError:
            rows.append((name, "missing", "install landing-lab again: pip install ."))
    for name, why in _OPTIONAL.items():
        there = importlib.util.find_spec(name) is not None
        rows.append((name, "ok", version(name)) if there else (name, "optional", why))
    return rows


def _drivers() -> list[tuple[str, str, str]]:
    from importlib.metadata import entry_points

    rows = []
    for group in ("devices", "transports", "emulators"):
        names = [entry.name for entry in entry_points(group=f"landing_lab.{group}")]
        status = "ok" if names else "missing"
        rows.append((group, status, ", ".join(names) or "install landing-lab again: pip install ."))
    return rows


def _ports() -> tuple[str, str, str]:
    from landing_lab.app.boards.links import transport

    try:
        urls = transport().list_urls()
    except LandingLabError as error:
        return ("serial ports", "missing", str(error))
    return ("serial ports", "ok" if urls else "none", ", ".join(urls) or "no board plugged in; --sim works without")


def _kernels() -> tuple[str, str, str]:
    """Compile and run the detector once: the part that most often fails on an unusual machine."""
    import time

    import numpy as np

    from landing_lab.detect.landing import detect_contacts

    started = time.perf_counter()
    force = np.zeros(1000)
    force[300:500] = 500.0
    found = len(detect_contacts(force, sample_rate_hz=1000.0))
    seconds = time.perf_counter() - started
    if found != 3:
        return ("detector", "missing", f"found {found} crossings where there are 3; please report this machine")
    return ("detector", "ok", f"ready in {seconds:.1f} s")
