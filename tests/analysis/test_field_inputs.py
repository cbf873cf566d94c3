"""Inputs of a laboratory: one description of every field, one sentence for every mistake, files that come back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from landing_lab.analysis.inputs.field_inputs import LESS_MOST, FieldInputs
from landing_lab.analysis.inputs.fields import InputField, fields_by_name, input_fields
from landing_lab.analysis.inputs.files import (
    FILE_NAME,
    entries_of,
    inputs_from,
    read_inputs,
    session_document,
    session_inputs,
    write_session_inputs,
)
from landing_lab.analysis.inputs.less import ITEMS, MDC95_POINTS, VALGUS_ITEMS, less_total
from landing_lab.errors import FileFormatError, ParameterError

NEEDED = {"prior_injury": "none"}
FIELDS = input_fields()


def wrong(**entries: object) -> str:
    """The one sentence on entries of which one cannot be."""
    with pytest.raises(ParameterError) as told:
        inputs_from({**NEEDED, **entries})
    assert "\n" not in str(told.value)
    return str(told.value)


def with_position(field: InputField, value: object) -> dict[str, object]:
    return {**NEEDED, "hip_test_position": "supine", field.name: value}


def test_every_field_is_described_and_every_description_is_a_field() -> None:
    described = [field.name for field in FIELDS]
    assert len(set(described)) == len(described)
    assert {name.partition(".")[0] for name in described} == set(FieldInputs.model_fields)
    assert [field.name for field in FIELDS if field.required] == ["prior_injury"]
    assert all(field.help.endswith((".", "5)")) or field.name.startswith("less.") for field in FIELDS)


@pytest.mark.parametrize(
    "field", [one for one in FIELDS if one.kind in {"number", "whole_number"}], ids=lambda one: one.name
)
def test_a_described_range_is_the_range_that_is_checked(field: InputField) -> None:
    assert field.low is not None
    assert field.high is not None
    number = float if field.kind == "number" else int
    for value in (field.low, field.high):
        assert getattr(inputs_from(with_position(field, number(value))), field.name) == value
    for value in (field.low - 1, field.high + 1):
        with pytest.raises(ParameterError, match=f"takes {field.takes}; got"):
            inputs_from(with_position(field, number(value)))


@pytest.mark.parametrize("field", [one for one in FIELDS if one.kind == "number"], ids=lambda one: one.name)
def test_a_number_has_the_unit_of_its_name(field: InputField) -> None:
    ending = {
        "cm": "_cm",
        "mm": "_mm",
        "deg": "_deg",
        "% of body weight": "_pct_bw",
        "kg": "_kg",
        "years": "_years",
        "s": "_s",
    }
    assert field.name.endswith(ending[field.unit])


@pytest.mark.parametrize("field", [one for one in FIELDS if one.kind == "choice"], ids=lambda one: one.name)
def test_every_choice_that_is_offered_is_taken(field: InputField) -> None:
    beside: dict[str, object] = {"prior_injury": "acl"}
    if field.name.startswith("valgus_"):
        beside[field.name.removesuffix("_side")] = True
    for choice in field.choices:
        value = int(choice) if field.name.startswith("less.") else choice
        inputs_from({**beside, field.name: value})
    assert not field.meanings or len(field.meanings) == len(field.choices)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"lunge_left_cm": 90.0}, "lunge_left_cm (weight-bearing lunge, left) takes a number from 0 to 25 cm; got 90;"),
        ({"lunge_left_cm": "9,5"}, "got '9,5'; write 9.5, with a point"),
        ({"lunge_left_cm": "9,5 cm"}, "got '9,5 cm'; write 9.5, without the unit"),
        ({"lunge_left_cm": 0.12}, "lunge_left_cm is 0.12 cm; did you enter metres? write centimetres, 12"),
        ({"lunge_left_cm": "nine"}, "takes a number from 0 to 25 cm; got 'nine'"),
        ({"lunge_left_cm": True}, "takes a number from 0 to 25 cm; got true"),
        ({"lunge_left_cm": float("nan")}, "takes a number from 0 to 25 cm; got nan"),
        ({"lunge_left_cm": float("inf")}, "takes a number from 0 to 25 cm; got inf"),
        ({"sex": "f"}, "sex takes female or male; got 'f'"),
        ({"valgus_squat": 1}, "takes true or false; got 1"),
        ({"lunge_left": 9.0}, "'lunge_left' is no field of the inputs; near it are lunge_left_cm"),
        ({"zzz": 9.0}, "'zzz' is no field of the inputs; `landing-lab inputs template` lists every field"),
        ({"less.18": 1}, "less item 18 does not exist; items count 1 to 17"),
        ({"less.4": 2}, "less item 4 is 0 to 1; got 2"),
        ({"less": {"x": 1}}, "enter LESS items as number = score"),
        ({"less": 3}, "enter LESS items as number = score"),
        ({"less.16": 1.5}, "less.16 (LESS 16, joint displacement) takes 0, 1 or 2; got 1.5"),
        ({"hip_abduction_left_pct_bw": 30.0}, "hip strength needs hip_test_position"),
        ({"prior_injury_side": "left"}, "prior_injury is none, but a side"),
        ({"valgus_squat_side": "left"}, "valgus_squat_side says on which side, but valgus_squat is not true"),
        ({"valgus_landing": False, "valgus_landing_side": "left"}, "valgus_landing is not true"),
        ({"note": "x" * 501}, "takes text of up to 500 characters; got 'xxxxx"),
        ({"lunge_left_cm": 90.0, "sex": "f"}, "(also wrong: lunge_left_cm)"),
        ({"lunge_left_cm": 90.0, "sex": "f", "mass_kg": 3.0}, "(also wrong: mass_kg, lunge_left_cm)"),
        ({"sex": "\x1b[31mred"}, "got '\\x1b[31mred'"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_sentence(entries: dict[str, object], said: str) -> None:
    assert said in wrong(**entries)


def test_the_one_entry_that_is_needed_is_asked_for() -> None:
    with pytest.raises(ParameterError, match=r"prior_injury is not entered.*enter none, acl or other_knee"):
        inputs_from({"sex": "female"})


def test_words_are_meant_in_any_case_and_yes_is_true() -> None:
    found = inputs_from({"prior_injury": "ACL", "sex": "Female ", "valgus_squat": "yes", "swelling": "No"})
    assert (found.prior_injury, found.sex, found.valgus_squat, found.swelling) == ("acl", "female", True, False)


def test_no_room_at_the_wall_is_a_lunge_of_nothing() -> None:
    assert inputs_from({**NEEDED, "lunge_left_cm": 0}).lunge_left_cm == 0.0


def test_values_are_taken_as_they_are_typed() -> None:
    with pytest.raises(ValidationError):
        FieldInputs(prior_injury="none", mass_kg="70")  # type: ignore[arg-type]
    assert inputs_from({**NEEDED, "mass_kg": 70}).mass_kg == 70.0


def test_files_of_both_kinds_say_the_same(tmp_path: Path) -> None:
    toml, text = tmp_path / "in.toml", tmp_path / "in.json"
    toml.write_text('\ufeffprior_injury = "acl"\nprior_injury_side = "left"\nlunge_left_cm = 9\nless.5 = 1\n', "utf-8")
    text.write_text(
        json.dumps({"prior_injury": "acl", "prior_injury_side": "left", "lunge_left_cm": 9.0, "less": {"5": 1}}),
        "utf-8",
    )
    assert read_inputs(toml) == read_inputs(text)
    assert read_inputs(toml).less == {5: 1}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"prior_injury = None\n", 'in.toml, line 1: prior_injury = None - write "none", in quotation marks'),
        ("prior_injury = \u201cnone\u201d\n".encode(), 'write "none", in quotation marks'),
        (b"# a\n\nlunge_left_cm = 9,5\n", "line 3: lunge_left_cm = 9,5 - write 9.5, with a point"),
        (b"lunge_left_cm = 9.5 cm # left\n", "line 1: lunge_left_cm = 9.5 cm - write 9.5, without what follows it"),
        (b"lunge_left_cm = \n", "line 1: lunge_left_cm = - write a value (a number from 0 to 25 cm), or #"),
        (b"mass_kg = 70\nlunge_left_cm =", "line 2: lunge_left_cm = - write a value"),
        (b"valgus_squat = Yes\n", "line 1: valgus_squat = Yes - write true"),
        (b"sex = f\n", 'write "female" or "male", in quotation marks'),
        (b"lung = x\n", "line 1: lung = x - 'lung' is no field of the inputs; near it are lunge_left_cm"),
        (b'rater = "MK\n', 'line 1: rater = "MK - write it on one line, in quotation marks'),
        (b"prior_injury none\n", "is no TOML"),
        (b'{"prior_injury": ', "is no JSON"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
        (b"[" * 20_000, "is no TOML"),
        (
            b'{"schema": "landing-lab.norms/1", "inputs": {}}',
            "says it is landing-lab.norms/1, not landing-lab.inputs/1",
        ),
        (
            b'{"schema": "landing-lab.inputs/1"}',
            "says it is landing-lab.inputs/1, not landing-lab.inputs/1 with its inputs",
        ),
        (b'prior_injury = "none"\nlunge_left_cm = 90.0\n', "takes a number from 0 to 25 cm; got 90"),
        (b"", "prior_injury is not entered"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "in.toml"
    path.write_bytes(content)
    with pytest.raises(FileFormatError) as told:
        read_inputs(path)
    assert said in str(told.value)
    assert "in.toml" in str(told.value)


def test_a_session_keeps_its_inputs_and_who_entered_them(tmp_path: Path) -> None:
    assert session_inputs(tmp_path) is None
    first = inputs_from({**NEEDED, "lunge_left_cm": 9.0, "less.5": 1})
    write_session_inputs(tmp_path, first, by="MK", at=datetime(2026, 11, 30, 12, tzinfo=UTC))
    assert session_inputs(tmp_path) == first
    second = inputs_from({**NEEDED, "lunge_left_cm": 10.0, "rater": "AB"})
    write_session_inputs(tmp_path, second, at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    write_session_inputs(tmp_path, second, at=datetime(2026, 12, 2, 9, tzinfo=UTC))
    document = session_document(tmp_path)
    assert document is not None
    assert document["schema"] == "landing-lab.inputs/1"
    assert document["history"] == [
        {"at": "2026-11-30T12:00:00+00:00", "by": "MK", "fields": ["less", "lunge_left_cm", "prior_injury"]},
        {"at": "2026-12-01T09:00:00+00:00", "by": "AB", "fields": ["less", "lunge_left_cm", "rater"]},
    ]
    assert read_inputs(tmp_path / FILE_NAME) == second
    assert entries_of(second) == {"prior_injury": "none", "lunge_left_cm": 10.0, "rater": "AB"}


def test_a_damaged_file_of_a_session_is_named_and_not_written_over(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"schema": "landing-lab.inputs/1", "inputs": {"prior_injury": 3}}', "utf-8")
    with pytest.raises(FileFormatError, match="takes none, acl or other_knee; got 3"):
        session_inputs(tmp_path)
    with pytest.raises(FileFormatError, match="got 3"):
        write_session_inputs(tmp_path, inputs_from(NEEDED))


def test_the_seventeen_items_of_the_less_are_whole() -> None:
    assert [item.number for item in ITEMS] == list(range(1, 18))
    assert [item.most for item in ITEMS] == [len(item.scores) - 1 for item in ITEMS]
    assert sum(LESS_MOST.values()) == 19
    assert VALGUS_ITEMS == (5, 15)
    assert [one.name for one in FIELDS if one.observation and one.name.startswith("less.")] == ["less.5", "less.15"]
    assert all("knee" in ITEMS[number - 1].name for number in VALGUS_ITEMS)
    assert fields_by_name()["less.16"].choices == ("0", "1", "2")


def test_a_total_says_which_items_it_is_of() -> None:
    assert less_total({}) is None
    some = less_total({5: 1, 16: 2, 1: 0})
    assert some is not None
    assert (some.points, some.rated, some.complete) == (3, (1, 5, 16), False)
    assert len(some.missing) == 14
    whole = less_total(dict(LESS_MOST))
    assert whole is not None
    assert (whole.points, whole.complete, whole.missing) == (19, True, ())
    assert tuple(round(1.96 * 2**0.5 * sem, 1) for sem in (1.01, 1.11)) == MDC95_POINTS
