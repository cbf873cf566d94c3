"""What landing-lab sends to the Lab Streaming Layer: names, columns and descriptions of its streams.

The samples of a board are those of the raw file, with the number of the run behind them, so that one stream may hold
a whole session and what another program recorded of it reads back to the same recordings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from landing_lab.calibrate.layouts import cells_of, insole_layout, plate_layout
from landing_lab.io import xdf_chunks as xdf
from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo, LinkNote

LIVE_TYPE: Final = "landing-lab.live"
"""Content type of the stream of a board."""
MARKERS_STREAM: Final = "landing-lab.markers"
MARKERS_TYPE: Final = "Markers"
RUN_COLUMNS: Final = (("run", "number"), ("begun", "count"))
"""Columns behind the counts: the run, and how many trials had begun by then (a run may begin twice)."""
OFFSET_TAG: Final = "lsl_minus_host_s"


def live_columns(info: DeviceInfo, layouts: object = None) -> list[tuple[str, str, dict[str, str]]]:
    """(label, unit, further facts) of every column of a board's stream; layouts: as of `cells_of`.

    Each count says which foot its cell carries and where it lies: location X medial and Y anterior, millimetres.
    """
    cells, _ = cells_of(info, layouts) if info.sensor_kind == "fsr_insole" else (None, None)
    layout = insole_layout(info, cells) if info.sensor_kind == "fsr_insole" else plate_layout(info)
    columns: list[tuple[str, str, dict[str, str]]] = [(label, unit, {}) for label, unit in xdf.FIXED_COLUMNS]
    for index, channel in enumerate(layout.channels):
        more = {"type": "FSR" if info.sensor_kind == "fsr_insole" else "load cell", "cell": channel.name}
        more |= {"side": channel.side}
        if channel.position_mm is not None:
            more |= {"location_X": f"{channel.position_mm[0]:.2f}", "location_Y": f"{channel.position_mm[1]:.2f}"}
            more |= {"location_unit": "mm"}
        columns.append((f"counts_{index}", "count", more))
    return [*columns, *((label, unit, {}) for label, unit in RUN_COLUMNS)]


def live_rate_hz(info: DeviceInfo) -> float:
    """Nominal rate of a board's stream; 0, irregular, where converters run free of each other."""
    return 0.0 if info.sensor_kind == "hx711_plate" else float(info.sample_rate_hz)


def live_values(frames: FrameBlock, arrival_s: float, run: int, begun: int) -> FloatArray:
    """The samples (n, 5 + n_channels + 2) of frames (n,) that arrived together."""
    values = xdf.frames_to_values(frames, arrival_s)
    return np.column_stack([values, np.broadcast_to((float(run), float(begun)), (len(frames), 2))])


def live_note_text(note: LinkNote, run: int, begun: int) -> str:
    """A note as a line of JSON; its facts name the stream. time_s: on the host's clock, as in raw files."""
    facts = dict(note.facts)
    said = {"stream": facts.pop("stream"), "kind": note.kind, "facts": facts}
    return json.dumps({**said, "time_s": note.time_s, "run": run, "begun": begun})


def live_description(
    name: str, info: DeviceInfo, metadata: Mapping[str, object], lsl_minus_host_s: float
) -> ET.Element:
    """The <desc> of a board's stream: columns, all the board said of itself, the facts of the session.

    It holds calibrations and layouts, so that a recording of the stream alone has all that newton needs.
    """
    desc = xdf.board_description(name, info, metadata, live_columns(info, metadata.get("insole_layouts")))
    acquisition = ET.SubElement(desc, "acquisition")
    ET.SubElement(acquisition, "manufacturer").text = "landing-lab"
    ET.SubElement(acquisition, "model").text = xdf.printable(info.kind)
    ET.SubElement(acquisition, "serial_number").text = xdf.printable(info.device_id)
    synchronisation = ET.SubElement(desc, "synchronization")
    # the specification's word for: number the rows by `sequence` before you spread time evenly over them
    ET.SubElement(synchronisation, "can_drop_samples").text = "true"
    ET.SubElement(synchronisation, OFFSET_TAG).text = repr(lsl_minus_host_s)
    return desc
