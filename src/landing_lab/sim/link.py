"""What goes wrong between a board and the host, as part of the known truth of a simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFaults:
    """Faults of one link; the default is a perfect one.

    lose_fraction, corrupt_fraction: share of measurement frames that vanish, or arrive with one bit flipped.
    jitter_ms: largest extra delay by which the operating system holds bytes back before it hands them on together.
    unplug_after_s, reset_after_s: scene time after START at which the port vanishes, or the board restarts
    once (silent, clock and sequence from zero). return_after_s: the port is there again so long after it vanished
    (wall-clock seconds), the board restarted and in step with the scene; None: it is gone for good. It vanishes once.
    return_elsewhere: then under another url. boot_s: how long a board ignores requests after the port was opened
    and after a reset. silent: it never answers.
    """

    seed: int = 0
    lose_fraction: float = 0.0
    corrupt_fraction: float = 0.0
    jitter_ms: float = 0.0
    unplug_after_s: float | None = None
    return_after_s: float | None = None
    return_elsewhere: bool = False
    reset_after_s: float | None = None
    boot_s: float = 0.0
    silent: bool = False

    def __post_init__(self) -> None:
        for name in ("lose_fraction", "corrupt_fraction"):
            share = getattr(self, name)
            if not 0.0 <= share <= 1.0:
                raise ParameterError(f"{name} must be a share; got {share}; give a number from 0 to 1")
        for name in ("jitter_ms", "unplug_after_s", "return_after_s", "reset_after_s", "boot_s"):
            duration = getattr(self, name)
            if duration is not None and not 0.0 <= duration < np.inf:
                raise ParameterError(f"{name} must be a duration; got {duration}; give zero or more")

    def damage(self, frames: Sequence[bytes], *stretch: int) -> list[bytes]:
        """The frames as they arrive: b"" where one was lost, one bit flipped where one was damaged.

        stretch: running numbers that tell this part of the stream from all others, so that the same part always
        suffers the same faults, whatever the pace at which it is played.
        """
        damaged = list(frames)
        if not (self.lose_fraction or self.corrupt_fraction):
            return damaged
        draw = np.random.default_rng([self.seed, *stretch]).random((3, len(damaged)))
        for index in np.flatnonzero(draw[0] < self.corrupt_fraction).tolist():
            spoiled = bytearray(damaged[index])
            bit = int(draw[1, index] * 8 * len(spoiled))
            spoiled[bit // 8] ^= 1 << bit % 8
            damaged[index] = bytes(spoiled)
        for index in np.flatnonzero(draw[2] < self.lose_fraction).tolist():
            damaged[index] = b""
        return damaged
