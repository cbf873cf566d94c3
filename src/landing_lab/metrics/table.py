"""From a trial to its table: gates first, then the metric, then its status."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, get_args

from landing_lab.detect.force_doubts import NO_TAKE_OFF, fast_force_doubt, timing_refusal
from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics import all_metrics
from landing_lab.metrics._registry import Estimate, Metric, Need, RefusedError, Sides
from landing_lab.model.channels import Side
from landing_lab.model.quality import Quality
from landing_lab.model.reasons import joined_reasons
from landing_lab.model.result import MetricsTable, MetricValue, Task

NO_COP = "this file holds vertical force only; export centre of pressure, or all six channels of the plates (Fx to Mz)"

NO_INSOLES = "this recording holds no insole whose cells have a known place"
UNCALIBRATED = (
    "kilopascals and newtons of insoles mean nothing before they are calibrated on a plate; run landing-lab calibrate "
    "insole, or read the shares, which are relative"
)

EXPLORATORY: Final = (
    "Pressure in landings is exploratory until this laboratory has reliability data of its own: compare changes within "
    "one foot, one session and one pair of insoles, not absolute values"
)
"""Said once of a table that tells a medial shift, and of a page with pressure (pressure.md, decisions 4 and 5)."""


def metrics_of(trial: LandingTrial) -> MetricsTable:
    """Every metric of the trial's task, refused ones included, in the order of reports."""
    unmet = _unmet_needs(trial)
    blocked = {need for need, reason in unmet.items() if reason is not None}
    sides = _sides(trial)
    suffix = f"; threshold {trial.threshold_n['total']:.0f} N at {trial.sample_rate_hz:g} Hz"
    rows = []
    for metric in _metrics_for(trial.task, insoles=bool(trial.signals.pressure)):
        refusal = _refusal(metric, trial, unmet, blocked)
        method = metric.method + suffix if metric.thresholded else metric.method
        rows += [_measure(metric, trial, side, refusal, method) for side in sides[metric.sides]]
    return MetricsTable(tuple(rows))


def _metrics_for(task: Task, *, insoles: bool) -> tuple[Metric, ...]:
    """The metrics of a task in the order of reports.

    Those of insoles are left out where a recording holds none: dozens of rows that say so would bury what a force
    plate measured.
    """
    return tuple(
        one for one in all_metrics().values() if task in one.tasks and (insoles or "pressure" not in one.needs)
    )


def table_notes(table: MetricsTable) -> tuple[str, ...]:
    """What is to be said once of a whole table."""
    shifts = any("medial_shift" in row.name and row.value is not None for row in table)
    return (EXPLORATORY,) if shifts else ()


def with_metric_names(quality: Quality) -> Quality:
    """Quality whose flags name metrics only: a check that flags a need flags every metric with that need."""
    if not any(item.flags for item in quality):
        return quality
    return Quality(tuple(item._replace(flags=_names(item.flags)) if item.flags else item for item in quality))


def _names(flags: tuple[str, ...]) -> tuple[str, ...]:
    needs = set(flags) & set(get_args(Need))
    plain = [name for name in flags if name not in needs]
    return (*plain, *(metric.name for metric in all_metrics().values() if needs & set(metric.needs)))


def flagged(table: MetricsTable, doubts: Mapping[str, str]) -> MetricsTable:
    """The table with metrics named in doubts flagged for that reason; refused ones stay refused."""
    if not doubts:
        return table
    return MetricsTable(
        tuple(
            row._replace(status="flagged", reason=joined_reasons((row.reason, doubts[row.name])))
            if row.name in doubts and row.status != "refused"
            else row
            for row in table
        )
    )


def _sides(trial: LandingTrial) -> dict[Sides, tuple[Side, ...]]:
    """The sides that a metric of each kind has in this trial."""
    feet = trial.foot_sides
    return {
        "total": ("total",),
        "between feet": ("left_right",),
        "total and feet": ("total", *feet),
        "feet": feet,
        "insoles": tuple(side for side in ("left", "right") if side in trial.signals.pressure),
    }


