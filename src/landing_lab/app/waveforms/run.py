"""Compares curves of a dataset; prints what was found, and writes it with its picture."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from landing_lab.analysis.permutations import PermutationSettings
from landing_lab.analysis.waveforms.compare import check_question, compare_waveforms
from landing_lab.analysis.waveforms.comparison import SCHEMA, WaveformComparison
from landing_lab.analysis.waveforms.curves import PhaseName, Registration, Signal
from landing_lab.analysis.waveforms.normalise import check_names
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path, visible
from landing_lab.io.write import json_text, write_together

DOCUMENT: Final = "waveforms.json"
PICTURE: Final = "waveforms.png"
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked for, as typed."""

    signal: str
    phase: str
    first: str | None
    second: str | None
    group: str | None
    against: str | None
    condition: str | None
    task: str | None
    registration: str
    permutations: int
    seed: int


def run_waveforms(dataset: Path, question: Question, *, out: Path | None, as_json: bool) -> int:
    """Print the comparison; write document and picture where a folder is named. Raises ParameterError."""
    check_names(question.signal, question.phase, question.registration)
    check_question(question.first, question.second, question.group, question.against, question.condition)
    if out is not None:
        _check_out(out)
    found = compare_waveforms(
        dataset,
        signal=cast("Signal", question.signal),
        phase=cast("PhaseName", question.phase),
        first=question.first,
        second=question.second,
        group=question.group,
        against=question.against,
        task=question.task,
        condition=question.condition,
        registration=cast("Registration", question.registration),
        settings=PermutationSettings(n_permutations=question.permutations, seed=question.seed),
    )
    if out is not None:
        _write(out, found)
    if as_json:
        sys.stdout.write(json_text(found.as_dict()))
        return 0
    _print(found)
    if out is not None:
        print(f"Written: {visible(str(out / PICTURE))}, {visible(str(out / DOCUMENT))}")
    return 0


def _print(found: WaveformComparison) -> None:
    print(visible(f"{found.title[0].upper()}{found.title[1:]}"))
    for sentence in found.sentences:
        print(visible(f"  {sentence}"))
    for one in found.curves.left_out[:_MOST_NAMED]:
        print(visible(f"  Without a curve: {one.title}: {one.reason}"))
    more = len(found.curves.left_out) - _MOST_NAMED
    if more > 0:
        print(f"  and {more} more (all are named with --json and in {DOCUMENT})")


def _check_out(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise ParameterError(f"{quoted_path(str(out))} is a file and results need a folder; choose another with --out")
    document = out / DOCUMENT
    if document.exists() and SCHEMA.encode() not in document.read_bytes()[:400]:
        raise ParameterError(
            f"{quoted_path(str(document))} is not from this command and would be lost; choose another folder with --out"
        )


def _write(out: Path, found: WaveformComparison) -> None:
    from landing_lab.report.figure import figure_bytes
    from landing_lab.report.waveform_figure import plot_waveforms

    picture = figure_bytes(plot_waveforms(found))
    write_together({out / PICTURE: picture, out / DOCUMENT: json_text(found.as_dict()).encode("utf-8")})
