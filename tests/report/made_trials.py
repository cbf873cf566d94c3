"""Trials made by hand: what an analysis would give for a synthetic drop jump, and the ways it can go wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from landing_lab.metrics import all_metrics
from landing_lab.model.channels import Side
from landing_lab.model.events import Event, Events, Phase, Phases
from landing_lab.model.quality import Quality, QualityItem
from landing_lab.model.result import ForceSignals, MetricsTable, MetricValue, Status, TrialResult
from landing_lab.model.sensitivity import ThresholdRow, ThresholdSensitivity, ThresholdSpread

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


def made_quality() -> Quality:
    """What a check of the signal gives: figures of many units, one flag, two checks that could not be made."""
    return Quality(
        (
            QualityItem("offset_n", "left", 0.4, "N", "ok", "mean of 1.0 s without load"),
            QualityItem("offset_n", "right", -25.3, "N", "ok", "mean of 1.0 s without load"),
            QualityItem("noise_n", "total", 0.93, "N", "ok", "SD of 1.0 s without load"),
            QualityItem("resolution_n", "total", 2.8, "N", "ok", "smallest step between readings"),
            QualityItem("clipped_s", "total", 0.0, "s", "ok", "no reading repeats at the top"),
            QualityItem("missing_samples", "total", 0, "samples", "ok", "no sample is missing"),
            QualityItem("longest_gap_s", "total", 0.0, "s", "ok", "no sample is missing"),
            QualityItem(
                "drift_n",
                "total",
                14.2,
                "N",
                "flagged",
                "the empty plates drift by 14 N within the recording; let them warm up, check the cables",
            ),
            QualityItem("momentum_closure_pct", "total", 0.42, "%", "ok", "impulse against m dv in the contact"),
            QualityItem(
                "body_weight_vs_mass_pct", "total", None, "%", "not checked", "give the body mass to compare it"
            ),
            QualityItem(
                "drop_height_vs_box_pct", "total", None, "%", "not checked", "give the height of the box to compare it"
            ),
            QualityItem("swapped_sides", "left_right", None, "", "ok", "the first foot down is the loaded one"),
        )
    )


def full_trial(**changes: Any) -> TrialResult:
    """A drop jump with every family, each foot's own events and phases, refusals, doubts and checks of the signal."""
    trial = made_trial()
    take_off, landing = TOUCHDOWN_S + 0.25, TOUCHDOWN_S + 0.74
    declared = all_metrics()
    rows = list(trial.table)
    seen = {(one.name, one.side) for one in rows}
    for place, (name, metric) in enumerate(declared.items()):
        sides: tuple[Side, ...] = ("total",)
        if metric.sides == "between feet":
            sides = ("left_right",)
        elif metric.sides != "total":
            sides = ("total", "left", "right") if metric.sides == "total and feet" else ("left", "right")
        for side in sides:
            if (name, side) in seen:
                continue
            if place % 4 == 3:
                why = f"needs at least {metric.min_rate_hz:g} Hz; this recording has 60 Hz"
                rows.append(row(name, None, metric.unit, None, side=side, status="refused", reason=why))
            else:
                rows.append(row(name, 0.1 + 0.37 * place, metric.unit, 0.003 * (place + 1), side=side))
    events = [
        *trial.events,
        Event("first_peak", "total", TOUCHDOWN_S + 0.03, 0.0006),
        Event("peak_force", "left", TOUCHDOWN_S + 0.118, 0.0006),
        Event("peak_force", "right", TOUCHDOWN_S + 0.131, 0.0006),
        Event("landing_peak_force", "total", landing + 0.084, 0.0006),
        Event("stabilised", "total", landing + 0.9, 0.01),
    ]
    loading, attenuation = (
        Phase("loading", landing, landing + 0.084),
        Phase("attenuation", landing + 0.084, landing + 0.128),
    )
    feet: tuple[Side, ...] = ("left", "right")
    phases = [
        *trial.phases,
        loading,
        attenuation,
        Phase("stabilising", landing + 0.128, landing + 0.9),
        *(Phase("flight", take_off, landing, side) for side in feet),
    ]
    full = replace(
        trial,
        events=Events(tuple(sorted(events, key=lambda event: event.time_s))),
        phases=Phases(tuple(phases)),
        table=MetricsTable(tuple(rows)),
        quality=made_quality(),
    )
    return replace(full, **changes)


def made_sensitivity(**changes: Any) -> ThresholdSensitivity:
    """Contact and flight of one trial over the threshold, with a doubtful and an impossible rule."""
    units = {"contact_time_s": "s", "flight_time_s": "s"}

    def at(rule: str, kind: Any, newton: float, source: str | None = None, **more: Any) -> ThresholdRow:
        values = {"contact_time_s": 0.26 - 0.0002 * newton, "flight_time_s": 0.48 + 0.00015 * newton}
        told = {"status": "ok", "reason": None, **more}
        return ThresholdRow(rule=rule, kind=kind, threshold_n=newton, values=values, source=source, **told)

    noisy = {"status": "flagged", "reason": "below the 3.8 N that the plates read without load"}
    rows = (
        at("landing-lab", "default", 20.0, "docs/definitions.md"),
        at("5 N", "rule", 5.0, "for comparison (citation not checked)"),
        at("10 N", "rule", 10.0, "Somebody 2021"),
        at("flight maximum", "rule", 3.0, "Somebody 2021", **noisy),
        at("flight + 5 SD", "rule", 7.6, "Somebody 2021"),
        ThresholdRow(
            rule="5 % BW", kind="rule", threshold_n=None, values=dict.fromkeys(units), status="refused",
            reason="body weight is unknown, and this rule needs it", source="nobody",
        ),
        *(at(f"{newton} N", "grid", float(newton)) for newton in (5, 10, 20, 50, 100)),
    )  # fmt: skip
    spreads = (
        ThresholdSpread(name="contact_time_s", unit="s", default=0.256, minimum=0.258, maximum=0.259, sd=0.0005),
    )
    made = ThresholdSensitivity(
        source="jump-07.txt", index=0, task="drop_jump", units=units, rows=rows, spreads=spreads,
        summary="With 3 rules in use the numbers of this one trial spread: contact time by 0.4 %.",
    )  # fmt: skip
    return replace(made, **changes)


def empty_sensitivity() -> ThresholdSensitivity:
    reason = "no trial is found with the default threshold"
    return ThresholdSensitivity(
        source="jump-07.txt", index=0, task="unknown", units={}, rows=(), spreads=(), reason=reason,
        summary=f"How the numbers depend on the threshold is not known: {reason}.",
    )  # fmt: skip
