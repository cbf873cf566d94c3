"""Events that a person set to another time, in words: the automatic ones stay, and all numbers are theirs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from landing_lab.io.annotations import MovedEvent, read_annotations
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.names import event_label, one_line, sentence, side_label

NUMBERS: Final = "the numbers use the automatic one"


def moved_sentence(moved: MovedEvent) -> str:
    """What was moved, by whom, from when to when, and why; times to a tenth of a millisecond."""
    name = sentence(event_label(moved.event))
    side = "" if moved.side == "total" else f" ({side_label(moved.side)})"
    number = f" of trial {moved.index + 1} in the recording" if moved.index else ""
    who, why = one_line(moved.by, 20), one_line(moved.why).rstrip(".;: ")
    if moved.automatic_s is None:
        found = "which was not found, was set"
        return f"{name}{side}{number}, {found} by {who} to {moved.moved_s:.4f} s: {why}; no number uses it"
    return (
        f"{name}{side}{number} was moved by {who} from {moved.automatic_s:.4f} s to {moved.moved_s:.4f} s: {why}; "
        f"{NUMBERS}"
    )


def with_moved(labels: Sequence[TrialLabel], files: Sequence[Path], folder: Path) -> tuple[TrialLabel, ...]:
    """The labels of a session's trials with what was moved in each; files: their raw files; folder: of the session."""
    found = read_annotations(folder)
    return tuple(
        dataclasses.replace(label, moved=tuple(moved_sentence(one) for one in found.holding_of_file(file)))
        for label, file in zip(labels, files, strict=True)
    )
