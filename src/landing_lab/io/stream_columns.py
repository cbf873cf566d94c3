"""The columns of a stream as files name them: left_n, plate_1_n, left_cop_ml_m."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.errors import RecordingError
from landing_lab.io.visible import quoted_name
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Quantity, Side
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.units import UNIT_SUFFIX

TIME_COLUMN: Final = "time_s"


@dataclass(frozen=True, slots=True, eq=False)
class SideForce:
    """Vertical force by side, (n_samples,) newton each, and where it is known the centre of pressure.

    cop_m: side -> (n_samples, 2) metres, medio-lateral then antero-posterior where `anatomical`, else the two axes
    of the plate.
    """

    stream: Stream
    force_n: Mapping[Side, FloatArray]
    cop_m: Mapping[Side, FloatArray]
    anatomical: bool


def column_names(layout: ChannelLayout) -> tuple[str, ...]:
    """One name per channel: side, quantity (but for force) and unit; the channel's own name where a side has several.

    Names differ also without regard to case, as Parquet readers need it.
    """
    plain = [_named(channel, "") for channel in layout.channels]
    names: list[str] = []
    for channel, name in zip(layout.channels, plain, strict=True):
        wanted = name if plain.count(name) == 1 else _named(channel, _slug(channel.name))
        number, unique = 2, wanted
        while unique in names or unique == TIME_COLUMN:
            unique, number = f"{wanted}_{number}", number + 1
        names.append(unique)
    return tuple(names)


def stream_of(recording: Recording, stream: str) -> Stream:
    """The stream of this name. Raises RecordingError, naming those there are, where it is absent or empty."""
    if not isinstance(stream, str) or stream not in recording.streams:
        raise RecordingError(
            f'{recording.source} has no stream "{quoted_name(str(stream))}"; it holds: '
            f"{', '.join(map(quoted_name, recording.streams)) or 'none'}; "
            f"choose one of them"
        )
    chosen = recording.streams[stream]
    if not len(chosen.samples) or not len(chosen.layout):
        raise RecordingError(
            f'stream "{stream}" of {recording.source} holds no samples, so there is nothing to export; record it again'
        )
    return chosen


def side_force(recording: Recording, stream: str, *, even: bool = True) -> SideForce:
    """One column of force per side. Raises RecordingError where a side has several or none.

    even: whether the format needs samples at a constant rate; a stream whose rows are single readings at instants
    of their own is then refused.
    """
    chosen = stream_of(recording, stream)
    channels = chosen.layout.channels
    picked = chosen.layout.pick(quantity="force").tolist()
    sides = [channels[index].side for index in picked]
    if not sides and len(chosen.layout.pick(quantity="pressure")):
        raise RecordingError(
            f'stream "{stream}" of {recording.source} holds pressure of single cells, and this format holds one force '
            "per side; export it as .parquet or .csv"
        )
    if not sides or len(set(sides)) < len(sides):
        raise RecordingError(
            f'stream "{stream}" of {recording.source} holds {len(sides)} columns of force for '
            f"{', '.join(sorted(set(sides))) or 'no side'}; export needs one column of force per side"
            + ("; .parquet holds any columns" if sides else "")
        )
    if even and chosen.free_running:
        raise RecordingError(
            f'stream "{stream}" of {recording.source} holds readings at instants of their own, and this format needs '
            f"a constant rate; export it as .parquet or .csv"
        )
    force = {side: chosen.samples[:, index] for side, index in zip(sides, picked, strict=True)}
    anatomical = any(channel.quantity == "cop_ml" for channel in channels)
    pair: tuple[Quantity, Quantity] = ("cop_ml", "cop_ap") if anatomical else ("cop_1", "cop_2")
    cop: dict[Side, FloatArray] = {}
    for side in sides:
        columns = [int(i) for q in pair for i in chosen.layout.pick(quantity=q, side=side) if channels[i].unit == "m"]
        if len(columns) == 2:
            cop[side] = chosen.samples[:, columns]
    return SideForce(chosen, force, cop, anatomical)


def csv_text(recording: Recording, stream: str) -> str:
    """Force in newton over time as text, with the centre of pressure where it is known; missing is blank.

    Of a vendor's insole every cell or zone; elsewhere a side has one column of force.
    """
    chosen = stream_of(recording, stream)
    if chosen.sensor.kind != "pressure_insole":
        chosen = side_force(recording, stream, even=False).stream
    names = column_names(chosen.layout)
    kept = [
        index
        for index, channel in enumerate(chosen.layout.channels)
        if channel.quantity in ("force", "pressure") or channel.quantity.startswith("cop_")
    ]
    lines = [",".join([TIME_COLUMN, *(names[index] for index in kept)])]
    for time_s, row in zip(chosen.times_s.tolist(), chosen.samples[:, kept].tolist(), strict=True):
        lines.append(f"{time_s!r}," + ",".join("" if value != value else repr(value) for value in row))  # noqa: PLR0124
    return "\n".join(lines) + "\n"


def canonical(samples: FloatArray) -> FloatArray:
    """Samples whose missing values all have the same bits."""
    return np.where(np.isnan(samples), np.nan, samples)


def _named(channel: Channel, middle: str) -> str:
    quantity = "" if channel.quantity == "force" else channel.quantity
    unit = UNIT_SUFFIX.get(channel.unit, f"_{_slug(channel.unit)}").strip("_")
    return "_".join(part for part in (channel.side, middle, quantity, unit) if part)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower().replace("µ", "u")).strip("_")
