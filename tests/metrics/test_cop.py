"""Path and medio-lateral extent of the centre of pressure: known paths, real trials, noise, refusals."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.detect.task import Contact, Edge
from landing_lab.detect.trial import LandingTrial
from landing_lab.fuse.force_plate import signals_from_plate
from landing_lab.io.read import read
from landing_lab.metrics._registry import RefusedError
from landing_lab.model.channels import Side
from landing_lab.model.result import CopAxes, ForceSignals
from metrics.pressure_trials import jump_of, measured
from reference import require_reference_data

RATE_HZ = 1000.0
N = 1500


def contact(start: int, stop: int, *, open_end: bool = False) -> Contact:
    return Contact(
        start=Edge(sample=start, position=float(start)), stop=Edge(sample=stop, position=float(stop), open=open_end)
    )


def circling(radius_m: float = 0.05, *, axes: CopAxes = "anatomical", seconds: float = 0.25) -> ForceSignals:
    """Contact 100..400, flight, landing 900..1400; the left foot's centre of pressure circles once per `seconds`."""
    at = np.arange(N)
    on = ((at >= 100) & (at <= 400)) | ((at >= 900) & (at <= 1400))
    angle = 2 * math.pi * at / (RATE_HZ * seconds)
    left = radius_m * np.column_stack([np.cos(angle), np.sin(angle)])
    left[~on] = 1e6
    force = np.where(on, 800.0, 0.0)
    side = {"left": left, "right": np.where(on[:, None], [0.3, 0.0], np.nan)}
    total = 0.5 * (side["left"] + side["right"])
    return ForceSignals(
        times_s=at / RATE_HZ,
        force_n={"total": 2 * force, "left": force, "right": force.copy()},
        sample_rate_hz=RATE_HZ,
        offset_n={},
        noise_n={},
        resolution_n=0.0,
        sensor_kind="force_plate",
        source="made",
        cop_m={**side, "total": total},
        cop_axes=axes,
    )


def trial_of(signals: ForceSignals, *, first: Contact | None = None, landing: Contact | None = None) -> LandingTrial:
    return jump_of(signals, first or contact(100, 400), landing or contact(900, 1400))


def test_a_circling_foot_has_the_path_of_its_arc() -> None:
    trial = trial_of(circling())
    assert measured("cop_path_m", trial).value == pytest.approx(2 * math.pi * 0.05 * 300 / 250, rel=0.01)
    assert measured("landing_cop_path_m", trial).value == pytest.approx(2 * math.pi * 0.05 * 300 / 250, rel=0.01)
    assert measured("cop_path_m", trial, "right").value == 0.0
    assert measured("cop_path_m", trial, "total").value == pytest.approx(math.pi * 0.05 * 300 / 250, rel=0.01)


def test_a_circling_foot_has_the_extent_of_its_diameter() -> None:
    estimate = measured("cop_range_ml_m", trial_of(circling()))
    assert estimate.value == pytest.approx(0.1, rel=0.01)
    assert estimate.sd == pytest.approx(0.003, rel=0.2)
    assert estimate.doubt is None


def test_the_extent_is_that_of_the_first_axis() -> None:
    signals = circling()
    stretched = {side: position * [1.0, 3.0] for side, position in signals.cop_m.items()}
    trial = trial_of(dataclasses.replace(signals, cop_m=stretched))
    assert measured("cop_range_ml_m", trial).value == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize("mirror", [[-1.0, 1.0], [1.0, -1.0]])
def test_the_sign_of_an_axis_changes_nothing(mirror: list[float]) -> None:
    signals = circling()
    turned = dataclasses.replace(signals, cop_m={side: cop * mirror for side, cop in signals.cop_m.items()})
    for name in ("cop_path_m", "cop_range_ml_m"):
        assert measured(name, trial_of(turned)).value == pytest.approx(measured(name, trial_of(signals)).value)


def test_noise_of_the_plate_goes_into_the_sd_and_flags_a_short_path() -> None:
    signals = circling(0.002)
    rng = np.random.default_rng(1)
    noisy = {side: cop + rng.normal(0, 1e-3, cop.shape) for side, cop in signals.cop_m.items()}
    clean = measured("cop_path_m", trial_of(signals))
    estimate = measured("cop_path_m", trial_of(dataclasses.replace(signals, cop_m=noisy)))
    assert clean.doubt is None
    assert estimate.doubt is not None
    assert "mm of this path are noise" in estimate.doubt
    assert abs(estimate.value - clean.value) < 2 * estimate.sd


