"""The file annotations.json beside a session: events that a person moved by hand, with who and why; no number of ours.

The raw files, session.json, metrics.csv and analysis.json never change with it, and nothing is ever deleted from it.
"""

from __future__ import annotations

import dataclasses
import json
import math
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from landing_lab.errors import FileFormatError, LandingLabError, RecordingError
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_names import parse_run_name, task_label
from landing_lab.io.dataset_session import inside
from landing_lab.io.small_file import read_small
from landing_lab.io.stored_value import stored_text, stored_whole
from landing_lab.io.visible import quoted_name, quoted_path, snippet
from landing_lab.io.write import json_text, write_whole

SCHEMA: Final = "landing-lab.annotations/1"
FILE_NAME: Final = "annotations.json"
LOCK_FILE: Final = ".annotations.lock"
MOVED_EVENT: Final = "moved_event"
MOST_BYTES: Final = 4_000_000
MOST_ENTRIES: Final = 5000
MOVED_AGAIN: Final = "moved again"
_PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Who took a moved event back, why, and when (ISO 8601)."""

    by: str
    why: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedEvent:
    """An event of a trial that a person set to another time.

    id counts from 1 in the session. task, run: of the trial in session.json; index: of the trial within its raw file,
    counted from 0. automatic_s: the time that the analysis gave then, None where it found no such event; moved_s: the
    time that the person gave; both in seconds of the recording. at: ISO 8601. withdrawn: None while it holds.
    more: fields that this version does not know; they are written back.
    """

    id: int
    task: str
    run: int
    index: int
    event: str
    side: str
    automatic_s: float | None
    moved_s: float
    by: str
    why: str
    at: str
    software: str = ""
    withdrawn: Withdrawn | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    def is_of(self, task: str, run: int, index: int | None = None) -> bool:
        """Whether it is of this trial; index None: of any trial in its raw file."""
        return (self.task, self.run) == (task, run) and index in (None, self.index)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, as they stand in the file."""
        stored = {one.name: getattr(self, one.name) for one in dataclasses.fields(self) if one.name != "more"}
        taken_back = None if self.withdrawn is None else dataclasses.asdict(self.withdrawn)
        return {"kind": MOVED_EVENT, **stored, "withdrawn": taken_back, **dict(self.more)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """All annotations of a session in order of their making.

    entries: moved events; a mapping is of a kind, or in a form, that this version does not know, and is written back.
    problem: why the file could not be read, in a sentence; newer: a later version wrote it, so it must not be written.
    more: fields of the file that this version does not know.
    """

    entries: tuple[MovedEvent | Mapping[str, object], ...] = ()
    problem: str | None = None
    newer: bool = False
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def moved(self) -> tuple[MovedEvent, ...]:
        """Every moved event, also those taken back."""
        return tuple(one for one in self.entries if isinstance(one, MovedEvent))

    def holding(self, task: str, run: int, index: int | None = None) -> tuple[MovedEvent, ...]:
        """The moved events of a trial that were not taken back."""
        return tuple(one for one in self.moved if one.withdrawn is None and one.is_of(task, run, index))

    def holding_of_file(self, raw_file: Path) -> tuple[MovedEvent, ...]:
        """The moved events of the trials in a raw file that were not taken back."""
        name = parse_run_name(raw_file.stem.split("_rejected-")[0])
        return tuple(
            one
            for one in self.moved
            if name is not None and one.withdrawn is None and one.run == name.run and _label(one.task) == name.task
        )

    def with_moved(self, event: MovedEvent) -> Annotations:
        """One more; an earlier one of the same event no longer holds. Its id is set to the next free one."""
        number = max((one.id for one in self.moved), default=0) + 1
        again = Withdrawn(by=event.by, why=MOVED_AGAIN, at=event.at)
        entries = [
            dataclasses.replace(one, withdrawn=again)
            if isinstance(one, MovedEvent) and one.withdrawn is None and _same_event(one, event)
            else one
            for one in self.entries
        ]
        return dataclasses.replace(self, entries=(*entries, dataclasses.replace(event, id=number)))

    def with_withdrawn(self, number: int, withdrawn: Withdrawn) -> Annotations:
        """The moved event of this id taken back; the same where there is none that holds."""
        entries = tuple(
            dataclasses.replace(one, withdrawn=withdrawn)
            if isinstance(one, MovedEvent) and one.id == number and one.withdrawn is None
            else one
            for one in self.entries
        )
        return dataclasses.replace(self, entries=entries)


def read_annotations(folder: Path) -> Annotations:
    """What lies beside the session in this folder; none, with a sentence in `problem`, where it cannot be read."""
    path = folder / FILE_NAME
    if not path.exists() and not path.is_symlink():
        return Annotations()
    try:
        document: Any = json.loads(read_small(inside(folder, path), most_bytes=MOST_BYTES).decode("utf-8-sig"))
        schema = document.get("schema") if isinstance(document, dict) else None
        if schema != SCHEMA:
            newer = isinstance(schema, str) and schema.startswith("landing-lab.annotations/")
            return Annotations(
                problem=f"{FILE_NAME} says {quoted_name(str(schema))} where {SCHEMA} belongs; update landing-lab if a "
                f"newer version wrote it",
                newer=newer,
            )
        listed = _listed(document.get("annotations", []))
    except LandingLabError as error:
        return Annotations(problem=str(error))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        return Annotations(
            problem=f"{FILE_NAME} is damaged ({snippet(str(error))}); it is kept aside when an event is moved again"
        )
    known = ("schema", "participant", "session", "annotations")
    return Annotations(
        entries=tuple(_entry(one) for one in listed),
        more={name: value for name, value in document.items() if name not in known},
    )


@contextmanager
def changing_annotations(folder: Path) -> Iterator[None]:
    """The annotations of a session for this program alone, from reading to writing."""
    lock = FolderLock(folder / LOCK_FILE, what=f"the annotations of {quoted_path(str(folder))}")
    with lock.take(patience_s=_PATIENCE_S):
        yield


def write_annotations(folder: Path, annotations: Annotations, *, participant: str, session: str) -> Path:
    """Write the file so that power loss leaves the old or the new one; a damaged one is kept aside.

    Raises RecordingError where the disk refuses or there are too many, FileFormatError where a newer version wrote it.
    """
    path = folder / FILE_NAME
    if annotations.newer:
        raise FileFormatError(
            f"{FILE_NAME} was written by a newer version of landing-lab, which this one must not overwrite; update "
            f"landing-lab",
            path=path,
        )
    if len(annotations.entries) > MOST_ENTRIES:
        raise RecordingError(f"{FILE_NAME} holds {MOST_ENTRIES} entries, which is all it may hold", path=path)
    if annotations.problem is not None:
        with suppress(OSError):
            path.rename(folder / f"annotations.damaged-{secrets.token_hex(4)}.json")
    document = {
        **dict(annotations.more),
        "schema": SCHEMA,
        "participant": participant,
        "session": session,
        "annotations": [one.as_dict() if isinstance(one, MovedEvent) else dict(one) for one in annotations.entries],
    }
    return write_whole(path, json_text(document).encode(), durable=True)


def _label(task: str) -> str:
    """The task as file names have it; "" for one that no file of ours can be of."""
    try:
        return task_label(task)
    except LandingLabError:
        return ""


def _same_event(one: MovedEvent, other: MovedEvent) -> bool:
    return one.is_of(other.task, other.run, other.index) and (one.event, one.side) == (other.event, other.side)


def _listed(found: object) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TypeError("its annotations are no list of entries")
    return found


def _entry(stored: Mapping[str, Any]) -> MovedEvent | Mapping[str, object]:
    """A moved event; whatever is none that we understand stays as it is."""
    if stored.get("kind") != MOVED_EVENT:
        return stored
    try:
        back = stored.get("withdrawn")
        known = {one.name for one in dataclasses.fields(MovedEvent)} | {"kind"}
        automatic = stored.get("automatic_s")
        return MovedEvent(
            id=stored_whole(stored["id"]),
            task=stored_text(stored["task"]),
            run=stored_whole(stored["run"]),
            index=stored_whole(stored.get("index", 0)),
            event=stored_text(stored["event"]),
            side=stored_text(stored["side"]),
            automatic_s=None if automatic is None else _seconds(automatic),
            moved_s=_seconds(stored["moved_s"]),
            by=stored_text(stored["by"]),
            why=stored_text(stored["why"]),
            at=stored_text(stored["at"]),
            software=stored_text(stored.get("software", "")),
            withdrawn=None
            if back is None
            else Withdrawn(by=stored_text(back["by"]), why=stored_text(back["why"]), at=stored_text(back["at"])),
            more={name: value for name, value in stored.items() if name not in known},
        )
    except (KeyError, TypeError, ValueError):
        return stored


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{value!r} where a time belongs")
    return float(value)
