"""Writes a dataset as BIDS: beside its place first, so that there is a whole export or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from landing_lab.errors import FileFormatError, ParameterError, RecordingError
from landing_lab.io.bids import tables, texts
from landing_lab.io.bids.trial_files import TrialName, trial_files, tsv
from landing_lab.io.dataset import CALIBRATIONS, Dataset
from landing_lab.io.dataset_names import task_label
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.processed import read_processed
from landing_lab.io.session_file import FILE_NAME, SessionState, TrialEntry
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import make_folder, staged_folder

_OF_STUDY = ("dataset_description.json", "participants.tsv", "participants.json", "README.md", "reliability.json",
             "norms.json")  # fmt: skip
_OF_SESSION = (FILE_NAME, "insole_check.json")
_INPUTS = "field_inputs.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BidsExport:
    """What was exported, and in sentences what was left out and why."""

    path: Path
    n_participants: int
    n_sessions: int
    n_trials: int
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class _Exported:
    """What has been written so far."""

    participants: set[str] = field(default_factory=set)
    n_sessions: int = 0
    n_trials: int = 0
    simulated: list[bool] = field(default_factory=list)
    newest: str | None = None
    left_out: list[str] = field(default_factory=list)


def export_bids(
    dataset: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    raw: bool = True,
    inputs: bool = False,
    replace: bool = False,
) -> BidsExport:
    """Write the accepted trials of a dataset folder as BIDS into the new folder out, which bids-validator accepts.

    sourcedata of the copy holds what people typed: participants.tsv, session.json (notes, operator, reasons, times)
    and calibrations. raw: also the raw files, which repeat it. inputs: also field_inputs.json (injuries, pain,
    strength), left out unless asked for. replace: an earlier export may be replaced; nothing else ever is.
    The same dataset gives the same bytes. Raises ParameterError where there is no dataset, nothing to export, or out
    is somebody's; RecordingError where it cannot be written.
    """
    study, target = Path(dataset), Path(out)
    _check(study, target, replace=replace)
    facts = texts.study_facts(study)
    with _new_export(target) as place:
        done = _Exported()
        for participant in Dataset(study).participants():
            _participant(place, study, participant, done)
        if not done.n_trials:
            why = f" ({done.left_out[0]})" if done.left_out else ""
            raise ParameterError(
                f"{quoted_path(str(study))} has no accepted trial to export{why}; record some, or name another dataset"
            )
        name = str(facts.get("Name") or study.resolve().name)
        _write(place, texts.top_files(facts, name, done.newest, simulated=all(done.simulated), raw=raw))
        _write(place, tables.participants(study, done.participants))
        derived = place / "derivatives" / texts.DERIVED
        if derived.is_dir():
            _write(derived, texts.derivative_description(name, facts))
        _source_data(study, place / "sourcedata", done.participants, raw=raw, inputs=inputs)
    return BidsExport(
        path=target,
        n_participants=len(done.participants),
        n_sessions=done.n_sessions,
        n_trials=done.n_trials,
        left_out=tuple(done.left_out),
    )


def _check(study: Path, target: Path, *, replace: bool) -> None:
    if not Dataset(study).exists:
        raise ParameterError(
            f"{quoted_path(str(study))} is no dataset of landing-lab (it has no dataset_description.json); name the "
            "folder that `landing-lab record --dataset` wrote"
        )
    if texts.is_ours(study):
        raise ParameterError(f"{quoted_path(str(study))} is a BIDS export; name the dataset that it was made from")
    inner, outer = target.resolve(), study.resolve()
    if inner == outer or inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise ParameterError(
            f"{quoted_path(str(target))} and the dataset {quoted_path(str(study))} lie in each other; choose a folder "
            "elsewhere with --out"
        )
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        raise ParameterError(f"{quoted_path(str(target))} is no folder; choose another with --out", path=target)
    if not any(target.iterdir()):
        return
    if not texts.is_ours(target):
        raise ParameterError(
            f"{quoted_path(str(target))} holds other things, which an export would replace; choose a new folder with "
            "--out",
            path=target,
        )
    if not replace:
        raise ParameterError(
            f"{quoted_path(str(target))} holds an earlier export; choose a new folder, or replace it with --force",
            path=target,
        )


@contextmanager
def _new_export(target: Path) -> Iterator[Path]:
    """The folder to be filled. Raises RecordingError where the disk does not take it."""
    try:
        with staged_folder(target) as place:
            make_folder(place)
            yield place
    except OSError as error:
        raise RecordingError(
            f"{quoted_path(str(target))} cannot be written: {error.strerror or error}; check the permissions and the "
            "free space, or choose another folder",
            path=target,
        ) from error


def _participant(place: Path, study: Path, participant: str, done: _Exported) -> None:
    folder = PurePosixPath(f"sub-{participant}")
    rows = []
    for session in Dataset(study).sessions(participant):
        state = session.read_state()
        if _session(place, session, state, done):
            done.n_sessions += 1
            rows.append([f"ses-{session.label}", tables.utc_time(state.created_at), state.protocol])
    if rows:
        done.participants.add(participant)
        name = f"sub-{participant}_sessions.tsv"
        _write(place / folder, {name: tsv(("session_id", "acq_time", "protocol"), rows)})


def _session(place: Path, session: SessionFolder, state: SessionState, done: _Exported) -> bool:
    """Write the accepted trials of a session; whether there is one."""
    below = Path(f"sub-{session.participant}") / f"ses-{session.label}"
    scans: list[list[object]] = []
    runs: dict[str, tuple[str, int, str]] = {}
    for entry in state.trials:
        if entry.verdict != "accepted":
            continue
        files = _trial(session, state, entry, done)
        if files:
            _write(place / below, {str(path): content for path, content in files.items()})
            scans.append([str(next(iter(files))), tables.utc_time(entry.recorded_at), entry.condition])
            runs[PurePosixPath(entry.file).name] = (entry.task, entry.run, entry.condition)
            done.newest = max(filter(None, (done.newest, entry.recorded_at, state.created_at)), default=None)
    if not scans:
        return False
    done.n_trials += len(scans)
    stem = f"sub-{session.participant}_ses-{session.label}"
    _write(place / below, {f"{stem}_scans.tsv": tsv(("filename", "acq_time", "condition"), sorted(scans, key=str))})
    metrics = tables.metrics_table(session.path / "metrics.csv", runs)
    if metrics is not None:
        task = task_label(next(iter(runs.values()))[0])
        folder = place / "derivatives" / texts.DERIVED / below / "beh"
        named = f"{stem}_task-{task}_desc-metrics_beh"
        _write(folder, {f"{named}.tsv": metrics, f"{named}.json": tables.metrics_sidecar()})
    return True


def _trial(
    session: SessionFolder, state: SessionState, entry: TrialEntry, done: _Exported
) -> Mapping[PurePosixPath, bytes]:
    """The files of an accepted trial; none where what it needs is missing, which is noted."""
    description = Path(f"{session.trial_stem(entry.task, entry.run)}.json")
    name = TrialName(
        participant=session.participant,
        session=session.label,
        task=entry.task,
        condition=entry.condition,
        run=entry.run,
    )
    try:
        trial = read_processed(description)
    except FileFormatError as error:
        done.left_out.append(f"{name.stem()}: {error}")
        return {}
    protocol = state.settings.get("protocol")
    go = protocol.get("go") if isinstance(protocol, Mapping) else None
    files = trial_files(name, trial, instructions=str(go) if go else None)
    if not files:
        done.left_out.append(f"{name.stem()}: it holds no force and no insole on a regular time base")
    else:
        done.simulated.append(bool(trial.description.get("simulated")))
    return files


def _source_data(study: Path, place: Path, participants: set[str], *, raw: bool, inputs: bool) -> None:
    """The dataset without what can be computed from it again."""
    for name in _OF_STUDY:
        _copy(study / name, place / name)
    for folder in (CALIBRATIONS, "layouts"):
        for path in sorted((study / folder).glob("*")):
            _copy(path, place / folder / path.name)
    for participant in sorted(participants):
        for session in Dataset(study).sessions(participant):
            below = place / session.path.relative_to(study)
            for name in (*_OF_SESSION, _INPUTS) if inputs else _OF_SESSION:
                _copy(session.path / name, below / name)
            for path in session.raw_files() if raw else ():
                _copy(path, below / path.relative_to(session.path))


def _copy(source: Path, target: Path) -> None:
    if source.is_file() and not source.is_symlink():
        make_folder(target.parent)
        shutil.copyfile(source, target)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        make_folder(path.parent)
        path.write_bytes(content)
