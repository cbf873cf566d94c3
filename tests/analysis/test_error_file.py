"""The laboratory's error file: what is written reads back; what is damaged is refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing_lab.analysis import condition_pairs
from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.reliability.borrowed import EVIDENCE_IDS, borrowed_error
from landing_lab.analysis.reliability.error_file import read_error_file, write_error_file
from landing_lab.errors import FileFormatError, ParameterError


def document() -> dict[str, Any]:
    row = {"name": "peak_force_bw", "side": "left", "unit": "BW", "trial_sd": 0.15, "session_sd": 0.05,
           "icc": 0.8, "n_athletes": 12, "n_sessions": 2, "n_trials": 5, "whatever": [1]}  # fmt: skip
    return {
        "schema": "landing-lab.reliability/1", "task": "drop_jump", "condition": "flat", "made_at": "2026-11-30",
        "errors": [row, {**row, "side": "right", "session_sd": None}], "of a later version": {},
    }  # fmt: skip


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    write_error_file(tmp_path, document())
    found = read_error_file(tmp_path)
    assert found is not None
    left, right = found.find("peak_force_bw", "left"), found.find("peak_force_bw", "right")
    assert left is not None
    assert right is not None
    assert (left.trial_sd, left.session_sd, left.n_athletes, left.borrowed) == (0.15, 0.05, 12, False)
    assert left.detectable_change(5) == pytest.approx(1.96 * 2**0.5 * (0.05**2 + 0.15**2 / 5) ** 0.5)
    assert right.detectable_change(5) is None
    assert found.find("peak_force_bw", "total") is None
    assert (found.task, found.condition) == ("drop_jump", "flat")


def test_no_file_is_none(tmp_path: Path) -> None:
    assert read_error_file(tmp_path) is None


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda _: "{ not json", "is no JSON"),
        (lambda _: "[" * 100_000, "is no JSON"),
        (lambda _: "[]", "schema is None"),
        (lambda d: d | {"schema": "landing-lab.norms/1"}, "schema is landing-lab.norms/1"),
        (lambda d: {"schema": d["schema"]}, "errors: Field required"),
        (lambda d: _changed(d, trial_sd=-1.0), r"errors no. 1 trial_sd: .*greater than or equal to 0"),
        (lambda d: _changed(d, trial_sd="large"), r"errors no. 1 trial_sd"),
        (lambda d: _changed(d, trial_sd="1"), r"errors no. 1 trial_sd"),
        (lambda d: _changed(d, trial_sd=0), r"errors no. 1 trial_sd: an error of 0 is none"),
        (lambda d: _changed(d, trial_sd=1e308), r"errors no. 1 trial_sd"),
        (lambda d: _changed(d, bias=-1e300), r"errors no. 1 bias"),
        (lambda d: _changed(d, n_athletes=1), r"errors no. 1 n_athletes: repeats of one athlete"),
        (lambda d: _changed(d, session_sd=float("nan")), r"errors no. 1 session_sd"),
        (lambda d: _changed(d, icc=7), r"errors no. 1 icc"),
        (lambda d: _changed(d, borrowed=True), r"errors no. 1 borrowed"),
        (lambda d: _changed(d, side="right"), "peak_force_bw right stands there twice"),
        (lambda d: _changed(d, name="x" * 200), r"errors no. 1 name"),
    ],
)
def test_damage_is_one_sentence(tmp_path: Path, damage: Callable[[dict[str, Any]], Any], said: str) -> None:
    broken = damage(document())
    text = broken if isinstance(broken, str) else json.dumps(broken)
    (tmp_path / "reliability.json").write_text(text)
    with pytest.raises(FileFormatError, match=said) as caught:
        read_error_file(tmp_path)
    assert "\n" not in str(caught.value)
    assert "make it anew with `landing-lab reliability`" in str(caught.value)


def _changed(whole: dict[str, Any], **fields: Any) -> dict[str, Any]:
    whole["errors"][0] |= fields
    return whole


def test_bytes_that_are_no_text_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "reliability.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileFormatError, match="no UTF-8 text"):
        read_error_file(tmp_path)
    (tmp_path / "reliability.json").unlink()
    (tmp_path / "reliability.json").mkdir()
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_error_file(tmp_path)


def test_a_document_that_would_not_read_back_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="trial_sd"):
        write_error_file(tmp_path, _changed(document(), trial_sd=None))
    assert not list(tmp_path.iterdir())


def test_published_errors_are_marked_and_give_the_published_detectable_change() -> None:
    lunge = borrowed_error("lunge_left_cm", "left")
    assert lunge is not None
    assert lunge == borrowed_error("lunge_left_cm", "left")
    assert lunge.borrowed
    assert lunge.detectable_change(1) == pytest.approx(1.9)
    less = borrowed_error("less_score", "total")
    assert less is not None
    assert less.detectable_change(3) == pytest.approx(2.77, abs=0.01)
    landing = borrowed_error("landing_peak_force_bw", "right")
    assert landing is not None
    # evidence.md 1d: MDC95 1.6-1.9 BW
    assert landing.detectable_change(1) == pytest.approx(1.86, abs=0.01)
    assert {one.evidence_id for one in (lunge, less, landing)} <= set(EVIDENCE_IDS)


def test_every_borrowed_error_and_known_pair_names_a_row_of_the_registry() -> None:
    for one in (*EVIDENCE_IDS, *condition_pairs.EVIDENCE_IDS):
        assert evidence().claim(one).id == one


def test_more_trials_do_not_shrink_a_published_error_that_nobody_split() -> None:
    landing = borrowed_error("landing_peak_force_bw", "left")
    assert landing is not None
    assert landing.standard_error(10) == landing.standard_error(1) == 0.67
    assert landing.detectable_difference_within_session(5, 5) > 0


@pytest.mark.parametrize(
    ("name", "side"),
    [("landing_peak_force_bw", "total"), ("peak_force_bw", "left"), ("navicular_drop_left_mm", "left"), ("", "")],
)
def test_nothing_is_borrowed_where_it_would_not_be_the_same_quantity(name: str, side: str) -> None:
    assert borrowed_error(name, side) is None


@pytest.mark.parametrize("name", ["t.csv", "metrics.parquet"])
def test_the_errors_of_a_table_lie_beside_it(tmp_path: Path, name: str) -> None:
    table = tmp_path / name
    table.write_text("anything")
    assert read_error_file(table) is None
    assert write_error_file(table, document()) == tmp_path / "reliability.json"
    assert read_error_file(table) == read_error_file(tmp_path) is not None
