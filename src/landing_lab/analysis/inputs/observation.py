"""Which entries are an observation of the knee, and what each shows: the input of the gate on statements of valgus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.less import ITEMS, VALGUS_ITEMS
from landing_lab.analysis.reliability.borrowed import FPPA_SD_DEG

Shows: TypeAlias = Literal["yes", "no", "cannot_tell"]
ObservedSide: TypeAlias = Literal["left", "right", "unknown"]

FPPA_NORM_EVIDENCE: Final = "fppa-norm-herrington-2009"
FPPA_BANDS_DEG: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "drop_jump": {"female": (7.0, 13.0), "male": (3.0, 8.0)},
    "single_leg": {"female": (5.0, 12.0), "male": (1.0, 9.0)},
}
"""Published ranges (Herrington and Munro 2010, doi:10.1016/j.ptsp.2009.11.004): drop jump, unilateral step landing."""


WHOM: Final[dict[str, str]] = {"female": "women", "male": "men"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedEntry:
    """One entry that speaks of the knee: field, side, what it shows, why in a sentence, and how it was observed."""

    field: str
    side: ObservedSide
    shows: Shows
    reason: str
    source: str
    evidence_id: str = ""


@dataclass(frozen=True, slots=True)
class ValgusObservation:
    """Every entered observation of the knee; one that shows valgus outweighs others that do not."""

    entries: tuple[ObservedEntry, ...]

    @property
    def shows(self) -> Shows:
        """Whether valgus was observed, on any side."""
        return _together(self.entries)

    @property
    def left(self) -> Shows | None:
        """Whether it was observed on the left; None without an entry of that side."""
        return self._side("left")

    @property
    def right(self) -> Shows | None:
        """Whether it was observed on the right; None without an entry of that side."""
        return self._side("right")

    @property
    def showing(self) -> tuple[ObservedEntry, ...]:
        """Entries that show it."""
        return tuple(one for one in self.entries if one.shows == "yes")

    @property
    def disagree(self) -> bool:
        """Whether one entry shows it and another does not."""
        return {"yes", "no"} <= {one.shows for one in self.entries}

    def _side(self, side: ObservedSide) -> Shows | None:
        own = tuple(one for one in self.entries if one.side == side)
        return _together(own) if own else None


def valgus_observation(inputs: FieldInputs | None) -> ValgusObservation | None:
    """What a laboratory entered of the knee, or None where nothing was entered: then nothing is said of it."""
    if inputs is None:
        return None
    entries = (*_angles(inputs), *_less(inputs), *_ratings(inputs), *_seen(inputs))
    return ValgusObservation(entries) if entries else None


def fppa_shows(angle_deg: float, task: str, sex: str | None) -> tuple[Shows, str]:
    """Whether an angle lies above the upper end of the published range, by more than its error, and why.

    task: a key of FPPA_BANDS_DEG. Without a sex the ranges of both have to agree.
    """
    bands = FPPA_BANDS_DEG[task]
    chosen = [bands[sex]] if sex is not None else list(bands.values())
    ends = [high for _, high in chosen]
    usual = " and ".join(
        f"{WHOM[one]} {low:g} to {high:g} deg" for one, (low, high) in bands.items() if sex in {None, one}
    )
    known = f"published: {usual}{'' if sex else ' (sex is not entered)'}; a phone is good to {FPPA_SD_DEG:g} deg"
    if angle_deg - FPPA_SD_DEG > max(ends):
        return "yes", f"{angle_deg:g} deg lies above the usual range by more than its error ({known})"
    if angle_deg + FPPA_SD_DEG < min(ends):
        return "no", f"{angle_deg:g} deg lies below the upper end of the usual range by more than its error ({known})"
    return "cannot_tell", f"{angle_deg:g} deg is too near the upper end of the usual range to tell ({known})"


def _angles(inputs: FieldInputs) -> list[ObservedEntry]:
    found = []
    for task in FPPA_BANDS_DEG:
        for side in ("left", "right"):
            name = f"fppa_{task}_{side}_deg"
            angle = getattr(inputs, name)
            if angle is not None:
                shows, reason = fppa_shows(angle, task, inputs.sex)
                source = "frontal-plane projection angle from video"
                found.append(_entry(name, side, shows, reason, source, FPPA_NORM_EVIDENCE))
    return found


def _less(inputs: FieldInputs) -> list[ObservedEntry]:
    found = []
    for item, when in zip(VALGUS_ITEMS, ("at first contact", "while the knees bend"), strict=True):
        score = inputs.less.get(item)
        if score is not None:
            went = "goes inwards" if score else "does not go inwards"
            reason = f"on video the knee {went} {when}: the {ITEMS[item - 1].scores[score]} (LESS item {item})"
            source = "Landing Error Scoring System, rated from video"
            found.append(
                _entry(f"less.{item}", "unknown", "yes" if score else "no", reason, source, "less-valgus-concurrent")
            )
    return found


_RATING: Final[dict[str, Shows]] = {"good": "no", "reduced": "cannot_tell", "poor": "yes"}


def _ratings(inputs: FieldInputs) -> list[ObservedEntry]:
    found = []
    for side in ("left", "right"):
        name = f"single_leg_squat_{side}"
        rating = getattr(inputs, name)
        if rating is not None:
            reason = f"knee control in the single-leg squat was rated {rating}"
            found.append(_entry(name, side, _RATING[rating], reason, "rating by eye", "visual-rating-nilstad"))
    return found


_TASKS: Final[dict[str, str]] = {
    "valgus_squat": "in the squat",
    "valgus_single_leg_squat_left": "in the single-leg squat",
    "valgus_single_leg_squat_right": "in the single-leg squat",
    "valgus_landing": "in the landing",
    "valgus_running": "in running",
}


def _seen(inputs: FieldInputs) -> list[ObservedEntry]:
    found = []
    for name, task in _TASKS.items():
        seen = getattr(inputs, name)
        if seen is not None:
            reason = f"the rater {'saw' if seen else 'did not see'} the knee go inwards {task}"
            found += [
                _entry(name, side, "yes" if seen else "no", reason, "seen by a rater") for side in _sides(inputs, name)
            ]
    lifted = inputs.valgus_squat_heel_lift
    if lifted is not None:
        reason = f"the rater {'saw' if lifted else 'did not see'} the knee go inwards in the squat with lifted heels"
        reason += "" if lifted else ", which says nothing of a squat on flat feet"
        source = "seen by a rater"
        found.append(_entry("valgus_squat_heel_lift", "unknown", "yes" if lifted else "cannot_tell", reason, source))
    return found


def _sides(inputs: FieldInputs, name: str) -> tuple[str, ...]:
    """Sides that an observation is of: by its name, else by what is entered beside it."""
    if name.endswith(("_left", "_right")):
        return (name.rpartition("_")[2],)
    side = getattr(inputs, f"{name}_side")
    return ("left", "right") if side == "both" else (side or "unknown",)


def _entry(field: str, side: str, shows: Shows, reason: str, source: str, evidence_id: str = "") -> ObservedEntry:
    known: ObservedSide = "left" if side == "left" else "right" if side == "right" else "unknown"
    return ObservedEntry(field=field, side=known, shows=shows, reason=reason, source=source, evidence_id=evidence_id)


def _together(entries: tuple[ObservedEntry, ...]) -> Shows:
    """Valgus that shows in one task is valgus; none shows only where an entry says so and no other is in doubt."""
    shown = {one.shows for one in entries}
    return "yes" if "yes" in shown else "cannot_tell" if "cannot_tell" in shown or not shown else "no"
