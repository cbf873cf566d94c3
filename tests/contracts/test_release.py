"""What says the version says the same version; the citation file is one that citation tools read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import landing_lab

yaml = pytest.importorskip("yaml", reason="PyYAML comes with the extra `test`")
ROOT = Path(__file__).resolve().parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
CHANGES = (ROOT / "CHANGELOG.md").read_text("utf-8")

# Citation File Format 1.2.0, doi:10.5281/zenodo.5171937: required keys, and what else its schema knows.
_REQUIRED = {"cff-version", "message", "title", "authors"}
_KNOWN = _REQUIRED | {
    "abstract", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license", "license-url",
    "preferred-citation", "references", "repository", "repository-artifact", "repository-code", "type", "url",
    "version",
}  # fmt: skip
_OF_A_PERSON = {
    "family-names",
    "given-names",
    "name-particle",
    "name-suffix",
    "affiliation",
    "email",
    "orcid",
    "website",
}
_OF_AN_ENTITY = {"name", "address", "city", "country", "email", "orcid", "website", "alias"}


def test_the_citation_has_the_keys_of_its_format() -> None:
    assert CITATION["cff-version"] == "1.2.0"
    assert set(CITATION) >= _REQUIRED
    assert set(CITATION) <= _KNOWN
    assert CITATION["type"] in {"software", "dataset"}
    assert all(isinstance(CITATION[key], str) and CITATION[key].strip() for key in ("message", "title", "abstract"))
    assert CITATION["keywords"] == list(dict.fromkeys(CITATION["keywords"]))


def test_authors_are_people_or_entities() -> None:
    assert CITATION["authors"]
    for author in CITATION["authors"]:
        assert set(author) <= (_OF_AN_ENTITY if "name" in author else _OF_A_PERSON)
        orcid = author.get("orcid")
        assert orcid is None or re.fullmatch(r"https://orcid\.org/(\d{4}-){3}\d{3}[\dX]", orcid)


def test_every_place_says_the_same_version() -> None:
    assert str(CITATION["version"]) == landing_lab.__version__
    newest = re.search(r"^## (\S+)(?: \((.+)\))?$", CHANGES, re.MULTILINE)
    assert newest is not None
    assert newest[1] == landing_lab.__version__
    assert re.fullmatch(r"unreleased|\d{4}-\d{2}-\d{2}", newest[2] or "")


def test_changes_are_one_line_each_in_groups_by_who_notices() -> None:
    newest = CHANGES.partition("\n## ")[2].partition("\n## ")[0]
    groups = re.findall(r"^### (.+)$", newest, re.MULTILINE)
    assert groups == ["For lab staff", "For those who build boards or add code", "For researchers"]
    changes = [line for line in newest.splitlines() if line.startswith("- ")]
    assert len(changes) == len(set(changes)), "a line that a merge has doubled"
    assert "<!-- New lines go above this mark" in newest


def test_the_citation_names_the_licence_of_the_package() -> None:
    assert CITATION["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
