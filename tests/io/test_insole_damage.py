"""Insole files damaged in every way: read as far as they are whole, or refused in one sentence."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insole_texts import (
    CELLS,
    COARSE,
    EVERY,
    LEFT,
    TRIMMED,
    ZONES,
    emed_text,
    fscan_text,
    loadsol_text,
    moticon_text,
    pedar_text,
    step,
    written,
    xsensor_text,
)
from landing_lab.errors import FileFormatError, LandingLabError
from landing_lab.io.read import read
from landing_lab.model.recording import Stream


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
    Bad("xsensor_rows", lambda: without(XSENSOR, r"^Rows,31", "Rows,many"), "does not say its sensor's rows"),
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
    kpa = np.random.default_rng(1).uniform(1.0, 300.0, (40, 198))
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
