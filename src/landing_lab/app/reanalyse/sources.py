"""What there is to compute again: raw files by session, with the verdict on each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landing_lab.errors import FileFormatError, LandingLabError
from landing_lab.io.dataset import CALIBRATIONS, DERIVATIVES
from landing_lab.io.dataset_names import parse_run_name
from landing_lab.io.dataset_session import RAW, REJECTED, SessionFolder, inside
from landing_lab.io.dataset_tables import DESCRIPTION_FILE
from landing_lab.io.path import check_path
from landing_lab.io.session_file import FILE_NAME, TrialEntry, Verdict
from landing_lab.io.visible import quoted_path
from landing_lab.model.trial_label import TrialLabel

STORED: Final = "analysis.json"
_NUMBERS: Final = "metrics.csv"
_PLACES: Final = ("", "ses-*/", "sub-*/ses-*/")
"""Where sessions lie below a session, a participant, a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTrial:
    """A raw file and what was decided of it; problem: why it cannot be read at all.

    label: what session.json says of it, None where that does not know it.
    """

    path: Path
    verdict: Verdict
    reason: str | None = None
    problem: str | None = None
    label: TrialLabel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSession:
    """Raw files that belong together.

    folder: of the session, or that the files lie in. root: of the dataset, or the folder itself. place: the
    folder of the session below root, such as sub-P07/ses-01. notes: sentences on what is odd.
    """

    folder: Path
    root: Path
    place: Path
    trials: tuple[RawTrial, ...]
    notes: tuple[str, ...] = ()


def raw_sessions(wanted: Sequence[Path]) -> list[RawSession]:
    """Every session among files and folders, in order of path, each raw file once.

    Raises FileFormatError where a path does not exist or leads to no raw file, ParameterError for a link that leads
    out of a folder.
    """
    files: dict[Path, dict[Path, None]] = {}
    for path in wanted:
        found = list(_below(path)) if path.is_dir() else [check_path(path)]
        if not found:
            alone = without_raw([path])
            if alone:
                raise FileFormatError(
                    f"{_counted(alone)} in {RAW}/, so nothing can be computed again; bring the raw files back, or use "
                    f"the numbers that are stored",
                    path=path,
                )
            raise FileFormatError(
                f"there is no raw recording (.xdf) in the folder {quoted_path(str(path))} or below it; name a dataset, "
                f"a participant, a session or a file",
                path=path,
            )
        for file in found:
            files.setdefault(_session_folder(file), {})[file.absolute()] = None
    whole = {path.absolute() for path in wanted if path.is_dir()}
    return [_session(folder, list(files[folder]), whole) for folder in sorted(files)]


def without_raw(wanted: Sequence[Path]) -> list[Path]:
    """Folders of sessions, among the folders wanted or below them, with numbers but no raw file: a smaller copy."""
    found: dict[Path, None] = {}
    for path in (one for one in wanted if one.is_dir()):
        for pattern in _PLACES:
            for table in sorted(path.glob(f"{pattern}{_NUMBERS}")):
                if not any((table.parent / RAW).glob("**/*.xdf")):
                    found.setdefault(table.parent.absolute())
    return list(found)


def told_without_raw(wanted: Sequence[Path]) -> str | None:
    """The sentence on sessions that cannot be computed again; None where every one has raw files."""
    alone = without_raw(wanted)
    were = "was" if len(alone) == 1 else "were"
    return f"{_counted(alone)} and {were} left out; the stored numbers stay as they are" if alone else None


def _counted(sessions: Sequence[Path]) -> str:
    """How many sessions hold no raw file, and the first of them."""
    first = f"{sessions[0].parent.name}/{sessions[0].name}"
    if len(sessions) == 1:
        return f"the session {quoted_path(first)} has no raw recordings"
    return f"{len(sessions)} sessions ({quoted_path(first)} is the first) have no raw recordings"


def _below(folder: Path) -> Iterator[Path]:
    """Raw files below a folder; links to folders are not followed, they could lead in a circle."""
    for where, below, names in os.walk(folder):
        # recordings made to calibrate are no trials
        passed = {DERIVATIVES, CALIBRATIONS} if DESCRIPTION_FILE in names else {DERIVATIVES}
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in passed)
        for name in sorted(names):
            if name.lower().endswith(".xdf") and not name.startswith("."):
                yield inside(folder, Path(where) / name)


