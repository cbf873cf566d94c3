"""Pictures of pressure as files beside a report: one of each kind per trial with insoles, and the slow motion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from landing_lab.io.write import write_whole
from landing_lab.model.result import TrialResult
from landing_lab.report.animation import animation_bytes
from landing_lab.report.pressure_section import KINDS, PressurePicture
from landing_lab.report.pressure_view import has_pressure

NOTHING_MOVES: Final = "slow motion needs pressure insoles and a contact, and no trial of this analysis has both"


def can_animate(trials: Sequence[TrialResult]) -> bool:
    """Whether some trial has pressure to show in slow motion."""
    return any(has_pressure(trial) for trial in trials)


def write_pressure(
    folder: Path, trials: Sequence[TrialResult], pictures: Sequence[Sequence[PressurePicture]], *, animate: bool
) -> dict[str, Path]:
    """Write the pictures of each trial, with its number, and landing-01.gif, ... with animate; name -> path.

    Pictures of an earlier report in this folder go: they show other trials.
    """
    for stem, ending in [*((kind.name, "png") for kind in KINDS), ("landing", "gif")]:
        for stale in folder.glob(f"{stem}-[0-9][0-9]*.{ending}"):
            if stale.stem.removeprefix(f"{stem}-").isdecimal():
                stale.unlink(missing_ok=True)
    written = {}
    for number, (trial, drawn) in enumerate(zip(trials, pictures, strict=True), start=1):
        for picture in drawn:
            if picture.png is not None:
                name = f"{picture.name}-{number:02d}.png"
                written[name] = write_whole(folder / name, picture.png)
        if animate and has_pressure(trial):
            name = f"landing-{number:02d}.gif"
            written[name] = write_whole(folder / name, animation_bytes(trial))
    return written
