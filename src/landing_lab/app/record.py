"""`landing-lab record`: trials from connected boards, one raw file each, then one report."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from landing_lab.app.devices import print_devices
from landing_lab.app.document import analysis_document
from landing_lab.app.links import close_all, emulator, open_answering, opened, ports_here, transport
from landing_lab.app.outputs import write_outputs
from landing_lab.app.recording import RecordedTrial, progress_line, record_and_analyse, warm_up
from landing_lab.detect.inputs import check_inputs
from landing_lab.errors import DeviceNotFoundError, LandingLabError, ParameterError
from landing_lab.io.visible import visible
from landing_lab.model.device import DeviceLink
from landing_lab.report.terminal import print_trials

OPEN_TIMEOUT_S = 4.0
"""A genuine Uno needs 1.5-2 s after the reset that opening its port causes."""


PROTOCOLS = ("drop_jump",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What to record and where to put it."""

    dataset: Path
    participant: str
    protocol: str
    trials: int
    mass_kg: float | None
    box_height_m: float | None
    max_duration_s: float
    auto_accept: bool

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise ParameterError(f"there is no protocol {self.protocol!r}; choose one of {', '.join(PROTOCOLS)}")
        check_inputs(self.mass_kg, self.box_height_m)
        if not re.fullmatch(r"[A-Za-z0-9]{1,20}", self.participant):
            raise ParameterError(
                f"participant {self.participant!r} is not a pseudonym; "
                "use up to 20 letters and digits, such as 01 or P07"
            )
        if not 1.0 <= self.max_duration_s <= 600.0:
            raise ParameterError(
                f"--max-duration-s {self.max_duration_s:g} is outside 1-600 s; a drop jump takes about 10 s"
            )


def run_record(urls: Sequence[str], settings: RecordSettings, *, simulated: bool) -> int:
    """Record the trials, then write the report of those accepted; 1 if a board was lost, else 0."""
    if simulated and urls:
        raise ParameterError("--sim starts its own boards; leave out --port, or leave out --sim")
    reach = transport()
    with ExitStack() as stack:
        if simulated:
            urls = _serve_simulated(stack)
        if urls:
            links = stack.enter_context(opened(reach, urls, timeout_s=OPEN_TIMEOUT_S))
        else:
            links, silent = open_answering(reach, ports_here(reach), timeout_s=OPEN_TIMEOUT_S)
            stack.callback(close_all, links)
            if not links:
                raise DeviceNotFoundError("no board answers; " + " / ".join(silent.values()))
        print_devices([(link.url, link.info) for link in links])
        print("Getting ready ...")
        warm_up()
        # A polite request to end (a shutdown, a supervisor) is treated like Ctrl-C: everything is closed properly.
        signal.signal(signal.SIGTERM, _interrupt)
        session = _Session(_session_folder(settings), settings)
        session.run(links)
    return session.finish()


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _serve_simulated(stack: ExitStack) -> list[str]:
    from landing_lab.sim.devices import drop_jump_scene

    scene = drop_jump_scene(n_trials=1, seed=1)
    server = emulator()(scene.devices, speed=1.0)
    stack.callback(server.close)
    return list(server.urls)


def _session_folder(settings: RecordSettings) -> Path:
    """A new folder for this run: dataset/sub-01/ses-20261122T154500; nothing that exists is written over."""
    stamp = datetime.now(tz=UTC).astimezone().strftime("%Y%m%dT%H%M%S")
    folder = settings.dataset / f"sub-{settings.participant}" / f"ses-{stamp}"
    number = 1
    while folder.exists():
        number += 1
        folder = folder.with_name(f"ses-{stamp}x{number}")
    return folder


