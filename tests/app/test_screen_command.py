"""`landing-lab screen` as a person types it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import landing_lab as ll
from command_line import refused_here, run, run_here
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import write_session_inputs
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.wording import banned_words, ungated_valgus
from landing_lab.app.screen.run import ScreenSettings, run_screen
from landing_lab.errors import LandingLabError
from landing_lab.io.write import json_text
from made_dataset import USUAL, make_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screen") / "study"
    shifts = {
        ("P1", "limb_symmetry_peak_0_100ms_pct", "left_right"): 70.0,
        ("P2", "limb_symmetry_peak_0_100ms_pct", "left_right"): 95.0,
    }
    make_dataset(folder, seed=5, participants=["P1", "P2"], n_sessions=4, shifts=shifts)
    stored = FieldInputs(prior_injury="none", valgus_landing=True, lunge_left_cm=5.0, lunge_right_cm=12.0)
    write_session_inputs(folder / "sub-P2" / "ses-04", stored)
    return folder


def test_works_from_force_alone_and_says_what_would_add_what(dataset: Path) -> None:
    done = run("screen", dataset, "--participant", "P1")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "Level 1 of 4" in said
    assert "To go further: enter field tests" in said
    assert "do not wait for a flag" in said
    assert "Screening indicator, not a diagnosis. Force and pressure do not measure knee angle." in said
    assert "Your legs share the landing unevenly" in said
    assert "evidence table 20" in said
    assert banned_words(said) == []
    assert ungated_valgus(said.replace("vgrf-valgus-dari-null", "").replace("valgus-acl-cronstrom-2020", "")) == []


def test_stored_inputs_of_the_newest_session_are_used(dataset: Path) -> None:
    done = run_here("screen", dataset, "--participant", "P2", "--json")
    found = json.loads(done.stdout)
    assert found["observed"] == "yes"
    assert found["session"] == "04"
    lunge = next(one for one in found["findings"] if (one["id"], one["side"]) == ("lunge", "left"))
    assert (lunge["state"], lunge["value"]) == ("outside", 5.0)


def test_a_file_of_inputs_stands_above_the_stored_ones(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = tmp_path / "in.toml"
    inputs.write_text('prior_injury = "acl"\nswelling = true\n', encoding="utf-8")
    out = tmp_path / "out"
    settings = ScreenSettings(participant="P2", inputs=inputs, out=out, reference="baseline")
    assert run_screen(dataset, settings) == 0
    assert "a swollen knee" in capsys.readouterr().out
    document = json.loads((out / "screening.json").read_text(encoding="utf-8"))
    assert document["schema"] == "landing-lab.screening/1"
    assert document["observed"] is None
    assert document["declared"] == "baseline"
    page = (out / "screening.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_call_from_python_gives_the_same(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ll.screen(dataset, "P2")
    assert run_screen(dataset, ScreenSettings(participant="P2", output_format="json")) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json_text(result.document()))
    assert ll.screen(dataset, "P2", {"prior_injury": "none"}).observed is None


def test_evidence_needs_no_dataset() -> None:
    every = run_here("screen", "--evidence", "--json")
    assert len(json.loads(every.stdout)["claims"]) > 100


def test_evidence_of_one_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_screen(None, ScreenSettings(evidence="lunge", output_format="json")) == 0
    claims = json.loads(capsys.readouterr().out)["claims"]
    assert any(claim["id"] == "lunge-valgus-lima-2018" for claim in claims)


def test_refusals_are_one_sentence(dataset: Path, tmp_path: Path) -> None:
    assert "--participant is missing" in refused_here("screen", dataset, code=2)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('prior_injury = "none"\nlunge_left_cm = 80\n', encoding="utf-8")
    one = ScreenSettings(participant="P1")
    for folder, settings, told in (
        (None, one, "DATASET is missing"),
        (dataset, replace(one, participant="P9"), "'P9' is not in"),
        (dataset, replace(one, reference="mine"), "baseline, local, published"),
        (dataset, replace(one, output_format="csv"), "table or json"),
        (dataset, replace(one, inputs=wrong), "lunge_left_cm"),
        (tmp_path, one, "is no dataset"),
    ):
        with pytest.raises(LandingLabError, match=told) as caught:
            run_screen(folder, settings)
        assert "\n" not in str(caught.value)


def test_norms_of_the_dataset_are_used_without_the_athlete(tmp_path: Path) -> None:
    """Contact with the real norms file: 31 athletes leave 30 when one is taken out, 30 leave too few."""
    from landing_lab.analysis.cohort.cohort import norms
    from landing_lab.analysis.cohort.norms_file import write_norms

    folder = tmp_path / "study"
    stiffness = tuple(one for one in USUAL if one.name == "vertical_stiffness_peak_kn_per_m")
    make_dataset(folder, seed=1, participants=[f"A{i:02d}" for i in range(31)], n_sessions=1, metrics=stiffness)
    table = ll.read_trials(folder).rows

    def found() -> Finding:
        write_norms(norms(folder), folder / "norms.json", athlete_means=folder / "means.parquet")
        result = ll.screen(folder, "A00", reference="local")
        return next(one for one in result.findings if one.id == "vertical_stiffness")

    others = table[table["participant"] != "A00"].groupby("participant")["value"].mean()
    used = found().reference
    assert used is not None
    assert (used.mean, used.sd, used.n) == (pytest.approx(others.mean()), pytest.approx(others.std()), 30)
    (folder / "sub-A30" / "ses-01" / "metrics.csv").unlink()
    assert found().reference is None


def test_damaged_sessions_of_an_athlete_are_named(tmp_path: Path) -> None:
    make_dataset(tmp_path / "study", seed=6, participants=["P1", "P2"], n_sessions=2)
    for number in (1, 2):
        (tmp_path / "study" / "sub-P1" / f"ses-0{number}" / "session.json").write_text("{")
    told = refused_here("screen", tmp_path / "study", "--participant", "P1", code=2)
    assert "no accepted trials that can be read: sub-P1 ses-01" in told
    assert "sub-P1 ses-02" in told
