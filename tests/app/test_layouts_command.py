"""`landing-lab layouts` lists, shows and checks; a layout that cannot be used is one sentence and exit code 2."""

import json
from pathlib import Path

import numpy as np

from command_line import refused, refused_here, run, run_here
from insole_texts import loadsol_text, moticon_text
from landing_lab.model.insole_layout import shipped_layouts

OWN = Path(__file__).parents[2] / "src" / "landing_lab" / "model" / "layouts" / "fsr402_8.toml"


def test_list_and_show() -> None:
    listed = run("layouts", "list")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in shipped_layouts())
    shown = json.loads(run("layouts", "show", "pedar_99", "--json").stdout)
    assert shown["n_cells"] == len(shown["layout"]["cells"]) == 99
    assert "MIT" in shown["layout"]["source"]
    assert "there is no layout 'shoe'" in refused("layouts", "show", "shoe", code=2)


def test_check(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN.read_text("utf-8"), "utf-8")
    good = run_here("layouts", "check", own)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "Nothing looks wrong.")
    own.write_text(OWN.read_text("utf-8").replace("y = 0.08", "y = 0.88"), "utf-8")
    assert "look at this: cell" in run_here("layouts", "check", own).stdout
    own.write_text("name = 'x'\x1b[31m", "utf-8")
    assert "cannot be used: the layout is not TOML" in refused_here("layouts", "check", own, code=2)
    own.write_bytes(b"\xff\xfe\x00")
    assert "is no text" in refused_here("layouts", "check", own, code=2)
    assert "does not exist" in refused_here("layouts", "check", tmp_path / "no.toml", code=2)


def test_the_example_of_the_page_is_whole_and_fewer_than_8_cells_are_told(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "layouts.md").read_text("utf-8")
    own = tmp_path / "own.toml"
    text = page.split("```toml\n", 1)[1].split("```", 1)[0]
    own.write_text(text, "utf-8")
    good = run_here("layouts", "check", own)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "Nothing looks wrong.")
    own.write_text(text.rsplit("[[cells]]", 1)[0], "utf-8")
    assert "note: 7 cells: medial shift and centre of pressure need 8" in run_here("layouts", "check", own).stdout


def test_analyse_and_export_of_an_insole_file(tmp_path: Path) -> None:
    zones = np.tile([100.0, 90.0, 80.0], (900, 1))
    path = tmp_path / "standing.txt"
    path.write_text(loadsol_text(zones, zones))
    told = run_here("analyse", path)
    assert told.returncode == 0
    assert "no jump is in this recording" in " ".join(told.stdout.split())
    assert run_here("export", path, "--stream", "insole_left", "--to", tmp_path / "left.csv").returncode == 0
    assert (tmp_path / "left.csv").read_text().startswith("time_s,left_heel_n,left_medial_n,left_lateral_n\n0.0,100.0")
    both = refused_here("export", path, "--to", tmp_path / "both.parquet", code=1)
    assert "keep that file, which holds all of them, or choose one with --stream" in both
    assert run_here("export", path, "--stream", "insole_right", "--to", tmp_path / "right.parquet").returncode == 0
    assert "3 columns of force" in refused_here(
        "export", path, "--stream", "insole_left", "--to", tmp_path / "x.c3d", code=1
    )
    again = run_here("analyse", tmp_path / "right.parquet")
    assert "only the right foot was measured" in " ".join(again.stdout.split())


def test_a_damaged_insole_file_is_exit_code_2(tmp_path: Path) -> None:
    cells = np.ones((40, 16))
    path = tmp_path / "cut.txt"
    path.write_text(moticon_text(cells, cells).replace("\n0.05\t", "\n0.05\tx"))
    assert 'holds "x' in refused_here("analyse", path, code=2)
    pressure = tmp_path / "whole.txt"
    pressure.write_text(moticon_text(cells, cells))
    told = refused_here("export", pressure, "--stream", "insole_left", "--to", tmp_path / "x.mot", code=1)
    assert "holds pressure of single cells" in told
