"""Every real force file against values worked out by hand: plain numpy on the text, windows chosen on a plot by eye.

Zero: mean of each plate over a stretch seen empty. Body weight: mean of a stretch seen at rest (seconds stated with
each file). Edges: from the middle of the flight outwards to the first 20 N that do not fall below 15 N within 15 ms,
linear between samples at 200 Hz and more, else the middle between two samples. Nothing here calls landing_lab for them.
"""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass

import numpy as np
import pytest

import landing_lab as ll
from degrade import point_sampled
from detect.real_landings import force_of
from landing_lab.detect.params import ContactParams
from landing_lab.model.result import Result, TrialResult
from reference import require_reference_data
from traces import on_plates

GRAVITY = 9.80665

GIVEN_HZ = {
    "gidiel/Dual-DJ-Fz.txt": 1000,
    "gidiel/Dual-CMJ-Fz.txt": 1000,
    "bmc/GRFZjump.txt": 600,
    "jumpmetrics/cmj_example.txt": 2000,
    "jumpmetrics/FHOC_P30_SQT300007.txt": 1000,
    "plateforce/subject01_trial1.force.txt": 1200,
    "plateforce/subject01_trial2.force.txt": 1200,
    "plateforce/synthetic_untrimmed_step_off.force.txt": 1000,
}
MASS_KG = {
    "bmc/GRFZjump.txt": 63.5,  # 622.64 N in its first 0.14 s, a seventh of the second that weighing takes
    "opencap/subject5/DJ1_forces.mot": 79.4,
    "opencap/unfiltered/DJ1_grf.mot": 95.0,
    "opencap/unfiltered/DJ4_grf.mot": 95.0,
    "opencap/subject4/DJ1_grf.mot": 62.6,
    "opencap/subject4/DJAsym1_grf.mot": 62.6,
}


@dataclass(frozen=True, kw_only=True)
class Hand:
    """One flight by hand: seconds of the file, newton; onset: of a jump from standing, on the plot."""

    take_off_s: float
    landing_s: float
    landing_peak_n: float
    contact_s: float | None = None
    onset_s: float | None = None
    rest_s: float | None = None


FLIGHTS = {
    "gidiel/Dual-DJ-Fz.txt": [Hand(take_off_s=2.1456, landing_s=2.6321, landing_peak_n=2383.8, contact_s=0.2496)],
    "gidiel/Dual-CMJ-Fz.txt": [Hand(take_off_s=2.3544, landing_s=2.8652, landing_peak_n=2330.4, onset_s=1.60)],
    "bmc/GRFZjump.txt": [Hand(take_off_s=0.9045, landing_s=1.3285, landing_peak_n=3627.0, onset_s=0.16)],
    "bmc/jump1.txt": [Hand(take_off_s=5.0902, landing_s=5.6402, landing_peak_n=4696.8, onset_s=4.14, rest_s=0.720)],
    "plateforce/subject01_trial1.force.txt": [
        Hand(take_off_s=4.1778, landing_s=4.7768, landing_peak_n=2860.6, onset_s=3.39)  # the plate's limit
    ],
    "plateforce/subject01_trial2.force.txt": [],  # ends in the air
    "plateforce/synthetic_untrimmed_step_off.force.txt": [
        Hand(take_off_s=4.1275, landing_s=4.6682, landing_peak_n=2397.2, onset_s=3.37)
    ],
    "jumpmetrics/cmj_example.txt": [Hand(take_off_s=8.8103, landing_s=9.3390, landing_peak_n=2766.8, onset_s=7.72)],
    "jumpmetrics/FHOC_P30_SQT300007.txt": [
        Hand(
            take_off_s=8.8298, landing_s=9.2719, landing_peak_n=2100.8, onset_s=8.37
        )  # of the push: it stands squatted
    ],
    "acl_squat_jump/BFR003_squat_jump.csv": [
        Hand(take_off_s=2.4005, landing_s=2.6905, landing_peak_n=1696.6, onset_s=1.41),
        Hand(take_off_s=5.9190, landing_s=6.2287, landing_peak_n=1938.4, rest_s=0.756),
        Hand(take_off_s=9.6750, landing_s=9.9788, landing_peak_n=2034.2),
    ],
    "acl_squat_jump/BFR007_squat_jump.csv": [
        Hand(take_off_s=1.8022, landing_s=2.0803, landing_peak_n=2766.2, onset_s=0.76, rest_s=1.053),
        Hand(take_off_s=6.1882, landing_s=6.5155, landing_peak_n=2675.8, onset_s=5.19, rest_s=1.246),
        Hand(take_off_s=11.0522, landing_s=11.3685, landing_peak_n=2458.0, rest_s=1.488),
    ],
    "opencap/subject5/DJ1_forces.mot": [
        Hand(take_off_s=2.2600, landing_s=2.7655, landing_peak_n=3394.5, contact_s=0.7677)
    ],
    "opencap/unfiltered/DJ1_grf.mot": [
        Hand(take_off_s=1.7550, landing_s=2.3450, landing_peak_n=3102.2, contact_s=0.55)
    ],
    "opencap/unfiltered/DJ4_grf.mot": [
        Hand(take_off_s=1.9250, landing_s=2.5450, landing_peak_n=4141.9, contact_s=0.51)
    ],
    "opencap/subject4/DJ1_grf.mot": [Hand(take_off_s=2.1650, landing_s=2.5650, landing_peak_n=1971.6, contact_s=0.75)],
    "opencap/subject4/DJAsym1_grf.mot": [
        Hand(take_off_s=1.9550, landing_s=2.3750, landing_peak_n=1847.3, contact_s=0.58)
    ],
    "opencap/subject4/static1_grf.mot": [],
}

