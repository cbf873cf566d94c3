"""What speaks against a trial, before, during and after it; each with a sentence on what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

import numpy as np

from landing_lab.app.boards.links import SILENT_S
from landing_lab.app.boards.probe import slow_converters
from landing_lab.app.live.heard import LinkHealth
from landing_lab.app.live.trial import LOADED_N, LiveTrial
from landing_lab.app.record.protocols import Protocol
from landing_lab.calibrate.channels import channel_faults
from landing_lab.calibrate.convert import foreign
from landing_lab.calibrate.layouts import other_layout
from landing_lab.errors import LandingLabError
from landing_lab.io.layout_files import documents_of
from landing_lab.io.session_file import OpenVerdict
from landing_lab.io.visible import snippet
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.calibration import Calibration, PlateCalibration, out_of_date, validity
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout, default_layout
from landing_lab.model.layout_checks import SHIFT_CELLS
from landing_lab.model.result import TrialResult

Level: TypeAlias = Literal["warn", "stop"]

LOST_WARN, LOST_STOP = 0.002, 0.05
"""Share of lost frames that is said, and that spoils a trial (choice; 5 % is 50 ms of every second)."""

SLOW_FRACTION: Final = 0.7
"""Of the rate a board says; HX711 boards wired for 80 SPS were measured at 78-94."""

FEELS_AFTER_S: Final = 1.0
OFFSET_N: Final = 50.0
"""An empty plate that reads more has another zero than when it was calibrated (TareParams.max_offset_n)."""

JUMPS: Final = frozenset(("countermovement_jump", "squat_jump"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed. stop: the trial will not do, as it is; warn: to know."""

    name: str
    level: Level
    text: str

    @property
    def marked(self) -> str:
        """As notes, lists and the terminal say it."""
        return f"{'STOP' if self.level == 'stop' else 'note'}: {self.text}"


def open_verdict(findings: Sequence[Finding], notes: Sequence[str]) -> OpenVerdict:
    """What there is to judge, as it stands on disk until it is judged."""
    return OpenVerdict(findings=tuple((one.name, one.level, one.text) for one in findings), notes=tuple(notes))


def findings_of(asked: OpenVerdict) -> tuple[Finding, ...]:
    """What speaks against a trial whose verdict is open."""
    return tuple(Finding(name, "stop" if level == "stop" else "warn", text) for name, level, text in asked.findings)


def noted(asked: OpenVerdict | None) -> tuple[str, ...]:
    """All that was typed and found, as notes, which stay with the trial whatever its verdict."""
    return () if asked is None else (*asked.notes, *(one.marked for one in findings_of(asked)))


def of_calibrations(
    boards: Mapping[str, DeviceInfo],
    calibrations: Mapping[str, Calibration],
    layouts: Mapping[str, InsoleLayout] | None = None,
    *,
    now: datetime | None = None,
) -> Iterator[Finding]:
    """Said once per session: boards without a calibration, with another's or another layout's, or with an old one."""
    documents = documents_of(layouts or {}).get("insole_layouts")
    today = now or datetime.now(tz=UTC)
    for info in boards.values():
        found = calibrations.get(info.device_id)
        kind = "plate" if info.sensor_kind == "hx711_plate" else "insole"
        repeat = f"landing-lab calibrate {kind}"
        if found is None:
            if kind == "plate":
                text = f"{info.device_id} is not calibrated: newton are nominal; before a study: {repeat}"
                yield Finding(f"calibration {info.device_id}", "warn", text)
        elif (other := foreign(info, found) or other_layout(info, found, documents)) is not None:
            yield Finding(f"calibration {info.device_id}", "warn", f"{other}, so it is not used; {repeat}")
        elif validity(found, today) == "expired":
            age = (today - found.made).days
            text = f"the calibration of {info.device_id} is {age} days old (valid {found.valid_days:g}); {repeat}"
            yield Finding(f"calibration {info.device_id}", "warn", text)


def doubt_now(info: DeviceInfo, found: Calibration, layouts: Mapping[str, InsoleLayout]) -> str | None:
    """The sentence that a board's calibration does not hold in the trial that begins; None where it does."""
    other = other_layout(info, found, documents_of(layouts).get("insole_layouts"))
    old = out_of_date(found, datetime.now(tz=UTC), when="this trial")
    return "; ".join(filter(None, (other, old))) or None


def of_boards(boards: Iterable[DeviceInfo]) -> Iterator[Finding]:
    """What the boards that are connected cannot do together."""
    kinds = {info.sensor_kind for info in boards}
    if "hx711_plate" not in kinds:
        yield Finding("no plate", "stop", "no plate is connected: insoles alone give no numbers; connect the plate")
    if "fsr_insole" not in kinds:
        text = "no insole is connected: a slow plate alone cannot time a contact; connect the insoles"
        yield Finding("no insole", "warn", text)


