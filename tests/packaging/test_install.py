"""A newcomer's first minutes, on every Python that is promised, with nothing but the built package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import landing_lab
from fresh_environments import EXTRAS, READ_ONLY, VERSIONS, Fresh


def _plain(requirement: str) -> str:
    """The name of a library as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0]).lower()


def _said(environment: Fresh, step: str) -> str:
    done = environment.steps.get(step, environment.steps["install"])
    assert done.returncode == 0, (step, done.stdout[-2000:], done.stderr[-2000:])
    assert "Traceback" not in done.stderr
    return done.stdout


def test_it_installs_beside_the_libraries_of_constraints_txt(environment: Fresh) -> None:
    _said(environment, "install")
    assert "No broken requirements" in _said(environment, "check")


def test_every_extra_can_be_had_beside_all_others(environment: Fresh) -> None:
    _said(environment, "extras")
    planned = json.loads((environment.folder / "plan.json").read_text())["install"]
    names = {_plain(one["metadata"]["name"]) for one in planned}
    missing = {extra: wanted for extra, of_it in EXTRAS.items() if (wanted := {*map(_plain, of_it)} - names)}
    assert missing == {}


def test_the_command_and_the_module_say_their_version(environment: Fresh) -> None:
    assert _said(environment, "version").strip() == landing_lab.__version__
    assert _said(environment, "module").strip() == landing_lab.__version__


def test_doctor_finds_nothing_missing(environment: Fresh) -> None:
    found = json.loads(_said(environment, "doctor"))
    assert found["version"] == landing_lab.__version__
    assert [row for row in found["checks"] if row["status"] == "missing"] == []


def test_a_script_simulates_and_analyses(environment: Fresh) -> None:
    task, value, sd, truth = _said(environment, "script").split()
    assert task == "drop_jump"
    assert abs(float(value) - float(truth)) < 5 * float(sd) < 0.01


def test_the_command_analyses_a_file_from_anywhere(environment: Fresh) -> None:
    (trial,) = json.loads(_said(environment, "analyse"))["trials"]
    assert (trial["task"], trial["status"]) == ("drop_jump", "ok")
    results = environment.folder / "elsewhere" / "results"
    assert {"report.html", "metrics.csv", "analysis.json"} <= {path.name for path in results.iterdir()}


@pytest.mark.parametrize("environment", VERSIONS[-1:], indirect=True)  # one is enough: it waits for boards
def test_the_demo_runs_on_the_newest(environment: Fresh) -> None:
    _said(environment, "demo")
    assert (environment.folder / "elsewhere" / "demo" / "report.html").stat().st_size > 0


def test_nothing_is_written_beside_the_package(environment: Fresh) -> None:
    """A closed folder is no hindrance, an open one stays as pip left it: compiled kernels are in the user's cache."""
    if environment.version == READ_ONLY:
        assert "PermissionError" in environment.steps["write"].stderr, "the folder was not closed: this proves nothing"
    cached = {path.name for path in Path(environment.home, ".cache", "landing-lab").iterdir()}
    assert cached


def test_uninstalling_leaves_nothing(environment: Fresh) -> None:
    _said(environment, "uninstall")
    assert _said(environment, "left") == ""