class _Session:
    """The trials of one run: whatever ends it, those accepted so far are reported."""

    def __init__(self, folder: Path, settings: RecordSettings) -> None:
        self.folder = folder
        self.settings = settings
        self.started_at = datetime.now(tz=UTC).astimezone()
        self.accepted: list[RecordedTrial] = []
        self.rejected = 0
        self.problem: str | None = None
        self.interrupted = False

    def run(self, links: Sequence[DeviceLink]) -> None:
        """Record until enough trials are accepted, a board is lost or the person ends it."""
        try:
            while len(self.accepted) < self.settings.trials and self._one_trial(links):
                pass
        except KeyboardInterrupt:
            self.interrupted = True
            print("Session ended; a trial that was not accepted keeps its raw file but is not in the report.")
        except LandingLabError as error:
            if not self.accepted:
                raise
            self.problem = str(error)

    def _one_trial(self, links: Sequence[DeviceLink]) -> bool:
        """Record and judge one trial; False where the session is over."""
        settings = self.settings
        label = f"Trial {len(self.accepted) + 1} of {settings.trials}"
        path = self.folder / "raw" / f"sub-{settings.participant}_trial-{len(self.accepted) + 1:02d}.xdf"
        with progress_line() as show:
            trial = record_and_analyse(
                links,
                path,
                label=label,
                show=show,
                metadata={"participant": settings.participant, "protocol": settings.protocol},
                max_duration_s=settings.max_duration_s,
                mass_kg=settings.mass_kg,
                box_height_m=settings.box_height_m,
            )
        print(f"{label}: {trial.file.ended}; raw data in {trial.file.path}")
        print_trials(trial.result.trials)
        if trial.file.ended == "interrupted":
            self.interrupted = True
            print("The interrupted trial keeps its raw file but is not in the report.")
            return False
        if trial.file.lost:
            self.problem = f"{trial.file.lost}; what had arrived by then is kept in {trial.file.path}"
            self.accepted.append(trial)
            return False
        if settings.auto_accept or _accepts():
            self.accepted.append(trial)
        else:
            self._reject(path)
        return True

    def _reject(self, path: Path) -> None:
        """Put a rejected trial's raw file aside, where no later report over raw/*.xdf picks it up again."""
        self.rejected += 1
        aside = path.parent / "rejected" / f"{path.stem}_rejected-{self.rejected}{path.suffix}"
        aside.parent.mkdir(exist_ok=True)
        path.rename(aside)
        print(f"Rejected: not in the report; the raw file is kept as {aside}")

    def finish(self) -> int:
        """Write the report of the accepted trials and say what became of the session; the exit code."""
        trials = [trial for recorded in self.accepted for trial in recorded.result.trials]
        box = self.settings.box_height_m
        session = {
            "participant": self.settings.participant,
            "protocol": self.settings.protocol.replace("_", " "),
            "recorded": self.started_at.strftime("%Y-%m-%d %H:%M %z"),
            **({} if box is None else {"box height": f"{box:g} m"}),
            "rejected trials": self.rejected,
            **{f"links of {recorded.file.path.name}": _link_sentences(recorded) for recorded in self.accepted},
        }
        if trials:
            print("Written:")
            for path in write_outputs(trials, analysis_document(trials, session=session), self.folder, session=session):
                print(f"  {path}")
        if self.problem:
            print(f"landing-lab: {visible(self.problem)}", file=sys.stderr)
            return 1
        if self.interrupted:
            print("landing-lab: interrupted; what was recorded so far is kept", file=sys.stderr)
            return 130
        return 0


def _accepts() -> bool:
    """Ask until the answer is understood; without a keyboard (a pipe, CI) a trial is accepted rather than lost."""
    while sys.stdin is not None and sys.stdin.isatty():
        try:
            answer = input("Accept this trial? [Y/n] ").strip().lower()
        except EOFError:  # Ctrl-D: the person has left the keyboard
            raise KeyboardInterrupt from None
        if answer in ("", "y", "yes"):
            return True
        if answer in ("n", "no"):
            return False
        print("Please answer y or n.")
    return True


def _link_sentences(recorded: RecordedTrial) -> dict[str, str]:
    """Stream name -> its link statistics in words, for the report."""
    return {
        name: ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in statistics.items())
        for name, statistics in recorded.file.link_statistics.items()
    }
