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
# # Calibrating an insole, and what medial shift gains from it
#
# An insole board sends counts. A few postures on a calibrated plate turn them into newton and tell how far to believe
# them. This notebook calibrates simulated insoles, compares force and centre of pressure with what is true, and
# measures medial shift before and after.
#
# **You need** nothing: boards, wearer and plate are simulated, as in `landing-lab calibrate insole --sim`.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import landing_lab as ll

pd.set_option("display.max_colwidth", None)
plt.rcParams.update({"font.size": 12, "figure.dpi": 90, "axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## Counts
#
# The wearer steps off, stands, leans, rises on the toes, stands on one leg and hops, about a minute in all. With real
# boards `ll.read_raw("calibrations/raw/....xdf")` gives the same kind of recording.

# %%
session = ll.simulate_calibration(seed=3, mass_kg=70.0)
counts = session.raw.streams["insole_left"].frames
seconds = 1e-6 * (counts.ticks_us - counts.ticks_us[0])

figure, axis = plt.subplots(figsize=(12, 4.2), layout="constrained")
axis.plot(seconds[::20], counts.counts[::20], lw=1)
for name, (start_s, stop_s) in session.postures_s.items():
    axis.axvspan(start_s, stop_s, color="grey", alpha=0.12, lw=0)
    axis.text(
        0.5 * (start_s + stop_s),
        1.02,
        name.replace("_", "\n"),
        ha="center",
        fontsize=10,
        transform=axis.get_xaxis_transform(),
    )
axis.set(xlabel="time (s)", ylabel="counts of the converter", xlim=(0, seconds[-1]), ylim=(0, 650))
plt.show()

# %% [markdown]
# *The eight cells of the left insole. A count is no newton: cells differ, and none is a straight line.*
#
# ## The fit
#
# Cells get weights that make their sum the force of the plate, and arms that make their centre of pressure that of
# the plate. Heels stood on a mark, so that places under the foot are known.


# %%
def calibrations_of(session):
    """Of the plate and both insoles."""
    insoles = [
        ll.calibrate_insole(
            session.raw,
            side,
            postures_s=session.postures_s,
            plate=session.plate,
            heel_mm=session.heel_mm,
            toe_out_deg=session.toe_out_deg[side],
        )
        for side in ("left", "right")
    ]
    return [session.plate, *insoles]


calibrated = calibrations_of(session)
left = calibrated[1]
print(f"sd of the force of the left foot: {100 * left.force_sd_fraction:.0f} %")
print(f"sd of its centre of pressure: {left.cop_sd_mm[0]:.1f} mm across the foot, {left.cop_sd_mm[1]:.1f} mm along it")
print("findings:", *left.findings, sep="\n  ")

# %% [markdown]
# The residuals that count are those of postures that the fit did not see. Each row was predicted from all others:

# %%
residuals = pd.DataFrame(
    {
        "posture left out": error.label.replace("_", " "),
        "force (N)": error.force_n,
        "error, rms (%)": error.rms_pct,
        "bias (%)": error.bias_pct,
        "COP across, rms (mm)": error.cop_ml_mm,
        "COP along, rms (mm)": error.cop_ap_mm,
    }
    for error in left.posture_errors
)
residuals.round(1)

# %% [markdown]
# ## Counts become newton
#
# The same minute in newton: by the data sheet, by the calibration, and by the plate below. The data sheet knows the
# force on the area of a cell, and eight cells cover a small part of a sole.


# %%
def cells_n(calibrations):
    """Times and sum of the cells of the left insole."""
    stream = ll.recording_from_raw(session.raw, calibrations=calibrations).streams["insole_left"]
    return stream.times_s, stream.samples.sum(axis=1)


plate = ll.recording_from_raw(session.raw, calibrations=calibrated).streams["plate"]
of_left = plate.layout.pick(quantity="force", side="left")
plate_n = pd.DataFrame(plate.samples[:, of_left], index=plate.times_s).interpolate(method="index").sum(axis=1)

figure, axis = plt.subplots(figsize=(12, 4.2), layout="constrained")
axis.plot(plate_n.index, plate_n, color="black", lw=2.5, label="plate")
for calibrations, color, label in (
    (calibrated[:1], "tab:orange", "insole, data sheet"),
    (calibrated, "tab:blue", "insole, calibrated"),
):
    times_s, sum_n = cells_n(calibrations)
    axis.plot(times_s[::10], sum_n[::10], color=color, lw=1.2, label=label)
axis.set(xlabel="time (s)", ylabel="force of the left foot (N)", xlim=(0, 54), ylim=(-50, 1100))
axis.legend(frameon=False, ncols=3, loc="upper left")
plt.show()

# %% [markdown]
# *The left foot up to the hops.*
#
# ## Landings, before and after
#
# Three sets of sensors are calibrated and then record three drop jumps each, with insoles put on anew: they lie a few
# millimetres elsewhere. The truth of every landing is known. "Before" uses the plate's calibration alone.


# %%
def true_at(times_s, truth, foot):
    """Force (N) and centre of pressure (mm) of a foot at these times."""
    force_n = np.interp(times_s, truth.time_s, truth.force_n[:, foot])
    cop_mm = [np.interp(times_s, truth.time_s, truth.cop_mm[:, foot, axis]) for axis in (0, 1)]
    return force_n, np.column_stack(cop_mm)


def wave_errors(insole, signals, pressure, truth, foot):
    """Root mean square errors of one foot while it carries more than 20 % of its peak."""
    force_n, _ = true_at(insole.times_s, truth, foot)
    loaded = force_n > 0.2 * force_n.max()
    off_n = (insole.samples.sum(axis=1) - force_n)[loaded]
    force_n, cop_mm = true_at(signals.times_s, truth, foot)
    off_mm = (pressure.cop_mm - cop_mm)[force_n > 0.2 * force_n.max()]
    return {
        "force (% of peak)": 100.0 * np.sqrt(np.nanmean(off_n**2)) / force_n.max(),
        "COP along (mm)": np.sqrt(np.nanmean(off_mm[:, 1] ** 2)),
        "COP across (mm)": np.sqrt(np.nanmean(off_mm[:, 0] ** 2)),
        "COP across, without its mean (mm)": np.nanstd(off_mm[:, 0]),
    }


def shift_errors(table, truth, side):
    """Medial shifts of the contact and of the landing beside the true ones."""
    contacts = [one for one in truth.contacts if one["side"] == side]
    for contact, name in zip(contacts, ("medial_shift_mm", "landing_medial_shift_mm"), strict=True):
        found, true_mm = table.get(name, side), contact["medial_shift_mm"]
        if found.value is not None and true_mm is not None:
            yield {"true": true_mm, "value": found.value, "sd": found.sd, "status": found.status}


# %%
waves, shifts, example = [], [], {}
for sensors in (1, 2, 3):
    own = calibrations_of(ll.simulate_calibration(seed=sensors, mass_kg=70.0))
    for visit in range(3):
        jump = ll.simulate_drop_jump(seed=visit, drop_height_m=0.3, mass_kg=70.0)
        sensed = ll.simulate_sensors(jump.recording, seed=sensors, session=visit, calibrated=False)
        for when, used in (("before", own[:1]), ("after", own)):
            recording = ll.recording_from_raw(sensed.raw, calibrations=used)
            trial = ll.analyse(recording).first
            for foot, side in enumerate(("left", "right")):
                insole, pressure = recording.streams[f"insole_{side}"], trial.signals.pressure[side]
                waves.append({"when": when} | wave_errors(insole, trial.signals, pressure, sensed.truth, foot))
                shifts += [{"when": when} | row for row in shift_errors(trial.table, sensed.truth, side)]
            if (sensors, visit) == (2, 1):
                example[when] = trial.signals, sensed.truth
# %% [markdown]
# Root mean square errors while the foot carries more than 20 % of its peak, mean of 18 feet:

# %%
quality = pd.DataFrame(waves).groupby("when", sort=False).mean()
quality.round(1)

# %%
before, after = quality.loc["before"], quality.loc["after"]
along_share = after["COP along (mm)"] / before["COP along (mm)"]
course_share = after["COP across, without its mean (mm)"] / before["COP across, without its mean (mm)"]
print(f"error after calibration, as a share of that before: force {after.iloc[0] / before.iloc[0]:.2f}, ", end="")
print(f"COP along the foot {along_share:.2f}, across it, without its mean, {course_share:.2f}")

# %% [markdown]
# Calibration turns the force of a foot from a guess into a measurement, and brings the centre of pressure along the
# foot nearer to the truth. Across the foot it follows changes better; the whole course may move by as much as a heel
# stood off its mark. Now medial shift, with the error that the package states:

# %%
shift = pd.DataFrame(shifts)
shift["error"] = shift.value - shift.true
shift["within 2 sd"] = shift.error.abs() <= 2.0 * shift.sd
summary = shift.groupby("when", sort=False).agg(
    shifts=("error", "size"),
    rms_error_mm=("error", lambda e: np.sqrt((e**2).mean())),
    stated_sd_mm=("sd", "mean"),
    within_2_sd=("within 2 sd", "mean"),
    status=("status", lambda s: ", ".join(sorted(set(s)))),
)
summary["slope"] = [np.polyfit(rows.true, rows.value, 1)[0] for _, rows in shift.groupby("when", sort=False)]
summary.round(2)

# %%
stated, erred = summary["stated_sd_mm"], summary["rms_error_mm"]
told_mm = 2.0 * stated["after"]
print(f"stated sd: {stated['before']:.1f} mm before, {stated['after']:.1f} mm after")
print(f"errors, rms: {erred['before']:.1f} mm before, {erred['after']:.1f} mm after")
print(f"one landing tells a shift from none beyond two stated sd: {told_mm:.1f} mm")

# %% [markdown]
# Eight cells, an insole that lies elsewhere and a foot that presses differently in every landing make the error, and
# both ways a large shift reads too small (slope below 1). What calibration changes is what may be claimed: without one
# the package must allow for any insole and flags the number; with one it states an sd that is near the errors.
#
# ## The picture

# %%
figure, (across, along, scatter) = plt.subplots(1, 3, figsize=(14, 4.8), layout="constrained")
for when, color in (("before", "tab:orange"), ("after", "tab:blue")):
    signals, truth = example[when]
    contact = next(one for one in truth.contacts if one["side"] == "left")
    force_n, true_mm = true_at(signals.times_s, truth, 0)
    shown = (force_n > 0.2 * contact["peak_n"]) & (signals.times_s < contact["take_off_s"])
    after_ms = 1000.0 * (signals.times_s[shown] - contact["touchdown_s"])
    for axis, column in ((across, 0), (along, 1)):
        axis.plot(after_ms, signals.pressure["left"].cop_mm[shown, column], color=color, label=when)
        if when == "after":
            axis.plot(after_ms, true_mm[shown, column], color="black", lw=2, label="truth")
    of_when = shift[shift.when == when]
    bars = of_when.sd if when == "after" else None
    scatter.errorbar(of_when.true, of_when.value, yerr=bars, fmt="o", ms=4, color=color, lw=0.8, alpha=0.8, label=when)
limits = (shift.true.min() - 2, shift.true.max() + 2)
scatter.plot(limits, limits, color="black", lw=1)
across.set(title="across the foot", xlabel="time after touchdown (ms)", ylabel="centre of pressure, medial (mm)")
along.set(title="along the foot", xlabel="time after touchdown (ms)", ylabel="centre of pressure, from heel (mm)")
scatter.set(title="medial shift", xlabel="true shift (mm)", ylabel="measured shift (mm)")
across.legend(frameon=False)
scatter.legend(frameon=False)
plt.show()

# %% [markdown]
# *Left and middle: the left foot in one contact. Right: every shift; bars are one stated standard deviation, drawn
# for calibrated insoles only (the table has that of before).*

# %%
assert after["force (% of peak)"] < 0.25 * before["force (% of peak)"]
assert along_share < 0.9
assert course_share < 1.0
assert (summary["slope"] < 1.0).all()
assert stated["after"] < 0.5 * stated["before"]
assert summary.loc["after", "within_2_sd"] >= 0.9
assert 0.5 < erred["after"] / stated["after"] < 1.5
assert summary.loc["before", "status"] == "flagged"
insole = summary.loc["after"]
print(
    f"Calibrated, the force of a foot errs by {after['force (% of peak)']:.0f} instead of "
    f"{before['force (% of peak)']:.0f} % of its peak, and a medial shift by {insole.rms_error_mm:.1f} mm (stated: "
    f"{insole.stated_sd_mm:.1f} mm; {100 * insole.within_2_sd:.0f} % of {insole.shifts} shifts within two stated "
    "standard deviations)."
)
