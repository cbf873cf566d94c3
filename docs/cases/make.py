"""Write the case reports beside this file: five simulated athletes, screened and told as an athlete would read it.

Run it with `python docs/cases/make.py`; a test fails where a page differs from what the program says now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.reference import Reference
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.screening.screen import screen
from landing_lab.analysis.screening.screening import Screening
from landing_lab.analysis.trial_table import COLUMNS, TrialTable
from landing_lab.report.screening_markdown import screening_markdown

HERE = Path(__file__).parent
N_TRIALS = 5


@dataclass(frozen=True)
class Metric:
    """One number of the simulated laboratory: mean of its athletes, and what athletes, days and trials differ by."""

    name: str
    side: str
    unit: str
    mean: float
    athlete_sd: float
    session_sd: float
    trial_sd: float


def _both(name: str, *rest: Any) -> tuple[Metric, ...]:
    return (Metric(name, "left", *rest), Metric(name, "right", *rest))


FORCE = (
    *_both("peak_force_bw", "BW", 2.0, 0.3, 0.04, 0.12),
    Metric("vertical_stiffness_peak_kn_per_m", "total", "kN/m", 18.0, 5.0, 0.8, 1.8),
    Metric("peak_braking_to_propulsive_force_ratio", "total", "ratio", 1.35, 0.2, 0.03, 0.08),
    Metric("loading_rate_20_80_bw_per_s", "total", "BW/s", 80.0, 20.0, 4.0, 10.0),
    Metric("time_to_peak_force_s", "total", "s", 0.06, 0.012, 0.002, 0.006),
    Metric("limb_symmetry_peak_0_100ms_pct", "left_right", "%", 93.0, 3.0, 1.0, 3.0),
    Metric("time_to_stabilisation_s", "total", "s", 0.9, 0.2, 0.05, 0.12),
)
INSOLES = (
    *_both("medial_shift_mm", "mm", 4.0, 3.0, 1.0, 2.5),
    *_both("forefoot_to_heel_delay_s", "s", 0.03, 0.012, 0.003, 0.006),
)
FIELD = (
    *_both("hip_abduction_pct_bw", "% BW", 38.0, 6.0, 1.5, 1.5),
    *_both("hip_external_rotation_pct_bw", "% BW", 22.0, 4.0, 1.0, 1.0),
)


class Laboratory:
    """Errors and norms of the simulated laboratory."""

    def __init__(self) -> None:
        self.known = {(one.name, one.side): one for one in (*FORCE, *INSOLES, *FIELD)}

    @property
    def errors(self) -> ErrorFile:
        """As the error file of a reliability study of 20 athletes would say."""
        made = [
            MeasurementError(
                name=one.name, side=one.side, unit=one.unit, trial_sd=one.trial_sd, session_sd=one.session_sd,
                source="this laboratory", borrowed=False, n_athletes=20, n_sessions=2, n_trials=200,
            )
            for one in self.known.values()
        ]  # fmt: skip
        return ErrorFile(errors=tuple(made), task="drop_jump")

    def reference(
        self, name: str, side: str, *, sex: str | None, age_years: float | None, **which: str | None
    ) -> Reference | None:
        """As norms of 60 athletes would say."""
        del sex, age_years, which
        one = self.known.get((name, side))
        return one and Reference(
            name=name, side=side, unit=one.unit, kind="local", mean=one.mean, sd=one.athlete_sd, n=60,
            group="60 simulated athletes", source="this laboratory",
        )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One simulated athlete: what makes the landing special (metric -> mean per session), what was entered."""

    name: str
    title: str
    seed: int
    metrics: tuple[Metric, ...]
    means: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    n_sessions: int = 1
    inputs: Mapping[str, Any] | None = None


