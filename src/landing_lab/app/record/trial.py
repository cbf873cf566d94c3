"""One trial while it is recorded: where the athlete is, how the boards are heard, the first numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Final

from landing_lab.acquire.session import TrialFile, stream_names
from landing_lab.acquire.starting import silence
from landing_lab.app.live.heard import LiveLinks
from landing_lab.app.live.trial import LiveTrial, Stage
from landing_lab.app.record.gates import (
    Finding,
    doubt_now,
    insoles_wanted,
    of_athlete,
    of_channels,
    of_links,
    of_result,
    of_statistics,
)
from landing_lab.app.record.protocols import Protocol
from landing_lab.model.calibration import Calibration
from landing_lab.model.device import READ_EVERY_S, Arrival, DeviceLink
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.raw import RawRecording
from landing_lab.model.result import Result, TrialResult

LOOK_EVERY_S: Final = 0.25
CHANNELS_EVERY_S: Final = 2.0
CHANNELS_OVER_S: Final = 5.0


AGAIN_WITHIN_S: Final = 3.0
"""A board that has come back sends within a tenth of it."""


def first_of(protocol: Protocol) -> LiveTrial:
    """What follows the first trial of a session."""
    return LiveTrial(start=protocol.start, n_touchdowns=protocol.n_touchdowns)


def stream_again(links: Sequence[DeviceLink], *, pause: Callable[[float], None]) -> None:
    """Wait until every started board sends, then silence all: the next trial does not begin with an old hole."""
    waiting = list(links)
    for _ in range(round(AGAIN_WITHIN_S / READ_EVERY_S)):
        waiting = [link for link in waiting if not link.poll()]
        if not waiting:
            break
        pause(READ_EVERY_S)
    silence(links)  # what is wrong with one is said where it is started again


class TrialWatch:
    """Follows one trial from the first frame to its end; knows nothing of files and verdicts."""

    def __init__(
        self,
        links: Sequence[DeviceLink],
        protocol: Protocol,
        calibrations: Mapping[str, Calibration],
        live: LiveTrial,
        *,
        layouts: Mapping[str, InsoleLayout] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.layouts = layouts or {}
        self.protocol, self.calibrations, self.live, self._now = protocol, calibrations, live, now
        self.boards = {name: link.info for name, link in zip(stream_names(links), links, strict=True)}
        for name, info in self.boards.items():
            found = calibrations.get(info.device_id)
            live.follow(name, info, found, doubt=None if found is None else doubt_now(info, found, self.layouts))
        self.links = LiveLinks(links, now=now)
        self.begun_s = self.quiet_since_s = now()
        self.landed_s: float | None = None
        self.complete_s: float | None = None
        self.findings: dict[str, Finding] = {}
        self._unfelt_since_s: dict[str, float] = {}
        self._looked_s = self._channels_s = self.begun_s
        self._stage: Stage = live.stage
        self._first: Future[tuple[TrialResult, ...]] | None = None

    @property
    def has_plate(self) -> bool:
        """Whether the trial can be followed at all."""
        return any(info.sensor_kind == "hx711_plate" for info in self.boards.values())

    @property
    def nothing_happened(self) -> bool:
        """Whether nobody has touched down or taken off so far."""
        return self.has_plate and self.live.stage in ("boards", "stand", "weighed", "armed")

    def on_arrival(self, name: str, arrival: Arrival) -> bool:
        """Take frames in; True once the trial is complete."""
        self.links.on_arrival(name, arrival)
        complete = self.live.on_arrival(name, arrival)
        if complete and self.complete_s is None:
            self.complete_s = self._now()
        return complete

    def new_stage(self) -> Stage | None:
        """The stage, where it is another one than at the last call."""
        if self.live.stage == self._stage:
            return None
        self._stage = self.live.stage
        if self._stage == "armed":
            self.quiet_since_s = self._now()
        elif self._stage == "landed":
            self.landed_s = self._now()
        return self._stage

    def new_findings(self) -> list[Finding]:
        """What was noticed since the last look; those of the past that hold no longer are forgotten."""
        now_s = self._now()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return []
        self._looked_s = now_s
        found = {finding.name: finding for finding in self._look(now_s)}
        new = [finding for name, finding in found.items() if name not in self.findings]
        self.findings = found
        return new

    def _look(self, now_s: float) -> Iterator[Finding]:
        yield from of_links(self.links.health())
        wanted = insoles_wanted(self.live, self.protocol)
        unfelt = [name for name in wanted if not self.live.insoles[name].in_contact]
        self._unfelt_since_s = {name: self._unfelt_since_s.get(name, now_s) for name in unfelt}
        held = {name: now_s - since_s for name, since_s in self._unfelt_since_s.items()}
        yield from of_athlete(self.live, self.calibrations, held)
        if now_s - self._channels_s < CHANNELS_EVERY_S:
            kinds = ("saturated", "stuck", "open", "drifting")
            yield from (one for name, one in self.findings.items() if name.split(" ", 1)[0] in kinds)
            return
        self._channels_s = now_s
        for name, info in self.boards.items():
            frames = self.links.newest(name, CHANNELS_OVER_S)
            if frames is not None:
                yield from of_channels(info, frames, self.layouts.get(info.device_id))

    def measure_first(
        self, worker: Executor, metadata: Mapping[str, object], *, mass_kg: float | None, box_height_m: float | None
    ) -> None:
        """Begin to analyse what has arrived so far, in a worker, while the trial goes on."""
        raw = self.links.so_far(metadata)
        self._first = worker.submit(_analysed, raw, mass_kg, box_height_m)

    def first_numbers(self) -> tuple[TrialResult, ...] | None:
        """The provisional result once it is there, then no more; empty where nothing could be read."""
        if self._first is None or not self._first.done():
            return None
        done, self._first = self._first, None
        return done.result()


def _analysed(raw: RawRecording, mass_kg: float | None, box_height_m: float | None) -> tuple[TrialResult, ...]:
    try:
        from landing_lab.calibrate.recording import recording_from_raw
        from landing_lab.metrics.analyse import analyse

        return analyse(recording_from_raw(raw), mass_kg=mass_kg, box_height_m=box_height_m).trials
    except Exception:  # noqa: BLE001 - a foretaste never ends a recording; the final analysis says what is wrong
        return ()


def numbers_of(path: Path, *, mass_kg: float | None, box_height_m: float | None) -> Result:
    """The numbers of a raw file, those that `landing-lab analyse` gives for it."""
    from landing_lab.io.read import read
    from landing_lab.metrics.analyse import analyse

    return analyse(read(path), mass_kg=mass_kg, box_height_m=box_height_m)


def measured(
    file: TrialFile, watch: TrialWatch, *, mass_kg: float | None, box_height_m: float | None
) -> tuple[Result, tuple[Finding, ...]]:
    """The numbers of a file, and what speaks against the trial."""
    from landing_lab.io.formats.xdf import read_raw

    result = numbers_of(file.path, mass_kg=mass_kg, box_height_m=box_height_m)
    found = [
        *of_statistics(file.link_statistics, file.lost),
        # as they were when the trial ended: stopping the boards takes a while
        *(finding for finding in watch.findings.values() if finding.name.startswith(("silent ", "rate "))),
        *(finding for finding in of_links(watch.links.health()) if finding.name.startswith("silent ")),
        *of_result(result.trials, watch.protocol, watch.live, file.ended),
        *(
            finding
            for stream in read_raw(file.path).streams.values()
            for finding in of_channels(stream.info, stream.frames, watch.layouts.get(stream.info.device_id))
        ),
    ]
    return result, tuple({finding.name: finding for finding in found}.values())