def of_missing(before: Mapping[str, Mapping[str, object]], boards: Mapping[str, DeviceInfo]) -> Iterator[Finding]:
    """Boards with which a session was recorded so far and which are not there now that it goes on."""
    there = {info.device_id for info in boards.values()}
    for name, board in before.items():
        if board.get("device_id") not in there:
            text = (
                f"{name} ({board.get('device_id')}), with which this session began, does not answer: look at its cable "
                "and its power, or go on without it"
            )
            yield Finding(f"missing {name}", "stop", text)


def of_cells(boards: Iterable[DeviceInfo], layouts: Mapping[str, InsoleLayout]) -> Iterator[Finding]:
    """Insoles that can give no medial shift: too few cells, or nobody knows where they lie."""
    insoles = [info for info in boards if info.sensor_kind == "fsr_insole"]
    for n in dict.fromkeys(info.n_channels for info in insoles):
        mine = [info.device_id for info in insoles if info.n_channels == n]
        unknown = [one for one in mine if one not in layouts and default_layout(n) is None]
        if n < SHIFT_CELLS:
            text = f"{' and '.join(mine)}: insoles of {n} cells tell no medial shift, it needs {SHIFT_CELLS}"
            yield Finding(f"cells {n}", "warn", text)
        if unknown:
            text = f"nobody says where the {n} cells of {' and '.join(unknown)} lie, so nothing is told of pressure"
            yield Finding(f"layout {n}", "warn", f"{text}: --insole-layout, docs/layouts.md")


def of_links(health: Sequence[LinkHealth]) -> Iterator[Finding]:
    """Silent boards, lost frames, wrong rates."""
    for link in health:
        if link.silent_s > SILENT_S:
            text = f"{link.name} has been silent for {link.silent_s:.0f} s: look at its cable and its power"
            yield Finding(f"silent {link.name}", "stop", text)
            continue
        if link.away:
            yield Finding(
                f"away {link.name}", "stop", f"{link.name} was away and came back: there is a hole in the trial"
            )
        elif link.lost_fraction > LOST_WARN and link.lost > 5:
            level: Level = "stop" if link.lost_fraction > LOST_STOP else "warn"
            text = (
                f"{link.name} loses {100 * link.lost_fraction:.1f} % of its frames: use a shorter cable or another port"
            )
            yield Finding(f"loss {link.name}", level, text)
        wanted = link.info.sample_rate_hz
        if (slow := slow_converters(link.info, link.rate_hz)) is not None:
            yield Finding(f"rate {link.name}", "stop", slow)
        elif link.rate_hz is not None and link.rate_hz < SLOW_FRACTION * wanted:
            text = f"{link.name} runs at {link.rate_hz:.0f} Hz instead of {wanted:.0f} Hz: restart the board"
            yield Finding(f"rate {link.name}", "stop", text)


def of_athlete(
    live: LiveTrial, calibrations: Mapping[str, Calibration], held_s: Mapping[str, float]
) -> Iterator[Finding]:
    """Insoles that feel nobody, and an empty plate that does not read zero.

    held_s: stream name -> for how long an insole that ought to feel the ground has not.
    """
    for name, seconds in held_s.items():
        if seconds > FEELS_AFTER_S:
            text = f"{name} feels nobody while somebody stands there: look at its plug, and that it lies in the shoe"
            yield Finding(f"feels {name}", "warn", text)
    zeroed = [one for one in calibrations.values() if isinstance(one, PlateCalibration)]
    offset_n = live.load.empty_total_n
    if zeroed and live.load.knows_empty and np.isfinite(offset_n) and abs(offset_n) > OFFSET_N:
        text = f"the empty plates read {offset_n:.0f} N: clear them, or calibrate the plate again"
        yield Finding("offset", "warn", text)


def insoles_wanted(live: LiveTrial, protocol: Protocol) -> list[str]:
    """Streams of the insoles that ought to feel the ground now: somebody stands still on the plates with that foot."""
    if live.stage not in ("stand", "weighed", "landed") or live.load_n < LOADED_N or not live.quiet:
        return []
    feet = live.feet_n
    return [
        name
        for name in live.insoles
        if protocol.leg in ("both", name.removeprefix("insole_").split("_", 1)[0])
        and feet.get("left" if "left" in name else "right", LOADED_N) >= LOADED_N
    ]


