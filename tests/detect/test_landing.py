"""The detector: any cutting into blocks gives the same crossings; settings that make no sense are refused."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.detect.landing import LandingDetector, detect_contacts
from landing_lab.detect.params import ContactParams, TaskParams, samples_in
from landing_lab.errors import ParameterError
from landing_lab.sim.drop_jump import simulate_drop_jump


def by_blocks(force: np.ndarray, cuts: list[int], **how: object) -> np.ndarray:
    detector = LandingDetector(**how)  # type: ignore[arg-type]
    edges = [0, *sorted(cuts), len(force)]
    parts = [detector.feed(force[start:stop]) for start, stop in itertools.pairwise(edges)]
    return np.concatenate([*parts, detector.finish()])


@st.composite
def walks(draw: st.DrawFn) -> np.ndarray:
    """Force that wanders across the threshold, with holes."""
    columns = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(0, 400))
    force = np.repeat(rng.choice([0.0, 12.0, 18.0, 22.0, 600.0], (n // 7 + 1, columns)), 7, axis=0)[:n]
    force = force + rng.normal(0, 3, force.shape)
    return np.where(rng.random(force.shape) < draw(st.sampled_from([0.0, 0.02, 0.3])), np.nan, force)


@settings(deadline=None, max_examples=120)
@given(walks(), st.lists(st.integers(0, 400), max_size=12), st.sampled_from([100.0, 500.0, 1000.0]))
def test_any_cutting_into_blocks_gives_the_crossings_of_batch(force: np.ndarray, cuts: list[int], rate: float) -> None:
    columns = force.shape[1]
    how = {"sample_rate_hz": rate, "offset_n": np.linspace(-3, 3, columns), "noise_n": None}
    batch = detect_contacts(force, **how)  # type: ignore[arg-type]
    cuts = [cut for cut in cuts if cut <= len(force)]
    assert by_blocks(force, cuts, **how).tobytes() == batch.tobytes()
    assert by_blocks(force, [*cuts, *cuts, *cuts], **how).tobytes() == batch.tobytes()  # with empty blocks
    assert by_blocks(force, list(range(len(force))), **how).tobytes() == batch.tobytes()  # sample by sample


def test_one_column_may_come_as_a_vector() -> None:
    force = np.concatenate([np.zeros(100), np.full(100, 500.0), np.zeros(100)])
    flat = detect_contacts(force, sample_rate_hz=1000.0)
    assert flat.tobytes() == detect_contacts(force.reshape(-1, 1), sample_rate_hz=1000.0).tobytes()
    assert flat["kind"].tolist() == [2, 1, 2]


def test_what_the_end_cuts_off_is_not_confirmed() -> None:
    force = np.concatenate([np.zeros(100), np.full(10, 500.0)])
    found = detect_contacts(force, sample_rate_hz=1000.0)
    assert found["confirmed"].tolist() == [1, 0]
    assert found["sample"].tolist() == [0, 100]


def test_finish_says_it_once() -> None:
    detector = LandingDetector(sample_rate_hz=1000.0)
    detector.feed(np.zeros(5))
    assert len(detector.finish()) == 1
    assert len(detector.finish()) == 0


def test_the_signal_is_not_written_to() -> None:
    force = np.array(simulate_drop_jump(1).recording.streams["force"].samples)
    before = force.copy()
    detect_contacts(force, sample_rate_hz=1000.0, offset_n=[1.0, 2.0])
    np.testing.assert_array_equal(force, before)


def test_noise_raises_the_threshold() -> None:
    detector = LandingDetector(sample_rate_hz=1000.0, offset_n=[0, 0], noise_n=[8.0, 1.0, 4.1])
    assert detector.threshold_n.tolist() == [40.0, 20.0, pytest.approx(20.5)]


@pytest.mark.parametrize(
    "bad",
    [
        {"contact_on_n": 0.0},
        {"contact_on_n": math.nan},
        {"contact_on_n": math.inf},
        {"contact_on_n": -5.0},
        {"min_contact_ms": 0.0},
        {"min_flight_ms": -1.0},
        {"min_flight_ms": math.nan},
        {"hysteresis_n": 20.0},
        {"hysteresis_n": -1.0},
        {"hysteresis_n": math.nan},
        {"noise_multiple": math.nan},
        {"noise_multiple": -1.0},
        {"interpolate_from_hz": math.nan},
        {"threshold_sd_fraction": -0.1},
        {"threshold_sd_fraction": math.inf},
    ],
)
def test_contact_settings_that_make_no_sense_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=next(iter(bad))):
        ContactParams(**bad)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(TaskParams)])
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_task_settings_that_make_no_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=name):
        TaskParams(**{name: value})


def test_flight_limits_must_be_in_order() -> None:
    with pytest.raises(ParameterError, match="min_flight_s"):
        TaskParams(min_flight_s=1.2)


@pytest.mark.parametrize("rate", [0.0, -1000.0, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ParameterError, match="sample_rate_hz"):
        ContactParams().at(rate)
    with pytest.raises(ParameterError, match="sample_rate_hz"):
        LandingDetector(sample_rate_hz=rate)


@pytest.mark.parametrize(
    ("duration_ms", "rate", "samples"),
    [(15.0, 1000.0, 15), (15.0, 80.0, 1), (1.0, 1000.0, 1), (2.5, 1000.0, 3), (20.0, 80.0, 2), (15.0, 20_000.0, 300)],
)
def test_milliseconds_become_samples_rounded_half_up(duration_ms: float, rate: float, samples: int) -> None:
    assert samples_in(duration_ms, rate, name="hold") == samples


def test_a_hold_shorter_than_a_sample_is_refused_with_what_would_do() -> None:
    with pytest.raises(
        ParameterError, match="min_contact_ms=15 is shorter than one sample at 50 Hz; use at least 20 ms"
    ):
        ContactParams().at(50.0)


def test_interpolation_begins_at_its_rate() -> None:
    assert not ContactParams().at(199.9).interpolate
    assert ContactParams().at(200.0).interpolate


@pytest.mark.parametrize(
    ("offset", "noise"),
    [
        (5.0, None),
        ([], None),
        ([math.nan], None),
        ([0, 0], [1, 1]),
        ([0, 0], [1, 1, math.nan]),
        ([0], [1, 1]),
        ([[0]], [1]),
    ],
)
def test_offsets_and_noises_that_do_not_fit_are_refused(offset: object, noise: object) -> None:
    with pytest.raises(ParameterError, match=r"offset_n|noise_n"):
        LandingDetector(sample_rate_hz=1000.0, offset_n=offset, noise_n=noise)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(5,), (5, 1), (5, 3), (5, 2, 1), ()])
def test_blocks_of_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    detector = LandingDetector(sample_rate_hz=1000.0, offset_n=[0.0, 0.0])
    with pytest.raises(ParameterError, match="takes 2 columns"):
        detector.feed(np.zeros(shape))
