"""Shares, indices, doses and symmetry of insoles against loads chosen by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from landing_lab.metrics._registry import RefusedError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from metrics.pressure_trials import (
    INFOTRONIC,
    LANDING,
    Foot,
    measured,
    rolling,
    shared,
    since_touchdown,
    trial_of,
    two_hills,
)

SIXTEEN = shipped_layouts()["fsr402_16"]
MOTICON = shipped_layouts()["moticon_16"]
DOSES = (
    "peak_pressure_kpa",
    "pressure_time_integral_kpa_s",
    "pressure_time_integral_mean_kpa_s",
    "force_time_integral_ns",
)


def uniform(layout: InsoleLayout, force: FloatArray) -> FloatArray:
    return force[:, None] * layout.area_mm2 / layout.area_mm2.sum()


@pytest.mark.parametrize(
    "layout", [one for one in shipped_layouts().values() if len(one) >= 8], ids=lambda one: one.name
)
@pytest.mark.parametrize("side", ["left", "right"])
def test_uniform_pressure_leans_to_neither_side(layout: InsoleLayout, side: str) -> None:
    foot = Foot(uniform(layout, two_hills()), layout)
    trial = trial_of({"left": foot, "right": foot})
    for name in ("medial_lateral_index", "medial_lateral_index_shift", "landing_medial_lateral_index"):
        assert abs(measured(name, trial, side).value) <= 0.02  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_medial_load_is_medial_on_both_feet(side: str) -> None:
    cells = uniform(SIXTEEN, two_hills()) * np.where(SIXTEEN.place_mm[:, 0] > 0.0, 1.5, 1.0)
    trial = trial_of({"left": Foot(cells, SIXTEEN), "right": Foot(cells, SIXTEEN)})
    for name in (
        "medial_lateral_index", "pronation_index_forefoot", "pronation_index_rearfoot", "foot_balance",
    ):  # fmt: skip
        flat = measured(name, trial_of({"left": Foot(uniform(SIXTEEN, two_hills()), SIXTEEN)})).value
        assert measured(name, trial, side).value > flat + 0.1, name  # type: ignore[arg-type]


def test_pronation_and_balance_are_their_formulas() -> None:
    weights = {
        "s1": 0.06,
        "s3": 0.06,
        "s2": 0.03,
        "s4": 0.03,
        "s9": 0.30,
        "s10": 0.12,
        "s11": 0.1,
        "s12": 0.1,
        "s13": 0.2,
    }
    foot = Foot(shared(MOTICON, two_hills(), weights), MOTICON)
    trial = trial_of({"left": foot})
    for prefix in ("", "landing_"):
        assert measured(f"{prefix}pronation_index_forefoot", trial).value == pytest.approx((0.42 - 0.40) / 0.82)
        assert measured(f"{prefix}pronation_index_rearfoot", trial).value == pytest.approx((0.12 - 0.06) / 0.18)
        assert measured(f"{prefix}foot_balance", trial).value == pytest.approx((0.54 - 0.46) / 1.0)


def test_layouts_that_cannot_say_an_index_refuse_it() -> None:
    trial = trial_of({"left": rolling()})
    with pytest.raises(RefusedError, match="no cell under heel_medial, heel_lateral"):
        measured("pronation_index_rearfoot", trial)
    for name in ("pronation_index_forefoot", "foot_balance"):
        with pytest.raises(RefusedError, match="infotronic_8 has no cell under m1, m2"):
            measured(name, trial)


def test_sides_are_weighed_by_what_cells_read_and_force_by_the_plate() -> None:
    """Whatever weights a plate gave the cells: even pressure leans to neither side, and the sum is the plate's."""
    weight = np.random.default_rng(2).uniform(0.2, 4.0, 16)
    even = uniform(SIXTEEN, two_hills())
    cells = even * weight * (two_hills() / np.maximum((even * weight).sum(axis=1), 1e-9))[:, None]
    foot = Foot(cells, SIXTEEN, sole=1.0 / weight)
    trial, plain = trial_of({"left": foot}), trial_of({"left": Foot(even, SIXTEEN)})
    for name in ("medial_lateral_index", "foot_balance", "pronation_index_rearfoot", "peak_pressure_kpa"):
        assert measured(name, trial).value == pytest.approx(measured(name, plain).value, abs=1e-9), name
    assert measured("force_time_integral_ns", trial).value == pytest.approx(
        measured("force_time_integral_ns", plain).value
    )
    assert measured("heel_share", trial).value != pytest.approx(measured("heel_share", plain).value, abs=0.01)


def test_shares_of_the_parts_are_those_of_their_loads() -> None:
    weights = {"heel": 0.2, "mid_medial": 0.1, "fore_lateral": 0.4, "toe": 0.3}
    trial = trial_of({"left": Foot(shared(INFOTRONIC, two_hills(), weights))})
    for prefix in ("", "landing_"):
        assert measured(f"{prefix}heel_share", trial).value == pytest.approx(0.2)
        shares = [
            measured(f"{prefix}{part}_impulse_0_100ms_pct", trial).value
            for part in ("heel", "midfoot", "forefoot", "toes")
        ]
        assert shares == pytest.approx([20.0, 10.0, 40.0, 30.0])
    assert measured("heel_share", trial).sd == pytest.approx(math.hypot(math.sqrt(2) * 0.16 * 0.05, 0.09, 0.005))


@pytest.mark.parametrize(("layout", "few"), [(INFOTRONIC, True), (SIXTEEN, False)], ids=["8", "16"])
def test_shares_by_a_handful_of_cells_are_in_doubt(layout: InsoleLayout, few: bool) -> None:
    trial = trial_of({"left": Foot(uniform(layout, two_hills()), layout)})
    for name in ("heel_share", "landing_heel_share", "midfoot_impulse_0_100ms_pct"):
        assert ("tell parts of the foot poorly" in str(measured(name, trial).doubt)) == few


