from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import refused_here, run, run_here
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import write_session_inputs
from landing_lab.analysis.models.dataset_frame import session_frame, trial_frame
from landing_lab.analysis.models.model_file import read_model
from landing_lab.analysis.wording import banned_words
from landing_lab.app.models.request import read_table
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.sim.cohort import CohortSetting, simulate_cohort
from made_dataset import make_dataset

PEOPLE = [f"{i:03d}" for i in range(40)]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(2)
    made = make_dataset(
        tmp_path_factory.mktemp("models") / "data", seed=1, participants=PEOPLE, n_sessions=2, n_trials=4
    )
    for number, participant in enumerate(PEOPLE):
        lunge = rng.normal(11, 2.5)
        for session in made.sessions(participant):
            left, right = (round(float(np.clip(lunge + rng.normal(0, 0.5), 3, 24)), 1) for _ in range(2))
            write_session_inputs(
                session.path,
                FieldInputs(
                    prior_injury="none", lunge_left_cm=left, lunge_right_cm=right,
                    valgus_landing=bool(rng.random() < 1 / (1 + np.exp(lunge - 11))),
                    single_leg_squat_left="poor" if number % 3 else "good", single_leg_squat_right="good",
                ),
            )  # fmt: skip
    return made.path


def test_a_table_per_session_holds_means_entries_and_units(dataset: Path) -> None:
    found = session_frame(dataset)
    assert len(found.frame) == 80
    trials = trial_frame(dataset).frame
    one = trials[(trials["participant"] == "007") & (trials["session"] == trials["session"].min())]
    row = found.frame[(found.frame["participant"] == "007") & (found.frame["session"] == one["session"].iloc[0])]
    assert row["peak_force_bw_left"].item() == pytest.approx(one["peak_force_bw_left"].mean())
    assert row["limb_symmetry_peak_0_100ms_pct"].notna().all()
    assert (found.units["peak_force_bw_left"], found.units["lunge_left_cm"]) == ("BW", "cm")


def test_a_table_per_limb_has_each_limb_s_own(dataset: Path) -> None:
    wide, limbs = session_frame(dataset).frame, session_frame(dataset, per_limb=True).frame
    assert len(limbs) == 160
    right = limbs[limbs["limb"] == "right"].reset_index(drop=True)
    assert right["peak_force_bw"].to_numpy() == pytest.approx(wide["peak_force_bw_right"].to_numpy())
    assert right["lunge_cm"].to_numpy() == pytest.approx(wide["lunge_right_cm"].to_numpy())
    assert (right["single_leg_squat"] == "good").all()
    assert right["contact_time_s"].to_numpy() == pytest.approx(wide["contact_time_s"].to_numpy())


def test_a_number_entered_per_limb_is_an_outcome_and_a_metric_per_limb_is_told_another_way(dataset: Path) -> None:
    done = run_here("model", dataset, "--per-limb", "--outcome", "lunge_cm", "--predictors", "peak_force_bw")
    assert done.returncode == 0, done.stderr
    assert "160 " in done.stdout
    said = refused_here(
        "model", dataset, "--per-limb", "--outcome", "peak_force_bw", "--predictors", "lunge_cm", code=2
    )
    assert "--outcome peak_force_bw_left" in said


def test_means_of_too_few_trials_are_missing_and_a_task_that_is_not_there_is_named(tmp_path: Path) -> None:
    few = make_dataset(tmp_path / "few", seed=1, participants=["01"], n_trials=2)
    found = session_frame(few.path)
    assert found.frame.empty
    assert "fewer than 3 trials" in found.notes[-1]
    with pytest.raises(ParameterError, match="there are tasks drop_jump"):
        session_frame(few.path, task="squat")


def test_too_few_athletes_are_told_how_many_it_takes(dataset: Path) -> None:
    said = refused_here("model", dataset, "--outcome", "valgus_landing", "--predictors", "lunge_left_cm", code=2)
    assert "40 athletes are too few for a model" in said
    assert "are needed for 1 predictor at" in said


