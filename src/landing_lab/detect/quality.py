"""How good the signal of a trial is: every check that is made, in the order of reports."""

from __future__ import annotations

from landing_lab.detect.quality_bandwidth import bandwidth_items
from landing_lab.detect.quality_closure import closure_items
from landing_lab.detect.quality_inputs import input_items
from landing_lab.detect.quality_plates import Survey, plate_items, survey_of, weight_fits
from landing_lab.detect.quality_trial import trial_items
from landing_lab.detect.trial import BodyWeight, LandingTrial
from landing_lab.model.quality import Quality
from landing_lab.model.result import ForceSignals


def quality_of(
    trial: LandingTrial, *, mass_kg: float | None, box_height_m: float | None, facts: Survey | None = None
) -> Quality:
    """Every check on the signal of a trial; mass_kg and box_height_m are what was typed in.

    facts: of the whole recording, for a recording of many trials; surveyed here where not given.
    """
    signals = trial.signals
    return Quality(
        (
            *plate_items(
                signals,
                facts or survey_of(signals),
                known_weight=weight_fits(trial.weight, mass_kg),
                threshold_n=trial.threshold_n["total"],
            ),
            *bandwidth_items(signals),
            *trial_items(trial),
            *closure_items(trial),
            *input_items(trial, mass_kg=mass_kg, box_height_m=box_height_m),
        )
    )


def quality_of_recording(signals: ForceSignals, *, weight: BodyWeight | None, mass_kg: float | None) -> Quality:
    """The checks that need no trial, for a recording in which none was recognised."""
    fits = weight_fits(weight, mass_kg)
    plates = plate_items(signals, survey_of(signals), known_weight=fits, threshold_n=None)
    return Quality((*plates, *bandwidth_items(signals)))
