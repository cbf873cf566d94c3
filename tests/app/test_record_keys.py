"""What is typed becomes commands when the session can use them, and the screen fits its terminal."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from landing_lab.app.record.events import REASONS, Command, Phase, PlanLine, SessionView
from landing_lab.app.record.gates import Finding
from landing_lab.app.record.keys import KeyCommands
from landing_lab.app.record.screen import screen
from landing_lab.app.terminal.keys import END_OF_INPUT, keyboard
from landing_lab.detect.live_peak import LivePeak


@dataclass
class Typed:
    lines: bool = False
    waiting: list[str] = field(default_factory=list)

    def read(self) -> list[str]:
        read, self.waiting = self.waiting, []
        return read


@dataclass
class Told:
    """Stands for a session: notes what it was told."""

    phase: Phase = "verdict"
    watch: Any = None
    judged: Any = None
    commands: list[Command] = field(default_factory=list)
    alone: bool = False

    def submit(self, command: Command) -> None:
        self.commands.append(command)

    def decide_alone(self) -> None:
        self.alone = True


def typed(*pieces: str, phase: Phase = "verdict", lines: bool = False) -> tuple[Told, KeyCommands]:
    told, keys = (
        Told(phase),
        KeyCommands(Typed(lines, [key for piece in pieces for key in ([piece] if lines else piece)])),
    )
    keys.tick(cast("Any", told))
    return told, keys


def test_one_key_judges_a_trial() -> None:
    assert typed("a")[0].commands == [Command(kind="accept")]
    assert typed("p")[0].commands == [Command(kind="repeat")]
    assert typed("r2")[0].commands == [Command(kind="reject", text=REASONS[1])]
    assert typed("rtslipped on\x7f\x7fup\r")[0].commands == [Command(kind="reject", text="slipped up")]
    assert typed("nnew shoes\n")[0].commands == [Command(kind="note", text="new shoes")]
    assert typed("r\x1ba")[0].commands == [Command(kind="accept")], "Esc goes back"
    assert typed("qx")[0].commands == [], "quitting is asked twice"
    assert typed("qy")[0].commands == [Command(kind="quit")]
    assert typed("\x04")[0].commands == [Command(kind="quit")]


def test_keys_that_mean_nothing_now_do_nothing() -> None:
    told, keys = typed("ap", phase="recording")
    assert told.commands == []
    assert "p means nothing here" in keys.line("recording")
    assert typed("e", phase="recording")[0].commands == [Command(kind="end")]


def test_u_takes_a_verdict_back_while_nothing_has_happened_since() -> None:
    watch = SimpleNamespace(nothing_happened=True, live=SimpleNamespace(stage="stand"))
    judged = SimpleNamespace(planned=SimpleNamespace(number=2), entry=SimpleNamespace(verdict="accepted"))
    told, typing = Told("recording", watch=watch, judged=judged), Typed(False, ["u"])
    keys = KeyCommands(typing)
    keys.tick(cast("Any", told))
    assert told.commands == [Command(kind="undo")]
    assert "u undo the last verdict" in keys.line("recording")
    watch.nothing_happened, typing.waiting = False, ["u"]
    keys.tick(cast("Any", told))
    assert told.commands == [Command(kind="undo")], "the next trial has begun"
    assert "u means nothing here" in keys.line("recording")
    assert typed("undo", lines=True, phase="recording")[0].commands == [Command(kind="undo")]


def test_the_question_about_quitting_goes_away_by_itself_and_with_the_stage() -> None:
    at = [0.0]
    told = Told("recording")
    typing = Typed(False, ["q"])
    keys = KeyCommands(typing, now=lambda: at[0])
    keys.tick(cast("Any", told))
    assert "End the session?" in keys.line("recording")
    at[0] = 5.1
    keys.tick(cast("Any", told))
    assert "End the session?" not in keys.line("recording")
    typing.waiting = ["q"]
    keys.tick(cast("Any", told))
    told.phase, typing.waiting = "verdict", ["a"]
    keys.tick(cast("Any", told))
    assert told.commands == [Command(kind="accept")], "the verdict is not taken for an answer"


def test_a_complaint_about_a_key_goes_with_its_stage() -> None:
    told, keys = typed("x", phase="recording")
    told.phase = "verdict"
    keys.tick(cast("Any", told))
    assert "means nothing" not in keys.line("verdict")


def test_no_force_is_shown_before_the_zero_is_known() -> None:
    lines = screen(view(zero_known=False, feet_n={}, load_n=9.0, weight_n=None), "", width=80, height=24)
    text = "\n".join(line for line, _ in lines)
    assert "zero not known yet" in text
    assert "9 N" not in text


def test_reasons_stand_one_per_line_where_there_is_room() -> None:
    keys = typed("r")[1].line("verdict")
    lines = [text for text, _ in screen(view(), keys, width=80, height=40)]
    assert f"2 {REASONS[1]}" in lines
    assert max(len(text) for text, _ in screen(view(), keys, width=60, height=20)) < 60


def test_words_wait_until_the_session_can_use_them() -> None:
    told, keys = typed("reject fell over", "accept", lines=True, phase="recording")
    assert told.commands == []
    told.phase = "verdict"
    keys.tick(cast("Any", told))
    assert told.commands == [Command(kind="reject", text="fell over")], "one verdict per trial"
    keys.tick(cast("Any", told))
    assert told.commands[1] == Command(kind="accept")
    assert not told.alone


def test_without_a_keyboard_the_gates_decide_after_the_last_word() -> None:
    told, keys = typed("note shoes", END_OF_INPUT, lines=True)
    assert told.commands == [Command(kind="note", text="shoes")]
    keys.tick(cast("Any", told))
    assert told.alone


def test_a_pipe_gives_lines_and_its_end() -> None:
    with keyboard(io.StringIO("accept\nquit\n")) as typing:
        read: list[str] = []
        while END_OF_INPUT not in read:
            read += typing.read()
    assert read == ["accept", "quit", END_OF_INPUT]


@pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX")
def test_a_terminal_gives_keys_at_once_and_is_restored() -> None:
    import termios

    keys, terminal = os.openpty()
    with os.fdopen(terminal, "r+b", buffering=0) as raw, io.TextIOWrapper(raw) as stream:  # type: ignore[arg-type]
        before = termios.tcgetattr(stream.fileno())
        with keyboard(stream) as typing:
            assert not typing.lines
            os.write(keys, b"a")
            read: list[str] = []
            while not read:
                read = typing.read()
            assert read == ["a"]
            os.write(keys, b"\x1b[A")
            assert typing.read() == [], "an arrow is no letter"
        assert termios.tcgetattr(stream.fileno()) == before
    os.close(keys)


def view(**more: Any) -> SessionView:
    plan = tuple(
        PlanLine(number=number, condition="heel_lift", status="accepted" if number < 40 else "open")
        for number in range(1, 61)
    )
    base: dict[str, Any] = {
        "participant": "P07", "session": "01", "protocol": "Drop jump, before and after fatigue", "phase": "recording",
        "stage": "armed", "headline": "READY", "instruction": "plates empty: step off the box", "number": 40,
        "condition": "post_fatigue", "n_planned": 60, "elapsed_s": 12.0, "load_n": 700.0, "weight_n": 700.0,
        "feet_n": {"left": 340.0, "right": 360.0}, "insoles": {"insole_left": True}, "plan": plan,
    }  # fmt: skip
    return SessionView(**{**base, **more})


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("height", [20, 24, 50])
def test_the_screen_fits(width: int, height: int) -> None:
    findings = tuple(
        Finding(f"f{n}", "warn", "a board loses frames: use a shorter cable or another port") for n in range(9)
    )
    lines = screen(
        view(findings=findings), "a accept   r reject   p repeat   n note   q quit", width=width, height=height
    )
    assert max(len(text) for text, _ in lines) < max(40, width)
    assert len(lines) <= height - 1
    text = "\n".join(line for line, _ in lines)
    assert "R E A D Y" in text
    assert "accept" in text


def test_the_screen_shows_force_stops_and_the_trial_of_now() -> None:
    stop = Finding("silent plate", "stop", "plate has been silent for 3 s: look at its cable and its power")
    lines = screen(view(findings=(stop,)), "", width=80, height=24)
    text = "\n".join(line for line, _ in lines)
    assert "340 N" in text
    assert "49 % BW" in text
    assert "STOP: plate has been silent" in text
    assert "trial 40 of 60, post fatigue" in text
    assert any("red" in style for _, style in lines)


def test_a_peak_in_doubt_says_so_once() -> None:
    peaks = {"left": LivePeak(1100.0, 14.0, 0.05, "the plate is old"), "right": LivePeak(900.0, 12.0, 0.05)}
    lines = [text for text, _ in screen(view(peaks=peaks), "a: accept", width=100, height=40)]
    assert any(line.startswith("peak left 1100+-14?, right 900+-12 N") for line in lines)
    assert [line for line in lines if "?:" in line] == ["?: the plate is old"]
    sure = {"left": peaks["right"]}
    assert not any("?" in text for text, _ in screen(view(peaks=sure), "a: accept", width=100, height=40))
