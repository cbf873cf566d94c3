"""`landing-lab reliability` and `landing-lab contrast`, as a person and as a script use them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import ENVIRONMENT, command, refused, run
from landing_lab.analysis.reliability.error_file import read_error_file
from landing_lab.app.cli import app
from landing_lab.errors import LandingLabError
from made_dataset import USUAL, make_dataset


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "data"
    people = [f"P{i:02d}" for i in range(8)]
    make_dataset(
        folder, seed=1, participants=people, conditions=("shod", "arch_support"), metrics=USUAL[:4] + USUAL[-2:]
    )
    return folder


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints, in this process: another one for every line would take a second each."""

    def call(*words: str | Path) -> str:
        assert not app(list(map(str, words)), standalone_mode=False)
        return capsys.readouterr().out

    return call


def impossible(*words: str | Path) -> str:
    with pytest.raises(LandingLabError) as caught:
        app(list(map(str, words)), standalone_mode=False)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_says_what_can_be_told_prints_the_table_and_writes_the_file(study: Path) -> None:
    done = run("reliability", study)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert "drop_jump, condition shod: 8 athletes with repeats, up to 2 sessions, 5 trials in a session." in said
    assert "Trial error and session error can be estimated (8 athletes came back)" in said
    assert "Tasks and conditions are never mixed" in said
    assert "contact time" in said
    assert "Screening and contrasts use them from now on" in said
    found = read_error_file(study)
    assert found is not None
    error = found.find("contact_time_s", "total")
    assert error is not None
    assert 0.007 < error.trial_sd < 0.014


def test_json_is_a_document_and_no_write_writes_nothing(study: Path, typed: Callable[..., str]) -> None:
    (study / "reliability.json").unlink(missing_ok=True)
    done = typed("reliability", study, "--no-write", "--json", "--condition", "arch_support", "--aim-icc", "0.9")
    document = json.loads(done)
    assert document["schema"] == "landing-lab.reliability/1"
    assert document["condition"] == "arch_support"
    assert document["written"] is None
    assert document["errors"][0]["trial_sd_interval"][0] < document["errors"][0]["trial_sd"]
    assert len(document["trials_needed"]) == len(document["errors"])
    assert not (study / "reliability.json").exists()


def test_a_few_metrics_do_not_replace_the_whole_file(study: Path, typed: Callable[..., str]) -> None:
    typed("reliability", study)
    before = (study / "reliability.json").read_bytes()
    done = typed("reliability", study, "--metric", "contact_time_s", "--aim-sem", "0.02", "--forms")
    assert "nothing was written (--write writes the chosen metrics alone)" in done
    assert "a standard error of 0.02 s needs 1 trial per session" in done
    assert "ICC(3,k)" in done
    assert (study / "reliability.json").read_bytes() == before


