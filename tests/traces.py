"""Force traces made by hand, and what every analysis of any trace must keep."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from landing_lab.model.result import Result, TrialResult
from landing_lab.model.units import UNIT_SUFFIX


def on_plates(
    force_n: FloatArray | Sequence[float], *, sample_rate_hz: float = 1000.0, sides: tuple[Side, ...] = ("total",)
) -> Recording:
    """A force-plate recording of columns (n, len(sides)) or of one column (n,)."""
    samples = np.asarray(force_n, dtype=np.float64).reshape(-1, len(sides))
    layout = ChannelLayout(tuple(Channel(f"plate {i}", "force", "N", side) for i, side in enumerate(sides)))
    stream = Stream(
        samples=samples,
        sample_rate_hz=sample_rate_hz,
        times_s=np.arange(len(samples)) / sample_rate_hz,
        layout=layout,
        sensor=Sensor(kind="force_plate", description="made by hand"),
        clock=Clock(source="made by hand"),
    )
    return Recording(streams={"force": stream}, provenance={"source": "made by hand"})


def assert_honest(result: Result) -> None:
    """No number without status, no refusal without a reason, nothing that is not finite."""
    assert len(result) >= 1
    for trial in result.trials:
        assert trial.status in ("ok", "flagged", "refused")
        assert (trial.status == "ok") == (trial.reason is None)
        measured = [row for row in trial.table if row.value is not None and row.name != "body_weight_n"]
        assert (trial.status == "refused") == (not measured)
        assert trial.status != "ok" or trial.task != "unknown"
        assert len({(row.name, row.side) for row in trial.table}) == len(trial.table)
        for row in trial.table:
            assert row.name.endswith(UNIT_SUFFIX[row.unit])
            assert row.method
            assert (row.status == "ok") == (row.reason is None), row
            assert (row.status == "refused") == (row.value is None) == (row.sd is None), row
            if row.value is not None and row.sd is not None:
                assert math.isfinite(row.value), row
                assert math.isfinite(row.sd), row
                assert row.sd > 0, row
        assert_events_and_phases(trial)
        for item in trial.quality:
            assert item.verdict in ("ok", "flagged", "not checked")
            assert item.name, item
            assert item.text, item
            assert item.value is None or math.isfinite(item.value), item
            assert item.verdict != "ok" or item.value is not None or item.name == "bandwidth_hz", item
            assert bool(item.flags) == (item.verdict == "flagged"), item
        if trial.status == "ok":
            assert all(item.verdict != "flagged" for item in trial.quality)
        assert isinstance(trial.as_dict(), dict)


def assert_events_and_phases(trial: TrialResult) -> None:
    """Events in order of time, each once per side; phases that last, in order per side, none before the recording."""
    times = [event.time_s for event in trial.events]
    assert times == sorted(times)
    assert len({(event.name, event.side) for event in trial.events}) == len(times)
    for event in trial.events:
        assert math.isfinite(event.time_s), event
        assert math.isfinite(event.sd_s), event
        assert event.sd_s > 0, event
    for side in {phase.side for phase in trial.phases}:
        mine = [phase for phase in trial.phases if phase.side == side]
        assert all(phase.start_s < phase.stop_s for phase in mine), mine
        assert [phase.start_s for phase in mine] == sorted(phase.start_s for phase in mine), mine
        assert len({phase.name for phase in mine}) == len(mine), mine


def value_of(result: Result, name: str, side: Side = "total") -> float:
    """The value of a metric of the first trial; fails where it is refused."""
    row = result.first.table.get(name, side)
    assert row is not None, name
    assert row.value is not None, row
    return row.value


def sd_of(result: Result, name: str, side: Side = "total") -> float:
    """The stated standard uncertainty of a metric of the first trial."""
    row = result.first.table.get(name, side)
    assert row is not None, name
    assert row.sd is not None, row
    return row.sd
