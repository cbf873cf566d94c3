"""From trials and entries to what every indicator says: mean, error, distance from the reference, state, change."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from landing_lab.analysis.evidence.registry import EvidenceTable
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.person import Person
from landing_lab.analysis.reference import Reference
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.measurement_error import Z90, MeasurementError
from landing_lab.analysis.screening.entries import entered, finding_of
from landing_lab.analysis.screening.errors_of import OWN_SOURCE, error_of
from landing_lab.analysis.screening.finding import Change, Finding, State
from landing_lab.analysis.screening.indicators import INDICATORS, Favour, Indicator
from landing_lab.analysis.screening.load_sharing import with_direction
from landing_lab.analysis.screening.numbers import decimals_of, quantity
from landing_lab.analysis.screening.references import (
    BASELINE_NEEDS,
    DAYS_LEFT_OUT,
    TEST_ERROR_UNKNOWN,
    Declared,
    KnowsNorms,
    baseline_error,
    reference_of,
)
from landing_lab.analysis.screening.settings import ScreeningSettings
from landing_lab.analysis.screening.trials import AthleteTrials


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Everything that findings rest on."""

    trials: AthleteTrials
    session: str
    inputs: FieldInputs | None
    errors: ErrorFile | None
    norms: KnowsNorms | None
    declared: Declared
    person: Person
    table: EvidenceTable
    settings: ScreeningSettings


def findings(basis: Basis) -> tuple[Finding, ...]:
    """Every indicator on every side it has, in the order of the table."""
    return tuple(_finding(one, side, basis) for one in INDICATORS for side in one.sides)


def state_of(value: float, limits: tuple[tuple[float, int], ...], error: float) -> State:
    """State of a value against limits (limit, +1 where larger is outside, -1 where smaller is).

    Closer to a limit than 1.645 standard errors is indeterminate (evidence.md 2b).
    """
    beyond = max(sign * (value - limit) for limit, sign in limits)
    if abs(beyond) < Z90 * error:
        return "indeterminate"
    return "outside" if beyond > 0 else "within"


def limits_of(reference: Reference, unfavourable: Favour | None, cut_z: float) -> tuple[tuple[float, int], ...]:
    """Mean +- cut_z standard deviations on the less favourable side; on both where no side is."""
    far = cut_z * reference.sd
    above, below = (reference.mean + far, 1), (reference.mean - far, -1)
    return (above,) if unfavourable == "higher" else (below,) if unfavourable == "lower" else (below, above)


def _finding(indicator: Indicator, side: str, basis: Basis) -> Finding:
    blank = _blank(indicator, side, basis)
    if indicator.kind == "finding":
        return finding_of(indicator, side, blank, basis.inputs, basis.settings.cut_z)
    if indicator.kind == "entry":
        return _entry(indicator, side, blank, basis)
    return _metric(indicator, side, blank, basis)


def _blank(indicator: Indicator, side: str, basis: Basis) -> Finding:
    """The finding before anything was looked at."""
    after_acl = basis.inputs is not None and basis.inputs.prior_injury == "acl" and indicator.evidence_after_acl
    claim = basis.table.claim(after_acl or indicator.evidence_id)
    weight = claim.weight if indicator.unfavourable is not None else 0.0
    return Finding(
        id=indicator.id, label=indicator.label, side=side, name=indicator.variables[0].replace("_{side}", ""),
        kind=indicator.kind, unit=indicator.unit, decimals=indicator.decimals, level=indicator.level,
        group=indicator.group, chain=indicator.chain, unfavourable=indicator.unfavourable, state="not_measured",
        reason="", evidence=(claim.id,), grade=claim.grade, weight=weight, struck=weight == 0,
        meaning=indicator.outside_means,
    )  # fmt: skip


def _metric(indicator: Indicator, side: str, blank: Finding, basis: Basis) -> Finding:
    trials, session = basis.trials, basis.session
    counts = {name: len(trials.of(name, side, session)) for name in indicator.variables}
    name = next((one for one, n in counts.items() if n >= basis.settings.least_trials), None)
    if name is None:
        best = max(counts, key=lambda one: counts[one])
        few = f"record more trials: {counts[best]} of at least {basis.settings.least_trials} have it"
        return replace(blank, n=counts[best], reason=few if counts[best] else "not in the trials of this session")
    values = trials.of(name, side, session)
    enough = [trials.of(name, side, one) for one in trials.earlier(session)]
    earlier = [one for one in enough if len(one) >= basis.settings.least_trials]
    error = error_of(name, side, indicator.unit, basis.errors, [*earlier, values], task=trials.task)
    found = replace(
        blank, name=name, value=float(values.mean()), n=len(values), n_flagged=trials.flagged[name, side, session]
    )
    if error is None:
        return replace(found, state="indeterminate", reason="its measurement error is not known")
    reference, why = reference_of(indicator, name, side, basis.declared, basis.norms, basis.person, earlier, trials.did)
    if indicator.convention is not None and basis.declared == "baseline":
        reference = None  # legs that have always shared unevenly are not even for that; the change tells the rest
    extra: float | None = 0.0
    if reference is not None and reference.kind == "baseline":
        extra = baseline_error(error, earlier)
    unseen = trials.unseen(name, side, session, error.trial_sd)
    found = _judged(found, error, reference, why, extra, basis.settings, unseen)
    if found.reference is None and indicator.convention is not None:
        found = _by_convention(found, indicator)
    if indicator.id == "load_sharing":
        found = with_direction(found, trials, session)
    found = _without_days(found, error)
    if indicator.below_means and found.z is not None and found.z < 0:
        found = replace(found, meaning=indicator.below_means)
    return replace(found, change=_change(found, error, basis, name, side))


