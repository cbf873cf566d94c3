"""Ten million damaged bytes through the decoder; takes about half a minute, so it is no part of `make test`."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from drivers.fuzzing import Fuzzed, fuzz_mutated, fuzz_random


def test_ten_million_bytes(benchmark: BenchmarkFixture) -> None:
    def run() -> Fuzzed:
        parts = [fuzz_mutated(7_000_000, seed=11)]
        parts += [fuzz_random(1_000_000, seed=12 + k, zeros=zeros) for k, zeros in enumerate((0.004, 0.03, 0.2))]
        return Fuzzed(*(sum(getattr(part, name) for part in parts) for name in Fuzzed.__slots__))

    done = benchmark.pedantic(run, rounds=1)
    assert done.n_bytes >= 10_000_000
    assert done.false_frames <= done.false_limit()
    benchmark.extra_info.update({name: getattr(done, name) for name in Fuzzed.__slots__})