def test_explores_anyway_and_writes_model_card_and_picture(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(
        "model", dataset, "--outcome", "valgus_landing", "--predictors", "lunge_left_cm,peak_force_bw", "--anyway",
        "--primary", "lunge_left_cm", "--out", out,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "NOT VALIDATED" in done.stdout
    assert "[NOT MET] as many athletes" in done.stdout
    assert banned_words(done.stdout) == []
    model = read_model(out / "model.json")
    assert [one.unit for one in model.predictors] == ["cm", "BW"]
    assert not model.validated
    assert "Declared before as primary: lunge_left_cm (p 0.0" in (out / "model_card.md").read_text()
    assert model.card["primary"][0]["p_holm"] < 0.05
    assert "Holm-adjusted p" in done.stdout
    assert (out / "model.png").stat().st_size > 50_000


def test_a_metric_is_explained_over_repeated_trials(dataset: Path, tmp_path: Path) -> None:
    done = run_here(
        "model", dataset, "--outcome", "peak_force_bw", "--predictors", "contact_time_s,contact_delay_left_right_s",
        "--primary", "contact_time_s", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "320 trials" in done.stdout
    assert "within athletes" in done.stdout
    assert "between athletes' means" in done.stdout
    document = json.loads((tmp_path / "out" / "effects.json").read_text())
    assert document["schema"] == "landing-lab.effects/1"
    assert {one["part"] for one in document["coefficients"]} >= {"within", "between"}
    declared = {one["predictor"] for one in document["coefficients"] if one["p_holm"] is not None}
    assert declared == {"contact_time_s"}


def test_a_table_of_one_s_own_as_json(tmp_path: Path) -> None:
    made = simulate_cohort(CohortSetting(n_athletes=120), seed=1).athletes
    pd.DataFrame(made).to_csv(tmp_path / "t.csv", index=False)
    done = run_here(
        "model",
        "--data",
        tmp_path / "t.csv",
        "--outcome",
        "valgus_rated",
        "--predictors",
        "z1,z2",
        "--anyway",
        "--json",
    )
    document = json.loads(done.stdout)
    assert document["schema"] == "landing-lab.model/1"
    assert document["n_athletes"] == 120


def test_sample_size_needs_no_data() -> None:
    done = run("model", "--sample-size", "--prevalence", "0.3", "--c", "0.75", "--predictors-n", "5")
    assert done.stdout.startswith("323 athletes, 97 of them with the outcome")
    found = json.loads(run("model", "--sample-size", "--prevalence", "0.3", "--predictors-n", "10", "--json").stdout)
    assert (found["schema"], found["athletes"], found["events"]) == ("landing-lab.sample-size/1", 512, 154)


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ((), "name a dataset's folder, or a table"),
        (("--sample-size",), "needs --prevalence and --predictors-n"),
        (("DATASET",), "name --outcome and --predictors"),
        (("DATASET", "--outcome", "acl_injury", "--predictors", "lunge_left_cm"), "names an injury"),
        (("DATASET", "--outcome", "nix", "--predictors", "lunge_left_cm"), "have no outcome nix"),
        (("DATASET", "--outcome", "valgus_landing", "--predictors", "nix"), "have no column nix"),
        (
            ("DATASET", "--outcome", "valgus_landing", "--predictors", "lunge_left_cm", "--kind", "x"),
            "--kind is one of",
        ),
        (("--data", "none.csv", "--outcome", "a", "--predictors", "b"), "cannot be read"),
        (
            ("DATASET", "--outcome", "single_leg_squat_left", "--predictors", "lunge_left_cm"),
            "holds good, poor, not only 0 and 1; --positive 'poor' makes it yes or no",
        ),
        (
            ("DATASET", "--outcome", "valgus_landing", "--predictors", "lunge_left_cm", "--primary", "peak_force_bw"),
            "not among --predictors",
        ),
        (
            ("DATASET", "--outcome", "single_leg_squat_left", "--predictors", "lunge_left_cm", "--positive", "bad"),
            "holds",
        ),
    ],
)
def test_misuse_is_one_sentence(dataset: Path, words: tuple[str, ...], seen: str) -> None:
    assert seen in refused_here("model", *(str(dataset) if word == "DATASET" else word for word in words), code=2)


def test_the_condition_without_a_challenge_is_chosen_and_said(tmp_path: Path) -> None:
    two = make_dataset(tmp_path / "two", seed=1, participants=["01", "02"], conditions=("heel_lift", "flat")).path
    found = trial_frame(two)
    assert set(found.frame["condition"]) == {"flat"}
    assert "the trials of flat are used; there are also heel_lift (choose with --condition)" in " ".join(found.notes)
    odd = make_dataset(tmp_path / "odd", seed=1, participants=["01"], conditions=("red", "blue")).path
    with pytest.raises(ParameterError, match="conditions blue, red is known to be without a challenge; choose one"):
        session_frame(odd)
    assert set(trial_frame(odd, condition="red").frame["condition"]) == {"red"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("participant,y,x\n1,0,2,\n2,1,3,\n", "line 2 of .* has 4 fields and the header 3"),
        ("participant,y,x\n1,0,2\n2,1\n", "line 3 of .* has 2 fields"),
        ("participant,y,x,x\n1,0,2,2\n", "has two columns x"),
    ],
)
def test_a_table_with_shifted_or_doubled_columns_is_refused(tmp_path: Path, text: str, seen: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=seen):
        read_table(path)


def test_grades_ask_what_counts_as_yes(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i % 3},{i}\n" for i in range(30))
    (tmp_path / "t.csv").write_text(f"participant,grade,x\n{rows}")
    said = refused_here("model", "--data", tmp_path / "t.csv", "--outcome", "grade", "--predictors", "x", code=2)
    assert "--positive '>=2' makes it yes or no" in said
