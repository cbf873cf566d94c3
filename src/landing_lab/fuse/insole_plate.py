"""Force at the insole's rate and the plate's scale: estimator R, the insole times a slow gain.

A load-cell plate on HX711 converters is right and slow, an FSR insole fast and wrong by a gain that drifts
with posture. With C the insole, y the plate and H the plate's filter, force is C x y / (H C): where H C and y
agree on everything slower than the filter, their ratio is the insole's gain of the moment (fusion.md,
estimator R; 0.9 % median and 2.7 % p90 error of the peak in simulation with a calibrated insole).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.tare import tare_from_lowest
from landing_lab.fuse.foot_pressure import pressures_of
from landing_lab.fuse.hx711_response import ORDERS, filtered, response
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Sensor, Stream
from landing_lab.model.result import ForceSignals
from landing_lab.model.runs import runs

EDGE_SD_S = 0.001
"""SD of a touchdown or take-off seen by FSR cells (fusion.md section 3, row R: 0.94 and 0.91 ms)."""

AMPLITUDE_SD = 0.05
"""Relative SD of the peak by this estimator on uncalibrated insoles (tests/fuse measure it)."""

AMPLITUDE_NOTE = (
    f"from insoles scaled by a slow plate: good to about {100 * AMPLITUDE_SD:.0f} % in simulation, not yet validated "
    "on people"
)

MIN_RATIO_N = 40.0
"""Below this filtered insole force the gain is noise; the nearest gain holds."""

MIN_READINGS = 8
"""A cell with fewer readings in a recording is taken for one that is not connected."""

NEIGHBOURS = 24
"""Plate readings (0.3 s at 80 SPS) over which the gain counts as constant while the delay is looked for."""

MAX_SILENCE = 4.0
"""Periods without a reading after which a cell's force is missing: as long as its filter remembers."""

MAX_BRIDGED_SCANS_S = 0.005
"""Missing scans up to this are bridged before filtering; readings that saw a longer hole give no gain."""

MAX_SILENT_SHARE = 0.2
"""Share of loaded plate readings without a sign from the insole above which the two do not belong together."""

DELAYS_S = np.arange(-0.004, 0.0081, 0.0005)
"""Delay between converter and insole beyond the filter's own, tried one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateCell:
    """Readings of one load cell: times (k,) s, force (k,) N without tare, and its fitted period."""

    times_s: FloatArray
    force_n: FloatArray
    period_s: float


def plate_cells(stream: Stream, side: Side) -> list[PlateCell]:
    """The cells under one foot of a free-running plate stream; cells with too few readings are left out."""
    cells = []
    for column in stream.layout.pick(quantity="force", side=side):
        there = np.flatnonzero(np.isfinite(stream.samples[:, column]))
        if len(there) < MIN_READINGS:
            continue
        times = stream.times_s[there]
        # Drop-outs lengthen single intervals: the median is the period, never 1/80.
        cells.append(PlateCell(times, stream.samples[there, column], float(np.median(np.diff(times)))))
    return cells


def silent_cells(stream: Stream) -> str | None:
    """The sentence that force without the silent cells would be too small; None where all cells or none are heard."""
    readings = np.isfinite(stream.samples).sum(axis=0)
    silent = np.flatnonzero(readings < MIN_READINGS)
    if len(silent) in (0, len(readings)):
        return None
    names = ", ".join(stream.layout.channels[column].name for column in silent)
    return (
        f"the plate's {names} sent fewer than {MIN_READINGS} readings, and force without it would be too small; "
        "check its wiring and repeat the trial"
    )


def insole_force(stream: Stream, times_s: FloatArray) -> FloatArray:
    """Sum of an insole's cells above their unloaded level on other times, (n,) nominal newton, NaN = missing."""
    total = stream.samples[:, stream.layout.pick(quantity="force")].sum(axis=1)
    valid = np.isfinite(total)
    if valid.sum() < 2:
        return np.full(len(times_s), np.nan)
    resampled: FloatArray = np.interp(times_s, stream.times_s[valid], total[valid])
    # np.interp bridges every hole; what lies in a real gap is missing, not a straight line.
    before = np.searchsorted(stream.times_s[valid], times_s, side="right") - 1
    known = stream.times_s[valid]
    width = known[np.minimum(before + 1, len(known) - 1)] - known[np.maximum(before, 0)]
    resampled[(width > 2.5 / stream.sample_rate_hz) | (times_s < known[0]) | (times_s > known[-1])] = np.nan
    zero = tare_from_lowest(resampled, sample_rate_hz=stream.sample_rate_hz, calm_n=2.0, window_ms=50.0)
    if zero is not None:
        resampled -= float(resampled[zero].mean())
    return resampled


