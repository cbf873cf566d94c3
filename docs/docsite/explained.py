"""Figures that explain a method, computed from a simulated jump when the site is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import landing_lab as ll

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GRAVITY = 9.80665
DROP_HEIGHT_M = 0.3


def drop_heights(errors: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Drop heights in m for body weights wrong by each share: from take-off, back from standing, and the truth."""
    trial = ll.simulate_drop_jump(seed=1, drop_height_m=DROP_HEIGHT_M)
    result = ll.analyse(trial.recording)
    events = {event.name: event.time_s for event in result.events if event.side == "total"}
    signals = result.trials[0].signals
    assert signals is not None
    times, force = np.asarray(signals.times_s), np.asarray(signals.force_n["total"])
    weight = result.first.table.get("body_weight_n")
    assert weight is not None
    assert weight.value is not None
    touchdown, take_off, landing = events["touchdown"], events["take_off"], events["landing"]
    contact = (times >= touchdown) & (times <= take_off)
    to_standing = (times >= touchdown) & (times <= times[-1] - 0.5)
    anchored, back = [], []
    for error in errors:
        body_n = weight.value * (1.0 + error)
        mass = body_n / GRAVITY
        gained = np.trapezoid(force[contact] - body_n, times[contact]) / mass
        anchored.append((GRAVITY * (landing - take_off) / 2.0 - gained) ** 2 / (2.0 * GRAVITY))
        lost = np.trapezoid(force[to_standing] - body_n, times[to_standing]) / mass
        back.append(lost**2 / (2.0 * GRAVITY))
    return np.array(anchored), np.array(back), DROP_HEIGHT_M


def reverse_integration_figure() -> Figure:
    """Drop height against the error of body weight, for both ways to a velocity at touchdown."""
    from matplotlib.figure import Figure

    errors = np.linspace(-0.02, 0.02, 41)
    anchored, back, truth = drop_heights(errors)
    figure = Figure(figsize=(7.0, 3.6), layout="constrained")
    axes = figure.add_subplot()
    axes.axhline(100 * truth, color="0.55", linewidth=1.0)
    axes.plot(100 * errors, 100 * back, color="#b35806", linewidth=2.0)
    axes.plot(100 * errors, 100 * anchored, color="#14507a", linewidth=2.0)
    axes.text(-1.95, 100 * back[0], " back from standing", color="#b35806", va="bottom")
    axes.text(-1.95, 100 * anchored[0] + 1.0, " anchored at take-off", color="#14507a", va="bottom")
    axes.text(1.98, 100 * truth, "truth", color="0.4", va="bottom", ha="right")
    axes.set_xlabel("error of body weight (%)")
    axes.set_ylabel("drop height (cm)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
