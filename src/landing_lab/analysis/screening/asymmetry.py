"""Whether landings load one leg more than the other, beyond a limit and beyond what the number may be off.

A symmetry index of one landing is 100 x smaller / larger and has lost its direction; means are made of the signed
asymmetry, or two landings that favour opposite legs would pass for two asymmetric ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from landing_lab.analysis.reliability.measurement_error import Z90, Z95, MeasurementError
from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.errors import ParameterError

AsymmetryState: TypeAlias = Literal["within", "indeterminate", "outside", "not_judged"]
NOT_INJURY: Final = (
    "Differences of more than 15 % between the legs are common in healthy people; this says nothing of injury, and "
    "nothing of why."
)
_POSITIVE: Final = frozenset(("right", "plate_1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AsymmetryLimit:
    """Asymmetry in %, of either sign, up to which the legs count as alike.

    source: in words; evidence_id: row of the registry.
    """

    pct: float
    source: str
    evidence_id: str | None = None


COMMON: Final = AsymmetryLimit(
    pct=15.0,
    source="15 %, a convention: more than that is common in healthy people",
    evidence_id="asymmetry-15pct-bishop-2018",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsymmetryVerdict:
    """asymmetry_pct: signed, positive where the right foot (plate 1) bore more; None where nothing is known.

    error_pct: standard error that it is judged with. n: landings. state: within or outside the limit beyond the error,
    indeterminate where the limit lies within it, not_judged where there is too little. sentence: for people.
    """

    state: AsymmetryState
    asymmetry_pct: float | None
    error_pct: float | None
    n: int
    limit: AsymmetryLimit
    sentence: str


def signed_asymmetry_pct(symmetry_pct: float, stronger_side: str) -> float:
    """100 - symmetry index, positive where the right foot (plate 1) is the stronger side. Raises ParameterError."""
    if not 0.0 <= symmetry_pct <= 100.0:
        raise ParameterError(f"a symmetry index lies between 0 and 100 %; got {symmetry_pct:g}")
    return (1.0 if stronger_side in _POSITIVE else -1.0) * (100.0 - symmetry_pct)


def judge_landing(
    asymmetry_pct: float, sd_pct: float | None, *, limit: AsymmetryLimit = COMMON, sides: tuple[str, str] | None = None
) -> AsymmetryVerdict:
    """One landing, by the error of its measurement alone; it is no verdict on the athlete.

    sides: names of the positive and the negative side, right and left by default.
    """
    if sd_pct is None or not math.isfinite(sd_pct) or not math.isfinite(asymmetry_pct):
        sentence = "The error of this number is not known, so it cannot be judged."
        return _verdict("not_judged", asymmetry_pct, None, 1, limit, sentence)
    margin = Z90 * sd_pct
    state = _state(asymmetry_pct, margin, limit)
    told = f"{_bore_less(asymmetry_pct, sides)} (give or take {margin:.0f})"
    sentence = {
        "outside": f"This landing was asymmetric, beyond {limit.pct:.0f} %: {told}.",
        "within": f"This landing was within {limit.pct:.0f} %: {told}.",
        "indeterminate": f"This landing cannot be told from one within {limit.pct:.0f} %: {told}.",
    }[state]
    return _verdict(state, asymmetry_pct, sd_pct, 1, limit, f"{sentence} One landing does not tell how somebody lands.")


def judge_athlete(
    asymmetries_pct: Sequence[float],
    sds_pct: Sequence[float | None] = (),
    *,
    limit: AsymmetryLimit = COMMON,
    error: MeasurementError | None = None,
    sides: tuple[str, str] | None = None,
) -> AsymmetryVerdict:
    """The mean of an athlete's landings of one session under one condition: three or more.

    asymmetries_pct: signed, one of each landing; sds_pct: measuring SD of each. error: of the laboratory for this
    number; else the scatter of these very landings serves, with Student's t in place of 1.645, because a scatter of
    three is itself poorly known. Asymmetric only where the limit is exceeded by that margin.
    """
    n = len(asymmetries_pct)
    if n < LEAST_TRIALS:
        word = "no landing" if n == 0 else "one landing" if n == 1 else f"{n} landings"
        sentence = f"Not judged: {word} of this athlete; {LEAST_TRIALS} or more are needed."
        mean = sum(asymmetries_pct) / n if n else None
        return _verdict("not_judged", mean, None, n, limit, sentence)
    mean = sum(asymmetries_pct) / n
    if error is not None:
        standard_error, factor = error.standard_error(n), Z90
    else:
        standard_error, factor = _own_error(asymmetries_pct, sds_pct), _t90(n - 1)
    margin = factor * standard_error
    state = _state(mean, margin, limit)
    told = f"on average of {n} landings {_bore_less(mean, sides)} (give or take {margin:.0f})"
    sentence = {
        "outside": f"Outside {limit.pct:.0f} %: {told}.",
        "within": f"Within {limit.pct:.0f} %: {told}.",
        "indeterminate": (
            f"Whether the feet differ by {limit.pct:.0f} % cannot be told: {told}; more landings narrow that."
        ),
    }[state]
    return _verdict(
        state, mean, standard_error, n, limit, f"{sentence} {NOT_INJURY}" if state == "outside" else sentence
    )


def differ(first_pct: float, first_sd_pct: float, second_pct: float, second_sd_pct: float) -> tuple[bool, float, float]:
    """Whether two landings of one athlete differ beyond the error of measuring (95 %): that, difference, its margin."""
    margin = Z95 * math.hypot(first_sd_pct, second_sd_pct)
    difference = second_pct - first_pct
    return abs(difference) > margin, difference, margin


def _own_error(values: Sequence[float], sds: Sequence[float | None]) -> float:
    """Standard error of the mean from the scatter of landings, never less than their measuring error allows."""
    n = len(values)
    mean = sum(values) / n
    scatter = sum((one - mean) ** 2 for one in values) / (n - 1)
    known = [one for one in sds if one is not None and math.isfinite(one)]
    measuring = sum(one**2 for one in known) / len(known) if known else 0.0
    return math.sqrt(max(scatter, measuring) / n)


def _t90(freedom: int) -> float:
    from scipy import stats

    return float(stats.t.ppf(0.95, freedom))


def _state(value: float, margin: float, limit: AsymmetryLimit) -> Literal["within", "indeterminate", "outside"]:
    if abs(value) - margin > limit.pct:
        return "outside"
    return "within" if abs(value) + margin < limit.pct else "indeterminate"


def _bore_less(value: float, sides: tuple[str, str] | None) -> str:
    """The signed asymmetry in words: it is a share of the larger force."""
    positive, negative = sides or ("right foot", "left foot")
    larger, smaller = (positive, negative) if value >= 0.0 else (negative, positive)
    return f"the {smaller} bore {abs(value):.0f} % less than the {larger}"


def _verdict(
    state: AsymmetryState, value: float | None, error: float | None, n: int, limit: AsymmetryLimit, sentence: str
) -> AsymmetryVerdict:
    known = value is not None and math.isfinite(value)
    return AsymmetryVerdict(
        state=state, asymmetry_pct=value if known else None, error_pct=error, n=n, limit=limit, sentence=sentence
    )
