"""The evidence table that ships with the package: read once, checked strictly, stamped with version and hash."""

from __future__ import annotations

import difflib
import fnmatch
import functools
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, TypeVar

from landing_lab.analysis.evidence.claim import Claim
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.visible import quoted_name
from landing_lab.model.strict_document import from_plain, plain

T = TypeVar("T")
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
DENSE_INDICES: Final = ("contact_area_cm2", "arch_index", "cpei_pct")
"""Measures of walking steps on mats, which are no metrics of a landing."""
_VERSION: Final = re.compile(r"\d{4}\.\d{1,2}\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What claims are about: label in words, and the names of metrics and inputs that it covers (* stands for any)."""

    name: str
    label: str
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """Claims and topics of one version; sha256 is of their content, whatever the layout of the file."""

    version: str
    sha256: str
    claims: tuple[Claim, ...]
    topics: tuple[Topic, ...]

    @property
    def stamp(self) -> str:
        """What a report carries: version and the beginning of the hash."""
        return f"evidence table {self.version}, sha256 {self.sha256[:8]}"

    def claim(self, claim_id: str) -> Claim:
        """The row of that id. Raises ParameterError where there is none."""
        for one in self.claims:
            if one.id == claim_id:
                return one
        raise ParameterError(
            f"the evidence table has no row {quoted_name(claim_id)!r}{_near(claim_id, (one.id for one in self.claims))}"
        )

    def about(self, variable: str) -> tuple[Claim, ...]:
        """Claims about a topic, a metric or an input; the one claim of an id; () where nothing was found on a metric.

        Raises ParameterError for a name that is none of these, with the nearest names.
        """
        found = tuple(one for one in self.claims if one.id == variable)
        names = {topic.name for topic in self.topics_of(variable)}
        found = found or tuple(one for one in self.claims if one.variable in names)
        if not found and variable not in known_names():
            raise ParameterError(
                f"the evidence table has nothing called {quoted_name(variable)!r}"
                f"{_near(variable, (*(topic.name for topic in self.topics), *known_names()))}; "
                f"`landing-lab screen --evidence` lists its topics"
            )
        return found

    def topics_of(self, variable: str) -> tuple[Topic, ...]:
        """Topics that a name stands for: the topic itself, or those that cover a metric or an input."""
        own = tuple(topic for topic in self.topics if topic.name == variable)
        return own or tuple(
            topic for topic in self.topics if any(fnmatch.fnmatchcase(variable, name) for name in topic.covers)
        )


@functools.cache
def evidence() -> EvidenceTable:
    """The table of this version of landing-lab."""
    return read_evidence((files("landing_lab.analysis.evidence") / "claims.toml").read_text(encoding="utf-8"))


@functools.cache
def known_names() -> tuple[str, ...]:
    """Names of every metric and of every input of a laboratory."""
    from landing_lab.analysis.inputs.field_inputs import FieldInputs
    from landing_lab.metrics import all_metrics

    return (*all_metrics(), *DENSE_INDICES, *FieldInputs.model_fields)


def read_evidence(text: str) -> EvidenceTable:
    """A table from TOML: version, [[topic]] and [[claim]]. Raises FileFormatError with the row that is wrong."""
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(f"the evidence table is not TOML ({error}); correct that line") from error
    unknown = sorted(set(content) - {"version", "topic", "claim"})
    if unknown:
        raise FileFormatError(f"the evidence table knows version, topic and claim; it has {unknown[0]!r}; leave it out")
    version = str(content.get("version", ""))
    if not _VERSION.fullmatch(version):
        raise FileFormatError(
            f"the evidence table's version is year.month.number; got {version!r}; write such as 2026.11.1"
        )
    topics = tuple(_row(Topic, one, "topic", one.get("name")) for one in content.get("topic", ()))
    claims = tuple(_row(Claim, one, "claim", one.get("id")) for one in content.get("claim", ()))
    _check_names([topic.name for topic in topics], "topic")
    _check_names([claim.id for claim in claims], "claim")
    for claim in claims:
        _check(claim, claims, {topic.name for topic in topics})
    return EvidenceTable(version=version, sha256=_sha256(version, topics, claims), claims=claims, topics=topics)


def _row(made: type[T], values: Mapping[str, object], what: str, name: object) -> T:
    try:
        return from_plain(made, values)
    except (ValueError, TypeError) as error:
        raise FileFormatError(f"{what} {name!r} of the evidence table: {error}; correct that row") from error


def _check_names(names: list[str], what: str) -> None:
    if not names:
        raise FileFormatError(f"the evidence table has no {what}; give it at least one")
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise FileFormatError(
            f"{what} {name!r} stands {times} times in the evidence table; ids are given once, for good"
        )


def _check(claim: Claim, claims: tuple[Claim, ...], topics: set[str]) -> None:
    """Raises FileFormatError for a row that does not hang together with itself or with the others."""
    by_id = {one.id: one for one in claims}
    empty = next(
        (name for name in ("finding", "effect", "sample", "population", "source") if not getattr(claim, name)), ""
    )
    wrong = ""
    if not _ID.fullmatch(claim.id):
        wrong = "its id is not lower-case words joined by hyphens"
    elif empty:
        wrong = f"its {empty} is empty"
    elif claim.variable not in topics:
        wrong = f"its variable {claim.variable!r} is no topic"
    elif claim.checked == "page" and not (claim.address or claim.doi):
        wrong = "it was read on a page, but no address says where"
    elif not claim.printable and claim.checked != "memory":
        wrong = "its figure was read and is withheld all the same"
    else:
        for other in claim.contradicted_by:
            if other not in by_id:
                wrong = f"it is contradicted by {other!r}, which is no row"
            elif claim.id not in by_id[other].contradicted_by:
                wrong = f"it is contradicted by {other!r}, which does not name it in turn"
    if wrong:
        raise FileFormatError(f"claim {claim.id!r} of the evidence table: {wrong}; correct that row")


def _sha256(version: str, topics: tuple[Topic, ...], claims: tuple[Claim, ...]) -> str:
    content = {
        "version": version,
        "topics": sorted((plain(one) for one in topics), key=lambda one: str(one["name"])),
        "claims": sorted((plain(one) for one in claims), key=lambda one: str(one["id"])),
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _near(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that proposes what may have been meant."""
    pool = list(dict.fromkeys(known))
    wanted = name.lower()
    inside = [one for one in pool if len(wanted) > 2 and (wanted in one or one in wanted)]
    found = list(dict.fromkeys([*inside, *difflib.get_close_matches(wanted, pool, n=4, cutoff=0.5)]))[:4]
    return f"; near it are {', '.join(found)}" if found else ""
