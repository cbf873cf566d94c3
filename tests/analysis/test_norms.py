"""Norms against loops and the standard library: athletes count, trials do not; one athlete can be taken out."""

from __future__ import annotations

import json
import math
import statistics
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import landing_lab as ll
from landing_lab.analysis.cohort.make_norms import make_norms
from landing_lab.analysis.cohort.norms import NormKey, Norms, read_norms
from landing_lab.analysis.cohort.norms_file import write_norms
from landing_lab.analysis.cohort.participants import persons
from landing_lab.analysis.cohort.session_means import session_means
from landing_lab.analysis.cohort.strata import AGE_BANDS, Stratum, strata_of
from landing_lab.analysis.cohort.trial_columns import MetricKey, TrialColumns, TrialKey, joined
from landing_lab.errors import FileFormatError, ParameterError
from made_dataset import make_dataset

EVERYBODY = Stratum()
METRICS = (MetricKey("contact_time_s", "total", "s"), MetricKey("peak_force_bw", "left", "BW"))


def made(n_athletes: int, seed: int = 0) -> TrialColumns:
    """Uneven numbers of sessions, trials and values, some refused or flagged."""
    rng = np.random.default_rng(seed)
    trials, rows = [], []
    for athlete in range(n_athletes):
        for session in range(int(rng.integers(1, 4))):
            for run in range(int(rng.integers(1, 7))):
                trials.append(TrialKey(f"P{athlete:03d}", f"{session + 1:02d}", run + 1, "drop_jump", ""))
                for metric in range(2):
                    refused = rng.random() < 0.15
                    value = math.nan if refused else float(rng.normal(10 + athlete % 7, 1))
                    rows.append((len(trials) - 1, metric, 2 if refused else int(rng.integers(0, 2)), value))
    trial, metric, status, value = (np.array(one) for one in zip(*rows, strict=True))
    return TrialColumns(
        tuple(trials), METRICS, trial.astype(np.int32), metric.astype(np.int32), status.astype(np.int8), value,
        np.full(len(value), 0.1),
    )  # fmt: skip


def people(n_athletes: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sex": [("female", "male", None)[n % 3] for n in range(n_athletes)],
            "age_years": [math.nan if n % 11 == 0 else 16.0 + n % 5 * 3 for n in range(n_athletes)],
        },
        index=[f"P{n:03d}" for n in range(n_athletes)],
    )


def athlete_values(columns: TrialColumns, metric: MetricKey) -> dict[str, float]:
    """One value per athlete, in loops: mean of the means of sessions with three or more values."""
    trials: dict[tuple[str, str], list[float]] = defaultdict(list)
    for trial, number, value in zip(columns.trial, columns.metric, columns.value, strict=True):
        if columns.metrics[number] == metric and not math.isnan(value):
            trials[columns.trials[trial][:2]].append(float(value))
    sessions: dict[str, list[float]] = defaultdict(list)
    for (who, _), values in trials.items():
        if len(values) >= 3:
            sessions[who].append(statistics.fmean(values))
    return {who: statistics.fmean(values) for who, values in sessions.items()}


def test_norms_are_those_of_loops_over_athletes() -> None:
    columns, who = made(150), people(150)
    norms = make_norms(session_means(columns), who)
    checked = 0
    for metric in METRICS:
        values = athlete_values(columns, metric)
        for sex in (None, "female", "male"):
            for ages in (None, *AGE_BANDS):
                own = [
                    value
                    for name, value in values.items()
                    if (sex is None or who.sex[name] == sex)
                    and (ages is None or ages[0] <= who.age_years[name] < ages[1])
                ]
                key = NormKey(metric.name, metric.side, "drop_jump", "", Stratum(sex, ages))
                if len(own) < 30:
                    assert key not in norms.norms
                    continue
                norm = norms.norms[key]
                assert norm.n_athletes == len(own)
                assert norm.mean == pytest.approx(statistics.fmean(own), rel=1e-12)
                assert norm.sd == pytest.approx(statistics.stdev(own), rel=1e-10)
                low, high = scipy.stats.t.interval(0.95, len(own) - 1, norm.mean, norm.sd / math.sqrt(len(own)))
                assert (norm.mean_low, norm.mean_high) == pytest.approx((low, high), rel=1e-10)
                quartiles = statistics.quantiles(own, n=20, method="inclusive")
                assert norm.percentiles == pytest.approx([quartiles[at] for at in (0, 4, 9, 14, 18)], rel=1e-10)
                checked += 1
    assert checked >= 8


