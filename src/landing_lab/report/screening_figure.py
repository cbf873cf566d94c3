"""Every number against what is usual, as lines of SVG: they stay readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from landing_lab.analysis.reliability.measurement_error import Z90
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.screening import Screening
from landing_lab.report.names import sentence
from landing_lab.report.screening_rows import STATE_WORDS, usual_text, value_text

WIDTH: Final = 320.0
MIDDLE: Final = 15.0
SPAN_Z: Final = (-3.0, 4.5)
"""What the picture shows, in standard deviations of the reference, the less favourable side to the right."""
EVEN_PCT: Final = 100.0
OFFSETS: Final = {"left": -5.5, "right": 5.5}


def figure_rows(result: Screening) -> list[dict[str, Any]]:
    """One row per indicator with a value; marks for each limb; struck ones last."""
    rows = []
    for name in dict.fromkeys(one.id for one in result.findings):
        own = [one for one in result.findings if one.id == name and one.value is not None and one.kind != "finding"]
        if own:
            rows.append(_row(own, result.settings.cut_z))
    return sorted(rows, key=lambda row: (row["struck"], not row["marks"]))


def _row(own: Sequence[Finding], cut_z: float) -> dict[str, Any]:
    first = own[0]
    marks = [_mark(one, len(own) > 1, cut_z) for one in own if _place(one, cut_z) is not None]
    band = (-cut_z if first.unfavourable is None else SPAN_Z[0], cut_z)
    return {
        "label": sentence(first.label),
        "struck": first.struck,
        "grade": first.grade,
        "band": (_x(band[0]), _x(band[1]) - _x(band[0])) if marks else None,
        "marks": marks,
        "texts": [
            {
                "side": one.side if one.side in ("left", "right") else "",
                "value": value_text(one),
                "word": STATE_WORDS[one.state],
                "state": one.state,
                "flagged": one.flagged,
            }
            for one in own
        ],
        "usual": " / ".join(dict.fromkeys(usual_text(one) for one in own)),
        "why": "" if marks else f"{first.reason}",
    }


def _mark(one: Finding, beside: bool, cut_z: float) -> dict[str, Any]:
    place, error = _place(one, cut_z) or (0.0, 0.0)
    y = MIDDLE + (OFFSETS.get(one.side, 0.0) if beside else 0.0)
    low, high = _x(place - Z90 * error), _x(place + Z90 * error)
    return {
        "side": one.side,
        "x": _x(place),
        "y": y,
        "low": low,
        "high": high,
        "state": one.state,
        "beyond": place > SPAN_Z[1] or place < SPAN_Z[0],
    }


def _place(one: Finding, cut_z: float) -> tuple[float, float] | None:
    """Place and error in standard deviations; a limit of convention is put where the limits of the others are."""
    if one.z is not None:
        return one.z, one.z_error or 0.0
    if one.limits and one.value is not None and one.reference is None:
        unit = (EVEN_PCT - one.limits[0]) / cut_z
        return (EVEN_PCT - one.value) / unit, (one.standard_error or 0.0) / unit
    return None


def _x(z: float) -> float:
    low, high = SPAN_Z
    return round(WIDTH * (min(max(z, low), high) - low) / (high - low), 1)
