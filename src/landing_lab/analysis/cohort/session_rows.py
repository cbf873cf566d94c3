"""metrics.csv of many sessions as columns: DuckDB reads them, whatever cannot be read is named."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.cohort.sessions import KnownSession
from landing_lab.analysis.cohort.trial_columns import MetricKey, TrialColumns, TrialKey, joined, renumbered
from landing_lab.errors import FileFormatError
from landing_lab.io.coded_table import is_whole
from landing_lab.io.parquet_file import database_cursor, one_file, quoted
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import snippet, visible

if TYPE_CHECKING:
    import duckdb

NEEDED: Final = ("source", "index", "name", "side", "value", "unit", "sd", "status")
AGAIN: Final = "compute it again with landing-lab reanalyse"
_LONGEST_HEADER: Final = 10_000
_MOST_BYTES: Final = 200_000_000
_LONGEST_LINE: Final = 1_000_000
_READ: Final = """
CREATE OR REPLACE TEMP TABLE session_rows AS
SELECT filename AS path, source, TRY_CAST("index" AS INTEGER) AS index,
    name, side, unit, {condition} AS condition, CASE status WHEN 'ok' THEN 0 WHEN 'refused' THEN 2 ELSE 1 END AS status,
    value IS NOT NULL AS said, TRY_CAST(value AS DOUBLE) AS value, TRY_CAST(sd AS DOUBLE) AS sd
FROM read_csv([{files}], columns={{{columns}}}, header=true, auto_detect=false, delim=',', quote='"', escape='"',
    filename=true, nullstr='', max_line_size={longest}, buffer_size={buffer})
"""
"""status: place in STATUSES; a word that is none of ours counts as flagged."""
_TRIALS: Final = """
CREATE OR REPLACE TEMP TABLE session_trials AS
SELECT *, row_number() OVER (ORDER BY first) - 1 AS trial FROM (
    SELECT path, source, index, any_value(condition) AS condition, min(rowid) AS first
    FROM session_rows GROUP BY path, source, index)
"""
_METRICS: Final = """
CREATE OR REPLACE TEMP TABLE session_metrics AS
SELECT *, row_number() OVER (ORDER BY first) - 1 AS metric FROM (
    SELECT name, side, unit, min(rowid) AS first
    FROM session_rows WHERE name IS NOT NULL AND side IS NOT NULL GROUP BY name, side, unit)
