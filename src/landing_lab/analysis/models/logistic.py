"""A laboratory's own model of a yes-or-no outcome, judged only on athletes it never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from landing_lab.analysis.models.calibration import Calibration, calibration
from landing_lab.analysis.models.chance import chance_p
from landing_lab.analysis.models.decision_curve import DecisionCurve, decision_curve
from landing_lab.analysis.models.discrimination import Discrimination, discrimination
from landing_lab.analysis.models.fairness import GroupPerformance, by_group
from landing_lab.analysis.models.folds import Folds, athlete_folds, check_folds, site_folds
from landing_lab.analysis.models.frame import ModelData, check_names, complete, model_data
from landing_lab.analysis.models.missing import MissingReport, missing_report
from landing_lab.analysis.models.model_file import LocalModel, Predictor
from landing_lab.analysis.models.multiplicity import PrimaryTest, check_declared, primary_tests
from landing_lab.analysis.models.outcome_name import refuse_injury
from landing_lab.analysis.models.pipeline import (
    FILLS,
    Fill,
    drawn_coefficients,
    on_scale,
    out_of_fold,
    tuned,
)
from landing_lab.analysis.models.repeated_rows import repeated_rows
from landing_lab.analysis.models.roc import RocCurve, roc_curve
from landing_lab.analysis.models.sample_size import SampleSize, sample_size
from landing_lab.analysis.models.versions import made_with
from landing_lab.errors import ParameterError

LEAST_EVENTS: Final = 10
"""Athletes with, and athletes without the outcome: with fewer nothing is fitted at all."""
EXPECTED_C: Final = 0.75
"""AUC that the sample size is reckoned for unless another is declared."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogisticResult:
    """The model and how it did on unseen athletes; y, probability, fold, athlete are (n,) by row.

    primary: tests of the predictors that were declared before. repeats: what several rows of an athlete mean for all of
    it, "" without.
    """

    model: LocalModel
    needed: SampleSize
    discrimination: Discrimination
    calibration: Calibration
    decision: DecisionCurve
    roc: RocCurve
    groups: tuple[GroupPerformance, ...]
    missing: MissingReport
    primary: tuple[PrimaryTest, ...]
    penalties: tuple[float, ...]
    folds: str
    seed: int
    left_out: int
    y: Any
    probability: Any
    fold: Any
    athlete: Any
    repeats: str = ""

    def __repr__(self) -> str:
        model, auc = self.model, self.discrimination
        return (
            f"LogisticResult({model.outcome!r}, {model.n_athletes} athletes, {model.n_rows} rows, "
            f"AUC {auc.auc:.2f} ({auc.auc_low:.2f} to {auc.auc_high:.2f}), "
            f"{'validated' if model.validated else 'not validated'})"
        )

    @property
    def odds_ratios(self) -> dict[str, tuple[float, float, float]]:
        """Penalised odds ratio per SD of each predictor with the 95 % interval over athletes."""
        drawn = np.array(self.model.draws)
        found = {}
        for i, (one, value) in enumerate(zip(self.model.predictors, self.model.coefficients, strict=True), start=1):
            low, high = np.quantile(drawn[:, i], [0.025, 0.975])
            found[one.name] = (float(np.exp(value)), float(np.exp(low)), float(np.exp(high)))
        return found


