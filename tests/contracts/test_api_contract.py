"""The Python interface that others build on: names, shapes, round trips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.errors import ParameterError
from landing_lab.model.result import METRIC_COLUMNS
from made_dataset import make_dataset
from reference import REFERENCE_DATA, require_reference_data


def test_the_five_lines_of_the_readme(tmp_path: Path) -> None:
    require_reference_data()
    file = REFERENCE_DATA / "force" / "gidiel" / "Dual-DJ-Fz.txt"
    recording = ll.read(file, left="FP1", right="FP2", sample_rate_hz=1000)
    result = ll.analyse(recording, task="auto", mass_kg=None, box_height_m=None)
    assert result.task == "drop_jump"
    assert result.status == "ok"
    assert result.reason is None
    assert next(event.name for event in result.events if event.side == "total") == "touchdown"
    assert result.phases.get("flight") is not None
    assert list(result.metrics.columns) == [*METRIC_COLUMNS, "index"]
    assert result.metrics["index"].unique().tolist() == [0]
    figure = ll.plot(result)
    assert figure.axes
    assert (tmp_path / "out" / "report.html") in ll.report(result, tmp_path / "out").values()


def test_recordings_are_what_design_says() -> None:
    trial = ll.simulate_drop_jump(seed=1, drop_height_m=0.3)
    stream = trial.recording.streams["force"]
    assert stream.samples.dtype == np.float64
    assert stream.samples.flags.c_contiguous
    assert not stream.samples.flags.writeable
    assert stream.samples.shape == (len(stream.times_s), len(stream.layout))
    assert stream.layout.pick(quantity="force", side="left").tolist() == [0]
    with pytest.raises(ValueError, match="read-only"):
        stream.samples[0, 0] = 1.0


def test_simulation_and_analysis_agree_without_sharing_code() -> None:
    trial = ll.simulate_drop_jump(seed=4, drop_height_m=0.4)
    result = ll.analyse(trial.recording)
    for name in ("contact_time_s", "flight_time_s", "peak_force_n", "rsi_flight_time_m_per_s"):
        row = result.first.table.get(name)
        assert row is not None
        assert row.value is not None
        assert row.sd is not None
        assert abs(row.value - trial.truth.metrics[name, "total"]) < 3 * row.sd + 1e-3 * abs(row.value)


def test_errors_are_caught_by_one_name() -> None:
    with pytest.raises(ll.LandingLabError, match="does not exist"):
        ll.read("no such file.txt")
    with pytest.raises(ValueError, match="no task"):
        ll.analyse(ll.simulate_drop_jump(seed=1).recording, task="hop")


@pytest.mark.parametrize(
    "call",
    [
        lambda: ll.read_trials(None), lambda: ll.cohort(None), lambda: ll.norms(7), lambda: ll.contrast(None),
        lambda: ll.reliability(None), lambda: ll.screen(None, "P01"), lambda: ll.plot_waveforms(None),
        lambda: ll.reliability("no such folder"), lambda: ll.contrast("no such folder", names=[1]),
    ],
)  # fmt: skip
def test_what_is_no_dataset_is_one_sentence(call: Callable[[], object]) -> None:
    with pytest.raises(ParameterError):
        call()


def test_a_cohort_answers_what_cannot_be_asked_in_one_sentence(tmp_path: Path) -> None:
    cohort = ll.cohort(make_dataset(tmp_path / "s", seed=1, participants=["P01"], n_sessions=1, n_trials=3).path)
    with pytest.raises(ParameterError, match="a query is a text"):
        cohort.query(None)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="participant 'P99' has no accepted trial; there are P01"):
        cohort.trend("P99", "contact_time_s")
    with pytest.raises(ParameterError, match="metrics are named by texts"):
        ll.reliability(cohort.table(), names=[3])  # type: ignore[list-item]
