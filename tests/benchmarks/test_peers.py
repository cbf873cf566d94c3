"""Our analysis beside a peer's on a jump that the peer can do: a ratio in one run, whatever the machine does.

`make benchmark` installs the peer (extra `benchmark`). The figure is printed and stands in `extra_info`.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import landing_lab as ll
from reference import require_reference_data

peer = pytest.importorskip("jumpmetrics.core.jump_processing", reason="the extra `benchmark` is not installed")

ROUNDS = 7


def median_s(run: Callable[[], object]) -> float:
    """Median time of a few runs, seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return median(times)


def test_times_faster_than_jumpmetrics_on_its_own_countermovement_jump(benchmark: BenchmarkFixture) -> None:
    file = require_reference_data() / "force" / "jumpmetrics" / "cmj_example.txt"
    plates = ll.read(file, sample_rate_hz=2000).streams["force"]
    total = plates.samples[:, plates.layout.pick(quantity="force")].sum(axis=1)
    recording = ll.from_arrays(total=total, sample_rate_hz=2000)  # the peer takes one signal, so do we here
    logging.disable(logging.CRITICAL)

    def theirs() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer.process_jump_trial(
                total, 2000, "countermovement", weighing_time=0.4, pid="1", compute_jump_height_from_flight_time=True
            )

    def ours() -> None:
        assert ll.analyse(recording, task="countermovement_jump").task == "countermovement_jump"

    ours()
    theirs()
    # Both in turns in this one run: the machine's load of the moment falls on both.
    ratio = median_s(theirs) / median_s(ours)
    benchmark.extra_info["times_faster"] = round(ratio, 1)
    print(f"\nlanding-lab is {ratio:.0f} times as fast as jumpmetrics on its own countermovement jump")
    benchmark(ours)
