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
# # From a force file to a result
#
# A text file of two force plates is read, analysed, judged and drawn. Every number comes with a standard deviation
# and a status, and this notebook shows what each status means and what you can do about it.
#
# **You need** nothing: the file is made by the simulator. To analyse a file of your own, name it in the next cell.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from scipy import signal

import landing_lab as ll

pd.set_option("display.max_colwidth", None)
plt.rcParams.update({"font.size": 12, "figure.dpi": 90})

FILE = None  # a file of your own, such as "jump.txt"
COLUMNS = {}  # which of its columns are which, such as {"left": "FP1", "right": "FP2", "sample_rate_hz": 1000}
BOX_HEIGHT_M = 0.40  # from how high the person stepped off

# %% [markdown]
# ## The file
#
# Without a file of your own, a simulated athlete steps off a box of 40 cm onto two plates, jumps at once, and lands.
# The force of each foot goes into a text file, as the software of a force plate would write it.

# %%
if FILE is None:
    athlete = ll.simulate_drop_jump(seed=3, drop_height_m=BOX_HEIGHT_M)
    FILE = ll.export(athlete.recording, "drop_jump.csv")

print("\n".join(Path(FILE).read_text(encoding="utf-8", errors="replace").splitlines()[:5]))

# %% [markdown]
# ## Read and analyse
#
# The format is recognised from the content. `recording.notes` holds whatever had to be assumed; here nothing.

# %%
recording = ll.read(FILE, **COLUMNS)
result = ll.analyse(recording, box_height_m=BOX_HEIGHT_M)

print(recording)
print("notes:", recording.notes or "none")
print("task:", result.task, "| status of the trial:", result.status, "| reason:", result.reason)

# %% [markdown]
# ## The numbers
#
# `result.metrics` is a pandas table with one row per number. `sd` is one standard deviation of the measurement, in
# the unit of the value. The first rows, for both feet together:

# %%
metrics = result.metrics
metrics[metrics.side == "total"][["name", "value", "sd", "unit", "status"]].head(8).round(4)

# %% [markdown]
# What a number means, where it comes from and when it is refused stands in the package itself:

# %%
print(ll.explain("rsi_flight_time_m_per_s"))

# %% [markdown]
# ## What a status means
#
# | status | what it means | what to do |
# |---|---|---|
# | ok | may be used as it stands, with its sd | nothing |
# | flagged | was measured, with a reservation that stands in `reason` | read the reason, then decide |
# | refused | was not computed, this recording cannot support it; `value` is empty | the reason says what helps |
#
# Refusals are normal. This file holds vertical force only, so nothing can be said about the centre of pressure:

# %%
metrics.groupby("status").size().to_frame("numbers").T

# %%
refused = metrics[metrics.status == "refused"]
refused.groupby("reason").agg(numbers=("name", "size"), first=("name", "first")).reset_index()

# %% [markdown]
# ## The same landing, spoiled twice
#
# First somebody smooths the force with a 20 Hz low-pass before exporting it, as many programs do by default. Then a
# plate reads it only 100 times a second. Look at contact time: smoothing makes it longer, and the reason says
# about how much. What a filter costs differs from landing to landing: compare the two numbers.

# %%
stream = recording.streams["force"]
force_n, rate_hz = stream.samples[:, :2], stream.sample_rate_hz
low_pass = signal.butter(2, 20.0, fs=rate_hz, output="sos")
smoothed_n = signal.sosfiltfilt(low_pass, force_n, axis=0)
every = round(rate_hz / 100.0)


def analysed(kept_n, kept_hz):
    both = ll.from_arrays(left=kept_n[:, 0], right=kept_n[:, 1], sample_rate_hz=kept_hz)
    return ll.analyse(both, box_height_m=BOX_HEIGHT_M)


spoiled = {
    "as recorded": result,
    "smoothed at 20 Hz": analysed(smoothed_n, rate_hz),
    "read at 100 Hz": analysed(force_n[::every], rate_hz / every),
}
rows = [
    {"recording": name, "number": number, "value": found.value, "sd": found.sd, "status": found.status}
    | {"reason": found.reason or ""}
    for name, one in spoiled.items()
    for number in ("contact_time_s", "impulse_0_100ms_ns", "peak_force_bw")
    if (found := one.first.table.get(number)) is not None
]
pd.DataFrame(rows).round(4)

# %% [markdown]
# A trial has a status as well. It is flagged where a doubt concerns the recording itself, and refused where no jump
# can be told in it:

# %%
for name, one in spoiled.items():
    counts = one.metrics.status.value_counts().to_dict()
    print(f"{name}: trial {one.status}, numbers {counts}")

# %% [markdown]
# ## The report
#
# One folder with a page and a picture, to be opened in a browser, printed or sent. It holds no scripts and loads
# nothing from the network.

# %%
files = ll.report(result, "drop_jump_report")
print("\n".join(f"{path} ({path.stat().st_size / 1000:.0f} kB)" for path in files.values()))

# %% [markdown]
# ## The picture
#
# Force of the left foot, the right foot and both, in newton (on the right in body weights). Shaded: the phases;
# marked: the events.

# %%
ll.plot(result)

# %%
with_value = metrics[metrics.status != "refused"]
assert refused.value.isna().all()
assert refused.reason.str.len().gt(20).all()
assert with_value.value.notna().all()
assert with_value.sd.ge(0).all()

told = {"contact_time_s": ("contact", 1000, "ms"), "jump_height_flight_time_m": ("jump height", 100, "cm")}
values = [
    f"{words} {scale * found.value:.1f} ± {scale * found.sd:.1f} {unit}"
    for name, (words, scale, unit) in told.items()
    if (found := result.first.table.get(name)) is not None and found.value is not None
]
print(
    f"{result.task}: {', '.join(values)}. {len(with_value)} numbers have a value and a standard deviation, "
    f"{len(refused)} were refused, and every one of those says why."
)
