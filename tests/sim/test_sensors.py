import time

import numpy as np
import pytest

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.sim import fsr, hx711
from landing_lab.sim.drop_jump import draw_body
from landing_lab.sim.foot import cell_forces, draw_foot
from landing_lab.sim.motion import move

N_CELLS = nominal.INSOLE_CHANNELS


def sampled_share(subject: int, along: float, force_n: float = 350.0) -> float:
    cop = np.tile([0.5, along], (2000, 1))
    rng = np.random.default_rng(subject)
    cells = cell_forces(draw_foot(subject), np.full(2000, force_n), cop, rng=rng, sample_rate_hz=1000.0)
    return float(cells.sum(axis=1).mean()) / force_n


def test_eight_cells_see_a_small_part_that_no_single_gain_undoes() -> None:
    flat = np.array([sampled_share(subject, 0.45) for subject in range(16)])
    tiptoe = np.array([sampled_share(subject, 0.76) for subject in range(16)])
    assert flat.min() > 0.05
    assert flat.max() < 0.10
    low, high = np.quantile(tiptoe / flat, [0.1, 0.9])
    assert low < 0.95
    assert high > 1.1


def test_cells_follow_the_centre_of_pressure() -> None:
    field = draw_foot(3)
    n = 200
    heel, toe = (
        cell_forces(
            field, np.full(n, 300.0), np.tile([0.5, y], (n, 1)), rng=np.random.default_rng(0), sample_rate_hz=1e3
        )
        for y in (0.15, 0.82)
    )
    medial, lateral = (
        cell_forces(
            field, np.full(n, 300.0), np.tile([x, 0.6], (n, 1)), rng=np.random.default_rng(0), sample_rate_hz=1e3
        )
        for x in (0.32, 0.68)
    )
    assert heel[:, 0].mean() > 10 * toe[:, 0].mean()
    assert toe[:, 7].mean() > 10 * heel[:, 7].mean()
    assert medial[:, 5].mean() > lateral[:, 5].mean()
    assert lateral[:, 6].mean() > medial[:, 6].mean()


def test_no_force_no_cells() -> None:
    cells = cell_forces(
        draw_foot(1), np.zeros(50), np.tile([0.5, 0.5], (50, 1)), rng=np.random.default_rng(0), sample_rate_hz=1000.0
    )
    assert not cells.any()


def test_ideal_cell_inverts_to_the_power_law() -> None:
    force = np.tile(np.linspace(1.0, 50.0, 400)[:, None], (1, N_CELLS))
    # Held still per row, so that the channel skew plays no part.
    counts = np.vstack(
        [fsr.read_cells(row[None], fsr.ideal_parts(), rng=np.random.default_rng(0)) for row in force]
    ).astype(float)
    ratio = counts / 1024.0
    conductance = ratio / (1.0 - ratio) / nominal.DIVIDER_RESISTOR_OHM
    recovered = nominal.FSR_FORCE_SCALE * conductance**nominal.FSR_FORCE_EXPONENT
    assert np.abs(recovered / force - 1.0).max() < 0.01


def test_cells_differ_saturate_creep_and_lag() -> None:
    parts = fsr.draw_parts(1)
    rng = np.random.default_rng(0)
    ramp = np.concatenate([np.linspace(0.0, 40.0, 500), np.linspace(40.0, 0.0, 500)])
    counts = fsr.read_cells(np.tile(ramp[:, None], (1, N_CELLS)), parts, rng=rng).astype(float)
    up, down = counts[250], counts[749]
    assert np.all(down > up), "hysteresis reads more while unloading"
    assert np.ptp(up) > 10.0, "parts differ"
    held = fsr.read_cells(np.full((12_000, N_CELLS), 10.0), parts, rng=rng).astype(float)
    assert np.all(held[-500:].mean(axis=0) > held[200:700].mean(axis=0)), "creep"
    heavy, heavier = (fsr.read_cells(np.full((1, N_CELLS), f), parts, rng=rng)[0] for f in (200.0, 2000.0))
    assert heavier.max() < 1023
    assert np.abs(heavier - heavy).max() < 30, "soft saturation"


