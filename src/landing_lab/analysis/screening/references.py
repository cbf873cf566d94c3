"""What a value is compared with: the athlete's earlier sessions, this laboratory's norm, or a published one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np

from landing_lab.analysis.person import Person
from landing_lab.analysis.plain_landings import Did, kind_of
from landing_lab.analysis.reference import LEAST_LOCAL_ATHLETES, Reference
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.screening.errors_of import LEAST_SESSIONS
from landing_lab.analysis.screening.indicators import Indicator
from landing_lab.analysis.screening.trials import Values

Declared: TypeAlias = Literal["baseline", "local", "published"]

HEALTHY_ADULTS: Final = "healthy adults"
PUBLISHED: Final[tuple[Reference, ...]] = (
    *(
        Reference(
            name="lunge_cm", side=side, unit="cm", kind="published", mean=12.0, sd=2.8, n=0, group=HEALTHY_ADULTS,
            source="Hoch and McKeon 2011", evidence_id="lunge-norm-hoch-2011",
        )
        for side in ("left", "right")
    ),
)  # fmt: skip
"""All that was found as mean and standard deviation; of landing forces nothing was that holds for another device."""


class KnowsNorms(Protocol):
    """A laboratory's norms."""

    def reference(
        self, name: str, side: str, *, sex: str | None, age_years: float | None, task: str | None = None,
        condition: str | None = None, without: str | None = None,
    ) -> Reference | None:  # fmt: skip
        """Norm of a group of at least 30 athletes, one of them left out; None where there is none."""


def reference_of(
    indicator: Indicator, name: str, side: str, declared: Declared, norms: KnowsNorms | None, person: Person,
    earlier: Sequence[Values], did: Did | None = None,
) -> tuple[Reference | None, str]:  # fmt: skip
    """The declared reference of a value, or None and why there is none.

    Entries are compared with the laboratory's norm or a published one, whatever is declared for landings: a baseline
    holds landings only. earlier: values of earlier sessions, each of enough trials. did: task and condition of the
    trials; their norm is that of the same, else of the plain task.
    """
    if indicator.kind == "entry":
        found = _local(name, side, indicator.unit, norms, person) or _published(name, side)
        return found, "no norm of this laboratory and no published mean with its spread is known"
    if declared == "baseline":
        return _baseline(
            name, side, indicator.unit, earlier
        ), "there is no earlier session with enough trials of this task and condition"
    if declared == "local":
        reason = (
            f"the norms hold no group of at least {LEAST_LOCAL_ATHLETES} other athletes for it, in its unit and with "
            f"a spread"
        )
        return _local(name, side, indicator.unit, norms, person, did), (reason if norms is not None else NO_NORMS)
    return _published(name, side), "no published mean with its spread holds for it"


def _local(
    name: str, side: str, unit: str, norms: KnowsNorms | None, person: Person, did: Did | None = None
) -> Reference | None:
    if norms is None:
        return None
    tried: list[tuple[str | None, str | None]] = [did, (kind_of(did[0]), "")] if did else [(None, None)]
    for task, condition in tried:
        found = norms.reference(
            name, side, sex=person.sex, age_years=person.age_years, task=task, condition=condition,
            without=person.participant,
        )  # fmt: skip
        if found is not None and found.unit == unit and found.n >= LEAST_LOCAL_ATHLETES and found.sd > 0:
            return found
    return None


def _published(name: str, side: str) -> Reference | None:
    return next((one for one in PUBLISHED if (one.name, one.side) == (name, side)), None)


def _baseline(name: str, side: str, unit: str, earlier: Sequence[Values]) -> Reference | None:
    if not earlier:
        return None
    values = np.concatenate(earlier)
    sd = float(values.std(ddof=1))
    if not sd > 0:
        return None
    return Reference(
        name=name, side=side, unit=unit, kind="baseline", mean=float(np.mean([one.mean() for one in earlier])), sd=sd,
        n=len(values), group=f"own trials of {len(earlier)} earlier session{'s' if len(earlier) > 1 else ''}",
        source="this athlete",
    )  # fmt: skip


def baseline_error(error: MeasurementError, earlier: Sequence[Values]) -> float | None:
    """Standard error of a baseline's mean; None where what days differ by is not known.

    A baseline is measured with the same error as the value it is compared with, so both count.
    """
    if error.session_sd is None:
        return None
    n_sessions = len(earlier)
    of_one_session = error.standard_error(round(sum(map(len, earlier)) / n_sessions))
    return math.sqrt((of_one_session**2 - error.bias**2) / n_sessions)


NO_NORMS: Final = "this laboratory has no norms yet"
TEST_ERROR_UNKNOWN: Final = "how exactly this test repeats here is not known"
DAYS_LEFT_OUT: Final = "how much you vary from day to day is not known yet and not in the error"
"""Beside every state against a norm or a convention where session_sd is None."""
BASELINE_NEEDS: Final = "how much you vary from day to day is not known yet"
LAB_DAYS: Final = (
    f"what days differ by is not known here: measure it once with landing-lab reliability, or record {LEAST_SESSIONS} "
    f"sessions of this athlete first"
)
"""The same for the laboratory, with what it can do."""
