"""Names people read: metrics, phases, events, sides, statuses and tasks in the terms of the field."""

from __future__ import annotations

from typing import Final

from landing_lab.model.insole_layout import PARTS
from landing_lab.model.units import UNIT_SUFFIX

METRIC_LABELS: Final[dict[str, str]] = {
    "body_weight_n": "body weight",
    "contact_time_s": "contact time",
    "flight_time_s": "flight time",
    "jump_height_flight_time_m": "jump height (flight time)",
    "jump_height_impulse_m": "jump height (impulse)",
    "rsi_flight_time_m_per_s": "reactive strength index (flight time)",
    "flight_contact_ratio": "flight/contact ratio",
    "peak_force_n": "peak vertical force",
    "peak_force_bw": "peak vertical force (body weights)",
    "time_to_peak_force_s": "time to peak force",
    "first_peak_force_n": "first peak force",
    "first_peak_time_s": "time to first peak",
    "loading_rate_mean_bw_per_s": "loading rate, mean to peak",
    "loading_rate_20_80_bw_per_s": "loading rate, 20–80 % of peak",
    "loading_rate_max_bw_per_s": "loading rate, maximum over 5 ms",
    "impulse_0_50ms_ns": "impulse, first 50 ms",
    "impulse_0_100ms_ns": "impulse, first 100 ms",
    "drop_height_flight_anchored_m": "drop height (flight-anchored)",
    "drop_height_reverse_m": "drop height (reverse integration)",
    "drop_height_box_m": "drop height (box)",
    "braking_time_s": "braking time",
    "propulsion_time_s": "propulsion time",
    "braking_impulse_ns": "braking impulse (net)",
    "propulsion_impulse_ns": "propulsion impulse (net)",
    "impulse_closure_pct": "impulse–momentum closure",
    "com_depth_m": "centre-of-mass depth",
    "vertical_stiffness_peak_kn_per_m": "vertical stiffness (peak force / depth)",
    "vertical_stiffness_dalleau_kn_per_m": "vertical stiffness (symmetric-hop model, Dalleau)",
    "peak_braking_to_propulsive_force_ratio": "peak braking / peak propulsive force",
    "spring_correlation": "spring correlation (force–displacement r)",
    "peak_power_w_per_kg": "peak power in propulsion",
    "time_to_stabilisation_s": "time to stabilisation",
    "vertical_stability_index": "vertical stability index",
    "landing_peak_force_n": "landing: peak vertical force",
    "landing_peak_force_bw": "landing: peak vertical force (body weights)",
    "landing_loading_time_s": "landing: loading time",
    "landing_attenuation_time_s": "landing: attenuation time",
    "contact_delay_left_right_s": "contact delay, left minus right",
    "limb_symmetry_peak_0_100ms_pct": "limb symmetry, peak in first 100 ms",
    "limb_symmetry_impulse_0_100ms_pct": "limb symmetry, impulse in first 100 ms",
    "limb_symmetry_peak_pct": "limb symmetry, peak force",
    "limb_symmetry_impulse_pct": "limb symmetry, impulse",
    "limb_symmetry_peak_contact_pct": "limb symmetry, peak in contact",
    "limb_symmetry_impulse_contact_pct": "limb symmetry, impulse in contact",
    "limb_symmetry_peak_braking_pct": "limb symmetry, peak in braking",
    "limb_symmetry_peak_propulsion_pct": "limb symmetry, peak in propulsion",
    "limb_symmetry_peak_landing_pct": "limb symmetry, peak in landing",
    "limb_symmetry_impulse_braking_pct": "limb symmetry, impulse in braking",
    "limb_symmetry_impulse_propulsion_pct": "limb symmetry, impulse in propulsion",
    "limb_symmetry_impulse_landing_pct": "limb symmetry, impulse in landing",
    "limb_symmetry_braking_pct": "limb symmetry, braking",
    "limb_symmetry_propulsion_pct": "limb symmetry, propulsion",
    "limb_symmetry_landing_pct": "limb symmetry, landing",
    "cop_path_m": "centre-of-pressure path",
    "cop_range_ml_m": "centre-of-pressure range, medio-lateral",
    "cop_range_ap_m": "centre-of-pressure range, antero-posterior",
    "cop_ml_mm": "centre of pressure at peak, medial",
    "cop_ml_pct_width": "centre of pressure at peak, medial (% width)",
    "cop_ap_pct_length": "centre of pressure at peak (% length)",
    "medial_shift_mm": "medial pressure shift",
    "medial_shift_pct_width": "medial pressure shift (% width)",
    "medial_shift_velocity_mm_per_s": "medial pressure shift velocity",
    "medial_shift_100ms_mm": "medial pressure shift, 20 to 100 ms",
    "medial_shift_braking_mm": "medial pressure shift in braking",
    "medial_shift_propulsion_mm": "medial pressure shift in propulsion",
    "medial_shift_loading_mm": "medial pressure shift in loading",
    "medial_shift_attenuation_mm": "medial pressure shift in attenuation",
    "medial_shift_stabilising_mm": "medial pressure shift in stabilising",
    "medial_lateral_index": "medial–lateral index",
    "medial_lateral_index_shift": "medial–lateral index, change",
    "pronation_index_forefoot": "pronation index, forefoot",
    "pronation_index_rearfoot": "pronation index, rearfoot",
    "foot_balance": "foot balance",
    "heel_share": "heel share of impulse",
    "forefoot_to_heel_delay_s": "forefoot-to-heel delay",
    **{f"{part}_impulse_0_100ms_pct": f"{part} share, first 100 ms" for part in PARTS},
    "peak_pressure_kpa": "peak pressure",
    "pressure_time_integral_kpa_s": "pressure–time integral, maxima",
    "pressure_time_integral_mean_kpa_s": "pressure–time integral, mean",
    "force_time_integral_ns": "force–time integral",
    **{f"{part}_peak_pressure_kpa": f"peak pressure, {part}" for part in PARTS},
    **{f"{part}_pressure_time_integral_kpa_s": f"pressure integral, {part}" for part in PARTS},
    **{f"{part}_force_time_integral_ns": f"force integral, {part}" for part in PARTS},
    "limb_symmetry_insole_peak_pct": "limb symmetry by insoles, peak",
    "limb_symmetry_insole_impulse_pct": "limb symmetry by insoles, impulse",
    "contact_area_cm2": "contact area",
    "arch_index": "arch index",
    "cpei_pct": "centre-of-pressure excursion index",
}
"""Label of every metric in the project's definition tables."""

