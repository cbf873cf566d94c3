"""How kernels are compiled and kept: one signature, a salted cache, and the same numbers without numba."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from landing_lab.kernels import _jit

TESTS = Path(__file__).parents[1]
TWINS = str(TESTS / "kernels" / "compare_twins.py")


def run(*arguments: str, **environment: str | None) -> str:
    """Standard output of a fresh Python; None removes a variable."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    base["PYTHONPATH"] = str(TESTS)
    for name, value in environment.items():
        base.pop(name, None)
        if value is not None:
            base[name] = value
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments], env=base, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_numbers_without_compilation() -> None:
    assert "crossings agree" in run(TWINS, NUMBA_DISABLE_JIT="1")


def test_no_index_leaves_its_array(tmp_path: Path) -> None:
    # A fresh cache: numba keeps code that was compiled without the checks.
    assert "crossings agree" in run(TWINS, NUMBA_BOUNDSCHECK="1", XDG_CACHE_HOME=str(tmp_path))


EVERY_ARRAY = """
import numpy as np
from landing_lab.detect.landing import LandingDetector
from landing_lab.kernels.contact import advance

one = LandingDetector(sample_rate_hz=1000.0)
two = LandingDetector(sample_rate_hz=1000, offset_n=[1, 2], noise_n=np.zeros(3, np.float32))
wide = np.arange(40.0).reshape(10, 4)
read_only = np.zeros((5, 2)); read_only.flags.writeable = False
unaligned = np.frombuffer(bytearray(8 * 10 + 1), dtype=np.float64, offset=1)
for block in (
    np.zeros(10), np.zeros((10, 1)), np.zeros(0), np.zeros((0, 1)), np.zeros(10, np.int8), np.zeros(10, np.float32),
    np.zeros(10, ">f8"), np.zeros(20)[::2], np.zeros(20)[::-1], np.broadcast_to(0.0, 7), [1, 2, 3], unaligned,
    np.zeros((4, 1), order="F"), np.zeros(5, bool), wide[:, :1], wide[:, 1],
):
    one.feed(block)
for block in (
    wide[:, :2], wide[:, ::2], np.asfortranarray(wide[:, :2]), read_only, wide[:0, :2], wide[:1, 2:], wide.T[:2].T,
):
    two.feed(block)
one.finish(), two.finish()
assert not unaligned.flags.aligned
print(len(advance.signatures))
"""


def test_one_signature_whatever_arrays_arrive() -> None:
    assert run("-c", EVERY_ARRAY).strip() == "1"


EVERY_KERNEL = """
import importlib, pkgutil
import numpy as np
import landing_lab as ll
from landing_lab import kernels
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.detect.landing import LandingDetector
from landing_lab.detect.live_pressure import LivePressure
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.fuse.live import LiveFoot
from landing_lab.kernels import fusion
from landing_lab.model.recording import Sensor
from traces import on_plates

FUSION = ("add_readings", "eliminate", "back_substitute", "selected_inverse", "scaled_shape")
LivePressure(shipped_layouts()["infotronic_8"], sample_rate_hz=1000.0).feed(np.ones((10, 8)))
plate = Sensor(kind="hx711_plate", description="stiff", filter_order=4, mode_hz=150.0)
LiveFoot(step_s=0.001, n_cells=4, plate=plate)
print("live.before_the_first_sample", min(len(getattr(fusion, name).signatures) for name in FUSION))
for one in (plate, Sensor(kind="hx711_plate", description="new")):
    foot = LiveFoot(step_s=0.002, n_cells=4, plate=one)
    foot.feed_scans(np.arange(0.0, 1.0, 0.002), np.full(500, 100.0, np.float32))
    foot.feed_readings(np.arange(0.0, 1.0, 0.003), np.full(334, 25.0), np.arange(334) % 4)
    foot.take()
ll.analyse(recording_from_raw(raw_of(scene_of(3))))
live = LandingDetector(sample_rate_hz=1000.0, offset_n=[0.0, 0.0])
trial = ll.simulate_drop_jump(2).recording
for block in np.array_split(np.array(trial.streams["force"].samples), 40):
    live.feed(block)
live.finish()
force = np.array(trial.streams["force"].samples)
push = np.repeat([700.0, 300.0, 1290.0, 0.0], [1500, 200, 330, 400])
jump = np.concatenate([push, force[-3000:, 0] * 2])
cut = force.copy()
cut[1000:1200] = np.nan
for recording in (
    trial, ll.simulate_drop_jump(3, sample_rate_hz=200.0).recording, on_plates(force.sum(axis=1)), on_plates(jump),
    on_plates(cut, sides=("left", "right")), on_plates(np.asfortranarray(force), sides=("plate_1", "plate_2")),
    on_plates(np.round(force), sides=("left", "right")),
    on_plates(force[::12], sides=("left", "right"), sample_rate_hz=1000 / 12),
):
    for mass_kg in (None, 70, 70.5):
        ll.analyse(recording, mass_kg=mass_kg, box_height_m=0.3)
compiled = {}
for module in pkgutil.iter_modules(kernels.__path__):
    if module.name != "_jit":
        for name, found in vars(importlib.import_module("landing_lab.kernels." + module.name)).items():
            if hasattr(found, "signatures"):
                compiled[module.name + "." + name] = len(found.signatures)
for name, count in sorted(compiled.items()):
    print(name, count)
"""


