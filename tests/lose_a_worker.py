"""Collect a dataset on a cluster and end one worker in the middle: LOSE DATASET ADDRESS PID OUT."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from landing_lab.analysis.cohort.collect import dataset_sessions
from landing_lab.analysis.cohort.participants import read_participants
from landing_lab.analysis.cohort.sessions import check_dataset
from landing_lab.analysis.cohort.tidy_file import write_tidy
from landing_lab.analysis.cohort.trial_columns import joined
from landing_lab.app.cohort.batch import CohortBatch
from landing_lab.app.cohort.cluster import on_cluster
from landing_lab.app.processes.ctrl_c import CtrlC

SESSIONS = 2


def main(path: str, address: str, pid: str, out: str) -> None:
    dataset = check_dataset(Path(path))
    folders = dataset_sessions(dataset, None, [])
    batches = [
        CohortBatch(number=(at, 0), dataset=dataset.path, sessions=tuple(folders[at : at + SESSIONS]))
        for at in range(0, len(folders), SESSIONS)
    ]
    done = []
    with CtrlC() as ctrl_c:
        for one in on_cluster(batches, address, ctrl_c):
            done.append(one)
            if len(done) == 3:
                os.kill(int(pid), signal.SIGKILL)
    done.sort(key=lambda one: one.number)
    assert [one.number[0] for one in done] == [one.number[0] for one in batches]
    write_tidy(joined([one.columns for one in done]), read_participants(dataset.path, []), Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
