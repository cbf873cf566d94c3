"""What a calibration says to whoever shows it, and what it can be told: by a terminal, a script, a page or a test."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, cast

from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.app.calibration.watch import Window
from landing_lab.errors import ParameterError
from landing_lab.io.path import check_path
from landing_lab.io.visible import visible
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout

if TYPE_CHECKING:
    from landing_lab.app.calibration.session import CalibrationSession

Command: TypeAlias = Literal["go", "redo", "keep", "skip", "back", "finish", "quit"]
"""go: read now, without waiting for a change. redo: this step again. keep: take it although it contradicts. skip: an
optional one. back: to the step before. finish: end with what there is. quit: keep nothing."""

COMMANDS: Final[tuple[Command, ...]] = ("go", "redo", "keep", "skip", "back", "finish", "quit")
Status: TypeAlias = Literal["open", "now", "done", "kept", "skipped"]
Phase: TypeAlias = Literal["starting", "wait", "settle", "ready", "measure", "problem", "over"]
EventKind: TypeAlias = Literal["step", "done", "problem", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, in a sentence."""

    kind: EventKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step as lists show it; residual_n where the steps so far tell it."""

    step: GuidedStep
    status: Status
    told: str = ""
    residual_n: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationView:
    """Everything there is to show at an instant.

    cells_n: name of each cell -> newton above empty. insoles_n: side -> (insole by the gain of flat standing, plate),
    None before that is known. remaining_s: of the countdown ("ready") or the reading ("measure"). silent_s: since
    the board was last heard. zeroed: whether it is known what empty reads. left_s: about how long all that is left
    takes. cells: where those of an insole on the bench lie; None where nobody knows, or nothing is on the bench.
    """

    title: str
    phase: Phase
    step: GuidedStep | None
    number: int
    n_steps: int
    headline: str
    instruction: str
    problem: str
    remaining_s: float
    seen: int
    left_s: float
    silent_s: float
    zeroed: bool
    cells_n: Mapping[str, float] = field(default_factory=dict)
    sides: Mapping[str, Side] = field(default_factory=dict)
    insoles_n: Mapping[Side, tuple[float | None, float]] = field(default_factory=dict)
    lines: tuple[StepLine, ...] = ()
    cells: InsoleLayout | None = None


class FrontEnd(Protocol):
    """Whoever shows a calibration. Both are called in the thread that runs it and must not wait."""

    def tell(self, event: Event) -> None:
        """Something happened."""

    def tick(self, session: CalibrationSession) -> None:
        """Called every few milliseconds: draw session.view(), submit what was typed."""


@dataclass(slots=True, kw_only=True, eq=False)
class StepRecord:
    """What became of a step: its windows on the board's clock, and what was said of it."""

    step: GuidedStep
    status: Literal["done", "kept", "skipped"]
    windows: list[Window] = field(default_factory=list)
    told: str = ""


class Script:
    """Answers that stand in for a person: per step, in order.

    Without one an unloading is kept as it is, another optional step is skipped, and else the calibration is ended.
    """

    def __init__(self, answers: Mapping[str, Sequence[Command]] | None = None) -> None:
        self._answers = {key: deque(commands) for key, commands in (answers or {}).items()}

    def at_start(self, key: str) -> Command | None:
        """What to do with a step before anything happens in it."""
        waiting = self._answers.get(key)
        return waiting.popleft() if waiting and waiting[0] in ("skip", "finish", "quit", "go") else None

    def at_problem(self, step: GuidedStep, *, read: bool) -> Command:
        """What to do about a problem; read: whether the step was read at all."""
        waiting = self._answers.get(step.key)
        if waiting:
            return waiting.popleft()
        if step.kind == "unload" and read:
            return "keep"
        return "skip" if step.optional else "quit"


def read_script(name: str) -> Script:
    """The script "default", or a file of lines such as `left taps: skip`; raises ParameterError for other lines."""
    if name == "default":
        return Script()
    answers: dict[str, list[Command]] = {}
    path = check_path(Path(name))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"the script {name} cannot be read ({error}); it is a text file") from error
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        key, _, word = text.rpartition(":")
        if not text:
            continue
        if not key or word.strip() not in COMMANDS:
            raise ParameterError(
                f"line {number} of the script {name} says {visible(text[:60])!r}; write STEP: COMMAND, with one of "
                f"{', '.join(COMMANDS)}"
            )
        answers.setdefault(key.strip(), []).append(cast("Command", word.strip()))
    return Script(answers)
