"""How many athletes, sessions and trials a reliability study needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from landing_lab.analysis.reliability.interval import Interval
from landing_lab.errors import ParameterError

Z_95 = 1.959963984540054


def athletes_for_width(icc: float, width: float, *, repeats: int = 2) -> int:
    """Athletes for a 95 % interval of the ICC so wide from end to end, if the ICC is as expected.

    Bonett 2002, Stat Med 21:1331, with his 5 icc for two repeats and icc >= 0.7. Raises ParameterError outside
    0 < icc < 1, 0 < width < 1, repeats >= 2.
    """
    _check(icc, repeats)
    if not 0.0 < width < 1.0:
        raise ParameterError(f"the width of the interval is between 0 and 1; got {width:g}; 0.2 is usual")
    k = repeats
    n = 8.0 * (Z_95 * (1.0 - icc) * (1.0 + (k - 1) * icc) / width) ** 2 / (k * (k - 1)) + 1.0
    if k == 2 and icc >= 0.7:
        n += 5.0 * icc
    return max(math.ceil(n - 1e-9), 2)


def athletes_to_show(icc: float, least: float, *, repeats: int = 2, power: float = 0.8) -> int:
    """Athletes to show with 5 % error (one-sided) that the ICC is above `least`, if it is as expected.

    Walter, Eliasziw and Donner 1998, Stat Med 17:101. Raises ParameterError unless 0 <= least < icc < 1.
    """
    from scipy.special import ndtri

    _check(icc, repeats)
    if not 0.0 <= least < icc:
        raise ParameterError(f"the ICC to rule out ({least:g}) must be at least 0 and below the expected one ({icc:g})")
    if not 0.5 <= power < 1.0:
        raise ParameterError(f"the power is between 0.5 and 1; got {power:g}; 0.8 is usual")
    k = repeats
    ratio = (1.0 + k * least / (1.0 - least)) / (1.0 + k * icc / (1.0 - icc))
    z = float(ndtri(0.95) + ndtri(power))
    return math.ceil(1.0 + 2.0 * z**2 * k / (math.log(ratio) ** 2 * (k - 1)) - 1e-9)


def sem_precision(athletes: int, *, repeats: int = 2) -> Interval:
    """The 95 % interval of a standard error of measurement, as a multiple of it, from so many athletes and repeats.

    By chi-square with athletes (repeats - 1) degrees of freedom. Raises ParameterError for fewer than 2 of either.
    """
    from scipy.special import chdtri

    if athletes < 2 or repeats < 2:
        raise ParameterError(f"a study has at least 2 athletes and 2 repeats; got {athletes} and {repeats}")
    df = athletes * (repeats - 1)
    return Interval(1.0, math.sqrt(df / float(chdtri(df, 0.025))), math.sqrt(df / float(chdtri(df, 0.975))))


def _check(icc: float, repeats: int) -> None:
    if not 0.0 < icc < 1.0:
        raise ParameterError(f"the expected ICC is between 0 and 1; got {icc:g}; 0.8 is a cautious guess")
    if repeats < 2:
        raise ParameterError(f"a study has at least 2 repeats; got {repeats}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialsNeeded:
    """Trials per session for a wanted ICC or SEM; None where no number is enough, with the reason."""

    n: int | None
    reason: str = ""


def trials_for_icc(wanted: float, *, athlete_sd: float, trial_sd: float, session_sd: float = 0.0) -> TrialsNeeded:
    """Trials whose mean has the wanted ICC (Spearman and Brown; with sessions: what a day adds is not averaged out)."""
    if not 0.0 < wanted < 1.0:
        raise ParameterError(f"the wanted ICC is between 0 and 1; got {wanted:g}")
    left = athlete_sd**2 * (1.0 - wanted) / wanted - session_sd**2
    return _needed(trial_sd, left, f"an ICC of {wanted:g}")


def trials_for_sem(wanted: float, *, trial_sd: float, session_sd: float = 0.0) -> TrialsNeeded:
    """Trials whose mean has the wanted standard error, in the unit of the SDs."""
    if wanted <= 0.0:
        raise ParameterError(f"the wanted standard error is above 0; got {wanted:g}")
    return _needed(trial_sd, wanted**2 - session_sd**2, f"a standard error of {wanted:g}")


def _needed(trial_sd: float, left: float, what: str) -> TrialsNeeded:
    if trial_sd == 0.0 and left >= 0.0:
        return TrialsNeeded(n=1)
    if left <= 0.0:
        return TrialsNeeded(n=None, reason=f"no number of trials in one session gives {what}: sessions differ too much")
    return TrialsNeeded(n=max(math.ceil(trial_sd**2 / left - 1e-9), 1))
