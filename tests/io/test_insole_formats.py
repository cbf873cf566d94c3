"""Insole files made of known numbers, whole, of other sizes and units, and damaged in every way."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insole_texts import (
    emed_text,
    fscan_text,
    loadsol_text,
    moticon_text,
    pedar_text,
    step,
    xsensor_text,
)
from landing_lab.errors import FileFormatError, LandingLabError
from landing_lab.io.read import read
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.recording import Recording, Stream

RNG = np.random.default_rng(7)
CELLS = np.round(RNG.uniform(0.0, 20.0, (40, 16)), 2)
ZONES = np.round(RNG.uniform(50.0, 300.0, (40, 3)), 1)
LEFT, RIGHT = step(side="left"), step(side="right")
COARSE = step(rows=31, columns=11), step(rows=31, columns=11, side="right")
TRIMMED = np.where(LEFT.max(axis=0) > 0.0, LEFT, np.nan)
EVERY = tuple(range(1, 100))


def written(tmp_path: Path, text: str, name: str = "x.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def force_n(recording: Recording, side: str) -> FloatArray:
    stream = recording.streams[f"insole_{side}"]
    assert stream.sensor.insole is not None
    return np.asarray(stream.samples @ stream.sensor.insole.area_mm2 * 1e-3)


def test_moticon_of_another_size_takes_its_areas_from_the_vendors_force(tmp_path: Path) -> None:
    layout = shipped_layouts()["moticon_16"]
    cells = np.tile(CELLS[:1], (40, 1))
    total = f"{float(cells[0] @ layout.area_mm2) * 1e-2 * 0.81:.1f}"
    found = read(written(tmp_path, moticon_text(cells, cells, size="4", force=total)))
    stream = found.streams["insole_right"]
    assert stream.sensor.insole is not None
    assert stream.sensor.insole.length_mm == pytest.approx(0.9 * layout.length_mm, rel=1e-3)
    assert force_n(found, "right")[5] == pytest.approx(float(total), rel=1e-3)
    assert stream.sensor.doubt is None


def test_moticon_of_another_size_without_force_is_in_doubt(tmp_path: Path) -> None:
    found = read(written(tmp_path, moticon_text(CELLS, CELLS, size="4")))
    assert "areas of size 7 were used" in str(found.streams["insole_left"].sensor.doubt)


def test_moticon_of_one_foot(tmp_path: Path) -> None:
    found = read(written(tmp_path, moticon_text(CELLS, np.full_like(CELLS, np.nan))))
    assert list(found.streams) == ["insole_left"]
    assert "The right insole holds no numbers and was left out." in found.notes


def test_pedar_areas_scale_with_the_size(tmp_path: Path) -> None:
    kpa = np.full((20, 198), 100.0)
    maxima = {}
    for size, area_cm2 in (("y", 191.13), ("w", 155.42), ("xw", 196.39)):
        found = read(written(tmp_path, pedar_text(kpa, sensor=size, left=EVERY, right=EVERY)))
        maxima[size] = force_n(found, "left").max()
        assert maxima[size] == pytest.approx(100.0 * area_cm2 * 0.1, rel=1e-6)
        assert found.streams["insole_left"].sensor.doubt is None


def test_pedar_of_an_unknown_size_is_in_doubt(tmp_path: Path) -> None:
    found = read(written(tmp_path, pedar_text(np.ones((20, 99)), sensor="q", right=EVERY)))
    assert list(found.streams) == ["insole_right"]
    assert '"q" is not in the table of pedar sizes' in str(found.streams["insole_right"].sensor.doubt)


def test_pedar_mask_of_some_cells(tmp_path: Path) -> None:
    kpa = np.arange(60.0).reshape(20, 3)
    found = read(written(tmp_path, pedar_text(kpa, left=(3, 99), right=(50,))))
    stream = found.streams["insole_left"]
    assert [channel.name for channel in stream.layout.channels] == ["03", "99"]
    np.testing.assert_array_equal(stream.samples, kpa[:, :2])
    whole = shipped_layouts()["pedar_99"]
    assert stream.layout.channels[1].position_mm == whole.position_mm(whole.cells[98].x, whole.cells[98].y)


def test_loadsol_zones_stand_in_one_order_on_both_feet(tmp_path: Path) -> None:
    other = ZONES + 7.0
    other[10:22] = np.nan
    found = read(written(tmp_path, loadsol_text(ZONES, other)))
    left, right = found.streams["insole_left"], found.streams["insole_right"]
    np.testing.assert_array_equal(left.samples, ZONES)
    np.testing.assert_array_equal(right.samples, other)
    assert [(gap.sample, gap.n_samples) for gap in right.gaps] == [(22, 12)]
    assert left.layout.channels[1].position_mm == right.layout.channels[1].position_mm
    assert left.layout.channels[1].position_mm > (0.0, 0.0)  # medial is positive on both feet


@pytest.mark.parametrize(("name", "side"), [("PatL.fsx", "left"), ("walk_R2.fsx", "right"), ("Right.fsx", "right")])
def test_fscan_side_by_the_name_of_the_movie(tmp_path: Path, name: str, side: str) -> None:
    found = read(written(tmp_path, fscan_text(TRIMMED, name=f"C:\\data\\{name}")))
    assert list(found.streams) == [f"insole_{side}"]
    assert found.streams[f"insole_{side}"].sensor.doubt is None


@pytest.mark.parametrize("side", ["left", "right"])
def test_fscan_side_by_the_arch_is_in_doubt(tmp_path: Path, side: str) -> None:
    frames = step(side=side)
    found = read(written(tmp_path, fscan_text(np.where(frames.max(axis=0) > 0.0, frames, np.nan), name="12.fsx")))
    stream = found.streams[f"insole_{side}"]
    assert "by the arch of its print" in str(stream.sensor.doubt)
    assert stream.sample_rate_hz == pytest.approx(50.0)
    np.testing.assert_allclose(force_n(found, side), frames.sum(axis=(1, 2)) * 25.8064e-3)


def test_fscan_missing_frame_is_a_gap_and_units_are_converted(tmp_path: Path) -> None:
    text = fscan_text(TRIMMED, unit="PSI")
    start, end = text.index("Frame 20\r\n"), text.index("Frame 21\r\n")
    stream = read(written(tmp_path, text[:start] + text[end:])).streams["insole_left"]
    assert [(gap.sample, gap.n_samples) for gap in stream.gaps] == [(20, 1)]
    assert np.nanmax(stream.samples) == pytest.approx(6.894757 * TRIMMED[~np.isnan(TRIMMED)].max())


@pytest.mark.parametrize("pro7", [False, True])
def test_xsensor_frames_of_two_feet_through_midnight(tmp_path: Path, pro7: bool) -> None:
    found = read(written(tmp_path, xsensor_text(*COARSE, pro7=pro7), "x.csv"))
    for side, frames in zip(("left", "right"), COARSE, strict=True):
        stream = found.streams[f"insole_{side}"]
        assert stream.sample_rate_hz == pytest.approx(50.0, rel=1e-3)
        np.testing.assert_allclose(force_n(found, side), frames.sum(axis=(1, 2)) * 0.1333224 * 73.96e-3, rtol=1e-6)
        assert stream.layout.channels[0].unit == "kPa"
    assert any("public descriptions" in note for note in found.notes)


def test_xsensor_foot_without_a_frame_is_missing_there(tmp_path: Path) -> None:
    text = xsensor_text(*COARSE)
    start = text.index("SENSOR,HX-RF", text.index("FRAME,20,"))
    stream = read(written(tmp_path, text[:start] + text[text.index("GROUP", start) :])).streams["insole_right"]
    assert np.flatnonzero(np.isnan(stream.samples).all(axis=1)).tolist() == [19]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("split", [None, 11])
def test_emed_step(tmp_path: Path, side: str, down: bool, split: int | None) -> None:
    frames = step(side=side)
    shown = frames[:, ::-1, ::-1] if down else frames
    found = read(written(tmp_path, emed_text(shown, split=split), "x.lst"))
    stream = found.streams[f"insole_{side}"]
    np.testing.assert_allclose(force_n(found, side), frames.sum(axis=(1, 2)) * 0.025, rtol=1e-9)
    assert stream.sample_rate_hz == pytest.approx(100.0)
    assert "by the arch of its print" in str(stream.sensor.doubt)
    assert "not area x pressure" not in str(stream.sensor.doubt)
    layout = stream.sensor.insole
    assert layout is not None
    cop = stream.samples * layout.area_mm2 @ layout.place_mm / (stream.samples @ layout.area_mm2)[:, None]
    assert (np.diff(cop[2:-2, 1]) > 0.0).all()  # from the heel to the toes, whichever way the person walked
    arch = cop[20:26, 0].mean()
    assert arch < cop[2:5, 0].mean()  # over the lateral border


def test_emed_of_another_unit_is_in_doubt(tmp_path: Path) -> None:
    found = read(written(tmp_path, emed_text(LEFT, force=10.0)))
    assert "its unit may not be kPa" in str(found.streams["insole_left"].sensor.doubt)


@dataclass(frozen=True)
class Bad:
    name: str
    make: Callable[[], str]
    sentence: str


def without(text: str, pattern: str, put: str = "") -> str:
    """A text with the first match of a pattern replaced; there must be one."""
    found, count = re.subn(pattern, lambda _: put, text, count=1, flags=re.MULTILINE)
    assert count == 1, pattern
    return found


MOTICON = moticon_text(CELLS, CELLS)
PEDAR = pedar_text(np.ones((20, 198)), left=EVERY, right=EVERY)
LOADSOL = loadsol_text(ZONES, ZONES)
FSCAN = fscan_text(TRIMMED)
XSENSOR = xsensor_text(*COARSE)
EMED = emed_text(LEFT)

BAD = [
    Bad("moticon_names", lambda: without(MOTICON, r"^# time\t", "# tim\t"), "without its row of names"),
    Bad("moticon_13", lambda: moticon_text(CELLS[:, :13], CELLS[:, :13]), "holds 13 cells of the left insole"),
    Bad("moticon_rows", lambda: moticon_text(CELLS[:9], CELLS[:9]), "holds 9 row(s)"),
    Bad("moticon_none", lambda: moticon_text(CELLS[:0], CELLS[:0]), "no rows of numbers below its header"),
    Bad(
        "moticon_short",
        lambda: without(MOTICON, r"^0\.05\t.*$", "0.05\t1.0"),
        "line 10 holds 2 fields where its header",
    ),
    Bad("moticon_word", lambda: without(MOTICON, r"^0\.05\t", "0.05\toops"), 'holds "oops'),
    Bad("moticon_time", lambda: without(MOTICON, r"^0\.05\t", "\t"), "rows without a time"),
    Bad("moticon_back", lambda: without(MOTICON, r"^0\.05\t", "0.04\t"), "time does not increase at line 10"),
    Bad("moticon_unit", lambda: MOTICON.replace("[N/cm²]", "[bar]"), 'holds pressure in "bar"'),
    Bad("moticon_huge", lambda: without(MOTICON, r"^0\.05\t\S+", "0.05\t9e9"), "no foot does more than 5000"),
    Bad("moticon_inf", lambda: without(MOTICON, r"^0\.05\t\S+", "0.05\tinf"), "holds infinity"),
    Bad("pedar_names", lambda: without(PEDAR, r"^time\[secs\]", "tim"), "without its row of cells"),
    Bad("pedar_mask", lambda: without(PEDAR, r"^left insole: 1,", "left insole: "), "its masks list 197 cells"),
    Bad("pedar_cell", lambda: pedar_text(np.ones((20, 1)), left=(100,)), "of a pedar insole's 99 per foot"),
    Bad("pedar_unit", lambda: without(PEDAR, "in  kPa", "in  bananas"), 'holds pressure in "bananas"'),
    Bad("pedar_short", lambda: without(PEDAR, r"^ +0\.05000.*$", "0.05\t1"), "holds 2 fields"),
    Bad("loadsol_units", lambda: without(LOADSOL, r"^Time\[secs\]", "Time"), "without its row of units"),
    Bad("loadsol_lbf", lambda: loadsol_text(ZONES, ZONES, unit="Force[lbf]"), 'holds force in "Force[lbf]"'),
    Bad("loadsol_zones", lambda: LOADSOL.replace("::", "--"), "names no zone of a loadsol insole"),
    Bad("loadsol_twice", lambda: LOADSOL.replace("A2-R", "A2-L"), "names a zone of the left foot twice"),
    Bad("loadsol_holes", lambda: without(LOADSOL, r"(^0\.0[5-9].*\n)+"), "rows are missing or doubled"),
    Bad("loadsol_still", lambda: re.sub(r"^0\.\d{3}", "0.000", LOADSOL, flags=re.MULTILINE), "do not rise"),
    Bad("loadsol_word", lambda: without(LOADSOL, r"^0\.050\t", "0.050\tx"), 'holds "x'),
    Bad("fscan_frames", lambda: FSCAN[: FSCAN.index("Frame 1\r\n")], "without a frame"),
    Bad("fscan_cut", lambda: FSCAN[: FSCAN.index("Frame 21\r\n") - 400], "the file is cut short or damaged"),
    Bad("fscan_rows", lambda: without(FSCAN, r"^ROWS 50", "ROWS 5e9"), "does not say its rows and columns"),
    Bad("fscan_large", lambda: without(FSCAN, r"^ROWS 50", "ROWS 99999"), "an insole has up to 256"),
    Bad("fscan_size", lambda: without(FSCAN, r"^ROW_SPACING 5.08 mm", "ROW_SPACING 5.08 m"), "states no spacing"),
    Bad("fscan_raw", lambda: fscan_text(TRIMMED, unit="RAW"), 'holds pressure in "RAW"'),
    Bad("fscan_time", lambda: fscan_text(TRIMMED, step_s=0.0), "does not say its time between frames"),
    Bad("fscan_mirror", lambda: without(FSCAN, "MIRROR_COL 0", "MIRROR_COL 1"), "was exported mirrored"),
    Bad("fscan_blank", lambda: FSCAN[::-1].replace("B", "0", 1)[::-1], "other blank cells than the first"),
    Bad("fscan_order", lambda: without(FSCAN, "^Frame 9\r", "Frame 3\r"), "export it again, frames in order"),
    Bad("fscan_few", lambda: fscan_text(np.full((12, 3, 4), 5.0)), "only 12 cells lie under the left foot"),
    Bad("fscan_tiny", lambda: fscan_text(np.full((12, 6, 6), 5.0)), "an insole is 40-160 x 100-400 mm"),
    Bad("xsensor_foot", lambda: XSENSOR.replace("HX-LF", "HX-A"), "does not say which foot it is"),
    Bad("xsensor_two", lambda: XSENSOR.replace("HX-RF", "HX-LF"), "two sensors of the left foot"),
    Bad("xsensor_time", lambda: without(XSENSOR, r"^Time.*$", "Thyme"), "has no time"),
    Bad("xsensor_clock", lambda: without(XSENSOR, r"^Time, .*$", "Time, noon"), 'holds the time "noon"'),
    Bad("xsensor_rows", lambda: without(XSENSOR, r"^Rows,31", "Rows,many"), "does not say the rows of a sensor"),
    Bad("xsensor_unit", lambda: xsensor_text(*COARSE, unit="raw"), 'holds pressure in "raw"'),
    Bad("xsensor_cut", lambda: XSENSOR[: XSENSOR.index("FRAME,30,") - 900], "the file is cut short or damaged"),
    Bad(
        "emed_time",
        lambda: EMED.replace("Time/picture:10.0 ms", "Time/picture:soon"),
        "does not say its time per picture",
    ),
    Bad("emed_size", lambda: EMED.replace("0.500x0.500 cm", "?"), "does not say its sensor size"),
    Bad("emed_matrix", lambda: EMED.replace("64x95", "9999999x9999999"), "does not say how many cells"),
    Bad("emed_summary", lambda: re.sub(r"Pict-No\.: \d+", "Pict-No.: MPP", EMED), "without numbered pictures"),
    Bad("emed_empty", lambda: emed_text(np.zeros((12, 50, 20))), "nobody stood on the platform"),
    Bad("emed_digits", lambda: EMED.replace("64x95", f"64x{5000 * '9'}"), "does not say how many cells"),
    Bad(
        "emed_number",
        lambda: re.sub(r"Pict-No\.: 1\b", f"Pict-No.: {5000 * '9'}", EMED, count=1),
        "holds a picture number of too many digits",
    ),
    Bad("emed_column", lambda: re.sub(r"\t21\t", "\t²\t", EMED, count=1), "holds a column named"),
    Bad("emed_nan", lambda: re.sub(r"(?m)^(\s*Force\b.*?)\S+$", r"\1nan", EMED), "holds a force that no foot has"),
    Bad("emed_giant", lambda: re.sub(r"(?m)^(\s*Force\b.*?)\S+$", r"\g<1>1e308", EMED), "a force that no foot has"),
    Bad("fscan_digits", lambda: without(FSCAN, "^Frame 9\r", f"Frame {5000 * '9'}\r"), "a frame number of too many"),
    Bad("fscan_double", lambda: without(FSCAN, "^Frame 9\r", "Frame 8\r"), "stands there twice; take out one"),
    Bad("xsensor_nobody", lambda: xsensor_text(0.0 * COARSE[0], 0.0 * COARSE[1]), "nobody stood on the left insole"),
    Bad("emed_cut", lambda: EMED[: EMED.index("Page 30") - 500], "the file is cut short or damaged"),
    Bad("emed_outside", lambda: emed_text(LEFT, first=(60, 20)), "the file is cut short or damaged"),
]


@pytest.mark.parametrize("bad", BAD, ids=[bad.name for bad in BAD])
def test_damaged_files_give_one_sentence(tmp_path: Path, bad: Bad) -> None:
    path = tmp_path / f"{bad.name}.txt"
    path.write_bytes(bad.make().encode())
    with pytest.raises(FileFormatError, match=re.escape(bad.sentence)) as caught:
        read(path)
    message = str(caught.value)
    assert bad.name in message
    assert "\n" not in message
    assert "Error" not in message
    assert "--rate-hz" not in message  # the way out of plates


def test_a_last_row_that_is_cut_short_is_left_out(tmp_path: Path) -> None:
    found = read(written(tmp_path, MOTICON.rstrip("\n")[:-40]))
    assert len(found.streams["insole_left"].samples) == 39
    assert any("is cut short and was left out" in note for note in found.notes)


def test_columns_and_rates_are_known_from_the_file(tmp_path: Path) -> None:
    with pytest.raises(LandingLabError, match="knows its sides and rates"):
        read(written(tmp_path, MOTICON), sample_rate_hz=1000)


def test_what_a_file_says_of_itself_cannot_reach_the_terminal_raw(tmp_path: Path) -> None:
    found = read(written(tmp_path, without(MOTICON, "# Size: 7", "# Size: \x1a\u202e7")))
    told = [str(found.provenance), *found.notes, found.streams["insole_left"].sensor.description]
    assert all("\u202e" not in text for text in told)


SMALL = {
    "moticon": moticon_text(CELLS[:12], CELLS[:12]),
    "pedar": pedar_text(np.ones((12, 4)), left=(1, 2), right=(1, 2)),
    "loadsol": loadsol_text(ZONES[:12], ZONES[:12]),
    "fscan": fscan_text(step(12, rows=24, columns=9)),
    "xsensor": xsensor_text(step(12, rows=16, columns=8), None),
    "emed": emed_text(step(12, rows=30, columns=12)),
}


def outcome(path: Path) -> tuple[list[Stream], str]:
    """Streams of a file, or the sentence that refuses it; anything else fails the test."""
    try:
        return list(read(path).streams.values()), ""
    except LandingLabError as error:
        return [], str(error)


@pytest.mark.parametrize("name", SMALL)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_to_a_file_is_read_or_refused_in_a_sentence(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    content = bytearray(SMALL[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        what = data.draw(st.sampled_from(["cut", "byte", "drop", "double"]))
        if what == "cut":
            del content[max(place, 1) :]
        elif what == "byte":
            content[place] = data.draw(st.integers(0, 255))
        elif what == "drop":
            del content[place : place + data.draw(st.integers(1, 200))]
        else:
            content[place:place] = content[place : place + 100]
        if not content:
            break
    path = tmp_path / "x.txt"
    path.write_bytes(bytes(content))
    found, told = outcome(path)
    assert "\n" not in told
    for stream in found:
        assert (np.diff(stream.times_s) > 0.0).all()
        assert not np.isinf(stream.samples).any()


def test_cells_that_no_foot_can_have_loaded_are_in_doubt(tmp_path: Path) -> None:
    kpa = RNG.uniform(1.0, 300.0, (40, 198))
    kpa[:, 20:30] = 600.0
    kpa[:, 0:5] = 0.0
    kpa[3, 98] = -20.0
    found = read(written(tmp_path, pedar_text(kpa, left=EVERY, right=EVERY)))
    doubt = str(found.streams["insole_left"].sensor.doubt)
    assert "cells 21, 22, 23, 24, 25 and 5 more of the left insole never changed" in doubt
    assert "cell 99 of the left insole read less than 0" in doubt
    assert "cells 01, 02, 03, 04, 05 of the left heel were 0 throughout: dead, or never loaded" in doubt
    assert found.streams["insole_right"].sensor.doubt is None


@pytest.mark.filterwarnings("error")
def test_giant_numbers_do_not_warn(tmp_path: Path) -> None:
    for text in (without(MOTICON, r"^0\.05\t\S+", "0.05\t1e308"), without(MOTICON, r"^0\.05\t", "1e308\t")):
        with pytest.raises(FileFormatError):
            read(written(tmp_path, text))
