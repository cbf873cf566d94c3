"""A raw recording of boards becomes a recording in newton on one time base."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from landing_lab.calibrate.clock import ClockFit, fit_clock
from landing_lab.calibrate.counts import fsr_force_n, load_cell_force_n
from landing_lab.errors import RecordingError
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, Gap
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import Clock, Recording, Sensor, Stream

HX711_BANDWIDTH_HZ = 18.0
"""-3 dB of a sinc4 filter at 80 SPS, the slower of the two the chip may have (hardware.md)."""

SIMULATED_ID = "SIM-"
"""How the id of every simulated board begins."""

MAX_MISSING_S = 60.0
"""A larger jump of the sequence number is a board that was restarted, not a gap to be filled with NaN."""


def recording_from_raw(raw: RawRecording, *, source: str = "recording") -> Recording:
    """Streams in newton (nominal where uncalibrated), each with its clock fitted; time 0 is the first sample.

    Raises RecordingError where no device sent a single frame.
    """
    filled = {name: stream for name, stream in raw.streams.items() if len(stream.frames) > 1}
    if not filled:
        raise RecordingError(
            "the recording holds no samples: no board sent anything before it ended; check the cables and repeat"
        )
    clocks = {name: fit_clock(stream.frames.ticks_us, stream.arrival_s) for name, stream in filled.items()}
    zero = min(float(clocks[name].to_host(stream.frames.ticks_us[:1])[0]) for name, stream in filled.items())
    notes = list(raw.notes)
    streams: dict[str, Stream] = {}
    for name, stream in filled.items():
        build = _plate_stream if stream.info.sensor_kind == "hx711_plate" else _insole_stream
        streams[name] = build(stream, clocks[name], zero)
        lost = sum(gap.n_samples for gap in streams[name].gaps)
        if lost:
            notes.append(f"{name}: {lost} samples were lost on the way and are shown as gaps.")
    notes.extend(f"{name}: nothing was received." for name in raw.streams if name not in filled)
    doubts = [doubt for doubt in (_ended_early(raw), *_clock_doubts(filled, clocks)) if doubt]
    notes.extend(doubts)
    return Recording(
        streams=streams,
        started_at=_text(raw.metadata.get("started_at")),
        provenance={
            **raw.metadata,
            "source": source,
            "notes": tuple(dict.fromkeys(notes)),
            "simulated": any(stream.info.device_id.startswith(SIMULATED_ID) for stream in raw.streams.values()),
            "doubt": "; ".join(doubts) or None,
        },
    )


def _ended_early(raw: RawRecording) -> str | None:
    """The sentence that a trial did not come to its end, as its links' footers tell; None where it did."""
    for name in raw.streams:
        link = raw.metadata.get(f"link_{name}")
        ended = str(link.get("ended", "complete")) if isinstance(link, Mapping) else "complete"
        if ended not in ("complete", "time limit"):
            return f"the recording ended early: {ended}"
    return None


