"""Write docs/metrics.md, the table of every metric, from the declarations in src/landing_lab/metrics.

Run it with `make docs-tables`; a test fails where the file is older than the declarations.
"""

from __future__ import annotations

from pathlib import Path

from landing_lab.report.explain import SIDE_WORDS, explanations_by_family, tasks_in_words

PAGE = Path(__file__).with_name("metrics.md")

OPENING = """# Every metric

Written by `make docs-tables` from the declarations in `src/landing_lab/metrics`; do not edit it by hand. How events, body weight and uncertainty come about is in [definitions.md](definitions.md). `landing-lab analyse --explain NAME` says the same of one metric, and what a refusal of it usually means.

"From" is the least sample rate and, where it matters, the least bandwidth of sensor and filters; below it the metric is refused with that reason. "Typical" is the range seen in healthy adults.
"""  # noqa: E501
COLUMNS = ("name", "definition", "unit", "sides", "tasks", "needs", "from", "typical", "source")


def metrics_page() -> str:
    """The whole page as text: one table per family, in the order of reports."""
    told = explanations_by_family()
    parts = [OPENING]
    for family, metrics in told.items():
        rows = map(_row, metrics)
        head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
        parts.append("\n".join([f"## {family}\n", head, *rows]) + "\n")
    parts.append(f"{sum(map(len, told.values()))} metrics.\n")
    return "\n".join(parts)


def _row(one: dict[str, object]) -> str:
    definition = " ".join(str(one["definition"]).split())
    if one["formula"]:
        definition += f" Formula: {one['formula']}"
    bandwidth = one["min_bandwidth_hz"]
    least = f"{one['min_rate_hz']:g} Hz" + (f"; bandwidth {bandwidth:g} Hz" if bandwidth else "")
    cells = (
        f"`{one['name']}`",
        definition,
        one["unit"],
        SIDE_WORDS.get(str(one["sides"]), one["sides"]),
        tasks_in_words([str(task) for task in _listed(one["tasks"])]),
        "; ".join(str(need) for need in _listed(one["needs_in_words"])) or "nothing but a trial",
        least,
        one["typical"] or "–",
        one["source"],
    )
    return "| " + " | ".join(" ".join(str(cell).split()).replace("|", "\\|") for cell in cells) + " |"


def _listed(values: object) -> list[object]:
    return list(values) if isinstance(values, list) else []


if __name__ == "__main__":
    PAGE.write_text(metrics_page(), encoding="utf-8")
