"""No text that the package can produce says more than the evidence: every string, template, table and page is read."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.wording import BANNED, VALGUS, VALGUS_ALLOWED, banned_words, ungated_valgus
from landing_lab.report.evidence_lines import claim_facts
from wording_scan import CLAIMS, ROOT, Text, assert_allowed, claim_texts, plain_text, strings_of, texts

SAYS_TOO_MUCH = {
    "a diagnosis": ("We diagnose a torn ligament.", "Diagnosed: stiff landing", "Diagnosis: knee valgus"),
    "at risk": ("This athlete is at risk of an ACL tear.", "at high risk"),
    "per cent of risk": ("12 % risk", "a 3.5% annual injury risk", "20 percent chance"),
    "a risk in per cent": ("Risk: 12 %", "risk is about 5%", "chance of tearing it: 12 per cent"),
    "a risk of injury": ("the risk of injury", "likelihood of an ACL rupture", "odds of reinjury"),
    "an injury risk": ("injury risk", "ACL-risk", "Injury probability 0.2"),
    "a class of risk": ("high-risk landing", "lower risk"),
    "a prophecy": ("the knee will tear", "is likely to be injured"),
    "a cause": ("Weak glutes cause valgus.", "weak hip abductors lead to it"),
    "a verdict of safety": ("Safe to return to sport", "the landing is unsafe", "looks safe", "an unsafe knee"),
    "a traffic light": ("traffic light", "green zone", "red score"),
}
SAYS_ENOUGH = (
    "Screening indicator, not a diagnosis. Force and pressure do not measure knee angle.",
    "landing-lab prints no probability of injury.",
    "Outside this lab's reference range; a pattern seen more often in people after surgery (grade C).",
    "Difference 0.4 BW is below this lab's detectable change (0.7 BW).",
    "Neuromuscular training halved ACL injuries among female athletes: odds ratio 0.51.",
    "Red flags: swelling, giving way. An asterisk is no such word.",
    "Probability of this laboratory's own outcome, repeat_of_test: 12 % (8 to 17).",
    "Safe writing: a file is there whole or not at all.",
)
# Where the package may speak of valgus: inputs and observations are typed by a rater, the evidence table speaks of
# studies, models and simulated cohorts have it as an outcome, and what screening says of an athlete passes its gate.
MAY_SPEAK_OF_VALGUS = (
    "src/landing_lab/analysis/evidence/", "src/landing_lab/analysis/inputs/", "src/landing_lab/analysis/screening/",
    "src/landing_lab/app/inputs/", "src/landing_lab/app/screen/", "src/landing_lab/report/evidence_lines.py",
    "src/landing_lab/report/screening_", "src/landing_lab/report/templates/screening",
    "src/landing_lab/analysis/models/", "src/landing_lab/sim/cohort", "src/landing_lab/app/datasets/example/",
    "docs/", "README.md", "CHANGELOG.md", "claims.toml",
)  # fmt: skip


@pytest.fixture(scope="module")
def everything() -> list[Text]:
    return list(texts())


def test_nothing_the_package_can_say_is_banned(everything: list[Text]) -> None:
    assert len(everything) > 10_000, "the scan has lost its way to the sources"
    assert [(one.where, banned_words(one.text)) for one in everything if banned_words(one.text)] == []


def test_valgus_is_spoken_of_where_somebody_watches_over_it(everything: list[Text]) -> None:
    found = [
        (one.where, ungated_valgus(one.text))
        for one in everything
        if " " in one.text.strip() and not one.where.startswith(MAY_SPEAK_OF_VALGUS) and ungated_valgus(one.text)
    ]
    assert found == []


def test_what_the_metrics_and_the_evidence_say_is_among_what_is_read(everything: list[Text]) -> None:
    read = {one.text for one in everything}
    from landing_lab.metrics import all_metrics

    assert sum(one.compute.__doc__ in read for one in all_metrics().values()) > 50
    assert {one.finding for one in evidence().claims} <= read
    assert any(one.where.endswith("report.html.j2") for one in everything)


@pytest.mark.parametrize("name", BANNED)
def test_a_text_that_says_too_much_is_found(name: str) -> None:
    for text in SAYS_TOO_MUCH[name]:
        assert BANNED[name].search(text), text
        assert banned_words(text), text
        assert banned_words(text.replace(" ", "\n")), "a line break hides nothing"


def test_every_banned_pattern_has_examples() -> None:
    assert set(SAYS_TOO_MUCH) == set(BANNED)


@pytest.mark.parametrize("text", SAYS_ENOUGH)
def test_a_text_that_keeps_to_the_evidence_passes(text: str) -> None:
    assert banned_words(text) == []


def test_a_number_that_is_put_in_does_not_hide_a_risk() -> None:
    code = 'def f(x):\n    """Doc."""\n    return f"{x:.0f} % risk" + f"{x}"\n'
    found = [one for one in strings_of(code, "made.py") if banned_words(one.text)]
    assert [(one.where, one.text) for one in found] == [("made.py:3", "1 % risk")]


def test_a_banned_word_in_a_claim_is_found_outside_its_quotation() -> None:
    toml = CLAIMS.read_text(encoding="utf-8")
    spoiled = toml.replace('finding = "', 'finding = "They were at risk. ', 1)
    assert not any(banned_words(one.text) for one in claim_texts(toml))
    assert [one.where for one in claim_texts(spoiled) if banned_words(one.text)] == [
        "claims.toml vgrf-acl-leppanen-2017 finding"
    ]
    quoted = toml.replace('effect = "', 'effect = "injury risk OR 2; ', 1)
    assert not any(banned_words(one.text) for one in claim_texts(quoted))


@pytest.mark.parametrize(
    "text",
    [
        "Your left knee shows valgus.", "The knee goes inwards on landing.", "knees collapse inwards",
        "Medial knee displacement is large.", "Knee abduction angle 12 deg", "kissing knees", "The knee caves in.",
    ],
)  # fmt: skip
def test_valgus_without_an_observation_is_found_by_any_name(text: str) -> None:
    assert ungated_valgus(text) == [text]
    with pytest.raises(AssertionError):
        assert_allowed(f"Peak force 4.1 BW. {text}", knee_observed=False)
    assert_allowed(text, knee_observed=True)


def test_what_cannot_be_said_may_be_said() -> None:
    for text in (
        "Knee valgus cannot be judged without a knee observation.",
        "No observation of the knee was entered, so nothing is said about knee valgus.",
        "The knees share the load; the medial side of the foot takes 40 %.",
    ):
        assert_allowed(text, knee_observed=False)
    assert_allowed("Peak force 4.1 BW. " + evidence().claim("lunge-valgus-lima-2018").finding, knee_observed=False)
    assert_allowed(json.dumps(claim_facts(evidence().claim("lunge-valgus-lima-2018"))), knee_observed=False)
    assert all(phrase == phrase.lower() for phrase in VALGUS_ALLOWED)


def test_a_report_is_read_as_a_person_sees_it() -> None:
    page = "<html><style>.valgus{}</style><body><p>Peak &amp; force</p><td>knee valgus</td><td>4 BW</td></body></html>"
    assert "valgus{}" not in plain_text(page)
    assert ungated_valgus(plain_text(page)) == ["knee valgus"]


def test_every_row_that_the_package_names_is_in_the_table() -> None:
    ids = {one.id for one in evidence().claims}
    assert sorted(named for named in _named_rows() if named[1] not in ids) == []


def _named_rows() -> set[tuple[str, str]]:
    """Row ids in code: in arguments and constants whose name says that they are evidence."""
    row = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
    found = set()
    for path in sorted((ROOT / "src" / "landing_lab").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if "evidence" in code.lower() else ():
            names = [node.arg or ""] if isinstance(node, ast.keyword) else []
            if isinstance(node, ast.AnnAssign | ast.Assign):
                targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
                names = [one.id for one in targets if isinstance(one, ast.Name)]
            if any("evidence" in name.lower() for name in names) and node.value is not None:
                values = [one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
                found |= {(Path(path).name, one) for one in values if isinstance(one, str) and row.fullmatch(one)}
    return found


def test_no_word_of_the_gate_is_out_of_use() -> None:
    assert VALGUS.search("valgus")
    assert not VALGUS.search("medial shift of pressure")
