"""Which force a recording gives: a force plate as it is, or the best that insoles, a slow plate or both allow."""

from __future__ import annotations

import dataclasses

from landing_lab.fuse.force_plate import signals_from_plate
from landing_lab.fuse.insole_alone import signals_from_insoles
from landing_lab.fuse.insole_plate import plate_cells, signals_from_insoles_and_plate, silent_cells
from landing_lab.fuse.slow_plate import signals_from_slow_plate
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import ForceSignals


def signals_of(recording: Recording) -> ForceSignals | str:
    """Force signals of a recording, or the sentence why it holds none."""
    plates = [stream for stream in recording.streams.values() if stream.sensor.kind == "force_plate"]
    if plates:
        return signals_from_plate(plates[0])
    slow = [stream for stream in recording.streams.values() if stream.sensor.kind == "hx711_plate"]
    if not slow:
        return signals_from_insoles(recording)
    silent = silent_cells(slow[0])
    if silent is not None:
        return silent
    insoles: dict[Side, Stream] = {
        stream.layout.sides[0]: stream
        for stream in recording.streams.values()
        if stream.sensor.kind == "fsr_insole" and len(stream.layout)
    }
    feet = {side for side in slow[0].layout.sides if plate_cells(slow[0], side)}
    if {"left", "right"} <= insoles.keys() and {"left", "right"} <= feet:
        fused = signals_from_insoles_and_plate(slow[0], insoles)
        if not isinstance(fused, str):
            return fused
        alone = signals_from_slow_plate(slow[0])
        return alone if isinstance(alone, str) else dataclasses.replace(alone, timing_refusal=fused)
    return signals_from_slow_plate(slow[0])
