"""Metrics of one or many results as one tidy table in three formats that say the same."""

import csv
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

import landing_lab as ll
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.export_metrics import COLUMNS, export_metrics
from landing_lab.model.result import METRIC_COLUMNS, Result


@pytest.fixture(scope="module")
def results() -> list[Result]:
    nobody = ll.from_arrays(total=np.zeros(500), sample_rate_hz=100, source="nobody")
    return [ll.analyse(ll.simulate_drop_jump(seed=1).recording), ll.analyse(nobody)]


def test_columns_are_tidy() -> None:
    assert list(COLUMNS) == ["source", "index", "task", *METRIC_COLUMNS]


def test_three_formats_say_the_same(tmp_path: Path, results: list[Result]) -> None:
    rows = list(csv.DictReader(export_metrics(results, tmp_path / "m.csv").read_text().splitlines()))
    document = json.loads(export_metrics(results, tmp_path / "m.json").read_text())
    assert document["schema"] == "landing-lab.metrics/1"
    path = export_metrics(results, tmp_path / "m.parquet")
    cursor = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)])
    names = [column[0] for column in cursor.description]
    table = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert tuple(names) == tuple(rows[0]) == COLUMNS
    assert table == document["metrics"]
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in table] == rows
    measured = {row["name"]: row for row in table if row["side"] == "total"}
    assert measured["contact_time_s"]["unit"] == "s"
    assert measured["contact_time_s"]["task"] == "drop_jump"
    assert isinstance(measured["contact_time_s"]["value"], float)


def test_a_refused_value_is_null_with_its_reason(tmp_path: Path) -> None:
    stream = ll.simulate_drop_jump(seed=1).recording.streams["force"]
    short = stream.samples[: np.flatnonzero(stream.samples.sum(axis=1) > 100)[-1] - 1500]
    result = ll.analyse(ll.from_arrays(*short.T, sample_rate_hz=1000))
    path = export_metrics(result, tmp_path / "m.parquet")
    query = "SELECT count(*), count(value), count(sd), count(reason) FROM read_parquet(?) WHERE status = 'refused'"
    ((refused, values, sds, reasons),) = duckdb.execute(query, [str(path)]).fetchall()
    assert refused > 0
    assert (values, sds, reasons) == (0, 0, refused)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_one_trial_and_none_at_all(tmp_path: Path, results: list[Result], suffix: str) -> None:
    assert export_metrics(results[0].first, tmp_path / f"one{suffix}").stat().st_size > 0
    path = export_metrics([], tmp_path / f"none{suffix}")
    if suffix == ".parquet":
        described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        assert [row[:2] for row in described if row[0] in ("index", "value", "name")] == [
            ("index", "BIGINT"), ("name", "VARCHAR"), ("value", "DOUBLE"),
        ]  # fmt: skip


def test_a_table_of_metrics_is_no_recording(tmp_path: Path, results: list[Result]) -> None:
    with pytest.raises(FileFormatError, match="table of metrics, not of force"):
        ll.read(export_metrics(results, tmp_path / "m.parquet"))


def test_other_endings_and_other_things_are_refused(tmp_path: Path, results: list[Result]) -> None:
    with pytest.raises(ParameterError, match=r"one of \.csv, \.json, \.parquet"):
        export_metrics(results, tmp_path / "m.xlsx")
    with pytest.raises(ParameterError, match="analyse first"):
        export_metrics([3], tmp_path / "m.csv")  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []
