"""A large cohort of drawn metrics: as columns, as cohort.parquet, and as session folders with metrics.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from landing_lab.analysis.cohort.trial_columns import MetricKey, TrialColumns, TrialKey
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.io.write import CSV_COLUMNS, SESSION_COLUMNS

N_METRICS = 90
N_TRIALS = 5
N_SESSIONS = 5
METHOD = (
    "Take-off minus touchdown, threshold crossings of re-zeroed, unfiltered force; threshold 20 N at 999.984 Hz; "
    "flagged where a sensor had drifted"
)


def metric_keys() -> tuple[MetricKey, ...]:
    """Thirty names on three sides."""
    return tuple(MetricKey(f"metric_{n:02d}_s", side, "s") for n in range(30) for side in ("total", "left", "right"))


def made_columns(n_athletes: int, *, seed: int = 1) -> TrialColumns:
    """N_SESSIONS sessions of N_TRIALS trials of each athlete; one value in a hundred is refused."""
    rng = np.random.default_rng(seed)
    trials = tuple(
        TrialKey(
            f"A{a:05d}", f"{s + 1:02d}", r + 1, "drop_jump", "", file_name(a, s, r), 0, "2026-11-22T15:45:00+01:00"
        )
        for a in range(n_athletes)
        for s in range(N_SESSIONS)
        for r in range(N_TRIALS)
    )
    shape = (n_athletes, N_SESSIONS, N_TRIALS, N_METRICS)
    value = (
        rng.normal(10.0, 2.0, (n_athletes, 1, 1, N_METRICS))
        + rng.normal(0.0, 0.5, (n_athletes, N_SESSIONS, 1, N_METRICS))
        + rng.normal(0.0, 1.0, shape)
    ).reshape(-1)
    status = rng.choice(np.array([0, 0, 0, 1], np.int8), len(value))
    refused = rng.random(len(value)) < 0.01
    value[refused] = np.nan
    status[refused] = 2
    return TrialColumns(
        trials=trials,
        metrics=metric_keys(),
        trial=np.repeat(np.arange(len(trials), dtype=np.int32), N_METRICS),
        metric=np.tile(np.arange(N_METRICS, dtype=np.int32), len(trials)),
        status=status,
        value=value,
        sd=np.where(refused, np.nan, 0.01),
    )


def file_name(athlete: int, session: int, run: int) -> str:
    return f"sub-A{athlete:05d}_ses-{session + 1:02d}_task-dropJump_run-{run + 1:02d}.xdf"


def people(n_athletes: int) -> pd.DataFrame:
    """Half of each sex, 16 to 39 years."""
    names = [f"A{a:05d}" for a in range(n_athletes)]
    return pd.DataFrame(
        {"sex": ["female", "male"] * (n_athletes // 2), "age_years": [16.0 + a // 2 % 24 for a in range(n_athletes)]},
        index=pd.Index(names, name="participant"),
    )


def write_participants(folder: Path, n_athletes: int) -> None:
    rows = [f"sub-{name}\t{row.sex}\t{row.age_years:g}\n" for name, row in people(n_athletes).iterrows()]
    (folder / "participants.tsv").write_text("participant_id\tsex\tage_years\n" + "".join(rows))


def write_sessions(folder: Path, columns: TrialColumns, n_athletes: int) -> Path:
    """The same trials as a dataset: session.json and metrics.csv of each session."""
    dataset = Dataset(folder).create()
    write_participants(folder, n_athletes)
    per_session = N_TRIALS * N_METRICS
    words = ("ok", "flagged", "refused")
    for at in range(0, len(columns), per_session):
        first = columns.trials[columns.trial[at]]
        path = dataset.path / f"sub-{first.participant}" / f"ses-{first.session}"
        path.mkdir(parents=True)
        own = [columns.trials[columns.trial[at + r * N_METRICS]] for r in range(N_TRIALS)]
        SessionFolder(path=path, participant=first.participant, label=first.session).write_state(
            SessionState(
                participant=first.participant, session=first.session, protocol="drop_jump",
                created_at=first.recorded_at,
                trials=tuple(
                    TrialEntry(run=one.run, task=one.task, file=f"raw/{one.source}", verdict="accepted",
                               link_statistics={"force": {"frames": 4000, "lost": 0, "bad_checksum": 0}}) for one in own
                ),
            )
        )  # fmt: skip
        with (path / "metrics.csv").open("w", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow((*CSV_COLUMNS, *SESSION_COLUMNS))
            for row in range(at, at + per_session):
                trial, metric = columns.trials[columns.trial[row]], columns.metrics[columns.metric[row]]
                status = words[columns.status[row]]
                numbers = ("", "") if status == "refused" else (repr(float(columns.value[row])), "0.01")
                reason = "" if status == "ok" else "the force is of insoles, whose fast peaks are in doubt"
                writer.writerow(
                    (trial.source, 0, metric.name, metric.side, numbers[0], metric.unit, numbers[1], status, reason,
                     METHOD, "", trial.run, "")
                )  # fmt: skip
    return folder
