"""What the first page is told of a session besides its numbers, whatever of it can be read."""

from __future__ import annotations

from pathlib import Path

from landing_lab.analysis.inputs.files import inputs_from, write_session_inputs
from landing_lab.app.record.account import SessionAccount, told_of
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder


def account_of(folder: SessionFolder) -> SessionAccount:
    return SessionAccount(folder=folder.path, participant=folder.participant, session=folder.label, entries=())


def test_entries_without_a_landing_to_judge_are_told_all_the_same(tmp_path: Path) -> None:
    folder = Dataset(tmp_path / "study").create().new_session("P07")
    nothing = told_of(account_of(folder), [], [])
    assert (nothing.screening, nothing.alone, nothing.why_not) == (None, None, "")
    inputs = inputs_from({"prior_injury": "acl", "prior_injury_side": "right", "pain": "at_rest"})
    write_session_inputs(folder.path, inputs, by="RT")
    told = told_of(account_of(folder), [], [])
    assert told.screening is None
    assert told.why_not.startswith("The screening could not be made: ")
    assert told.entered.endswith("by RT.")
    assert told.alone is not None
    assert told.alone.referral.reasons == ("pain at rest",)
    assert len(told.alone.history) == 1


def test_a_damaged_file_of_entries_is_said_and_stops_nothing(tmp_path: Path) -> None:
    folder = Dataset(tmp_path / "study").create().new_session("P07")
    (folder.path / "field_inputs.json").write_text("{")
    told = told_of(account_of(folder), [], [])
    assert (told.screening, told.alone) == (None, None)
    assert "field_inputs.json" in told.why_not
