"""A calibration as plain values for the page: what `CalibrationView` holds, in JSON."""

from __future__ import annotations

import math
from typing import Final

from landing_lab.app.boards.links import SILENT_S
from landing_lab.app.calibration.events import CalibrationView
from landing_lab.app.web.live.message import drawn_sole
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

PLAIN_FACTS: Final = {
    "filter order": "how much the plate smooths (filter order)",
    "first mode": "how fast the plate rings (first mode)",
    "linearity": "straightness over the masses (linearity)",
    "hysteresis": "difference of up and down (hysteresis)",
    "corner error": "difference between the corners (corner error)",
    "exponent": "bend of the cells (exponent)",
    "saturation": "cells at their end (saturation)",
    "laws of cells": "how single cells were known (laws of cells)",
    "against": "calibrated against",
}
"""Names of facts that only an engineer knows, in plain words."""


def plain_fact(name: str) -> str:
    """What a fact of a calibration is called on the page."""
    return PLAIN_FACTS.get(name, name)


def is_remark(finding: str) -> bool:
    """Whether a sentence on a calibration is told of every one, also of the best, and so warns of nothing."""
    return finding.startswith("worst posture when left out")


def shown_calibration(view: CalibrationView) -> dict[str, object]:
    """Everything the page shows of a running calibration."""
    step = view.step
    return {
        "title": view.title,
        "phase": view.phase,
        "headline": view.headline,
        "instruction": view.instruction,
        "problem": view.problem,
        "remaining_s": math.ceil(view.remaining_s) if math.isfinite(view.remaining_s) else 0,
        "repeats": 1 if step is None else step.repeats,
        "seen": view.seen,
        "optional": step is not None and step.optional,
        "number": view.number,
        "n_steps": view.n_steps,
        "left_s": round(view.left_s),
        "silent_s": round(view.silent_s) if view.silent_s > SILENT_S else 0,
        "zeroed": view.zeroed,
        "target_n": None if step is None or step.kind != "load" else round(step.mass_kg * GRAVITY, 1),
        "side": "total" if step is None else step.side,
        "cell": None if step is None or step.cell is None else list(view.sides)[step.cell],
        "sole": None if step is None or view.cells is None else {**drawn_sole(view.cells, step.side), "now": step.cell},
        "plates": _plates(view) if view.zeroed else [],
        "insoles": [
            {"side": side, "insole_n": None if insole is None else round(insole), "plate_n": round(plate)}
            for side, (insole, plate) in view.insoles_n.items()
        ],
        "steps": [
            {
                "key": line.step.key,
                "status": line.status,
                "told": line.told,
                "off_n": None if line.residual_n is None else round(line.residual_n, 1),
            }
            for line in view.lines
        ],
    }


def _plates(view: CalibrationView) -> list[dict[str, object]]:
    """Force of each plate and of its cells, newton above empty."""
    plates: list[dict[str, object]] = []
    for side in dict.fromkeys(view.sides.values()):
        cells = {name: round(force, 1) for name, force in view.cells_n.items() if view.sides[name] == side}
        if cells:
            cells_shown = [{"name": name, "force_n": force} for name, force in cells.items()]
            plates.append({"side": side, "force_n": round(sum(cells.values()), 1), "cells": cells_shown})
    return plates
