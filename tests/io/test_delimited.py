"""Text tables of every make: separators, headers, encodings, units, conventions of vendors."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.errors import ParameterError
from landing_lab.io.read import read
from landing_lab.model.recording import Recording, Stream

RATE = 500.0
N_ROWS = 60


def force_column(seed: int, peak: float = 900.0) -> np.ndarray:
    """An empty plate, then load: rounded so that text holds it exactly."""
    rng = np.random.default_rng(seed)
    force = np.concatenate([np.zeros(20), np.linspace(0, peak, 20), np.full(20, peak)]) + rng.normal(0, 1, N_ROWS)
    return np.round(force, 3)


def rows_of(*columns: np.ndarray, separator: str = "\t", decimal: str = ".") -> str:
    lines = [
        separator.join(f"{value:.6f}".replace(".", decimal) for value in row) for row in zip(*columns, strict=True)
    ]
    return "\n".join(lines) + "\n"


def saved(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "force.txt"
    path.write_bytes(text.encode(encoding))
    return path


def only(recording: Recording) -> Stream:
    assert list(recording.streams) == ["force"]
    return recording.streams["force"]


TIME = np.arange(N_ROWS) / RATE
LEFT, RIGHT = force_column(1), force_column(2, 700.0)


@st.composite
def layouts(draw: st.DrawFn) -> dict[str, object]:
    separator, decimal = draw(
        st.sampled_from([("\t", "."), ("\t", ","), (";", "."), (";", ","), (",", "."), (" ", ".")])
    )
    return {
        "separator": separator,
        "decimal": decimal,
        "header": draw(st.sampled_from(["none", "names", "units_in_names", "units_row", "title"])),
        "time": draw(st.booleans()),
        "line_end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])),
        "blank_first": draw(st.booleans()),
        "trailing_blank": draw(st.booleans()),
        "trailing_separator": draw(st.booleans()) and separator != " ",
    }


@given(layout=layouts(), seed=st.integers(0, 1000))
@settings(max_examples=250, deadline=None)
def test_round_trip_of_any_layout(
    layout: dict[str, object], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    left, right = force_column(seed), force_column(seed + 1)
    separator, header = str(layout["separator"]), layout["header"]
    columns = [TIME, left, right] if layout["time"] else [left, right]
    body = rows_of(*columns, separator=separator, decimal=str(layout["decimal"]))
    if layout["trailing_separator"]:
        body = body.replace("\n", separator + "\n")
    names = ["Time", "L_Fz", "R_Fz"] if layout["time"] else ["L_Fz", "R_Fz"]
    units = ["s", "N", "N"] if layout["time"] else ["N", "N"]
    if header == "units_in_names":
        names = [f"{name}[{unit}]" for name, unit in zip(names, units, strict=True)]
    top = ""
    if header == "title":
        top = "Drop jump of Müller, session 3\n"
    if header in {"names", "units_in_names", "units_row", "title"}:
        top += separator.join(names) + "\n"
    if header == "units_row":
        top += separator.join(units) + "\n"
    text = ("\n" if layout["blank_first"] else "") + top + body + ("\n\n" if layout["trailing_blank"] else "")
    path = saved(folder, text.replace("\n", str(layout["line_end"])), str(layout["encoding"]))

    stream = only(read(path, sample_rate_hz=None if layout["time"] else RATE))

    assert stream.layout.sides == (("plate_1", "plate_2") if header == "none" else ("left", "right"))
    assert stream.sample_rate_hz == RATE
    np.testing.assert_array_equal(stream.samples, np.column_stack([left, right]))


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_one_column_with_decimal_comma(tmp_path: Path, separator: str) -> None:
    text = "Fz\n" + rows_of(LEFT, decimal=",", separator=separator)
    np.testing.assert_array_equal(only(read(saved(tmp_path, text), sample_rate_hz=500)).samples[:, 0], LEFT)


def test_two_integer_columns_are_two_columns(tmp_path: Path) -> None:
    text = "".join(f"{500 + i},{300 + i}\n" for i in range(20))
    assert only(read(saved(tmp_path, text), sample_rate_hz=500)).samples.shape == (20, 2)


HAWKIN = "Time (s),Left (N),Right (N),Combined (N)\n"
HAWKIN_API = "Time(s),LeftForce(N),RightForce(N),CombinedForce(N)\n"


@pytest.mark.parametrize("header", [HAWKIN, HAWKIN_API])
def test_hawkin(tmp_path: Path, header: str) -> None:
    recording = read(saved(tmp_path, header + rows_of(TIME, LEFT, RIGHT, LEFT + RIGHT, separator=",")))
    assert only(recording).layout.sides == ("left", "right")
    np.testing.assert_array_equal(only(recording).samples, np.column_stack([LEFT, RIGHT]))
    assert any("total is the sum" in note for note in recording.notes)
    assert not any("assumed" in note for note in recording.notes)


@pytest.mark.parametrize("decimal", [".", ","])
def test_kistler_bioware(tmp_path: Path, decimal: str) -> None:
    names = ["abs time (s)", *["Fx", "Fy", "Fz", "|Ft|", "Ax", "Ay"] * 2]
    units = ["s", *["N", "N", "N", "N", "m", "m"] * 2]
    top = ["File:\tC:\\Meßung\\jump.dat", "Subject:\tP01", "Description:", "Date:\t2.11.2026", "", "Plate 1\t0001", ""]
    zero = np.zeros(N_ROWS)
    body = rows_of(TIME, zero, zero, LEFT, LEFT, zero, zero, zero, zero, RIGHT, RIGHT, zero, zero, decimal=decimal)
    text = (
        "\r\n".join(top) + "\r\n" + "\t".join(names) + "\r\n" + "\t".join(units) + "\r\n" + body.replace("\n", "\r\n")
    )
    path = saved(tmp_path, text, "latin-1")
    recording = read(path)
    assert recording.provenance["columns"] == {"plate_1": "Fz", "plate_2": "Fz.1"}
    np.testing.assert_array_equal(only(recording).samples[:, :2], np.column_stack([LEFT, RIGHT]))
    swapped = only(read(path, left="Fz.1", right="Fz"))
    np.testing.assert_array_equal(swapped.samples[:, :2], np.column_stack([RIGHT, LEFT]))
    np.testing.assert_array_equal(only(read(path, total="10")).samples[:, 0], RIGHT)


def test_pasco_runs_are_chosen_and_padding_is_dropped(tmp_path: Path) -> None:
    lines = ["Time (s) Run #1,Fz (N) Run #1,Time (s) Run #2,Fz (N) Run #2"]
    for row in range(N_ROWS):
        first = f"{TIME[row]:.4f},{LEFT[row]:.3f}" if row < 50 else ","
        lines.append(f"{first},{2 * TIME[row]:.4f},{RIGHT[row]:.3f}")
    path = saved(tmp_path, "\n".join(lines) + "\n")
    with pytest.raises(Exception, match=r"2 runs .*--total \"Fz \(N\) Run #1\""):
        read(path)
    one, two = only(read(path, total="Fz (N) Run #1")), only(read(path, total="Fz (N) Run #2"))
    np.testing.assert_array_equal(one.samples[:, 0], LEFT[:50])
    np.testing.assert_array_equal(two.samples[:, 0], RIGHT)
    assert (one.sample_rate_hz, two.sample_rate_hz) == (500, 250)


def test_amti_netforce(tmp_path: Path) -> None:
    small = LEFT / 10
    recording = read(
        saved(tmp_path, rows_of(small, small, -LEFT, small, small, small, separator=",")), sample_rate_hz=500
    )
    np.testing.assert_array_equal(only(recording).samples[:, 0], LEFT)
    assert any("Fx Fy Fz Mx My Mz" in note for note in recording.notes)
    assert any("sign was turned" in note for note in recording.notes)


@pytest.mark.parametrize(
    ("names", "sides"),
    [
        (("left", "right"), ("left", "right")),
        (("Right Fz [N]", "Left Fz [N]"), ("left", "right")),
        (("Fz_L", "Fz_R"), ("left", "right")),
        (("R_ground_force_vy", "L_ground_force_vy"), ("left", "right")),
        (("left_force_n", "right_force_n"), ("left", "right")),
        (("Fz1", "Fz2"), ("plate_1", "plate_2")),
        (("Fz", "Fz"), ("plate_1", "plate_2")),
        (("Force.Fz1", "Force.Fz2"), ("plate_1", "plate_2")),
        (("Plate 1 Fz", "Plate 2 Fz"), ("plate_1", "plate_2")),
        (("FP1", "FP2"), ("plate_1", "plate_2")),
        (("ground_force_vy", "1_ground_force_vy"), ("plate_1", "plate_2")),
        (("Fx", "Fz"), ("total",)),
        (("frame", "vGRF"), ("total",)),
    ],
)
def test_names_by_convention(tmp_path: Path, names: tuple[str, str], sides: tuple[str, ...]) -> None:
    text = "\t".join(names) + "\n" + rows_of(LEFT, RIGHT)
    stream = only(read(saved(tmp_path, text), sample_rate_hz=500))
    assert stream.layout.sides == sides
    first = LEFT if names[0].lower().startswith(("l", "fz", "f", "p", "g")) else RIGHT
    expected = {("total",): RIGHT}.get(sides, first)
    np.testing.assert_array_equal(stream.samples[:, 0], expected)


def test_kilonewtons_become_newtons(tmp_path: Path) -> None:
    recording = read(saved(tmp_path, "time_ms;Fz (kN)\n" + rows_of(1000 * TIME, LEFT / 1000, separator=";")))
    np.testing.assert_allclose(only(recording).samples[:, 0], LEFT, atol=1e-9)
    assert only(recording).sample_rate_hz == RATE
    assert "Force was converted from kN to N." in recording.notes


def test_small_numbers_are_remarked_upon(tmp_path: Path) -> None:
    recording = read(saved(tmp_path, "Fz\n" + rows_of(LEFT / 1000)), sample_rate_hz=500)
    assert any("kN, body weights or volts" in note for note in recording.notes)


def test_blanks_are_missing_samples(tmp_path: Path) -> None:
    words = ["", "NaN", "-", "n/a", "NULL"]
    fields = [words[row % 5] if 10 <= row < 15 else str(force) for row, force in enumerate(LEFT)]
    lines = [f"{time:.4f},{field}" for time, field in zip(TIME, fields, strict=True)]
    recording = read(saved(tmp_path, "t,Fz\n" + "\n".join(lines) + "\n,\n,\n"))
    samples = only(recording).samples[:, 0]
    assert np.flatnonzero(np.isnan(samples)).tolist() == [10, 11, 12, 13, 14]
    assert len(samples) == N_ROWS
    assert "5 rows hold blanks: they were read as missing samples." in recording.notes


def test_explicit_total_beside_both_sides_is_not_counted_twice(tmp_path: Path) -> None:
    path = saved(tmp_path, "a\tb\tc\n" + rows_of(LEFT, RIGHT, LEFT + RIGHT))
    recording = read(path, left="a", right="b", total="c", sample_rate_hz=500)
    assert only(recording).layout.sides == ("left", "right")


def test_case_and_unit_may_be_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path, HAWKIN + rows_of(TIME, LEFT, RIGHT, LEFT + RIGHT, separator=","))
    np.testing.assert_allclose(only(read(path, total="combined")).samples[:, 0], LEFT + RIGHT, atol=1e-9)


def test_a_third_plate_that_stays_empty_is_left_out(tmp_path: Path) -> None:
    recording = read(saved(tmp_path, "Fz1\tFz2\tFz3\n" + rows_of(LEFT, RIGHT, LEFT / 100)), sample_rate_hz=500)
    assert only(recording).layout.sides == ("plate_1", "plate_2")
    assert any('"Fz3" never carries' in note for note in recording.notes)


def test_five_megabytes_take_less_than_a_second_or_so(tmp_path: Path) -> None:
    import time

    text = rows_of(*[np.tile(LEFT, 800)] * 12, separator=",")
    assert len(text) > 5_000_000
    path = saved(tmp_path, text)
    read(path, left="3", right="9", sample_rate_hz=1000)
    start = time.process_time()
    read(path, left="3", right="9", sample_rate_hz=1000)
    assert time.process_time() - start < 1.5  # processor time: the cores are shared


def test_importing_the_reader_loads_no_heavy_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, landing_lab.io.read, landing_lab.io.registry as r; r.all_formats(); "
        "print([m for m in ('pandas', 'scipy', 'numba', 'matplotlib', 'ezc3d') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_columns_of_words_are_passed_over(tmp_path: Path) -> None:
    lines = [f"P01,{time:.4f},{force},step off" for time, force in zip(TIME, LEFT, strict=True)]
    path = saved(tmp_path, "participant,time,Fz,task\n" + "\n".join(lines) + "\n")
    np.testing.assert_array_equal(only(read(path)).samples[:, 0], LEFT)
    with pytest.raises(Exception, match='"task" holds no numbers'):
        read(path, total="task")


def test_a_row_of_column_numbers_is_no_sample(tmp_path: Path) -> None:
    text = "1 2 3 4 5 6\n" + rows_of(LEFT / 9, LEFT / 9, LEFT, LEFT / 9, LEFT / 9, LEFT / 9, separator=" ")
    np.testing.assert_array_equal(only(read(saved(tmp_path, text), sample_rate_hz=500)).samples[:, 0], LEFT)


def test_a_plate_that_reads_nothing_is_named(tmp_path: Path) -> None:
    recording = read(saved(tmp_path, "FP1\tFP2\n" + rows_of(0 * LEFT, RIGHT)), sample_rate_hz=500)
    assert only(recording).layout.sides == ("total",)
    doubt = recording.provenance["doubt"]
    assert isinstance(doubt, str)
    assert '"FP1" reads nothing in the whole file' in doubt
    assert "a dead plate cannot be told from one nobody used" in doubt
    assert f"{doubt}." in recording.notes


def test_two_plates_that_both_carry_something_are_beyond_doubt(tmp_path: Path) -> None:
    assert "doubt" not in read(saved(tmp_path, "FP1\tFP2\n" + rows_of(LEFT, RIGHT)), sample_rate_hz=500).provenance


@pytest.mark.parametrize("names", ["R_Fz", "Fx\tleft", "Right\tTotal", "time\tL_ground_force_vy"])
def test_one_named_foot_is_not_the_whole_body(tmp_path: Path, names: str) -> None:
    columns = [TIME, LEFT] if "time" in names else [LEFT, RIGHT][: names.count("\t") + 1]
    path = saved(tmp_path, names + "\n" + rows_of(*columns))
    with pytest.raises(ParameterError, match=r"half of the force would pass for the whole.*--total for a single plate"):
        read(path, sample_rate_hz=500)
    assert only(read(path, total=str(len(columns)), sample_rate_hz=500)).layout.sides == ("total",)


def test_frames_and_sub_frames_with_a_row_of_units(tmp_path: Path) -> None:
    lines = [f"{row // 10},{row % 10},1.5,{-force},2.5" for row, force in enumerate(LEFT)]
    path = saved(tmp_path, "Frame,Sub Frame,Fx,Fz,Mx\n,,N,N,N.mm\n" + "\n".join(lines) + "\n")
    np.testing.assert_array_equal(only(read(path, sample_rate_hz=500)).samples[:, 0], LEFT)
