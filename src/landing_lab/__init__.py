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
    from landing_lab.analysis.cohort.cohort import cohort as cohort
    from landing_lab.analysis.cohort.cohort import norms as norms
    from landing_lab.analysis.cohort.collect import read_trials as read_trials
    from landing_lab.analysis.contrast_set import contrast as contrast
    from landing_lab.analysis.models.decision_curve import decision_curve as decision_curve
    from landing_lab.analysis.models.discrimination import discrimination as discrimination
    from landing_lab.analysis.models.gee import fit_gee as fit_gee
    from landing_lab.analysis.models.label_noise import fit_rated as fit_rated
    from landing_lab.analysis.models.logistic import fit_logistic as fit_logistic
    from landing_lab.analysis.models.missing import missing_sensitivity as missing_sensitivity
    from landing_lab.analysis.models.mixed import fit_mixed as fit_mixed
    from landing_lab.analysis.models.model_card import model_card as model_card
    from landing_lab.analysis.models.model_file import read_model as read_model
    from landing_lab.analysis.models.sample_size import sample_size as sample_size
    from landing_lab.analysis.reliability.error_file import read_error_file as read_error_file
    from landing_lab.analysis.reliability.study import reliability as reliability
    from landing_lab.analysis.screening.of_dataset import screen as screen
    from landing_lab.analysis.waveforms.compare import compare_waveforms as compare_waveforms
    from landing_lab.analysis.waveforms.from_dataset import normalise_waveforms as normalise_waveforms
    from landing_lab.app.boards.to_file import record as record
    from landing_lab.app.datasets.fetch import fetch_dataset as fetch_dataset
    from landing_lab.app.datasets.registry import datasets as datasets
    from landing_lab.calibrate.insole_on_plate import calibrate_insole as calibrate_insole
    from landing_lab.calibrate.recording import recording_from_raw as recording_from_raw
    from landing_lab.errors import LandingLabError as LandingLabError
    from landing_lab.io.arrays import from_arrays as from_arrays
    from landing_lab.io.bids.export import export_bids as export_bids
    from landing_lab.io.calibration_files import read_calibration as read_calibration
    from landing_lab.io.export import export as export
    from landing_lab.io.export_metrics import export_metrics as export_metrics
    from landing_lab.io.formats.xdf import read_raw as read_raw
    from landing_lab.io.frames import from_pandas as from_pandas
    from landing_lab.io.frames import to_pandas as to_pandas
    from landing_lab.io.read import read as read
    from landing_lab.io.read import read_runs as read_runs
    from landing_lab.metrics._registry import Estimate as Estimate
    from landing_lab.metrics._registry import RefusedError as RefusedError
    from landing_lab.metrics.analyse import analyse as analyse
    from landing_lab.metrics.dense_indices import dense_indices as dense_indices
    from landing_lab.metrics.own import forget_metric as forget_metric
    from landing_lab.metrics.own import metric as metric
    from landing_lab.metrics.sensitivity import threshold_sensitivity as threshold_sensitivity
    from landing_lab.report.explain import explain as explain
    from landing_lab.report.pressure_plots import animate_landing as animate_landing
    from landing_lab.report.pressure_plots import plot_butterfly as plot_butterfly
    from landing_lab.report.pressure_plots import plot_medial_shift as plot_medial_shift
    from landing_lab.report.pressure_plots import plot_pressure as plot_pressure
    from landing_lab.report.pressure_plots import plot_regions as plot_regions
    from landing_lab.report.waveform_figure import plot_waveforms as plot_waveforms
    from landing_lab.report.write import plot as plot
    from landing_lab.report.write import report as report
    from landing_lab.sim.calibrated import simulate_calibration as simulate_calibration
    from landing_lab.sim.cohort import CohortSetting as CohortSetting
    from landing_lab.sim.cohort import simulate_cohort as simulate_cohort
    from landing_lab.sim.drop_jump import simulate_drop_jump as simulate_drop_jump
    from landing_lab.sim.on_recording import simulate_sensors as simulate_sensors

