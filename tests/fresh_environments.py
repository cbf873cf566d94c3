"""Fresh environments on every Python that landing-lab promises, and what a newcomer does in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from built_packages import ROOT, Built

VERSIONS = ("3.11", "3.12", "3.13")
READ_ONLY = "3.11"
"""The version whose packages nobody may write to."""
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# `benchmark` names an old release of somebody else's program, and is for measuring against it only.
EXTRAS: dict[str, list[str]] = {k: v for k, v in _PROJECT["optional-dependencies"].items() if k != "benchmark"}
# For one step; a busy machine is slow, and a step that hangs shall not hang everything.
_PATIENCE_S = 900
_PLAN = ("install", "--quiet", "--dry-run", "--report")
CONSTRAINTS = ("--constraint", str(ROOT / "constraints.txt"))

# What a script of somebody who has only the package does; the file it writes is analysed by the command afterwards.
SCRIPT = """
import pathlib, sys
import landing_lab as ll
assert pathlib.Path(ll.__file__).is_relative_to(sys.prefix), ll.__file__
trial = ll.simulate_drop_jump(seed=1, drop_height_m=0.3)
result = ll.analyse(trial.recording)
row = result.trials[0].table.get("contact_time_s")
ll.export(trial.recording, "jump.csv")
times = trial.truth.threshold_times_s
print(result.task, row.value, row.sd, times["take_off", "total"] - times["touchdown", "total"])
"""


@dataclass
class Fresh:
    """One environment: where it is, and what every step in it said."""

    version: str
    folder: Path
    python: Path
    read_only: bool = False
    steps: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The empty home directory."""
        return self.folder / "home"

    @property
    def site_packages(self) -> Path:
        """Where pip puts packages."""
        return next((self.folder / "env").glob("lib/python*/site-packages"))

    def step(self, name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one command as a person with nothing but this environment; keep what it said."""
        return self._keep(name, [*self._without_rights(), *map(str, words)], _bare(self.home))

    def pip(self, name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run pip of this environment with this machine's settings of pip."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        return self._keep(name, [str(self.python), "-m", "pip", "--no-input", *map(str, words)], environment)

    def files(self) -> set[str]:
        """Every file below the environment."""
        top = self.folder / "env"
        return {str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir()}

    def close_site_packages(self) -> None:
        """Nothing may be written where packages are: as on a machine that an administrator installed."""
        for folder in [self.site_packages, *(p for p in self.site_packages.rglob("*") if p.is_dir())]:
            folder.chmod(0o555)
        self.read_only = True

    def open_site_packages(self) -> None:
        """Undo `close_site_packages`."""
        for folder in [self.site_packages, *(p for p in self.site_packages.rglob("*") if p.is_dir())]:
            folder.chmod(0o755)
        self.read_only = False

    def _without_rights(self) -> list[str]:
        """Root writes where nobody may: a closed folder is only closed without that right."""
        if self.read_only and os.geteuid() == 0:
            return ["setpriv", "--bounding-set=-dac_override,-fowner"]
        return []

    def _keep(self, name: str, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        started = time.perf_counter()
        try:
            self.steps[name] = subprocess.run(
                command, cwd=self.folder / "elsewhere", env=environment, capture_output=True, text=True, check=False,
                timeout=_PATIENCE_S, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            self.steps[name] = subprocess.CompletedProcess(command, 124, "", f"not done after {_PATIENCE_S} s")
        self.seconds[name] = time.perf_counter() - started
        return self.steps[name]


def interpreter(version: str) -> Path | None:
    """A Python of this version that can make environments: this one, one on PATH, or one of pyenv's."""
    for candidate in _candidates(version):
        probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
        try:
            done = subprocess.run([candidate, "-c", probe], capture_output=True, text=True, check=False, timeout=20)
        except OSError:
            continue
        if done.stdout.strip() == version:
            return Path(candidate)
    return None


def fresh(version: str, folder: Path) -> Fresh:
    """An empty environment of a Python that is here."""
    python = interpreter(version)
    assert python is not None
    for name in ("home", "elsewhere"):
        (folder / name).mkdir(parents=True)
    subprocess.run([python, "-m", "venv", folder / "env"], check=True, capture_output=True, timeout=120)
    return Fresh(version, folder, folder / "env" / "bin" / "python")


def journey(version: str, folder: Path, built: Built) -> Fresh:
    """Install, use and uninstall; tests read afterwards what each step said."""
    here = fresh(version, folder)
    command = here.python.with_name("landing-lab")
    before = here.files()
    # whoever has only the sdist installs that, and the same wheel must come of it
    # what is read-only later must be compiled by pip; elsewhere Python compiles what it loads, which is quicker
    compiled = () if version == READ_ONLY else ("--no-compile",)
    here.pip(
        "install", "install", "--quiet", *compiled, *CONSTRAINTS, built.sdist if version == "3.12" else built.wheel
    )
    if here.steps["install"].returncode != 0:
        return here
    installed = here.files()
    here.pip("check", "check")
    here.pip("extras", *_PLAN, here.folder / "plan.json", *CONSTRAINTS, f"{built.wheel}[{','.join(EXTRAS)}]")
    if version == READ_ONLY:
        here.close_site_packages()
        here.step("write", here.python, "-c", f"open({str(here.site_packages / 'written')!r}, 'w')")
    here.step("version", command, "--version")
    here.step("module", here.python, "-m", "landing_lab", "--version")
    here.step("doctor", command, "doctor", "--json")
    here.step("script", here.python, "-c", SCRIPT)
    here.step("analyse", command, "analyse", "jump.csv", "--out", "results", "--json")
    if version == VERSIONS[-1]:
        here.step("demo", command, "demo", "--out", "demo")
    if here.read_only:
        here.open_site_packages()
    _uninstall(here, before, installed)
    return here


def _uninstall(here: Fresh, before: set[str], installed: set[str]) -> None:
    """Take landing-lab away again; the step `left` says what of it is still there."""
    here.pip("uninstall", "uninstall", "--yes", "--quiet", "landing-lab")
    ours = sorted(name for name in here.files() - before if "landing" in name)
    grown = sorted(here.files() - installed - {name for name in here.files() if "__pycache__" in name})
    here.steps["left"] = subprocess.CompletedProcess([], 0, "\n".join(ours + grown), "")


def _bare(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}


def _candidates(version: str) -> Iterator[str]:
    base = getattr(sys, "_base_executable", sys.executable)
    if "{}.{}".format(*sys.version_info[:2]) == version:
        yield base
    named = shutil.which(f"python{version}")
    if named:
        yield named
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True))
