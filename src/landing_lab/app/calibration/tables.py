"""Calibrations as text for people: one in full, and a list of many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from landing_lab.io.calibration_files import in_use
from landing_lab.io.visible import visible
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, validity

UNBROKEN: Final = 1000
"""Columns of a table whose lines are not broken, however narrow the terminal."""


def facts_of(made: Calibration) -> list[tuple[str, str]]:
    """What there is to say of a calibration, as (name, value with unit)."""
    rows = _plate_rows(made) if isinstance(made, PlateCalibration) else insole_rows(made)
    return [*rows, *_entered(made)]


def print_calibration(made: Calibration) -> None:
    """Everything that a lab wants to know of a calibration, each number with its unit."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, soft_wrap=False)
    kind = "plate" if isinstance(made, PlateCalibration) else f"{made.side or ''} insole".strip()
    console.print(f"Calibration of {kind} {visible(made.device_id)}: {made.method}, {made.made_at}")
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts_of(made):
        table.add_row(f"  {name}", visible(value))
    console.print(table)
    console.print(_plate_steps(made) if isinstance(made, PlateCalibration) else _postures(made))
    for finding in made.findings:
        console.print(f"  note: {visible(finding)}")


def _plate_rows(made: PlateCalibration) -> list[tuple[str, str]]:
    scales = [scale for scale in made.counts_per_n if scale is not None]
    order = "not known" if made.filter_order is None else f"{made.filter_order}"
    if made.filter_order_probability is not None:
        order += f" (probability {made.filter_order_probability:.2f})"
    return [
        ("scale", f"{min(scales):.1f} to {max(scales):.1f} counts/N, {len(scales)} cells"),
        ("force is good to", f"{100.0 * made.scale_sd_fraction:.2f} % (standard deviation)"),
        ("linearity", _percent(made.linearity_pct, "three masses in the middle")),
        ("corner error", _percent(made.corner_error_pct, "a mass near each corner")),
        ("hysteresis", _percent(made.hysteresis_pct, "masses going down again")),
        *_repeatability(made),
        ("noise at rest", f"{made.noise_n:.2f} N (standard deviation)"),
        ("filter order", order),
        ("first mode", _mode(made)),
    ]


def _repeatability(made: PlateCalibration) -> list[tuple[str, str]]:
    """Only --loads with a load named twice tells it."""
    found = made.repeatability_pct
    return [] if found is None else [("repeatability", _percent(found, ""))]


def _percent(value: float | None, needs: str) -> str:
    return f"not known, needs {needs}" if value is None else f"{value:.2f} % of the largest load"


def _mode(made: PlateCalibration) -> str:
    if made.mode_hz is not None:
        damping = "" if made.mode_damping is None else f", damping {100.0 * made.mode_damping:.1f} % of critical"
        return f"{made.mode_hz:.1f} Hz{damping}"
    return "not known" if made.mode_at_least_hz is None else f"not seen, above {made.mode_at_least_hz:.0f} Hz"


def insole_rows(made: InsoleCalibration) -> list[tuple[str, str]]:
    """What there is to say of an insole's calibration: (name, value with unit)."""
    plate = made.plate_calibration
    loop = "not known" if made.hysteresis_pct is None else f"{made.hysteresis_pct:.0f} % of the load"
    rows = [
        ("force is good to", f"{100.0 * made.force_sd_fraction:.0f} % (standard deviation)"),
        ("exponent", " to ".join(dict.fromkeys(f"{one:.2f}" for one in (min(made.exponent), max(made.exponent))))),
        ("weights", f"{min(made.weight_n):.1f} to {max(made.weight_n):.1f} N, {made.n_cells} cells"),
    ]
    rows += [] if made.layout is None else [("layout", made.layout)]
    bends = [limit for limit in made.saturation_n if limit is not None]
    unbent = "not reached by these masses" if made.method == "bench" else "not known"
    bent = f"{len(bends)} of {made.n_cells} cells bend, at {min(bends):.0f} N or more" if bends else unbent
    if made.method == "bench":
        return [*rows, ("saturation", bent), ("hysteresis", loop)]
    used = "an uncalibrated plate (nominal newton)" if plate == "nominal" else str(plate)
    laws = "one exponent for all cells, found here" if made.bench_calibration is None else made.bench_calibration
    return [*rows[:1], *_cop_rows(made), *rows[1:], ("saturation", bent), ("laws of cells", laws), ("against", used)]


