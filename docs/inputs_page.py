"""Write docs/inputs.md, what a laboratory can enter, from the description of the fields.

Run it with `python docs/inputs_page.py`; a test fails where the page is older than the fields.
"""

from __future__ import annotations

from pathlib import Path

from landing_lab.analysis.inputs.fields import InputField, input_fields
from landing_lab.analysis.inputs.less import ITEMS, MDC95_POINTS
from landing_lab.analysis.inputs.observation import FPPA_BANDS_DEG, WHOM
from landing_lab.analysis.inputs.prefill import VISIBLE_DELAY_S
from landing_lab.analysis.reliability.borrowed import FPPA_SD_DEG
from landing_lab.analysis.trial_table import LEAST_TRIALS

PAGE = Path(__file__).with_name("inputs.md")

OPENING = """# What a laboratory enters

Written by `python docs/inputs_page.py` from the description of the fields; do not edit it by hand. Only `prior_injury` is demanded. Everything is checked against its range; a mistake is one sentence, and nothing is stored.

```
landing-lab inputs template P07.toml                                   a form with every field
landing-lab inputs set study --participant P07 --file P07.toml --by MK
landing-lab inputs set study --participant P07 lunge_left_cm=9.5 less.5=1      the newest session; --session 02 for another
landing-lab inputs set study --participant P07 less.5=                 takes an entry away
landing-lab inputs show study --participant P07 --json
```

The [lab page](how_to/lab_page.md) has all of this as a form; it checks and stores by the same code as `landing-lab inputs set`, with who entered it in the history.

They stand in `sub-P07/ses-02/field_inputs.json` (schema `landing-lab.inputs/1`): `inputs`, and `history` with who entered which fields when. `landing-lab inputs template --json` describes every field for programs. In Python: `landing_lab.analysis.inputs.files` (`read_inputs`, `session_inputs`, `write_session_inputs`).
"""  # noqa: E501


def inputs_page() -> str:
    """The whole page as text."""
    parts = [OPENING, _observation(), _less()]
    for group in dict.fromkeys(field.group for field in input_fields() if not field.name.startswith("less.")):
        rows = ["| field | what | takes | for |", "|---|---|---|---|"]
        rows += [_row(field) for field in input_fields() if field.group == group and not field.name.endswith(_RIGHT)]
        parts.append("\n".join([f"## {group}\n", *rows]) + "\n")
    return "\n".join(parts)


_RIGHT = ("_right", "_right_cm", "_right_mm", "_right_deg", "_right_pct_bw")


def _observation() -> str:
    ranges = "; ".join(
        f"{task.replace('_', ' ')} "
        + ", ".join(f"{WHOM[sex]} {low:g} to {high:g} deg" for sex, (low, high) in bands.items())
        for task, bands in FPPA_BANDS_DEG.items()
    )
    return f"""## What counts as an observation of the knee

Without one of these, nothing is said about knee valgus of an athlete. They are the fields marked "observation" below, and LESS items 5 and 15.

| entry | shows valgus | shows none | cannot tell |
|---|---|---|---|
| frontal-plane projection angle | above the usual range by more than its error | below the upper end of the range by more than its error | else |
| LESS item 5 or 15 | 1 | 0 | – |
| single-leg squat, rated | poor | good | reduced |
| knee seen to go inwards | true | false | – |
| the same with lifted heels | true | – | false: it says nothing of flat feet |

Usual ranges (Herrington and Munro 2010): {ranges}; the error of an angle from a phone is {FPPA_SD_DEG:g} deg. Without the sex both ranges have to agree. Where entries disagree, one that shows valgus counts, and the disagreement is told.
"""  # noqa: E501


def _less() -> str:
    rows = ["| item | where to look | 0 | 1 | 2 |", "|---|---|---|---|---|"]
    for item in ITEMS:
        scores = [*item.scores, *["–"] * (3 - len(item.scores))]
        rows.append(f"| `less.{item.number}` {item.name} | {item.look} | {' | '.join(scores)} |")
    low, high = MDC95_POINTS
    closing = f"""
A change of the total below {low:g} to {high:g} points is within its error. A total of fewer than 17 items is no LESS score. Sensors fill in two items where nobody rated them, from at least {LEAST_TRIALS} drop jumps that agree beyond the uncertainty of their timing: 4 (insoles under both feet: each forefoot before its heel) and 11 (both feet within {1000 * VISIBLE_DELAY_S:.0f} ms, one picture of a usual camera; our convention). Item 16 is only suggested, and only from a norm of this laboratory: no published force tells soft from stiff as a rater sees it. What a rater entered always stays.
"""  # noqa: E501
    return (
        "\n".join(["## Landing Error Scoring System (Padua 2009, doi:10.1177/0363546509343200)\n", *rows])
        + "\n"
        + closing
    )


def _row(field: InputField) -> str:
    both = f"_left{field.name.rpartition('_left')[2]}" if "_left" in field.name else ""
    name = f"`{field.name}`" + (f", `{both.replace('left', 'right')}`" if both else "")
    label = field.label.removesuffix(", left") + (" (observation)" if field.observation else "")
    takes = field.takes
    if field.meanings:
        takes = "; ".join(f"{one}: {meaning}" for one, meaning in zip(field.choices, field.meanings, strict=True))
    return f"| {name} | {label} | {takes} | {field.help} |"


if __name__ == "__main__":
    PAGE.write_text(inputs_page(), encoding="utf-8")
