"""Rows of trials as Parquet: what goes in comes out, None as NULL, in any folder."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import landing_lab as ll
from batch_faults import trial
from landing_lab.app.analyse.batch_rows import Rows, merge, wide_names
from landing_lab.errors import RecordingError
from landing_lab.model.result import METRIC_COLUMNS


def rows_of(path: Path) -> list[dict[str, object]]:
    connection = duckdb.connect()
    table = connection.from_parquet([str(path).replace("[", "[[]")])
    return [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()]


def test_tables_hold_exactly_what_the_analysis_gave(tmp_path: Path) -> None:
    result = ll.analyse(ll.simulate_drop_jump(seed=3).recording).first
    rows = Rows(wide_names())
    rows.add(result)
    rows.write(tmp_path / "m.parquet", tmp_path / "t.parquet", spill=tmp_path)
    written = rows_of(tmp_path / "m.parquet")
    assert [{name: row[name] for name in METRIC_COLUMNS} for row in written] == [r.as_dict() for r in result.table]
    assert {(row["source"], row["index"], row["task"], row["trial_status"]) for row in written} == {
        (result.source, 0, "drop_jump", result.status)
    }
    (wide,) = rows_of(tmp_path / "t.parquet")
    assert (wide["status"], wide["reason"], wide["sample_rate_hz"]) == (result.status, result.reason, 1000.0)
    for row in result.table:
        if row.side in ("total", "left_right"):
            assert wide[row.name] == row.value, row.name


def test_none_becomes_null_and_text_stays_text_after_two_thousand_nones(tmp_path: Path) -> None:
    rows = Rows(("contact_time_s",))
    for number in range(2000):
        rows.add(trial(f"{number}"))
    rows.add(trial("last", value=None))
    rows.write(tmp_path / "m.parquet", tmp_path / "t.parquet", spill=tmp_path)
    written = rows_of(tmp_path / "m.parquet")
    assert [row["reason"] for row in written] == [None] * 2000 + ["made without a value"]
    assert (written[-1]["value"], written[-1]["sd"], written[-1]["status"]) == (None, None, "refused")
    assert rows_of(tmp_path / "t.parquet")[-1]["contact_time_s"] is None


def test_parts_are_merged_in_their_order_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "run [1] of *, 'Anna'?"
    folder.mkdir()
    for name in ("b", "a"):
        rows = Rows(())
        rows.add(trial(name))
        rows.write(folder / f"m-{name}.parquet", folder / f"t-{name}.parquet", spill=folder)
    assert merge([folder / "m-b.parquet", folder / "m-a.parquet"], folder / "whole.parquet", spill=folder) == 2
    (folder / "whole.parquet").rename(tmp_path / "whole.parquet")
    assert [row["source"] for row in rows_of(tmp_path / "whole.parquet")] == ["b", "a"]


def test_a_table_that_cannot_be_written_is_one_sentence_and_leaves_no_half_file(tmp_path: Path) -> None:
    rows = Rows(())
    rows.add(trial("a"))
    rows.write(tmp_path / "m.parquet", tmp_path / "t.parquet", spill=tmp_path)
    (tmp_path / "damaged.parquet").write_bytes((tmp_path / "m.parquet").read_bytes()[:-20])
    with pytest.raises(RecordingError, match="cannot be written") as caught:
        merge([tmp_path / "m.parquet", tmp_path / "damaged.parquet"], tmp_path / "whole.parquet", spill=tmp_path)
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.parquet", "m.parquet", "t.parquet"]
