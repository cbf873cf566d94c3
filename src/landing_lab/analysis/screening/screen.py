"""One athlete's screening, from a table of trials and what a laboratory entered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.observation import valgus_observation
from landing_lab.analysis.person import person
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.error_for import not_used
from landing_lab.analysis.screening import statements as say
from landing_lab.analysis.screening.advice import advice
from landing_lab.analysis.screening.chains import rankings
from landing_lab.analysis.screening.challenges import answers, challenge_statements
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.findings import Basis, findings
from landing_lab.analysis.screening.gate import release
from landing_lab.analysis.screening.indicators import INDICATORS
from landing_lab.analysis.screening.levels import level_reached
from landing_lab.analysis.screening.local_model import predicted
from landing_lab.analysis.screening.references import Declared, KnowsNorms
from landing_lab.analysis.screening.referral import referral
from landing_lab.analysis.screening.screening import Screening, evidence_ids
from landing_lab.analysis.screening.session_facts import SessionFacts
from landing_lab.analysis.screening.settings import ScreeningSettings
from landing_lab.analysis.screening.sides import uneven_lunge
from landing_lab.analysis.screening.trials import AthleteTrials, athlete_trials
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name, visible

if TYPE_CHECKING:
    from landing_lab.analysis.models.model_file import LocalModel

_MOST_NAMED = 3
"""Sessions that a refusal names; of more it gives the number."""
METRICS = frozenset(name for one in INDICATORS if one.kind == "metric" for name in one.variables)
"""Every number of landings that a screening looks at."""


def screen(
    table: TrialTable,
    participant: str,
    *,
    inputs: FieldInputs | None = None,
    errors: ErrorFile | None = None,
    norms: KnowsNorms | None = None,
    reference: Declared | None = None,
    model: LocalModel | None = None,
    settings: ScreeningSettings | None = None,
    facts: SessionFacts | None = None,
) -> Screening:
    """Screening of one athlete's newest session.

    inputs: what was entered for that session. errors, norms, model: the laboratory's own, where it has them.
    reference: what landings are compared with; None is the norm where there is one, else the own baseline. facts: what
    the files of that session tell beside its numbers. Raises ParameterError for an athlete without trials or a
    reference that does not exist.
    """
    if reference is not None and reference not in get_args(Declared):
        raise ParameterError(
            f"there is no reference {quoted_name(reference)!r}; choose {', '.join(get_args(Declared))}"
        )
    trials = athlete_trials(table, participant, METRICS)
    if not trials.sessions:
        raise ParameterError(_without_trials(participant, table.notes))
    facts = facts or SessionFacts()
    who = person(table.participants, participant, inputs)
    basis = Basis(
        trials=trials, session=trials.sessions[-1], inputs=inputs, errors=errors, norms=norms,
        declared=reference or ("local" if norms is not None else "baseline"),
        person=replace(who, simulated=who.simulated or facts.simulated), table=evidence(),
        settings=settings or ScreeningSettings(),
    )  # fmt: skip
    return _screened(basis, table, model, facts.doubt)


def _without_trials(participant: str, notes: tuple[str, ...]) -> str:
    """Why there is nothing to screen: what could not be read of this athlete, else that nothing was accepted."""
    unread = [note.rstrip(".") for note in notes if f"sub-{participant} " in note]
    if not unread:
        return f"participant '{quoted_name(participant)}' has no accepted trials; record some with landing-lab record"
    more = f"; and {len(unread) - _MOST_NAMED} more" if len(unread) > _MOST_NAMED else ""
    return (
        f"participant '{quoted_name(participant)}' has no accepted trials that can be read: "
        f"{'; '.join(unread[:_MOST_NAMED])}{more}; mend those sessions, or record again"
    )


def _screened(basis: Basis, table: TrialTable, model: LocalModel | None, doubt: str) -> Screening:
    participant, rows = basis.person.participant, basis.table
    found = findings(basis)
    observation = valgus_observation(basis.inputs)
    limbs = say.observed_limbs(observation)
    ranked = rankings(found, limbs, basis.settings)
    predicted_now, refusal = predicted(model, table, basis, observed=observation is not None)
    counted = frozenset(one.id for one in found if not one.struck)
    told = answers(table, participant, basis.session, basis.errors, counted)
    named = [one.named for one in ranked if one.named is not None]
    result = Screening(
        participant=participant, session=basis.session, earlier=len(basis.trials.earlier(basis.session)),
        n_trials=_most_trials(basis.trials, basis.session), landing=_landing(basis.trials),
        simulated=basis.person.simulated, declared=basis.declared,
        level=level_reached(
            found, observed=observation is not None, model=predicted_now is not None, model_refusal=refusal,
            trials=_most_trials(basis.trials, basis.session),
        ),
        observed=None if observation is None else observation.shows,
        findings=found, rankings=ranked, answers=told,
        reservations=release(say.reservations(found, doubt), observation),
        standing_out=release(say.standing_out(found, uneven_lunge(found)), observation),
        not_counted=release(say.not_counted(found), observation),
        pattern=release(say.pattern(observation), observation),
        contributing=release(say.contributing(ranked, limbs), observation),
        changes=release(say.changes(found), observation),
        challenges=release(challenge_statements(told, say.SIDES), observation),
        history=release(say.history(basis.inputs), observation),
        cannot_know=release(say.limits(found, basis.person.age_years), observation),
        referral=referral(basis.inputs),
        advice=advice(
            named, stiff=_stiff(found), uneven_after_acl=_uneven_after_acl(found, basis.inputs), table=rows, found=found
        ),
        model=predicted_now, model_refusal=refusal, claims=(), evidence_stamp=rows.stamp, settings=basis.settings,
        notes=(*table.notes, *basis.trials.notes, *not_used(basis.errors, basis.trials.task)),
    )  # fmt: skip
    return replace(result, claims=tuple(rows.claim(one) for one in evidence_ids(result)))


def _most_trials(trials: AthleteTrials, session: str) -> int:
    """Trials of the session, by the landing indicator that most of them have."""
    return max((len(found) for key, found in trials.values.items() if key[2] == session), default=0)


def _landing(trials: AthleteTrials) -> str:
    """Task and condition that the landings are of, in words."""
    if trials.did is None:
        return ""
    return ", ".join(visible(part.replace("_", " ")) for part in trials.did if part)


def _stiff(found: tuple[Finding, ...]) -> bool:
    return any(one.chain == "sagittal" and one.scored and one.state == "outside" for one in found)


def _uneven_after_acl(found: tuple[Finding, ...], inputs: FieldInputs | None) -> bool:
    return (
        inputs is not None
        and inputs.prior_injury == "acl"
        and any(one.id == "load_sharing" and one.state == "outside" for one in found)
    )