def of_result(trials: Sequence[TrialResult], protocol: Protocol, live: LiveTrial, ended: str) -> Iterator[Finding]:
    """What the finished trial is not."""
    trial = trials[0]
    if live.problem is not None:
        yield Finding("no quiet end", "warn", f"{live.problem}; let the person stand still for 3 s")
    elif ended not in ("complete", "time limit"):
        yield Finding("ended", "warn", f"the trial ended early ({ended}); values of standing still may be missing")
    if len(trials) > 1:
        text = f"{len(trials)} jumps are in this recording; one per trial is wanted, all of them are reported"
        yield Finding("several", "warn", text)
    if trial.status == "refused":
        yield Finding("refused", "stop", f"no numbers: {trial.reason}")
    elif trial.task != protocol.task:
        level: Level = "warn" if {trial.task, protocol.task} <= JUMPS else "stop"
        text = f"the protocol asks for a {_words(protocol.task)} and this was found: {_words(trial.task)}"
        yield Finding("task", level, f"{text}; numbers are those of what was found")
    yield from _other_foot(trial, protocol)
    yield from _double_contacts(trial)


def _other_foot(trial: TrialResult, protocol: Protocol) -> Iterator[Finding]:
    """The foot that was to stay in the air touched down, or the one that was to land did not."""
    if protocol.leg == "both":
        return
    landed = {event.side for event in trial.events if event.name in ("touchdown", "landing")} & {"left", "right"}
    if landed and landed != {protocol.leg}:
        text = f"the protocol asks for the {protocol.leg} foot alone and {' and '.join(sorted(landed))} touched down"
        yield Finding("leg", "stop", f"{text}; repeat the trial")


def _words(task: str) -> str:
    return "no task that is known" if task == "unknown" else task.replace("_", " ")


def _double_contacts(trial: TrialResult) -> Iterator[Finding]:
    """A foot that touched the ground more often than the task has touchdowns."""
    from landing_lab.detect.landing import detect_contacts
    from landing_lab.model.events import CONTACT

    signals = trial.signals
    times = [event.time_s for event in trial.events if event.name in ("touchdown", "landing") and event.side == "total"]
    if signals is None or not times or trial.status == "refused" or signals.timing_refusal is not None:
        return
    for side in ("left", "right"):
        force = signals.force_n.get(side)
        if force is None or not len(force):
            continue
        found = detect_contacts(force, sample_rate_hz=trial.sample_rate_hz, noise_n=[signals.noise_n.get(side, 0.0)])
        edges = found["sample"][(found["kind"] == CONTACT) & (found["bridged"] >= 0)]
        starts = signals.times_s[edges.clip(max=len(force) - 1)]
        count = int(np.sum((starts > min(times) - 0.1) & (starts < max(times) + 1.0)))
        if count > len(times):
            told = f"the {side} foot touched down {count} times instead of {len(times)}"
            text = f"a double contact: {told}; repeat the trial"
            yield Finding(f"double {side}", "warn", text)


def of_statistics(statistics: Mapping[str, Mapping[str, float]], lost: str | None) -> Iterator[Finding]:
    """What the links lost over the whole trial."""
    if lost is not None:
        yield Finding("lost", "stop", f"{lost}; plug it in again")
    for name, facts in statistics.items():
        missing, came = facts.get("lost_frames", 0), facts.get("frames", 0)
        if not came:
            yield Finding(f"silent {name}", "stop", f"{name} sent nothing: look at its cable and its power")
            continue
        fraction = missing / (missing + came)
        if fraction > LOST_WARN and missing > 5 and not facts.get("reconnects", 0):
            level: Level = "stop" if fraction > LOST_STOP else "warn"
            text = f"{name} lost {100 * fraction:.1f} % of its frames: use a shorter cable or another port"
            yield Finding(f"loss {name}", level, text)
        if facts.get("reconnects", 0) > 0:
            yield Finding(f"away {name}", "stop", f"{name} was away and came back: there is a hole in the trial")


def of_failure(error: Exception) -> Finding:
    """A recording that cannot be analysed at all."""
    if isinstance(error, LandingLabError):
        return Finding("unreadable", "stop", str(error))
    text = f"its analysis failed, which should not happen ({type(error).__name__}: {snippet(str(error))})"
    return Finding("unreadable", "stop", f"{text}; please report it with the file")


def of_channels(info: DeviceInfo, frames: FrameBlock, cells: InsoleLayout | None = None) -> Iterator[Finding]:
    """Saturated, stuck, open and drifting channels of one board; cells: layout of an insole."""
    for fault in channel_faults(info, frames, cells):
        spoils = info.sensor_kind == "hx711_plate" and fault.kind != "drifting"
        yield Finding(f"{fault.kind} {info.device_id} {fault.channel}", "stop" if spoils else "warn", fault.sentence)
