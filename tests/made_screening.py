"""A table of trials and a laboratory with exactly the numbers a test gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.reference import Reference
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.screen import screen
from landing_lab.analysis.screening.screening import Screening
from landing_lab.analysis.trial_table import COLUMNS, TrialTable

UNITS = {
    "vertical_stiffness_peak_kn_per_m": "kN/m",
    "peak_braking_to_propulsive_force_ratio": "ratio",
    "limb_symmetry_peak_0_100ms_pct": "%",
    "time_to_stabilisation_s": "s",
    "medial_shift_mm": "mm",
    "peak_force_bw": "BW",
    "landing_peak_force_bw": "BW",
    **{f"hip_{what}_pct_bw": "% BW" for what in ("abduction", "external_rotation")},
}
STIFFNESS = "vertical_stiffness_peak_kn_per_m"
RATIO = "peak_braking_to_propulsive_force_ratio"
SYMMETRY = "limb_symmetry_peak_0_100ms_pct"
SHIFT = "medial_shift_mm"
Key = tuple[str, str]


def table_of(
    sessions: Sequence[Mapping[Key, Sequence[float]]], *, who: str = "P1", task: str = "drop_jump", condition: str = ""
) -> TrialTable:
    """Trials of one athlete: per session (metric, side) -> values of its trials, all of one task and condition."""
    rows = [
        (who, f"{number:02d}", run, task, condition, name, side, value, UNITS[name], 0.01, "ok")
        for number, session in enumerate(sessions, start=1)
        for (name, side), values in session.items()
        for run, value in enumerate(values, start=1)
    ]
    return TrialTable(pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame())


def joined(*tables: TrialTable) -> TrialTable:
    """Trials of several tasks or conditions as one table."""
    return TrialTable(pd.concat([one.rows for one in tables], ignore_index=True), tables[0].participants)


class Lab:
    """errors: (name, side) -> (trial_sd, session_sd), measured in `task`; norms: -> (mean, sd), of `did`.

    error_file: as the laboratory keeps it. asked: task, condition and athlete left out of every norm asked for.
    """

    def __init__(
        self,
        errors: Mapping[Key, tuple[float, float | None]] | None = None,
        norms: Mapping[Key, tuple[float, float]] | None = None,
        n: int = 40,
        task: str = "drop_jump",
        did: tuple[str, str] = ("drop_jump", ""),
        units: Mapping[str, str] = UNITS,
    ) -> None:
        self.norms, self.n, self.did, self.units = norms or {}, n, did, units
        self.asked: list[tuple[str | None, str | None, str | None]] = []
        made = [
            MeasurementError(
                name=name, side=side, unit=units[name], trial_sd=trial_sd, session_sd=session_sd,
                source="this laboratory", borrowed=False,
            )
            for (name, side), (trial_sd, session_sd) in (errors or {}).items()
        ]  # fmt: skip
        self.error_file = ErrorFile(errors=tuple(made), task=task)

    def reference(
        self, name: str, side: str, *, sex: str | None, age_years: float | None, task: str | None = None,
        condition: str | None = None, without: str | None = None,
    ) -> Reference | None:  # fmt: skip
        """The norm of the task and condition asked for; of the usual ones where none is named, as Norms has it."""
        del sex, age_years
        self.asked.append((task, condition, without))
        found = self.norms.get((name, side)) if (task, condition) in {self.did, (None, None)} else None
        return found and Reference(
            name=name, side=side, unit=self.units[name], kind="local", mean=found[0], sd=found[1], n=self.n,
            group="athletes", source="this laboratory",
        )  # fmt: skip


def screened(
    sessions: Sequence[Mapping[Key, Sequence[float]]],
    lab: Lab | None = None,
    inputs: Mapping[str, Any] | None = None,
    **options: Any,
) -> Screening:
    """The screening of those trials in that laboratory."""
    used = lab or Lab()
    entered = None if inputs is None else inputs_from({"prior_injury": "none", **inputs})
    return screen(table_of(sessions), "P1", inputs=entered, errors=used.error_file, norms=used, **options)


def finding(result: Screening, indicator: str, side: str = "total") -> Finding:
    """The finding of one indicator and side."""
    return next(one for one in result.findings if (one.id, one.side) == (indicator, side))


def everything_said(result: Screening) -> str:
    """Every sentence of a result that is about the athlete, a limit, what to do next, or why."""
    reasons = [one.reason for one in result.findings] + [
        one.change.sentence for one in result.findings if one.change is not None
    ]
    chains = [line for one in result.rankings for line in one.why_not]
    levels = [text for one in result.level.levels for text in (one.may_say, one.needs)]
    told = [one.text for one in (*result.statements, *result.advice)]
    labels = [one.label for one in result.findings]
    return "\n\n".join([*told, *reasons, *chains, *levels, *labels, result.referral.sentence])
