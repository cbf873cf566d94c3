"""Force and centre of pressure of a trial over a phase, 101 points from its start to its stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from landing_lab.analysis.waveforms.curves import (
    N_NODES,
    PHASES,
    REGISTRATIONS,
    SIGNALS,
    UNITS,
    CurveSet,
    LeftOut,
    PhaseName,
    Registration,
    Signal,
    TrialCurve,
)
from landing_lab.analysis.waveforms.measured_trial import MeasuredTrial
from landing_lab.errors import ParameterError
from landing_lab.metrics.pressure_course import Where, trial_course
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

LEAST_SAMPLES: Final = 10
"""A phase of fewer samples has no curve worth 101 points."""
_IN_CONTACT: Final = frozenset(("contact", "braking", "propulsion"))
_LANDMARK: Final[dict[PhaseName, str]] = {"contact": "braking", "landing": "loading"}
"""The phase whose end is the landmark: the lowest point of a contact, the peak of a landing."""
COP_NOTE: Final = (
    "the centre of pressure across the foot is the worst-measured channel of insoles: compare within one foot, one "
    "insole and one session; force and pressure do not measure knee angle"
)
LANDMARK_WORDS: Final[dict[PhaseName, str]] = {"contact": "lowest point", "landing": "peak force of the landing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Which trial of whom."""

    participant: str
    session: str
    run: int
    task: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cut:
    """times_s, values: samples of the signal; start, mark, stop in seconds."""

    label: Label
    times_s: FloatArray
    values: FloatArray
    start_s: float
    mark_s: float | None
    stop_s: float
    flagged: str | None


def normalise(
    trials: Iterable[tuple[Label, MeasuredTrial | str]],
    signal: Signal,
    phase: PhaseName,
    *,
    registration: Registration = "linear",
) -> CurveSet:
    """Curves of trials over a phase; a trial without one is left out and named with its reason.

    trials: label and trial, or the sentence why there is none. registration: linear, from start to stop of the phase;
    landmark, in two pieces that meet at the landmark (lowest point of a contact, peak of a landing), put where it lies
    on average over athletes. Force is in body weights, the centre of pressure in mm medial of the middle of the foot,
    told above 20 % of the foot's peak force and 50 N. Phases are those of the whole body for both feet, so that left
    and right share one time. Raises ParameterError for names that do not exist.
    """
    check_names(signal, phase, registration)
    cuts: list[_Cut] = []
    left_out: list[LeftOut] = []
    simulated = False
    for label, trial in trials:
        found = trial if isinstance(trial, str) else _cut(label, trial, signal, phase)
        if not isinstance(found, str) and registration == "landmark" and found.mark_s is None:
            found = f"its {LANDMARK_WORDS[phase]} is not known, which the curves were to be lined up by"
        if isinstance(found, str):
            left_out.append(LeftOut(title=_title(label), reason=found))
            continue
        simulated |= not isinstance(trial, str) and trial.simulated
        cuts.append(found)
    whole = CurveSet(
        signal=signal, phase=phase, unit=UNITS[signal], registration=registration, landmark_pct=None,
        trials=tuple(_curve(cut, None) for cut in cuts), left_out=tuple(left_out), simulated=simulated,
    )  # fmt: skip
    mark_pct = whole.mean_landmark_pct
    if registration == "landmark" and mark_pct is not None:
        whole = replace(whole, landmark_pct=mark_pct, trials=tuple(_curve(cut, mark_pct) for cut in cuts))
    return replace(whole, notes=_notes(whole))


def check_names(signal: str, phase: str, registration: str) -> None:
    """Raises ParameterError where a name does not exist."""
    for what, name, known in (
        ("signal", signal, SIGNALS), ("phase", phase, PHASES), ("registration", registration, REGISTRATIONS),
    ):  # fmt: skip
        if name not in known:
            raise ParameterError(f"there is no {what} {name!r}; choose {', '.join(known[:-1])} or {known[-1]}")
    if registration == "landmark" and phase not in _LANDMARK:
        raise ParameterError(
            f"{phase} has no landmark within it; landmark registration is for the phases contact and landing; use "
            f"linear"
        )


def _cut(label: Label, trial: MeasuredTrial, signal: Signal, phase: PhaseName) -> _Cut | str:
    """The signal over the phase, or why there is none."""
    if trial.refusal is not None or trial.signals is None:
        return trial.refusal or "its force was not stored"
    span = _span(trial, phase)
    if isinstance(span, str):
        return span
    kind, side = _parts(signal)
    found = _force(trial, side) if kind == "force" else _cop_ml(trial, side, phase)
    if isinstance(found, str):
        return found
    times, values = found
    first, stop = (int(one) for one in np.searchsorted(times, span))
    if stop - first < LEAST_SAMPLES:
        return f"{phase} holds {stop - first} samples; a curve needs {LEAST_SAMPLES}"
    mark = trial.phases.get(_LANDMARK[phase]) if phase in _LANDMARK else None
    around = slice(max(first - 1, 0), stop + 1)  # a dataset's whole recordings would not fit into memory
    cut = _Cut(
        label=label, times_s=times[around].copy(), values=values[around].copy(), start_s=span[0], stop_s=span[1],
        flagged=trial.flagged or trial.signals.amplitude_note,
        mark_s=mark.stop_s if mark is not None and span[0] < mark.stop_s < span[1] else None,
    )  # fmt: skip
    if not np.isfinite(_sampled(cut, np.linspace(span[0], span[1], N_NODES))).any():
        return f"nothing is told of {signal} in the whole phase"
    return cut


