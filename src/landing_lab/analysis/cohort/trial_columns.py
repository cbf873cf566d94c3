"""Metrics of many trials as columns of numbers: what names a trial or a metric stands once, rows point to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.trial_table import COLUMNS, TRIAL, TrialTable

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
STATUSES: Final = ("ok", "flagged", "refused")


class TrialKey(NamedTuple):
    """One accepted trial; the first five as in TrialTable.

    source: its raw file without folders. landing: which one of that file, counted from 0. recorded_at: when its
    session began (ISO 8601), "" where nobody knows.
    """

    participant: str
    session: str
    run: int
    task: str
    condition: str
    source: str = ""
    landing: int = 0
    recorded_at: str = ""


class MetricKey(NamedTuple):
    """What a number measures."""

    name: str
    side: str
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class TrialColumns:
    """Rows of metrics: trial[i] and metric[i] are places in `trials` and `metrics`, status[i] one in STATUSES.

    value, sd: in the unit of the metric, NaN where refused. All arrays are of one length.
    """

    trials: tuple[TrialKey, ...]
    metrics: tuple[MetricKey, ...]
    trial: NDArray[np.int32]
    metric: NDArray[np.int32]
    status: NDArray[np.int8]
    value: NDArray[np.float64]
    sd: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.value)

    def of(self, wanted: Sequence[bool]) -> TrialColumns:
        """The rows of some of the trials: wanted says of each whether it is one."""
        chosen = np.array(wanted, bool)
        places = (np.cumsum(chosen) - 1).astype(np.int32)
        rows = chosen[self.trial]
        return TrialColumns(
            tuple(one for one, taken in zip(self.trials, wanted, strict=True) if taken),
            self.metrics,
            places[self.trial[rows]],
            self.metric[rows],
            self.status[rows],
            self.value[rows],
            self.sd[rows],
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row per trial, metric and side, with the columns of TrialTable; texts are shared, not copied."""
        import pandas as pd

        spread: dict[str, object] = {}
        for column in TRIAL:
            values = [getattr(one, column) for one in self.trials]
            spread[column] = _spread(values, self.trial) if column != "run" else np.array(values, np.int64)[self.trial]
        for column in ("name", "side", "unit"):
            spread[column] = _spread([getattr(one, column) for one in self.metrics], self.metric)
        spread |= {"value": self.value, "sd": self.sd, "status": _spread(STATUSES, self.status)}
        return pd.DataFrame({name: spread[name] for name in COLUMNS})


def columns_of(table: TrialTable) -> TrialColumns:
    """A table of trials as columns; what it does not hold (raw file, landing, time) stays empty."""
    import pandas as pd

    rows = table.rows
    texts = {name: rows[name].astype(str) for name in (*TRIAL, "name", "side", "unit", "status") if name != "run"}
    of_trial = pd.MultiIndex.from_arrays([rows["run"].astype(int) if one == "run" else texts[one] for one in TRIAL])
    of_metric = pd.MultiIndex.from_arrays([texts[one] for one in MetricKey._fields])
    trials, metrics = of_trial.unique(), of_metric.unique()
    return TrialColumns(
        trials=tuple(TrialKey(*one) for one in trials.to_frame().itertuples(index=False, name=None)),
        metrics=tuple(MetricKey(*one) for one in metrics.to_frame().itertuples(index=False, name=None)),
        trial=trials.get_indexer(of_trial).astype(np.int32),
        metric=metrics.get_indexer(of_metric).astype(np.int32),
        status=np.array([STATUSES.index(one) for one in texts["status"].tolist()], np.int8),
        value=rows["value"].to_numpy(np.float64, na_value=np.nan),
        sd=rows["sd"].to_numpy(np.float64, na_value=np.nan),
    )


def no_trials() -> TrialColumns:
    """Columns without a row."""
    return joined([])


def joined(parts: Sequence[TrialColumns]) -> TrialColumns:
    """Parts one after the other, in their order; metrics and trials are numbered anew."""
    trials: list[TrialKey] = []
    metrics: dict[MetricKey, int] = {}
    trial, metric = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for part in parts:
        trial.append(part.trial + np.int32(len(trials)))
        places = np.array([metrics.setdefault(one, len(metrics)) for one in part.metrics], np.int32)
        metric.append(places[part.metric] if len(places) else np.empty(0, np.int32))
        trials += part.trials
    return TrialColumns(
        trials=tuple(trials),
        metrics=tuple(metrics),
        trial=np.concatenate(trial),
        metric=np.concatenate(metric),
        status=np.concatenate([np.empty(0, np.int8), *(part.status for part in parts)]),
        value=np.concatenate([np.empty(0), *(part.value for part in parts)]),
        sd=np.concatenate([np.empty(0), *(part.sd for part in parts)]),
    )


def renumbered(keys: Sequence[TrialKey | None], last_runs: Mapping[tuple[str, str, str], int]) -> list[TrialKey | None]:
    """The same trials, each with a run of its own: the first landing of a file keeps that of the file.

    The others get runs that no file has. last_runs: (participant, session, task) -> highest run of any file. None, what
    is no trial, stays.
    """
    last = dict(last_runs)
    seen: set[tuple[str, str, str, int]] = set()
    found: list[TrialKey | None] = []
    for key in keys:
        if key is not None:
            place = key.participant, key.session, key.task
            if (*place, key.run) in seen:
                last[place] = last.get(place, key.run) + 1
                key = key._replace(run=last[place])  # noqa: PLW2901
            seen.add((*place, key.run))
        found.append(key)
    return found


def _spread(values: Sequence[str], places: NDArray[Any]) -> Any:
    """A column of texts out of the few that there are."""
    import pandas as pd

    return pd.array(np.array([*values, ""], dtype=object)[places], dtype="str")
