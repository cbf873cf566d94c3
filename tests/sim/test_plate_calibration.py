"""Simulated calibrations: same parts as every other scene of a seed, masses that weigh what they are."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.hx711 import draw_plate
from landing_lab.sim.insole_bench import CellAct, insole_bench
from landing_lab.sim.plate_calibration import MODE_HZ, PlateAct, draw_plate_truth, plate_calibration


def test_the_plates_are_those_of_every_other_scene_of_the_seed() -> None:
    for foot in (0, 1):
        truth = draw_plate_truth(5, foot)
        np.testing.assert_array_equal(truth.parts.gain, draw_plate(10 + foot + 900_000).gain)
        assert MODE_HZ[0] <= truth.mode_hz <= MODE_HZ[1]


def test_a_mass_weighs_what_it_is_on_its_own_plate_only() -> None:
    acts = [
        PlateAct(what="rest", side="left", seconds=3.0),
        PlateAct(what="rest", side="right", seconds=4.0, mass_kg=20.0, at_mm=(50.0, -50.0)),
    ]
    made = plate_calibration(acts, seed=2, clock_ppm=0.0)
    frames = made.device.frames
    total = {0: 0.0, 4: 0.0}
    for cell in range(8):
        mine = frames.channel == cell
        counts, times_s = frames.counts[mine, cell], frames.ticks_us[mine] * 1e-6
        gain = made.truths[cell // 4].parts.gain[cell % 4]
        change = np.mean(counts[(times_s > 4.5) & (times_s < 6.5)]) - np.mean(counts[times_s < 2.9])
        total[cell // 4 * 4] += float(change) / gain / nominal.HX711_COUNTS_PER_N
    assert total[4] == pytest.approx(20.0 * GRAVITY, rel=0.005)
    assert total[0] == pytest.approx(0.0, abs=1.0)


def test_a_mass_on_one_cell_moves_that_cell_alone() -> None:
    device = insole_bench([CellAct(cell=3, mass_kg=1.0, seconds=2.0)], seed=1, foot=1)
    rise = device.frames.counts[1000].astype(int) - device.frames.counts[0]
    assert int(np.argmax(rise)) == 3
    assert np.abs(np.delete(rise, 3)).max() < 10
    assert device.info.device_id == "SIM-IN-R"


def test_acts_too_short_to_be_done_are_refused() -> None:
    for acts in ([], [PlateAct(what="tap", side="left", seconds=1.0)]):
        with pytest.raises(ParameterError, match="2 s or more"):
            plate_calibration(acts, seed=1)
