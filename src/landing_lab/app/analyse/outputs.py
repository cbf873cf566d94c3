"""The files every analysis writes: report, pictures, metrics, document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.model.result import TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.rows import Truth

if TYPE_CHECKING:
    from landing_lab.report.opening import Opening


def write_outputs(
    trials: Sequence[TrialResult],
    document: dict[str, object],
    folder: Path,
    *,
    truth: Sequence[Truth | None] | None = None,
    session: Mapping[str, object] | None = None,
    sensitivity: Sequence[ThresholdSensitivity | None] | None = None,
    labels: Sequence[TrialLabel | None] | None = None,
    animate: bool = False,
    opening: Opening | None = None,
    pdf: bool = False,
) -> list[Path]:
    """Write metrics.csv, analysis.json, report.html and the pictures of each trial; the paths in that order.

    truth, session, sensitivity, labels, animate, opening, pdf: as in `landing_lab.report.write.report`.

    animate does nothing where no trial has insoles. Raises RecordingError where the folder cannot be written.
    """
    from landing_lab.io.write import write_analysis_json, write_metrics_csv
    from landing_lab.report.pressure_files import can_animate
    from landing_lab.report.write import report

    animate = animate and can_animate(trials)
    numbers = [folder / "metrics.csv", folder / "analysis.json"]
    write_metrics_csv(trials, numbers[0], labels)
    write_analysis_json(document, numbers[1])
    page = report(
        trials, folder, truth=truth, session=session, sensitivity=sensitivity, labels=labels, animate=animate,
        opening=opening, pdf=pdf,
    )  # fmt: skip
    return [*numbers, *page.values()]
