"""From what boards send during a trial to what the page draws: force per foot and in total, and both soles."""

from __future__ import annotations

import math
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from landing_lab.app.web.live.clock import BoardClock, of_one_clock
from landing_lab.app.web.live.plates import Plates
from landing_lab.app.web.live.soles import LiveSole
from landing_lab.app.web.live.sources import INSOLES, SERIES, Source, calibration_that_holds, sources_of
from landing_lab.app.web.live.strip import BIN_S, Strip
from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import FloatArray, joined
from landing_lab.model.channels import Side
from landing_lab.report.pressure_scale import RELATIVE, PressureScale, scale_of

if TYPE_CHECKING:
    from landing_lab.app.record.trial import TrialWatch
    from landing_lab.model.blocks import FrameBlock

SETTLE_S: Final = 2.0
"""So long after the first arrival of a trial its samples are drawn anew where a less delayed arrival shows that the
ones before came late (choice: a busy computer's worst stall at the start of a trial is over by then)."""

LATE_S: Final = BIN_S / 2.0
"""An arrival less delayed by more than this moves what is drawn: half a bin."""

_FAINT_KPA: Final = 1.0
"""Highest pressure so far below which a foot has not been loaded: noise is not coloured as if it were."""


@dataclass(slots=True)
class LiveFeed:
    """Follows the trials of a session; `take` is called in the thread that records, under `lock` as all reading is.

    strip: what each series reads before its zero is taken away, so that a zero that becomes known later holds for
    what was drawn before. zero_n: of each series, NaN before the first reading. zero_known: whether they stand, or are
    only the lowest so far. newest_s: time of the newest sample on the computer's clock. setup: grows with each trial.
    """

    strip: Strip = field(default_factory=lambda: Strip(len(SERIES)))
    soles: dict[str, LiveSole] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    scale: PressureScale = RELATIVE
    newest_s: float = 0.0
    zero_n: list[float] = field(default_factory=lambda: [float("nan")] * len(SERIES))
    zero_known: bool = False
    peak_sides: tuple[Side, ...] = ()
    setup: int = 0
    revision: int = 0
    number: int = field(default_factory=lambda: secrets.randbits(31))
    lock: threading.Lock = field(default_factory=threading.Lock)
    _plates: Plates = field(default_factory=Plates)
    _clocks: dict[str, BoardClock] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _begun_s: float = float("inf")
    _settling: bool = True
    _early: list[tuple[str, list[int], FloatArray, FloatArray]] = field(default_factory=list)
    _watch: TrialWatch | None = None

    def take(self, watch: TrialWatch) -> bool:
        """Take in what has come since the last call; True where something had."""
        with self.lock:
            if watch is not self._watch:
                self._begin(watch)
            came = [name for name in watch.boards if self._take_board(watch, name)]
            if came:
                self._zero(watch)
                self.revision += 1
        return bool(came)

    def _begin(self, watch: TrialWatch) -> None:
        """Another trial: boards may be others, or calibrated since."""
        self._watch, self._seen, self._early = watch, {}, []
        self._begun_s, self._settling = math.inf, True
        self._clocks = {name: BoardClock() for name in watch.boards}
        self._plates, before, self.soles = Plates(), self.soles, {}
        for name, info in watch.boards.items():
            found = calibration_that_holds(info, watch.calibrations.get(info.device_id), watch.layouts)
            if info.sensor_kind in INSOLES:
                sole = self.soles[name] = LiveSole(info, found, watch.layouts.get(info.device_id))
                if name in before and before[name].calibrated == sole.calibrated:
                    sole.highest_kpa = before[name].highest_kpa  # colours compare over a session
                continue
            try:
                self._plates.follow(name, info, found)
            except CalibrationError:  # nobody knows what its counts are in newton: nothing is drawn of it
                continue
        self.sources = sources_of(watch.boards, watch.calibrations, watch.layouts)
        self.scale = scale_of([sole.calibrated for sole in self.soles.values()] or [False])
        self.peak_sides = watch.live.peaks.sides
        self.setup += 1

    def _take_board(self, watch: TrialWatch, name: str) -> bool:
        arrivals = watch.links.arrivals_from(name, self._seen.get(name, 0))
        if not arrivals:
            return False
        self._seen[name] = self._seen.get(name, 0) + len(arrivals)
        clock = self._clocks[name]
        before_s, restarts = clock.offset_s, clock.restarts
        blocks: list[FrameBlock] = []
        for arrival in arrivals:
            for frames in of_one_clock(arrival.frames):
                heard_s = float(frames.ticks_us[-1]) * 1e-6
                if clock.began_anew(heard_s):
                    if blocks:
                        self._draw(name, joined(blocks))
                    blocks = []
                blocks.append(frames)
                clock.heard(heard_s, arrival.time_s)
        self._begun_s = min(self._begun_s, arrivals[0].time_s)
        self._draw(name, joined(blocks))
        if arrivals[-1].time_s - self._begun_s > SETTLE_S or clock.restarts != restarts:
            self._settling = False
            self._early.clear()
        elif math.isfinite(before_s) and before_s - clock.offset_s > LATE_S:
            self._draw_anew()
        return True

    def _draw(self, name: str, frames: FrameBlock) -> None:
        """Add what a board says to the series that it tells."""
        offset_s = self._clocks[name].offset_s
        sole = self.soles.get(name)
        if sole is not None:
            total = sole.feed(frames)
            mine = [series for series, source in enumerate(self.sources) if source.board == name]
            if mine:
                self._add(name, mine, np.asarray(frames.ticks_us * 1e-6), total[:, None])
        elif name in self._plates and (told := self._plates.feed(name, frames)) is not None:
            kept = [k for k, side in enumerate(told.sides) if self.sources[SERIES.index(side)].sensor == "plate"]
            series = [SERIES.index(told.sides[k]) for k in kept]
            self._add(name, series, told.ticks_s, told.force_n[:, kept])
        self.newest_s = max(self.newest_s, float(frames.ticks_us[-1]) * 1e-6 + offset_s)

    def _add(self, name: str, series: list[int], ticks_s: FloatArray, force_n: FloatArray) -> None:
        self.strip.add(series, ticks_s + self._clocks[name].offset_s, force_n)
        if self._settling and len(ticks_s):
            self._early.append((name, series, ticks_s, force_n))

    def _draw_anew(self) -> None:
        """Draw the trial so far by clocks that are known better."""
        if not self._early:
            return
        first_s = min(float(ticks_s[0]) + self._clocks[name].offset_s for name, _, ticks_s, _ in self._early)
        self.strip.clear(min(first_s, self._begun_s - SETTLE_S / 2.0))
        for name, series, ticks_s, force_n in self._early:
            self.strip.add(series, ticks_s + self._clocks[name].offset_s, force_n)

    def _zero(self, watch: TrialWatch) -> None:
        """What each series reads when nobody is there, as the live trial knows it now."""
        load = watch.live.load
        self.zero_known = watch.live.zero_known
        for series, source in enumerate(self.sources):
            zero_n = load.empty_total_n if source.side == "total" else load.empty_sides_n.get(source.side, float("inf"))
            if source.sensor == "insole":
                zero_n = self.soles[source.board].zero_n
            self.zero_n[series] = zero_n if math.isfinite(zero_n) else math.nan

    def shown_pressure(self, sole: LiveSole) -> FloatArray:
        """Pressure of each cell as it is coloured, (c,): kPa, or per cent of the foot's highest cell so far."""
        highest = sole.highest_kpa if sole.highest_kpa > _FAINT_KPA else 0.0
        return self.scale.values(sole.kpa, highest)
