"""Which part of the leg contributes most, as a ranking over measurement error; named only where it holds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from landing_lab.analysis.evidence.claim import Chain
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.indicators import CHAIN_LABELS, LIMBS, Limb
from landing_lab.analysis.screening.numbers import percent
from landing_lab.analysis.screening.settings import ScreeningSettings

NOT_SEPARABLE: Final = "what was measured fits several parts of the leg; it cannot tell them apart"
NOTHING_TO_ASK: Final = "nothing that was measured and counts points to a part of the leg"
TIE: Final = 1e-9
"""Scores closer than rounding are alike."""
INTERVAL_PCT: Final = (2.5, 97.5)
_SIDES: Final[dict[Limb, tuple[str, ...]]] = {"left": ("left", "total"), "right": ("right", "total")}
Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainScore:
    """One chain of one limb.

    score: sum(w z+) / sum(w) over what was measured, in standard deviations of the reference; low, high: 95 % of the
    draws; p_first: share of draws in which it is first. None where nothing of it was measured, or nothing can count.
    completeness: measured / expected. outside: groups of indicators that are outside. missing: labels.
    unjudged: labels of those of them that are there, but have nothing to be judged by.
    """

    chain: Chain
    measured: int
    expected: int
    completeness: float
    score: float | None
    low: float | None
    high: float | None
    p_first: float | None
    outside: tuple[str, ...]
    evidence: tuple[str, ...]
    missing: tuple[str, ...]
    unjudged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Chains of one limb, first the one most often first. named: the chain that may be named, or None and why_not."""

    limb: Limb
    chains: tuple[ChainScore, ...]
    named: Chain | None
    why_not: tuple[str, ...]


def rankings(found: Sequence[Finding], observed: dict[Limb, bool], settings: ScreeningSettings) -> tuple[Ranking, ...]:
    """A ranking of the chains of each limb. observed: limbs on which the knee was seen going inwards."""
    return tuple(_ranking(limb, found, observed.get(limb, False), settings) for limb in LIMBS)


def _ranking(limb: Limb, found: Sequence[Finding], observed: bool, settings: ScreeningSettings) -> Ranking:
    own = [one for one in found if one.side in _SIDES[limb] and one.chain is not None]
    counted = [one for one in own if one.scored]
    rng = np.random.default_rng([settings.seed, LIMBS.index(limb)])
    drawn = rng.standard_normal((settings.draws, len(counted)))
    z = np.array([one.z for one in counted], dtype=float)
    spread = np.array([one.z_error for one in counted], dtype=float)
    over = np.maximum(z + drawn * spread, 0.0)
    scores = {chain: _scores(chain, counted, over) for chain in CHAIN_LABELS}
    first = _share_first([one for one in scores.values() if one is not None], settings.draws)
    shares = iter(first)
    chains = [
        _chain(chain, own, scores[chain], None if scores[chain] is None else next(shares)) for chain in CHAIN_LABELS
    ]
    chains.sort(key=lambda one: -1.0 if one.p_first is None else one.p_first, reverse=True)
    why_not = _why_not(chains, observed, settings)
    return Ranking(limb=limb, chains=tuple(chains), named=None if why_not else chains[0].chain, why_not=why_not)


def _scores(chain: Chain, counted: Sequence[Finding], over: Draws) -> Draws | None:
    """Score of a chain in every draw; None where nothing of it was measured."""
    columns = [place for place, one in enumerate(counted) if one.chain == chain]
    if not columns:
        return None
    weights = np.array([counted[place].weight for place in columns])
    scores: Draws = over[:, columns] @ weights / weights.sum()
    return scores


def _share_first(scores: Sequence[Draws], draws: int) -> list[float]:
    """Share of the draws in which each is first; a draw in which nothing is above zero, or two tie, has no first."""
    if not scores:
        return []
    table = np.column_stack(scores)
    best = table.max(axis=1, keepdims=True)
    is_best = (table >= best - TIE) & (best > TIE)
    alone = is_best.sum(axis=1) == 1
    return [float(count) / draws for count in (is_best & alone[:, None]).sum(axis=0)]


def _chain(chain: Chain, own: Sequence[Finding], scores: Draws | None, p_first: float | None) -> ChainScore:
    expected = [one for one in own if one.chain == chain and one.weight > 0]
    measured = [one for one in expected if one.scored]
    weights = sum(one.weight for one in measured)
    score = sum(one.weight * max(one.z or 0.0, 0.0) for one in measured) / weights if measured else None
    low, high = (None, None) if scores is None else map(float, np.percentile(scores, INTERVAL_PCT))
    return ChainScore(
        chain=chain, measured=len(measured), expected=len(expected),
        completeness=len(measured) / len(expected) if expected else 0.0,
        score=score, low=low, high=high, p_first=p_first,
        outside=tuple(dict.fromkeys(one.group for one in measured if one.state == "outside")),
        evidence=tuple(dict.fromkeys(one.evidence[0] for one in measured if one.state == "outside")),
        missing=tuple(one.label for one in expected if not one.scored),
        unjudged=tuple(one.label for one in expected if not one.scored and one.value is not None),
    )  # fmt: skip


def _thin(one: ChainScore) -> str:
    """A part that cannot be compared, and why: what is there has nothing to be judged by, or it is not there."""
    label = CHAIN_LABELS[one.chain]
    if one.unjudged:
        return f"{label} (there, but with no known error or norm to judge it by: {', '.join(one.unjudged)})"
    return f"{label} ({'not tested' if not one.measured else f'{one.measured} of {one.expected} tests are there'})"


def _why_not(chains: Sequence[ChainScore], observed: bool, settings: ScreeningSettings) -> tuple[str, ...]:
    """What keeps the first chain from being named; nothing where it may be."""
    if not observed:
        return ("no observation of the knee on this side was entered that would ask for a reason",)
    best = chains[0]
    if best.p_first is None:
        return ("nothing that counts was measured",)
    why = []
    label = CHAIN_LABELS[best.chain]
    if best.completeness < settings.least_completeness:
        why.append(f"{label}: {best.measured} of {best.expected} tests are there; missing: {', '.join(best.missing)}")
    rivals = [one for one in chains[1:] if one.p_first is not None and one.completeness >= settings.least_completeness]
    if not rivals:
        thin = [_thin(one) for one in chains if one.expected and one.chain != best.chain]
        why.append(f"no other part can be compared with it{': ' if thin else ''}{', '.join(thin)}")
    if best.p_first < settings.least_p_first:
        why.append(
            f"{label} comes first in {percent(best.p_first)} of what the measurement errors allow; "
            f"at least {percent(settings.least_p_first)} are asked for"
        )
    if len(best.outside) < settings.least_independent:
        n = len(best.outside)
        why.append(
            f"{label}: {n or 'no'} independent test{'' if n == 1 else 's'} clearly outside; "
            f"at least {settings.least_independent} are asked for"
        )
    return tuple(why)