def test_trials_and_sessions_of_one_athlete_do_not_weigh_more() -> None:
    columns = made(40)
    own = columns.of([one.participant == "P003" for one in columns.trials])
    copies = [
        TrialColumns(
            tuple(one._replace(session=f"{copy}x{one.session}") for one in own.trials),
            own.metrics, own.trial, own.metric, own.status, own.value, own.sd,
        )
        for copy in range(20)
    ]  # fmt: skip
    first, second = (make_norms(session_means(one), people(40)) for one in (columns, joined([columns, *copies])))
    key = NormKey("contact_time_s", "total", "drop_jump", "", EVERYBODY)
    assert second.n_trials > 1.2 * first.n_trials
    assert second.norms[key].n_athletes == first.norms[key].n_athletes
    assert second.norms[key].mean == pytest.approx(first.norms[key].mean, rel=1e-12)
    assert second.norms[key].sd == pytest.approx(first.norms[key].sd, rel=1e-12)


@given(seed=st.integers(0, 1000), n=st.integers(31, 45), own=st.integers(0, 30))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_without_an_athlete_is_exactly_the_norm_of_the_others(seed: int, n: int, own: int) -> None:
    columns = made(n, seed)
    who = f"P{own:03d}"
    norms = make_norms(session_means(columns), people(n))
    others = columns.of([one.participant != who for one in columns.trials])
    values = list(athlete_values(others, METRICS[0]).values())
    found = norms.reference("contact_time_s", "total", sex=None, age_years=None, without=who)
    if len(values) < 30:
        assert found is None
        return
    assert found is not None
    assert found.n == len(values)
    assert found.mean == pytest.approx(statistics.fmean(values), rel=1e-11)
    assert found.sd == pytest.approx(statistics.stdev(values), rel=1e-9)


def test_the_narrowest_group_with_enough_athletes_is_taken() -> None:
    assert strata_of("female", 20.0) == [
        Stratum("female", (18.0, 25.0)), Stratum("female"), Stratum(None, (18.0, 25.0)), EVERYBODY,
    ]  # fmt: skip
    assert strata_of(None, None) == [EVERYBODY]
    norms = make_norms(session_means(made(150)), people(150))
    young = norms.reference("contact_time_s", "total", sex="female", age_years=20.0)
    everybody = norms.reference("contact_time_s", "total", sex=None, age_years=math.nan)
    assert young is not None
    assert everybody is not None
    assert "women" in young.group
    assert "everybody" in everybody.group
    assert everybody.n > young.n >= 30
    assert young.kind == "local"
    assert norms.reference("no_metric", "total", sex=None, age_years=None) is None


def test_twenty_nine_athletes_are_counted_and_have_no_norm(tmp_path: Path) -> None:
    study = make_dataset(
        tmp_path / "s", seed=1, participants=[f"P{n:02d}" for n in range(29)], n_sessions=1, n_trials=3
    )
    norms = ll.norms(study.path)
    assert norms.norms == {}
    assert norms.counts == {("drop_jump", "", EVERYBODY): 29}
    assert norms.reference("contact_time_s", "total", sex=None, age_years=None) is None


def test_the_usual_condition_is_what_most_athletes_did(tmp_path: Path) -> None:
    names = [f"P{n:02d}" for n in range(31)]
    study = make_dataset(
        tmp_path / "s", seed=1, participants=names, n_sessions=1, n_trials=3, conditions=("arch_support", "flat")
    ).path
    for number, name in enumerate(names):
        if number == 0:
            path = study / f"sub-{name}" / "ses-01" / "session.json"
            path.write_text(path.read_text().replace('"arch_support"', '"other"'))
    norms = ll.norms(study)
    assert norms.usual() == ("drop_jump", "flat")
    found = norms.reference("medial_shift_mm", "left", sex=None, age_years=None)
    support = norms.reference("medial_shift_mm", "left", sex=None, age_years=None, condition="arch_support")
    assert found is not None
    assert support is not None
    assert found.mean - support.mean == pytest.approx(2.0, abs=0.8)
    assert (found.n, support.n) == (31, 30)