def _parts(signal: Signal) -> tuple[str, Side]:
    kind, _, side = signal.rpartition("_")
    sides: dict[str, Side] = {"total": "total", "left": "left", "right": "right"}
    return kind, sides[side]


def _span(trial: MeasuredTrial, phase: PhaseName) -> tuple[float, float] | str:
    """Start and stop of a phase of the whole body in seconds."""
    found = trial.phases.get(phase)
    if found is not None:
        return found.start_s, found.stop_s
    if phase == "contact":
        start, stop = trial.events.get("touchdown"), trial.events.get("take_off")
        if start is not None and stop is not None and start.time_s < stop.time_s:
            return start.time_s, stop.time_s
    if phase == "stabilising" and trial.phases.get("attenuation") is not None:
        return "the athlete did not come to rest within the recording, so that stabilising has no end"
    return f"{phase} was not found in it"


def _force(trial: MeasuredTrial, side: Side) -> tuple[FloatArray, FloatArray] | str:
    signals = trial.signals
    if signals is None or side not in signals.force_n:
        return f"force of {_foot(side)} was not measured"
    if signals.force_refusal is not None:
        return signals.force_refusal
    if trial.body_weight_n is None:
        return trial.no_weight
    return signals.times_s, np.asarray(signals.force_n[side] / trial.body_weight_n)


def _cop_ml(trial: MeasuredTrial, side: Side, phase: PhaseName) -> tuple[FloatArray, FloatArray] | str:
    """Medial centre of pressure of a foot, gated over its own contact as the metrics gate it."""
    signals = trial.signals
    where: Where = "contact" if phase in _IN_CONTACT else "landing"
    span = _foot_span(trial, side, where)
    if signals is None or span is None:
        return f"no {where} of {_foot(side)} was found"
    course = trial_course(signals, side, span, where)
    if isinstance(course, str):
        return course
    return course.times_s, course.cop_mm[:, 0]


def _foot_span(trial: MeasuredTrial, side: Side, where: Where) -> tuple[float, float] | None:
    if where == "contact":
        found = trial.phases.get("contact", side)
        return None if found is None else (found.start_s, found.stop_s)
    touch, whole = trial.events.get("landing", side), trial.phases.get("landing")
    return None if touch is None or whole is None or touch.time_s >= whole.stop_s else (touch.time_s, whole.stop_s)


def _foot(side: Side) -> str:
    return "both feet" if side == "total" else f"the {side} foot"


def _sampled(cut: _Cut, at_s: FloatArray) -> FloatArray:
    """Values at other times, linear between neighbouring samples; NaN outside and beside a missing sample."""
    return np.interp(at_s, cut.times_s, cut.values, left=np.nan, right=np.nan)


def _curve(cut: _Cut, mark_pct: float | None) -> TrialCurve:
    percent = np.linspace(0.0, 100.0, N_NODES)
    if mark_pct is None or cut.mark_s is None:
        at_s = cut.start_s + percent / 100.0 * (cut.stop_s - cut.start_s)
    else:
        at_s = np.interp(percent, [0.0, mark_pct, 100.0], [cut.start_s, cut.mark_s, cut.stop_s])
    own = None if cut.mark_s is None else 100.0 * (cut.mark_s - cut.start_s) / (cut.stop_s - cut.start_s)
    label = cut.label
    return TrialCurve(
        participant=label.participant, session=label.session, run=label.run, task=label.task,
        condition=label.condition, values=_sampled(cut, at_s), duration_s=cut.stop_s - cut.start_s,
        landmark_pct=own, flagged=cut.flagged,
    )  # fmt: skip


def _title(label: Label) -> str:
    return f"sub-{label.participant} ses-{label.session} run-{label.run:02d}"


def _notes(whole: CurveSet) -> tuple[str, ...]:
    """What has to be said of all curves together."""
    notes = [COP_NOTE] if whole.signal.startswith("cop_ml") else []
    if whole.left_out:
        n_trials = len(whole.trials) + len(whole.left_out)
        notes.append(
            f"{len(whole.left_out)} of {n_trials} trials have no curve and were left out, each with its reason"
        )
    doubtful = [one.flagged for one in whole.trials if one.flagged is not None]
    if doubtful:
        common = Counter(doubtful).most_common(1)[0][0].split(";")[0]
        notes.append(f"{len(doubtful)} of {len(whole.trials)} trials are in doubt, most of them because {common}")
    if whole.registration == "landmark" and whole.landmark_pct is not None:
        notes.append(
            f"curves are lined up so that the {LANDMARK_WORDS[whole.phase]} of every trial lies at "
            f"{whole.landmark_pct:.0f} %; differences in when it comes are taken out"
        )
    if whole.simulated:
        notes.append("simulated trials are among them: no person was measured")
    return tuple(notes)
