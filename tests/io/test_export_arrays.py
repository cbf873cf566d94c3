"""Arrays in memory become the recording that a file of them would have given."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import landing_lab as ll
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.arrays import from_arrays
from landing_lab.io.read import read


def test_arrays_give_what_a_file_of_them_gives(tmp_path: Path) -> None:
    stream = ll.simulate_drop_jump(seed=5).recording.streams["force"]
    left, right = stream.samples.T
    recording = ll.from_arrays(left, right, sample_rate_hz=1000, source="subject 7")
    path = ll.export(recording, tmp_path / "x.csv")
    back = read(path)
    np.testing.assert_array_equal(recording.streams["force"].samples, back.streams["force"].samples)
    assert recording.streams["force"].layout.sides == ("left", "right")
    assert recording.source == "subject 7"
    assert "path" not in recording.provenance
    row = ll.analyse(recording).first.table.get("contact_time_s")
    other = ll.analyse(back).first.table.get("contact_time_s")
    assert row is not None
    assert other is not None
    assert row.value == other.value is not None


def test_signs_and_blanks_are_judged_as_in_a_file() -> None:
    force = np.full(200, -700.0)
    force[50:53] = np.nan
    recording = from_arrays(total=force, sample_rate_hz=100)
    samples = recording.streams["force"].samples
    assert np.nanmin(samples) == 700.0
    assert any("sign was turned" in note for note in recording.notes)
    assert any("3 rows hold blanks" in note for note in recording.notes)
    assert force[0] == -700.0  # the caller's array stays


def test_the_total_beside_both_feet_is_left_out_with_a_note() -> None:
    ones = np.ones(50)
    recording = from_arrays(ones, ones, 2 * ones, sample_rate_hz=100)
    assert recording.streams["force"].layout.sides == ("left", "right")
    assert any('"total" was left out' in note for note in recording.notes)


@pytest.mark.parametrize(
    "array",
    [
        list(range(50)),
        np.arange(50, dtype=np.int16),
        np.arange(50, dtype=np.float32),
        pd.Series(range(50), index=range(100, 150)),
        np.ma.masked_less(np.arange(50.0), 3),
        np.arange(100.0)[::2] / 2,
        [10**18] * 50,
    ],
)
def test_anything_that_is_one_column_of_numbers_is_taken(array: object) -> None:
    stream = from_arrays(total=array, sample_rate_hz=100).streams["force"]
    assert stream.samples.shape == (50, 1)
    assert stream.samples.dtype == np.float64


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "no force was given; give left= and right=, or total="),
        ({"left": np.ones(20)}, "half of the force would pass for the whole"),
        ({"right": np.ones(20)}, "right was given alone"),
        ({"left": np.ones(20), "total": np.ones(20)}, "total was given together with one side"),
        ({"left": np.ones(20), "right": np.ones(21)}, "got left 20, right 21 samples"),
        ({"total": np.ones((20, 1))}, r"total must be one column of shape \(n,\); got shape \(20, 1\)"),
        ({"total": 5.0}, r"got shape \(\)"),
        ({"total": ["1", "2"] * 10}, "total must hold numbers of newton"),
        ({"total": np.ones(20, dtype=bool)}, "must hold numbers"),
        ({"total": np.ones(20, dtype=complex)}, "must hold numbers"),
        ({"total": [1, "2", 3] * 10}, "must hold numbers"),
        ({"total": [[1], [1, 2]] * 10}, "must hold numbers"),
        ({"total": [10**400] * 20}, "must hold numbers"),
        ({"total": np.arange(20).astype("datetime64[s]")}, "must hold numbers"),
    ],
)
def test_what_is_no_force_is_refused(arguments: dict, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        from_arrays(**arguments, sample_rate_hz=1000)


@pytest.mark.parametrize("rate", [0, -1000, np.nan, np.inf, "fast", True, 1e9, None])
def test_a_rate_that_is_none_is_refused(rate: object) -> None:
    with pytest.raises(ParameterError, match="hertz"):
        from_arrays(total=np.ones(50), sample_rate_hz=rate)  # type: ignore[arg-type]


@pytest.mark.parametrize("force", [np.full(50, np.nan), np.ones(3), np.empty(0), np.full(50, np.inf)])
def test_too_few_numbers_are_refused(force: np.ndarray) -> None:
    with pytest.raises(FileFormatError, match=r"holds no numbers|needs at least 10"):
        from_arrays(total=force, sample_rate_hz=100)


def test_the_source_is_named_in_messages() -> None:
    with pytest.raises(FileFormatError, match="lab A-7 holds 3 row"):
        from_arrays(total=np.ones(3), sample_rate_hz=100, source="lab A/7")
