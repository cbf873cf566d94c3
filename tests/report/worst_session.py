"""A session that has more to tell on its first page than a sheet of paper holds, in every part of that page at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.models.model_file import LocalModel, Predictor
from landing_lab.analysis.screening.entered_alone import entered_alone
from landing_lab.analysis.screening.screening import Screening
from landing_lab.analysis.screening.session_asymmetry import SYMMETRY, session_asymmetry
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.result import MetricsTable, TrialResult
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.content import report_content
from landing_lab.report.opening import Account, Opening, opening_of
from made_screening import RATIO, SHIFT, STIFFNESS, Lab, screened
from report.made_trials import full_trial, row

CONDITIONS = ("flat", "heel_lift_of_ten_millimetres", "insole_with_medial_wedge", "barefoot", "taped", "heel lift 中文")
WHY = "the link to the left insole was interrupted for 0.42 s during the landing, so that this number rests on less"
REASON = "the athlete lost balance after the landing, touched the ground with one hand and looked at the door"
KEYS = {
    (STIFFNESS, "total"): (18.0, 4.0), (RATIO, "total"): (1.3, 0.2), ("peak_force_bw", "total"): (4.0, 0.3),
    (SYMMETRY, "left_right"): (93.0, 3.0), **{(SHIFT, side): (4.0, 3.0) for side in ("left", "right")},
}  # fmt: skip
ENTERED: dict[str, Any] = {
    "prior_injury": "acl", "prior_injury_side": "left", "prior_injury_reconstructed": True, "sex": "female",
    "lunge_left_cm": 3.0, "lunge_right_cm": 4.0, "valgus_squat": True, "valgus_squat_side": "both",
    "valgus_squat_heel_lift": False, "valgus_landing": True, "single_leg_squat_left": "poor",
    "fppa_drop_jump_right_deg": 25.0, "pain": "during_sport", "hip_test_position": "supine",
    "hip_abduction_left_pct_bw": 15.0, "hip_abduction_right_pct_bw": 14.0, "rater": "AB",
    **dict.fromkeys(("pain_persistent", "loss_of_function", "swelling", "giving_way", "recent_injury",
                     "post_operative", "suspected_structural", "wants_plan"), True),
}  # fmt: skip


NOT_MADE: dict[str, Any] = {
    "n_conditions": 2,
    "screening": None,
    "alone": entered_alone(inputs_from(ENTERED)),
    "why_not": f"The screening could not be made: {'the file of somebody cannot be read; ' * 40}",
}


def worst_screening() -> Screening:
    """Level 4, with everything outside its limits and every symptom."""
    model = LocalModel(
        outcome="valgus_landing", outcome_definition="a rater saw it", unit_of_analysis="athlete and session",
        intercept=0.0, coefficients=(1.0,), draws=((0.0, 1.0), (0.1, 1.1)), fill="refuse", validated=True,
        criteria={}, n_athletes=100, n_rows=100, n_events=40, n_needed=90,
        predictors=(Predictor(name=STIFFNESS, unit="kN/m", mean=18.0, sd=4.0, low=5.0, high=80.0),),
    )  # fmt: skip
    lab = Lab(errors={key: (sd / 3, sd / 9) for key, (_, sd) in KEYS.items()}, norms=KEYS)
    far = {key: [mean + (-9.0 if key[0] == SYMMETRY else 9.0) * sd] * 3 for key, (mean, sd) in KEYS.items()}
    return screened([far], lab, ENTERED, model=model)


def worst_trials(n_conditions: int, *, refused: bool = False) -> tuple[list[TrialResult], list[TrialLabel]]:
    """Three flagged trials of each condition with insoles on both feet, the left leg strong."""
    signals = full_trial().signals
    assert signals is not None
    worn: Any = replace(signals, pressure=dict.fromkeys(("left", "right")))
    trials, labels = [], []
    for run in range(1, 3 * n_conditions + 1):
        rows = [
            one._replace(status="flagged", reason=f"{WHY} ({one.name}); and more") if one.value is not None else one
            for one in full_trial().table
            if one.name != SYMMETRY
        ]
        if refused:
            rows = [one._replace(value=None, sd=None, status="refused", reason=f"{REASON}; {WHY}") for one in rows]
        uneven = row(SYMMETRY, 60.0 + run, "%", 1.0, side="left_right")._replace(stronger_side="left")
        table = MetricsTable((*rows, uneven))
        trials.append(replace(full_trial(), signals=worn, table=table, status="flagged", reason=WHY))
        labels.append(TrialLabel(run=run, condition=CONDITIONS[(run - 1) // 3], notes=("n" * 300,)))
    return trials, labels


def worst_account(trials: list[TrialResult], labels: list[TrialLabel], **more: Any) -> Account:
    def entry(run: int, verdict: str, reason: str | None) -> TrialEntry:
        return TrialEntry(run=run, task="drop_jump", file=f"raw/{run}.xdf", verdict=verdict, reason=reason)  # type: ignore[arg-type]

    entries = [entry(one.run, "accepted", None) for one in labels]
    entries += [entry(len(labels) + k, "rejected", f"{k}: {REASON}") for k in range(1, 13)]
    told: dict[str, Any] = {"asymmetry": session_asymmetry(trials, labels), "screening": worst_screening(), **more}
    return Account(
        entries=tuple(entries), n_left=12, left_out=(4, 5, 6),
        entered="Entered 22 November 2026, 22:25 by ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN.", **told,
    )  # fmt: skip


def worst_session(
    n_conditions: int = len(CONDITIONS), *, refused: bool = False, **more: Any
) -> tuple[dict[str, Any], Opening]:
    """The content of its report with the details of one trial, and the first page."""
    trials, labels = worst_trials(n_conditions, refused=refused)
    page = opening_of(trials, labels, worst_account(trials, labels, **more))
    session = {
        "participant": "P0123456789ABCDEFGHI", "session": "20261122T154500", "recorded": "2026-11-22T21:25:00+00:00",
        "protocol": "Drop jump of our own with a very long title that somebody has typed into a file " * 3,
        "box height": "30 cm",
    }  # fmt: skip
    content = report_content([full_trial()], session=session, labels=labels[:1], opening=page, pressure=[()])
    return {**content, "simulated": True}, page
