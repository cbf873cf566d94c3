"""What is true in the example study, as tables of text below derivatives/truth, which no analysis reads."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from landing_lab.app.datasets.example import design
from landing_lab.app.datasets.example.athletes import LIMBS, Athlete
from landing_lab.app.datasets.example.jumps import day_of
from landing_lab.app.datasets.example.kept import significant
from landing_lab.app.datasets.example.recording import Done
from landing_lab.model.channels import Side

FOLDER: Final = Path("derivatives") / "truth"
BODY: Final = (
    "drop_height_m", "jump_height_m", "leg_stiffness_kn_per_m", "asymmetry_pct", "delay_ms", "take_off_delay_ms",
    "landing_delay_ms", "medial_shift_mm", "medial_shift_asymmetry_mm",
)  # fmt: skip
"""Numbers of a simulated jump that differ between trials."""

METRICS: Final[tuple[tuple[str, Side], ...]] = (
    ("contact_time_s", "total"), ("flight_time_s", "total"), ("contact_delay_left_right_s", "left_right"),
    ("jump_height_flight_time_m", "total"), ("rsi_flight_time_m_per_s", "total"), ("body_weight_n", "total"),
    ("peak_force_bw", "total"), ("peak_force_bw", "left"), ("peak_force_bw", "right"),
    ("time_to_peak_force_s", "total"), ("loading_rate_20_80_bw_per_s", "total"), ("impulse_0_100ms_ns", "total"),
    ("braking_time_s", "total"), ("com_depth_m", "total"), ("vertical_stiffness_peak_kn_per_m", "total"),
    ("limb_symmetry_peak_0_100ms_pct", "left_right"), ("medial_shift_mm", "left"), ("medial_shift_mm", "right"),
    ("landing_peak_force_bw", "total"), ("time_to_stabilisation_s", "total"),
)  # fmt: skip
"""Metrics whose true value stands beside, name and side."""
_INSTANTS: Final = ("touchdown", "take_off", "landing")
_DIGITS: Final = 7


def athlete_row(athlete: Athlete) -> dict[str, object]:
    """One athlete's own level."""
    body = {f"level_{name}": getattr(athlete.body, name) for name in BODY}
    return {
        "participant_id": f"sub-{athlete.name}", "mass_kg": athlete.mass_kg, **body,
        "heel_lift_medial_shift_mm": athlete.lift_medial_shift_mm,
        "heel_lift_log_stiffness": athlete.lift_log_stiffness,
    }  # fmt: skip


def limb_rows(athlete: Athlete) -> list[dict[str, object]]:
    """What is true of each leg."""
    return [
        {"participant_id": f"sub-{athlete.name}", "limb": side, **dataclasses.asdict(limb)}
        for side, limb in zip(LIMBS, athlete.limbs, strict=True)
    ]


def session_row(athlete: Athlete, session: int) -> dict[str, object]:
    """What a day adds to the athlete."""
    added = {f"day_{name}": value for name, value in dataclasses.asdict(day_of(athlete, session)).items()}
    return {"participant_id": f"sub-{athlete.name}", "session_id": f"ses-{session:02d}", **added}


def trial_row(athlete: Athlete, session: int, done: Done) -> dict[str, object]:
    """One trial: when things happened in the time of its files, how the body jumped, what its metrics truly are."""
    sensed = done.sensed
    at = {
        f"{name}_s": sensed.start_s + sensed.rate * sensed.truth.threshold_times_s[name, "total"] for name in _INSTANTS
    }
    body = {f"body_{name}": getattr(done.body, name) for name in BODY}
    metrics = {f"{name}_{side}": sensed.truth.metrics.get((name, side)) for name, side in METRICS}
    return {
        "participant_id": f"sub-{athlete.name}", "session_id": f"ses-{session:02d}", "run": done.entry.run,
        "condition": done.entry.condition, **at, **body, **{f"true_{name}": value for name, value in metrics.items()},
    }  # fmt: skip


def effect_rows() -> list[dict[str, object]]:
    """Every coefficient of the study."""
    made: list[tuple[str, float, str, str]] = [
        *((f"heel_lift_{k}", v, _unit(k), "mean effect of the heel lift on the body") for k, v in design.LIFT.items()),
        *((f"heel_lift_{k}_sd", v, _unit(k), "SD of that effect between athletes") for k, v in design.LIFT_SD.items()),
        *((f"day_sd_{k}", v, _unit(k), "SD between days of one athlete") for k, v in design.DAY_SD.items()),
        *((f"trial_sd_{k}", v, _unit(k), "SD between trials of one session") for k, v in design.TRIAL_SD.items()),
        *((f"valgus_{k}", v, _log_odds(k), "of a limb whose knee goes inwards") for k, v in design.VALGUS.items()),
        *((f"fppa_{k}", v, _degrees(k), "of the projection angle of a limb") for k, v in design.FPPA.items()),
        ("rater_sensitivity", design.SENSITIVITY, "1", "probability that a knee that goes inwards is seen"),
        ("rater_specificity", design.SPECIFICITY, "1", "probability that one that does not is not seen"),
        ("lunge_mean", design.LUNGE_CM[0], "cm", "of the population"),
        ("lunge_sd", design.LUNGE_CM[1], "cm", "between athletes; the SD of the coefficients"),
        ("lunge_limb_sd", design.LIMB_LUNGE_CM, "cm", "of a limb about its athlete"),
        ("lunge_error_sd", design.LUNGE_ERROR_CM, "cm", "of one measurement"),
        ("hip_abduction_mean", design.HIP_PCT_BW[0], "% of body weight", "of the population"),
        ("hip_abduction_sd", design.HIP_PCT_BW[1], "% of body weight", "between athletes; the SD of the coefficients"),
        ("hip_abduction_limb_sd", design.LIMB_HIP_PCT_BW, "% of body weight", "of a limb about its athlete"),
        ("hip_abduction_error_sd", design.HIP_ERROR_PCT_BW, "% of body weight", "of one measurement"),
        ("fppa_error_sd", design.FPPA_ERROR_DEG, "deg", "of one measurement"),
    ]  # fmt: skip
    return [dict(zip(("name", "value", "unit", "meaning"), one, strict=True)) for one in made]


def _unit(name: str) -> str:
    endings = {"_mm": "mm", "_m": "m", "_pct": "%", "_ms": "ms"}
    return next((unit for ending, unit in endings.items() if name.endswith(ending)), "1 (natural logarithm)")


def _log_odds(name: str) -> str:
    return "log odds" if name == "intercept" else "log odds per SD"


def _degrees(name: str) -> str:
    return "deg" if name in ("mean", "limb_sd") else "deg per SD"


def table_text(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of the same columns as tab-separated text; what is missing is n/a."""
    buffer = StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return buffer.getvalue()


def write_tables(dataset: Path, tables: Mapping[str, Iterable[Mapping[str, object]]]) -> None:
    """Write name -> rows below derivatives/truth."""
    folder = dataset / FOLDER
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        (folder / f"{name}.tsv").write_text(table_text(list(rows)), encoding="utf-8", newline="\n")


def _cell(value: Any) -> object:
    if value is None:
        return "n/a"
    if isinstance(value, bool):
        return int(value)
    return significant(value, _DIGITS) if isinstance(value, float) else value
