# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own device and your own metric
#
# You built a board that landing-lab has never heard of, and you want a number that it does not compute. This
# notebook does both from scratch: a fast twin scale is described in one class, emulated behind a port,
# calibrated with a known mass, recorded and analysed; then a metric of your own stands in the table beside the
# others.
#
# You need nothing but landing-lab. The board is simulated: its bytes go through a real port (a pseudo terminal;
# on Windows a socket), so that the code here is the code for a board on a cable.

# %%
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import landing_lab as ll

# %% [markdown]
# ## The device
#
# The board: two load cells, one under each foot, both read 1000 times a second. It speaks landing-lab's wire
# protocol (`drivers/firmware/libraries/landing_lab` does that for an Arduino), and its SCAN frame holds two
# 32-bit counts. What is left to say is how a frame becomes counts, and, for the emulator and tests, the way
# back.
# %%
from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FrameBlock
from landing_lab_drivers.blocks import empty_block
from landing_lab_drivers.counters import CounterUnwrapper
from landing_lab_drivers.devices import add_device
from landing_lab_drivers.wire import SCAN, encode_frames

CELLS = 2


class TwinDecoder:
    held = 0  # nothing waits for what follows

    def __init__(self, stats):
        self.counters = CounterUnwrapper(stats)

    def decode(self, frames):
        own = [frame for frame in frames if frame.type == SCAN and len(frame.body) == 4 * CELLS]
        self.counters.stats.bad_frames += len(frames) - len(own)
        if not own:
            return self.flush()
        sequence, ticks_us = self.counters.unwrap([f.sequence for f in own], [f.ticks_us for f in own])
        counts = np.frombuffer(b"".join(f.body for f in own), "<i4").reshape(-1, CELLS).astype(np.int32)
        return FrameBlock(sequence, ticks_us, counts, None, np.zeros(len(own), np.int64))

    def flush(self):
        return empty_block(CELLS, free_running=False)


@dataclass(frozen=True)
class TwinScale:
    kind: str = "twin-scale"
    kind_code: int = 201  # 128-255 are yours
    sensor_kind: str = "force_plate"
    title: str = "Twin scale: a load cell under each foot, 1 kHz"

    def decoder(self, info, stats):
        return TwinDecoder(stats)

    def encode(self, info, frames):
        if frames.counts.shape[1] != CELLS or frames.channel is not None:
            raise ParameterError(f"a twin scale sends {CELLS} counts per frame; got {frames.counts.shape}")
        bodies = frames.counts.astype("<i4").view(np.uint8).reshape(len(frames), 4 * CELLS)
        return encode_frames(np.full(len(frames), SCAN, np.uint8), frames.sequence, frames.ticks_us, bodies)


add_device(TwinScale())

# %% [markdown]
# `add_device` holds until the kernel ends, and running the cell again replaces the class. To keep a device, put
# the class into a package of your own (CONTRIBUTING.md, "Add a device"), and every command knows it.
#
# ## A board to try it on
#
# The emulator plays what a board would send. Here that is a simulated drop jump, turned into counts by a scale
# and a zero that only the simulator knows, with 24-bit steps and noise. The true numbers of the jump are kept
# for the end.

# %%
from landing_lab.model.device import DeviceInfo, SimulatedDevice
from landing_lab_drivers.emulator import serve

INFO = DeviceInfo(
    kind="twin-scale", device_id="SIM-TWIN", placement="total", firmware_version="0.1.0", protocol_version=1,
    n_channels=CELLS, sample_rate_hz=1000.0, adc_prescaler=0, reference_v=5.0, channel_skew_us=0.0, settle_us=0.0,
    gain=128, sensor_kind="force_plate",
)  # fmt: skip
SECRET_COUNTS_PER_N, SECRET_ZERO = np.array([212.0, 195.0]), np.array([4_100.0, -2_600.0])
rng = np.random.default_rng(8)


def board_under(force_n):
    """The board while this force, (n, 2) newton at 1 kHz, is on it."""
    counts = force_n * SECRET_COUNTS_PER_N + SECRET_ZERO + rng.normal(0.0, 150.0, force_n.shape)
    n = np.arange(len(force_n), dtype=np.int64)
    frames = FrameBlock(n, 1000 * n, counts.round().astype(np.int32), None, np.zeros(len(n), np.int64))
    return SimulatedDevice(info=INFO, frames=frames)


# %% [markdown]
# Recording: `ll.record` opens the port and lets frames flow into a raw file until there are enough. The same line
# records a real board; only the URL is then that of its port.

# %%
temporary = tempfile.TemporaryDirectory(prefix="landing-lab-")
folder = Path(temporary.name)


