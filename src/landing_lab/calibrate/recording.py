"""A raw recording of boards becomes a recording in newton on one time base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from landing_lab.calibrate.alignment import align, alignment_note, edge_notes, restart_notes
from landing_lab.calibrate.applied import AppliedCalibration, applied_calibration
from landing_lab.calibrate.channel_parts import frozen_scans, reversed_cells
from landing_lab.calibrate.channels import channel_faults
from landing_lab.calibrate.clock import ClockFit
from landing_lab.calibrate.clock_segments import LOST, reading_gaps, scan_gaps
from landing_lab.calibrate.convert import cell_limits_n, counts_to_newton, saturated
from landing_lab.calibrate.fast_plate import clock_of, fast_plate_stream, scan_grid
from landing_lab.calibrate.layouts import cells_of, insole_layout, plate_layout
from landing_lab.errors import RecordingError
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FloatArray
from landing_lab.model.calibration import Calibration, as_document
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import Recording, Sensor, Stream

HX711_BANDWIDTH_HZ = 18.0
"""-3 dB of a sinc4 filter at 80 SPS, the slower of the two the chip may have (hardware.md)."""

SIMULATED_ID = "SIM-"
"""How the id of every simulated board begins."""


def recording_from_raw(
    raw: RawRecording, *, source: str = "recording", calibrations: Iterable[Calibration] | None = None
) -> Recording:
    """Streams in newton (nominal where uncalibrated), each with its clock fitted; time 0 is the first sample.

    calibrations: those to use in place of the recording's own; an empty list for none, None for its own.
    Raises RecordingError where no device sent a single frame.
    """
    if calibrations is not None:
        documents = {one.device_id: as_document(one) for one in calibrations}
        raw = replace(raw, metadata={**raw.metadata, "calibrations": documents})
    timeless, filled = _timed(raw)
    if timeless and not filled:
        raise RecordingError(f"the times of arrival of {', '.join(timeless)} are no numbers; repeat the trial")
    if not filled:
        raise RecordingError(
            "the recording holds no samples: no board sent anything before it ended; check the cables and repeat"
        )
    clocks = align(filled)
    zero = _zero_s(filled, clocks)
    notes = [*raw.notes, *filter(None, [alignment_note(clocks)]), *edge_notes(filled, clocks), *restart_notes(clocks)]
    streams: dict[str, Stream] = {}
    for name, stream in filled.items():
        streams[name], told = _in_newton(stream, raw, clocks[name], zero)
        notes += told
        lost = sum(gap.n_samples for gap in streams[name].gaps if gap.reason == LOST)
        if lost:
            notes.append(f"{name}: {lost} samples were lost on the way and are shown as gaps.")
    notes.extend(f"{name}: left out, its times of arrival are no numbers; repeat the trial." for name in timeless)
    notes.extend(f"{name}: nothing was received." for name in raw.streams if name not in {*filled, *timeless})
    doubts = [doubt for doubt in (_ended_early(raw), _twins(filled), *_clock_doubts(filled, clocks)) if doubt]
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
            "clocks": {name: fit.facts() for name, fit in clocks.items()},
            **_lsl_zero(raw, zero),
        },
    )


def frame_times_s(raw: RawRecording) -> dict[str, FloatArray]:
    """When each frame was taken, (n,) s on the times of `recording_from_raw`; of streams that have times."""
    _, filled = _timed(raw)
    if not filled:
        return {}
    clocks = align(filled)
    zero_s = _zero_s(filled, clocks)
    return {name: clocks[name].to_host(stream.frames.ticks_us) - zero_s for name, stream in filled.items()}


def _timed(raw: RawRecording) -> tuple[list[str], dict[str, RawStream]]:
    """Streams whose times of arrival are no numbers, and those that can be used."""
    timeless = [name for name, stream in raw.streams.items() if not np.isfinite(stream.arrival_s).all()]
    return timeless, {name: one for name, one in raw.streams.items() if len(one.frames) > 1 and name not in timeless}


def _zero_s(streams: Mapping[str, RawStream], clocks: Mapping[str, ClockFit]) -> float:
    """The first sample of all, on the clock of the host."""
    return min(float(clocks[name].to_host(stream.frames.ticks_us[:1])[0]) for name, stream in streams.items())


def _lsl_zero(raw: RawRecording, zero_s: float) -> dict[str, object]:
    """Where time 0 lies on the clock of the lab streaming layer, for a recording that came through it."""
    offset_s = raw.metadata.get("lsl_minus_host_s")
    return {"lsl_time_of_zero_s": zero_s + offset_s} if isinstance(offset_s, float) else {}


def _in_newton(stream: RawStream, raw: RawRecording, fit: ClockFit, zero_s: float) -> tuple[Stream, list[str]]:
    """One board's stream through its calibration, and what there is to say of it."""
    applied = applied_calibration(stream.info, raw)
    insole, slow = (stream.info.sensor_kind == kind for kind in ("fsr_insole", "hx711_plate"))
    cells, unfit = cells_of(stream.info, raw.metadata.get("insole_layouts")) if insole else (None, None)
    faults = [fault.sentence for fault in channel_faults(stream.info, stream.frames, cells)]
    faults += _frozen(stream) if insole else _reversed(stream, applied) if slow else []
    held = saturated(stream.info, applied.calibration, stream.frames.counts, cells)
    faults += [held] if held else []
    notes = [applied.note] if applied.note else []
    notes += [f"{fault}." for fault in (*faults, unfit) if fault]
    doubt = "; ".join(filter(None, (applied.doubt, *faults)))
    if stream.info.sensor_kind == "hx711_plate":
        return _plate_stream(stream, fit, zero_s, applied, doubt), notes
    if stream.info.sensor_kind == "force_plate":
        return fast_plate_stream(stream, fit, zero_s, applied, doubt), notes
    return _insole_stream(stream, fit, zero_s, applied, doubt, cells), notes


