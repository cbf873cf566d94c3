"""landing-lab: drop-jump landings from insoles, load-cell plates and force plates, with honest numbers.

    import landing_lab as ll
    rec = ll.read("jump.txt", left="FP1", right="FP2", sample_rate_hz=1000)
    result = ll.analyse(rec)
    result.metrics            # pandas: name, side, value, unit, sd, status, reason, method
    ll.plot(result)           # matplotlib Figure
    ll.plot_pressure(result)  # with insoles: also plot_medial_shift, plot_regions, plot_butterfly, animate_landing
    ll.report(result, "out/")

Everything is loaded on first use, so that `import landing_lab` takes a few milliseconds.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from landing_lab.errors import LandingLabError as LandingLabError
    from landing_lab.io.arrays import from_arrays as from_arrays
    from landing_lab.io.export import export as export
    from landing_lab.io.export_metrics import export_metrics as export_metrics
    from landing_lab.io.read import read as read
    from landing_lab.metrics.analyse import analyse as analyse
    from landing_lab.metrics.dense_indices import dense_indices as dense_indices
    from landing_lab.metrics.sensitivity import threshold_sensitivity as threshold_sensitivity
    from landing_lab.report.explain import explain as explain
    from landing_lab.report.pressure_plots import animate_landing as animate_landing
    from landing_lab.report.pressure_plots import plot_butterfly as plot_butterfly
    from landing_lab.report.pressure_plots import plot_medial_shift as plot_medial_shift
    from landing_lab.report.pressure_plots import plot_pressure as plot_pressure
    from landing_lab.report.pressure_plots import plot_regions as plot_regions
    from landing_lab.report.write import plot as plot
    from landing_lab.report.write import report as report
    from landing_lab.sim.drop_jump import simulate_drop_jump as simulate_drop_jump

_PUBLIC = {
    "LandingLabError": "landing_lab.errors",
    "analyse": "landing_lab.metrics.analyse",
    "animate_landing": "landing_lab.report.pressure_plots",
    "dense_indices": "landing_lab.metrics.dense_indices",
    "explain": "landing_lab.report.explain",
    "export": "landing_lab.io.export",
    "export_metrics": "landing_lab.io.export_metrics",
    "from_arrays": "landing_lab.io.arrays",
    "plot": "landing_lab.report.write",
    "plot_butterfly": "landing_lab.report.pressure_plots",
    "plot_medial_shift": "landing_lab.report.pressure_plots",
    "plot_pressure": "landing_lab.report.pressure_plots",
    "plot_regions": "landing_lab.report.pressure_plots",
    "read": "landing_lab.io.read",
    "report": "landing_lab.report.write",
    "simulate_drop_jump": "landing_lab.sim.drop_jump",
    "threshold_sensitivity": "landing_lab.metrics.sensitivity",
}

__all__ = [
    "LandingLabError",
    "__version__",
    "analyse",
    "animate_landing",
    "dense_indices",
    "explain",
    "export",
    "export_metrics",
    "from_arrays",
    "plot",
    "plot_butterfly",
    "plot_medial_shift",
    "plot_pressure",
    "plot_regions",
    "read",
    "report",
    "simulate_drop_jump",
    "threshold_sensitivity",
]


def __getattr__(name: str) -> object:
    """Load a public name from the room it lives in."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'landing_lab' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