def _where(metric: Metric) -> str:
    """Which part of the trial a metric reads: its "contact", its "landing", or both."""
    contact, landing = "contact" in metric.needs, "landing" in metric.needs
    return "both" if contact == landing or "flight" in metric.needs else "contact" if contact else "landing"


def _measure(metric: Metric, trial: LandingTrial, side: Side, refusal: str | None, method: str) -> MetricValue:
    estimate: Estimate | None = None
    doubt = fast_force_doubt(trial, side, _where(metric)) if metric.dynamic else None
    if refusal is None and trial.signals.by_side and {"timing", "motion"} & set(metric.needs):
        refusal = timing_refusal(trial, side)
    if refusal is None:
        try:
            estimate = metric.compute(trial, side)
        except RefusedError as error:
            refusal = str(error)
    if estimate is not None and not (math.isfinite(estimate.value) and 0.0 < estimate.sd < math.inf):
        refusal = "the signal does not allow a finite value; look at the picture of this trial"
    if refusal is not None or estimate is None:
        return MetricValue(metric.name, side, None, metric.unit, None, "refused", refusal, method)
    if estimate.detail:
        method += f"; {estimate.detail}"
    reason = f"{estimate.doubt}; {doubt}" if estimate.doubt and doubt else estimate.doubt or doubt
    return MetricValue(
        metric.name,
        side,
        estimate.value,
        metric.unit,
        estimate.sd,
        "flagged" if reason else "ok",
        reason,
        method,
        estimate.stronger_side,
    )


def _refusal(metric: Metric, trial: LandingTrial, unmet: Mapping[Need, str | None], blocked: set[Need]) -> str | None:
    """The first need that this trial does not meet, as a sentence."""
    if blocked:
        for need in metric.needs:
            if need in blocked:
                return unmet[need]
    if trial.sample_rate_hz < metric.min_rate_hz * 0.99:  # a nominal 80 SPS converter may run 1 % slow
        return f"needs at least {metric.min_rate_hz:g} Hz; this recording has {trial.sample_rate_hz:g} Hz"
    bandwidth = trial.low_pass_hz
    if bandwidth is not None and bandwidth < metric.min_bandwidth_hz:
        return (
            f"needs force up to {metric.min_bandwidth_hz:g} Hz; this force ends near {bandwidth:.0f} Hz "
            f"({trial.signals.bandwidth_note or trial.signals.source})"
        )
    return None


def _unmet_needs(trial: LandingTrial) -> dict[Need, str | None]:
    """Each need -> the sentence why this trial does not meet it, None where it does."""
    return {
        "timing": trial.signals.timing_refusal,
        "force": trial.signals.force_refusal,
        "body_weight": trial.signals.force_refusal or trial.weight_refusal,
        "contact": _edges_refusal(trial),
        "flight": None if trial.flight_time_s is not None else "the recording holds no complete flight",
        "landing": None if trial.landing is not None else "the recording ends before the landing",
        "motion": trial.signals.timing_refusal or trial.signals.force_refusal or trial.motion_refusal,
        "cop": None if trial.signals.cop_m or trial.signals.pressure else NO_COP,
        **_insole_needs(trial),
        "feet": None if len(trial.foot_sides) == 2 else "needs the force of each foot; this recording has one signal",
    }


def _insole_needs(trial: LandingTrial) -> dict[Need, str | None]:
    feet = trial.signals.pressure.values()
    return {
        "pressure": None if feet else NO_INSOLES,
        "pressure_calibrated": None if any(foot.calibrated for foot in feet) else UNCALIBRATED,
    }


def _edges_refusal(trial: LandingTrial) -> str | None:
    contact = trial.contact
    if contact is None:
        return "the recording holds no contact before the flight"
    if trial.from_standing and trial.weight is None:
        return trial.weight_refusal  # without it nobody knows where standing ends
    if trial.from_standing and contact.stop.open:
        return NO_TAKE_OFF
    if trial.from_standing:
        return None if trial.onset is not None else "the movement began before the recording; start it earlier"
    if contact.start.open:
        return "the contact began before the recording"
    return NO_TAKE_OFF if contact.stop.open else None