_PUBLIC = {
    "CohortSetting": "landing_lab.sim.cohort",
    "Estimate": "landing_lab.metrics._registry",
    "LandingLabError": "landing_lab.errors",
    "RefusedError": "landing_lab.metrics._registry",
    "analyse": "landing_lab.metrics.analyse",
    "animate_landing": "landing_lab.report.pressure_plots",
    "calibrate_insole": "landing_lab.calibrate.insole_on_plate",
    "cohort": "landing_lab.analysis.cohort.cohort",
    "compare_waveforms": "landing_lab.analysis.waveforms.compare",
    "contrast": "landing_lab.analysis.contrast_set",
    "datasets": "landing_lab.app.datasets.registry",
    "decision_curve": "landing_lab.analysis.models.decision_curve",
    "dense_indices": "landing_lab.metrics.dense_indices",
    "discrimination": "landing_lab.analysis.models.discrimination",
    "explain": "landing_lab.report.explain",
    "export": "landing_lab.io.export",
    "export_bids": "landing_lab.io.bids.export",
    "export_metrics": "landing_lab.io.export_metrics",
    "fetch_dataset": "landing_lab.app.datasets.fetch",
    "fit_gee": "landing_lab.analysis.models.gee",
    "fit_logistic": "landing_lab.analysis.models.logistic",
    "fit_mixed": "landing_lab.analysis.models.mixed",
    "fit_rated": "landing_lab.analysis.models.label_noise",
    "forget_metric": "landing_lab.metrics.own",
    "from_arrays": "landing_lab.io.arrays",
    "metric": "landing_lab.metrics.own",
    "from_pandas": "landing_lab.io.frames",
    "missing_sensitivity": "landing_lab.analysis.models.missing",
    "model_card": "landing_lab.analysis.models.model_card",
    "normalise_waveforms": "landing_lab.analysis.waveforms.from_dataset",
    "norms": "landing_lab.analysis.cohort.cohort",
    "plot": "landing_lab.report.write",
    "plot_butterfly": "landing_lab.report.pressure_plots",
    "plot_medial_shift": "landing_lab.report.pressure_plots",
    "plot_pressure": "landing_lab.report.pressure_plots",
    "plot_regions": "landing_lab.report.pressure_plots",
    "plot_waveforms": "landing_lab.report.waveform_figure",
    "read": "landing_lab.io.read",
    "read_calibration": "landing_lab.io.calibration_files",
    "read_error_file": "landing_lab.analysis.reliability.error_file",
    "read_model": "landing_lab.analysis.models.model_file",
    "read_runs": "landing_lab.io.read",
    "read_raw": "landing_lab.io.formats.xdf",
    "read_trials": "landing_lab.analysis.cohort.collect",
    "record": "landing_lab.app.boards.to_file",
    "recording_from_raw": "landing_lab.calibrate.recording",
    "reliability": "landing_lab.analysis.reliability.study",
    "report": "landing_lab.report.write",
    "sample_size": "landing_lab.analysis.models.sample_size",
    "screen": "landing_lab.analysis.screening.of_dataset",
    "simulate_calibration": "landing_lab.sim.calibrated",
    "simulate_cohort": "landing_lab.sim.cohort",
    "simulate_drop_jump": "landing_lab.sim.drop_jump",
    "simulate_sensors": "landing_lab.sim.on_recording",
    "threshold_sensitivity": "landing_lab.metrics.sensitivity",
    "to_pandas": "landing_lab.io.frames",
}

__all__ = [
    "CohortSetting",
    "Estimate",
    "LandingLabError",
    "RefusedError",
    "__version__",
    "analyse",
    "animate_landing",
    "calibrate_insole",
    "cohort",
    "compare_waveforms",
    "contrast",
    "datasets",
    "decision_curve",
    "dense_indices",
    "discrimination",
    "explain",
    "export",
    "export_bids",
    "export_metrics",
    "fetch_dataset",
    "fit_gee",
    "fit_logistic",
    "fit_mixed",
    "fit_rated",
    "forget_metric",
    "from_arrays",
    "from_pandas",
    "metric",
    "missing_sensitivity",
    "model_card",
    "normalise_waveforms",
    "norms",
    "plot",
    "plot_butterfly",
    "plot_medial_shift",
    "plot_pressure",
    "plot_regions",
    "plot_waveforms",
    "read",
    "read_calibration",
    "read_error_file",
    "read_model",
    "read_raw",
    "read_runs",
    "read_trials",
    "record",
    "recording_from_raw",
    "reliability",
    "report",
    "sample_size",
    "screen",
    "simulate_calibration",
    "simulate_cohort",
    "simulate_drop_jump",
    "simulate_sensors",
    "threshold_sensitivity",
    "to_pandas",
]


def __getattr__(name: str) -> object:
    """Load a public name from the room it lives in."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'landing_lab' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
