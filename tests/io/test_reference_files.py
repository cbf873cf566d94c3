"""Every real recording reads to the facts an independent, naive read finds, or is refused for what it is."""

import re
from pathlib import Path

import numpy as np
import pytest

from landing_lab.errors import FileFormatError
from landing_lab.io.read import read
from reference import require_reference_data

# file, first line of numbers, separator, columns by side (index, name), rate, given rate
FORCE_FILES = [
    ("gidiel/Dual-DJ-Fz.txt", 2, None, {"plate_1": (0, "FP1"), "plate_2": (1, "FP2")}, 1000, 1000),
    ("gidiel/Dual-CMJ-Fz.txt", 2, None, {"plate_1": (0, "FP1"), "plate_2": (1, "FP2")}, 1000, 1000),
    (
        "opencap/subject5/DJ1_forces.mot",
        7,
        None,
        {"left": (10 + 1, "L_ground_force_vy"), "right": (2, "R_ground_force_vy")},
        2000,
        None,
    ),
    *(
        (
            f"opencap/{name}_grf.mot",
            8,
            None,
            {"plate_1": (2, "ground_force_1_vy"), "plate_2": (11, "ground_force_2_vy")},
            100,
            None,
        )
        for name in ("unfiltered/DJ1", "unfiltered/DJ4", "subject4/DJ1", "subject4/DJAsym1", "subject4/static1")
    ),
    *(
        (
            f"acl_squat_jump/{name}_squat_jump.csv",
            8,
            ",",
            {"plate_1": (2, "ground_force1_vy"), "plate_2": (11, "ground_force2_vy")},
            1000,
            None,
        )
        for name in ("BFR003", "BFR007")
    ),
    ("jumpmetrics/cmj_example.txt", 2, ",", {"plate_1": (2, "column 3"), "plate_2": (8, "column 9")}, 2000, 2000),
    (
        "jumpmetrics/FHOC_P30_SQT300007.txt",
        2,
        ",",
        {"plate_1": (2, "column 3"), "plate_2": (8, "column 9")},
        1000,
        1000,
    ),
    ("bmc/jump1.txt", 2, None, {"total": (1, "GRF[N]")}, 450, None),
    ("bmc/GRFZjump.txt", 1, None, {"total": (0, "column 1")}, 600, 600),
    ("plateforce/subject01_trial1.force.txt", 1, None, {"total": (0, "column 1")}, 1200, 1200),
    ("plateforce/subject01_trial2.force.txt", 1, None, {"total": (0, "column 1")}, 1200, 1200),
    ("plateforce/synthetic_untrimmed_step_off.force.txt", 1, None, {"total": (0, "column 1")}, 1000, 1000),
]

INSOLE_FILES = (
    "pressure/moticon/230927_102114.txt",
    "pressure/moticon/230927_102137.txt",
    "pressure/loadsol/test_poids.txt",
    "pressure/loadsol/test_pointe_1.txt",
    "pressure/pedar/pedar_example.asc",
    "pressure/fscan/FrasP01L.asf",
)
"""What they must say stands in test_insole_files.py."""

OTHER_FILES = [
    ("force/opencap/unfiltered/DJ1.trc", "marker file"),
    ("force/opencap/subject4/DJ1.trc", "marker file"),
    ("force/opencap/subject4/DJAsym1.trc", "marker file"),
    ("force/opencap/subject5/DJ1.trc", "marker file"),
    ("force/opencap/unfiltered/DJ1_ik.mot", "no vertical force: its columns are joint angles"),
    ("force/opencap/subject4/DJ1_ik.mot", "no vertical force: its columns are joint angles"),
    ("force/opencap/subject4/DJAsym1_ik.mot", "no vertical force: its columns are joint angles"),
    ("force/opencap/subject5/DJ1.mot", "no vertical force: its columns are joint angles"),
]


def naive_rows(path: Path, first_line: int, separator: str | None) -> list[list[float]]:
    """The numbers of a file, read as its documentation says, with nothing of the package."""
    text = path.read_bytes().decode("utf-8-sig").splitlines()[first_line - 1 :]
    return [[float(field) for field in line.split(separator) if field.strip()] for line in text if line.strip()]


@pytest.mark.parametrize(("name", "first_line", "separator", "columns", "rate", "given"), FORCE_FILES)
def test_force_file(
    name: str,
    first_line: int,
    separator: str | None,
    columns: dict[str, tuple[int, str]],
    rate: float,
    given: float | None,
) -> None:
    path = require_reference_data() / "force" / name
    rows = naive_rows(path, first_line, separator)

    recording = read(path, sample_rate_hz=given)

    stream = recording.streams["force"]
    assert stream.sample_rate_hz == rate
    assert stream.layout.sides == tuple(columns)
    force = stream.samples[:, stream.layout.pick(quantity="force")]
    assert force.shape == (len(rows), len(columns))
    assert recording.provenance["columns"] == {side: label for side, (_, label) in columns.items()}
    assert recording.source == path.name
    np.testing.assert_array_equal(force, [[row[index] for index, _ in columns.values()] for row in rows])
    np.testing.assert_allclose(np.diff(stream.times_s), 1 / rate, rtol=1e-6)
    assert not stream.gaps


@pytest.mark.parametrize(("name", "reason"), OTHER_FILES)
def test_file_without_plate_force_is_refused_for_what_it_is(name: str, reason: str) -> None:
    with pytest.raises(FileFormatError, match=re.escape(reason)):
        read(require_reference_data() / name)


def test_no_reference_file_is_forgotten() -> None:
    data = require_reference_data()
    listed = {f"force/{entry[0]}" for entry in FORCE_FILES} | {entry[0] for entry in OTHER_FILES}
    listed |= {"pressure/loadsol/test_poids.c3d", *INSOLE_FILES}
    found = {
        str(path.relative_to(data))
        for folder in ("force", "pressure")
        for path in (data / folder).rglob("*")
        if path.is_file() and path.stem not in {"LICENSE", "NOTICE"}
    }
    assert found == listed


def test_feet_are_never_guessed() -> None:
    data = require_reference_data()
    recording = read(data / "force/opencap/subject4/DJ1_grf.mot")
    assert any("does not say which foot" in note for note in recording.notes)
    assert '"ground_force_3_vy" carries nothing and was left out.' in recording.notes
    assert "doubt" not in recording.provenance


def test_sides_given_by_name_and_number() -> None:
    path = require_reference_data() / "force/gidiel/Dual-DJ-Fz.txt"
    by_name = read(path, left="FP1", right="FP2", sample_rate_hz=1000).streams["force"]
    by_number = read(path, left="1", right=2, sample_rate_hz=1000).streams["force"]
    assert by_name.layout.sides == by_number.layout.sides == ("left", "right")
    np.testing.assert_array_equal(by_name.samples, by_number.samples)
    assert by_name.samples.sum(axis=1).max() == pytest.approx(3100, abs=1)


def test_static_trial_reads_the_weight_in_the_documentation() -> None:
    stream = read(require_reference_data() / "force/opencap/subject4/static1_grf.mot").streams["force"]
    force = stream.samples[:, stream.layout.pick(quantity="force")]
    assert force.sum(axis=1).mean() == pytest.approx(588.9, abs=0.05)
