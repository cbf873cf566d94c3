"""Protocols are data: those that come with the lab, and a lab's own file; and the list of trials they make."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from landing_lab.app.record.plan import open_trials, planned_trials
from landing_lab.app.record.protocols import PROTOCOLS, TASKS, Protocol, protocol_of, with_conditions
from landing_lab.app.record.run import protocol_wanted
from landing_lab.errors import ParameterError
from landing_lab.io.dataset_names import run_stem

OWN = """
name = "hop_40cm"
task = "drop_jump"
start = "box"
box_height_m = 0.40
n_trials = 3
conditions = ["flat", "heel_lift"]
order = "random"
"""


def test_every_protocol_can_be_recorded() -> None:
    assert PROTOCOLS[0].name == "drop_jump"
    assert PROTOCOLS[0].box_height_m == pytest.approx(0.30)
    assert PROTOCOLS[0].n_trials == 5
    assert len({one.name for one in PROTOCOLS}) == len(PROTOCOLS)
    for one in PROTOCOLS:
        assert one.task in TASKS
        assert one.go
        assert run_stem("P07", "01", one.name, 1)
        assert one.leg == "both" or one.caution
        assert (one.box_height_m is None) == (one.start == "plates")


def test_a_lab_s_own_protocol_is_a_small_file(tmp_path: Path) -> None:
    file = tmp_path / "hop.toml"
    file.write_text(OWN)
    own = protocol_of(str(file))
    assert own.name == "hop_40cm"
    assert own.title == "Hop 40cm"
    assert own.conditions == ("flat", "heel_lift")
    assert own.n_touchdowns == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("n_trials = 0", "0 trials"),
        ('n_trials = "three"', "whole number"),
        ("box_height_m = 40", "box_height_m=40"),
        ('box_height_m = "40 cm"', "must be a number"),
        ('task = "salto"', "task = 'salto'"),
        ('order = "by mood"', "order = 'by mood'"),
        ('conditions = ["flat", "flat"]', "each once"),
        ('conditions = ["../etc"]', "cannot become part of a file"),
        ("conditions = 3", "a list of names; got 3"),
        ('conditions = [["a"]]', "a list of names"),
        ("conditions = [{a = 1}]", "a list of names"),
        ('conditions = "flat"', "a list of names; got 'flat'"),
        (f"conditions = {'[' * 400}{']' * 400}", "a list of names"),
        (f"conditions = {'[' * 5000}{']' * 5000}", "no TOML"),
        (f"n_trials = {'9' * 6000}", "no TOML"),
        (f"n_trials = {'9' * 4000}", "9 trials were asked for"),
        ('title = "\x00\xff"', "no TOML"),
        ('name = "../etc"', "cannot become part of a file name"),
        ("name = 7", "is a text"),
        ("colour = 1", "'colour', which no protocol has"),
        ("name = ", "no TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "hop.toml"
    key = line.split(" ", maxsplit=1)[0]
    file.write_text("\n".join([one for one in OWN.splitlines() if not one.startswith(f"{key} ")] + [line]))
    with pytest.raises(ParameterError) as caught:
        protocol_of(str(file))
    assert told in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(tmp_path))


def test_what_never_ends_or_is_no_text_is_no_protocol(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    (tmp_path / "long.toml").write_bytes(b"#" * 1_000_001)
    for name, told in (("binary", "is no TOML"), ("long", "larger than 1 MB")):
        with pytest.raises(ParameterError, match=told):
            protocol_of(str(tmp_path / f"{name}.toml"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.toml")
        with pytest.raises(ParameterError, match="a device or a pipe"):
            protocol_of(str(tmp_path / "pipe.toml"))


def test_orders_and_conditions_that_cannot_be_meant_are_refused() -> None:
    with pytest.raises(ParameterError, match="drop_jump has none"):
        protocol_wanted("drop_jump", None, "random")
    with pytest.raises(ParameterError, match="--conditions names none"):
        protocol_wanted("drop_jump", " ,,, ", None)
    assert protocol_wanted("drop_jump", "flat, heel_lift", "random").conditions == ("flat", "heel_lift")
    assert protocol_wanted("drop_jump_cue", None, "given").order == "given"


def test_a_protocol_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="drop_landing"):
        protocol_of("marathon")
    with pytest.raises(ParameterError, match="cannot be read"):
        protocol_of(str(tmp_path / "none.toml"))
    (tmp_path / "a.toml").write_text('name = "a"\ntask = "drop_jump"')
    with pytest.raises(ParameterError, match="does not say its start"):
        protocol_of(str(tmp_path / "a.toml"))
    with pytest.raises(ParameterError, match="no order"):
        with_conditions(PROTOCOLS[0], (), "by mood")


def conditions_of(order: str, *, seed: int = 1) -> list[str]:
    protocol = with_conditions(
        Protocol(name="a", title="A", task="drop_jump", start="box", n_trials=3), ("x", "y"), order
    )
    return [trial.condition for trial in planned_trials(protocol, seed=seed)]


def test_orders_of_conditions() -> None:
    assert conditions_of("given") == ["x", "x", "x", "y", "y", "y"]
    assert conditions_of("alternating") == ["x", "y"] * 3
    drawn = conditions_of("random", seed=4)
    assert drawn == conditions_of("random", seed=4)
    assert all(Counter(drawn[i : i + 2]) == {"x": 1, "y": 1} for i in (0, 2, 4)), "balanced in every round"
    assert len({tuple(conditions_of("random", seed=seed)) for seed in range(20)}) > 3


def test_what_is_left_follows_what_was_accepted_and_given_up() -> None:
    protocol = with_conditions(PROTOCOLS[0], ("x", "y"), "alternating")
    plan = planned_trials(protocol, seed=0)
    left = open_trials(plan, {"x": 2, "y": 1}, frozenset({6}))
    assert [trial.number for trial in left] == [4, 5, 7, 8, 9, 10]
    assert left[0].condition == "y"
    assert not open_trials(plan, {"x": 5, "y": 5})