BODY_WEIGHT_N = {  # (hand, tolerance): another second of standing weighs a little differently
    "gidiel/Dual-DJ-Fz.txt": (664.76, 1.0),  # 3.9-5.0 s
    "gidiel/Dual-CMJ-Fz.txt": (663.26, 1.0),  # 0.2-1.4 s
    "bmc/jump1.txt": (692.12, 1.0),  # 2.9-4.0 s
    "plateforce/subject01_trial1.force.txt": (585.19, 1.0),  # 0.2-3.2 s
    "plateforce/subject01_trial2.force.txt": (584.33, 1.0),  # 0.3-3.5 s
    "plateforce/synthetic_untrimmed_step_off.force.txt": (599.93, 0.5),  # 2.6-3.3 s; made with 600 N
    "jumpmetrics/cmj_example.txt": (722.79, 1.0),  # 3.5-7.2 s
    "jumpmetrics/FHOC_P30_SQT300007.txt": (729.87, 3.0),  # 6.5-7.8 s, in a squat
    "acl_squat_jump/BFR003_squat_jump.csv": (780.0, 7.0),  # 786.3 at 3.7-4.2 s, 778 before the third jump: it sways
    "acl_squat_jump/BFR007_squat_jump.csv": (884.13, 1.5),  # 8.6-9.2 s
    "opencap/subject4/static1_grf.mot": (588.9, 0.5),  # data/README.md
}

IMPULSE_HEIGHT_M = {  # (seconds of standing on the plot, integrated forwards from its middle to take-off)
    "gidiel/Dual-CMJ-Fz.txt": (0.2, 1.4, 0.3237),
    "bmc/jump1.txt": (2.9, 4.0, 0.3698),
    "plateforce/subject01_trial1.force.txt": (0.2, 3.2, 0.4230),
    "plateforce/synthetic_untrimmed_step_off.force.txt": (2.6, 3.3, 0.0337),
    "jumpmetrics/cmj_example.txt": (3.5, 7.2, 0.3271),
}


@functools.cache
def analysed(file: str) -> Result:
    path = require_reference_data() / "force" / file
    return ll.analyse(ll.read(path, sample_rate_hz=GIVEN_HZ.get(file)), mass_kg=MASS_KG.get(file))


def flights() -> list[tuple[str, int]]:
    return [(file, index) for file, found in FLIGHTS.items() for index in range(len(found))]


def value(trial: TrialResult, name: str, side: str = "total") -> float:
    row = trial.table.get(name, side)  # type: ignore[arg-type]
    assert row is not None, name
    assert row.value is not None, row
    return row.value


def sd(trial: TrialResult, name: str) -> float:
    row = trial.table.get(name)
    assert row is not None
    assert row.sd is not None
    return row.sd


def event_s(trial: TrialResult, name: str) -> float:
    event = trial.events.get(name)
    assert event is not None, name
    return event.time_s


def test_every_file_was_looked_at() -> None:
    folder = require_reference_data() / "force"
    forces = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.suffix in (".txt", ".csv", ".mot") and "LICENSE" not in path.name
        and "_ik" not in path.name and path.name != "DJ1.mot"
    }  # fmt: skip
    assert forces == set(FLIGHTS)
    assert len(forces) == 17


@pytest.mark.parametrize("file", FLIGHTS)
def test_as_many_flights_as_on_the_plot(file: str) -> None:
    with_flight = [trial for trial in analysed(file).trials if trial.events.get("landing") is not None]
    assert len(with_flight) == len(FLIGHTS[file])


