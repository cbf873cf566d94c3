"""What is going on right now: where the athlete is, and when a trial is complete.

The measured values never come from here: the file is analysed afterwards.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from landing_lab.app.live.insole import LiveInsole
from landing_lab.app.live.load import LiveLoad
from landing_lab.app.live.peaks import LivePeaks
from landing_lab.app.record.protocols import Start
from landing_lab.model.calibration import Calibration
from landing_lab.model.channels import Side
from landing_lab.model.device import Arrival, DeviceInfo

Stage: TypeAlias = Literal["boards", "stand", "weighed", "armed", "moving", "landed", "complete"]
"""boards: nothing heard yet. stand: to stand still, or to step on. weighed: to go up. armed: to begin.

moving: between the first touchdown or take-off and the landing. landed: to stand still until the end.
"""

LOADED_N = 150.0
"""Plate load above the emptiest seen so far that counts as a person."""

QUIET_RANGE_N = 60.0
"""Range of the total within a second up to which a person stands still (choice; sway is some 10 N, HX711 noise 1 N)."""

LEAST_WEIGHT_N = 200.0
"""What weighs less is no athlete: a foot that has left the plates, or a zero that is still coming down."""

ZERO_MOVED_N, ZERO_HELD_S = 30.0, 0.5
"""The zero is known once the emptiest level has not come down by more than this for so long."""

LONGEST_FLIGHT_S = 1.2
"""Plates empty for longer than this: nobody is in the air."""

LONGEST_CONTACT_S = 1.6
"""A first contact held for longer is no stance of a drop jump: the person stays."""


@dataclass(slots=True)
class LiveTrial:
    """Follows one trial while it is recorded and says when it is complete.

    Complete: after the last touchdown of the protocol the plates stayed loaded for stand_s (the quiet stance that
    weighs the person and the 3 s over which coming to rest is judged) and the last second was quiet, which it may
    take patience_s more to become. start: "box" arms on empty plates, "plates" on quiet stance. load and weight_n may
    come from the trial before (`next`). Without a plate a trial ends by time or by hand.
    """

    start: Start = "box"
    n_touchdowns: int = 2
    weigh_s: float = 1.5
    empty_s: float = 0.6
    landed_s: float = 0.6
    stand_s: float = 3.3
    patience_s: float = 3.0
    stage: Stage = "boards"
    load: LiveLoad = field(default_factory=LiveLoad)
    insoles: dict[str, LiveInsole] = field(default_factory=dict)
    peaks: LivePeaks = field(default_factory=LivePeaks)
    weight_n: float | None = None
    touchdowns: int = 0
    zero_known: bool = False
    problem: str | None = None
    """Why the trial ended without its quiet end, None while and where it did not."""
    _weighed_total: float | None = None
    _zero_n: float = float("inf")
    _zero_since_s: float = float("-inf")
    _armed_at_n: float = float("-inf")
    _since_s: float | None = None
    _loaded: bool = False
    _recent: deque[tuple[float, float]] = field(default_factory=deque)

    def follow(
        self, name: str, info: DeviceInfo, calibration: Calibration | None = None, *, doubt: str | None = None
    ) -> None:
        """Prepare for one device: compiles the detector before the first sample arrives.

        doubt: the sentence why its calibration may not hold now.
        """
        self.peaks.follow(name, info, calibration, doubt=doubt)
        if info.sensor_kind == "fsr_insole":
            self.insoles[name] = LiveInsole.of(info, calibration)
        else:
            self.load.follow(name, info, calibration)

    def next(self) -> LiveTrial:
        """A fresh one for the next trial of the same athlete on the same plates."""
        return LiveTrial(
            start=self.start,
            n_touchdowns=self.n_touchdowns,
            load=self.load.next(),
            weight_n=self.weight_n,
            zero_known=self.zero_known and self.load.knows_empty,
            _zero_n=self._zero_n,
        )

    @property
    def load_n(self) -> float:
        """Force on the plates above the emptiest seen."""
        return self.load.above_empty_n

    @property
    def feet_n(self) -> Mapping[Side, float]:
        """The same per side, only where what empty reads is known."""
        return self.load.sides_n if self.zero_known else {}

    @property
    def feet(self) -> str:
        """Which insoles feel the ground right now, in words."""
        felt = [name.removeprefix("insole_") for name, insole in self.insoles.items() if insole.in_contact]
        return " and ".join(felt) or "none"

    @property
    def contacts(self) -> int:
        """Touchdowns that the insoles have felt so far."""
        return sum(insole.contacts for insole in self.insoles.values())

    @property
    def quiet(self) -> bool:
        """Whether the last second of the total was that of a person who stands still."""
        if not self._recent or self._recent[-1][0] - self._recent[0][0] < 0.9:
            return False
        totals = [total for _, total in self._recent]
        return max(totals) - min(totals) <= QUIET_RANGE_N

    def on_arrival(self, name: str, arrival: Arrival) -> bool:
        """Take new frames in; True once the trial is complete."""
        if len(arrival.frames):
            self.peaks.feed(name, arrival)
            insole = self.insoles.get(name)
            if insole is not None:
                insole.feed(arrival.frames)
            else:
                for time_s in self.load.feed(name, arrival.frames):
                    if self.stage == "complete":
                        break
                    self._reading(time_s)
        return self.stage == "complete"

    def _reading(self, time_s: float) -> None:
        """One more state of the plates, at a time of the first plate's clock."""
        total = self.load.total_n
        self._recent.append((time_s, total))
        while self._recent[0][0] < time_s - 1.0:
            self._recent.popleft()
        if self._armed_at_n - self.load.empty_total_n > LOADED_N:
            # What was taken for empty was a person who stood there: nothing so far was a trial.
            self._armed_at_n, self.touchdowns, self.stage = float("-inf"), 0, "stand"
        self._zero(time_s)
        loaded = self.load_n > LOADED_N
        held = time_s - (time_s if self._since_s is None else self._since_s)
        if loaded != self._loaded or self._since_s is None:
            self._changed(held, loaded=loaded)
            self._loaded, self._since_s, held = loaded, time_s, 0.0
        self._weigh(held)
        if self.start == "box":
            self._from_box(held)
        else:
            self._from_plates(held)

    def _zero(self, time_s: float) -> None:
        """Whether the emptiest level is one that stands: while the athlete steps off it comes down with the load."""
        if self.load.empty_total_n < self._zero_n - ZERO_MOVED_N:
            self._zero_n, self._zero_since_s = self.load.empty_total_n, time_s
        self.zero_known = self.load.knows_empty and time_s - self._zero_since_s >= ZERO_HELD_S

    def _changed(self, held_s: float, *, loaded: bool) -> None:
        """The plates became loaded or empty, after held_s of the other."""
        if not loaded:
            if self.start == "plates" and self.stage == "armed":
                self.stage = "moving"
            return
        if self.start == "box" and self.stage != "armed" and not self.touchdowns and held_s >= self.empty_s:
            self.stage = "armed"  # the athlete was on the box from the beginning
            self._armed_at_n = self.load.empty_total_n
        if self.stage in ("armed", "moving") and (self.start == "box" or held_s <= LONGEST_FLIGHT_S):
            self.stage = "moving"
            self.touchdowns += 1

    def _weigh(self, held_s: float) -> None:
        """Body weight from quiet standing before the trial; kept as a total until it is known what empty reads."""
        standing = self._loaded or not self.load.knows_empty
        if self.stage in ("boards", "stand", "weighed") and standing and held_s >= self.weigh_s and self.quiet:
            self._weighed_total = sum(total for _, total in self._recent) / len(self._recent)
        if self._weighed_total is not None and self.zero_known:
            weight = self._weighed_total - self.load.empty_total_n
            if weight >= LEAST_WEIGHT_N:
                self.weight_n = weight
            else:
                self._weighed_total = None

    def _from_box(self, held_s: float) -> None:
        if not self._loaded and self.zero_known and held_s >= (LONGEST_FLIGHT_S if self.touchdowns else self.empty_s):
            self._left("armed")
        elif self.stage in ("boards", "stand", "weighed"):
            self.stage = "weighed" if self._weighed_total is not None else "stand"
        else:
            self._landing(held_s)

    def _from_plates(self, held_s: float) -> None:
        if not self._loaded and self.load.knows_empty and held_s > LONGEST_FLIGHT_S:
            self._left("stand")
        elif self.stage in ("boards", "stand"):
            ready = self._loaded and held_s >= self.weigh_s and self.quiet
            self.stage = "armed" if ready else "stand"
        else:
            self._landing(held_s)

    def _left(self, stage: Stage) -> None:
        """The plates have been empty for longer than any flight."""
        if self.stage == "landed":
            self.problem = "the plates were left before the person had stood still on them"
            self.stage = "complete"
        else:
            self.stage, self.touchdowns = stage, 0

    def _landing(self, held_s: float) -> None:
        if not self._loaded or not self.touchdowns:
            return
        if held_s >= (self.landed_s if self.touchdowns >= self.n_touchdowns else LONGEST_CONTACT_S):
            self.stage = "landed"
        if held_s < self.stand_s:
            return
        if self.quiet:
            self.stage = "complete"
        elif held_s >= self.stand_s + self.patience_s:
            self.problem = "the person did not come to stand still after the landing"
            self.stage = "complete"