def recorded(force_n, name, calibrations=()):
    """Record the board under this force into a file; its path."""
    with serve([board_under(force_n)]) as server:
        done = ll.record(server.urls, folder / name, seconds=30.0, frames=len(force_n), calibrations=calibrations)
    print(f"{name}: {done.link_statistics['plate']['frames']} frames, ended: {done.ended}")
    return done.path


# %% [markdown]
# ## Calibrate it
#
# Counts are not newton. Three recordings of a second: nobody on it, 20 kg on the left, 20 kg on the right (a
# mass known to 0.1 %).

# %%
from landing_lab.model.calibration import PlateCalibration

MASS_KG, MASS_SD, GRAVITY = 20.0, 0.001, 9.80665
weight_n = MASS_KG * GRAVITY
loads = {"empty": (0.0, 0.0), "left": (weight_n, 0.0), "right": (0.0, weight_n)}
mean, noise = {}, {}
for name, load_n in loads.items():
    path = recorded(np.tile(load_n, (1000, 1)), f"{name}.xdf")
    counts = ll.read_raw(path).streams["plate"].frames.counts
    mean[name], noise[name] = counts.mean(axis=0), counts.std(axis=0)

# %%
per_n = np.array([mean["left"][0] - mean["empty"][0], mean["right"][1] - mean["empty"][1]]) / weight_n
mean_sd_n = noise["empty"] / np.sqrt(1000) / per_n  # of a second's mean
scale_sd = np.hypot(MASS_SD, np.sqrt(2) * mean_sd_n / weight_n)
calibration = PlateCalibration(
    device_id=INFO.device_id, made_at=datetime.now(UTC).isoformat(timespec="seconds"), method="known masses",
    software="notebook 08", gain=INFO.gain, n_cells=CELLS, zero_counts=tuple(mean["empty"]),
    counts_per_n=tuple(per_n), cell_scale_sd_fraction=tuple(scale_sd), position_mm=(None, None),
    side=("left", "right"), scale_sd_fraction=float(scale_sd.max()), linearity_pct=None, corner_error_pct=None,
    hysteresis_pct=None, repeatability_pct=None, noise_n=float(np.hypot(*(noise["empty"] / per_n))), steps=(),
    operator="you", notes="20 kg on each side, once", file="SIM-TWIN by notebook 08",
)  # fmt: skip
pd.DataFrame(
    {"found, counts/N": per_n, "±": scale_sd * per_n, "the simulator's secret": SECRET_COUNTS_PER_N},
    index=["left", "right"],
).round(2)

# %% [markdown]
# One mass tells the scale; a second one would tell whether the cells are linear, and other places whether
# corners differ. What was not measured is `None`, not zero.
#
# ## Record a landing
#
# The calibration travels inside the recording, so that the file alone gives the same numbers in ten years.
# Without it there is one sentence instead of wrong newton:

# %%
jump = ll.simulate_drop_jump(seed=8, drop_height_m=0.3, noise_n=0.0, step_n=0.0)
force_n = jump.recording.streams["force"].samples
bare = recorded(force_n, "bare.xdf")
try:
    ll.read(bare)
    refused = ""
except ll.LandingLabError as error:
    refused = str(error)
print(refused)

# %%
landing = recorded(force_n, "landing.xdf", calibrations=[calibration])
recording = ll.read(landing)
recording

# %% [markdown]
# ## Your own metric
#
# A question that no metric of landing-lab answers: which share of the push against the ground comes in the
# second half of the contact, for both feet together and for each? The function gives a value **and its
# uncertainty**; here it comes from the two edges of the contact, which are known to a fraction of a
# millisecond, and from the scale. Where a trial does not hold what the metric needs, it is refused before the
# function is called.


# %%
def late_share_pct(force_n, start, stop):
    """Share of impulse in the second half between two instants (in samples), %."""
    at = np.linspace(start, stop, 2001)
    impulse = np.interp(at, np.arange(len(force_n)), force_n)
    return 100.0 * impulse[1000:].sum() / impulse.sum()


@ll.metric(
    unit="%", needs=("timing", "force", "contact"), sides="total and feet", min_rate_hz=250.0,
    label="impulse in the second half of contact", source="this notebook", formula="100 * J(T/2..T) / J(0..T)",
)  # fmt: skip
def late_impulse_pct(trial, side):
    """Share of the impulse of the contact that comes in its second half.

    Below 50 the landing brakes harder than it pushes.
    """
    contact, force = trial.contact, trial.signals.force_n[side]
    start, stop = contact.start.position, contact.stop.position
    if not np.isfinite(force[int(start) : int(stop) + 1]).all():
        raise ll.RefusedError("samples are missing in the contact; repeat the trial")
    value = late_share_pct(force, start, stop)
    per_s = trial.sample_rate_hz
    start_sd, stop_sd = (per_s * trial.edge_sd_s(edge) for edge in (contact.start, contact.stop))
    from_start = late_share_pct(force, start + start_sd, stop) - value
    from_stop = late_share_pct(force, start, stop - stop_sd) - value
    return ll.Estimate(value=value, sd=float(np.hypot(from_start, from_stop)))


