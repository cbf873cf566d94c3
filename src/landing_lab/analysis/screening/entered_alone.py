"""What a laboratory's entries say where no landing could be judged beside them: an injury before, symptoms of now."""

from __future__ import annotations

from dataclasses import dataclass

from landing_lab.analysis.evidence.claim import Claim
from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.referral import Referral, referral
from landing_lab.analysis.screening.statements import history


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredAlone:
    """Sentences that rest on no measurement. claims, evidence_stamp, observed: as of `Screening`."""

    history: tuple[Statement, ...]
    referral: Referral
    claims: tuple[Claim, ...]
    evidence_stamp: str
    observed: str | None = None


def entered_alone(inputs: FieldInputs) -> EnteredAlone:
    """The history and the referral of a screening with these entries."""
    table, before, advised = evidence(), history(inputs, training="training"), referral(inputs)
    ids = dict.fromkeys((*(one for statement in before for one in statement.evidence), *advised.evidence))
    return EnteredAlone(
        history=before, referral=advised, claims=tuple(map(table.claim, ids)), evidence_stamp=table.stamp
    )
