"""What the numbers of a calibration can be: bounds of parts and plates, far beyond any that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Final

from landing_lab.errors import CalibrationError

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "valid_days": (0.01, 3650.0),
    "n_cells": (1, 64),
    "zero_counts": (-(1 << 23), (1 << 23) - 1),
    "counts_per_n": (-1e6, 1e6),
    "cell_scale_sd_fraction": (0.0, 1.0),
    "position_mm": (-2000.0, 2000.0),
    "scale_sd_fraction": (1e-6, 0.999),
    "linearity_pct": (0.0, 1000.0),
    "corner_error_pct": (0.0, 1000.0),
    "hysteresis_pct": (0.0, 1000.0),
    "repeatability_pct": (0.0, 1000.0),
    "noise_n": (0.0, 1000.0),
    "filter_order": (2, 5),
    "filter_order_probability": (0.0, 1.0),
    "mode_hz": (0.1, 1000.0),
    "mode_damping": (0.0, 1.0),
    "mode_at_least_hz": (0.0, 1000.0),
    "temperature_c": (-50.0, 100.0),
    "zero_s": (0.0, 1.0),
    "exponent": (0.1, 10.0),
    "weight_n": (0.0, 1e5),
    "saturation_n": (0.1, 1e5),
    "force_sd_fraction": (1e-6, 0.999),
    "force_n": (-1e5, 1e5),
    "measured_n": (-1e6, 1e6),
    "residual_n": (-1e6, 1e6),
    "rms_pct": (0.0, 1e5),
    "bias_pct": (-1e5, 1e5),
    "read_pct": (-1e5, 1e5),
    "cop_ml_mm": (0.0, 2000.0),
    "cop_ap_mm": (0.0, 2000.0),
    "arms_mm": (-2000.0, 2000.0),
    "cop_sd_mm": (0.01, 500.0),
    "heel_mm": (-1000.0, 1000.0),
    "toe_out_deg": (-60.0, 60.0),
}
"""Lowest and highest value by name of the field, also of steps and postures; both are allowed."""

GAINS: Final = (32, 64, 128)
"""Of an HX711 (data sheet)."""

YEARS: Final = (2000, 2200)
"""A calibration outside was dated by a clock that never ran, and adding days to it may be no date."""


def check_ranges(calibration: object, told: str) -> None:
    """Raise CalibrationError for a value outside of RANGES; told: what the sentence begins with."""
    for name, value in _numbers(calibration):
        if name == "gain" and value not in GAINS:
            raise CalibrationError(f"{told} has a gain of {value:g}; an HX711 has 32, 64 or 128; make a new one")
        low, high = RANGES.get(name, (float("-inf"), float("inf")))
        if not low <= value <= high:
            raise CalibrationError(
                f"{told} has {name} {value:.6g}, which is outside {low:g} to {high:g}; calibrate again"
            )


def _numbers(record: object) -> Iterator[tuple[str, float]]:
    """Every number of a dataclass by the name of its field, also within tuples and nested ones."""
    assert is_dataclass(record)
    for field in fields(record):
        yield from _within(field.name, getattr(record, field.name))


def _within(name: str, value: object) -> Iterator[tuple[str, float]]:
    if isinstance(value, tuple):
        for item in value:
            yield from _within(name, item)
    elif is_dataclass(value):
        yield from _numbers(value)
    elif isinstance(value, int | float):
        yield name, value


def instant_of(text: str) -> datetime:
    """An ISO 8601 text with its zone, as UTC; raises CalibrationError for anything else, and outside of YEARS."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CalibrationError(f"the calibration was made at {text!r}, which is no UTC time; make a new one")
    if not YEARS[0] <= instant.year < YEARS[1]:
        raise CalibrationError(f"the calibration was made in the year {instant.year}, which cannot be; make a new one")
    return instant.astimezone(UTC)