EVENT_LABELS: Final[dict[str, str]] = {
    "touchdown": "touchdown",
    "take_off": "take-off",
    "landing": "landing",
    "lowest_point": "lowest point",
    "peak_force": "peak force",
    "first_peak": "first peak",
    "movement_onset": "movement onset",
    "stabilised": "stabilised",
    "landing_first_peak": "landing first peak",
    "landing_peak_force": "landing peak force",
    "loading_20": "20 % of peak",
    "loading_80": "80 % of peak",
}

PHASE_LABELS: Final[dict[str, str]] = {
    "contact": "contact",
    "unweighting": "unweighting",
    "braking": "braking",
    "propulsion": "propulsion",
    "flight": "flight",
    "landing": "landing",
    "loading": "loading",
    "attenuation": "attenuation",
    "stabilising": "stabilising",
}

SIDE_LABELS: Final[dict[str, str]] = {
    "total": "total",
    "left": "left",
    "right": "right",
    "left_right": "left vs right",
    "plate_1": "plate 1",
    "plate_2": "plate 2",
}

STATUS_LABELS: Final[dict[str, str]] = {"ok": "ok", "flagged": "flagged", "refused": "refused"}

STATUS_ICONS: Final[dict[str, str]] = {"ok": "✓", "flagged": "!", "refused": "✕"}

FAMILY_LABELS: Final[dict[str, str]] = {
    "timing": "Timing",
    "jump": "Jump",
    "force": "Force",
    "loading": "Loading",
    "motion": "Braking and propulsion",
    "impulse": "Impulse",
    "stiffness": "Stiffness",
    "power": "Power",
    "landing": "Landing after the flight",
    "stability": "Stabilisation",
    "stabilisation": "Stabilisation",
    "symmetry": "Symmetry of the feet",
    "cop": "Centre of pressure",
    "centre_of_pressure": "Centre of pressure",
    "pressure_cop": "Centre of pressure and medial shift (insoles)",
    "pressure_region": "Load under the foot (insoles)",
    "pressure_dose": "Pressure as a dose (insoles)",
    "pressure_symmetry": "Symmetry of the insoles",
    "own": "Your own",
    "other": "Other",
}
"""Heading of a family of metrics: the name of its module in metrics/, in the order of reports."""