def _session_folder(file: Path) -> Path:
    """The session a raw file belongs to: the folder above raw, else the folder it lies in."""
    folder = file.absolute().parent
    if folder.name == REJECTED and folder.parent.name == RAW:
        folder = folder.parent
    return folder.parent if folder.name == RAW else folder


def _session(folder: Path, files: list[Path], whole: set[Path]) -> RawSession:
    """A session with the verdicts that session.json or, in older sessions, the stored results tell."""
    root = _root(folder)
    label, participant = folder.name.removeprefix("ses-"), folder.parent.name.removeprefix("sub-")
    known: dict[Path, TrialEntry] = {}
    notes: tuple[str, ...] = ()
    described = (folder / FILE_NAME).exists()
    if described:
        try:
            state = SessionFolder(path=folder, participant=participant, label=label).read_state()
        except LandingLabError as error:
            return _unread(folder, root, files, str(error))
        known = {folder / entry.file: entry for entry in state.trials}
        notes = () if state.recovered is None else (state.recovered,)
    reported = None if described else stored_sources(folder)
    trials = [_raw_trial(file, known.get(file), described=described, reported=reported) for file in files]
    if any(folder == one or folder.is_relative_to(one) for one in whole):
        trials += [_missing(path, entry) for path, entry in known.items() if not path.exists()]
    ordered = sorted(trials, key=lambda trial: _order(trial.path))
    return RawSession(folder=folder, root=root, place=folder.relative_to(root), trials=tuple(ordered), notes=notes)


def _missing(path: Path, entry: TrialEntry) -> RawTrial:
    """A trial whose raw file is not there: only one that counts is missed."""
    missing = f"{entry.file} is listed in {FILE_NAME} but is not there"
    if entry.verdict == "accepted":
        return RawTrial(path=path, verdict="accepted", problem=f"{missing}; put it back, or correct {FILE_NAME}")
    return RawTrial(path=path, verdict=entry.verdict, reason=missing)


def _unread(folder: Path, root: Path, files: list[Path], problem: str) -> RawSession:
    """A session whose description this version cannot read: nobody knows which trials count."""
    trials = tuple(RawTrial(path=file, verdict="unfinished", problem=problem) for file in files)
    return RawSession(folder=folder, root=root, place=folder.relative_to(root), trials=trials)


def _raw_trial(file: Path, entry: TrialEntry | None, *, described: bool, reported: set[str] | None) -> RawTrial:
    if entry is not None:
        label = TrialLabel(
            run=entry.run, condition=entry.condition, notes=entry.notes, accepted=entry.verdict == "accepted"
        )
        return RawTrial(path=file, verdict=entry.verdict, reason=entry.reason, label=label)
    if file.parent.name == REJECTED and file.parent.parent.name == RAW:
        return RawTrial(path=file, verdict="rejected")
    if described:
        return RawTrial(path=file, verdict="unfinished", reason=f"{FILE_NAME} does not know it")
    if reported is not None and file.name not in reported:
        return RawTrial(path=file, verdict="unfinished", reason="it is not among the results of its session")
    return RawTrial(path=file, verdict="accepted")


def stored_document(folder: Path) -> dict[str, Any] | None:
    """The results stored in a session, None where there are none that can be read."""
    try:
        found = json.loads((folder / STORED).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("trials"), list) else None


def stored_sources(folder: Path) -> set[str] | None:
    """Names of the raw files in the stored results, None where there are none."""
    document = stored_document(folder)
    if document is None:
        return None
    return {str(trial.get("source")) for trial in document["trials"] if isinstance(trial, dict)}


def _root(folder: Path) -> Path:
    """The dataset above a session folder; a session outside of any dataset is its own."""
    for above in (folder, *folder.parents[:3]):
        if (above / DESCRIPTION_FILE).is_file():
            return above
    if folder.name.startswith("ses-") and folder.parent.name.startswith("sub-"):
        return folder.parent.parent
    return folder


def _order(path: Path) -> tuple[str, int, str]:
    """Runs of a task in the order of their numbers, also the tenth after the ninth."""
    name = parse_run_name(path.stem)
    return ("", 0, path.name) if name is None else (name.task, name.run, path.name)
