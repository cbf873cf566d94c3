"""The state of the lab page: which step of a visit it is at, and the one job that runs; no HTTP in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

import landing_lab
from landing_lab.app.calibration.events import COMMANDS as CALIBRATION_COMMANDS
from landing_lab.app.record.events import REASONS, Command, CommandKind
from landing_lab.app.record.protocols import PROTOCOLS
from landing_lab.app.record.run import RecordSettings
from landing_lab.app.record.session import RecordSession
from landing_lab.app.web.athlete import Athlete
from landing_lab.app.web.boards import LabBoards, Look, findings_of
from landing_lab.app.web.calibrating import CalibrationWanted, PageCalibration, recalibrated, run_calibration
from landing_lab.app.web.recording import PageFront, run_session
from landing_lab.app.web.resume import last_used, left_session, participants_shown
from landing_lab.app.web.shown import shown_look, shown_protocol
from landing_lab.app.web.summary import summary_of
from landing_lab.app.web.wheel import Wheel
from landing_lab.errors import DeviceError, LandingLabError, ParameterError
from landing_lab.io.calibration_files import newest_calibrations
from landing_lab.io.dataset import Dataset

Step: TypeAlias = Literal["boards", "calibrate", "participant", "protocol", "trial", "summary", "screening"]
Job: TypeAlias = Literal["", "look", "record", "calibrate"]

COMMANDS: Final[tuple[CommandKind, ...]] = ("accept", "reject", "repeat", "note", "undo", "end", "quit")
MOST_TEXT: Final = 300
ENDED_EARLY: Final = "the session was ended; it can be continued"


class BusyError(LandingLabError):
    """The lab is at something else."""

    exit_code = 1


@dataclass(slots=True)
class Lab:
    """One dataset, its boards, and what is going on. Methods may be called from any thread.

    revision grows with every change of `state`.
    """

    dataset: Path
    boards: LabBoards
    wheel: Wheel = field(default_factory=Wheel)
    revision: int = 0
    step: Step = "boards"
    job: Job = ""
    problem: str = ""
    look: Look = field(default_factory=Look)
    participant: str = ""
    athlete: Athlete | None = None
    front: PageFront | None = None
    summary: dict[str, object] = field(default_factory=dict)
    people: list[dict[str, object]] = field(default_factory=list)
    left: dict[str, object] | None = None
    calibration: PageCalibration | None = None
    made: dict[str, object] = field(default_factory=dict)
    looked: bool = False
    _ran: RecordSession | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _thread: threading.Thread | None = None

    def changed(self) -> None:
        """Something of the state is another."""
        self.revision += 1

    def __post_init__(self) -> None:
        self.look_into_dataset()

    def look_into_dataset(self) -> None:
        """See who is in the dataset, and which session was left unfinished."""
        try:
            self.people = participants_shown(Dataset(self.dataset))
        except (LandingLabError, OSError) as error:
            self.problem = self.problem or f"the dataset {self.dataset} cannot be read ({error}); look at the disk"
            return
        self.left = left_session(self.people)

    def state(self) -> dict[str, object]:
        """All that a page shows, as plain values."""
        with self._lock:
            front = self.front
            return {
                "revision": self.revision,
                "version": landing_lab.__version__,
                "dataset": str(self.dataset),
                "simulated": self.boards.simulated,
                "step": self.step,
                "job": self.job,
                "problem": self.problem,
                "boards": shown_look(self.look),
                # nobody is chosen while a session is recorded, and its state is sent ten times a second
                "participants": [] if self.job == "record" else self.people,
                "left": self.left,
                "looked": self.looked,
                "last": last_used(self.people),
                "participant": self.participant,
                "athlete": None if self.athlete is None else asdict(self.athlete),
                "calibration": None if self.calibration is None else self.calibration.shown(),
                "made": self.made,
                "protocols": [shown_protocol(one) for one in PROTOCOLS],
                "reasons": list(REASONS),
                "session": None if front is None else front.shown(),
                "summary": self.summary,
            }

    def find_boards(self) -> None:
        """Look for boards, in the background."""
        self._start("look", self._look)

    def welcome(self) -> None:
        """A page came: boards are looked for by themselves, once."""
        with self._lock:
            if not self.looked and not self.job:
                self.find_boards()

    def choose(self, step: Step, *, participant: str = "") -> None:
        """Go to a step of the flow that needs no job, before or after a session."""
        self._go(step, participant, None)

    def choose_athlete(self, athlete: Athlete) -> None:
        """Go on to the protocol with somebody and what was entered."""
        self._go("protocol", athlete.participant, athlete)

    def _go(self, step: Step, participant: str, athlete: Athlete | None) -> None:
        with self._lock:
            self._refuse_if_busy()
            if step in ("protocol", "trial", "screening") and not (participant or self.participant):
                raise ParameterError("nobody is chosen; choose a participant first")
            self.participant = participant or self.participant
            if athlete is not None or (self.athlete is not None and self.athlete.participant != self.participant):
                self.athlete = athlete
            self.step, self.problem = step, ""
            self.changed()
        self.look_into_dataset()  # a large one takes a second, in which pages go on
        self.changed()

    def start_session(self, settings: RecordSettings, *, undone: RecordSession | None = None) -> None:
        """Record a session, in the background; undone: take the last verdict of its run before back first."""
        with self._lock:
            self._refuse_if_busy()
            self.participant, self.summary, self._ran = settings.participant, {}, None
            self.front = PageFront(self.changed)
            self.step = "trial"
            self._start("record", lambda: self._record(settings, undone))

    def undo(self) -> None:
        """Take the last verdict back: of the session that runs, or of the one that is over.

        Raises BusyError where nobody gave one.
        """
        if self.job == "record":
            self.command("undo")
            return
        ran = self._ran
        if ran is None or ran.judged is None:
            raise BusyError("no verdict can be taken back; look at the session again with landing-lab record --session")
        state = ran.book.state
        settings = RecordSettings(
            dataset=self.dataset,
            participant=state.participant,
            protocol=ran.protocol,
            session=ran.settings,
            continued=state.session,
        )
        self.start_session(settings, undone=ran)

    def start_calibration(self, wanted: CalibrationWanted) -> None:
        """Calibrate a plate or insoles, in the background."""
        with self._lock:
            self._refuse_if_busy()
            self.calibration, self.made = PageCalibration(self.changed, wanted.kind), {}
            self.step = "calibrate"
            self._start("calibrate", lambda: self._calibrate(wanted))

    def calibration_command(self, kind: str) -> None:
        """Tell the running calibration something. Raises ParameterError where it cannot be told that."""
        known = next((one for one in CALIBRATION_COMMANDS if one == kind), None)
        if known is None:
            raise ParameterError(f"a calibration cannot be told {kind!r}; it knows {', '.join(CALIBRATION_COMMANDS)}")
        session = self.calibration.session if self.calibration is not None and self.job == "calibrate" else None
        if session is None:
            raise BusyError("no calibration is running")
        session.submit(known)

    def command(self, kind: str, text: str = "") -> None:
        """Tell the running session something. Raises ParameterError where it cannot be told that."""
        known = next((one for one in COMMANDS if one == kind), None)
        if known is None:
            raise ParameterError(f"a session cannot be told {kind!r}; it knows {', '.join(COMMANDS)}")
        if len(text) > MOST_TEXT or not text.isprintable():
            raise ParameterError(f"the text is too long or has signs that cannot be shown; up to {MOST_TEXT} letters")
        front = self.front if self.job == "record" else None
        session = None if front is None else front.session
        if front is not None and session is None and known == "quit":
            front.end()  # it is only about to begin
            return
        if session is None:
            raise BusyError("no session is running")
        session.submit(Command(kind=known, text=text))

    def close(self) -> None:
        """End what runs, keeping everything, and let the boards go.

        The report of a session that is cut off is made when it is continued: nobody waits for it at the end.
        """
        if self.front is not None and self.job == "record":
            self.front.end()
        if self.calibration is not None:
            self.calibration.end()
        if self._thread is not None:
            self._thread.join(30.0)
        self.boards.close()

    def _refuse_if_busy(self) -> None:
        if self.job:
            raise BusyError("the lab is busy with the boards; wait until that is over, or end the session")

    def _start(self, job: Job, work: Callable[[], None]) -> None:
        with self._lock:
            self._refuse_if_busy()
            self.job, self.problem = job, ""
            self.changed()

        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a thread has nobody else to tell it to
                self._failed(job, error)
            finally:
                self.look_into_dataset()
                with self._lock:
                    self.job = ""
                    self.changed()

        self._thread = threading.Thread(target=run, name=f"lab {job}", daemon=True)
        self._thread.start()

    def _failed(self, job: Job, error: Exception) -> None:
        """Say what went wrong, and go to where something can be done about it."""
        thrown_away = job == "calibrate" and self.calibration is not None and self.calibration.thrown_away
        said = str(error)
        if not isinstance(error, LandingLabError):
            said = f"an error that should not happen ({type(error).__name__}: {error}); please report it"
        self.problem = "" if thrown_away else said
        if job == "calibrate":
            self.step = "boards"
        elif job == "record":
            self.step = "boards" if isinstance(error, DeviceError) else "protocol" if self.participant else "boards"

    def _look(self) -> None:
        self.looked = True
        self.look = Look()  # what was found before is no longer known
        self.changed()
        look = self.boards.look()
        with self._lock:
            self.look = look
            self.changed()

    def _calibrate(self, wanted: CalibrationWanted) -> None:
        assert self.calibration is not None
        made = run_calibration(self.boards, wanted, self.calibration)
        calibrations = newest_calibrations(self.dataset, [board.info.device_id for board in self.look.found])
        found = recalibrated(self.look.found, calibrations)
        with self._lock:
            self.made = made
            self.look = replace(self.look, found=found, findings=findings_of(found, self.dataset))
            self.changed()

    def _record(self, settings: RecordSettings, undone: RecordSession | None) -> None:
        assert self.front is not None
        athlete = self.athlete if self.athlete is not None and self.athlete.participant == self.participant else None
        session = run_session(self.boards, settings, self.front, athlete=athlete, undone=undone)
        if session.interrupted:
            self.step, self.problem = "protocol", ENDED_EARLY
            return
        summary = summary_of(session, self.front.results)
        with self._lock:
            self.problem = session.problem or ""
            self.step, self.summary, self._ran = "summary", summary, session
            self.changed()
