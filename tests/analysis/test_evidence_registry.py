"""The evidence table: loaded strictly, stamped, answering for real names, and never scoring what is not shown."""

from __future__ import annotations

import dataclasses
import fnmatch
import hashlib
import json
import re
import tomllib
from importlib.resources import files

import pytest
from scipy import stats

from landing_lab.analysis.evidence.claim import WEIGHT, WITHHELD, Claim
from landing_lab.analysis.evidence.registry import EvidenceTable, Topic, evidence, known_names, read_evidence
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.metrics import all_metrics

SHIPPED = (files("landing_lab.analysis.evidence") / "claims.toml").read_text(encoding="utf-8")
TABLE = evidence()
SMALL = """
version = "2026.11.1"
[[topic]]
name = "lunge"
label = "lunge"
covers = ["lunge_*"]
[[claim]]
id = "lunge-one"
variable = "lunge"
outcome = "valgus"
direction = "lower"
finding = "Less was seen."
effect = "SMD -1"
sample = "17"
population = "adults"
source = "A 2018"
address = "pubmed 1"
grade = "B"
checked = "page"
contradicted_by = ["lunge-two"]
[[claim]]
id = "lunge-two"
variable = "lunge"
outcome = "valgus"
direction = "none"
finding = "Nothing was seen."
effect = "r 0"
sample = "35"
population = "adults"
source = "B 2011"
grade = "D"
checked = "memory"
contradicted_by = ["lunge-one"]
"""


def test_the_whole_review_is_there() -> None:
    assert len(TABLE.claims) >= 150
    assert {one.grade for one in TABLE.claims} == set("ABCDX")
    assert all(any(one.variable == topic.name for one in TABLE.claims) for topic in TABLE.topics)
    for row in ("lunge-valgus-lima-2018", "vgrf-valgus-dari-null", "valgus-acl-cronstrom-2020", "prevention-nmt-or051"):
        assert TABLE.claim(row).id == row


@pytest.mark.parametrize("grade", ["D", "X"])
def test_conflicting_and_absent_evidence_can_never_count(grade: str) -> None:
    own = [one for one in TABLE.claims if one.grade == grade]
    assert own
    assert [one.weight for one in own] == [0.0] * len(own)
    assert not any(one.scored for one in own)
    assert all("not scored" in one.badge for one in own)


def test_weights_are_those_of_the_review() -> None:
    assert WEIGHT == {"A": 1.0, "B": 0.67, "C": 0.33, "D": 0.0, "X": 0.0}


def test_what_is_withheld_is_never_shown_and_never_counts() -> None:
    own = [one for one in TABLE.claims if not one.printable]
    withheld = " ".join(f"{one.source} {one.effect}" for one in own)
    # Correction 12 of the review, name by name.
    for name in ("Hewett", "HR 1.26", "HR 0.55", "r2 0.88", "0.60", "Woodford", "Loudon", "Schmidtbleicher", "r -0.8",
                 "CPEI", "arch index", "LMFI", "Melai"):  # fmt: skip
        assert name in withheld
    for one in own:
        assert (one.shown_effect, one.weight, one.checked) == (WITHHELD, 0.0, "memory")
        assert not re.search(r"\d", one.finding.replace("ACL", "")), "the finding gives the figure away"


def test_corrections_stand_above_the_tables() -> None:
    assert "OR 1.59 (1.17-2.16)" in TABLE.claim("nomogram-myer-2010-ajsm").effect
    assert "1.43" in TABLE.claim("nomogram-myer-pmc2900517").effect
    assert TABLE.claim("stiffness-knee-pedley-2025").doi == "10.1016/j.ptsp.2025.03.003"
    assert "AUC" in TABLE.claim("stiffness-knee-pedley-2025").effect
    assert "5 men, 4 women" in TABLE.claim("tts-acl-duprey-2016").sample
    assert not TABLE.claim("hip-strength-valgus-dix-2019").verified
    assert "no cut-off" in TABLE.claim("asymmetry-youth-fort-2020").effect


def test_figures_that_can_be_computed_again_are_right() -> None:
    def predictive(sensitivity: float, specificity: float, base: float) -> float:
        true = sensitivity * base
        return 100 * true / (true + (1 - specificity) * (1 - base))

    for row, value in {
        "ppv-less": predictive(0.86, 0.64, 7 / 1217),
        "ppv-kam": predictive(0.78, 0.73, 0.013),
        "ppv-nomogram": predictive(0.77, 0.71, 0.06),
        "ppv-mkd": predictive(0.60, 0.55, 42 / 710),
    }.items():
        assert f"{value:.1f} %" in TABLE.claim(row).effect
    six, seven = stats.binomtest(6, 7).proportion_ci(), stats.binomtest(7, 9).proportion_ci()
    assert f"{100 * six.low:.0f}-{100 * six.high:.1f}" in TABLE.claim("less-acl-padua-2015").effect
    assert f"{100 * seven.low:.0f}-{100 * seven.high:.0f}" in TABLE.claim("kam-acl-hewett-2005-accuracy").effect
    for row, errors in {"less-error-sem": (1.01, 1.11), "landing-error-jssm17": (0.57, 0.67)}.items():
        low, high = (1.96 * 2**0.5 * error for error in errors)
        assert f"MDC95 {low:.1f}-{high:.1f}" in TABLE.claim(row).effect


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("peak_force_bw", "vgrf-acl-krosshaug-2016"),
        ("landing_peak_force_n", "vgrf-valgus-dari-null"),
        ("medial_shift_mm", "medial-pressure-dvj-null"),
        ("landing_medial_shift_mm", "cop-ml-error-mcneese-2025"),
        ("lunge_left_cm", "lunge-valgus-lima-2018"),
        ("lunge", "lunge-valgus-fong-2011"),
        ("less", "less-acl-smith-2012"),
        ("less.5", "less-valgus-concurrent"),
        ("limb_symmetry_peak_0_100ms_pct", "asymmetry-after-aclr-meta"),
        ("hip_abduction_left_pct_bw", "hip-strength-acl-khayambashi-2016"),
        ("hip_external_rotation_range_left_deg", "hip-rotation-valgus-hogg-2022"),
        ("fppa_drop_jump_right_deg", "fppa-norm-herrington-2009"),
        ("vertical_stiffness_peak_kn_per_m", "stiffness-knee-pedley-2025"),
        ("swelling", "referral-red-flags-consensus"),
        ("time_to_stabilisation_s", "tts-error-jssm17"),
    ],
)
def test_metrics_and_inputs_have_their_claims(name: str, row: str) -> None:
    assert row in [one.id for one in TABLE.about(name)]


