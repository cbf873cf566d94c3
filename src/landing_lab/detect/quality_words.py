"""Words that the checks of a signal share."""

from __future__ import annotations

from typing import Final

from landing_lab.model.channels import Side

ALL: Final = ("all",)
"""Flags every number of a trial."""


def side_name(side: Side) -> str:
    """A side as part of a sentence: "the plate", "the left side", "plate 1"."""
    if side == "total":
        return "the plate"
    return f"the {side} side" if side in ("left", "right") else side.replace("_", " ")
