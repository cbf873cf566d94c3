"""The kernel of pressure against its twin on seeded frames; also run as a program by compare_twins."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kernels.naive_pressure import Gate, Sole, frames
from landing_lab.kernels.pressure import COP_AP, COP_ML, FIXED, FORCE, LOADED, MLI, SHIFT, STATE_DTYPE, advance


def fresh_state() -> np.ndarray:
    """One foot of which nothing is known yet."""
    state = np.zeros(1, STATE_DTYPE)
    state["reference_mm"], state["reference"] = math.nan, -1
    return state


def run_kernel(
    cells: np.ndarray, sole: Sole, judged_by: np.ndarray | None, gate: Gate, cuts: Sequence[int] = ()
) -> np.ndarray:
    """What the kernel writes for all frames, cut into blocks before the frames of `cuts`."""
    state = fresh_state()
    out = np.full((len(cells), FIXED + sole.n_parts), 77.0)
    for start, stop in zip([0, *cuts], [*cuts, len(cells)], strict=True):
        by = np.zeros(0) if judged_by is None else np.ascontiguousarray(judged_by[start:stop])
        rows = np.full((stop - start, out.shape[1]), 77.0)
        advance(
            np.ascontiguousarray(cells[start:stop]),
            sole.arms_mm,
            sole.area_mm2,
            sole.medial,
            sole.sole,
            sole.part,
            by,
            gate.touch_n,
            gate.gate_n,
            gate.reference,
            state,
            rows,
        )
        out[start:stop] = rows
    assert state["n"][0] == len(cells)
    return out


def compare(cells: np.ndarray, sole: Sole, judged_by: np.ndarray | None, gate: Gate) -> None:
    """AssertionError where kernel and twin differ in any column of any frame by more than rounding."""
    found, expected = run_kernel(cells, sole, judged_by, gate), frames(cells, sole, judged_by, gate)
    columns = {
        "force": found[:, FORCE],
        "cop": found[:, COP_ML : COP_AP + 1],
        "mli": found[:, MLI],
        "shift": found[:, SHIFT],
        "loaded": found[:, LOADED],
        "parts_n": found[:, FIXED:],
    }
    for name, column in columns.items():
        wanted = np.array([row[name] for row in expected], dtype=np.float64).reshape(column.shape)
        np.testing.assert_allclose(column, wanted, rtol=1e-9, atol=1e-9, err_msg=name)


def random_case(seed: int) -> tuple[np.ndarray, Sole, np.ndarray | None, Gate]:
    """Contacts around the gates with missing cells, negative readings and infinities, on a sole made up."""
    rng = np.random.default_rng(seed)
    c, n_parts = int(rng.integers(1, 17)), int(rng.integers(1, 5))
    n = int(rng.integers(1, 90))
    sole = Sole(
        arms_mm=rng.normal([0.0, 130.0], [30.0, 60.0], (c, 2)),
        area_mm2=rng.uniform(100.0, 3000.0, c),
        medial=rng.choice([0.0, 0.5, 1.0], c),
        sole=np.ones(c) if rng.random() < 0.3 else rng.choice([0.0, 0.2, 1.0, 3.0], c),
        part=rng.integers(0, n_parts, c),
        n_parts=n_parts,
    )
    level = np.repeat(rng.choice([0.0, 0.0, 5.0, 60.0, 200.0], n), rng.integers(1, 20, n))[:n]
    cells = level[:, None] * rng.uniform(0.0, 2.0, (n, c)) - rng.choice([0.0, 3.0])
    if rng.random() < 0.4:
        cells[rng.random(n) < 0.1] = math.nan
    if rng.random() < 0.4:
        cells[rng.random((n, c)) < 0.02] = rng.choice([math.nan, math.inf, -math.inf])
    total = float(np.nanmean(np.where(np.isfinite(cells), cells, 0.0).sum(axis=1)))
    judged_by = None if rng.random() < 0.5 else np.where(rng.random(n) < 0.05, math.nan, level * c)
    gate = Gate(
        touch_n=float(rng.choice([-math.inf, 0.0, 0.2 * total])),
        gate_n=float(rng.choice([0.0, total])),
        reference=int(rng.integers(0, 25)),
    )
    return cells, sole, judged_by, gate


def compare_pressure(seed: int) -> None:
    """AssertionError where kernel and twin differ on what the seed makes."""
    with np.errstate(invalid="ignore"):
        compare(*random_case(seed))