def tared(cells: list[PlateCell]) -> list[PlateCell]:
    """Cells re-zeroed on the calm stretch with the lowest sum."""
    if not cells:
        return cells
    grid = np.arange(max(cell.times_s[0] for cell in cells), min(cell.times_s[-1] for cell in cells), cells[0].period_s)
    total = slow_force(cells, grid)
    zero = tare_from_lowest(total, sample_rate_hz=1.0 / cells[0].period_s, calm_n=5.0, window_ms=150.0)
    if zero is None:
        return cells
    first, last = grid[zero][0], grid[zero][-1]
    return [
        PlateCell(
            cell.times_s,
            cell.force_n - float(np.mean(np.interp(np.linspace(first, last, 8), cell.times_s, cell.force_n))),
            cell.period_s,
        )
        for cell in cells
    ]


def slow_force(cells: list[PlateCell], times_s: FloatArray, *, delay_s: float = 0.0) -> FloatArray:
    """Sum of the cells on other times, (n,) newton, each moved by delay_s."""
    total = np.zeros(len(times_s))
    for cell in cells:
        total += np.interp(times_s, cell.times_s - delay_s, cell.force_n)
    return total


def fused_foot(insole_n: FloatArray, cells: list[PlateCell], times_s: FloatArray) -> FloatArray:
    """Estimator R for one foot: (n,) newton on times_s, 0 where the plate is empty, NaN where either is missing."""
    step = float(np.median(np.diff(times_s)))
    missing = np.isnan(insole_n)
    if missing.all():
        return np.full(len(times_s), np.nan)
    # Missing scans are bridged for the filter (a zero would make the gain of 50 ms too large), not in the result.
    shape = np.maximum(np.interp(times_s, times_s[~missing], insole_n[~missing]), 0.0)
    holes = _long_runs(missing, longest_samples=MAX_BRIDGED_SCANS_S / step)
    order, delay = _order_and_delay(shape, cells, times_s, step)
    gain = np.zeros(len(times_s))
    for cell in cells:
        smooth = filtered(shape, response(order, cell.period_s, step))
        seen = np.interp(cell.times_s - delay, times_s, smooth)
        bridged = np.interp(cell.times_s - delay, times_s, filtered(holes, response(order, cell.period_s, step)))
        usable = (seen > _usable_level(smooth)) & (bridged < 1e-3)
        if not usable.any():
            continue
        middle = cell.times_s[usable] - delay - order * cell.period_s / 2.0
        gain += _held(times_s, middle, cell.force_n[usable] / seen[usable], longest_s=MAX_SILENCE * cell.period_s)
    force = shape * np.maximum(gain, 0.0)
    force[missing] = np.nan
    for cell in cells:
        force[_unheard(times_s, cell)] = np.nan
    return force


def _long_runs(missing: NDArray[np.bool_], *, longest_samples: float) -> FloatArray:
    """1 where more than longest_samples in a row are missing, else 0: (n,)."""
    marked = np.zeros(len(missing))
    for start, stop in runs(missing).tolist():
        if stop - start > longest_samples:
            marked[start:stop] = 1.0
    return marked


def _unheard(times_s: FloatArray, cell: PlateCell) -> NDArray[np.bool_]:
    """Where a cell has no reading within MAX_SILENCE periods: (n,); a gain from before says nothing about it."""
    known = np.concatenate([[-np.inf], cell.times_s, [np.inf]])
    after = np.searchsorted(known, times_s)
    nearest = np.minimum(times_s - known[after - 1], known[after] - times_s)
    return np.asarray(nearest > 0.5 * MAX_SILENCE * cell.period_s)


def disagreement(insole_n: FloatArray, cells: list[PlateCell], times_s: FloatArray, side: Side) -> str | None:
    """The sentence that an insole shows nothing while the plate under it is loaded; None where they agree."""
    grid = np.arange(times_s[0], times_s[-1], cells[0].period_s)
    plate = slow_force(cells, grid)
    shape = np.interp(grid, times_s, insole_n)
    loaded = (plate > max(MIN_RATIO_N, 0.2 * float(plate.max(initial=0.0)))) & np.isfinite(shape)
    if not loaded.any():
        return None
    silent = float(np.mean(shape[loaded] <= _usable_level(shape[loaded])))
    if silent <= MAX_SILENT_SHARE:
        return None
    return (
        f"the {side} insole shows no force during {100 * silent:.0f} % of the time in which the plate under it is "
        "loaded; check its plug and that this foot stands on this plate"
    )