def test_a_row_answers_for_itself_and_a_metric_without_evidence_with_nothing() -> None:
    assert [one.id for one in TABLE.about("prevention-nmt-or051")] == ["prevention-nmt-or051"]
    assert TABLE.about("jump_height_impulse_m") == ()
    assert TABLE.about("mass_kg") == ()


def test_every_name_that_a_topic_covers_exists() -> None:
    names = [*known_names(), *(f"less.{item}" for item in range(1, 18))]
    stale = [one for topic in TABLE.topics for one in topic.covers if not fnmatch.filter(names, one)]
    assert stale == []
    assert set(all_metrics()) < set(names)


@pytest.mark.parametrize(
    ("typed", "near"), [("lung", "lunge"), ("peak_force", "peak_force_bw"), ("hipstrength", "hip_strength")]
)
def test_an_unknown_name_is_answered_with_those_near_it(typed: str, near: str) -> None:
    with pytest.raises(ParameterError, match=rf"nothing called '{typed}'; near it are .*\b{near}\b") as told:
        TABLE.about(typed)
    assert "\n" not in str(told.value)


def test_an_unknown_row_is_named() -> None:
    with pytest.raises(ParameterError, match="no row 'lunge-valgus-lima'; near it are lunge-valgus-lima-2018"):
        TABLE.claim("lunge-valgus-lima")


def test_rows_that_contradict_each_other_name_each_other() -> None:
    pairs = {(one.id, other) for one in TABLE.claims for other in one.contradicted_by}
    assert len(pairs) > 40
    assert pairs == {(other, one) for one, other in pairs}
    assert all(one != other for one, other in pairs)


def test_the_hash_is_of_the_content_whatever_the_layout() -> None:
    table = read_evidence(SMALL)
    head, first, second = SMALL.split("[[claim]]")
    turned = read_evidence(f"# a comment\n{head}[[claim]]{second}\n\n[[claim]]{first}")
    assert (turned.sha256, turned.stamp) == (table.sha256, table.stamp)
    assert read_evidence(SMALL.replace("SMD -1", "SMD -2")).sha256 != table.sha256
    assert read_evidence(SMALL.replace("2026.11.1", "2026.11.2")).sha256 != table.sha256
    assert table.stamp == f"evidence table 2026.11.1, sha256 {table.sha256[:8]}"


def test_the_hash_is_what_its_description_says() -> None:
    content = tomllib.loads(SHIPPED)

    def whole(made: type, row: dict[str, object]) -> dict[str, object]:
        usual = {one.name: one.default for one in dataclasses.fields(made)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in {**usual, **row}.items()}

    claims = sorted((whole(Claim, one) for one in content["claim"]), key=lambda one: one["id"])
    topics = sorted((whole(Topic, one) for one in content["topic"]), key=lambda one: one["name"])
    plain = {"claims": claims, "topics": topics, "version": content["version"]}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == TABLE.sha256


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "lunge-two"', 'id = "lunge-one"', "claim 'lunge-one' stands 2 times"),
        ('name = "lunge"', 'name = "lung"', "its variable 'lunge' is no topic"),
        ('grade = "B"', 'grade = "E"', "grade is not one of A, B, C, D, X"),
        ('grade = "B"\n', "", "grade is absent"),
        ('grade = "B"', 'grade = "B"\ncolour = "red"', "'colour' is not known"),
        ('["lunge-two"]', '["lunge-three"]', "contradicted by 'lunge-three', which is no row"),
        ('contradicted_by = ["lunge-one"]', "", "'lunge-two', which does not name it in turn"),
        ('address = "pubmed 1"', "", "no address says where"),
        ('finding = "Less was seen."', 'finding = ""', "its finding is empty"),
        ('checked = "page"', 'checked = "page"\nprintable = false', "is withheld all the same"),
        ('version = "2026.11.1"', 'version = "1"', "year.month.number; got '1'"),
        ('version = "2026.11.1"', "version = ", "is not TOML"),
        ('version = "2026.11.1"', 'version = "2026.11.1"\nclaims = 1', "it has 'claims'"),
        ('"lunge-two"', '"Lunge Two"', "not lower-case words"),
    ],
)
def test_a_table_that_does_not_hang_together_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(FileFormatError, match=re.escape(said)):
        read_evidence(SMALL.replace(old, new, 2 if " Two" in new else 1))


def test_a_table_without_claims_is_refused() -> None:
    with pytest.raises(FileFormatError, match="has no claim"):
        read_evidence(SMALL.split("[[claim]]", maxsplit=1)[0])


def test_the_table_is_read_once() -> None:
    assert evidence() is TABLE
    assert isinstance(TABLE, EvidenceTable)
