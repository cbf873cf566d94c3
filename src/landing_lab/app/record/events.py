"""What a session says to whoever shows it, and what it can be told: by a terminal, a web page or a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from landing_lab.app.live.heard import LinkHealth
from landing_lab.app.live.trial import Stage
from landing_lab.app.record.gates import Finding
from landing_lab.detect.live_peak import LivePeak
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.channels import Side
from landing_lab.model.result import TrialResult

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

CommandKind: TypeAlias = Literal["accept", "reject", "repeat", "note", "undo", "end", "quit"]
"""accept, reject (text is the reason), repeat: verdicts on the trial that is shown. note: text goes with the trial.
undo: take the last verdict back, while nothing has happened in the trial after it.
end: end the running trial now. quit: end the session; it can be continued later."""

EventKind: TypeAlias = Literal[
    "session", "trial", "stage", "finding", "provisional", "result", "ask", "verdict", "written", "idle", "ended"
]
"""session: said once when it begins. trial: one begins. stage: the athlete is somewhere else, or a board is away before
a trial. ask: a verdict is awaited. written: an accepted trial is whole on disk. idle: nothing happened, the trial
begins anew."""

Phase: TypeAlias = Literal["starting", "away", "recording", "measuring", "verdict", "writing", "reporting", "over"]
"""away: a board is, and the next trial waits for it."""

REASONS: Final = (
    "lost balance or stepped off",
    "touched down twice",
    "jumped off the box instead of stepping",
    "not with full effort",
    "did not stand still at the end",
    "used hands or fell",
    "sensor or cable trouble",
)
"""What trials are commonly rejected for; any other text will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing a session is told."""

    kind: CommandKind
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, in a sentence, with what it is about."""

    kind: EventKind
    text: str
    findings: tuple[Finding, ...] = ()
    trials: tuple[TrialResult, ...] = ()
    stage: Stage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One planned trial as lists show it; entry is the recorded one where there is one."""

    number: int
    condition: str
    status: Literal["open", "now", "accepted", "left out"]
    attempts: int = 0
    entry: TrialEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Everything there is to show at an instant.

    number: of the planned trial; run: of its recording, which its files are named after. instruction: what the
    athlete does next. zero_known: whether what empty plates read is; feet_n only where it is. peaks: of each foot in
    the last landing. findings: those of now while recording, those of the trial when its verdict is awaited. trials:
    the newest result, provisional or final. confirming: accepting was asked once more. undoable: the verdict that can
    be taken back now, in words; "" where there is none. accepts: whether trials that nothing speaks against are
    accepted by themselves.
    """

    participant: str
    session: str
    protocol: str
    phase: Phase
    stage: Stage
    headline: str
    instruction: str
    condition: str
    number: int
    n_planned: int
    elapsed_s: float
    load_n: float
    weight_n: float | None
    run: int = 0
    zero_known: bool = True
    feet_n: Mapping[Side, float] = field(default_factory=dict)
    insoles: Mapping[str, bool] = field(default_factory=dict)
    peaks: Mapping[Side, LivePeak] = field(default_factory=dict)
    links: tuple[LinkHealth, ...] = ()
    findings: tuple[Finding, ...] = ()
    plan: tuple[PlanLine, ...] = ()
    trials: tuple[TrialResult, ...] = ()
    provisional: bool = False
    confirming: bool = False
    undoable: str = ""
    accepts: bool = False


class FrontEnd(Protocol):
    """Whoever shows a session. Both are called in the thread that runs it and must not wait."""

    def tell(self, event: Event) -> None:
        """Something happened."""

    def tick(self, session: RecordSession) -> None:
        """Called every few milliseconds: look at session.view() where it is time to draw, submit what was typed."""
