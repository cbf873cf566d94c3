"""Reasons put together: nothing is said twice."""

from __future__ import annotations

from landing_lab.model.reasons import joined_reasons


def test_what_both_feet_say_stands_once() -> None:
    left = "the left insole is nominal; no calibration settled the filter; calibrate the plate"
    right = "the right insole is nominal; no calibration settled the filter; calibrate the plate"
    said = f"{left}; the right insole is nominal"
    assert joined_reasons((left, None, right, left)) == said
    assert joined_reasons((None, "")) is None
