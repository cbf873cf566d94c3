"""Trials of a session from its raw files, as `landing-lab reanalyse` computes them, as columns of the cohort."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from landing_lab.analysis.cohort.sessions import KnownSession
from landing_lab.analysis.cohort.trial_columns import STATUSES, MetricKey, TrialColumns, TrialKey, joined, renumbered
from landing_lab.errors import RecordingError
from landing_lab.io.visible import visible
from landing_lab.model.result import TrialResult


def raw_columns(session: KnownSession, dataset: Path, notes: list[str]) -> TrialColumns:
    """Accepted trials of a session, computed with the current program; a file that cannot be is named in notes.

    Raises RecordingError where no accepted trial has a raw file.
    """
    from landing_lab.app.reanalyse.sources import RawTrial
    from landing_lab.app.reanalyse.trial import computed_again
    from landing_lab.io.dataset_session import RAW

    folder = dataset / f"sub-{session.participant}" / f"ses-{session.label}" / RAW
    files = {name: folder / name for name in session.accepted if (folder / name).is_file()}
    if not files:
        raise RecordingError(f"and there is no raw recording of them in {RAW}/")
    keys: list[TrialKey] = []
    results: list[TrialResult] = []
    for name, entry in session.accepted.items():
        if name not in files:
            notes.append(f"{session.shown}: run {entry.run} was left out: {name} is not there")
            continue
        done = computed_again(RawTrial(path=files[name], verdict="accepted"), {})
        if done.problem is not None:
            notes.append(f"{session.shown}: run {entry.run} was left out: {visible(done.problem)}")
            continue
        keys += [entry._replace(landing=result.index) for result in done.results]
        results += done.results
    numbered = renumbered(keys, session.last_runs)
    return joined([_columns(key, result) for key, result in zip(numbered, results, strict=True) if key is not None])


def _columns(key: TrialKey, result: TrialResult) -> TrialColumns:
    rows = result.table.rows
    metrics: dict[MetricKey, int] = {}
    places: Sequence[int] = [metrics.setdefault(MetricKey(one.name, one.side, one.unit), len(metrics)) for one in rows]
    return TrialColumns(
        trials=(key,),
        metrics=tuple(metrics),
        trial=np.zeros(len(rows), np.int32),
        metric=np.array(places, np.int32),
        status=np.array([STATUSES.index(one.status) for one in rows], np.int8),
        value=np.array([np.nan if one.value is None else one.value for one in rows], np.float64),
        sd=np.array([np.nan if one.sd is None or one.value is None else one.sd for one in rows], np.float64),
    )
