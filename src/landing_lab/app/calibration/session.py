"""A guided calibration: step after step, each seen, read and judged by itself; no front end in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, TypeAlias

import numpy as np

from landing_lab.acquire.session import TrialFile, record_trial, stream_names
from landing_lab.app.calibration.events import Command, Event, EventKind, FrontEnd, Phase, Script, StepRecord
from landing_lab.app.calibration.feet import LiveInsoles
from landing_lab.app.calibration.judge import Verdict, kept_words
from landing_lab.app.calibration.levels import BoardLevels, Slot
from landing_lab.app.calibration.posture import PostureWatch, feet_of, hops_problem, mean_anterior_mm, posture_problem
from landing_lab.app.calibration.readings import StepReadings
from landing_lab.app.calibration.steps import GuidedStep, plate_words
from landing_lab.app.calibration.watch import QUIET_S, LoadWatch, Scene, TapWatch, UnloadWatch, nothing_happened
from landing_lab.calibrate.layouts import insole_layout, plate_layout
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import Calibration
from landing_lab.model.channels import ChannelLayout, Side
from landing_lab.model.device import Arrival, DeviceLink
from landing_lab.model.insole_layout import InsoleLayout

LONGEST_S: Final = 8 * 3600.0
IDLE_S: Final = 30.0
"""A step in which a script sees nothing happen for so long, on the board's clock, was not done."""

SILENT_S: Final = 8.0
"""A board that sends nothing for so long ends a calibration that nobody watches."""

AnyWatch: TypeAlias = LoadWatch | UnloadWatch | TapWatch | PostureWatch


