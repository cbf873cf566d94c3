"""Centre of pressure beside force: what is found, in which unit, on which axes, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import ezc3d
import numpy as np
import pytest

from landing_lab.io.cop_axes import medio_lateral
from landing_lab.io.read import read
from landing_lab.io.write import write_force_csv
from landing_lab.model.recording import Recording
from reference import require_reference_data

N = 400
TIME = np.arange(N) / 200
LOAD = np.where((np.arange(N) > 100) & (np.arange(N) < 300), 700.0, 0.0)


def table(path: Path, columns: dict[str, np.ndarray]) -> Path:
    rows = np.column_stack(list(columns.values()))
    lines = [",".join(columns), *(",".join(f"{value:.9g}" for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def cop_channels(recording: Recording) -> list[tuple[str, str, str, str]]:
    channels = recording.streams["force"].layout.channels
    return [(c.side, c.quantity, c.name, c.unit) for c in channels if c.quantity != "force"]


def positions(recording: Recording, side: str) -> np.ndarray:
    stream = recording.streams["force"]
    picked = [i for i, c in enumerate(stream.layout.channels) if c.side == side and c.quantity != "force"]
    return stream.samples[:, picked]


@pytest.mark.parametrize(
    ("name", "prefixes", "sides", "apart_cm"),
    [
        ("opencap/subject5/DJ1_forces.mot", ("L_ground_force_", "R_ground_force_"), ("left", "right"), 29),
        ("opencap/subject4/DJAsym1_grf.mot", ("ground_force_1_", "ground_force_2_"), ("plate_1", "plate_2"), 30),
        ("acl_squat_jump/BFR003_squat_jump.csv", ("ground_force1_", "ground_force2_"), ("plate_1", "plate_2"), 42),
    ],
)
def test_the_axis_along_which_real_feet_stand_apart_is_medio_lateral(
    name: str, prefixes: tuple[str, str], sides: tuple[str, str], apart_cm: int
) -> None:
    recording = read(require_reference_data() / "force" / name)
    expected = [
        (side, quantity, f"{prefix}{axis}", "m")
        for side, prefix in zip(sides, prefixes, strict=True)
        for quantity, axis in (("cop_ml", "pz"), ("cop_ap", "px"))
    ]
    assert cop_channels(recording) == expected
    assert any("medio-lateral" in note and f" and {apart_cm} cm apart" in note for note in recording.notes)


def test_the_positions_are_those_of_the_file_unloaded_stretches_included() -> None:
    path = require_reference_data() / "force/opencap/subject4/DJ1_grf.mot"
    lines = path.read_text().splitlines()
    start = lines.index("endheader") + 1
    names = lines[start].split()
    rows = np.array([[float(field) for field in line.split()] for line in lines[start + 1 :] if line.strip()])
    wanted = [names.index("ground_force_2_pz"), names.index("ground_force_2_px")]
    np.testing.assert_array_equal(positions(read(path), "plate_2"), rows[:, wanted])
    assert not rows[0, wanted].any()


def test_the_position_follows_the_force_that_a_person_names() -> None:
    path = require_reference_data() / "force/acl_squat_jump/BFR003_squat_jump.csv"
    recording = read(path, left="ground_force2_vy", right="ground_force1_vy")
    assert [channel[:3] for channel in cop_channels(recording)] == [
        ("left", "cop_ml", "ground_force2_pz"),
        ("left", "cop_ap", "ground_force2_px"),
        ("right", "cop_ml", "ground_force1_pz"),
        ("right", "cop_ap", "ground_force1_px"),
    ]


def test_exported_force_reads_back(tmp_path: Path) -> None:
    recording = read(require_reference_data() / "force/opencap/subject5/DJ1_forces.mot")
    back = read(write_force_csv(recording, tmp_path / "out.csv"))
    assert back.streams["force"].layout.sides == ("left", "right")
    np.testing.assert_array_equal(back.streams["force"].samples[:, :2], recording.streams["force"].samples[:, :2])


@pytest.mark.parametrize("number", [3, 9])
def test_moments_of_unnamed_plates_give_positions_in_their_axes(number: int) -> None:
    path = require_reference_data() / "force/jumpmetrics/cmj_example.txt"
    recording = read(path, sample_rate_hz=2000)
    side = "plate_1" if number == 3 else "plate_2"
    rows = np.loadtxt(path, delimiter=",", skiprows=1)
    fz, mx, my = rows[:, number - 1], rows[:, number], rows[:, number + 1]
    empty = np.abs(fz) < 40
    fz, mx, my = (channel - np.median(channel[empty]) for channel in (fz, mx, my))
    found, loaded = positions(recording, side), fz > 200
    expected = np.column_stack([-my[loaded], mx[loaded]]) / fz[loaded, None]
    np.testing.assert_allclose(found[loaded], expected, rtol=1e-9)
    assert np.abs(found[loaded]).max() < 0.6, "within the plate"
    assert np.isnan(found[np.abs(fz) < 10]).all()
    assert {channel[1] for channel in cop_channels(recording)} == {"cop_1", "cop_2"}
    assert any("newton metre was assumed" in note for note in recording.notes)
    assert any("how deep that lies below the surface is not stated" in note for note in recording.notes)


@pytest.mark.parametrize(("unit", "scale"), [("m", 1.0), ("cm", 100.0), ("mm", 1000.0)])
def test_every_unit_of_length_becomes_metre(tmp_path: Path, unit: str, scale: float) -> None:
    x, y = 0.1 + 0.05 * TIME, 0.2 - 0.02 * TIME
    columns = {"Time (s)": TIME, "Fz (N)": LOAD, f"COPx ({unit})": scale * x, f"COPy ({unit})": scale * y}
    recording = read(table(tmp_path / "one.csv", columns))
    np.testing.assert_allclose(positions(recording, "total"), np.column_stack([x, y]), rtol=1e-6)
    assert not any("COP" in note for note in recording.notes)


@pytest.mark.parametrize(("unit", "scale"), [("Nm", 1.0), ("N.m", 1.0), ("Nmm", 1000.0)])
def test_every_unit_of_moment_becomes_metre(tmp_path: Path, unit: str, scale: float) -> None:
    x, y = 0.1 + 0.05 * TIME, 0.2 - 0.02 * TIME
    columns = {"Time (s)": TIME, "Fx (N)": LOAD * 0, "Fy (N)": LOAD * 0, "Fz (N)": 25.0 + LOAD}
    columns |= {f"Mx ({unit})": scale * (LOAD * y + 3.0), f"My ({unit})": scale * (7.0 - LOAD * x)}
    recording = read(table(tmp_path / "six.csv", columns))
    found, loaded = positions(recording, "total"), LOAD > 0
    np.testing.assert_allclose(found[loaded], np.column_stack([x, y])[loaded], rtol=1e-5)
    assert np.isnan(found[~loaded]).all()


def test_positions_without_a_unit_that_cannot_be_metres_are_not_read(tmp_path: Path) -> None:
    columns = {"Time (s)": TIME, "Fz (N)": LOAD, "COPx": 100 + 30 * TIME, "COPy": 200 - 20 * TIME}
    recording = read(table(tmp_path / "mm.csv", columns))
    assert not cop_channels(recording)
    assert any("Centre of pressure was not read" in note and "(m, cm, mm)" in note for note in recording.notes)


def test_positions_that_fit_no_column_of_force_are_not_read_and_said(tmp_path: Path) -> None:
    columns = {"Time (s)": TIME, "Fz1 (N)": LOAD, "Fz2 (N)": LOAD, "COPx1 (m)": 0.1 * TIME, "COPy1 (m)": 0.1 * TIME}
    recording = read(table(tmp_path / "half.csv", columns))
    assert not cop_channels(recording)
    assert any('"COPx1 (m)" looks like it, but no name fits "Fz2 (N)"' in note for note in recording.notes)


def test_plates_with_axes_of_their_own_never_show_which_is_medio_lateral(tmp_path: Path) -> None:
    columns = {"Time (s)": TIME}
    for plate, x in (("1", 0.3), ("2", 0.0)):
        columns |= {f"Fz{plate} (N)": LOAD, f"COPx{plate} (m)": x + 0 * TIME, f"COPy{plate} (m)": 0 * TIME}
    assert {channel[1] for channel in cop_channels(read(table(tmp_path / "own.csv", columns)))} == {"cop_1", "cop_2"}


@pytest.mark.parametrize(
    ("apart_m", "axis"),
    [((0.3, 0.02), 0), ((0.02, 0.3), 1), ((0.2, 0.2), None), ((0.05, 0.0), None), ((0.0, 1.2), None), (None, None)],
)
def test_only_feet_clearly_side_by_side_show_the_axis(apart_m: tuple[float, float] | None, axis: int | None) -> None:
    assert medio_lateral(apart_m) == axis


def test_c3d_positions_are_those_of_ezc3d_in_the_laboratory() -> None:
    path = require_reference_data() / "pressure/loadsol/test_poids.c3d"
    plate = ezc3d.c3d(str(path), extract_forceplat_data=True)["data"]["platform"][3]
    recording = read(path)
    assert [channel[2] for channel in cop_channels(recording)] == ["COP_lab_X4", "COP_lab_Y4"]
    loaded = recording.streams["force"].samples[:, 0] > 200
    expected = plate["center_of_pressure"][:2, loaded].T / 1000
    np.testing.assert_allclose(positions(recording, "total")[loaded], expected, atol=1e-6)


def made_c3d(path: Path, *, corners: bool) -> Path:
    """Two plates whose origin lies 40 mm below the surface, 30 cm apart along y; 700 N and 50 N of shear on each."""
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [200.0]
    file["parameters"]["ANALOG"]["LABELS"]["value"] = [
        f"{n}{p}" for p in "12" for n in ("Fx", "Fy", "Fz", "Mx", "My", "Mz")
    ]
    file["parameters"]["ANALOG"]["UNITS"]["value"] = ["N", "N", "N", "Nmm", "Nmm", "Nmm"] * 2
    # force of the person on a plate whose z points down, at (20, 10) mm of its surface, 40 mm above the origin
    force = np.array([50.0, 0.0, 700.0])
    moment = np.cross([20.0, 10.0, -40.0], force)
    on = (LOAD > 0).astype(float)
    file["data"]["analogs"] = np.tile(np.concatenate([force, moment])[:, None] * on, (2, 1))[None]
    file["data"]["points"] = np.zeros((4, 0, N // 2))
    file.add_parameter("FORCE_PLATFORM", "USED", [2])
    file.add_parameter("FORCE_PLATFORM", "TYPE", [2, 2])
    file.add_parameter("FORCE_PLATFORM", "CHANNEL", np.arange(1.0, 13).reshape(2, 6).T)
    if corners:
        # x of the plate along x of the laboratory, y against it, so that z points down
        one = np.array([[200.0, -100, 0], [-200.0, -100, 0], [-200.0, 100, 0], [200.0, 100, 0]]).T
        file.add_parameter(
            "FORCE_PLATFORM", "CORNERS", np.stack([one, one + np.array([[0.0], [300.0], [0.0]])], axis=2)
        )
        file.add_parameter("FORCE_PLATFORM", "ORIGIN", np.array([[0.0, 0, -40], [0.0, 0, -40]]).T)
    file.write(str(path))
    return path


def test_c3d_plates_side_by_side_share_the_laboratory(tmp_path: Path) -> None:
    recording = read(made_c3d(tmp_path / "two.c3d", corners=True))
    assert [channel[1:3] for channel in cop_channels(recording)][:2] == [
        ("cop_ml", "COP_lab_Y1"),
        ("cop_ap", "COP_lab_X1"),
    ]
    loaded = LOAD > 0
    np.testing.assert_allclose(positions(recording, "plate_1")[loaded], [[-0.010, 0.020]] * loaded.sum(), atol=1e-6)
    np.testing.assert_allclose(positions(recording, "plate_2")[loaded], [[0.290, 0.020]] * loaded.sum(), atol=1e-6)


def test_c3d_without_corners_keeps_the_axes_of_each_plate(tmp_path: Path) -> None:
    recording = read(made_c3d(tmp_path / "two.c3d", corners=False))
    assert [channel[1:3] for channel in cop_channels(recording)][:2] == [("cop_1", "COPx1"), ("cop_2", "COPy1")]
    assert any("how deep that lies below the surface is not stated" in note for note in recording.notes)
    # about the origin of the moments: 40 mm of depth times 50 / 700 of shear shift x
    expected = [[0.020 + 0.040 * 50 / 700, 0.010]] * int((LOAD > 0).sum())
    np.testing.assert_allclose(positions(recording, "plate_1")[LOAD > 0], expected, atol=1e-6)
