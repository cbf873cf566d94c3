"""The result of a screening: frozen, every sentence with its rows, ready for a page or a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final

from landing_lab.analysis.evidence.claim import Claim
from landing_lab.analysis.models.prediction import Prediction
from landing_lab.analysis.screening.advice import Advice
from landing_lab.analysis.screening.chains import Ranking
from landing_lab.analysis.screening.challenges import Answer
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.levels import Reached
from landing_lab.analysis.screening.references import Declared
from landing_lab.analysis.screening.referral import Referral
from landing_lab.analysis.screening.settings import ScreeningSettings
from landing_lab.io.write import stamped

SCHEMA: Final = "landing-lab.screening/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """One athlete in one session.

    session: the one that was judged; earlier: how many sessions there are before it. landing: task
    and condition that its n_trials landings are of, in words; no other trial counts. simulated: no person was
    measured. reservations: one sentence where most numbers carry one. observed: None without an observation of the
    knee, else what it shows. claims: every row that a sentence rests on. notes: what could not be read or was left out.
    """

    participant: str
    session: str
    earlier: int
    n_trials: int
    landing: str
    simulated: bool
    declared: Declared
    level: Reached
    observed: str | None
    findings: tuple[Finding, ...]
    rankings: tuple[Ranking, ...]
    answers: tuple[Answer, ...]
    reservations: tuple[Statement, ...]
    standing_out: tuple[Statement, ...]
    not_counted: tuple[Statement, ...]
    pattern: tuple[Statement, ...]
    contributing: tuple[Statement, ...]
    changes: tuple[Statement, ...]
    challenges: tuple[Statement, ...]
    history: tuple[Statement, ...]
    cannot_know: tuple[Statement, ...]
    referral: Referral
    advice: tuple[Advice, ...]
    model: Prediction | None
    model_refusal: str
    claims: tuple[Claim, ...]
    evidence_stamp: str
    settings: ScreeningSettings
    notes: tuple[str, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every sentence, in the order of a page."""
        return (
            *self.reservations, *self.standing_out, *self.pattern, *self.contributing, *self.changes, *self.challenges,
            *self.history, *self.not_counted, *self.cannot_know,
        )  # fmt: skip

    def document(self) -> dict[str, Any]:
        """As JSON, schema landing-lab.screening/1."""
        return stamped(SCHEMA, {field.name: _plain(getattr(self, field.name)) for field in fields(self)})


def _plain(value: object) -> Any:
    """Dataclasses as mappings, claims as their ids with grade and source."""
    if isinstance(value, Claim):
        return {
            "id": value.id,
            "grade": value.grade,
            "checked": value.checked,
            "source": value.source,
            "doi": value.doi,
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value


def evidence_ids(result: Screening) -> Iterator[str]:
    """Every row that anything in a result rests on, each once."""
    everything = (
        *(one.evidence for one in result.findings),
        *(one.evidence for one in result.statements),
        *(one.evidence for one in result.advice),
        result.referral.evidence,
    )
    yield from dict.fromkeys(claim for ids in everything for claim in ids)
