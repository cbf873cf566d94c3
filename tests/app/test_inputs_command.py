"""`landing-lab inputs`, and `screen --evidence`'s work, as a person uses them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import landing_lab
from command_line import refused_here, run
from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.inputs.fields import input_fields
from landing_lab.analysis.inputs.files import inputs_from, session_inputs
from landing_lab.app.cli import app
from landing_lab.app.inputs.template import template_text
from landing_lab.app.screen.evidence import show_evidence
from landing_lab.errors import ParameterError
from made_dataset import make_dataset
from wording_scan import assert_allowed


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs") / "study"
    make_dataset(folder, seed=7, participants=["P07", "P08", "P09"])
    return folder


def called(*words: object) -> str:
    """Output of a call in this process."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_a_form_holds_every_field_and_is_filled_in_by_taking_away_a_mark(tmp_path: Path) -> None:
    text = template_text()
    assert tomllib.loads(text) == {}
    names = re.findall(r"^#([a-z_0-9.]+) =$", text, flags=re.MULTILINE)
    assert names == [field.name for field in input_fields()]
    filled = text.replace("#prior_injury =", 'prior_injury = "none"').replace("#lunge_left_cm =", "lunge_left_cm = 9.5")
    filled = filled.replace("#less.5 =", "less.5 = 1")
    assert inputs_from(tomllib.loads(filled)).less == {5: 1}
    for field in input_fields():
        assert field.unit in text
    assert max(map(len, text.splitlines())) <= 120


def test_a_form_is_not_written_over_one_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "P07.toml"
    assert "fill it in" in called("inputs", "template", path)
    assert path.read_text(encoding="utf-8") == template_text()
    with pytest.raises(ParameterError, match="is there already"):
        called("inputs", "template", path)


def test_the_form_for_programs_has_ranges_and_units() -> None:
    document = json.loads(called("inputs", "template", "--json"))
    assert document["schema"] == "landing-lab.input-fields/1"
    lunge = next(one for one in document["fields"] if one["name"] == "lunge_left_cm")
    assert (lunge["low"], lunge["high"], lunge["unit"], lunge["kind"]) == (0.0, 25.0, "cm", "number")


def test_entries_are_stored_shown_changed_and_taken_away(study: Path) -> None:
    told = run("inputs", "set", study, "--participant", "P07", "prior_injury=none", "lunge_left_cm=9.5", "less.5=1",
               "valgus_squat=yes", "valgus_squat_side=left", "--by", "MK")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "lunge_left_cm: 9.5 cm" in told.stdout
    stored = session_inputs(study / "sub-P07" / "ses-02")
    assert stored is not None
    assert (stored.lunge_left_cm, stored.less, stored.valgus_squat) == (9.5, {5: 1}, True)
    assert session_inputs(study / "sub-P07" / "ses-01") is None, "the newest session by default"
    called("inputs", "set", study, "--participant", "P07", "less.5=", "note=landed well, \x1b[31mtired")
    text = called("inputs", "show", study, "--participant", "P07")
    assert "\x1b" not in text
    assert re.search(r"weight-bearing lunge, left +9\.5 cm", text)
    assert "LESS 5" not in text
    assert "shows valgus (left): the rater saw the knee go inwards in the squat" in text
    assert "item 11: 0 (filled in by sensors)" in text
    assert_allowed(text, knee_observed=True)


def test_nothing_is_stored_where_one_entry_is_wrong(study: Path) -> None:
    said = refused_here("inputs", "set", study, "--participant", "P08", "prior_injury=none", "lunge_left_cm=90", code=2)
    assert "takes a number from 0 to 25 cm; got 90" in said
    assert session_inputs(study / "sub-P08" / "ses-02") is None


def test_a_file_and_a_session_can_be_named(study: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.toml"
    path.write_text('prior_injury = "other_knee"\nmass_kg = 70\n', encoding="utf-8")
    called("inputs", "set", study, "--participant", "P08", "--session", "1", "--file", path, "mass_kg=71.5")
    stored = session_inputs(study / "sub-P08" / "ses-01")
    assert stored is not None
    assert (stored.prior_injury, stored.mass_kg) == ("other_knee", 71.5), "what is typed stands above the file"


def test_without_an_observation_the_knee_is_not_spoken_of(study: Path) -> None:
    for text in (called("inputs", "show", study, "--participant", "P09"),):
        assert "Nothing was entered" in text
        assert "nothing is said about knee valgus" in text
        assert_allowed(text, knee_observed=False)


def test_json_comes_back_as_inputs(study: Path) -> None:
    called("inputs", "set", study, "--participant", "P09", "--session", "01", "prior_injury=acl", "less.15=0")
    document = json.loads(called("inputs", "show", study, "--participant", "P09", "--session", "ses-01", "--json"))
    assert document["schema"] == "landing-lab.inputs/1"
    assert inputs_from(document["inputs"]).less == {15: 0}
    assert document["observation"]["shows"] == "no"
    assert document["less"]["filled_in_by_sensors"] == [11]
    assert document["history"][0]["fields"] == ["less", "prior_injury"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--participant", "P07"], "nothing to enter; add field=value"),
        (["--participant", "P07", "lunge"], "'lunge' is no entry; write field=value with no blanks around ="),
        (["--participant", "P07", "lung=9"], "'lung' is no field of the inputs; near it are lunge_left_cm"),
        (["--participant", "P77", "prior_injury=none"], "participant 'P77' is not in"),
        (["prior_injury=none"], "no participant is named"),
        (["--participant", "P07", "--session", "9", "prior_injury=none"], "no session '9'; there are 01, 02"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(study: Path, words: list[str], said: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(said)):
        called("inputs", "set", study, *words)


def test_a_folder_that_is_no_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is no dataset"):
        called("inputs", "show", tmp_path, "--participant", "P07")


def test_evidence_is_printed_whole_or_of_one_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_evidence(None, as_json=False) == 0
    whole = capsys.readouterr().out
    assert evidence().stamp in whole
    assert f"{len(evidence().claims)} rows" in whole
    assert show_evidence("lunge_left_cm", as_json=False) == 0
    own = " ".join(capsys.readouterr().out.split())
    assert "rows on lunge_left_cm" in own
    assert "SMD -0.65 (-0.88 to -0.41)" in own
    assert show_evidence("jump_height_impulse_m", as_json=False) == 0
    assert "nothing was found on jump_height_impulse_m" in " ".join(capsys.readouterr().out.split())


def test_evidence_for_programs_carries_version_and_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_evidence("peak_force_bw", as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    table = evidence()
    assert (document["schema"], document["table_version"], document["sha256"]) == (
        "landing-lab.evidence/1", table.version, table.sha256,
    )  # fmt: skip
    assert document["version"] == landing_lab.__version__
    assert [one["id"] for one in document["claims"]] == [one.id for one in table.about("peak_force_bw")]
    assert all(one["weight"] == 0 for one in document["claims"] if one["grade"] in "DX" or not one["printable"])
    assert "1.26" not in json.dumps(document)


def test_an_unknown_variable_is_answered_with_names_near_it() -> None:
    with pytest.raises(ParameterError, match="nothing called 'peak_forc'; near it are peak_force_"):
        show_evidence("peak_forc", as_json=False)
