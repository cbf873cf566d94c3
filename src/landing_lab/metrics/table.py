"""From a trial to its table: gates first, then the metric, then its status."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import Estimate, Metric, Need, RefusedError
from landing_lab.model.channels import Side
from landing_lab.model.result import MetricsTable, MetricValue, Status


def metrics_of(trial: LandingTrial) -> MetricsTable:
    """Every metric of the trial's task, refused ones included, in the order of reports."""
    rows = [
        _measure(metric, trial, side)
        for metric in all_metrics().values()
        if trial.task in metric.tasks
        for side in _sides(metric, trial)
    ]
    return MetricsTable(tuple(rows))


def flagged(table: MetricsTable, doubts: Mapping[str, str]) -> MetricsTable:
    """The table with metrics named in doubts flagged for that reason; refused ones stay refused."""
    return MetricsTable(
        tuple(
            dataclasses.replace(row, status="flagged", reason="; ".join(filter(None, (row.reason, doubts[row.name]))))
            if row.name in doubts and row.status != "refused"
            else row
            for row in table
        )
    )


def _sides(metric: Metric, trial: LandingTrial) -> tuple[Side, ...]:
    if metric.sides == "total":
        return ("total",)
    if metric.sides == "between feet":
        return ("left_right",)
    return ("total", *trial.foot_sides) if metric.sides == "total and feet" else trial.foot_sides


def _measure(metric: Metric, trial: LandingTrial, side: Side) -> MetricValue:
    refusal = _refusal(metric, trial)
    estimate: Estimate | None = None
    if refusal is None:
        try:
            estimate = metric.compute(trial, side)
        except RefusedError as reason:
            refusal = str(reason)
    if estimate is not None and not (math.isfinite(estimate.value) and math.isfinite(estimate.sd)):
        refusal = "the signal does not allow a finite value; look at the picture of this trial"
    method = metric.method
    if "timing" in metric.needs or "force" in metric.needs:
        method += f"; threshold {trial.threshold_n['total']:.0f} N at {trial.sample_rate_hz:g} Hz"
    if refusal is not None or estimate is None:
        return MetricValue(metric.name, side, None, metric.unit, None, "refused", refusal, method)
    if estimate.detail:
        method += f"; {estimate.detail}"
    doubts = [text for text in (estimate.doubt, _doubt(metric, trial)) if text]
    status: Status = "flagged" if doubts else "ok"
    return MetricValue(
        metric.name,
        side,
        estimate.value,
        metric.unit,
        estimate.sd,
        status,
        "; ".join(doubts) or None,
        method,
        estimate.stronger_side,
    )


def _doubt(metric: Metric, trial: LandingTrial) -> str | None:
    """What makes every metric with these needs doubtful on this sensor."""
    return trial.signals.amplitude_note if {"force", "motion"} & set(metric.needs) else None


def _refusal(metric: Metric, trial: LandingTrial) -> str | None:
    """The first need that this trial does not meet, as a sentence."""
    reasons = (_unmet(need, trial) for need in metric.needs)
    unmet = next((reason for reason in reasons if reason), None)
    if unmet:
        return unmet
    if trial.sample_rate_hz < metric.min_rate_hz * 0.99:  # a nominal 80 SPS converter may run 1 % slow
        return f"needs at least {metric.min_rate_hz:g} Hz; this recording has {trial.sample_rate_hz:g} Hz"
    return None


def _unmet(need: Need, trial: LandingTrial) -> str | None:
    reasons: dict[Need, str | None] = {
        "timing": trial.signals.timing_refusal,
        "force": _force_refusal(trial),
        "body_weight": trial.weight_refusal,
        "contact": _edges_refusal(trial),
        "flight": None if trial.flight_time_s is not None else "the recording holds no complete flight",
        "landing": None if trial.landing is not None else "the recording ends before the landing",
        "motion": trial.motion_refusal or _force_refusal(trial),
        "feet": None if len(trial.foot_sides) == 2 else "needs the force of each foot; this recording has one signal",
    }
    return reasons[need]


def _force_refusal(trial: LandingTrial) -> str | None:
    if trial.signals.sensor_kind == "hx711_plate":
        return (
            "an HX711 plate alone is too slow to see an impact: its filter takes 5 % (typical) to 15 % off the peak "
            "and more off loading rates; wear the insoles"
        )
    return None


def _edges_refusal(trial: LandingTrial) -> str | None:
    contact = trial.contact
    if contact is None:
        return "the recording holds no contact before the flight"
    return "the contact began before the recording" if contact.start.open else None
