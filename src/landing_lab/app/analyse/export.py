"""`landing-lab export`: one file in, the same force in another format out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.app.analyse.run import Columns
from landing_lab.detect.inputs import check_inputs
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path, visible
from landing_lab.model.recording import Recording
from landing_lab.model.result import Result

_EVENT_SUFFIX: Final = ".c3d"
_LEFT_OUT: Final = {
    ".c3d": "not in it: horizontal force (written as 0), moments and centre of pressure (NaN); plate places are "
    "nominal; sides are named in ANALOG:DESCRIPTIONS",
    ".mot": "not in it: horizontal force (written as 0) and free moment (no column); the header says what is "
    "known of the centre of pressure",
    ".mat": "kept: time, all columns, rate and notes; .parquet also keeps sensor and clock",
    ".csv": "kept: time, force, pressure and centre of pressure; .parquet also keeps notes, sensor and clock",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """Where to write, and what the analysis for the events of a .c3d file needs."""

    to: Path
    force: bool = False
    stream: str | None = None
    task: str | None = None
    mass_kg: float | None = None


def run_export(file: Path, columns: Columns, settings: ExportSettings) -> int:
    """Read, analyse where the format holds events, write; 0 when it is written."""
    from landing_lab.io.export import encoder_of, export, target_path
    from landing_lab.io.read import read

    target = target_path(settings.to)
    encoder_of(target)
    _check(file, target, settings)
    recording = read(file, left=columns.left, right=columns.right, total=columns.total, sample_rate_hz=columns.rate_hz)
    result = _events(recording, settings) if target.suffix.lower() == _EVENT_SUFFIX else None
    written = export(recording, target, result=result, stream=settings.stream)
    _tell(recording, written, result, settings.stream)
    return 0


def _check(file: Path, target: Path, settings: ExportSettings) -> None:
    """Refuse settings without effect, the source as target, and a target that is there, before any work."""
    from landing_lab.io.export import same_file

    check_inputs(settings.mass_kg, None, settings.task or "auto")
    given = {"--task": settings.task, "--mass-kg": settings.mass_kg}
    without_effect = [option for option, value in given.items() if value is not None]
    if without_effect and target.suffix.lower() != _EVENT_SUFFIX:
        raise ParameterError(
            f"{' and '.join(without_effect)} would change only the events of a .c3d file; leave it out for "
            f"{target.suffix.lower()}"
        )
    if same_file(file, target):
        raise ParameterError(f"{quoted_path(str(target))} is the file to export from; choose another name with --to")
    if not settings.force and (target.exists() or target.is_symlink()):
        raise ParameterError(
            f"{quoted_path(str(target))} exists; choose another name, or replace it with --force", path=target
        )


def _events(recording: Recording, settings: ExportSettings) -> Result:
    from landing_lab.metrics.analyse import analyse

    return analyse(recording, task=settings.task or "auto", mass_kg=settings.mass_kg)


def _tell(recording: Recording, written: Path, result: Result | None, stream: str | None) -> None:
    """One line on the file, then what the format could not hold and what was assumed on reading."""
    chosen = recording.streams[stream] if stream is not None else next(iter(recording.streams.values()))
    sides = ", ".join(side.replace("_", " ") for side in chosen.layout.sides)
    print(
        f"Written: {visible(str(written))} ({written.stat().st_size / 1000:.1f} kB): {sides}; "
        f"{chosen.duration_s:.3g} s at {chosen.sample_rate_hz:.6g} Hz"
    )
    if result is not None:
        _tell_events(result)
    if (left_out := _LEFT_OUT.get(written.suffix.lower())) is not None:
        print(f"  {left_out}")
    for note in recording.notes:
        print(f"  note: {note}")


def _tell_events(result: Result) -> None:
    for trial in result.trials:
        named = ", ".join(f"{e.name} {e.time_s:.3f} s" for e in trial.events if e.side == "total")
        found = named or f"none ({visible(trial.reason or 'nothing was found')})"
        print(f"  events of trial {trial.index + 1} ({trial.task.replace('_', ' ')}): {found}")
