"""Rate and gaps from a column of time."""

from pathlib import Path

import numpy as np
import pytest

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.read import read
from landing_lab.model.blocks import Gap
from landing_lab.model.recording import Recording


def timed(folder: Path, times: np.ndarray, decimals: int = 6, name: str = "Time (s)") -> Path:
    path = folder / "timed.csv"
    rows = (f"{time:.{decimals}f},{500 + row}" for row, time in enumerate(times))
    path.write_text(f"{name},Fz (N)\n" + "\n".join(rows) + "\n")
    return path


def rate_of(recording: Recording) -> float:
    return recording.streams["force"].sample_rate_hz


# with fewer decimals two rows would share a time
ROUNDED = [
    (rate, decimals)
    for rate in (80, 100, 450, 600, 960, 1000, 1200, 2000)
    for decimals in (3, 4, 6, 9)
    if 10.0**-decimals <= 1 / rate
]


@pytest.mark.parametrize(("rate", "decimals"), ROUNDED)
def test_rate_from_rounded_times(tmp_path: Path, rate: int, decimals: int) -> None:
    recording = read(timed(tmp_path, np.arange(4000) / rate, decimals))
    assert rate_of(recording) == rate
    assert not recording.streams["force"].gaps


def test_a_rate_that_is_no_whole_number_is_kept(tmp_path: Path) -> None:
    assert rate_of(read(timed(tmp_path, np.arange(5000) / 92.37))) == pytest.approx(92.37, rel=1e-6)


def test_start_of_the_file_is_kept(tmp_path: Path) -> None:
    stream = read(timed(tmp_path, 1.19 + np.arange(300) / 100)).streams["force"]
    assert stream.times_s[0] == pytest.approx(1.19)
    np.testing.assert_allclose(stream.times_s, 1.19 + np.arange(300) / 100)


def test_jitter_is_remarked_upon(tmp_path: Path) -> None:
    jitter = np.random.default_rng(1).uniform(-0.1, 0.1, 400) / 1000
    recording = read(timed(tmp_path, np.arange(400) / 1000 + jitter))
    assert rate_of(recording) == pytest.approx(1000, rel=1e-3)
    assert any("taken as evenly spaced" in note for note in recording.notes)


def test_missing_rows_become_gaps(tmp_path: Path) -> None:
    keep = np.delete(np.arange(200), [50, 120, 121, 122])
    recording = read(timed(tmp_path, keep / 100))
    stream = recording.streams["force"]
    assert stream.sample_rate_hz == 100
    assert len(stream.samples) == 200
    assert np.flatnonzero(np.isnan(stream.samples[:, 0])).tolist() == [50, 120, 121, 122]
    reason = "rows missing in the file"
    assert stream.gaps == (Gap(sample=51, n_samples=1, reason=reason), Gap(sample=123, n_samples=3, reason=reason))
    np.testing.assert_allclose(stream.times_s, np.arange(200) / 100)
    assert any("4 rows are missing in 2 place(s)" in note for note in recording.notes)
    assert not any("blanks" in note for note in recording.notes)


def test_a_clock_that_wanders_slowly_has_no_gaps(tmp_path: Path) -> None:
    steps = np.where(np.arange(2000) < 1000, 0.00999, 0.01001)
    stream = read(timed(tmp_path, np.cumsum(steps))).streams["force"]
    assert stream.gaps == ()
    assert stream.sample_rate_hz == pytest.approx(100, rel=1e-3)


def test_a_time_column_broken_beyond_gaps_is_refused(tmp_path: Path) -> None:
    times = np.arange(100) / 100
    times[50:] += 1e6
    with pytest.raises(FileFormatError, match=r"not evenly spaced.*largest at line 52"):
        read(timed(tmp_path, times))


def test_milliseconds(tmp_path: Path) -> None:
    stated = read(timed(tmp_path, np.arange(100) * 2.0, 1, "Time [ms]"))
    silent = read(timed(tmp_path, np.arange(100) * 2.0, 1, "time"))
    assert rate_of(stated) == rate_of(silent) == 500
    assert any("milliseconds were assumed" in note for note in silent.notes)
    assert not any("milliseconds" in note for note in stated.notes)


def test_given_rate_must_agree(tmp_path: Path) -> None:
    path = timed(tmp_path, np.arange(100) / 1000)
    assert rate_of(read(path, sample_rate_hz=1005)) == 1000
    with pytest.raises(ParameterError, match="a rate of 500 Hz was given, but the time column says 1000 Hz"):
        read(path, sample_rate_hz=500)


def test_unnamed_time_is_found_by_content(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("".join(f"{row / 240:.5f} {400 + row}\n" for row in range(100)))
    recording = read(path)
    assert rate_of(recording) == 240
    assert recording.provenance["columns"] == {"total": "column 2"}
    assert any("taken as time in seconds" in note for note in recording.notes)


def test_an_unnamed_row_number_is_neither_time_nor_force(tmp_path: Path) -> None:
    path = tmp_path / "numbered.txt"
    path.write_text("".join(f"{row + 1},{400 + row % 7}\n" for row in range(100)))
    with pytest.raises(ParameterError, match="does not say its sample rate"):
        read(path)
    recording = read(path, sample_rate_hz=1200)
    assert recording.provenance["columns"] == {"total": "column 2"}
    assert any("row number" in note for note in recording.notes)


def test_a_row_without_time_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "holes.csv"
    rows = [f"{row / 100 if row != 30 else ''},{500 + row}" for row in range(100)]
    path.write_text("time,Fz\n" + "\n".join(rows) + "\n")
    stream = read(path).streams["force"]
    assert len(stream.samples) == 100
    assert np.isnan(stream.samples[30, 0])
    assert stream.samples[31, 0] == 531
