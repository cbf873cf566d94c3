"""Questions in SQL over the table of trials: one SELECT, and nothing beyond the tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import landing_lab as ll
from landing_lab.analysis.cohort.query import query
from landing_lab.errors import ParameterError
from made_dataset import MadeMetric, make_dataset

TABLES = {
    "trials": pd.DataFrame({"participant": ["P1", "P1", "P2"], "value": [1.0, 3.0, float("nan")]}),
    "participants": pd.DataFrame({"participant": ["P1"], "sex": ["female"]}),
}


def test_a_question_is_answered() -> None:
    answer = query("SELECT participant, avg(value) AS mean FROM trials GROUP BY 1 ORDER BY 1; -- please", TABLES)
    assert answer.participant.tolist() == ["P1", "P2"]
    assert answer["mean"][0] == 2.0
    assert answer["mean"].isna()[1]
    joined = "WITH own AS (FROM trials) SELECT count(*) AS n FROM own JOIN participants USING (participant)"
    assert query(joined, TABLES).n.tolist() == [2]
    assert query("SELECT * FROM trials WHERE value > 99", TABLES).columns.tolist() == ["participant", "value"]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY trials TO '{evil}'", "SELECT 1; COPY trials TO '{evil}'", "ATTACH '{evil}'", "EXPORT DATABASE '{evil}'",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM '{secret}'", "SELECT * FROM glob('/etc/*')", "SELECT * FROM sniff_csv('{secret}')",
        "SELECT * FROM query('COPY trials TO ''{evil}''')", "SELECT * FROM read_parquet('http://127.0.0.1:1/x')",
        "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true", "PRAGMA enable_profiling",
        "DROP TABLE trials", "DELETE FROM trials", "CREATE TABLE x AS SELECT 1",
        "SELECT 1) ; DROP TABLE trials; (SELECT 1",
        "WITH x AS (SELECT 1) INSERT INTO trials SELECT 'a', 1", "SELECT getenv('HOME')", "SELECT * FROM TABLES",
        "EXPLAIN ANALYZE SELECT 1", "CALL pragma_version()", "", "--", "no sql at all", "SELECT '", "SELECT " * 5000,
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_one_sentence(sql: str, tmp_path: Path) -> None:
    evil, secret = tmp_path / "evil", tmp_path / "secret.csv"
    secret.write_text("a\nhidden\n")
    with pytest.raises(ParameterError) as refused:
        query(sql.format(evil=evil, secret=secret), TABLES)
    assert "\n" not in str(refused.value)
    assert "hidden" not in str(refused.value)
    assert not evil.exists()


def test_time_memory_and_rows_have_limits() -> None:
    with pytest.raises(ParameterError, match=r"was stopped after 0\.2 s"):
        query("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b", TABLES, patience_s=0.2)
    with pytest.raises(ParameterError, match="more than 1000000 rows"):
        query("SELECT * FROM range(100000000000)", TABLES)


def test_texts_are_sorted_and_compared_as_texts(tmp_path: Path) -> None:
    names = ("zulu_s", "alpha_s", "mike_s")
    metrics = [MadeMetric(name, "total", "s", 1.0, 0.1, 0.1, 0.1) for name in names]
    cohort = ll.cohort(
        make_dataset(tmp_path / "s", seed=1, participants=["P1"], n_sessions=1, n_trials=1, metrics=metrics).path
    )
    assert cohort.query("SELECT name FROM trials ORDER BY name").name.tolist() == sorted(names)
    assert cohort.query("SELECT min(name) AS n FROM trials WHERE name > 'b' AND condition = ''").n.tolist() == [
        "mike_s"
    ]
    assert cohort.query("SELECT count(*) AS n FROM trials WHERE condition = 'no such'").n.tolist() == [0]
    assert cohort.query("SELECT coalesce(sex, 'unknown') AS s FROM trials LIMIT 1").s.tolist() == ["unknown"]
