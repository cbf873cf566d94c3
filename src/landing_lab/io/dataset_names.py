"""Names in a dataset: pseudonyms, labels of tasks, sessions and runs, and the files made of them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet

_PSEUDONYM: Final = re.compile(r"[A-Za-z0-9]{1,20}")
_RAW_NAME: Final = re.compile(
    r"sub-(?P<participant>[A-Za-z0-9]+)_ses-(?P<session>[A-Za-z0-9]+)_task-(?P<task>[A-Za-z0-9]+)_run-(?P<run>\d{1,6})"
)
_OLD_RAW_NAME: Final = re.compile(r"sub-(?P<participant>[A-Za-z0-9]+)_trial-(?P<run>\d{1,6})(_rejected-\d+)?")
_MOST_RUNS: Final = 999_999
_MOST_SESSION_DIGITS: Final = 3


class RunName(NamedTuple):
    """What the name of a raw file says; task is its label, "" in files of version 0.1 before sessions had numbers."""

    participant: str
    task: str
    run: int


def check_pseudonym(text: str) -> str:
    """A participant's pseudonym: 1 to 20 letters and digits of ASCII. Raises ParameterError for anything else."""
    if _PSEUDONYM.fullmatch(text):
        return text
    if not text.strip():
        what = "is empty"
    elif len(text) > 20 and text.isascii() and text.isalnum():
        what = f"has {len(text)} characters"
    elif text.startswith("sub-") and _PSEUDONYM.fullmatch(text[4:]):
        raise ParameterError(f"participant {text!r} is the name of a folder; leave out its beginning: {text[4:]}")
    elif any(char in text for char in "/\\:.~"):
        what = "looks like a path"
    elif " " in text.strip() or not text.isascii():
        what = "looks like a name"
    else:
        what = "holds more than letters and digits"
    raise ParameterError(
        f"participant {snippet(repr(text))} {what} and is no pseudonym; use up to 20 letters (a-z) and digits, such as "
        f"01 or P07, and keep the list of who is who elsewhere"
    )


def task_label(task: str) -> str:
    """A task as a label: drop_jump becomes dropJump. Raises ParameterError where nothing of it remains."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", task) if word]
    label = "".join((words[0], *(word[:1].upper() + word[1:] for word in words[1:]))) if words else ""
    if not label or len(label) > 40:
        raise ParameterError(f"task {snippet(repr(task))} cannot be part of a file name; use a few letters and digits")
    return label


def task_name(label: str) -> str:
    """A label as the task it came from: dropJump becomes drop_jump."""
    return re.sub(r"(?<=[A-Za-z0-9])(?=[A-Z])", "_", label).lower()


def session_number(label: str) -> int | None:
    """The number that a session's label is, as new sessions get one (1-999); None for one that is a date or a word."""
    return int(label) if label.isascii() and label.isdecimal() and len(label) <= _MOST_SESSION_DIGITS else None


def session_order(label: str) -> tuple[int, str]:
    """What sessions are sorted by, oldest first: numbers as numbers, after the dates of older versions and words."""
    return session_number(label) or 0, label


def run_stem(participant: str, session: str, task: str, run: int) -> str:
    """Name of a trial's files without ending: sub-P07_ses-01_task-dropJump_run-01."""
    if not 1 <= run <= _MOST_RUNS:
        raise ParameterError(f"run {run} is outside 1-{_MOST_RUNS}; runs of a task count from 1")
    return f"sub-{participant}_ses-{session}_task-{task_label(task)}_run-{run:02d}"


def parse_run_name(stem: str) -> RunName | None:
    """What the name of a raw file says, None where it is not one of ours; also sub-01_trial-01 of older sessions."""
    found = _RAW_NAME.fullmatch(stem)
    if found is not None:
        return RunName(found["participant"], found["task"], int(found["run"]))
    old = _OLD_RAW_NAME.fullmatch(stem)
    return None if old is None else RunName(old["participant"], "", int(old["run"]))
