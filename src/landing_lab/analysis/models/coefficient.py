"""One estimated effect, and the sentences that effects within and between athletes ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

Part: TypeAlias = Literal["intercept", "within", "between", "between_corrected", "pooled"]
PART_WORDS: Final[dict[str, str]] = {
    "intercept": "intercept",
    "within": "within athletes",
    "between": "between athletes' means",
    "between_corrected": "between athletes, corrected for few trials",
    "pooled": "pooled",
}

BY_CHANCE: Final = "neither is beyond chance"
"""Words of a sentence on signs that is no warning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """Effect of one unit of a predictor on the outcome (log odds for a binary one) with its 95 % interval.

    part within: what a trial above the athlete's own mean goes with. between: what an athlete above others goes with.
    df: degrees of freedom of the t distribution that interval and p value come from. p_holm: adjusted for all effects
    of predictors that were declared as primary; None for others, which are exploratory.
    """

    predictor: str
    part: Part
    value: float
    se: float
    low: float
    high: float
    p_value: float
    df: float
    p_holm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What every model of effects has: of which outcome, the coefficients, and why there are none."""

    outcome: str
    status: str
    reason: str
    coefficients: tuple[Coefficient, ...]
    reliability: dict[str, float]
    n_athletes: int
    n_rows: int
    left_out: int
    warnings: tuple[str, ...]
    method: str

    def effect(self, predictor: str, part: str) -> Coefficient:
        """One coefficient. Raises ParameterError where there is none."""
        for one in self.coefficients:
            if (one.predictor, one.part) == (predictor, part):
                return one
        raise ParameterError(
            f"there is no {part} effect of {quoted_name(predictor)}: {self.reason or 'not in the model'}"
        )


def coefficient(predictor: str, part: Part, value: float, se: float, df: float) -> Coefficient:
    """An effect with the interval and p value of a t distribution."""
    from scipy.stats import t

    reach = float(t.ppf(0.975, df)) * se
    p = float(2.0 * t.sf(abs(value) / se, df)) if se > 0.0 else float("nan")
    return Coefficient(
        predictor=predictor, part=part, value=value, se=se, low=value - reach, high=value + reach, p_value=p, df=df
    )


def data_warnings(left_out: int, *, split: bool) -> tuple[str, ...]:
    """Sentences on effects that were pooled, and on rows that were left out."""
    pooled = "Effects within and between athletes are pooled; they may differ, even in sign: fit with the split."
    missing = f"{left_out} rows without a value of outcome or predictors were left out."
    return (() if split else (pooled,)) + ((missing,) if left_out else ())


def sign_warnings(found: Sequence[Coefficient]) -> tuple[str, ...]:
    """Loud sentences where an effect between athletes does not hold within one; a quiet one where chance will do."""
    by = {(one.predictor, one.part): one for one in found}
    said = []
    for predictor in dict.fromkeys(one.predictor for one in found if one.part == "within"):
        within = by[predictor, "within"]
        between = by.get((predictor, "between_corrected"), by.get((predictor, "between")))
        if between is None or within.value * between.value >= 0.0:
            continue
        sure = sum(one.low > 0.0 or one.high < 0.0 for one in (within, between))
        values = f"within {within.value:.3g}, between {between.value:.3g}"
        if not sure:
            said.append(f"The signs of {predictor} differ ({values}), but {BY_CHANCE}.")
            continue
        said.append(
            f"THE SIGN FLIPS for {predictor}: {values}, and both intervals exclude 0. Do not pool trials, and do not "
            f"read a difference between athletes as what a change in one athlete would do."
            if sure == 2
            else f"The sign of {predictor} differs within and between athletes ({values}), not certain in both: "
            f"do not pool trials."
        )
    return tuple(said)
