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
# # Events, thresholds, and what a sample rate costs
#
# When does a contact begin? The answer depends on a threshold in newton and on how often force is read. This notebook
# measures both on landings whose truth is known, and checks that the stated standard deviations are large enough.
#
# **You need** nothing: the landings are simulated.

# %%
import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import landing_lab as ll

pd.set_option("display.max_colwidth", None)
plt.rcParams.update({"font.size": 12, "figure.dpi": 90, "axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## Events
#
# One drop jump from 40 cm, read 2000 times a second. Every event has a time and a standard deviation; the truth is
# where the force without noise crosses 20 N.

# %%
landing = ll.simulate_drop_jump(seed=3, drop_height_m=0.4, sample_rate_hz=2000.0)
result = ll.analyse(landing.recording)

events = pd.DataFrame(
    {
        "event": event.name,
        "time (s)": event.time_s,
        "sd (ms)": None if event.sd_s is None else 1000.0 * event.sd_s,
        "error (ms)": 1000.0 * (event.time_s - landing.truth.threshold_times_s[event.name, "total"]),
    }
    for event in result.events
    if event.side == "total" and (event.name, "total") in landing.truth.threshold_times_s
)
events.round(3)

# %% [markdown]
# ## The threshold
#
# Papers use 5 to 100 N, or multiples of the noise. `threshold_sensitivity` measures the same landing by all of them.

# %%
sensitivity = ll.threshold_sensitivity(landing.recording)
print(sensitivity.summary)

# %%
ll.plot(sensitivity)

# %% [markdown]
# *How contact time, flight time, jump height and reactive strength move with the threshold. Points are rules from the
# literature.* So say which threshold you used, and never compare two laboratories that used different ones.
#
# ## The sample rate
#
# Twelve athletes step off 30 cm onto plates that are read 2000 times a second. Then every second, fourth ... reading
# is kept, as if the converter had been slower. Each time the error is what the package says minus what is true.

# %%
NAMES = {
    "contact_time_s": ("contact time", "ms", 1000.0),
    "jump_height_flight_time_m": ("jump height", "mm", 1000.0),
    "loading_rate_20_80_bw_per_s": ("loading rate 20-80 %", "BW/s", 1.0),
}
KEEP_EVERY = (1, 2, 4, 8, 10, 16, 20, 25)

rows, at_80_hz = [], None
for seed in range(12):
    landing = ll.simulate_drop_jump(seed=seed, drop_height_m=0.3, sample_rate_hz=2000.0)
    force_n = landing.recording.streams["force"].samples
    for every in KEEP_EVERY:
        kept_n = force_n[(7 * seed) % every :: every]  # another first reading for every athlete
        slower = ll.from_arrays(left=kept_n[:, 0], right=kept_n[:, 1], sample_rate_hz=2000.0 / every)
        at_80_hz = ll.analyse(slower)
        for name, (_, _, scale) in NAMES.items():
            found = at_80_hz.first.table.get(name)
            true = landing.truth.metrics[name, "total"]
            rows.append(
                {
                    "rate (Hz)": 2000.0 / every,
                    "name": name,
                    "error": scale * (found.value - true),
                    "sd": scale * found.sd,
                }
            )
errors = pd.DataFrame(rows)
errors["within 2 sd"] = errors.error.abs() <= 2.0 * errors.sd

# %% [markdown]
# Root mean square error of twelve landings, beside the standard deviation that the package states:

# %%
errors["number"] = errors.name.map({name: f"{title} ({unit})" for name, (title, unit, _) in NAMES.items()})
errors["squared"] = errors.error**2
table = errors.pivot_table(index="rate (Hz)", columns="number", values=["squared", "sd"], sort=False)
table["squared"] = np.sqrt(table["squared"])
table.rename(columns={"squared": "error, rms", "sd": "stated sd"}).round(2)

# %% [markdown]
# ## What is refused
#
# At 80 readings a second a contact of 0.25 s has 20 readings, and the rise to the peak three or four. What cannot be
# known from them is refused, with the rate that it needs:

# %%
metrics = at_80_hz.metrics
too_slow = metrics[metrics.reason.fillna("").str.startswith("needs at least")]
too_slow.groupby("reason").name.unique().map(lambda names: ", ".join(sorted(set(names)))).to_frame("refused")

# %% [markdown]
# A load-cell plate with HX711 converters also gives 80 readings a second, but each is a mean over 40-50 ms: it blurs
# where the readings above only miss. So every number that times a contact is refused:

# %%
jump = ll.simulate_drop_jump(seed=3, drop_height_m=0.3)
sensed = ll.simulate_sensors(jump.recording, seed=3)
plate_only = dataclasses.replace(sensed.raw, streams={"plate": sensed.raw.streams["plate"]})
load_cells = ll.analyse(ll.recording_from_raw(plate_only))
contact = load_cells.first.table.get("contact_time_s")
print(f"contact time of the load-cell plate: {contact.status}\n{contact.reason}")

# %% [markdown]
# ## The picture

# %%
figure, axes = plt.subplots(1, 3, figsize=(13, 4.6), layout="constrained")
for axis, (name, (title, unit, _)) in zip(axes, NAMES.items(), strict=True):
    of_name = errors[errors.name == name]
    band = of_name.groupby("rate (Hz)").sd.mean()
    axis.fill_between(band.index, -2.0 * band, 2.0 * band, color="tab:blue", alpha=0.2, lw=0, label="± 2 stated sd")
    axis.plot(of_name["rate (Hz)"], of_name.error, "o", color="black", ms=4, alpha=0.6, label="one landing")
    axis.axhline(0.0, color="grey", lw=0.8)
    axis.set(xscale="log", title=title, xlabel="sample rate (Hz)", ylabel=f"error ({unit})")
    axis.set_xticks([80, 200, 500, 1000, 2000], ["80", "200", "500", "1000", "2000"])
    axis.minorticks_off()
axes[0].legend(frameon=False, loc="upper right")
plt.show()
# %% [markdown]
# *Error of three numbers against the sample rate, twelve simulated landings. The band is what the package promises.*

# %%
share = errors.groupby("name")["within 2 sd"].mean()
assert share.min() >= 0.93
assert (errors.groupby(["name", "rate (Hz)"])["within 2 sd"].mean() >= 0.9).all()
rms = errors[errors.name == "contact_time_s"].groupby("rate (Hz)").error.apply(lambda e: np.sqrt((e**2).mean()))
assert rms[80.0] > 10.0 * rms[1000.0]
assert contact.status == "refused"
assert contact.value is None
assert len(too_slow) > 20
print(
    f"From 2000 to 80 Hz the error of contact time grows from {rms[2000.0]:.1f} to {rms[80.0]:.1f} ms, "
    f"{errors['within 2 sd'].sum()} of {len(errors)} errors lie within two stated standard deviations, and at 80 Hz "
    f"{len(too_slow)} numbers are refused because they need a faster plate."
)
