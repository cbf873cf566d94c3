"""A dataset as `record` leaves it, without its raw files: sessions of metrics drawn from known components."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from landing_lab.io.dataset import Dataset
from landing_lab.io.session_file import PlannedCondition, SessionState, TrialEntry
from landing_lab.io.write import CSV_COLUMNS, SESSION_COLUMNS


@dataclass(frozen=True)
class MadeMetric:
    """mean of the population; sds between athletes, between sessions of one, between trials of one session.

    by_condition: what a condition adds.
    """

    name: str
    side: str
    unit: str
    mean: float
    athlete_sd: float
    session_sd: float
    trial_sd: float
    by_condition: Mapping[str, float] = field(default_factory=dict)


USUAL = (
    MadeMetric("contact_time_s", "total", "s", 0.25, 0.04, 0.006, 0.01),
    MadeMetric("peak_force_bw", "total", "BW", 4.0, 0.6, 0.1, 0.3),
    MadeMetric("peak_force_bw", "left", "BW", 2.0, 0.3, 0.05, 0.15),
    MadeMetric("peak_force_bw", "right", "BW", 2.0, 0.3, 0.05, 0.15),
    MadeMetric("time_to_peak_force_s", "total", "s", 0.06, 0.012, 0.002, 0.006),
    MadeMetric("loading_rate_20_80_bw_per_s", "total", "BW/s", 80.0, 20.0, 4.0, 10.0),
    MadeMetric("vertical_stiffness_peak_kn_per_m", "total", "kN/m", 25.0, 6.0, 1.0, 2.0),
    MadeMetric("limb_symmetry_peak_0_100ms_pct", "left_right", "%", 0.0, 6.0, 2.0, 6.0),
    MadeMetric("contact_delay_left_right_s", "left_right", "s", 0.0, 0.004, 0.001, 0.004),
    MadeMetric("rsi_flight_time_m_per_s", "total", "m/s", 1.2, 0.25, 0.04, 0.08),
    MadeMetric("medial_shift_mm", "left", "mm", 4.0, 3.0, 1.5, 2.5, {"arch_support": -2.0}),
    MadeMetric("medial_shift_mm", "right", "mm", 4.0, 3.0, 1.5, 2.5, {"arch_support": -2.0}),
)


def make_dataset(
    folder: Path,
    *,
    seed: int,
    participants: Sequence[str],
    n_sessions: int = 2,
    n_trials: int = 5,
    conditions: Sequence[str] = ("",),
    metrics: Sequence[MadeMetric] = USUAL,
    shifts: Mapping[tuple[str, str, str], float] | None = None,
) -> Dataset:
    """Write sub-*/ses-*/metrics.csv and session.json; shifts: (participant, metric, side) -> added to every trial."""
    rng = np.random.default_rng(seed)
    dataset = Dataset(folder).create()
    for participant in participants:
        own = {(one.name, one.side): rng.normal(one.mean, one.athlete_sd) for one in metrics}
        for _ in range(n_sessions):
            session = dataset.new_session(participant)
            day = {(one.name, one.side): rng.normal(0.0, one.session_sd) for one in metrics}
            rows, trials = [], []
            run = 0
            for condition in conditions:
                for _ in range(n_trials):
                    run += 1
                    file = f"raw/{session.stem('drop_jump', run)}.xdf"
                    trials.append(
                        TrialEntry(run=run, task="drop_jump", file=file, verdict="accepted", condition=condition)
                    )
                    for one in metrics:
                        key = (one.name, one.side)
                        value = own[key] + day[key] + rng.normal(0.0, one.trial_sd) + one.by_condition.get(condition, 0)
                        value += (shifts or {}).get((participant, *key), 0.0)
                        rows.append(_row(one, file, value, run, condition))
            session.write_state(
                SessionState(
                    participant=participant, session=session.label, protocol="drop_jump", trials=tuple(trials),
                    planned=tuple(
                        PlannedCondition(task="drop_jump", condition=one, n_trials=n_trials) for one in conditions
                    ),
                    finished_at="2026-11-30T12:00:00+00:00",
                )
            )  # fmt: skip
            with (session.path / "metrics.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, (*CSV_COLUMNS, *SESSION_COLUMNS), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
    return dataset


def _row(one: MadeMetric, file: str, value: float, run: int, condition: str) -> dict[str, object]:
    return {
        "source": file, "index": 0, "name": one.name, "side": one.side, "value": value, "unit": one.unit,
        "sd": one.trial_sd / 10, "status": "ok", "reason": "", "method": "drawn", "stronger_side": "",
        "run": run, "condition": condition,
    }  # fmt: skip
