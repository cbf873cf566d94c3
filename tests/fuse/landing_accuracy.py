"""How well the fusion knows real landings that simulated sensors recorded; prints the table of docs/fusion.md.

Every landing of the reference files at 1000 Hz and more with both feet, sensors drawn anew for every seed, calibrated
by the code that calibrates real ones, and read back from the raw recording. Run as a program for the whole table:

    PYTHONPATH=tests python -m fuse.landing_accuracy --seeds 20 --processes 2
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import landing_lab as ll
from fuse.accuracy_figures import HEAD, Figures, JumpError, Landing, jumps_told, summary
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.fuse.fused_foot import fused, prepared
from landing_lab.fuse.insole_shape import insole_shape
from landing_lab.fuse.live import LiveFoot
from landing_lab.fuse.plate_alone import deconvolved
from landing_lab.fuse.plate_cells import PlateCell, plate_cells, tared
from landing_lab.fuse.plate_delay import plate_timing
from landing_lab.fuse.sources import signals_of
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FloatArray
from landing_lab.model.raw import RawRecording
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import ForceSignals
from landing_lab.sim.from_force import SensedRecording, sensed_recording
from landing_lab.sim.sensed_truth import SensedTruth
from landing_lab.sim.setting import HARD, RINGING, TYPICAL, WORN, SensorSetting
from reference import REFERENCE_DATA

THRESHOLD_N = 20.0
AIR_N, AIR_S = 40.0, 0.100
PEAK_S = 0.150
"""A landing: the total below AIR_N for AIR_S, then a foot above THRESHOLD_N; its peak within PEAK_S."""

FILES = {
    "gidiel/Dual-DJ-Fz.txt": {"left": "FP1", "right": "FP2", "sample_rate_hz": 1000.0},
    "gidiel/Dual-CMJ-Fz.txt": {"left": "FP1", "right": "FP2", "sample_rate_hz": 1000.0},
    "opencap/subject5/DJ1_forces.mot": {},
    "acl_squat_jump/BFR003_squat_jump.csv": {},
    "acl_squat_jump/BFR007_squat_jump.csv": {},
    "jumpmetrics/cmj_example.txt": {"sample_rate_hz": 2000.0},
    "jumpmetrics/FHOC_P30_SQT300007.txt": {"sample_rate_hz": 1000.0},
}
DROP_JUMPS = ("gidiel/Dual-DJ-Fz.txt", "opencap/subject5/DJ1_forces.mot")
BEGIN_S, END_S = 3.0, 2.0
"""What is kept of a long file around its flights; a short one begins with so much of empty plates."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Sensors, how much faster the landings come, and what is added to the filter order that the calibration states."""

    setting: SensorSetting
    speed_up: float = 1.0
    order_off: int = 0


CONDITIONS = {
    "typical": Condition(TYPICAL),
    "worn, 1.6 times faster": Condition(WORN, speed_up=1.6),
    "ringing plate": Condition(RINGING),
    "wrong filter order": Condition(TYPICAL, order_off=1),
    "hard": Condition(HARD, speed_up=1.6),
}


@functools.lru_cache(maxsize=16)
def true_force(file: str) -> FloatArray:
    """Force of both feet, (n, 2) newton at 1000 Hz, around the jumps of a file."""
    kwargs = FILES[file]
    signals = signals_of(ll.read(REFERENCE_DATA / "force" / file, **kwargs))  # type: ignore[arg-type]
    assert isinstance(signals, ForceSignals)
    times = signals.times_s - signals.times_s[0]
    sides = [side for side in signals.force_n if side != "total"]
    grid = np.arange(int(times[-1] * 1000.0)) / 1000.0
    force = np.column_stack([np.interp(grid, times, np.nan_to_num(signals.force_n[side])) for side in sides])
    flights = air(force)
    begin = max(0, flights[0][0] - round(1000 * BEGIN_S)) if flights[0][0] > 0 else 0
    stop = min(len(force), flights[-1][1] + round(1000 * END_S))
    kept = force[begin:stop]
    if len(kept) < 4000:  # OpenCap ends right after the landing, and clocks need some seconds
        kept = np.vstack([np.zeros((2000, 2)), kept])
    return kept


def air(force: FloatArray) -> list[tuple[int, int]]:
    """Stretches [start, stop) in which nobody stands on the plates."""
    empty = np.concatenate([[0], (force.sum(axis=1) < AIR_N).astype(int), [0]])
    edges = np.flatnonzero(np.diff(empty)).reshape(-1, 2).tolist()
    return [(start, stop) for start, stop in edges if stop - start > 1000 * AIR_S]


def sensed(file: str, seed: int, condition: Condition) -> SensedRecording:
    """What the sensors of this seed recorded of a file."""
    made = sensed_recording(true_force(file), 1000.0, seed=seed, setting=condition.setting, speed_up=condition.speed_up)
    return dataclasses.replace(made, raw=with_order(made.raw, condition.order_off)) if condition.order_off else made


