"""What a page may do beside recording: choose an athlete, calibrate, take a verdict back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from landing_lab.app.web.athlete import athlete_wanted
from landing_lab.app.web.entered import text_of
from landing_lab.app.web.forms_calibration import calibration_wanted
from landing_lab.app.web.lab import Lab
from landing_lab.io.dataset import Dataset

Action: TypeAlias = Callable[[Lab, Mapping[str, Any]], object]


def _athlete(lab: Lab, asked: Mapping[str, Any]) -> dict[str, object]:
    """A new athlete whose pseudonym looks like another's is asked about once more (`sure`)."""
    athlete, near = athlete_wanted(Dataset(lab.dataset), asked)
    if near and asked.get("sure") is not True:
        return {"near": near}
    lab.choose_athlete(athlete)
    return {"near": []}


def _undo(lab: Lab, _asked: Mapping[str, Any]) -> None:
    lab.undo()


def _calibrate(lab: Lab, asked: Mapping[str, Any]) -> None:
    lab.start_calibration(calibration_wanted(lab, asked))


def _calibration_command(lab: Lab, asked: Mapping[str, Any]) -> None:
    lab.calibration_command(text_of(asked, "kind"))


FLOW_ACTIONS: Final[Mapping[str, Action]] = {
    "athlete": _athlete,
    "session/undo": _undo,
    "calibration/start": _calibrate,
    "calibration/command": _calibration_command,
}
