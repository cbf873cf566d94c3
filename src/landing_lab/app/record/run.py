"""`landing-lab record`: a session of trials from connected boards, shown in the terminal."""

from __future__ import annotations

import secrets
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from landing_lab.app.boards.links import emulator, links_to, transport
from landing_lab.app.boards.table import print_devices
from landing_lab.app.demo_trial import warm_up
from landing_lab.app.failures import told
from landing_lab.app.lsl.library import lsl_library
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.events import FrontEnd
from landing_lab.app.record.facts import SessionSettings, facts_of_session
from landing_lab.app.record.interrupt import INTERRUPTED
from landing_lab.app.record.keys import KeyCommands
from landing_lab.app.record.markers import sending
from landing_lab.app.record.protocols import PROTOCOLS, Protocol, protocol_of, with_conditions
from landing_lab.app.record.report import SessionReport
from landing_lab.app.record.session import RecordSession
from landing_lab.app.record.terminal import PlainView, ScreenView
from landing_lab.app.record.verdict import MOST_REPEATS
from landing_lab.app.terminal.keys import keyboard
from landing_lab.detect.inputs import check_inputs
from landing_lab.errors import ParameterError
from landing_lab.io.calibration_files import newest_calibrations, read_calibration
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_names import check_pseudonym
from landing_lab.io.layout_files import layouts_wanted
from landing_lab.io.visible import snippet, visible
from landing_lab.model.calibration import Calibration
from landing_lab.model.device import DeviceLink

OUTLIVES_S = 30.0
"""Simulated boards stand quietly for so much longer than a trial may last, so that its time limit is seen to work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What to record and where to put it.

    session: the one to continue; new_session: begin another; layouts: of insoles, as of `layouts_wanted`; lsl: also
    send to the Lab Streaming Layer, lsl_wait_s: and wait so long for somebody who reads.
    """

    dataset: Path
    participant: str
    protocol: Protocol
    session: SessionSettings
    seed: int | None = None
    continued: str | None = None
    new_session: bool = False
    calibrations: tuple[Path, ...] = ()
    layouts: tuple[str, ...] = ()
    bell: bool = False
    lsl: bool = False
    lsl_wait_s: float = 0.0

    def __post_init__(self) -> None:
        check_inputs(self.session.mass_kg, self.session.box_height_m)
        check_pseudonym(self.participant)
        if not 1.0 <= self.session.max_duration_s <= 600.0:
            raise ParameterError(
                f"--max-duration-s {self.session.max_duration_s:g} is outside 1-600 s; it counts from the moment "
                "somebody is ready"
            )
        for name, text in (("operator", self.session.operator), ("note", self.session.note)):
            if text is not None and visible(text) != text:
                raise ParameterError(
                    f"--{name} {snippet(text)} has characters that cannot be shown; use letters, digits and signs"
                )
        if self.new_session and self.continued:
            raise ParameterError("--session continues a session and --new-session begins one; leave out one of them")


def print_protocols() -> None:
    """Every protocol that comes with this version, and what a file of one's own says."""
    width = max(60, min(100, shutil.get_terminal_size().columns))
    for one in PROTOCOLS:
        box = "" if one.box_height_m is None else f", {100 * one.box_height_m:.0f} cm box"
        trials = f"{one.n_trials} trials"
        if one.conditions:
            trials = f"{one.n_trials} trials of each, {', '.join(one.conditions)}, order {one.order}"
        told = f"{one.title}{box}: {trials}{f'; {one.caution}' if one.caution else ''}"
        print(textwrap.fill(told, width, initial_indent=f"{one.name:<30}", subsequent_indent=" " * 30))
    print()
    print("Your own: --protocol FILE.toml with lines such as")
    print('  name = "hop_40cm"\n  task = "drop_jump"        # what the analysis is to find')
    print('  start = "box"             # or "plates"\n  box_height_m = 0.40\n  n_trials = 3')
    print('  conditions = ["flat", "heel_lift"]\n  order = "random"          # given, alternating or random')


def run_record(
    urls: Sequence[str],
    settings: RecordSettings,
    *,
    simulated: bool,
    clock: Callable[[], float] | None = None,
) -> int:
    """Run the session to its end; the exit code.

    0: its plan is done, or somebody left it with q, which is said. 130: interrupted. 1: something failed.
    clock: as of `transport`.
    """
    if simulated and urls:
        raise ParameterError("--sim starts its own boards; leave out --port, or leave out --sim")
    with ExitStack() as stack:
        if settings.lsl:
            lsl_library()  # before anything is opened
        if simulated:
            urls = simulated_urls(stack, settings)
        links = stack.enter_context(links_to(transport(clock=clock), urls))
        print_devices([(link.url, link.info) for link in links])
        calibrations = calibrations_of(settings, links)
        layouts = layouts_wanted(settings.layouts, [link.info for link in links], settings.dataset)
        print("Getting ready ...")
        sys.stdout.flush()
        with SessionReport() as report:
            warm_up()
            book = book_of(settings)
            stack.callback(book.lock.release)
            facts = facts_of_session(book.state, settings.protocol, settings.session, calibrations, layouts)
            with _front(settings) as shown, also_sent(settings, links, shown, facts) as (heard, front):
                session = RecordSession(
                    links=heard,
                    book=book,
                    protocol=settings.protocol,
                    settings=settings.session,
                    calibrations=calibrations,
                    layouts=layouts,
                    front=front,
                    report=report,
                )
                session.run()
    return _say(session)


def simulated_urls(stack: ExitStack, settings: RecordSettings) -> list[str]:
    """Boards that act out the protocol's task at each START, and live for longer than a trial may last."""
    from landing_lab.app.boards.scenes import TAKES, acted_trials

    protocol = settings.protocol
    alive_s = settings.session.max_duration_s + OUTLIVES_S
    first_take = TAKES * len(Dataset(settings.dataset).sessions(settings.participant))  # no session repeats another
    devices = acted_trials(
        protocol.task, start=protocol.start, leg=protocol.leg, alive_s=alive_s, first_take=first_take
    )
    server = emulator()(devices, speed=1.0)
    stack.callback(server.close)
    return list(server.urls)


def calibrations_of(
    settings: RecordSettings, links: Sequence[DeviceLink], *, say: Callable[[str], None] = print
) -> Mapping[str, Calibration]:
    """The newest calibration of each board in the dataset, or the ones that were named; damaged ones are said."""
    damaged: list[str] = []
    found = newest_calibrations(settings.dataset, [link.info.device_id for link in links], damaged=damaged)
    for sentence in damaged:
        say(f"note: {visible(sentence)}")
    for path in settings.calibrations:
        named = read_calibration(path)
        if named.device_id not in {link.info.device_id for link in links}:
            raise ParameterError(
                f"the calibration {path} is of {visible(named.device_id)}, which is not connected; leave it out"
            )
        found[named.device_id] = named
    return found


def book_of(settings: RecordSettings) -> SessionBook:
    """The session of these settings: continued where one is unfinished, else a new one; locked until released."""
    seed = settings.seed if settings.seed is not None else secrets.randbelow(2**31)
    return SessionBook.open(
        Dataset(settings.dataset),
        settings.participant,
        settings.protocol,
        {
            "mass_kg": settings.session.mass_kg,
            "box_height_m": settings.session.box_height_m,
            "operator": settings.session.operator,
            "note": settings.session.note,
        },
        seed=seed,
        session=settings.continued,
        new=settings.new_session,
    )


@contextmanager
def _front(settings: RecordSettings) -> Iterator[FrontEnd]:
    """The live screen on a terminal, lines anywhere else."""
    from rich.console import Console
    from rich.live import Live

    with keyboard() as typing:
        keys = KeyCommands(typing)
        console = Console()
        if not console.is_terminal:
            yield PlainView(keys, bell=settings.bell)
            return
        with Live(console=console, auto_refresh=False, transient=True) as live:
            yield ScreenView(keys, live, bell=settings.bell)


@contextmanager
def also_sent(
    settings: RecordSettings, links: Sequence[DeviceLink], front: FrontEnd, facts: Mapping[str, object]
) -> Iterator[tuple[Sequence[DeviceLink], FrontEnd]]:
    """Links and front end as they are, or ones that also send to the Lab Streaming Layer."""
    if not settings.lsl:
        yield links, front
        return
    with sending(links, front, facts, wait_s=settings.lsl_wait_s) as (heard, marking):
        yield heard, marking


def _say(session: RecordSession) -> int:
    """What became of the session; the exit code."""
    book = session.book
    if session.report.written:
        print("Written:")
        for path in session.report.written:
            print(f"  {path}")
    n_left = len(book.remaining())
    print(f"Session {book.folder.path}: {len(book.accepted)} of {len(book.plan)} trials accepted.")
    if n_left:
        print(f"{n_left} to go: the same command continues it.")
    for entry in book.state.trials:
        if entry.verdict == "unfinished":
            print(f"  without verdict, not in the report: {book.raw_path(entry)}")
    if session.problem:
        return told(session.problem, 1)
    if session.interrupted:
        unmade = "; the report is not made: the same command, or landing-lab report, makes it"
        return told(f"{INTERRUPTED}{unmade if book.accepted else ''}", 130)
    if book.left_out:
        left = ", ".join(map(str, sorted(book.left_out)))
        print(
            f"landing-lab: trials {left} were left out after {MOST_REPEATS + 1} attempts each; see the reasons above",
            file=sys.stderr,
        )
        return 1
    return 0


def protocol_wanted(name: str, conditions: str | None, order: str | None) -> Protocol:
    """The protocol of this name or file, with conditions as they are typed, with commas between them.

    Raises ParameterError where it is not clear what is meant.
    """
    words = tuple(word.strip() for word in (conditions or "").split(",") if word.strip())
    if conditions is not None and not words:
        raise ParameterError("--conditions names none; write them with commas between, such as flat,heel_lift")
    protocol = with_conditions(protocol_of(name), words, order)
    if order is not None and not protocol.conditions:
        raise ParameterError(
            f"--order is that of conditions, and {protocol.name} has none; name them with --conditions, or leave out "
            "--order"
        )
    return protocol
