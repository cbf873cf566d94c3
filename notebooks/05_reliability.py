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
# # How well numbers repeat, and when a change is a change
#
# Twenty-four athletes were recorded twice, five drop jumps each time. This notebook finds how well their
# numbers repeat (ICC, SEM), what the least real change of one athlete is (MDC95), how it shrinks with more
# trials and why not without end, and then judges changes, some of which are real.
#
# You need the example study: `ll.fetch_dataset("example")` makes it on this machine at the first call, which
# takes about a minute on two cores, and keeps it. Its athletes are simulated, their insoles and plate too, so the
# truth stands beside the numbers.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import landing_lab as ll

folder = ll.fetch_dataset("example")
table = ll.read_trials(folder)
rows = table.rows
rows.groupby(["session", "condition"], observed=True)[["participant"]].nunique().rename(columns=lambda _: "athletes")

# %% [markdown]
# Sessions 01 and 02 are six days apart with nothing changed between them: they are the repeats. Session 03 is a
# contrast with a heel lift (notebook 7) and no repeat, so it is left out here.

# %%
NAMES = ["contact_time_s", "jump_height_flight_time_m", "rsi_flight_time_m_per_s", "peak_force_bw", "medial_shift_mm",
         "time_to_stabilisation_s"]  # fmt: skip
study = ll.reliability(table, names=NAMES, sessions=["01", "02"])
print(study.design.sentences[0])

# %% [markdown]
# ## ICC, SEM, MDC95
#
# - **ICC**: which share of the spread of values is real differences between athletes. It tells athletes apart;
#   it says nothing about change.
# - **SEM**: standard error of one athlete's value, in the metric's unit; of one trial, and of the mean of five.
# - **MDC95**: the least change between two sessions that is not chance, 1.96 √2 SEM.


# %%
def interval(one, digits):
    return f"{one.value:.{digits}f} ({one.low:.{digits}f} to {one.high:.{digits}f})"


DIGITS = {"s": 4, "m": 4, "m/s": 3, "BW": 2, "mm": 1}
shown = [
    {
        "metric": one.name, "side": one.side, "unit": one.unit, "ICC, mean of 5": interval(one.icc, 2),
        "says": one.icc_words, "SEM, mean of 5": interval(one.sem_mean, DIGITS[one.unit]),
        "MDC95, one trial": round(one.mdc95_one, DIGITS[one.unit]),
        "MDC95, mean of 5": round(one.mdc95_mean, DIGITS[one.unit]),
    }
    for one in study.metrics
    if one.icc is not None and one.side != "right"
]  # fmt: skip
pd.DataFrame(shown).set_index("metric")

# %%
ll.plot(study)

# %% [markdown]
# The words (poor to excellent: Koo and Li 2016) are given for the whole interval. A metric may have a good ICC
# because the athletes are very different, and still be useless for following one of them: the MDC95 decides
# that.
#
# ## Do the two days agree? (Bland and Altman)
#
# Contact time: the second session minus the first, one dot per athlete. A slope or a funnel would say that the
# error depends on the value; a mean away from zero, that everybody changed.

# %%
contact = study.get("contact_time_s", "total")
ll.plot(contact)

# %% [markdown]
# ## More trials help, up to a point
#
# The error of a mean has two parts: what trials of one day differ by, which the mean of n trials divides by √n,
# and what days differ by, which no number of trials of one day touches.

# %%
error = contact.error
ms = 1000.0
print(
    f"trials of one day differ by {ms * error.trial_sd:.1f} ms (SD), "
    f"days of one athlete by {ms * error.session_sd:.1f} ms"
)
trials = np.array([1, 2, 3, 5, 8, 12, 20, 50])
mdc = ms * np.array([error.detectable_change(n) for n in trials])
floor = ms * 1.96 * np.sqrt(2) * error.session_sd
pd.DataFrame({"trials per session": trials, "MDC95, ms": mdc.round(1), "above the floor, ms": (mdc - floor).round(1)})

# %% [markdown]
# The floor is reached by recording on more **days**, or by better control of what differs between days (time of
# day, shoes, how insoles lie), not by more trials. Five trials per session are a good bargain here.
#
# ## What the truth says
#
# Beside the study lies what no real laboratory has: the true contact time of every jump. How much of the spread
# between trials is the athlete, and how much the sensors?

# %%
truth = pd.read_csv(folder / "derivatives" / "truth" / "trials.tsv", sep="\t", na_values="n/a")
truth["participant"], truth["session"] = truth["participant_id"].str[4:], truth["session_id"].str[4:]
measured = rows[(rows["name"] == "contact_time_s") & (rows["side"] == "total")].astype(
    {"session": str, "participant": str}
)
both = measured.merge(truth.drop(columns="condition"), on=["participant", "session", "run"])
repeats = both[both["session"].isin(["01", "02"])]
within = repeats.groupby(["participant", "session"])["true_contact_time_s_total"]
true_sd = np.sqrt(within.var().mean())
sensor_sd = (repeats["value"] - repeats["true_contact_time_s_total"]).std()
print(f"true spread between trials {ms * true_sd:.1f} ms, error of the measurement {ms * sensor_sd:.1f} ms (SD)")

