"""The top of the example dataset: who took part, what the columns mean, and what it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from landing_lab.app.datasets.example.athletes import athlete
from landing_lab.app.datasets.example.sensing import write_plate
from landing_lab.app.datasets.example.truth import table_text
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_tables import DESCRIPTION_FILE, PARTICIPANTS_FILE

COLUMNS = {
    "participant_id": {"Description": "Pseudonym of the participant; the folder sub-<pseudonym> without its sub-"},
    "sex": {"Description": "Sex", "Levels": {"female": "female", "male": "male"}},
    "age_years": {"Description": "Age at the first session; missing (n/a) for one athlete", "Units": "years"},
    "mass_kg": {"Description": "Body mass as weighed", "Units": "kg"},
    "group": {"Description": "acl_reconstructed for the athlete with a reconstructed ligament, else healthy"},
    "contrast": {"Description": "yes for those who came to the third session (flat against heel lift)"},
    "simulated": {"Description": "yes: nobody was measured, the athlete was simulated by landing-lab"},
}
AGE_UNKNOWN = "P22"


def dictionary() -> str:
    """The data dictionary as Markdown."""
    return (files("landing_lab.app.datasets.example") / "dictionary.md").read_text(encoding="utf-8")


def write_top(dataset: Dataset, athletes: Sequence[str]) -> None:
    """Make the dataset, list its athletes, write what it is, and calibrate the plate."""
    from landing_lab.app.datasets.example import design

    root = dataset.path
    root.mkdir(parents=True)
    rows = []
    for name in athletes:
        who = athlete(name)
        rows.append(
            {
                "participant_id": f"sub-{name}", "sex": who.sex,
                "age_years": None if name == AGE_UNKNOWN else who.age_years, "mass_kg": who.mass_kg,
                "group": "acl_reconstructed" if name == design.ASYMMETRIC else "healthy",
                "contrast": "yes" if name in design.CONTRASTED else "no", "simulated": "yes",
            }
        )  # fmt: skip
    _text(root / "README.md", dictionary())
    _text(root / PARTICIPANTS_FILE, table_text(rows))
    _text(root / "participants.json", _json(COLUMNS))
    dataset.create()  # completes what is not there yet
    description = json.loads((root / DESCRIPTION_FILE).read_text(encoding="utf-8"))
    _text(root / DESCRIPTION_FILE, _json({**description, "Name": "landing-lab example study (simulated)"}))
    write_plate(root)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
