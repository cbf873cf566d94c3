"""Several tests of one study: p values of what was declared before, adjusted among themselves (Holm 1979)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from landing_lab.analysis.models.chance import association_p
from landing_lab.analysis.models.coefficient import Coefficient
from landing_lab.analysis.models.frame import ModelData
from landing_lab.analysis.paired_statistics import holm
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryTest:
    """A declared predictor alone against a yes-or-no outcome, by permutation; p_holm: among all declared ones."""

    predictor: str
    p_value: float
    p_holm: float


def check_declared(primary: Sequence[str], predictors: Sequence[str]) -> tuple[str, ...]:
    """The declared predictors, each once. Raises ParameterError where one is not fitted: it would go unreported."""
    absent = [name for name in primary if name not in predictors]
    if absent:
        raise ParameterError(
            f"{quoted_name(absent[0])} is declared as primary and is not among the predictors; a declared one is "
            f"fitted and reported, whatever comes out"
        )
    return tuple(dict.fromkeys(primary))


def with_holm(found: Sequence[Coefficient], primary: Sequence[str]) -> tuple[Coefficient, ...]:
    """The same effects; every one of a declared predictor, within and between, with its p adjusted for all of them."""
    declared = [i for i, one in enumerate(found) if one.predictor in primary and one.part != "intercept"]
    adjusted = dict(zip(declared, holm([found[i].p_value for i in declared]), strict=True))
    return tuple(replace(one, p_holm=adjusted.get(i)) for i, one in enumerate(found))


def primary_tests(rows: ModelData, primary: Sequence[str], *, seed: int) -> tuple[PrimaryTest, ...]:
    """Permutation tests of the declared predictors, one at a time; others are exploratory and get none."""
    p = [association_p(rows.x[:, rows.predictors.index(name)], rows.y, rows.athlete, seed=seed) for name in primary]
    return tuple(
        PrimaryTest(predictor=name, p_value=one, p_holm=adjusted)
        for name, one, adjusted in zip(primary, p, holm(p), strict=True)
    )