def _twins(streams: Mapping[str, RawStream]) -> str | None:
    """The sentence that two insoles sent the very same counts; None where they did not."""
    insoles = [stream for stream in streams.values() if stream.info.sensor_kind == "fsr_insole"]
    for first, second in combinations(insoles, 2):
        one, other = first.frames.counts, second.frames.counts
        if one.shape == other.shape and np.ptp(one) > 0 and np.array_equal(one, other):
            return (
                f"{first.info.device_id} and {second.info.device_id} sent the very same counts: one board was recorded "
                "twice; check which port each insole is on, and repeat the trial"
            )
    return None


def _frozen(stream: RawStream) -> list[str]:
    """The sentence that all cells of an insole stood still, and from when on."""
    frozen = np.flatnonzero(frozen_scans(stream.frames.counts, stream.info.sample_rate_hz))
    if not len(frozen):
        return []
    first_s = 1e-6 * float(stream.frames.ticks_us[frozen[0]] - stream.frames.ticks_us[0])
    share = 100.0 * len(frozen) / len(stream.frames)
    told = (
        f"every cell of {stream.info.device_id} stands still from {first_s:.1f} s on ({share:.0f} % of the recording)"
    )
    return [f"{told}, which is taken as missing; check its board and repeat the trial"]


def _reversed(stream: RawStream, applied: AppliedCalibration) -> list[str]:
    """Sentences on load cells that read less under load."""
    info, frames = stream.info, stream.frames
    good = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0
    channel = frames.channel if frames.channel is not None else np.zeros(len(frames), dtype=np.int64)
    samples_n = counts_to_newton(info, applied.calibration)(frames.counts[good])
    return reversed_cells(plate_layout(info), samples_n, channel[good], info.device_id)


def _ended_early(raw: RawRecording) -> str | None:
    """The sentence that a trial did not come to its end, as its links' footers tell; None where it did."""
    for name in raw.streams:
        link = raw.metadata.get(f"link_{name}")
        ended = str(link.get("ended", "complete")) if isinstance(link, Mapping) else "complete"
        if ended not in ("complete", "time limit"):
            return f"the recording ended early: {ended}"
    return None


