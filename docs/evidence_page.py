"""Write docs/evidence.md, the evidence table for readers, from src/landing_lab/analysis/evidence/claims.toml.

Run it with `python docs/evidence_page.py`; a test fails where the page is older than the table.
"""

from __future__ import annotations

from pathlib import Path

from landing_lab.analysis.evidence.claim import CHECKED_WORDS, GRADE_WORDS, NOT_SCORED, WEIGHT, Claim, Grade
from landing_lab.analysis.evidence.registry import EvidenceTable, evidence
from landing_lab.report.evidence_lines import OUTCOME_LABELS, seed_text, source_text
from landing_lab.report.names import sentence

PAGE = Path(__file__).with_name("evidence.md")

OPENING = """# What has been published

Written from `src/landing_lab/analysis/evidence/claims.toml` by `python docs/evidence_page.py`; do not edit it by hand. `landing-lab screen --evidence` prints it, `landing-lab screen --evidence NAME` says everything of one topic, metric, input or row; with `--json` for programs. Every statement in a report names its rows and carries the stamp below.

**What follows from it.** Vertical force and pressure under the foot do not measure the angle of the knee, so nothing is said about knee valgus of an athlete unless somebody has looked at the knee and entered what was seen. No measure of valgus told apart who later tore an ACL in pooled data, so landing-lab prints no probability of injury. A screen of one person is a weak thing; a prevention programme for everyone works.
"""  # noqa: E501
COLUMNS = ("grade", "row", "what was found", "figures", "in whom", "source", "checked", "against it")


def evidence_page() -> str:
    """The whole page as text: one table per topic."""
    table = evidence()
    parts = [OPENING, f"Stamp: {table.stamp}; the whole hash is `{table.sha256}`.\n", _grades()]
    for topic in table.topics:
        claims = [claim for claim in table.claims if claim.variable == topic.name]
        covers = ", ".join(f"`{name}`" for name in topic.covers)
        head = [f"## {sentence(topic.label)}\n", f"`{topic.name}`" + (f": {covers}" if covers else "") + "\n"]
        head += [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
        parts.append("\n".join([*head, *(_row(claim, table) for claim in claims)]) + "\n")
    parts.append(f"{len(table.claims)} rows.\n")
    return "\n".join(parts)


def _grades() -> str:
    rows = [f"| {grade} | {words} | {_counts(grade)} |" for grade, words in GRADE_WORDS.items()]
    closing = (
        "A row from memory has been read by nobody here. A figure that is withheld is kept out of print until a full "
        "text is read; such a row counts nothing.\n"
    )
    return "\n".join(["| grade | meaning | counts in a ranking |", "|---|---|---|", *rows]) + "\n\n" + closing


def _counts(grade: Grade) -> str:
    return f"{WEIGHT[grade]:g}" if WEIGHT[grade] else f"{NOT_SCORED}, struck through"


def _row(claim: Claim, table: EvidenceTable) -> str:
    strike = "" if claim.scored else "~~"
    found = f"{strike}{claim.finding}{strike} ({OUTCOME_LABELS[claim.outcome]})"
    found += f" Limits: {claim.limits}" if claim.limits else ""
    found += f" Speaks of: {seed_text(claim)}." if claim.seed else ""
    people = "; ".join(part for part in (claim.sample, claim.population) if part != "-") or "–"
    cells = (
        claim.grade if claim.scored else f"{claim.grade}, {NOT_SCORED}",
        f"`{claim.id}`",
        found,
        f"{strike}{claim.effect}{strike}" if claim.printable else f"*{claim.shown_effect}*",
        people,
        source_text(claim),
        CHECKED_WORDS[claim.checked],
        ", ".join(f"`{table.claim(other).id}`" for other in claim.contradicted_by) or "–",
    )
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(evidence_page(), encoding="utf-8")