def test_out_writes_a_page_and_a_picture_per_metric(study: Path, tmp_path: Path, typed: Callable[..., str]) -> None:
    typed("reliability", study, "--no-write", "--out", tmp_path / "out", "--metric", "contact_time_s")
    names = {one.name for one in (tmp_path / "out").iterdir()}
    assert names == {"reliability.html", "reliability-icc.png", "bland-altman-contact_time_s-total.png"}
    page = (tmp_path / "out" / "reliability.html").read_text(encoding="utf-8")
    assert "drop jump, shod" in page
    assert "<script" not in page


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_person_is_asked_and_answers(study: Path) -> None:
    import pty

    near, far = pty.openpty()
    process = subprocess.Popen(
        command(["reliability", study]), stdin=far, stdout=far, stderr=far, env=ENVIRONMENT, close_fds=True
    )
    os.close(far)
    os.write(near, b"2\n01 07\n01 02\nno\n")
    said = b""
    while True:
        try:
            part = os.read(near, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
    assert process.wait(60) == 0
    os.close(near)
    text = " ".join(said.decode().split())
    assert "Which one? [1]" in text
    assert "There is no session 07." in text
    assert "Replace it? [yes]" in text
    assert "condition arch_support: 8 athletes" in text
    assert "nothing was written" in text


def test_a_plan_needs_no_dataset(typed: Callable[..., str]) -> None:
    done = typed("reliability", "--plan", "--icc", "0.8", "--width", "0.2", "--least", "0.6")
    row = next(line.split() for line in done.splitlines() if line.startswith("2 "))
    assert row[:3] == ["2", "55", "39"]
    document = json.loads(typed("reliability", "--plan", "--json"))
    assert document["plans"][0]["athletes_for_width"] == 55


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a dataset, or use --plan"),
        (("nowhere",), "does not exist"),
        (("--plan", "--icc", "2"), "between 0 and 1; got 2"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words: tuple[str, ...], said: str) -> None:
    assert said in impossible("reliability", *words)


def test_wrong_names_are_one_sentence(study: Path) -> None:
    assert "no trial has a metric 'speed'" in impossible("reliability", study, "--metric", "speed")
    assert "no session is called '09'" in impossible("reliability", study, "--session", "09")
    assert "--aim-sem is in the unit of one metric" in impossible("reliability", study, "--aim-sem", "1")
    (study / "file").write_text("x")
    assert "is a file" in impossible("reliability", study, "--no-write", "--out", study / "file")


def test_a_group_is_compared_by_athletes(study: Path, tmp_path: Path, typed: Callable[..., str]) -> None:
    typed("reliability", study)
    done = typed("contrast", study, "--metric", "medial_shift_mm", "--out", tmp_path / "out")
    said = " ".join(done.split())
    assert "arch_support minus shod, drop_jump" in said
    assert "sign-flip test; adjusted for all 2 rows (Holm)" in said
    assert "8 of 8 athletes did all of arch_support after all of shod" in said
    assert "Evidence: arch-support" in said
    assert (tmp_path / "out" / "contrast_medial_shift_mm_left.png").stat().st_size > 10_000


def test_one_athlete_is_judged_by_the_error_file(study: Path, typed: Callable[..., str]) -> None:
    typed("reliability", study)
    words = ("contrast", study, "--participant", "P03", "--first", "shod", "--second", "arch_support", "--json")
    document = json.loads(typed(*words, "--metric", "medial_shift_mm"))
    assert document["schema"] == "landing-lab.contrast/1"
    one = document["contrasts"][0]
    assert one["athletes"][0]["judgement"] in {"real", "within_error"}
    assert one["error"]["borrowed"] is False
    assert one["group"] is None
    table = typed("contrast", study, "--participant", "P03")
    assert "least real" in table


def test_contrasts_that_cannot_be_are_one_sentence(study: Path) -> None:
    assert "has the condition 'cued'" in impossible("contrast", study, "--first", "cued", "--second", "shod")
    assert "is not in" in impossible("contrast", study, "--participant", "P99")
    damaged = study / "reliability.json"
    kept = damaged.read_bytes() if damaged.exists() else b""
    damaged.write_text("{")
    assert "cannot be used: it is no JSON" in impossible("contrast", study)
    damaged.write_bytes(kept)


def test_help_has_examples_and_a_failure_is_one_sentence_of_a_process() -> None:
    assert "Example: landing-lab" in run("reliability", "--help").stdout
    assert "name a dataset" in refused("reliability", code=2)


@pytest.mark.parametrize("width", ["80", "100"])
def test_nothing_is_cut_off_in_a_narrow_terminal(
    study: Path, typed: Callable[..., str], monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    text = typed("reliability", study, "--forms", "--condition", "shod", "--no-write")
    assert text.count("95 % interval") >= 5
    assert len(re.findall(r"(?:-?\d\.\d\d to -?\d\.\d\d *){4}", text)) == text.count("athletes, 2 session")
    assert re.search(r"CV", text)
    text = typed("contrast", study)
    head = next(line for line in text.splitlines() if line.startswith("metric"))
    assert head.split()[-5:] == ["interval)", "g", "p", "adjusted", "error"]


def test_the_interval_of_an_athlete_is_the_one_of_its_judgement(study: Path, typed: Callable[..., str]) -> None:
    typed("reliability", study, "--condition", "shod", "--write")
    text = typed("contrast", study, "--participant", "P03")
    assert "Interval and judgement: by the error of a trial" in text
    rows = re.findall(r"(beyond|within) the error.*\n.*?\(([+-]?[\d.]+) to ([+-]?[\d.]+)\)", text)
    assert rows
    for judged, low, high in rows:
        assert (float(low) * float(high) > 0) == (judged == "beyond") or 0.0 in (float(low), float(high))
    (study / "reliability.json").unlink()


def test_one_comparison_needs_no_adjusting(study: Path, typed: Callable[..., str]) -> None:
    text = typed("contrast", study, "--metric", "contact_time_s")
    assert "nothing to adjust it for in one row" in text
