"""Layouts that a lab names: by name, by file, by foot, or kept in the dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from landing_lab.errors import FileFormatError, LandingLabError, ParameterError
from landing_lab.io.layout_files import documents_of, layout_named, layouts_wanted
from landing_lab.model.insole_layout import from_document, shipped_layouts
from landing_lab.sim.devices import insole_info, plate_info

BOARDS = [plate_info(), insole_info(0), insole_info(1)]
LEFT, RIGHT = BOARDS[1].device_id, BOARDS[2].device_id

OWN = """name = "own_8"
title = "ours"
source = "a ruler"
width_mm = 95.0
length_mm = 270.0
"""
CELL = '[[cells]]\nname = "c{0}"\nregion = "heel"\nx = 0.{0}\ny = 0.{0}\narea_mm2 = 1000.0\n'


def own(folder: Path, name: str, cells: int = 8) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(OWN + "".join(CELL.format(cell + 1) for cell in range(cells)))
    return file


def test_a_name_or_a_file_holds_for_both_feet_or_for_one(tmp_path: Path) -> None:
    file = own(tmp_path, "mine.toml")
    both = layouts_wanted(["fsr402_8"], BOARDS, tmp_path)
    assert {device: layout.name for device, layout in both.items()} == {LEFT: "fsr402_8", RIGHT: "fsr402_8"}
    mixed = layouts_wanted([f"left={file}", "right=infotronic_8"], BOARDS, tmp_path)
    assert {device: layout.name for device, layout in mixed.items()} == {LEFT: "own_8", RIGHT: "infotronic_8"}
    assert layouts_wanted(["left=fsr402_8"], BOARDS, tmp_path).keys() == {LEFT}
    documents = documents_of(mixed)["insole_layouts"]
    assert isinstance(documents, dict)
    assert from_document(documents[LEFT]) == mixed[LEFT]
    assert documents_of({}) == {}


def test_the_dataset_keeps_layouts_which_hold_without_asking(tmp_path: Path) -> None:
    assert layouts_wanted([], BOARDS, tmp_path) == {}
    own(tmp_path / "layouts", f"{LEFT}.toml")
    assert layouts_wanted([], BOARDS, tmp_path).keys() == {LEFT}
    own(tmp_path / "layouts", "default.toml")
    assert layouts_wanted([], BOARDS, tmp_path).keys() == {LEFT, RIGHT}
    said = layouts_wanted(["left=fsr402_8"], BOARDS, tmp_path)
    assert {device: layout.name for device, layout in said.items()} == {LEFT: "fsr402_8", RIGHT: "own_8"}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (["fsr402_16"], "layout fsr402_16 has 16 cells, and SIM-IN-L sends 8 channels; layouts of 8: fsr402_8"),
        (["nothing"], "no layout 'nothing'; there are fsr402_16"),
        (["left=fsr402_8", "left=infotronic_8"], "two layouts for the left insole"),
        (["fsr402_8", "right=infotronic_8"], "two layouts for the right insole"),
        (["left=nowhere.toml"], "nowhere.toml"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, wanted: list[str], told: str) -> None:
    with pytest.raises(LandingLabError, match=told):
        layouts_wanted(wanted, BOARDS, tmp_path)


def test_bad_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("name = ")
    with pytest.raises(FileFormatError, match=r"a.toml cannot be used: the layout is not TOML"):
        layout_named(str(tmp_path / "a.toml"))
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFormatError, match=r"b.toml is no text"):
        layout_named(str(tmp_path / "b.toml"))
    with pytest.raises(ParameterError, match="does not answer"):
        layouts_wanted(["left=fsr402_8"], BOARDS[:1], tmp_path)
    assert layout_named("infotronic_8") == shipped_layouts()["infotronic_8"]


@pytest.mark.parametrize(("kind", "told"), [("link", "which does not exist"), ("folder", "is a folder, not a file")])
def test_what_is_kept_but_no_file_is_refused(tmp_path: Path, kind: str, told: str) -> None:
    (tmp_path / "layouts").mkdir()
    kept = tmp_path / "layouts" / "default.toml"
    if kind == "link":
        kept.symlink_to(tmp_path / "gone.toml")
    else:
        kept.mkdir()
    with pytest.raises(FileFormatError, match=told):
        layouts_wanted([], BOARDS, tmp_path)
