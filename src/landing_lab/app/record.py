"""`landing-lab record`: trials from connected boards, one raw file each, then one report."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from landing_lab.app.devices import print_devices
from landing_lab.app.document import analysis_document
from landing_lab.app.links import emulator, find_answering, opened, transport
from landing_lab.app.outputs import write_outputs
from landing_lab.app.recording import RecordedTrial, progress_line, record_and_analyse, warm_up
from landing_lab.errors import DeviceNotFoundError, ParameterError
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
        elif not urls:
            urls, silent = find_answering(reach, timeout_s=OPEN_TIMEOUT_S)
            if not urls:
                raise DeviceNotFoundError("no board answers; " + " / ".join(silent.values()))
        links = stack.enter_context(opened(reach, urls, timeout_s=OPEN_TIMEOUT_S))
        print_devices([(link.url, link.info) for link in links])
        print("Getting ready ...")
        warm_up()
        folder = _session_folder(settings)
        accepted, lost = _record_all(links, folder, settings)
    return _finish(accepted, folder, settings, lost)


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


def _record_all(
    links: Sequence[DeviceLink], folder: Path, settings: RecordSettings
) -> tuple[list[RecordedTrial], str | None]:
    """The accepted trials, and what was lost where a board was; a lost or interrupted trial ends the session."""
    accepted: list[RecordedTrial] = []
    number = 0
    while len(accepted) < settings.trials:
        number += 1
        label = f"Trial {len(accepted) + 1} of {settings.trials}"
        with progress_line() as show:
            trial = record_and_analyse(
                links,
                folder / "raw" / f"sub-{settings.participant}_trial-{number:02d}.xdf",
                label=label,
                show=show,
                metadata={"participant": settings.participant, "protocol": settings.protocol},
                max_duration_s=settings.max_duration_s,
                mass_kg=settings.mass_kg,
                box_height_m=settings.box_height_m,
            )
        print(f"{label}: {trial.file.ended}; raw data in {trial.file.path}")
        print_trials(trial.result.trials)
        if trial.file.lost or trial.file.ended == "interrupted":
            accepted.append(trial)
            return accepted, trial.file.lost
        if settings.auto_accept or _accepts():
            accepted.append(trial)
        else:
            print("Rejected: the raw file is kept, the trial is not in the report.")
    return accepted, None


def _accepts() -> bool:
    """Ask; without a keyboard (a pipe, CI) a trial is accepted rather than lost."""
    if not sys.stdin.isatty():
        return True
    return input("Accept this trial? [Y/n] ").strip().lower() not in ("n", "no")


def _link_sentences(recorded: RecordedTrial) -> dict[str, str]:
    """Stream name -> its link statistics in words, for the report."""
    return {
        name: ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in statistics.items())
        for name, statistics in recorded.file.link_statistics.items()
    }


def _finish(accepted: Sequence[RecordedTrial], folder: Path, settings: RecordSettings, lost: str | None) -> int:
    """Write the report of the accepted trials and say what became of the session; the exit code."""
    trials = [trial for recorded in accepted for trial in recorded.result.trials]
    session = {
        "participant": settings.participant,
        "protocol": settings.protocol,
        **{f"links of {recorded.file.path.name}": _link_sentences(recorded) for recorded in accepted},
    }
    if trials:
        print("Written:")
        for path in write_outputs(trials, analysis_document(trials, session=session), folder, session=session):
            print(f"  {path}")
    if lost:
        kept = accepted[-1].file.path
        print(f"landing-lab: {lost}; what had arrived by then is kept in {kept}", file=sys.stderr)
        return 1
    return 0
