"""Which force a recording gives: a force plate as it is, or the best that insoles and a slow plate allow."""

from __future__ import annotations

from landing_lab.fuse.force_plate import signals_from_plate
from landing_lab.model.recording import Recording
from landing_lab.model.result import ForceSignals


def signals_of(recording: Recording) -> ForceSignals | str:
    """Force signals of a recording, or the sentence why it holds none."""
    by_kind = {stream.sensor.kind: stream for stream in recording.streams.values()}
    if "force_plate" in by_kind:
        return signals_from_plate(by_kind["force_plate"])
    return "the recording holds neither a force plate nor a load-cell plate"