def with_order(raw: RawRecording, off: int) -> RawRecording:
    """The recording with another filter order in its plate's calibration."""
    documents = {key: dict(one) for key, one in dict(raw.metadata["calibrations"]).items()}  # type: ignore[call-overload]
    for one in documents.values():
        if one["kind"] == "plate" and one["filter_order"]:
            one["filter_order"] = 7 - one["filter_order"] if off else one["filter_order"]
    return dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": documents})


def without_insole_calibrations(raw: RawRecording) -> RawRecording:
    """The recording with nominal insoles."""
    documents = dict(raw.metadata["calibrations"])  # type: ignore[call-overload]
    kept = {key: one for key, one in documents.items() if one["kind"] == "plate"}
    return dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": kept})


def one_gain(nominal: Recording, signals: ForceSignals, side: str, plate_n: FloatArray) -> FloatArray:
    """Sum of a nominal insole's cells times the plate over it in standing."""
    shape = insole_shape(nominal.streams[f"insole_{side}"], signals.times_s)
    assert shape is not None
    standing = np.abs(plate_n / np.median(plate_n[plate_n > 100.0]) - 1.0) < 0.1
    return shape.shape_n * float(np.nanmedian(plate_n[standing] / np.maximum(shape.shape_n[standing], 1.0)))


def judged(file: str, seed: int, truth: SensedTruth, raw: RawRecording) -> list[Landing]:
    """The errors of all estimators on one recording."""
    recording = recording_from_raw(raw)
    signals = signals_of(recording)
    assert isinstance(signals, ForceSignals), signals
    others = estimates(recording, signals)
    nominal = recording_from_raw(without_insole_calibrations(raw))
    for side, known in others.items():
        known["insole, one gain"] = one_gain(nominal, signals, side, known["plate, delay removed"])
    at = np.column_stack([np.interp(signals.times_s, truth.time_s, column) for column in truth.force_n.T])
    found = []
    for column, side in enumerate(("left", "right")):
        true = at[:, column]
        force, sd = signals.force_n[side], signals.sd_n[side]  # type: ignore[index]
        loaded = (true > THRESHOLD_N) & np.isfinite(force)
        share = float(np.mean(np.abs(force - true)[loaded] <= 1.645 * sd[loaded]))
        for start, stop in air(at):
            touchdown = crossing(true, stop - 60, stop + 100, rising=True)
            if stop > len(true) - 150 or not np.isfinite(touchdown):
                continue
            window = slice(int(touchdown), int(touchdown) + round(1000 * PEAK_S))
            by = {"fused": force, **others[side]}
            peak = window.start + int(np.nanargmax(force[window]))
            here = signals.times_s[peak]
            found.append(
                Landing(
                    file=file,
                    seed=seed,
                    side=side,
                    peak_pct={k: 100.0 * (np.nanmax(f[window]) / true[window].max() - 1.0) for k, f in by.items()},
                    touchdown_ms={
                        k: crossing(f, stop - 60, stop + 100, rising=True) - touchdown for k, f in by.items()
                    },
                    take_off_ms={
                        k: crossing(f, start - 60, start + 60, rising=False)
                        - crossing(true, start - 60, start + 60, rising=False)
                        for k, f in by.items()
                    },
                    loading_pct={k: 100.0 * (loading(f, window) / loading(true, window) - 1.0) for k, f in by.items()},
                    in_band=bool(abs(force[peak] - true[window].max()) <= 1.645 * sd[peak]),
                    samples_in_band=share,
                    warned=bool(signals.amplitude_note or signals.by_side)
                    or any(d.side == side and d.start_s <= here <= d.stop_s for d in signals.force_doubts),
                )
            )
    return found


def estimates(recording: Recording, signals: ForceSignals) -> dict[str, dict[str, FloatArray]]:
    """Beside the fusion, by side: estimator R, the plate alone, the calibrated insole, the insole with one gain."""
    plate, times = recording.streams["plate"], signals.times_s
    made: dict[str, dict[str, FloatArray]] = {}
    for side in ("left", "right"):
        cells = tared(plate_cells(plate, side))  # type: ignore[arg-type]
        insole = recording.streams[f"insole_{side}"]
        shape = insole_shape(insole, times)
        assert shape is not None
        ready = prepared(times, shape, cells, plate.sensor, calibrated=insole.sensor.whole_foot)
        timing = plate_timing({side: ready.foot}, {side: ready.timing_parts}, plate.sensor.filter_order, 0.001)  # type: ignore[dict-item]
        order, delay = timing.order, timing.delay_s[side]  # type: ignore[index]
        made[side] = {
            "fused, live after 60 ms": live_force(insole, cells, shape.shape_n, plate, times),
            "R": fused(ready, side, timing, plate.sensor).ratio_n,  # type: ignore[arg-type]
            "plate, delay removed": ready.foot.plate_n(times, order, delay).sum(axis=1),
            "plate, deconvolved": deconvolved(cells, times, plate.sensor, order, known=True)[0],
            "insole, calibrated": shape.shape_n,
        }
    return made


