"""`landing-lab analyse --explain`: what metrics are, for people and for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from landing_lab.errors import ParameterError

ALL = "all"
SCHEMA = "landing-lab.metric-definitions/1"


def run_explain(words: Sequence[str], files: Sequence[Path] = (), *, output_format: str = "table") -> int:
    """Explain the named metrics, or all; further words of the command line count as names. 0 where all are known.

    Raises ParameterError for an unknown name or format, and for a file, which would not be analysed.
    """
    if output_format not in {"table", "json"}:
        raise ParameterError(f"metrics are explained as table or json; got {output_format!r}; choose one of them")
    names = metric_names(words, files)
    from landing_lab.io.write import json_text
    from landing_lab.report.explain import explanation, explanation_text

    told = [explanation(name) for name in names]
    if output_format == "json":
        sys.stdout.write(json_text({"schema": SCHEMA, "metrics": told}))
    else:
        print("\n\n".join(explanation_text(one) for one in told))
    return 0


def metric_names(words: Sequence[str], files: Sequence[Path] = ()) -> list[str]:
    """Names out of what was typed, each once: commas and blanks part them, "all" stands for every metric."""
    for file in files:
        if file.exists():
            raise ParameterError(f"--explain tells what metrics are and analyses no file; leave {file} out")
    parts = [part for word in (*words, *map(str, files)) for part in word.replace(",", " ").split()]
    if not parts:
        raise ParameterError("--explain needs the name of a metric, or all; --explain all lists them")
    if ALL in parts:
        from landing_lab.metrics import all_metrics

        return list(all_metrics())
    return list(dict.fromkeys(parts))
