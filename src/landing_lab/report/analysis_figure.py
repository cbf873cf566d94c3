"""The picture of whatever an analysis of many trials found, chosen by what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landing_lab.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def analysis_figure(found: object) -> Figure | None:
    """Picture of a model, effects, a metric's repeatability, a contrast, a trend or compared curves; else None.

    A reliability study gives the ICC of all its metrics, one metric of it the differences between two sessions.
    Raises ParameterError for several contrasts at once, and where there is nothing to draw.
    """
    return _of_models(found) or _of_repeats(found) or _of_courses(found)


def _of_models(found: object) -> Figure | None:
    from landing_lab.analysis.models.gee import GeeResult
    from landing_lab.analysis.models.logistic import LogisticResult
    from landing_lab.analysis.models.mixed import MixedResult
    from landing_lab.report.model_figure import effects_figure, model_figure

    if isinstance(found, LogisticResult):
        return model_figure(found)
    return effects_figure(found) if isinstance(found, MixedResult | GeeResult) else None


def _of_repeats(found: object) -> Figure | None:
    from landing_lab.analysis.contrast_set import ContrastSet
    from landing_lab.analysis.contrasts import Contrast
    from landing_lab.analysis.reliability.metric_reliability import MetricReliability
    from landing_lab.analysis.reliability.study import ReliabilityStudy
    from landing_lab.report.contrast_figure import contrast_figure
    from landing_lab.report.reliability_figure import bland_altman_figure, icc_forest_figure

    if isinstance(found, ContrastSet):
        raise ParameterError(
            f"{len(found.contrasts)} contrasts are no one picture; choose one of them, such as .get(name, side)"
        )
    if isinstance(found, Contrast):
        return contrast_figure(found)
    if isinstance(found, MetricReliability):
        return bland_altman_figure(found)
    return icc_forest_figure(list(found.metrics)) if isinstance(found, ReliabilityStudy) else None


def _of_courses(found: object) -> Figure | None:
    from landing_lab.analysis.cohort.trends import Trend
    from landing_lab.analysis.waveforms.comparison import WaveformComparison
    from landing_lab.report.trend_figure import trend_figure
    from landing_lab.report.waveform_figure import plot_waveforms

    if isinstance(found, WaveformComparison):
        return plot_waveforms(found)
    return trend_figure([found]) if isinstance(found, Trend) else None
