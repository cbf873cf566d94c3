"""What the sources of a trial's force leave unknown of one side: its timing, and doubts about its fast force."""

from __future__ import annotations

from typing import Final

from landing_lab.detect.trial import LandingTrial
from landing_lab.model.channels import Side
from landing_lab.model.reasons import joined_reasons

NO_TAKE_OFF: Final = (
    "samples are missing where the foot leaves the ground, so nobody knows when this contact ended; check cable and "
    "link of the insoles, and repeat the trial"
)


def timing_refusal(trial: LandingTrial, side: Side) -> str | None:
    """Why contacts of a side (or between the feet) cannot be timed; None where they can."""
    own = trial.signals.by_side
    told = (own[one].timing_refusal for one in _sides(trial, side) if one in own)
    return trial.signals.timing_refusal or next(filter(None, told), None)


def fast_force_doubt(trial: LandingTrial, side: Side, where: str) -> str | None:
    """The sentence that flags fast force of a side in its "contact", "landing" or "both"; None where none does."""
    signals = trial.signals
    if not signals.by_side and not signals.force_doubts:
        return signals.amplitude_note
    key = ("fast force", side, where)
    if key not in trial.shared:
        sides = _sides(trial, side)
        notes = [signals.by_side[one].note for one in sides if one in signals.by_side] or [signals.amplitude_note]
        contacts = [trial.contact_of(side)] if where != "landing" else []
        contacts += [trial.landing_of(side)] if where != "contact" else []
        spans = [(trial.time_s(one.start.position), trial.time_s(one.stop.position)) for one in contacts if one]
        notes += [
            doubt.sentence
            for doubt in signals.force_doubts
            if doubt.side in sides and any(doubt.start_s < stop and doubt.stop_s > start for start, stop in spans)
        ]
        trial.shared[key] = joined_reasons(notes)
    found = trial.shared[key]
    return found if isinstance(found, str) else None


def _sides(trial: LandingTrial, side: Side) -> tuple[Side, ...]:
    """The sides that a metric of this side reads."""
    return trial.foot_sides if side == "left_right" else (side,)