@pytest.mark.parametrize(("heel_ms", "fore_ms"), [(30, 0), (0, 25), (15, 15)])
def test_the_order_in_which_parts_land(heel_ms: int, fore_ms: int) -> None:
    """Each part rises to its plateau of 400 N within 20 ms from its own onset on."""
    after = since_touchdown()

    def ramp(start: int) -> FloatArray:
        return 400.0 * np.clip((after - start) / 20.0, 0.0, 1.0) * (two_hills() > 0.0)

    heel, fore = ramp(heel_ms), ramp(fore_ms)
    cells = shared(INFOTRONIC, heel, {"heel": 1.0}) + shared(INFOTRONIC, fore, {"fore_lateral": 1.0})
    found = measured("forefoot_to_heel_delay_s", trial_of({"left": Foot(cells)}))
    assert found.value == pytest.approx((heel_ms - fore_ms) / 1000.0, abs=1e-9)
    assert 0.0 < found.sd < 0.003


def test_a_heel_that_never_lands_has_no_delay() -> None:
    with pytest.raises(RefusedError, match="the heel stayed off the ground"):
        measured("forefoot_to_heel_delay_s", trial_of({"left": rolling()}))


def test_doses_of_constant_pressure() -> None:
    """200 kPa under every cell for 0.3 s: 60 kPa s by either definition, and the impulse of 200 kPa on the sole."""
    plateau = np.where(two_hills() > 0.0, 1.0, 0.0)
    foot = Foot(plateau[:, None] * 200.0 * SIXTEEN.area_mm2 / 1000.0, SIXTEEN)
    trial = trial_of({"left": foot})
    found = {name: measured(name, trial) for name in DOSES}
    assert found["peak_pressure_kpa"].value == pytest.approx(200.0)
    assert found["peak_pressure_kpa"].sd >= 10.0
    assert found["pressure_time_integral_kpa_s"].value == pytest.approx(60.0, rel=0.01)
    assert found["pressure_time_integral_mean_kpa_s"].value == pytest.approx(60.0, rel=0.01)
    impulse = 0.2 * SIXTEEN.area_mm2.sum() * 0.3
    assert found["force_time_integral_ns"].value == pytest.approx(impulse, rel=0.01)
    parts = [
        measured(f"{part}_force_time_integral_ns", trial).value for part in ("heel", "midfoot", "forefoot", "toes")
    ]
    assert sum(parts) == pytest.approx(found["force_time_integral_ns"].value)
    assert measured("toes_peak_pressure_kpa", trial).value == pytest.approx(200.0)
    landing = measured("landing_pressure_time_integral_kpa_s", trial).value
    assert landing == pytest.approx(60.0, rel=0.01), "the first 0.3 s of the landing"


def test_the_two_pressure_time_integrals_differ_where_pressure_is_not_even() -> None:
    foot = Foot(shared(SIXTEEN, two_hills(), {"s9": 0.5, "s2": 0.5}), SIXTEEN)
    trial = trial_of({"left": foot})
    assert measured(DOSES[1], trial).value > 5.0 * measured(DOSES[2], trial).value


def test_doses_need_a_calibration() -> None:
    trial = trial_of({"left": dataclasses.replace(rolling(), calibrated=False), "right": rolling()})
    for name in DOSES:
        with pytest.raises(RefusedError, match="left insole is not calibrated on a plate"):
            measured(name, trial)
        assert measured(name, trial, "right").value > 0.0


@pytest.mark.parametrize("prefix", ["", "landing_"])
def test_symmetry_of_the_insoles(prefix: str) -> None:
    weak = dataclasses.replace(rolling(), cells=0.8 * rolling().cells)
    trial = trial_of({"left": rolling(), "right": weak})
    for variable in ("peak", "impulse"):
        found = measured(f"{prefix}limb_symmetry_insole_{variable}_pct", trial, "left_right")
        assert found.value == pytest.approx(80.0)
        assert found.stronger_side == "left"
        assert found.sd == pytest.approx(80.0 * math.sqrt(2.0) * math.hypot(0.05, 0.01))


def test_missing_readings_flag_and_many_refuse() -> None:
    foot = rolling()
    few, many = foot.cells.copy(), foot.cells.copy()
    few[200:215], many[150:260] = math.nan, math.nan
    some = trial_of({"left": dataclasses.replace(foot, cells=few)})
    found, clean = (measured("force_time_integral_ns", one) for one in (some, trial_of({"left": foot})))
    assert "6 % of the left insole's readings are missing" in str(found.doubt)
    assert found.value == pytest.approx(clean.value, rel=0.005), "missing ones are bridged, not zeros"
    with pytest.raises(RefusedError, match="% of the left insole's readings are missing"):
        measured("heel_share", trial_of({"left": dataclasses.replace(foot, cells=many)}))


def test_a_landing_that_is_cut_off_has_no_shares() -> None:
    whole = trial_of({"left": rolling()})
    stop = LANDING[0] + 200
    signals = dataclasses.replace(
        whole.signals,
        times_s=whole.signals.times_s[:stop],
        force_n={side: force[:stop] for side, force in whole.signals.force_n.items()},
        pressure={"left": Foot(rolling().cells[:stop]).pressure()},
    )
    cut = dataclasses.replace(trial_of({}), signals=signals)
    with pytest.raises(RefusedError, match="the recording ends within"):
        measured("landing_heel_share", cut)
    assert measured("landing_medial_shift_mm", cut).value == pytest.approx(8.64)
