"""Every line of docs/how_to/interoperability.md does what it says."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from scipy.io import loadmat

import landing_lab as ll
from landing_lab.io.write import write_metrics_csv
from landing_lab.model.trial_label import TrialLabel
from lsl_session import Sent
from reference import absent

PAGE = Path(__file__).parents[2] / "docs" / "how_to" / "interoperability.md"
DIRECTIONS = ("numpy", "pandas", "CSV and text", "Parquet", "C3D", "OpenSim (.mot)", "MATLAB", "R",
              "XDF and the Lab Streaming Layer", "BIDS")  # fmt: skip


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def ran(sent: Sent, recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder in which all Python lines ran, one after the other, and what they made."""
    if importlib.util.find_spec("ezc3d") is None:
        absent("ezc3d is not installed; pip install 'landing-lab[c3d]'")
    folder = tmp_path_factory.mktemp("page")
    study = sent.session.book.folder.path.parents[1]
    shutil.copytree(study, folder / "study", ignore=shutil.ignore_patterns("*.lock", recorded.name))
    (folder / "study" / "sub-P07").rename(folder / "study" / "sub-P01")  # as the page calls the athlete
    shutil.copyfile(recorded, folder / "emg_and_landings.xdf")
    _as_p01(folder / "study")
    made: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in blocks("python"):
            exec(compile(block, str(PAGE), "exec"), made)
    return folder, made


def _as_p01(study: Path) -> None:
    session = study / "sub-P01" / "ses-01"
    for path in sorted(session.rglob("*sub-P07*")):
        path.rename(path.with_name(path.name.replace("sub-P07", "sub-P01")))
    for path in (*session.rglob("*.json"), study / "participants.tsv"):
        path.write_text(path.read_text().replace("P07", "P01"))
    files = sorted((session / "raw").glob("*.xdf"))
    trials = [ll.analyse(ll.read(file)).first for file in files]
    labels = [TrialLabel(run=run, condition="", notes=()) for run in range(1, len(files) + 1)]
    write_metrics_csv(trials, session / "metrics.csv", labels)


def test_every_direction_has_a_section_with_a_line() -> None:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert tuple(section.splitlines()[0] for section in sections) == DIRECTIONS
    for section in sections:
        assert "To" in section, section[:40]
        assert "From" in section, section[:40]
        assert "```python" in section, section[:40]


def test_all_python_lines_run_and_give_the_same_force(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, made = ran
    table = ll.to_pandas(made["jump"])
    for name in ("jump.csv", "jump.parquet", "jump.mot", "jump.mat", "jump.c3d"):
        back = ll.to_pandas(ll.read(folder / name))
        tolerance = 1e-3 if name.endswith("c3d") else 1e-9
        pd.testing.assert_series_equal(back["left_n"], table["left_n"], atol=tolerance, check_exact=False)
    assert made["export"].n_trials == 2
    assert made["trials"]["participant"].unique().tolist() == ["P01"]


def test_the_time_on_lsls_clock_is_that_of_the_touchdown(ran: tuple[Path, dict[str, Any]], sent: Sent) -> None:
    _, made = ran
    markers = sent.heard["landing-lab.markers"]
    stamps = {sample[0]: stamp for sample, stamp in zip(markers.samples, markers.stamps, strict=True)}
    assert stamps["armed/run-01"] < made["touchdown_lsl_s"] < stamps["landed/run-01"]


def test_the_columns_that_matlab_and_r_lines_use_are_there(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = ran
    matlab, r = "".join(blocks("matlab")), "".join(blocks("r"))
    held = loadmat(folder / "jump.mat")
    used = re.findall(r"jump\.(\w+)(?=[,+ )])", matlab)
    assert {"time_s", "left_n", "right_n"} == set(used)
    assert all(held[name].shape == held["time_s"].shape for name in used)
    force = duckdb.sql(f"SELECT * FROM '{folder / 'jump.parquet'}'").df()
    assert set(re.findall(r"force\$(\w+)", r)) <= set(force.columns)
    metrics = duckdb.sql(f"SELECT * FROM '{folder / 'metrics.parquet'}'").df()
    selected = re.search(r"c\((.*?)\)", r)
    assert selected is not None
    assert set(selected.group(1).split(", ")) | {"status"} <= set(metrics.columns)
    assert list(pd.read_csv(folder / "metrics.csv").columns) == list(metrics.columns)
    for file in re.findall(r'"([\w.]+)"', matlab + r):
        assert "." not in file or (folder / file).is_file(), file
