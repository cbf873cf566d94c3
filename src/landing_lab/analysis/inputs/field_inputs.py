"""What a laboratory enters about one athlete in one session: ranges checked, all but one field optional."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

PriorInjury: TypeAlias = Literal["none", "acl", "other_knee"]
InjuredSide: TypeAlias = Literal["left", "right", "both"]
Rating: TypeAlias = Literal["good", "reduced", "poor"]
TestPosition: TypeAlias = Literal["side_lying", "supine", "prone", "seated", "standing"]
Lunge: TypeAlias = Annotated[float, Field(ge=0.0, le=25.0)]
Strength: TypeAlias = Annotated[float, Field(ge=1.0, le=120.0)]
KneeStrength: TypeAlias = Annotated[float, Field(ge=5.0, le=200.0)]
NavicularDrop: TypeAlias = Annotated[float, Field(ge=0.0, le=30.0)]
Angle: TypeAlias = Annotated[float, Field(ge=-30.0, le=50.0)]
HipRotation: TypeAlias = Annotated[float, Field(ge=0.0, le=90.0)]
Anteversion: TypeAlias = Annotated[float, Field(ge=-10.0, le=60.0)]
ThighFoot: TypeAlias = Annotated[float, Field(ge=-40.0, le=60.0)]
ToeAngle: TypeAlias = Annotated[float, Field(ge=-60.0, le=60.0)]
PostureIndex: TypeAlias = Annotated[int, Field(ge=-12, le=12)]
WidthMobility: TypeAlias = Annotated[float, Field(ge=0.0, le=40.0)]
FreeText: TypeAlias = Annotated[str, Field(min_length=1, max_length=500)]

MOST_IN_METRES: Final = 0.25
"""A lunge of so few centimetres, but not of none, was typed in metres: in them, 25 cm is the most."""
N_LESS_ITEMS: Final = 17
LESS_MOST: Final[dict[int, int]] = {**dict.fromkeys(range(1, 16), 1), 16: 2, 17: 2}
"""Highest score of each item of the Landing Error Scoring System (Padua 2009)."""


class FieldInputs(BaseModel):
    """Entries of one session; `prior_injury` alone is demanded, everything else may be left out.

    Strength is in % of body weight as the dynamometer read it; hip_test_position says how, because side-lying reads
    27-30 % higher. Weight-bearing lunge: toe to wall in cm. fppa: frontal-plane projection angle in degrees, positive
    where the knee goes inwards. less: item number -> score as rated. valgus_...: whether a rater saw the knee go
    inwards in that task; with heels lifted is the contrast that tells ankle from hip; ..._side says on which side.
    Values are taken as they are typed: "9.5" is no number and 1 is no yes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, strict=True, allow_inf_nan=False)

    prior_injury: PriorInjury
    prior_injury_side: InjuredSide | None = None
    prior_injury_reconstructed: bool | None = None

    sex: Literal["female", "male"] | None = None
    maturity: Literal["before_growth_spurt", "in_growth_spurt", "after_growth_spurt"] | None = None
    age_years: Annotated[float, Field(ge=5.0, le=90.0)] | None = None
    mass_kg: Annotated[float, Field(ge=20.0, le=200.0)] | None = None

    lunge_left_cm: Lunge | None = None
    lunge_right_cm: Lunge | None = None
    hip_test_position: TestPosition | None = None
    hip_abduction_left_pct_bw: Strength | None = None
    hip_abduction_right_pct_bw: Strength | None = None
    hip_adduction_left_pct_bw: Strength | None = None
    hip_adduction_right_pct_bw: Strength | None = None
    hip_external_rotation_left_pct_bw: Strength | None = None
    hip_external_rotation_right_pct_bw: Strength | None = None
    hip_extension_left_pct_bw: Strength | None = None
    hip_extension_right_pct_bw: Strength | None = None
    knee_extension_left_pct_bw: KneeStrength | None = None
    knee_extension_right_pct_bw: KneeStrength | None = None
    hip_external_rotation_range_left_deg: HipRotation | None = None
    hip_external_rotation_range_right_deg: HipRotation | None = None
    hip_internal_rotation_range_left_deg: HipRotation | None = None
    hip_internal_rotation_range_right_deg: HipRotation | None = None
    navicular_drop_left_mm: NavicularDrop | None = None
    navicular_drop_right_mm: NavicularDrop | None = None
    foot_posture_index_left: PostureIndex | None = None
    foot_posture_index_right: PostureIndex | None = None
    midfoot_width_mobility_left_mm: WidthMobility | None = None
    midfoot_width_mobility_right_mm: WidthMobility | None = None
    femoral_anteversion_left_deg: Anteversion | None = None
    femoral_anteversion_right_deg: Anteversion | None = None
    thigh_foot_angle_left_deg: ThighFoot | None = None
    thigh_foot_angle_right_deg: ThighFoot | None = None
    toe_angle_left_deg: ToeAngle | None = None
    toe_angle_right_deg: ToeAngle | None = None
    plank_s: Annotated[float, Field(ge=0.0, le=1200.0)] | None = None
    iliotibial_band_note: FreeText | None = None

    less: dict[int, int] = Field(default_factory=dict)
    single_leg_squat_left: Rating | None = None
    single_leg_squat_right: Rating | None = None
    fppa_drop_jump_left_deg: Angle | None = None
    fppa_drop_jump_right_deg: Angle | None = None
    fppa_single_leg_left_deg: Angle | None = None
    fppa_single_leg_right_deg: Angle | None = None
    valgus_squat: bool | None = None
    valgus_squat_side: InjuredSide | None = None
    valgus_squat_heel_lift: bool | None = None
    valgus_single_leg_squat_left: bool | None = None
    valgus_single_leg_squat_right: bool | None = None
    valgus_landing: bool | None = None
    valgus_landing_side: InjuredSide | None = None
    valgus_running: bool | None = None
    valgus_running_side: InjuredSide | None = None

    pain: Literal["none", "during_sport", "at_rest"] | None = None
    pain_side: InjuredSide | None = None
    pain_persistent: bool | None = None
    loss_of_function: bool | None = None
    swelling: bool | None = None
    giving_way: bool | None = None
    recent_injury: bool | None = None
    post_operative: bool | None = None
    suspected_structural: bool | None = None
    wants_plan: bool | None = None

    rater: Annotated[str, Field(max_length=40)] | None = None
    note: Annotated[str, Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> FieldInputs:
        if self.prior_injury == "none" and (self.prior_injury_side or self.prior_injury_reconstructed):
            raise ValueError("prior_injury is none, but a side or a reconstruction is entered; say acl or other_knee")
        for task in ("squat", "landing", "running"):
            if getattr(self, f"valgus_{task}_side") is not None and not getattr(self, f"valgus_{task}"):
                raise ValueError(
                    f"valgus_{task}_side says on which side, but valgus_{task} is not true; enter that, or leave the "
                    f"side out"
                )
        if self.hip_test_position is None and any(getattr(self, name) is not None for name in STRENGTHS):
            raise ValueError("hip strength needs hip_test_position: side-lying reads 27-30 % higher than supine")
        for name in ("lunge_left_cm", "lunge_right_cm"):
            lunge = getattr(self, name)
            if lunge is not None and 0.0 < lunge <= MOST_IN_METRES:
                raise ValueError(f"{name} is {lunge:g} cm; did you enter metres? write centimetres, {100.0 * lunge:g}")
        for item, score in self.less.items():
            if item not in LESS_MOST:
                raise ValueError(f"less item {item} does not exist; items count 1 to {N_LESS_ITEMS}")
            if not 0 <= score <= LESS_MOST[item]:
                raise ValueError(f"less item {item} is 0 to {LESS_MOST[item]}; got {score}")
        return self


STRENGTHS: Final = tuple(name for name in FieldInputs.model_fields if name.startswith("hip_") and name.endswith("_bw"))