result = ll.analyse(recording, box_height_m=0.3)
columns = ["name", "side", "value", "unit", "sd", "status"]
names = ["contact_time_s", "peak_force_bw", "rsi_flight_time_m_per_s", "late_impulse_pct"]
table = result.metrics[result.metrics["name"].isin(names)]
table[columns].round({"value": 4, "sd": 4})

# %% [markdown]
# It is a metric like the others: it can be explained, it is in exports, and the report lists it under "Your own".

# %%
print(ll.explain("late_impulse_pct"))

# %%
page = ll.report(result, folder / "report")["report.html"].read_text(encoding="utf-8")
print("impulse in the second half of contact" in page, "calibrated" in page, "SIM-TWIN by notebook 08" in page)

# %%
temporary.cleanup()  # the recordings were for this notebook only
folder.exists()

# %% [markdown]
# Bare numbers are refused: a value without an uncertainty helps nobody. Names say their unit, and those of
# landing-lab are taken:

# %%
said = []
for unit, name in (("N", "late_impulse_pct"), ("s", "contact_time_s")):
    try:
        ll.metric(unit=unit, needs=("force",), label="x", source="x")(type(name, (), {"__doc__": "x"}))
    except ll.LandingLabError as error:
        said.append(str(error))
        print(error)

# %% [markdown]
# ## The picture

# %%
trial = result.first
time_s = trial.signals.times_s
events = {event.name: event.time_s for event in trial.events if event.side == "total"}
start_s, stop_s = events["touchdown"], events["take_off"]
half_s = (start_s + stop_s) / 2
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.2), layout="constrained", width_ratios=(1.4, 1))
for side, colour in (("left", "#0072B2"), ("right", "#C24E00"), ("total", "black")):
    left.plot(time_s - start_s, trial.signals.force_n[side], color=colour, lw=1.5, label=side)
inside = (time_s >= half_s) & (time_s <= stop_s)
left.fill_between(time_s[inside] - start_s, trial.signals.force_n["total"][inside], color="#DDDDDD")
left.set_xlim(-0.05, stop_s - start_s + 0.05)
left.set_xlabel("time after touchdown, s")
left.set_ylabel("vertical force, N")
left.legend(frameon=False)
left.set_title("A landing on the twin scale; grey: the second half's impulse", fontsize=11)

own = table[table["name"] == "late_impulse_pct"].set_index("side")
right.errorbar(range(3), own["value"], yerr=1.96 * own["sd"], fmt="o", color="#0072B2", capsize=4, ms=7)
right.axhline(50, color="black", lw=1, ls="--")
right.set_xticks(range(3), own.index)
right.set_xlim(-0.5, 2.5)
right.set_ylabel("impulse in the second half, %")
right.set_title("The new metric, with 95 % interval", fontsize=11)
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)

# %%
contact = trial.table.get("contact_time_s")
true_s = jump.truth.metrics["contact_time_s", "total"]
share = trial.table.get("late_impulse_pct")
ends_s = [jump.truth.threshold_times_s[name, "total"] for name in ("touchdown", "take_off")]
fine_s = np.linspace(*ends_s, 20_001)
true_n = np.interp(fine_s, jump.recording.streams["force"].times_s, force_n.sum(axis=1))
true_share = 100 * true_n[10_000:].sum() / true_n.sum()
assert np.all(np.abs(per_n - SECRET_COUNTS_PER_N) < 3 * scale_sd * per_n)
assert "calibrate it with known masses" in refused
assert (trial.task, contact.status, share.status) == ("drop_jump", "ok", "ok")
assert abs(contact.value - true_s) < 3 * contact.sd
assert abs(share.value - true_share) < 3 * share.sd
assert len(said) == 2
assert not folder.exists()
assert "impulse in the second half of contact" in page
print(
    f"On a board that landing-lab did not know, contact lasted {contact.value:.4f} ± {contact.sd:.4f} s (truth "
    f"{true_s:.4f} s), and {share.value:.1f} ± {share.sd:.1f} % of the impulse came in its second half "
    f"(truth {true_share:.1f} %)."
)