def test_every_kernel_keeps_one_signature_live_and_in_batch() -> None:
    counts = dict(line.split() for line in run("-c", EVERY_KERNEL).splitlines())
    assert {"contact.advance", "impact.measure_impact", "motion.move", "stance.first_rest"} <= counts.keys()
    assert {name: count for name, count in counts.items() if int(count) > 1} == {}
    assert counts["pressure.advance"] == counts["live.before_the_first_sample"] == "1"
    assert [count for name, count in counts.items() if name.startswith("fusion.")] == ["1"] * 5
    assert counts["impact.measure_impact"] == counts["motion.move"] == counts["stance.quietest_window"] == "1"


def test_every_kernel_has_a_twin() -> None:
    tests = [file.read_text() for file in sorted((TESTS / "kernels").glob("*.py"))]
    for file in sorted(Path(_jit.__file__).parent.glob("*.py")):
        for name in re.findall(r"@kernel\ndef ([a-z]\w*)\(", file.read_text()):
            users = [text for text in tests if re.search(rf"\b{name}\(", text) and "kernels.naive" in text]
            users += [text for text in tests if re.search(rf"\b{name}\(", text) and "import naive" in text]
            assert users, f"no test holds {file.stem}.{name} against a twin in tests/kernels/naive.py"


WHERE = """
import numba
before = numba.config.CACHE_DIR
from landing_lab.kernels.contact import advance
assert numba.config.CACHE_DIR == before, "other users of numba in this process keep their folder"
from landing_lab.detect.landing import LandingDetector
LandingDetector(sample_rate_hz=1000.0)
print(advance.stats.cache_path, sum(advance.stats.cache_hits.values()), sum(advance.stats.cache_misses.values()))
"""


def test_the_second_process_compiles_nothing(tmp_path: Path) -> None:
    first = run("-c", WHERE, XDG_CACHE_HOME=str(tmp_path)).split()
    second = run("-c", WHERE, XDG_CACHE_HOME=str(tmp_path)).split()
    assert first[0].startswith(str(tmp_path / "landing-lab"))
    assert first[1:] == ["0", "1"]
    assert second == [first[0], "1", "0"]


@pytest.mark.parametrize(
    "environment",
    [
        {"HOME": "/dev/null", "XDG_CACHE_HOME": None},
        {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache"},
        {"HOME": None, "XDG_CACHE_HOME": "/proc/no such folder"},
    ],
)
def test_no_home_to_write_to(environment: dict[str, str | None], tmp_path: Path) -> None:
    assert run("-c", WHERE, TMPDIR=str(tmp_path), **environment).startswith(str(tmp_path))


def test_the_users_own_numba_folder_is_left_alone(tmp_path: Path) -> None:
    own = str(tmp_path / "own")
    path = run("-c", WHERE, NUMBA_CACHE_DIR=own, XDG_CACHE_HOME=str(tmp_path / "cache")).split()[0]
    assert path.startswith(str(tmp_path / "cache"))
    assert not Path(own).exists()


def test_any_edit_of_any_kernel_file_starts_a_fresh_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "kernels"
    shutil.copytree(Path(_jit.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_jit, "__file__", str(copy / "_jit.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folders = {_jit._cache_folder()}
    assert folders == {_jit._cache_folder()}
    for source in sorted(copy.glob("*.py")):
        source.write_text(source.read_text() + "\n# edited\n")
        folders.add(_jit._cache_folder())
    assert len(folders) == 1 + len(list(copy.glob("*.py")))
    assert all(Path(folder).is_dir() for folder in folders)
