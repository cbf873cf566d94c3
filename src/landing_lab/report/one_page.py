"""The first page of a report kept to one sheet of A4: what does not fit stands behind it, whole, and nothing is lost.

Heights are estimated for the page as a browser prints it (opening.css.j2), with the widest letters that it may meet;
the PDF is set smaller and has room to spare.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from landing_lab.report.names import one_line, sentence

if TYPE_CHECKING:
    from landing_lab.report.opening import Opening, Sentence

SHEET_PT: Final = 700.0
"""A4 has 751 pt between its margins; title, facts and the banner of simulated data take up to 136 of them. What is
estimated is a fifth to a third more than what is printed: tests/web/test_page_report.py prints the worst.
"""
LINE_PT: Final = 11.9
SMALL_PT: Final = 10.7
HEADING_PT: Final = 22.0
WIDTH: Final = 98
"""Letters in a line of text, as wide as those of DejaVu Sans are."""
SMALL_WIDTH: Final = 106
MOST_CONDITIONS: Final = 3
MOST_REJECTED: Final = 6
MOST_LETTERS: Final = 480
"""Of one sentence, more than any of ours has; a condition, and why a number is not known, have fewer."""
CONDITION_LETTERS: Final = 28
NOTE_LETTERS: Final = 160
COLUMNS: Final = {1: (46, 28), 2: (32, 26), 3: (24, 20)}
"""Conditions -> letters that fit into the first column, and into that of one condition."""

BEHIND: Final = "The pages behind say why."

Leave = Callable[["Opening", "Gone"], "Opening | None"]
"""Takes one thing from a page and keeps it; None where there is none of it."""

Gone = list[tuple[str, "Sentence"]]
"""What left the page: the part of it, and the text."""

ORDER: Final = ("what", "numbers", "rejected", "reservations", "symmetry", "shift", "head", "screening", "next")
"""Of the parts, as they stand behind."""


def fitted(page: Opening) -> Opening:
    """The first page as it fits on one sheet; what was taken from it stands in its `more`."""
    gone: Gone = []
    page = _shortened(page, gone)
    for leave in _least_needed():
        while height_pt(page) > SHEET_PT and (less := leave(page, gone)) is not None:
            page = less
    told = sorted(gone, key=lambda one: ORDER.index(one[0]))
    return replace(page, more=tuple(one for _, one in told))


def height_pt(page: Opening) -> float:
    """How high the page is without its title, estimated from above."""
    told = f"{page.done} {page.used} {'; '.join(page.rejected)} Trials used: Not used:"
    height = 1.1 * LINE_PT * _lines(told, WIDTH - 6) + 6.0
    height += HEADING_PT + _table_pt(page)
    height += SMALL_PT * _lines(f"{'n' * 150} {' ! '.join(page.reservations)}", SMALL_WIDTH) + 6.0
    sides = [text for text in (page.symmetry, (page.shift,) if page.shift else ()) if text]
    if sides:
        width = WIDTH if len(sides) == 1 else WIDTH // 2 - 3
        height += HEADING_PT + max(sum(LINE_PT * _lines(one, width) + 3.0 for one in texts) for texts in sides)
    height += HEADING_PT + SMALL_PT * _lines(page.screening_head + ("n" * 130 if page.claims else ""), SMALL_WIDTH)
    height += 6.0 + _list_pt(page.screening) + HEADING_PT + 12.0 + _list_pt(page.next)
    return height + SMALL_PT * _lines(page.knee, SMALL_WIDTH) + 14.0


def _table_pt(page: Opening) -> float:
    first, cell = COLUMNS[max(1, min(MOST_CONDITIONS, len(page.conditions)))]
    height = LINE_PT * max(2, *(_lines(one, cell) for one in page.conditions)) + 6.0
    for one in page.numbers:
        own = LINE_PT * _lines(one.title, first) + (9.8 * _lines(one.plain, first + 6) if one.plain else 0.0)
        if one.known:
            beside = LINE_PT * max(_lines(f"{text} !", cell) for text in one.cells)
        else:
            beside = LINE_PT * (1 + _lines(one.note, WIDTH - first - 6))
        height += max(own, beside) + 3.5
    return height


def _list_pt(told: Sequence[Sentence]) -> float:
    return sum(LINE_PT * _lines(one.text + _marks(one), WIDTH - 4) + 3.5 for one in told)


def _marks(one: Sentence) -> str:
    return "".join(f" {'n' * (len(badge.claim) + (14 if badge.unverified else 4))}" for badge in one.badges)


def _lines(text: str, width: int) -> int:
    """Lines of a text in a column; a word that does not fit any more begins the next."""
    letters = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    return max(1, ceil(1.06 * letters / width))


def _shortened(page: Opening, gone: Gone) -> Opening:
    """Every text of a length that a page can have; whole ones stand behind."""

    def cut(part: str, text: str, longest: int = MOST_LETTERS, what: str = "") -> str:
        short = one_line(text, longest)
        if short != one_line(text):
            gone.append((part, _sentence(f"{what}{text}")))
        return short

    def all_cut(part: str, told: Sequence[Sentence]) -> tuple[Sentence, ...]:
        long = [one for one in told if one_line(one.text, MOST_LETTERS) != one_line(one.text)]
        gone.extend((part, one) for one in long)
        return tuple(replace(one, text=one_line(one.text, MOST_LETTERS)) for one in told)

    done, first = cut("what", page.done), slice(MOST_CONDITIONS)
    if len(page.conditions) > MOST_CONDITIONS:
        done += f"; {MOST_CONDITIONS} of {len(page.conditions)} conditions stand here, the others behind"
        gone += [("numbers", one) for one in _left_columns(page)]
    gone += [("rejected", _sentence(f"Not used: {one}.")) for one in page.rejected[MOST_REJECTED:]]
    numbers = [replace(one, cells=one.cells[first]) for one in page.numbers]
    return replace(
        page,
        done=done,
        used=cut("what", page.used, NOTE_LETTERS, "Trials used: "),
        rejected=page.rejected[:MOST_REJECTED],
        conditions=tuple(cut("numbers", one, CONDITION_LETTERS, "A condition: ") for one in page.conditions[first]),
        numbers=tuple(
            replace(one, note=one.note if one.known else cut("numbers", one.note, NOTE_LETTERS, f"{one.title}: "))
            for one in numbers
        ),
        reservations=tuple(cut("reservations", one) for one in page.reservations),
        symmetry=tuple(cut("symmetry", one) for one in page.symmetry),
        screening_head=cut("head", page.screening_head),
        screening=all_cut("screening", page.screening),
        next=all_cut("next", page.next),
    )


def _left_columns(page: Opening) -> Iterator[Sentence]:
    """The conditions for which the table of the first page has no column, with their numbers."""
    for k, condition in enumerate(page.conditions[MOST_CONDITIONS:], start=MOST_CONDITIONS):
        cells = [f"{one.title} {one.cells[k]} {one.unit}".rstrip() for one in page.numbers if len(one.cells) > k]
        yield _sentence(f"{sentence(condition)}: {'; '.join(cells) or 'no number is known'}.")


def _least_needed() -> Iterator[Leave]:
    """What can leave the page, the least needed first.

    An earlier injury, the level reached and what to do about pain never do.
    """
    yield _words_of_numbers
    for name, least in (
        ("rejected", 2), ("reservations", 3), ("symmetry", 2), ("screening", 5), ("next", 4), ("reservations", 1),
        ("rejected", 0), ("symmetry", 1), ("screening", 3), ("next", 3),
    ):  # fmt: skip
        yield _last_of(name, least)
    yield _shift
    yield _reasons_of_unknown
    yield _last_of("screening", 2)


def _words_of_numbers(page: Opening, gone: Gone) -> Opening | None:
    """What the numbers mean; of all of them at once."""
    told = [_sentence(f"{sentence(one.title)}: {one.plain}.") for one in page.numbers if one.plain]
    gone += [("numbers", one) for one in told]
    return replace(page, numbers=tuple(replace(one, plain="") for one in page.numbers)) if told else None


def _reasons_of_unknown(page: Opening, gone: Gone) -> Opening | None:
    """Why numbers are not known; of all of them at once."""
    told = [one for one in page.numbers if not one.known and one.note != BEHIND]
    behind = {other.text.partition(":")[0] for part, other in gone if part == "numbers"}  # notes that were too long
    gone += [("numbers", _sentence(f"{one.title}: {one.note}.")) for one in told if one.title not in behind]
    numbers = tuple(one if one.known else replace(one, note=BEHIND) for one in page.numbers)
    return replace(page, numbers=numbers) if told else None


def _last_of(name: str, least: int) -> Leave:
    """The last entry of a list that is longer than least; of the screening the last is its level, which stays."""

    def leave(page: Opening, gone: Gone) -> Opening | None:
        told = getattr(page, name)
        if len(told) <= least:
            return None
        k = len(told) - (2 if name == "screening" else 1)
        one = told[k]
        changed: dict[str, Any] = {name: (*told[:k], *told[k + 1 :])}
        if isinstance(one, str):
            one = _sentence(f"Not used: {one}." if name == "rejected" else one)
        if any(part == name and one_line(other.text, MOST_LETTERS) == one.text for part, other in gone):
            return replace(page, **changed)  # the whole of it stands behind already
        gone.insert(0, (name, one))  # they leave from the end, and stand behind in their order
        return replace(page, **changed)

    return leave


def _shift(page: Opening, gone: Gone) -> Opening | None:
    gone += [("shift", _sentence(page.shift))] if page.shift else []
    return replace(page, shift="") if page.shift else None


def _sentence(text: str) -> Sentence:
    from landing_lab.report.opening import Sentence

    return Sentence(text=text)
