"""States that are pulled and forget: hysteresis and creep of simulated sensors."""

from __future__ import annotations

from typing import Any

from landing_lab.kernels._jit import kernel


@kernel
def relax(keep: Any, pull: Any, state: Any) -> None:
    """Fill state (n, c) with keep * the state before + pull, each column from 0 on; keep, pull: (n, c), C order."""
    for j in range(state.shape[1]):
        now = 0.0
        for i in range(state.shape[0]):
            now = keep[i, j] * now + pull[i, j]
            state[i, j] = now