"""
_ROWS: Final = """
SELECT trial, metric, status, said, value, sd FROM session_rows AS r
JOIN session_trials AS t ON r.path = t.path AND r.source = t.source AND r.index = t.index
JOIN session_metrics AS m ON r.name = m.name AND r.side = m.side AND r.unit IS NOT DISTINCT FROM m.unit
ORDER BY r.rowid
"""


class Unread(NamedTuple):
    """A session with accepted trials whose numbers could not be read, and why."""

    session: KnownSession
    reason: str

    @property
    def sentence(self) -> str:
        """What a person is told."""
        count = len(self.session.accepted)
        trials = f"{count} accepted trial{'s' if count > 1 else ''}"
        return f"{self.session.shown} was left out with {trials}: {self.reason}; {AGAIN}"


def session_rows(sessions: Sequence[KnownSession], notes: list[str], unread: list[Unread]) -> TrialColumns:
    """Rows of the accepted trials of sessions, in the order of sessions and files; notes tell what is odd in them.

    unread: sessions with accepted trials whose table is missing or cannot be read are added here.
    """
    by_header: dict[tuple[str, ...], list[_Table]] = {}
    for session in sessions:
        if session.accepted and (table := _table(session, unread)) is not None:
            by_header.setdefault(table.columns, []).append(table)
    parts = [part for those in by_header.values() for part in _read(those, notes, unread)]
    return parts[0] if len(parts) == 1 else in_order(parts, sessions)


class _Table(NamedTuple):
    """metrics.csv of a session, its columns, and its number of lines below the header."""

    session: KnownSession
    path: Path
    columns: tuple[str, ...]
    n_lines: int


def _table(session: KnownSession, unread: list[Unread]) -> _Table | None:
    """The table of a session; None where there is nothing to read."""
    if session.table is None:
        unread.append(Unread(session, "it has no metrics.csv"))
        return None
    try:
        content = read_small(session.table, most_bytes=_MOST_BYTES)
        header = content[:_LONGEST_HEADER].partition(b"\n")[0].decode("utf-8-sig")
        columns = tuple(next(csv.reader([header.rstrip("\r")]), []))
    except (FileFormatError, ValueError, csv.Error) as error:
        unread.append(Unread(session, f"metrics.csv cannot be read ({snippet(str(error))})"))
        return None
    missing = [name for name in NEEDED if name not in columns]
    if missing or len(set(columns)) < len(columns):
        what = f"has no column {missing[0]!r}" if missing else "has two columns of one name"
        unread.append(Unread(session, f"metrics.csv {what}"))
        return None
    n_lines = content.count(b"\n") - content.endswith(b"\n")
    return _Table(session, session.table, columns, n_lines)


def _read(tables: Sequence[_Table], notes: list[str], unread: list[Unread]) -> list[TrialColumns]:
    """Columns of tables of one header; where DuckDB refuses the lot, halves of it, down to the culprit."""
    import duckdb

    if not tables:
        return []
    cursor = database_cursor()
    try:
        cursor.execute(_query(tables))
        n_rows = dict(cursor.execute("SELECT path, count(*) FROM session_rows GROUP BY path").fetchall())
        cut_short = [one for one in tables if not is_whole(one.path, n_rows.get(_told(one.session), 0), one.n_lines)]
        if not cut_short:
            return [_fetched(cursor, tables, notes)]
    except (duckdb.Error, UnicodeDecodeError) as error:
        if len(tables) > 1:
            half = len(tables) // 2
            return [part for those in (tables[:half], tables[half:]) for part in _read(those, notes, unread)]
        reason = snippet(str(error).splitlines()[0])
        unread.append(Unread(tables[0].session, f"metrics.csv is damaged ({reason})"))
        return []
    finally:
        cursor.close()
    unread += [Unread(one.session, "metrics.csv is damaged (a line of it is no row)") for one in cut_short]
    return _read([one for one in tables if one not in cut_short], notes, unread)


def _fetched(cursor: duckdb.DuckDBPyConnection, tables: Sequence[_Table], notes: list[str]) -> TrialColumns:
    """What was read, as columns."""
    for query in (_TRIALS, _METRICS):
        cursor.execute(query)
    trials = cursor.execute("SELECT path, source, index, condition FROM session_trials ORDER BY trial").fetchall()
    metrics = cursor.execute("SELECT name, side, unit FROM session_metrics ORDER BY metric").fetchall()
    rows = cursor.execute(_ROWS).fetchnumpy()
    keys = _keys(trials, {_told(one.session): one.session for one in tables}, notes)
    return _columns(keys, tuple(MetricKey(*(visible(text or "") for text in one)) for one in metrics), rows, notes)


def _told(session: KnownSession) -> str:
    """The path of a session's table as DuckDB tells it."""
    return "" if session.table is None else str(session.table.absolute())


def _query(tables: Sequence[_Table]) -> str:
    header = tables[0].columns
    return _READ.format(
        files=", ".join(quoted(one_file(one.path), "'") for one in tables),
        columns=", ".join(f"{quoted(name, chr(39))}: 'VARCHAR'" for name in header),
        condition="condition" if "condition" in header else "NULL",
        longest=_LONGEST_LINE,
        buffer=8 * _LONGEST_LINE,
    )


