"""A laboratory's own model in a file: what it needs, what it was made of, and what it refuses to say."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.analysis.models.model_checks import (
    LEAST_ATHLETES,
    MOST_LOG_ODDS,
    count,
    faults,
    number,
    strays,
    text,
)
from landing_lab.analysis.models.outcome_name import refuse_injury
from landing_lab.analysis.models.prediction import Prediction
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_name, quoted_path, visible
from landing_lab.io.write import json_text, write_whole

SCHEMA: Final = "landing-lab.model/1"
_MOST_BYTES: Final = 20_000_000
MOST_FILLED: Final = 1.0 / 3.0
"""Share of the predictors that may be missing in one athlete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """One input as the model saw it: in `unit`, athletes between low and high; mean and sd scale it."""

    name: str
    unit: str
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """A penalised logistic model of a laboratory's own outcome.

    intercept and coefficients belong to scaled predictors, (x - mean) / sd, and give log odds. draws: the same
    (intercept first) refitted on athletes drawn with replacement. fill: "mean" puts the mean where an input is
    missing, "refuse" does not predict then. validated only where every entry of `criteria` is met: what was asked ->
    [met, what was seen]. performance: out-of-fold, as in the model card.
    """

    outcome: str
    outcome_definition: str
    unit_of_analysis: str
    predictors: tuple[Predictor, ...]
    intercept: float
    coefficients: tuple[float, ...]
    draws: tuple[tuple[float, ...], ...] = field(repr=False)
    fill: str
    validated: bool
    criteria: Mapping[str, tuple[bool, str]]
    n_athletes: int
    n_rows: int
    n_events: int
    n_needed: int
    performance: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict, repr=False)
    made_with: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_injury(self.outcome)
        refuse_injury(self.outcome_definition)
        if len(self.coefficients) != len(self.predictors) or any(
            len(draw) != len(self.predictors) + 1 for draw in self.draws
        ):
            raise ParameterError(
                "a model needs one coefficient per predictor, in every draw one more for the intercept"
            )

    def predict(self, values: Mapping[str, float | None]) -> Prediction:
        """Probability of the outcome for one athlete (or limb), by predictor name.

        Raises ParameterError, with the reason, where an input is unknown, outside what the model has seen, or too
        much is missing.
        """
        unknown = [name for name in values if name not in {one.name for one in self.predictors}]
        if unknown:
            raise ParameterError(
                f"the model has no predictor {quoted_name(unknown[0])}; it uses "
                f"{', '.join(quoted_name(one.name) for one in self.predictors)}"
            )
        scaled, filled = [], []
        for one in self.predictors:
            value = values.get(one.name)
            if value is None or math.isnan(float(value)):
                filled.append(one.name)
                scaled.append(0.0)
                continue
            _in_range(one, float(value))
            scaled.append((float(value) - one.mean) / one.sd)
        self._not_too_much(filled)
        at = np.array([1.0, *scaled])
        drawn, own = (
            np.array(self.draws) @ at if self.draws else None,
            float(np.dot([self.intercept, *self.coefficients], at)),
        )
        if drawn is not None and strays(own, drawn):
            raise ParameterError(
                "no probability: that of this model lies far outside its own interval, so the model is damaged or "
                "edited; fit it anew"
            )
        point = float(_probability(own))
        low, high = (0.0, 1.0) if drawn is None else np.quantile(_probability(drawn), [0.025, 0.975])
        return Prediction(
            outcome=self.outcome, probability=point, low=min(float(low), point), high=max(float(high), point),
            validated=self.validated, filled=tuple(filled),
        )  # fmt: skip

    def document(self) -> dict[str, Any]:
        """As JSON, schema landing-lab.model/1."""
        return {"schema": SCHEMA, **asdict(self)}

    def write(self, path: str | Path) -> Path:
        """Write the file, whole or not at all. Raises RecordingError."""
        return write_whole(path, json_text(self.document()).encode())

    def _not_too_much(self, filled: list[str]) -> None:
        if filled and self.fill == "refuse":
            raise ParameterError(
                f"no probability: {quoted_name(filled[0])} is missing and this model does not fill what is missing; "
                f"measure it"
            )
        if len(filled) > MOST_FILLED * len(self.predictors):
            raise ParameterError(
                f"no probability: {len(filled)} of {len(self.predictors)} inputs are missing "
                f"({', '.join(map(quoted_name, filled))}); at most a third may be"
            )