def test_a_side_wider_than_a_foot_is_flagged() -> None:
    estimate = measured("cop_path_m", trial_of(circling(0.3)))
    assert estimate.doubt is not None
    assert "further than one foot is long" in estimate.doubt


def test_a_foot_that_leaves_early_is_flagged() -> None:
    estimate = measured("landing_cop_path_m", trial_of(circling(), landing=contact(900, 1050)))
    assert estimate.doubt is not None
    assert "left the plate again after 150 ms" in estimate.doubt


@pytest.mark.parametrize(
    ("change", "name", "side", "words"),
    [
        ({"cop_axes": "unknown"}, "cop_range_ml_m", "left", "which axis is medio-lateral is unknown"),
        ({"cop_m": {"left": np.zeros((N, 2))}}, "cop_path_m", "total", "each plate has axes of its own"),
        ({"cop_m": {"left": np.full((N, 2), np.nan)}}, "cop_path_m", "left", "301 readings .* are missing"),
    ],
)
def test_what_cannot_be_known_is_refused_with_what_would_help(
    change: dict[str, object], name: str, side: Side, words: str
) -> None:
    trial = trial_of(dataclasses.replace(circling(), **change))  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match=words):
        measured(name, trial, side)


def test_missing_force_is_refused() -> None:
    signals = circling()
    signals.force_n["left"][200] = np.nan
    with pytest.raises(RefusedError, match="1 readings"):
        measured("cop_path_m", trial_of(signals))


def test_a_side_that_carries_nothing_is_refused() -> None:
    signals = circling()
    signals.force_n["left"][:] = 45.0
    with pytest.raises(RefusedError, match="carries more than 50 N for only 0 ms"):
        measured("cop_path_m", trial_of(signals))
    trial = trial_of(circling())
    trial.side_contact = {}
    with pytest.raises(RefusedError, match="the left side stayed unloaded"):
        measured("cop_path_m", trial)


def test_a_recording_that_ends_during_the_landing_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"ends 0\.15 s after this landing"):
        measured("landing_cop_path_m", trial_of(circling(), landing=contact(900, 1050, open_end=True)))


@pytest.mark.parametrize(
    ("name", "side", "start", "stop", "path_mm", "lateral_mm"),
    [
        ("opencap/subject5/DJ1_forces.mot", "left", 3000, 4520, (360, 400), (45, 55)),
        ("opencap/subject5/DJ1_forces.mot", "right", 3000, 4520, (440, 490), (30, 40)),
        ("opencap/unfiltered/DJ1_grf.mot", "plate_1", 122, 175, (215, 245), (16, 20)),
    ],
)
def test_real_contacts(
    name: str, side: Side, start: int, stop: int, path_mm: tuple[int, int], lateral_mm: tuple[int, int]
) -> None:
    """Against numpy on the raw columns: full-rate paths 387, 481 and 230 mm, extents 50, 35 and 18 mm."""
    signals = signals_from_plate(read(require_reference_data() / "force" / name).streams["force"])
    trial = trial_of(signals, first=contact(start, stop))
    assert path_mm[0] < 1000 * measured("cop_path_m", trial, side).value < path_mm[1]
    assert lateral_mm[0] < 1000 * measured("cop_range_ml_m", trial, side).value < lateral_mm[1]


@pytest.mark.parametrize("keep", [2, 5, 10, 20])
def test_the_path_hardly_depends_on_the_sample_rate(keep: int) -> None:
    signals = signals_from_plate(
        read(require_reference_data() / "force/opencap/subject5/DJ1_forces.mot").streams["force"]
    )
    slower = dataclasses.replace(
        signals,
        sample_rate_hz=signals.sample_rate_hz / keep,
        times_s=signals.times_s[::keep],
        force_n={side: np.ascontiguousarray(force[::keep]) for side, force in signals.force_n.items()},
        cop_m={side: np.ascontiguousarray(cop[::keep]) for side, cop in signals.cop_m.items()},
    )
    for side in ("left", "right"):
        full = measured("cop_path_m", trial_of(signals, first=contact(3000, 4520)), side)
        thin = measured("cop_path_m", trial_of(slower, first=contact(3000 // keep, 4520 // keep)), side)
        assert thin.value == pytest.approx(full.value, rel=0.04)
        assert abs(thin.value - full.value) < 2 * thin.sd


def test_a_file_of_force_alone_says_what_to_export() -> None:
    jump = ll.simulate_drop_jump(seed=1).recording
    rows = [row for row in ll.analyse(jump).first.table if "cop_" in row.name]
    assert len(rows) == 12
    for row in rows:
        assert row.value is None
        assert "vertical force only; export centre of pressure, or all six channels" in str(row.reason)
