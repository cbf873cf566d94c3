"""What pictures of pressure show of a trial: its feet, the stretch of contact, the instants that are marked."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.metrics.pressure_course import COP_CELLS, FootCourse, Where, trial_course
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.events import Event, Phase
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import ForceSignals, TrialResult
from landing_lab.report.pressure_scale import PressureScale, scale_of
from landing_lab.report.sole import FEET
from landing_lab.report.view import View, close_up, shaded_phases


@dataclass(frozen=True, slots=True, eq=False)
class FootView:
    """One foot with an insole: its cells, and what the analysis makes of them from its touchdown to its take-off.

    course: None where the analysis could make nothing of it, `missing` then says why. first: sample of the signals
    that the course begins with.
    """

    side: Side
    pressure: FootPressure
    course: FootCourse | None
    missing: str
    first: int
    highest_kpa: float

    @property
    def no_cop(self) -> str:
        """Why no centre of pressure is told of this foot; empty where one is."""
        if self.course is None:
            return self.missing
        count = len(self.pressure.layout)
        if count < COP_CELLS:
            return f"{count} cells are too few to tell a centre of pressure, which needs {COP_CELLS}"
        return ""


@dataclass(frozen=True, slots=True, eq=False)
class PressureView:
    """A trial with at least one insole, cut to one contact; time: the axis that force and pressure are drawn on.

    first, stop: samples of the signals.
    """

    trial: TrialResult
    signals: ForceSignals
    feet: tuple[FootView, ...]
    first: int
    stop: int
    time: View
    scale: PressureScale
    where: Where

    @property
    def times_s(self) -> FloatArray:
        """Times of the contact relative to touchdown, (n,)."""
        return self.signals.times_s[self.first : self.stop] - self.time.zero_s

    @property
    def peak(self) -> int:
        """The sample of the peak force that the analysis gives; that of the highest total without."""
        times = self.signals.times_s
        for name in ("peak_force", "landing_peak_force"):
            event = self.trial.events.get(name)
            if event is not None and self.time.holds(event.time_s):
                return int(np.abs(times - event.time_s).argmin())
        total = self.signals.force_n["total"][self.first : self.stop]
        return self.first + int(np.argmax(np.nan_to_num(total, nan=-np.inf)))

    @property
    def phases(self) -> list[Phase]:
        """Phases to shade, cut to the contact."""
        return shaded_phases(self.trial, self.time)

    def relative(self, sample: int) -> float:
        """Time of a sample on the drawn axis, s."""
        return self.time.relative(float(self.signals.times_s[sample]))


def has_pressure(trial: TrialResult) -> bool:
    """Whether there is pressure to draw: an insole whose cells have a place, and a contact."""
    return trial.signals is not None and bool(trial.signals.pressure) and close_up(trial, trial.signals) is not None


def pressure_view(trial: TrialResult) -> PressureView:
    """What pictures of pressure draw of a trial. Raises ParameterError, in one sentence, where there is nothing."""
    signals = trial.signals
    if signals is None or not signals.pressure:
        raise ParameterError(
            f"{trial.title} has no pressure to draw: it holds no insole whose cells have a known place; "
            "record with insoles, or draw its force with landing_lab.plot"
        )
    time = close_up(trial, signals)
    if time is None:
        why = f" ({trial.reason})" if trial.reason else ""
        raise ParameterError(f"{trial.title} has no pressure to draw: no contact was found in it{why}")
    first, stop = np.searchsorted(signals.times_s, (time.start_s, time.stop_s)).tolist()
    touchdown = trial.events.get("touchdown")
    where: Where = "landing" if touchdown is None or not time.holds(touchdown.time_s) else "contact"
    feet = tuple(_foot(trial, signals, side, time, where) for side in FEET if side in signals.pressure)
    scale = scale_of([foot.pressure.calibrated for foot in feet])
    return PressureView(trial, signals, feet, first, stop, time, scale, where)


def _foot(trial: TrialResult, signals: ForceSignals, side: Side, time: View, where: Where) -> FootView:
    """One foot as the metrics see it: from its own touchdown to its own take-off, or the first 1.5 s of its landing."""
    first, stop = np.searchsorted(signals.times_s, (time.start_s, time.stop_s)).tolist()
    begins = _own(trial, side, "touchdown" if where == "contact" else "landing")
    found: FootCourse | str = f"the {side} foot did not touch the plate here"
    if begins is not None and not time.holds(begins.time_s):
        after_s = time.relative(begins.time_s)
        found = f"the {side} foot touched down at {after_s:.2f} s, outside the stretch that is drawn"
    elif begins is not None:
        found = trial_course(signals, side, (begins.time_s, _end_s(trial, side, time, where)), where)
    seen = signals.pressure[side].pressure_kpa[first:stop]
    begun = first if isinstance(found, str) else int(np.searchsorted(signals.times_s, found.times_s[0]))
    return FootView(
        side=side,
        pressure=signals.pressure[side],
        course=None if isinstance(found, str) else found.until(stop - begun),
        missing=found if isinstance(found, str) else "",
        first=begun,
        highest_kpa=float(np.nanmax(seen)) if np.isfinite(seen).any() else 0.0,
    )


def _end_s(trial: TrialResult, side: Side, time: View, where: Where) -> float:
    """Where the foot's contact or landing ends."""
    if where == "contact":
        ends = _own(trial, side, "take_off")
        return time.stop_s if ends is None else ends.time_s
    landing = trial.phases.get("landing")
    return time.stop_s if landing is None else landing.stop_s


def _own(trial: TrialResult, side: Side, name: str) -> Event | None:
    """This event of the foot where its force is known, else of the whole person."""
    signals = trial.signals
    return trial.events.get(name, side if signals is not None and side in signals.force_n else "total")


def sample_at(view: PressureView, at: str | float) -> int | None:
    """The sample that "peak" or seconds after touchdown name; None for "maximum", which is no single one.

    Raises ParameterError for anything else, and for a time outside the contact.
    """
    if at == "peak":
        return view.peak
    if at == "maximum":
        return None
    if isinstance(at, bool) or not isinstance(at, (int, float, np.integer, np.floating)) or not math.isfinite(at):
        raise ParameterError(
            f'pressure is drawn at "peak", as "maximum", or at seconds after touchdown; got {at!r}; choose one of them'
        )
    times = view.times_s
    if not times[0] <= at <= times[-1]:
        raise ParameterError(
            f"{at:g} s after touchdown is outside the contact, which is drawn from {times[0]:.3f} to {times[-1]:.3f} "
            "s; choose a time in it"
        )
    return view.first + int(np.abs(times - at).argmin())


def cells_kpa(view: PressureView, foot: FootView, sample: int | None) -> FloatArray:
    """Pressure of each cell (cells,) at a sample; for None its own highest of the contact."""
    pressure = foot.pressure.pressure_kpa
    if sample is not None:
        return np.asarray(pressure[sample])
    window = pressure[view.first : view.stop]
    highest = np.max(np.nan_to_num(window, nan=-np.inf), axis=0)
    return np.where(np.isfinite(highest), highest, np.nan)


def cells_at_limit(view: PressureView, foot: FootView, sample: int | None) -> list[int]:
    """Cells beyond what they can tell, at a sample or, for None, anywhere in the contact."""
    if foot.pressure.at_limit is None:
        return []
    window = foot.pressure.at_limit[view.first : view.stop] if sample is None else foot.pressure.at_limit[sample][None]
    return np.flatnonzero(window.any(axis=0)).tolist()
