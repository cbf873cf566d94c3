import numpy as np
import pytest

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.device import SimulatedDevice
from landing_lab.sim.calibration_session import BOUNDARIES_S, calibration_session
from landing_lab.sim.devices import SimulatedScene, demo_bodies, drop_jump_scene, simulate_devices, trial_scene
from landing_lab.sim.scene import jump_scene


@pytest.fixture(scope="module")
def scene() -> SimulatedScene:
    return drop_jump_scene(3, seed=2)


def plate_newton(device: SimulatedDevice) -> tuple[FloatArray, FloatArray]:
    """Force of every cell on a common 80 Hz grid, each tared on its least-loaded part."""
    frames = device.frames
    at = np.arange(0.0, frames.ticks_us[-1] * 1e-6, 1 / 80)
    cells = []
    for cell in range(8):
        mine = frames.channel == cell
        counts = frames.counts[mine, cell]
        cells.append(np.interp(at, frames.ticks_us[mine] * 1e-6, counts / nominal.HX711_COUNTS_PER_N))
    return at, np.column_stack(cells)


def test_three_boards_say_what_they_are(scene: SimulatedScene) -> None:
    left, right, plate = (device.info for device in scene.devices)
    assert (left.kind, left.placement, left.n_channels, left.sample_rate_hz) == ("insole-fsr", "left", 8, 1000.0)
    assert (right.kind, right.placement) == ("insole-fsr", "right")
    assert (plate.kind, plate.placement, plate.n_channels) == ("plate-hx711", "total", 8)
    assert len({info.device_id for info in (left, right, plate)}) == 3
    assert all(len(info.device_id) <= 8 for info in (left, right, plate))


def test_sequence_ticks_and_counts_are_consistent(scene: SimulatedScene) -> None:
    for device, ppm in zip(scene.devices, scene.clock_ppm, strict=True):
        frames = device.frames
        assert np.array_equal(frames.sequence, np.arange(len(frames)))
        assert np.all(np.diff(frames.ticks_us) >= 0)
        assert 0 <= frames.ticks_us[0] < 20_000
        assert abs(ppm) <= 200.0
        ends_at = frames.ticks_us[-1] * 1e-6 / (1.0 + ppm * 1e-6)
        assert ends_at == pytest.approx(scene.duration_s, abs=0.02)
    for insole in scene.devices[:2]:
        assert insole.frames.channel is None
        assert np.all(np.diff(insole.frames.ticks_us) == 1000)
        assert insole.frames.counts.min() >= 0
        assert insole.frames.counts.max() <= 1023
    plate = scene.devices[2].frames
    rows = np.arange(len(plate))
    others = plate.counts.copy()
    others[rows, plate.channel] = 0
    assert not others.any()
    for cell in range(8):
        rate = (plate.channel == cell).sum() / scene.duration_s
        assert 77.0 < rate < 95.0


def test_clock_error_shows_in_the_insole_signal() -> None:
    body = demo_bodies(1, seed=1)[0]
    slow, fast = (simulate_devices([body], seed=1, clock_ppm=(ppm, 0.0, 0.0)) for ppm in (-2000.0, 2000.0))
    edges = []
    for scene in (slow, fast):
        frames = scene.devices[0].frames
        total = frames.counts.sum(axis=1)
        after = frames.ticks_us > (scene.start_s[0] + 1.45) * 1e6
        edges.append(frames.ticks_us[after][np.argmax(total[after] > total[after][200:].min() + 1200)] * 1e-6)
    touchdown = slow.truths[0].events["touchdown", "left"]
    assert edges[1] - edges[0] == pytest.approx(touchdown * 4e-3, abs=0.006)


def test_plates_see_the_athlete_and_insoles_also_the_box(scene: SimulatedScene) -> None:
    truth, start = scene.truths[0], scene.start_s[0]
    at, newton = plate_newton(scene.devices[2])
    total = newton.sum(axis=1)
    on_box = (at > start + 0.1) & (at < truth.facts["step_off_at_s"] - 0.9)
    standing = (at > 0.5) & (at < 2.8)
    weight = truth.metrics["body_weight_n", "total"]
    assert total[standing].mean() - total[on_box].mean() == pytest.approx(weight, rel=0.005)
    for insole in scene.devices[:2]:
        time_s = insole.frames.ticks_us * 1e-6
        counts = insole.frames.counts.sum(axis=1)
        mean = {
            name: counts[(time_s > a) & (time_s < b)].mean()
            for name, (a, b) in {
                "standing": (0.5, 2.8),
                "box": (start + 0.1, truth.facts["step_off_at_s"] - 0.9),
                "fall": (truth.facts["step_off_at_s"] + 0.02, truth.zero_force_times_s["touchdown", "total"] - 0.02),
                "flight": (truth.events["take_off", "total"] + 0.02, truth.events["landing", "total"] - 0.02),
            }.items()
        }
        assert mean["box"] > 0.7 * mean["standing"]
        assert mean["fall"] < 0.4 * mean["standing"]
        assert mean["flight"] < 0.4 * mean["standing"]


