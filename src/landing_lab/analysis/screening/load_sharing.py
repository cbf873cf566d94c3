"""Whether it is the same leg each time that takes less: a symmetry index has lost its direction."""

from __future__ import annotations

import math
from dataclasses import replace

from landing_lab.analysis.screening.asymmetry import AsymmetryLimit, judge_athlete
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.trials import AthleteTrials

PEAKS = ("peak_force_bw", "landing_peak_force_bw")


def with_direction(found: Finding, trials: AthleteTrials, session: str) -> Finding:
    """The finding judged by signed asymmetries where landings favour opposite legs; else as it is.

    With the same leg each time the mean of the index is that of the signed asymmetry, and so is its error. With both,
    the index takes noise for unevenness and its error knows nothing of the turns: then judge_athlete decides, by the
    scatter of these landings. Within the limit by the index is always within it by sign. A norm stays what the index
    is compared with; its limit is taken over.
    """
    signed = signed_asymmetries(found, trials, session)
    if found.state not in ("outside", "indeterminate") or len(found.limits) != 1 or len({x > 0 for x in signed}) < 2:
        return found
    key = (found.name, found.side, session)
    stated = math.sqrt(trials.stated_var[key] / len(signed))
    limit = AsymmetryLimit(pct=100.0 - found.limits[0], source="")
    verdict = judge_athlete(signed, [stated] * len(signed), limit=limit)
    if verdict.state == "not_judged":
        return found
    told = f"it is not the same leg each time; {verdict.sentence[:1].lower()}{verdict.sentence[1:]}"
    return replace(found, state=verdict.state, reason=told)


def signed_asymmetries(found: Finding, trials: AthleteTrials, session: str) -> tuple[float, ...]:
    """Asymmetry of each landing in %, positive where the right foot bore more; empty where a direction is not known.

    The direction is that of the feet's own peak force in the same trial.
    """
    key = (found.name, found.side, session)
    which = trials.trials.get(key, ())
    for name in PEAKS:
        feet = [
            dict(zip(trials.trials.get((name, foot, session), ()), trials.of(name, foot, session), strict=True))
            for foot in ("left", "right")
        ]
        if which and all(trial in foot for foot in feet for trial in which):
            uneven = 100.0 - trials.of(*key)
            return tuple(
                float(size if feet[1][trial] > feet[0][trial] else -size)
                for trial, size in zip(which, uneven, strict=True)
            )
    return ()
