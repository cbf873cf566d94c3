"""A reliability study as one page and its pictures."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import landing_lab
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import write_together
from landing_lab.report.figure import figure_bytes
from landing_lab.report.names import metric_label, one_line, sentence, side_label, task_label
from landing_lab.report.reliability_figure import bland_altman_figure, error_words, icc_forest_figure
from landing_lab.report.reliability_table import FORMS, first_metrics, interval_text, reliability_line
from landing_lab.report.templates_of import template

if TYPE_CHECKING:
    from landing_lab.analysis.reliability.metric_reliability import MetricReliability
    from landing_lab.analysis.reliability.study import ReliabilityStudy

PAGE: Final = "reliability.html"


def write_reliability_report(study: ReliabilityStudy, out: str | Path, *, show_all: bool = False) -> list[Path]:
    """Write reliability.html and its pictures into a folder; the page comes first in what is given back.

    show_all: every metric; the first numbers of a trial else. Raises ParameterError where out is a file,
    RecordingError where it cannot be written.
    """
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise ParameterError(f"{quoted_path(str(folder))} is a file; a report needs a folder, choose another --out")
    shown = first_metrics(study.metrics, show_all=show_all)
    pictures = {"reliability-icc.png": figure_bytes(icc_forest_figure(shown))}
    for one in shown:
        if one.pair is not None:
            pictures[_picture_name(one)] = figure_bytes(bland_altman_figure(one))
    page = _render(study, shown, pictures)
    contents = {folder / name: content for name, content in pictures.items()}
    written = write_together({**contents, folder / PAGE: page.encode("utf-8", errors="replace")})
    return [written[-1], *written[:-1]]


def _where(study: ReliabilityStudy) -> str:
    condition = one_line(study.design.condition.replace("_", " "), 40)
    return f"{task_label(study.design.task)}{f', {condition}' if condition else ''}"


def _picture_name(one: MetricReliability) -> str:
    return f"bland-altman-{one.name}-{one.side}.png"


def _render(study: ReliabilityStudy, shown: list[MetricReliability], pictures: dict[str, bytes]) -> str:
    n_mean = next((one.n_mean for one in shown if one.n_mean), study.design.trials[1])
    return template("reliability.html.j2").render(
        where=_where(study),
        sentences=study.design.sentences,
        notes=study.notes,
        n_mean=n_mean,
        lines=[reliability_line(one) for one in shown],
        left_out=len(study.metrics) - len(shown),
        forms=FORMS,
        form_lines=[_form_line(one) for one in shown if one.forms],
        forest=_uri(pictures["reliability-icc.png"]),
        pairs=[
            {
                "title": sentence(f"{metric_label(one.name)}, {side_label(one.side)}"),
                "error": error_words(one),
                "image": _uri(pictures[_picture_name(one)]),
            }
            for one in shown
            if one.pair is not None
        ],
        version=landing_lab.__version__,
    )


def _form_line(one: MetricReliability) -> dict[str, Any]:
    assert one.forms is not None
    forms = {str(form): icc for form, icc in one.forms.items()}
    any_form = forms[FORMS[0]]
    return {
        "label": metric_label(one.name), "side": side_label(one.side),
        "repeats": f"{any_form.n} athletes, {any_form.k} {'session means' if one.repeats == 'sessions' else 'trials'}",
        "cells": [interval_text(forms[form]) for form in FORMS],
    }  # fmt: skip


def _uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
