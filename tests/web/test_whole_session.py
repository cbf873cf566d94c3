"""Whole sessions, clicked as lab staff would, with what goes wrong in a lab; every step is kept as a picture."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from command_line import run_here
from lab_server import drop_jump_boards, lab_server
from landing_lab.sim.link import LinkFaults
from web.conftest import Watched
from web.driving import (
    Shots,
    State,
    accept,
    assert_same,
    begin,
    press,
    session_of,
    state_of,
    summarised,
    trials_of,
    under_way,
    until,
    verdict_on,
)

pytestmark = pytest.mark.slow

SLOW_SPEED = 3.0
"""Boards are looked at for 1.2 s before a session: faster ones would be unplugged then, not in the jump."""

GONE = ("WebSocket connection", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "Failed to fetch")
"""What a browser writes to its console while the lab is away; no page can keep it from doing so."""


def test_five_drop_jumps_with_a_rejection_an_undo_and_a_reload(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    shots = Shots("five")
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        begin(page, shots, trials=5)
        until(page, lambda now: session_of(now).get("stage") == "armed" or verdict_on(1)(now))
        shots.glance(page, "armed")
        until(page, lambda now: session_of(now).get("stage") == "moving" or verdict_on(1)(now))
        shots.glance(page, "recording")
        until(page, lambda now: session_of(now).get("stage") in ("landed", "complete") or verdict_on(1)(now))
        shots.glance(page, "landed")
        first = until(page, verdict_on(1))
        shots.take(page, "result")
        press(page, "Reject …")
        expect(page.locator("dialog")).to_be_visible()
        shots.take(page, "reject")
        page.fill("#own-text", "looked <i>down</i>")
        page.locator("dialog form button").click()
        until(page, lambda now: session_of(now).get("undoable"))
        page.keyboard.press("u")  # boards that play six times as fast leave a second for it
        again = until(page, verdict_on(1))
        shots.glance(page, "undone")
        assert session_of(again)["cards"] == session_of(first)["cards"], "its numbers are not computed anew"
        press(page, "Reject …")
        page.locator("dialog .reasons button").first.click()
        until(page, lambda now: not verdict_on(1)(now))
        cards = {}
        for number in range(1, 6):
            state = accept(page, number)
            cards[session_of(state)["run"]] = session_of(state)["cards"]
            if number == 2:
                until(page, lambda now: under_way(3)(now) or verdict_on(3)(now))
                page.reload()
                until(page, lambda now: session_of(now).get("number") == 3)
                assert state_of(page)["drives"], "a page that is reloaded still drives"
        summary = summarised(page)["summary"]
        expect(page.locator("#main")).to_contain_text("5 of 5 trials accepted")
        shots.take(page, "summary", whole=True)
    folder = tmp_path / "sub-P07/ses-01"
    entries = trials_of(tmp_path)
    assert [one["verdict"] for one in entries] == ["rejected", *["accepted"] * 5]
    for entry in entries[1:]:
        (card,) = cards[entry["run"]]
        assert_same(card, folder / entry["file"])
    assert {"report.html", "metrics.csv", "analysis.json"} <= {path.name for path in folder.iterdir()}
    assert set(summary["written"]) <= {path.name for path in folder.iterdir()}
    document = json.loads((folder / "analysis.json").read_text())
    assert len(document["trials"]) == 5
    for trial, entry in zip(document["trials"], entries[1:], strict=True):
        rows = {(row["name"], row["side"]): row for row in trial["metrics"]}
        (card,) = cards[entry["run"]]
        assert all(row == rows[row["name"], row["side"]] for row in card["metrics"])
    again_computed = run_here("reanalyse", tmp_path, "--check")
    assert again_computed.returncode == 0, again_computed.stdout


def test_an_insole_that_is_unplugged_and_a_tab_that_is_closed(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    """The trial goes on to its end and is marked; the recording needs no page; a new tab drives after some seconds."""
    shots = Shots("unplugged")
    faults = [LinkFaults(unplug_after_s=6.0, return_after_s=3.0), LinkFaults(), LinkFaults()]
    with drop_jump_boards(speed=SLOW_SPEED, faults=faults) as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        begin(page, trials=2)
        state = until(page, verdict_on(1))
        assert any("insole" in one["text"] for one in session_of(state)["findings"]), session_of(state)["findings"]
        shots.take(page, "result-with-stop")
        expect(page.locator("#verdict [data-key=p]")).to_have_class("primary")
        press(page, re.compile("^Accept"))
        expect(page.get_by_role("button", name="Accept all the same")).to_be_visible()
        expect(page.locator("#verdict [data-key=p]")).to_have_class("primary")
        assert "Repeat" in page.locator("#verdict button").first.inner_text(), "a second tap does not accept"
        page.wait_for_timeout(800)  # a second press within 0.7 s is taken for a double click
        page.keyboard.press("Enter")
        until(page, lambda now: session_of(now).get("phase") == "recording")
        expect(page.locator(".findings .judged")).to_contain_text("Trial 1 rejected (repeated)")
        context = page.context
        page.close()
        other = context.new_page()
        other.goto(lab.url)
        until(other, lambda now: now["drives"])
        shown = until(other, verdict_on(1))
        assert session_of(shown)["cards"], "recorded and measured while nobody looked"
        accept(other, 1)
        accept(other, 2)
        summarised(other)
        shots.take(other, "summary", whole=True)
    entries = trials_of(tmp_path)
    assert [one["verdict"] for one in entries] == ["rejected", "accepted", "accepted"]
    assert any("insole" in note for note in entries[0]["notes"])
    assert (tmp_path / "sub-P07/ses-01" / entries[0]["file"]).is_file()
    assert run_here("reanalyse", tmp_path, "--check").returncode == 0


def test_a_session_is_left_at_once_while_an_insole_is_away(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    """Its link looks for it for half a minute; who quits does not wait, and the boards are looked for anew."""
    shots = Shots("away")
    faults = [LinkFaults(unplug_after_s=6.0), LinkFaults(), LinkFaults()]
    with drop_jump_boards(speed=SLOW_SPEED, faults=faults) as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        begin(page, trials=2)
        if not is_away(until(page, lambda now: is_away(now) or verdict_on(1)(now))):  # on a slow machine before it
            accept(page, 1)
        until(page, is_away)
        expect(page.locator("#banner")).to_contain_text("A BOARD IS AWAY")
        expect(page.locator("#banner")).to_contain_text("Left insole: look at its cable and its power")
        shots.take(page, "waits")
        press(page, re.compile("^Quit"))
        press(page, "End it")
        until(page, lambda now: not is_away(now), within_s=15.0)
        n_accepted = summarised(page)["summary"]["n_accepted"]
        shots.take(page, "left")
        press(page, re.compile("^Go on"))
        said = session_of(until(page, lambda now: session_of(now).get("phase") == "recording"))["said"]
        assert any("Left insole" in one or "insole_left" in one for one in said if "does not answer" in one), said
        press(page, re.compile("^Quit"))
        press(page, "End it")
        summarised(page)
    assert [one["verdict"] for one in trials_of(tmp_path)].count("accepted") == n_accepted


def is_away(state: State) -> bool:
    return session_of(state).get("phase") == "away"


def test_a_server_that_ends_in_mid_trial_goes_on_with_one_click(
    tmp_path: Path, open_page: Callable[..., Page], watched: Watched
) -> None:
    """Killed, interrupted and told to end, one after the other, each in the middle of a trial; nothing is lost."""
    watched.allowed.extend(GONE)
    shots = Shots("ended")
    with drop_jump_boards() as ports:
        for n_accepted, number in enumerate((signal.SIGKILL, signal.SIGINT, signal.SIGTERM), start=1):
            with lab_server(tmp_path, *ports) as lab:
                page = open_page(lab)
                if n_accepted == 1:
                    begin(page, trials=4)
                else:
                    go_on(page, n_accepted - 1, shots)
                accept(page, n_accepted)
                until(page, under_way(n_accepted + 1))
                before = trials_of(tmp_path)
                assert lab.stop(number) == (-number if number == signal.SIGKILL else 0)
                expect(page.locator("#alerts")).to_contain_text("The lab does not answer")
                shots.glance(page, f"away-{number.name}")
            # in good order a trial in which nobody had moved yet is none; killed, it stays
            left = named(before) if number == signal.SIGKILL else named(before)[:-1]
            assert named(trials_of(tmp_path))[: len(left)] == left
            assert [one["verdict"] for one in before].count("accepted") == n_accepted
            assert before[-1]["verdict"] == "unfinished"
        with lab_server(tmp_path, *ports) as lab:
            page = open_page(lab)
            go_on(page, 3, shots)
            accept(page, 4)
            state = summarised(page)
            expect(page.locator("#main")).to_contain_text("4 of 4 trials accepted")
            shots.take(page, "summary", whole=True)
    after = trials_of(tmp_path)
    kept = [[one for one in trials if one["verdict"] == "accepted"][:3] for trials in (before, after)]
    assert kept[0] == kept[1], "what was accepted stays as it was"
    folder = tmp_path / "sub-P07/ses-01"
    assert all((folder / one["file"]).is_file() for one in after), "a trial that was cut off keeps its samples"
    assert len(json.loads((folder / "analysis.json").read_text())["trials"]) == 4
    assert state["summary"]["n_accepted"] == 4
    assert run_here("reanalyse", tmp_path, "--check").returncode == 0


def test_a_verdict_that_was_open_when_the_server_was_killed_is_given_without_another_jump(
    tmp_path: Path, open_page: Callable[..., Page], watched: Watched
) -> None:
    """Killed while the verdict was waited for, and again as soon as Accept had been pressed."""
    watched.allowed.extend(GONE)
    shots = Shots("open-verdict")
    with drop_jump_boards() as ports:
        with lab_server(tmp_path, *ports) as lab:
            page = open_page(lab)
            begin(page, trials=2)
            first = session_of(until(page, verdict_on(1)))
            lab.stop(signal.SIGKILL)
        for _ in range(2):
            with lab_server(tmp_path, *ports) as lab:
                page = open_page(lab)
                press(page, "Continue session 01 of P07: 0 of 2 done")
                shown = session_of(until(page, verdict_on(1)))
                assert shown["cards"] == first["cards"], "the numbers of the trial that was recorded"
                expect(page.locator(".peaks")).to_contain_text("Recorded before")
                shots.take(page, "asked-again")
                press(page, re.compile("^Accept"))
                lab.stop(signal.SIGKILL)
            if any(one["verdict"] == "accepted" for one in trials_of(tmp_path)):
                break  # the disk was faster
        with lab_server(tmp_path, *ports) as lab:
            page = open_page(lab)
            page.get_by_role("button", name=re.compile("Continue session 01 of P07")).click()
            until(page, lambda now: verdict_on(1)(now) or session_of(now).get("number") == 2)
            if session_of(state_of(page))["number"] == 1:
                accept(page, 1)
            accept(page, 2)
            summarised(page)
    assert [one["verdict"] for one in trials_of(tmp_path)] == ["accepted", "accepted"]
    assert run_here("reanalyse", tmp_path, "--check").returncode == 0


def named(trials: list[State]) -> list[tuple[str, str]]:
    """Files and verdicts; a session that is ended in good order also says how well boards were heard."""
    return [(one["file"], one["verdict"]) for one in trials]


def go_on(page: Page, n_accepted: int, shots: Shots) -> None:
    """Continue the session that was cut off."""
    page.get_by_role("button", name=f"Continue session 01 of P07: {n_accepted} of 4 done").wait_for()
    if n_accepted == 1:
        shots.take(page, "continue")
    press(page, "Continue session 01 of P07")
