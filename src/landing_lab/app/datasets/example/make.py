"""Makes the example study in a folder, whole or not at all: the same bytes at every making."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.app.datasets.example import design
from landing_lab.app.processes.ctrl_c import CtrlC
from landing_lab.app.processes.pool import Work, in_processes, n_processes
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.dataset import Dataset
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import staged_folder

WHOLE: Final = (design.ATHLETES[0], 1)
"""The session whose raw files are kept, and everything that is computed from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AthletePart:
    """One athlete to make. folder: the dataset."""

    folder: Path
    name: str
    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDone:
    """Rows of the truth of one athlete."""

    name: str
    athlete: dict[str, object]
    limbs: list[dict[str, object]]
    sessions: list[dict[str, object]]
    trials: list[dict[str, object]]


def example_dataset(folder: Path, *, jobs: int | None = None, athletes: Sequence[str] = design.ATHLETES) -> Path:
    """Make the example study in a new or empty folder; its path.

    jobs: processes at work, all cores by default; the files are the same. athletes: some of P01 to P24 only.
    It is made beside the folder and renamed at the end, so a half-made one is never there. Raises ParameterError where
    the folder holds something or an athlete is unknown, RecordingError where the disk does not take it,
    KeyboardInterrupt after Ctrl-C.
    """
    target = Path(folder)
    _check(target, athletes)
    with CtrlC() as ctrl_c:  # around everything: whoever ends it at any moment finds nothing left over
        try:
            with staged_folder(target) as growing:
                _make(growing, sorted(athletes), jobs, ctrl_c)
                ctrl_c.check()
                if target.is_dir():
                    target.rmdir()  # empty still, or it is somebody's
        except OSError as error:
            raise RecordingError(
                f"the example dataset cannot be written to {quoted_path(str(target))}: {error.strerror or error}; free "
                f"space on the disk, check the permissions, or choose another folder",
                path=target,
            ) from error
    return target


def _check(target: Path, athletes: Sequence[str]) -> None:
    unknown = sorted(set(athletes) - set(design.ATHLETES))
    if unknown or not athletes:
        raise ParameterError(f"the example study has the athletes P01 to P24; got {', '.join(unknown) or 'none'}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ParameterError(
            f"{quoted_path(str(target))} is there already and holds something; name a new folder, or delete it"
        )


def _make(folder: Path, athletes: Sequence[str], jobs: int | None, ctrl_c: CtrlC) -> None:
    from landing_lab.app.datasets.example.tables import write_top
    from landing_lab.app.processes.progress import batch_progress

    dataset = Dataset(folder)
    write_top(dataset, athletes)
    ctrl_c.check()
    # those with most to do go first, so that no process waits for one at the end
    parts = [AthletePart(folder=folder, name=name, sessions=_sessions(name)) for name in athletes]
    parts.sort(key=lambda part: -len(part.sessions))
    done: list[PartDone] = []
    with batch_progress(len(parts), what="athletes", doing="Simulating") as advance:
        work = Work(do=make_athlete, split=lambda part: [part], died=_died)
        with closing(in_processes(parts, work, jobs=min(n_processes(jobs), len(parts)), ctrl_c=ctrl_c)) as running:
            for one in running:
                done.append(one)
                advance(len(done), 0)
    _write_truth(folder, sorted(done, key=lambda one: one.name))


def _sessions(name: str) -> tuple[int, ...]:
    return (1, 2, 3) if name in design.CONTRASTED else (1, 2)


def make_athlete(part: AthletePart) -> PartDone:
    """Every session of one athlete, with calibrations and entries, in the dataset; what is true of them."""
    from landing_lab.analysis.inputs.files import write_session_inputs
    from landing_lab.app.datasets.example.athletes import athlete
    from landing_lab.app.datasets.example.entered import RATER, entries
    from landing_lab.app.datasets.example.recording import Day, ExampleSession
    from landing_lab.app.datasets.example.schedule import begins
    from landing_lab.app.datasets.example.sensing import calibrations_of
    from landing_lab.app.datasets.example.truth import athlete_row, limb_rows, session_row, trial_row

    dataset, who = Dataset(part.folder), athlete(part.name)
    calibrations = calibrations_of(who, dataset.path)
    trials: list[dict[str, object]] = []
    for number in part.sessions:
        day = Day(begins(who.number, number))
        session = ExampleSession(
            dataset=dataset, athlete=who, number=number, day=day, calibrations=calibrations,
            whole=(part.name, number) == WHOLE,
        )  # fmt: skip
        trials += [trial_row(who, number, one) for one in session.write()]
        place = dataset.path / f"sub-{who.name}" / f"ses-{number:02d}"
        write_session_inputs(place, entries(who, number), by=RATER, at=day.at)
    return PartDone(
        name=part.name, athlete=athlete_row(who), limbs=limb_rows(who),
        sessions=[session_row(who, number) for number in part.sessions], trials=trials,
    )  # fmt: skip


def _died(part: AthletePart) -> PartDone:
    raise RecordingError(
        f"the process that made {part.name} ended without a result (a library crashed, or there is too little memory); "
        f"free some memory, or make it with one process (--jobs 1)"
    )


def _write_truth(folder: Path, done: Sequence[PartDone]) -> None:
    from landing_lab.app.datasets.example.truth import effect_rows, write_tables

    write_tables(
        folder,
        {
            "effects": effect_rows(),
            "athletes": [one.athlete for one in done],
            "limbs": [row for one in done for row in one.limbs],
            "sessions": [row for one in done for row in one.sessions],
            "trials": [row for one in done for row in one.trials],
        },
    )