def live_force(
    insole: Stream, cells: list[PlateCell], shape_n: FloatArray, plate: Stream, times: FloatArray
) -> FloatArray:
    """What the live model gave 60 ms after each instant, on the times of the signals."""
    foot = LiveFoot(
        step_s=1.0 / insole.sample_rate_hz,
        n_cells=len(cells),
        plate=plate.sensor,
    )
    foot.feed_scans(times, shape_n)
    for number, cell in enumerate(cells):
        foot.feed_readings(cell.times_s, cell.force_n, np.full(len(cell.times_s), number))
    given = foot.take()
    return np.interp(times, given.times_s, given.force_n, right=np.nan)


def crossing(force: FloatArray, first: int, stop: int, *, rising: bool) -> float:
    """Position in samples of the first crossing of THRESHOLD_N in a window, NaN where there is none."""
    part = force[max(first, 0) : stop] - THRESHOLD_N
    sign = 1.0 if rising else -1.0
    hits = np.flatnonzero((sign * part[1:] >= 0.0) & (sign * part[:-1] < 0.0))
    if not len(hits):
        return float("nan")
    k = int(hits[0])
    return max(first, 0) + k + part[k] / (part[k] - part[k + 1])


def loading(force: FloatArray, window: slice) -> float:
    """Slope between the first crossings of 20 and 80 % of the peak."""
    first = max(window.start - 25, 0)
    part = force[first : window.stop]
    peak = float(np.nanmax(force[window]))
    upto = part[: window.start - first + int(np.nanargmax(force[window])) + 1]
    at = [_first_above(upto, share * peak) for share in (0.2, 0.8)]
    return 0.6 * peak / (at[1] - at[0]) if at[1] > at[0] else float("nan")


def _first_above(force: FloatArray, level: float) -> float:
    k = int(np.argmax(force >= level))
    return k - (force[k] - level) / (force[k] - force[k - 1]) if k else 0.0


def jump_error(made: SensedRecording) -> JumpError:
    """The whole analysis of the sensors against the true force of one drop jump."""
    found = _rsi_and_contact(recording_from_raw(made.raw))
    both = made.truth.force_n
    held = _rsi_and_contact(ll.from_arrays(left=both[:, 0], right=both[:, 1], sample_rate_hz=1000.0))
    total, flights = both.sum(axis=1), air(both)
    touchdown = crossing(total, flights[-2][1] - 60, flights[-2][1] + 100, rising=True)
    take_off = crossing(total, flights[-1][0] - 60, flights[-1][0] + 60, rising=False)
    landing = crossing(total, flights[-1][1] - 60, flights[-1][1] + 100, rising=True)
    contact_s = (take_off - touchdown) / 1000.0
    first = (9.80665 * ((landing - take_off) / 1000.0) ** 2 / 8.0 / contact_s, contact_s)
    return JumpError(
        *(
            error
            for rsi, contact in (first, held)
            for error in (100.0 * (found[0] / rsi - 1.0), 1000.0 * (found[1] - contact))
        )
    )


def _rsi_and_contact(recording: Recording) -> tuple[float, float]:
    table = analyse(recording, task="drop_jump").first.table
    rows = [table.get(name) for name in ("rsi_flight_time_m_per_s", "contact_time_s")]
    values = [row.value for row in rows if row is not None and row.value is not None]
    assert len(values) == 2, rows
    return values[0], values[1]


def _job(arguments: tuple[str, int, str]) -> tuple[list[Landing], list[JumpError]]:
    file, seed, name = arguments
    condition = CONDITIONS[name]
    made = sensed(file, seed, condition)
    jumps = [jump_error(made)] if file in DROP_JUMPS else []
    return judged(file, seed, made.truth, made.raw), jumps


def tables(seeds: int, processes: int, names: list[str]) -> Iterator[str]:
    """The whole table, condition by condition."""
    with ProcessPoolExecutor(processes) as pool:
        for name in names:
            jobs = [(file, seed, name) for seed in range(1, seeds + 1) for file in FILES]
            parts = list(pool.map(_job, jobs))
            rows = [row for part, _ in parts for row in part]
            jumps = jumps_told([one for _, many in parts for one in many])
            yield f"\n**{name}**: {summary(rows)}.\n{jumps}\n\n{HEAD}"
            for estimator in rows[0].peak_pct:
                yield Figures.of(rows, estimator).line(estimator)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--condition", choices=list(CONDITIONS), action="append")
    chosen = parser.parse_args()
    if not Path(REFERENCE_DATA).is_dir():
        sys.exit(f"no reference recordings in {REFERENCE_DATA}; set LANDING_LAB_REFERENCE_DATA")
    for line in tables(chosen.seeds, chosen.processes, chosen.condition or list(CONDITIONS)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
