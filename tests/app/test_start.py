"""Starting is quick because nothing heavy is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from command_line import run, run_here

HEAVY = ("numba", "pandas", "matplotlib", "serial", "scipy", "duckdb", "rich.table", "jinja2")


@pytest.mark.parametrize(
    "statement",
    [
        "import landing_lab",
        "import landing_lab.app.cli",
        "import landing_lab_drivers.devices",
        "import landing_lab.io.read",
    ],
)
def test_import_loads_nothing_heavy(statement: str) -> None:
    code = f"{statement}\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_help_names_every_command_with_an_example() -> None:
    listed = run("--help").stdout
    for name in ("demo", "analyse", "devices", "record", "report", "doctor", "simulate"):
        assert f"  {name} " in listed
        if name != "simulate":
            assert "Example: landing-lab" in run_here(name, "--help").stdout
    assert "Example: landing-lab" in run_here("simulate", "devices", "--help").stdout


def test_version_is_printed() -> None:
    import landing_lab

    assert run("--version").stdout.strip() == landing_lab.__version__


def test_unknown_command_and_no_command() -> None:
    assert run_here("bogus").returncode == 2
    assert "Usage" in run_here().stdout + run_here().stderr


def test_public_names_resolve() -> None:
    import landing_lab as ll

    for name in ll.__all__:
        assert getattr(ll, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = ll.nonsense