# %% [markdown]
# So most of what looks like error of measurement is athletes who do not land twice alike: better sensors would
# hardly shrink it.
#
# ## Judge an athlete
#
# P05 came back after six days. Has the contact time changed?

# %%
means = measured.groupby(["participant", "session", "condition"], observed=True)["value"].mean() * ms
plain = means.xs("", level="condition")
plain = pd.DataFrame({day: plain.xs(day, level="session") for day in ("01", "02")})
mdc_5 = ms * error.detectable_change(5)
change = plain["02"] - plain["01"]
se = ms * error.standard_error(5) * np.sqrt(2)
print(
    f"P05: {plain.loc['P05', '01']:.0f} ms, then {plain.loc['P05', '02']:.0f} ms: {change['P05']:+.1f} ms "
    f"(95 % {change['P05'] - 1.96 * se:+.1f} to {change['P05'] + 1.96 * se:+.1f}); MDC95 is {mdc_5:.1f} ms: "
    f"{'a change' if abs(change['P05']) > mdc_5 else 'no change that could be told from chance'}"
)

# %% [markdown]
# Nobody changed between these two sessions, as the simulator knows. About one in twenty will look changed all
# the same; that is what 95 % means. Twelve athletes came a third time and jumped with a heel lift, which truly
# lengthens the contact. Their change against session 01, by the same rule:

# %%
lifted = means.xs("heel_lift", level="condition").xs("03", level="session")
with_lift = (lifted - plain["01"]).dropna()
false_alarms = int((change.abs() > mdc_5).sum())
caught = int((with_lift > mdc_5).sum())
true_means = (
    both.groupby(["participant", "session", "condition"], observed=True)["true_contact_time_s_total"].mean() * ms
)
true_lift = (true_means.xs("heel_lift", level="condition").xs("03", level="session")
             - true_means.xs("", level="condition").xs("01", level="session")).dropna()  # fmt: skip
print(
    f"{false_alarms} of {len(change)} unchanged athletes are beyond MDC95, and {caught} of {len(with_lift)} with "
    f"the lift, whose true change is {true_lift.mean():.0f} ms on average"
)

# %% [markdown]
# Athletes whose change is smaller than MDC95 may well have changed: "not told from chance" is not "no change".
# Conditions of **one** session are judged more sharply, because what a day adds cancels (notebook 7).
#
# ## The picture

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.6), layout="constrained", width_ratios=(1, 1.3))
n = np.arange(1, 31)
left.plot(n, [ms * error.detectable_change(k) for k in n], color="#0072B2", lw=2)
left.axhline(floor, color="black", lw=1, ls="--")
left.text(30, floor - 0.3, "what days differ by: no number of trials goes below", ha="right", va="top", fontsize=9)
left.plot(5, mdc_5, "o", color="#0072B2", ms=8)
left.annotate(f"5 trials: {mdc_5:.1f} ms", (5, mdc_5), xytext=(8, 8), textcoords="offset points")
left.set_ylim(0, None)
left.set_xlabel("trials per session")
left.set_ylabel("least real change of contact time (MDC95), ms")
left.set_title("More trials help, up to a point", fontsize=11)

right.axhspan(-mdc_5, mdc_5, color="#E4E4E4")
for place, values in enumerate((change, with_lift)):
    told = values.abs() > mdc_5
    across = place + np.linspace(-0.25, 0.25, len(values))
    right.errorbar(across, values, yerr=1.96 * se, fmt="none", ecolor="#BBBBBB", lw=1)
    right.plot(across[~told], values[~told], "o", color="#777777")
    right.plot(across[told], values[told], "o", color="#C24E00")
right.plot([], [], "o", color="#C24E00", label="beyond MDC95")
right.plot([], [], "o", color="#777777", label="not told from chance")
right.axhline(0, color="black", lw=1)
right.set_xticks([0, 1], ["session 02 minus 01:\nnothing changed", "heel lift, session 03,\nminus session 01"])
right.set_ylabel("change of contact time, ms")
right.legend(frameon=False, loc="upper left")
right.set_title("Every athlete judged (grey: the error of two means of five)", fontsize=11)
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)

# %%
assert study.design.athletes == 24
assert contact.icc.low > 0.75
assert mdc[0] > mdc_5 > mdc[-1] > floor > 0.5 * mdc_5
assert true_sd > sensor_sd
assert false_alarms <= 4  # 24 athletes, 5 % each: more than 4 in one of 170 studies
assert caught > len(with_lift) / 2
print(
    f"A change of contact time counts from {mdc_5:.1f} ms on with five trials per session, from {mdc[-1]:.1f} ms with "
    f"fifty and never below {floor:.1f} ms; by it {false_alarms} of {len(change)} unchanged athletes look changed, and "
    f"{caught} of {len(with_lift)} with a heel lift."
)
