"""Raw channels of a trial as the review shows them: counts as a board sent them, and what is missing or no reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.app.web.review_charts import DASHES, PALETTE, Curve, add_band, as_item, force_figure
from landing_lab.calibrate.channels import channel_faults
from landing_lab.calibrate.layouts import cells_of, insole_layout, plate_layout
from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.channels import ChannelLayout
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import SensorKind
from landing_lab.report.names import side_label
from landing_lab.report.rounding import MINUS

LONG_GAP_S: Final = 0.005
"""From here on a gap is shaded as well; a shorter one has its mark alone."""
MOST_BANDS: Final = 100
SILENT_READINGS: Final = 3.0
"""A load cell that gave nothing for so many of its usual intervals has a gap there."""
END_RED: Final = "#a3162b"
GAP_GREY: Final = "#555555"
BAD_BROWN: Final = "#8a4b00"
ENDS: Final[dict[SensorKind, tuple[int, int]]] = {
    "fsr_insole": (0, (1 << nominal.ADC_BITS) - 1),
    "hx711_plate": (nominal.HX711_LOWEST_COUNT, nominal.HX711_HIGHEST_COUNT),
}
"""Lowest and highest count of a converter that is known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawRead:
    """A raw file as read: its recording and when each frame was taken, name of stream -> (n,) s."""

    raw: RawRecording
    times_s: dict[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Channel:
    """Readings of one channel: times_s and counts (n,), at_end and bad (n,) masks."""

    name: str
    times_s: FloatArray
    counts: FloatArray
    at_end: NDArray[np.bool_]
    bad: NDArray[np.bool_]

    @property
    def middle(self) -> float:
        """Median of its readings; 0 where there is none."""
        sound = self.counts[~self.bad]
        return float(np.median(sound)) if len(sound) else 0.0


def raw_shown(read: RawRead, device: str, *, centred: bool | None = None) -> dict[str, object]:
    """The raw channels of one board; centred: counts from the middle of each channel, by default those of load cells.

    The zeros of load cells lie far apart, and their loads would be lost in one picture.

    Raises ParameterError where the recording has no such board.
    """
    names = list(read.times_s)
    silent = [name for name in read.raw.streams if name not in read.times_s]
    if device and device not in names:
        raise ParameterError("this recording has no such board; choose one of the list")
    chosen = device or (names[0] if names else "")
    if centred is None:
        centred = bool(chosen) and read.raw.streams[chosen].info.sensor_kind != "fsr_insole"
    answer: dict[str, object] = {
        "devices": [{"name": name, "label": _device_label(name, read.raw.streams[name])} for name in names],
        "device": chosen,
        "centred": centred,
        "silent": [f"Nothing usable was received of {name.replace('_', ' ')}." for name in silent],
        "notes": list(read.raw.notes),
    }
    if not names:
        return {**answer, "chart": None, "rows": [], "told": ["No board sent a reading."]}
    return {**answer, **_board(read, chosen, centred=centred)}


def _device_label(name: str, stream: RawStream) -> str:
    return f"{name.replace('_', ' ')} ({stream.info.device_id})"


def _board(read: RawRead, name: str, *, centred: bool) -> dict[str, object]:
    stream, times_s = read.raw.streams[name], read.times_s[name]
    cells, _ = cells_of(stream.info, read.raw.metadata.get("insole_layouts"))
    insole = stream.info.sensor_kind == "fsr_insole"
    layout = insole_layout(stream.info, cells) if insole else plate_layout(stream.info)
    channels = _channels(stream, times_s, layout)
    gaps, lost = _gaps(stream.frames, times_s, channels)
    found = channel_faults(stream.info, stream.frames, cells if insole else None)
    faults = {one.channel: one.sentence for one in found}
    return {
        "chart": _chart(channels, gaps, centred=centred) if any(len(one.times_s) for one in channels) else None,
        "rows": [_row(one, faults.get(column, "")) for column, one in enumerate(channels)],
        "told": _told(stream, gaps, lost),
    }


def _channels(stream: RawStream, times_s: FloatArray, layout: ChannelLayout) -> list[_Channel]:
    """Every channel with its own readings; a plate's cells say whose foot they carry."""
    frames, found = stream.frames, []
    ends = ENDS.get(stream.info.sensor_kind)
    several = len({one.side for one in layout.channels}) > 1
    bad = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) != 0
    for column, one in enumerate(layout.channels):
        own = np.ones(len(frames), dtype=bool) if frames.channel is None else frames.channel == column
        counts = frames.counts[own, column].astype(np.float64)
        order = np.argsort(times_s[own], kind="stable")
        at_end = (frames.flags[own] & FLAG_SATURATED) != 0
        if ends is not None:
            # an insole that carries nothing reads 0: only its upper end is a limit
            at_end |= counts >= ends[1] if stream.info.sensor_kind == "fsr_insole" else np.isin(counts, ends)
        side = f", {side_label(one.side)}" if several else ""
        found.append(
            _Channel(
                name=one.name.replace("_", " ") + side, times_s=times_s[own][order], counts=counts[order],
                at_end=at_end[order], bad=bad[own][order],
            )
        )  # fmt: skip
    return found


def _gaps(
    frames: FrameBlock, times_s: FloatArray, channels: Sequence[_Channel]
) -> tuple[list[tuple[float, float]], int]:
    """Stretches without a frame, s, and how many running numbers are missing in them."""
    step = np.diff(frames.sequence)
    after = np.flatnonzero(step > 1)
    gaps = [(float(times_s[at]), float(times_s[at + 1])) for at in after.tolist()]
    lost = int((step[after] - 1).sum())
    if frames.channel is not None:
        for one in channels:
            apart = np.diff(one.times_s)
            if len(apart):
                long = np.flatnonzero(apart > SILENT_READINGS * float(np.median(apart)))
                gaps += [(float(one.times_s[at]), float(one.times_s[at + 1])) for at in long.tolist()]
    return sorted(set(gaps)), lost