def test_truth_is_in_scene_time(scene: SimulatedScene) -> None:
    parts = jump_scene(demo_bodies(3, seed=2), seed=2)
    total = parts.part.plate_n.sum(axis=1)
    for truth, start in zip(parts.truths, parts.start_s, strict=True):
        touchdown = truth.events["touchdown", "total"]
        row = round(touchdown / 1e-4)
        assert total[row - 3] < 20.0 < total[row + 3]
        assert touchdown > start
    assert [truth.events for truth in parts.truths] == [truth.events for truth in scene.truths]


def test_demo_jumps_differ_on_purpose(scene: SimulatedScene) -> None:
    contact, symmetry = (
        [truth.metrics[key] for truth in scene.truths]
        for key in (("contact_time_s", "total"), ("limb_symmetry_peak_0_100ms_pct", "left_right"))
    )
    assert contact[0] < 0.2
    assert contact[1] > 0.25
    assert symmetry[2] < 85.0 < min(symmetry[:2])


def test_medial_shift_truth_follows_the_wish() -> None:
    bodies = demo_bodies(3, seed=5)
    for body, truth in zip(bodies, jump_scene(bodies, seed=5).truths, strict=True):
        for side, wished_mm in zip(("left", "right"), body.medial_shifts_mm, strict=True):
            assert truth.metrics["medial_shift_mm", side] == pytest.approx(wished_mm, abs=2.5)


def test_one_trial_is_a_short_recording_with_the_same_sensors() -> None:
    bodies = demo_bodies(3, seed=1)
    scenes = [trial_scene(body, seed=1, session=index) for index, body in enumerate(bodies)]
    assert all(scene.duration_s < 12.0 for scene in scenes)
    # The same part at the same place reads alike in standing, session after session.
    standing = np.array([scene.devices[0].frames.counts[500:1900].mean(axis=0) for scene in scenes])
    assert np.all(np.corrcoef(standing) > 0.95)
    assert not np.array_equal(standing[0], standing[1])


def test_a_scene_follows_from_its_seed() -> None:
    body = demo_bodies(1, seed=3)
    first, second, other = (simulate_devices(body, seed=3, session=s) for s in (0, 0, 1))
    for a, b, c in zip(first.devices, second.devices, other.devices, strict=True):
        assert np.array_equal(a.frames.counts, b.frames.counts)
        assert a.frames.counts.shape != c.frames.counts.shape or not np.array_equal(a.frames.counts, c.frames.counts)


def test_calibration_session_has_every_posture() -> None:
    scene = calibration_session(demo_bodies(1, seed=1)[0], seed=1)
    at, newton = plate_newton(scene.devices[2])
    newton -= newton[(at > 0.3) & (at < 2.7)].mean(axis=0)
    left, right = newton[:, :4].sum(axis=1), newton[:, 4:].sum(axis=1)
    during = {name: (at > a + 1.0) & (at < b - 1.0) for name, (a, b) in BOUNDARIES_S.items()}
    weight = (left + right)[during["flat"]].mean()
    assert (left[during["left_leg"]] / weight).mean() > 0.97
    assert (right[during["right_leg"]] / weight).mean() > 0.97
    fore = newton[:, [0, 1]].sum(axis=1) / np.maximum(left, 1.0)
    assert np.ptp(fore[during["lean_fore_aft"]]) > 0.2
    assert fore[during["heel_raises"]].max() > fore[during["flat"]].max() + 0.1
    assert (left + right)[during["hops"]].max() > 1.5 * weight


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"bodies": []}, "1 to 50 bodies"),
        ({"stand_s": 0.0}, "stand_s"),
        ({"pause_s": 100.0}, "pause_s"),
        ({"clock_ppm": (0.0, 0.0, 1e5)}, "clock_ppm"),
    ],
)
def test_refuses_impossible_scenes(wrong: dict[str, object], message: str) -> None:
    settings = {"bodies": demo_bodies(1), "seed": 1, **wrong}
    with pytest.raises(ParameterError, match=message):
        simulate_devices(**settings)


def test_refuses_no_trials() -> None:
    with pytest.raises(ParameterError, match="n_trials"):
        demo_bodies(0)
