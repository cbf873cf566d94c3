"""Trials made by hand: what an analysis would give for a synthetic drop jump, and the ways it can go wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from landing_lab.model.channels import Side
from landing_lab.model.events import Event, Events, Phase, Phases
from landing_lab.model.result import ForceSignals, MetricsTable, MetricValue, Status, TrialResult

WEIGHT_N = 665.3
TOUCHDOWN_S = 1.0


def made_force(
    *, contact_s: float = 0.25, flight_s: float = 0.49, rate_hz: float = 1000.0, stand_s: float = 1.5
) -> tuple[np.ndarray, np.ndarray]:
    """Times and vertical force (N) of empty plate, contact, flight, landing and quiet standing."""
    stop_s = TOUCHDOWN_S + contact_s + flight_s + 0.4 + stand_s
    times = np.arange(round(stop_s * rate_hz)) / rate_hz
    force = np.zeros_like(times)
    contact = (times >= TOUCHDOWN_S) & (times < TOUCHDOWN_S + contact_s)
    shape = np.sin(np.pi * (times[contact] - TOUCHDOWN_S) / contact_s)
    force[contact] = 3100 * shape**0.8
    after = times - (TOUCHDOWN_S + contact_s + flight_s)
    down = after >= 0
    force[down] = WEIGHT_N * (1 - np.exp(-after[down] / 0.05)) + 2600 * np.exp(-(((after[down] - 0.08) / 0.03) ** 2))
    return times, force


def row(
    name: str,
    value: float | None,
    unit: str,
    sd: float | None,
    *,
    side: Side = "total",
    status: Status = "ok",
    reason: str | None = None,
    method: str = "as defined",
) -> MetricValue:
    return MetricValue(name, side, value, unit, sd, status, reason, method)


def made_rows(contact_s: float = 0.25, flight_s: float = 0.49) -> tuple[MetricValue, ...]:
    height = 9.80665 * flight_s**2 / 8
    return (
        row("body_weight_n", WEIGHT_N, "N", 0.6, method="mean of the quietest 1 s of standing"),
        row("contact_time_s", contact_s - 0.0003, "s", 0.0003, method="first foot on to last foot off, 20 N, raw"),
        row("flight_time_s", flight_s, "s", 0.0003, method="second touchdown - take-off"),
        row("jump_height_flight_time_m", height, "m", 0.0004, method="g t_f^2 / 8"),
        row(
            "jump_height_impulse_m",
            None,
            "m",
            None,
            status="refused",
            reason="needs a quiet end of 1 s or a typed-in mass; the recording ends 0.4 s after landing",
        ),
        row("rsi_flight_time_m_per_s", height / contact_s, "m/s", 0.003, method="height / contact time"),
        row("flight_contact_ratio", flight_s / contact_s, "ratio", 0.003),
        row("peak_force_n", 3099.9, "N", 23.0, method="maximum in contact"),
        row("peak_force_bw", 4.6592, "BW", 0.03),
        row("time_to_peak_force_s", contact_s / 2, "s", 0.0006),
        row(
            "loading_rate_max_bw_per_s",
            97.3,
            "BW/s",
            4.0,
            status="flagged",
            reason="a filter of the source may have lowered it",
        ),
        row(
            "limb_symmetry_peak_0_100ms_pct",
            96.18,
            "%",
            1.2,
            side="left_right",
            method="100 min/max of the peaks in the first 100 ms",
        ),
        row("contact_delay_left_right_s", -0.0042, "s", 0.0004, side="left_right"),
        row(
            "vertical_stiffness_peak_kn_per_m",
            None,
            "kN/m",
            None,
            status="refused",
            reason="spring correlation -0.41 is weaker than -0.8: the landing was no spring",
        ),
        row("peak_force_n", 1559.6, "N", 12.0, side="left"),
        row("peak_force_n", 1621.6, "N", 12.0, side="right"),
    )


def made_signals(times: np.ndarray, force: np.ndarray, *, feet: bool = True, rate_hz: float = 1000.0) -> ForceSignals:
    forces = {"total": force}
    if feet:
        left = force * (0.49 + 0.03 * np.sin(times * 9))
        forces |= {"left": left, "right": force - left}
    return ForceSignals(
        times_s=times,
        force_n=forces,
        sample_rate_hz=rate_hz,
        offset_n=dict.fromkeys(forces, 0.4),
        noise_n=dict.fromkeys(forces, 0.9),
        resolution_n=2.8,
        sensor_kind="force_plate",
        source="Two force plates, FP1 (left) and FP2 (right), offset removed on the unloaded stretch, not filtered.",
    )


def made_trial(
    *,
    contact_s: float = 0.25,
    flight_s: float = 0.49,
    feet: bool = True,
    index: int = 0,
    source: str = "jump-07.txt",
    **changes: Any,
) -> TrialResult:
    times, force = made_force(contact_s=contact_s, flight_s=flight_s)
    take_off = TOUCHDOWN_S + contact_s
    landing = take_off + flight_s
    lowest = TOUCHDOWN_S + 0.48 * contact_s
    events = [
        Event("touchdown", "total", TOUCHDOWN_S, 0.0003),
        Event("peak_force", "total", TOUCHDOWN_S + contact_s / 2, 0.0006),
        Event("lowest_point", "total", lowest, 0.002),
        Event("take_off", "total", take_off, 0.0003),
        Event("landing", "total", landing, 0.0003),
    ]
    if feet:
        events += [
            Event("touchdown", "left", TOUCHDOWN_S, 0.0003),
            Event("touchdown", "right", TOUCHDOWN_S + 0.0042, 0.0003),
            Event("take_off", "left", take_off - 0.003, 0.0003),
            Event("take_off", "right", take_off, 0.0003),
        ]
    phases = (
        Phase("contact", TOUCHDOWN_S, take_off),
        Phase("braking", TOUCHDOWN_S, lowest),
        Phase("propulsion", lowest, take_off),
        Phase("flight", take_off, landing),
        Phase("landing", landing, landing + 0.5),
        Phase("loading_20_80", TOUCHDOWN_S + 0.02, TOUCHDOWN_S + 0.07),
    )
    trial = TrialResult(
        source=source,
        index=index,
        task="drop_jump",
        status="ok",
        reason=None,
        sample_rate_hz=1000.0,
        events=Events(tuple(sorted(events, key=lambda event: event.time_s))),
        phases=Phases(phases),
        table=MetricsTable(made_rows(contact_s, flight_s)),
        settings={"contact_on_n": 20.0, "min_hold_ms": 15.0, "mass_kg": None, "offset_removed": True},
        notes=("The columns FP1 and FP2 were taken as left and right foot.",),
        signals=made_signals(times, force, feet=feet),
        window_s=(float(times[0]), float(times[-1])),
    )
    return replace(trial, **changes)


def refused_trial(
    *, with_signal: bool = True, reason: str = "no flight found: the force never falls below 20 N for 15 ms"
) -> TrialResult:
    times, _ = made_force()
    force = np.full_like(times, WEIGHT_N)
    return made_trial(
        task="unknown",
        status="refused",
        reason=reason,
        events=Events(),
        phases=Phases(),
        table=MetricsTable(),
        signals=made_signals(times, force) if with_signal else None,
    )


def crowded_trial() -> TrialResult:
    """A contact of 80 ms and a flight of 60 ms: every label wants the same place."""
    return made_trial(contact_s=0.08, flight_s=0.06)


def gap_trial() -> TrialResult:
    trial = made_trial()
    signals = trial.signals
    force = {side: values.copy() for side, values in signals.force_n.items()}
    for values in force.values():
        values[1150:1190] = np.nan
        values[1900:1960] = np.nan
    return replace(trial, signals=replace(signals, force_n=force))


def eventless_trial() -> TrialResult:
    return replace(made_trial(), events=Events(), phases=Phases(), table=MetricsTable())


def landing_trial() -> TrialResult:
    trial = made_trial(task="drop_landing")
    keep = [event for event in trial.events if event.name in {"touchdown", "peak_force"}]
    return replace(trial, events=Events(tuple(keep)), phases=Phases((Phase("landing", 1.0, 1.6),)))


def reference_trial(path: Path) -> TrialResult:
    """The gidiel reference drop jump with the events of data/reference/dropjump.csv."""
    columns = np.loadtxt(path, skiprows=1)
    times = np.arange(len(columns)) / 1000.0
    left, right = columns[:, 0], columns[:, 1]
    trial = made_trial(source=path.name)
    shift = (("touchdown", 1.896), ("peak_force", 2.003), ("lowest_point", 2.015), ("take_off", 2.1457))
    events = [Event(name, "total", at, 0.0003) for name, at in (*shift, ("landing", 2.6321))]
    events += [Event("touchdown", "left", 1.896, 0.0003), Event("touchdown", "right", 1.8993, 0.0003)]
    phases = (
        Phase("braking", 1.896, 2.015),
        Phase("propulsion", 2.015, 2.1457),
        Phase("flight", 2.1457, 2.6321),
        Phase("landing", 2.6321, 3.3),
    )
    signals = made_signals(times, left + right)
    return replace(
        trial,
        events=Events(tuple(sorted(events, key=lambda event: event.time_s))),
        phases=Phases(phases),
        signals=replace(signals, force_n={"total": left + right, "left": left, "right": right}),
        window_s=(0.0, float(times[-1])),
    )