def _clock_doubts(streams: Mapping[str, RawStream], clocks: Mapping[str, ClockFit]) -> list[str]:
    """A sentence for each board that disagrees with this computer on how fast time passes."""
    return [
        f"the clock of {stream.info.device_id} and that of this computer disagree on how fast time passes (the "
        "computer was too busy, or the board does not run at the rate it says): times are the board's own and in doubt"
        for name, stream in streams.items()
        if not clocks[name].credible
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _clock(fit: ClockFit) -> Clock:
    return Clock(
        source="line through the least delayed arrivals of the recording", drift_ppm=fit.drift_ppm, offset_sd_s=fit.sd_s
    )


def _insole_stream(stream: RawStream, fit: ClockFit, zero_s: float) -> Stream:
    """Scans on the regular grid of their sequence numbers; scans that never arrived are NaN rows and gaps."""
    frames, info = stream.frames, stream.info
    first = int(frames.sequence[0])
    step_s = _scan_interval_s(stream) * fit.rate
    row = frames.sequence - first
    length = int(row[-1]) + 1
    # By the nominal rate: a jump of the sequence number would also make the fitted scan interval short.
    if (np.diff(row) <= 0).any() or length > len(frames) + MAX_MISSING_S * info.sample_rate_hz:
        raise RecordingError(
            f"the sequence numbers of {info.kind} {info.device_id} jump by {length - len(frames)}; the board was "
            "restarted in the middle; repeat the trial"
        )
    samples = np.full((length, info.n_channels), np.nan)
    samples[row] = fsr_force_n(frames.counts)
    start_s = float(np.median(fit.to_host(frames.ticks_us) - row * step_s)) - zero_s
    return Stream(
        samples=samples,
        sample_rate_hz=1.0 / step_s,
        times_s=start_s + np.arange(length, dtype=np.float64) * step_s,
        layout=_insole_layout(info),
        sensor=Sensor(
            kind="fsr_insole",
            description=f"FSR insole {info.device_id} ({info.n_channels} cells, uncalibrated)",
            calibrated=False,
        ),
        clock=_clock(fit),
        gaps=_gaps(row.tolist()),
    )


def _scan_interval_s(stream: RawStream) -> float:
    """Device time per scan, from the whole recording: a single time stamp is late by up to a loop of the board."""
    frames = stream.frames
    scans = int(frames.sequence[-1] - frames.sequence[0])
    elapsed = (frames.ticks_us[-1] - frames.ticks_us[0]) * 1e-6
    return float(elapsed / scans) if scans > 0 and elapsed > 0 else 1.0 / stream.info.sample_rate_hz


def _gaps(rows: list[int]) -> tuple[Gap, ...]:
    return tuple(
        Gap(sample=after, n_samples=after - before - 1, reason="lost on the way")
        for before, after in itertools.pairwise(rows)
        if after > before + 1
    )


def _insole_layout(info: DeviceInfo) -> ChannelLayout:
    named = info.n_channels == len(nominal.INSOLE_CELLS)
    return ChannelLayout(
        tuple(
            Channel(
                name=nominal.INSOLE_CELL_NAMES[cell] if named else f"cell_{cell + 1}",
                quantity="force",
                unit="N",
                side=info.placement,
                position_mm=nominal.insole_position_mm(nominal.INSOLE_CELLS[cell]) if named else None,
            )
            for cell in range(info.n_channels)
        )
    )


def _plate_stream(stream: RawStream, fit: ClockFit, zero_s: float) -> Stream:
    """One row per reading at its own instant; suspect and not-ready readings are left out."""
    frames, info = stream.frames, stream.info
    channel = frames.channel if frames.channel is not None else np.zeros(len(frames), dtype=np.int64)
    good = np.flatnonzero((frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0)
    order = good[np.argsort(frames.ticks_us[good], kind="stable")]
    # Two converters can be ready in the same microsecond; times must increase, so the later row moves by a nanosecond.
    times = fit.to_host(frames.ticks_us[order]) - zero_s + np.arange(len(order)) * 1e-9
    samples = np.full((len(order), info.n_channels), np.nan)
    column = channel[order]
    samples[np.arange(len(order)), column] = load_cell_force_n(frames.counts[order, column])
    elapsed = float(times[-1] - times[0]) if len(times) > 1 else 0.0
    active = max(1, len(np.unique(column)))
    rate = (len(order) - 1) / active / elapsed if elapsed > 0 else info.sample_rate_hz
    return Stream(
        samples=samples,
        sample_rate_hz=rate,
        times_s=times,
        layout=_plate_layout(info),
        sensor=Sensor(
            kind="hx711_plate",
            description=f"load-cell plate {info.device_id} ({active} HX711 at {rate:.1f} SPS, uncalibrated)",
            bandwidth_hz=HX711_BANDWIDTH_HZ,
            calibrated=False,
        ),
        clock=_clock(fit),
        free_running=True,
    )


def _plate_layout(info: DeviceInfo) -> ChannelLayout:
    """Cells of a board: with eight, the first four carry the left foot and the last four the right."""
    channels = []
    for cell in range(info.n_channels):
        both = info.placement == "total" and info.n_channels == 2 * len(nominal.PLATE_CELLS_MM)
        side: Side = ("left" if cell < len(nominal.PLATE_CELLS_MM) else "right") if both else info.placement
        position = nominal.PLATE_CELLS_MM[cell % len(nominal.PLATE_CELLS_MM)]
        channels.append(Channel(name=f"cell_{cell + 1}", quantity="force", unit="N", side=side, position_mm=position))
    return ChannelLayout(tuple(channels))
