"""How well an insole that was calibrated on a plate tells the centre of pressure of a real walk: the figures.

`python tests/calibrate/walk_judgement.py` prints them per layout and foot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibrate.pedar_walk import HALF_S, Foot, SensedWalk, sensed
from landing_lab.calibrate.foot_arms import FootStand
from landing_lab.calibrate.foot_fit import FootFit, fit_foot
from landing_lab.calibrate.foot_series import CellLaw
from landing_lab.model.blocks import FloatArray

LAYOUTS = ("infotronic_8", "fsr402_8", "fsr402_16")
SEEDS = range(10)
CLEAR_SHIFT_MM = 3.0
AFTER_TOUCHDOWN_S = 0.02


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Second half of one walk: error of the centre of pressure across the foot, root mean square in mm, and so on.

    sd_mm: without its mean. signs: of each step with a clear true shift, whether it was told right.
    """

    rmse_mm: float
    sd_mm: float
    r: float
    along_rmse_mm: float
    force_rms_pct: float
    signs: tuple[bool, ...]


def fit_of(
    walk: SensedWalk, *, marked: bool = True, bench: bool = False, off: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> FootFit:
    """What `landing-lab calibrate insole` finds from the first half: the same solver, on series instead of a file.

    off: how far the foot stands from its marks: mm medial and anterior, degrees outwards.
    """
    heel_mm = (walk.stand.heel_mm[0] + off[0], walk.stand.heel_mm[1] + off[1])
    stand = FootStand(heel_mm=heel_mm, toe_out_deg=walk.stand.toe_out_deg + off[2])
    return fit_foot(
        walk.series,
        walk.postures_s,
        filter_order=walk.order,
        stand=stand if marked else None,
        bench=measured_on_bench(walk) if bench else None,
    )


def measured_on_bench(walk: SensedWalk) -> CellLaw:
    """Laws as a bench finds them: exponents good to 2 %, saturations to 10 %, gains to 3 %."""
    rng = np.random.default_rng([walk.series.n_cells, 402])
    n = walk.series.n_cells
    return CellLaw(
        exponent=(1.0 + 0.02 * rng.standard_normal(n)) / walk.parts.exponent,
        weight_n=1.0 + 0.03 * rng.standard_normal(n),
        saturation_n=walk.parts.saturation_n * (1.0 + 0.1 * rng.standard_normal(n)),
    )


def calibrated(walk: SensedWalk, fit: FootFit) -> Figures:
    """The figures of a fit on the second half."""
    assert fit.arms_mm is not None
    return figures(walk, fit.law.force_n(walk.above) * fit.weight, fit.arms_mm)


def raw_sums(walk: SensedWalk) -> Figures:
    """The figures of the cells by nominal values, at their drawn places."""
    gain = 1.0 / (walk.layout.sensing_area_mm2 or 1.0)
    return figures(walk, walk.raw_n * gain * walk.layout.area_mm2, walk.layout.place_mm)


def raw_index_r(walk: SensedWalk) -> float:
    """Correlation of (medial - lateral) / sum of the channels with the same of the 99 cells."""
    cells, share = walk.raw_n[walk.judged], walk.layout.medial_share
    index = cells @ (2.0 * share - 1.0) / np.maximum(cells.sum(axis=1), 1e-9)
    return float(np.corrcoef(index, walk.walk.medial_lateral[walk.judged])[0, 1])


def figures(walk: SensedWalk, cells_n: FloatArray, arms_mm: FloatArray) -> Figures:
    """Cells (n, c) with arms (c, 2) against the 99 cells."""
    force = cells_n.sum(axis=1)
    cop = cells_n @ arms_mm / np.maximum(force, 1e-9)[:, None]
    true, at = walk.walk.cop_mm, walk.judged
    off = (cop - true)[at]
    return Figures(
        rmse_mm=_rms(off[:, 0]),
        sd_mm=float(off[:, 0].std()),
        r=float(np.corrcoef(cop[at, 0], true[at, 0])[0, 1]),
        along_rmse_mm=_rms(off[:, 1]),
        force_rms_pct=100.0 * _rms(force[at] / walk.walk.force_n[at] - 1.0),
        signs=tuple(_signs(walk, cop[:, 0])),
    )


def _signs(walk: SensedWalk, across_mm: FloatArray) -> list[bool]:
    """Of each judged step: whether the shift from shortly after touchdown to peak force has the right sign."""
    told = []
    for start_s, stop_s in walk.walk.steps_s:
        inside = walk.judged & (walk.walk.times_s >= start_s) & (walk.walk.times_s < stop_s)
        rows = np.flatnonzero(inside)
        if start_s < HALF_S or not len(rows):
            continue
        first = rows[0] + round(AFTER_TOUCHDOWN_S * 1000.0)
        peak = rows[int(np.argmax(walk.walk.force_n[rows]))]
        true_mm = float(walk.walk.cop_mm[peak, 0] - walk.walk.cop_mm[first, 0])
        if abs(true_mm) > CLEAR_SHIFT_MM:
            told.append(true_mm * float(across_mm[peak] - across_mm[first]) > 0.0)
    return told


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def pooled(all_figures: Sequence[Figures]) -> str:
    """Figures of several seeds in a line: root mean square over them, and the worst."""
    rmse, r = [one.rmse_mm for one in all_figures], [one.r for one in all_figures]
    still = _rms(np.array([one.sd_mm for one in all_figures]))
    along = np.mean([one.along_rmse_mm for one in all_figures])
    force = np.mean([one.force_rms_pct for one in all_figures])
    signs = [sign for one in all_figures for sign in one.signs]
    return (
        f"RMSE {_rms(np.array(rmse)):5.2f} mm (worst {max(rmse):5.2f})  without mean {still:5.2f}  r {np.mean(r):5.3f} "
        f"(worst {min(r):6.3f})  along {along:5.1f} mm  force {force:5.1f} %  sign {sum(signs)}/{len(signs)}"
    )


def _print_figures(layout: str, side: Foot) -> None:
    other: Foot = "right" if side == "left" else "left"
    lines: dict[str, list[Figures]] = {}
    index, rng = [], np.random.default_rng(1)
    for seed in SEEDS:
        walk = sensed(side, layout, seed)
        fit = fit_of(walk)
        lines.setdefault("calibrated", []).append(calibrated(walk, fit))
        lines.setdefault("cells drifted 15 %", []).append(calibrated(sensed(side, layout, seed, drift=0.15), fit))
        lines.setdefault("with bench laws", []).append(calibrated(walk, fit_of(walk, bench=True)))
        off = (float(rng.normal(0.0, 3.0)), float(rng.normal(0.0, 3.0)), float(rng.normal(0.0, 2.0)))
        lines.setdefault("3 mm, 2 deg off its marks", []).append(calibrated(walk, fit_of(walk, off=off)))
        lines.setdefault("foot not marked", []).append(calibrated(walk, fit_of(walk, marked=False)))
        lines.setdefault("weights of the other foot", []).append(calibrated(walk, fit_of(sensed(other, layout, seed))))
        lines.setdefault("raw sums", []).append(raw_sums(walk))
        index.append(raw_index_r(walk))
    for name, found in lines.items():
        print(f"{layout:13s}{side:6s}{name:26s}{pooled(found)}")
    print(f"{layout:13s}{side:6s}{'raw medial-lateral index':26s}r {min(index):+.2f} to {max(index):+.2f}")


if __name__ == "__main__":
    for one in LAYOUTS:
        for foot in ("left", "right"):
            _print_figures(one, foot)
