"""What stands on disk of a session while it runs: its plan, its trials and their verdicts, whole after every change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import landing_lab
from landing_lab.app.record.continued import candidates, differs, planned_conditions, with_order
from landing_lab.app.record.gates import noted
from landing_lab.app.record.plan import PlannedTrial, open_trials, planned_trials
from landing_lab.app.record.protocols import Protocol
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.session_file import LEFT_OUT, SessionState, TrialEntry, Verdict
from landing_lab.model.raw import RawRecording
from landing_lab.model.result import Result


def _judged(entry: TrialEntry, verdict: Verdict, reason: str | None, notes: Sequence[str]) -> TrialEntry:
    notes = (*entry.notes, *notes)
    return dataclasses.replace(entry, verdict=verdict, reason=reason, notes=notes, open_verdict=None)


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds")


@dataclass(slots=True, kw_only=True)
class SessionBook:
    """One session folder and its state; every change is on disk before the method returns.

    told: what was found when it was opened; now: the time of day. Raises RecordingError where the disk takes no change.
    """

    folder: SessionFolder
    state: SessionState
    plan: tuple[PlannedTrial, ...]
    lock: FolderLock
    resumed: bool
    told: list[str] = field(default_factory=list)
    now: Callable[[], str] = _now

    @classmethod
    def open(
        cls,
        dataset: Dataset,
        participant: str,
        protocol: Protocol,
        settings: Mapping[str, object],
        *,
        seed: int,
        session: str | None = None,
        new: bool = False,
        now: Callable[[], str] = _now,
    ) -> Self:
        """Continue the newest unfinished session of this participant, protocol and settings, or begin a new one.

        session: the label of one that must be continued; new: begin another whatever there is.
        Raises ParameterError where the named session does not exist or is of something else.
        """
        dataset.create()
        others: list[tuple[bool, str]] = []
        for folder in () if new else candidates(dataset, participant, session):
            lock = folder.lock()
            try:
                state = folder.read_state()
                why_not = differs(state, protocol, settings)
                if why_not is None:
                    return cls._continued(folder, state, protocol, lock, now)
            except BaseException:
                lock.release()
                raise
            lock.release()
            if session is not None:
                raise ParameterError(f"session {session} cannot be continued: {why_not}; leave out --session")
            told = f"The unfinished session ses-{folder.label} is left as it is ({why_not}); this is a new one."
            if any(one.is_open for one in state.trials):
                told += f" A trial of it waits for its verdict: --session {folder.label} with what was entered then."
            others.append((state.protocol == protocol.name, told))
        # of several the newest of this protocol, which most likely was meant
        told_of = [told for _, told in sorted(others, key=lambda one: not one[0])[:1]]
        return cls._begun(dataset, participant, protocol, settings, seed=seed, told=told_of, now=now)

    @classmethod
    def _begun(
        cls,
        dataset: Dataset,
        participant: str,
        protocol: Protocol,
        settings: Mapping[str, object],
        *,
        seed: int,
        told: list[str],
        now: Callable[[], str],
    ) -> Self:
        folder = dataset.new_session(participant)
        lock = folder.lock()
        state = SessionState(
            participant=participant,
            session=folder.label,
            protocol=protocol.name,
            planned=planned_conditions(protocol),
            software=f"landing-lab {landing_lab.__version__}",
            created_at=now(),
            settings={**settings, "order": protocol.order, "seed": seed, "protocol": dataclasses.asdict(protocol)},
        )
        plan = planned_trials(protocol, seed=seed)
        book = cls(folder=folder, state=state, plan=plan, lock=lock, resumed=False, told=told, now=now)
        book.write()
        return book

    @classmethod
    def _continued(
        cls, folder: SessionFolder, state: SessionState, protocol: Protocol, lock: FolderLock, now: Callable[[], str]
    ) -> Self:
        """The session as it was left; a trial whose processed files are whole had been accepted."""
        stored = state.settings
        order = str(stored.get("order", protocol.order))
        plan = planned_trials(with_order(protocol, order), seed=int(str(stored.get("seed", 0))))
        state = dataclasses.replace(state, finished_at=None)
        book = cls(folder=folder, state=state, plan=plan, lock=lock, resumed=True, now=now)
        for entry in state.trials:
            if entry.verdict == "unfinished":
                if Path(f"{folder.trial_stem(entry.task, entry.run)}.json").is_file():
                    book.state = book.state.with_trial(_judged(entry, "accepted", None, noted(entry.open_verdict)))
                elif not (folder.path / entry.file).is_file():
                    book._recover(entry)
        book.write()
        book.told.append(
            f"Session ses-{folder.label} was not finished and is continued: {len(book.accepted)} of "
            f"{len(plan)} trials are accepted (--new-session begins another)."
        )
        book.told.extend(
            f"{book.name_of(entry)} has no verdict and is not in the report; its raw data are in "
            f"{folder.path / entry.file}: look at them with landing-lab analyse, or leave them."
            for entry in book.state.trials
            if entry.verdict == "unfinished" and not book._is_awaited(entry)
        )
        return book

    @property
    def accepted(self) -> list[TrialEntry]:
        """The trials that count, in order of recording."""
        return [entry for entry in self.state.trials if entry.verdict == "accepted"]

    @property
    def awaited(self) -> TrialEntry | None:
        """The first trial whose verdict is still to be given; None where there is nothing to judge."""
        return next((one for one in self.state.trials if self._is_awaited(one)), None)

    def _is_awaited(self, entry: TrialEntry) -> bool:
        return entry.is_open and any(planned.condition == entry.condition for planned in self.remaining())

    @property
    def left_out(self) -> frozenset[int]:
        """Numbers of planned trials that were given up."""
        stored = self.state.more.get(LEFT_OUT, ())
        return frozenset(int(one) for one in stored) if isinstance(stored, (list, tuple)) else frozenset()

    def remaining(self) -> list[PlannedTrial]:
        """The planned trials still to do, in order."""
        done: dict[str, int] = {}
        for entry in self.accepted:
            done[entry.condition] = done.get(entry.condition, 0) + 1
        return open_trials(self.plan, done, self.left_out)

    def name_of(self, entry: TrialEntry) -> str:
        """A trial by both its numbers: of the plan, and of the recording after which its files are named."""
        done: dict[str, int] = {}
        for earlier in self.accepted:
            if earlier.run < entry.run:
                done[earlier.condition] = done.get(earlier.condition, 0) + 1
        left = (one for one in open_trials(self.plan, done, self.left_out) if one.condition == entry.condition)
        planned = next(left, None)
        number = f"Trial {planned.number} of {len(self.plan)}" if planned is not None else "A trial"
        return f"{number} (run {entry.run:02d})"

    def raw_path(self, entry: TrialEntry) -> Path:
        """Where the raw file of a trial lies."""
        return self.folder.path / entry.file

    def begin(self, planned: PlannedTrial) -> TrialEntry:
        """A new trial, in the state as unfinished before anything is recorded."""
        task = self.state.protocol
        known = max((entry.run for entry in self.state.trials if entry.task == task), default=0)
        run = max(self.folder.next_run(task), known + 1)
        file = self.folder.raw_path(task, run).relative_to(self.folder.path).as_posix()
        entry = TrialEntry(
            run=run, task=task, file=file, verdict="unfinished", condition=planned.condition, recorded_at=self.now()
        )
        self._put(entry)
        return entry

    def withdraw(self, entry: TrialEntry) -> None:
        """Forget a trial in which nothing happened, and its raw file."""
        try:
            self.raw_path(entry).unlink(missing_ok=True)
        except OSError as error:
            raise RecordingError(
                f"{entry.file} cannot be removed: {error.strerror or error}; close the program that has it open, "
                "or check the permissions"
            ) from error
        self._forget(entry)
        self.write()

    def update(self, entry: TrialEntry, **changes: Any) -> TrialEntry:
        """The trial with other fields, on disk."""
        return self._put(dataclasses.replace(entry, **changes))

    def accept(
        self, entry: TrialEntry, result: Result, notes: Sequence[str], *, raw: RawRecording | None = None
    ) -> TrialEntry:
        """Write the processed files of a trial, then its verdict; raw: what its raw file holds, None reads that."""
        from landing_lab.io.formats.xdf import read_raw
        from landing_lab.io.processed import trial_facts, write_processed

        raw = read_raw(self.raw_path(entry)) if raw is None else raw
        stem = self.folder.trial_stem(entry.task, entry.run)
        signals = result.trials[0].signals
        facts = {**trial_facts(raw, result.trials), "notes": [*entry.notes, *notes]}
        write_processed(result.recording, signals, stem, facts)
        return self._put(_judged(entry, "accepted", None, notes))

    def reject(self, entry: TrialEntry, reason: str, notes: Sequence[str]) -> TrialEntry:
        """Put a trial's raw file aside, where no later report over raw/*.xdf picks it up, and say why."""
        aside = self.folder.reject(self.raw_path(entry))
        moved = dataclasses.replace(entry, file=aside.relative_to(self.folder.path).as_posix())
        return self._put(_judged(moved, "rejected", reason, notes))

    def take_back(self, judged: TrialEntry, before: TrialEntry) -> TrialEntry:
        """The trial as it was before its verdict: its raw file back in its place, its processed files gone.

        A program that ends in between leaves the verdict, or none: the state says so first, and the description,
        without which no processed trial counts, goes before the signals. Raises RecordingError.
        """
        self._put(dataclasses.replace(before, reason=judged.reason))
        stem = self.folder.trial_stem(judged.task, judged.run)
        try:
            if judged.file != before.file:
                (self.folder.path / judged.file).rename(self.raw_path(before))
            Path(f"{stem}.json").unlink(missing_ok=True)
            for signals in stem.parent.glob(f"{stem.name}_*.parquet"):
                signals.unlink(missing_ok=True)
        except OSError as error:
            raise RecordingError(
                f"the files of {before.file} cannot be moved back: {error.strerror or error}; check the permissions"
            ) from error
        return self.update(before)

    def leave_out(self, number: int) -> None:
        """Give a planned trial up."""
        numbers = sorted({*self.left_out, number})
        self.state = dataclasses.replace(self.state, more={**self.state.more, LEFT_OUT: numbers})
        self.write()

    def describe(self, boards: Mapping[str, Mapping[str, object]], calibrations: Mapping[str, str]) -> None:
        """Note which boards are used, and how they are calibrated."""
        self.state = dataclasses.replace(self.state, boards=dict(boards), calibrations=dict(calibrations))
        self.write()

    def finish(self) -> None:
        """The session is over: nothing of its plan is left."""
        self.state = dataclasses.replace(self.state, finished_at=self.now())
        self.write()

    def write(self) -> None:
        """Put the state on disk."""
        self.folder.write_state(self.state)
        self.state = dataclasses.replace(self.state, recovered=None)

    def _put(self, entry: TrialEntry) -> TrialEntry:
        self.state = self.state.with_trial(entry)
        self.write()
        return entry

    def _recover(self, entry: TrialEntry) -> None:
        """A trial whose raw file is not where it was recorded: it was being rejected, or had nothing in it."""
        aside = self.folder.rejected_path(self.raw_path(entry))
        if aside is None:
            if entry.is_open:
                self.told.append(f"Run {entry.run:02d} was measured, but its raw file {entry.file} is gone.")
            self._forget(entry)
            return
        moved = dataclasses.replace(entry, file=aside.relative_to(self.folder.path).as_posix())
        reason = entry.reason or "the program ended while it was rejected"
        self.state = self.state.with_trial(_judged(moved, "rejected", reason, noted(entry.open_verdict)))

    def _forget(self, entry: TrialEntry) -> None:
        kept = tuple(one for one in self.state.trials if (one.task, one.run) != (entry.task, entry.run))
        self.state = dataclasses.replace(self.state, trials=kept)
