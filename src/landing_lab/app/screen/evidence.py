"""`landing-lab screen --evidence`: the evidence table, or what it says of one variable."""

from __future__ import annotations

import sys
from typing import Final

from landing_lab.analysis.evidence.registry import EvidenceTable, evidence

SCHEMA: Final = "landing-lab.evidence/1"


def show_evidence(variable: str | None, *, as_json: bool) -> int:
    """Print every claim in a row, or those about a topic, metric, input or row id in full; 0.

    Raises ParameterError for an unknown variable, naming what is near it.
    """
    table = evidence()
    if as_json:
        return _print_json(table, variable)
    from landing_lab.report.evidence_lines import claim_view, evidence_legend, evidence_table_view
    from landing_lab.report.terminal import readable_console

    claims = table.claims if variable is None else table.about(variable)
    console = readable_console()
    console.print(_heading(table, variable, len(claims)), style="bold", highlight=False, markup=False)
    if variable is None:
        console.print(evidence_table_view(table, claims), highlight=False)
    for claim in claims if variable is not None else ():
        console.print()
        console.print(claim_view(claim, table), highlight=False)
    console.print()
    console.print(evidence_legend(), highlight=False, markup=False)
    if variable is None:
        console.print("One topic, metric, input or row in full: landing-lab screen --evidence NAME", highlight=False)
    return 0


def _heading(table: EvidenceTable, variable: str | None, n: int) -> str:
    rows = "1 row" if n == 1 else f"{n} rows"
    if variable is None:
        return f"{table.stamp}: {rows}"
    topics = ", ".join(topic.label for topic in table.topics_of(variable))
    about = f"{variable} ({topics})" if topics else variable
    if not n:
        return f"{table.stamp}: nothing was found on {about}, so nothing is said of it beyond its value"
    return f"{table.stamp}: {rows} on {about}"


def _print_json(table: EvidenceTable, variable: str | None) -> int:
    from landing_lab.io.write import json_text, stamped
    from landing_lab.report.evidence_lines import claim_facts

    claims = table.claims if variable is None else table.about(variable)
    document = {
        "table_version": table.version,
        "sha256": table.sha256,
        "variable": variable,
        "topics": [
            {"name": topic.name, "label": topic.label, "covers": list(topic.covers)}
            for topic in (table.topics if variable is None else table.topics_of(variable))
        ],
        "claims": [claim_facts(claim) for claim in claims],
    }
    sys.stdout.write(json_text(stamped(SCHEMA, document)))
    return 0
