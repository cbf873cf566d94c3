"""The lab page from the first look at the boards to a session on disk, clicked in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from command_line import run
from lab_server import drop_jump_boards, lab_server


@pytest.mark.slow
def test_a_session_of_two_trials_is_recorded_and_its_numbers_are_those_of_the_files(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        page.get_by_role("button", name="Use these boards").click()
        page.fill("#participant", "P07")
        page.get_by_role("button", name="Next").click()
        page.fill("#n_trials", "2")
        page.get_by_role("button", name="Start the session").click()
        for _ in range(2):
            page.get_by_role("button", name="Accept").click()
        page.get_by_role("button", name="Next athlete").wait_for()
        (card,) = page.evaluate("window.landingLab.state.session.cards")
    state = json.loads((tmp_path / "sub-P07/ses-01/session.json").read_text())
    assert [trial["verdict"] for trial in state["trials"]] == ["accepted", "accepted"]
    raw = tmp_path / "sub-P07/ses-01" / state["trials"][-1]["file"]
    (trial,) = json.loads(run("analyse", raw, "--format", "json", "--box-height-m", "0.3").stdout)["trials"]
    written = {(row["name"], row["side"]): row for row in trial["metrics"]}
    assert len(card["metrics"]) > 4
    for row in card["metrics"]:
        assert row == written[row["name"], row["side"]]
