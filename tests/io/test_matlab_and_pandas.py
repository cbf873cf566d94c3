"""MATLAB files and pandas tables: what goes out comes in again, and what cannot be is told in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.io import loadmat, savemat

import landing_lab as ll
from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.model.recording import Recording


@pytest.fixture(scope="module")
def jump() -> Recording:
    return ll.simulate_drop_jump(seed=1).recording


def test_matlab_gets_columns_rate_and_notes_and_the_same_bytes_each_time(jump: Recording, tmp_path: Path) -> None:
    first = ll.export(jump, tmp_path / "a.mat").read_bytes()
    assert ll.export(jump, tmp_path / "b.mat").read_bytes() == first
    held = loadmat(tmp_path / "a.mat")
    stream = jump.streams["force"]
    assert held["left_n"].shape == (len(stream.times_s), 1)
    np.testing.assert_array_equal(held["left_n"][:, 0], stream.samples[:, 0])
    np.testing.assert_array_equal(held["time_s"][:, 0], stream.times_s)
    assert held["sample_rate_hz"].item() == stream.sample_rate_hz
    assert held["source"].item() == jump.source


def test_what_matlab_saved_is_read_by_its_names(jump: Recording, tmp_path: Path) -> None:
    samples = jump.streams["force"].samples
    path = tmp_path / "own.mat"
    savemat(
        path, {"FP1": samples[:, :1], "FP2": samples[:, 1:2], "fs": 1000.0, "subject": "S1", "other": np.arange(5.0),
        "fft": samples[:, 0] + 1j, "both": samples[:, :2]}
    )  # fmt: skip
    recording = ll.read(path, left="FP1", right="FP2")
    np.testing.assert_array_equal(recording.streams["force"].samples, samples)
    assert recording.streams["force"].sample_rate_hz == 1000.0
    assert any("another length were left out: other" in note for note in recording.notes)
    assert any("column of numbers were left out: fft (complex numbers), both (a matrix)." in x for x in recording.notes)


def test_matlab_files_without_columns_are_told_apart(tmp_path: Path) -> None:
    savemat(tmp_path / "x.mat", {"data": {"Fz": np.arange(100.0)}, "name": "S1"})
    with pytest.raises(FileFormatError, match=r"no variable that is a column of numbers \(variables: data, name\)"):
        ll.read(tmp_path / "x.mat")
    (tmp_path / "new.mat").write_bytes(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + b"\x89HDF\r\n")
    with pytest.raises(FileFormatError, match=r"is a MATLAB 7\.3 file; save it with '-v7'"):
        ll.read(tmp_path / "new.mat")
    whole = ll.export(ll.simulate_drop_jump(seed=1).recording, tmp_path / "whole.mat").read_bytes()
    for part in (130, 1000, len(whole) // 2, len(whole) - 7):
        (tmp_path / "cut.mat").write_bytes(whole[:part])
        with pytest.raises(FileFormatError):
            ll.read(tmp_path / "cut.mat")


def test_pandas_there_and_back(jump: Recording) -> None:
    table = ll.to_pandas(jump)
    assert list(table.columns) == ["time_s", "left_n", "right_n"]
    back = ll.from_pandas(table)
    np.testing.assert_array_equal(back.streams["force"].samples, jump.streams["force"].samples)
    assert back.streams["force"].sample_rate_hz == pytest.approx(1000.0)
    assert ll.analyse(back).first.table.get("contact_time_s") == ll.analyse(jump).first.table.get("contact_time_s")
    named = ll.from_pandas(
        table.rename(columns={"left_n": "FP1", "right_n": "FP2"})[["FP1", "FP2"]],
        left="FP1", right="FP2", sample_rate_hz=1000, source="my study",
    )  # fmt: skip
    assert named.source == "my study"
    np.testing.assert_array_equal(named.streams["force"].samples, jump.streams["force"].samples)


def test_tables_of_other_kinds(jump: Recording) -> None:
    table = ll.to_pandas(jump).assign(athlete="S1", day=pd.Timestamp("2026-11-30"))
    np.testing.assert_array_equal(ll.from_pandas(table).streams["force"].samples, jump.streams["force"].samples)
    nullable = table[["time_s", "left_n", "right_n"]].convert_dtypes()
    nullable.loc[10, "left_n"] = pd.NA
    assert np.isnan(ll.from_pandas(nullable).streams["force"].samples[10, 0])
    with pytest.raises(ParameterError, match="takes a DataFrame; got ndarray"):
        ll.from_pandas(jump.streams["force"].samples)  # type: ignore[arg-type]
    for nothing in (pd.DataFrame(), pd.DataFrame({"left_n": []}), pd.DataFrame({"day": [pd.Timestamp("2026-11-30")]})):
        with pytest.raises(ParameterError, match=r"the table (is empty|has no column of numbers)"):
            ll.from_pandas(nothing)
    with pytest.raises(ParameterError, match=r"take result\.metrics"):
        ll.to_pandas(ll.analyse(jump))  # type: ignore[arg-type]
    with pytest.raises(RecordingError, match='has no stream "plate"'):
        ll.to_pandas(jump, stream="plate")


def test_columns_that_hold_no_numbers_are_named(jump: Recording, tmp_path: Path) -> None:
    n = len(jump.streams["force"].samples)
    odd = {
        "big": ([10**400] * n, "whole numbers too large for a force"),
        "wave": (np.ones(n) * 1j, "complex numbers"),
        "odd": (pd.Series([1j, "a"] * n, dtype=object)[:n], "complex numbers"),
        "group": (pd.Categorical(["a"] * n), "categories"),
        "day": (pd.Timestamp("2026-11-30"), "dates"),
        "took": (pd.Timedelta("1s"), "durations"),
        "month": (pd.Period("2026-11", freq="M"), "periods"),
        "time": (pd.Timestamp("2026-11-30", tz="UTC"), "dates"),
    }
    table = pd.DataFrame({name: values for name, (values, _) in odd.items()}, index=range(n)).join(ll.to_pandas(jump))
    read = ll.from_pandas(table)
    np.testing.assert_array_equal(read.streams["force"].samples, jump.streams["force"].samples)
    told = ", ".join(f"{name} ({what})" for name, (_, what) in odd.items())
    assert f"Columns that hold no plain numbers were left out: {told}." in read.notes
    by_number = ll.from_pandas(table, left=len(odd) + 2, right=len(odd) + 3)
    np.testing.assert_array_equal(by_number.streams["force"].samples, jump.streams["force"].samples)
    for wanted in ("big", 1):
        with pytest.raises(ParameterError, match="column big of the table holds whole numbers too large"):
            ll.from_pandas(table, left=wanted, right="right_n")
    for name in odd:
        with pytest.raises(ParameterError, match=f"no column of numbers: {name} "):
            ll.from_pandas(table[[name]])


def test_names_that_no_file_and_no_terminal_takes_are_one_sentence(jump: Recording, tmp_path: Path) -> None:
    for name in ("x" * 300 + ".mat", "x" * 300 + "/a.mat", "\ud800.mat"):
        with pytest.raises(RecordingError, match="cannot be"):
            ll.export(jump, tmp_path / name)
    for stream in ("\x1b[1mx", ["force"], 3):
        with pytest.raises(RecordingError, match="has no stream") as caught:
            ll.to_pandas(jump, stream=stream)  # type: ignore[arg-type]
        assert str(caught.value).isprintable()
    assert not list(tmp_path.iterdir())