def _keys(
    found: Iterable[tuple[Any, ...]], sessions: dict[str, KnownSession], notes: list[str]
) -> list[TrialKey | None]:
    """The accepted trial that each (path, source, index, condition) is, None where it is none."""
    keys: list[TrialKey | None] = []
    seen: dict[str, set[str]] = {path: set() for path in sessions}
    unknown: dict[str, set[str]] = {path: set() for path in sessions}
    for path, told, index, condition in found:
        session = sessions[path]
        source = "" if told is None else str(told).replace("\\", "/").rpartition("/")[2]
        entry = None if index is None else session.accepted.get(source)
        if entry is None:
            if source not in session.others:
                unknown[path].add(source)
            keys.append(None)
            continue
        if session.recovered and condition:
            entry = entry._replace(condition=visible(condition))
        seen[path].add(source)
        keys.append(entry._replace(landing=index))
    for path, session in sessions.items():
        notes += _of_one(session, seen[path], unknown[path])
    return renumbered(keys, {place: run for one in sessions.values() for place, run in one.last_runs.items()})


def _of_one(session: KnownSession, seen: set[str], unknown: set[str]) -> list[str]:
    """Sentences on trials that only one of session.json and metrics.csv knows."""
    notes = []
    if unknown:
        shown = snippet(min(unknown))
        notes.append(f"{session.shown}: session.json does not know {len(unknown)} source(s) of metrics.csv ({shown})")
    if missing := len(session.accepted.keys() - seen):
        notes.append(f"{session.shown}: {missing} accepted trial(s) have no numbers in metrics.csv; {AGAIN}")
    return notes


def _columns(
    keys: Sequence[TrialKey | None], metrics: tuple[MetricKey, ...], rows: dict[str, Any], notes: list[str]
) -> TrialColumns:
    """Rows of the trials that count, each trial and metric once, refused and impossible values as NaN."""
    places = np.cumsum([key is not None for key in keys], dtype=np.int32) - 1
    places[[key is None for key in keys]] = -1
    trial, metric = np.asarray(rows["trial"], np.int64), np.asarray(rows["metric"], np.int32)
    kept = places[trial] >= 0 if len(trial) else np.zeros(0, bool)
    trials = tuple(key for key in keys if key is not None)
    once = _first_of_each(np.where(kept, trial * len(metrics) + metric, -1 - np.arange(len(trial))), kept)
    if twice := int(kept.sum() - once.sum()):
        notes.append(f"{_shown(trials[places[trial[kept & ~once][0]]])}: {twice} row(s) stood twice; the first counts")
    status = np.asarray(rows["status"], np.int8)[once]
    value, sd = (_finite(rows[name])[once] for name in ("value", "sd"))
    if odd := np.flatnonzero(np.asarray(rows["said"], bool)[once] & np.isnan(value)).tolist():
        first = trials[places[trial[once]][odd[0]]]
        notes.append(f"{_shown(first)}: {len(odd)} value(s) that are no numbers were left out")
    value[status == 2] = np.nan
    sd[np.isnan(value)] = np.nan
    return TrialColumns(trials, metrics, places[trial[once]], metric[once], status, value, sd)


def _first_of_each(key: NDArray[np.int64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    first = np.zeros(len(key), bool)
    first[np.unique(key, return_index=True)[1]] = True
    return first & kept


def _finite(column: Any) -> NDArray[np.float64]:
    found = np.array(np.ma.filled(column, np.nan), np.float64)
    found[~np.isfinite(found)] = np.nan
    return found


def _shown(trial: TrialKey) -> str:
    return f"sub-{trial.participant} ses-{trial.session} run {trial.run}"


def in_order(parts: Sequence[TrialColumns], sessions: Sequence[KnownSession]) -> TrialColumns:
    """Parts as one, in the order of the sessions."""
    columns = joined(parts)
    order = {(one.participant, one.label): number for number, one in enumerate(sessions)}
    trials = sorted(range(len(columns.trials)), key=lambda at: order[columns.trials[at][:2]])
    place = np.empty(len(trials), np.int32)
    place[trials] = np.arange(len(trials), dtype=np.int32)
    rows = np.argsort(place[columns.trial], kind="stable")
    return TrialColumns(
        trials=tuple(columns.trials[at] for at in trials),
        metrics=columns.metrics,
        trial=place[columns.trial][rows],
        metric=columns.metric[rows],
        status=columns.status[rows],
        value=columns.value[rows],
        sd=columns.sd[rows],
    )
