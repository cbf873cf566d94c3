"""A recording session: trial after trial of a protocol, each recorded, measured and judged; no front end in it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from landing_lab.acquire.session import TrialFile, record_trial, stream_names
from landing_lab.acquire.starting import silence
from landing_lab.app.live.trial import Stage
from landing_lab.app.record import gates
from landing_lab.app.record.afterwards import NOTHING, WORDS, after, left_open
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.events import Command, Event, EventKind, FrontEnd, Phase, SessionView
from landing_lab.app.record.facts import SessionSettings, boards_of, facts_of_trial, report_order
from landing_lab.app.record.gates import Finding, open_verdict
from landing_lab.app.record.plan import PlannedTrial
from landing_lab.app.record.protocols import Protocol
from landing_lab.app.record.report import SessionReport
from landing_lab.app.record.trial import TrialWatch, first_of, measured
from landing_lab.app.record.verdict import Judged, Recorded, decide, take_back, undoable
from landing_lab.app.record.view import instruction, view_of
from landing_lab.app.record.waiting import boards_stream
from landing_lab.errors import LandingLabError
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.calibration import Calibration
from landing_lab.model.device import DeviceLink
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.result import TrialResult

LONGEST_S = 24 * 3600.0


@dataclass(slots=True)
class RecordSession:
    """Runs the open trials of a book; `run` blocks.

    `submit` may be called from any thread; `view` only in that of `run`, from the `tick` of the front end.

    again: a verdict of an earlier run of this session that is taken back before anything else. judged: the last one.
    closed_links: it was left while boards started. run_number: of the recording that is made or judged.
    after_s: seconds from the landing held to the provisional result, and from the end of a trial to its final one.
    """

    links: Sequence[DeviceLink]
    book: SessionBook
    protocol: Protocol
    settings: SessionSettings
    calibrations: Mapping[str, Calibration]
    front: FrontEnd
    report: SessionReport
    layouts: Mapping[str, InsoleLayout] = dataclasses.field(default_factory=dict)
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    phase: Phase = "starting"
    problem: str | None = None
    interrupted: bool = False
    after_s: dict[str, list[float]] = dataclasses.field(default_factory=lambda: {"first": [], "final": []})
    watch: TrialWatch | None = None
    planned: PlannedTrial | None = None
    findings: tuple[Finding, ...] = ()
    trials: tuple[TrialResult, ...] = ()
    provisional: bool = False
    _commands: SimpleQueue[Command] = dataclasses.field(default_factory=SimpleQueue)
    notes: list[str] = dataclasses.field(default_factory=list)
    _metadata: Mapping[str, object] = dataclasses.field(default_factory=dict)
    _worker: ThreadPoolExecutor | None = None
    quitting: bool = False
    closed_links: bool = False
    attempts: int = 0
    confirming: bool = False
    judged: Judged | None = None
    again: Judged | None = None
    idle: int = 0
    _ended_s: float = 0.0
    run_number: int = 0
    missing: tuple[Finding, ...] = ()
    waits_for: str = ""

    def submit(self, command: Command) -> None:
        """Tell the session something; what makes no sense at that moment is passed over."""
        self._commands.put(command)

    def decide_alone(self) -> None:
        """Nobody can be asked any more: from now on the gates decide."""
        if not self.settings.auto_accept:
            self.settings = dataclasses.replace(self.settings, auto_accept=True)
            self.tell("session", "Nobody is at the keyboard: trials are accepted unless something speaks against them.")

    def next_command(self) -> Command | None:
        """What the session was told and has not yet heard; None where there is nothing."""
        with suppress(Empty):
            return self._commands.get_nowait()
        return None

    def view(self) -> SessionView:
        """All there is to show now."""
        return view_of(self)

    def run(self) -> None:
        """Record until nothing of the plan is left, or somebody or something ends it; then the report is whole.

        Raises what went wrong where nothing was ever accepted; otherwise it is in `problem`.
        """
        try:
            try:
                with ThreadPoolExecutor(1) as self._worker:
                    self._trials()
            except KeyboardInterrupt:
                self.interrupted = True
            except LandingLabError as error:
                self.problem = str(error)
                if not self.book.accepted:
                    raise
            finally:
                self._make_report_whole()
        except KeyboardInterrupt:  # it came between two steps of ending, or while the report was made
            self.interrupted = True
        finally:
            self._end()

    def _trials(self) -> None:
        self._begin()
        if self.again is not None:
            self.phase = "verdict"
            decide(self, take_back(self, self.again))
        while not self.quitting and (recorded := left_open(self)) is not None:
            self.phase = "verdict"
            decide(self, recorded)
        while not self.quitting and self.problem is None and (todo := self.book.remaining()):
            if self.planned != todo[0]:
                self.planned, self.attempts = todo[0], 0
            recorded = self._record(todo[0])
            if recorded is not None:
                self.phase, self.idle = "verdict", 0
                self.attempts += 1
                decide(self, recorded)

    def _make_report_whole(self) -> None:
        """Whatever ended it: what is accepted is reported, and the state says whether anything is left to do."""
        self.phase = "reporting"
        self.front.tick(self)
        whole = not self.interrupted and self.problem is None and not self.book.remaining()
        try:
            if not self.interrupted:
                last = report_order(self.book, self.protocol, self.settings) if self.book.accepted else None
                self.report.finish(last)
            if whole:  # last, so that a session whose report was cut off is continued, which makes it
                self.book.finish()
        except LandingLabError as error:
            self.problem = self.problem or str(error)

    def _end(self) -> None:
        if self.interrupted:
            self.report.abandon()
        self.phase = "over"
        self.tell("ended", f"{len(self.book.accepted)} of {len(self.book.plan)} trials are accepted.")

    def _begin(self) -> None:
        boards = {name: link.info for name, link in zip(stream_names(self.links), self.links, strict=True)}
        self.missing = tuple(gates.of_missing(self.book.state.boards, boards))
        self.book.describe(
            {**self.book.state.boards, **boards_of(boards)},
            {device: found.file for device, found in self.calibrations.items()},
        )
        for sentence in self.book.told:
            self.tell("session", sentence)
        said = (*self.missing, *gates.of_boards(boards.values()), *gates.of_cells(boards.values(), self.layouts))
        for finding in (*said, *gates.of_calibrations(boards, self.calibrations, self.layouts)):
            self.tell("finding", finding.text, findings=(finding,))
        if self.protocol.caution:
            self.tell("session", f"{self.protocol.title}: {self.protocol.caution}.")
        if self.book.accepted:
            self.report.order(report_order(self.book, self.protocol, self.settings))

    def _record(self, planned: PlannedTrial) -> Recorded | None:
        """One trial into a new file; None where nothing happened in it or nothing more is wanted."""
        self.notes, self.trials, self.provisional = [], (), False
        if not boards_stream(self):
            return None
        entry = None
        try:
            entry = self.book.begin(planned)
            return after(self, entry, self._streamed(entry, planned))
        except BaseException as error:
            silence(self.links)
            if isinstance(error, KeyboardInterrupt) and entry and not self.book.raw_path(entry).exists():
                self.book.withdraw(entry)  # it had not begun
            raise

    def _streamed(self, entry: TrialEntry, planned: PlannedTrial) -> TrialFile:
        """What the boards, which stream, left of a trial on disk."""
        live = self.watch.live.next() if self.watch is not None else first_of(self.protocol)
        watch = TrialWatch(self.links, self.protocol, self.calibrations, live, layouts=self.layouts, now=self.now)
        self.watch, self.run_number = watch, entry.run
        self._metadata = facts_of_trial(
            self.book.state, entry, self.protocol, self.settings, self.calibrations, self.layouts
        )
        self.findings, self.trials, self.provisional = (), (), False
        self.phase = "starting"
        self.front.tick(self)
        of = f"Trial {planned.number} of {len(self.book.plan)}"
        self.tell("trial", f"{of}{f', {planned.condition}' if planned.condition else ''}: {instruction(self)}")
        self._ended_s = 0.0
        file = record_trial(
            self.links,
            self.book.raw_path(entry),
            metadata=self._metadata,
            on_arrival=watch.on_arrival,
            on_tick=self._tick,
            max_duration_s=LONGEST_S,
            streaming=True,
            pause=self.pause,
        )
        self._ended_s = watch.complete_s or self._ended_s or self.now()
        return file

    def measure(self, entry: TrialEntry, file: TrialFile) -> Recorded:
        """The numbers of the file, and what speaks against the trial."""
        assert self.watch is not None
        self.phase = "measuring"
        self.watch.links.end()
        mass_kg, box_height_m = self.settings.mass_kg, self.settings.box_height_m
        try:
            result, self.findings = measured(file, self.watch, mass_kg=mass_kg, box_height_m=box_height_m)
        except Exception as error:  # noqa: BLE001 - one recording, whatever is wrong with it, never ends the session
            result, self.findings = None, (gates.of_failure(error),)
        self.trials, self.provisional = result.trials if result is not None else (), False
        self.after_s["final"].append(self.now() - self._ended_s)
        text = f"Trial {self.number}: {file.ended}; raw data in {file.path}"
        self.tell("result", text, findings=self.findings, trials=self.trials)
        entry = self.book.update(entry, open_verdict=open_verdict(self.findings, self.notes))
        return Recorded(entry=entry, result=result, findings=self.findings)

    @property
    def number(self) -> int:
        """Of the planned trial that is recorded or judged now, from 1; 0 before the first."""
        return self.planned.number if self.planned is not None else 0

    def _tick(self) -> str | None:
        """Once each turn of the recording: what was told, what is new, whether time is up."""
        watch = self.watch
        assert watch is not None
        self.phase = "recording"
        word = self._told_while_recording()
        if (stage := watch.new_stage()) is not None:
            self.tell("stage", instruction(self), stage=stage)
            if stage == "landed" and self._worker is not None:
                watch.measure_first(
                    self._worker,
                    self._metadata,
                    mass_kg=self.settings.mass_kg,
                    box_height_m=self.settings.box_height_m,
                )
        for finding in watch.new_findings():
            self.tell("finding", finding.text, findings=(finding,))
        self.findings = tuple(watch.findings.values())
        if (first := watch.first_numbers()) is not None:
            self._first_came(watch, first)
        self.report.step()
        self.front.tick(self)
        if word is None and self.now() - watch.quiet_since_s > self.settings.max_duration_s:
            word = NOTHING if watch.nothing_happened else "time limit"
        if word is not None:
            self._ended_s = self.now()
        return word

    def _told_while_recording(self) -> str | None:
        while (command := self.next_command()) is not None:
            if command.kind == "note":
                self.notes.append(command.text)
            elif command.kind == "undo" and not undoable(self):
                self.tell("verdict", "No verdict can be taken back now: the next trial has begun, or there was none.")
            elif command.kind in WORDS:
                return WORDS[command.kind]
        return None

    def _first_came(self, watch: TrialWatch, first: tuple[TrialResult, ...]) -> None:
        if not first:
            return
        self.trials, self.provisional = first, True
        self.after_s["first"].append(self.now() - (watch.landed_s or self.now()))
        self.tell("provisional", "First numbers; the rest after standing still.", trials=first)

    def tell(
        self,
        kind: EventKind,
        text: str,
        *,
        findings: tuple[Finding, ...] = (),
        trials: tuple[TrialResult, ...] = (),
        stage: Stage | None = None,
    ) -> None:
        """Let the front end know."""
        self.front.tell(Event(kind=kind, text=text, findings=findings, trials=trials, stage=stage))
