"""Screens one athlete, prints what was found, and writes the page."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from landing_lab.app.screen.command import ALL_EVIDENCE
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

FORMATS: Final = ("table", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenSettings:
    """What was typed beside the dataset."""

    participant: str | None = None
    inputs: Path | None = None
    reference: str | None = None
    model: Path | None = None
    evidence: str | None = None
    output_format: str = "table"
    out: Path | None = None


def run_screen(dataset: Path | None, settings: ScreenSettings) -> int:
    """Print the screening, or the evidence where that was asked for; 0. Raises LandingLabError with what is wrong."""
    if settings.output_format not in FORMATS:
        raise ParameterError(
            f"there is no format {quoted_name(settings.output_format)!r}; choose {' or '.join(FORMATS)}"
        )
    if settings.evidence is not None:
        from landing_lab.app.screen.evidence import show_evidence

        wanted = None if settings.evidence == ALL_EVIDENCE else settings.evidence
        return show_evidence(wanted, as_json=settings.output_format == "json")
    if dataset is None or settings.participant is None:
        missing = "DATASET" if dataset is None else "--participant"
        raise ParameterError(
            f"{missing} is missing; write landing-lab screen DATASET --participant ID, or landing-lab screen --evidence"
        )
    return _screen(dataset, settings.participant, settings)


def _screen(dataset: Path, participant: str, settings: ScreenSettings) -> int:
    from landing_lab.analysis.screening.of_dataset import screen
    from landing_lab.analysis.screening.references import Declared
    from landing_lab.io.write import json_text, write_whole

    result = screen(
        dataset, participant, settings.inputs, reference=cast("Declared | None", settings.reference),
        model=settings.model,
    )  # fmt: skip
    document = json_text(result.document())
    if settings.output_format == "json":
        sys.stdout.write(document)
    else:
        from landing_lab.report.screening_text import screening_text

        sys.stdout.write(screening_text(result))
    if settings.out is not None:
        from landing_lab.report.screening_page import write_screening

        write_whole(settings.out / "screening.json", document.encode("utf-8"))
        page = write_screening(result, settings.out / "screening.html")
        if settings.output_format != "json":
            print(f"The page: {page}")
    return 0
