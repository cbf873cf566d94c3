"""What is looked at in a screening, as data: which number, which way is less favourable, and the row that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from landing_lab.analysis.evidence.claim import Chain

Limb: TypeAlias = Literal["left", "right"]
LIMBS: Final[tuple[Limb, ...]] = ("left", "right")
Favour: TypeAlias = Literal["higher", "lower"]
Kind: TypeAlias = Literal["metric", "entry", "finding"]
"""metric: mean of trials; entry: one entered number; finding: yes or no, from what was entered."""

CHAIN_LABELS: Final[dict[Chain, str]] = {
    "foot": "foot",
    "ankle": "ankle",
    "hip": "hip",
    "control": "balance and control",
    "structural": "bone structure",
    "sagittal": "soft or stiff landing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One thing that is looked at.

    variables: names of metrics of which the first that was measured counts, or of one entry (with {side} where there
    is one per limb). unfavourable: the less favourable way by the row evidence_id, whose grade is the weight; None
    where published signs differ, so that both ways are shown and neither counts. evidence_after_acl: the row that
    holds for a person with an ACL injury before. level: from which on it can be had. group: what is measured together;
    two indicators of one group count as one. decimals: of the value where its error is not known. convention: limit
    that holds where no norm does, by convention_evidence; it gives a state, never a score. outside_means: words;
    below_means: words for the other side where both are shown.
    """

    id: str
    label: str
    kind: Kind
    variables: tuple[str, ...]
    sides: tuple[str, ...]
    unit: str
    unfavourable: Favour | None
    evidence_id: str
    level: int
    group: str
    chain: Chain | None = None
    evidence_after_acl: str | None = None
    decimals: int = 1
    convention: float | None = None
    convention_evidence: str | None = None
    outside_means: str = ""
    below_means: str = ""


_BOTH: Final = ("left", "right")
_TOTAL: Final = ("total",)
_BETWEEN: Final = ("left_right",)

