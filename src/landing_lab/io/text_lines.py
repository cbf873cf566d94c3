"""From the bytes of a text file to lines, separator and decimal mark."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError

MISSING: Final = frozenset(("", "-", "--", ".", "nan", "na", "n/a", "#n/a", "null", "none", "missing"))
"""Lower-case spellings of a missing value."""

_CANDIDATES: Final = (("\t", "."), ("\t", ","), (";", "."), (";", ","), (",", "."), (" ", "."), (" ", ","))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_INTEGER_PAIR = re.compile(r"[+-]?\d+,\d+")
_DECORATION: Final = str.maketrans(",;\x1a", "   ")
_SAMPLE_LINES: Final = 40
_MOST_COLUMNS: Final = 1024
"""Sixteen channels of sixty-four plates: more columns than any file of force has."""
_LONGEST_LINE: Final = 100_000
"""Characters; a row of the largest number of columns with every digit of a number is a quarter of it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a row of numbers is written. separator " " stands for any run of blanks.

    text_columns: indices of columns of words (a date, a participant), which are passed over.
    """

    separator: str
    decimal: str
    n_columns: int
    text_columns: frozenset[int] = frozenset()

    def split(self, line: str) -> list[str]:
        """The fields of one line, stripped."""
        if self.separator == " ":
            return line.split()
        if '"' in line:
            return [field.strip() for field in next(csv.reader([line], delimiter=self.separator))]
        return [field.strip() for field in line.split(self.separator)]

    def is_number(self, field: str) -> bool:
        """Whether a field is a number (infinity counts: it is refused later, by name)."""
        try:
            float(field.replace(self.decimal, ".") if self.decimal != "." else field)
        except ValueError:
            return False
        return "_" not in field

    def is_row(self, line: str) -> bool:
        """Whether a line holds numbers and missing values only, at least one of them a number."""
        fields = [field for index, field in enumerate(self.split(line)) if index not in self.text_columns]
        numbers = [self.is_number(field) for field in fields]
        rest = (field for field, number in zip(fields, numbers, strict=True) if not number)
        return any(numbers) and all(field.lower() in MISSING for field in rest)


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file can be text: UTF-8, Latin-1 or UTF-16."""
    return _utf16(head) is not None or _CONTROL.search(head) is None


def read_lines(path: Path) -> list[str]:
    """Lines of a text file, whatever its encoding, byte-order mark and line ends.

    Raises FileFormatError where it holds nothing but blanks, or a line too long for a table of force.
    """
    data = path.read_bytes()
    encoding = _utf16(data[:4096])
    if encoding is not None:
        text = data.decode(encoding, errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    text = text.lstrip("\ufeff")
    if not text.translate(_DECORATION).strip():
        raise FileFormatError(f"{path.name} is empty: it holds no text; choose a file with a recording", path=path)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a").split("\n")
    _refuse_wide_lines(path, lines)
    return lines


def _refuse_wide_lines(path: Path, lines: list[str]) -> None:
    """Refuse lines that no table of force has, before anything is tried on them that takes time per field."""
    for number, line in enumerate(lines, start=1):
        if len(line) <= _MOST_COLUMNS:
            continue
        fields = max(*(line.count(separator) + 1 for separator in "\t;,"), len(line.split(None, _MOST_COLUMNS)))
        if fields > _MOST_COLUMNS or len(line) > _LONGEST_LINE:
            raise FileFormatError(
                f"{path.name}: line {number} is {len(line)} characters long, and no table of force has more than "
                f"{_MOST_COLUMNS} columns or {_LONGEST_LINE} characters in a line; "
                f"choose the file that holds the force samples",
                path=path,
                line=number,
            )


def sniff(lines: list[str], *, header: str | None = None) -> Dialect | None:
    """How the rows of numbers are written, judged by lines from the whole file; None if there are none.

    header: the line of names where it is known; it tells "633,21" with one name from two columns.
    """
    filled = [line for line in lines if line.strip(" \t,;")]
    sample = _spread(filled)
    best: tuple[tuple[float, int], Dialect] | None = None
    for separator, decimal in _CANDIDATES:
        trial = Dialect(separator, decimal, 0)
        counts = Counter(len(trial.split(line)) for line in sample if trial.is_row(line))
        if not counts:
            continue
        # ties go to the larger number of columns: short lines are cut off, not the rule
        n_columns = max(counts, key=lambda n: (counts[n], n))
        score = (counts.total() / len(sample), n_columns)
        if best is None or score > best[0]:
            best = (score, Dialect(separator, decimal, n_columns))
    if best is None:
        return _with_words(sample)
    dialect = best[1]
    if dialect.separator == "," and dialect.n_columns == 2 and _comma_is_decimal(sample, header or filled[0]):
        return Dialect("\t", ",", 1)
    return dialect


def _utf16(head: bytes) -> str | None:
    """The UTF-16 flavour of some bytes, by their mark or by every other byte being zero."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even = len(head) // 2 * 2
    if even >= 16:
        low, high = head[0:even:2], head[1:even:2]
        if high.count(0) > 0.9 * len(high) and not low.count(0):
            return "utf-16-le"
        if low.count(0) > 0.9 * len(low) and not high.count(0):
            return "utf-16-be"
    return None


def _spread(lines: list[str]) -> list[str]:
    """A few lines from all over the file: a header is never the majority, one bad line never decides."""
    if len(lines) <= _SAMPLE_LINES:
        return lines
    step = len(lines) / _SAMPLE_LINES
    return [lines[int(step * (number + 0.5))] for number in range(_SAMPLE_LINES)]


def _with_words(sample: list[str]) -> Dialect | None:
    """Rows in which some columns hold words throughout: nine in ten lines alike, at least one column of numbers."""
    for separator, decimal in _CANDIDATES[:5]:
        trial = Dialect(separator, decimal, 0)
        split = [trial.split(line) for line in sample]
        n_columns, count = Counter(map(len, split)).most_common(1)[0]
        if n_columns < 2 or count < 0.9 * len(sample):
            continue
        columns = zip(*(fields for fields in split if len(fields) == n_columns), strict=True)
        numeric = [sum(map(trial.is_number, column)) >= 0.8 * count for column in columns]
        if any(numeric):
            words = frozenset(index for index, number in enumerate(numeric) if not number)
            return Dialect(separator, decimal, n_columns, words)
    return None


def _comma_is_decimal(sample: list[str], first_line: str) -> bool:
    """Whether "633,21" is one number: one name above it, or a fraction that starts with zero."""
    rows = [line.strip() for line in sample if _INTEGER_PAIR.fullmatch(line.strip())]
    if len(rows) < 0.9 * len(sample) or not rows:
        return False
    titled = not _INTEGER_PAIR.fullmatch(first_line.strip())
    fractions = [row.split(",")[1] for row in rows]
    return (titled and "," not in first_line) or any(len(part) > 1 and part.startswith("0") for part in fractions)
