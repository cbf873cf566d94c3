"""Force traces made by hand, and what every analysis of any trace must keep."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from landing_lab.model.result import Result
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
        for event in trial.events:
            assert math.isfinite(event.time_s)
            assert math.isfinite(event.sd_s)
            assert event.sd_s > 0
        for phase in trial.phases:
            assert phase.start_s <= phase.stop_s
        assert isinstance(trial.as_dict(), dict)


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
