"""Fits what was asked, prints a short summary, writes the model, its card and pictures."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landing_lab.analysis.models.gee import GeeResult, fit_gee
from landing_lab.analysis.models.logistic import fit_logistic
from landing_lab.analysis.models.mixed import MixedResult, fit_mixed
from landing_lab.analysis.models.model_card import model_card, with_card
from landing_lab.analysis.models.outcome_name import refuse_injury
from landing_lab.analysis.models.sample_size import sample_size
from landing_lab.app.models.request import Asked, Request, asked
from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible
from landing_lab.io.write import json_text, make_folder, stamped, write_whole
from landing_lab.report.figure import save_figure
from landing_lab.report.model_figure import effects_figure, model_figure
from landing_lab.report.model_text import card_markdown, effects_lines, logistic_lines, sample_size_lines

EFFECTS_SCHEMA = "landing-lab.effects/1"
SIZE_SCHEMA = "landing-lab.sample-size/1"


def run_sample_size(prevalence: float | None, c_statistic: float, predictors_n: int | None, *, as_json: bool) -> int:
    """Print how many athletes a model needs. Raises ParameterError."""
    if prevalence is None or predictors_n is None:
        raise ParameterError("--sample-size needs --prevalence and --predictors-n, such as 0.3 and 5")
    size = sample_size(prevalence=prevalence, c_statistic=c_statistic, predictors_n=predictors_n)
    if as_json:
        print(json_text(stamped(SIZE_SCHEMA, {**dataclasses.asdict(size), "sentence": size.sentence})), end="")
        return 0
    print("\n".join(sample_size_lines(size)))
    return 0


def run_model(request: Request, *, out: Path | None, as_json: bool) -> int:
    """Fit and report. Raises ParameterError where the data cannot carry the model."""
    if request.kind in {"auto", "logistic"} and request.outcome:
        refuse_injury(request.outcome)
    found = asked(request)
    if found.kind == "logistic":
        return _logistic(request, found, out, as_json=as_json)
    return _effects(request, found, out, as_json=as_json)


def _logistic(request: Request, found: Asked, out: Path | None, *, as_json: bool) -> int:
    result = fit_logistic(
        found.table.frame, request.outcome, request.predictors, site=request.site,
        folds="site" if request.site else 5, groups=request.groups, fill=request.fill,  # type: ignore[arg-type]
        expected_c=request.expected_c, when_few="mark" if request.anyway else "refuse", units=found.table.units,
        definition=found.definition, unit_of_analysis=found.table.row, primary=request.primary, seed=request.seed,
    )  # fmt: skip
    card = model_card(result)
    model = with_card(result, card)
    document = model.document()
    _print(logistic_lines(result), document, found.table.notes, as_json=as_json)
    if out is not None:
        make_folder(out)
        _tell(
            [
                model.write(out / "model.json"),
                write_whole(out / "model_card.md", card_markdown(card).encode()),
                save_figure(model_figure(result), out / "model.png"),
            ]
        )
    return 0


def _effects(request: Request, found: Asked, out: Path | None, *, as_json: bool) -> int:
    frame = found.table.frame
    result: MixedResult | GeeResult
    if found.kind == "mixed":
        several = "session" in frame and frame.groupby("participant")["session"].nunique().median() >= 2
        nested = (
            ["session"]
            if several and len(frame) >= 2 * len(frame[["participant", "session"]].drop_duplicates())
            else []
        )
        result = fit_mixed(frame, request.outcome, request.predictors, nested=nested, primary=request.primary)
    else:
        values = set(frame[request.outcome].dropna().unique()) if request.outcome in frame else set()
        result = fit_gee(
            frame, request.outcome, request.predictors, binary=bool(values) and values <= {0, 1},
            primary=request.primary,
        )  # fmt: skip
    document = stamped(EFFECTS_SCHEMA, dataclasses.asdict(result))
    _print(effects_lines(result), document, found.table.notes, as_json=as_json)
    if out is not None:
        make_folder(out)
        written = [write_whole(out / "effects.json", json_text(document).encode())]
        if result.coefficients:
            written.append(save_figure(effects_figure(result), out / "effects.png"))
        _tell(written)
    return 0 if result.coefficients else 1


def _print(lines: list[str], document: Mapping[str, Any], notes: tuple[str, ...], *, as_json: bool) -> None:
    for note in notes:
        print(f"note: {visible(note)}", file=sys.stderr)
    if as_json:
        print(json_text(document), end="")
        return
    print("\n".join(lines))


def _tell(written: list[Path]) -> None:
    for path in written:
        print(f"wrote {visible(str(path))}", file=sys.stderr)
