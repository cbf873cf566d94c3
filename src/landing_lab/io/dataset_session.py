"""The folder of one session: its files, its state, its lock."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_names import parse_run_name, run_stem, session_number, task_label, task_name
from landing_lab.io.session_file import (
    FILE_NAME,
    SessionState,
    TrialEntry,
    Verdict,
    read_session_file,
    write_session_file,
)
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import make_folder

RAW: Final = "raw"
REJECTED: Final = "rejected"
TRIALS: Final = "trials"
LOCK_FILE: Final = "session.lock"


def inside(root: Path, path: Path) -> Path:
    """The path, where it does not lead out of root by a link. Raises ParameterError where it does."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise ParameterError(
            f"{quoted_path(str(path))} is a link that leads out of {quoted_path(str(root))}; put the files themselves "
            f"there",
            path=path,
        )
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFolder:
    """The folder of one session; label is that of its name, "01" of ses-01."""

    path: Path
    participant: str
    label: str

    @property
    def number(self) -> int | None:
        """The number of the session, None for a name that is a date or a word."""
        return session_number(self.label)

    @property
    def state_path(self) -> Path:
        """The file session.json."""
        return self.path / FILE_NAME

    def raw_path(self, task: str, run: int) -> Path:
        """Raw file of a run of a task."""
        return inside(self.path, self.path / RAW) / f"{self.stem(task, run)}.xdf"

    def trial_stem(self, task: str, run: int) -> Path:
        """Beginning of the names of the processed files of a run of a task."""
        return inside(self.path, self.path / TRIALS) / self.stem(task, run)

    def stem(self, task: str, run: int) -> str:
        """Name of a run's files without ending."""
        return run_stem(self.participant, self.label, task, run)

    def next_run(self, task: str) -> int:
        """The first run number of a task that no file, rejected ones included, has yet."""
        label = task_label(task)
        runs = [name.run for path in self.raw_files() if (name := parse_run_name(path.stem)) and name.task == label]
        return max(runs, default=0) + 1

    def raw_files(self) -> Iterator[Path]:
        """Every raw file, those of rejected trials last. Raises ParameterError for a link out of the session."""
        for folder in (self.path / RAW, self.path / RAW / REJECTED):
            if folder.is_dir():
                yield from (inside(self.path, path) for path in sorted(folder.glob("*.xdf")) if path.is_file())

    def reject(self, raw_file: Path) -> Path:
        """Move a raw file to raw/rejected, where no report over raw/*.xdf meets it; its new place.

        Raises RecordingError where it cannot be moved.
        """
        folder = inside(self.path, self.path / RAW / REJECTED)
        make_folder(folder)
        target = folder / raw_file.name
        number = 1
        while target.exists():
            number += 1
            target = folder / f"{raw_file.stem}_rejected-{number}{raw_file.suffix}"
        try:
            raw_file.rename(target)
        except OSError as error:
            raise RecordingError(
                f"{quoted_path(str(raw_file))} cannot be moved to {REJECTED}: {error.strerror or error}; check the "
                f"permissions",
                path=raw_file,
            ) from error
        return target

    def rejected_path(self, raw_file: Path) -> Path | None:
        """Where `reject` put a raw file; None where it did not."""
        aside = inside(self.path, self.path / RAW / REJECTED) / raw_file.name
        return aside if aside.is_file() else None

    def lock(self) -> FolderLock:
        """The session for this program alone, until released or left as a context manager.

        Raises RecordingError where another program has it; a program that died does not.
        """
        return self._lock().take()

    @property
    def live(self) -> bool:
        """Whether a program is at this session now."""
        return self._lock().holder() is not None

    @property
    def resumable(self) -> bool:
        """Whether it was begun by this version or a later one, is not finished, and no program is at it now."""
        if self.number is None or self.live:
            return False
        if not self.state_path.is_file() and not any(self.raw_files()):
            return False
        try:
            return self.read_state().finished_at is None
        except FileFormatError:  # of a newer version, which alone can resume it
            return False

    def read_state(self) -> SessionState:
        """The state in session.json, or what the raw files tell where that is missing or damaged.

        `recovered` of the state then says why. Raises FileFormatError where a newer version wrote it.
        """
        try:
            return self._read()
        except FileFormatError as error:
            if error.facts.get("newer"):
                raise
            return self._from_raw_files(error)

    def write_state(self, state: SessionState) -> Path:
        """Write session.json so that power loss leaves the old or the new one; a damaged one is kept aside.

        Raises RecordingError where it cannot be written, ParameterError for the state of another session.
        """
        if (state.participant, state.session) != (self.participant, self.label):
            shown = quoted_path(str(self.path))
            raise ParameterError(
                f"the state of sub-{state.participant} ses-{state.session} does not belong in {shown}; write it to its "
                f"own session"
            )
        if state.recovered is not None:
            self._keep_damaged()
        return write_session_file(self.state_path, state)

    def _read(self) -> SessionState:
        state = read_session_file(self.state_path)
        if (state.participant, state.session) != (self.participant, self.label):
            raise FileFormatError(
                f"{FILE_NAME} is of sub-{state.participant} ses-{state.session}; put it back into its own session",
                path=self.state_path,
            )
        return state

    def _keep_damaged(self) -> None:
        with suppress(FileNotFoundError):
            try:
                self._read()
            except FileFormatError:
                with suppress(OSError):
                    self.state_path.rename(self.path / f"session.damaged-{secrets.token_hex(4)}.json")

    def _lock(self) -> FolderLock:
        return FolderLock(self.path / LOCK_FILE, what=f"the session {quoted_path(str(self.path))}")

    def _from_raw_files(self, why: FileFormatError) -> SessionState:
        """What can still be known: rejected files lie apart, and an accepted trial has its description."""
        trials = tuple(entry for path in self.raw_files() if (entry := self._entry(path)) is not None)
        what = str(why).split(";", maxsplit=1)[0] if self.state_path.exists() else f"{FILE_NAME} is missing"
        files = "1 raw file" if len(trials) == 1 else f"{len(trials)} raw files"
        sentence = f"{what}; the session was rebuilt from its {files}, without its plan: check the verdicts"
        return SessionState(
            participant=self.participant,
            session=self.label,
            protocol="",
            trials=trials,
            notes=(sentence,),
            recovered=sentence,
        )

    def _entry(self, path: Path) -> TrialEntry | None:
        name = parse_run_name(path.stem.split("_rejected-", maxsplit=1)[0])
        if name is None:
            return None
        verdict: Verdict = "unfinished"
        if path.parent.name == REJECTED:
            verdict = "rejected"
        elif (self.path / TRIALS / f"{path.stem}.json").is_file() or not name.task:
            verdict = "accepted"
        return TrialEntry(
            run=name.run,
            task=task_name(name.task) or "drop_jump",
            file=path.relative_to(self.path).as_posix(),
            verdict=verdict,
        )
