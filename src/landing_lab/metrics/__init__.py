"""One file per family of metrics, one function per metric; every file here registers its own."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landing_lab.metrics._registry import Metric

# fmt: off
_FAMILIES = (
    "timing", "jump", "force", "loading", "motion", "stiffness", "landing", "stability", "symmetry", "cop",
    "pressure_cop", "pressure_region", "pressure_dose", "pressure_symmetry",
)
# fmt: on
"""Families in the order of tables and reports; further files follow by name."""


def all_metrics() -> Mapping[str, Metric]:
    """Every metric by name, in the order of reports."""
    from landing_lab.metrics._registry import METRICS

    _load()
    return METRICS


@functools.cache
def _load() -> None:
    """Import every family once: each registers its metrics."""
    present = [module.name for module in pkgutil.iter_modules(__path__) if module.name.endswith("_metrics")]
    ordered = [f"{family}_metrics" for family in _FAMILIES if f"{family}_metrics" in present]
    for name in [*ordered, *sorted(set(present) - set(ordered))]:
        importlib.import_module(f"{__name__}.{name}")
