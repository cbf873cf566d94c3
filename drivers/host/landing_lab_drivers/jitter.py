"""How late bytes arrive: measured while they stream, in memory that does not grow."""

from __future__ import annotations

from landing_lab.model.device import DELAY_STEP_MS, LinkStats

# Long enough for many arrivals, short enough that a board's clock runs evenly in it.
_WINDOW_S = 0.5
_LEAST_ARRIVALS = 8
_MOST_ARRIVALS = 4096
# Later than ten seconds is all the same, and bounds the memory.
_LATEST_STEP = round(10_000 / DELAY_STEP_MS)


class ArrivalDelays:
    """Counts into stats.delays by how much the oldest frame of each arrival came later than the least delayed ones.

    The least delayed arrivals of both halves of half a second give a line from board time to host time, so neither the
    error of the board's clock nor the pace of a simulation counts as delay.
    """

    def __init__(self, stats: LinkStats) -> None:
        self._stats = stats
        self._arrivals: list[tuple[float, float, float]] = []

    def arrived(self, time_s: float, oldest_us: int, newest_us: int) -> None:
        """Frames with these unwrapped ticks arrived together."""
        arrivals = self._arrivals
        if arrivals and (time_s - arrivals[0][0] >= _WINDOW_S or len(arrivals) >= _MOST_ARRIVALS):
            self._count(arrivals)
            arrivals.clear()
        newest_s = newest_us * 1e-6
        arrivals.append((time_s, time_s - oldest_us * 1e-6, time_s - newest_s))

    def pause(self) -> None:
        """The stream was interrupted: what follows stands on no line with what came before."""
        self._arrivals.clear()

    def _count(self, arrivals: list[tuple[float, float, float]]) -> None:
        if len(arrivals) < _LEAST_ARRIVALS:
            return
        middle = len(arrivals) // 2
        first, last = (min(half, key=_newest_delay) for half in (arrivals[:middle], arrivals[middle:]))
        slope = (last[2] - first[2]) / (last[0] - first[0]) if last[0] > first[0] else 0.0
        delays = self._stats.delays
        for time_s, oldest_s, _ in arrivals:
            late_s = oldest_s - first[2] - slope * (time_s - first[0])
            step = min(_LATEST_STEP, max(0, round(late_s * 1e3 / DELAY_STEP_MS)))
            delays[step] = delays.get(step, 0) + 1


def _newest_delay(arrival: tuple[float, float, float]) -> float:
    return arrival[2]
