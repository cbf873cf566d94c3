"""What the laboratory's own model says of its own outcome, where it may say anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing_lab.analysis.inputs.fields import rating_names
from landing_lab.analysis.models.outcome_name import refuse_injury
from landing_lab.analysis.plain_landings import Did
from landing_lab.analysis.screening.findings import Basis
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name, visible

if TYPE_CHECKING:
    from landing_lab.analysis.models.model_file import LocalModel
    from landing_lab.analysis.models.prediction import Prediction


def predicted(
    model: LocalModel | None, table: TrialTable, basis: Basis, *, observed: bool
) -> tuple[Prediction | None, str]:
    """The prediction, or None and what keeps the model from saying anything ("" without a model).

    A model of limbs, trials or anything but sessions would read one number for another, so it says nothing. Raises
    ParameterError where the model's outcome is nothing that a laboratory sees of the knee: word lists have holes.
    """
    if model is None:
        return None, ""
    from landing_lab.analysis.models.dataset_frame import SESSION_ROW

    _refuse_others(model.outcome)
    if model.unit_of_analysis != SESSION_ROW:
        return None, (
            f"the model is of one {visible(model.unit_of_analysis)} and a screening of one {SESSION_ROW}, whose "
            f"numbers are others; fit it with a row per session (landing-lab model without --per-limb)"
        )
    if not observed:
        return None, "enter what a rater or a video shows of the knees: without it no model says anything here"
    if not model.validated:
        return None, "the model is not checked well enough for one athlete; its model card says what is missing"
    return _said(model, _values(table, basis))


def _said(model: LocalModel, known: dict[str, tuple[float, str]]) -> tuple[Prediction | None, str]:
    for one in model.predictors:
        unit = known[one.name][1] if one.name in known else one.unit
        if unit != one.unit:
            return None, (
                f"the model's {quoted_name(one.name)} is in {quoted_name(one.unit) or 'no unit'} and this session's in "
                f"{quoted_name(unit) or 'no unit'}; fit the model anew from this dataset"
            )
    try:
        return model.predict({one.name: known[one.name][0] for one in model.predictors if one.name in known}), ""
    except ParameterError as error:
        return None, str(error)


def _refuse_others(outcome: str) -> None:
    """Only what a laboratory itself enters of how the knee moves: a list of what may be, not of what may not."""
    refuse_injury(outcome)
    if outcome not in rating_names():
        raise ParameterError(
            f"a screening takes only models of what this laboratory sees of the knee (the entries valgus_..., "
            f"single_leg_squat_..., fppa_... or less_...), and {quoted_name(outcome)} is none of them; screen without "
            f"--model, or fit one such as landing-lab model DATASET --outcome valgus_landing"
        )


def outcome_words(outcome: str) -> str:
    """The outcome as the form of entries calls it."""
    known = rating_names().get(outcome)
    if known is None:
        return visible(outcome)
    if outcome == known.name or "." in known.name:
        return known.label
    return known.label.removesuffix(", left").removesuffix(", right")


def _values(table: TrialTable, basis: Basis) -> dict[str, tuple[float, str]]:
    """What this session has of everything a model may be of, by the rule its rows were made by."""
    from landing_lab.analysis.models.dataset_frame import session_values

    rows, people, who = table.rows, table.participants, basis.person.participant
    did = basis.trials.did or Did("", "")
    own = (rows["participant"] == who) & (rows["session"].astype(str) == basis.session) & rows["value"].notna()
    own &= (rows["task"].astype(str) == did.task) & (rows["condition"].astype(str) == did.condition)
    known = {str(name): one for name, one in people.loc[who].items()} if who in people.index else {}
    return session_values(rows[own], known, basis.inputs)
