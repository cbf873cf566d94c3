"""What few FSR cells miss of a real walk beside all 99 cells: where the figures of metrics/_pressure come from.

The second half of the pedar walk, told by cells that were calibrated on its first half. Run as a program it prints
each figure beside its constant, over both feet and four seeds, in some seconds:

    PYTHONPATH=src:tests python tests/metrics/unseen_on_a_walk.py
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, get_args

import numpy as np

from calibrate.pedar_walk import HALF_S, Foot, SensedWalk, sensed
from calibrate.walk_judgement import fit_of
from landing_lab.metrics._pressure import (
    CHANGE_SD,
    CONTRAST_SD,
    INDEX_SD,
    PEAK_SD,
    RAW_SHARE_SD,
    SHARE_SD,
    BySize,
    unseen,
)
from landing_lab.metrics.pressure_course import FootCourse, foot_course
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import PARTS, InsoleLayout, shipped_layouts
from landing_lab.model.pressure import FootPressure
from landing_lab.model.result import ForceSignals

LAYOUTS: Final = ("infotronic_8", "fsr402_8", "fsr402_16")

FIGURES: Final[dict[str, BySize]] = {
    "index": INDEX_SD,
    "change": CHANGE_SD,
    "contrast": CONTRAST_SD,
    "share": SHARE_SD,
    "raw share": RAW_SHARE_SD,
    "peak": PEAK_SD,
}
MEDIAL: Final = ("m1", "m2", "forefoot_medial")
LATERAL: Final = ("m3", "m4", "m5", "forefoot_lateral")
AFTER_LOADED, AFTER_BEGIN = 20, 80
"""Samples at 1 kHz from the first loaded frame to the first instant of a change, as in a landing whose touchdown is
known, and from there to the second, about where a landing's peak lies."""


def courses(walk: SensedWalk, side: Foot, *, calibrated: bool = True) -> list[tuple[FootCourse, slice]]:
    """Each step of the second half as the analysis would see it, with its frames in the walk."""
    foot = _foot(walk, calibrated=calibrated)
    signals = ForceSignals(
        times_s=walk.walk.times_s,
        force_n={"total": walk.walk.force_n, side: walk.walk.force_n},
        sample_rate_hz=1.0 / float(np.median(np.diff(walk.walk.times_s))),
        offset_n={},
        noise_n={},
        resolution_n=0.0,
        sensor_kind="insole_plate",
        source="a walk",
        pressure={side: foot},
    )
    found = []
    for start_s, stop_s in walk.walk.steps_s:
        if start_s >= HALF_S:
            first, stop = np.searchsorted(walk.walk.times_s, (start_s, stop_s)).tolist()
            course = foot_course(signals, side, first, stop)
            assert not isinstance(course, str), course
            found.append((course, slice(first, stop)))
    return found


def _foot(walk: SensedWalk, *, calibrated: bool) -> FootPressure:
    spread = walk.layout.area_mm2 / (walk.layout.sensing_area_mm2 or 1.0)
    if not calibrated:
        return FootPressure(
            layout=walk.layout, cells_n=walk.raw_n * spread, arms_mm=walk.layout.place_mm, calibrated=False,
            force_sd_fraction=0.1, cop_sd_mm=(12.0, 15.0), source="a walk",
        )  # fmt: skip
    fit = fit_of(walk)
    assert fit.arms_mm is not None
    assert fit.cop_sd_mm is not None
    return FootPressure(
        layout=walk.layout, cells_n=np.maximum(fit.law.force_n(walk.above) * fit.weight, 0.0), arms_mm=fit.arms_mm,
        calibrated=True, force_sd_fraction=0.1, cop_sd_mm=fit.cop_sd_mm, source="a walk", sole=spread / fit.weight,
    )  # fmt: skip


def errors(layout: str, seeds: Sequence[int]) -> dict[str, FloatArray]:
    """Error of each kind of figure, one after another over feet, seeds and steps, in units of its constant."""
    found: dict[str, list[float]] = {name: [] for name in FIGURES}
    for side in get_args(Foot):
        for seed in seeds:
            walk = sensed(side, layout, seed)
            for course, frames in courses(walk, side):
                for name, error in _of_step(course, walk.walk.pressure_kpa[frames]):
                    found[name].append(error / unseen(course, FIGURES[name]))
            for course, frames in courses(walk, side, calibrated=False):
                off = _shares(course, walk.walk.pressure_kpa[frames]) / unseen(course, RAW_SHARE_SD)
                found["raw share"] += off.tolist()
    return {name: np.array(values) for name, values in found.items()}


def _of_step(course: FootCourse, kpa: FloatArray) -> Iterator[tuple[str, float]]:
    dense = shipped_layouts()["pedar_99"]
    true_n = kpa * dense.area_mm2 / 1000.0
    index = _mli(true_n, dense)
    yield "index", float(course.mli[course.peak] - index[course.peak])
    assert course.reference is not None
    begin = course.reference + AFTER_LOADED
    for frame in (course.peak, begin + AFTER_BEGIN):
        yield "change", float(course.mli[frame] - course.mli[begin] - (index[frame] - index[begin]))
    loaded = course.loaded
    yield (
        "contrast",
        _contrast(course.sole_n[loaded].sum(axis=0), course.layout) - _contrast(true_n[loaded].sum(axis=0), dense),
    )
    yield "peak", float(course.cells_kpa.max() / kpa.max() - 1.0)
    for off in _shares(course, kpa).tolist():
        yield "share", off


def _mli(cells_n: FloatArray, layout: InsoleLayout) -> FloatArray:
    """Medial-lateral index of every frame."""
    medial = layout.medial_share
    p, q = (cells_n @ one / (layout.area_mm2 @ one) for one in (medial, 1.0 - medial))
    return np.asarray((p - q) / np.maximum(p + q, 1e-9))


def _contrast(impulse: FloatArray, layout: InsoleLayout) -> float:
    """Medial forefoot against lateral forefoot, of an impulse per cell."""
    p, q = (
        float(impulse[[index for index, cell in enumerate(layout.cells) if cell.region in group]].sum())
        for group in (MEDIAL, LATERAL)
    )
    return (p - q) / (p + q)


def _shares(course: FootCourse, kpa: FloatArray) -> FloatArray:
    """Error of each part's share of the impulse, (parts,)."""
    dense = shipped_layouts()["pedar_99"]
    true_n = kpa * dense.area_mm2 / 1000.0
    loaded = course.loaded & np.isfinite(course.cop_mm[:, 0])
    told = np.array([course.part_n[loaded, course.parts.index(part)].sum() for part in PARTS])
    known = np.array([true_n[loaded][:, [cell.part == part for cell in dense.cells]].sum() for part in PARTS])
    return np.asarray(told / told.sum() - known / known.sum())


if __name__ == "__main__":
    for layout_name in LAYOUTS:
        n_cells = len(shipped_layouts()[layout_name])
        for figure, off_by in errors(layout_name, range(4)).items():
            constant = FIGURES[figure][max(size for size in FIGURES[figure] if size <= n_cells)]
            rms = float(np.sqrt(np.mean(off_by**2)))
            print(f"{layout_name:14s}{figure:11s}{constant:7.3f} stated, {constant * rms:.3f} seen, {rms:.2f} of it")