def _entry(indicator: Indicator, side: str, blank: Finding, basis: Basis) -> Finding:
    value = entered(indicator, side, basis.inputs)
    if value is None:
        return replace(blank, reason="not entered")
    found = replace(blank, value=value, n=1)
    error = error_of(blank.name, side, indicator.unit, basis.errors, (), task=None)
    reference, why = reference_of(indicator, blank.name, side, basis.declared, basis.norms, basis.person, ())
    if error is None:
        return replace(
            found, reference=reference, state="indeterminate",
            reason=TEST_ERROR_UNKNOWN,
        )  # fmt: skip
    return _without_days(_judged(found, error, reference, why, 0.0, basis.settings), error)


def _without_days(found: Finding, error: MeasurementError) -> Finding:
    """A state by an error of trials alone says so."""
    if not found.limits or error.session_sd is not None:
        return found
    reason = f"{found.reason}; {DAYS_LEFT_OUT}" if found.reason else DAYS_LEFT_OUT
    return replace(found, reason=reason, days_unknown=True)


def _judged(
    found: Finding, error: MeasurementError, reference: Reference | None, why: str, extra: float | None,
    settings: ScreeningSettings, unseen: float = 0.0,
) -> Finding:  # fmt: skip
    """The finding with its error, and its state where a reference is known.

    extra: error of the baseline's mean. unseen: error of the value that repeats do not show.
    """
    assert found.value is not None
    own = math.hypot(error.standard_error(max(found.n, 1)), unseen)
    known = replace(
        found, standard_error=own, decision_error=own, error_source=error.source, error_borrowed=error.borrowed,
        decimals=decimals_of(own, found.decimals), evidence=_with(found.evidence, error.evidence_id),
    )  # fmt: skip
    if reference is None:
        return replace(known, state="indeterminate", reason=f"nothing to compare it with: {why}")
    known = replace(known, reference=reference, evidence=_with(known.evidence, reference.evidence_id))
    if extra is None:
        return replace(known, state="indeterminate", reason=BASELINE_NEEDS, days_unknown=True)
    both = math.hypot(own, extra)
    limits = limits_of(reference, found.unfavourable, settings.cut_z)
    sign = -1.0 if found.unfavourable == "lower" else 1.0
    state = state_of(found.value, limits, both)
    return replace(
        known, decision_error=both, limits=tuple(limit for limit, _ in limits), state=state,
        z=sign * (found.value - reference.mean) / reference.sd, z_error=both / reference.sd,
        reason="closer to the limit than its measurement error" if state == "indeterminate" else "",
    )  # fmt: skip


def _by_convention(found: Finding, indicator: Indicator) -> Finding:
    """State against a limit of convention where there is nothing else; it gives no z and so no score."""
    assert found.value is not None
    assert indicator.convention is not None
    limits = ((indicator.convention, -1 if indicator.unfavourable == "lower" else 1),)
    state = state_of(found.value, limits, found.standard_error or 0.0)
    return replace(
        found, limits=(indicator.convention,), state=state,
        evidence=_with(found.evidence, indicator.convention_evidence),
        reason="closer to the limit than its measurement error" if state == "indeterminate" else "",
    )  # fmt: skip


def _with(ids: tuple[str, ...], one: str | None) -> tuple[str, ...]:
    return ids if one is None or one in ids else (*ids, one)


def _change(found: Finding, error: MeasurementError, basis: Basis, name: str, side: str) -> Change | None:
    """Difference from the newest earlier session with enough trials, against MDC95."""
    for session in reversed(basis.trials.earlier(basis.session)):
        before = basis.trials.of(name, side, session)
        if len(before) < basis.settings.least_trials:
            continue
        assert found.value is not None
        difference = found.value - float(before.mean())
        detectable = error.detectable_change(min(found.n, len(before)))
        return Change(
            since=session, difference=difference, detectable=detectable,
            real=None if detectable is None else abs(difference) > detectable,
            sentence=_change_sentence(difference, detectable, found, error),
        )  # fmt: skip
    return None


def _change_sentence(difference: float, detectable: float | None, found: Finding, error: MeasurementError) -> str:
    way = "more" if difference > 0 else "less"
    if detectable is None:
        return "whether it changed cannot be told: how much you vary from day to day is not known yet"
    digits = decimals_of(detectable, found.decimals)
    unit = "percentage points" if found.unit == "%" else found.unit
    least, size = quantity(detectable, digits, unit), quantity(abs(difference), digits, unit)
    whose = _whose(error)
    if abs(difference) > detectable:
        return f"{size} {way} than in the session before, beyond {whose} ({least})"
    return f"the difference of {size} from the session before is below {whose} ({least})"


def _whose(error: MeasurementError) -> str:
    if error.borrowed:
        return "a borrowed, published detectable change"
    return (
        "the detectable change of your own sessions" if error.source == OWN_SOURCE else "this lab's detectable change"
    )