def fit_logistic(
    data: Any,
    outcome: str,
    predictors: Sequence[str],
    *,
    athlete: str = "participant",
    folds: Any = 5,
    site: str | None = None,
    groups: Sequence[str] = (),
    fill: Fill = "mean",
    expected_c: float = EXPECTED_C,
    when_few: Literal["mark", "refuse"] = "mark",
    units: Mapping[str, str] | None = None,
    definition: str = "",
    unit_of_analysis: str = "athlete",
    primary: Sequence[str] = (),
    n_draws: int = 200,
    seed: int = 1,
) -> LogisticResult:
    """Ridge logistic regression, nested cross-validation by athlete; imputation and scaling inside the folds.

    data: one row per athlete (or per limb or session; all rows of an athlete stay together). folds: a number, "site"
    (each level of column `site` left out once), or folds of your own, checked for leaks. groups: columns whose levels
    are reported apart (sex, limb, team). expected_c: the AUC hoped for, declared before; Riley's sample size follows
    from it. when_few: below it the model is marked not validated, or refused. primary: predictors declared before the
    data were seen; each is tested alone by permutation, the p adjusted together (Holm).
    Raises ParameterError where the outcome is an injury, an athlete is in two folds, or athletes are too few.
    """
    check_names(outcome, predictors)
    refuse_injury(outcome)
    refuse_injury(definition)
    others = [*groups, *([site] if site else [])]
    given = model_data(data, outcome=outcome, predictors=predictors, athlete=athlete, others=others, binary=True)
    declared = check_declared(primary, given.predictors)
    rows = _filled(given, fill, folds)
    needed = _enough(rows, expected_c, when_few)
    parts = _folds(rows, folds, site, seed, names=rows.frame[athlete].to_numpy())
    told = _Told(outcome, definition, unit_of_analysis, units or {})
    judged = _judged(rows, told, parts, groups, fill, needed, n_draws, seed)
    return LogisticResult(
        **judged, needed=needed, missing=missing_report(given), primary=primary_tests(rows, declared, seed=seed),
        folds=_folds_in_words(folds, len(parts)), seed=seed, left_out=rows.left_out, y=rows.y,
        athlete=rows.frame[athlete].to_numpy(), repeats=repeated_rows(rows, unit_of_analysis),
    )  # fmt: skip


