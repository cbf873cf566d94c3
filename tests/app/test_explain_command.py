"""`landing-lab analyse --explain` as people and programs use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import refused_here, run, run_here
from landing_lab.app.analyse.explain import metric_names
from landing_lab.errors import ParameterError
from landing_lab.metrics import all_metrics


def test_a_metric_is_explained_without_a_file() -> None:
    done = run("analyse", "--explain", "contact_time_s")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("contact_time_s  (contact time)\n")
    for told in ("formula", "unit", "needs", "least rate", "source", "typical", "refused when"):
        assert f"  {told} " in done.stdout


@pytest.mark.parametrize("words", [("--json",), ("--format", "json")])
def test_programs_get_json(words: tuple[str, ...]) -> None:
    done = run_here("analyse", "--explain", "contact_time_s,peak_force_n", *words)
    document = json.loads(done.stdout)
    assert document["schema"] == "landing-lab.metric-definitions/1"
    assert [one["name"] for one in document["metrics"]] == ["contact_time_s", "peak_force_n"]
    assert document["metrics"][0]["unit"] == "s"
    assert document["metrics"][0]["refused_when"]


def test_an_unknown_name_offers_the_nearest_and_exits_2() -> None:
    told = refused_here("analyse", "--explain", "contact_tme_s", code=2)
    assert "there is no metric 'contact_tme_s'; did you mean contact_time_s" in told


def test_a_file_beside_explain_and_no_file_without_it_are_said(tmp_path: Path) -> None:
    (tmp_path / "jump.txt").write_text("1\n")
    assert "analyses no file" in refused_here("analyse", "jump.txt", "--explain", "all", code=2, cwd=tmp_path)
    assert "needs a file" in refused_here("analyse", code=2)


def test_names_come_from_commas_blanks_and_further_words_each_once() -> None:
    typed = metric_names(["contact_time_s, peak_force_n"], [Path("flight_time_s"), Path("peak_force_n")])
    assert typed == ["contact_time_s", "peak_force_n", "flight_time_s"]
    assert metric_names(["all"]) == list(all_metrics())
    with pytest.raises(ParameterError, match="needs the name of a metric"):
        metric_names([" , "])