QUALITY_LABELS: Final[dict[str, str]] = {
    "offset_n": "offset of the empty plates",
    "noise_n": "noise of the empty plates",
    "resolution_n": "smallest step of the force",
    "clipped_s": "time at the limit of the plates",
    "frozen_s": "time with one repeated value",
    "missing_samples": "missing samples",
    "longest_gap_s": "longest gap",
    "drift_n": "drift of the empty plates",
    "bandwidth_hz": "bandwidth",
    "sample_rate_hz": "sample rate",
    "body_weight_vs_mass_pct": "body weight against the typed mass",
    "momentum_closure_pct": "impulse against change of momentum",
    "drop_height_vs_box_pct": "drop height against the box",
    "swapped_sides": "sides swapped",
    "dead_plate": "largest load on the plate",
    "zeroed_below_n": "force cut to zero below",
    "gap_in_trial_s": "longest gap from touchdown to impact",
    "steps_off_s": "time off the plate after landing",
    "unloaded_s": "time with empty plates",
    "threshold_n": "contact threshold",
    "spikes": "lone spikes",
    "gap_at_edge_s": "longest gap across an edge",
    "light_body_n": "weight of a small child",
    "reactive_strength_m_per_s": "reactive strength beyond people",
    "landing_load_bw": "landing below body weight",
    "drop_height_m": "height of the drop",
    "same_signal": "both plates alike",
    "flight_time_s": "flight beyond people",
}
"""Label of every check of the signal; one that is not here is printed with its unit taken off the name."""

VERDICT_ICONS: Final[dict[str, str]] = {"ok": "✓", "flagged": "!", "not checked": "–"}

TASK_LABELS: Final[dict[str, str]] = {
    "drop_jump": "drop jump",
    "drop_landing": "drop landing",
    "countermovement_jump": "countermovement jump",
    "squat_jump": "squat jump",
    "unknown": "task not recognised",
}

SENSOR_LABELS: Final[dict[str, str]] = {
    "force_plate": "force plate",
    "hx711_plate": "load-cell plate (HX711)",
    "fsr_insole": "pressure insole (FSR)",
    "pressure_insole": "pressure insoles of a vendor, no plate",
    "insole_plate": "two pressure insoles (FSR) and a load-cell plate (HX711)",
}


def metric_label(name: str) -> str:
    """Label of a metric.

    `landing_...`, `..._stronger_side` and `limb_symmetry_..._pct` variants are derived; a metric of somebody's own says
    its label; other unknown names stay raw.
    """
    if name in METRIC_LABELS:
        return METRIC_LABELS[name]
    stem, found, _ = name.partition("_stronger_side")
    if found:
        known = next((label for raw, label in METRIC_LABELS.items() if raw.removesuffix("_pct") == stem), None)
        return f"{known}: stronger side" if known else name
    rest = name.removeprefix("landing_")
    if rest != name and rest in METRIC_LABELS:
        return f"landing: {METRIC_LABELS[rest]}"
    if name.startswith("limb_symmetry_") and name.endswith("_pct"):
        what = name.removeprefix("limb_symmetry_").removesuffix("_pct")
        return f"limb symmetry, {what.replace('_', ' ')}"
    from landing_lab.metrics._registry import METRICS

    own = METRICS.get(name)  # of a notebook or another package
    return (own.label or name) if own else name


def family_label(family: str) -> str:
    """Heading of a family of metrics; the words of its module's name where it is unknown."""
    return FAMILY_LABELS.get(family) or sentence(family.replace("_", " "))


def quality_label(name: str) -> str:
    """Label of a check of the signal; the words of its name without the unit where it is unknown."""
    if name in QUALITY_LABELS:
        return QUALITY_LABELS[name]
    suffixes = sorted((suffix for suffix in UNIT_SUFFIX.values() if suffix), key=len, reverse=True)
    ending = next((suffix for suffix in (*suffixes, "_hz") if name.endswith(suffix)), "")
    return name.removesuffix(ending).replace("_", " ")


def event_label(name: str) -> str:
    """Label of an event; the raw name where it is unknown."""
    return EVENT_LABELS.get(name, name)


def phase_label(name: str) -> str:
    """Label of a phase; the raw name where it is unknown."""
    return PHASE_LABELS.get(name, name)


def side_label(side: str) -> str:
    """Label of a side; the raw name where it is unknown."""
    return SIDE_LABELS.get(side, side)


def status_label(status: str) -> str:
    """Word for a status; the raw name where it is unknown."""
    return STATUS_LABELS.get(status, status)


def task_label(task: str) -> str:
    """Label of a task; the raw name where it is unknown."""
    return TASK_LABELS.get(task, task)


def sensor_label(kind: str) -> str:
    """Label of a sensor kind; the raw name where it is unknown."""
    return SENSOR_LABELS.get(kind, kind)


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def one_line(text: object, longest: int = 0) -> str:
    """The text without line breaks and control characters; shortened in the middle to `longest` where that is > 0.

    Names of files and columns come from outside: an escape sequence in one must not reach a terminal.
    """
    clean = "".join(char if char.isprintable() else " " for char in str(text))
    if 0 < longest < len(clean):
        head = (longest - 1) // 2
        clean = f"{clean[:head]}…{clean[len(clean) - (longest - 1 - head) :]}"
    return clean