def test_counts_fit_the_converter_and_twenty_seconds_are_quick() -> None:
    force = np.abs(np.random.default_rng(0).normal(0.0, 300.0, (20_000, N_CELLS)))
    start = time.process_time()
    counts = fsr.read_cells(force, fsr.draw_parts(2), rng=np.random.default_rng(1))
    assert time.process_time() - start < 1.0
    assert counts.dtype == np.int32
    assert counts.min() >= 0
    assert counts.max() <= 1023


def test_filter_is_a_running_mean_repeated() -> None:
    step, period, order = 5e-4, 0.0125, 3
    force = np.zeros(400)
    force[200:] = 100.0
    at = np.arange(400) * step
    seen = hx711.filter_sinc(force, step, at, period, order)
    assert np.all(seen[at <= 0.1] < 1e-9)
    assert seen[at >= 0.1 + order * period + step] == pytest.approx(100.0)
    half = at[np.argmax(seen >= 50.0)]
    assert half - 0.1 == pytest.approx(order * period / 2, abs=step)


@pytest.mark.parametrize("seed", range(4))
def test_plate_keeps_the_impulse_of_a_contact(seed: int) -> None:
    body = draw_body(seed, quiet_s=2.5)
    motion = move(body)
    parts = hx711.draw_plate(seed)
    force, cop = motion.feet_n[:, 0], np.tile([10.0, -20.0], (len(motion.time_s), 1))
    readings = hx711.read_plate(force, cop, parts, rng=np.random.default_rng(seed))
    impulse = 0.0
    for cell in range(4):
        mine = readings.cell == cell
        newton = (readings.counts[mine] - parts.offset_counts[cell]) / nominal.HX711_COUNTS_PER_N / parts.gain[cell]
        stop = motion.landing_s - 0.02
        inside = (readings.time_s[mine] > motion.touchdown_s - 0.02) & (readings.time_s[mine] < stop)
        impulse += newton[inside].sum() * parts.period_s[cell]
    contact = motion.time_s < motion.landing_s - 0.02
    true = force[contact].sum() * motion.time_s[1]
    assert impulse == pytest.approx(true, rel=0.01)
    assert 1.0 / parts.period_s.max() >= 78.0
    assert 1.0 / parts.period_s.min() <= 94.0


def test_cells_share_the_force_by_its_place() -> None:
    share = hx711.cell_shares(np.array([[0.0, 0.0], [180.0, 180.0], [60.0, -30.0]]))
    assert share.sum(axis=1) == pytest.approx(1.0)
    assert share[1] == pytest.approx([1.0, 0.0, 0.0, 0.0])
    place = share @ np.array(nominal.PLATE_CELLS_MM)
    assert place[2] == pytest.approx([60.0, -30.0])


def test_plate_saturates_at_24_bits() -> None:
    parts = hx711.draw_plate(0)
    readings = hx711.read_plate(np.full(5000, 2e5), np.zeros((5000, 2)), parts, rng=np.random.default_rng(0))
    assert readings.counts.max() == nominal.HX711_HIGHEST_COUNT


def test_spikes_are_full_of_ones_and_cost_the_next_reading() -> None:
    still = np.full(200_000, 100.0), np.zeros((200_000, 2)), hx711.draw_plate(0)
    clean = hx711.read_plate(*still, rng=np.random.default_rng(0))
    spoilt = hx711.read_plate(*still, rng=np.random.default_rng(0), spike_rate_per_s=1.0)
    one = spoilt.cell == 0
    hit = np.flatnonzero((spoilt.counts[one] & (spoilt.counts[one] + 1)) == 0)
    hit = hit[spoilt.counts[one][hit] >= (1 << 16) - 1]
    assert len(hit) > 3
    interval = np.append(np.diff(spoilt.time_s[one]), np.nan)
    period = np.median(interval[:-1])
    assert np.nanmin(interval[hit]) > 1.5 * period
    assert len(spoilt.counts) < len(clean.counts)
    with pytest.raises(ParameterError, match="spike_rate_per_s"):
        hx711.read_plate(*still, rng=np.random.default_rng(0), spike_rate_per_s=-1.0)
