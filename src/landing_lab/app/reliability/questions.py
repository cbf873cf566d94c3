"""Questions of the reliability wizard; only asked where a person sits at a terminal. An empty line is the default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.io.visible import quoted_path, visible

if TYPE_CHECKING:
    from landing_lab.analysis.reliability.design import StudyDesign


def _line(question: str, *, at_end: str = "") -> str:
    """One line; at_end where the input has ended."""
    try:
        return input(question).strip()
    except EOFError:
        print()
        return at_end


def ask_design(designs: Sequence[StudyDesign]) -> StudyDesign:
    """Which task and condition; the first is the default."""
    print("Repeats of several tasks or conditions are here; they are never mixed:")
    for number, one in enumerate(designs, start=1):
        print(f"  {number}  {one.sentences[0]}")
    while True:
        answer = _line("Which one? [1] ")
        if not answer:
            return designs[0]
        if answer.isdecimal() and 1 <= int(answer) <= len(designs):
            return designs[int(answer) - 1]
        print(f"Type a number from 1 to {len(designs)}.")


def ask_sessions(labels: Sequence[str]) -> tuple[str, ...]:
    """Which sessions are repeats; all by default. () stands for all."""
    print(f"Sessions {', '.join(map(visible, labels))} were recorded.")
    print("Repeats are those between which nothing was changed: no training block, injury, other shoes or device.")
    while True:
        answer = _line("Which are repeats, such as 01 02? [all] ")
        if answer.lower() in {"", "all"}:
            return ()
        chosen = tuple(dict.fromkeys(re.split(r"[\s,]+", answer.strip(", "))))
        unknown = [one for one in chosen if one not in labels]
        if not unknown:
            return chosen
        print(f"There is no session {visible(unknown[0])}.")


def ask_replace(path: Path) -> bool:
    """Whether the error file that is there may be replaced; yes by default."""
    question = f"{quoted_path(str(path))} is there already. Replace it? [yes] "
    return not _line(question, at_end="no").lower().startswith("n")
