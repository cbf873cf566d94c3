"""One update of the live instrument as bytes; `static/live.js` reads them. And what is the same for a whole trial.

Little-endian: u8 kind (1), u8 series, u8 feet, u8 whether the zero is known; u32 bins; f64 newest_s (time of the newest
sample, the computer's monotonic clock); f64 first bin; u32 number of the feed, u32 revision; f32 zero (series), newton;
f32 low (series x bins), f32 high (series x bins), newton before the zero is taken away; then for each foot u8 side
(0 left, 1 right), u8 cells, u8 in contact, u8 points; f32 shift mm; f32 pressure (cells) in the unit of the scale,
negative where the cell cannot tell more; i16 trail (points x 2) medial and anterior in tenths of a millimetre.
"""

from __future__ import annotations

import struct
from dataclasses import asdict

import numpy as np

from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.live.soles import LiveSole
from landing_lab.app.web.live.sources import NOT_THE_BODY, SERIES
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.report.pressure_scale import BAND_COLORS, BEYOND, UNLOADED
from landing_lab.report.sole import FEET, NEARNESS_POWER, interpolated, outline_mm


def live_message(feed: LiveFeed, since: int) -> tuple[bytes, int]:
    """What changed after a revision of the strip, and the one that the page then knows."""
    with feed.lock:
        stretch, revision = feed.strip.since(since), feed.strip.revision
        soles = _feet(feed)
        parts = [
            struct.pack(
                "<BBBBIddII3f", 1, len(SERIES), len(soles), feed.zero_known, stretch.low_n.shape[1], feed.newest_s,
                float(stretch.first), feed.number, revision & 0xFFFFFFFF, *feed.zero_n,
            ),
            np.ascontiguousarray(stretch.low_n, "<f4").tobytes(),
            np.ascontiguousarray(stretch.high_n, "<f4").tobytes(),
            *(_foot(feed, sole) for sole in soles),
        ]  # fmt: skip
    return b"".join(parts), revision


def _feet(feed: LiveFeed) -> list[LiveSole]:
    """One insole per foot whose cells have places."""
    found = {sole.side: sole for sole in reversed(feed.soles.values()) if sole.layout is not None}
    return [found[side] for side in FEET if side in found]


def _foot(feed: LiveFeed, sole: LiveSole) -> bytes:
    shown = np.where(sole.held, -1.0, 1.0) * np.maximum(feed.shown_pressure(sole), 0.0)
    head = struct.pack(
        "<BBBBf", sole.side == "right", len(shown), sole.in_contact, len(sole.trail_mm), sole.shift_mm
    )  # fmt: skip
    return head + shown.astype("<f4").tobytes() + np.rint(sole.trail_mm * 10.0).astype("<i2").tobytes()


def instrument(feed: LiveFeed) -> dict[str, object]:
    """What the page has to know beside the updates: sources, scale of pressure, drawings of the soles."""
    with feed.lock:
        scale = feed.scale
        return {
            "feed": feed.number,
            "setup": feed.setup,
            "sources": [asdict(source) for source in feed.sources],
            "peaks": list(feed.peak_sides),
            "scale": {
                "edges": list(scale.edges),
                "colours": [UNLOADED, *BAND_COLORS, BEYOND],
                "unit": scale.unit,
                "title": scale.title,
                "calibrated": scale.calibrated,
            },
            "soles": [_drawing(sole) for sole in _feet(feed)],
        }


def _drawing(sole: LiveSole) -> dict[str, object]:
    """One sole with all that its pressure is drawn by."""
    layout = sole.layout
    assert layout is not None
    return {
        **drawn_sole(layout, sole.side),
        "area_mm2": layout.area_mm2.tolist(),
        "interpolated": interpolated(layout),
        "dense": layout.dense,
        "power": NEARNESS_POWER,
        "note": "" if sole.tells_force else NOT_THE_BODY.format(side=sole.side),
    }


def drawn_sole(layout: InsoleLayout, side: str) -> dict[str, object]:
    """Outline and cells of a sole, medial and anterior mm from the middle of the heel edge."""
    return {
        "side": side,
        "layout": layout.title,
        "width_mm": layout.width_mm,
        "length_mm": layout.length_mm,
        "outline_mm": np.round(outline_mm(layout), 1).tolist(),
        "cells_mm": np.round(layout.place_mm, 1).tolist(),
        "names": [cell.name for cell in layout.cells],
    }