def test_parts_of_a_cohort_give_the_norms_of_the_whole() -> None:
    columns = made(60)
    third = [int(one.participant[1:]) // 20 for one in columns.trials]
    whole = joined([columns.of([one == part for one in third]) for part in range(3)])
    assert make_norms(session_means(whole), people(60)).norms == make_norms(session_means(columns), people(60)).norms


def written(folder: Path) -> tuple[Norms, Path]:
    norms = make_norms(session_means(made(60)), people(60))
    return norms, write_norms(norms, folder / "norms.json", athlete_means=folder / "derived" / "athlete_means.parquet")


def test_the_file_gives_back_what_was_written_and_tells_of_no_single_athlete(tmp_path: Path) -> None:
    norms, path = written(tmp_path)
    again = read_norms(tmp_path)
    assert again is not None
    assert (again.norms, again.counts, again.n_athletes) == (norms.norms, norms.counts, norms.n_athletes)
    one = {"sex": "female", "age_years": 19.0, "without": "P001"}
    assert again.reference("contact_time_s", "total", **one) == norms.reference("contact_time_s", "total", **one)
    assert "P001" not in path.read_text()
    assert read_norms(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(schema="landing-lab.session/1"), "where landing-lab.norms/1 belongs"),
        (lambda d: d.pop("norms"), "is damaged"),
        (lambda d: d["norms"][0].update(n_athletes=3), "is damaged"),
        (lambda d: d["norms"][0].update(mean="1"), "is damaged"),
        (lambda d: d["norms"][0].update(mean=1e300, sd=1e300), "is damaged"),
        (lambda d: d["norms"][0].update(n_athletes=1e11), "is damaged"),
        (lambda d: d.update(n_sessions=1.5), "is damaged"),
        (lambda d: d["norms"][0].update(ages_years=5), "is damaged"),
    ],
)
def test_a_file_of_something_else_is_refused_in_one_sentence(tmp_path: Path, change: object, said: str) -> None:
    _, path = written(tmp_path)
    document = json.loads(path.read_text())
    change(document)  # type: ignore[operator]
    path.write_text(json.dumps(document))
    with pytest.raises(FileFormatError, match=said):
        read_norms(tmp_path)


def test_the_norms_of_a_table_lie_beside_it(tmp_path: Path) -> None:
    table = tmp_path / "cohort.parquet"
    table.write_bytes(b"PAR1")
    assert read_norms(table) is None
    norms, _ = written(tmp_path)
    again = read_norms(table)
    assert again is not None
    assert again.norms == norms.norms


def test_sex_and_age_are_read_in_one_way() -> None:
    table = pd.DataFrame({"sex": ["F", "male", None], "age_years": [20, math.nan, 31.5]}, index=["P1", "P2", "P3"])
    assert persons(table) == {"P1": ("female", 20.0), "P2": ("male", None), "P3": (None, 31.5)}
    assert persons(table.drop(columns=["sex", "age_years"]))["P1"] == (None, None)


def test_a_table_of_trials_gives_the_norms_of_its_dataset(tmp_path: Path) -> None:
    make_dataset(tmp_path / "study", seed=3, participants=[f"P{i:02d}" for i in range(31)])
    table = ll.read_trials(tmp_path / "study")
    of_path, of_table = ll.norms(tmp_path / "study"), ll.norms(table)
    assert len(of_path.norms) > 0
    assert (of_table.norms, of_table.counts) == (of_path.norms, of_path.counts)
    assert ll.cohort(table, participant="P03").table().rows["participant"].unique().tolist() == ["P03"]
    with pytest.raises(ParameterError, match="participant 'P99' has no trial in this table"):
        ll.cohort(table, participant="P99")


def test_what_is_neither_folder_nor_table_is_told_so() -> None:
    with pytest.raises(ParameterError, match=r"what read_trials made of it; got a DataFrame; give one of the two"):
        ll.norms(pd.DataFrame())  # type: ignore[arg-type]


def test_an_absurd_norm_is_not_written_and_the_others_read_back(tmp_path: Path) -> None:
    norms, path = written(tmp_path)
    key = NormKey("contact_time_s", "total", "drop_jump", "", EVERYBODY)
    write_norms(replace(norms, norms={**norms.norms, key: replace(norms.norms[key], sd=1e200)}), path)
    again = read_norms(tmp_path)
    assert again is not None
    assert set(norms.norms) - set(again.norms) == {key}


def test_norms_without_means_say_that_the_athlete_may_be_among_them(tmp_path: Path) -> None:
    norms, path = written(tmp_path)
    write_norms(norms, path)  # as --norms-out does: no means of single athletes
    again = read_norms(tmp_path)
    assert again is not None
    found = again.reference("contact_time_s", "total", sex=None, age_years=None, without="P001")
    assert found is not None
    assert found.group.endswith("this athlete may be among them")
    key = NormKey("contact_time_s", "total", "drop_jump", "", EVERYBODY)
    thirty = replace(again, norms={key: replace(again.norms[key], n_athletes=30)})
    assert thirty.reference("contact_time_s", "total", sex=None, age_years=None, without="P001") is None
    assert thirty.reference("contact_time_s", "total", sex=None, age_years=None) is not None
