"""A newcomer finds every message of the package explained: the pages of messages leave none out."""

from __future__ import annotations

import ast
import re

import pytest
from docsite.message_pages import FOLDER, MARK, group_of, groups, message_pages
from docsite.messages import KINDS, Site, messages, modules, sites

SHORT = {
    "‹file›: ‹reason›", "‹file›, line ‹number›: ‹line› - ‹way out›", "‹file› ‹wrong›; calibrate again",
    "‹field name› (‹field label›) takes ‹field takes›; got ‹given›; ‹way out›",
    "‹field name› (‹field label›) takes ‹field takes›; got '‹given›'; ‹way out›",
    "no board answers; ‹values›", "‹file name› cannot be used: ‹reason›", "‹file name› is ‹foreign›; ‹foreign›",
}  # fmt: skip
"""Messages that are other sentences of the pages with a file's or a field's name before them."""

PASSED_ON = {
    ("landing_lab.metrics._pressure", "RefusedError(str(course))"),
    ("landing_lab.metrics.cop_metrics", "RefusedError(str(way))"),
    ("landing_lab.metrics.jump_metrics", "RefusedError(velocity)"),
    ("landing_lab.metrics.stability_metrics", "RefusedError(trial.rest)"),
    ("landing_lab.app.record.gates", "Finding"),
    ("landing_lab.detect.quality_bandwidth", "QualityItem"),
    ("landing_lab.detect.quality_closure", "QualityItem"),
}
"""Sites that give on a sentence which was made elsewhere, where the pages have it as a reason."""


def raises() -> list[tuple[str, int]]:
    return [
        (module.name, node.lineno)
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Raise) and node.exc is not None
    ]


def test_every_class_of_errors_has_a_kind() -> None:
    classes = {node.name for node in modules()["landing_lab.errors"].tree.body if isinstance(node, ast.ClassDef)}
    assert classes - {"LandingLabError"} <= set(KINDS)


def test_every_raise_of_the_package_is_known() -> None:
    known = {(site.module, site.line) for site in sites()}
    assert len(raises()) > 800
    assert [one for one in raises() if one not in known] == []


def test_every_raise_shows_its_words_or_passes_on_others() -> None:
    silent = {
        (site.module, site.raised)
        for site in sites()
        if not site.texts and not site.passes_on and (site.module, site.raised) not in PASSED_ON
    }
    assert silent == set(), "these raise what the pages cannot show; write the sentence where it is raised"


def test_what_is_passed_on_is_still_there() -> None:
    there = {(site.module, site.raised) for site in sites() if not site.texts}
    assert there >= PASSED_ON


def test_every_module_with_messages_belongs_to_a_group() -> None:
    without = sorted({one.module for one in messages() if group_of(one.module) is None})
    assert without == [], f"add these modules to {FOLDER / 'groups.toml'}"


@pytest.mark.parametrize("slug", [group.slug for group in groups()])
def test_every_group_says_what_leads_to_it_what_to_check_and_what_to_do(slug: str) -> None:
    text = (FOLDER / f"{slug}.md").read_text(encoding="utf-8")
    assert MARK in text
    for part in ("**What leads here.**", "**What to check.**", "**What to do.**"):
        assert part in text
    assert len(text.split()) >= 60
    assert re.search(r"\]\(\.\./", text), "link to the guide that helps"


def test_the_pages_hold_every_message() -> None:
    pages = message_pages()
    rows = [line for name, page in pages.items() if name.endswith(".md") for line in page.splitlines()]
    told = [row for row in rows if re.search(r"\| (error|refused|flag|not checked|STOP|note|.*note|reason.*) \|$", row)]
    assert len(told) == len(messages())


def test_errors_say_more_than_a_word() -> None:
    """An error for a person says what happened: four words of its own at least, beside what is filled in."""
    wordless = [
        f"{site.module}:{site.line} {text}"
        for site in errors()
        for text in site.texts
        if len(own_words(text)) < 4 and text not in SHORT
    ]
    assert wordless == []


def test_errors_begin_and_end_as_the_house_writes_them() -> None:
    odd = [
        f"{site.module}:{site.line} {text}"
        for site in errors()
        for text in site.texts
        if text.removesuffix("...").removesuffix("pip install .").endswith((".", "!"))
        or text != text.strip()
        or "  " in text
        or re.match(r"(Error|Please|Oops|Invalid)\b", text)
    ]
    assert odd == []


def errors() -> list[Site]:
    return [
        site for site in sites() if site.kind in ("setting", "file", "calibration", "recording", "device", "network")
    ]


def own_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"‹[^›]*›", " ", text))
