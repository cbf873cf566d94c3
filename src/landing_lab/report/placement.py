"""Where labels go so that none covers another: rows of labels over a time axis, and measured line breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise


def spread_labels(
    centers: Sequence[float], widths: Sequence[float], *, low: float, high: float, gap: float
) -> list[tuple[float, int]]:
    """Centre and row of each label; labels of one row keep `gap` between them and stay within [low, high].

    centers, widths, low, high and gap share one unit of length (points). A label is centred over its own
    place, moved only as far as the edges demand, and takes the lowest row where it fits; row 0 is nearest the
    axis. A label wider than the whole span is centred in it.
    """
    placed: list[tuple[float, int]] = [(0.0, 0)] * len(centers)
    rows: list[list[tuple[float, float]]] = []
    for index in sorted(range(len(centers)), key=lambda item: (centers[item], item)):
        half = widths[index] / 2
        center = (low + high) / 2 if 2 * half > high - low else min(max(centers[index], low + half), high - half)
        fits = (
            row
            for row, taken in enumerate(rows)
            if all(center - half >= stop + gap or center + half <= start - gap for start, stop in taken)
        )
        row = next(fits, len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append((center - half, center + half))
        placed[index] = (center, row)
    return placed


def center_between(at: float, width: float, lines: Sequence[float], span: float) -> tuple[float, bool]:
    """Centre, as near to `at` as can be, for a label of `width` in [0, span] that crosses none of the lines.

    The second value is False where no gap between two lines within a quarter of the span is wide enough; the
    centre then ignores the lines.
    """
    edges = [0.0, *sorted(min(max(line, 0.0), span) for line in lines), span]
    half = width / 2
    free = [min(max(at, start + half), stop - half) for start, stop in pairwise(edges) if stop - start >= width]
    nearest = min(free, key=lambda center: (abs(center - at), center), default=None)
    if nearest is not None and abs(nearest - at) <= span / 4:
        return nearest, True
    return (min(max(at, half), span - half) if span >= width else span / 2), False


def wrap_measured(text: str, width: float, measure: Callable[[str], float], *, most_lines: int = 3) -> list[str]:
    """The text in lines no wider than `width` as `measure` sees them; what does not fit ends in an ellipsis.

    A word wider than a line is cut: file names have no spaces.
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        rest = word
        while rest:
            joined = f"{line} {rest}" if line else rest
            if measure(joined) <= width:
                line, rest = joined, ""
            elif line:
                lines.append(line)
                line = ""
            else:
                count = _longest_start(rest, width, measure)
                lines.append(rest[:count])
                rest = rest[count:]
    if line:
        lines.append(line)
    if len(lines) > most_lines:
        last = lines[most_lines - 1]
        while last and measure(f"{last}…") > width:
            last = last[:-1]
        lines = [*lines[: most_lines - 1], f"{last}…"]
    return lines


def _longest_start(word: str, width: float, measure: Callable[[str], float]) -> int:
    count = 1
    while count < len(word) and measure(word[: count + 1]) <= width:
        count += 1
    return count