def _cop_rows(made: InsoleCalibration) -> list[tuple[str, str]]:
    """How good the centre of pressure is, and how the foot stood for it."""
    if made.cop_sd_mm is None or made.heel_mm is None:
        return [("centre of pressure", "not calibrated: it is that of the drawing")]
    across, along = made.cop_sd_mm
    how = "on marks" if made.stand == "marked" else "estimated, not marked"
    stood = f"heel {made.heel_mm[0]:+.0f}, {made.heel_mm[1]:+.0f} mm from the middle of the plate"
    return [
        ("centre of pressure", f"{across:.1f} mm across, {along:.1f} mm along the foot (standard deviation)"),
        ("foot stood", f"{stood}, toes {made.toe_out_deg or 0.0:+.0f} degrees out ({how})"),
    ]


def _entered(made: Calibration) -> list[tuple[str, str]]:
    rows = [("valid until", f"{made.expires_at:%Y-%m-%d} ({made.valid_days:g} days)")]
    rows += [("made by", made.software)]
    rows += [] if made.temperature_c is None else [("temperature", f"{made.temperature_c:g} C")]
    rows += [("operator", made.operator)] if made.operator else []
    rows += [("note", made.notes)] if made.notes else []
    return rows


def _plate_steps(made: PlateCalibration) -> object:
    from rich.table import Table

    table = Table(title="Loads", title_justify="left", box=None, pad_edge=False)
    for heading, justify in (("  Step", "left"), ("true N", "right"), ("read N", "right"), ("off N", "right")):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for step in made.steps:
        table.add_row(
            f"  {visible(step.label)}", f"{step.force_n:.1f}", f"{step.measured_n:.1f}", f"{step.residual_n:+.1f}"
        )
    return table


def _postures(made: InsoleCalibration) -> object:
    from rich.table import Table

    table = Table(title="Each posture predicted from the others", title_justify="left", box=None, pad_edge=False)
    for heading in ("  Posture", "mean force N", "error rms %", "bias %", "COP across mm", "COP along mm"):
        table.add_column(heading, justify="left" if heading == "  Posture" else "right")
    for one in made.posture_errors:
        name = f"  {visible(one.label).replace('_', ' ')}"
        cop = ["-" if value is None else f"{value:.1f}" for value in (one.cop_ml_mm, one.cop_ap_mm)]
        table.add_row(name, f"{one.force_n:.0f}", f"{one.rms_pct:.1f}", f"{one.bias_pct:+.1f}", *cop)
    return table if made.posture_errors else ""


def print_list(found: Sequence[Calibration], damaged: Sequence[str]) -> None:
    """One line per calibration, newest first, with the one that recordings use and why."""
    from rich.console import Console
    from rich.table import Table

    today = datetime.now(tz=UTC)
    table = Table(box=None, pad_edge=False)
    for heading in ("Kind", "Made", "Valid until", "Force", "In use", "File"):
        table.add_column(heading, no_wrap=True)
    used = in_use(found, today)
    for made in reversed(found):
        kind = "plate" if isinstance(made, PlateCalibration) else "insole" if made.method == "on plate" else "cells"
        table.add_row(
            kind, f"{made.made:%Y-%m-%d}", f"{made.expires_at:%Y-%m-%d}", f"+-{100.0 * made.relative_sd:.2g} %",
            _state(made, used.get(made.device_id), today), made.file,
        )  # fmt: skip
    if found:
        Console(highlight=False, markup=False, width=UNBROKEN).print(table)  # names of files are copied
    for sentence in damaged:
        print(f"note: {visible(sentence)}")


def _state(made: Calibration, used: Calibration | None, now: datetime) -> str:
    """Whether recordings use it, and why."""
    found = validity(made, now)
    if found == "future":
        return "no: dated in the future"
    if used is None or made is not used:
        bench_only = used is not None and made.made > used.made
        return "no: of single cells, and there is a valid one on the plate" if bench_only else "no: older"
    return "yes, but expired" if found == "expired" else "yes"


def list_document(found: Sequence[Calibration]) -> list[dict[str, object]]:
    """The list for programs."""
    today = datetime.now(tz=UTC)
    used = in_use(found, today)
    return [
        {
            "device_id": made.device_id,
            "kind": "plate" if isinstance(made, PlateCalibration) else "insole",
            "method": made.method,
            "made_at": made.made_at,
            "valid_until": made.expires_at.isoformat(),
            "expired": validity(made, today) == "expired",
            "in_use": _state(made, used.get(made.device_id), today),
            "force_sd_fraction": made.relative_sd,
            "linearity_pct": getattr(made, "linearity_pct", None),
            "corner_error_pct": getattr(made, "corner_error_pct", None),
            "hysteresis_pct": made.hysteresis_pct,
            "file": made.file,
        }
        for made in reversed(found)
    ]
