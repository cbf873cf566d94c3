"""A short look at how well boards stream: `landing-lab devices` shows it beside what they say of themselves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from landing_lab.errors import DeviceError
from landing_lab.model.device import Arrival, DeviceInfo, DeviceLink, LinkStats

PROBE_S = 1.2
"""Long enough to measure the rate of a converter at 10 SPS and the delays of half a second."""

SLOW_CONVERTER_SPS = 15.0
"""An HX711 gives 10 or 80 SPS (Avia datasheet), each a little off: what is slower than this runs at 10."""

_PINGS = 10
_POLL_S = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkQuality:
    """What a second of streaming showed; None where it could not be measured.

    rate_hz: of one channel, by the board's own clock. round_trip_ms: the shortest of several. problem: why there is
    nothing else.
    """

    frames_per_s: float | None = None
    rate_hz: float | None = None
    lost_frames: int | None = None
    bad_frames: int | None = None
    suspect_readings: int | None = None
    jitter_ms: float | None = None
    round_trip_ms: float | None = None
    problem: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(slots=True)
class _Probe:
    link: DeviceLink
    before: LinkStats
    arrivals: list[Arrival] = field(default_factory=list)
    round_trips_s: list[float] = field(default_factory=list)
    problem: str | None = None

    def turn(self, *, ping: bool) -> None:
        """Take what came."""
        if self.problem is not None:
            return
        try:
            self.arrivals += self.link.poll()
            if ping:
                self.link.send_ping()
        except DeviceError as error:
            self.problem = str(error)
        for note in self.link.take_notes():
            if note.kind == "pong":
                self.round_trips_s.append(float(note.facts["received_s"]) - float(note.facts["sent_s"]))


def probe_links(links: Sequence[DeviceLink], *, probe_s: float = PROBE_S) -> list[LinkQuality]:
    """Stream from all boards together for probe_s; one result for each link, whatever fails."""
    probes = [_Probe(link, link.stats.since(LinkStats())) for link in links]
    try:
        for probe in probes:
            try:
                probe.link.start()
            except DeviceError as error:
                probe.problem = str(error)
        began_s, pinged = time.monotonic(), 0
        while (elapsed_s := time.monotonic() - began_s) < probe_s:
            ping = elapsed_s >= pinged * probe_s / _PINGS
            pinged += ping
            for probe in probes:
                probe.turn(ping=ping)
            time.sleep(_POLL_S)
    finally:
        for probe in probes:
            try:
                probe.link.stop()
            except DeviceError as error:
                probe.problem = probe.problem or str(error)
            probe.turn(ping=False)
    return [_quality(probe) for probe in probes]


def _quality(probe: _Probe) -> LinkQuality:
    if not probe.arrivals:
        return LinkQuality(problem=probe.problem or "the board acknowledged the start and sent nothing")
    stats = probe.link.stats.since(probe.before)
    first, last = probe.arrivals[0], probe.arrivals[-1]
    span_s = (int(last.frames.ticks_us[-1]) - int(first.frames.ticks_us[0])) * 1e-6
    frames = sum(len(arrival.frames) for arrival in probe.arrivals)
    passed = frames + stats.lost_frames - 1
    per_frame = 1 if first.frames.channel is None else probe.link.info.n_channels
    time_s = last.time_s - first.time_s
    return LinkQuality(
        frames_per_s=round((frames - len(first.frames)) / time_s, 1) if time_s > 0 else None,
        rate_hz=round(passed / span_s / per_frame, 2) if span_s > 0 and passed > 0 else None,
        lost_frames=stats.lost_frames,
        bad_frames=stats.bad_frames,
        suspect_readings=stats.suspect_readings,
        jitter_ms=stats.jitter_ms,
        round_trip_ms=round(1e3 * min(probe.round_trips_s), 2) if probe.round_trips_s else None,
        problem=probe.problem,
    )


def rate_warning(info: DeviceInfo, quality: LinkQuality | None) -> str | None:
    """A sentence where a plate's converters run at the slow one of their two rates."""
    return slow_converters(info, None if quality is None else quality.rate_hz)


def slow_converters(info: DeviceInfo, measured_hz: float | None) -> str | None:
    """As rate_warning; measured_hz: readings a second of one cell, None where only the board's own word is known."""
    rate_hz = info.sample_rate_hz if measured_hz is None else measured_hz
    if info.sensor_kind != "hx711_plate" or rate_hz >= SLOW_CONVERTER_SPS:
        return None
    return (
        f"{info.device_id} gives {rate_hz:.3g} readings a second per cell instead of 80: the RATE pin of its HX711 "
        "modules is low; connect it to the supply (DVDD), or nothing fast can be seen"
    )
