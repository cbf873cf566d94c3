"""The example study beside its truth, for tests."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from notebooks.run import with_data

import landing_lab as ll
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.app.datasets.example.truth import METRICS

TRUTH = Path("derivatives") / "truth"


def whole_study() -> Path:
    """All 24 athletes, where `make notebooks` has them: made by whoever asks first. Nothing may be written there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANDING_LAB_DATA", with_data(dict(os.environ))["LANDING_LAB_DATA"])
        return ll.fetch_dataset("example")


def truth(dataset: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(dataset / TRUTH / f"{name}.tsv", sep="\t", keep_default_na=False, na_values=["n/a"])


def true_trials(dataset: Path) -> TrialTable:
    """The true values of every trial as the table that analyses read."""
    table = truth(dataset, "trials")
    parts = [
        pd.DataFrame(
            {
                "participant": table["participant_id"].str.removeprefix("sub-"),
                "session": table["session_id"].str.removeprefix("ses-"), "run": table["run"], "task": "drop_jump",
                "condition": table["condition"], "name": name, "side": side, "value": table[f"true_{name}_{side}"],
                "unit": "", "sd": 0.0, "status": "ok",
            }
        )
        for name, side in METRICS
    ]  # fmt: skip
    return TrialTable(pd.concat(parts, ignore_index=True), pd.DataFrame())


def beside_truth(dataset: Path, name: str, side: str) -> pd.DataFrame:
    """value and sd as measured, and true, one row per trial."""
    keys = ["participant", "session", "run", "condition"]
    measured = ll.read_trials(dataset).of(name, side)[[*keys, "value", "sd"]].astype(dict.fromkeys(keys, str))
    true = true_trials(dataset).of(name, side)[[*keys, "value"]].astype(dict.fromkeys(keys, str))
    return measured.merge(true.rename(columns={"value": "true"}), on=keys, how="left", validate="one_to_one")
