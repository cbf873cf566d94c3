"""Damaged C3D files: ezc3d crashes or hangs on them, and the reader gives one sentence."""

import os
import time
from pathlib import Path

import ezc3d
import numpy as np
import pytest

from landing_lab.errors import FileFormatError, LandingLabError
from landing_lab.io import c3d_content
from landing_lab.io.read import read


@pytest.fixture(scope="module")
def plate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A C3D file of one plate, which carries 700 N."""
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [1000.0]
    file["parameters"]["ANALOG"]["LABELS"]["value"] = list("abcdef")
    file["parameters"]["ANALOG"]["UNITS"]["value"] = ["N"] * 6
    analogs = np.zeros((1, 6, 200))
    analogs[0, 2] = 700.0
    file["data"]["analogs"] = analogs
    file["data"]["points"] = np.zeros((4, 0, 20))
    file.add_parameter("FORCE_PLATFORM", "USED", [1])
    file.add_parameter("FORCE_PLATFORM", "TYPE", [2])
    file.add_parameter("FORCE_PLATFORM", "CHANNEL", np.arange(1.0, 7).reshape(6, 1))
    path = tmp_path_factory.mktemp("c3d") / "plate.c3d"
    file.write(str(path))
    return path


def flipped(plate: Path, folder: Path, position: int, bit: int) -> Path:
    data = bytearray(plate.read_bytes())
    data[position] ^= 1 << bit
    path = folder / "flipped.c3d"
    path.write_bytes(data)
    return path


def test_a_whole_file_takes_no_longer_than_it_may(plate: Path) -> None:
    start = time.perf_counter()
    samples = read(plate).streams["force"].samples
    assert time.perf_counter() - start < 5.0  # 0.3 s on an idle computer
    np.testing.assert_array_equal(samples[:, 0], 700.0)


def test_flipped_bits_give_a_recording_or_a_sentence(plate: Path, tmp_path: Path) -> None:
    # position 764, bit 6 is one that crashes ezc3d 1.6
    rng = np.random.default_rng(0)
    places = [(764, 6), *((int(rng.integers(520, 1400)), int(rng.integers(8))) for _ in range(8))]
    sentences = []
    for position, bit in places:
        try:
            read(flipped(plate, tmp_path, position, bit))
        except LandingLabError as error:
            sentences.append(str(error))
    assert sentences
    assert all(text.startswith("flipped.c3d") and "not what it claims" not in text for text in sentences)


CHILD = "landing_lab.io.c3d_child"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "makes the C3D library crash: the file is damaged"),
        ("import time; time.sleep(60)", "makes the C3D library hang .no answer within 1 s.: the file is damaged"),
        ("raise RuntimeError", "makes the C3D library fail: the file is damaged; export it again"),
        (
            "import sys; open(sys.argv[2], 'wb').write(b'PK')",
            "makes the C3D library give no usable content: the file is damaged",
        ),
    ],
    ids=["crash", "hang", "fail", "rubbish"],
)
@pytest.mark.skipif(os.name == "nt", reason="the stand-ins use POSIX signals")
def test_a_child_without_a_result_is_one_sentence(
    plate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, sentence: str
) -> None:
    stand_in = tmp_path / "python"
    script = tmp_path / "child.py"
    script.write_text(body)
    stand_in.write_text(f'#!/bin/sh\nexec "{c3d_content.sys.executable}" "{script}" "$4" "$5"\n')
    stand_in.chmod(0o755)
    monkeypatch.setattr(c3d_content.sys, "executable", str(stand_in))
    monkeypatch.setattr(c3d_content, "DEADLINE_S", 1.0)
    with pytest.raises(FileFormatError, match=sentence):
        read(plate)


def test_the_child_hands_back_no_objects(tmp_path: Path) -> None:
    out = tmp_path / "content.npz"
    objects = np.empty(1, dtype=object)
    np.savez(out, facts=objects, channels=objects, analogs=objects, matrices=objects)
    with pytest.raises(ValueError, match="allow_pickle"):
        c3d_content._content(out)


def test_a_module_in_the_current_folder_is_not_run(
    plate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ezc3d.py").write_text("raise SystemExit(7)")
    (tmp_path / "numpy.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert read(plate).streams["force"].sample_rate_hz == 1000