@pytest.mark.parametrize("file", BODY_WEIGHT_N)
def test_body_weight(file: str) -> None:
    hand, tolerance = BODY_WEIGHT_N[file]
    assert value(analysed(file).first, "body_weight_n") == pytest.approx(hand, abs=tolerance)


@pytest.mark.parametrize(("file", "index"), flights())
def test_take_off_landing_and_flight(file: str, index: int) -> None:
    hand, trial = FLIGHTS[file][index], analysed(file).trials[index]
    # 1 ms; GRFZjump's empty plate swings by 17 N, so its edges are good to a sample of 1.7 ms only
    tolerance_s = 0.001 if "GRFZ" not in file else 0.002
    assert event_s(trial, "take_off") == pytest.approx(hand.take_off_s, abs=tolerance_s)
    assert event_s(trial, "landing") == pytest.approx(hand.landing_s, abs=tolerance_s)
    assert value(trial, "flight_time_s") == pytest.approx(hand.landing_s - hand.take_off_s, abs=tolerance_s)
    height = GRAVITY * (hand.landing_s - hand.take_off_s) ** 2 / 8.0
    assert value(trial, "jump_height_flight_time_m") == pytest.approx(height, abs=0.003)


@pytest.mark.parametrize(("file", "index"), flights())
def test_landing_peak(file: str, index: int) -> None:
    hand, trial = FLIGHTS[file][index], analysed(file).trials[index]
    assert value(trial, "landing_peak_force_n") == pytest.approx(hand.landing_peak_n, rel=0.001)


@pytest.mark.parametrize(("file", "index"), [key for key in flights() if FLIGHTS[key[0]][key[1]].contact_s])
def test_contact_of_drop_jumps(file: str, index: int) -> None:
    contact_s = FLIGHTS[file][index].contact_s
    assert value(analysed(file).trials[index], "contact_time_s") == pytest.approx(contact_s, abs=0.001)


@pytest.mark.parametrize(("file", "index"), [key for key in flights() if FLIGHTS[key[0]][key[1]].onset_s])
def test_movement_begins_where_the_eye_sees_it(file: str, index: int) -> None:
    onset_s = FLIGHTS[file][index].onset_s
    assert event_s(analysed(file).trials[index], "movement_onset") == pytest.approx(onset_s, abs=0.050)


@pytest.mark.parametrize(("file", "index"), [key for key in flights() if FLIGHTS[key[0]][key[1]].rest_s])
def test_time_to_stabilisation(file: str, index: int) -> None:
    # 0.05 s: half a percent of body weight moves the entry into the 5 % band by that much in BFR007
    rest_s = FLIGHTS[file][index].rest_s
    assert value(analysed(file).trials[index], "time_to_stabilisation_s") == pytest.approx(rest_s, abs=0.050)


def test_time_to_stabilisation_is_refused_where_nobody_comes_to_rest_in_the_three_seconds_it_takes() -> None:
    for file, hands in FLIGHTS.items():
        for trial, hand in zip(analysed(file).trials, hands, strict=False):
            row = trial.table.get("time_to_stabilisation_s")
            assert row is not None
            if hand.rest_s is None:
                assert row.value is None, file


@pytest.mark.parametrize("file", IMPULSE_HEIGHT_M)
def test_jump_height_by_impulse_equals_forward_integration(file: str) -> None:
    start_s, stop_s, hand = IMPULSE_HEIGHT_M[file]
    trial = analysed(file).first
    height = value(trial, "jump_height_impulse_m")
    # Another second of standing, another weight: 0.1 % of it over the 1 to 4 s of integration is 1 to 3 cm.
    assert abs(height - hand) < max(0.02, 2.0 * sd(trial, "jump_height_impulse_m"))
    # With our weight and from our standing second the same sum gives the same height.
    force, rate_hz = plain_total(file)
    weight, take_off = value(trial, "body_weight_n"), event_s(trial, "take_off")
    from_there = [
        forward_height(force, rate_hz, weight, middle, take_off) for middle in np.linspace(start_s, stop_s, 20).tolist()
    ]
    assert min(from_there) - 0.01 < height < max(from_there) + 0.01