def _usable_level(smooth: FloatArray) -> float:
    return max(MIN_RATIO_N / 12.0, 0.02 * float(smooth.max()))  # an insole of 8 cells sees about a twelfth of the force


def _held(times_s: FloatArray, at_s: FloatArray, gain: FloatArray, *, longest_s: float) -> FloatArray:
    """Gain on other times: linear between near readings, nearest across holes.

    A hole is a time without load: the gain before it (on the box, where the plate sees nothing, it is 0) has
    nothing to do with the gain after it.
    """
    value = np.interp(times_s, at_s, gain)
    after = np.clip(np.searchsorted(at_s, times_s), 0, len(at_s) - 1)
    before = np.clip(after - 1, 0, len(at_s) - 1)
    hole = at_s[after] - at_s[before] > longest_s
    nearest = np.where(times_s - at_s[before] < at_s[after] - times_s, gain[before], gain[after])
    return np.where(hole, nearest, value)


def _order_and_delay(shape: FloatArray, cells: list[PlateCell], times_s: FloatArray, step: float) -> tuple[int, float]:
    """Filter order and extra delay under which the filtered insole follows the plate best (least squares).

    Only where the plate changes fast does delay show; there the gain is taken as constant within 0.3 s. The
    insole's hysteresis biases the delay by about -1.3 ms (fusion.md section 4), which is in the edge SD.
    """
    period = float(np.mean([cell.period_s for cell in cells]))
    grid = cells[0].times_s
    plate = slow_force(cells, grid)
    change = np.abs(np.gradient(plate))
    around = np.ones(min(NEIGHBOURS, len(grid)))
    near = np.convolve(change > 0.1 * change.max(), around, mode="same") > 0
    best = (float("inf"), ORDERS[0], 0.0)
    for order in ORDERS:
        smooth = filtered(shape, response(order, period, step))
        for delay in DELAYS_S:
            seen = np.interp(grid - delay, times_s, smooth)
            energy = np.convolve(seen * seen, around, mode="same")
            gain = np.convolve(seen * plate, around, mode="same") / np.maximum(energy, 1e-9)
            misfit = float(np.sum(((plate - gain * seen)[near]) ** 2))
            if misfit < best[0]:
                best = (misfit, order, float(delay))
    return best[1], best[2]


def weight_note(sensor: Sensor) -> str | None:
    """The sentence that flags standing force of a plate; None where nothing is in doubt."""
    nominal = None if sensor.calibrated else "rests on the nominal scale of uncalibrated load cells"
    return "; ".join(filter(None, (nominal, sensor.doubt))) or None


def signals_from_insoles_and_plate(plate: Stream, insoles: dict[Side, Stream]) -> ForceSignals | str:
    """Force of both feet at the insoles' rate from two insoles and a load-cell plate, or why there is none."""
    base = insoles["left"]
    times = base.times_s
    force: dict[Side, FloatArray] = {}
    for side in ("left", "right"):
        foot: Side = side
        shape, cells = insole_force(insoles[foot], times), tared(plate_cells(plate, foot))
        apart = disagreement(shape, cells, times, foot)
        if apart is not None:
            return apart
        force[foot] = fused_foot(shape, cells, times)
    total = force["left"] + force["right"]
    clocks = [stream.clock.offset_sd_s for stream in insoles.values()]
    return ForceSignals(
        times_s=times,
        force_n={"total": total, **force},
        sample_rate_hz=base.sample_rate_hz,
        offset_n=dict.fromkeys(("total", "left", "right"), 0.0),
        noise_n={"total": 3.0, "left": 2.0, "right": 2.0},
        resolution_n=2.0,
        sensor_kind="insole_plate",
        source="shape from the pressure insoles, scale from the load-cell plate",
        amplitude_sd_fraction=AMPLITUDE_SD,
        amplitude_note="; ".join(
            filter(None, (AMPLITUDE_NOTE, plate.sensor.doubt, *(insole.sensor.doubt for insole in insoles.values())))
        ),
        scale_sd_fraction=plate.sensor.scale_sd_fraction,
        weight_note=weight_note(plate.sensor),
        edge_sd_s=EDGE_SD_S,
        side_offset_sd_s=math.hypot(*clocks),
        pressure=pressures_of(insoles, times),
    )
