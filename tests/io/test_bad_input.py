"""Whatever is handed over by mistake gives one clear sentence, never a traceback."""

import os
import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.errors import FileFormatError, LandingLabError, ParameterError
from landing_lab.io.read import read

FORCE = "".join(f"{300 + i}\t{310 + i}\n" for i in range(30))
TAIL = b"".join(b"%d.7,%d\n" % (i * i, i) for i in range(1, 10))

BAD_CONTENT = [
    ("empty", b"", "is empty (0 bytes)"),
    ("blank", b"\n \n\t\n", "is empty: it holds no text"),
    ("only_header", b"FP1\tFP2\n", 'holds no rows of numbers; its text begins with "FP1'),
    ("prose", b"Dear all,\nplease find attached\n", "holds no rows of numbers"),
    ("one_row", b"FP1\tFP2\n300\t310\n", "holds 1 row(s) of numbers (line 2)"),
    ("nine_rows", b"FP1\tFP2\n" + 9 * b"300\t310\n", "holds 9 row(s) of force and a recording needs at least 10"),
    ("word", b"FP1\tFP2\n" + FORCE.encode() + b"12.0\tabc\n" + FORCE.encode(), 'line 32, column 2 ("FP2") holds "abc"'),
    ("long_row", b"FP1\tFP2\n" + FORCE.encode() + b"1\t2\t3\n" + FORCE.encode(), "line 32 holds 3 fields"),
    ("longer_row", b"FP1\tFP2\n" + FORCE.encode() + b"1\t2\t3\t4\t5\n" + FORCE.encode(), "line 32 holds 5 fields"),
    ("long_first", b"FP1\tFP2\n9\t2\t3\t4\t5\n" + FORCE.encode(), "line 2 holds 5 fields"),
    ("infinity", b"FP1\tFP2\n" + FORCE.encode() + b"1\tinf\n", 'line 32, column 2 ("FP2") holds infinity'),
    ("junk", bytes(np.random.default_rng(3).integers(0, 256, 4000, dtype=np.uint8)), "binary data of an unknown kind"),
    ("png", b"\x89PNG\r\n\x1a\n" + bytes(200), "is a picture (PNG)"),
    ("jpeg", b"\xff\xd8\xff\xe0" + bytes(200), "is a picture (JPEG)"),
    ("xlsx", b"PK\x03\x04" + bytes(200), "save the sheet as CSV"),
    ("pdf", b"%PDF-1.7\n", "is a PDF document"),
    ("html", b"<!DOCTYPE html><html></html>", "is a web page"),
    ("json", b'{"schema": "x"}', "is a JSON document"),
    ("trc", b"PathFileType\t4\t(X/Y/Z)\tx.trc\n", "is a marker file"),
    ("angles", b"inDegrees=yes\nendheader\ntime\tknee_angle_r\thip_flexion_r\n0\t1\t2\n1\t2\t3\n", "joint angles"),
    ("mot_end", b"nRows=2\nendheader\n", "OpenSim file without rows of numbers"),
    ("mot_names", b"endheader\n0\t1\n1\t2\n", "names 2 columns"),
    ("mot_width", b"endheader\ntime\ta\tb\n0\t1\n1\t2\n", "names 3 columns and the rows hold 2"),
    ("volts", b"Fz (V)\n1\n2\n3\n", 'column "Fz (V)" is in V, not in newton'),
    (
        "unknown",
        b"alpha\tbeta\n" + FORCE.encode(),
        "no column is recognised as vertical force; it holds: 1 alpha, 2 beta",
    ),
    ("unnamed3", b"1\t2\t3\n2\t2\t3\n1\t3\t3\n", "3 columns without names"),
    ("shear", b"500,1,9,1,1,1\n501,2,9,1,1,1\n500,1,8,1,1,1\n", "not Fx Fy Fz Mx My Mz"),
    ("two_left", b"Left Fz\tLeft force\tRight Fz\n9\t2\t3\n9\t2\t3\n", "several columns of force per side"),
    ("all_blank", b"t,Fz\n0,\n0.1,\n0.2,\n", "holds no numbers"),
    ("backwards", b"t,Fz\n0,1\n0.1,2\n0.1,3\n" + b"0.2,3\n" * 7, "time does not increase at line 4: 0.1 s after 0.1 s"),
    ("uneven", b"t,Fz\n0,1\n0.1,2\n0.11,3\n0.5,3\n0.52,1\n0.9,1\n" + TAIL, "not evenly spaced"),
    ("wrong_axis", b"endheader\ntime\tground_force_1_vy\tground_force_1_vz\n0\t9\t700\n1\t9\t701\n", "y is not up"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD_CONTENT, ids=[entry[0] for entry in BAD_CONTENT])
def test_bad_content(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / f"{name}.txt"
    path.write_bytes(content)
    with pytest.raises(LandingLabError, match=re.escape(sentence)) as caught:
        read(path, sample_rate_hz=None if b"t,Fz" in content or b"time" in content else 1000)
    message = str(caught.value)
    assert name in message
    assert "\n" not in message
    assert "Error" not in message  # a sentence, not the name of an exception


@pytest.fixture
def two_plates(tmp_path: Path) -> Path:
    path = tmp_path / "plates.txt"
    path.write_text("FP1\tFP2\n" + FORCE)
    return path


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="does not exist"):
        read(tmp_path / "no.txt")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="is a folder"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFormatError, match="a device or a pipe"):
        read(tmp_path / "pipe")