def _judged(
    rows: ModelData, told: _Told, parts: Folds, groups: Sequence[str], fill: Fill, needed: SampleSize, n_draws: int,
    seed: int,
) -> dict[str, Any]:  # fmt: skip
    """How it does on athletes whom each fold never saw, and the model of all, which knows it."""
    judged = out_of_fold(rows.x, rows.y, rows.athlete, parts, fill=fill, seed=seed)
    ranked = discrimination(rows.y, judged.probability, rows.athlete, fold=judged.fold, seed=seed)
    calibrated = calibration(rows.y, judged.probability, rows.athlete, seed=seed)
    return {
        "model": _model(rows, told, fill, needed, ranked, calibrated, n_draws, seed),
        "discrimination": ranked, "calibration": calibrated,
        "decision": decision_curve(rows.y, judged.probability, rows.athlete, seed=seed),
        "roc": roc_curve(rows.y, judged.probability, rows.athlete, fold=judged.fold, seed=seed),
        "groups": by_group(rows, judged, groups, seed=seed), "penalties": judged.penalties,
        "probability": judged.probability, "fold": judged.fold,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """What the laboratory says of outcome, rows and predictors."""

    outcome: str
    definition: str
    unit_of_analysis: str
    units: Mapping[str, str]


def _filled(given: ModelData, fill: Fill, folds: Any) -> ModelData:
    """The rows to fit: all, or the complete ones where nothing is to be filled."""
    if fill not in FILLS:
        raise ParameterError(f"fill is one of {', '.join(FILLS)}; got {fill!r}")
    if fill != "complete":
        return given
    if not isinstance(folds, int | str) and np.isnan(given.x).any():
        raise ParameterError("folds of your own name all rows; with fill='complete' drop incomplete rows first")
    return complete(given)


def _enough(rows: ModelData, expected_c: float, when_few: str) -> SampleSize:
    if when_few not in {"mark", "refuse"}:
        raise ParameterError(f"when_few is mark or refuse; got {when_few!r}")
    needed = sample_size(prevalence=float(rows.y.mean()), predictors_n=len(rows.predictors), c_statistic=expected_c)
    for value, words in ((1.0, "with"), (0.0, "without")):
        n = len(np.unique(rows.athlete[rows.y == value]))
        if n < LEAST_EVENTS:
            raise ParameterError(
                f"{n} athletes {words} the outcome are too few to fit anything (at least {LEAST_EVENTS}); "
                f"{needed.sentence}"
            )
    if when_few == "refuse" and rows.n_athletes < needed.athletes:
        raise ParameterError(
            f"{rows.n_athletes} athletes are too few for a model: {needed.sentence} To explore all the same "
            f"(when_few='mark', or --anyway) gives a model that is marked as not validated"
        )
    return needed


def _folds(rows: ModelData, folds: Any, site: str | None, seed: int, *, names: Any) -> Folds:
    if isinstance(folds, bool) or (isinstance(folds, int) and folds < 2):
        raise ParameterError(f"folds is a number of at least 2, 'site', or folds of your own; got {folds}")
    if isinstance(folds, int):
        return athlete_folds(rows.y, rows.athlete, n_folds=folds, seed=seed)
    if isinstance(folds, str):
        if folds != "site" or site is None:
            raise ParameterError("to leave one site out say folds='site' and name the column: site='team'")
        made = site_folds(rows.frame[site].astype(str).to_numpy(), names)
    else:
        made = check_folds(folds, names)  # a person is told by name, not by our code
    if any(np.ptp(rows.y[train]) == 0.0 for train, _ in made):
        raise ParameterError("in one fold no athlete to fit on has the outcome (or all have); use fewer folds")
    return made


def _folds_in_words(folds: Any, n: int) -> str:
    if isinstance(folds, int):
        return f"{n} folds, stratified by outcome, grouped by athlete"
    return f"{n} sites, each left out once" if isinstance(folds, str) else f"{n} folds of the laboratory, checked"


def _model(
    rows: ModelData, told: _Told, fill: Fill, needed: SampleSize, ranked: Discrimination, calibrated: Calibration,
    n_draws: int, seed: int,
) -> LocalModel:  # fmt: skip
    fitted = tuned(rows.x, rows.y, rows.athlete, fill, seed)
    mean, sd = np.nanmean(rows.x, axis=0), np.nanstd(rows.x, axis=0)
    own = on_scale(fitted, mean, sd)
    drawn = drawn_coefficients(
        rows.x, rows.y, rows.athlete, fill=fill, penalty=float(fitted["ridge"].C), mean=mean, sd=sd, n_draws=n_draws,
        seed=seed,
    )  # fmt: skip
    criteria = _criteria(rows, needed, ranked, calibrated, chance_p(rows.x, rows.y, rows.athlete, seed=seed))
    return LocalModel(
        outcome=told.outcome, outcome_definition=told.definition or f"column {told.outcome} of the data, 1 = yes",
        unit_of_analysis=told.unit_of_analysis,
        predictors=tuple(
            Predictor(name=name, unit=told.units.get(name, ""), mean=float(mean[i]), sd=float(sd[i]),
                      low=float(np.nanmin(rows.x[:, i])), high=float(np.nanmax(rows.x[:, i])))
            for i, name in enumerate(rows.predictors)
        ),
        intercept=float(own[0]), coefficients=tuple(float(one) for one in own[1:]),
        draws=tuple(tuple(round(float(one), 6) for one in draw) for draw in drawn),
        fill="mean" if fill == "mean" else "refuse", validated=all(met for met, _ in criteria.values()),
        criteria=criteria, n_athletes=rows.n_athletes, n_rows=len(rows.y),
        n_events=len(np.unique(rows.athlete[rows.y == 1.0])), n_needed=needed.athletes,
        performance=_performance(ranked, calibrated), made_with=made_with(),
    )  # fmt: skip


def _criteria(
    rows: ModelData, needed: SampleSize, ranked: Discrimination, calibrated: Calibration, chance: float
) -> dict[str, tuple[bool, str]]:
    slope = f"{calibrated.slope:.2f} ({calibrated.slope_low:.2f} to {calibrated.slope_high:.2f})"
    return {
        "as many athletes as Riley's criteria ask for": (
            rows.n_athletes >= needed.athletes, f"{rows.n_athletes} of {needed.athletes}",
        ),
        "out-of-fold AUC above 0.5 with its whole interval": (
            ranked.auc_low > 0.5, f"{ranked.auc:.2f} ({ranked.auc_low:.2f} to {ranked.auc_high:.2f})",
        ),
        "better than chance (exact permutation test)": (chance < 0.05, f"p = {chance:.3f}"),
        "interval of the calibration slope contains 1": (
            bool(calibrated.slope_low <= 1.0 <= calibrated.slope_high), calibrated.reason or slope,
        ),
    }  # fmt: skip


def _performance(ranked: Discrimination, calibrated: Calibration) -> dict[str, Any]:
    return {
        "auc": [ranked.auc, ranked.auc_low, ranked.auc_high],
        "pr_auc": [ranked.pr_auc, ranked.pr_low, ranked.pr_high],
        "prevalence": ranked.prevalence,
        "calibration_slope": [calibrated.slope, calibrated.slope_low, calibrated.slope_high],
        "calibration_intercept": [calibrated.intercept, calibrated.intercept_low, calibrated.intercept_high],
        "brier": calibrated.brier,
        "brier_scaled": calibrated.brier_scaled,
        "expected_calibration_error": calibrated.ece,
        "method": ranked.method,
    }
