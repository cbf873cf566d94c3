"""The evidence table for a terminal and as plain values: what was found, how good it is, and who says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from landing_lab.analysis.evidence.claim import CHECKED_WORDS, GRADE_WORDS, NOT_SCORED, WEIGHT, Claim
from landing_lab.report.names import sentence

if TYPE_CHECKING:
    from rich.console import RenderableType

    from landing_lab.analysis.evidence.registry import EvidenceTable

OUTCOME_LABELS: Final[dict[str, str]] = {
    "valgus": "knee valgus",
    "acl_injury": "ACL injury",
    "second_acl_injury": "second ACL injury, or after reconstruction",
    "knee_injury": "knee injury",
    "any_injury": "injury of any kind",
    "patellofemoral_pain": "pain around the kneecap",
    "prevention": "prevention",
    "landing_mechanics": "how people land",
    "measurement": "measurement",
    "mechanism": "mechanism",
}
FIGURES: Final = "figures"
CHAIN_LABELS: Final[dict[str, str]] = {
    "foot": "foot",
    "ankle": "ankle",
    "hip": "hip",
    "control": "control of movement",
    "structural": "structure",
    "sagittal": "stiffness of the landing",
}


def claim_facts(claim: Claim) -> dict[str, object]:
    """A claim as plain values for JSON; a withheld figure is not in it."""
    return {
        "id": claim.id,
        "variable": claim.variable,
        "outcome": claim.outcome,
        "direction": claim.direction,
        "finding": claim.finding,
        "effect": claim.shown_effect,
        "printable": claim.printable,
        "sample": claim.sample,
        "population": claim.population,
        "source": claim.source,
        "doi": claim.doi or None,
        "address": claim.address or None,
        "grade": claim.grade,
        "grade_in_words": GRADE_WORDS[claim.grade],
        "weight": claim.weight,
        "scored": claim.scored,
        "checked": claim.checked,
        "verified": claim.verified,
        "limits": claim.limits or None,
        "contradicted_by": list(claim.contradicted_by),
        "chain": list(claim.chain),
        "seed": claim.seed or None,
    }


def evidence_legend() -> str:
    """What grades count and what the marks mean, in one paragraph."""
    grades = "; ".join(
        f"{grade} {words} (counts {WEIGHT[grade]:g} in a ranking)"
        if WEIGHT[grade]
        else f"{grade} {words} ({NOT_SCORED})"
        for grade, words in GRADE_WORDS.items()
    )
    return f"Grades: {grades}. Rows that are not scored are struck through where the terminal can."


def claim_view(claim: Claim, table: EvidenceTable) -> RenderableType:
    """One claim in full; struck through and marked in words where it is not scored."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    strike = "" if claim.scored else "strike"
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(no_wrap=True, width=13)
    facts.add_column(overflow="fold")
    for name, value in claim_lines(claim, table):
        style = strike if name == FIGURES and claim.printable else ""
        facts.add_row(f"  {name}", Text(value, style=style))
    heading = Text.assemble((claim.id, "bold"), f"  [{claim.badge}]")
    return Group(heading, Text(claim.finding, style=strike), facts)


def claim_lines(claim: Claim, table: EvidenceTable) -> list[tuple[str, str]]:
    """What stands below a finding: name of a line and its text; nothing that is withheld."""
    lines = [
        ("outcome", OUTCOME_LABELS[claim.outcome]),
        (FIGURES, claim.shown_effect),
        ("in whom", _whom(claim)),
        ("source", source_text(claim)),
        ("checked", CHECKED_WORDS[claim.checked]),
    ]
    lines += [("limits", claim.limits)] if claim.limits else []
    lines += [("chain", ", ".join(CHAIN_LABELS[one] for one in claim.chain))] if claim.chain else []
    lines += [("speaks of", seed_text(claim))] if claim.seed else []
    for number, other in enumerate(claim.contradicted_by):
        said = table.claim(other)
        lines.append(("against it" if number == 0 else "", f"{other} (grade {said.grade}): {said.finding}"))
    return lines


def seed_text(claim: Claim) -> str:
    """The common assertion that a claim speaks of, without the code that the review gave it."""
    return re.sub(r"\b[A-Z]\d+(?:-[A-Z]?\d+)?\s", "", claim.seed)


def source_text(claim: Claim) -> str:
    """Source with DOI and the page that was read."""
    parts = [claim.source]
    parts += [f"doi:{claim.doi}"] if claim.doi else []
    parts += [claim.address] if claim.address and claim.address not in claim.source else []
    return "; ".join(parts)


def _whom(claim: Claim) -> str:
    people = "" if claim.population == "-" else claim.population
    known = "" if claim.sample == "-" else claim.sample
    if known[:1].isdigit():
        known = f"n = {known}"
    elif known == "not in the excerpt":
        known = "number of people not in the excerpt"
    return "; ".join(filter(None, (known, people))) or "not stated"


def evidence_table_view(table: EvidenceTable, claims: Sequence[Claim]) -> RenderableType:
    """Claims in a row each, by topic; not scored ones struck through and marked."""
    from rich.table import Table
    from rich.text import Text

    view = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), collapse_padding=True)
    view.add_column("grade", no_wrap=True)
    view.add_column("what was found", overflow="fold", ratio=5)
    view.add_column("figures", overflow="fold", ratio=3)
    view.add_column("row", overflow="fold", ratio=3)
    for topic in table.topics:
        own = [claim for claim in claims if claim.variable == topic.name]
        if own and view.row_count:
            view.add_row()
        if own:
            view.add_row("", Text(f"{sentence(topic.label)} ({topic.name})", style="bold"), "", "")
        for claim in own:
            strike = "" if claim.scored else "strike"
            view.add_row(
                claim.grade if claim.scored else f"{claim.grade} {NOT_SCORED}",
                Text(claim.finding, style=strike),
                Text(claim.shown_effect, style=strike if claim.printable else "italic"),
                Text(claim.id + ("" if claim.verified else " (unverified)")),
            )
    return view