@dataclass(slots=True, kw_only=True)
class CalibrationSession:
    """Runs the steps on one board (the first link); other links are insoles that are recorded and shown beside.

    `run` blocks; `submit` may be called from any thread. records: what became of each step, in order.
    recording: the raw file was made and boards stream. cells: layout of an insole that is calibrated on the bench.
    """

    links: Sequence[DeviceLink]
    title: str
    steps: list[GuidedStep]
    front: FrontEnd
    script: Script | None = None
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    cells: InsoleLayout | None = None
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    phase: Phase = "starting"
    problem: str = ""
    records: list[StepRecord] = field(default_factory=list)
    residuals: Mapping[str, float] = field(default_factory=dict)
    ended: str = ""
    insoles: LiveInsoles = field(default_factory=LiveInsoles)
    board: BoardLevels = field(init=False)
    layout: ChannelLayout = field(init=False)
    readings: StepReadings = field(init=False)
    watch: AnyWatch | None = None
    empty_n: FloatArray | None = None
    heard_s: float = 0.0
    recording: bool = False
    _before_n: FloatArray | None = None
    _sign: FloatArray | None = None
    _flat_mm: dict[Side, float] = field(default_factory=dict)
    _began_s: float | None = None
    _commands: SimpleQueue[Command] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        info = self.links[0].info
        plate = info.sensor_kind == "hx711_plate"
        calibration = self.calibrations.get(info.device_id) if self.steps[0].kind == "posture" else None
        self.board, self.readings = BoardLevels(info, calibration), StepReadings(info, self.cells)
        self.layout = plate_layout(info) if plate else insole_layout(info, self.cells)

    @property
    def step(self) -> GuidedStep | None:
        """The one that is now."""
        return self.steps[len(self.records)] if len(self.records) < len(self.steps) else None

    @property
    def complete(self) -> bool:
        """Whether the steps came to their end, or somebody ended them to use what there is."""
        return self.ended in ("complete", "finish")

    def submit(self, command: Command) -> None:
        """Tell the calibration something; what makes no sense at that moment is passed over."""
        self._commands.put(command)

    def run(self, path: Path, metadata: Mapping[str, object]) -> TrialFile:
        """Record all steps into one raw file; errors as of record_trial."""
        self.begin()
        file = record_trial(
            self.links, path, metadata=metadata, on_arrival=self.on_arrival, on_tick=self.on_tick,
            max_duration_s=LONGEST_S, pause=self.pause,
        )  # fmt: skip
        self.ended = self.ended or file.ended
        self.phase = "over"
        return file

    def begin(self) -> None:
        """Say the first step; `run` does it itself."""
        self.heard_s = self.now()
        for name, link in list(zip(stream_names(self.links), self.links, strict=True))[1:]:
            self.insoles.follow(name, link.info)
        self._next()

    def on_arrival(self, name: str, arrival: Arrival) -> bool:
        """Take frames in; True once the last step is done."""
        if name != stream_names(self.links)[0]:
            self.insoles.feed(name, arrival.frames)
        elif len(arrival.frames):
            self.heard_s = self.now()
            self.readings.add(arrival)
            for slot in self.board.feed(arrival.frames):
                if not self.ended:
                    self._slot(slot)
        return self.ended == "complete"

    def on_tick(self) -> str | None:
        """Take commands; a word where it is over."""
        self.recording = True
        self.front.tick(self)
        with suppress(Empty):
            while not self.ended:
                self._obey(self._commands.get_nowait())
        if self.script is not None and not self.ended and self.now() - self.heard_s > SILENT_S:
            self._stop(f"{self.links[0].info.device_id} sent nothing for {SILENT_S:.0f} s: look at its cable", "quit")
        return self.ended or None

    def tell(self, kind: EventKind, text: str) -> None:
        """Something for whoever shows the calibration."""
        self.front.tell(Event(kind=kind, text=text))

    def _next(self) -> None:
        """Begin the step that is now, or end."""
        step = self.step
        self.problem, self._began_s = "", None
        self.readings.begin()
        if step is None:
            self.ended, self.watch = "complete", None
            return
        self.watch = self._watch_of(step)
        self.phase = "wait"
        self.insoles.begin()
        self.tell("step", f"Step {len(self.records) + 1} of {len(self.steps)}: {step.instruction}")
        answer = None if self.script is None else self.script.at_start(step.key)
        if answer is not None:
            self._obey(answer)

    def _watch_of(self, step: GuidedStep) -> AnyWatch:
        columns = self.layout.pick(quantity="force", side=None if step.side == "total" else step.side).tolist()
        scene = Scene(board=self.board, columns=columns, empty_n=self.empty_n, before_n=self._before_n, sign=self._sign)
        if step.kind == "posture":
            return PostureWatch(step, scene, self.layout)
        if step.kind == "unload":
            return UnloadWatch(step, scene)
        return TapWatch(step, scene) if step.kind == "tap" else LoadWatch(step, scene)

    def _slot(self, slot: Slot) -> None:
        watch, step = self.watch, self.step
        if watch is None or step is None:
            return
        self._began_s = slot.end_s if self._began_s is None else self._began_s
        if self.phase == "problem" and not self._moved(slot):
            return
        seen = watch.seen
        watch.feed(slot)
        if isinstance(watch, PostureWatch):
            self.insoles.on_plate(feet_of(slot, self.layout, self.empty_n).force_n)
        self.insoles.read(measuring=watch.phase == "measure")
        if watch.seen > seen and step.repeats > 1:
            self.tell("note", f"{watch.seen} of {step.repeats}")
        if watch.phase == "done":
            self._judge(step, watch)
        else:
            self.phase = watch.phase
            waited_s = slot.end_s - self._began_s
            if self.script is not None and watch.phase in ("wait", "settle", "ready") and waited_s > IDLE_S:
                self._object(nothing_happened(step, watch.scene, slot, IDLE_S))

    def _moved(self, slot: Slot) -> bool:
        """After a problem: whether the load was touched, so that the step is read anew by itself."""
        if not isinstance(self.watch, LoadWatch) or self._before_n is None or self.step is None:
            return False
        limit_n = max(2.0, 0.5 * self.step.mass_kg)
        if float(np.nanmax(np.abs(slot.level - self._before_n), initial=0.0)) < limit_n:
            return False
        self.problem, self.phase = "", "settle"
        self.watch.start_anew()
        return True

    def _judge(self, step: GuidedStep, watch: AnyWatch) -> None:
        """A step has been read: next one, or its problem."""
        verdict = self._verdict(step, watch, rough=False)
        if verdict.problem is None:
            self._accept(step, watch, verdict, "done")
        else:
            self._before_n = self.board.level(QUIET_S)
            self._object(verdict.problem)

    def _verdict(self, step: GuidedStep, watch: AnyWatch, *, rough: bool) -> Verdict:
        if isinstance(watch, PostureWatch):
            problem = posture_problem(step, watch.feet, self._flat_mm)
            problem = hops_problem(watch.seen) if problem is None and step.posture == "hops" else problem
            return Verdict(problem=problem, told=self.insoles.told())
        return self.readings.verdict(step, watch.windows, rough=rough)

    def _object(self, problem: str) -> None:
        """Say what is wrong with a step; a script decides at once."""
        self.phase, self.problem = "problem", problem
        read = self.watch is not None and self.watch.phase == "done"
        answer = None if self.script is None or self.step is None else self.script.at_problem(self.step, read=read)
        if answer != "keep":  # what is kept is told in one line with what speaks against it
            self.tell("problem", problem)
        if answer is not None:
            self._obey(answer)

    def _accept(self, step: GuidedStep, watch: AnyWatch, verdict: Verdict, status: str) -> None:
        for warning in verdict.warnings:
            self.tell("note", warning)
        level = self.board.level(QUIET_S)
        self._before_n = level
        if step.kind == "empty" or step.gate == "empty":
            self.empty_n = level
        if isinstance(watch, PostureWatch) and step.posture == "flat":
            self._flat_mm = mean_anterior_mm(watch.feet)
            self.insoles.learn()
        self.records.append(
            StepRecord(
                step=step, status="kept" if status == "kept" else "done", windows=list(watch.windows), told=verdict.told
            )
        )
        self.readings.accept(step, watch.windows)
        self._known_now(step)
        told = verdict.told if status == "done" else kept_words(step, self.problem or verdict.told)
        self.tell("done", f"{step.key}: {told}")
        self._next()

    def _known_now(self, step: GuidedStep) -> None:
        """One more load is known: signs, residuals, and plates that are not there."""
        if self.empty_n is None or self._before_n is None or not self.readings.loads:
            return
        if step.kind == "load":
            above = self._before_n - self.empty_n
            self._sign = np.where(above < -2.0, -1.0, 1.0 if self._sign is None else self._sign)
            self.residuals = self.readings.residuals_n()
        elif step.kind == "empty" and len(self.readings.loads) == 1:
            for side in self.layout.sides:
                if not np.isfinite(self.empty_n[self.layout.pick(quantity="force", side=side)]).any():
                    self.tell("note", f"nothing is connected to {plate_words(side)}: it is left out")
                    self.steps = [one for one in self.steps if one.side != side and not one.key.startswith(f"{side} ")]

    def _obey(self, command: Command) -> None:
        step, watch = self.step, self.watch
        if command == "quit":
            self._stop(self.problem, "quit")
        elif command == "finish":
            self._stop("", "finish")
        elif step is None or watch is None:
            return
        elif command in ("go", "redo"):
            self.problem, self.phase, self._began_s = "", "wait", None
            watch.start_anew()
        elif command == "back" and self.records:
            self._back()
        elif command == "skip":
            self._skip(step)
        elif command == "keep" and self.phase == "problem" and watch.phase == "done":
            verdict = self._verdict(step, watch, rough=True)
            if verdict.problem is not None and step.kind in ("load", "empty"):
                self._object(f"this step cannot be kept: {verdict.problem}")
            else:
                self._accept(step, watch, verdict, "kept")

    def _skip(self, step: GuidedStep) -> None:
        if not step.optional:
            self.tell("note", f"{step.key} cannot be left out")
            return
        self.records.append(StepRecord(step=step, status="skipped", told=self.problem or "left out"))
        self.tell("done", f"{step.key}: left out")
        self._next()

    def _back(self) -> None:
        gone = self.records.pop()
        self.readings.drop(gone.step)
        self.residuals = {key: value for key, value in self.residuals.items() if key != gone.step.key}
        self._before_n = self.board.level(QUIET_S)  # what lies there now may still be wrong: it must change
        self._next()

    def _stop(self, problem: str, how: str) -> None:
        self.problem, self.ended, self.phase = problem, how, "over"