def test_impossible_names() -> None:
    with pytest.raises(FileFormatError):
        read("a\0b.txt")
    with pytest.raises(FileFormatError):
        read("x" * 5000)
    for no_path in (None, 3, "", "  ", b"x.txt", ["x.txt"]):
        with pytest.raises(ParameterError, match="read from a path, a text that is not empty"):
            read(no_path)  # type: ignore[arg-type]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    loop, dangling = tmp_path / "loop.txt", tmp_path / "dangling.txt"
    loop.symlink_to(loop)
    dangling.symlink_to(tmp_path / "gone.txt")
    with pytest.raises(FileFormatError, match=r"loop\.txt is a link that leads back to itself"):
        read(loop)
    with pytest.raises(FileFormatError, match=r"is a link to .*gone\.txt, which does not exist"):
        read(dangling)


def test_permission_denied(two_plates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(FileFormatError, match="cannot be read: Permission denied; check the name and the permissions"):
        read(two_plates, sample_rate_hz=1000)


def test_no_rate(two_plates: Path) -> None:
    with pytest.raises(ParameterError, match=r"does not say its sample rate.*--rate-hz \(in Python: sample_rate_hz=\)"):
        read(two_plates)


@pytest.mark.parametrize(
    "rate",
    [0, -1000, float("nan"), float("inf"), 1e308, 1e-300, 1e9, 0.99, 100_001, 10**400, "abc", True, None, 1j, []],
)
def test_impossible_rate(two_plates: Path, rate: object) -> None:
    expected = "does not say its sample rate" if rate is None else "a number of hertz from 1 to 100000"
    with pytest.raises(ParameterError, match=expected):
        read(two_plates, sample_rate_hz=rate)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", ["1e-9", "1e5"])
def test_impossible_rate_in_the_file(tmp_path: Path, step: str) -> None:
    path = tmp_path / "timed.csv"
    path.write_text("time (s),Fz (N)\n" + "".join(f"{row * float(step)!r},{500 + row}\n" for row in range(20)))
    with pytest.raises(FileFormatError, match=r"the time column says .* Hz, and no force plate samples"):
        read(path)


@pytest.mark.parametrize("separator", ["\t", ",", ";", " ", "1;,"])
def test_a_line_of_very_many_fields_is_refused_at_once(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "wide.txt"
    path.write_text("FP1\tFP2\n" + FORCE + f"1{separator}" * 1_000_000 + "\n")
    start = time.process_time()
    with pytest.raises(FileFormatError, match=r"line 32 is \d+ characters long.*more than 1024 columns"):
        read(path, sample_rate_hz=1000)
    assert time.process_time() - start < 1.0


CONTROL = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e"


def assert_shown(*texts: str) -> None:
    for text in texts:
        assert text.isprintable(), repr(text)
        assert len(text) < 1000


@pytest.mark.parametrize(
    "text",
    [
        "FP1\tFP2\n" + FORCE + f"1\t\x9b2J\u202e{'x' * 5000}\n",  # C1 and bidi marks
        "\u202e\x9b2J" + "y" * 5000,
        "FP\x9b1\tFP2\u202e\tthird\n" + FORCE.replace("\n", "\t1\n"),
        "FP1\tFP2\n" + FORCE * 300 + f"1\t{CONTROL}\x00\n",  # beyond the bytes that are looked at first
        "\u202eal\x9bpha\t" + "b" * 3000 + "\n" + FORCE,
        "Fz [\x9bV]\n" + "1\n" * 20,
    ],
    ids=["field", "prose", "names", "far", "headers", "unit"],
)
def test_content_never_reaches_a_terminal_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "quoted.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LandingLabError) as caught:
        read(path, left="no\x1bsuch", right="y", sample_rate_hz=1000) if "third" in text else read(path)
    assert_shown(str(caught.value))


def test_names_and_notes_are_shown_too(tmp_path: Path) -> None:
    path = tmp_path / ("bad\x1b[31m.txt" if os.name == "posix" else "bad.txt")
    path.write_text("FP\x9b1\n" + "500\n" * 20, encoding="utf-8")
    recording = read(path, sample_rate_hz=1000)
    assert_shown(
        *recording.notes, recording.source, *(channel.name for channel in recording.streams["force"].layout.channels)
    )
    assert read(path, total="FP\x9b1", sample_rate_hz=1000).provenance["columns"] == {"total": "FP\\x9b1"}
    path.write_bytes(b"")
    with pytest.raises(FileFormatError, match="is empty") as caught:
        read(path)
    assert_shown(str(caught.value))


def test_numbers_beyond_any_force_warn_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    huge = "".join(f"{row / 100},{1e308 if row == 5 else -1e308 if row == 6 else 500}\n" for row in range(30))
    path.write_text("time,Fz (kN)\n" + huge)
    assert len(read(path).streams["force"].samples) == 30
    path.write_text("time,Fz\n" + "".join(f"{row * 1e307},500\n" for row in range(30)))
    with pytest.raises(LandingLabError):
        read(path)


def test_wrong_column(two_plates: Path) -> None:
    with pytest.raises(ParameterError, match=r'no column "FP3" for --left.*did you mean "FP[12]"') as caught:
        read(two_plates, left="FP3", right="FP2", sample_rate_hz=1000)
    assert caught.value.facts["columns"] == ("FP1", "FP2")
    with pytest.raises(ParameterError, match=r'no column "weight".*it holds: 1 FP1, 2 FP2'):
        read(two_plates, total="weight", sample_rate_hz=1000)
    for number in ("0", "3", "-1", "²"):
        with pytest.raises(ParameterError, match="has no column"):
            read(two_plates, total=number, sample_rate_hz=1000)


def test_columns_that_contradict_each_other(two_plates: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match='same column "FP1" was given for --left and --right'):
        read(two_plates, left="FP1", right="fp1", sample_rate_hz=1000)
    with pytest.raises(ParameterError, match="--total was given together with one side"):
        read(two_plates, left="FP1", total="FP2", sample_rate_hz=1000)
    timed = tmp_path / "timed.csv"
    timed.write_text("time,Fz\n0,1\n0.1,2\n0.2,3\n")
    with pytest.raises(ParameterError, match="names the column of time"):
        read(timed, total="time")


@given(content=st.one_of(st.binary(max_size=300), st.text("0123456789.,;-\t\n eEnaFz", max_size=200).map(str.encode)))
@settings(max_examples=400, deadline=None)
def test_any_bytes_give_a_recording_or_a_sentence(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)
    message = None
    try:
        recording = read(path, sample_rate_hz=1000)
    except LandingLabError as error:
        message = str(error)
    if message is None:
        assert recording.streams["force"].samples.shape[0] >= 1
    else:
        assert len(message) > 20
        assert "damaged, or not what it claims" not in message  # the last resort: no known mistake may end there