def _in_range(one: Predictor, value: float) -> None:
    if not one.low <= value <= one.high:
        name, unit = quoted_name(one.name), quoted_name(one.unit)
        raise ParameterError(
            f"no probability: {name} is {value:g} {unit}, outside the {one.low:g} to {one.high:g} "
            f"{unit} that this model has seen; add such athletes to the data and fit it anew".replace("  ", " ")
        )


def read_model(path: str | Path) -> LocalModel:
    """Read a model that `landing-lab model` wrote.

    Raises FileFormatError for anything else, also for one that was changed so that it cannot be what was fitted;
    ParameterError where its outcome is an injury.
    """
    shown = quoted_path(str(path))
    content = read_small(Path(path), most_bytes=_MOST_BYTES)
    try:
        document = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{shown} is no JSON text; name the model.json that `landing-lab model` wrote") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise FileFormatError(f"{shown} is no model (its schema is not {SCHEMA}); name the model.json of this version")
    try:
        found = _model(document)
    except ParameterError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        why = quoted_name(f"{type(error).__name__}: {error}")
        raise FileFormatError(f"the model {shown} is damaged or edited ({why}); fit it anew") from error
    if found.validated and not (found.criteria and all(met for met, _ in found.criteria.values())):
        raise FileFormatError(f"the model {shown} calls itself validated, but its criteria do not say so; fit it anew")
    wrong = next(faults(found), None)
    if wrong is not None:
        raise FileFormatError(f"the model {shown} is damaged or edited: {visible(wrong)}; fit it anew")
    return found


def _model(document: dict[str, Any]) -> LocalModel:
    """Raises KeyError, TypeError, ValueError where an entry is missing or is not what it is to be."""
    least = {"n_athletes": LEAST_ATHLETES, "n_rows": LEAST_ATHLETES, "n_events": LEAST_ATHLETES, "n_needed": 1}
    counts = {name: count(document[name], name, lowest) for name, lowest in least.items()}
    words = ("outcome", "outcome_definition", "unit_of_analysis", "fill")
    return LocalModel(
        predictors=tuple(_predictor(one) for one in document["predictors"]),
        intercept=number(document["intercept"], "intercept", most=MOST_LOG_ODDS),
        coefficients=_log_odds(document["coefficients"], "a coefficient"),
        draws=tuple(_log_odds(draw, "a draw") for draw in document["draws"]),
        validated=document["validated"] is True,
        criteria={str(name): (one[0] is True, str(one[1])) for name, one in document["criteria"].items()},
        performance=dict(document["performance"]), card=dict(document["card"]),
        made_with={str(name): str(one) for name, one in document["made_with"].items()},
        **counts, **{name: text(document[name], name) for name in words},  # type: ignore[arg-type]
    )  # fmt: skip


def _log_odds(values: list[Any], name: str) -> tuple[float, ...]:
    return tuple(number(one, name, most=MOST_LOG_ODDS) for one in values)


def _predictor(one: Mapping[str, Any]) -> Predictor:
    if not isinstance(one["unit"], str):
        raise TypeError("a unit is no text")
    numbers = {name: number(one[name], f"{name} of a predictor") for name in ("mean", "sd", "low", "high")}
    return Predictor(name=text(one["name"], "name of a predictor"), unit=one["unit"], **numbers)


def _probability(log_odds: Any) -> Any:
    from scipy.special import expit

    return expit(log_odds)