def plain_total(file: str) -> tuple[np.ndarray, float]:
    """Total force of a text file with the plates' zero taken from their flight, read without landing_lab."""
    path = require_reference_data() / "force" / file
    hand = FLIGHTS[file][0]
    rate_hz = float(GIVEN_HZ.get(file, 450))
    if "jumpmetrics" in file:
        columns = np.genfromtxt(path, delimiter=",", skip_header=1)[:, [2, 8]]
    elif "gidiel" in file:
        columns = np.loadtxt(path, skiprows=1)
    elif file == "bmc/jump1.txt":
        columns = np.loadtxt(path, skiprows=1)[:, 1:]
    else:
        columns = np.loadtxt(path)[:, None]
    empty = columns[int((hand.take_off_s + 0.05) * rate_hz) : int((hand.landing_s - 0.05) * rate_hz)]
    return (columns - empty.mean(axis=0)).sum(axis=1), rate_hz


def forward_height(force: np.ndarray, rate_hz: float, weight_n: float, start_s: float, take_off_s: float) -> float:
    net = force[round(start_s * rate_hz) : round(take_off_s * rate_hz) + 1] - weight_n
    velocity = np.trapezoid(net) / rate_hz * GRAVITY / weight_n
    return float(velocity**2 / (2.0 * GRAVITY))


@pytest.mark.parametrize(
    ("file", "start_s", "stop_s"), [("gidiel/Dual-CMJ-Fz.txt", 1.0, 4.8), ("bmc/jump1.txt", 3.5, 8.0)]
)
def test_momentum_closes_from_standing_to_standing(file: str, start_s: float, stop_s: float) -> None:
    """Who stands before and after has gained nothing: force minus our body weight sums to less than 0.1 m/s."""
    force, rate_hz = plain_total(file)
    weight = value(analysed(file).first, "body_weight_n")
    net = force[round(start_s * rate_hz) : round(stop_s * rate_hz)] - weight
    assert abs(np.trapezoid(net) / rate_hz * GRAVITY / weight) < 0.1


@pytest.mark.parametrize(
    "file", ["gidiel/Dual-DJ-Fz.txt", "gidiel/Dual-CMJ-Fz.txt", "bmc/jump1.txt", "jumpmetrics/cmj_example.txt"]
)
def test_propulsion_impulse_is_mass_times_take_off_velocity(file: str) -> None:
    trial = analysed(file).first
    hand = FLIGHTS[file][0]
    velocity = GRAVITY * (hand.landing_s - hand.take_off_s) / 2.0
    if trial.task != "drop_jump":  # a jump from standing is anchored there, not in its flight
        velocity = math.sqrt(2.0 * GRAVITY * value(trial, "jump_height_impulse_m"))
    expected = value(trial, "body_weight_n") / GRAVITY * velocity
    assert value(trial, "propulsion_impulse_ns") == pytest.approx(expected, rel=0.01)


def drop_jumps() -> list[dict[str, str]]:
    with (require_reference_data() / "reference" / "dropjump.csv").open() as file:
        return list(csv.DictReader(file))


DROP_JUMPS = [name for name, found in FLIGHTS.items() if found and found[0].contact_s]
WITH_MOTION = [
    "gidiel/Dual-DJ-Fz.txt", "opencap/subject4/DJ1_grf.mot", "opencap/subject4/DJAsym1_grf.mot"
]  # fmt: skip


def row_of(file: str) -> dict[str, str]:
    return next(row for row in drop_jumps() if row["file"] == file)


@pytest.mark.parametrize("file", DROP_JUMPS)
def test_dropjump_csv_times_peaks_and_symmetry(file: str) -> None:
    expected, trial = row_of(file), analysed(file).first
    rate_hz = float(expected["fs"])
    # One sample at 100 Hz: the CSV interpolated there, see below.
    tolerance_s = 0.001 if rate_hz >= 1000.0 else 1.0 / rate_hz
    assert trial.sample_rate_hz == rate_hz
    assert value(trial, "contact_time_s") == pytest.approx(float(expected["GCT_s"]), abs=tolerance_s)
    assert value(trial, "flight_time_s") == pytest.approx(float(expected["flight_s"]), abs=tolerance_s)
    assert value(trial, "peak_force_n") == pytest.approx(float(expected["peakF_N"]), rel=0.001)
    assert value(trial, "peak_force_bw") == pytest.approx(float(expected["peakF_BW"]), rel=0.0015)
    symmetry = value(trial, "limb_symmetry_peak_contact_pct", "left_right")
    assert symmetry == pytest.approx(float(expected["LSI_peak_%"]), abs=0.5)
    peaks = sorted(float(expected[column]) for column in ("peak_L_N", "peak_R_N"))
    ours = [row.value for row in trial.table if row.name == "peak_force_n" and row.side != "total"]
    assert sorted(peak for peak in ours if peak is not None) == pytest.approx(peaks, rel=0.001)
    for name, column in (("jump_height_flight_time_m", "JH_ft_m"), ("rsi_flight_time_m_per_s", "RSI"),
                         ("flight_contact_ratio", "RSR")):  # fmt: skip
        relative = 0.005 if rate_hz >= 1000.0 else 0.04
        assert value(trial, name) == pytest.approx(float(expected[column]), rel=relative), name