INDICATORS: Final[tuple[Indicator, ...]] = (
    Indicator(
        id="peak_force", label="peak landing force", kind="metric",
        variables=("peak_force_bw", "landing_peak_force_bw"), sides=_BOTH, unit="BW", unfavourable="higher",
        evidence_id="vgrf-acl-leppanen-2017", level=0, group="landing_force", chain="sagittal", decimals=2,
        outside_means="you land with more force than usual",
    ),
    Indicator(
        id="vertical_stiffness", label="stiffness of the landing", kind="metric",
        variables=("vertical_stiffness_peak_kn_per_m",), sides=_TOTAL, unit="kN/m", unfavourable="higher",
        evidence_id="stiffness-knee-pedley-2025", level=0, group="landing_force", chain="sagittal",
        outside_means="you land stiffly: your body sinks little while the force is high",
    ),
    Indicator(
        id="braking_to_push", label="peak braking against peak push-off force", kind="metric",
        variables=("peak_braking_to_propulsive_force_ratio",), sides=_TOTAL, unit="ratio", unfavourable="higher",
        evidence_id="braking-ratio-knee-pedley-2025", level=0, group="landing_force", chain="sagittal", decimals=2,
        outside_means="the force while you brake is high against that of your push-off",
    ),
    Indicator(
        id="loading_rate", label="how fast the force rises", kind="metric",
        variables=("loading_rate_20_80_bw_per_s", "landing_loading_rate_20_80_bw_per_s"), sides=_TOTAL, unit="BW/s",
        unfavourable="higher", evidence_id="loading-rate-no-evidence", level=0, group="landing_force",
        chain="sagittal", outside_means="the force rises faster than usual",
    ),
    Indicator(
        id="time_to_peak", label="time to the peak force", kind="metric",
        variables=("time_to_peak_force_s", "landing_loading_time_s"), sides=_TOTAL, unit="s", unfavourable="lower",
        evidence_id="time-to-peak-timing", level=0, group="landing_force", chain="sagittal", decimals=3,
        outside_means="the force peaks earlier than usual",
    ),
    Indicator(
        id="load_sharing", label="load shared by the legs, first 0.1 s", kind="metric",
        variables=("limb_symmetry_peak_0_100ms_pct", "landing_limb_symmetry_peak_0_100ms_pct"), sides=_BETWEEN,
        unit="%", unfavourable="lower", evidence_id="asymmetry-primary-injury-helme-2021",
        evidence_after_acl="asymmetry-after-aclr-meta", level=0, group="load_sharing", decimals=0,
        convention=85.0, convention_evidence="asymmetry-15pct-bishop-2018",
        outside_means="your legs share the landing unevenly",
    ),
    Indicator(
        id="stabilisation", label="time until you stand still", kind="metric",
        variables=("time_to_stabilisation_s",), sides=_TOTAL, unit="s", unfavourable="higher",
        evidence_id="tts-acl-duprey-2016", level=0, group="stabilisation", chain="control", decimals=2,
        outside_means="you take longer than usual to stand still after the landing",
    ),
    Indicator(
        id="medial_shift", label="pressure moving to the inner side of the foot", kind="metric",
        variables=("medial_shift_mm", "landing_medial_shift_mm"), sides=_BOTH, unit="mm", unfavourable=None,
        evidence_id="medial-pressure-dvj-null", level=1, group="insole", chain="foot",
        outside_means="the pressure moves further to the inner side of the foot than usual",
        below_means="the pressure moves less to the inner side of the foot than usual",
    ),
    Indicator(
        id="heel_delay", label="forefoot before heel", kind="metric",
        variables=("forefoot_to_heel_delay_s", "landing_forefoot_to_heel_delay_s"), sides=_BOTH, unit="s",
        unfavourable=None, evidence_id="toe-heel-task-dependent", level=1, group="insole", chain="ankle", decimals=3,
        outside_means="the heel follows the forefoot later than usual",
        below_means="the heel touches down earlier after the forefoot than usual, or before it",
    ),
    Indicator(
        id="lunge", label="ankle bend in the lunge test", kind="entry", variables=("lunge_{side}_cm",), sides=_BOTH,
        unit="cm", unfavourable="lower", evidence_id="lunge-valgus-lima-2018", level=2, group="lunge", chain="ankle",
        outside_means="your ankle bends less than usual",
    ),
    Indicator(
        id="heel_lift_helps", label="knees in the squat, flat feet against lifted heels", kind="finding",
        variables=("valgus_squat", "valgus_squat_heel_lift"), sides=_BOTH, unit="", unfavourable="higher",
        evidence_id="heel-lift-bell-2008", level=3, group="heel_lift", chain="ankle",
        outside_means="lifting your heels changed how your knees move in the squat",
    ),
    Indicator(
        id="heel_lift_no_help", label="knees in the squat, flat feet against lifted heels", kind="finding",
        variables=("valgus_squat", "valgus_squat_heel_lift"), sides=_BOTH, unit="", unfavourable="higher",
        evidence_id="heel-lift-bell-2008", level=3, group="heel_lift", chain="hip",
        outside_means="lifting your heels did not change how your knees move in the squat",
    ),
    Indicator(
        id="hip_abduction", label="hip strength, sideways", kind="entry", variables=("hip_abduction_{side}_pct_bw",),
        sides=_BOTH, unit="% BW", unfavourable="lower", evidence_id="hip-strength-acl-khayambashi-2016", level=2,
        group="hip_strength", chain="hip", outside_means="your hip pushes less hard sideways than usual",
    ),
    Indicator(
        id="hip_rotation", label="hip strength, outward turn", kind="entry",
        variables=("hip_external_rotation_{side}_pct_bw",), sides=_BOTH, unit="% BW", unfavourable="lower",
        evidence_id="hip-strength-acl-khayambashi-2016", level=2, group="hip_strength", chain="hip",
        outside_means="your hip turns outwards less hard than usual",
    ),
    Indicator(
        id="navicular_drop", label="navicular drop (arch sinking under load)", kind="entry",
        variables=("navicular_drop_{side}_mm",), sides=_BOTH, unit="mm", unfavourable="higher",
        evidence_id="navicular-drop-acl-conflicting", level=2, group="navicular_drop", chain="foot",
        outside_means="your arch sinks more than usual",
    ),
    Indicator(
        id="less_bend", label="bending of knee and hip, rated (LESS 1, 2, 12, 13)", kind="finding",
        variables=("less",), sides=_TOTAL, unit="", unfavourable="higher",
        evidence_id="knee-flexion-acl-leppanen-2017", level=2, group="less_bend", chain="sagittal",
        outside_means="a rater saw little bending of knee or hip",
    ),
    Indicator(
        id="less_trunk", label="trunk leaning sideways, rated (LESS 6)", kind="finding", variables=("less",),
        sides=_TOTAL, unit="", unfavourable="higher", evidence_id="trunk-knee-zazulak-2007", level=2,
        group="less_trunk", chain="control", outside_means="a rater saw your trunk lean sideways",
    ),
)  # fmt: skip
