"""Whether a source low-passed its force: never said of raw files, found where we filtered them ourselves."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.fuse.bandwidth import (
    LowPass,
    edge_smear_s,
    loading_rate_loss_fraction,
    peak_loss_fraction,
    suspected_low_pass,
)
from landing_lab.fuse.sources import signals_of
from landing_lab.model.result import ForceSignals
from reference import require_reference_data

RAW = {
    "gidiel/Dual-DJ-Fz.txt": 1000,
    "gidiel/Dual-CMJ-Fz.txt": 1000,
    "bmc/GRFZjump.txt": 600,
    "bmc/jump1.txt": None,
    "acl_squat_jump/BFR003_squat_jump.csv": None,
    "acl_squat_jump/BFR007_squat_jump.csv": None,
    "jumpmetrics/cmj_example.txt": 2000,
    "jumpmetrics/FHOC_P30_SQT300007.txt": 1000,
    "plateforce/subject01_trial1.force.txt": 1200,
    "plateforce/subject01_trial2.force.txt": 1200,
    "plateforce/synthetic_untrimmed_step_off.force.txt": 1000,
}


@functools.lru_cache
def signals_from(name: str) -> ForceSignals:
    path = require_reference_data() / "force" / name
    signals = signals_of(ll.read(path, sample_rate_hz=RAW.get(name)))
    assert not isinstance(signals, str)
    return signals


def judged(force: np.ndarray, rate: float, *, step_n: float = 1e-6) -> LowPass:
    return suspected_low_pass(np.ascontiguousarray(force), sample_rate_hz=rate, resolution_n=step_n)


def low_passed(force: np.ndarray, rate: float, cutoff_hz: float, order: int) -> np.ndarray:
    from scipy import signal

    sections = signal.butter(order, cutoff_hz / (rate / 2.0), output="sos")
    return np.asarray(signal.sosfiltfilt(sections, np.nan_to_num(force)))


def resampled(force: np.ndarray, rate: float, to_hz: float) -> np.ndarray:
    return np.interp(np.arange(0, len(force) - 1, rate / to_hz), np.arange(len(force)), force)


@pytest.mark.parametrize("name", RAW)
def test_no_raw_file_is_called_filtered(name: str) -> None:
    signals = signals_from(name)
    assert signals.bandwidth_hz is None
    assert signals.bandwidth_note is None
    total, rate = signals.force_n["total"], signals.sample_rate_hz
    for every in (2, 3, 5, 10, 20):
        if rate / every >= 90:
            assert judged(total[::every], rate / every, step_n=signals.resolution_n).cutoff_hz is None


def test_no_simulated_drop_jump_is_called_filtered() -> None:
    for seed in range(1, 41):
        signals = signals_of(ll.simulate_drop_jump(seed).recording)
        assert not isinstance(signals, str)
        assert signals.bandwidth_hz is None, seed
        assert signals.bandwidth_note is None, seed


def test_the_one_file_whose_source_filtered_it_is_found_near_30_hz() -> None:
    signals = signals_from("opencap/subject5/DJ1_forces.mot")
    assert signals.bandwidth_hz == pytest.approx(28.0, rel=0.2)
    assert "lacks the noise that every plate has" in str(signals.bandwidth_note)


@pytest.mark.parametrize("cutoff_hz", [10.0, 20.0, 30.0, 50.0, 100.0])
@pytest.mark.parametrize("to_hz", [None, 1000.0])
def test_a_filter_is_found_in_every_raw_file_and_its_frequency_stated(cutoff_hz: float, to_hz: float | None) -> None:
    off, in_sd = [], []
    for name in RAW:
        signals = signals_from(name)
        for order in (2, 4):
            force, rate = low_passed(signals.force_n["total"], signals.sample_rate_hz, cutoff_hz, order), to_hz
            if to_hz is not None:
                if signals.sample_rate_hz < to_hz:
                    continue
                force = resampled(force, signals.sample_rate_hz, to_hz)
            found = judged(force, rate or signals.sample_rate_hz)
            assert found.cutoff_hz is not None, (name, order)
            off.append(math.log(found.cutoff_hz / cutoff_hz))
            in_sd.append(off[-1] / math.log(found.factor_sd))
    assert abs(float(np.median(off))) < 0.27  # 1.24 at 10 Hz, where standing itself ends; below 1.11 elsewhere
    assert max(map(abs, off)) < math.log(2.0)
    assert math.sqrt(float(np.mean(np.square(in_sd)))) < 1.3


@pytest.mark.parametrize(("to_hz", "cutoff_hz", "least"), [(200.0, 20.0, 22), (200.0, 30.0, 20), (100.0, 20.0, 17)])
def test_slow_recordings_show_a_filter_in_their_standing(to_hz: float, cutoff_hz: float, least: int) -> None:
    found = 0
    for name in RAW:
        signals = signals_from(name)
        for order in (2, 4):
            force = low_passed(signals.force_n["total"], signals.sample_rate_hz, cutoff_hz, order)
            found += judged(resampled(force, signals.sample_rate_hz, to_hz), to_hz).cutoff_hz is not None
    assert found >= least


def test_what_hides_a_filter_is_said() -> None:
    signals = signals_from("gidiel/Dual-CMJ-Fz.txt")
    filtered = low_passed(signals.force_n["total"], 1000.0, 20.0, 2)
    assert "rounded to 1 N" in str(judged(np.round(filtered), 1000.0, step_n=1.0).note)
    assert "no loaded stretch" in str(judged(np.zeros(5000), 1000.0).note)
    assert "at 100 Hz it takes a second of quiet standing" in str(
        signals_from("opencap/unfiltered/DJ1_grf.mot").bandwidth_note
    )
    assert judged(np.full(5000, np.nan), 1000.0).cutoff_hz is None
    assert judged(np.zeros(0), 1000.0).cutoff_hz is None


def test_costs_are_those_of_the_definitions() -> None:
    assert [edge_smear_s(hertz) for hertz in (10, 20)] == pytest.approx([0.016, 0.006])
    assert edge_smear_s(50) < 0.002
    assert [peak_loss_fraction(hertz) for hertz in (10, 20, 30, 50, 100)] == pytest.approx(
        [0.14, 0.05, 0.024, 0.007, 0.001]
    )
    assert [loading_rate_loss_fraction(hertz) for hertz in (10, 20, 30, 50, 100)] == pytest.approx(
        [0.68, 0.57, 0.49, 0.34, 0.18]
    )


def test_costs_fall_with_bandwidth_and_vanish_without_a_limit() -> None:
    for cost in (edge_smear_s, peak_loss_fraction, loading_rate_loss_fraction):
        values = [cost(float(hertz)) for hertz in np.geomspace(1, 1000, 60)]
        assert values == sorted(values, reverse=True)
        assert cost(None) == 0.0
    assert peak_loss_fraction(1.0) == loading_rate_loss_fraction(0.1) == 1.0