@pytest.mark.parametrize("file", [name for name in DROP_JUMPS if not name.startswith("opencap/s") or "5" in name])
def test_dropjump_csv_time_of_the_peak(file: str) -> None:
    expected, trial = row_of(file), analysed(file).first
    row = trial.table.get("time_to_peak_force_s")
    assert row is not None
    if float(expected["fs"]) < 250.0:
        assert row.value is None
    else:
        assert row.value == pytest.approx(float(expected["t_peak_s"]), abs=0.001)


@pytest.mark.parametrize("file", WITH_MOTION)
def test_dropjump_csv_motion(file: str) -> None:
    """At 1000 Hz to half a percent. At 100 Hz the CSV's flight is 3 to 5 ms shorter (it interpolated), which moves the
    take-off velocity by 0.02 m/s and everything after it: within our sd of it, and ours is the right one (below)."""
    expected, trial = row_of(file), analysed(file).first
    fast = float(expected["fs"]) >= 1000.0
    for name, column, close in (
        ("braking_time_s", "brake_s", 0.001),
        ("propulsion_time_s", "prop_s", 0.001),
        ("com_depth_m", "depth_m", 0.001),
        ("drop_height_flight_anchored_m", "drop_h_ftanchored_m", 0.002),
        ("spring_correlation", "spring_r", 0.001),
        ("peak_power_w_per_kg", "pk_prop_power_W_kg", 0.1),
    ):
        tolerance = close if fast else 1.3 * sd(trial, name)
        assert value(trial, name) == pytest.approx(float(expected[column]), abs=tolerance), name
    touchdown_m_per_s = -np.sqrt(2.0 * GRAVITY * value(trial, "drop_height_flight_anchored_m"))
    assert touchdown_m_per_s == pytest.approx(float(expected["v_td_ftanchored"]), abs=0.01 if fast else 0.04)


def test_dropjump_csv_stiffness_of_the_spring() -> None:
    expected, trial = row_of(WITH_MOTION[0]), analysed(WITH_MOTION[0]).first
    assert value(trial, "vertical_stiffness_peak_kn_per_m") == pytest.approx(float(expected["kvert_kN_m"]), rel=0.005)
    dalleau = value(trial, "vertical_stiffness_dalleau_kn_per_m")
    assert dalleau == pytest.approx(float(expected["k_dalleau_kN_m"]), rel=0.005)


@pytest.mark.parametrize("file", DROP_JUMPS[1:])
def test_stiffness_of_what_is_no_spring_is_refused_though_the_csv_has_it(file: str) -> None:
    """The CSV's Dalleau column follows from its times and mass, and no contact here but gidiel's is a spring."""
    expected, trial = row_of(file), analysed(file).first
    row = trial.table.get("vertical_stiffness_dalleau_kn_per_m")
    assert row is not None
    assert row.value is None
    assert "not spring-like" in str(row.reason)
    assert value(trial, "spring_correlation") > -0.8
    mass, contact, flight = float(expected["BW_N"]) / GRAVITY, float(expected["GCT_s"]), float(expected["flight_s"])
    both = contact + flight
    stiffness = mass * np.pi * both / (contact**2 * (both / np.pi - contact / 4.0)) / 1000.0
    assert stiffness == pytest.approx(float(expected["k_dalleau_kN_m"]), rel=0.01)


def test_the_middle_between_samples_times_a_flight_at_100_hz_better_than_interpolation() -> None:
    """Why our flights of the 100 Hz files are up to 5 ms longer than the CSV's: read a 1000 Hz flight at 100 Hz."""
    errors: dict[float, list[float]] = {50.0: [], 200.0: []}
    for file in ("gidiel/Dual-DJ-Fz.txt", "gidiel/Dual-CMJ-Fz.txt"):
        force, rate_hz, sides = force_of(file)
        truth = value(analysed(file).first, "flight_time_s")
        for phase in (np.arange(16) + 0.5) / 16:
            recording = on_plates(point_sampled(force, rate_hz, 100.0, phase), sample_rate_hz=100.0, sides=sides)
            for interpolate_from_hz, found in errors.items():
                result = ll.analyse(recording, params=ContactParams(interpolate_from_hz=interpolate_from_hz))
                found.append(value(result.first, "flight_time_s") - truth)
    assert np.mean(errors[50.0]) < -0.004
    assert abs(np.mean(errors[200.0])) < 0.001
