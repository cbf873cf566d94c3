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
# # A contrast study: what a heel lift changes
#
# Twelve athletes jumped flat and with a heel lift in the same session. This notebook compares the two
# conditions three ways: for the group (paired, by athletes, never by trials), for each athlete (against the
# error of trials), and over the whole curve; and then looks up what the heel lift truly did.
#
# You need the example study: `ll.fetch_dataset("example")` makes it on this machine at the first call, which
# takes about a minute on two cores, and keeps it. Its athletes are simulated, so the truth stands beside the
# numbers. Force and pressure show what a landing does, not what a knee does.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import landing_lab as ll

folder = ll.fetch_dataset("example")
table = ll.read_trials(folder)
conditions = table.rows[table.rows["session"].astype(str) == "03"].drop_duplicates(["participant", "run"])
conditions.groupby("condition", observed=True)["run"].agg(["count", "min", "max"])

# %% [markdown]
# "count" trials of each condition, whose run numbers interleave: the conditions alternated, so that practice
# and tiring hit both alike.
#
# ## Before looking: what counts
#
# Four metrics are named now. Every further one would make the adjusted p larger, and ten looked at and one
# reported is no study. The error that single athletes are judged by comes from their own laboratory: the
# repeats of sessions 01 and 02 (notebook 5).

# %%
NAMES = ["contact_time_s", "peak_force_bw", "jump_height_flight_time_m", "medial_shift_mm"]
errors = ll.reliability(table, names=NAMES, sessions=["01", "02"])
found = ll.contrast(table, "flat", "heel_lift", names=NAMES, errors=errors)

# %% [markdown]
# ## The group
#
# Second minus first, athletes' means, paired. p is that of flipping signs of the athletes' differences (all
# 4096 ways), adjusted for all comparisons of the table (Holm); g is Hedges' g by the average SD.

# %%
group = pd.DataFrame(
    [
        {
            "metric": one.name, "side": one.side, "unit": one.unit, "flat": one.group.mean_first,
            "difference": one.group.difference, "from": one.group.low, "to": one.group.high, "g": one.group.g,
            "p, Holm": one.p_holm,
            "beyond own error": f"{sum(a.judgement == 'real' for a in one.athletes)} of {len(one.athletes)}",
        }
        for one in found.contrasts
    ]
).set_index(["metric", "side"])  # fmt: skip
group.round(4)

# %% [markdown]
# The heel lift makes contacts longer and peaks lower; of jump height no difference is shown (its interval says how
# large one could still be). Medially the pressure shifts less.
#
# ## Each athlete
#
# "Beyond own error": a difference larger than 1.96 trial SD √(1/n₁ + 1/n₂). What days differ by cancels within
# a session, so this is sharper than the MDC95 of notebook 5.

# %%
contact = found.get("contact_time_s", "total")
ll.plot(contact)

# %% [markdown]
# A group difference is not everybody's difference, and an athlete whose interval holds zero has not been shown
# to be unaffected.
#
# ## The whole curve
#
# A peak is one point that somebody chose. Over the whole contact, with the error held at 5 % for the whole
# curve (by permutation of the athletes' signs):

# %%
force = ll.compare_waveforms(folder, signal="force_total", phase="contact", first="flat", second="heel_lift")
for sentence in force.sentences[:3]:
    print(sentence)

# %%
ll.plot_waveforms(force)

# %% [markdown]
# 100 % of a contact is a longer time with the heel lift, so the same % is not the same instant: the sentences
# and the picture say both durations.
#
# ## Against the truth
#
# Beside the study stands what was truly done to each simulated athlete. Per athlete, the true difference
# between the true means of the same trials:

# %%
truth = pd.read_csv(folder / "derivatives" / "truth" / "trials.tsv", sep="\t", na_values="n/a")
truth = truth[truth["session_id"] == "ses-03"].assign(participant=truth["participant_id"].str[4:])


