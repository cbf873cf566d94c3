"""One function that writes a recording in any format, chosen by the ending of the file name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.registry import Encode, all_formats
from landing_lab.io.visible import quoted_name, quoted_path, snippet
from landing_lab.io.write import write_whole
from landing_lab.model.recording import Recording
from landing_lab.model.result import Result, TrialResult

ResultLike = Result | TrialResult | Iterable[Result | TrialResult]


def export(
    recording: Recording,
    path: str | os.PathLike[str],
    *,
    result: Result | TrialResult | Iterable[Result | TrialResult] | None = None,
    stream: str | None = None,
) -> Path:
    """Write the force of a recording; the ending of the name chooses .parquet, .csv, .c3d, .mot or .mat (MATLAB).

    .parquet keeps everything (units, rate, layout, sensor, clock, notes) and reads back to the same recording;
    the others keep the force. result: its events go into a .c3d file; the other formats hold none. stream: which,
    where the recording has several on clocks of their own. An existing file is replaced, but never the one that the
    recording was read from. Raises ParameterError for a name that no format has or that is the source itself,
    RecordingError where the recording does not fit the format or the file cannot be written.
    """
    if not isinstance(recording, Recording):
        raise ParameterError(
            f"export takes a Recording, as landing_lab.read gives it; got {type(recording).__name__}; read the file "
            f"first"
        )
    target = target_path(path)
    encode = encoder_of(target)
    source = recording.provenance.get("path")
    if source is not None and same_file(Path(str(source)), target):
        raise ParameterError(f"{quoted_path(str(target))} is the file the recording was read from; choose another name")
    name = chosen_stream(recording, target.suffix.lower(), stream)
    return write_whole(target, encode(recording, name, trials_of(result) if result is not None else ()))


def suffixes() -> tuple[str, ...]:
    """Endings of the names that can be written, in order."""
    return tuple(sorted(entry.suffix for entry in all_formats() if entry.suffix and entry.encode))


def target_path(path: object) -> Path:
    """The path to write to. Raises ParameterError where it is none, RecordingError where no file can have that name."""
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise ParameterError(
            f"a file is written to a path, a text that is not empty; got {snippet(repr(path))}; give a name such as "
            f"trial.parquet"
        )
    target = Path(text)
    try:
        os.fsencode(text)
        folder = target.is_dir()
    except (OSError, ValueError) as error:  # a name longer than file systems have, or in no characters of theirs
        raise RecordingError(
            f"{quoted_path(text)} cannot be written: {getattr(error, 'strerror', None) or 'no such name is possible'}; "
            "choose another name",
            path=target,
        ) from error
    if folder:
        raise RecordingError(f"{quoted_path(text)} is a folder; give the name of a file in it", path=target)
    return target


def encoder_of(target: Path) -> Encode:
    """How a file of this ending is written. Raises ParameterError, listing the endings, where there is no way."""
    for entry in all_formats():
        if entry.encode is not None and entry.suffix == target.suffix.lower():
            return entry.encode
    ending = f'"{quoted_name(target.suffix)}"' if target.suffix else "no ending"
    raise ParameterError(
        f"{quoted_name(target.name)} has {ending}, and that chooses the format; end it on one of "
        f"{', '.join(suffixes())}"
    )


def same_file(source: Path, target: Path) -> bool:
    """Whether two paths lead to one file, by whatever links or spelling."""
    try:
        return source.samefile(target)
    except (OSError, ValueError):
        return False


def chosen_stream(recording: Recording, suffix: str, stream: str | None) -> str:
    """The stream to write. Raises RecordingError where there are several and none was chosen."""
    if stream is not None:
        return stream
    if len(recording.streams) == 1:
        return next(iter(recording.streams))
    if not recording.streams:
        raise RecordingError(f"{recording.source} holds no stream, so there is nothing to export; record it again")
    kept = "that file" if recording.provenance.get("format") else "the .xdf"
    listed = ", ".join(f"{name} at {one.sample_rate_hz:.4g} Hz" for name, one in recording.streams.items())
    raise RecordingError(
        f"{recording.source} holds {len(recording.streams)} streams on clocks of their own ({listed}) and a {suffix} "
        f"file holds one: keep {kept}, which holds all of them, or choose one with --stream (in Python: stream=)"
    )


def trials_of(results: ResultLike) -> tuple[TrialResult, ...]:
    """Every trial in a result, a trial, or several of them. Raises ParameterError for anything else."""
    if isinstance(results, TrialResult):
        return (results,)
    if isinstance(results, Result):
        return results.trials
    if isinstance(results, Iterable) and not isinstance(results, (str, bytes)):
        return tuple(trial for one in results for trial in trials_of(one))
    raise ParameterError(
        f"a result is what landing_lab.analyse gives, or a list of those; got {type(results).__name__}; analyse first"
    )