def _clock_doubts(streams: Mapping[str, RawStream], clocks: Mapping[str, ClockFit]) -> list[str]:
    """A sentence for each board that disagrees with this computer on how fast time passes, or with other boards."""
    return [fit.doubt for fit in clocks.values() if fit.doubt] + [
        f"the clock of {stream.info.device_id} and that of this computer disagree on how fast time passes (the "
        "computer was too busy, or the board does not run at the rate it says): times are the board's own and in doubt"
        for name, stream in streams.items()
        if not clocks[name].credible
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _insole_stream(
    stream: RawStream,
    fit: ClockFit,
    zero_s: float,
    applied: AppliedCalibration,
    doubt: str,
    cells: InsoleLayout | None,
) -> Stream:
    """Scans on the regular grid of their sequence numbers; scans that never arrived are NaN rows and gaps."""
    frames, info = stream.frames, stream.info
    row, length, step_s = scan_grid(stream, fit)
    samples = np.full((length, info.n_channels), np.nan)
    samples[row] = counts_to_newton(info, applied.calibration)(frames.counts)
    samples[row[frozen_scans(frames.counts, info.sample_rate_hz)]] = np.nan
    start_s = float(np.median(fit.to_host(frames.ticks_us) - row * step_s)) - zero_s
    return Stream(
        samples=samples,
        sample_rate_hz=1.0 / step_s,
        times_s=start_s + np.arange(length, dtype=np.float64) * step_s,
        layout=insole_layout(info, cells, applied.arms_mm),
        sensor=_insole_sensor(info, applied, doubt, cells),
        clock=clock_of(fit),
        gaps=scan_gaps(row, frames.ticks_us, fit),
    )


def _insole_sensor(info: DeviceInfo, applied: AppliedCalibration, doubt: str, cells: InsoleLayout | None) -> Sensor:
    return Sensor(
        kind="fsr_insole",
        description=f"FSR insole {info.device_id} ({info.n_channels} cells, {applied.told})",
        calibrated=applied.calibration is not None,
        scale_sd_fraction=applied.relative_sd,
        doubt=doubt or None,
        insole=cells,
        cell_limit_n=cell_limits_n(info, applied.calibration),
        cell_weight=applied.cell_weight,
        cop_sd_mm=applied.cop_sd_mm,
        turn_sd_deg=applied.turn_sd_deg,
        place_doubt=applied.place_doubt,
        whole_foot=applied.whole_foot,
    )


def _plate_stream(stream: RawStream, fit: ClockFit, zero_s: float, applied: AppliedCalibration, doubt: str) -> Stream:
    """One row per reading at its own instant; suspect and not-ready readings are left out."""
    frames, info = stream.frames, stream.info
    channel = frames.channel if frames.channel is not None else np.zeros(len(frames), dtype=np.int64)
    good = np.flatnonzero((frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0)
    order = good[np.argsort(frames.ticks_us[good], kind="stable")]
    # Two converters can be ready in the same microsecond; times must increase, so the later row moves by a nanosecond.
    times = fit.to_host(frames.ticks_us[order]) - zero_s + np.arange(len(order)) * 1e-9
    samples = np.full((len(order), info.n_channels), np.nan)
    column = channel[order]
    rows = np.arange(len(order))
    samples[rows, column] = counts_to_newton(info, applied.calibration)(frames.counts[order])[rows, column]
    away = sum(part.away_s for part in fit.segments)
    elapsed = float(times[-1] - times[0]) - away if len(times) > 1 else 0.0
    active = max(1, len(np.unique(column)))
    rate = (len(order) - 1) / active / elapsed if elapsed > 0 else info.sample_rate_hz
    return Stream(
        samples=samples,
        sample_rate_hz=rate,
        times_s=times,
        layout=plate_layout(info, applied.places_mm),
        sensor=Sensor(
            kind="hx711_plate",
            description=f"load-cell plate {info.device_id} ({active} HX711 at {rate:.1f} SPS, {applied.told})",
            bandwidth_hz=HX711_BANDWIDTH_HZ,
            calibrated=applied.calibration is not None,
            scale_sd_fraction=applied.relative_sd,
            doubt=doubt or None,
            filter_order=None if applied.plate is None else applied.plate.filter_order,
            mode_hz=None if applied.plate is None else applied.plate.mode_hz,
            mode_at_least_hz=None if applied.plate is None else applied.plate.mode_at_least_hz,
        ),
        clock=clock_of(fit),
        gaps=reading_gaps(frames.ticks_us[order], fit, rate * active),
        free_running=True,
    )