def _broken(one: _Channel, gaps: Sequence[tuple[float, float]], zero: float) -> tuple[FloatArray, FloatArray]:
    """Times and counts with a missing value in every gap and at every reading that is none, so that no line bridges."""
    values = np.where(one.bad, np.nan, one.counts - zero)
    if not gaps:
        return one.times_s, values
    middles = np.array([(start + stop) / 2.0 for start, stop in gaps])
    starts = np.array([start for start, _ in gaps])
    stops = np.array([stop for _, stop in gaps])
    empty = np.searchsorted(one.times_s, starts, side="right") >= np.searchsorted(one.times_s, stops, side="left")
    places = np.searchsorted(one.times_s, middles[empty])
    return np.insert(one.times_s, places, middles[empty]), np.insert(values, places, np.nan)


def _chart(channels: Sequence[_Channel], gaps: Sequence[tuple[float, float]], *, centred: bool) -> dict[str, object]:
    curves: list[Curve] = []
    shared: dict[bytes, FloatArray] = {}
    for number, one in enumerate(channels):
        if not len(one.times_s):
            continue
        times_s, values = _broken(one, gaps, one.middle if centred else 0.0)
        base = shared.setdefault(times_s.tobytes(), times_s)  # cells that are read together have their times but once
        curves.append(
            Curve(
                name=f"channel-{number}", label=one.name, group=one.name, times_s=base, values=values,
                colour=PALETTE[number % len(PALETTE)], dash=DASHES[number // len(PALETTE) % len(DASHES)], width=1.5,
            )
        )  # fmt: skip
    figure_curves: list[Curve] = [*curves, *_marks(channels, gaps, curves, centred=centred)]
    first = min(float(one.times_s[0]) for one in curves)
    last = max(float(one.times_s[-1]) for one in curves)
    label = "counts from the middle" if centred else "counts of the converter"
    figure = force_figure(
        figure_curves, x=(first, max(last, first + 0.01)), x_label="time in the recording (s)", y_label=label,
        told="@y{0,0} counts",
    )  # fmt: skip
    figure.y_range.end -= 0.15 * (figure.y_range.end - figure.y_range.start)  # no names of events need room here
    _plain_numbers(figure)
    for start, stop in [gap for gap in gaps if gap[1] - gap[0] >= LONG_GAP_S][:MOST_BANDS]:
        add_band(figure, start, stop, GAP_GREY, hatch=True)
    return as_item(figure, figure_curves)


def _plain_numbers(figure: Any) -> None:
    from bokeh.models import NumeralTickFormatter

    figure.yaxis.formatter = NumeralTickFormatter(format="0,0")


def _marks(
    channels: Sequence[_Channel], gaps: Sequence[tuple[float, float]], curves: Sequence[Curve], *, centred: bool
) -> list[Curve]:
    """Marks that are seen at any zoom: readings at the end of the range, gaps, readings that are none."""
    at_end = [(one.times_s[one.at_end], one.counts[one.at_end] - (one.middle if centred else 0.0)) for one in channels]
    bad = np.sort(np.concatenate([one.times_s[one.bad] for one in channels]))
    lowest = min((float(np.nanmin(one.values)) for one in curves if np.isfinite(one.values).any()), default=0.0)
    ends_s, ends = (np.concatenate(parts) for parts in zip(*at_end, strict=True))
    order = np.argsort(ends_s, kind="stable")
    gap_s = np.array([(start + stop) / 2.0 for start, stop in gaps])
    marks = (
        ("at-end", "at the end of the range", ends_s[order], ends[order], END_RED, "triangle"),
        ("missing", "missing", gap_s, np.full(len(gap_s), lowest), GAP_GREY, "x"),
        ("unsound", "marked as no sound reading", bad, np.full(len(bad), lowest), BAD_BROWN, "diamond"),
    )
    return [
        Curve(name=name, label=label, group=label, times_s=times_s, values=values, colour=colour, marker=marker)
        for name, label, times_s, values, colour, marker in marks
        if len(times_s)
    ]


def _row(one: _Channel, fault: str) -> dict[str, object]:
    """What a table says of one channel; counts are whole numbers."""
    sound = one.counts[~one.bad]
    return {
        "name": one.name,
        "readings": len(one.counts),
        "lowest": int(sound.min()) if len(sound) else None,
        "middle": round(one.middle) if len(sound) else None,
        "highest": int(sound.max()) if len(sound) else None,
        "at_end": int(one.at_end.sum()),
        "unsound": int(one.bad.sum()),
        "fault": fault,
    }


def _told(stream: RawStream, gaps: Sequence[tuple[float, float]], lost: int) -> list[str]:
    """Sentences on the board: its range, and what is missing."""
    said = []
    ends = ENDS.get(stream.info.sensor_kind)
    if ends is not None:
        said.append(f"The converter counts from {ends[0]:,} to {ends[1]:,}.".replace("-", MINUS))
    if lost:
        frames = "1 frame was" if lost == 1 else f"{lost} frames were"
        said.append(f"{frames} lost on the way.")
    longest = max((stop - start for start, stop in gaps), default=0.0)
    if gaps:
        said.append(f"{len(gaps)} gap{'s' * (len(gaps) != 1)}, the longest {1e3 * longest:.3g} ms.")
    else:
        said.append("No reading of this board is missing.")
    return said