def true_differences(column):
    means = truth.pivot_table(index="participant", columns="condition", values=column)
    return means["heel_lift"] - means["flat"]


COMPARED = {"contact_time_s": ("total", 1000.0, "ms"), "peak_force_bw": ("total", 1.0, "BW"),
            "medial_shift_mm": ("left", 1.0, "mm")}  # fmt: skip
compared = {}
for name, (side, factor, _) in COMPARED.items():
    one = found.get(name, side)
    own = pd.DataFrame({a.participant: (a.difference, a.low, a.high) for a in one.athletes}, index=["d", "low", "high"])
    compared[name] = factor * own.T.assign(true=true_differences(f"true_{name}_{side}"))

# %%
rows = []
for name, (side, factor, unit) in COMPARED.items():
    both, mean = compared[name], found.get(name, side).group
    held = ((both["low"] <= both["true"]) & (both["true"] <= both["high"])).sum()
    rows.append({"metric": name, "unit": unit, "found": factor * mean.difference, "from": factor * mean.low,
                 "to": factor * mean.high, "true": both["true"].mean(),
                 "intervals that hold the athlete's truth": f"{held} of {mean.n}"})  # fmt: skip
pd.DataFrame(rows).set_index("metric").round(2)

# %% [markdown]
# The intervals of contact time and peak force hold what is true. The medial shift is found smaller than it is: insoles
# of eight cells feel the centre of pressure move by less than it does. The direction can be believed, the size in
# millimetres cannot: one more reason to compare within one foot, one insole and one session.
#
# ## The picture

# %%
figure, panels = plt.subplots(1, 3, figsize=(13, 4.4), layout="constrained")
LABELS = {
    "contact_time_s": "contact time, ms",
    "peak_force_bw": "peak force, BW",
    "medial_shift_mm": "medial shift, left, mm",
}
for axes, (name, both) in zip(panels, compared.items(), strict=True):
    axes.errorbar(both["true"], both["d"], yerr=[both["d"] - both["low"], both["high"] - both["d"]], fmt="o",
                  color="#0072B2", ecolor="#9CC3DE", capsize=3)  # fmt: skip
    ends = np.array([both[["true", "low"]].min().min(), both[["true", "high"]].max().max()])
    axes.plot(ends, ends, color="black", lw=1, ls="--")
    axes.axhline(0, color="#999999", lw=0.8)
    axes.set_xlabel("true difference")
    axes.set_title(f"{LABELS[name]}", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
panels[0].set_ylabel("found, heel lift minus flat, with 95 % interval")
title = figure.suptitle("Each athlete: what was found against what is true (dashed: equal)", fontsize=12)
# %%
time, shift, height = contact.group, found.get("medial_shift_mm", "left").group, found.get(NAMES[2], "total")
peak = found.get("peak_force_bw", "total").group
true_ms, true_mm = compared["contact_time_s"]["true"].mean(), compared["medial_shift_mm"]["true"].mean()
beyond = sum(a.judgement == "real" for a in contact.athletes)
assert time.n == 12
assert 1000 * time.low < true_ms < 1000 * time.high
assert contact.p_holm < 0.05 < height.p_holm
assert time.low > 0 > peak.high
assert peak.low < compared["peak_force_bw"]["true"].mean() < peak.high
assert shift.high < 0
assert true_mm < shift.difference
assert any(stretch.p < 0.05 for stretch in force.stretches)
print(
    f"The heel lift lengthened contact by {1000 * time.difference:.1f} ms (95 % {1000 * time.low:.1f} to "
    f"{1000 * time.high:.1f}; truly {true_ms:.1f} ms), beyond the error of {beyond} of {time.n} athletes; the insoles "
    f"found {-shift.difference:.1f} mm (95 % {-shift.high:.1f} to {-shift.low:.1f}) of a true {-true_mm:.1f} mm less "
    f"medial shift."
)