CASES = (
    Case(
        name="soft", title="Soft and symmetric", seed=1, metrics=FORCE, n_sessions=2,
        means={
            ("vertical_stiffness_peak_kn_per_m", "total"): (12.0, 12.0),
            ("limb_symmetry_peak_0_100ms_pct", "left_right"): (96.0, 96.0),
        },
    ),
    Case(
        name="stiff", title="Stiff", seed=2, metrics=FORCE,
        means={
            ("vertical_stiffness_peak_kn_per_m", "total"): (33.0,),
            ("peak_braking_to_propulsive_force_ratio", "total"): (1.95,),
            ("peak_force_bw", "left"): (2.9,),
            ("peak_force_bw", "right"): (2.8,),
            ("time_to_peak_force_s", "total"): (0.032,),
        },
        inputs={"prior_injury": "none", "sex": "male", "pain": "none",
                "less": {1: 1, 2: 1, 12: 1, 13: 1, 6: 0}},
    ),
    Case(
        name="after_acl", title="Asymmetric after ACL reconstruction", seed=3, metrics=FORCE, n_sessions=2,
        means={
            ("limb_symmetry_peak_0_100ms_pct", "left_right"): (61.0, 74.0),
            ("peak_force_bw", "left"): (1.5, 1.6),
            ("peak_force_bw", "right"): (2.2, 2.1),
        },
        inputs={"prior_injury": "acl", "prior_injury_side": "left", "prior_injury_reconstructed": True,
                "sex": "female", "pain": "during_sport", "giving_way": False, "swelling": True},
    ),
    Case(
        name="medial_shift", title="Medial shift, knees not observed", seed=4, metrics=(*FORCE, *INSOLES),
        means={("medial_shift_mm", "left"): (14.5,), ("medial_shift_mm", "right"): (13.5,)},
        inputs={"prior_injury": "none", "sex": "female", "lunge_left_cm": 11.5, "lunge_right_cm": 12.0},
    ),
    Case(
        name="limited_lunge", title="Valgus seen, limited lunge", seed=5, metrics=(*FORCE, *INSOLES),
        inputs={
            "prior_injury": "none", "sex": "female", "pain": "none", "lunge_left_cm": 4.5, "lunge_right_cm": 5.0,
            "valgus_squat": True, "valgus_squat_side": "both", "valgus_squat_heel_lift": False,
            "hip_test_position": "supine", "hip_abduction_left_pct_bw": 39.0, "hip_abduction_right_pct_bw": 38.0,
            "hip_external_rotation_left_pct_bw": 23.0, "hip_external_rotation_right_pct_bw": 22.5,
            "rater": "AB",
        },
    ),
)  # fmt: skip


def screened(case: Case) -> Screening:
    """The screening of a case, in a laboratory with errors and norms of its own."""
    rng = np.random.default_rng(case.seed)
    rows = []
    for session in range(case.n_sessions):
        for one in case.metrics:
            special = case.means.get((one.name, one.side))
            centre = special[session] if special else one.mean + 0.3 * one.athlete_sd
            day = centre + rng.normal(0.0, one.session_sd)
            for run in range(1, N_TRIALS + 1):
                value = day + rng.normal(0.0, one.trial_sd)
                if one.unit == "%":
                    value = min(value, 99.5)
                key = (case.name, f"{session + 1:02d}", run, "drop_jump", "")
                rows.append((*key, one.name, one.side, value, one.unit, one.trial_sd / 5, "ok"))
    table = TrialTable(
        pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame({"simulated": [True]}, index=pd.Index([case.name]))
    )
    inputs = None if case.inputs is None else inputs_from(case.inputs)
    laboratory = Laboratory()
    return screen(table, case.name, inputs=inputs, errors=laboratory.errors, norms=laboratory, reference="local")


def page(case: Case) -> str:
    """The case report as Markdown."""
    return f"# Case: {case.title}\n\n{screening_markdown(screened(case))}"


if __name__ == "__main__":
    for one in CASES:
        (HERE / f"{one.name}.md").write_text(page(one), encoding="utf-8")
