"""Libraries by what landing-lab's own metadata demands: there, young enough, and fit to be loaded."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final, NamedTuple

from landing_lab.app.doctor.check import Check
from landing_lab.app.doctor.loading import faults
from landing_lab.installation import pip_line

EXTRAS: Final = {
    "c3d": "reads and writes C3D files of motion-capture laboratories",
    "analysis": "models of a cohort: landing-lab model, ll.fit_mixed, ll.fit_gee, ll.fit_logistic",
    "dask": "cohorts of many sessions on a Dask cluster: landing-lab cohort --dask",
    "lsl": "Lab Streaming Layer, to record beside EMG and motion capture",
    "web": "the page in the browser",
    "notebooks": "opens the notebooks in JupyterLab",
    "docs": "builds the documentation",
    "test": "runs the tests",
    "benchmark": "measures speed against another program",
}
"""What each extra is for. Every extra of the metadata must stand here; a test sees to it."""

TOOLS: Final = frozenset({"notebooks", "docs", "test", "benchmark"})
"""Extras of programs that run by themselves: whether they are there is told, but they are not loaded."""

MODULES: Final = {
    "pyserial": "serial", "scikit-learn": "sklearn", "import-linter": "importlinter", "pytest-xdist": "xdist",
    "pandas-stubs": "",
    "types-pyserial": "", "bids-validator-deno": "", "pyyaml": "yaml",
}  # fmt: skip
"""Modules whose name is not the library's; "" where there is none to load."""


class Requirement(NamedTuple):
    """One library that the metadata names: the releases that will do, and the extra it belongs to ("": needed)."""

    name: str
    releases: str
    extra: str


def requirements() -> list[Requirement]:
    """Everything the installed metadata names; empty where landing-lab is not installed but only found."""
    try:
        lines = requires("landing-lab") or []
    except PackageNotFoundError:
        lines = []
    found = []
    for line in lines:
        wanted, _, marker = line.partition(";")
        parts = re.match(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^]]*\])?\s*(.*?)\s*$", wanted)
        extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", marker)
        if parts is not None:
            found.append(Requirement(parts[1], parts[2].strip("()"), extra[1] if extra else ""))
    return found


def needed_libraries() -> list[Check]:
    """One check for each library that landing-lab cannot do without."""
    wanted = [one for one in requirements() if not one.extra]
    if not wanted:
        text = "is not installed, only found on the path: what it needs is not known"
        return [Check("landing-lab", "missing", text, pip_line())]
    checks = []
    broken = _broken(wanted)
    for one in wanted:
        wrong = _wrong(one, broken)
        if wrong is None:
            checks.append(Check(one.name, "ok", version(one.name)))
        else:
            checks.append(Check(one.name, "missing", wrong, pip_line(again="cannot be loaded" in wrong)))
    return checks


def extras() -> list[Check]:
    """One check for each extra: what it is for, and what of it is not here."""
    by_extra: dict[str, list[Requirement]] = {}
    for one in requirements():
        if one.extra:
            by_extra.setdefault(one.extra, []).append(one)
    broken = _broken([one for name, wanted in by_extra.items() if name not in TOOLS for one in wanted])
    return [_extra(name, wanted, {} if name in TOOLS else broken) for name, wanted in by_extra.items()]


def _extra(name: str, wanted: list[Requirement], broken: Mapping[str, str]) -> Check:
    purpose = EXTRAS.get(name, "unknown to this version")
    wrong = {one.name: text for one in wanted if (text := _wrong(one, broken)) is not None}
    label = f"extra {name}"
    if not wrong:
        return Check(label, "ok", f"{purpose} ({', '.join(f'{one.name} {version(one.name)}' for one in wanted[:3])})")
    if len(wrong) == len(wanted) and set(wrong.values()) == {_ABSENT}:
        return Check(label, "optional", f"{purpose}; not installed", pip_line(name))
    told = ", ".join(f"{library} {text}" for library, text in wrong.items())
    return Check(label, "optional", f"{purpose}; {told}", pip_line(name, again="cannot be loaded" in told))


_ABSENT: Final = "is not installed"


def _broken(wanted: Sequence[Requirement]) -> dict[str, str]:
    """Module -> why it cannot be loaded, for the modules of libraries that are installed."""
    return faults([module for one in wanted if (module := _module(one)) and _is_installed(one.name)])


def _module(one: Requirement) -> str:
    return MODULES.get(one.name.lower(), one.name.replace("-", "_"))


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _wrong(one: Requirement, broken: Mapping[str, str]) -> str | None:
    """What is wrong with a library, in half a sentence after its name; None where nothing is."""
    if not _is_installed(one.name):
        return _ABSENT
    there, module = version(one.name), _module(one)
    if "packaging" not in broken and not _will_do(there, one.releases):
        return f"{there} will not do: {one.releases} is needed"
    if module in broken:
        return f"{there} cannot be loaded: {broken[module]}"
    if module and importlib.util.find_spec(module) is None:
        return f"{there} cannot be loaded: its files are gone"
    return None


def _will_do(there: str, releases: str) -> bool:
    """Whether a version lies within what the metadata demands; what cannot be compared is believed."""
    try:
        from packaging.specifiers import SpecifierSet
    except Exception:  # noqa: BLE001 - told in its own line: packaging is itself needed
        return True
    try:
        return SpecifierSet(releases).contains(there, prereleases=True)
    except ValueError:
        return True
