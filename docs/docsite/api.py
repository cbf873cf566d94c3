"""The pages of the Python interface: every public name, and the types that they give back."""

from __future__ import annotations

import importlib
import inspect
from typing import Any, Final

GROUPS: Final = {
    "Read and write": ("read", "from_arrays", "export", "export_metrics"),
    "Datasets": ("datasets", "fetch_dataset", "export_bids"),
    "Raw recordings and calibrations": (
        "record", "read_raw", "read_runs", "recording_from_raw", "read_calibration", "calibrate_insole",
    ),
    "Measure": ("analyse", "threshold_sensitivity", "dense_indices", "explain"),
    "Show": (
        "plot", "report", "plot_pressure", "plot_medial_shift", "plot_regions", "plot_butterfly", "animate_landing",
    ),
    "Many trials": ("read_trials", "cohort", "norms", "reliability", "read_error_file", "contrast", "screen"),
    "Whole curves": ("normalise_waveforms", "compare_waveforms", "plot_waveforms"),
    "Relations in a cohort": (
        "fit_mixed", "fit_gee", "fit_logistic", "fit_rated", "sample_size", "discrimination", "decision_curve",
        "missing_sensitivity", "model_card", "read_model",
    ),
    "Simulate": ("simulate_drop_jump", "simulate_sensors", "simulate_calibration", "simulate_cohort"),
    "Your own metric": ("metric", "forget_metric"),
}  # fmt: skip
"""Sections of the page; a public name of none of them stands under "More"."""

TYPES: Final = {
    "Recordings": (
        "landing_lab.model.recording.Recording", "landing_lab.model.recording.Stream",
        "landing_lab.model.recording.Sensor", "landing_lab.model.recording.Clock",
        "landing_lab.model.channels.Channel", "landing_lab.model.channels.ChannelLayout",
    ),
    "Results": (
        "landing_lab.model.result.Result", "landing_lab.model.result.TrialResult",
        "landing_lab.model.result.MetricsTable", "landing_lab.model.result.MetricValue",
        "landing_lab.model.result.ForceSignals", "landing_lab.model.quality.Quality",
        "landing_lab.model.quality.QualityItem",
    ),
    "What you make yourself": (
        "landing_lab.metrics._registry.Estimate", "landing_lab.metrics._registry.RefusedError",
        "landing_lab.sim.cohort.CohortSetting",
    ),
    "Errors": (
        "landing_lab.errors.LandingLabError", "landing_lab.errors.ParameterError",
        "landing_lab.errors.FileFormatError", "landing_lab.errors.CalibrationError",
        "landing_lab.errors.RecordingError", "landing_lab.errors.DeviceError",
        "landing_lab.errors.DeviceNotFoundError", "landing_lab.errors.DeviceTimeoutError",
        "landing_lab.errors.DeviceLostError", "landing_lab.errors.DownloadError",
    ),
}  # fmt: skip
"""Types that everybody meets; what functions give back besides is found from their annotations."""

FUNCTIONS_OPENING: Final = """# Python: functions

`import landing_lab as ll` gives all of it; each is loaded on first use, so that the import takes milliseconds. What they give back: [types](types.md). Whatever cannot be used raises `ll.LandingLabError` (or a kind of it) with a sentence that says what to do: [Messages](messages/index.md).

"""  # noqa: E501
TYPES_OPENING: Final = """# Python: what comes back

Frozen objects; arrays are read-only. Bare numbers say their unit in their name (`_n`, `_s`, `_mm`, `_bw`).

"""


def functions_page() -> str:
    """reference/functions.md."""
    import landing_lab

    placed = {name for names in GROUPS.values() for name in names} | {"__version__"}
    functions = [name for name in sorted(landing_lab.__all__) if not inspect.isclass(getattr(landing_lab, name))]
    more = tuple(name for name in functions if name not in placed)
    groups = {**GROUPS, **({"More": more} if more else {})}
    parts = [FUNCTIONS_OPENING]
    for title, names in groups.items():
        parts.append(f"## {title}\n")
        parts += [_function(name) for name in names if hasattr(landing_lab, name)]
    return "\n".join(parts)


def _function(name: str) -> str:
    return f"```{{eval-rst}}\n.. autofunction:: landing_lab.{name}\n```\n"


def types_page() -> str:
    """reference/types.md."""
    known = {path for paths in TYPES.values() for path in paths}
    others = tuple(path for path in returned_types() if path not in known)
    parts = [TYPES_OPENING]
    for title, paths in {**TYPES, "Of studies": others}.items():
        parts.append(f"## {title}\n")
        parts += [_class(path) for path in paths]
    return "\n".join(parts)


def _class(path: str) -> str:
    options = "   :members:\n   :no-undoc-members:\n   :exclude-members: __init__, __new__\n"
    return f"```{{eval-rst}}\n.. autoclass:: {path}\n{options}```\n"


def returned_types() -> tuple[str, ...]:
    """Paths of our own classes that public functions give back."""
    import landing_lab

    found = []
    for name in landing_lab.__all__:
        thing = getattr(landing_lab, name)
        if inspect.isfunction(thing):
            found += _classes_in(
                str(inspect.signature(thing).return_annotation), importlib.import_module(thing.__module__)
            )
    return tuple(dict.fromkeys(sorted(found)))


def _classes_in(annotation: str, module: Any) -> list[str]:
    words = annotation.replace("[", " ").replace("]", " ").replace("|", " ").replace(",", " ").split()
    classes = [getattr(module, word, None) for word in words]
    return [
        f"{one.__module__}.{one.__qualname__}"
        for one in classes
        if inspect.isclass(one) and one.__module__.startswith("landing_lab")
    ]
